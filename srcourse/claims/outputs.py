"""The report's sections 4.3 and 4.4: EDSR's output beside interpolation, on pictures and video."""

from itertools import islice

import numpy as np

from srcourse import images, upscaling, video
from srcourse.claims.claim import Finding, claim, graded
from srcourse.metrics import evaluate, make_lr, psnr

PHOTOS = ("astronaut", "chelsea", "coffee")
TRADITIONAL = ("nearest", "bilinear", "bicubic")


@claim(
    "4.3",
    "EDSR's pictures are better than the traditional ones at ×2, ×3 and ×4.",
    "holds with a limit",
)
def beside_interpolation() -> Finding:
    photos = [(name, images.sample(name)[:192, :192]) for name in PHOTOS]

    def mean(method: str, scale: int) -> float:
        found = evaluate(lambda lr, s: upscaling.upscale(lr, s, method), photos, scale)
        return found["mean"]["psnr"]

    best = {scale: max(mean(name, scale) for name in TRADITIONAL) for scale in (2, 3, 4)}
    ours = {scale: mean("edsr-mini", scale) for scale in best}
    shown = ", ".join(f"{ours[s]:.1f} dB against {best[s]:.1f} at ×{s}" for s in best)
    return graded(
        all(ours[s] > best[s] for s in best),
        f"On parts of three photographs the small edsr-mini reaches {shown}.",
        limit="Its section shows pictures and gives no figures; and these were made small by "
        "bicubic, which a camera's are not.",
    )


@claim(
    "4.4",
    "A video is pictures that change over time, so that the network can be applied to it.",
    "holds with a limit",
)
def frame_by_frame() -> Finding:
    rng = np.random.default_rng(0)
    still = images.to_uint8(images.sample("camera")[100:196:2, 100:196:2])
    clip = [
        images.to_uint8(np.clip(still / 255 + rng.normal(0, 0.01, still.shape), 0, 1))
        for _ in range(3)
    ]
    rest = video.still(clip)
    enlarged = {
        name: [upscaling.upscale(frame, 2, name) for frame in clip]
        for name in ("bicubic", "edsr-mini")
    }
    moved = {
        name: video.flicker([frame[::2, ::2] for frame in frames], rest)
        for name, frames in enlarged.items()
    }
    sizes = {frame.shape for frame in enlarged["edsr-mini"]}
    return graded(
        sizes == {(2 * still.shape[0], 2 * still.shape[1])},
        "Each frame is a picture, and comes out as one, twice as large.",
        limit="But a frame knows nothing of the one before. Of a scene that rests, with a noise "
        f"that changes by {video.flicker(clip, rest):.1f} of 255 levels from frame to frame, "
        f"EDSR's frames change by {moved['edsr-mini']:.1f}, bicubic's by {moved['bicubic']:.1f}.",
    )


@claim("4.4", "EDSR ×4 of a video is better than traditional ×4.", "holds with a limit")
def video_beside_interpolation() -> Finding:
    frames = [frame[:96, :96] for frame in islice(video.frames(video.clip()), 3)]

    def mean(method: str) -> float:
        larger = [upscaling.upscale(make_lr(frame, 4), 4, method) for frame in frames]
        pairs = zip(frames, larger, strict=True)
        return float(np.mean([psnr(a, b, channel="y", border=4) for a, b in pairs]))

    best, ours = max(mean(name) for name in TRADITIONAL), mean("edsr-mini")
    return graded(
        ours > best,
        f"On the upper left of three frames of our clip: {ours:.1f} dB against {best:.1f}.",
        limit="Frame by frame; what happens between the frames it does not say.",
    )
