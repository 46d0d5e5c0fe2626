"""The joins of a model as a graph of to-one steps: which columns are free from a table, and how two tables meet.

A step never multiplies rows. What can't be reached by steps is asked for through a link: a value that both sides carry.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from segue.tools.semantic.schema import Model, split


@dataclass(frozen=True)
class Step:
    """Rows of `source` lead to at most one row of `target`."""

    source: str
    source_column: str
    target: str
    target_column: str


Path = tuple[Step, ...]


@dataclass(frozen=True)
class Place:
    """A column as seen from a table: the steps to its own table, and its reference there."""

    path: Path
    ref: str

    def shortened(self) -> Place:
        """The same value without the last join, where the column is what that join joins on: no join is needed to know a key."""
        if self.path and split(self.ref)[1] == self.path[-1].target_column:
            last = self.path[-1]
            return Place(self.path[:-1], f"{last.source}.{last.source_column}").shortened()
        return self


class JoinGraph:
    """To-one reachability over a model's joins."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._steps: dict[str, list[Step]] = {table: [] for table in model.tables}
        for join in model.joins:
            (a, a_column), (b, b_column) = split(join.from_), split(join.to)
            self._steps.setdefault(a, []).append(Step(a, a_column, b, b_column))
            if join.one_to_one:
                self._steps.setdefault(b, []).append(Step(b, b_column, a, a_column))
        self._paths: dict[str, dict[str, Path]] = {}
        self._keys: dict[str, dict[str, str]] = {}

    def paths(self, table: str) -> dict[str, Path]:
        """The shortest path to every table that `table` reaches, itself (no steps) among them."""
        if table not in self._paths:
            self._paths[table] = self._search(table)
        return self._paths[table]

    def _search(self, table: str) -> dict[str, Path]:
        found: dict[str, Path] = {table: ()}
        queue = deque([table])
        while queue:
            here = queue.popleft()
            for step in self._steps.get(here, ()):
                if step.target not in found:
                    found[step.target] = (*found[here], step)
                    queue.append(step.target)
        return found

    def place(self, table: str, ref: str) -> Place | None:
        """The column seen from `table`; None where that would multiply rows."""
        path = self.paths(table).get(split(ref)[0])
        return None if path is None else Place(path, ref)

    def key_columns(self, entity: str) -> dict[str, str]:
        """table -> the column of it that holds the entity's key, the key's own table first."""
        if entity not in self._keys:
            self._keys[entity] = dict(self._find_keys(entity))
        return self._keys[entity]

    def _find_keys(self, entity: str) -> Iterable[tuple[str, str]]:
        key = self._model.entities[entity].key
        found = {split(key)[0]: key}
        for join in self._model.joins:
            if join.to == key:
                found.setdefault(split(join.from_)[0], join.from_)
        if entity == "customer":
            joined = {join.from_ for join in self._model.joins}
            for table, spec in self._model.tables.items():
                for column, c in spec.columns.items():
                    if c.role == "customer" and f"{table}.{column}" not in joined:
                        found.setdefault(table, f"{table}.{column}")
        return found.items()

    def key_place(self, table: str, entity: str) -> Place | None:
        """The nearest column that holds the entity's key; None where rows of the table belong to none."""
        paths, columns = self.paths(table), self.key_columns(entity)
        reached = [Place(paths[t], ref).shortened() for t, ref in columns.items() if t in paths]
        return min(reached, key=lambda p: len(p.path), default=None)

    def link(self, a: str, b: str) -> tuple[Place, Place] | None:
        """The nearest value that rows of both tables carry: (seen from a, seen from b). None where nothing connects them."""
        pairs = [*self._common_tables(a, b), *self._common_entities(a, b)]
        return min(pairs, key=lambda pair: len(pair[0].path) + len(pair[1].path), default=None)

    def _common_tables(self, a: str, b: str) -> Iterable[tuple[Place, Place]]:
        from_a, from_b = self.paths(a), self.paths(b)
        for table in from_a.keys() & from_b.keys():
            columns = {p[-1].target_column for p in (from_a[table], from_b[table]) if p}
            if len(columns) == 1:
                ref = f"{table}.{columns.pop()}"
                yield Place(from_a[table], ref).shortened(), Place(from_b[table], ref).shortened()

    def _common_entities(self, a: str, b: str) -> Iterable[tuple[Place, Place]]:
        for entity in self._model.entities:
            places = self.key_place(a, entity), self.key_place(b, entity)
            if places[0] is not None and places[1] is not None:
                yield places[0], places[1]
