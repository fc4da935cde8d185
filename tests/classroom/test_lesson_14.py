import numpy as np
import pytest

from srcourse.classroom import check

RANDOM = np.random.default_rng(11)


def draws(table, columns):
    return table.mean(axis=0)[columns].mean(axis=1)


def columns(table, axis=1, count=2000):
    return RANDOM.integers(table.shape[axis], size=(count, table.shape[axis]))


def paired(sr, top, count=2000):
    chosen = columns(sr, count=count)
    return draws(sr, chosen) / draws(top, chosen)


def ends(values, tail=2.5):
    return np.percentile(values, [tail, 100 - tail])


def by_deviation(times):
    def answer(sr, top):
        found = paired(sr, top)
        return found.mean() - times * found.std(), found.mean() + times * found.std()

    return answer


def one_at_a_time(sr, top):
    random = np.random.default_rng(5)
    found = []
    for _ in range(2000):
        chosen = random.choice(sr.shape[1], sr.shape[1])
        found.append(sr[:, chosen].mean() / top[:, chosen].mean())
    found.sort()
    return found[50], found[1949]


def of_seeds(sr, top):
    rows = columns(sr, axis=0)
    return ends(sr.mean(axis=1)[rows].mean(axis=1) / top.mean(axis=1)[rows].mean(axis=1))


def of_cells(sr, top):
    return ends(paired(sr.reshape(1, -1), top.reshape(1, -1)))


def mean_of_ratios(sr, top):
    chosen = columns(sr)
    return ends(
        np.mean(
            [s[chosen].mean(axis=1) / t[chosen].mean(axis=1) for s, t in zip(sr, top, strict=True)],
            axis=0,
        )
    )


def per_image(sr, top):
    with np.errstate(all="ignore"):
        return ends(draws(sr / top, columns(sr)))


@pytest.mark.parametrize(
    "answer",
    [
        lambda s, t: ends(paired(s, t)),
        one_at_a_time,
        by_deviation(1.96),
        lambda s, t: tuple(np.quantile(paired(s, t, 5000), (0.025, 0.975))),
    ],
)
def test_an_interval_may_be_found_in_several_ways(answer):
    for _ in range(3):  # whatever the dice say
        result = check("14-interval", answer)
        assert result.passed, result.words


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda s, t: None, "returned nothing"),
        (lambda s, t: paired(s, t), "two numbers"),
        (lambda s, t: s.mean() / t.mean(), "two numbers"),
        (per_image, "not finite"),
        (lambda s, t: ends(paired(s, t))[::-1], "exchanged"),
        (lambda s, t: ends(draws(s, columns(s)) / draws(t, columns(t))), "images of its own"),
        (of_seeds, "draws the seeds"),
        (of_cells, "Draw whole columns"),
        (lambda s, t: ends(paired(s, t), 5), "90 %"),
        (by_deviation(1), "68 %"),
        (by_deviation(1.96 / 2000**0.5), "already that of the mean"),
        (mean_of_ratios, "the seeds' own ratios"),
        (lambda s, t: ends(paired(t, s)), "upside down"),
        (
            lambda s, t: (lambda c: ends(draws(s, c) - draws(t, c)))(columns(s)),
            "interval of the difference",
        ),
        (lambda s, t: (0.0, 1.0), "was expected"),
    ],
)
def test_interval_hints(answer, hint):
    result = check("14-interval", answer)
    assert not result.passed
    assert hint in result.words


def won_back(sr, top, floor, gap):
    if gap[0] <= 0 <= gap[1]:
        return None
    return (sr - floor) / (top - floor)


def otherwise(sr, top, floor, gap):
    low, high = gap
    return 1 - (top - sr) / (top - floor) if low > 0 or high < 0 else None


@pytest.mark.parametrize("answer", [won_back, otherwise])
def test_the_right_normalized_score_passes(answer):
    assert check("14-normalized", answer).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda s, t, f, g: None, "returned nothing"),
        (lambda s, t, f, g: (s - f) / t, "missing below the line"),
        (lambda s, t, f, g: s / (t - f), "missing above the line"),
        (lambda s, t, f, g: s / t, "plain ratio"),
        (lambda s, t, f, g: (t - s) / (t - f), "stays lost"),
        (lambda s, t, f, g: min(1, max(0, (s - f) / (t - f))), "do not cut it off"),
        (lambda s, t, f, g: s - f, "is won back"),
        (lambda s, t, f, g: won_back(s, t, f, g) if s > f else None, "is won back"),
        (lambda s, t, f, g: (s - f) / (t - f), "The gap may be 0"),
        (lambda s, t, f, g: np.nan if t == f else (s - f) / (t - f), "The gap may be 0"),
        (lambda s, t, f, g: won_back(s, t, f, g) or np.inf, "not infinity"),
        (lambda s, t, f, g: (s - f) / (t - f) if t != f else None, "The gap may be 0"),
        (lambda s, t, f, g: None if t - f < 0.02 and t != f else (s - f) / (t - f), "by zero"),
    ],
)
def test_normalized_hints(answer, hint):
    result = check("14-normalized", answer)
    assert not result.passed
    assert hint in result.words


@pytest.mark.parametrize(
    "answer",
    [
        lambda a, b: (a == b).mean(),
        lambda a, b: sum(x == y for x, y in zip(a.flat, b.flat, strict=True)) / a.size,
    ],
)
def test_the_right_agreement_passes(answer):
    assert check("14-agreement", answer).passed


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda a, b: None, "returned nothing"),
        (lambda a, b: (a == b).mean(axis=1), "one number"),
        (lambda a, b: (a == b).sum(), "the number of equal answers"),
        (lambda a, b: (a == b).sum() / a.shape[1], "by the number of images"),
        (lambda a, b: (a != b).mean(), "the share that differs"),
        (lambda a, b: (a == b).all(axis=0).mean(), "where all seeds agree"),
        (lambda a, b: (a == b).any(axis=0).mean(), "if any seed agrees"),
        (lambda a, b: (a[:, None] == b[None]).mean(), "every seed with every seed"),
        (
            lambda a, b: 1 - np.abs(np.bincount(a.flat) - np.bincount(b.flat)).sum() / 2 / a.size,
            "how often each class",
        ),
        (lambda a, b: 0.5, "of the answers are equal"),
        (lambda a, b: (a == b).mean() if (a != b).any() else 0, "with itself"),
    ],
)
def test_agreement_hints(answer, hint):
    result = check("14-agreement", answer)
    assert not result.passed
    assert hint in result.words
