"""The tools as a chat model knows them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segue.tools import registry
from segue.tools.errors import CancelledError, QuestionError
from segue.tools.registry import INVALID, provider_schemas, tools_for
from segue.tools.results import Result
from tests.assistant.kit import REVENUE, TOTAL, by_country, make_context

SNAPSHOT = Path(__file__).with_name("tools.json")


def test_the_tools_are_what_the_snapshot_says() -> None:
    """The chat model's contract. Where a change is meant: write `json.dumps(provider_schemas(), indent=1)` to tools.json."""
    assert json.loads(json.dumps(provider_schemas())) == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for value in schema.values():
            yield from _objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _objects(value)


def test_every_argument_is_described() -> None:
    silent = {
        f"{tool['function']['name']}: {name} of {thing.get('description', '?')[:40]}"
        for tool in provider_schemas()
        for thing in _objects(tool["function"]["parameters"])
        for name, spec in thing["properties"].items()
        if name != "kind" and "description" not in spec and not re.search(rf"\b{name}\b", thing.get("description", ""))
    }
    assert silent == set()


def test_the_schemas_are_small_enough_to_send() -> None:
    assert len(json.dumps(provider_schemas())) < 100_000


def test_a_tool_message_carries_the_result_and_tells_the_builtin_model_nothing_else(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(registry.Tool, "run", lambda self, context, plan: by_country(context, plan))
    steps: list[str] = []
    seen: list[Result] = []

    def see(result: Result) -> Result:
        seen.append(result)
        return result

    query = tools_for(make_context(tmp_path), see=see, step=steps.append)[0]
    message = query.invoke({"name": "query", "args": REVENUE, "id": "1", "type": "tool_call"})
    assert message.content == ""
    assert message.artifact == seen[0]
    assert steps == ["Working out revenue by country"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({**TOTAL, "colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"measures": []}, "measures: List should have at least 1 item after validation, not 0"),
        ({}, "measures: Field required"),
    ],
)
def test_wrong_arguments_are_a_message(tmp_path: Path, arguments: dict[str, Any], said: str) -> None:
    query = tools_for(make_context(tmp_path))[0]
    message = query.invoke({"name": "query", "args": arguments, "id": "1", "type": "tool_call"})
    assert (message.status, message.content) == ("error", INVALID + said)


def test_expected_errors_are_messages_and_others_propagate(tmp_path: Path, monkeypatch: Any) -> None:
    raised: list[Exception] = [QuestionError("No dates here.", "Ask without a period."), CancelledError(), KeyError("bug")]

    def fail(self: Any, context: Any, plan: Any) -> Result:
        raise raised[0]

    monkeypatch.setattr(registry.Tool, "run", fail)
    query = tools_for(make_context(tmp_path))[0]
    call = {"name": "query", "args": TOTAL, "id": "1", "type": "tool_call"}
    message = query.invoke(call)
    assert (message.status, message.content) == ("error", "No dates here. Ask without a period.")
    for kind in (CancelledError, KeyError):
        raised.pop(0)
        with pytest.raises(kind):
            query.invoke(call)


def test_every_tool_is_where_the_registry_says() -> None:
    import importlib

    for tool in registry.TOOLS:
        assert callable(getattr(importlib.import_module(tool.module), tool.function)), tool.name
