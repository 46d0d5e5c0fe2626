"""The named figures of the model: revenue, orders, customers, units, and whatever else the columns hold that people ask for."""

from __future__ import annotations

import re
from typing import Any

from segue.tools.semantic.draft import Col, Draft, Tab
from segue.tools.semantic.money import PROFIT, Takings, find_profit
from segue.tools.semantic.names import has, singular
from segue.tools.semantic.schema import Metric, Test

_WORSE = r"cost|costs|cogs|refund\w*|claims?|tax|disc|vat|freight|shipping|postage|debt|complaints?|tickets?|discounts?|loss|fine|fines"


def set_metrics(draft: Draft, takings: Takings | None) -> None:
    """Adds the metrics, most asked for first."""
    if takings is not None:
        _sales(draft, takings)
    elif draft.customer:
        _plain_counts(draft)
    for tab in draft.tables.values():
        _sums(draft, tab, takings)
    for tab in draft.tables.values():
        _means(draft, tab)
    for tab in draft.tables.values():
        if tab.kind == "events" and tab.subject not in ("sales",) and tab.name not in draft.entities:
            _add(
                draft,
                _slug(tab.words),
                Metric(
                    count=tab.name,
                    unit="count",
                    higher_is="worse" if tab.subject in ("support", "returns", "cancellations") else None,
                ),
            )
    _rates(draft)
    if takings is None:
        _stands_for_revenue(draft)


def _add(draft: Draft, name: str, metric: Metric) -> None:
    if name and name not in draft.metrics:
        draft.metrics[name] = metric


def _slug(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_").lower()


def _sales(draft: Draft, takings: Takings) -> None:
    money, tab = takings.money, draft.tables[takings.table]
    common: dict[str, Any] = {"stat": "sum", "of": money.ref, "unit": "money", "higher_is": "better"}
    flows = _flows(tab)
    selling = tab.subject in ("sales", "payments")
    name = "transaction_value" if flows else "revenue" if selling else _money_name(draft, tab, money)
    if not flows and not selling:
        common["called"] = ["revenue"]
    if flows:
        draft.doubt(f"{tab.name} moves money both ways ({flows.name}); its sum is the metric {name!r}, not revenue.")
    _add(draft, name, Metric.model_validate({**common, "excludes": takings.excludes, "where": takings.only}))
    if takings.returns is not None:
        positive = Test(column=takings.returns.column, above=0)
        _add(draft, f"gross_{name}", Metric.model_validate({**common, "where": positive, "excludes": takings.excludes}))
        if not flows:
            _add(
                draft,
                "returns_value",
                Metric(stat="sum", of=money.ref, where=takings.returns, unit="money", label="value of returns"),
            )
    _plain_counts(draft, takings.only)
    if takings.quantity is not None:
        _add(
            draft,
            "units" if selling else _slug(takings.quantity.words),
            Metric(
                stat="sum",
                of=takings.quantity.ref,
                unit="count",
                higher_is="better",
                excludes=takings.excludes,
                where=takings.only,
            ),
        )
    if "orders" in draft.metrics:
        _add(draft, "average_order_value", Metric(ratio=[name, "orders"], unit="money", higher_is="better"))
    profit = find_profit(draft, takings)
    if profit is not None:
        _add(
            draft,
            "profit",
            Metric(stat="sum", of=profit.ref, unit="money", higher_is="better", excludes=takings.excludes),
        )
        _add(draft, "profit_margin", Metric(ratio=["profit", name], unit="share", higher_is="better"))


def _flows(tab: Tab) -> Col | None:
    """A column that says money came in or went out (a bank's transactions)."""
    both = ({"credit", "deposit", "in"}, {"debit", "withdrawal", "out", "withdraw"})
    for col in tab.cols.values():
        if col.type == "text" and col.distinct <= 12:
            seen = {str(v).lower() for v in col.values}
            if all(any(w in v for v in seen for w in side) for side in both[:2]) and seen & (both[0] | both[1]):
                return col
    return None


def _plain_counts(draft: Draft, only: Test | None = None) -> None:
    if "order" in draft.entities:
        _add(draft, "orders", Metric(count="order", where=only, unit="count", higher_is="better"))
    if "customer" in draft.entities and draft.knows_customers:
        _add(draft, "customers", Metric(count="customer", unit="count", higher_is="better"))


def _sums(draft: Draft, tab: Tab, takings: Takings | None) -> None:
    """Sums of the other money columns, each by its own name."""
    for col in tab.of_role("money", "fee", "discount", "cost"):
        if (takings is not None and col is takings.money) or col.unit not in ("money", None) or tab.kind == "lookup":
            continue
        if col.derived is not None and col.name in ("amount_before_discount", "profit"):
            continue
        if (tab.kind == "events" and has(col.words, "balance|bal|unit cost|cost per unit")) or (
            col.role == "cost" and "cost_amount" in tab.cols and col.derived is None
        ):
            continue
        if col.role == "money" and has(col.words, PROFIT) and "profit" in draft.metrics:
            continue
        if has(col.words, r"avg|average|mean|per|limit|income|salary|rate|price|high|low|max|min|adr"):
            continue
        name = _money_name(draft, tab, col)
        _add(
            draft,
            name,
            Metric(
                stat="sum",
                of=col.ref,
                unit="money",
                higher_is="worse" if has(col.words, _WORSE) or col.role == "fee" else "better",
            ),
        )


def _money_name(draft: Draft, tab: Tab, col: Col) -> str:
    """payments.payment_value -> payments; freight_value -> freight; what doesn't say whose it is gets the table's name."""
    short = re.sub(r"(?<!lifetime) (?:value|usd|eur|gbp)$", "", col.words)
    if tab.subject == "payments" and has(col.words, r"pay\w*|amount|value|paid"):
        short = "amount paid" if short in ("payment", "payments", "amount", "value", "paid") else short
    elif short == "cost amount":
        short = "cost"
    elif short in ("amount", "value", "total", "price", "amt", "cost", "fee", "net", "gross"):
        short = f"{singular(tab.words)} {short}"
    name = _slug(
        " ".join(
            {"disc": "discount", "amt": "amount", "bal": "balance", "trans": "transaction"}.get(w, w)
            for w in short.split()
        )
    )
    return (
        name
        if name not in draft.metrics and name not in draft.tables
        else _slug(col.words)
        if _slug(col.words) not in draft.metrics
        else f"{_slug(tab.words)}_{_slug(col.words)}"
    )


def _means(draft: Draft, tab: Tab) -> None:
    for col in tab.of_role("score"):
        _add(draft, _slug(f"average {col.words}"), Metric(stat="mean", of=col.ref, unit="score", higher_is="better"))
    for col in tab.cols.values():
        if col.derived is not None and col.role == "duration":
            _add(
                draft,
                _slug(f"average {col.words}"),
                Metric(
                    stat="mean",
                    of=col.ref,
                    unit=col.unit,
                    higher_is="worse" if has(col.words, "delivery|resolution|response|shipping") else None,
                ),
            )
    if tab.subject == "campaigns":
        for col in tab.of_role("flag"):
            for pattern, name in (
                (r"open\w*|viewed", "open_rate"),
                (r"click\w*", "click_rate"),
                (r"redeem\w*|redempt\w*|used", "redemption_rate"),
                (r"respon\w*|engaged", "response_rate"),
                (r"convert\w*|conversion|purchased", "conversion_rate"),
            ):
                if has(col.words, pattern):
                    _add(draft, name, Metric(stat="mean", of=col.ref, unit="share", higher_is="better"))


def _rates(draft: Draft) -> None:
    for name, label in draft.labels.items():
        if label.kind == "churn":
            _add(
                draft,
                "churn_rate" if name == "churned" else f"{name}_rate",
                Metric(rate=name, unit="share", higher_is="worse"),
            )
        elif label.kind == "response":
            _add(
                draft,
                "response_rate" if name == "responded" else f"{name}_rate",
                Metric(rate=name, unit="share", higher_is="better"),
            )
        else:
            _add(draft, f"{name}_rate", Metric(rate=name, unit="share"))


def _stands_for_revenue(draft: Draft) -> None:
    """With no sales, the customers' own totals are the money: which one "revenue" means."""
    sums = [(n, m) for n, m in draft.metrics.items() if m.stat == "sum" and m.unit == "money" and m.of]
    ranked = (
        (r"revenue|turnover|sales|spend|spent|spending|total trans(?:action)? (?:amt|amount)"),
        (r"total charges?|total (?:paid|payments?|spent|spend|amount)|ltv|cltv|clv|lifetime\b.*"),
        r"monthly (?:charges?|fee|bill|spend|revenue)|mrr|arr|premium|charges?|fee",
    )
    for pattern in ranked:
        found = next(((n, m) for n, m in sums if has(draft.col(m.of or "").words, pattern)), None)
        if found:
            name, metric = found
            draft.metrics[name] = metric.model_copy(update={"called": ["revenue"]})
            if len(sums) > 1:
                others = ", ".join(n for n, _ in sums if n != name)
                draft.doubt(f"Revenue without more said means {metric.of}; the other money is {others}.")
            return
