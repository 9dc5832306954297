"""Writes the evaluation as JSON for evaluate.mjs: generated cases with a seed of their own, and the held-out questions.

A case is {group, system, turns, accept, match}: the answer to the last turn must equal one of `accept` (match
"exact"), start with one ("prefix") or contain one ("contains").
"""

import argparse
import json
import random as random_module
from pathlib import Path

import held_out
from corpus import arithmetic, copying, network, records, refusals, small_talk, stories, world
from corpus.conversation import SYSTEM_PROMPTS, one_turn
from corpus.phrases import pick
from corpus.vocabulary import any_word, canary, invented_word

EVALUATION_SEED = 20_260

GENERATED = {
    "network, trained wordings": (network.network_question, 200),
    "about itself": (small_talk.about_myself, 60),
    "manners": (small_talk.manners, 60),
    "echo of words and canaries": (copying.echo, 200),
    "marker in the prompt": (copying.marked_prompt, 100),
    "say n times": (copying.echo_times, 30),
    "sums": (arithmetic.small_sum, 150),
    "counting": (arithmetic.count, 60),
    "units": (arithmetic.convert_units, 40),
    "comparing numbers": (arithmetic.compare, 40),
    "definitions": (world.definition, 50),
    "calendar": (world.calendar, 40),
    "JSON extraction": (records.record, 100),
    "unknown nouns and topics refused": (refusals.unknown, 100),
    "hard sums refused": (refusals.hard_sum, 50),
}


def generated_cases(random):
    for group, (task, count) in GENERATED.items():
        for _ in range(count):
            [(question, answer)] = task(random)
            yield case(group, [question], acceptable(answer))


def acceptable(answer):
    """Every answer that the corpus gives to the same question."""
    alternatives = [answers for *_, answers in network.FACTS + small_talk.ABOUT_MYSELF + small_talk.MANNERS]
    return next((answers for answers in alternatives if answer in answers), [answer])


def case(group, turns, accept, match="exact", system=None):
    return {"group": group, "system": system, "turns": turns, "accept": accept, "match": match}


def capital_cases(random):
    for country, city in world.CAPITALS:
        yield case("capitals", [pick(random, f"(What is the capital of {country}?|capital of {country})")], [city], "contains")


def memory_cases(random):
    for group, task in (("word kept over turns", copying.remembered_word), ("name kept over turns", copying.remembered_name)):
        for _ in range(60):
            conversation = task(random, one_turn)
            yield case(group, [question for question, _ in conversation], [conversation[-1][1]])


def copying_cases(random):
    """Copying under stricter headings: one unseen string each, in the plainest wording."""
    strings = {"copy an invented word": invented_word, "copy a canary": canary, "copy five words": five_words}
    for group, make in strings.items():
        for _ in range(60):
            text = make(random)
            yield case(group, [pick(random, "(Repeat after me:|Say:|Repeat:) ") + f" {text}"], [text])


def five_words(random):
    return " ".join(any_word(random) for _ in range(5))


def story_cases(random):
    for _ in range(40):
        hero, name = random.choice(stories.HEROES), random.choice(stories.NAMES)
        yield case("story has the wanted hero", [f"Tell me a story about {stories.with_article(hero)} named {name}."], [f"{hero} named {name}", f"{hero} called {name}"], "contains")


def system_prompt_cases(random):
    """The same everyday prompts under a system prompt, trained and new ones."""
    prompts = SYSTEM_PROMPTS + ["You are a careful research assistant.", "You work for a travel agency.", "Think before you answer.", "You are Bob, a friendly guide."]
    for system in prompts:
        yield case("greets under a system prompt", ["Say hello."], ["Hello"], "prefix", system)
        text = canary(random)
        yield case("echoes under a system prompt", [f"Repeat after me: {text}"], [text], "exact", system)


def held_out_cases():
    held_out.check_unseen()
    answers = {name: answers for name, _, answers in network.FACTS}
    for names, questions in held_out.NETWORK_QUESTIONS.items():
        accept = [answer for name in names.split() for answer in answers.get(name, [])]
        yield from (case("network, wordings never trained", [question], accept) for question in questions)
    for words, prompts in held_out.EVERYDAY_PROMPTS:
        yield from (case("everyday prompts, written by hand", [prompt], words, "contains") for prompt in prompts)
    for question in held_out.UNKNOWN_QUESTIONS:
        yield case("unknown facts refused, written by hand", [question], held_out.REFUSALS, "prefix")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output")
    options = parser.parse_args()
    random = random_module.Random(EVALUATION_SEED)
    makers = [generated_cases, capital_cases, memory_cases, copying_cases, story_cases, system_prompt_cases]
    cases = [case for make in makers for case in make(random)] + list(held_out_cases())
    Path(options.output).write_text(json.dumps(cases))
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
