"""Every planted truth, worked out again in SQL from the files alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

OUTDOOR_ORDERS = "SELECT customer_id, count(DISTINCT order_id) AS n FROM sales WHERE category = 'Outdoor gear' GROUP BY 1"
THREE_LATELY = (
    "SELECT customer_id FROM order_lines WHERE customer_id IS NOT NULL AND ordered_at::DATE > DATE '2026-10-04' - INTERVAL 1 MONTH"
    " GROUP BY 1 HAVING count(DISTINCT order_id) >= 3"
)
LATELY = "> DATE '2026-10-04' - INTERVAL 2 MONTH"


def wilson(yes: int, n: int) -> tuple[float, float]:
    """The 95% interval of a rate."""
    p, z = yes / n, 1.959964
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def adjusted_rand(a: np.ndarray, b: np.ndarray) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(a, b))


class TestFallenStore:
    Q = """
        SELECT {} AS k, sum(amount) FILTER (ordered_at >= '2026-07-01' AND ordered_at < '2026-10-01') AS after,
               sum(amount) FILTER (ordered_at >= '2026-04-01' AND ordered_at < '2026-07-01') AS before
        FROM lines l {} GROUP BY 1"""

    def change(self, shop, by: str, rest: str) -> dict:
        return {k: float(after or 0) - float(before or 0) for k, after, before in shop.rows(self.Q.format(by, rest))}

    def test_it_fell_most_of_all_stores(self, shop) -> None:
        changes = self.change(shop, "store_id", "WHERE store_id IS NOT NULL")
        assert min(changes, key=lambda s: changes[s]) == shop.truth.fallen_store.store_id
        before = shop.one("SELECT sum(amount) FROM lines WHERE store_id = 23 AND ordered_at >= '2026-04-01' AND ordered_at < '2026-07-01'")
        assert changes[23] / float(before) < -0.3

    def test_one_age_band_and_category_explain_it(self, shop) -> None:
        story = shop.truth.fallen_store
        slices = "coalesce(age_band, '') || '/' || category"
        changes = self.change(shop, slices, "LEFT JOIN customers USING (customer_id) WHERE store_id = 23")
        total = sum(changes.values())
        slice_ = changes[f"{story.age_band}/{story.category}"]
        assert min(changes, key=lambda k: changes[k]) == f"{story.age_band}/{story.category}"
        assert 0.6 < slice_ / total < 1.9

    def test_the_band_stopped_on_that_day_and_bought_the_category_before(self, shop) -> None:
        story = shop.truth.fallen_store
        of = "FROM lines JOIN customers USING (customer_id) WHERE store_id = $store AND age_band = $band AND category = $category"
        where = {"store": story.store_id, "band": story.age_band, "category": story.category}
        assert shop.one(f"SELECT count(*) {of} AND ordered_at >= '{story.began}'", **where) == 0
        months = shop.rows(f"SELECT month(ordered_at), count(*) {of} AND ordered_at >= '2026-01-01' GROUP BY 1 ORDER BY 1", **where)
        assert [m for m, _ in months] == [1, 2, 3, 4, 5, 6]
        crowd = shop.keys("SELECT DISTINCT customer_id FROM sales WHERE store_id = 23 AND ordered_at >= '2026-07-01'")
        assert len(set(story.crowd) & set(crowd)) >= 0.5 * len(story.crowd)  # they still come for other things


class TestHiddenGroup:
    MEMBERS = """
        SELECT c.customer_id FROM customers c
        WHERE (SELECT count(*) FROM referrals r WHERE r.customer_id = c.customer_id
               AND r.invited_at::DATE <= c.signup_date + INTERVAL 30 DAY) BETWEEN 3 AND 5
        AND c.customer_id {} (SELECT customer_id FROM workshop_visits)
        AND c.customer_id {} (SELECT customer_id FROM tickets)"""

    def retention(self, shop, keys: tuple[int, ...]) -> float:
        return 1 - len(set(keys) & set(shop.truth.left)) / len(keys)

    def test_the_three_conditions_give_exactly_the_members(self, shop) -> None:
        assert shop.keys(self.MEMBERS.format("IN", "NOT IN")) == shop.truth.hidden.members
        assert len(shop.truth.hidden.members) == pytest.approx(0.12 * shop.truth.customers, abs=1)

    def test_they_stay(self, shop) -> None:
        hidden = shop.truth.hidden
        assert self.retention(shop, hidden.members) == pytest.approx(hidden.retention, abs=1e-6) and hidden.retention >= 0.92
        rest = tuple(set(shop.keys("SELECT customer_id FROM customers")) - set(hidden.members))
        assert self.retention(shop, rest) == pytest.approx(hidden.others_retention, abs=1e-6) and 0.70 < hidden.others_retention < 0.77

    @pytest.mark.parametrize(("workshop", "support"), [("IN", "IN"), ("NOT IN", "NOT IN")])
    def test_two_conditions_of_the_three_mark_nothing(self, shop, workshop: str, support: str) -> None:
        keys = shop.keys(self.MEMBERS.format(workshop, support))
        assert len(keys) >= 5
        if shop.truth.customers >= 5000:  # at 500 they are too few to say
            assert self.retention(shop, keys) < 0.85


class TestChurn:
    def by(self, shop, column: str) -> dict[str, tuple[int, int]]:
        """(leavers, customers) of each value of the column."""
        rows = shop.rows(f"SELECT {column}, count(*) FILTER (churned = 'Yes'), count(*) FROM customers GROUP BY 1")
        return {value: (yes, n) for value, yes, n in rows}

    def test_four_of_four_left_and_cannot_win_by_what_is_known(self, shop) -> None:
        small = shop.truth.small
        assert shop.keys(f"SELECT customer_id FROM customers WHERE {small.column} = '{small.value}'") == small.members
        assert len(small.members) == 4 and set(small.members) <= set(shop.truth.left)
        regions = self.by(shop, "region")
        known = {r: yes / n for r, (yes, n) in regions.items() if n >= 30}
        assert max(known, key=lambda r: known[r]) == shop.truth.worst_region
        low, high = wilson(*regions[small.value])
        assert high - low > 0.4  # too wide to say

    def test_the_riskiest_plan(self, shop) -> None:
        risk = shop.truth.riskiest
        plans = self.by(shop, "plan")
        yes, n = plans.pop(risk.value)
        assert yes / n == pytest.approx(risk.rate, abs=1e-6)
        others = sum(y for y, _ in plans.values()), sum(k for _, k in plans.values())
        assert others[0] / others[1] == pytest.approx(risk.others_rate, abs=1e-6)
        assert wilson(yes, n)[0] > wilson(*others)[1]

    USAGE = """
        SELECT sum(sessions) FILTER (week_ending > cancelled_on - 28) / sum(sessions) FILTER (week_ending <= cancelled_on - 28)
        FROM app_usage JOIN cancellations USING (customer_id) JOIN customers USING (customer_id)
        WHERE week_ending > cancelled_on - 56 AND (plan = 'Flex') = {}"""

    def test_usage_falls_by_40_percent_in_the_month_before(self, shop) -> None:
        near = 0.05 if shop.truth.customers >= 5000 else 0.12
        assert shop.one(self.USAGE.format("true")) == pytest.approx(shop.truth.riskiest.usage_ratio, abs=near)
        assert shop.one(self.USAGE.format("false")) > 0.8

    DELIVERY = """
        WITH seen AS (SELECT customer_id, plan, churned, coalesce(cancelled_on, DATE '2026-10-04') AS last
                      FROM customers LEFT JOIN cancellations USING (customer_id)),
        told AS (SELECT DISTINCT customer_id FROM tickets JOIN seen USING (customer_id)
                 WHERE topic = 'Delivery' AND opened_at::DATE > last - 28)
        SELECT churned = 'Yes', plan = 'Flex', avg((customer_id IN (FROM told))::INT) FROM seen GROUP BY ALL"""

    def test_and_they_write_about_delivery(self, shop) -> None:
        share = {(left, flex): s for left, flex, s in shop.rows(self.DELIVERY)}
        assert share[True, True] > 0.6
        assert share[True, False] < 0.05 and share[False, False] < 0.05 and share[False, True] < 0.2

    def test_who_is_slipping_shows_both_now(self, shop) -> None:
        slipping = shop.truth.riskiest.slipping
        told = shop.keys(
            "SELECT DISTINCT customer_id FROM tickets JOIN customers USING (customer_id) WHERE topic = 'Delivery'"
            " AND opened_at::DATE > DATE '2026-10-04' - 28 AND plan = 'Flex' AND churned = 'No'"
        )
        assert told == slipping and len(slipping) >= 3
        now, before = shop.rows(
            "SELECT sum(sessions) FILTER (week_ending > DATE '2026-10-04' - 28),"
            " sum(sessions) FILTER (week_ending BETWEEN DATE '2026-10-04' - 55 AND DATE '2026-10-04' - 28) FROM app_usage"
            " WHERE list_contains($who, customer_id)",
            who=list(slipping),
        )[0]
        assert now / before < 0.85

    def test_decoys_say_nothing(self, shop) -> None:
        """No decoy's groups differ by more than chance (chi-squared, 1 in 1,000)."""
        from scipy.stats import chi2_contingency

        for column in shop.truth.decoys:
            table = shop.rows(
                f"SELECT count(*) FILTER (churned = 'Yes'), count(*) FILTER (churned = 'No') FROM customers"
                f" WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) >= 20"
            )
            assert chi2_contingency(np.array(table)).pvalue > 0.001, column


class TestOutdoors:
    ENGAGED = f"SELECT customer_id FROM campaign_sends JOIN campaigns USING (campaign_id) WHERE opened_at::DATE {LATELY} {{}}"

    def found(self, shop, at_least: int, engaged: str) -> tuple[int, ...]:
        return shop.keys(
            f"SELECT customer_id FROM ({OUTDOOR_ORDERS}) WHERE n >= {at_least} AND customer_id IN ({THREE_LATELY})"
            f" AND customer_id NOT IN ({engaged})"
        )

    @pytest.mark.parametrize("only", ["", "AND campaign_type = 'Promotion'", f"AND sent_at::DATE {LATELY}"])
    @pytest.mark.parametrize("at_least", range(2, 11))
    def test_every_threshold_and_reading_gives_the_planted_members(self, shop, at_least: int, only: str) -> None:
        assert self.found(shop, at_least, self.ENGAGED.format(only)) == shop.truth.outdoors.members

    def test_the_gap(self, shop) -> None:
        truth = shop.truth.outdoors
        year = f"{OUTDOOR_ORDERS}".replace("GROUP BY", "AND ordered_at::DATE > DATE '2025-10-04' GROUP BY")
        members = dict(shop.rows(f"FROM ({year}) WHERE list_contains($who, customer_id)", who=list(truth.members)))
        assert min(members.values()) >= truth.at_least and len(members) == len(truth.members) >= 10
        some = self.found(shop, 1, self.ENGAGED.format(""))
        assert set(some) > set(truth.members)  # a threshold of one would be another question

    def test_each_was_sent_a_campaign(self, shop) -> None:
        sent = shop.keys(f"SELECT DISTINCT customer_id FROM campaign_sends WHERE sent_at::DATE {LATELY}")
        assert set(shop.truth.outdoors.members) <= set(sent)

    def test_near_misses_miss_one_condition_each(self, shop) -> None:
        truth = shop.truth.outdoors
        often = set(shop.keys(f"SELECT customer_id FROM ({OUTDOOR_ORDERS}) WHERE n >= 10"))
        lately = set(shop.keys(THREE_LATELY))
        engaged = set(shop.keys(self.ENGAGED.format("")))
        assert set(truth.engaged) <= often & lately & engaged
        assert set(truth.quiet) <= often - lately - engaged
        assert set(truth.busy) <= lately - often - engaged
        assert min(len(truth.engaged), len(truth.quiet), len(truth.busy)) >= 6


class TestRhythms:
    GAPS = """
        WITH days AS (SELECT DISTINCT customer_id, ordered_at::DATE AS day FROM sales),
        gaps AS (SELECT customer_id, day, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap FROM days)
        SELECT customer_id, count(*) AS orders, stddev(gap) / avg(gap) AS cv, median(gap) AS usual,
               DATE '2026-10-04' - max(day) AS since FROM gaps GROUP BY 1 HAVING count(*) >= 6"""

    def test_the_overdue(self, shop) -> None:
        found = shop.keys(
            f"SELECT customer_id FROM ({self.GAPS}) JOIN customers USING (customer_id)"
            " WHERE orders >= 8 AND cv < 0.25 AND usual >= 14 AND since > 2 * usual AND churned = 'No'"
        )
        assert found == shop.truth.overdue
        assert len(found) >= 6

    def test_the_scheduled_are_steady_and_others_are_not(self, shop) -> None:
        steady = set(shop.keys(f"SELECT customer_id FROM ({self.GAPS}) WHERE cv < 0.3"))
        scheduled = set(shop.truth.buyers["scheduled"])
        enough = set(shop.keys(f"SELECT customer_id FROM ({self.GAPS})"))
        assert len(steady & scheduled) / len(scheduled & enough) > 0.95
        assert len(steady - scheduled - set(shop.truth.overdue)) / len(enough) < 0.03

    def test_projects_come_in_bursts(self, shop) -> None:
        """Of those with six orders or more: nearly all orders within 21 days of another, in long quiet stretches."""
        sql = f"SELECT customer_id FROM ({self.GAPS}) WHERE cv > 1 AND usual <= 7"
        bursts, project = set(shop.keys(sql)), set(shop.truth.buyers["project"])
        category = "SELECT avg((category IN ('DIY', 'Garden'))::INT) FROM sales WHERE list_contains($who, customer_id)"
        assert shop.one(category, who=list(project)) > 0.95
        assert len(bursts & project) / max(len(bursts), 1) > 0.7
        sizes = "SELECT count(*) / count(DISTINCT order_id) FROM sales WHERE {} list_contains($who, customer_id)"
        assert shop.one(sizes.format(""), who=list(project)) > 1.3 * shop.one(sizes.format("NOT"), who=list(project))

    def test_emergencies_are_single_late_and_full_price(self, shop) -> None:
        size, units, express, off, late = shop.rows(
            "SELECT count(*) / count(DISTINCT order_id), avg(quantity), avg((delivery = 'Express')::INT), sum(discount),"
            " avg((hour(ordered_at) >= 19)::INT) FROM sales WHERE list_contains($who, customer_id) AND channel <> 'Store'",
            who=list(shop.truth.buyers["emergency"]),
        )[0]
        assert (size, units, off) == (1, 1, 0)
        assert express > 0.8 and late > 0.75
        others = "SELECT avg((delivery = 'Express')::INT) FROM sales WHERE NOT list_contains($who, customer_id) AND channel <> 'Store'"
        assert shop.one(others, who=list(shop.truth.buyers["emergency"])) < 0.12


class TestWorth:
    RANKED = """
        CREATE OR REPLACE TEMP VIEW ranked AS
        WITH worth AS (SELECT customer_id, sum(amount - quantity * unit_cost) AS profit, sum(amount) AS revenue FROM order_lines
                       WHERE customer_id IS NOT NULL GROUP BY 1)
        SELECT *, row_number() OVER (ORDER BY profit DESC) <= floor(0.15 * (SELECT count(*) FROM worth)) AS top,
               row_number() OVER (ORDER BY revenue DESC) <= floor(0.15 * (SELECT count(*) FROM worth)) AS top_by_revenue FROM worth"""

    def test_few_give_most_of_the_profit(self, shop) -> None:
        shop.rows(self.RANKED)
        share = float(shop.one("SELECT sum(profit) FILTER (top) / sum(profit) FROM ranked"))
        assert share == pytest.approx(shop.truth.profit_share, abs=1e-4)
        assert 0.58 < share < 0.72 and shop.truth.top_share == 0.15
        assert float(shop.one("SELECT sum(revenue) FILTER (top) / sum(revenue) FROM ranked")) < share - 0.03
        assert shop.one("SELECT count(*) FROM ranked WHERE top AND NOT top_by_revenue") > 0  # margin is another order than revenue

    def test_and_get_average_service(self, shop) -> None:
        shop.rows(self.RANKED)
        near = 0.2 if shop.truth.customers >= 5000 else 0.5
        for what in (
            "(SELECT count(*) FROM tickets t WHERE t.customer_id = r.customer_id)",
            "(SELECT avg(satisfaction) FROM tickets t WHERE t.customer_id = r.customer_id)",
            "(SELECT count(*) FROM campaign_sends s WHERE s.customer_id = r.customer_id)",
        ):
            top, rest = (shop.one(f"SELECT avg({what}) FROM ranked r WHERE top = {t}") for t in ("true", "false"))
            assert top / rest == pytest.approx(1, abs=near), what


class TestSupport:
    FEATURES = """
        SELECT c.customer_id, ln(1 + count(t.ticket_id)) AS tickets,
               avg((t.channel = 'Chat')::INT) AS chat, avg((t.channel = 'Phone')::INT) AS phone,
               avg(satisfaction) AS satisfaction, avg(ln(1 + date_diff('minute', opened_at, closed_at))) AS hours
        FROM customers c LEFT JOIN tickets t USING (customer_id) GROUP BY 1 ORDER BY 1"""

    def truth_labels(self, shop) -> np.ndarray:
        label = {key: i for i, keys in enumerate(shop.truth.support.values()) for key in keys}
        return np.array([label[k] for k in sorted(label)])

    def test_the_shares(self, shop) -> None:
        shares = [len(keys) / shop.truth.customers for keys in shop.truth.support.values()]
        assert shares == pytest.approx([0.35, 0.40, 0.18, 0.07], abs=0.005)

    def test_plain_k_means_finds_them_and_they_overlap(self, shop) -> None:
        from sklearn.cluster import KMeans

        data = np.array(shop.rows(self.FEATURES), dtype=float)[:, 1:]
        data = np.where(np.isnan(data), np.nanmean(data, axis=0), data)
        data[:, 1:3][data[:, 0] == 0] = 0
        scaled = (data - data.mean(axis=0)) / data.std(axis=0)
        found = KMeans(4, n_init=10, random_state=0).fit_predict(scaled)
        assert 0.8 <= adjusted_rand(self.truth_labels(shop), found) < 0.999
