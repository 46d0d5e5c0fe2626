"""Each kind of source, folders of them, and the real data sets."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3

import duckdb
import openpyxl
import pytest

from segue.tools.errors import DataError


def book(kit, name, **sheets):
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = kit.root / name
    made.save(path)
    return path


def test_parquet_keeps_its_types(kit):
    path = kit.root / "p.parquet"
    duckdb.execute(
        f"""COPY (SELECT * FROM (VALUES
            (1::INTEGER, 2.55::FLOAT, 'NaN'::DOUBLE, 1.10::DECIMAL(9,2), '5', 'A1', TIMESTAMP '2024-01-01 10:00', [1, 2], 12345.0::DOUBLE),
            (2, 3.5, 1.5, 2.20, '6', '7', TIMESTAMP '2024-01-02 10:00', NULL, 12346.0)) t(i, f, d, dec, num, code, made, l, key)) TO '{path}'"""
    )
    account = kit.read(path)
    assert account.lines() == [
        "p: 2 rows read from p.parquet, 2 kept",
        "  1 cell read as missing: in d, NaN or infinite (line 1)",
        "  l: lists or records, kept as JSON text.",
    ]
    assert kit.types("p") == {
        "i": "integer", "f": "number", "d": "number", "dec": "number", "num": "integer", "code": "text", "made": "timestamp",
        "l": "text", "key": "number",
    }  # fmt: skip
    assert kit.rows("p")[0] == (1, 2.55, None, 1.1, 5, "A1", dt.datetime(2024, 1, 1, 10), "[1,2]", 12345.0)
    assert kit.facts.column("p.key").whole and not kit.facts.column("p.d").whole


def test_excel_reads_every_sheet_with_a_table(kit):
    path = book(
        kit,
        "shop.xlsx",
        Orders=[
            ["Sales report"],
            [],
            ["id", "when", "paid"],
            [1, dt.datetime(2024, 1, 2, 3, 4), 2.5],
            [None, None, None],
            [2, dt.datetime(2024, 2, 3), 3],
        ],
        Dictionary=[["field", "meaning"], ["paid", "what was paid"]],
        Notes=[["Made by hand"]],
    )
    assert kit.read(path).lines() == [
        "orders: 4 rows read from shop.xlsx, sheet Orders, 2 kept, 2 rows left out",
        "  1 row left out: above the header (line 1)",
        "  1 row left out: blank (line 5)",
        "  Sheet Notes of shop.xlsx holds no table: passed over.",
        "dictionary: 1 row read from shop.xlsx, sheet Dictionary, 1 kept",
    ]
    assert kit.rows("orders") == [(1, dt.datetime(2024, 1, 2, 3, 4), 2.5), (2, dt.datetime(2024, 2, 3), 3.0)]


def test_excel_with_one_table_is_named_by_its_file(kit):
    kit.read(book(kit, "Key accounts.xlsx", Sheet1=[["id", "code"], [1, "007"], [2, "008"]]))
    assert kit.rows("key_accounts") == [(1, "007"), (2, "008")]


def test_excel_says_which_formulas_have_no_value(kit):
    path = book(kit, "f.xlsx", S=[["a", "b"], [1, "=A2*2"], [2, "=A3*2"]])
    assert (
        kit.read(path).lines()[1]
        == "  2 formulas have no saved value (the first in row 2): open f.xlsx in Excel and save it."
    )


def test_excel_without_a_table_is_refused(kit):
    with pytest.raises(DataError, match=r"n\.xlsx holds no sheet with a table"):
        kit.read(book(kit, "n.xlsx", Notes=[["only words"]]))


def test_sqlite_reads_every_table(kit):
    path = kit.root / "shop.db"
    with sqlite3.connect(path) as c:
        c.executescript(
            "CREATE TABLE people (id INTEGER, joined TEXT, score REAL, photo BLOB);"
            "INSERT INTO people VALUES (1, '2024-01-02', 1.5, x'00'), (2, '2024-02-03', NULL, NULL);"
            "CREATE TABLE \"odd; name\" (a, b); INSERT INTO \"odd; name\" VALUES (1, 'x'), ('y', 2);"
            "CREATE TABLE mixed (n INTEGER); INSERT INTO mixed VALUES (1), ('two');"
        )
    c.close()
    kit.read(path)
    assert kit.rows("people") == [(1, dt.date(2024, 1, 2), 1.5, None), (2, dt.date(2024, 2, 3), None, None)]
    assert kit.rows("odd_name") == [("1", "x"), ("y", "2")]
    assert kit.rows("mixed") == [("1",), ("two",)]


def test_duckdb_reads_tables_and_passes_over_views(kit):
    path = kit.root / "shop.duckdb"
    with duckdb.connect(str(path)) as c:
        c.execute("CREATE TABLE sales AS SELECT 1::BIGINT id, DATE '2024-01-02' d, true b")
        c.execute("CREATE SCHEMA other; CREATE TABLE other.sales AS SELECT 2::BIGINT id")
        c.execute("CREATE VIEW peek AS SELECT * FROM sales")
    assert kit.read(path).lines() == [
        "sales: 1 row read from shop.duckdb, table sales, 1 kept",
        "  View peek is passed over: only tables are read.",
        "sales_2: 1 row read from shop.duckdb, table sales, 1 kept",
    ]
    assert kit.rows("sales") == [(1, dt.date(2024, 1, 2), True)]


def test_json_documents(kit):
    data = {"people": [{"id": 1, "at": {"city": "X"}}, {"id": 2, "ok": True}], "orders": [{"n": 1.0}, {"n": 2.5}]}
    kit.read(kit.file("d.json", json.dumps(data)))
    assert kit.rows("people") == [(1, "X", None), (2, None, True)]
    assert kit.rows("orders") == [(1.0,), (2.5,)]


def test_a_folder_and_what_is_passed_over_in_it(kit):
    kit.file("a.csv", "x,y\n1,2\n")
    kit.file("inner/b.tsv", "x\ty\n1\t2\n")
    kit.file("readme.md", "words")
    kit.file(".hidden.csv", "")
    account = kit.read(kit.root / "files")
    assert kit.facts.tables == {"a": 1, "b": 1}
    assert account.notes == (
        "readme.md: passed over, as it is no CSV, TSV, Parquet, JSON, JSONL, Excel (.xlsx), SQLite or DuckDB file.",
    )


@pytest.mark.parametrize(
    ("name", "text", "rows"),
    [
        ("semicolons.csv", "a;b\n1;x, y\n2;z\n", [(1, "x, y"), (2, "z")]),
        ("tabs.txt", "a\tb\n1\tx, y\n2\tz\n", [(1, "x, y"), (2, "z")]),
        ("pipes.txt", "a|b\n1|2\n3|4\n", [(1, 2), (3, 4)]),
        ("sep.csv", "sep=;\na;b\n1;2\n3;4\n", [(1, 2), (3, 4)]),
        ("mac.csv", "a,b\r1,2\r3,4\r", [(1, 2), (3, 4)]),
        ("windows.csv", 'a,b\r\n1,"x\r\ny"\r\n3,4\r\n', [(1, "x\r\ny"), (3, "4")]),
        ("mixed_ends.csv", "a,b\r\n1,2\n3,4\r\n", [(1, 2), (3, 4)]),
        ("words.csv", "name\nAnn Smith\nBob\n", [("Ann Smith",), ("Bob",)]),
        (
            "blanks.txt",
            " 001 19970101  2 \n 002 19970118  3\n 003 19970119  3\n",
            [("001", dt.date(1997, 1, 1), 2), ("002", dt.date(1997, 1, 18), 3), ("003", dt.date(1997, 1, 19), 3)],
        ),
        ("years.csv", "country,2019,2020\nDE,5,6\nFR,7,8\n", [("DE", 5, 6), ("FR", 7, 8)]),
        ("slashes.csv", 'id,name\n1,"say \\"hi\\", ok"\n2,b\n', [(1, 'say "hi", ok'), (2, "b")]),
    ],
)  # fmt: skip
def test_layouts(kit, name, text, rows):
    kit.read(kit.file(name, text))
    (table,) = kit.facts.tables
    assert kit.rows(table) == rows


def test_retail(kit, shared):
    account = kit.read(shared / "retail1011" / "transactions.parquet")
    table = account.tables[0]
    assert (table.rows_read, table.rows_kept) == (541_909, 541_909)
    assert "5,268 rows repeat an earlier one exactly; kept." in table.notes
    customer = kit.facts.column("transactions.CustomerID")
    assert (customer.type, customer.distinct, customer.missing, customer.whole) == ("number", 4372, 135_080, True)
    assert kit.facts.column("transactions.InvoiceNo").distinct == 25_900


def test_telco(kit, shared):
    kit.read(shared / "telco" / "customers.csv")
    charges, churn = kit.facts.column("customers.TotalCharges"), kit.facts.column("customers.Churn")
    assert (charges.type, charges.missing) == ("number", 11)
    assert (churn.type, churn.flag, churn.top) == ("text", True, (("No", 5174), ("Yes", 1869)))
    assert kit.facts.values("customers.OnlineSecurity") == [("No", 3498), ("Yes", 2019), ("No internet service", 1526)]


def test_olist(kit, shared):
    kit.read(shared / "olist")
    assert kit.facts.tables == {
        "category_names": 71, "customers": 4000, "order_items": 4519, "orders": 4000, "payments": 4161, "products": 3132, "reviews": 3986,
    }  # fmt: skip
    assert kit.types("orders")["order_purchase_timestamp"] == "timestamp"
    assert kit.types("customers")["customer_zip_code_prefix"] == "text"


def test_cdnow(kit, shared):
    assert kit.read(shared / "cdnow").lines() == [
        "cdnow_sample: 6,919 rows read from CDNOW_sample.txt, 6,919 kept",
        "  No row names the columns: they are column_1 to column_5.",
        "  21 rows repeat an earlier one exactly; kept.",
    ]
    assert list(kit.types("cdnow_sample").values()) == ["text", "text", "date", "integer", "number"]
