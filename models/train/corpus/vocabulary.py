"""Words that fill the templates: names, nouns, and strings that nobody has seen before."""

from pathlib import Path

NAMES = """
Anna Ben Clara David Emma Finn Grace Henry Iris Jack Kate Leo Mia Noah Olga Paul Rosa Sam Tina Victor Wendy Zoe Lucy
Tom Max Nina Oscar Ella Hugo Ivy Alex Maria John Sara Peter Lily Omar Yuki Ravi Chen Amir Lena Otto Vera Jonas Ada
Alan Bob Alice Carol Dan Eve Frank George Hana Igor Julia Karl Pavel Dmitri Sofia Elena Fatima Ahmed Priya Arjun Mei
Kenji Lucas Pedro Ines Marta Erik Astrid Lars Freya Nadia Yusuf Leila Tariq Aisha Kofi Amara Diego Carmen Rafael
Bruno Chloe Louis Marie Simon Nora Felix Stella Mark Ruth Adam Laura
""".split()

SIMPLE_WORDS = """
apple river stone cloud green table happy tiger window garden pencil music orange bread winter summer bottle candle
dragon forest guitar hammer island jacket kitten ladder mirror needle ocean paper rabbit silver turtle valley whale
yellow zebra button castle dinner engine flower gentle honey icicle jungle little monkey number purple rocket simple
thunder velvet water lemon chair bird house train plane moon star light horse sheep cat dog tree book lamp door shoe
hat cup milk sugar salt pepper gold iron wood glass sand wind rain snow fire node token model worker network proxy
banana pineapple cheese pizza hello world peace test foo bar baz pong canary receipt voucher ticket secret cocoon
""".split()

NUMBER_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty
""".split()

NOUNS = (Path(__file__).parent / "nouns.txt").read_text().split()

ONSETS = "b c d f g h j k l m n p qu r s t v w x z bl br ch cl cr dr fl fr gl gr kl kr ph pl pr sh sk sl sn sp st str th tr tw".split()
VOWELS = "a e i o u a e i o u ai ea ee oo ou y io".split()
CODAS = ["", "", "", *"b d g k l m n p r s t x ck ld lt mp nd ng nk nt rd rk rn st sh th zz".split()]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"


def simple_word(random):
    return random.choice(SIMPLE_WORDS if random.random() < 0.3 else NOUNS)


def invented_word(random):
    """A word that can be pronounced and means nothing: "trovak", "snealunt"."""
    syllables = random.choices([1, 2, 3], [20, 55, 25])[0]
    return "".join(random.choice(ONSETS) + random.choice(VOWELS) + random.choice(CODAS) for _ in range(syllables))


def letters(random, least, most):
    return "".join(random.choices(LETTERS, k=random.randint(least, most)))


def digits(random, least, most):
    return "".join(random.choices(DIGITS, k=random.randint(least, most)))


def hexadecimal(random, least, most):
    return "".join(random.choices("0123456789abcdef", k=random.randint(least, most)))


def any_word(random):
    kind = random.random()
    if kind < 0.45:
        word = simple_word(random)
    elif kind < 0.85:
        word = invented_word(random)
    else:
        word = letters(random, 2, 7)
    case = random.random()
    return word.upper() if case < 0.12 else word.capitalize() if case < 0.24 else word


def canary(random):
    """A marker as tests and passwords use them: "zebra-7f3a", "CANARY_8842", "kumquat-quartz-19"."""
    kind = random.random()
    if kind < 0.35:
        separator = random.choice("--_.")
        parts = [any_word(random) for _ in range(random.choice([1, 2, 2, 3]))]
        parts.append(random.choice([digits, hexadecimal])(random, 1, 6) if random.random() < 0.65 else any_word(random))
        return separator.join(parts)
    if kind < 0.50:
        return hexadecimal(random, 4, 12)
    if kind < 0.62:
        return digits(random, 2, 10)
    if kind < 0.80:
        return any_word(random) + digits(random, 1, 4)
    return "".join(random.choices(LETTERS + LETTERS.upper() + DIGITS, k=random.randint(4, 10)))
