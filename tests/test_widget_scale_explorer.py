from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from srcourse import images, upscaling, zoo
from srcourse.metrics import evaluate, make_lr
from srcourse.resampling import modcrop
from srcourse.widgets import ScaleExplorer, scale_explorer


def png(image):
    buffer = BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def upload(widget, data):
    widget.upload = {"name": "mine.png", "data": memoryview(data)}


def state(widget):
    names = ("photo", "source", "row", "col", "zoom", "scale", "a", "result")
    return {name: getattr(widget, name) for name in names}


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_each_picture_is_what_another_library_makes_of_the_same_lr(scale):
    widget = ScaleExplorer("coffee", scale=scale, a=-0.75)
    shown = widget.pictures()
    lr = make_lr(widget.pixels, scale)
    assert list(shown) == ["original", "nearest", "bilinear", "bicubic"]
    assert np.array_equal(shown["nearest"], lr.repeat(scale, 0).repeat(scale, 1))
    assert np.array_equal(shown["original"], modcrop(widget.pixels, scale))
    tensor = torch.tensor(np.moveaxis(lr, 2, 0)[None].astype(float))
    inside = np.s_[12:-12, 12:-12]  # the borders are continued differently
    for name in ("bilinear", "bicubic"):
        theirs = torch.nn.functional.interpolate(tensor, scale_factor=scale, mode=name)[0]
        theirs = np.clip(np.floor(np.moveaxis(theirs.numpy(), 0, 2) + 0.5), 0, 255)
        assert np.abs(shown[name][inside] - theirs[inside]).max() <= 1


@pytest.mark.parametrize("method", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_scores_are_the_protocol_s_for_colour_and_for_grey(method, scale):
    for name in ("astronaut", "microaneurysms"):
        widget = ScaleExplorer(name, scale=scale)
        # What is small enough is not reduced: the grey photograph itself must give the same.
        picture = widget.pixels if name == "astronaut" else images.sample(name)
        found = evaluate(lambda lr, s: upscaling.upscale(lr, s, method), [("", picture)], scale)
        assert widget.scores(widget.pictures())[method] == pytest.approx(found["mean"]["psnr"])
        assert widget.result["scores"][method] == f"{found['mean']['psnr']:.2f} dB"


def test_a_is_bicubic_s_parameter_and_of_no_other():
    widget = ScaleExplorer("chelsea", scale=3)
    lr = make_lr(widget.pixels, 3)
    before = widget.pictures()
    assert np.array_equal(before["bicubic"], upscaling.upscale(lr, 3, "bicubic"))
    result = widget.result
    widget.a = -1
    after = widget.pictures()
    assert [n for n in before if not np.array_equal(before[n], after[n])] == ["bicubic"]
    changed = [n for n in result["scores"] if result["scores"][n] != widget.result["scores"][n]]
    assert changed == ["bicubic"]
    assert min(result["kernels"]["bicubic"]) == pytest.approx(-2 / 27, abs=1e-3)
    assert min(widget.result["kernels"]["bicubic"]) == pytest.approx(-4 / 27, abs=1e-3)


def test_the_browser_gets_the_pictures_row_by_row():
    widget = ScaleExplorer("chelsea", scale=4)
    widget.scale = 3
    result = widget.result
    shown = widget.pictures()
    assert (result["scale"], result["names"]) == (3, list(shown))
    shape = (result["height"], result["width"], 3)
    for sent, picture in zip(result["pictures"], shown.values(), strict=True):
        assert np.array_equal(np.frombuffer(sent, np.uint8).reshape(shape), picture)


def test_a_picture_without_detail_is_not_infinitely_good():
    widget = ScaleExplorer()
    upload(widget, png(np.full((60, 50, 3), 90, np.uint8)))
    assert set(widget.result["scores"].values()) == {"no difference"}


def test_the_view_is_the_zoomed_picture_cut_to_its_size():
    widget = ScaleExplorer("astronaut", zoom=4, row=100, col=60)
    original = widget.pictures()["original"]
    large = original.repeat(4, 0).repeat(4, 1)
    top, left = 4 * 100 + 2 - 108, 4 * 60 + 2 - 108  # pixel (100, 60) in the middle
    assert np.array_equal(widget.seen(original), large[top : top + 216, left : left + 216])
    widget.zoom = 1
    assert np.array_equal(widget.seen(original), original)
    widget.zoom, widget.row, widget.col = 16, -50, 1e6
    assert np.array_equal(widget.seen(original), original.repeat(16, 0).repeat(16, 1)[:216, -216:])


def test_snapshot_and_summary_follow_the_controls():
    widget = ScaleExplorer("astronaut", zoom=4, row=50, col=97)
    first = widget.snapshot()
    assert first.dtype == np.uint8
    assert first.shape[1] == 4 * (216 + 12)
    assert np.array_equal(
        first[26 : 26 + 216, 6 : 6 + 216], widget.seen(widget.pictures()["original"])
    )
    assert repr(widget) == (
        "ScaleExplorer(photo='astronaut', scale=2, nearest=26.12, bilinear=27.13, bicubic=28.49)"
    )
    widget.zoom = 8
    assert not np.array_equal(widget.snapshot(), first)
    widget.scale = 4
    assert "scale=4, nearest=21.73" in repr(widget)


def test_another_photograph_is_shown_from_its_middle():
    widget = ScaleExplorer("astronaut", row=3, col=4, zoom=2)
    widget.photo = "chelsea"
    assert (widget.height, widget.width) == (144, 216)
    assert (widget.row, widget.col, widget.zoom) == (71.5, 107.5, 2)
    assert widget.result["width"] == 216
    assert "chelsea" in repr(widget)


def test_an_upload_is_shown():
    widget = ScaleExplorer(scale=3)
    mine = images.sample("coffee")[:200, :300]
    upload(widget, png(mine))
    assert (widget.photo, widget.message) == ("your own", "")
    assert (widget.height, widget.width) == (144, 216)
    assert widget.result["height"] == 144


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"no picture", "picture"),
        (png(np.zeros((3, 5), np.uint8)), "5×3; accepted: at least 24 pixels a side"),
        (png(np.zeros((2000, 100), np.uint8)), "100×2000, shown as 11×216; accepted: at least 24"),
    ],
)
def test_a_bad_upload_leaves_everything_as_it_was(data, why):
    widget = ScaleExplorer("camera", scale=4, zoom=3, row=20, col=30)
    before = state(widget)
    upload(widget, data)
    assert why in widget.message
    assert state(widget) == before


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"photo": "astronot"}, "did you mean 'astronaut'"),
        ({"scale": 5}, "scale is 5; accepted: 2, 3, 4"),
        ({"a": 0.1}, "a is 0.1; accepted: -1.5 to 0"),
        ({"a": float("nan")}, "a is nan"),
        ({"zoom": 5}, "zoom is 5; accepted: 1, 2, 3, 4, 6, 8, 12, 16"),
        ({"row": 216}, "row is 216; the picture has 0 to 215"),
        ({"col": -1}, "col is -1"),
        ({"methods": ()}, "at least one"),
        ({"methods": ("bicubic", "lanczos")}, "methods has 'lanczos'; accepted: nearest, bilinear"),
    ],
)
def test_wrong_arguments_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        ScaleExplorer(**wrong)


@pytest.fixture
def networks(monkeypatch):
    """Two trained networks: one for ×2 and ×4, one for ×3, both no better than nearest."""
    monkeypatch.setattr(zoo, "trained", lambda: {"even": (2, 4), "odd": (3,)})
    known = scale_explorer.upscale
    monkeypatch.setattr(
        scale_explorer,
        "upscale",
        lambda lr, scale, name: known(lr, scale, "nearest" if name in ("even", "odd") else name),
    )


def test_networks_join_the_list_at_the_scales_that_they_know(networks):
    widget = ScaleExplorer(methods=("bicubic", "even"), scale=4)
    assert widget.scales == [2, 4]
    assert widget.result["names"] == ["original", "bicubic", "even"]
    assert list(widget.result["kernels"]) == ["bicubic"]
    assert widget.summary()["even"] == ScaleExplorer(scale=4).summary()["nearest"]
    with pytest.raises(ValueError, match="scale is 3; accepted: 2, 4"):
        ScaleExplorer(methods=("bicubic", "even"), scale=3)
    with pytest.raises(ValueError, match="common scale"):
        ScaleExplorer(methods=("odd", "even"))


def test_a_network_may_be_added_later(networks):
    widget = ScaleExplorer(scale=3)
    widget.methods = ["nearest", "bicubic", "even"]
    assert (widget.scale, widget.scales) == (2, [2, 4])
    assert widget.result["names"] == ["original", "nearest", "bicubic", "even"]
    assert widget.result["scale"] == 2
    widget.methods = ["bilinear"]
    assert (widget.scales, widget.result["names"]) == ([2, 3, 4], ["original", "bilinear"])
