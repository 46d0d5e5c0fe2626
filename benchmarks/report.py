"""One table of what was aimed for and what was measured."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measurement. `target` None: there is no budget, it is for the record. `unit` is s, GiB or x."""

    what: str
    measured: float
    unit: str
    target: float | None = None

    @property
    def met(self) -> bool:
        """Whether it is within its budget; true where it has none."""
        return self.target is None or self.measured <= self.target

    def line(self) -> str:
        """The figure as a row of the table."""
        target = "" if self.target is None else f"{self.target:.3g} {self.unit}"
        return f"{self.what:<66} {target:>10} {f'{self.measured:.3g} {self.unit}':>12}  {'' if self.met else 'OVER'}".rstrip()


def show(figures: list[Figure]) -> None:
    """Prints the table."""
    sys.stdout.write(f"\n{'what':<66} {'target':>10} {'measured':>12}\n")
    for figure in figures:
        sys.stdout.write(figure.line() + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """A line about what is being done."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def median(measure: Callable[[], float], times: int) -> float:
    """The median of so many measurements."""
    return statistics.median(measure() for _ in range(times))
