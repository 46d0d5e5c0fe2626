"""From files to answers, each command as a person runs it."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pexpect
import pytest

from tests.cli.conftest import CUSTOMERS, SEGUE, Done, Run, segue

LEFT = sorted(n for n in range(1, 61) if n % 4 == 0)


def asked(run: Run, shop: Path, *arguments: str, code: int = 0) -> Any:
    """The Answer to `segue ask --json`."""
    done = run("ask", "--json", *arguments, cwd=shop / "shop")
    assert (done.returncode, done.stderr) == (code, ""), done
    return json.loads(done.stdout)


def test_init_tells_what_it_read_and_understood(made_shop: tuple[Path, Done]) -> None:
    folder, done = made_shop
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        "Read:",
        "  customers: 60 rows read from customers.csv, 60 kept",
        "  orders: 300 rows read from orders.csv, 300 kept",
    ]
    assert "Understood:" in lines
    assert any(line.split(None, 1) == ["revenue", "the sum of orders.amount"] for line in lines)
    assert lines[-1] == "shop/segue.yaml says what each column means: look it over, then ask."
    assert (folder / "shop" / "segue.yaml").is_file()


def test_init_over_a_workspace_names_refresh_and_force(shop: Path, run: Run) -> None:
    before = (shop / "shop" / ".segue" / "current").read_text()
    done = run("init", "--workspace", "shop", "files", cwd=shop)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "segue: There is a workspace in shop already.\n       `segue refresh` reads its sources again; --force makes it anew.\n"
    )
    assert (shop / "shop" / ".segue" / "current").read_text() == before


def test_init_force_keeps_the_old_model_file_beside_the_new(shop: Path, run: Run) -> None:
    model = shop / "shop" / "segue.yaml"
    model.write_text(model.read_text() + "# mine\n")
    assert run("init", "--force", "--workspace", "shop", "files", cwd=shop).returncode == 0
    assert "# mine" not in model.read_text()
    assert model.with_name("segue.before.yaml").read_text().endswith("# mine\n")


@pytest.mark.parametrize("source", ["nothing.csv", "empty.csv", "picture.png"])
def test_what_cannot_be_read_is_named_and_leaves_no_workspace(tmp_path: Path, source: str, run: Run) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01")
    done = run("init", "--workspace", "w", source, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert source in done.stderr
    assert len(done.stderr.splitlines()) == 2, "what, and the mend"
    assert not (tmp_path / "w").exists()


def test_an_answer_keeps_the_contract(shop: Path, shared: Path, run: Run) -> None:
    schema = json.loads((shared / "contract" / "answer.schema.json").read_text())
    for question in ("How many customers are there?", "Revenue by country", "Which customers have left?"):
        jsonschema.validate(asked(run, shop, question), schema)


def test_a_pipe_gets_the_reply_and_the_table(shop: Path, run: Run) -> None:
    done = run("ask", "-", cwd=shop / "shop", input="Revenue by channel\n")
    assert (done.returncode, done.stderr) == (0, "")
    table = [line.split() for line in done.stdout.splitlines() if line.startswith(("channel", "Web", "Store"))]
    assert table[-3:] == [["channel", "revenue"], ["Store", "5,325.00"], ["Web", "5,175.00"]]


def test_a_question_that_the_data_cannot_answer_is_3(shop: Path, run: Run) -> None:
    answer = asked(run, shop, "What will the weather be like in Paris?", code=3)
    assert answer["status"] in ("declined", "clarify")
    assert answer["headline"] is None


def test_a_conversation_goes_on_in_a_new_process(shop: Path, run: Run) -> None:
    asked(run, shop, "-c", "talk", "How many customers are there?")
    done = segue("ask", "--json", "-c", "talk", "and by country?", "--workspace", "shop", cwd=shop)
    answer = json.loads(done.stdout)
    assert answer["conversation"] == "talk"
    assert sorted(answer["evidence"][0]["rows"]) == [["France", 20], ["Ireland", 20], ["Spain", 20]]


def test_lines_are_answered_in_order_one_a_line(shop: Path, run: Run) -> None:
    lines = [
        {"id": "a", "conversation": "one", "question": "How many customers are there?"},
        {"id": "b", "conversation": "one", "question": "and by country?"},
    ]
    given = json.dumps(lines[0]) + "\nnot json\n\n" + json.dumps(lines[1]) + "\n"
    done = run("--workspace", "shop", "ask", "--jsonl", cwd=shop, input=given)
    assert (done.returncode, done.stderr) == (0, "")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(a["id"], a["status"]) for a in answers] == [("a", "answered"), (None, "failed"), ("b", "answered")]
    assert answers[0]["headline"]["value"] == 60
    assert answers[2]["evidence"][0]["row_count"] == 3


def test_members_of_the_segment_that_a_question_made(shop: Path, run: Run) -> None:
    answer = asked(run, shop, "Which customers have left?")
    segment = answer["segment"]
    assert segment["size"] == len(LEFT)
    printed = run("segment", "members", segment["id"], "--workspace", "shop", cwd=shop)
    assert [row[0] for row in csv.reader(io.StringIO(printed.stdout))] == ["customer_id", *map(str, LEFT)]
    as_json = run("segment", "members", segment["id"], "--format", "json", "--workspace", "shop", cwd=shop)
    assert json.loads(as_json.stdout) == LEFT
    shown = json.loads(run("segment", "show", segment["id"], "--json", "--workspace", "shop", cwd=shop).stdout)
    assert (shown["id"], shown["size"], shown["version"]) == (segment["id"], len(LEFT), 1)
    assert json.loads(run("segment", "list", "--json", "--workspace", "shop", cwd=shop).stdout) == []


def test_refresh_reports_who_moved_and_keeps_edits(shop: Path, run: Run) -> None:
    from segue.tools.data.state import State

    segment = asked(run, shop, "Which customers have left?")["segment"]
    State(shop / "shop" / ".segue" / "state.sqlite").rename_segment(segment["id"], "Leavers")
    model = shop / "shop" / "segue.yaml"
    model.write_text(model.read_text().replace("# named figures", "# our figures"))
    stayed = CUSTOMERS.replace("\n4,Name 4,Ireland,Yes", "\n4,Name 4,Ireland,No")
    (shop / "files" / "customers.csv").write_text(stayed + "61,New,Spain,Yes\n62,New,Spain,Yes\n")
    done = run("refresh", "--workspace", "shop", cwd=shop)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-2:] == ["Segments:", "  Leavers: 15 before, 16 now; 2 joined, 1 left"]
    assert "# our figures" in model.read_text()
    members = run("segment", "members", "Leavers", "--workspace", "shop", cwd=shop)
    assert members.stdout.splitlines() == ["customer_id", *map(str, [*LEFT[1:], 61, 62])]
    listed = json.loads(run("segment", "list", "--json", "--workspace", "shop", cwd=shop).stdout)
    assert [(s["name"], s["size"]) for s in listed] == [("Leavers", 16)]


def test_check_names_file_key_and_nearest(shop: Path, run: Run) -> None:
    fine = run("check", "--workspace", "shop", cwd=shop)
    assert (fine.returncode, fine.stderr) == (0, "")
    assert fine.stdout.splitlines()[-1].startswith("segue.yaml holds together: 2 tables, 1 joins, ")
    model = shop / "shop" / "segue.yaml"
    model.write_text(model.read_text().replace("of: orders.amount", "of: orders.amont"))
    broken = run("check", "--workspace", "shop", cwd=shop)
    assert (broken.returncode, broken.stdout) == (4, "")
    assert "segue.yaml, line " in broken.stderr
    assert "metrics.revenue.of" in broken.stderr
    assert "Did you mean 'amount'?" in broken.stderr
    assert run("ask", "How many customers are there?", "--workspace", "shop", cwd=shop).returncode == 4


def test_doctor_says_what_works(shop: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGUE_CHATMODEL", "x")
    done = run("doctor", "--workspace", "shop", cwd=shop)
    assert done.returncode == 1
    states = {line[8:18].strip(): line[:6].strip() for line in done.stdout.splitlines() if line[:6].strip()}
    assert states == {
        "versions": "ok",
        "workspace": "ok",
        "model file": "ok",
        "data": "ok",
        "chat model": "ok",
        "settings": "broken",
        "slack": "off",
    }
    assert "Nothing reads SEGUE_CHATMODEL. Did you mean 'SEGUE_CHAT_MODEL'?" in done.stdout


def test_ctrl_c_ends_a_question_with_130(shop: Path) -> None:
    arguments = ["ask", "Revenue by country", "--workspace", str(shop / "shop")]
    child = pexpect.spawn(SEGUE, arguments, env=os.environ | {"TERM": "xterm"}, encoding="utf-8", timeout=30)
    child.expect_exact("Opening the workspace")
    child.send("\x03")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130


def test_a_terminal_is_asked_about_dates_that_read_both_ways(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n % 12 + 1:02d}/{(n * 5) % 12 + 1:02d}/2025,{n}\n" for n in range(40))
    (tmp_path / "sales.csv").write_text("customer_id,sold_on,amount\n" + rows)
    child = pexpect.spawn(SEGUE, ["init", "--workspace", "w", "sales.csv"], cwd=str(tmp_path), encoding="utf-8", timeout=30)
    child.expect_exact("Which order do the dates in sales.sold_on have?")
    child.expect_exact("1 to 2, or Enter to leave it open: ")
    child.send("3\r")
    child.expect_exact("1 to 2, or Enter to leave it open: ")
    child.send("1\r")
    child.expect_exact("the last day in sales.sold_on")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    quiet = segue("init", "--yes", "--workspace", "w2", "sales.csv", cwd=tmp_path)
    assert "Unsure of:" in quiet.stdout
    assert "sales.sold_on: dates that can be read day first or month first" in quiet.stdout

