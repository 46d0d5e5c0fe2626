"""The tools as LangChain knows them: the one module of the tools that does.

A tool's argument model and docstring are the chat model's contract. Expected errors become tool messages here, in one place;
bugs propagate. The content of a tool message is what a provider may see; the artifact is the whole Result.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from langchain_core.tools import BaseTool, StructuredTool, ToolException
from pydantic import BaseModel, Field, ValidationError

from segue.tools.disclosure import Placeholders, error_told, told
from segue.tools.errors import DefinitionError, QuestionError
from segue.tools.query.plan import FindCustomers, Query, Strict, plain
from segue.tools.results import Result
from segue.tools.segments.arguments import ChurnRisk, Describe, ExplainChange, Profile, SegmentOverview
from segue.tools.semantic.schema import Model, split, words

if TYPE_CHECKING:
    from segue.tools.context import Context

INVALID = "Invalid arguments: "
"""How a tool message begins where the arguments don't fit the tool's schema."""

COMMON_ARGUMENTS = {
    "op": "how it is compared",
    "number": "the number to compare with",
    "name": "a heading for the column",
    "per": "the entity that it is worked out for, customer by default",
    "where": "only rows for which this holds",
    "window": "only rows in this time",
    "metric": "a metric of the model file",
    "count": "an entity (its distinct number) or a table (its rows)",
    "stat": "the statistic of the column",
    "percentile": "0 to 1, with stat percentile",
    "over_percentile": "0 to 1, with over percentile",
    "having": "only groups for which every one of these holds",
    "condition": "who: what must hold for them; none for everyone",
    "value": "the aggregate",
    "measure": "the aggregate that is compared",
    "of": "the condition, or the list of them",
    "top": "what is divided",
    "bottom": "what it is divided by",
    "x": "the one value",
    "y": "the other value",
    "unit": "how the figure is shown",
    "end": "top: the largest; bottom: the smallest",
    "group": "the position of the grouping to sort by, from 0",
    "descending": "largest first",
}
"""What an argument means where neither its own description nor its type's says."""

ENDS_TURN = frozenset({"ask_back", "decline"})
"""The tools that end the turn."""


class AskBack(Strict):
    """Ask the person one question back, because the question has readings that give different answers."""

    question: str = Field(description="the question, in one plain sentence", min_length=1, max_length=500)
    choices: list[str] = Field(
        default=[],
        max_length=6,
        description="each reading as a complete question that can be sent as it is; empty where only the person can tell",
    )


class Decline(Strict):
    """Say that the question can't be answered from this data, or is not allowed."""

    reason: str = Field(description="why, in one plain sentence", min_length=1, max_length=500)
    instead: list[str] = Field(default=[], max_length=6, description="questions that can be answered instead")


@dataclass(frozen=True)
class Tool:
    """An analysis: its name, argument model, where its function is (imported at the first call), and its contract."""

    name: str
    arguments: type[BaseModel]
    module: str
    function: str
    description: str

    def run(self, context: Context, plan: BaseModel) -> Result:
        """Calls the function."""
        function = getattr(importlib.import_module(self.module), self.function)
        return function(context, plan)


TOOLS = (
    Tool(
        "query",
        Query,
        "segue.tools.query.run",
        "run_query",
        "Figures: any metric, count, statistic, rate, ratio, share or correlation, by any dimensions, over any rows, customers and "
        "window; rankings, timelines, comparisons with the period before or between two groups. The tool for most questions.",
    ),
    Tool(
        "find_customers",
        FindCustomers,
        "segue.tools.query.find",
        "find_customers",
        "Who: the customers (or other entities) that meet a condition, with what is worth knowing of each. Keeps them as a segment. "
        "You get their number and definition; the reader gets the list.",
    ),
    Tool(
        "segments",
        SegmentOverview,
        "segue.tools.segments.overview",
        "segment_overview",
        "The segments of a scheme (RFM, or the values of an attribute) side by side: size, share, value, recency, churn.",
    ),
    Tool(
        "churn_risk",
        ChurnRisk,
        "segue.tools.segments.churn",
        "churn_risk",
        "Which segment or group has the highest (or lowest) churn risk, how sure that is, what it costs, and why.",
    ),
    Tool(
        "profile",
        Profile,
        "segue.tools.segments.profile",
        "profile",
        "What sets a group of customers apart from the others: every trait compared, the most distinctive first.",
    ),
    Tool(
        "explain_change",
        ExplainChange,
        "segue.tools.segments.change",
        "explain_change",
        "Why a metric rose or fell between two periods: how much each dimension's values contributed.",
    ),
    Tool(
        "describe",
        Describe,
        "segue.tools.describe",
        "describe",
        "What data there is, what a table, column, metric or word means here, what can be asked and how a segment is made.",
    ),
)


def tools_for(
    context: Context,
    *,
    see: Callable[[Result], Result] = lambda result: result,
    placeholders: Placeholders | None = None,
    step: Callable[[str], None] = lambda text: None,
    max_rows: int = 50,
) -> list[BaseTool]:
    """Segue's tools over a workspace.

    see           what the asker may see of a Result: applied before anything else reads it
    placeholders  given for a provider's chat model: it then reads masked aggregates, and its placeholders are understood.
                  None for the built-in one, which reads the artifact: nothing leaves the machine
    step          called with what is being done ("Working out revenue by country")
    max_rows      rows of a result that a provider sees
    """
    analyses = [_analysis(tool, context, see, placeholders, step, max_rows) for tool in TOOLS]
    return [*analyses, _ending("ask_back", AskBack), _ending("decline", Decline)]


def _analysis(
    tool: Tool,
    context: Context,
    see: Callable[[Result], Result],
    placeholders: Placeholders | None,
    step: Callable[[str], None],
    max_rows: int,
) -> BaseTool:
    def run(**given: Any) -> tuple[str, Result]:
        plan = tool.arguments.model_validate(given)
        if placeholders is not None:
            plan = tool.arguments.model_validate(placeholders.real(plain(plan)))
        step(say_step(tool.name, plan, context.model))
        try:
            result = see(tool.run(context, plan))
        except (DefinitionError, QuestionError) as error:
            hidden = placeholders is not None
            raise ToolException(error_told(error, given, context.model, context.facts) if hidden else str(error)) from error
        return (told(result, context.model, placeholders, max_rows) if placeholders is not None else ""), result

    return _structured(tool.name, tool.description, tool.arguments, run)


def _ending(name: str, arguments: type[Strict]) -> BaseTool:
    def run(**given: Any) -> tuple[str, Strict]:
        return "", arguments.model_validate(given)

    return _structured(name, arguments.__doc__ or "", arguments, run, return_direct=True)


def _structured(
    name: str, description: str, arguments: type[BaseModel], run: Callable[..., Any], return_direct: bool = False
) -> BaseTool:
    return StructuredTool(
        name=name,
        description=description,
        args_schema=arguments,
        func=run,
        response_format="content_and_artifact",
        handle_tool_error=True,
        handle_validation_error=say_invalid,
        return_direct=return_direct,
    )


def say_invalid(error: ValidationError | Any) -> str:
    """What is wrong with a tool call's arguments, place by place, without the values."""
    places = {".".join(str(p) for p in e["loc"]) + ": " + e["msg"] for e in error.errors()[:8]}
    return INVALID + "; ".join(sorted(places))


def say_step(tool: str, plan: BaseModel, model: Model) -> str:
    """What a call does, for the progress line: "Working out revenue by country"."""
    if isinstance(plan, Query):
        return "Working out " + _and([_measure_name(m, model) for m in plan.measures]) + _by(plan, model)
    named = {
        "find_customers": "Finding the {of}s",
        "segments": "Comparing the segments",
        "churn_risk": "Estimating churn risk",
        "profile": "Comparing the group with the others",
        "explain_change": "Looking for what changed {metric}",
        "describe": "Looking at what there is",
    }
    return named[tool].format(of=words(getattr(plan, "of", "customer")), metric=words(getattr(plan, "metric", "")))


def _measure_name(measure: Any, model: Model) -> str:
    if getattr(measure, "name", None):
        return measure.name
    if (metric := getattr(measure, "metric", None)) is not None:
        spec = model.metrics.get(metric)
        return (spec.label if spec else None) or words(metric)
    if (count := getattr(measure, "count", None)) is not None:
        entity = model.entities.get(count)
        return (entity.plural if entity else None) or f"{words(count)}s"
    if (column := getattr(measure, "column", None)) is not None:
        return words(split(column)[1])
    return {"rate": "a rate", "ratio": "a ratio", "correlation": "a correlation"}.get(getattr(measure, "kind", ""), "a share")


def _by(plan: Query, model: Model) -> str:
    names = [g.name or g.scheme or words(split(g.column)[1] if g.column else "") or "group" for g in plan.by]
    return f" by {_and(names)}" if names else ""


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


@cache
def provider_schemas() -> tuple[dict[str, Any], ...]:
    """The tools in OpenAI's function format, for a provider.

    Shared types stay behind references: the plan language is recursive, and LangChain would write it out in full (38 MB).
    Whatever has a fixed `kind` must name it: it tells one condition from another.
    """
    endings = (("ask_back", AskBack.__doc__ or "", AskBack), ("decline", Decline.__doc__ or "", Decline))
    analyses = tuple((t.name, t.description, t.arguments) for t in TOOLS)
    return tuple(
        {"type": "function", "function": {"name": name, "description": about, "parameters": _slim(arguments.model_json_schema())}}
        for name, about, arguments in (*analyses, *endings)
    )


def _slim(schema: Any) -> Any:
    """A JSON schema without titles, null alternatives and idle defaults; `kind` required where it is fixed.

    Unknown arguments are refused when the call is checked, so the schema needn't say so at every level.
    """
    if isinstance(schema, list):
        return [_slim(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    slim = {k: _slim(v) for k, v in schema.items() if k not in ("discriminator", "additionalProperties")}
    if isinstance(slim.get("title"), str):
        del slim["title"]
    if "default" in slim and slim["default"] in (None, [], False):
        del slim["default"]
    real = [s for s in slim.get("anyOf", []) if s != {"type": "null"}]
    if len(real) == 1:  # optional: absent, or this
        slim = {**real[0], **{k: v for k, v in slim.items() if k != "anyOf"}}
    _describe(slim)
    if "const" in slim.get("properties", {}).get("kind", {}):
        slim["properties"]["kind"] = {"const": slim["properties"]["kind"]["const"]}
        slim["required"] = ["kind", *(r for r in slim.get("required", []) if r != "kind")]
    return slim


def _describe(schema: dict[str, Any]) -> None:
    """Gives every argument that no text describes its common description."""
    about = schema.get("description", "")
    for name, spec in schema.get("properties", {}).items():
        said = "description" in spec or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", about)
        if not said and name in COMMON_ARGUMENTS:
            spec["description"] = COMMON_ARGUMENTS[name]
