"""Makes the demonstration data: a folder of files as a retailer would export them, and the truth planted in them beside it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segue.tools.demo import contacts, tables, world
from segue.tools.demo.orders import Lines, make_lines
from segue.tools.demo.people import People, plan_people
from segue.tools.demo.planted import truth_of
from segue.tools.demo.truth import Truth
from segue.tools.demo.writing import FileKind, TableWriter
from segue.tools.errors import DefinitionError

DEFAULT_CUSTOMERS = 5000
DEFAULT_SEED = 20
LEAST = 500
BLOCK = 100_000
"""Customers whose events are drawn and written at once: bounds the memory whatever the size."""

Progress = Callable[[str, float], None]


@dataclass
class _Totals:
    """Summed up over the blocks: pence by customer, and counts."""

    spend: np.ndarray
    profit: np.ndarray
    revenue: int = 0
    lines: int = 0
    walk_in_lines: int = 0
    orders: int = 0


def generate(
    folder: Path,
    customers: int = DEFAULT_CUSTOMERS,
    seed: int = DEFAULT_SEED,
    *,
    kind: FileKind = "csv",
    only: tuple[str, ...] | None = None,
    progress: Progress | None = None,
) -> Truth:
    """Write the made-up retailer's files into `folder` (made if absent), and the planted truth beside it at truth_path(folder).

    About 12 order lines a customer. The same seed, size and library versions give the same bytes: the data ends on world.END, not today.
    customers  from 500 (fewer can't hold what is planted) to some millions: memory is bounded by BLOCK
    kind       "csv" or "parquet"
    only       names of the tables to write (default: all of tables.NAMES); each is the same as it would be among all
    progress   called with what is being made and the share done, 0 to 1

    Raises DefinitionError for fewer than 500 customers or an unknown table.
    """
    _check(customers, only)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = tables.NAMES if only is None else only
    tell = progress or (lambda text, share: None)
    root = np.random.SeedSequence(seed)
    first, last = root.spawn(2)
    people = plan_people(customers, np.random.default_rng(first))
    totals = _Totals(np.zeros(customers, np.int64), np.zeros(customers, np.int64))
    with ExitStack() as stack:
        writers = {name: stack.enter_context(TableWriter(folder, name, kind)) for name in wanted}
        for start in range(0, customers, BLOCK):
            tell("Making the demonstration data", start / customers)
            _write_block(people, start, root.spawn(1)[0], totals, writers)
        _write_still(people, totals, np.random.default_rng(last), writers)
    truth = truth_of(
        people,
        totals.profit,
        seed=seed,
        orders=totals.orders,
        lines=totals.lines,
        walk_in_lines=totals.walk_in_lines,
        revenue=totals.revenue,
    )
    truth.write(truth_path(folder))
    tell("Made the demonstration data", 1.0)
    return truth


def truth_path(folder: Path) -> Path:
    """Where the truth of the data in `folder` is written: beside it, so that reading the folder doesn't read the answers."""
    return folder.with_name(folder.name + ".truth.json")


def _check(customers: int, only: tuple[str, ...] | None) -> None:
    if customers < LEAST:
        raise DefinitionError(f"{customers} customers can't hold what is planted in the demonstration data.", f"Ask for {LEAST} or more.")
    for name in only or ():
        if name not in tables.NAMES:
            raise DefinitionError(f"The demonstration data has no table {name!r}.", f"It has {', '.join(tables.NAMES)}.")


def _write_block(people: People, start: int, seed: np.random.SeedSequence, totals: _Totals, writers: dict[str, TableWriter]) -> None:
    """Draw and write the events of up to BLOCK customers. Every table has its own random stream, so that leaving one out changes none."""
    part = people.part(start, start + BLOCK)
    rngs = [np.random.default_rng(s) for s in seed.spawn(6)]
    ends = start == 0
    sends = contacts.make_sends(part, rngs[0])
    catalogue = world.products()
    lines = make_lines(part, contacts.engaged_lately(part, sends), catalogue, rngs[1], totals.orders + 100001, ends=ends)
    _add_up(totals, lines, start, len(part))
    makers = {
        "order_lines": lambda first: tables.line_columns(part, lines, catalogue),
        "campaign_sends": lambda first: tables.send_columns(part, sends, first),
        "tickets": lambda first: tables.ticket_columns(part, contacts.make_tickets(part, rngs[2], ends=ends), first),
        "app_usage": lambda first: tables.usage_columns(part, contacts.make_usage(part, rngs[3])),
        "referrals": lambda first: tables.referral_columns(part, contacts.make_invitations(part, rngs[4]), first),
        "workshop_visits": lambda first: tables.workshop_columns(part, contacts.make_workshops(part, rngs[5]), first),
    }
    for name, make in makers.items():
        if name in writers:
            writers[name].write(make(writers[name].rows + 1))


def _add_up(totals: _Totals, lines: Lines, start: int, count: int) -> None:
    known = lines.customer >= 0
    owner, amount = lines.customer[known], lines.amount[known]
    # Sums of whole pence below 2**53: exact as floats.
    spend = np.bincount(owner, amount, minlength=count).astype(np.int64)
    cost = np.bincount(owner, (lines.unit_cost * lines.quantity)[known], minlength=count).astype(np.int64)
    totals.spend[start : start + count] = spend
    totals.profit[start : start + count] = spend - cost
    totals.revenue += int(lines.amount.sum())
    totals.lines += len(lines.order)
    totals.walk_in_lines += int((~known).sum())
    totals.orders += int(lines.order[-1] - lines.order[0]) + 1


def _write_still(people: People, totals: _Totals, rng: np.random.Generator, writers: dict[str, TableWriter]) -> None:
    """The tables that have one row a thing, and the cancellations."""
    customers = tables.customer_columns(people, totals.spend, rng)
    cancellations = tables.cancellation_columns(people, rng)
    still = {
        "customers": customers,
        "stores": tables.store_columns(),
        "products": tables.product_columns(world.products()),
        "campaigns": tables.campaign_columns(),
        "cancellations": cancellations,
    }
    for name, columns in still.items():
        if name in writers:
            writers[name].write(columns)
