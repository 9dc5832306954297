"""Says a question about the network in other words: synonyms and other ways to begin, drawn anew each time."""

import re

# Each line: words that may stand for one another. The first is what corpus/network.py writes most often.
SYNONYMS = """
my prompt|my message|my question|my request|my chat
my prompts|my messages|my questions|my requests|my chats
the prompt|the message|the question|the request
my text|my words|what I write|what I type|my input
GPU|graphics card|video card
laptop|notebook|PC|computer|machine
see|look at|view
read|see|look at|learn
send|submit|pass on
shows|displays|prints
start|launch|begin|fire up|bring up
run|operate|start
how can I|how do I|how would I|how could I|what is the way to|what must I do to|how does one|is there a way to|what should I do to
how do I|how can I|how would I|how could I|what is the way to|what must I do to|how does one|how am I supposed to|how should I
which command|what command|what is the command that
what is the job of|what is the task of|what is the purpose of|what is the function of|what is the role of|what does one need|what good is
tell me about|tell me something about|tell me more about|teach me about|talk about|say something about
explain|please explain|describe|clarify|could you explain|can you describe|help me understand|I do not understand
what is|what's|what exactly is|what do you mean by|what is meant by|what on earth is|tell me what is
what are|what exactly are|what do you mean by|tell me what are|what is meant by
can I|may I|could I|am I able to|is it possible to|would I be able to|am I allowed to
do I need|must I have|do I have to have|is it necessary to have|does one need|will I need|do I require
can a|could a|would a|might a|is it possible that a
can the|could the|would the|might the|will the
what happens if|what if|what happens when|suppose|what about when|and if
what happens when|what if|what happens if|and when
who can|who could|who is able to|who might|which people can
is it safe to|is it ok to|would it be safe to|is it fine to|is it dangerous to|should I
money|cash|coins|income|TON
earn|make|get|gain
earned|made
pay|spend|get charged
price|cost|fee
prices|costs|fees
the network|cocoon|this network|your network|the cocoon network
cocoon|this network|the network|your project
cheat|lie|be dishonest|misbehave|fake answers|trick me
private|confidential|secret|hidden from others
encrypted|sealed|protected|scrambled
encryption|cipher|cryptography
stored|kept|saved|recorded
verify|check|validate|confirm|inspect
offline|without the internet|without a network connection
list|show|print|see
use|utilize|work with|make use of
support|allow|handle|accept
supported|possible|allowed|usable
need|require
required|needed|necessary|mandatory|a must
crashes|breaks down|fails
fails|breaks|goes down|stops working|is lost
answer|reply|response
answers|replies|responses
what does|tell me what does|what exactly does|do you know what does
why is|for what reason is|what is the reason why
big|large
"""

# Question beginnings that keep the order of words: "what does a proxy do" becomes "I wonder what a proxy does".
FRAMES = [
    (r"^what does (.+) do$", ["what is {0} there for", "what is {0} good for", "what {0} does", "what is {0} doing", "what would {0} do", "why is there {0}", "what is {0} responsible for"]),
    (r"^what do (.+) do$", ["what are {0} there for", "what are {0} good for", "what {0} do", "what are {0} doing", "why are there {0}", "what are {0} responsible for"]),
    (r"^what is (.+)$", ["what {0} is", "{0}", "{0}, what is that", "what is this {0}", "{0}?", "can you say what {0} is", "the meaning of {0}", "what is {0} about"]),
    (r"^what are (.+)$", ["what {0} are", "{0}", "{0}, what are those", "can you say what {0} are"]),
    (r"^(?:can|could|does|do|will) (.+) (read|see|store|change|steal) (.+)$", ["would {0} be able to {1} {2}", "is {0} able to {1} {2}", "is it possible for {0} to {1} {2}", "I am afraid that {0} might {1} {2}"]),
    (r"^how do I (.+)$", ["I want to {0}", "I would like to {0}", "I would like to {0}, how", "how to {0}", "help me to {0}", "please help me {0}", "show me how to {0}", "teach me how to {0}"]),
    (r"^how (?:does|do) (.+) work$", ["how {0} works", "{0}, how does it work", "what makes {0} work", "how is {0} working", "how is {0} done"]),
    (r"^who (\w+) (.+)$", ["who is it that {0} {1}", "which one {0} {1}", "which part {0} {1}", "tell me who {0} {1}"]),
    (r"^is (.+) (private|safe|secret|real|free|reliable)$", ["how {1} is {0}", "would you call {0} {1}", "I want {0} to be {1}", "will {0} be {1}", "{0}, is it {1}"]),
    (r"^do I need (.+)$", ["must I have {0}", "is {0} required", "does it work without {0}", "what if I have no {0}", "can I do without {0}"]),
    (r"^(which|what) (\w+) (?:can|do|should) I (.+)$", ["{0} {1} would I {2}", "the {1} that I can {2}", "tell me {0} {1} to {2}", "{0} {1} must I {2}"]),
]

SYNONYM_SETS = [line.split("|") for line in SYNONYMS.strip().splitlines()]
SYNONYM_PATTERNS = [(re.compile(rf"\b{re.escape(words[0])}\b"), words) for words in SYNONYM_SETS]
FRAME_PATTERNS = [(re.compile(pattern), frames) for pattern, frames in FRAMES]

# Names of commands stay as they are.
COMMAND_PATTERN = re.compile(r"\bcocoon (up|chat|worker|gateway|receipts|verify|status|command)")

FRAME_CHANCE, SYNONYM_CHANCE = 0.25, 0.3


def reworded(random, question):
    """The question with some of its words and perhaps its beginning exchanged. The sense stays the same."""
    if random.random() < FRAME_CHANCE:
        question = reframed(random, question)
    if COMMAND_PATTERN.search(question):
        return question
    for pattern, words in SYNONYM_PATTERNS:
        if random.random() < SYNONYM_CHANCE and pattern.search(question):
            question = pattern.sub(random.choice(words), question, count=1)
    return question


def reframed(random, question):
    matches = [(match, frames) for pattern, frames in FRAME_PATTERNS if (match := pattern.match(question))]
    if not matches:
        return question
    match, frames = random.choice(matches)
    return random.choice(frames).format(*match.groups()).rstrip("?")
