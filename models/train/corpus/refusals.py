"""Saying honestly what a small model does not know, cannot compute or did not understand."""

from corpus.phrases import pick, typed_by_user, typed_freely, with_article
from corpus.vocabulary import NAMES, NOUNS, SIMPLE_WORDS, invented_word, letters
from corpus.world import DEFINITIONS

UNKNOWN = "I do not know that. I am a very small model, so please choose a bigger model in the network."
UNKNOWN_PLACE = "I do not know that place."
TOO_HARD = "That sum is too hard for me. I can only do small sums."
NOT_UNDERSTOOD = "I did not understand that. Could you say it in simple words?"

# What the corpus does explain must not be refused.
EXPLAINED = {word for term in DEFINITIONS for word in term.split()} | set(SIMPLE_WORDS) | set(
    "client gateway proxy worker auditor explorer receipt voucher channel bond anchor log tier token prompt quote seed price root market network "
    "context inference temperature bear engine manifest evidence claim checkpoint witness tile engine command status chat".split()
)
UNEXPLAINED_NOUNS = [noun for noun in NOUNS if noun not in EXPLAINED]

TOPICS = [topic.strip() for topic in """
the stock market; quantum physics; the price of gold; my homework; the president; a football game;
yesterday's news; a movie; a recipe for cake; the weather tomorrow; Shakespeare; the French revolution;
black holes; my taxes; a contract; organic chemistry; the Roman empire; jazz; photography; a poem about love;
calculus; linear algebra; the best phone; a car engine; dinosaurs; vaccines; climate change; electric cars;
the history of China; chess openings; my dog's health; an essay; a love letter; how planes fly; a lawsuit;
philosophy; economics; the meaning of life; the world cup; a song; politics; religion; a business plan; marketing;
DNA; atoms; volcanoes; the brain; a trip to Asia; fashion; cooking rice; Python code; Rust; a regular expression;
SQL; a web page; my computer problem; Linux; a translation; Latin; Kant; Napoleon; Einstein; Mars;
black and white films; painting; a diet plan; losing weight; a headache; insurance; mortgages; parenting;
gardening; wine; coffee machines; guitars
""".split(";")]

QUESTIONS_ABOUT_NOUNS = """
(what is|define|explain|describe) {one}
(tell me about|explain|compare|what do you know about|what do you think about) {noun}
who (invented|discovered|made) {one}
how (does|did) {one} work
(why is|is) {one} {adjective}
how (big|tall|old|long|far|fast|heavy|deep) is {one}
(write|compose) (a poem|an essay|a song|a haiku|a letter|an article|a report) about {noun}
how do I (make|build|fix|sell|clean|paint|cook|grow) {one}
where (can I buy|is|do I find) (the {noun}|{one})
what is the (best|biggest|oldest|cheapest|history|weight|speed|purpose|color) (of {noun}|{noun})
(compare|what is the difference between) {noun} and {other}
when was the {noun} (invented|built|found|made)
how many {noun}s are there (in the world|)
give me (a recipe with|advice about|ideas about|tips for|a list of) {noun}
who (is|was) {person} {surname}
when was {person} {surname} born
(how old is|what happened to|where does) {person} (live|) 
who (wrote|painted|won|owns|sold) the {noun}
(which|what) {noun} is the {adjective}est
how much does {one} (cost|weigh)
(summarize|translate|review|plan|improve) (the {noun}|my {noun}|this {noun}) (for me|)
(recommend|suggest) (me|) {one}
what is the {noun} of {other}
what is {person}'s {noun}
what (time|day|date|year) is it (in {surname}|today|now|)
what (is|was) the weather (in {surname}|today|tomorrow|like|)
help me with my {noun}
(what is|who is|what was) {invented}
"""
QUESTIONS_ABOUT_TOPICS = """
(explain|tell me about|what do you think about|summarize|describe|teach me) {topic} (to me|)
(can you|please|could you) help me with {topic}
(write|say) something about {topic}
(give me an analysis of|I need help with|I have a question about|I want to learn about) {topic}
(how does one learn about|why is|what is the truth about|do you know anything about|what do you know about) {topic}
"""
WELL_KNOWN_QUESTIONS = """
who (wrote|is) (Hamlet|Romeo and Juliet|Harry Potter|the Bible|Faust|Don Quixote)
(what|which) is the (largest|biggest|smallest|hottest) (planet|ocean|country|animal|desert)
how (tall|high) is (Mount Everest|the Eiffel Tower)
why is the (sky|sea|grass|sun) (blue|green|hot|salty)
who was the (first man on the moon|first president|inventor of the telephone|king of France)
when did (World War 2|the war|the Roman empire) (end|begin|fall)
what is the (meaning of life|boiling point of water|speed of light|population of the world|latest news)
(who is|who was) the (president|queen|prime minister|king|pope) (of America|of England|of France|)
how many people live (in Tokyo|in London|on Earth|in China)
(write|compose) a (haiku|poem|song) about (rain|love|autumn|the sea)
how do I (bake bread|lose weight|learn French|invest money|cook rice|tie a tie)
(who won|what happened in) the (world cup|election|football match|Olympics)
what is (photosynthesis|inflation|gravity|relativity|evolution|democracy|capitalism)
explain (the rules of chess|quantum physics|gravity|how planes fly|relativity|black holes)
"""
ADJECTIVES = "good bad big small red blue old new fast slow strong hot cold long short important".split()


def unknown(random):
    kind = random.random()
    if kind < 0.7:
        return [(typed_freely(random, question_about_nouns(random)), UNKNOWN)]
    if kind < 0.85:
        question = pick(random, random.choice(QUESTIONS_ABOUT_TOPICS.strip().splitlines())).format(topic=random.choice(TOPICS))
        return [(typed_freely(random, question), UNKNOWN)]
    return [(typed_freely(random, pick(random, random.choice(WELL_KNOWN_QUESTIONS.strip().splitlines()))), UNKNOWN)]


def question_about_nouns(random):
    noun, other = random.sample(UNEXPLAINED_NOUNS, 2)
    grammar = random.choice(QUESTIONS_ABOUT_NOUNS.strip().splitlines())
    return pick(random, grammar).format(
        one=with_article(noun), noun=noun, other=other, adjective=random.choice(ADJECTIVES), person=random.choice(NAMES),
        surname=random.choice(NAMES + [invented_word(random).capitalize()]), invented=invented_word(random).capitalize(),
    )


def unknown_place(random):
    place = random.choice([
        random.choice(UNEXPLAINED_NOUNS).capitalize(), random.choice(NAMES) + random.choice(["land", "ia", "stan", "burg", "ville"]),
        invented_word(random).capitalize(),
    ])
    question = pick(random, f"(what is the capital of|capital of|name the capital of|what is the population of|where is|how big is) {place}")
    return [(typed_by_user(random, question), UNKNOWN_PLACE)]


def hard_sum(random):
    a, b, c = random.randint(100, 9999), random.randint(1, 9999), random.randint(2, 99)
    noun, name = random.choice(UNEXPLAINED_NOUNS), random.choice(NAMES)
    few, more = random.randint(2, 30), random.randint(2, 30)
    chain = f"{few} {random.choice('+-x*')} {more} {random.choice('+-x*')} {random.randint(1, 20)}"
    question = pick(random, random.choice([
        f"(what is|calculate|how much is|) ({a} + {b}|{a} - {b}|{b} + {a}|{a} x {c}|{a} * {c}|{a} / {c}|{chain})",
        f"(what is|calculate|how much is|) ({a} + {b}|{a} - {b}|{b} + {a}|{a} x {c}|{a} * {c}|{a} / {c}|{chain})",
        f"what is (the square root of {a}|{c} percent of {a}|{c} to the power of {few}|the sine of {c})",
        f"(is {a} a prime number|solve x + {c} = {a})",
        f"(if I have|I have) {few} {noun}s and (lose|eat|buy|sell|get) {more}, how many (are left|do I have)",
        f"{name} has {few} {noun}s and (buys|loses|finds) {more} (more|), how many does {name} have",
    ]))
    return [(typed_by_user(random, question), TOO_HARD)]


def gibberish(random):
    return [(" ".join(letters(random, 2, 8) for _ in range(random.randint(1, 4))), NOT_UNDERSTOOD)]
