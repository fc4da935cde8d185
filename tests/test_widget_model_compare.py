from io import BytesIO
from threading import Event

import numpy as np
import pytest
from PIL import Image

from srcourse import images, upscaling, zoo
from srcourse.metrics import evaluate
from srcourse.widgets import ModelCompare, model_compare
from srcourse.widgets.model_compare import choices, enlarged, most_detailed

pytestmark = pytest.mark.usefixtures("one_thread")
TRAINED = [(name, scale) for name, scales in zoo.trained().items() for scale in scales]
BY_HAND = [(name, scale) for name in ("nearest", "bilinear", "bicubic") for scale in (2, 3, 4)]


def png(image):
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def upload(widget, data):
    widget.upload = {"name": "mine.png", "data": memoryview(data)}


def wait():
    """Until the thread has done all that it was asked for."""
    model_compare._worker.submit(lambda: None).result(timeout=60)


def picture(shown):
    return np.frombuffer(shown["pixels"], np.uint8).reshape(shown["height"], shown["width"], 3)


@pytest.fixture(autouse=True)
def fresh():
    enlarged.cache_clear()
    yield
    wait()


@pytest.mark.parametrize(("method", "scale"), [*BY_HAND, *TRAINED])
def test_figures_and_picture_are_those_of_the_protocol(method, scale):
    mine = images.sample("coffee")[90:150, 300:371]
    for hr in (mine, mine[..., 1]):
        widget = ModelCompare("original", method, scale)
        upload(widget, png(hr))
        wait()
        found = evaluate(lambda lr, s: upscaling.upscale(lr, s, method), [("", hr)], scale)["mean"]
        assert widget.right_shown["figures"]["PSNR"] == f"{found['psnr']:.2f} dB"
        assert widget.right_shown["figures"]["SSIM"] == f"{found['ssim']:.3f}"
        assert widget.summary()["right_psnr"] == round(found["psnr"], 2)
        assert widget.summary()["right_ssim"] == round(found["ssim"], 3)
        cut = widget.pixels[: 60 // scale * scale, : 71 // scale * scale]
        assert np.array_equal(picture(widget.left_shown), cut)
        lr = model_compare.make_lr(model_compare.plane_or_rgb(widget.pixels), scale)
        sr = images.rgb(upscaling.upscale(lr, scale, method))
        # What lies halfway between two levels may round either way, as threads add up.
        assert np.abs(picture(widget.right_shown).astype(int) - sr).max() <= 1


def test_all_that_is_trained_is_offered():
    by_hand = dict.fromkeys(("original", "nearest", "bilinear", "bicubic"), (2, 3, 4))
    assert choices() == by_hand | zoo.trained()


@pytest.mark.parametrize(("name", "scale"), TRAINED)
def test_what_a_network_has_learned_is_counted(name, scale):
    widget = ModelCompare("bicubic", name, scale, "microaneurysms")
    wait()
    network = zoo.build(name, scale)
    learned = sum(p.numel() for p in network.parameters() if p.requires_grad)
    assert widget.right_shown["figures"]["Parameters"] == f"{learned:,}"
    assert widget.left_shown["figures"]["Parameters"] == "0"
    assert widget.right_shown["figures"]["Time"].endswith(" ms")


def test_the_original_is_perfect_and_takes_no_time():
    widget = ModelCompare("original", "bicubic")
    wait()
    expected = {"PSNR": "∞ dB", "SSIM": "1.000", "Time": "–", "Parameters": "–"}
    assert widget.left_shown["figures"] == expected
    assert np.array_equal(picture(widget.left_shown), widget.pixels)


def test_the_time_is_that_of_enlarging_the_picture_alone(monkeypatch):
    clock = [0.0]
    loaded = []

    def upscale(lr, scale, method):
        if not loaded:
            clock[0] += 5  # its weights are loaded
            loaded.append(method)
        clock[0] += len(lr) / 1000
        return lr.repeat(2, 0).repeat(2, 1)

    monkeypatch.setattr(model_compare, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(model_compare, "upscale", upscale)
    monkeypatch.setattr(model_compare, "_learned", lambda *_: 0)
    assert enlarged("slow", 2, bytes(48 * 48 * 3), 48).seconds == pytest.approx(0.024)
    assert model_compare._milliseconds(0.0244) == "24 ms"
    assert model_compare._milliseconds(0.0042) == "4.2 ms"


def test_what_was_enlarged_once_is_kept():
    widget = ModelCompare("nearest", "bicubic")
    wait()
    assert enlarged.cache_info().misses == 2
    first = widget.left_shown
    widget.left = "bilinear"
    wait()
    widget.left = "nearest"
    wait()
    repr(widget)
    widget.snapshot()
    assert enlarged.cache_info().misses == 3
    assert widget.left_shown == first
    ModelCompare("bicubic", "nearest")
    wait()
    assert enlarged.cache_info().misses == 3
    widget.scale = 3
    wait()
    assert enlarged.cache_info().misses == 5


@pytest.fixture
def slow(monkeypatch):
    """Enlarging that notes what it is asked for, and waits to be let go on."""
    asked, begun, go_on = [], Event(), Event()
    known = enlarged

    def waiting(method, *rest):
        asked.append(method)
        begun.set()
        assert go_on.wait(30)
        return known(method, *rest)

    monkeypatch.setattr(model_compare, "enlarged", waiting)
    yield asked, begun, go_on
    go_on.set()
    wait()


def test_the_latest_request_wins_and_nothing_waits_for_the_others(slow):
    asked, begun, go_on = slow
    widget = ModelCompare("nearest", "original")
    seen = []
    widget.observe(lambda change: seen.append(change["new"].get("method")), "left_shown")
    assert begun.wait(30)  # `nearest` is being enlarged; all of this happens meanwhile
    for method in ("bilinear", "bicubic", "bilinear", "bicubic"):
        widget.left = method
        assert widget.left_shown == {}
    go_on.set()
    wait()
    assert seen == ["bicubic"]
    assert widget.right_shown["method"] == "original"
    assert "bilinear" not in asked
    assert set(asked) == {"nearest", "original", "bicubic"}


def test_a_side_that_nobody_changed_stays_as_it_is():
    widget = ModelCompare("nearest", "bicubic")
    wait()
    seen = []
    widget.observe(lambda change: seen.append(change["name"]), ["left_shown", "right_shown"])
    widget.left = "bilinear"
    wait()
    assert seen == ["left_shown", "left_shown"]  # emptied, and filled
    widget.zoom, widget.wipe, widget.row = 4, 0.2, 3
    wait()
    assert len(seen) == 2


def test_what_goes_wrong_in_the_thread_is_told(monkeypatch):
    widget = ModelCompare("nearest", "bicubic")
    wait()

    def broken(*wanted):
        raise RuntimeError("no memory")

    monkeypatch.setattr(model_compare, "enlarged", broken)
    widget.left = "bilinear"
    wait()
    assert widget.message == "bilinear ×2 failed: no memory"
    assert widget.left_shown == {}


def test_summary_has_no_times_and_is_the_same_each_time():
    widget = ModelCompare("nearest", "bicubic", scale=3, photo="chelsea")
    first = repr(widget)
    assert list(widget.summary()) == [
        *("photo", "scale", "left", "left_psnr", "left_ssim", "right", "right_psnr", "right_ssim")
    ]
    assert first.startswith("ModelCompare(photo='chelsea', scale=3, left='nearest', left_psnr=")
    enlarged.cache_clear()
    assert repr(ModelCompare("nearest", "bicubic", scale=3, photo="chelsea")) == first
    widget.left = "bilinear"
    assert "left='bilinear'" in repr(widget)
    assert repr(ModelCompare("original", "nearest")).count("left_psnr=inf, left_ssim=1.0") == 1


def test_the_snapshot_shows_both_as_they_are_seen():
    widget = ModelCompare("original", "nearest", zoom=4, row=100, col=60)
    shown = widget.snapshot()
    assert shown.dtype == np.uint8
    assert shown.shape[1] == 2 * (288 + 12)
    large = widget.pixels.repeat(4, 0).repeat(4, 1)
    top, left = 4 * 100 + 2 - 144, 4 * 60 + 2 - 144  # pixel (100, 60) in the middle
    assert np.array_equal(shown[26:314, 6:294], large[top : top + 288, left : left + 288])
    widget.row, widget.col = -50, 1e6
    assert np.array_equal(widget.seen(widget.pixels), large[:288, -288:])


def test_the_most_detailed_piece_is_found():
    picture = np.zeros((90, 130, 3), np.uint8)
    picture[50:70, 90:110] = np.random.default_rng(0).integers(0, 256, (20, 20, 3))
    assert np.array_equal(most_detailed(picture, 22), picture[49:71, 89:111])
    assert np.array_equal(most_detailed(picture, 100), picture[:, 11:111])
    assert np.array_equal(most_detailed(picture, 500), picture)


def test_every_sample_is_a_piece_of_at_most_288_pixels():
    widget = ModelCompare("original", "original")
    for name in images.samples():
        widget.photo = name
        whole = images.sample(name).shape
        assert (widget.height, widget.width) == (min(288, whole[0]), min(288, whole[1]))
        assert (widget.row, widget.col) == ((widget.height - 1) / 2, (widget.width - 1) / 2)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"no picture", "picture"),
        (png(np.zeros((3, 5), np.uint8)), "5×3; accepted: at least 24 pixels a side"),
        (png(np.zeros((2000, 23), np.uint8)), "23×2000, shown as 23×288; accepted: at least 24"),
    ],
)
def test_a_bad_upload_leaves_everything_as_it_was(data, why):
    widget = ModelCompare("nearest", "bicubic", photo="camera", scale=4, zoom=3, row=20, col=30)
    wait()
    names = ("photo", "source", "row", "col", "zoom", "left_shown", "right_shown")
    before = {name: getattr(widget, name) for name in names}
    upload(widget, data)
    wait()
    assert why in widget.message
    assert {name: getattr(widget, name) for name in names} == before


def test_the_smallest_upload_is_shown_at_every_scale():
    widget = ModelCompare("nearest", "bicubic")
    upload(widget, png(images.sample("coffee")[200:224, 300:400]))
    for scale in (2, 3, 4):
        widget.scale = scale
        wait()
        assert widget.message == ""
        assert widget.left_shown["height"] == 24
        assert widget.left_shown["photo"] == "your own"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"left": "lanczos"}, "left is 'lanczos'; accepted: original, nearest, bilinear"),
        ({"right": 3}, "right is 3; accepted: original"),
        ({"scale": 5}, "scale is 5; accepted: 2, 3, 4"),
        ({"scale": "2"}, "scale is '2'; accepted: 2, 3, 4"),
        ({"photo": "astronot"}, "did you mean 'astronaut'"),
        ({"zoom": 5}, "zoom is 5; accepted: 1, 2, 3, 4, 6, 8"),
        ({"row": 288}, "row is 288; the picture has 0 to 287"),
        ({"col": float("nan")}, "col is nan"),
    ],
)
def test_wrong_arguments_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        ModelCompare(**{"left": "nearest", "right": "bicubic"} | wrong)


def test_a_network_is_refused_at_a_scale_that_it_did_not_learn(monkeypatch):
    monkeypatch.setattr(zoo, "trained", lambda: {"even": (2, 4)})
    with pytest.raises(ValueError, match=r"^scale is 3; right, even, is trained for 2, 4$"):
        ModelCompare("bicubic", "even", 3)


def test_a_wrong_value_is_refused_later_too():
    widget = ModelCompare("nearest", "bicubic")
    for name, value in (("left", "lanczos"), ("right", ""), ("scale", 5)):
        before = getattr(widget, name)
        with pytest.raises(ValueError, match=f"^{name} is {value!r}; accepted"):
            setattr(widget, name, value)
        assert getattr(widget, name) == before
