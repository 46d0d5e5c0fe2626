"""What a number column is: money, a price, a count, a length of time, a score, a part of the calendar; and its unit."""

from __future__ import annotations

import re

from segue.tools.semantic.draft import Col, Tab, headerless
from segue.tools.semantic.names import has

COUNTED = (
    r"orders?|transactions?|purchases?|visits?|calls?|logins?|log ins?|sessions?|clicks?|opens?|"
    r"views?|referrals?|complaints?|tickets?|items?|"
    r"products?|services?|devices?|users?|seats?|messages?|texts?|sms|emails?|points?|children|kids|dependents?|dependants?|addresses|"
    r"coupons?|returns?|refunds?|reviews?|contacts?|policies|claims|accounts|cards|loans|lines|rooms|"
    r"guests|adults|babies|nights|bookings|"
    r"classes|workouts|instal+ments?|streams|downloads|photos?|pages?|events?|members|employees|cars|"
    r"cancellations|relationships?|impressions|games|licen[cs]es|friends"
)
_DURATION = (
    ("minutes", r"minutes?|mins?"), ("hours", r"hours?|hrs?|hour spend|hours spent"), ("seconds", r"seconds?|secs?"),
    ("days", r"days?"), ("weeks", r"weeks?|wks?"), ("months", r"months?|mths?|mon"), ("years", r"years?|yrs?"),
)  # fmt: skip
_WINDOW = re.compile(
    r"\b(?:last|past|in|previous|over|l)? ?\d+ ?(?:days?|d|months?|mon|m|mths?|weeks?|w|years?|y|hours?|h|hrs?)\b"
)
_MONEY = (
    r"amount|amt|revenue|sales?|spend|spent|spending|value|charges?|bill|billed|billing|paid|pay|"
    r"payments?|turnover|income|salary|balance|bal|"
    r"premium|mnt|deposits?|fees?|mrr|arr|ltv|clv|cltv|worth|credit limit|limit|loan|donations?|"
    r"donated|gift|budget|cash ?back|refund|refunds|refunded|"
    r"claim|wage|wages|earnings?|debt|gmv|takings|withdrawals?|dollars?|usd|eur|gbp|euros?|pounds?|"
    r"profit|margin|net|gross|total$|grand total|subtotal|"
    r"sub total|monetary|contribution|price|cost|costs|arpu|aov|basket size|expenditure|outlay|invoice|due|owed|purchases"
)
_NUMERIC: tuple[tuple[str, str | None, str], ...] = (
    ("place", None, r"lat|latitude|long|lng|longitude|postal code|post ?code|zip|zip code|area code"),
    ("category", None, (
r"(?:start|end|first|last|launch|trans|transaction|order|purchase) (?:day|week|month|year|"
r"hour)(?: no| number)?|year|month|week|day|quarter|hour|week ?no|week number|month ?no|"
r"day of (?:week|month)|weekday|fiscal year|(?:birth|model|start|join|arrival \w+) (?:year|month|"
r"week|day)|week of year|arrival date \w+(?: \w+)*|day no|trans time|year of \w+"
)),
    ("duration", "days", r"recency|days? since.*|length of stay|account length|lead time"),
    ("measure", None, (
r".*\b(?:pct|percent|percentage|ratio|utili[sz]ation|(?<!exchange )(?<!daily )rate|share|"
r"proportion|chng?|probability|prob|hike)\b.*|.*%.*"
)),
    ("measure", "years", r"age|(?:customer|client|member) age|age (?:years|yrs|in years)"),
    ("measure", None, r".*(?:credit|churn|risk|lead|propensity|fico|naive).* score|fico|credit ?score|naive bayes.*"),
    ("score", None, r".*\b(?:ratings?|scores?|stars?|satisfaction|nps|csat|grade|sentiment)\b.*"),
    ("fee", "money", (
r".*\b(?:freight|shipping|delivery (?:fee|charge|charges|cost|price)|postage|tax|taxes|vat|gst|"
r"tips?|surcharge|commission|handling|duty|(?:service|booking|late|cleaning|platform|processing|"
r"transaction) fees?|carriage)\b.*"
)),
    ("discount", "money", (
r".*\b(?:discount|discounts|disc|rebate|markdown|price off|saving|savings|"
r"promo(?:tion)? (?:amount|value)|coupon (?:amount|value|disc\w*)|voucher (?:amount|value))\b.*"
)),
    ("price", "money", (
r"(?:\w+ )?price(?: each| per unit| usd| eur| gbp)?|unit (?:value|amount)|(?:product|item|list|"
r"retail|selling|sale) price|mrp|msrp|rrp|adr|average daily rate"
)),
    ("cost", "money", (
r"(?:unit|product|item|standard|total|supply|goods) costs?|costs?|cogs|cost of goods(?: sold)?|"
r"(?:cost|buy|buying|purchase|wholesale) price|unit cost price|cost (?:per unit|amount|each)"
)),
)  # fmt: skip


def set_number_role(tab: Tab, col: Col) -> None:
    """Gives a number column its role and unit: a part of the calendar, a count, a length of time, money, or just a measure."""
    if headerless(tab):
        return _by_values(tab, col)
    text = _WINDOW.sub("", col.words).strip() or col.words
    for role, unit, pattern in _NUMERIC:
        if re.fullmatch(pattern, text):
            col.role, col.unit = role, unit  # type: ignore[assignment]
            return _refine(col, text)
    if _counts(text) and col.whole:
        quantity = tab.kind == "events" and has(text, r"qty|quantity|units?|pieces|pcs|items?|seats|cds?|volume")
        col.role, col.unit = ("quantity" if quantity else "measure"), "count"
    elif _on_the_calendar(text, col):
        col.role = "category"
    elif unit := _length(text, col):
        col.role, col.unit = "duration", unit
    elif has(text, _MONEY):
        col.role, col.unit = "money", "money"
    elif (
        has(
            text,
            (
                r"tier|level|class|type|code|cluster|group|segment|category|zone|region|grade|rank|status|band|"
                r"channel|manufacturer|brand|dept|department|location|store|city|country|state|market|chain|company"
            ),
        )
        and col.whole
        and (
            col.distinct <= 30
            or has(text, "manufacturer|brand|dept|department|code|store|location|city|chain|company|category")
        )
    ):
        col.role = "category"
    elif has(text, "duration|length"):
        col.role = "duration" if has(text, "duration") else "measure"
    else:
        col.role = "measure"
    return None


def _by_values(tab: Tab, col: Col) -> None:
    """Without a header: decimals are money, small whole numbers are quantities."""
    if not col.whole:
        col.role, col.unit = "money", "money"
    elif (col.low or 0) >= 0 and (col.high or 0) <= 1000 and tab.kind == "events":
        col.role, col.unit = "quantity", "count"
    else:
        col.role = "measure"


def _counts(text: str) -> bool:
    if re.fullmatch(r"(?:coupons?|vouchers?|offers?|points?) (?:used|redeemed|earned)", text):
        return True
    if has(text, r"qty|quantity|number of|num(?: of)?|no of|count|cnt|ct|units|pieces|pcs|frequency|cds?|volume"):
        return not has(text, r"avg|average|amt|amount")
    return re.fullmatch(rf".*\b(?:{COUNTED})", text) is not None and not has(
        text, (r"value|spend|spent|revenue|amount|avg order|price|cost")
    )


def _length(text: str, col: Col) -> str | None:
    """The unit of a length of time, from the words; a bare tenure's from its range, which inference then lists as unsure."""
    if has(text, r"tenure|vintage|lifetime|loyalty length"):
        said = next((unit for unit, pattern in _DURATION if has(text, pattern)), None)
        if said or not has(text, r"value"):
            return said or _tenure_unit(col)
        return None
    if _on_the_calendar(text, col):
        return None
    for unit, pattern in _DURATION:
        if re.search(
            rf"\b(?:{pattern})(?: (?:on|in|per|since|inactive|as|with|at|spent|spend|of|to|on book|used|watched|played|online)\b.*)?$",
            text,
        ):
            return (
                unit if not has(text, r"charges?|amount|spend value|revenue|cost|per (?:month|day|week|hour)") else None
            )
    return "days" if has(text, r"length of stay") else None


_CALENDAR = (
    ("year", 1900, 2100),
    ("month", 1, 12),
    ("week", 0, 53),
    ("day", 0, 31),
    ("hour", 0, 23),
    ("dow", 0, 7),
    ("minute", 0, 59),
)


def _on_the_calendar(text: str, col: Col) -> bool:
    """Which year, month, day or hour something was, and no length of time: "enrollment month" from 1 to 12, in the singular."""
    low, high = col.low, col.high
    if low is None or high is None or not col.whole:
        return False
    return any(
        has(text, f"{word}$|{word} of .*|{word} number|{word} no") and least <= low and high <= most
        for word, least, most in _CALENDAR
    )


def _tenure_unit(col: Col) -> str:
    high = col.high or 0
    return "years" if high <= 15 else "months" if high <= 200 else "days"


def _refine(col: Col, text: str) -> None:
    """Shares and percentages, by the largest value; discounts that are a share of the price."""
    high = max(abs(col.high or 0), abs(col.low or 0))
    proportion = has(text, r".*(?:pct|percent|percentage|rate|ratio|share|proportion|probability|prob|utili[sz]ation)")
    of_price = col.role == "discount" and (
        has(text, "pct|percent|rate") or (high <= 1 and (col.low or 0) >= 0 and col.distinct <= 40)
    )
    if (col.role == "measure" and proportion) or of_price:
        col.unit = "share" if high <= 1 else "percent" if not has(text, "ratio") else "ratio"
    elif col.role == "measure" and col.unit is None and has(text, "hike"):
        col.unit = "percent"
    elif col.role == "duration" and (unit := next((u for u, p in _DURATION if has(text, p)), None)):
        col.unit = unit
