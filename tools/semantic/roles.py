"""What each column is for: from its name, its type and its values. Keys, times and money are settled elsewhere first."""

from __future__ import annotations

import re

from segue.tools.semantic.draft import Col, Draft, Tab
from segue.tools.semantic.names import KNOWN, ORDER, PRODUCT, REFERRER, STAFF, STORE, has, head, is_row_number, singular

YES = {"yes", "y", "true", "t", "1", "on", "ja", "oui", "si", "sim"}
NO = {"no", "n", "false", "f", "0", "off", "nein", "non", "nao"}

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


def set_roles(draft: Draft) -> None:
    """Gives every column that has none a role and, where it has one, a unit."""
    for tab in draft.tables.values():
        for col in tab.cols.values():
            if col.role is None:
                _set_role(draft, tab, col)


def _set_role(draft: Draft, tab: Tab, col: Col) -> None:
    if _as_flag(col) or _as_key(draft, tab, col):
        return
    if col.dated:
        col.role = col.role or "date"
    elif col.number:
        _as_number_column(tab, col)
    else:
        _as_text(tab, col)


# --- flags --------------------------------------------------------------------------------------------------------------


def _as_flag(col: Col) -> bool:
    """Booleans, 0 and 1, yes and no (with a third value such as "No internet service", which is neither)."""
    if col.type == "boolean":
        col.role = "flag"
        return True
    if col.number:
        zero_one = col.low == 0 and col.high == 1 and col.whole and col.distinct == 2
        if zero_one and not has(col.words, f"(?:{COUNTED}|qty|quantity|count|number of|num|year|units)"):
            col.role = "flag"
            return True
        return False
    if col.type != "text" or not 2 <= col.distinct <= 4:
        return False
    yes = [v for v in col.values if str(v).strip().lower() in YES]
    no = [v for v in col.values if str(v).strip().lower() in NO]
    other = [v for v in col.values if v not in yes and v not in no]
    if yes and no and all(re.match(r"(?i)(?:no\b|not\b|n/?a|unknown|none|-|maybe|\?)", str(v)) for v in other):
        col.role, col.yes = "flag", yes
        col.no = no if other else []
        return True
    return False


# --- keys ---------------------------------------------------------------------------------------------------------------


def _as_key(draft: Draft, tab: Tab, col: Col) -> bool:
    if tab.key == col.name:
        col.role = "order" if _is_order(draft, col) else "key"
        return True
    numbered = col.unique or has(col.words, "line")
    if is_row_number(col.words) and not headerless(tab) and numbered and (col.whole or col.type == "text"):
        col.role = "line"
        return True
    if any(j.from_ == col.ref for j in draft.joins):
        col.role = "order" if _is_order(draft, col) else "reference"
        return True
    if has(col.words, r"sequential|sequence|seq|seq no") and col.whole and tab.kind == "events":
        col.role = "line"
        return True
    if col.noun is None:
        return False
    if has(col.words, r"line|order item|item (?:no|number|seq\w*)") and col.whole and tab.kind == "events":
        col.role = "line"
    elif _is_order(draft, col):
        col.role = "order"
    elif head(col.noun, set(PRODUCT)) and not has(col.noun, r"category|group|type|department|class"):
        col.role = "product"
    elif (
        head(col.noun, {*STORE, *STAFF})
        or has(col.words, REFERRER)
        or has(col.words, r"id|key|uuid|guid|upc|sku|ean")
        or (head(col.noun, KNOWN) and not has(col.noun, _KIND) and (col.number or col.distinct > 50))
    ):
        col.role = "reference"
    else:
        return False
    return True


_KIND = r"category|segment|plan|class|department|brand|feature|device|package|status|line|event"


def headerless(tab: Tab) -> bool:
    """Whether no column has a name that says anything."""
    return all(is_row_number(c.words) for c in tab.cols.values() if c.derived is None)


def _is_order(draft: Draft, col: Col) -> bool:
    order = draft.entities.get("order")
    if order is None:
        return False
    return order.key == col.ref or any(j.from_ == col.ref and j.to == order.key for j in draft.joins)


# --- numbers ------------------------------------------------------------------------------------------------------------


def _as_number_column(tab: Tab, col: Col) -> None:
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
    """The unit of a length of time, from the words; a bare tenure's from its range (see `doubtful_units`)."""
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


# --- text ---------------------------------------------------------------------------------------------------------------

_TEXT: tuple[tuple[str, str], ...] = (
    ("contact", (
r".*\b(?:e ?mail|phone|mobile|tel|telephone|fax|address|addr|street|url|website|ip|linkedin|"
r"twitter|handle|username|user name|login name)\b(?! (?:type|provider|domain|opt.*|service|status|"
r"marketing|consent|verified)).*"
)),
    ("band", r".*\b(?:band|bracket|range|age group|income group|bucket)\b.*"),
    ("place", (
r".*\b(?:country|state|region|province|city|town|zip|postal code|post ?code|county|geography|"
r"territory|continent|suburb|nationality|nation|area|district|municipality|governorate|location|"
r"neighbou?rhood|market(?! segment))\b(?! (?:type|category)).*"
)),
    ("status", (
r"(?!.*\b(?:marital|marriage|employment|relationship|education|residence|home|housing|smoking|"
r"credit|civil|job)\b).*\b(?:status|stage|outcome|disposition|resolution)\b.*"
)),
    ("channel", r".*\b(?:channel|medium|source|platform|device|browser|app|os|operating system)\b.*"),
)  # fmt: skip


def _as_text(tab: Tab, col: Col) -> None:
    text, few = col.words, col.distinct <= max(50, 0.02 * tab.rows)
    if _is_noise(tab):
        col.role = "text"
        return
    if not few and _coded(col):
        col.role = "reference"
        return
    if _long(col) or (
        has(
            text,
            (
                r"comments?|message|notes?|remarks?|feedback|body|review text|transcript|reason text|subject|"
                r"question|answer|summary"
            ),
        )
        and not few
    ):
        col.role = "text"
        return
    found = next((role for role, pattern in _TEXT if re.fullmatch(pattern, text)), None)
    if _banded(col):
        col.role = "band"
    elif found == "contact" and (not few or col.distinct > 0.5 * col.filled):
        col.role = "contact"
    elif found and found != "contact":
        col.role = found  # type: ignore[assignment]
    elif _names_a_product(tab, col):
        col.role = "product"
    elif _names_someone(tab, col, few):
        col.role = "name"
    elif (
        few
        or col.distinct <= 200
        or has(
            text,
            (
                r"categor\w+|type|class|department|brand|segment|group|genre|topic|commodity|style|colou?r|size|"
                r"model|plan|title|description|desc|manufacturer|supplier|english"
            ),
        )
    ):
        col.role = "category"
    else:
        col.role = "text"


def _is_noise(tab: Tab) -> bool:
    """A sheet that only describes the others (a data dictionary): a short list of texts that nothing leads to or from."""
    described = has(tab.words, r"dict|dictionary|data dict|readme|notes|metadata|description of .*|legend|glossary")
    return described and tab.kind == "lookup" and all(c.type == "text" for c in tab.cols.values())


def _coded(col: Col) -> bool:
    """Values that are codes made by machines: long, without spaces, with digits."""
    seen = [str(v) for v in col.samples]
    return col.length >= 16 and bool(seen) and all(re.fullmatch(r"[\w-]*\d[\w-]*", v) for v in seen)


def _long(col: Col) -> bool:
    """Sentences: long, with spaces, hardly ever the same twice."""
    return col.length > 60 and col.distinct > 20


def _banded(col: Col) -> bool:
    """Values such as 18-24, 65+, Under 15K, $40K - $60K, Less than $40K."""
    seen = [str(v) for v in col.values]
    ranged = [
        v
        for v in seen
        if re.search(
            (
                r"(?i)\d\s?[kK]?\s?(?:-|–|to)\s?[$£€]?\d|\d[kK]?\s?\+|^(?:under|over|less than|more than|below|"
                r"above|<|>)\s?[$£€]?\s?\d"
            ),
            v,
        )
    ]
    dates = [v for v in seen if re.match(r"\d{1,4}[-/]\d{1,2}[-/]\d", v)]
    return bool(seen) and 2 <= col.distinct <= 30 and len(ranged) >= 0.5 * len(seen) and not dates


def _names_a_product(tab: Tab, col: Col) -> bool:
    text = col.words
    if has(text, r"categor\w+|group|type|department|class|family|brand|status|line"):
        return False
    if re.fullmatch(
        r"(?:product|item|article|goods|sku|stock|track|film|movie|book)(?: (?:name|description|desc|title))?", text
    ):
        return True
    if (
        tab.kind == "customers"
        or col.distinct <= 5
        or not re.fullmatch(r"(?:short |long )?(?:description|desc|name|title)", text)
    ):
        return False
    if tab.kind == "events":
        return any(c.noun and head(c.noun, set(PRODUCT)) for c in tab.cols.values())
    own = tab.cols[tab.key].noun if tab.key else None
    return head(own or singular(tab.words), set(PRODUCT)) is not None


def _names_someone(tab: Tab, col: Col, few: bool) -> bool:
    text = col.words
    if has(
        text,
        (
            r"first name|last name|surname|full name|forename|given name|family name|middle name|nick ?name|"
            r"contact name|holder name|(?:customer|client|member|user|guest|patient|donor|subscriber|account|"
            r"company|organi[sz]ation|employee|agent|rep|seller|manager|host|owner|trainer|instructor|"
            r"household|driver|doctor) name"
        ),
    ):
        return True
    if text == "name" or (re.fullmatch(r"\w+ name", text) and tab.key is not None):
        return not few or col.distinct >= 0.9 * tab.rows
    person = re.fullmatch(
        (
            r"(?:customer|client|member|user|agent|rep|sales ?person|salesperson|employee|assignee|owner|"
            r"manager|instructor|trainer)"
        ),
        text,
    )
    return person is not None and not few


def order_words(noun: str) -> str | None:
    """The order's noun in a key's noun, if it is one."""
    return head(noun, ORDER)
