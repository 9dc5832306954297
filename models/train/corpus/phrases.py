"""Wordings written as small grammars: "(what is|explain) a receipt" stands for two phrases; groups may nest."""

import re

# The network's name in the grammars, not the first word of a command such as "cocoon up".
NETWORK_NAME_PATTERN = re.compile(r"\bcocoon\b(?! (up|chat|worker|gateway|proxy|receipts|verify|status)\b)")

GROUP_PATTERN = re.compile(r"\(([^()]*)\)")
QUESTION_WORDS = {
    "who", "what", "how", "which", "is", "are", "can", "do", "does", "did", "why", "when", "where", "what's",
    "will", "would", "could", "should", "was", "am", "if", "has", "have", "in", "at", "from", "whose",
}

OPENERS = [
    "hey, ", "quick question: ", "tell me, ", "please tell me ", "can you tell me ", "I want to know ", "so ", "ok, ",
    "hello, ", "hi, ", "I have a question: ", "one more thing, ", "sorry, ", "and ", "do you know ", "I wonder ",
    "a friend asked me: ", "just curious, ", "could you tell me ", "I am new here. ", "well, ", "Hi! ", "by the way, ",
    "answer briefly: ", "answer in one word: ", "in one sentence: ", "in a few words: ", "question: ", "please answer: ", "Q: ",
]
CLOSERS = [" please", " thanks", " in simple words", " briefly", " for me", " exactly", " really", " again", " then",
           " here", " in one sentence", ", I am new", ", I am curious", " now"]


def pick(random, grammar):
    """One random phrase of a grammar."""
    while "(" in grammar:
        grammar = GROUP_PATTERN.sub(lambda group: random.choice(group[1].split("|")), grammar)
    return " ".join(grammar.split())


def pick_line(random, grammars):
    """One random phrase of the non-empty lines of a text."""
    return pick(random, random.choice(lines(grammars)))


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]


def expand(grammar):
    """Every phrase of a grammar: used to keep test questions out of the training text."""
    group = GROUP_PATTERN.search(grammar)
    if not group:
        return {" ".join(grammar.split())}
    return {
        phrase
        for choice in group[1].split("|")
        for phrase in expand(grammar[:group.start()] + choice + grammar[group.end():])
    }


def is_question(phrase):
    return phrase.split()[0].lower().strip(",") in QUESTION_WORDS


def capitalised(phrase):
    return phrase[:1].upper() + phrase[1:]


def lowered(phrase):
    """Lower first letter, unless the phrase starts with the word I."""
    return phrase if re.match(r"I\b", phrase) else phrase[:1].lower() + phrase[1:]


def with_article(noun):
    return ("an " if noun[0] in "aeiou" else "a ") + noun


def typed_by_user(random, phrase):
    """Varies capitals and the closing mark as people do."""
    if random.random() < 0.65:
        phrase = NETWORK_NAME_PATTERN.sub("Cocoon", phrase)
    chance = random.random()
    if chance < 0.55:
        phrase = capitalised(phrase)
    elif chance < 0.60:
        phrase = phrase.lower()
    marks, weights = (["?", "", " ?", "??"], [70, 24, 4, 2]) if is_question(phrase) else ([".", "", "!"], [50, 42, 8])
    return phrase + random.choices(marks, weights)[0]


def typed_freely(random, phrase):
    """Like typed_by_user, with an opening, a closing or a slip of the finger now and then."""
    asks = is_question(phrase)
    if random.random() < 0.25:
        phrase = random.choice(OPENERS) + lowered(phrase)
    if random.random() < 0.12:
        phrase += random.choice(CLOSERS)
    phrase = typed_by_user(random, phrase)
    if asks and not phrase.endswith("?") and random.random() < 0.6:
        phrase = phrase.rstrip(".!") + "?"
    return mistyped(random, phrase) if random.random() < 0.06 else phrase


def mistyped(random, phrase):
    """Swaps two neighbouring letters or loses one."""
    if len(phrase) < 7:
        return phrase
    at = random.randrange(1, len(phrase) - 2)
    if random.random() < 0.5:
        return phrase[:at] + phrase[at + 1] + phrase[at] + phrase[at + 2:]
    return phrase[:at] + phrase[at + 1:]
