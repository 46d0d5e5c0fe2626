"""The state store, members, and a workspace opened whole."""

from __future__ import annotations

import sqlite3
import threading

import pytest

from segue.tools.context import Context
from segue.tools.data.members import Members
from segue.tools.data.state import KEEP_TURNS, SCHEMA_VERSION, State
from segue.tools.errors import DataError, DefinitionError

PLAN = {"condition": {"kind": "label", "label": "churned"}}


@pytest.fixture
def state(tmp_path):
    made = State(tmp_path / ".segue" / "state.sqlite")
    made.prepare()
    return made


def save(state, **given):
    return state.save_segment(definition=PLAN, english="customers who left", size=3, data_version="v1", **given)


def test_segments_by_id_and_name_in_versions(state):
    first = save(state, name="Leavers")
    second = state.save_segment(
        definition={}, english="everyone", size=9, data_version="v2", name="Leavers", id=first.id
    )
    unnamed = save(state)
    assert (first.version, second.version, unnamed.name) == (1, 2, None)
    assert state.segment("leavers") == second and state.segment(first.id, 1) == first
    assert state.history("LEAVERS") == [first, second]
    assert state.segments() == [second]
    assert state.segments(named_only=False) == [second, unnamed]
    assert state.segment(unnamed.id) == unnamed


def test_names_are_taken_once(state):
    made = save(state, name="Leavers")
    with pytest.raises(DefinitionError, match="There is a segment 'leavers' already"):
        save(state, name="leavers")
    other = save(state)
    with pytest.raises(DefinitionError, match="already"):
        state.rename_segment(other.id, "LEAVERS")
    state.delete_segment(made.id)
    assert state.rename_segment(other.id, "Leavers").name == "Leavers"


def test_no_such_segment_offers_the_nearest(state):
    save(state, name="Leavers")
    with pytest.raises(DefinitionError, match=r"There is no segment 'Leaver'\. Did you mean 'Leavers'\?"):
        state.segment("Leaver")
    with pytest.raises(DefinitionError, match="has no version 7"):
        state.segment("Leavers", 7)


def test_a_conversation_keeps_its_last_turns_in_order(state):
    for number in range(KEEP_TURNS + 5):
        state.append_turn("c1", {"question": f"q{number}"})
    state.append_turn("c2", {"question": "é"})
    assert [t["question"] for t in state.turns("c1")] == [f"q{n}" for n in range(5, KEEP_TURNS + 5)]
    assert state.turns("c2") == [{"question": "é"}] and state.turns("c3") == []


def test_vocabulary_and_the_audit_log(state):
    state.teach("whales", {"top": 0.01}, by="ann")
    state.teach("Whales", {"top": 0.05}, by="bob")
    assert state.vocabulary() == {"Whales": {"top": 0.05}}
    assert state.forget("WHALES") and not state.forget("whales")
    state.log("cy", "asked", {"question": "?"})
    assert [(e["who"], e["what"]) for e in state.audit(last=3)] == [
        ("cy", "asked"),
        ("owner", "word forgotten"),
        ("bob", "word taught"),
    ]


def test_many_writers_lose_nothing(state):
    threads = [threading.Thread(target=lambda: [state.append_turn("c", {"n": 1}) for _ in range(5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(state.turns("c")) == 20


def test_a_failed_change_leaves_nothing(state):
    with pytest.raises(ValueError, match="JSON"):
        state.save_segment(definition={"x": float("nan")}, english="", size=0, data_version="v1")
    assert state.segments(named_only=False) == [] and state.audit() == []


def test_a_newer_state_is_refused(state):
    with sqlite3.connect(state.path) as c:
        c.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    c.close()
    with pytest.raises(DataError, match="was written by a newer Segue"):
        state.prepare()


def test_a_damaged_state_says_so(tmp_path):
    path = tmp_path / "state.sqlite"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(DataError, match="can't be used"):
        State(path).prepare()


def test_members_are_kept_by_segment_version_and_data_version(tmp_path):
    members = Members(tmp_path / "members")
    path = members.write("../s-1", 2, "v/1", [3, 5, 8])
    assert path.parent == tmp_path / "members" and len(list(path.parent.iterdir())) == 1
    assert members.read("../s-1", 2, "v/1").to_pylist() == [3, 5, 8]
    members.write("../s-1", 2, "v/1", ["a"])
    assert members.read("../s-1", 2, "v/1").to_pylist() == ["a"]
    with pytest.raises(DataError, match="were not kept for data version v2"):
        members.read("../s-1", 2, "v2")


def test_a_context_is_a_workspace_at_one_version(kit):
    from segue.tools.data.engine import Engine
    from segue.tools.data.ingest import refresh
    from segue.tools.semantic import modelfile
    from segue.tools.semantic.infer import infer

    kit.account(
        "orders.csv",
        "order_id,customer_id,ordered_at,amount\n"
        + "".join(f"o{i},c{i % 7},2024-01-{i % 28 + 1:02},{i}.5\n" for i in range(60)),
    )
    with pytest.raises(DefinitionError):  # no model file yet
        Context.open(kit.workspace.path)
    model, unsure = infer(kit.facts, Engine(kit.workspace.database(), kit.workspace.members_dir))
    modelfile.write(kit.workspace.model_path, model, unsure)
    context = Context.open(kit.workspace.path)
    assert context.data_version == kit.workspace.current_version()
    assert context.facts.tables == {"orders": 60} and context.model.entities["customer"].key == "orders.customer_id"
    assert context.engine.run(context.engine.table("orders").count().name("n").as_table()).to_pylist() == [{"n": 60}]
    refresh(kit.workspace)
    assert context.data_version != kit.workspace.current_version()
    assert context.engine.run(context.engine.table("orders").count().name("n").as_table()).to_pylist() == [{"n": 60}]
