"""The words that people say for values: spoken forms, bands, countries and their provinces. The thesaurus puts them together."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

from segue.tools.semantic.schema import words

# Countries whose provinces are stored as codes, the likeliest first where codes of several would do.
WITH_CODES = (
    "US",
    "BR",
    "CA",
    "AU",
    "DE",
    "IN",
    "MX",
    "IT",
    "ES",
    "CH",
    "AT",
    "NL",
    "AR",
    "CN",
    "JP",
    "FR",
    "GB",
    "ZA",
    "NG",
    "TR",
    "ID",
    "MY",
    "CO",
    "CL",
    "PT",
    "PL",
)


def normal(value: object) -> str:
    """A value as it is looked up: lower case, underscores as spaces, single spaces."""
    return " ".join(str(value).replace("_", " ").lower().split())


def unaccented(text: str) -> str:
    """são paulo -> sao paulo."""
    return "".join(ch for ch in unicodedata.normalize("NFKD", text) if not unicodedata.combining(ch))


def spoken(value: str, joined: bool = False) -> list[str]:
    """How a stored value reads aloud, where that differs from it: credit_card -> credit card. With `joined`, two words may be
    two things: health_beauty -> health beauty, health and beauty, health & beauty.
    """
    out: list[str] = []
    base = normal(value)
    bare = " ".join(re.sub(r"\([^)]*\)", " ", base).split())
    inside = " ".join(base.replace("(", " ").replace(")", " ").split())
    for form in (bare, inside, words(value) if re.fullmatch(r"(?:[A-Z][a-z]+){2,}", value) else base):
        out += [
            form,
            form.replace("-", " ").strip(),
            form.replace("/", " "),
            form.replace("&", "and"),
            re.sub(r"\band\b", "&", form),
        ]
    if joined and re.fullmatch(r"[^\W\d_]+_[^\W\d_]+", value):
        first, second = base.split()
        out += [f"{first} and {second}", f"{first} & {second}"]
    out += [unaccented(form) for form in out]
    return [form for form in unique(" ".join(o.split()) for o in out) if form and form != value.casefold()]


def unique(names: Iterable[str]) -> list[str]:
    """The names in order, each once, none empty."""
    return [n for n in dict.fromkeys(names) if n]


# --- bands --------------------------------------------------------------------------------------------------------------

_RANGE = re.compile(r"^(?:age )?([$£€]?)(\d[\d,]*)(k?)\s*(?:-|–|to)\s*[$£€]?(\d[\d,]*)(k?)(?: years?)?$")
_OVER = re.compile(
    r"^(?:age )?(?:[$£€]?(\d[\d,]*)(k?)\s*(?:\+|plus|and over|or more|and above)|(?:over|more than|"
    r"above|>=?)\s*[$£€]?(\d[\d,]*)(k?)\s*\+?)$"
)
_UNDER = re.compile(r"^(?:under|below|less than|up to|<=?)\s*[$£€]?(\d[\d,]*)(k?)$")


def band_names(value: str) -> list[str]:
    """18-24 -> 18 to 24, between 18 and 24; 65+ -> over 65, 65 and over; Under 15K -> under 15,000. [] for what is no band."""
    text = normal(value)
    if found := _RANGE.match(text):
        _, low, low_k, high, high_k = found.groups()
        lows, highs = _amounts(low, low_k or high_k), _amounts(high, high_k)
        return unique(
            form
            for a, b in zip(lows, highs, strict=False)
            for form in (f"{a} to {b}", f"{a}-{b}", f"between {a} and {b}", f"{a} and {b}")
        )
    if found := _OVER.match(text):
        amounts = _amounts(found[1] or found[3], found[2] or found[4])
        return unique(
            form
            for a in amounts
            for form in (
                f"over {a}",
                f"{a} and over",
                f"{a} or over",
                f"{a} or more",
                f"{a} plus",
                f"{a}+",
                f"over-{a}s",
                f"over {a}s",
                f"{a} or older",
                f"more than {a}",
            )
        )
    if found := _UNDER.match(text):
        return unique(
            form
            for a in _amounts(found[1], found[2])
            for form in (f"under {a}", f"below {a}", f"less than {a}", f"under-{a}s", f"under {a}s")
        )
    return []


def _amounts(number: str, thousands: str) -> list[str]:
    plain = number.replace(",", "")
    if thousands:
        return [f"{plain}k", f"{int(plain) * 1000:,}", f"{int(plain) * 1000}", f"{plain} thousand"]
    return unique([plain, f"{int(plain):,}"])


# --- countries and provinces --------------------------------------------------------------------------------------------


@functools.cache
def country_codes() -> dict[str, str]:
    """Names and codes of countries, lower case -> ISO code of two letters (pycountry's names, no demonyms)."""
    import pycountry

    out: dict[str, str] = {}
    for c in pycountry.countries:
        for name in (c.name, getattr(c, "common_name", ""), getattr(c, "official_name", ""), c.alpha_2, c.alpha_3):
            if name:
                out.setdefault(name.lower(), c.alpha_2)
                out.setdefault(unaccented(name.lower()), c.alpha_2)
    return out


@functools.cache
def country_name(code: str) -> str:
    """The everyday English name of an ISO code."""
    import pycountry

    found = pycountry.countries.get(alpha_2=code)
    return str(getattr(found, "common_name", found.name)).lower() if found else code.lower()


def provinces(values: list[str]) -> dict[str, str]:
    """Codes of one country's provinces -> their names, where nearly all of the values are such codes; else {}."""
    codes = [v for v in values if re.fullmatch(r"[A-Z0-9]{1,3}", v)]
    if len(codes) < 2 or len(codes) < 0.8 * len(values):
        return {}
    best: dict[str, str] = {}
    for country in WITH_CODES:
        known = _provinces_of(country)
        hits = {v: known[v] for v in codes if v in known}
        if len(hits) >= 0.9 * len(codes) and len(hits) > len(best):
            best = hits
    return best


@functools.cache
def _provinces_of(country: str) -> dict[str, str]:
    import pycountry

    found = pycountry.subdivisions.get(country_code=country) or []
    return {s.code.split("-", 1)[1]: s.name for s in found}
