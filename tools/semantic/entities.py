"""Things that are counted by a key: customers, orders, products, stores, staff; and tables that only name another's codes."""

from __future__ import annotations

import re

from segue.tools.semantic import probe
from segue.tools.semantic.draft import Col, Draft, Tab, headerless
from segue.tools.semantic.names import ORDER, PERSON, PRODUCT, STAFF, STORE, has, head, plural, singular, subject_of
from segue.tools.semantic.schema import Derived, Entity

_NOT_AN_ORDER = r"line|item|items|details?|products?|seq|sequence|type|status|category"


def set_subjects(draft: Draft) -> None:
    """What each table of events is about: by its name, else by its columns."""
    for tab in draft.tables.values():
        if tab.kind == "events":
            tab.subject = subject_of(tab.name) or _subject_by_columns(tab)  # type: ignore[assignment]
    events = [t for t in draft.tables.values() if t.kind == "events"]
    if events and not any(t.subject == "sales" for t in events):
        paying = [
            t
            for t in events
            if t.subject == "payments" and has(t.words, r"invoices?|charges?|billing|donations?|payments?")
        ]
        selling = [t for t in events if t.subject in ("other", "usage", "visits") and _sells(t)]
        for tab in selling or paying:
            tab.subject = "sales"


def _subject_by_columns(tab: Tab) -> str:
    texts = [c.words for c in tab.cols.values()]
    goods = any(
        (c.noun and head(c.noun, set(PRODUCT))) or has(c.words, r"product|item|article") for c in tab.cols.values()
    )
    bought = (
        goods
        and any(c.role in ("customer", "account") for c in tab.cols.values())
        and any(c.dated for c in tab.cols.values())
    )
    if _sells(tab) or bought:
        return "sales"
    if any(has(t, r"campaign|coupon|offer|promotion") for t in texts):
        return "campaigns"
    if any(has(t, r"ticket|complaint|case") for t in texts):
        return "support"
    if any(has(t, r"rating|stars|review score|nps") for t in texts):
        return "reviews"
    return "other"


def _sells(tab: Tab) -> bool:
    """Whether a row has a price, an amount of money and an order or a product."""
    money = any(
        c.number and has(c.words, (r"price|amount|revenue|sales|total|spend|paid|value|adr|dollars|amt|fare|premium"))
        for c in tab.cols.values()
    )
    things = any(c.noun and (head(c.noun, set(ORDER)) or head(c.noun, set(PRODUCT))) for c in tab.cols.values())
    if headerless(tab):
        return any(c.type == "number" and not c.whole for c in tab.cols.values())
    return money and (things or any(has(c.words, r"qty|quantity|adr|units") for c in tab.cols.values()))


# --- orders -------------------------------------------------------------------------------------------------------------


def find_order(draft: Draft, engine: probe.Runs) -> None:
    """The order's key: a header's own, or the number that lines share; where there is none, customer and time together."""
    tables = [t for t in draft.tables.values() if t.kind == "events" and t.subject == "sales"]
    found = [c for t in tables for c in t.cols.values() if _may_be_order(c)]
    if found:
        best = max(found, key=lambda c: _order_rank(draft, c))
        noun = head(best.noun or "", ORDER) or "order"
        draft.entities["order"] = Entity(key=best.ref, plural="orders", called=_called(noun, "order"))
        best.role = "order"
        return
    for tab in tables:
        holder = next((c for c in tab.cols.values() if c.role in ("customer", "account")), None)
        if holder is not None and draft.knows_customers and tab.time and "." not in tab.time:
            made = draft.add_derived(
                tab.name, "order_key", "text", Derived(together=[holder.name, tab.time]), role="order", label="order"
            )
            made.class_ = "identifier"
            draft.entities["order"] = Entity(key=made.ref, plural="orders", called=["purchases"])
            draft.doubt(f"{tab.name} has no order number: an order is what one customer bought at one {tab.time}.")
            return


def _may_be_order(col: Col) -> bool:
    if col.noun is None or col.role in ("customer", "account"):
        return False
    own_id = col.noun == "" and head(_bare(col.table), ORDER) is not None
    return own_id or (
        head(col.noun, ORDER) is not None
        and not has(col.noun, _NOT_AN_ORDER)
        and not head(col.noun, {"customer", "stock"})
    )


def _bare(table: str) -> str:
    return " ".join(singular(w) for w in table.replace("_", " ").lower().split())


def _order_rank(draft: Draft, col: Col) -> tuple[int, int, int]:
    """A header that lines lead to, then a number shared by lines, then any; the surer word first."""
    tab = draft.tables[col.table]
    joined = any(j.to == col.ref for j in draft.joins)
    from_joined = any(j.from_ == col.ref for j in draft.joins)
    shared = not col.unique and col.distinct < 0.98 * col.filled
    own = tab.key == col.name
    place = 3 if joined and own else 0 if from_joined else 2 if shared else 1
    return place, ORDER[head(col.noun or _bare(col.table), ORDER) or "document"], tab.rows


def _called(noun: str, entity: str) -> list[str]:
    noun = {"trans": "transaction", "txn": "transaction", "sales": "sale"}.get(noun, noun)
    return [] if noun in (entity, "po", "document", "sales order", "check") else [plural(noun)]


# --- the other entities -------------------------------------------------------------------------------------------------


def find_entities(draft: Draft) -> None:
    """Customer first, then orders, products, stores, staff and whatever else has a key that rows lead to."""
    order = draft.entities.pop("order", None)
    if draft.customer:
        draft.entities["customer"] = _customer(draft, draft.customer)
    if order is not None:
        draft.entities["order"] = order
    _product(draft)
    for group in (STORE, STAFF):
        for noun in sorted(group):
            _keyed(draft, noun)
    for tab in draft.tables.values():
        if tab.kind == "lookup" and tab.key and any(j.to == f"{tab.name}.{tab.key}" for j in draft.joins):
            noun = singular(tab.words.split()[-1]) if tab.words else tab.name
            known = {e.key for e in draft.entities.values()}
            if f"{tab.name}.{tab.key}" not in known and noun not in draft.entities and not _names_codes(tab):
                key = tab.cols[tab.key]
                draft.entities[_slug(key.noun or noun)] = Entity(key=key.ref, name=_name_of(tab, key))


def _customer(draft: Draft, ref: str) -> Entity:
    col = draft.col(ref)
    tab = draft.tables[col.table]
    noun = (
        (head(_bare(tab.name), PERSON) if tab.kind == "customers" else None)
        or head(col.noun or "", PERSON)
        or "customer"
    )
    noun = {
        "cust": "customer",
        "clientnum": "client",
        "hh": "household",
        "hshd": "household",
        "acct": "account",
        "acc": "account",
    }.get(noun, noun)
    names = [c for c in tab.cols.values() if c.role == "name"]
    full = next((c for c in names if not has(c.words, "first|last|surname|middle|family")), None)
    called = [] if noun in ("customer", "msisdn", "loyalty", "party", "org") else [plural(noun)]
    return Entity(key=ref, name=full.ref if full else None, plural="customers", called=called)


def _product(draft: Draft) -> None:
    """The product's key, in its own table if it has one, and the column that names it."""
    keys = [
        c
        for c in draft.cols()
        if c.derived is None
        and c.noun is not None
        and head(_noun(c), set(PRODUCT))
        and c.role in ("key", "product", "reference")
    ]
    keys = [c for c in keys if not has(_noun(c), r"category|group|type|department|class|order|line")]
    names = [c for c in draft.cols() if c.role == "product" and c.type == "text" and c.noun is None]
    if not keys:
        if names:
            draft.entities["product"] = Entity(key=names[0].ref)
        return
    lookups = [c for c in keys if draft.tables[c.table].kind == "lookup" and draft.tables[c.table].key == c.name]
    key = max(
        lookups or keys, key=lambda c: (PRODUCT[head(_noun(c), set(PRODUCT)) or "part"], -len(c.words), c.distinct)
    )
    name = next((c for c in names if c.table == key.table), None)
    noun = head(_noun(key), set(PRODUCT)) or "product"
    draft.entities["product"] = Entity(
        key=key.ref,
        name=name.ref if name else None,
        called=[plural(noun)] if noun in ("article", "track", "movie", "film", "book") else [],
    )


def _noun(col: Col) -> str:
    """What a key is about; a bare id is about its table."""
    return col.noun or _bare(col.table)


def _keyed(draft: Draft, noun: str) -> None:
    """A store, a seller: its own table's key, else the column that refers to one."""
    cols = [
        c
        for c in draft.cols()
        if c.noun is not None
        and head(c.noun or _bare(c.table), {noun})
        and c.role in ("key", "reference")
        and c.distinct > 1
    ]
    if not cols or noun in draft.entities:
        return
    own = [c for c in cols if draft.tables[c.table].key == c.name]
    key = max(own or cols, key=lambda c: (draft.tables[c.table].kind == "lookup", c.distinct))
    if key.ref not in {e.key for e in draft.entities.values()}:
        draft.entities[_slug(noun)] = Entity(key=key.ref, name=_name_of(draft.tables[key.table], key))


def _name_of(tab: Tab, key: Col) -> str | None:
    if tab.key != key.name:
        return None
    named = [
        c
        for c in tab.cols.values()
        if c is not key and c.type == "text" and (c.role == "name" or has(c.words, r"name|title"))
    ]
    described = [
        c for c in tab.cols.values() if c is not key and c.type == "text" and has(c.words, r"description|desc|label")
    ]
    texts = [
        c
        for c in tab.cols.values()
        if c is not key and c.type == "text" and c.role != "place" and c.distinct >= 0.9 * tab.rows
    ]
    found = named or described or (texts if len(texts) == 1 else [])
    return found[0].ref if found else None


def _slug(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_").lower() or "thing"


# --- tables that only name codes ----------------------------------------------------------------------------------------

_NAMING = r"english|en|name|label|desc|description|long|full|title|text|translated|translation"


def _names_codes(tab: Tab) -> bool:
    """A table of a code and its name, nothing else that matters."""
    texts = [c for c in tab.cols.values() if c.type == "text"]
    return len(tab.cols) <= 3 and len(texts) == 2


def label_translations(draft: Draft) -> None:
    """product_category_name_english is what people call the category; the code column that leads to it says so."""
    for join in draft.joins:
        code = draft.col(join.to)
        tab = draft.tables[code.table]
        if not _names_codes(tab) or tab.key not in (None, code.name):
            continue
        other = next((c for c in tab.cols.values() if c.type == "text" and c is not code), None)
        if other is None or not (has(other.words, _NAMING) or other.words.startswith(code.words)):
            continue
        base = re.sub(rf" (?:{_NAMING}|code|id|no|key)\b", "", code.words).strip() or code.words
        other.label, other.role, other.class_ = base, "category", "safe"
        tab.key = code.name
        for col in (code, draft.col(join.from_)):
            if col.type == "text" and col.role in ("category", "reference", "key", "text", None):
                col.label = f"{base} as stored"
                col.role, col.class_ = "category", "safe"
