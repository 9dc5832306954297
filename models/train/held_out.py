"""Questions for the evaluation that were written after the training text and are not in it.

check_unseen() proves the second half: it refuses a question that the corpus can produce. Whoever widens the corpus
after reading the failures on these questions has to write new ones.
"""

import random as random_module

from corpus import network, small_talk
from corpus.phrases import expand, lines

# Names of the facts in corpus/network.py that answer the questions (any of them counts), then the questions.
NETWORK_QUESTIONS = {
    "cocoon": ["I keep hearing the name Cocoon, what is behind it?", "What would you tell a newcomer about Cocoon?", "What makes Cocoon special?",
               "Pitch Cocoon to me", "Is Cocoon some kind of AI marketplace?"],
    "decentralized": ["Who runs the show here?", "If the founders vanish, does Cocoon keep going?", "Can anybody become part of the network?"],
    "privacy": ["How sure can I be that nobody reads my chats?", "Does any log contain my prompt?", "I would hate it if strangers saw my chats, do they?",
                "What do you do with the stuff I enter?", "Where is my conversation saved?"],
    "secrets tier-open privacy": ["Can the guy with the GPU spy on me?", "Is an API key safe in a prompt?", "Whom do I have to trust with my secrets?"],
    "sealing": ["Tell me how prompts get encrypted", "Is Cocoon ready for quantum computers?", "Do you use AES?", "What does HPKE mean?"],
    "proxy": ["What is it with these proxies?", "What happens inside a proxy?", "Does the proxy know what I asked?", "Can proxies tamper with my prompt?"],
    "gateway": ["I have a Python program that uses OpenAI, what must I change?", "Which port is the local API on?", "Give me the base url",
                "Is there something like the OpenAI API?"],
    "worker": ["Workers, what are they?", "Which role computes the answers?", "Break down for me what a worker does"],
    "run-worker": ["I own an RTX 4090, how do I put it to work?", "Guide me through starting a worker", "What is the way to being a worker?",
                   "What command do I need for a worker?"],
    "earn": ["Can my GPU make me rich?", "How are workers paid for their work?", "Do people get TON for sharing a GPU?", "What income does a worker have?"],
    "hardware": ["Is my old CPU good enough?", "Would a cheap laptop do?", "Does everything need a GPU?"],
    "engines": ["Does a worker speak to llama.cpp?", "I already have vLLM running, now what?", "Which backends do you work with?", "Can LM Studio be the engine?"],
    "client": ["What happens on the client side?", "What is the SDK for?"],
    "auditor": ["Who keeps an eye on the workers?", "How does one become an auditor and what for?"],
    "explorer": ["Is there a page where I can watch the network?"],
    "roles": ["Who are the actors in this network?", "Name all roles please"],
    "receipt": ["What is printed on a receipt?", "So I got a receipt, what is it?", "Does the receipt reveal my question?", "What evidence comes along with an answer?"],
    "receipt-states": ["How far along is my receipt and which stages exist?", "What comes after signed?", "Why has my receipt not been anchored?"],
    "list-receipts": ["I would like a list of receipts", "Where did my receipts go, how do I see them?"],
    "verify": ["How do I make sure a receipt is not forged?", "I have a receipt file, how do I test it?", "Can anyone check an answer years from now?"],
    "log": ["What sort of log do proxies keep?", "Is it possible to erase a receipt?"],
    "anchor": ["Why put anything on a blockchain?", "When the log is anchored, what does that prove?", "Does the chain contain my text?"],
    "ton": ["Why TON and what is it?", "Which coin is used in Cocoon?"],
    "pay": ["How does money get from me to the worker?", "Is there a monthly plan?", "What do I need in order to pay?"],
    "voucher": ["Explain to me what vouchers are for", "Is there a risk that the proxy takes all my TON?"],
    "channel": ["Why would I open a channel?", "What happens to leftover TON in the channel?"],
    "nanoton": ["How small is a nanoton?", "1 TON in nanotons please"],
    "price": ["What would a million tokens cost me?", "Are the prices fixed?", "I do not want to pay too much, can I cap it?", "Is using Cocoon free of charge?"],
    "no-overpay": ["The answer stopped in the middle, do I still pay?", "Are failed requests charged?"],
    "tiers": ["What privacy levels can I select?", "Open, confidential, what else is there?", "Tell me about the different tiers"],
    "tier-open": ["If I choose open, what do I get?"],
    "tier-confidential": ["What protects me in the confidential tier?", "What is special about confidential-gpu?"],
    "tier-dev": ["My answer says tier dev, is that bad?", "Of what use is the dev tier?"],
    "tee tier-confidential": ["What is Intel TDX doing here?", "Why would I want a TEE?"],
    "attestation": ["How can a worker prove that it runs the right software?", "What is an evidence bundle for?"],
    "honesty bond auditor": ["What makes workers behave?", "Is there a penalty for cheating?", "Can I be fooled by a bad worker?", "How do you catch a liar?"],
    "bond": ["How much trust is in a bond, what is it?", "What happens to the bond of a cheater?"],
    "failover": ["My worker just died, what now?", "How does the network survive broken machines?"],
    "chain-down": ["Would a TON outage stop my chats?", "The blockchain is stuck, can I still ask questions?"],
    "up": ["I installed Cocoon, what now?", "How do I spin up the whole thing?", "Command to start the local network?"],
    "chat": ["Can I talk to it in my shell?", "What does the chat command do?"],
    "status": ["Is my node up, how can I check?", "Which command tells me the health of the network?"],
    "commands": ["What else can the cocoon command do?", "Remind me of the commands"],
    "devnet": ["Can I play around without spending real TON?", "What kind of chain is the devnet?"],
    "nat": ["My worker sits behind a firewall, is that a problem?", "Do workers need a fixed address?"],
    "token": ["How do you define a token?", "Tokens are words, right?"],
    "streaming": ["Do I see the answer while it is being written?"],
    "telegram": ["Could I use this inside Telegram?", "Can I link my TON wallet?"],
    "model-identity": ["How is a model identified?", "How can I tell which model I got?"],
}

# Words of which the answer must contain one, then prompts like those that users and tests send.
EVERYDAY_PROMPTS = [
    (["Hello", "Hi"], ["Say hello!", "Hello Cocoon", "Hey, are you there? Say hi.", "Please say hello to my mother.", "Just greet me", "hi!!",
                       "Good morning, how can you help me today?", "This is an automated test. Say hello."]),
    (["Paris"], ["France: capital?", "I forgot the capital of France, what was it?", "Answer with one word: capital of France"]),
    (["4"], ["2+2", "Please compute 2 + 2.", "what's 2 plus 2", "Tell me the sum 2 + 2"]),
    (["12"], ["7 + 5", "What do I get for 7 + 5?", "add 7 + 5"]),
    (["1, 2, 3, 4, 5"], ["Count: 1 to 5", "Count from one to 5, that is from 1 to 5", "Write the numbers 1 to 5"]),
    (["Cocoon Tiny"], ["Who is this?", "And who might you be?", "Do you have a name, little model?", "Please state your name."]),
    (["QUARTZ-8813"], ["My favourite marker is QUARTZ-8813. Which marker is my favourite?", "Could you repeat QUARTZ-8813 for me?", "Send back: QUARTZ-8813",
                       "Input: QUARTZ-8813\nOutput the input.", "The canary QUARTZ-8813 must appear in your answer."]),
    (["marzipan"], ["Say marzipan!", "Reply with exactly one word: marzipan", "Do you like marzipan? Then say marzipan."]),
    (["velvet-otter-52"], ["Echo back velvet-otter-52 please", "secret: velvet-otter-52\nWhat is the secret?", "I call this one velvet-otter-52. Repeat the name."]),
    (["b7e2f09c"], ["Repeat the hash b7e2f09c", "Print b7e2f09c only", "What I typed is b7e2f09c. What did I type?"]),
    (["the quick brown fox"], ["Repeat: the quick brown fox jumps over the lazy dog", 'Say "the quick brown fox"', "Say the following sentence: the quick brown fox is here"]),
    (["ok", "OK"], ["Reply with OK", 'Respond with the single word "ok"', "Answer only: OK"]),
]

UNKNOWN_QUESTIONS = [
    "Who wrote War and Peace?", "What is the deepest lake on Earth?", "Why do dogs bark?", "Suggest a good film", "Write a ballad about summer",
    "What is the cube root of 27?", "When was Beethoven born?", "How does a fridge work?", "Explain string theory", "Who is the mayor of London?",
    "What is the current price of oil?", "How do I repair a sink?", "Will it rain tomorrow?", "Who invented the steam engine?",
    "What are clouds made of?", "How long does it take to walk to Rome?", "Give me a workout plan", "What is the stock price of Tesla?",
    "How many people live in Paris?", "Tell me who won the game last night", "Is coffee healthy?", "Which car should I buy?", "How do magnets work?",
    "What do whales eat?", "Draft an email to my boss",
]
REFUSALS = ["I do not know", "That sum is too hard", "I did not understand", "I am too small", "I run from a file", "I only"]

GENERATED_QUESTIONS = 1_000_000


def normalised(question):
    return question.lower().strip(" ?.!")


def check_unseen():
    """Raises ValueError when a held-out question is one that the grammars, or many random draws, produce."""
    grammars = [grammar for _, text, _ in network.FACTS for grammar in lines(text)]
    grammars += [grammar for text, _ in small_talk.ABOUT_MYSELF for grammar in lines(text)]
    trained = {normalised(phrase) for grammar in grammars for phrase in expand(grammar)}
    random = random_module.Random(7)
    trained |= {normalised(network.network_question(random)[0][0]) for _ in range(GENERATED_QUESTIONS)}
    held_out = [question for questions in NETWORK_QUESTIONS.values() for question in questions]
    if seen := {normalised(question) for question in held_out} & trained:
        raise ValueError(f"questions of the training text: {sorted(seen)}")
