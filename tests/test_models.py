"""srcourse.models and srcourse.zoo against the papers' figures and the formulas in plain torch."""

import re

import numpy as np
import pytest
import skimage.color
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

from srcourse import colorization, images, zoo
from srcourse.models.bicubic import bicubic as torch_bicubic
from srcourse.models.btsrn import BTSRN, ProjectedBlock
from srcourse.models.edsr import DIV2K_MEAN, EDSR, MeanShift
from srcourse.models.fsrcnn import FSRCNN
from srcourse.models.mdsr import MDSR
from srcourse.models.picture import enlarge, to_array, to_tensor
from srcourse.models.selnet import SelectionUnit, SelNet
from srcourse.models.srcnn import SRCNN
from srcourse.models.srresnet import SRResNet
from srcourse.resampling import bicubic

pytestmark = pytest.mark.usefixtures("one_thread")

PHOTO = images.sample("astronaut")[10:41, 200:223]  # 31 × 23
CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)


def parameters(model: nn.Module) -> int:
    """What the papers count: the trained ones, without EDSR's 24 frozen mean-shift numbers."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


# FSRCNN


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_fsrcnn_has_the_published_number_of_parameters_at_every_scale(scale):
    model = FSRCNN(scale)
    # Section 3.1 counts 12,464 weights: no biases (173) and no PReLU slopes (172, one a channel).
    weights = sum(m.weight.numel() for m in model.modules() if isinstance(m, CONVOLUTIONS))
    assert weights == 12_464
    slopes = [m.weight.numel() for m in model.modules() if isinstance(m, nn.PReLU)]
    assert slopes == [56, 12, 12, 12, 12, 12, 56]
    assert parameters(model) == 12_809 == 12_464 + 173 + 172


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_fsrcnn_is_the_chain_of_its_five_parts(scale):
    torch.manual_seed(1)
    model = FSRCNN(scale, d=6, s=3, m=2)
    w = {k: v + 0.1 * torch.randn_like(v) for k, v in model.state_dict().items()}
    model.load_state_dict(w)
    x = torch.rand(2, 1, 7, 5)

    def layer(y, name, padding):
        y = F.conv2d(y, w[f"{name}.weight"], w[f"{name}.bias"], padding=padding)
        place, index = name.split(".")
        return F.prelu(y, w[f"{place}.{int(index) + 1}.weight"])

    y = layer(layer(x, "extract.0", 2), "shrink.0", 0)
    y = layer(layer(y, "map.0", 1), "map.2", 1)
    y = layer(y, "expand.0", 0)
    full = F.conv_transpose2d(y, w["deconv.weight"], w["deconv.bias"], stride=scale)
    expected = full[..., 4 : 4 + 7 * scale, 4 : 4 + 5 * scale]
    with torch.no_grad():
        out = model(x)
    assert out.shape == (2, 1, 7 * scale, 5 * scale)
    torch.testing.assert_close(out, expected)


def test_between_scales_fsrcnn_differs_only_in_its_stride():
    shapes = [{k: v.shape for k, v in FSRCNN(s).state_dict().items()} for s in (2, 3, 4)]
    assert shapes[0] == shapes[1] == shapes[2]


# EDSR


@pytest.mark.parametrize(("scale", "count"), [(2, 1_369_859), (3, 1_554_499), (4, 1_517_571)])
def test_edsr_baseline_has_the_published_number_of_parameters(scale, count):
    model = zoo.build("edsr-baseline", scale)
    assert parameters(model) == count  # the mean shifts' 24 are frozen and not in this figure
    assert sum(p.numel() for p in model.parameters()) == count + 24


def test_edsr_of_the_paper_has_the_published_number_of_parameters():
    # 32 blocks of 256 features, counted with one: each block has two 3 × 3 convolutions.
    more = 31 * 2 * (256 * 256 * 9 + 256)
    counts = [parameters(EDSR(s, blocks=1, features=256)) + more for s in (2, 3, 4)]
    assert counts == [40_729_603, 43_680_003, 43_089_923]


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_edsr_has_the_official_codes_state_dict(scale):
    names = ["sub_mean", "add_mean", "head.0"]
    names += [f"body.{block}.body.{part}" for block in range(16) for part in (0, 2)]
    names += ["body.16", "tail.0.0", "tail.1"] + ["tail.0.2"] * (scale == 4)
    state = zoo.build("edsr-baseline", scale).state_dict()
    assert sorted(state) == sorted(f"{n}.{end}" for n in names for end in ("weight", "bias"))
    assert state["tail.0.0.weight"].shape == (64 * (9 if scale == 3 else 4), 64, 3, 3)
    torch.testing.assert_close(state["sub_mean.weight"][..., 0, 0], torch.eye(3))
    mean = 255 * torch.tensor([0.4488, 0.4371, 0.4040])
    torch.testing.assert_close(state["sub_mean.bias"], -mean)
    torch.testing.assert_close(state["add_mean.bias"], mean)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_edsr_is_the_papers_figure(scale):
    torch.manual_seed(2)
    model = EDSR(scale, blocks=2, features=5, res_scale=0.3)
    w = model.state_dict()
    x = torch.rand(2, 3, 7, 5)

    def conv(y, name):
        return F.conv2d(y, w[f"{name}.weight"], w[f"{name}.bias"], padding=1)

    mean = torch.tensor(DIV2K_MEAN).view(3, 1, 1)
    head = y = conv(255 * (x - mean), "head.0")
    for block in range(2):
        y = y + 0.3 * conv(F.relu(conv(y, f"body.{block}.body.0")), f"body.{block}.body.2")
    y = head + conv(y, "body.2")
    for number, s in enumerate({2: [2], 3: [3], 4: [2, 2]}[scale]):
        y = F.pixel_shuffle(conv(y, f"tail.0.{2 * number}"), s)
    expected = conv(y, "tail.1") / 255 + mean
    with torch.no_grad():
        out = model(x)
    assert out.shape == (2, 3, 7 * scale, 5 * scale)
    torch.testing.assert_close(out, expected, atol=1e-5, rtol=1e-5)


def test_the_mean_colour_passes_unchanged():
    """Without biases nothing but the mean shifts acts on it: it is zero in between."""
    model = EDSR(2, blocks=2, features=8)
    for name, parameter in model.named_parameters():
        if name.endswith("bias") and "mean" not in name:
            nn.init.zeros_(parameter)
    mean = torch.tensor(DIV2K_MEAN).view(1, 3, 1, 1)
    with torch.no_grad():
        out = model(mean.expand(1, 3, 6, 4))
        torch.testing.assert_close(out, mean.expand(1, 3, 12, 8), atol=1e-6, rtol=0)
        assert (model(mean.expand(1, 3, 6, 4) + 0.1) - mean - 0.1).abs().max() > 1e-3


def test_mean_shifts_are_frozen():
    model = EDSR(2, blocks=1, features=4)
    frozen = [name for name, p in model.named_parameters() if not p.requires_grad]
    assert frozen == ["sub_mean.weight", "sub_mean.bias", "add_mean.weight", "add_mean.bias"]
    x = torch.rand(1, 3, 2, 2) * 255
    torch.testing.assert_close(MeanShift(+1)(MeanShift(-1)(x)), x)


@pytest.mark.parametrize("scale", [1, 5, 0])
def test_edsr_refuses_other_scales(scale):
    with pytest.raises(ValueError, match=f"scale is {scale}; accepted: 2, 3, 4"):
        EDSR(scale)


# Bicubic in torch


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("size", [(7, 5), (1, 1), (2, 9)])
def test_bicubic_of_a_batch_is_bicubic_of_each_plane(scale, size):
    x = np.random.default_rng(0).random((2, 3, *size))
    expected = np.stack([[bicubic(plane, scale) for plane in one] for one in x])
    np.testing.assert_allclose(torch_bicubic(torch.tensor(x), scale).numpy(), expected, atol=1e-12)


# SRCNN


def test_srcnn_has_the_published_number_of_parameters():
    for scale in (2, 3, 4):
        assert parameters(zoo.build("srcnn", scale)) == 57_281
        assert parameters(zoo.build("srcnn-915", scale)) == 8_129


@pytest.mark.parametrize("middle", [1, 5])
def test_srcnn_is_its_three_equations(middle):
    torch.manual_seed(1)
    model = SRCNN(3, f2=middle).double()
    w = model.state_dict()
    x = torch.rand(2, 1, 7, 5, dtype=torch.float64)
    y = torch_bicubic(x, 3)
    for name in ("extract", "map", "reconstruct"):
        weight = w[f"{name}.weight"]
        padded = F.pad(y, [weight.shape[-1] // 2] * 4, mode="replicate")
        y = F.conv2d(padded, weight, w[f"{name}.bias"])
        if name != "reconstruct":
            y = y.clamp(min=0)
    torch.testing.assert_close(model(x), y)


# BTSRN


def test_btsrn_has_the_number_of_parameters_of_the_authors_code():
    # Their code counts 888 thousand at ×2; ×3 has a larger deconvolution, ×4 one more and a block.
    assert [parameters(zoo.build("btsrn", s)) for s in (2, 3, 4)] == [887_683, 969_603, 1_035_459]
    # The 410 thousand of published tables are the ten blocks of the 64-wide variant.
    weights = [p for p in ProjectedBlock(64, 64).parameters() if p.ndim == 4]
    assert 10 * sum(p.numel() for p in weights) == 409_600


def test_a_btsrn_block_is_its_figure():
    torch.manual_seed(1)
    block = ProjectedBlock(6, 4)
    w = block.state_dict()
    x = torch.randn(2, 6, 5, 4)
    y = F.conv2d(F.leaky_relu(x, 0.2), w["body.1.weight"], w["body.1.bias"])
    y = F.conv2d(F.leaky_relu(y, 0.2), w["body.3.weight"], w["body.3.bias"], padding=1)
    torch.testing.assert_close(block(x), x + y)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_btsrn_without_its_tail_is_bicubic_and_goes_up_in_steps(scale):
    model = BTSRN(scale, lr_blocks=2, hr_blocks=1, width=6, inner=4)
    nn.init.zeros_(model.tail[1].weight)
    nn.init.zeros_(model.tail[1].bias)
    x = torch.rand(1, 3, 5, 4)
    torch.testing.assert_close(model(x), torch_bicubic(x, scale))
    steps = [m.deconv.stride[0] for m in model.up if hasattr(m, "deconv")]
    assert steps == {2: [2], 3: [3], 4: [2, 2]}[scale]


def test_btsrn_repeats_pixels_and_adds_the_deconvolution():
    up = BTSRN(3, width=6, inner=4).up[0]
    x = torch.rand(1, 6, 3, 2)
    w = up.deconv.state_dict()
    expected = x.repeat_interleave(3, 2).repeat_interleave(3, 3)
    expected = expected + F.conv_transpose2d(x, w["weight"], w["bias"], stride=3)
    torch.testing.assert_close(up(x), expected)


def test_btsrn_builds_with_any_number_of_blocks():
    for lr_blocks, hr_blocks in ((5, 4), (9, 4), (6, 3), (6, 0)):
        model = zoo.build("btsrn-mini", 2, lr_blocks=lr_blocks, hr_blocks=hr_blocks)
        assert (len(model.lr_stage), len(model.hr_stage)) == (lr_blocks, hr_blocks)
    with pytest.raises(ValueError, match="hr_blocks is -1; it must be a whole number from 0"):
        zoo.build("btsrn", 2, hr_blocks=-1)


# SelNet


def test_selnet_has_the_published_number_of_parameters():
    # Published tables: 974, 1159 and 1417 thousand.
    counts = [parameters(zoo.build("selnet", s)) for s in (2, 3, 4)]
    assert counts == [974_849, 1_159_489, 1_417_985]


def test_selnet_has_21_selection_units_and_22_layers_up_to_its_last():
    model = SelNet(2)
    assert sum(isinstance(m, SelectionUnit) for m in model.modules()) == 21
    wide = [m for m in model.modules() if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)]
    assert len(wide) == 22 + 1


def test_a_selection_unit_is_its_formula():
    torch.manual_seed(1)
    unit = SelectionUnit(5)
    x = torch.randn(2, 5, 4, 3)
    switch = torch.einsum("oi,nihw->nohw", unit.conv.weight[..., 0, 0], x.clamp(min=0))
    switch = 1 / (1 + torch.exp(-(switch + unit.conv.bias.view(1, -1, 1, 1))))
    torch.testing.assert_close(unit(x), x * switch)
    torch.testing.assert_close(unit.selection(x), switch)


def test_a_closed_selection_unit_still_passes_a_gradient_where_relu_passes_none():
    unit = SelectionUnit(3)
    x = -torch.rand(1, 3, 2, 2) - 0.1
    unit(x).sum().backward()
    assert unit.conv.bias.grad.abs().min() > 0


def test_selnet_without_its_tail_is_bicubic():
    model = SelNet(3, pairs=1, features=4)
    nn.init.zeros_(model.tail.weight)
    nn.init.zeros_(model.tail.bias)
    x = torch.rand(1, 1, 5, 4)
    torch.testing.assert_close(model(x), torch_bicubic(x, 3))


# SRResNet


def test_srresnet_has_the_published_number_of_parameters():
    assert parameters(zoo.build("srresnet", 4)) == 1_549_462


@pytest.mark.parametrize("scale", [2, 4])
def test_srresnet_is_its_figure(scale):
    torch.manual_seed(1)
    model = SRResNet(scale, blocks=2, features=4).eval()
    w = model.state_dict()
    x = torch.rand(1, 3, 6, 5)

    def conv(y, name, padding=1):
        return F.conv2d(y, w[f"{name}.weight"], w[f"{name}.bias"], padding=padding)

    def norm(y, name):
        names = ("running_mean", "running_var", "weight", "bias")
        return F.batch_norm(y, *[w[f"{name}.{n}"] for n in names])

    head = y = F.prelu(conv(x, "head.0", 4), w["head.1.weight"])
    for block in range(2):
        inner = norm(conv(y, f"body.{block}.body.0"), f"body.{block}.body.1")
        inner = conv(F.prelu(inner, w[f"body.{block}.body.2.weight"]), f"body.{block}.body.3")
        y = y + norm(inner, f"body.{block}.body.4")
    y = head + norm(conv(y, "body.2"), "body.3")
    for step in range(scale // 2):
        y = F.pixel_shuffle(conv(y, f"up.{3 * step}"), 2)
        y = F.prelu(y, w[f"up.{3 * step + 2}.weight"])
    with torch.no_grad():
        torch.testing.assert_close(model(x), conv(y, "tail", 4))


def test_srresnet_is_not_built_for_3():
    with pytest.raises(ValueError, match="scale is 3; SRResNet is built for 2, 4"):
        zoo.build("srresnet", 3)


# MDSR


def test_mdsr_has_the_published_number_of_parameters():
    assert parameters(MDSR(2, blocks=16)) == 3_227_203
    assert parameters(zoo.build("mdsr", 3)) == 7_953_987


def test_mdsr_has_the_official_codes_state_dict():
    names = ["sub_mean", "add_mean", "head.0", "tail.0", "body.2"]
    names += [f"body.{block}.body.{part}" for block in range(2) for part in (0, 2)]
    names += [f"pre_process.{s}.{b}.body.{p}" for s in range(3) for b in (0, 1) for p in (0, 2)]
    names += ["upsample.0.0", "upsample.1.0", "upsample.2.0", "upsample.2.2"]
    state = MDSR(2, blocks=2).state_dict()
    assert sorted(state) == sorted(f"{n}.{end}" for n in names for end in ("weight", "bias"))
    assert state["pre_process.1.0.body.0.weight"].shape == (64, 64, 5, 5)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_mdsr_sends_a_picture_through_its_scales_branch(scale):
    torch.manual_seed(1)
    model = MDSR(scale, blocks=1, features=4)
    branch = scale - 2
    x = torch.rand(1, 3, 5, 4)
    with torch.no_grad():
        y = model.pre_process[branch](
            model.head(255 * (x - torch.tensor(DIV2K_MEAN).view(3, 1, 1)))
        )
        y = model.tail(model.upsample[branch](y + model.body(y)))
        expected = y / 255 + torch.tensor(DIV2K_MEAN).view(3, 1, 1)
        torch.testing.assert_close(model(x), expected, atol=1e-5, rtol=1e-5)
    with pytest.raises(ValueError, match="scale is 5; accepted: 2, 3, 4"):
        MDSR(5)


# A picture through a network


class Repeat(nn.Module):
    """Each pixel twice along both axes; keeps what it was given."""

    scale = 2

    def __init__(self, channels: int):
        super().__init__()
        self.channels, self.anchor = channels, nn.Parameter(torch.zeros(1))

    def forward(self, x):
        self.seen = x.clone()
        return x.repeat_interleave(2, 2).repeat_interleave(2, 3)


def repeated(image: np.ndarray) -> np.ndarray:
    return image.repeat(2, 0).repeat(2, 1)


@pytest.mark.parametrize("image", [PHOTO, PHOTO * np.uint16(257), PHOTO / 255])
def test_enlarge_gives_an_rgb_network_the_picture(image):
    model = Repeat(3)
    out = enlarge(model, image)
    assert out.dtype == np.float64
    np.testing.assert_allclose(out, repeated(PHOTO / 255), atol=1e-6)
    np.testing.assert_allclose(model.seen[0, 0], PHOTO[..., 0] / 255, atol=1e-6)  # R first


def test_enlarge_gives_an_rgb_network_a_grey_picture_three_times():
    model = Repeat(3)
    grey = PHOTO[..., 1]
    out = enlarge(model, grey)
    assert model.seen.shape == (1, 3, 31, 23)
    np.testing.assert_allclose(out, repeated(grey / 255), atol=1e-6)


def test_enlarge_gives_a_luma_network_y_and_enlarges_chroma_by_bicubic():
    model = Repeat(1)
    out = enlarge(model, PHOTO)
    ycbcr = skimage.color.rgb2ycbcr(PHOTO)
    np.testing.assert_allclose(model.seen[0, 0], ycbcr[..., 0] / 255, atol=1e-5)
    planes = [repeated(ycbcr[..., 0]), bicubic(ycbcr[..., 1], 2), bicubic(ycbcr[..., 2], 2)]
    expected = skimage.color.ycbcr2rgb(np.stack(planes, axis=2))
    np.testing.assert_allclose(out, expected, atol=1e-4)


def test_enlarge_gives_a_luma_network_grey_values_as_they_are():
    model = Repeat(1)
    out = enlarge(model, PHOTO[..., 0])
    assert out.shape == (62, 46)
    np.testing.assert_allclose(out, repeated(PHOTO[..., 0] / 255), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        (name, s)
        for name in zoo.names()
        for s in zoo.SCALES
        if name not in ("edsr", "mdsr") and (name, s) != ("srresnet", 3)
    ],
)
def test_every_network_enlarges_odd_sizes(name, scale):
    model = zoo.build(name, scale).eval()
    luma = name.split("-")[0] in ("srcnn", "fsrcnn", "selnet")
    assert (model.scale, model.channels) == (scale, 1 if luma else 3)
    for image in (PHOTO[:7, :5], PHOTO[:5, :7, 0], PHOTO[:1, :1]):
        out = enlarge(model, image)
        assert out.shape == (scale * image.shape[0], scale * image.shape[1], *image.shape[2:])
        assert np.isfinite(out).all()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((4, 4, 4)), "image has transparency"),
        (np.full((4, 4), np.nan), "image holds NaN"),
        (np.zeros((4, 4, 2)), r"image has shape \(4, 4, 2\)"),
    ],
)
def test_enlarge_refuses(channels, image, message):
    with pytest.raises(ValueError, match=message):
        enlarge(Repeat(channels), image)


def test_tensors_and_arrays_convert_both_ways():
    for image in (PHOTO / 255, PHOTO[..., 0] / 255):
        batch = to_tensor(image)
        assert batch.dtype == torch.float32
        assert batch.shape == (1, 3 if image.ndim == 3 else 1, 31, 23)
        assert batch[0, 0, 4, 9] == np.float32(image[4, 9, 0] if image.ndim == 3 else image[4, 9])
        np.testing.assert_allclose(to_array(batch), image, atol=1e-7)


# The zoo


def test_an_unknown_network_gets_a_suggestion():
    known = "known: " + ", ".join(zoo.names())
    for wrong, message in (
        ("edsr-mimi", f"model is 'edsr-mimi'; did you mean 'edsr-mini'? {known}"),
        ("qqq", f"model is 'qqq'; {known}"),
        (None, f"model is None; {known}"),
    ):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            zoo.build(wrong, 2)


@pytest.mark.parametrize("scale", [1, 5, 2.5, "2", None])
def test_a_scale_that_is_not_built_is_refused(scale):
    with pytest.raises(ValueError, match=r"scale is .*; fsrcnn is built for 2, 3, 4"):
        zoo.build("fsrcnn", scale)


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """The zoo over an empty folder of weights."""
    monkeypatch.setattr(zoo, "weights_file", lambda n, s: tmp_path / f"{n}-x{s}.safetensors")
    zoo.load.cache_clear()
    yield tmp_path
    zoo.load.cache_clear()


def test_weights_that_do_not_ship_are_said_so(shelf):
    with pytest.raises(ValueError, match=r"no trained weights ship for fsrcnn ×3; .* for: none"):
        zoo.load("fsrcnn", 3)
    assert zoo.trained() == {}
    for scale in (2, 4):
        save_file(FSRCNN(scale).state_dict(), shelf / f"fsrcnn-x{scale}.safetensors")
    assert zoo.trained() == {"fsrcnn": (2, 4)}
    with pytest.raises(ValueError, match="they do for: fsrcnn ×2/4"):
        zoo.load("fsrcnn", 3)


def test_load_gives_the_saved_network_frozen_also_from_half_precision(shelf):
    torch.manual_seed(5)
    saved = zoo.build("edsr-mini", 2)
    half = {k: v.half() for k, v in saved.state_dict().items()}
    save_file(half, shelf / "edsr-mini-x2.safetensors")
    model = zoo.load("edsr-mini", 2)
    assert model is zoo.load("edsr-mini", 2)
    assert {t.dtype for t in zoo.read_weights(shelf / "edsr-mini-x2.safetensors").values()} == {
        torch.float32
    }
    assert not model.training
    assert not any(p.requires_grad for p in model.parameters())
    for name, tensor in model.state_dict().items():
        assert tensor.dtype == torch.float32
        torch.testing.assert_close(tensor, half[name].float(), atol=0, rtol=0)


def test_a_damaged_weights_file_is_one_clear_error(shelf):
    (shelf / "fsrcnn-x2.safetensors").write_bytes(b"not weights at all")
    with pytest.raises(ValueError, match=r"fsrcnn-x2\.safetensors is not a safetensors file"):
        zoo.load("fsrcnn", 2)
    with pytest.raises(FileNotFoundError):
        zoo.read_weights(shelf / "none.safetensors")


def test_loading_never_unpickles(shelf):
    """torch.save's format can run code when it is read; it must be refused unread."""
    torch.save(FSRCNN(2).state_dict(), shelf / "fsrcnn-x2.safetensors")
    with pytest.raises(ValueError, match="is not a safetensors file"):
        zoo.load("fsrcnn", 2)


def test_shipped_weights_load():
    for name, scales in zoo.trained().items():
        for scale in scales:
            assert zoo.load(name, scale).scale == scale


# Other projects' checkpoints


def renamed(state: dict, blocks: int) -> dict:
    """EDSR's tensors by the other common names, which leave the mean colour out."""
    parts = {"head.0": "conv_first", f"body.{blocks}": "conv_after_body", "tail.1": "conv_last"}
    parts |= {f"tail.0.{k}": f"upsample.{k}" for k in (0, 2)}
    for block in range(blocks):
        parts |= {f"body.{block}.body.{2 * k}": f"body.{block}.conv{k + 1}" for k in (0, 1)}
    split = [(key.rpartition("."), tensor) for key, tensor in state.items() if "_mean" not in key]
    return {f"{parts[name]}.{end}": tensor for (name, _, end), tensor in split}


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("naming", ["official", "other"])
@pytest.mark.parametrize("file", ["w.pt", "w.pth", "w.safetensors"])
def test_checkpoints_of_both_namings_load_from_every_format(tmp_path, scale, naming, file):
    saved = zoo.build("edsr-mini", scale).eval()
    state = saved.state_dict()
    given = state if naming == "official" else renamed(state, 8)
    if file == "w.safetensors":
        save_file(given, tmp_path / file)
    else:
        torch.save({"params": given} if naming == "other" else given, tmp_path / file)
    model = zoo.load_checkpoint(tmp_path / file, "edsr-mini", scale)
    assert not model.training
    for key, tensor in model.state_dict().items():
        assert torch.equal(tensor, state[key])


def test_the_official_mdsr_checkpoint_loads_at_every_scale(tmp_path, monkeypatch):
    monkeypatch.setitem(zoo._BUILDERS, "mdsr", lambda s: MDSR(s, blocks=1, features=4))
    torch.save(MDSR(2, blocks=1, features=4).state_dict(), tmp_path / "mdsr.pt")
    for scale in (2, 3, 4):
        assert zoo.load_checkpoint(tmp_path / "mdsr.pt", "mdsr", scale).scale == scale


def test_a_checkpoint_that_does_not_fit_is_refused_with_a_list(tmp_path):
    state = zoo.build("edsr-mini", 2).state_dict()
    state["head.9.weight"] = torch.zeros(1)
    del state["tail.1.bias"]
    state["head.0.weight"] = torch.zeros(3, 3)
    torch.save(state, tmp_path / "w.pt")
    with pytest.raises(ValueError, match="does not fit edsr-mini ×2") as error:
        zoo.load_checkpoint(tmp_path / "w.pt", "edsr-mini", 2)
    for problem in (
        "missing tail.1.bias",
        "extra head.9.weight",
        "head.0.weight is (3, 3), not (32, 3, 3, 3)",
    ):
        assert problem in str(error.value)
    assert str(error.value).count(";") == 2


class Evil:
    def __reduce__(self):
        return (open, ("/nonexistent/never-opened", "w"))


def test_code_in_a_checkpoint_is_refused_and_not_run(tmp_path):
    torch.save({"head.0.weight": Evil()}, tmp_path / "w.pt")
    with pytest.raises(ValueError, match="holds more than tensors, or is none; it was not run"):
        zoo.load_checkpoint(tmp_path / "w.pt", "edsr-mini", 2)


def test_truncated_missing_and_other_files_are_clear_errors(tmp_path):
    torch.save(zoo.build("fsrcnn", 2).state_dict(), tmp_path / "whole.pt")
    whole = (tmp_path / "whole.pt").read_bytes()
    for name, content in (
        ("half.pt", whole[: len(whole) // 2]),
        ("empty.pth", b""),
        ("half.safetensors", b"12"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=f"weights: .*{name}"):
            zoo.load_checkpoint(tmp_path / name, "fsrcnn", 2)
    torch.save([torch.zeros(1)], tmp_path / "list.pt")
    with pytest.raises(ValueError, match="is not a table of named tensors"):
        zoo.load_checkpoint(tmp_path / "list.pt", "fsrcnn", 2)
    with pytest.raises(FileNotFoundError):
        zoo.load_checkpoint(tmp_path / "none.pt", "fsrcnn", 2)
    (tmp_path / "folder.safetensors").mkdir()
    for read in (zoo.read_weights, zoo.training, zoo.load_trained):
        with pytest.raises(ValueError, match=r"folder\.safetensors is a folder"):
            read(tmp_path / "folder.safetensors")
        with pytest.raises(ValueError, match=r"half\.safetensors is not a safetensors file"):
            read(tmp_path / "half.safetensors")


@pytest.mark.parametrize("key", ["conv_first.weight", "body.rdb.weight"])
def test_a_checkpoint_of_another_architecture_is_refused_with_a_list(tmp_path, key):
    given = {"conv_first.weight": torch.zeros(3, 3), key: torch.zeros(3, 3)}
    torch.save(given, tmp_path / "w.PTH")
    with pytest.raises(ValueError, match="does not fit edsr-mini ×2: missing ") as error:
        zoo.load_checkpoint(tmp_path / "w.PTH", "edsr-mini", 2)
    assert "head.0.weight is (3, 3), not (32, 3, 3, 3)" in str(error.value)


def test_a_colorizers_weights_enlarge_nothing():
    with pytest.raises(ValueError, match="is a colorizer's; it enlarges nothing"):
        zoo.load_trained(colorization.file())


@pytest.mark.parametrize("scale", [2.0, np.int64(2), np.float32(2)])
def test_a_whole_scale_may_be_of_another_type(scale):
    assert type(zoo.build("fsrcnn", scale).scale) is int
    zoo.load.cache_clear()
    assert zoo.load("fsrcnn", scale) is zoo.load("fsrcnn", 2)


def test_an_unknown_option_is_refused():
    with pytest.raises(ValueError, match=r"options of fsrcnn: .*'depth'"):
        zoo.build("fsrcnn", 2, depth=3)
