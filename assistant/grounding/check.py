"""The grounding check: every figure of a reply must be found in the results that it rests on, with the name it belongs to.

A figure is found in a cell, a count of rows, a headline, or in what a result says of itself (summary, assumptions, caveats,
reading, method), in the question or in the arguments of a call. It may be rounded; a fraction may be a percentage. Nothing may be
worked out from other figures: a difference, a sum or a ratio counts only where a result states it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from segue.assistant.grounding.days import Day, Parts, covers, find_days
from segue.assistant.grounding.figures import Figure, find_figures
from segue.tools.disclosure import Placeholders, without_placeholders
from segue.tools.results import Cell, Headline, Result

NO_SHARE = frozenset({"count", "money", "price", "days", "months", "years", "hours", "minutes", "weeks", "date", "plain"})
"""Units whose values are never percentages."""
NO_MONEY = frozenset({"count", "share", "percent", "days", "months", "years", "hours", "minutes", "weeks", "date", "score"})
"""Units whose values are never money."""

_CLAUSE = re.compile(
    r"[,;:()]|\s[-–—]\s|\b(?:and|while|whereas|but|against|versus|vs\.?|compared (?:with|to)|ahead of|behind|followed by|then|than|or)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_RISE = re.compile(r"\b(?:rose|rise|risen|rises|grew|grow|grown|growth|up|increas\w+|gain\w*|higher|climbed|improved)\b", re.IGNORECASE)
_FALL = re.compile(r"\b(?:fell|fall|fallen|falls|drop\w*|down|declin\w+|decreas\w+|los[et]\w*|lower|shrank|shrunk)\b", re.IGNORECASE)
_CHANGE = re.compile(r"change|difference|growth|delta", re.IGNORECASE)
_LIST_MARK = re.compile(r"^\s*\d{1,2}[.)]\s", re.MULTILINE)
_NUMERIC = re.compile(r"[\d.,%+-]+")
_TOO_COMMON = frozenset({"yes", "no", "true", "false", "all", "none", "other", "others", "total"})
"""Names of rows that are also everyday words: a figure beside them needn't be theirs."""


@dataclass(frozen=True)
class Source:
    """A value that a result states. `labels`: the names of its row, empty where it has none; `numbers`: those that are bare numbers."""

    value: float
    unit: str | None
    labels: frozenset[str] = frozenset()
    change: bool = False
    numbers: frozenset[str] = frozenset()


@dataclass
class Known:
    """Everything that a reply may state.

    bound   figures of rows that have names: they go with those names
    free    figures of nothing in particular: totals, counts of rows, thresholds, numbers of the question
    names   names of rows (and of what calls filtered on), lower case;  dated: those that are dates, by their parts
    """

    bound: list[Source] = field(default_factory=list)
    free: list[Source] = field(default_factory=list)
    days: set[Parts] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    dated: dict[Parts, str] = field(default_factory=dict)
    ranks: int = 0
    sizes: set[int] = field(default_factory=set)


def problems(
    reply: str, results: list[Result], *, question: str = "", placeholders: Placeholders | None = None, names: bool = True
) -> list[str]:
    """What is wrong with the figures of a reply, one sentence each; empty where every one is grounded.

    placeholders  a provider's reply is checked as it wrote it: "customer#1" is the name of that row
    names         whether figures must also stand with the names they belong to (not for the tools' own sentences, which code wrote)
    """
    known = _known(results, question, placeholders)
    text = _normal(reply)
    wrong = [f"{name} stands for nobody." for name in (placeholders.unknown_in(text) if placeholders else [])]
    named = _find_names(text, known.names)
    text = without_placeholders(_blank(text, named))
    days = find_days(text)
    wrong += [f'The date "{d.text}" is in no result.' for d in days if not _known_day(d, known)]
    named += [_Name(known.dated[d.parts], d.start, d.end) for d in days if d.parts in known.dated]
    text = _LIST_MARK.sub(lambda m: " " * len(m[0]), _blank(text, days))
    return wrong + [p for p in (_problem(f, text, named if names else [], known) for f in find_figures(text)) if p]


def position(headline: Headline, reply: str) -> int | None:
    """Where the reply first states the headline's value; None where it doesn't."""
    if headline.value is None:
        return None
    source = Source(float(headline.value), headline.unit)
    return next((f.start for f in find_figures(_normal(reply)) if _states(f, source)), None)


# --- what is known -----------------------------------------------------------------------------------------------------


def _known(results: list[Result], question: str, placeholders: Placeholders | None) -> Known:
    known = Known()
    for result in results:
        _add_rows(known, result, placeholders)
    values = sorted(abs(s.value) for s in known.bound)
    for result in results:
        known.free += [Source(result.row_count, "count"), Source(len(result.rows), "count")]
        known.sizes |= {result.row_count, len(result.rows), len(result.columns)}
        known.ranks = max(known.ranks, result.row_count)
        if result.segment is not None:
            known.free.append(Source(result.segment.size, "count"))
        said = " \n ".join(filter(None, _said(result)))
        known.free += [s for s in _figures_of(said) if not _among(values, s)]
        known.days |= _days_of(said)
        _add_arguments(known, result.arguments)
    known.free += _figures_of(_normal(question))
    known.days |= _days_of(_normal(question))
    known.sizes |= {len(results), len(known.names)}
    return known


def _add_rows(known: Known, result: Result, placeholders: Placeholders | None) -> None:
    groups = len(result.arguments.get("by", [])) if result.tool == "query" else 0
    named = [
        i for i, c in enumerate(result.columns) if c.type in ("text", "boolean", "date", "timestamp") or c.key or i < groups
    ]
    of_call = frozenset(_filters(result.arguments))
    for row in result.rows:
        dated = {day.parts: str(row[i]) for i in named for day in find_days(str(row[i])) if day.text == row[i]}
        known.dated |= dated
        plain = frozenset(n for i in named for n in _aliases(row[i], placeholders, result.columns[i].name))
        known.names |= plain
        names = plain | frozenset(dated.values())
        numbers = frozenset(str(row[i]) for i in named if row[i] is not None and _NUMERIC.fullmatch(str(row[i])))
        known.days |= _days_of(" ".join(str(row[i]) for i in named if row[i] is not None))
        for i, cell in enumerate(row):
            if isinstance(cell, (int, float)) and not isinstance(cell, bool):
                column = result.columns[i]
                source = Source(cell, column.unit, names or of_call, bool(_CHANGE.search(f"{column.name} {column.unit}")), numbers)
                (known.bound if source.labels and i not in named else known.free).append(source)
    if result.headline is not None and result.headline.value is not None:
        label = frozenset(_aliases(result.headline.label, placeholders))
        known.names |= label
        source = Source(float(result.headline.value), result.headline.unit, label or of_call)
        (known.bound if source.labels else known.free).append(source)


def _aliases(cell: Cell, placeholders: Placeholders | None, column: str = "") -> Iterator[str]:
    """What a row's name may be called in a reply. A bare number is none: "12" may be anything, "store 12" is a name."""
    if cell is None:
        return
    text = str(cell).lower().strip()
    if _NUMERIC.fullmatch(text):
        yield from (f"{word}{s} {text}" for word in column.lower().split() for s in ("", "s"))
    if len(text) > 1 and text not in _TOO_COMMON and not _NUMERIC.fullmatch(text):
        yield text
    if placeholders is not None and (masked := placeholders.of(cell)) is not None:
        yield masked


def _filters(arguments: Any, key: str = "") -> Iterator[str]:
    """The values that a call filters on, lower case: the names that its figures go with."""
    if isinstance(arguments, dict):
        for inner, value in arguments.items():
            yield from _filters(value, inner)
    elif isinstance(arguments, (list, tuple)):
        for item in arguments:
            yield from _filters(item, key)
    elif isinstance(arguments, str) and key in ("value", "segment", "labels") and not _NUMERIC.fullmatch(arguments):
        yield arguments.lower()


def _add_arguments(known: Known, arguments: Any) -> None:
    known.names |= set(_filters(arguments))
    for value in _leaves(arguments):
        if isinstance(value, str):
            known.days |= _days_of(value)
            known.free += _figures_of(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            known.free.append(Source(value, None if 0 < abs(value) < 1 else "plain"))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _said(result: Result) -> Iterable[str | None]:
    yield from (result.summary, result.reading, result.method, result.as_of, *result.assumptions, *result.caveats)
    if result.segment is not None:
        yield from (result.segment.definition, result.segment.name)


def _figures_of(text: str) -> list[Source]:
    """The figures of a text that may be trusted, as sources."""
    text = _normal(text)
    text = _blank(text, [d for d in find_days(text) if not d.only_year])
    units = {"percent": ("share", 0.01), "points": ("share", 0.01), "money": ("money", 1.0), "times": ("ratio", 1.0)}
    found = []
    for figure in find_figures(text):
        unit, factor = units.get(figure.kind, ("plain", 1.0))
        found.append(Source(figure.value * factor, unit))
    return found


def _days_of(text: str) -> set[Parts]:
    return {day.parts for day in find_days(text)}


def _among(values: list[float], source: Source) -> bool:
    """Whether a figure of a summary is that of a row (rounded): then it goes with the row's name, as the row's own does."""
    slack = max(abs(source.value) * 0.005, 1e-9)
    at = bisect_left(values, abs(source.value) - slack)
    return at < len(values) and values[at] <= abs(source.value) + slack


# --- checking ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Name:
    """A row's name where the reply says it."""

    name: str
    start: int
    end: int


def _problem(figure: Figure, text: str, named: list[_Name], known: Known) -> str | None:
    if figure.ordinal:
        return None if figure.value <= max(known.ranks, 1) else f'"{figure.text}": no result has so many rows.'
    if figure.kind == "word" and figure.value <= 10 and figure.value in known.sizes:
        return None  # "the two groups", "all three"
    if any(_states(figure, s) for s in known.free):
        return None
    sources = [s for s in known.bound if _states(figure, s)]
    if figure.loose and figure.kind == "times" and not sources:
        return None if _stated_ratio(figure, known) else f'"{figure.text}" is in no result.'
    if not sources:
        return f'"{figure.text}" is in no result.'
    names = _names_near(figure, text, named)
    if names and not any(_belongs(s, names, known) or _numbered(s, figure, text) for s in sources):
        return f'"{figure.text}" is not the figure of {" or ".join(sorted(set().union(*names)))}.'
    return _direction(figure, text, sources)


def _states(figure: Figure, source: Source) -> bool:
    """Whether the figure, as written, may stand for the source's value."""
    value, unit = abs(source.value), source.unit
    if figure.kind in ("percent", "points"):
        if unit == "percent":
            return figure.low <= value <= figure.high
        return unit not in NO_SHARE and figure.low <= value * 100 <= figure.high
    if figure.kind == "money" and unit in NO_MONEY:
        return False
    return figure.low <= value <= figure.high


def _stated_ratio(figure: Figure, known: Known) -> bool:
    """"twice": a ratio that a result states, or that two figures of one unit have."""
    by_unit: dict[str | None, list[float]] = {}
    for source in known.bound:
        by_unit.setdefault(source.unit, []).append(abs(source.value))
    for values in by_unit.values():
        ordered = sorted(v for v in set(values) if v > 0)[:200]
        if any(figure.low <= b / a <= figure.high for i, a in enumerate(ordered) for b in ordered[i + 1 :]):
            return True
    return False


def _belongs(source: Source, names: list[set[str]], known: Known) -> bool:
    """Whether the source's row goes with one of the sets of names: it has them all, or where no row has, some of them."""
    for wanted in names:
        if any(wanted <= s.labels for s in known.bound):
            if wanted <= source.labels:
                return True
        elif wanted & source.labels:
            return True
    return False


def _numbered(source: Source, figure: Figure, text: str) -> bool:
    """Whether the figure's sentence has its row's bare number just before it: "14646 (279,489.02)"."""
    before = text[_span(figure.start, text, _SENTENCE)[0] : figure.start].rstrip(" (:\x00$£€")
    return any(before.endswith(number) for number in source.numbers)


def _names_near(figure: Figure, text: str, named: list[_Name]) -> list[set[str]]:
    """The names that a figure may go with: those of its own clause, else of the nearest clauses before and after it in its sentence,
    or of the sentence's first ("Netherlands leads, without the United Kingdom: 284,661")."""
    sentence = _span(figure.start, text, _SENTENCE)
    inside = [n for n in named if sentence[0] <= n.start < sentence[1]]
    if not inside:
        return []
    clauses: dict[int, set[str]] = {}
    for name in inside:
        clauses.setdefault(_clause(name.start, sentence, text), set()).add(name.name)
    own = _clause(figure.start, sentence, text)
    if own in clauses:
        return [clauses[own]]
    before = sorted(c for c in clauses if c < own)
    after = sorted(c for c in clauses if c > own)
    return [clauses[c] for c in sorted({*before[-1:], *after[:1], min(clauses)})]


def _span(at: int, text: str, breaks: re.Pattern[str]) -> tuple[int, int]:
    start = max((m.end() for m in breaks.finditer(text) if m.end() <= at), default=0)
    end = min((m.start() for m in breaks.finditer(text) if m.start() > at), default=len(text))
    return start, end


def _clause(at: int, sentence: tuple[int, int], text: str) -> int:
    """The number of the clause at a place in its sentence. A comma inside a figure breaks none: figures have no space after it."""
    head = text[sentence[0] : at]
    return sum(1 for m in _CLAUSE.finditer(head) if m[0] not in ",:" or not head[m.end() : m.end() + 1].isdigit())


def _direction(figure: Figure, text: str, sources: list[Source]) -> str | None:
    """A rise that was a fall, or the other way round."""
    if not all(s.change for s in sources):
        return None
    start, end = _span(figure.start, text, _SENTENCE)
    rise, fall = bool(_RISE.search(text[start:end])), bool(_FALL.search(text[start:end]))
    if rise == fall:
        return None
    if (rise and all(s.value < 0 for s in sources)) or (fall and all(s.value > 0 for s in sources)):
        return f'"{figure.text}": it went the other way.'
    return None


def _known_day(day: Day, known: Known) -> bool:
    if covers(day, known.days):
        return True
    if not day.only_year:
        return False
    figure = Figure(day.text, day.start, day.end, float(day.text), float(day.text) - 0.5, float(day.text) + 0.5)
    return any(_states(figure, s) for s in (*known.free, *known.bound))


def _find_names(text: str, names: set[str]) -> list[_Name]:
    lower = text.lower()
    present = sorted((n for n in names if n in lower), key=len, reverse=True)
    if not present:
        return []
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(n)}(?!\w)" for n in present))
    return [_Name(m[0], m.start(), m.end()) for m in pattern.finditer(lower)]


def _blank(text: str, spans: Iterable[_Name | Day]) -> str:
    for span in spans:
        text = text[: span.start] + "\x00" * (span.end - span.start) + text[span.end :]
    return text


def _normal(text: str) -> str:
    """One spelling of spaces, dashes and digits; thousands with commas ("12 345" and "12'345" too). Lengths may change."""
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("‑", "-")
    return re.sub(r"(?<=\d)[ '’](?=\d{3}(?!\d))", ",", text)
