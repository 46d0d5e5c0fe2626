"""Joins: which column leads to which table, measured. Many rows to at most one, by name first and by values to confirm."""

from __future__ import annotations

from segue.tools.semantic import probe
from segue.tools.semantic.draft import NUMBERS, Col, Draft, Tab
from segue.tools.semantic.names import KNOWN, PERSON, head, singular
from segue.tools.semantic.schema import Join

LEAST = 0.3  # a customers' table may know only some of the customers; anything else must be covered nearly whole


def find_joins(draft: Draft, engine: probe.Runs) -> None:
    """Adds every join whose names agree and whose values overlap. One target a column: the best-named, then the best covered."""
    keys = {t.name: [c for c in t.cols.values() if _lookup_key(c, t)] for t in draft.tables.values()}
    for tab in draft.tables.values():
        for col in tab.cols.values():
            targets = [t for t in draft.tables.values() if t is not tab and keys[t.name]]
            found = [j for target in targets for j in _candidates(engine, col, target, keys[target.name])]
            if found:
                _, join = max(found, key=lambda f: f[0])
                draft.joins.append(join)
    draft.joins = _without_mirrors(draft, draft.joins)


def _candidates(
    engine: probe.Runs, col: Col, target: Tab, keys: list[Col]
) -> list[tuple[tuple[int, float, int], Join]]:
    out = []
    for key in keys:
        if not _same_kind(col, key):
            continue
        alike = _alike(col, key, target)
        if not alike:
            continue
        share = probe.coverage(engine, col.ref, key.ref)
        if share >= (LEAST if alike >= 2 else 0.95):
            one = col.facts is not None and col.facts.unique
            rank = (alike + int(target.key == key.name), round(share, 4), target.rows)
            out.append(
                (
                    rank,
                    Join.model_validate(
                        {"from": col.ref, "to": key.ref, "coverage": round(share, 4), "one_to_one": one}
                    ),
                )
            )
    return out


def _lookup_key(key: Col, target: Tab) -> bool:
    """Whether a column can be joined to: one row a value, more than one value, and no measurement."""
    if key.facts is None or not key.facts.unique or key.distinct < 2 or key.distinct < 0.9 * target.rows:
        return False
    return key.noun is not None or (key.type == "text" and list(target.cols).index(key.name) < 3)


def _same_kind(col: Col, key: Col) -> bool:
    if col.facts is None or col.distinct < 1:
        return False
    return col.type == key.type or (col.type in NUMBERS and key.type in NUMBERS and col.whole and key.whole)


def _alike(col: Col, key: Col, target: Tab) -> int:
    """3: the same name, or the table's noun with its id; 2: two words for a customer, or a name with more before it; 1: values only."""
    if col.words == key.words and col.noun != "":
        return 3
    if col.noun == "" and key.noun == "" and not col.unique and col.distinct >= 20:
        return 1  # an "id" that repeats may be the other table's "id": the values must agree nearly whole
    table = _table_noun(target)
    if col.noun and key.noun is not None:
        if col.noun == key.noun and key.noun:
            return 3
        if key.noun == "" and (col.noun == table or table.endswith(" " + col.noun) or col.noun.endswith(" " + table)):
            return 3
        if head(col.noun, PERSON) and (head(key.noun, PERSON) or (key.noun == "" and head(table, PERSON))):
            return 2
        if key.noun and (col.noun.endswith(" " + key.noun) or key.noun.endswith(" " + col.noun)):
            return 2
    if (
        col.type == "text"
        and col.words in (table, f"{table} name")
        and key.noun in ("", table)
        and target.key == key.name
    ):
        return 3
    if key.noun and col.words == key.noun and key.noun == table:
        return 3
    if (
        key.type == "text"
        and target.key == key.name
        and col.noun is not None
        and col.distinct >= 20
        and _looks_like_an_id(col)
    ):
        return 1
    return 0


def _table_noun(target: Tab) -> str:
    """What a row of the table is: the name in the singular without the words that only say it is a table."""
    parts = [
        w
        for w in target.words.split()
        if w
        not in ("table", "tbl", "dim", "fact", "data", "desc", "master", "list", "info", "ref", "lookup", "details")
    ]
    return " ".join([*parts[:-1], singular(parts[-1])]) if parts else target.words


def _looks_like_an_id(col: Col) -> bool:
    seen = [str(v) for v in col.samples]
    return bool(seen) and all(" " not in v and any(ch.isdigit() for ch in v) for v in seen)


def _without_mirrors(draft: Draft, joins: list[Join]) -> list[Join]:
    """Of two tables that each lead to the other, the join to the table that the key is named after (or the larger one) stays."""
    kept = []
    for join in joins:
        a, b = join.from_.partition(".")[0], join.to.partition(".")[0]
        back = [j for j in joins if j.from_.partition(".")[0] == b and j.to.partition(".")[0] == a]
        if (
            back
            and join.one_to_one
            and not _homeward(draft, join)
            and any(_homeward(draft, j) or not j.one_to_one for j in back)
        ):
            continue
        if (
            back
            and not _homeward(draft, join)
            and (draft.tables[a].rows, b) > (draft.tables[b].rows, a)
            and join.one_to_one
            and not any(_homeward(draft, j) for j in back)
        ):
            continue
        kept.append(join)
    return kept


def _homeward(draft: Draft, join: Join) -> bool:
    """Whether the join leads to the table that the key's noun names, and doesn't start from it."""
    target, source = draft.col(join.to), draft.col(join.from_)
    noun = target.noun or _table_noun(draft.tables[target.table])
    if not target.noun and head(noun, KNOWN) is None:
        return False
    there = singular(noun.split()[-1]) in _table_noun(draft.tables[target.table]).split()
    here = singular(noun.split()[-1]) in _table_noun(draft.tables[source.table]).split()
    return there and not here
