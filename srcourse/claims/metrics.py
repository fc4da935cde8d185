"""The report's section 1.3: how the quality of a picture is measured.

What it says of PSNR as a whole, and of the c in SSIM, is in `overview`.
"""

import numpy as np
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

from srcourse import images
from srcourse.claims.claim import Finding, claim, graded, not_checkable
from srcourse.distortions import KINDS, at_psnr
from srcourse.metrics import mse, psnr, ssim
from srcourse.resampling import degrade


def _pair() -> tuple[np.ndarray, np.ndarray]:
    """A photograph in grey, and the same with noise."""
    photo = images.sample("camera")
    return photo, degrade(photo, 1, noise=10, seed=0)


not_checkable(
    "1.3",
    "Quality is what viewers perceive; it is judged by people or computed.",
    "These are definitions. Lesson 13 computes, and in lesson 15 you are the judge.",
)


# 1.3.1 PSNR


not_checkable(
    "1.3.1",
    "PSNR is the technique used most to judge results.",
    "One would have to count papers. Each paper whose figures lesson 12 lists does give it.",
)


@claim("1.3.1", "MSE = 1/N Σ (I(i) − Î(i))².", "holds")
def mse_formula() -> Finding:
    photo, other = _pair()
    by_hand = sum((int(a) - int(b)) ** 2 for a, b in zip(photo.flat, other.flat, strict=True))
    found = by_hand / photo.size
    same = abs(found - mean_squared_error(photo, other)) < 1e-9 > abs(found - mse(photo, other))
    return graded(
        same, f"Summed pixel by pixel it is {found:.2f} on a noisy photograph, as scikit-image has."
    )


@claim("1.3.1", "PSNR is the signal-to-noise ratio.", "does not hold")
def signal_to_noise() -> Finding:
    photo, other = _pair()
    ratio = 10 * np.log10(np.mean(photo.astype(float) ** 2) / mse(photo, other))
    peak = psnr(photo, other)
    dark, darker = (np.array(image // 2) for image in (photo, other))
    lost = ratio - 10 * np.log10(np.mean(dark.astype(float) ** 2) / mse(dark, darker))
    return graded(
        abs(ratio - peak) < 0.01,
        f"That one divides the picture's own power by the error's: {ratio:.2f} dB on a noisy "
        f"photograph. PSNR, with its P for peak, puts L² in the power's place: {peak:.2f} dB. At "
        f"half the brightness, where the error shrinks too, the first changes by {abs(lost):.1f} "
        f"dB, PSNR by {abs(psnr(dark, darker) - peak):.1f}.",
    )


@claim("1.3.1", "L is the largest value that a pixel can have.", "holds with a limit")
def largest_value() -> Finding:
    photo, other = (np.minimum(image, 180) for image in _pair())
    ours, theirs = psnr(photo, other), peak_signal_noise_ratio(photo, other)
    brightest = peak_signal_noise_ratio(photo, other, data_range=int(photo.max()))
    return graded(
        abs(ours - theirs) < 1e-9,
        f"Can have, not has: a photograph without anything brighter than {photo.max()} is still "
        f"scored with 255, {ours:.2f} dB here and by scikit-image; with {photo.max()} it would be "
        f"{brightest:.2f}.",
        limit="On Y, which goes from 16 to 235, papers keep 255: that gives "
        f"{20 * np.log10(255 / 219):.2f} dB more than a Y from 0 to 255.",
    )


# 1.3.2 SSIM


@claim(
    "1.3.2",
    "SSIM is a ratio of both pictures' means, their variances and σxy.",
    "holds with a limit",
)
def ssim_formula() -> Finding:
    x, y = (image.astype(float) for image in _pair())
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    covariance = np.mean((x - x.mean()) * (y - y.mean()))
    whole = (2 * x.mean() * y.mean() + c1) * (2 * covariance + c2)
    whole /= (x.mean() ** 2 + y.mean() ** 2 + c1) * (x.var() + y.var() + c2)
    windowed = structural_similarity(
        x, y, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    return graded(
        abs(windowed - ssim(x.astype(np.uint8), y.astype(np.uint8))) < 1e-6,
        "Computed so in every window of 11 × 11 pixels, it is what scikit-image gives.",
        limit=f"Of windows, not of the pictures: the mean over all windows of a noisy photograph "
        f"is {windowed:.2f}, while the formula of the whole picture at once says {whole:.2f}.",
    )


@claim("1.3.2", "SSIM compares the perceptual quality of two pictures.", "holds with a limit")
def ssim_and_perception() -> Finding:
    photo = images.sample("astronaut")[:256, 100:356]
    spoiled = {kind: at_psnr(photo, kind, 24)[1] for kind in KINDS}
    found = {kind: ssim(photo / 255, picture) for kind, picture in spoiled.items()}
    worst, best = min(found, key=found.__getitem__), max(found, key=found.__getitem__)
    grass = images.sample("grass")
    moved = ssim(grass[:, 1:], grass[:, :-1])
    return graded(
        worst == "noise" and best == "brightness",
        f"Of seven pictures of 24 dB it puts the brighter one first ({found[best]:.2f}) and the "
        f"noisy one last ({found[worst]:.2f}), where PSNR sees no difference;",
        limit=f"but grass that has moved by one pixel, and looks the same, has {moved:.2f}.",
    )
