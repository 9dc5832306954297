"""Mixes the tasks into conversations of one to twelve turns. The weights are shares of turns, before memory tasks add theirs."""

import random as random_module

from corpus import arithmetic, copying, network, records, refusals, small_talk, stories, world

TASKS = {
    network.network_question: 32,
    small_talk.about_myself: 7,
    small_talk.manners: 8,
    small_talk.greeting_from: 1,
    copying.echo: 18,
    copying.marked_prompt: 5,
    copying.echo_times: 3,
    arithmetic.small_sum: 35,
    arithmetic.count: 4,
    arithmetic.neighbour: 1,
    arithmetic.convert_units: 3,
    arithmetic.compare: 3,
    world.capital: 7,
    world.opposite: 1,
    world.sound: 0.7,
    world.color: 0.7,
    world.definition: 3,
    world.calendar: 2,
    world.examples: 1,
    stories.story: 2.5,
    records.record: 3.5,
    refusals.unknown: 12,
    refusals.unknown_place: 1,
    refusals.hard_sum: 2,
    refusals.gibberish: 0.5,
}
MEMORY_TASKS = {copying.remembered_word: 2.5, copying.remembered_name: 2.5, copying.remembered_fact: 1}

SYSTEM_PROMPTS = """
You are a helpful assistant.
You are a helpful assistant.
You are a small and honest assistant.
You are a helpful, honest and harmless assistant.
You are a helpful AI assistant running on a worker.
You are an assistant.
You are ChatGPT, a helpful assistant.
You are a friendly chatbot that answers in English.
You are a Telegram bot that helps people.
You are a concise assistant. Answer in one sentence.
You answer questions about Cocoon.
You are a customer support agent for a shop.
You are a test assistant.
You are a pirate.
Answer briefly.
Be brief.
Be kind and short.
Be concise and helpful.
Answer the user's question.
Follow the instructions of the user.
Reply in plain text.
Do not use markdown.
Today is Monday.
Always be polite to the user.
Keep your answers short and correct.
""".strip().splitlines()

TURN_COUNTS, TURN_WEIGHTS = [1, 2, 3, 4, 5, 6, 8, 12], [40, 20, 14, 9, 6, 5, 4, 2]
MARKED_SYSTEM_PROMPT_CHANCE = 0.1

# Some samples are stories without chat markers, so that plain completion has something to go by.
PLAIN_TEXT, PLAIN_TEXT_CHANCE = "text", 0.03


def one_turn(random):
    return random.choices(list(TASKS), list(TASKS.values()))[0](random)


def next_turns(random):
    """The turns of one task; memory tasks take another task as their interlude."""
    if random.random() * (sum(TASKS.values()) + sum(MEMORY_TASKS.values())) < sum(MEMORY_TASKS.values()):
        return random.choices(list(MEMORY_TASKS), list(MEMORY_TASKS.values()))[0](random, one_turn)
    return one_turn(random)


def system_prompt(random):
    """Often a common one, sometimes two, sometimes with a marker that has nothing to do with the rest."""
    prompt = random.choice(SYSTEM_PROMPTS)
    if random.random() < 0.15:
        prompt += " " + random.choice(SYSTEM_PROMPTS)
    if random.random() < MARKED_SYSTEM_PROMPT_CHANCE:
        prompt += f" Reference: {copying.echoed_text(random)}"
    return prompt


def conversation(random):
    """A list of (role, text) that starts with a system prompt in a third of the cases; now and then one plain text."""
    if random.random() < PLAIN_TEXT_CHANCE:
        return [(PLAIN_TEXT, stories.story(random)[0][1])]
    turns = [("system", system_prompt(random))] if random.random() < 0.35 else []
    wanted = random.choices(TURN_COUNTS, TURN_WEIGHTS)[0]
    asked = 0
    while asked < wanted:
        for question, answer in next_turns(random):
            turns += [("user", question), ("assistant", answer)]
            asked += 1
    return turns


def conversations(seed):
    random = random_module.Random(seed)
    while True:
        yield conversation(random)
