import numpy as np
import pytest
from scipy.stats import binomtest

from srcourse.metrics.binomial import wilson


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize("trials", [1, 2, 7, 10, 250, 10**6])
def test_the_interval_is_scipys(trials, level):
    for successes in sorted({0, 1, trials // 3, trials // 2, trials - 1, trials}):
        expected = binomtest(successes, trials).proportion_ci(level, method="wilson")
        assert wilson(successes, trials, level) == pytest.approx(tuple(expected), abs=1e-12)


def test_where_nothing_or_everything_succeeds_the_interval_ends_there():
    for trials in range(1, 60):
        assert wilson(0, trials)[0] == 0
        assert wilson(trials, trials)[1] == 1
        assert 0 < wilson(0, trials)[1] == pytest.approx(1 - wilson(trials, trials)[0])


def test_its_ends_are_as_far_from_the_share_as_it_says():
    """At either end the counted share lies 1.96 standard deviations away."""
    for p in wilson(7, 10):
        assert abs(0.7 - p) / np.sqrt(p * (1 - p) / 10) == pytest.approx(1.959964, abs=1e-6)


def test_counts_may_come_from_numpy():
    right = np.array([True, True, False])
    assert wilson(right.sum(), np.int64(right.size)) == wilson(2, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 10), r"^successes is -1; of 10 trials it must be 0 to 10$"),
        ((11, 10), r"^successes is 11; of 10 trials it must be 0 to 10$"),
        ((0, 0), r"^trials is 0; it must be at least 1$"),
        ((0, -3), r"^trials is -3; it must be at least 1$"),
        ((0.7, 10), r"^successes is 0\.7; it must be a whole number$"),
        ((7, 10.0), r"^trials is 10\.0; it must be a whole number$"),
        ((True, 10), r"^successes is True; it must be a whole number$"),
        ((7, 10, 0), r"^level is 0; it must lie between 0 and 1, as 0\.95$"),
        ((7, 10, 95), r"^level is 95; it must lie between 0 and 1"),
        ((7, 10, float("nan")), r"^level is nan; it must lie between 0 and 1"),
    ],
)
def test_what_cannot_be_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        wilson(*arguments)
