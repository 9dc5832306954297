"""General facts that a child knows: capitals, opposites, colors, animal sounds, the calendar, definitions."""

from corpus.phrases import capitalised, pick, typed_by_user, typed_freely
from corpus.vocabulary import NUMBER_WORDS

CAPITALS = [tuple(pair.strip().split(": ")) for pair in """
France: Paris; Germany: Berlin; Spain: Madrid; Italy: Rome; Portugal: Lisbon; Ireland: Dublin; Austria: Vienna;
Belgium: Brussels; Netherlands: Amsterdam; Switzerland: Bern; Poland: Warsaw; Hungary: Budapest;
Romania: Bucharest; Bulgaria: Sofia; Greece: Athens; Turkey: Ankara; Russia: Moscow; Ukraine: Kyiv; Belarus: Minsk;
Lithuania: Vilnius; Latvia: Riga; Estonia: Tallinn; Finland: Helsinki; Sweden: Stockholm; Norway: Oslo;
Denmark: Copenhagen; Iceland: Reykjavik; Serbia: Belgrade; Croatia: Zagreb; Slovenia: Ljubljana;
Slovakia: Bratislava; Albania: Tirana; Japan: Tokyo; China: Beijing; India: New Delhi; Pakistan: Islamabad;
Bangladesh: Dhaka; Nepal: Kathmandu; Thailand: Bangkok; Vietnam: Hanoi; Indonesia: Jakarta; Malaysia: Kuala Lumpur;
Philippines: Manila; South Korea: Seoul; North Korea: Pyongyang; Mongolia: Ulaanbaatar; Iran: Tehran;
Iraq: Baghdad; Syria: Damascus; Jordan: Amman; Lebanon: Beirut; Saudi Arabia: Riyadh;
Qatar: Doha; Oman: Muscat; Yemen: Sanaa; Egypt: Cairo; Libya: Tripoli; Tunisia: Tunis; Algeria: Algiers;
Morocco: Rabat; Kenya: Nairobi; Ethiopia: Addis Ababa; Ghana: Accra; Nigeria: Abuja; Senegal: Dakar;
Uganda: Kampala; Rwanda: Kigali; Zambia: Lusaka; Zimbabwe: Harare; Angola: Luanda; Namibia: Windhoek;
Somalia: Mogadishu; Sudan: Khartoum; Canada: Ottawa; Mexico: Mexico City; Cuba: Havana; Jamaica: Kingston;
Panama: Panama City; Colombia: Bogota; Venezuela: Caracas; Ecuador: Quito; Peru: Lima; Chile: Santiago;
Argentina: Buenos Aires; Uruguay: Montevideo; Brazil: Brasilia; Australia: Canberra; New Zealand: Wellington;
Fiji: Suva; Cambodia: Phnom Penh; Laos: Vientiane; Kazakhstan: Astana; Georgia: Tbilisi; Armenia: Yerevan;
the United Kingdom: London; the United States: Washington, D.C.; the Czech Republic: Prague
""".split(";")]

OPPOSITES = [tuple(pair.split()) for pair in """
hot cold, big small, up down, fast slow, day night, happy sad, old new, open closed, light dark, wet dry,
loud quiet, early late, hard soft, high low, long short, rich poor, strong weak, thick thin, full empty,
clean dirty, near far, left right, true false, win lose, buy sell, start stop, push pull, love hate, give take,
first last, good bad, heavy light, young old, inside outside, above below, before after, wide narrow, sweet sour,
friend enemy, question answer
""".split(",")]

SOUNDS = dict(pair.split(":") for pair in """
dog:woof cat:meow cow:moo sheep:baa duck:quack pig:oink horse:neigh lion:roar bee:buzz owl:hoot frog:ribbit
snake:hiss crow:caw mouse:squeak wolf:howl rooster:cock-a-doodle-doo
""".split())

COLORED_THINGS = dict(pair.strip().split(":") for pair in """
the sky:blue, grass:green, a banana:yellow, snow:white, coal:black, a ripe tomato:red, an orange:orange,
a lemon:yellow, blood:red, the sun:yellow, an elephant:gray, a leaf:green, chocolate:brown, milk:white,
a plum:purple, a flamingo:pink, the sea:blue, a carrot:orange, a strawberry:red, a raven:black
""".split(","))

DEFINITIONS = {
    "a dog": "a friendly animal with four legs that people keep as a pet",
    "a cat": "a small furry animal that likes to hunt mice and sleep in the sun",
    "a tree": "a tall plant with a wooden trunk, branches and leaves",
    "a river": "a long stream of water that flows to the sea",
    "a mountain": "a very high piece of land, much higher than a hill",
    "a computer": "a machine that follows instructions to store and process information",
    "a program": "a list of instructions that tells a computer what to do",
    "a book": "a set of printed pages that tell a story or share knowledge",
    "the moon": "the round body that travels around the Earth and shines at night",
    "the sun": "the star at the center of our solar system; it gives us light and heat",
    "a star": "a huge ball of hot gas that shines in the night sky",
    "a planet": "a large round body that travels around a star",
    "rain": "water that falls from the clouds in drops",
    "snow": "soft white flakes of frozen water that fall from the sky",
    "wind": "air that moves across the land and the sea",
    "a bird": "an animal with feathers and wings; most birds can fly",
    "a fish": "an animal that lives in water and breathes with gills",
    "a house": "a building where people live",
    "a school": "a place where people go to learn",
    "a doctor": "a person who helps people who are ill or hurt",
    "a teacher": "a person who helps others learn",
    "music": "sounds arranged in a pleasant way, with rhythm and melody",
    "a friend": "a person you know well and like",
    "bread": "a food made by baking flour and water",
    "ice": "water that has become solid because it is very cold",
    "fire": "the heat and light that come from something burning",
    "a bridge": "a structure that lets people cross over a river or a road",
    "a clock": "a device that shows the time",
    "a map": "a drawing that shows where places are",
    "a week": "a period of seven days",
    "a year": "the time the Earth needs to travel once around the sun, about 365 days",
    "a bicycle": "a vehicle with two wheels that you move by pushing pedals",
    "the internet": "a worldwide network that connects computers so that they can share information",
    "a robot": "a machine that can do tasks on its own",
    "an algorithm": "a step by step method for solving a problem",
    "a database": "an organized collection of data that a computer can search",
    "a server": "a computer that provides a service to other computers",
    "encryption": "a way to scramble data so that only someone with the right key can read it",
    "a hash": "a short fingerprint computed from data; if the data changes, the hash changes",
    "a password": "a secret word that proves who you are",
    "a GPU": "a processor that does many calculations in parallel, which makes it good at running AI models",
    "a CPU": "the main processor of a computer, which runs its programs",
    "open source": "software whose source code anyone can read, use and improve",
    "machine learning": "a way to build programs that learn patterns from examples",
    "a neural network": "a program made of many simple units whose connections are learned from data",
    "a language model": "a program that predicts the next piece of text, one token at a time",
}

EXAMPLES = {
    "colors": "red, blue, green, yellow and white",
    "animals": "dog, cat, horse, cow and lion",
    "fruits": "apple, banana, orange, pear and cherry",
    "vegetables": "carrot, potato, onion, tomato and pea",
    "planets": "Mercury, Venus, Earth, Mars and Jupiter",
    "countries": "France, Japan, Brazil, Egypt and Canada",
    "cities": "Paris, Tokyo, Cairo, Lima and Ottawa",
    "names": "Anna, Ben, Clara, David and Emma",
    "tools": "hammer, saw, drill, wrench and knife",
    "drinks": "water, tea, milk, juice and coffee",
}

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTH_LENGTHS = {
    "January": 31, "February": 28, "March": 31, "April": 30, "May": 31, "June": 30,
    "July": 31, "August": 31, "September": 30, "October": 31, "November": 30, "December": 31,
}
MONTHS = list(MONTH_LENGTHS)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def capital(random):
    country, city = random.choice(CAPITALS)
    if random.random() < 0.2:
        question = pick(random, f"({city} is the capital of which country|which country has the capital {city}|what country is {city} the capital of)")
        return [(typed_by_user(random, question.format(city=city)), f"{city} is the capital of {country}.")]
    question = pick(random, random.choice([
        f"(what is|what's|name|tell me|do you know) the capital (city|) of {country}", f"capital of {country}", f"which city is the capital of {country}",
        f"what is {country}'s capital",
    ]))
    return [(typed_freely(random, question), f"The capital of {country} is {city}.")]


def opposite(random):
    first, second = random.choice(OPPOSITES)
    if random.random() < 0.5:
        first, second = second, dict(OPPOSITES).get(second, first)
    question = pick(random, f"(what is the|the|give me the|) opposite of {first}")
    return [(typed_by_user(random, question), f"The opposite of {first} is {second}.")]


def sound(random):
    animal = random.choice(list(SOUNDS))
    article = "an" if animal[0] in "aeiou" else "a"
    question = pick(random, f"(what sound does|which sound does) {article} {animal} make") if random.random() < 0.6 else f"what does {article} {animal} say"
    return [(typed_by_user(random, question), f"{article.capitalize()} {animal} says {SOUNDS[animal]}.")]


def color(random):
    thing = random.choice(list(COLORED_THINGS))
    question = pick(random, f"(what color is|which color is|what is the color of|what colour is) {thing}")
    return [(typed_by_user(random, question), f"{capitalised(thing)} is {COLORED_THINGS[thing]}.")]


def definition(random):
    term = random.choice(list(DEFINITIONS))
    bare = term.split(" ", 1)[1] if term.startswith(("a ", "an ", "the ")) else term
    question = pick(random, random.choice([
        f"(what is|what's|explain|define|describe) {term}", f"what does {bare} mean", f"can you explain what {term} is", f"what is the meaning of {bare}",
    ]))
    return [(typed_freely(random, question), f"{capitalised(term)} is {DEFINITIONS[term]}.")]


def examples(random):
    kind = random.choice(list(EXAMPLES))
    listed = EXAMPLES[kind].replace(" and", ",").split(", ")
    count = random.randint(2, 5)
    amount = random.choice([str(count), NUMBER_WORDS[count]])
    request = pick(random, f"(name|list|give me|tell me|write|say) {amount} {kind}")
    return [(typed_by_user(random, request), f"{', '.join(listed[:count - 1])} and {listed[count - 1]}.")]


def calendar(random):
    return random.choices([next_in_calendar, month_length, recite], [5, 2, 3])[0](random)


def next_in_calendar(random):
    kind, names = random.choice([("day", DAYS), ("month", MONTHS)])
    at = random.randrange(len(names))
    if random.random() < 0.3:
        return [(typed_by_user(random, f"what {kind} comes before {names[at]}"), f"Before {names[at]} comes {names[at - 1]}.")]
    question = pick(random, f"(what {kind} comes after|which {kind} follows) {names[at]}")
    return [(typed_by_user(random, question), f"After {names[at]} comes {names[(at + 1) % len(names)]}.")]


def month_length(random):
    month = random.choice(MONTHS)
    leap = ", or 29 in a leap year" if month == "February" else ""
    return [(typed_by_user(random, f"how many days does {month} have"), f"{month} has {MONTH_LENGTHS[month]} days{leap}.")]


def recite(random):
    grammar, answer = random.choice([
        ("(list|name|what are|tell me) the days of the week", ", ".join(DAYS) + "."),
        ("(list|name|what are|tell me) the months (of the year|)", ", ".join(MONTHS) + "."),
        ("(say|recite|what is|write) the alphabet", " ".join(ALPHABET) + "."),
    ])
    return [(typed_by_user(random, pick(random, grammar)), answer)]
