"""What a worker does with an order. Runs in a helper process."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from srcourse.app.catalogue import COLOURIZER
from srcourse.app.orders import Order
from srcourse.app.refused import Refused, sentence
from srcourse.app.settings import Settings


def enhance(
    order: Order,
    source: Path,
    result: Path,
    settings: Settings,
    tell: Callable[[int, int | None], None],
) -> None:
    """Read the file `source`, and write the picture (PNG) or video (MP4) `result`.

    tell: hears how many steps are done and how many there are: a video's frames, a picture's tiles.
    Raises Refused for what cannot be decoded, and for what is beyond the limits after all.
    """
    try:
        if order.kind == "picture":
            _picture(order, source.read_bytes(), result, tell)
        else:
            _video(order, source.read_bytes(), result, settings, tell)
    except ValueError as error:
        raise Refused(422, sentence(error)) from error
    except MemoryError:
        raise Refused(503, "the server has not enough memory for this now", 30) from None


def _picture(
    order: Order, data: bytes, result: Path, tell: Callable[[int, int | None], None]
) -> None:
    from srcourse import images

    picture, profile = images.load(data), images.icc_profile(data)
    if order.name == COLOURIZER:
        from srcourse.colorization import colorize

        tell(0, 1)
        out = colorize(picture)
        tell(1, 1)
        profile = profile if picture.ndim == 3 else None  # that of grey does not fit colours
    else:
        from srcourse.upscaling import upscale

        out = upscale(picture, order.scale, order.name, tell=tell)
    images.save(result, out, icc=profile)


def _video(
    order: Order,
    data: bytes,
    result: Path,
    settings: Settings,
    tell: Callable[[int, int | None], None],
) -> None:
    from srcourse.video import Limits, upscale_video

    limits = Limits(frames=settings.frames, seconds=settings.seconds, pixels=settings.frame)
    upscale_video(BytesIO(data), result, order.name, order.scale, limits=limits, tell=tell)
