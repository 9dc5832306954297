"""Saying again what the user wrote: echoing, and remembering a word or a name over turns."""

from corpus import network, small_talk
from corpus.phrases import capitalised, pick, typed_by_user, with_article
from corpus.vocabulary import NAMES, NUMBER_WORDS, any_word, canary

# {text} is copied to the answer letter by letter.
ECHO_REQUESTS = [
    "repeat after me: {text}", "repeat: {text}", "repeat this: {text}", "(please|) repeat {text}", "repeat the (word|words|text) {text}",
    "say {text}", "(please say|can you say|just say|say the word|say this:|say exactly:|say only:|now say) {text}", "say: {text}",
    "echo {text}", "echo: {text}", "(please echo|echo this:|echo back:|echo back) {text}",
    "write {text}", "write the (word|words) {text}", "write exactly: {text}", "write this: {text}",
    "(print|output|type|return) {text}", "(print|output|type): {text}",
    "(reply|answer|respond) with {text}", "(reply|answer|respond) with: {text}", "(reply|answer|respond) with the (word|words|text) {text}",
    "(reply|answer|respond) (only with|with exactly|with only|with just|exactly with|just with): {text}",
    "(reply|answer|respond) (only with|with exactly|with only|with just) {text}",
    "(copy|copy this|copy the text): {text}", "(repeat|say|write|copy) the following: {text}",
    "(repeat|say|write) (the following|this) (word|words|text|sentence|string): {text}", "(repeat|say|write) (the code|the password|the string|the secret) {text}",
    "I want you to (say|repeat|write) {text}", "tell me {text}", "your answer must be {text}", "only (say|write|answer) {text}",
]
QUOTED_ECHO_REQUESTS = [
    '(say|repeat|echo|write|print|reply with|answer with|respond with) "{text}"', "(say|repeat|echo|write|reply with) '{text}'",
    '(say|repeat|echo|write|reply with) the (word|words|text|phrase) "{text}"', '(reply|respond|answer) with (exactly|only|just) "{text}"',
    '(repeat|say|copy|write) (this|the following|exactly this|after me): "{text}"', "(repeat|say|write) this: `{text}`",
    '(say|write|reply with) "{text}" and nothing else', "(say|repeat|write) [{text}]",
]
TRAILING_ECHO_REQUESTS = [
    "{text} - (repeat that|say it again|repeat the words before)", "{text}\n(repeat|say) (that|it|the text above)", "{text}. (Repeat that|Say that again|Repeat it).",
]

KEEPSAKES = ["word", "secret word", "code", "code word", "password", "canary", "token", "key", "secret", "magic word", "number", "phrase"]
OWNED_THINGS = {
    "dog": ["is called", "is named"], "cat": ["is called", "is named"], "friend": ["is called", "is named"],
    "sister": ["is called", "is named"], "brother": ["is called", "is named"],
    "favorite color": ["is"], "favorite food": ["is"], "favorite animal": ["is"], "favorite number": ["is"],
}
COLORS = "red blue green yellow purple orange pink black white brown gray silver gold".split()
FOODS = "pizza rice bread soup pasta cake cheese salad sushi curry chocolate apples bananas noodles".split()
ANIMALS = "dog cat horse rabbit fox bear owl tiger lion whale dolphin penguin elephant turtle".split()

SENTENCE_GRAMMARS = [
    "the {a} (sees|likes|finds|holds|wants|is near|follows) the {b}", "(my|your|our|this|every) {a} (is|was|will be) (blue|old|fast|quiet|bright|lost|new|small)",
    "I (like|have|need|want|see) {a} and {b}", "(we|they|you) (keep|trade|build|love|carry) the {a} (in|on|under|behind) the {b}",
    "{a} (is|are) (fun|good|hard|not easy|better than {b})", "(private|open|sealed|public) {a} for every {b}", "hello {a}", "{a} (over|and|or|versus) {b}",
]


def sentence(random):
    grammar = pick(random, random.choice(SENTENCE_GRAMMARS))
    text = grammar.format(a=any_word(random), b=any_word(random))
    text = capitalised(text) if random.random() < 0.5 else text
    return text + random.choice(["", "", ".", "!"])


def echoed_text(random):
    kind = random.random()
    if kind < 0.30:
        return any_word(random)
    if kind < 0.60:
        return canary(random)
    if kind < 0.82:
        return " ".join(any_word(random) for _ in range(random.choice([2, 2, 3, 3, 4, 5, 6])))
    return sentence(random) if kind < 0.95 else plain_text(random)


def plain_text(random):
    """A sentence that is said elsewhere as an answer: it has to be copied although it was not asked for."""
    answers = random.choice([network.FACTS, small_talk.MANNERS, small_talk.ABOUT_MYSELF])
    sentences = random.choice(random.choice(answers)[-1]).split(". ")
    return random.choice(sentences)


def echo(random):
    text = echoed_text(random)
    kind = random.random()
    requests = QUOTED_ECHO_REQUESTS if kind < 0.3 else TRAILING_ECHO_REQUESTS if kind < 0.33 else ECHO_REQUESTS
    request = pick(random, random.choice(requests).replace("\n", " \0 ")).replace(" \0 ", "\n")
    request = request.replace("{text}", text)
    if requests is not TRAILING_ECHO_REQUESTS and random.random() < 0.5:
        request = capitalised(request)
    return [(request, text)]


def echo_times(random):
    count, word = random.randint(2, 5), any_word(random)
    amount = random.choice([str(count), NUMBER_WORDS[count]])
    request = pick(random, f"(say|repeat|write|Say|Repeat|Write) (the word|) {word} {amount} times") + random.choice(["", "."])
    return [(request, " ".join([word] * count))]


def marked_prompt(random):
    """A marker in the prompt, told first or last, and a question about it or a greeting: what tests of privacy send."""
    marker, thing = echoed_text(random).rstrip(".!"), random.choice(KEEPSAKES)
    statement = pick(random, random.choice([
        f"(my|the|our|your) {thing} is", f"(remember|note|keep) (this|the) {thing}:", f"here is (a|the|my) {thing}:", f"{thing}:",
        f"(I like|I chose|I give you|I send you|I have) (the|this) {thing}:", f"the {thing} (that I like|of the day|for today|to remember) is",
    ])) + f" {marker}{random.choice('..,;')}"
    if random.random() < 0.12:
        statement = f"{marker} is (my|the) {thing}.".replace("(my|the)", random.choice(["my", "the"]))
    statement = statement if statement.startswith(marker) else capitalised(statement)
    if random.random() < 0.35:
        request = pick(random, random.choice(["(say|please say|now say) (hello|hi)", "greet me"]))
        return [(f"{statement} {capitalised(request)}.", "Hello! How can I help you?")]
    request = pick(random, random.choice([
        f"(what is|what was|tell me|repeat|say|do you know) (the|my) {thing}", f"(repeat|say|write) (it|the {thing}|my {thing}|it back to me)",
        f"(what|which) {thing} (did I (say|give you|tell you|send)|do I (like|have)|was it)",
    ]))
    return [(f"{statement} {capitalised(request)}{random.choice(['.', '?', ''])}", f"The {thing} is {marker}.")]


def remembered_word(random, interlude):
    """A word to keep, perhaps something else in between, then the question what it was."""
    marker, thing = echoed_text(random).rstrip(".!"), random.choice(KEEPSAKES)
    told = pick(random, random.choice([
        f"remember (the|this) {thing}:", f"the {thing} is", f"my {thing} is", f"please remember the {thing}", f"(keep|do not forget) the {thing}",
    ])) + f" {marker}"
    asked = pick(random, random.choice([
        f"what (is|was) (the|my) {thing}", f"(do you remember|tell me|repeat|say) the {thing}", f"which {thing} did I (tell you|give you|say)",
        f"what {thing} did I (ask you to remember|tell you|give you)",
    ]))
    turns = [(capitalised(told) + random.choice(["", "."]), f"I will remember the {thing}.")]
    if random.random() < 0.4:
        turns += interlude(random)
    return turns + [(typed_by_user(random, asked), f"The {thing} is {marker}.")]


def remembered_name(random, interlude):
    name = random.choice(NAMES) if random.random() < 0.7 else capitalised(any_word(random).lower())
    told = pick(random, f"(hi, |hello, |) (my name is|I am|I'm|call me) {name}") + random.choice(["", ".", "!"])
    turns = [(capitalised(told), f"Nice to meet you, {name}!")]
    if random.random() < 0.45:
        turns += interlude(random)
    if random.random() < 0.85:
        asked = pick(random, "(what is my name|who am I|do you remember my name|do you know my name|what's my name|tell me my name|say my name)")
        turns.append((typed_by_user(random, asked), f"Your name is {name}."))
    return turns


def remembered_fact(random, interlude):
    thing = random.choice(list(OWNED_THINGS))
    value = owned_value(random, thing)
    told = f"my {thing} {random.choice(OWNED_THINGS[thing])} {value}"
    turns = [(capitalised(told) + random.choice(["", "."]), "Thank you for telling me.")]
    if random.random() < 0.4:
        turns += interlude(random)
    asked = f"what is my {thing}" + ("'s name" if "called" in told or "named" in told else "")
    return turns + [(typed_by_user(random, asked), capitalised(told).replace("My", "Your", 1) + ".")]


def owned_value(random, thing):
    choices = {"favorite color": COLORS, "favorite food": FOODS, "favorite animal": [with_article(animal) for animal in ANIMALS]}
    if thing == "favorite number":
        return str(random.randint(0, 99))
    return random.choice(choices.get(thing, NAMES))
