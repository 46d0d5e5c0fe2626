"""The estimated probability of leaving: a logistic regression that is plain, tested on what it has not seen, and says how sure it is.

Works on a bounded sample in Python (at most SAMPLE rows); whoever calls it keeps the exact counts to the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

Frame = Any
"""A pandas DataFrame. (Its annotations make a boolean mask's result a Series or anything.)"""

Series = Any

SAMPLE = 50_000
"""Rows that may come to Python."""

FEWEST_LEAVERS = 30
"""With fewer leavers (or stayers) than this no model is fitted: rates only."""

MOST_VALUES = 12
"""Values of a category that get a column of their own; the rest share one. Groups get one each, up to ten times that."""

FOLDS = 5
SEED = 20


@dataclass(frozen=True)
class Inputs:
    """Which columns of a sample go in, and how. `groups` are categories too, never left out."""

    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def without(self, columns: Sequence[str]) -> Inputs:
        """The same without some columns (the groups stay)."""
        return Inputs(
            tuple(c for c in self.numbers if c not in columns),
            tuple(c for c in self.categories if c not in columns),
            self.groups,
        )


@dataclass(frozen=True)
class Encoder:
    """Turns a sample's columns into standardised numbers; learnt once, on the training rows alone."""

    numbers: dict[str, tuple[bool, float, float, float, bool]] = field(default_factory=dict)
    categories: dict[str, list[Any]] = field(default_factory=dict)

    @staticmethod
    def learn(frame: Frame, inputs: Inputs) -> Encoder:
        numbers = {name: _number_scale(frame[name]) for name in inputs.numbers}
        categories = {name: _levels(frame[name], MOST_VALUES) for name in inputs.categories}
        categories |= {name: _levels(frame[name], 10 * MOST_VALUES) for name in inputs.groups}
        return Encoder(numbers, categories)

    def encode(self, frame: Frame) -> np.ndarray:
        """(rows, columns) of floats, the first column all ones."""
        import numpy as np
        import pandas as pd

        columns = [np.ones(len(frame))]
        for name, (logged, middle, mean, sd, gaps) in self.numbers.items():
            raw = frame[name].to_numpy(dtype="float64", na_value=np.nan)
            missing = np.isnan(raw)
            shaped = _log(raw) if logged else raw
            columns.append((np.where(missing, middle, shaped) - mean) / sd)
            if gaps:
                columns.append(missing.astype("float64"))
        for name, levels in self.categories.items():
            codes = pd.Index(levels, dtype=object).get_indexer(frame[name].astype(object))
            columns.extend((codes == i).astype("float64") for i in range(len(levels)))
        return np.column_stack(columns)


def _number_scale(series: Series) -> tuple[bool, float, float, float, bool]:
    """(take its logarithm, median, mean, standard deviation, has gaps); amounts with a long tail are logged."""
    import numpy as np

    raw = series.to_numpy(dtype="float64", na_value=np.nan)
    known = raw[~np.isnan(raw)]
    if not len(known):
        return False, 0.0, 0.0, 1.0, False
    logged = bool(known.min() >= 0 and known.mean() > 1.5 * np.median(known))
    shaped = _log(known) if logged else known
    sd = float(shaped.std())
    return logged, float(np.median(shaped)), float(shaped.mean()), sd if sd > 0 else 1.0, len(known) < len(raw)


def _log(values: np.ndarray) -> np.ndarray:
    """Of amounts; a value below zero (seen only outside the training rows) counts as zero."""
    import numpy as np

    return np.log1p(np.maximum(values, 0))


def _levels(series: Series, most: int) -> list[Any]:
    """The commonest values, each with enough rows to carry a figure; the commonest of all is the baseline and gets none."""
    counts = series.value_counts(dropna=True)
    enough = max(5, len(series) // 500)
    return [value for value, count in counts.items() if count >= enough][1 : most + 1]


@dataclass(frozen=True)
class Estimator:
    """A fitted model: probabilities for rows, and the mean over rows with its standard error."""

    encoder: Encoder
    weights: np.ndarray
    covariance: np.ndarray

    def probabilities(self, frame: Frame) -> np.ndarray:
        return _sigmoid(self.encoder.encode(frame) @ self.weights)

    def mean(self, frame: Frame) -> tuple[float, float]:
        """Mean probability over the rows, and its standard error by the delta method."""
        import numpy as np

        design = self.encoder.encode(frame)
        chances = _sigmoid(design @ self.weights)
        slope = (chances * (1 - chances)) @ design / len(design)
        return float(chances.mean()), float(np.sqrt(max(0.0, slope @ self.covariance @ slope)))


def _sigmoid(x: np.ndarray) -> np.ndarray:
    import numpy as np

    return 1 / (1 + np.exp(-np.clip(x, -35, 35)))


def fit(frame: Frame, outcome: np.ndarray, inputs: Inputs) -> Estimator:
    """Logistic regression with a light ridge (penalty 1/2 on standardised columns, none on the intercept)."""
    import numpy as np

    encoder = Encoder.learn(frame, inputs)
    design = encoder.encode(frame)
    penalty = np.full(design.shape[1], 1.0)
    penalty[0] = 1e-8
    weights = np.zeros(design.shape[1])
    weights[0] = np.log((outcome.mean() + 1e-9) / (1 - outcome.mean() + 1e-9))
    hessian = np.diag(penalty)
    for _ in range(30):
        chances = _sigmoid(design @ weights)
        curve = chances * (1 - chances)
        hessian = (design.T * curve) @ design + np.diag(penalty)
        step = np.linalg.solve(hessian, design.T @ (outcome - chances) - penalty * weights)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return Estimator(encoder, weights, np.linalg.inv(hessian))


@dataclass(frozen=True)
class Test:
    """How well probabilities did on rows that the model had not seen.

    auc       chance that a leaver is rated above a stayer; 0.5 is no better than a coin
    brier     mean squared error;  base_brier: that of saying the base rate for everyone
    predicted, actual  mean probability and share that left
    """

    __test__ = False

    rows: int
    auc: float
    brier: float
    base_brier: float
    predicted: float
    actual: float


def assessed(chances: np.ndarray, outcome: np.ndarray) -> Test:
    """Scores probabilities against what happened. AUC is 0.5 where only one outcome did."""
    actual = float(outcome.mean())
    return Test(
        rows=len(outcome),
        auc=auc(chances, outcome),
        brier=float(((chances - outcome) ** 2).mean()),
        base_brier=actual * (1 - actual),
        predicted=float(chances.mean()),
        actual=actual,
    )


def auc(scores: np.ndarray, outcome: np.ndarray) -> float:
    """Area under the ROC curve by ranks (Mann-Whitney), ties at their mean rank."""
    from scipy.stats import rankdata

    left = int(outcome.sum())
    stayed = len(outcome) - left
    if not left or not stayed:
        return 0.5
    ranks = rankdata(scores)
    return float((ranks[outcome == 1].sum() - left * (left + 1) / 2) / (left * stayed))


def out_of_fold(frame: Frame, outcome: np.ndarray, inputs: Inputs) -> np.ndarray:
    """Each row's probability by a model that was not fitted on it (five stratified folds, seeded)."""
    import numpy as np

    fold = _folds(outcome)
    chances = np.zeros(len(outcome))
    for k in range(FOLDS):
        held = fold == k
        chances[held] = fit(frame[~held], outcome[~held], inputs).probabilities(frame[held])
    return chances


def _folds(outcome: np.ndarray) -> np.ndarray:
    """A fold a row, each with its share of leavers."""
    import numpy as np

    shuffled = np.random.default_rng(SEED).permutation(len(outcome))
    by_outcome = shuffled[np.argsort(outcome[shuffled], kind="stable")]
    fold = np.empty(len(outcome), dtype="int64")
    fold[by_outcome] = np.arange(len(outcome)) % FOLDS
    return fold


def leaks(frame: Frame, outcome: np.ndarray, inputs: Inputs) -> list[str]:
    """Columns that give the outcome away, and so were probably written down after it.

    One is: filled in for one outcome only; or one that alone tells leavers from stayers (AUC 0.95 or more).
    """
    found = [name for name in (*inputs.numbers, *inputs.categories) if _one_sided(frame[name], outcome)]
    found += [n for n in inputs.numbers if n not in found and _alone(frame[n].to_numpy(dtype="float64"), outcome) >= 0.95]
    found += [n for n in inputs.categories if n not in found and _alone(_rates(frame[n], outcome), outcome) >= 0.95]
    return found


def _one_sided(series: Series, outcome: np.ndarray) -> bool:
    present = series.notna().to_numpy()
    left, stayed = present[outcome == 1], present[outcome == 0]
    if not len(left) or not len(stayed):
        return False
    low, high = sorted((float(left.mean()), float(stayed.mean())))
    return low <= 0.01 and high >= 0.5


def _alone(values: np.ndarray, outcome: np.ndarray) -> float:
    import numpy as np

    known = ~np.isnan(values)
    area = auc(values[known], outcome[known]) if known.mean() > 0.5 else 0.5
    return max(area, 1 - area)


def _rates(series: Series, outcome: np.ndarray) -> np.ndarray:
    """Each row's value replaced by the share of leavers among the *other* rows with it, so that rare values don't look telling."""
    import numpy as np
    import pandas as pd

    codes = pd.factorize(series.astype(object), use_na_sentinel=False)[0]
    rows = np.bincount(codes)
    left = np.bincount(codes, weights=outcome)
    base = outcome.mean()
    return (left[codes] - outcome + base * 10) / (rows[codes] - 1 + 10)
