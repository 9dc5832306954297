"""Short stories that follow the request: who, called what, where, and with which thing."""

from corpus.phrases import capitalised, pick, typed_by_user, with_article
from corpus.vocabulary import NAMES, simple_word

HEROES = "cat dog rabbit fox bear mouse owl duck horse frog turtle lion tiger bird sheep robot dragon girl boy king queen wizard pirate whale farmer baker worker fish".split()
TRAITS = "little brave clever kind happy lonely curious sleepy shy cheerful gentle funny".split()
PLACES = [
    "a small village", "a green forest", "a big city", "a quiet farm", "a castle by the sea", "a house on a hill", "a warm valley", "a hut in the mountains",
]
THINGS = [
    "a golden key", "a lost kite", "a shiny stone", "an old map", "a red balloon", "a tiny seed", "a broken clock", "a blue lantern", "a magic book",
    "a silver bell",
]

DETOURS = [
    "The sky was blue and the birds were singing.", "{name} looked at {thing} for a long time.", "A cold wind began to blow, and soon it was raining.",
    "{name} was hungry, so {name} sat down and ate some bread.", "There was a bridge over a wide river.", "{name} crossed a dark forest without fear.",
    "An old woman by the road smiled and pointed the way.", "At night the stars were very bright.", "{name} slept under a big tree and had a strange dream.",
    "In the morning the sun came out again.", "The way was long, but {name} did not give up.", "{name} sang a song to feel less alone.",
]


def story(random):
    name, friend = random.sample(NAMES, 2)
    hero = random.choice(HEROES) if random.random() < 0.7 else simple_word(random)
    thing = random.choice(THINGS) if random.random() < 0.7 else with_article(simple_word(random))
    place, trait = random.choice(PLACES), random.choice(TRAITS)
    request = story_request(random, name, hero, thing, place)
    is_long = random.random() < 0.25
    if is_long:
        request = request.replace(" a ", " a long ", 1).replace("long short", "long").replace("long little", "long")
    return [(typed_by_user(random, request), told(random, name, friend, f"{trait} {hero}", thing, place, is_long))]


def story_request(random, name, hero, thing, place):
    if random.random() < 0.15:
        return pick(random, "(tell me|write|can you tell me|I want to hear) a (short|nice|little|) story")
    about = random.choice([
        with_article(hero), f"{with_article(hero)} (named|called) {name}", f"{with_article(hero)} and {thing}", f"{with_article(hero)} in {place}",
        f"{name} the {hero}",
    ])
    return pick(random, f"(tell me|write|can you tell me|please write|make up) a (short|little|) story about {about}")


def told(random, name, friend, hero, thing, place, is_long):
    the_thing = "the " + thing.split(" ", 1)[1]
    detour = [sentence.format(name=name, friend=friend, thing=the_thing) for sentence in random.sample(DETOURS, 5)] if is_long else []
    beginning, end = parts(name, friend, hero, thing, the_thing, place)
    return " ".join(pick(random, part) for part in beginning + detour + end)


def parts(name, friend, hero, thing, the_thing, place):
    """The sentences before and after the point where a long story takes its detours."""
    return [
        f"(Once upon a time there was {with_article(hero)} named {name} who lived in {place}.|{capitalised(f'in {place}')} there lived {with_article(hero)} called {name}.)",
        f"(One day {name} found {thing} under a tree.|One morning {name} went for a walk and found {thing}.)",
    ], [
        f"({name} showed {the_thing} to {friend}, a good friend.|{friend} was looking for {the_thing} and was very sad.)",
        f"(Together they carried {the_thing} home.|{name} gave {the_thing} to {friend}, and {friend} was very happy.)",
        "(From that day on they were the best of friends.|They played together until the sun went down.|And they lived happily ever after.)",
    ]
