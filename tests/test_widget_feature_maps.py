from io import BytesIO

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from srcourse import images, zoo
from srcourse.models import features
from srcourse.models.features import feature_maps
from srcourse.models.picture import enlarge
from srcourse.widgets import FeatureMaps
from srcourse.widgets.feature_maps import _held, _reduced, _sheet, as_levels

pytestmark = pytest.mark.usefixtures("one_thread")
TRAINED = [(name, scale) for name, scales in zoo.trained().items() for scale in scales]
PHOTO = images.sample("coffee")[100:123, 200:231]  # 23 × 31
NETWORK, SCALE = TRAINED[0]


@pytest.fixture
def fsrcnn():
    torch.manual_seed(3)
    return zoo.build("fsrcnn", 3, d=5, s=4, m=2).eval()


# What the layers hold


def test_the_maps_are_what_torch_computes_by_hand(fsrcnn):
    w = fsrcnn.state_dict()
    x = torch.tensor(images.luma(images.to_float(PHOTO)), dtype=torch.float32)[None, None]
    found = {name: values for name, _, values in feature_maps(fsrcnn, PHOTO)}
    first = F.conv2d(x, w["extract.0.weight"], w["extract.0.bias"], padding=2)
    active = F.prelu(first, w["extract.1.weight"])
    shrunk = F.conv2d(active, w["shrink.0.weight"], w["shrink.0.bias"])
    for name, expected in (("extract.0", first), ("extract.1", active), ("shrink.0", shrunk)):
        assert found[name].dtype == np.float32
        assert found[name].shape == expected.shape[1:]
        assert np.allclose(found[name], expected[0].detach(), atol=1e-5), name


def test_layers_come_in_the_order_in_which_they_run_under_the_file_s_names():
    found = feature_maps(zoo.build("btsrn-mini", 2, lr_blocks=1, hr_blocks=1), PHOTO)
    block = [(0, "LeakyReLU"), (1, "Conv2d"), (2, "LeakyReLU"), (3, "Conv2d")]
    assert [(name, kind) for name, kind, _ in found] == [
        ("head", "Conv2d"),
        *((f"lr_stage.0.body.{i}", kind) for i, kind in block),
        ("up.0.nearest", "Upsample"),
        ("up.0.deconv", "ConvTranspose2d"),
        ("enlarge", "Bicubic"),
        *((f"hr_stage.0.body.{i}", kind) for i, kind in block),
        ("tail.0", "LeakyReLU"),
        ("tail.1", "Conv2d"),
    ]
    shapes = {name: values.shape for name, _, values in found}
    assert shapes["lr_stage.0.body.1"] == (32, 23, 31)
    assert shapes["up.0.deconv"] == (32, 46, 62)
    assert shapes["tail.1"] == (3, 46, 62)


@pytest.mark.parametrize(("name", "scale"), TRAINED)
def test_the_last_layers_make_the_network_s_answer(name, scale):
    network = zoo.load(name, scale)
    grey = images.to_uint8(images.luma(PHOTO))
    picture = PHOTO if network.channels == 3 else grey
    answer = np.moveaxis(np.atleast_3d(enlarge(network, picture)), 2, 0)
    maps = feature_maps(network, picture)
    sums = [maps[-1].values, maps[-1].values / 255]  # EDSR works in 0 to 255
    sums += [maps[-1].values + m.values for m in maps if m.kind == "Bicubic"]
    assert min(abs(s - answer).max() for s in sums if s.shape == answer.shape) < 1e-5


def test_the_network_itself_is_left_without_hooks(fsrcnn, monkeypatch):
    feature_maps(fsrcnn, PHOTO)
    assert not any(layer._forward_hooks for layer in fsrcnn.modules())

    def elsewhere(network, image):
        """Meanwhile the network runs in another thread: that is none of ours."""
        fsrcnn(torch.zeros(1, 1, 5, 5))
        return enlarge(network, image)

    monkeypatch.setattr(features, "enlarge", elsewhere)
    found = feature_maps(fsrcnn, PHOTO)
    assert [f.name for f in found].count("extract.0") == 1


def test_what_is_no_picture_is_an_error(fsrcnn):
    with pytest.raises(ValueError, match="image has shape"):
        feature_maps(fsrcnn, np.zeros((4, 4, 2)))


# How they are shown


def test_signed_maps_have_zero_in_the_middle_and_others_at_black():
    values = np.array([[[-2.0, 0, 1]], [[0, 0, 4]], [[0, 0, 0]]])
    levels, signed = as_levels(values)
    assert signed
    assert levels[:, 0].tolist() == [[0, 128, 191], [128, 128, 255], [128, 128, 128]]
    values = np.array([[[-0.3, 0, 4.0]], [[0, 1, 0.5]], [[0, 0, 0]], [[-0.1, -0.2, -0.3]]])
    levels, signed = as_levels(values)
    assert not signed
    assert levels[:, 0].tolist() == [[0, 0, 255], [0, 255, 128], [0, 0, 0], [0, 0, 0]]
    assert as_levels(np.full((1, 1, 2), -3.0))[0].tolist() == [[[0, 0]]]


def test_large_maps_are_reduced_for_the_grid():
    levels = np.random.default_rng(0).integers(0, 256, (2, 200, 293), np.uint8)
    small = _reduced(levels)
    assert small.shape == (2, 50, 73)
    assert small[1, 3, 5] == np.floor(levels[1, 12:16, 20:24].mean() + 0.5)
    assert np.array_equal(_reduced(levels[:, :96, :96]), levels[:, :96, :96])
    assert _reduced(levels[:, :2, :]).shape == (2, 1, 73)


def test_the_sheet_holds_every_map():
    tiles = np.arange(5, dtype=np.uint8).repeat(6).reshape(5, 2, 3)
    sheet = _sheet(tiles)
    assert sheet.shape == (2 * 4, 3 * 5)
    assert [sheet[0, 0], sheet[0, 5], sheet[0, 10], sheet[4, 0], sheet[4, 5]] == [0, 1, 2, 3, 4]
    assert (sheet[:, 3] == 255).all()
    assert (sheet[4:, 10:] == 255).all()


# The widget


def maps(widget):
    shown = widget.maps
    shape = shown["count"], shown["height"], shown["width"]
    return np.frombuffer(shown["tiles"], np.uint8).reshape(shape)


@pytest.mark.parametrize(("name", "scale"), TRAINED)
def test_each_layer_shows_its_maps_and_each_channel_its_figures(name, scale):
    widget = FeatureMaps(name, scale, "coffee")
    expected = feature_maps(zoo.load(name, scale), widget.pixels)
    assert len(widget.layers) == len(expected)
    for number, (layer, kind, values) in enumerate(expected):
        widget.layer = number
        assert widget.layers[number] == [layer, kind, " × ".join(map(str, values.shape))]
        levels, signed = as_levels(values)
        assert np.array_equal(maps(widget), _reduced(levels))
        assert (widget.maps["layer"], widget.maps["signed"]) == (number, signed)
        widget.channel = len(values) - 1
        last = values[-1]
        shown = widget.enlarged
        assert (shown["layer"], shown["channel"]) == (number, len(values) - 1)
        assert shown["levels"] == levels[-1].tobytes()
        figures = f"min {last.min():.3g}, max {last.max():.3g}, mean {last.mean():.3g}"
        assert shown["figures"] == figures.replace("-", "−")


def test_the_network_runs_once_for_a_picture(monkeypatch):
    _held.cache_clear()
    widget = FeatureMaps(NETWORK, SCALE, "chelsea")
    for number in range(len(widget.layers)):
        widget.layer = number
    widget.channel = 0
    repr(widget)
    widget.snapshot()
    FeatureMaps(NETWORK, SCALE, "chelsea", layer=1)
    assert _held.cache_info().misses == 1
    widget.photo = "coffee"
    assert _held.cache_info().misses == 2


def test_another_photograph_stays_at_the_layer():
    widget = FeatureMaps(NETWORK, SCALE, "chelsea", layer=2, channel=1)
    before = widget.enlarged["figures"]
    widget.photo = "coffee"
    assert (widget.layer, widget.channel) == (2, 1)
    assert widget.enlarged["figures"] != before
    assert (
        widget.enlarged["figures"]
        == FeatureMaps(NETWORK, SCALE, "coffee", 2, 1).enlarged["figures"]
    )


def test_another_network_begins_at_its_first_layer(monkeypatch):
    networks = {"fsrcnn": (2, 3), "srcnn": (3, 4)}
    monkeypatch.setattr(zoo, "trained", lambda: networks)
    monkeypatch.setattr(zoo, "load", zoo.build)
    _held.cache_clear()
    widget = FeatureMaps("fsrcnn", 2, layer="map.3", channel=11)
    widget.scale = 3
    assert (widget.layers[widget.layer][0], widget.channel) == ("map.3", 11)
    widget.network = "srcnn"
    assert (widget.layer, widget.channel) == (0, 0)
    assert [name for name, _, _ in widget.layers] == ["enlarge", "extract", "map", "reconstruct"]
    with widget.hold_trait_notifications():  # as a message of the page does it
        widget.scale = 2
        widget.network = "fsrcnn"
    assert widget.layers[-1] == ["deconv", "ConvTranspose2d", "1 × 144 × 144"]
    with pytest.raises(ValueError, match=r"^scale is 4; fsrcnn is trained for 2, 3$"):
        widget.scale = 4
    _held.cache_clear()


def test_a_layer_with_fewer_channels_shows_its_last():
    widget = FeatureMaps(NETWORK, SCALE)
    counts = [int(shape.split()[0]) for _, _, shape in widget.layers]
    widget.layer = int(np.argmax(counts))
    widget.channel = max(counts) - 1
    widget.layer = int(np.argmin(counts))
    assert widget.channel == widget.enlarged["channel"] == min(counts) - 1


def test_a_grey_upload_is_seen_as_grey():
    widget = FeatureMaps(NETWORK, SCALE)
    grey = images.sample("camera")[100:150, 200:260]
    buffer = BytesIO()
    Image.fromarray(grey).save(buffer, "PNG")
    widget.upload = {"name": "mine.png", "data": memoryview(buffer.getvalue())}
    assert (widget.photo, widget.height, widget.width) == ("your own", 50, 60)
    expected = feature_maps(zoo.load(NETWORK, SCALE), grey)[0].values
    assert np.array_equal(maps(widget), _reduced(as_levels(expected)[0]))
    before = widget.maps
    widget.upload = {"name": "bad.png", "data": memoryview(b"no picture")}
    assert "not a picture" in widget.message
    assert widget.maps == before


def test_summary_and_snapshot_follow():
    widget = FeatureMaps(NETWORK, SCALE, "coffee", layer=1, channel=2)
    name, kind, shape = widget.layers[1]
    first, picture = repr(widget), widget.snapshot()
    assert first.startswith(
        f"FeatureMaps(network={NETWORK!r}, scale={SCALE}, photo='coffee', layer={name!r}, "
        f"kind={kind!r}, shape={shape!r}, channel=2, min="
    )
    values = feature_maps(zoo.load(NETWORK, SCALE), widget.pixels)[1].values[2]
    for figure, value in (("min", values.min()), ("max", values.max()), ("mean", values.mean())):
        assert widget.summary()[figure] == float(f"{value:.3g}")
    _held.cache_clear()
    assert repr(FeatureMaps(NETWORK, SCALE, "coffee", layer=name, channel=2)) == first
    assert picture.dtype == np.uint8
    widget.channel = 3
    assert repr(widget) != first
    assert not np.array_equal(widget.snapshot(), picture)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"network": "bicubic"}, "network is 'bicubic'; accepted: "),
        ({"scale": 7}, f"scale is 7; {NETWORK} is trained for 2"),
        ({"photo": "astronot"}, "did you mean 'astronaut'"),
        ({"layer": "no.such"}, "layer is 'no.such'; accepted: "),
        ({"layer": 1000}, "layer is 1000; accepted: 0 to "),
        ({"layer": -1}, "layer is -1; accepted: 0 to "),
        ({"channel": 5000}, "channel is 5000; accepted: 0 to "),
    ],
)
def test_wrong_arguments_are_named(wrong, message):
    with pytest.raises(ValueError, match=f"^.*{message}"):
        FeatureMaps(**{"network": NETWORK, "scale": SCALE} | wrong)


def test_a_wrong_value_is_refused_later_too():
    widget = FeatureMaps(NETWORK, SCALE, layer=1)
    for name, value in (("layer", 1000), ("channel", -1), ("network", "bicubic")):
        before = getattr(widget, name)
        with pytest.raises(ValueError, match=f"^{name} is {value!r}; accepted"):
            setattr(widget, name, value)
        assert getattr(widget, name) == before
