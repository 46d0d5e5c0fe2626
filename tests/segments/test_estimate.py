"""The estimator against scikit-learn, its tests on unseen rows, and its nose for leaks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segue.tools.segments.estimate import Inputs, assessed, auc, fit, leaks, out_of_fold


@pytest.fixture(scope="module")
def people() -> tuple[pd.DataFrame, np.ndarray]:
    """2,000 people; leaving depends on age and plan, and on nothing else."""
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 80, 2000).astype(float),
            "spend": rng.lognormal(3, 1, 2000),
            "plan": rng.choice(["a", "b", "c"], 2000, p=[0.5, 0.3, 0.2]),
        }
    )
    chance = 1 / (1 + np.exp(-(-1 + 0.04 * (frame["age"] - 50) + 1.2 * (frame["plan"] == "c"))))
    return frame, (rng.random(2000) < chance).astype(float).to_numpy()


INPUTS = Inputs(("age", "spend"), (), ("plan",))


def test_same_probabilities_as_scikit_learn(people):
    from sklearn.linear_model import LogisticRegression

    frame, outcome = people
    ours = fit(frame, outcome, INPUTS)
    design = ours.encoder.encode(frame)[:, 1:]
    theirs = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-10, max_iter=1000).fit(design, outcome)
    assert np.abs(theirs.predict_proba(design)[:, 1] - ours.probabilities(frame)).max() < 1e-6


def test_group_means_match_what_happened(people):
    """A term for each group makes the mean estimate of a group its own rate."""
    frame, outcome = people
    model = fit(frame, outcome, INPUTS)
    for plan in "abc":
        rows = (frame["plan"] == plan).to_numpy()
        mean, error = model.mean(frame[rows])
        assert mean == pytest.approx(outcome[rows].mean(), abs=0.01)
        assert 0 < error < 0.05


def test_the_standard_error_covers(people):
    """Refitted on fresh draws of the same world, the spread of a group's mean is what the delta method says."""
    frame, _ = people
    chance = 1 / (1 + np.exp(-(-1 + 0.04 * (frame["age"] - 50) + 1.2 * (frame["plan"] == "c")))).to_numpy()
    rng, rows = np.random.default_rng(3), (frame["plan"] == "c").to_numpy()
    found = [fit(frame, (rng.random(2000) < chance).astype(float), INPUTS).mean(frame[rows]) for _ in range(25)]
    spread, told = np.std([m for m, _ in found]), np.mean([e for _, e in found])
    assert told == pytest.approx(spread, rel=0.35)


def test_unseen_rows_are_rated_by_models_that_did_not_see_them(people):
    frame, _ = people
    noise = (np.random.default_rng(1).random(2000) < 0.3).astype(float)
    found = assessed(out_of_fold(frame, noise, INPUTS), noise)
    assert found.auc == pytest.approx(0.5, abs=0.05)
    assert found.brier >= found.base_brier - 0.003


def test_auc_by_hand():
    assert auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1])) == 0.75
    assert auc(np.array([1.0, 1.0]), np.array([0, 1])) == 0.5
    assert auc(np.array([1.0, 2.0]), np.array([1, 1])) == 0.5


def test_columns_that_give_it_away_are_named(people):
    frame, outcome = people
    frame = frame.assign(
        reason=np.where(outcome == 1, "price", None),
        final_bill=np.where(outcome == 1, frame["spend"], 1000 + frame["spend"]),
        status=np.where(outcome == 1, "closed", "open"),
    )
    inputs = Inputs(("age", "spend", "final_bill"), ("reason", "status"), ("plan",))
    assert sorted(leaks(frame, outcome, inputs)) == ["final_bill", "reason", "status"]


def test_missing_values_and_values_never_seen_before(people):
    frame, outcome = people
    gaps = frame.assign(age=frame["age"].where(frame["age"] < 60))
    model = fit(gaps, outcome, INPUTS)
    new = pd.DataFrame({"age": [np.nan, 30.0], "spend": [-5.0, 10.0], "plan": ["never seen", None]})
    assert np.isfinite(model.probabilities(new)).all()
