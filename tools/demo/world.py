"""The made-up retailer: its calendar, stores, regions, products, campaigns and the words they go by. Nothing here is real."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

START = np.datetime64("2024-10-01", "D")
END = np.datetime64("2026-10-04", "D")
DAYS = int((END - START).astype(int)) + 1
LAST = DAYS - 1
"""The last day of the data. Days are counted from START throughout; a Sunday, so that the last usage week ends on it."""

NAME = "Thornfield & Finch"
REGIONS = ("North", "South", "East", "West", "Midlands", "Islands")
ISLANDS = REGIONS.index("Islands")
WEST = REGIONS.index("West")
AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
YOUNG = AGE_BANDS.index("25-34")
PLANS = ("Basic", "Plus", "Flex", "Premium")
FLEX = PLANS.index("Flex")
TIERS = ("Bronze", "Silver", "Gold", "Platinum")
CHANNELS = ("Store", "Online", "App")
DELIVERIES = ("In store", "Collect", "Standard", "Express")
SIGNUP_CHANNELS = ("Store", "Online", "App", "Referral")
GENDERS = ("F", "M", "X")

CATEGORIES = ("Outdoor gear", "Garden", "Kitchen", "DIY", "Clothing", "Pet supplies", "Toys", "Electronics")
OUTDOOR, GARDEN, KITCHEN, DIY, CLOTHING, PETS, TOYS, ELECTRONICS = range(8)
PER_CATEGORY = 20
VALUE, STANDARD, PREMIUM = slice(0, 8), slice(8, 16), slice(16, 20)

FALLEN_STORE = 23
STORE_COUNT = 38
STORES_BY_REGION = (8, 9, 6, 7, 8)

_ITEMS = {
    "Outdoor gear": "Tent,Sleeping bag,Rucksack,Walking boots,Camping stove,Head torch,Rain jacket,Trekking poles,Cool box,Hammock",
    "Garden": "Secateurs,Spade,Watering can,Planter,Compost bag,Hose reel,Bird feeder,Garden chair,Wheelbarrow,Seed tray",
    "Kitchen": "Saucepan,Chopping board,Coffee beans,Towels,Mixing bowl,Bread knife,Casserole dish,Mug set,Scales,Storage jars",
    "DIY": "Drill,Screwdriver set,Paint tin,Wallpaper paste,Sandpaper,Shelf bracket,Spirit level,Pipe sealant,Grout,Step ladder",
    "Clothing": "Jumper,Jeans,Linen shirt,Wool socks,Waterproof coat,Trainers,Scarf,T-shirt,Pyjamas,Gloves",
    "Pet supplies": "Dry dog food,Cat litter,Bird seed,Dog lead,Cat bed,Chew toys,Fish flakes,Grooming brush,Puppy pads,Treat box",
    "Toys": "Wooden blocks,Jigsaw,Board game,Soft bear,Kite,Craft kit,Train set,Marble run,Puppet,Skipping rope",
    "Electronics": "Batteries,Phone charger,Desk lamp,Radio,Headphones,Extension lead,Smart plug,Kettle,Fan heater,Torch",
}
_BASE_PRICE = (38.0, 19.0, 16.0, 22.0, 27.0, 15.0, 18.0, 42.0)
_MADE = ("Everyday", "Classic", "Finch Reserve")
_CITIES = (
    "Aldermoor", "Brackwell", "Carrowdale", "Dunmere", "Eastlow", "Farrowby", "Glenhurst", "Hollinbridge", "Ivelstone", "Jarrowick",
    "Kestrel Bay", "Langmere", "Marlow Heath", "Netherby", "Orrisford", "Penmarsh", "Quarrydown", "Ravensholt", "Saltwick", "Tarrowby",
    "Ulverley", "Vennhampton", "Westering", "Yarrowgate", "Ashcombe Vale", "Birchover", "Coldharbour", "Draymoor", "Elmstead Cross",
    "Fernhollow", "Greywater", "Hawksworth Fell", "Inchmoor", "Larkspur Green", "Millbrook Sands", "Northwold", "Otterford", "Pinewater",
)  # fmt: skip
_FORMATS = ("High street", "Retail park", "Outlet")

FIRST_NAMES = (
    "Ada", "Amir", "Anya", "Bea", "Cal", "Chidi", "Dara", "Dev", "Edie", "Eli", "Esme", "Fay", "Finn", "Gia", "Gus", "Hal", "Ines", "Ivo",
    "Jai", "Jess", "Joan", "Kai", "Kit", "Lena", "Leo", "Lin", "Mae", "Max", "Mina", "Nell", "Nico", "Noor", "Olga", "Omar", "Otis", "Pia",
    "Quin", "Raj", "Remy", "Rosa", "Ruth", "Sam", "Seth", "Suki", "Tao", "Tess", "Uma", "Vera", "Wren", "Yara", "Yusuf", "Zadie", "Zeb",
)  # fmt: skip
SURNAME_STARTS = (
    "Ald", "Bram", "Carn", "Dun", "Elder", "Fen", "Gris", "Harrow", "Ing", "Jarl", "Kest", "Lark", "Mor", "Nether", "Oak", "Pell", "Quill",
    "Rook", "Sand", "Thorn", "Under", "Vale", "Whin", "Yarrow",
)  # fmt: skip
SURNAME_ENDS = (
    "bury", "combe", "croft", "dale", "fell", "garth", "hollow", "ley", "mere", "more", "quist", "ridge", "shaw", "stead", "thwaite",
    "wick", "worthy", "wright",
)  # fmt: skip

TICKET_TOPICS = ("Delivery", "Returns", "Product question", "Billing", "Account", "App")
TICKET_CHANNELS = ("Email", "Chat", "Phone", "Social")
CANCEL_REASONS = ("Delivery", "Price", "Moved away", "Not using it", "Other")
WORKSHOPS = ("Bike repair basics", "Sourdough at home", "Container gardening", "Knots and tarps", "Fix a dripping tap")


@dataclass(frozen=True)
class Campaign:
    """A mailing: `day` is when its sends begin (they go out over three days)."""

    name: str
    kind: str
    medium: str
    day: int
    length: int
    budget: int


def day(text: str) -> int:
    """An ISO date as a day number."""
    return int((np.datetime64(text, "D") - START).astype(int))


STOPPED = day("2026-07-01")
"""From this day on, one age band buys none of one category at store 23."""
TWO_MONTHS = day("2026-08-04")
ONE_MONTH = day("2026-09-04")
"""The last two months and the last month begin after these days (date > END - N months)."""

CAMPAIGNS = (
    Campaign("Autumn layers", "Promotion", "Email", day("2025-09-18"), 14, 4000),
    Campaign("Club news October", "Newsletter", "Email", day("2025-10-09"), 7, 500),
    Campaign("Bonfire weekend", "Promotion", "SMS", day("2025-10-30"), 5, 2500),
    Campaign("Winter warmers", "Promotion", "Email", day("2025-11-13"), 14, 5000),
    Campaign("Big Friday", "Promotion", "Email", day("2025-11-26"), 5, 12000),
    Campaign("Gift workshop invitations", "Event", "Email", day("2025-12-04"), 10, 1500),
    Campaign("January clear-out", "Promotion", "Email", day("2026-01-05"), 20, 6000),
    Campaign("Club news February", "Newsletter", "Email", day("2026-02-06"), 7, 500),
    Campaign("Spring planting", "Promotion", "Email", day("2026-03-12"), 14, 4500),
    Campaign("Easter DIY", "Promotion", "SMS", day("2026-04-01"), 6, 3000),
    Campaign("Club news May", "Newsletter", "Email", day("2026-05-07"), 7, 500),
    Campaign("Summer opener", "Promotion", "Email", day("2026-06-11"), 14, 5500),
    Campaign("Open evening", "Event", "Email", day("2026-07-09"), 10, 2000),
    Campaign("Back to school", "Promotion", "Email", day("2026-08-19"), 14, 5000),
    Campaign("Club news September", "Newsletter", "Email", day("2026-09-03"), 7, 500),
    Campaign("Harvest savings", "Promotion", "SMS", day("2026-09-10"), 10, 3500),
    Campaign("Autumn layers 2026", "Promotion", "Email", day("2026-09-22"), 14, 4500),
    Campaign("Club news October 2026", "Newsletter", "Email", LAST - 2, 7, 500),
)


@dataclass(frozen=True)
class Products:
    """The catalogue, one row a product, ordered by category and, within one, value, standard, premium. Money in pence."""

    code: list[str]
    name: list[str]
    brand: list[str]
    category: np.ndarray
    price: np.ndarray
    cost: np.ndarray

    @cached_property
    def count(self) -> int:
        return len(self.code)


def products() -> Products:
    """The same catalogue for every seed: prices are part of the world, not of the draw."""
    rng = np.random.default_rng(160)
    code, name, brand = [], [], []
    for c, category in enumerate(CATEGORIES):
        items = _ITEMS[category].split(",")
        for i in range(PER_CATEGORY):
            level = 0 if i < 8 else 1 if i < 16 else 2
            made = _MADE[level]
            code.append(f"{category[:3].upper()}-{c + 1}{i + 1:02d}")
            name.append(f"{made} {items[(i - 8 * level + 2 * level) % 10].lower()}")
            brand.append(made)
    slot = np.tile(np.arange(PER_CATEGORY), len(CATEGORIES))
    category = np.repeat(np.arange(len(CATEGORIES)), PER_CATEGORY)
    level = np.digitize(slot, [8, 16])
    price = np.array(_BASE_PRICE)[category] * np.array([0.55, 1.0, 2.6])[level] * rng.uniform(0.8, 1.2, len(slot))
    cost_share = np.array([0.76, 0.64, 0.42])[level] + np.where(category == ELECTRONICS, 0.16, 0.0)
    pence = np.round(price * 2).astype(np.int64) * 50 - 1  # ends in .49 or .99
    return Products(code, name, brand, category, pence, np.round(pence * cost_share).astype(np.int64))


def store_regions() -> np.ndarray:
    """The region of each store, by store number less one. Store 23 is in the North."""
    regions = np.repeat(np.arange(5), STORES_BY_REGION)
    order = np.random.default_rng(38).permutation(regions)
    at = int(np.flatnonzero(order == 0)[0])
    order[[at, FALLEN_STORE - 1]] = order[[FALLEN_STORE - 1, at]]
    return order


def stores() -> dict[str, Any]:
    """The columns of stores.csv."""
    rng = np.random.default_rng(39)
    opened = np.datetime64("2003-03-01", "D") + rng.integers(0, 6000, STORE_COUNT)
    return {
        "store_id": list(range(1, STORE_COUNT + 1)),
        "store_name": [f"{city} {_FORMATS[i % 3].lower()}" for i, city in enumerate(_CITIES)],
        "city": list(_CITIES),
        "format": [_FORMATS[i % 3] for i in range(STORE_COUNT)],
        "opened_on": opened,
        "floor_area_sqm": [int(x) * 10 for x in rng.integers(40, 320, STORE_COUNT)],
    }


def day_weights() -> np.ndarray:
    """How busy each day is: Saturdays most, Mondays least; November and December most of the year."""
    dates = START + np.arange(DAYS)
    weekday = (dates.astype("datetime64[D]").astype(int) + 3) % 7  # Monday is 0
    month = dates.astype("datetime64[M]").astype(int) % 12
    by_weekday = np.array([0.7, 0.75, 0.8, 0.95, 1.25, 2.2, 1.0])
    by_month = np.array([0.82, 0.85, 0.97, 1.0, 1.02, 1.0, 1.0, 0.98, 1.0, 1.05, 1.3, 1.6])
    return by_weekday[weekday] * by_month[month]


def month_of(days: np.ndarray) -> np.ndarray:
    """Calendar month, 1 to 12, of day numbers."""
    return (START + days).astype("datetime64[M]").astype(int) % 12 + 1
