"""What each column is for: from its name, its type and its values. Keys, times and money are settled elsewhere first."""

from __future__ import annotations

import re

from segue.tools.semantic.draft import Col, Draft, Tab, headerless
from segue.tools.semantic.names import KNOWN, ORDER, PRODUCT, REFERRER, STAFF, STORE, has, head, is_row_number, singular
from segue.tools.semantic.numbers import COUNTED, set_number_role

YES = {"yes", "y", "true", "t", "1", "on", "ja", "oui", "si", "sim"}
NO = {"no", "n", "false", "f", "0", "off", "nein", "non", "nao"}


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
        set_number_role(tab, col)
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


def _is_order(draft: Draft, col: Col) -> bool:
    order = draft.entities.get("order")
    if order is None:
        return False
    return order.key == col.ref or any(j.from_ == col.ref and j.to == order.key for j in draft.joins)


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
