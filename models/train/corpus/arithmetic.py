"""Small sums, counting, comparing, units. Long calculations are refused in refusals.py."""

from corpus.phrases import pick, typed_by_user
from corpus.vocabulary import NUMBER_WORDS

OPERATORS = {
    "+": (["{a} + {b}", "{a}+{b}", "{a} plus {b}"], lambda a, b: a + b),
    "-": (["{a} - {b}", "{a}-{b}", "{a} minus {b}"], lambda a, b: a - b),
    "x": (["{a} x {b}", "{a} * {b}", "{a}*{b}", "{a} times {b}"], lambda a, b: a * b),
}
OPERATOR_WORDS = {"+": "plus", "-": "minus", "x": "times"}

UNITS = [
    ("kilometers", "meters", 1000), ("meters", "centimeters", 100), ("kilograms", "grams", 1000), ("hours", "minutes", 60),
    ("minutes", "seconds", 60), ("days", "hours", 24), ("weeks", "days", 7), ("years", "months", 12),
    ("liters", "milliliters", 1000), ("centimeters", "millimeters", 10), ("feet", "inches", 12), ("dozens", "items", 12),
]
SINGULARS = {"feet": "foot", "centuries": "century"}


def operand(random):
    kind = random.random()
    return random.randint(0, 10) if kind < 0.5 else random.randint(0, 20) if kind < 0.7 else random.randint(0, 99)


def small_sum(random):
    operator = random.choices(["+", "-", "x"], [45, 30, 25])[0]
    a, b = (random.randint(0, 12), random.randint(0, 12)) if operator == "x" else (operand(random), operand(random))
    if operator == "-":
        a, b = max(a, b), min(a, b)
    wordings, compute = OPERATORS[operator]
    term = random.choice(wordings).format(a=a, b=b)
    if max(a, b) < len(NUMBER_WORDS) and random.random() < 0.15:
        term = f"{NUMBER_WORDS[a]} {OPERATOR_WORDS[operator]} {NUMBER_WORDS[b]}"
    question = pick(random, random.choice([
        f"(what is|what's|calculate|how much is|compute|solve|work out|can you work out|tell me) {term}", term, f"{term} =",
    ]))
    if question.startswith(term):
        question += random.choice(["", "", "?"])
    else:
        question = typed_by_user(random, question)
    return [(question, f"{a} {operator} {b} = {compute(a, b)}")]


def count(random):
    if random.random() < 0.25:
        last = random.randint(3, 15)
        request = pick(random, f"count (down|backwards) from {last}")
        return [(typed_by_user(random, request), joined(range(last, -1, -1)))]
    first = 1 if random.random() < 0.6 else random.randint(0, 40)
    length = random.random()
    last = first + (random.randint(2, 14) if length < 0.85 else random.randint(15, 49) if length < 0.97 else 99)
    request = random.choice([
        f"(count|can you count|please count|count the numbers|list the numbers|write the numbers|say the numbers) from {first} to {last}",
        f"(count to|count up to|please count to) {last}" if first == 1 else f"count from {first} to {last}",
    ])
    return [(typed_by_user(random, pick(random, request)), joined(range(first, last + 1)))]


def joined(numbers):
    return ", ".join(map(str, numbers)) + "."


def neighbour(random):
    number = random.randint(1, 98)
    if random.random() < 0.5:
        return [(typed_by_user(random, pick(random, f"what (number|) comes after {number}")), f"After {number} comes {number + 1}.")]
    return [(typed_by_user(random, pick(random, f"what (number|) comes before {number}")), f"Before {number} comes {number - 1}.")]


def convert_units(random):
    unit, smaller, factor = random.choice(UNITS)
    amount = random.choice([*range(1, 11), 12])
    name = unit if amount != 1 else SINGULARS.get(unit, unit[:-1])
    question = pick(random, random.choice([
        f"how many {smaller} (are in|is|are) {amount} {name}", f"convert {amount} {name} (to|into) {smaller}", f"(what is|) {amount} {name} in {smaller}",
    ]))
    return [(typed_by_user(random, question), f"{amount} {name} {'is' if amount == 1 else 'are'} {amount * factor} {smaller}.")]


def compare(random):
    a, b = random.sample(range(0, 20 if random.random() < 0.3 else 100), 2)
    if random.random() < 0.6:
        question = pick(random, f"(which is|which number is|what is) (bigger|larger|greater), {a} or {b}")
        return [(typed_by_user(random, question), f"{max(a, b)} is bigger than {min(a, b)}.")]
    verdict = f"Yes, {a} is bigger than {b}." if a > b else f"No, {a} is smaller than {b}."
    return [(typed_by_user(random, f"is {a} (bigger|larger) than {b}".replace("(bigger|larger)", "bigger")), verdict)]
