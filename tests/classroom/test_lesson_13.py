import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from srcourse.classroom import check


def floats(answer):
    """`answer`, given floats, and knowing that equal pictures have no error."""

    def wrapped(x, y, largest):
        x, y = x.astype(float), y.astype(float)
        return np.inf if (x == y).all() else answer(x, y, largest)

    return wrapped


def db(ratio):
    return 10 * np.log10(ratio)


def bytes_overflow(x, y, largest):
    return db(largest**2 / np.mean((x - y) ** 2))


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x, y, top: None, "returned nothing"),
        (lambda x, y, top: (x - y) ** 2, "an array of shape (9, 14)"),
        (floats(lambda x, y, top: 10 * np.log(top**2 / np.mean((x - y) ** 2))), "natural log"),
        (floats(lambda x, y, top: 20 * np.log10(top**2 / np.mean((x - y) ** 2))), "not 20"),
        (floats(lambda x, y, top: db(top / np.mean((x - y) ** 2))), "L has to be squared"),
        (floats(lambda x, y, top: db(top**2 / abs(np.mean(x - y)))), "not squared"),
        (floats(lambda x, y, top: db(top**2 / np.mean(abs(x - y)))), "absolute values"),
        (floats(lambda x, y, top: db(top**2 / np.mean((x - y) ** 2) ** 0.5)), "root of the MSE"),
        (lambda x, y, top: db(top**2 / np.mean((x - y).astype(float) ** 2)), "3 − 5"),
        (floats(lambda x, y, top: db(top**2 / np.sum((x - y) ** 2))), "The mean is missing"),
        (floats(lambda x, y, top: db(np.mean((x - y) ** 2) / top**2)), "upside down"),
        (floats(lambda x, y, top: db(top**2 / np.mean((x - y) ** 2)) / 10), "factor 10"),
        (floats(lambda x, y, top: np.mean((x - y) ** 2)), "That is the MSE"),
        (floats(lambda x, y, top: db(x.max() ** 2 / np.mean((x - y) ** 2))), "that there is"),
        (floats(lambda x, y, top: db(255**2 / np.mean((x - y) ** 2))), "takes L = 255"),
        (floats(lambda x, y, top: 7.0), "it gives 7.00 dB"),
        (bytes_overflow, "wrong for uint8"),
        (
            lambda x, y, top: db(top**2 / max(np.mean((x.astype(float) - y) ** 2), 1e-9)),
            "it is infinite",
        ),
    ],
)
def test_psnr_hints(answer, hint):
    result = check("13-psnr", answer)
    assert not result.passed
    assert hint in result.words


def test_psnr_may_be_written_in_two_ways():
    def in_the_log(x, y, largest):
        mse = np.mean((x.astype(float) - y.astype(float)) ** 2)
        return 20 * np.log10(largest) - 10 * np.log10(mse)

    def with_a_case(x, y, largest):
        if np.array_equal(x, y):
            return float("inf")
        return peak_signal_noise_ratio(x.astype(float), y.astype(float), data_range=largest)

    assert check("13-psnr", in_the_log).passed
    assert check("13-psnr", with_a_case).passed


def window(means=None, constants=None, factor=1.0, two=2, root=False, correlation=False):
    """SSIM in another form than the judge's, with what may be wrong in it."""

    def answer(x, y, weight, largest):
        w = np.full(weight.shape, 1 / weight.size) if means == "uniform" else weight
        c1, c2 = (constants or (lambda top: ((0.01 * top) ** 2, (0.03 * top) ** 2)))(largest)
        mx, my = (w * x).sum(), (w * y).sum()
        vx, vy = ((w * a * a).sum() - m**2 for a, m in ((x, mx), (y, my)))
        cov = (w * x * y).sum() - mx * my
        vx, vy, cov = factor * vx, factor * vy, factor * cov
        if correlation:
            cov = cov / (vx * vy) ** 0.5
        if root:
            vx, vy = vx**0.5, vy**0.5
        above = (two * mx * my + c1) * (two * cov + c2)
        return above / ((mx**2 + my**2 + c1) * (vx + vy + c2))

    return answer


N = 121 / 120


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda x, y, w, top: None, "returned nothing"),
        (lambda x, y, w, top: x * y, "an array of shape (11, 11)"),
        (window("uniform"), "All pixels count the same there"),
        (window("uniform", factor=N), "divides by n − 1, and"),
        (window(factor=N), "multiplied by n / (n − 1)"),
        (window(constants=lambda top: (0, 0)), "c1 and c2 are missing"),
        (window(constants=lambda top: (0, (0.03 * top) ** 2)), "c1 is missing"),
        (window(constants=lambda top: ((0.01 * top) ** 2, 0)), "c2 is missing"),
        (window(constants=lambda top: ((0.03 * top) ** 2, (0.01 * top) ** 2)), "exchanged"),
        (window(constants=lambda top: (0.01 * top, 0.03 * top)), "are not squared"),
        (window(constants=lambda top: (2.55**2, 7.65**2)), "those of L = 255"),
        (window(constants=lambda top: (0.01**2, 0.03**2)), "lack L"),
        (window(root=True), "standard deviations"),
        (window(correlation=True), "σxy is their covariance"),
        (window(two=1), "begin with a 2"),
        (lambda x, y, w, top: 0.25, "it gives 0.2500"),
        (lambda *a: np.nan if np.ptp(a[0]) == 0 else window()(*a), "two equal even windows"),
    ],
)
def test_ssim_hints(answer, hint):
    result = check("13-ssim", answer)
    assert not result.passed
    assert hint in result.words


def test_ssim_may_be_written_in_two_ways():
    def by_scikit_image(x, y, weight, largest):
        options = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
        _, full = structural_similarity(x, y, data_range=largest, full=True, **options)
        return full[5, 5]

    assert check("13-ssim", window()).passed
    assert check("13-ssim", by_scikit_image).passed
