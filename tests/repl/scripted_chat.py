"""`segue chat` over a made-up workspace and a session that answers from a script: run as a program by test_chat.py.

    python scripted_chat.py WORKSPACE
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from segue.assistant.answer import Answer, AnswerColumn, Evidence
from segue.assistant.limits import Cancel
from segue.tools.data.state import State
from segue.tools.data.workspace import Workspace
from segue.tools.errors import DefinitionError
from segue.tools.semantic.schema import ColumnSpec, Entity, Metric, Model, TableSpec

MODEL = Model(
    name="shop",
    entities={"customer": Entity(key="customers.id")},
    tables={
        "customers": TableSpec(
            kind="customers",
            columns={
                "id": ColumnSpec(type="integer", role="key", class_="identifier"),
                "country": ColumnSpec(type="text", role="place", class_="safe", label="home country"),
            },
        )
    },
    metrics={"revenue": Metric(stat="sum", of="customers.id")},
)
BY_COUNTRY = Evidence(
    id="e1",
    tool="query",
    arguments={},
    sql="SELECT country, share FROM customers",
    columns=[AnswerColumn(name="country", type="text"), AnswerColumn(name="share", type="number", unit="share")],
    rows=[["France", 0.75], ["Ireland", 0.25]],
    row_count=2,
    truncated=False,
)
ANSWERS: dict[str, dict[str, Any]] = {
    "who buys most?": {
        "status": "answered",
        "reply": "France has 75.0% of the customers.",
        "evidence": [BY_COUNTRY],
        "assumptions": ["All time."],
        "suggestions": ["and by month?"],
    },
    "loyal?": {"status": "clarify", "reply": "Loyal by what?", "choices": ["who buys most?", "who stays?"]},
    "two\nlines": {"status": "declined", "reply": "Two lines came."},
}


class ScriptedSession:
    """Answers from ANSWERS; "wait" waits to be stopped."""

    def __init__(self, context: Any) -> None:
        self.context = context

    def prepare(self) -> None:
        """Nothing to load."""

    def ask(self, question: str, conversation: str, *, on_progress: Any, cancel: Cancel) -> Answer:
        if question == "wait":
            on_progress("step", "Waiting to be stopped")
            while not cancel.thrown:
                cancel._thrown.wait(0.01)
            fields: dict[str, Any] = {"status": "failed", "reply": "Stopped.", "error": "CancelledError"}
        else:
            fields = ANSWERS.get(question, {"status": "declined", "reply": f"I can't place {question!r}."})
        return Answer(question=question, conversation=conversation, model="scripted", **fields)


def open_context(path: Path) -> Any:
    if (path / "broken").exists():
        raise DefinitionError("segue.yaml, line 3: metrics.revenue is no key.", "Correct it.")
    workspace = Workspace(path)
    facts = SimpleNamespace(tables={"customers": 4}, values=lambda ref: [("France", 3), ("Ireland", 1)] if "country" in ref else [])
    return SimpleNamespace(workspace=workspace, model=MODEL, facts=facts, state=State(workspace.state_path))


def main() -> None:
    # In place of the real ones, which the chat imports when it loads behind the prompt.
    sys.modules["segue.assistant.session"] = SimpleNamespace(Session=ScriptedSession)  # type: ignore[assignment]
    sys.modules["segue.tools.context"] = SimpleNamespace(Context=SimpleNamespace(open=open_context))  # type: ignore[assignment]
    from segue.assistant.cli.main import main as segue

    sys.argv = ["segue", "chat", "--workspace", sys.argv[1]]
    segue()


if __name__ == "__main__":
    main()

