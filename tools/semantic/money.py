"""Money: what a row of sales is worth, returns and cancellations, profit. Which column is the revenue, and what the others are."""

from __future__ import annotations

from dataclasses import dataclass

from segue.tools.semantic import probe
from segue.tools.semantic.draft import Col, Draft, Tab
from segue.tools.semantic.names import has, is_row_number
from segue.tools.semantic.schema import Derived, Test

PROFIT = r"profit|gross margin|margin|gross income|net income"
CANCELLED = {
    "cancelled", "canceled", "cancel", "cancellation", "refunded", "refund", "returned", "return", "void", "voided", "no show", "noshow",
    "reversed", "chargeback", "rejected", "declined", "failed", "annulled", "credit note",
}  # fmt: skip
_TOTAL = (
    (9, r"net (?:sales|revenue|amount|total|value|price)"),
    (8, r"(?:sales|revenue|turnover|takings)(?: (?:value|amount|total|usd|eur|gbp))?"),
    (
        7,
        r"(?:line|item|row) (?:total|amount|value|price|revenue)|(?:total|final|extended) (?:price|amount|sales?|value|revenue|paid|spend)",
    ),
    (7, r"amount|price paid|total spent"),
    (
        6,
        r"(?:order|basket|invoice|transaction|trans|booking|purchase|sale|bill|receipt|ticket|checkout) (?:total|value|amount|amt|revenue)",
    ),
    (6, r"(?:trip|ride|rental|premium) (?:total|value|amount|revenue)|amount \w+"),
    (
        5,
        r"total|sub ?total|spend|spent|value|gross (?:sales|revenue|amount|total)|grand total|(?:\w+ )?amount|donation|gift|amt|dollars?",
    ),
    (
        4,
        r"(?:amount )?paid|payment(?: value| amount)?|payment|mrr|monthly recurring revenue|fare|charge|charges|premium|bill",
    ),
    (4, r"fee|monthly fee"),
)
_NOT_SALES = (
    r"tax|vat|balance|limit|income|list|salary|refund\w*|claim\w*|profit|margin|cost|costs|budget|deposit|"
    r"avg|average|cash ?back|tip|credit|before|after|old|new|debt|loan|interest|discount|points"
)


@dataclass(frozen=True)
class Takings:
    """What the revenue is: the `money` column of `table`, and the quantity that goes with it.

    excludes  rows that are no sale though their money is positive;  returns: rows of negative money
    only      where rows of other kinds (views, baskets) share the table: the rows that are sales
    """

    table: str
    money: Col
    quantity: Col | None
    excludes: Test | None
    returns: Test | None
    only: Test | None = None


def find_takings(draft: Draft, engine: probe.Runs) -> Takings | None:
    """The column that is the revenue, made as quantity times price where no column holds it. None where no event has money."""
    worth: dict[str, Col] = {}
    for tab in draft.tables.values():
        if tab.kind == "events" and tab.subject in ("sales", "payments", "visits", "other", "usage"):
            col = _row_worth(draft, engine, tab)
            if col is not None:
                worth[tab.name] = col
    for tab in draft.tables.values():
        _mark_cancelled(draft, engine, tab, worth.get(tab.name))
    if not worth:
        return None
    table = max(worth, key=lambda t: _as_revenue(draft, t, worth))
    money, tab = worth[table], draft.tables[table]
    quantity = next((c for c in tab.of_role("quantity")), None)
    return Takings(table, money, quantity, *_cancelled_money(draft, tab, money, quantity), only=_only_sales(tab))


def _only_sales(tab: Tab) -> Test | None:
    """purchase among view, cart, purchase: where the rows are what people did, only some of them are sales."""
    for col in tab.cols.values():
        if (
            col.type == "text"
            and col.distinct <= 30
            and has(col.words, r"type|action|event|event name|activity|behaviou?r")
        ):
            seen = {plain(v): v for v in col.values}
            if any(has(v, r"view|cart|add to cart|click|search|browse|wishlist|pv|fav") for v in seen):
                sales = [
                    stored
                    for v, stored in seen.items()
                    if has(v, (r"purchase|purchased|order|ordered|transaction|buy|bought|sale|checkout complete|paid"))
                ]
                if sales:
                    return Test.model_validate({"column": col.name, "in": sorted(sales)})
    return None


def _as_revenue(draft: Draft, table: str, worth: dict[str, Col]) -> tuple[int, int, int, int]:
    """Sales before payments before the rest; of sales the lines (which lead to an order's header) before the header."""
    tab = draft.tables[table]
    subject = {"sales": 3, "payments": 2, "visits": 1}.get(tab.subject, 0)
    lines = any(t in worth and t != table and draft.tables[t].subject == "sales" for t in draft.leads_to(table))
    return subject, int(lines), int(bool(tab.time)), tab.rows


# --- what a row is worth ------------------------------------------------------------------------------------------------


def _row_worth(draft: Draft, engine: probe.Runs, tab: Tab) -> Col | None:
    totals = [c for c in tab.of_role("money") if not has(c.words, _NOT_SALES) and _total_score(c)]
    total = max(totals, key=_total_score, default=None)
    price = _price(tab)
    quantity = next((c for c in tab.of_role("quantity")), None)
    if total is not None and not (
        price is not None and quantity is not None and _is_per_unit(engine, tab, total, quantity)
    ):
        return total
    if price is None:
        return _priced_elsewhere(draft, tab, quantity) or total
    if has(price.words, r"adr|nightly|per night|daily rate|rate per day") and (nights := _nights(draft, tab)):
        return _product(draft, tab, [price.name, nights.name])
    if quantity is None or has(price.words, "total|line|paid|extended"):
        price.role = "money"
        return price
    return _net_of_discount(draft, tab, price, quantity)


def _total_score(col: Col) -> int:
    if is_row_number(col.words):
        return 1
    return next((score for score, pattern in _TOTAL if has(col.words, pattern)), 0)


def _price(tab: Tab) -> Col | None:
    """The price that was paid: a selling price before a list price."""
    prices = tab.of_role("price")
    ranked = sorted(
        prices,
        key=lambda c: (
            has(c.words, ("list|original|regular|base|mrp|msrp|rrp|old|before")),
            not has(c.words, "unit|selling|sale|net|final"),
        ),
    )
    return ranked[0] if ranked else None


def _is_per_unit(engine: probe.Runs, tab: Tab, total: Col, quantity: Col) -> bool:
    """Whether a column named only "value" or "amount" is the price of one: hardly related to quantity, and so named."""
    return has(total.words, r"unit|each|per item")


def _nights(draft: Draft, tab: Tab) -> Col | None:
    found = [c for c in tab.cols.values() if c.number and has(c.words, r"nights?") and not c.derived]
    if len(found) > 1:
        return draft.add_derived(
            tab.name, "nights", "number", Derived(sum=[c.name for c in found]), role="measure", unit="count"
        )
    return found[0] if found else None


def _product(draft: Draft, tab: Tab, factors: list[str], name: str = "amount") -> Col:
    return draft.add_derived(tab.name, name, "number", Derived(product=factors), role="money", unit="money")


def _net_of_discount(draft: Draft, tab: Tab, price: Col, quantity: Col) -> Col:
    """Quantity times price, less the discount where one stands beside it (as a share of the price, or an amount a line)."""
    discounts = [c for c in tab.of_role("discount") if c.derived is None]
    discount = discounts[0] if len(discounts) == 1 else None
    if discount is None or has(price.words, "net|final|discounted") or (discount.low or 0) < 0:
        return _product(draft, tab, [quantity.name, price.name])
    if discount.unit == "percent":
        draft.doubt(f"{discount.ref} is a percentage; the revenue of {tab.name} is before it.")
        return _product(draft, tab, [quantity.name, price.name])
    gross = _product(draft, tab, [quantity.name, price.name], "amount_before_discount")
    if discount.unit == "share":
        discount = _product(draft, tab, [quantity.name, price.name, discount.name], "discount_amount")
        discount.role = "discount"
    draft.doubt(
        f"The revenue of {tab.name} is {quantity.name} x {price.name} less {discount.name}; change `amount` if the price is already net."
    )
    return draft.add_derived(
        tab.name, "amount", "number", Derived(difference=[gross.name, discount.name]), role="money", unit="money"
    )


def _priced_elsewhere(draft: Draft, tab: Tab, quantity: Col | None) -> Col | None:
    """Quantity here (one, where lines have none) times the price in the products' table that the row leads to."""
    lines = tab.subject == "sales" and any(c.role == "order" for c in tab.cols.values())
    if quantity is None and not lines:
        return None
    for there in draft.leads_to(tab.name):
        prices = [c for c in draft.tables[there].of_role("price") if there != tab.name]
        if prices and draft.tables[there].kind == "lookup":
            factors = [*([quantity.name] if quantity else []), prices[0].ref]
            draft.doubt(f"{tab.name} has no money of its own: revenue is {' times '.join(factors)}, today's price.")
            return _product(draft, tab, factors)
    return None


# --- cancellations and returns ------------------------------------------------------------------------------------------


def _mark_cancelled(draft: Draft, engine: probe.Runs, tab: Tab, money: Col | None) -> None:
    """The test of a row that is a cancellation or a return, for tables of sales, payments and visits."""
    if tab.kind != "events" or tab.subject not in ("sales", "payments", "visits"):
        return
    tab.cancelled = _by_status(tab) or _by_flag(tab)
    if tab.cancelled is None:
        signed = next(
            (
                c
                for c in [*tab.of_role("quantity"), *([money] if money and not money.derived else [])]
                if (c.low or 0) < 0
            ),
            None,
        )
        if signed is not None:
            tab.cancelled = _by_prefix(engine, tab, signed) or Test(column=signed.name, below=0)


def _by_status(tab: Tab) -> Test | None:
    for col in tab.cols.values():
        if (
            col.type == "text"
            and col.distinct <= 30
            and has(col.words, r"status|state|type|outcome|kind|result|stage|event")
        ):
            found = [v for v in col.values if plain(v) in CANCELLED]
            if found and len(found) < col.distinct:
                return Test.model_validate({"column": col.name, "in": sorted(found)})
    return None


def _by_flag(tab: Tab) -> Test | None:
    for col in tab.of_role("flag"):
        if has(col.words, r"cancel\w*|returned|return|is returned|refunded|refund|void\w*|no ?show"):
            return Test.model_validate({"column": col.name, "in": yes_values(col)})
    return None


def _by_prefix(engine: probe.Runs, tab: Tab, signed: Col) -> Test | None:
    """A letter that the order numbers of negative rows begin with, and hardly any other's (C536379)."""
    for order in tab.of_role("order"):
        if order.type != "text":
            continue
        for letter, rows, negative in probe.first_letters(engine, tab.name, order.name, signed.name):
            if letter.isalpha() and rows >= 2 and negative >= 0.95 * rows:
                return Test(column=order.name, starts_with=letter)
    return None


def _cancelled_money(draft: Draft, tab: Tab, money: Col, quantity: Col | None) -> tuple[Test | None, Test | None]:
    """(rows that are no sale though their money is positive, rows that are returns with negative money)."""
    negative = any((c.low or 0) < 0 for c in (quantity, money) if c is not None)
    returns = None
    if negative:
        column = money.name if money.derived or (money.low or 0) < 0 else quantity.name if quantity else money.name
        returns = Test(column=column, below=0)
    for there in sorted(draft.leads_to(tab.name), key=lambda t: t != tab.name):
        test = draft.tables[there].cancelled
        if test is not None and test.one_of is not None and not (negative and there == tab.name):
            return (
                test if there == tab.name else test.model_copy(update={"column": f"{there}.{test.column}"})
            ), returns
    return None, returns


def yes_values(col: Col) -> list:
    """The values of a flag column that mean yes."""
    return col.yes or ([True] if col.type == "boolean" else [1])


def plain(value: object) -> str:
    """A value in lower case without punctuation: No-Show -> no show."""
    return " ".join(str(value).lower().replace("-", " ").replace("_", " ").split())


# --- profit -------------------------------------------------------------------------------------------------------------


def find_profit(draft: Draft, takings: Takings) -> Col | None:
    """The profit of a row: its own column, or revenue less cost (a unit's cost times quantity). None where no cost is known."""
    tab = draft.tables[takings.table]
    own = next((c for c in tab.of_role("money") if has(c.words, PROFIT) and c.unit == "money"), None)
    if own is not None:
        return own
    cost = next(iter(tab.of_role("cost")), None)
    if cost is None:
        lookups = [draft.tables[t] for t in draft.leads_to(tab.name) if draft.tables[t].kind == "lookup"]
        cost = next((c for t in lookups for c in t.of_role("cost")), None)
    if cost is None:
        return None
    here = cost.name if cost.table == tab.name else cost.ref
    if takings.quantity is not None and _of_one(tab, cost):
        made = draft.add_derived(
            tab.name, "cost_amount", "number", Derived(product=[takings.quantity.name, here]), role="cost", unit="money"
        )
        here = made.name
        draft.doubt(f"Profit takes {cost.ref} for the cost of one unit.")
    return draft.add_derived(
        tab.name, "profit", "number", Derived(difference=[takings.money.name, here]), role="money", unit="money"
    )


def _of_one(tab: Tab, cost: Col) -> bool:
    """Whether a cost is of one unit and not of the row: so named, or no more than the price is on average."""
    if has(cost.words, "total|line|amount"):
        return False
    price = _price(tab)
    if (
        has(cost.words, "unit|each")
        or cost.table != tab.name
        or price is None
        or price.mean is None
        or cost.mean is None
    ):
        return True
    return cost.mean <= price.mean
