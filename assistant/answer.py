"""The Answer: what every front end gets, and what `--json` prints (contract/answer.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from segue.tools.results import Cell, CellType, Result

Status = Literal["answered", "clarify", "declined", "failed"]


class Part(BaseModel):
    """Frozen, and no unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AnswerColumn(Part):
    """A column of evidence."""

    name: str
    type: CellType
    unit: str | None = None


class AnswerHeadline(Part):
    """The answer itself, for a program. A share is a fraction."""

    label: str | None
    value: float | int | None
    unit: str | None


class AnswerSegment(Part):
    """The segment that the answer made, changed or is about."""

    id: str
    name: str
    size: int
    definition: str


class Evidence(Part):
    """One tool call whose result the reply rests on. `rows` holds at most 1,000; `row_count` is exact."""

    id: str
    tool: str
    arguments: dict[str, Any]
    sql: str | None = None
    columns: list[AnswerColumn]
    rows: list[list[Cell]]
    row_count: int
    truncated: bool
    method: str | None = None
    caveats: list[str] = []


class AnswerPicture(Part):
    """A picture in the workspace. `evidence` is the id of the entry it shows."""

    path: str
    alt: str
    evidence: str | None = None


class Answer(Part):
    """One reply. See the contract for what each field means."""

    id: str | None = None
    conversation: str | None = None
    question: str
    status: Status
    reply: str
    headline: AnswerHeadline | None = None
    choices: list[str] = []
    segment: AnswerSegment | None = None
    evidence: list[Evidence] = []
    assumptions: list[str] = []
    suggestions: list[str] = []
    model: str
    data_version: str = ""
    as_of: str | None = None
    seconds: float = 0.0
    error: str | None = None
    pictures: list[AnswerPicture] = []
    files: list[str] = []

    def to_json(self) -> str:
        """One line of JSON. Never NaN or Inf: a Result has none, and one that slips in is an error here."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, allow_nan=False)


def evidence_of(result: Result, entry: str) -> Evidence:
    """The evidence entry `entry` (its id) for a tool's result."""
    return Evidence(
        id=entry,
        tool=result.tool,
        arguments=result.arguments,
        sql=result.sql,
        columns=[AnswerColumn(name=c.name, type=c.type, unit=c.unit) for c in result.columns],
        rows=[list(row) for row in result.rows],
        row_count=result.row_count,
        truncated=result.truncated,
        method=result.method,
        caveats=list(result.caveats),
    )


def from_results(
    results: list[Result], *, main: Result | None, assumptions: Iterable[str] = (), also: Iterable[Result] = ()
) -> dict[str, Any]:
    """The fields of an Answer that come of results, as keyword arguments.

    main   the result whose headline, segment and day are the answer's; None where the answer is several
    also   results of another reading, whose figure an assumption states: evidence, but not the answer
    """
    ordered = sorted(results, key=lambda r: r is not main or r.segment is None)  # a member list comes first
    everything = [*ordered, *also]
    entries = [evidence_of(result, f"e{number}") for number, result in enumerate(everything, 1)]
    told = main or (results[0] if results else None)
    said = [*assumptions, *(a for r in ordered for a in r.assumptions)]
    return {
        "headline": _headline(main),
        "segment": next((AnswerSegment(**vars(r.segment)) for r in _first(told, ordered) if r.segment), None),
        "evidence": entries,
        "assumptions": list(dict.fromkeys(said)),
        "suggestions": list(dict.fromkeys(s for r in ordered for s in r.suggestions)),
        "as_of": next((r.as_of for r in _first(told, ordered) if r.as_of), None),
        "pictures": [
            AnswerPicture(path=p.path, alt=p.alt, evidence=entry.id)
            for entry, result in zip(entries, everything, strict=True)
            for p in result.pictures
        ],
        "files": list(dict.fromkeys(f for r in ordered for f in r.files)),
    }


def _headline(result: Result | None) -> AnswerHeadline | None:
    if result is None or result.headline is None:
        return None
    return AnswerHeadline(label=result.headline.label, value=result.headline.value, unit=result.headline.unit)


def _first(told: Result | None, results: list[Result]) -> list[Result]:
    return results if told is None else [told, *(r for r in results if r is not told)]
