import numpy as np
import pytest

from srcourse.classroom import check
from srcourse.metrics import psnr

# 1. Does it move along?


def fails(key, answer, hint):
    result = check(key, answer)
    assert not result.passed
    assert hint in result.words, result.words


def roll(picture, step=1, axis=1):
    return np.roll(picture, step, axis)


def near(a, b):
    return np.allclose(a, b, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda f, x: None, "returned nothing"),
        (lambda f, x: f(roll(x)) == roll(f(x)), "one bool"),
        (lambda f, x: True, "always says yes"),
        (lambda f, x: False, "always says no"),
        (lambda f, x: near(f(roll(x)), f(x)), "whether moving changes nothing"),
        (lambda f, x: near(f(roll(x)), roll(x)), "with the moved picture itself"),
        (lambda f, x: near(roll(f(x)), f(roll(x, -1))), "one side moves right, the other left"),
        (lambda f, x: near(f(roll(x, axis=0)), roll(f(x), axis=0)), "That moves down"),
        (lambda f, x: near(f(np.roll(x, 1)), np.roll(f(x), 1)), "Without an axis"),
        (lambda f, x: np.allclose(f(roll(x)), roll(f(x)), atol=0.01), "slipped through"),
        (lambda f, x: abs(f(roll(x)) - roll(f(x))).mean() < 1e-3, "slipped through"),
        (lambda f, x: np.array_equal(f(roll(x)), roll(f(x))), "only the last digits"),
        (lambda f, x: not near(f(roll(x)), roll(f(x))), "says the opposite"),
        (lambda f, x: x.sum() == f(x).sum(), "moving before and after gives"),
    ],
)
def test_moves_along_hints(answer, hint):
    result = check("19-moves-along", answer)
    assert not result.passed
    assert hint.lower() in result.words.lower(), result.words


def test_moves_along_may_be_written_otherwise():
    def by_columns(operation, picture):
        before = operation(np.concatenate([picture[:, -1:], picture[:, :-1]], axis=1))
        after = operation(picture)
        return abs(before[:, 1:] - after[:, :-1]).max() < 1e-9 and near(before[:, 0], after[:, -1])

    assert check("19-moves-along", lambda f, x: near(f(roll(x)), roll(f(x)))).passed
    assert check("19-moves-along", by_columns).passed


# 2. One counterexample is enough


def noisy(picture, sigma=12):
    found = picture + np.random.default_rng(0).normal(0, sigma, picture.shape)
    return np.clip(np.rint(found), 0, 255).astype(np.uint8)


def darker(picture, levels=30):
    return np.clip(picture.astype(int) - levels, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x: None, "returned nothing"),
        (noisy, "Return two pictures"),
        (lambda x: (noisy(x)[1:], darker(x)), "a has shape (127, 128)"),
        (lambda x: (noisy(x), darker(x) / 255), "b is float64"),
        (lambda x: (x, darker(x)), "a is the original itself"),
        (lambda x: (darker(x), noisy(x)), "the wrong way round"),
        (lambda x: (noisy(x, 20), darker(x, 5)), "better one by PSNR too"),
        (lambda x: (noisy(x, 2), darker(x)), "better one by SSIM too"),
    ],
)
def test_refute_hints(answer, hint):
    fails("19-refute", answer, hint)


def test_refute_asks_for_a_clear_margin():
    def close(original):
        b = darker(original, 30)
        for sigma in np.arange(40, 10, -0.25):  # until it is ahead, but barely
            a = noisy(original, sigma)
            if psnr(original, a) > psnr(original, b):
                return a, b
        raise AssertionError

    fails("19-refute", close, "but not clearly")


def test_refute_may_be_written_otherwise():
    def contrast(original):
        b = (0.7 * original).astype(np.uint8)
        return noisy(original), b

    assert check("19-refute", lambda x: (noisy(x), darker(x))).passed
    assert check("19-refute", contrast).passed
    assert check("19-refute", lambda x: [noisy(x), darker(x)]).passed


# 3. The verdict


def words(mean, half):
    return "holds" if mean > half else "does not hold" if mean < -half else "not settled"


def half(gains, z=1.96, ddof=1):
    return z * np.std(gains, ddof=ddof) / np.sqrt(len(gains))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda g: None, "returned nothing"),
        (lambda g: True, "It returned True"),
        (lambda g: words(g.mean(), 0), "the mean alone"),
        (lambda g: words(g.mean(), 1.96 * g.std(ddof=1)), "divide s by √n"),
        (lambda g: words(g.mean(), 1.96 * g.std(ddof=1) / len(g)), "It divides by n"),
        (lambda g: words(g.mean(), half(g, 1.0)), "a 68 % interval"),
        (lambda g: words(g.mean(), half(g, ddof=0)), "ddof=1"),
        (lambda g: words(g.mean(), half(g, 1.645)), "a 90 % interval"),
        (lambda g: words(g.mean(), 1.96 * g.var(ddof=1) / np.sqrt(len(g))), "the variance"),
        (lambda g: words(-g.mean(), half(g)), "exchanged"),
        (lambda g: "holds" if g.mean() > half(g) else "does not hold", "not the same as refuted"),
        (lambda g: words(g.mean(), -half(g)), "lower end too"),
        (lambda g: "not settled", "that is 'holds', not 'not settled'"),
    ],
)
def test_verdict_hints(answer, hint):
    fails("19-verdict", answer, hint)


def test_verdict_may_be_written_otherwise():
    def by_hand(gains):
        n, mean = len(gains), sum(gains) / len(gains)
        s = (sum((g - mean) ** 2 for g in gains) / (n - 1)) ** 0.5
        low, high = mean - 1.96 * s / n**0.5, mean + 1.96 * s / n**0.5
        return "not settled" if low <= 0 <= high else "holds" if low > 0 else "does not hold"

    assert check("19-verdict", lambda g: words(g.mean(), half(g))).passed
    assert check("19-verdict", by_hand).passed
