"""Ways to spoil a picture by a chosen amount, so that pictures of one PSNR can be compared.

The experiment of Wang, Bovik, Sheikh and Simoncelli 2004, figure 2: distortions of equal mean
squared error that look nothing alike.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from io import BytesIO
from math import exp, log, log10

import numpy as np
from PIL import Image
from scipy import ndimage

from srcourse.images import check_range, to_float, to_uint8
from srcourse.resampling import cubic_kernel

MOST = 100  # dB: the highest PSNR that can be asked for
SAME = 200  # dB: from here on, two pictures differ by the rounding of floats alone
CLOSE = 0.004  # dB
START, STRONGER, WEAKER = 0.1, (0.25, 0.5, 1.0), (0.03, 0.003, 1e-9)  # where the search begins

Spoil = Callable[[float], np.ndarray]  # from a strength above 0 to a picture, not yet clipped


def _pixels(strength: float) -> float:
    return 32 * strength**2


def _quality(strength: float) -> float:
    return 101 - 100 * strength


def _blur(image: np.ndarray) -> Spoil:
    def spoil(strength: float) -> np.ndarray:
        sigma = _pixels(strength)
        axes = (sigma, sigma, *[0] * (image.ndim - 2))
        return ndimage.gaussian_filter(image, axes, mode="nearest")

    return spoil


@lru_cache(maxsize=2)
def _white_noise(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape)


def _noise(image: np.ndarray) -> Spoil:
    return lambda strength: image + strength / 2 * _white_noise(image.shape)


def _shift(image: np.ndarray) -> Spoil:
    """Bicubic between pixels: linear interpolation would blur halfway between two of them."""
    columns = np.arange(image.shape[1])

    def spoil(strength: float) -> np.ndarray:
        whole, part = divmod(_pixels(strength), 1)
        taps = np.arange(-1, 3)
        moved = (image[:, np.clip(columns - int(whole) - tap, 0, len(columns) - 1)] for tap in taps)
        weights = cubic_kernel(taps - part)
        return np.sum([w * m for w, m in zip(weights, moved, strict=True)], axis=0)

    return spoil


def _contrast(image: np.ndarray) -> Spoil:
    to_mean = image.mean() - image
    return lambda strength: image + strength * to_mean


def _brightness(image: np.ndarray) -> Spoil:
    return lambda strength: image + strength / 2


def _jpeg(image: np.ndarray) -> Spoil:
    """Between two whole qualities a mean of both; above 100, of that and the image itself."""

    @cache
    def at(quality: int) -> np.ndarray:
        if quality > 100:
            return image
        file = BytesIO()
        Image.fromarray(to_uint8(image)).save(file, "JPEG", quality=quality, subsampling=0)
        return np.asarray(Image.open(file)) / 255

    def spoil(strength: float) -> np.ndarray:
        low, part = divmod(_quality(strength), 1)
        lower = at(int(low))
        return lower + part * (at(int(low) + 1) - lower) if part else lower

    return spoil


@lru_cache(maxsize=2)
def _order(count: int) -> np.ndarray:
    return np.random.default_rng(1).permutation(count)


def _salt(image: np.ndarray) -> Spoil:
    """Pixels in an order drawn once; the last goes only part of the way, so that nothing jumps."""
    pixels = image.reshape(image.shape[0] * image.shape[1], -1)
    order = _order(len(pixels))
    grain = np.arange(len(pixels))[:, None] % 2

    def spoil(strength: float) -> np.ndarray:
        whole, part = divmod(strength * len(pixels), 1)
        count = int(whole)
        out = pixels.copy()
        out[order[:count]] = grain[:count]
        if part:
            last = order[count]
            out[last] += part * (grain[count] - out[last])
        return out.reshape(image.shape)

    return spoil


# How each kind spoils a picture, and what a strength means for it.
_KINDS: dict[str, tuple[Callable[[np.ndarray], Spoil], Callable[[float], str]]] = {
    "blur": (_blur, lambda s: f"σ {_pixels(s):.2f} pixels"),
    "noise": (_noise, lambda s: f"σ {s / 2 * 255:.1f} levels"),
    "shift": (_shift, lambda s: f"{_pixels(s):.2f} pixels"),
    "contrast": (_contrast, lambda s: f"−{100 * s:.1f} %"),
    "brightness": (_brightness, lambda s: f"+{s / 2 * 255:.1f} levels"),
    "jpeg": (_jpeg, lambda s: f"quality {_quality(s):.1f}"),
    "salt": (_salt, lambda s: f"{100 * s:.2f} % of the pixels"),
}
KINDS = tuple(_KINDS)


def _known(kind: str) -> tuple[Callable[[np.ndarray], Spoil], Callable[[float], str]]:
    if kind not in _KINDS:
        raise ValueError(f"kind is {kind!r}; accepted: {', '.join(KINDS)}")
    return _KINDS[kind]


def _check_strength(strength: float) -> None:
    if not 0 <= strength <= 1:
        raise ValueError(f"strength is {strength}; accepted: 0 to 1")


def _spoiler(image: np.ndarray, kind: str) -> tuple[np.ndarray, Spoil]:
    """The image as float in [0, 1], and what spoils it."""
    prepare, _ = _known(kind)
    if check_range(image).shape[2:] == (4,):
        raise ValueError("image has transparency; images.rgb lays it over white")
    picture = np.clip(to_float(image), 0, 1)
    spoil = prepare(picture)
    return picture, lambda strength: np.clip(spoil(strength), 0, 1)


def distort(image: np.ndarray, kind: str, strength: float) -> np.ndarray:
    """`image` spoiled by one of KINDS: float64 in [0, 1], of the same shape.

    image: (H, W) or (H, W, 3), uint8, uint16 or float in [0, 1]. strength: s from 0, which leaves
    it as it is, to 1, which leaves hardly anything of it:

    - ``"blur"``: Gaussian, σ = 32 s² pixels.
    - ``"noise"``: white and Gaussian, σ = s/2 of the range from black to white.
    - ``"shift"``: 32 s² pixels to the right, the edge repeated.
    - ``"contrast"``: each value goes the share s of its way to the picture's mean.
    - ``"brightness"``: s/2 of the range is added.
    - ``"jpeg"``: quality 101 − 100 s, colours in full resolution.
    - ``"salt"``: salt and pepper on the share s of the pixels, white and black by turns.

    The result is clipped, not rounded: PSNR then follows the strength without steps. The same input
    always gives the same output.

    Raises ValueError for an unknown kind, a strength out of range, and what is not such a picture.
    """
    _check_strength(strength)
    picture, spoil = _spoiler(image, kind)
    return spoil(strength) if strength else picture


def in_words(kind: str, strength: float) -> str:
    """What a strength from 0 to 1 means for this kind, as ``"σ 1.28 pixels"``.

    Raises ValueError for an unknown kind and a strength out of range.
    """
    _, words = _known(kind)
    _check_strength(strength)
    return words(strength) if strength else "none"


def at_psnr(image: np.ndarray, kind: str, target: float) -> tuple[float, np.ndarray]:
    """The strength at which `kind` leaves a PSNR of `target` dB, to 0.01 dB, and the picture.

    target: up to 100. PSNR is over all channels, against the image as float. Where several
    strengths leave it, as those of a shift may, it is one of the weaker ones.

    Raises ValueError as `distort` does, for another target, and, with what full strength leaves,
    where the kind cannot spoil this picture that much.
    """
    picture, spoil = _spoiler(image, kind)
    if not 0 < target <= MOST:
        raise ValueError(f"target is {target} dB; accepted: above 0, to {MOST}")

    def tried(x: float) -> tuple[float, np.ndarray]:
        """How far the PSNR at the strength exp(x) lies above the target, and the picture."""
        result = spoil(exp(x))
        off = (result - picture).ravel()
        error = max(off @ off / off.size, 10 ** (-SAME / 10))
        return -10 * log10(error) - target, result

    # Two strengths with the target between them. Far too much blur would be slow to make.
    x = log(START)
    miss, result = tried(x)
    for strength in STRONGER if miss > 0 else WEAKER:
        end, end_miss = x, miss
        x = log(strength)
        miss, result = tried(x)
        if abs(miss) <= CLOSE or miss * end_miss <= 0:
            break
    else:
        least = miss + target
        leaves = f"leaves {least:.2f} dB" if least < SAME else "leaves this picture as it is"
        raise ValueError(f"target is {target} dB; {kind} at full strength {leaves}")
    (low, low_miss), (high, high_miss) = sorted([(end, end_miss), (x, miss)])

    # The error grows about as a power of the strength, so that a straight line through two points
    # of their logarithms soon meets the target; the Illinois rule keeps both ends moving.
    while abs(miss) > CLOSE:
        x = low - low_miss * (high - low) / (high_miss - low_miss)
        before = miss
        miss, result = tried(x)
        if miss > 0:
            low, low_miss = x, miss
            high_miss /= 2 if before > 0 else 1
        else:
            high, high_miss = x, miss
            low_miss /= 2 if before < 0 else 1
    return exp(x), result
