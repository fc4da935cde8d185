import numpy as np
import pytest
from skimage.color import lab2rgb, rgb2lab

import srcourse as sr
from srcourse import colorization, images
from srcourse.widgets import ColorizationExplorer
from srcourse.widgets.colorization_explorer import LEGEND, REACH, UNIT, draw_plane


def of(data: bytes, widget: ColorizationExplorer) -> np.ndarray:
    return np.frombuffer(data, np.uint8).reshape(widget.height, widget.width, 3)


def upload(widget: ColorizationExplorer, tmp_path, picture: np.ndarray) -> None:
    images.save(tmp_path / "own.png", picture)
    widget.upload = {"name": "own.png", "data": (tmp_path / "own.png").read_bytes()}


@pytest.mark.parametrize("photo", ["coffee", "rocket", "camera"])
@pytest.mark.parametrize("temperature", [0.01, 0.38, 1])
def test_the_picture_is_what_colorize_makes(photo, temperature):
    widget = ColorizationExplorer(photo, temperature)
    expected = sr.colorize(widget.pixels, temperature)
    apart = np.abs(of(widget.coloured, widget).astype(int) - expected)
    assert apart.max() <= 1  # float32 against float64
    assert apart.mean() < 0.05


@pytest.mark.parametrize("size", [(384, 384), (30, 384), (384, 3), (64, 50), (9, 9), (1, 1)])
def test_any_picture_is_taken_and_coloured_as_colorize_does(size, tmp_path):
    widget = ColorizationExplorer("coffee")
    noise = np.random.default_rng(0).integers(0, 256, (*size, 3)).astype(np.uint8)
    upload(widget, tmp_path, noise)
    assert (widget.photo, widget.message, widget.known) == ("your own", "", True)
    expected = sr.colorize(noise)
    assert np.abs(of(widget.coloured, widget).astype(int) - expected).max() <= 1
    assert widget.pixel == (size[0] // 2, size[1] // 2)
    assert widget.distribution().sum() == pytest.approx(1, abs=1e-5)


def test_grey_has_the_photograph_s_lightness_and_no_colour():
    widget = ColorizationExplorer("coffee")
    grey = of(widget.grey, widget)
    assert (grey == grey[..., :1]).all()
    light = rgb2lab(widget.pixels / 255.0)[..., 0]
    assert np.abs(rgb2lab(grey / 255.0)[..., 0] - light).max() < 0.4  # half a grey level


def test_the_colours_are_not_looked_at():
    """The same lightness in other colours: the same answer."""
    widget, other = (ColorizationExplorer("coffee") for _ in range(2))
    images_seen = of(widget.grey, widget)
    other._show(images_seen)
    assert widget.known
    assert not other.known
    # Rounding to 8 bits moves L a little.
    apart = np.abs(of(widget.coloured, widget).astype(int) - of(other.coloured, other))
    assert apart.mean() < 5


def test_marks_are_the_mode_the_annealed_mean_the_mean_and_the_truth():
    widget = ColorizationExplorer("astronaut", 0.5, pixel=(260, 60))
    shares, colours = widget.distribution(), colorization.bins()
    small = colorization.small(widget.pixels)
    network = colorization.shares(colorization.load(), small)
    assert np.array_equal(shares, network[260 // 3 // 4, 60 // 3 // 4])  # 384 pixels seen as 128
    marks = widget.marks()
    assert list(marks) == ["mode", "annealed mean", "mean", "truth"]
    assert np.array_equal(marks["mode"], colours[shares.argmax()])
    assert marks["mean"] == pytest.approx(np.average(colours, axis=0, weights=shares))
    annealed = np.average(colours, axis=0, weights=shares.astype(float) ** (1 / 0.5))
    assert marks["annealed mean"] == pytest.approx(annealed)
    truth = rgb2lab(widget.pixels[260:261, 60:61] / 255.0)[0, 0, 1:]
    assert marks["truth"] == pytest.approx(truth, abs=0.1)
    widget.temperature = 1
    assert widget.marks()["annealed mean"] == pytest.approx(marks["mean"], abs=1e-4)
    widget.temperature = 0.001
    top, second = np.sort(shares)[::-1][:2]
    if top > 1.02 * second:
        assert widget.marks()["annealed mean"] == pytest.approx(marks["mode"], abs=0.01)


def test_what_the_page_is_told_of_a_pixel():
    widget = ColorizationExplorer("chelsea", pixel=(40, 200))
    found, shares = widget.at, widget.distribution()
    assert (found["photo"], found["row"], found["column"]) == ("chelsea", 40, 200)
    assert found["share"] == pytest.approx(shares.max(), rel=1e-4)
    largest = np.sort(shares)[::-1]
    assert largest[: found["bins"]].sum() >= 0.9 - 1e-5
    assert largest[: found["bins"] - 1].sum() < 0.9
    light = rgb2lab(widget.pixels[40:41, 200:201] / 255.0)[0, 0, 0]
    assert found["light"] == pytest.approx(light, abs=0.01)
    for mark in found["marks"]:
        lab = np.array([[[light, mark["a"], mark["b"]]]])
        with np.errstate(all="ignore"):
            assert mark["rgb"] == pytest.approx(255 * lab2rgb(lab)[0, 0], abs=1.5)
    before = found["plane"]
    widget.pixel = (200, 40)
    assert widget.at["plane"] != before
    assert (widget.at["row"], widget.at["column"]) == (200, 40)


@pytest.mark.parametrize("change", [{"temperature": 0.9}, {"pixel": (9, 9)}, {"photo": "rocket"}])
def test_what_the_page_is_told_follows_each_change(change):
    widget = ColorizationExplorer("coffee", 0.2, pixel=(215, 330))
    widget.set_state(change)
    other = ColorizationExplorer(
        **{"photo": "coffee", "temperature": 0.2}
        | {"pixel": None if "photo" in change else (215, 330)}
        | change
    )
    told = ("source", "grey", "coloured", "figures", "at", "pixel")
    assert all(getattr(widget, name) == getattr(other, name) for name in told)


def test_within_a_cell_the_distribution_is_one():
    widget = ColorizationExplorer("astronaut", pixel=(100, 100))
    top, height, left, width = widget.at["box"]
    assert (height, width) == (12, 12)  # 4 pixels of 128, shown as 384
    assert top <= 100 < top + height
    assert left <= 100 < left + width
    inside = widget.distribution()
    for pixel in ((top, left), (top + height - 1, left + width - 1)):
        widget.pixel = pixel
        assert widget.at["box"] == (top, height, left, width)
        assert np.array_equal(widget.distribution(), inside)
    for pixel in ((top - 1, left), (top, left + width)):
        widget.pixel = pixel
        assert not np.array_equal(widget.distribution(), inside)


def test_figures_of_the_picture():
    widget = ColorizationExplorer("coffee", 1)
    for temperature in (1, 0.01):
        widget.temperature = temperature
        ab = rgb2lab(of(widget.coloured, widget) / 255.0)[..., 1:]
        assert widget.figures["coloured"] == pytest.approx(np.hypot(*ab.T).mean(), abs=0.05)
        ab = rgb2lab(widget.pixels / 255.0)[..., 1:]
        assert widget.figures["truth"] == pytest.approx(np.hypot(*ab.T).mean(), abs=0.05)
        assert widget.figures["temperature"] == temperature


def test_the_network_runs_once_a_photograph(monkeypatch):
    calls = []
    real = colorization.shares
    monkeypatch.setattr(colorization, "shares", lambda *a: calls.append(1) or real(*a))
    widget = ColorizationExplorer("coffee")
    for temperature in (0.1, 0.5, 1):
        widget.temperature = temperature
    widget.pixel = (3, 3)
    assert len(calls) == 1
    widget.photo = "camera"
    assert len(calls) == 2


def test_truth_only_where_there_is_one(tmp_path):
    widget = ColorizationExplorer("coffee", left="truth", right="truth")
    assert widget.known
    widget.photo = "camera"
    assert (widget.known, widget.left, widget.right) == (False, "grey", "coloured")
    assert list(widget.marks()) == ["mode", "annealed mean", "mean"]
    assert widget.figures["truth"] is None
    with pytest.raises(ValueError, match="right is 'truth'; accepted for camera: grey, coloured"):
        widget.right = "truth"
    assert widget.right == "coloured"
    upload(widget, tmp_path, images.sample("chelsea"))
    widget.right = "truth"
    assert widget.known


def test_what_one_should_know_of_a_picture_is_said(tmp_path):
    widget = ColorizationExplorer("coffee")
    assert widget.note == "It is in colour already: only its lightness is used."
    widget.photo = "camera"
    assert widget.note == ""
    scan = np.zeros((40, 40), np.uint8)
    scan[10:20] = 255
    upload(widget, tmp_path, scan)
    assert "two levels only" in widget.note
    before = widget.source, widget.coloured, widget.at
    widget.upload = {"name": "bad.png", "data": b"no picture"}
    assert "not a picture" in widget.message
    assert (widget.source, widget.coloured, widget.at) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"photo": "cofee"}, "did you mean 'coffee'"),
        ({"temperature": 0}, "temperature is 0.0; accepted: above 0"),
        ({"temperature": 1.5}, "temperature is 1.5; accepted: above 0"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"left": "gray"}, "left is 'gray'; accepted for coffee: grey, coloured, truth"),
        ({"photo": "camera", "right": "truth"}, "right is 'truth'; accepted for camera"),
        ({"pixel": (256, 0)}, r"pixel is \(256, 0\); the picture has rows 0 to 255 and columns"),
        ({"pixel": (0, -1)}, r"pixel is \(0, -1\)"),
    ],
)
def test_bad_arguments(arguments, said):
    with pytest.raises(ValueError, match=said):
        ColorizationExplorer(**arguments)


def at(picture: np.ndarray, a: float, b: float) -> np.ndarray:
    return picture[round((REACH - b) * UNIT), round((REACH + a) * UNIT)].astype(int)


def test_the_plane_shows_shares_as_areas_in_their_own_colours():
    colours = colorization.bins()
    shares = np.zeros(len(colours))
    red, green = (np.flatnonzero((colours == ab).all(axis=1))[0] for ab in ((50, 30), (-40, 40)))
    shares[red], shares[green] = 0.8, 0.2
    picture = draw_plane(shares, 60, {})
    side = round(2 * REACH * UNIT)
    assert picture.shape == (side + LEGEND, side, 3)
    for number in (red, green):
        lab = np.array([[[60.0, *colours[number]]]])
        assert at(picture, *colours[number]) == pytest.approx(255 * lab2rgb(lab)[0, 0], abs=2)
    page = at(picture, 20, -20)  # the middle of a bin without a share
    assert page.min() > 230
    # A quarter of the share: half as wide.
    assert at(picture, 50 + 3.5, 30).min() < 200
    assert np.array_equal(at(picture, -40 + 3.8, 40), page)
    assert not np.array_equal(at(picture, -40 + 1.5, 40), page)
    assert at(picture, 110, 105).min() == 255  # outside the gamut


@pytest.mark.parametrize("name", ["mode", "annealed mean", "mean", "truth"])
def test_each_mark_stands_where_its_colour_is(name):
    shares = np.ones(len(colorization.bins()))
    without = draw_plane(shares, 60, {}).astype(int)
    marked = draw_plane(shares, 60, {name: np.array([-30.0, 52.0])}).astype(int)
    side = round(2 * REACH * UNIT)
    rows, columns = np.nonzero(np.abs(marked - without).max(axis=2)[:side])
    assert (rows.min() + rows.max()) / 2 / UNIT == pytest.approx(REACH - 52, abs=1)
    assert (columns.min() + columns.max()) / 2 / UNIT == pytest.approx(REACH - 30, abs=1)
    assert (marked[side:] != without[side:]).any()  # and is named below


def test_snapshot_and_summary():
    widget = ColorizationExplorer("coffee", 0.38, pixel=(100, 150))
    picture = widget.snapshot()
    assert picture.dtype == np.uint8
    assert np.array_equal(picture[26 + 200 : 26 + 256, 6 : 6 + 384], of(widget.grey, widget)[200:])
    assert picture.shape[1] == 2 * (384 + 12)
    truth = round(float(np.hypot(*rgb2lab(widget.pixels / 255.0)[..., 1:].T).mean()))
    mode, mean = widget.marks()["mode"], widget.marks()["mean"]
    assert repr(widget) == (
        f"ColorizationExplorer(photo='coffee', temperature=0.38, "
        f"saturation={round(widget.figures['coloured'])}, truth={truth}, pixel=(100, 150), "
        f"mode=({mode[0]:.0f}, {mode[1]:.0f}), mean=({round(mean[0])}, {round(mean[1])}))"
    )
    assert widget._repr_mimebundle_()[0]["text/plain"] == repr(widget)
    widget = ColorizationExplorer("camera")
    assert "truth=None" in repr(widget)
    assert widget.snapshot().shape[1] == 2 * (384 + 12)
