"""Facts in a sentence, asked back as a JSON object."""

import json

from corpus.phrases import capitalised, pick, with_article
from corpus.vocabulary import NAMES, simple_word
from corpus.world import CAPITALS

JOBS = "teacher doctor farmer baker pilot nurse driver painter lawyer cook writer engineer student".split()


def record(random):
    fact, fields = random.choice([person_with_age, person_with_city, person_with_job, thing_with_price, person_with_age_and_city])(random)
    keys = " and ".join(fields) if len(fields) == 2 else ", ".join(list(fields)[:-1]) + " and " + list(fields)[-1]
    request = pick(random, random.choice([
        f"(return|make|write|give me|output|answer with) (JSON|a JSON object) with {keys}:", f"extract {keys} as JSON:", f"(convert|turn) this (to|into) JSON with {keys}:",
        f"extract the {keys} (from this|from this text|) as JSON:",
    ]))
    request = f"{request} {fact}{random.choice(['', '.'])}"
    return [(request if random.random() < 0.5 else capitalised(request), json.dumps(fields))]


def person(random):
    return random.choice(NAMES) if random.random() < 0.8 else simple_word(random).capitalize()


def person_with_age(random):
    name, age = person(random), random.randint(1, 99)
    return pick(random, f"{name} is {age} (years old|)"), {"name": name, "age": age}


def person_with_city(random):
    name, city = person(random), random.choice(CAPITALS)[1]
    return pick(random, f"{name} (lives in|is from|works in) {city}"), {"name": name, "city": city}


def person_with_job(random):
    name, job = person(random), random.choice(JOBS)
    return pick(random, f"{name} (is|works as) {with_article(job)}"), {"name": name, "job": job}


def person_with_age_and_city(random):
    name, age, city = person(random), random.randint(1, 99), random.choice(CAPITALS)[1]
    return pick(random, f"{name} is {age} (years old|) and (lives in|is from) {city}"), {"name": name, "age": age, "city": city}


def thing_with_price(random):
    thing, price = simple_word(random), random.randint(1, 500)
    return pick(random, f"the {thing} costs {price} (dollars|TON|euros)"), {"item": thing, "price": price}
