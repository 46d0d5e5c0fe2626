"""The files: the same bytes for a seed, sums that add up, references that resolve, dates within the data's days."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest

from segue.tools.demo.generate import generate, truth_path
from segue.tools.demo.tables import NAMES
from segue.tools.demo.truth import Truth
from segue.tools.errors import DefinitionError

HEADERS = {
    "customers": "customer_id,name,email,gender,age_band,region,home_store_id,signup_date,signup_channel,plan,tier,renewal_date,"
    "marketing_opt_in,paperless_receipts,churned",
    "stores": "store_id,store_name,city,format,opened_on,floor_area_sqm",
    "products": "product_id,product_name,category,brand,list_price",
    "order_lines": "order_id,line_no,customer_id,store_id,ordered_at,channel,delivery,product_id,"
    "quantity,unit_price,unit_cost,discount,amount",
    "campaigns": "campaign_id,campaign_name,campaign_type,medium,starts_on,ends_on,budget",
    "campaign_sends": "send_id,campaign_id,customer_id,sent_at,opened_at,clicked_at",
    "tickets": "ticket_id,customer_id,opened_at,closed_at,topic,channel,satisfaction",
    "app_usage": "customer_id,week_ending,sessions,minutes",
    "referrals": "referral_id,customer_id,invited_at,friend_joined",
    "workshop_visits": "visit_id,customer_id,visited_on,workshop,store_id",
    "cancellations": "cancellation_id,customer_id,cancelled_on,reason",
}
WHEN = {
    "order_lines": "ordered_at",
    "campaign_sends": "sent_at",
    "tickets": "opened_at",
    "app_usage": "week_ending",
    "referrals": "invited_at",
    "workshop_visits": "visited_on",
}


def digests(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    first = generate(tmp_path / "a", 500, 3)
    assert generate(tmp_path / "b", 500, 3) == first
    generate(tmp_path / "c", 500, 4)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert truth_path(tmp_path / "a").read_bytes() == truth_path(tmp_path / "b").read_bytes()
    assert digests(tmp_path / "a")["order_lines.csv"] != digests(tmp_path / "c")["order_lines.csv"]


def test_a_table_alone_is_what_it_is_among_all(tmp_path: Path) -> None:
    generate(tmp_path / "all", 500, 3)
    generate(tmp_path / "some", 500, 3, only=("tickets", "customers"))
    some = digests(tmp_path / "some")
    assert list(some) == ["customers.csv", "tickets.csv"]
    assert some.items() <= digests(tmp_path / "all").items()


def test_blocks_go_on_counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Larger sizes are made in blocks: the numbers of orders and tickets stay unique, and what is planted stays."""
    import duckdb

    monkeypatch.setattr("segue.tools.demo.generate.BLOCK", 500)
    truth = generate(tmp_path / "shop", 1200, 3, kind="parquet", only=("order_lines", "tickets", "customers"))
    lines, orders, first, last = duckdb.sql(
        f"SELECT count(*), count(DISTINCT order_id), min(order_id), max(order_id) FROM '{tmp_path}/shop/order_lines.parquet'"
    ).fetchall()[0]
    assert (lines, orders, last - first + 1) == (truth.order_lines, truth.orders, truth.orders)
    tickets, distinct = duckdb.sql(f"SELECT count(*), count(DISTINCT ticket_id) FROM '{tmp_path}/shop/tickets.parquet'").fetchall()[0]
    assert tickets == distinct > 3000


def test_the_truth_reads_back_and_lies_beside_the_files(shop) -> None:
    assert Truth.read(truth_path(shop.folder)) == shop.truth
    assert truth_path(shop.folder).parent == shop.folder.parent
    assert sorted(p.name for p in shop.folder.iterdir()) == sorted(f"{n}.csv" for n in NAMES)


@pytest.mark.parametrize(("customers", "only"), [(499, None), (500, ("orders",))])
def test_what_cannot_be_made_is_refused(tmp_path: Path, customers: int, only: tuple[str, ...] | None) -> None:
    with pytest.raises(DefinitionError):
        generate(tmp_path / "no", customers, only=only)
    assert not (tmp_path / "no").exists()


def test_progress_is_told(tmp_path: Path) -> None:
    heard = []
    generate(tmp_path / "shop", 500, only=("stores",), progress=lambda text, share: heard.append(share))
    assert heard[0] == 0.0 and heard[-1] == 1.0


def test_headers(shop) -> None:
    found = {name: (shop.folder / f"{name}.csv").open(encoding="utf-8").readline().rstrip("\n") for name in NAMES}
    assert found == HEADERS


def test_counts_and_sums(shop) -> None:
    truth = shop.truth
    assert shop.one("SELECT count(*) FROM customers") == shop.one("SELECT count(DISTINCT customer_id) FROM order_lines") == truth.customers
    assert shop.one("SELECT count(*) FROM stores") == 38
    assert shop.one("SELECT count(*) FROM order_lines") == truth.order_lines >= 10 * truth.customers
    assert shop.one("SELECT count(DISTINCT order_id) FROM order_lines") == truth.orders
    assert float(shop.one("SELECT sum(amount::DECIMAL(18, 2)) FROM order_lines")) == pytest.approx(truth.revenue, abs=0.001)
    off = "SELECT count(*) FROM order_lines WHERE abs(quantity * unit_price - discount - amount) > 0.005"
    assert shop.one(off) == 0
    assert shop.one("SELECT count(*) FROM (SELECT order_id, line_no FROM order_lines GROUP BY ALL HAVING count(*) > 1)") == 0


def test_an_order_has_one_customer_time_and_channel(shop) -> None:
    for column in ("coalesce(customer_id, 0)", "ordered_at", "channel", "coalesce(store_id, 0)"):
        assert shop.one(f"SELECT max(n) FROM (SELECT count(DISTINCT {column}) AS n FROM order_lines GROUP BY order_id)") == 1


@pytest.mark.parametrize(
    ("table", "column", "to"),
    [
        ("order_lines", "store_id", "stores"),
        ("order_lines", "product_id", "products"),
        ("customers", "home_store_id", "stores"),
        ("campaign_sends", "campaign_id", "campaigns"),
        *((t, "customer_id", "customers") for t in [*WHEN, "cancellations"]),
    ],
)
def test_references_resolve(shop, table: str, column: str, to: str) -> None:
    key = column.removeprefix("home_")
    lost = f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT {key} FROM {to})"
    assert shop.one(lost) == 0


@pytest.mark.parametrize(("table", "column"), WHEN.items())
def test_events_end_within_the_data_and_after_sign_up(shop, table: str, column: str) -> None:
    last = shop.one(f"SELECT max({column})::DATE FROM {table}")
    assert last <= dt.date.fromisoformat(shop.truth.end)
    if table in ("order_lines", "campaign_sends", "tickets", "app_usage"):
        assert last == dt.date.fromisoformat(shop.truth.end)  # so that every table has the same now
    early = f"SELECT count(*) FROM {table} JOIN customers USING (customer_id) WHERE {column}::DATE < signup_date"
    assert shop.one(early) == 0


def test_who_left_left(shop) -> None:
    """The label, the cancellations and the events agree: nothing happens after someone has left."""
    assert shop.keys("SELECT customer_id FROM customers WHERE churned = 'Yes'") == shop.truth.left
    assert shop.keys("SELECT customer_id FROM cancellations") == shop.truth.left
    later = [("campaign_sends", "opened_at"), ("campaign_sends", "clicked_at"), *WHEN.items()]
    for table, column in later:
        assert shop.one(f"SELECT count(*) FROM {table} JOIN cancellations USING (customer_id) WHERE {column}::DATE > cancelled_on") == 0


def test_it_looks_like_an_export(shop) -> None:
    """Some blanks, some till sales without a card, some returns."""
    total = shop.one("SELECT count(*) FROM order_lines")
    walk_ins = shop.one("SELECT count(*) FROM order_lines WHERE customer_id IS NULL")
    assert walk_ins / total == pytest.approx(shop.truth.walk_in_share, abs=1e-5)
    assert 0.01 < shop.truth.walk_in_share < 0.06
    assert 0.01 < shop.one("SELECT count(*) FROM order_lines WHERE quantity < 0") / total < 0.04
    assert shop.one("SELECT count(*) FROM order_lines WHERE (quantity < 0) <> (amount < 0)") == 0
    assert shop.one("SELECT count(DISTINCT order_id) FROM order_lines WHERE quantity < 0 AND line_no > 1") == 0
    for column in ("email", "gender", "age_band"):
        assert 0 < shop.one(f"SELECT avg(({column} IS NULL)::INT) FROM customers") < 0.08
    assert shop.one("SELECT count(*) FROM customers WHERE email NOT LIKE '%@example.com'") == 0
    assert shop.one("SELECT count(email) - count(DISTINCT email) FROM customers") == 0


def test_seasons_weekdays_and_growth(shop) -> None:
    days = dict(shop.rows("SELECT isodow(ordered_at), count(DISTINCT order_id) FROM order_lines WHERE quantity > 0 GROUP BY 1"))
    assert max(days, key=lambda d: days[d]) == 6
    year = "SELECT sum(amount) FROM order_lines WHERE ordered_at >= '{}-10-01' AND ordered_at < '{}-10-01'"
    before, after = (shop.one(year.format(y, y + 1)) for y in (2024, 2025))
    assert 1.04 < after / before < 1.6
    toys = dict(shop.rows("SELECT month(ordered_at), count(*) FROM lines WHERE category = 'Toys' GROUP BY 1"))
    assert sum(toys[m] for m in (11, 12, 1)) > 0.3 * sum(toys.values())  # three months of twelve
