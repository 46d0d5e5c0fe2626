"""Columns are typed as wholes: one table for what text becomes, and who is asked when it can be two things."""

from __future__ import annotations

import datetime as dt

import pytest

D, T = dt.date, dt.datetime


def typed(kit, cells, delimiter=","):
    quoted = [f'"{c}"' if delimiter in c else c for c in cells]
    account = kit.account("t.csv", f"k{delimiter}x\n" + "".join(f"r{i}{delimiter}{c}\n" for i, c in enumerate(quoted)))
    return kit.types("t")["x"], kit.column("t"), account


CASES = [
    (["1", "-2", "+3"], "integer", [1, -2, 3]),
    (["1.5", "2", ".5", "1e3"], "number", [1.5, 2.0, 0.5, 1000.0]),
    (["1,234.50", "12", "1,234,567.00"], "number", [1234.5, 12.0, 1234567.0]),
    (["1.234,50", "12", "1.234.567,00"], "number", [1234.5, 12.0, 1234567.0]),
    (["1 234,50", "12,00", "0,5"], "number", [1234.5, 12.0, 0.5]),
    (["1\u00a0234.50", "12.25"], "number", [1234.5, 12.25]),
    (["1'234.50", "7.25"], "number", [1234.5, 7.25]),
    (["12,34,567.50", "1.25"], "number", [1234567.5, 1.25]),
    (["1,234", "12", "1,000,000"], "integer", [1234, 12, 1000000]),
    (["$1,234.50", "-$2.25", "($3.00)"], "number", [1234.5, -2.25, -3.0]),
    (["€ 5,50", "€ 1.000,00"], "number", [5.5, 1000.0]),
    (["5,50 EUR", "6,25 EUR"], "number", [5.5, 6.25]),
    (["12.5%", "3%", "99.9%"], "number", [0.125, 0.03, 0.999]),
    (["12,5 %", "3 %"], "number", [0.125, 0.03]),
    (["5-", "3.25"], "number", [-5.0, 3.25]),
    (["true", "FALSE", "True"], "boolean", [True, False, True]),
    (["Yes", "No", "Yes"], "text", ["Yes", "No", "Yes"]),
    (["Y", "N"], "text", ["Y", "N"]),
    (["0", "1"], "integer", [0, 1]),
    (["Yes", "No", "No internet service"], "text", ["Yes", "No", "No internet service"]),
    (["00123", "45678"], "text", ["00123", "45678"]),
    (["+4412345678", "+4498765432"], "text", ["+4412345678", "+4498765432"]),
    (["9223372036854775807", "1"], "integer", [9223372036854775807, 1]),
    (["9223372036854775808", "1"], "text", ["9223372036854775808", "1"]),
    (["12345.0", "12346.0"], "number", [12345.0, 12346.0]),
    (["2024-01-31", "2024-02-01"], "date", [D(2024, 1, 31), D(2024, 2, 1)]),
    (["2024-01-31 10:15:00", "2024-02-01"], "timestamp", [T(2024, 1, 31, 10, 15), T(2024, 2, 1)]),
    (
        ["2024-01-31T10:15:30.250", "2024-02-01T00:00:00"],
        "timestamp",
        [T(2024, 1, 31, 10, 15, 30, 250000), T(2024, 2, 1)],
    ),
    (["2024-01-31 00:00:00", "2024-02-01 00:00:00"], "date", [D(2024, 1, 31), D(2024, 2, 1)]),
    (["2024-01-01T10:00:00Z", "2024-01-02T10:00:00+02:00"], "timestamp", [T(2024, 1, 1, 10), T(2024, 1, 2, 8)]),
    (["31/01/2024", "01/02/2024"], "date", [D(2024, 1, 31), D(2024, 2, 1)]),
    (["01/31/2024 8:05", "02/01/2024 18:05"], "timestamp", [T(2024, 1, 31, 8, 5), T(2024, 2, 1, 18, 5)]),
    (["1/31/2024 1:05 PM", "2/1/2024 12:00 AM"], "timestamp", [T(2024, 1, 31, 13, 5), T(2024, 2, 1)]),
    (["31.01.24", "01.02.24"], "date", [D(2024, 1, 31), D(2024, 2, 1)]),
    (["31-Jan-2024", "1-Feb-2024"], "date", [D(2024, 1, 31), D(2024, 2, 1)]),
    (["January 31, 2024", "Feb 1, 2024"], "date", [D(2024, 1, 31), D(2024, 2, 1)]),
    (["20240131", "20240201", "20240202"], "date", [D(2024, 1, 31), D(2024, 2, 1), D(2024, 2, 2)]),
    (["2024-01", "2024-02"], "date", [D(2024, 1, 1), D(2024, 2, 1)]),
    (["01/01/2024", "02/02/2024"], "date", [D(2024, 1, 1), D(2024, 2, 2)]),
    (["2024-02-30", "2024-02-31"], "text", ["2024-02-30", "2024-02-31"]),
    (["31/01/2024", "01/02/24"], "text", ["31/01/2024", "01/02/24"]),
    (["10:30", "11:45"], "text", ["10:30", "11:45"]),
    (["2", "", " ", "NA", "null", "None", "-", "?", "3"], "integer", [2, None, None, None, None, None, None, None, 3]),
    (["None", "Basic", "", "N/A"], "text", ["None", "Basic", None, None]),
    (["NA", "EU", "APAC", "LATAM"], "text", ["NA", "EU", "APAC", "LATAM"]),
    (["A563185", *(str(i) for i in range(200))], "text", ["A563185", *(str(i) for i in range(200))]),
    (["", "", ""], "text", [None, None, None]),
    (["5'10", "6'2"], "text", ["5'10", "6'2"]),
    (["1 2 3", "4 5 6"], "text", ["1 2 3", "4 5 6"]),
    (["0x1F", "0x2A"], "text", ["0x1F", "0x2A"]),
    (["1_000", "2_000"], "text", ["1_000", "2_000"]),
    (["=1+2", "@x"], "text", ["=1+2", "@x"]),
]


@pytest.mark.parametrize(("cells", "kind", "values"), CASES, ids=lambda v: str(v)[:40] if isinstance(v, list) else None)
def test_text_becomes(kit, cells, kind, values):
    found, read, _ = typed(kit, cells)
    assert (found, read) == (kind, values)


def test_a_semicolon_file_has_decimal_commas(kit):
    """1.234 alone could be either; beside 5,50 it is one thousand two hundred and thirty-four."""
    kit.account("t.csv", "a;b\n1.234;5,50\n2.500;6,25\n")
    assert kit.rows("t") == [(1234, 5.5), (2500, 6.25)]


def test_money_and_shares_are_known_as_such(kit):
    kit.account("t.csv", "a,b,c\n$1.50,20%,1\n$2.50,30%,2\n")
    facts = {f.column: (f.unit, f.currency) for f in kit.facts.columns("t")}
    assert facts == {"a": ("money", "$"), "b": ("share", None), "c": (None, None)}


def test_unfit_cells_are_named_by_their_line_also_behind_quoted_newlines(kit):
    rows = "".join(f'{i},"note\nof {i}",{i}.5\n' for i in range(200))
    account = kit.account("t.csv", "id,note,price\n" + rows + '200,"x\ny",oops\n')
    assert account[1] == "  1 cell read as missing: in price, not numbers as the others are (line 402)"


def test_mostly_numbers_stays_text_and_is_said(kit):
    _, values, account = typed(kit, [*(str(i) for i in range(95)), *["unknown"] * 5])
    assert values[0] == "0"
    assert account[-1] == "Unsure: t.x: 5 of 100 values are not whole numbers, such as 'unknown': kept as text."


def test_a_person_settles_an_ambiguous_date_and_refresh_asks_no_more(kit):
    asked = []

    def decide(question, choices):
        asked.append((question, list(choices)))
        return choices[1]

    kit.account("t.csv", "id,when\n1,01/02/2011\n2,03/04/2011\n", decide=decide)
    assert kit.column("t") == [D(2011, 1, 2), D(2011, 3, 4)]
    assert asked == [
        (
            "Which order do the dates in t.when have? Every one can be read in both.",
            ["day first: 01/02/2011 is 1 February", "month first: 01/02/2011 is 2 January"],
        )
    ]
    from segue.tools.data.ingest import refresh

    refresh(kit.workspace)
    assert kit.column("t") == [D(2011, 1, 2), D(2011, 3, 4)]


def test_one_late_day_settles_the_whole_column(kit):
    cells = ["01/02/2011"] * 50_000 + ["13/02/2011"]
    kit.account("t.csv", "k,x\n" + "".join(f"r,{c}\n" for c in cells))
    assert kit.types("t")["x"] == "date"
    assert kit.facts.column("t.x").minimum == D(2011, 2, 1)


def test_a_column_that_is_nearly_always_blank_is_still_typed(kit):
    kit.account("t.csv", "k,left\n" + "".join(f"r{i},\n" for i in range(45_000)) + "z,2024-03-01\n")
    assert kit.types("t")["left"] == "date"
