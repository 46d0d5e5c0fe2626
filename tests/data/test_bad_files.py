"""A pile of bad files: each is refused, or loaded with its whole account."""

from __future__ import annotations

import gzip

import pytest

from segue.tools.errors import DataError

WIDE = ",".join(f"c{i}" for i in range(2000)) + "\n" + (",".join(str(i) for i in range(2000)) + "\n") * 2
HOSTILE = (
    '"a; DROP TABLE x;--","b""q","'
    + "x" * 200
    + '","😀","../../etc/passwd","a.b","new\nline","\'; --"\n1,2,3,4,5,6,7,8\n'
)

LOADED: dict[str, tuple[str | bytes, list[str]]] = {
    "ragged.csv": (
        "id,name,amount\n1,Ann,3.5\n2,Bob\n3,Cy,4.5,extra\n4,Di,2.5\n",
        [
            "ragged: 4 rows read from ragged.csv, 2 kept, 2 rows left out",
            "  1 row left out: too few cells (line 3)",
            "  1 row left out: too many cells (line 4)",
        ],
    ),
    "byte_order_mark.csv": (
        b"\xef\xbb\xbfid,name\n1,Zo\xc3\xab\n",
        ["byte_order_mark: 1 row read from byte_order_mark.csv, 1 kept", "  Read as UTF-8 with a byte order mark."],
    ),
    "utf16.csv": (
        "id,name\n1,Zoë\n".encode("utf-16"),
        ["utf16: 1 row read from utf16.csv, 1 kept", "  Read as UTF-16."],
    ),
    "utf16be.csv": (
        "id,name\n1,Zoë\n".encode("utf-16-be"),
        ["utf16be: 1 row read from utf16be.csv, 1 kept", "  Read as UTF-16."],
    ),
    "latin.csv": (
        "id,name\n1,Zoë\n2,Café\n".encode("latin-1"),
        ["latin: 2 rows read from latin.csv, 2 kept", "  Read as Windows-1252, or Latin-1 (it is not UTF-8)."],
    ),
    "spoilt.csv": (
        "id,name\n1,Zoë\n2,Café\n3,x".encode() + b"\xff\xfe\n4,Z\n",
        [
            "spoilt: 4 rows read from spoilt.csv, 4 kept",
            "  1 line holds bytes that are no characters, kept as \ufffd (the first: line 4).",
        ],
    ),
    "nul.csv": (
        b"a,b\n1,x\x00y\n2,z\n",
        ["nul: 2 rows read from nul.csv, 2 kept", "  Characters of no meaning (NUL) dropped: 1."],
    ),
    "padded.csv": (
        "id,name,,\n1,a,,\n,,,\n,,,\n2,b,,\n,,,\n",
        [
            "padded: 5 rows read from padded.csv, 2 kept, 3 rows left out",
            "  3 rows left out: blank (lines 3, 4 and 6)",
            "  2 columns without a name and without a value left out.",
        ],
    ),
    "headers.csv": (
        "id,ID,,name,name,Name,name_2\n1,2,3,4,5,6,7\n",
        [
            "headers: 1 row read from headers.csv, 1 kept",
            "  Column 2 is called 'ID', as another is: renamed ID_2.",
            "  Column 3 has no header: named column_3.",
            "  Column 5 is called 'name', as another is: renamed name_3.",
            "  Column 6 is called 'Name', as another is: renamed Name_4.",
        ],
    ),
    "header_again.csv": (
        "id,name\n1,a\nid,name\n2,b\n",
        [
            "header_again: 3 rows read from header_again.csv, 2 kept, 1 row left out",
            "  1 row left out: the header again (line 3)",
        ],
    ),
    "one_row.csv": ("a,b\n1,x\n", ["one_row: 1 row read from one_row.csv, 1 kept"]),
    "no_header.csv": (
        "1,2\n3,4\n",
        [
            "no_header: 2 rows read from no_header.csv, 2 kept",
            "  No row names the columns: they are column_1 to column_2.",
        ],
    ),
    "title.csv": (
        "Sales 2024\n\nid,name,amount\n1,a,2\n2,b,3\n",
        [
            "title: 4 rows read from title.csv, 2 kept, 2 rows left out",
            "  1 row left out: above the header (line 1)",
            "  1 row left out: blank (line 2)",
        ],
    ),
    "padded_title.csv": (
        "Sales 2024,,\nid,name,amount\n1,a,2\n2,b,3\n",
        [
            "padded_title: 3 rows read from padded_title.csv, 2 kept, 1 row left out",
            "  1 row left out: above the header (line 1)",
        ],
    ),
    "quotes.csv": (
        'id,name\n1,"a"\n2,"5" pipe"\n3,5" pipe\n4,"unclosed\n5,"fine, ok"\n6,"two\nlines"\n7,x\n',
        [
            "quotes: 7 rows read from quotes.csv, 7 kept",
            "  2 lines have quotes that don't follow the rules; the cells are kept as written.",
        ],
    ),
    "unclosed.csv": (
        'id,name,n\n1,"a, b,9\n2,c,3\n4,d,5\n',
        [
            "unclosed: 3 rows read from unclosed.csv, 2 kept, 1 row left out",
            "  1 row left out: quotes that don't close or don't follow the rules (line 2)",
        ],
    ),
    "names_longer.csv": (
        "a,b\nr1,1,2\nr2,3,4\n",
        ["names_longer: 2 rows read from names_longer.csv, 2 kept", "  Column 3 has no header: named column_3."],
    ),
    "rows_shorter.csv": (
        "a,b,c\n1,2\n3,4\n5,6\n7,8,9\n",
        [
            "rows_shorter: 4 rows read from rows_shorter.csv, 4 kept",
            "  Rows shorter than the header are common: their last columns are read as missing.",
        ],
    ),
    "trailing.csv": (
        "a,b\n1,2,\n3,4,\n5,6,\n",
        ["trailing: 3 rows read from trailing.csv, 3 kept", "  1 column without a name and without a value left out."],
    ),
    "mixed_types.csv": (
        "id,qty,price\n" + "".join(f"{i},{i},{i}.5\n" for i in range(300)) + "300,many,1.5\n301,5,oops\n",
        [
            "mixed_types: 302 rows read from mixed_types.csv, 302 kept",
            "  1 cell read as missing: in qty, not whole numbers as the others are (line 302)",
            "  1 cell read as missing: in price, not numbers as the others are (line 303)",
        ],
    ),
    "not_numbers.csv": (
        "id,x\n1,NaN\n2,inf\n3,1.5\n4,-\n5,None\n6,N/A\n",
        [
            "not_numbers: 6 rows read from not_numbers.csv, 6 kept",
            "  x: 5 cells that say there is no value (-, N/A, NaN) are missing.",
        ],
    ),
    "duplicates.csv": (
        "a,b\n1,x\n1,x\n2,X\n",
        [
            "duplicates: 3 rows read from duplicates.csv, 3 kept",
            "  1 row repeats an earlier one exactly; kept.",
            "  b: 1 value is spelled in ways that differ by case alone, such as 'X' and 'x'; kept apart.",
        ],
    ),
    "ambiguous.csv": (
        "id,when\n1,01/02/2011\n2,03/04/2011\n",
        [
            "ambiguous: 2 rows read from ambiguous.csv, 2 kept",
            "Unsure: ambiguous.when: dates that can be read day first or month first (01/02/2011): kept as text.",
        ],
    ),
    "both_orders.csv": (
        "id,when\n" + "".join(f"{i},13/0{i % 9 + 1}/2011\n" for i in range(300)) + "301,02/14/2011\n",
        [
            "both_orders: 301 rows read from both_orders.csv, 301 kept",
            "Unsure: both_orders.when: dates in both orders, day first and month first: kept as text.",
        ],
    ),
    "currencies.csv": (
        "id,paid\n1,$5\n2,€6\n",
        [
            "currencies: 2 rows read from currencies.csv, 2 kept",
            "Unsure: currencies.paid: amounts in several currencies ($ and €): kept as text.",
        ],
    ),
    "wide.csv": (WIDE, ["wide: 2 rows read from wide.csv, 2 kept", "  1 row repeats an earlier one exactly; kept."]),
    "hostile.csv": (
        HOSTILE,
        [
            "hostile: 1 row read from hostile.csv, 1 kept",
            "  Column 7's header was cleaned of odd characters or shortened: named new line.",
        ],
    ),
    "broken.jsonl": (
        '{"id": 1, "tags": ["a", "b"]}\n{"id": 2\n\n{"id": 3, "at": {"city": "X"}}\n',
        ["broken: 3 rows read from broken.jsonl, 2 kept, 1 row left out", "  1 row left out: no JSON object (line 2)"],
    ),
    "packed.csv.gz": (gzip.compress(b"a,b\n1,2\n", mtime=0), ["packed: 1 row read from packed.csv.gz, 1 kept"]),
}

REFUSED: dict[str, tuple[str | bytes, str]] = {
    "empty.csv": ("", "empty.csv is empty. Take it out, or export it again."),
    "blanks.csv": ("  \n\n,,\n", "blanks.csv is empty. Take it out, or export it again."),
    "header.csv": (
        "a,b,c\n",
        "There are no rows in header.csv: names of columns at most. Give a file with rows below its header.",
    ),
    "binary.csv": (
        bytes(range(256)) * 50,
        "binary.csv is no text file. Save it as CSV, Excel (.xlsx), Parquet, JSON, SQLite or DuckDB.",
    ),
    "broken.json": ('[{"id": 1},\n{"id": 2', "broken.json is no JSON: it breaks off in line 2. Export it again."),
    "bare.json": (
        "[1, 2]",
        'bare.json holds no list of records. Give a list such as [{"customer": 1, "spent": 20}, ...].',
    ),
    "empty.jsonl": ("{}\n{}\n", "empty.jsonl holds no record. Give one JSON object a line."),
    "broken.parquet": (
        b"PAR1 and no more",
        "broken.parquet can't be read as Parquet: it is damaged or of another kind. Write it again.",
    ),
    "broken.csv.gz": (
        b"no gzip",
        "broken.csv.gz can't be unpacked (Not a gzipped file (b'no'))."
        " Export it again: the file is damaged or is no gzip file.",
    ),
    "broken.duckdb": (
        b"no database " * 500,
        "broken.duckdb can't be opened as DuckDB: it is no DuckDB file, a newer one, or another program has it open."
        " Close the other program, or export its tables as Parquet.",
    ),
    "broken.sqlite": (
        b"no database",
        "broken.sqlite is no SQLite file. Name the right file, or export its tables as CSV.",
    ),
    "broken.xlsx": (
        b"no workbook",
        "broken.xlsx can't be opened: it is damaged, has a password, or is no .xlsx workbook. Save it again as .xlsx without a password.",
    ),
    "old.xls": (b"abc", "old.xls is of a kind that Segue does not read. Open it in Excel and save it as .xlsx or CSV."),
    "shapeless.csv": (
        'a,b,c\n1,"2\n3,"4\n5,"6\n',
        "No row of shapeless.csv fits its header: quotes that don't close or don't follow the rules (lines 2, 3 and 4)."
        " See that every line has the same number of cells, and export it again.",
    ),
}


@pytest.mark.parametrize("name", LOADED)
def test_loaded_with_its_account(kit, name):
    content, account = LOADED[name]
    assert kit.account(name, content) == account


@pytest.mark.parametrize("name", REFUSED)
def test_refused_and_nothing_left(kit, name):
    content, message = REFUSED[name]
    with pytest.raises(DataError) as refused:
        kit.read(kit.file(name, content))
    assert str(refused.value) == message
    assert not kit.workspace.path.exists()


def test_one_bad_file_refuses_them_all(kit):
    good, bad = kit.file("good.csv", "a,b\n1,2\n"), kit.file("bad.csv", "")
    with pytest.raises(DataError, match=r"bad\.csv is empty"):
        kit.read(good, bad)
    assert not kit.workspace.path.exists()


def test_what_is_not_there(kit):
    with pytest.raises(DataError, match=r"There is no file or folder .*nowhere\.csv\. See that its name is right\."):
        kit.read(kit.root / "nowhere.csv")


def test_a_header_only_file_among_others_is_an_empty_table(kit):
    kit.read(kit.file("orders.csv", "id,paid\n1,2\n"), kit.file("returns.csv", "id,reason\n"))
    assert kit.facts.tables == {"orders": 1, "returns": 0}
    assert kit.types("returns") == {"id": "text", "reason": "text"}


def test_hostile_names_are_the_columns_names(kit):
    kit.read(kit.file("hostile.csv", HOSTILE))
    names = ["a; DROP TABLE x;--", 'b"q', "x" * 200, "😀", "../../etc/passwd", "a.b", "new line", "'; --"]
    assert [f.column for f in kit.facts.columns("hostile")] == names
    assert kit.facts.column("hostile.a.b").maximum == 6


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("'; DROP TABLE x; --.csv", "drop_table_x"),
        ("2024 Sales (EU).csv", "t_2024_sales_eu"),
        ("客户.csv", "table"),
        ("OrderLines.csv", "order_lines"),
        ("a[1]*?.csv", "a_1"),
        ("Été.csv", "ete"),
    ],
)
def test_hostile_file_names(kit, name, table):
    kit.read(kit.file(name, "a,b\n1,2\n"))
    assert kit.facts.tables == {table: 1}


def test_names_that_meet_get_numbers(kit):
    kit.read(kit.file("x/Orders.csv", "a,b\n1,2\n"), kit.file("y/orders.csv", "a,b\n1,2\n3,4\n"))
    assert kit.facts.tables == {"orders": 1, "orders_2": 2}
