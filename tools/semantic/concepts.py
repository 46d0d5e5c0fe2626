"""The thesaurus as data: thesaurus.yaml, read line by line (twenty times faster than a YAML reader) and once."""

from __future__ import annotations

import functools
import re
from importlib import resources

from segue.tools.semantic.words import country_codes, normal


class Concept:
    """A line of columns, metrics, entities or tables. `tags`: only for columns of these roles or kinds; empty means any."""

    __slots__ = ("name", "names", "pattern", "tags")

    def __init__(self, name: str, tags: list[str], pattern: re.Pattern[str], names: list[str]) -> None:
        self.name, self.tags, self.pattern, self.names = name, tags, pattern, names


@functools.cache
def sections() -> dict[str, list[tuple[str, str]]]:
    """Section -> (what stands before " = ", what after)."""
    text = (resources.files("segue.tools.semantic") / "thesaurus.yaml").read_text(encoding="utf-8")
    out: dict[str, list[tuple[str, str]]] = {}
    section = ""
    for line in text.splitlines():
        if line.endswith(": |"):
            section = line[:-3]
            out[section] = []
        elif line.startswith("  ") and not line.lstrip().startswith("#"):
            left, _, right = line.partition(" =")
            out[section].append((left.strip(), right.strip()))
    return out


def _listed(text: str) -> list[str]:
    return [w.strip() for w in text.split(",") if w.strip()]


@functools.cache
def concepts(section: str) -> tuple[Concept, ...]:
    """The lines of a section, in the order of the file."""
    out = []
    for left, right in sections()[section]:
        name, _, pattern = left.partition(": ")
        tags: list[str] = []
        if pattern.startswith("["):
            inside, _, pattern = pattern[1:].partition("] ")
            tags = _listed(inside)
        out.append(Concept(name, tags, re.compile(rf"\b(?:{_longest_first(pattern)})(?!\w)"), _listed(right)))
    return tuple(out)


def _longest_first(pattern: str) -> str:
    """The alternatives of a pattern, the longest first: "order items" before "orders?"."""
    parts, depth, start = [], 0, 0
    for position, ch in enumerate(pattern):
        depth += (ch == "(") - (ch == ")")
        if ch == "|" and depth == 0:
            parts.append(pattern[start:position])
            start = position + 1
    return "|".join(sorted([*parts, pattern[start:]], key=len, reverse=True))


@functools.cache
def flag_words() -> dict[str, tuple[list[str], list[str]]]:
    """Concept -> (what people call a yes, what they call a no)."""
    return {
        left: (_listed(yes), _listed(no))
        for left, right in sections()["flags"]
        for yes, _, no in [right.partition(" / ")]
    }


@functools.cache
def value_words() -> dict[str, dict[str, list[str]]]:
    """Concept -> stored value as it is looked up -> names."""
    out: dict[str, dict[str, list[str]]] = {}
    for left, right in sections()["values"]:
        concept, _, values = left.partition(": ")
        for value in values.split("|"):
            out.setdefault(concept, {}).setdefault(normal(value), []).extend(_listed(right))
    return out


@functools.cache
def related() -> dict[str, list[str]]:
    """Concept -> concepts whose values are named alike."""
    return {left: _listed(right) for left, right in sections()["related"]}


@functools.cache
def demonyms() -> dict[str, list[str]]:
    """ISO code of a country -> its names and what its people and things are called."""
    return {code: _listed(names) for code, names in sections()["countries"]}


@functools.cache
def country_spellings() -> dict[str, str]:
    """Every known spelling of a country (its demonyms too) -> ISO code."""
    out = dict(country_codes())
    for code, names in demonyms().items():
        out |= dict.fromkeys(names, code)
    return out | dict(sections()["country_spellings"])


def find_concept(section: str, text: str, kinds: frozenset[str]) -> Concept | None:
    """The concept that covers most of the words; of two alike, the one nearer the end (a name's head noun)."""
    best: tuple[int, int] | None = None
    found = None
    for concept in concepts(section):
        if concept.tags and not kinds & set(concept.tags) or not concept.tags and kinds & {"key", "reference"}:
            continue
        for match in concept.pattern.finditer(text):
            rank = (match.end() - match.start(), match.end())
            if best is None or rank > best:
                best, found = rank, concept
    return found
