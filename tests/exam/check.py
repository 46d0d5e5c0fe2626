"""Checks an examination set: its format, and every gold answer against its SQL.

    python tests/exam/check.py tests/exam/a [--write]

SET_DIR holds datasets.json ({dataset: {table: file}}), the files, and questions/DATASET.jsonl, one question a line. Prints each
fault and exits 1 if there is any. --write puts the golds that the SQL gives now into the files instead of comparing them.
Needs duckdb, and pandas with openpyxl where a dataset has an .xlsx file.
"""

from __future__ import annotations

import argparse
import datetime as dt
import decimal
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb

FIELDS = ["id", "dataset", "turns", "kind", "expect", "score", "gold_sql", "gold", "tolerance", "note"]
KINDS = {
    "lookup",
    "breakdown",
    "top",
    "trend",
    "compare",
    "share",
    "negation",
    "segment_count",
    "segment_members",
    "filter",
    "rfm",
    "churn_by_group",
    "distribution",
    "correlation",
    "followup",
    "vague",
    "unanswerable",
    "hostile",
    "definition",
    "profile",
}
EXPECTS = {"answer", "clarify", "answer_or_clarify", "decline"}


def connect(set_dir: Path, tables: dict[str, str]) -> duckdb.DuckDBPyConnection:
    """Loads the tables as the scorer does: DuckDB's own readers; of a workbook, the sheet with most rows."""
    con = duckdb.connect()
    for table, name in tables.items():
        path = set_dir / name
        if path.suffix == ".xlsx":
            import pandas

            frame = max(pandas.read_excel(path, sheet_name=None).values(), key=len)
            con.register("frame", frame)
            con.execute(f'create table "{table}" as select * from frame')
            con.unregister("frame")
        else:
            reader = "read_parquet" if path.suffix == ".parquet" else "read_csv"
            con.execute(f'create table "{table}" as select * from {reader}(?)', [str(path)])
    return con


def plain(value: object) -> object:
    """A value as the files store it: ten significant digits, whole numbers as integers, dates as ISO text."""
    if isinstance(value, decimal.Decimal):
        value = float(value)
    if isinstance(value, float):
        return int(value) if value == int(value) else float(f"{value:.10g}")
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else value


def gold(score: str, rows: list[tuple]) -> object:
    """One gold answer in the form its way of scoring needs."""
    if score == "value":
        [[value]] = rows
        return plain(value)
    if score == "top":
        [[label, value]] = rows
        return {"label": plain(label), "value": plain(value)}
    if score == "table":
        return [[plain(cell) for cell in row] for row in rows]
    return {"count": len({str(row[0]) for row in rows})}


def same(a: object, b: object) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) <= 1e-8 * max(1, abs(a))
    return a == b


def trivial(score: str, answer: object) -> bool:
    """Nothing to get wrong: no value, zero, an empty table, a blank label, nobody."""
    if score == "value":
        return not answer
    if score == "top":
        return answer["label"] is None or not answer["value"]
    if score == "table":
        return not answer or any(cell is None for row in answer for cell in row)
    return answer["count"] < 2


def shape_faults(q: dict, dataset: str, number: int) -> Iterator[str]:
    if list(q) != FIELDS:
        yield f"fields {list(q)}"
    if q["id"] != f"{dataset}-{number:02d}" or q["dataset"] != dataset:
        yield "id or dataset out of order"
    if q["kind"] not in KINDS or q["expect"] not in EXPECTS:
        yield f"unknown kind or expectation: {q['kind']}, {q['expect']}"
    if not q["note"] or not all(isinstance(turn, str) and turn.strip() for turn in q["turns"]):
        yield "an empty turn or note"
    if (q["kind"] == "followup") != (len(q["turns"]) > 1):
        yield "follow-ups have several turns, the others one"
    if (q["score"] == "behaviour") == bool(q["gold_sql"]):
        yield "behaviour has no SQL, everything else has some"
    if q["score"] != "behaviour" and q["expect"] != "answer":
        yield "a gold answer where none is expected"


def check(set_dir: Path, dataset: str, tables: dict[str, str], write: bool) -> tuple[list[dict], list[str]]:
    path = set_dir / "questions" / f"{dataset}.jsonl"
    questions = [json.loads(line) for line in path.read_text().splitlines()]
    con = connect(set_dir, tables)
    faults = []
    for number, q in enumerate(questions, 1):
        faults += [f"{q['id']}: {fault}" for fault in shape_faults(q, dataset, number)]
        try:
            golds = [gold(q["score"], con.execute(sql).fetchall()) for sql in q["gold_sql"]]
        except (duckdb.Error, ValueError) as e:
            faults.append(f"{q['id']}: {e}")
            continue
        faults += [f"{q['id']}: trivial: {g}" for g in golds if trivial(q["score"], g)]
        if write:
            q["gold"] = golds
        elif not same(q["gold"], golds):
            faults.append(f"{q['id']}: gold {q['gold']} but the SQL gives {golds}")
    turns = Counter(tuple(q["turns"]) for q in questions)
    faults += [f"{dataset}: asked twice: {t}" for t, n in turns.items() if n > 1]
    if write:
        path.write_text("".join(json.dumps(q, ensure_ascii=False) + "\n" for q in questions))
    return questions, faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set_dir", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    counts: Counter[str] = Counter()
    faults = []
    for dataset, tables in json.loads((args.set_dir / "datasets.json").read_text()).items():
        questions, found = check(args.set_dir, dataset, tables, args.write)
        counts.update(q["kind"] for q in questions)
        faults += found
        sys.stdout.write(f"{dataset}: {len(questions)} questions\n")
    sys.stdout.write("".join(f"  {kind:16}{n:4}\n" for kind, n in sorted(counts.items())))
    sys.stdout.write(
        "".join(f"{fault}\n" for fault in faults) + f"{sum(counts.values())} questions, {len(faults)} faults\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
