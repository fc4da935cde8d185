"""Answers to assignment 6, the broken pipeline."""

import numpy as np
import scipy.ndimage
import torch
from PIL import Image
from torch import nn

import srcourse as sr
from srcourse.classroom.assignments.pipelines import batch_network, network, sampled
from srcourse.resampling import bicubic, bilinear, imresize, nearest
from tests.classroom.answers import right, wrong


def to_levels(values):
    return np.round(255 * np.clip(values, 0, 1)).astype(np.uint8)


def wrapped(values):
    return np.round(255 * values).astype(int).astype(np.uint8)


# --- a6-names -----------------------------------------------------------------------------------

NAMES = {
    "A": "channel order",
    "B": "no halo",
    "C": "value range",
    "D": "wrap-around",
    "E": "alpha",
    "F": "batch norm",
    "G": "grid shift",
    "H": "aliasing",
}
right("a6-names", "all eight")(NAMES)
right("a6-names", "in another order")(dict(reversed(NAMES.items())))
wrong("a6-names", "Blue skin", 3.5, "A taken for gamma")(NAMES | {"A": "gamma"})
wrong("a6-names", "straight lines", 3.5, "B taken for padding")(NAMES | {"B": "padding"})
wrong("a6-names", "What did it get", 3.5, "C taken for overfitting")(NAMES | {"C": "overfitting"})
wrong("a6-names", "brightest or darkest", 3.5, "D taken for JPEG")(NAMES | {"D": "JPEG"})
wrong("a6-names", "over any ground", 3.5, "E taken for the border")(NAMES | {"E": "border"})
wrong("a6-names", "on its neighbours", 3.5, "F taken for the value range")(
    NAMES | {"F": "value range"}
)
wrong("a6-names", "less so in the middle", 3, "G and H exchanged")(
    NAMES | {"G": "aliasing", "H": "grid shift"}
)
wrong("a6-names", "before any network", 3.5, "H taken for JPEG")(NAMES | {"H": "JPEG"})
wrong("a6-names", "'half a pixel' is not in the list", 3.5, "a cause of one's own")(
    NAMES | {"G": "half a pixel"}
)
wrong("a6-names", "E has no name yet", 2, "half of them")({k: NAMES[k] for k in "ABCD"})
wrong("a6-names", "from letters to causes", 0, "a list")(list(NAMES.values()))
wrong("a6-names", "not written yet", 0, "letters only")(dict.fromkeys(NAMES))

# --- a6-mend-a ----------------------------------------------------------------------------------


@right("a6-mend-a")
def turned_first(bgr):
    return to_levels(network(bgr[..., ::-1] / 255))


@right("a6-mend-a")
def channels_picked(bgr):
    values = network(bgr[:, :, [2, 1, 0]].astype(np.float32) / 255)
    return np.floor(np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)


@wrong("a6-mend-a", "still exchanged")
def bgr_left_in(bgr):
    return to_levels(network(bgr / 255))


@wrong("a6-mend-a", "Turn the channels before it")
def turned_afterwards(bgr):
    return to_levels(network(bgr / 255))[..., ::-1]


@wrong("a6-mend-a", "turned back to BGR")
def turned_twice(bgr):
    return turned_first(bgr)[..., ::-1]


@wrong("a6-mend-a", "turns the rows")
def rows_turned(bgr):
    return to_levels(network(bgr[::-1] / 255))


@wrong("a6-mend-a", "turns the columns")
def columns_turned(bgr):
    return to_levels(network(bgr[:, ::-1] / 255))


@wrong("a6-mend-a", "moved on by one place")
def channels_rolled(bgr):
    return to_levels(network(np.roll(bgr, 1, axis=-1) / 255))


@wrong("a6-mend-a", "wants 0 to 1")
def levels_to_the_network(bgr):
    return np.clip(np.round(network(bgr[..., ::-1].astype(float))), 0, 255).astype(np.uint8)


@wrong("a6-mend-a", "their type is float64")
def floats_of_levels(bgr):
    return turned_first(bgr).astype(float)


@wrong("a6-mend-a", "go from 0 to 1")
def floats_of_shares(bgr):
    return np.clip(network(bgr[..., ::-1] / 255), 0, 1)


@wrong("a6-mend-a", "has shape")
def grey_for_safety(bgr):
    return turned_first(bgr)[..., 1]


# --- a6-mend-b ----------------------------------------------------------------------------------


def tiles(image, size, halo, keep=False, partial_ones=True):
    h, w = image.shape[:2]
    large = np.zeros((2 * h, 2 * w, 3))
    for top in range(0, h if partial_ones else h - size + 1, size):
        for left in range(0, w if partial_ones else w - size + 1, size):
            up, back = min(halo, top), min(halo, left)
            tile = image[top - up : top + size + halo, left - back : left + size + halo]
            out = network(tile / 255)
            if keep:
                top2, left2 = 2 * (top - up), 2 * (left - back)
            else:
                top2, left2 = 2 * top, 2 * left
                out = out[2 * up : 2 * (up + size), 2 * back : 2 * (back + size)]
            large[top2 : top2 + out.shape[0], left2 : left2 + out.shape[1]] = out
    return to_levels(large)


@right("a6-mend-b")
def halo_of_three(image, size=32):
    return tiles(image, size, 3)


@right("a6-mend-b")
def wide_halo_and_smaller_tiles(image, size=32):
    return tiles(image, 20, 8)


@right("a6-mend-b")
def strips_of_rows_and_columns(image, size=32):
    h, w = image.shape[:2]
    rows = []
    for top in range(0, h, size):
        row = []
        for left in range(0, w, size):
            t, x = max(0, top - 5), max(0, left - 5)
            out = to_levels(network(image[t : top + size + 5, x : left + size + 5] / 255))
            row.append(out[2 * (top - t) :, 2 * (left - x) :][: 2 * size, : 2 * size])
        rows.append(np.hstack(row))
    return np.vstack(rows)


@wrong("a6-mend-b", "they have no halo")
def halo_left_out(image, size=32):
    return tiles(image, size, 0)


@wrong("a6-mend-b", "a halo of 1 is too small")
def halo_of_one(image, size=32):
    return tiles(image, size, 1)


@wrong("a6-mend-b", "a halo of 2 is too small")
def halo_of_two(image, size=32):
    return tiles(image, size, 2)


@wrong("a6-mend-b", "Cut it off")
def halo_laid_down(image, size=32):
    return tiles(image, size, 3, keep=True)


def surrounded(image, **how):
    """The whole, padded, by tiles."""
    return tiles(np.pad(image, [(3, 3), (3, 3), (0, 0)], **how), 32, 3)[6:-6, 6:-6]


@wrong("a6-mend-b", "you padded it with black")
def padded_with_black(image, size=32):
    return surrounded(image)


@wrong("a6-mend-b", "is mirrored before")
def padded_by_a_mirror(image, size=32):
    return surrounded(image, mode="reflect")


@wrong("a6-mend-b", "out of memory")
def all_at_once(image, size=32):
    return to_levels(network(image / 255))


@wrong("a6-mend-b", "which fill no tile, are left black", 1)
def whole_tiles_only(image, size=32):
    return tiles(image, size, 3, partial_ones=False)


@wrong("a6-mend-b", "could not broadcast")
def cut_where_there_is_no_halo(image, size=32):
    h, w = image.shape[:2]
    large = np.zeros((2 * h, 2 * w, 3))
    for top in range(0, h, size):
        for left in range(0, w, size):
            tile = image[max(0, top - 3) : top + size + 3, max(0, left - 3) : left + size + 3]
            out = network(tile / 255)[6:-6, 6:-6]
            large[2 * top : 2 * (top + size), 2 * left : 2 * (left + size)] = out
    return to_levels(large)


@wrong("a6-mend-b", "not the network")
def bicubic_has_no_seams(image, size=32):
    return to_levels(bicubic(image / 255, 2))


# --- a6-mend-c ----------------------------------------------------------------------------------


@right("a6-mend-c")
def divided_and_multiplied(image):
    return to_levels(network(image / 255))


@right("a6-mend-c")
def by_the_course(image):
    return sr.images.to_uint8(network(sr.images.to_float(image)))


def clipped(levels):
    return np.clip(np.round(levels), 0, 255).astype(np.uint8)


@wrong("a6-mend-c", "still gets 0 to 255")
def range_left_in(image):
    return clipped(network(image.astype(np.float32)))


@wrong("a6-mend-c", "Bring it back first")
def never_multiplied(image):
    return clipped(network(image / 255))


@wrong("a6-mend-c", "not −1 to 1")
def around_zero(image):
    return clipped((network(image / 127.5 - 1) + 1) * 127.5)


@wrong("a6-mend-c", "Divide with /")
def whole_division(image):
    return to_levels(network(image // 255))


@wrong("a6-mend-c", "divided by 256")
def divided_by_256(image):
    return to_levels(network(image / 256))


@wrong("a6-mend-c", "own maximum")
def divided_by_the_maximum(image):
    return to_levels(network(image / image.max()))


@wrong("a6-mend-c", "contrast is changed")
def stretched_to_all_levels(image):
    low, high = int(image.min()), int(image.max())
    return to_levels(network((image - low) / (high - low)))


@wrong("a6-mend-c", "is that of the type")
def normalised_and_back(image):
    low, high = int(image.min()), int(image.max())
    return clipped(network((image - low) / (high - low)) * (high - low) + low)


@wrong("a6-mend-c", "multiplied by 255")
def multiplied_only(image):
    return to_levels(network(image.astype(float)))


@wrong("a6-mend-c", "cut down to whole numbers")
def cut_down(image):
    return (np.clip(network(image / 255), 0, 1) * 255).astype(np.uint8)


@wrong("a6-mend-c", "wrap around in uint8")
def mended_and_wrapped(image):
    return wrapped(network(image / 255))


# --- a6-mend-d ----------------------------------------------------------------------------------


@right("a6-mend-d")
def clipped_before_the_cast(image):
    return np.clip(np.round(255 * network(image / 255)), 0, 255).astype(np.uint8)


@right("a6-mend-d")
def clipped_as_shares(image):
    large = np.minimum(1, np.maximum(0, network(image / 255)))
    return (255 * large + 0.5).astype(np.uint8)


@wrong("a6-mend-d", "too late to clip")
def wrap_left_in(image):
    return wrapped(network(image / 255))


@wrong("a6-mend-d", "too late to clip")
def clipped_after_the_cast(image):
    return np.clip(wrapped(network(image / 255)), 0, 255)


@wrong("a6-mend-d", "only what is above 255")
def upper_end_only(image):
    return wrapped(np.minimum(network(image / 255), 1))


@wrong("a6-mend-d", "only what is below 0")
def lower_end_only(image):
    return wrapped(np.maximum(network(image / 255), 0))


@wrong("a6-mend-d", "are stretched into")
def stretched(image):
    large = network(image / 255)
    return to_levels((large - large.min()) / (large.max() - large.min()))


@wrong("a6-mend-d", "turned over by abs")
def absolute_values(image):
    return np.minimum(abs(np.round(255 * network(image / 255))), 255).astype(np.uint8)


@wrong("a6-mend-d", "range of video")
def video_levels(image):
    return np.clip(np.round(255 * network(image / 255)), 16, 235).astype(np.uint8)


@wrong("a6-mend-d", "became 0")
def masked_out(image):
    large = np.round(255 * network(image / 255))
    return np.where((large < 0) | (large > 255), 0, large).astype(np.uint8)


@wrong("a6-mend-d", "is in its output")
def input_clipped(image):
    return to_levels(network(np.clip(image, 16, 235) / 255))


@wrong("a6-mend-d", "after the levels were brought")
def clipped_to_one(image):
    return np.clip(np.round(255 * network(image / 255)), 0, 1).astype(np.uint8)


@wrong("a6-mend-d", "are left in")
def larger_type(image):
    return np.round(255 * network(image / 255)).astype(np.int16)


@wrong("a6-mend-d", "are cut down")
def truncated(image):
    return np.clip(255 * network(image / 255), 0, 255).astype(np.uint8)


# --- a6-mend-e ----------------------------------------------------------------------------------


def parts(rgba):
    """Colours, alpha, and alpha enlarged."""
    x = rgba / 255
    return x[..., :3], x[..., 3:], bilinear(x[..., 3], 2)[..., None]


def divided(weighted, alpha):
    return np.divide(weighted, alpha, out=np.zeros_like(weighted), where=alpha > 0)


def joined(colour, alpha):
    return to_levels(np.dstack([colour, alpha]))


@right("a6-mend-e")
def premultiplied(rgba):
    colour, alpha, large = parts(rgba)
    return joined(divided(bilinear(colour * alpha, 2), large), large)


@right("a6-mend-e")
def by_two_grounds(rgba):
    """Over black and over white: their difference is alpha."""
    colour, alpha, _ = parts(rgba)
    black, white = bilinear(colour * alpha, 2), bilinear(colour * alpha + 1 - alpha, 2)
    large = 1 - (white - black).mean(axis=2, keepdims=True)
    return joined(black / np.maximum(large, 1e-9), large)


@wrong("a6-mend-e", "is still mixed in")
def colours_left_in(rgba):
    colour, _, large = parts(rgba)
    return joined(bilinear(colour, 2), large)


@wrong("a6-mend-e", "not divided by it")
def never_divided(rgba):
    colour, alpha, large = parts(rgba)
    return joined(bilinear(colour * alpha, 2), large)


@wrong("a6-mend-e", "without having been multiplied")
def never_multiplied_by_alpha(rgba):
    colour, _, large = parts(rgba)
    return joined(divided(bilinear(colour, 2), large), large)


@wrong("a6-mend-e", "alpha channel is gone")
def alpha_dropped(rgba):
    return to_levels(bilinear(rgba[..., :3] / 255, 2))


@wrong("a6-mend-e", "alpha is set to 255 everywhere.")
def opaque(rgba):
    colour, alpha, large = parts(rgba)
    return joined(divided(bilinear(colour * alpha, 2), large), np.ones_like(large))


@wrong("a6-mend-e", "hidden colours are shown")
def alpha_replaced(rgba):
    colour, _, large = parts(rgba)
    return joined(bilinear(colour, 2), np.ones_like(large))


@wrong("a6-mend-e", "fits no other ground")
def laid_over_white(rgba):
    colour, alpha, large = parts(rgba)
    return joined(bilinear(colour * alpha + 1 - alpha, 2), np.ones_like(large))


@wrong("a6-mend-e", "a bright rim")
def white_for_black(rgba):
    colour, alpha, large = parts(rgba)
    return joined(bilinear(colour * alpha + 1 - alpha, 2), large)


@wrong("a6-mend-e", "alpha is copied")
def alpha_by_copies(rgba):
    colour, alpha, large = parts(rgba)
    return joined(divided(bilinear(colour * alpha, 2), large), nearest(alpha[..., 0], 2))


@wrong("a6-mend-e", "the soft edge is gone")
def hard_alpha(rgba):
    colour, alpha, large = parts(rgba)
    return joined(divided(bilinear(colour * alpha, 2), large), np.round(large))


@wrong("a6-mend-e", "alpha is divided by itself")
def all_four_divided(rgba):
    colour, alpha, large = parts(rgba)
    return to_levels(
        divided(np.dstack([bilinear(colour * alpha, 2), large]), np.repeat(large, 4, axis=2))
    )


@wrong("a6-mend-e", "their type is float64")
def sticker_of_floats(rgba):
    return premultiplied(rgba).astype(float)


# --- a6-mend-f ----------------------------------------------------------------------------------


def upscaled(net, batch):
    x = torch.tensor(batch[:, None] / 255, dtype=torch.float32)
    with torch.no_grad():
        return to_levels(net(x)[:, 0].numpy())


@right("a6-mend-f")
def eval_mode(batch):
    return upscaled(batch_network().eval(), batch)


@right("a6-mend-f")
def train_false_one_by_one(batch):
    net = batch_network()
    net.train(False)
    return np.concatenate([upscaled(net, batch[i : i + 1]) for i in range(len(batch))])


@right("a6-mend-f")
def folded_by_hand(batch):
    norm, *rest = batch_network()
    x = torch.tensor(batch[:, None] / 255, dtype=torch.float32)
    with torch.no_grad():
        x = (x - norm.running_mean) / (norm.running_var + norm.eps) ** 0.5
        return to_levels(nn.Sequential(*rest)(x)[:, 0].numpy())


@wrong("a6-mend-f", "batch's own mean and spread")
def training_left_in(batch):
    return upscaled(batch_network(), batch)


@wrong("a6-mend-f", "batch's own mean and spread")
def no_gradients_for_eval(batch):
    net = batch_network().requires_grad_(False)
    return upscaled(net, batch)


@wrong("a6-mend-f", "normalised by itself")
def one_by_one_in_training(batch):
    net = batch_network()
    return np.concatenate([upscaled(net, batch[i : i + 1]) for i in range(len(batch))])


@wrong("a6-mend-f", "statistics have moved")
def warmed_up_first(batch):
    net = batch_network()
    upscaled(net, batch)
    return upscaled(net.eval(), batch)


@wrong("a6-mend-f", "they were reset")
def statistics_reset(batch):
    net = batch_network().eval()
    net[0].reset_running_stats()
    return upscaled(net, batch)


@wrong("a6-mend-f", "or the layer was taken out")
def normalisation_taken_out(batch):
    net = batch_network()
    net[0] = nn.Identity()
    return upscaled(net, batch)


@wrong("a6-mend-f", "first one, enlarged")
def first_picture_for_all(batch):
    found = eval_mode(batch)
    return np.stack([found[0]] * len(batch))


@wrong("a6-mend-f", "axis of the channel")
def channel_left_in(batch):
    return eval_mode(batch)[:, None]


@wrong("a6-mend-f", "go from 0 to 1")
def shares_of_levels(batch):
    return eval_mode(batch) / 255


# --- a6-mend-g ----------------------------------------------------------------------------------


def read(image, scale, place, cols=None):
    h, w = image.shape[:2]
    return to_levels(sampled(image / 255, place(scale, h), (cols or place)(scale, w)))


def centres(s, n):
    return (np.arange(s * n) + 0.5) / s - 0.5


def corners(s, n):
    return np.linspace(0, n - 1, s * n)


@right("a6-mend-g")
def at_the_centres(image, scale):
    return read(image, scale, centres)


@right("a6-mend-g")
def by_linspace(image, scale):
    edge = 0.5 / scale - 0.5
    return read(image, scale, lambda s, n: np.linspace(edge, n - 1 - edge, s * n))


@right("a6-mend-g")
def cubic_of_the_course(image, scale):
    return bicubic(image, scale)


@wrong("a6-mend-g", "still tied together")
def corners_left_in(image, scale):
    return read(image, scale, corners)


@wrong("a6-mend-g", "forgets both halves")
def both_halves_forgotten(image, scale):
    return read(image, scale, lambda s, n: np.arange(s * n) / s)


@wrong("a6-mend-g", "half a pixel of the small picture is still")
def first_half_only(image, scale):
    return read(image, scale, lambda s, n: (np.arange(s * n) + 0.5) / s)


@wrong("a6-mend-g", "half a pixel of the large picture is forgotten")
def second_half_only(image, scale):
    return read(image, scale, lambda s, n: np.arange(s * n) / s - 0.5)


@wrong("a6-mend-g", "half a pixel farther out")
def edges_tied(image, scale):
    return read(image, scale, lambda s, n: np.linspace(-0.5, n - 0.5, s * n))


@wrong("a6-mend-g", "the columns are not")
def rows_only(image, scale):
    return read(image, scale, centres, corners)


@wrong("a6-mend-g", "the rows are not")
def columns_only(image, scale):
    return read(image, scale, corners, centres)


@wrong("a6-mend-g", "pulled onto them")
def places_pulled_in(image, scale):
    return read(image, scale, lambda s, n: np.clip(centres(s, n), 0, n - 1))


@wrong("a6-mend-g", "copies the nearest")
def places_rounded(image, scale):
    return read(image, scale, lambda s, n: np.round(centres(s, n)))


@wrong("a6-mend-g", "this is bilinear")
def by_triangles(image, scale):
    return bilinear(image, scale)


@wrong("a6-mend-g", "a = −0.75")
def as_opencv(image, scale):
    return bicubic(image, scale, a=-0.75)


@wrong("a6-mend-g", "whatever the scale")
def always_two(image, scale):
    return bicubic(image, 2)


# --- a6-mend-h ----------------------------------------------------------------------------------


@right("a6-mend-h")
def imresize_of_the_course(hr, scale):
    return imresize(hr, 1 / scale)


@right("a6-mend-h")
def the_kernel_stretched(hr, scale):
    """The cubic by hand, `scale` times as wide, borders mirrored."""

    def along(values, n):
        pad = 3 * scale
        padded = np.pad(values, [(pad, pad)] + [(0, 0)] * (values.ndim - 1), mode="symmetric")
        d = abs((np.arange(n)[:, None] + 0.5) - (np.arange(-pad, n * scale + pad) + 0.5) / scale)
        near, far = 1.5 * d**3 - 2.5 * d**2 + 1, -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2
        weights = np.where(d <= 1, near, np.where(d < 2, far, 0))
        return np.tensordot(weights / weights.sum(axis=1, keepdims=True), padded, axes=1)

    h, w = hr.shape[0] // scale, hr.shape[1] // scale
    rows = along(hr / 255, h)
    return to_levels(along(rows.swapaxes(0, 1), w).swapaxes(0, 1))


@wrong("a6-mend-h", "folds into stripes")
def aliasing_left_in(hr, scale):
    return to_levels(bicubic(hr / 255, 1 / scale))


@wrong("a6-mend-h", "every s-th pixel is kept: that has")
def strided(hr, scale):
    return hr[::scale, ::scale]


@wrong("a6-mend-h", "By then the detail has folded")
def smoothed_afterwards(hr, scale):
    small = bicubic(hr / 255, 1 / scale)
    origin = -1 if scale % 2 == 0 else 0
    return to_levels(
        scipy.ndimage.uniform_filter(
            small, (scale, scale, 1), mode="nearest", origin=(origin, origin, 0)
        )
    )


@wrong("a6-mend-h", "the mean of each block")
def block_means(hr, scale):
    h, w = hr.shape[0] // scale, hr.shape[1] // scale
    return to_levels(hr.reshape(h, scale, w, scale, 3).mean(axis=(1, 3)) / 255)


@wrong("a6-mend-h", "triangle of bilinear")
def triangle(hr, scale):
    return imresize(hr, 1 / scale, method="bilinear")


@wrong("a6-mend-h", "a = −0.75")
def sharper_cubic(hr, scale):
    return imresize(hr, 1 / scale, a=-0.75)


@wrong("a6-mend-h", "a shift by (s − 1) / 2", 0.5)
def smoothed_and_strided_at_three(hr, scale):
    if scale == 2:
        return imresize(hr, 1 / 2)
    x = scipy.ndimage.uniform_filter(hr / 255, (scale, scale, 1), mode="nearest")
    return to_levels(x[::scale, ::scale])


@wrong("a6-mend-h", "folds into stripes", 0.5)
def middle_pixels_at_three(hr, scale):
    return imresize(hr, 1 / 2) if scale == 2 else hr[1::3, 1::3]


@wrong("a6-mend-h", "has shape", 0.5)
def always_a_half(hr, scale):
    return imresize(hr, 1 / 2)


@wrong("a6-mend-h", "Pillow's bicubic")
def by_pillow(hr, scale):
    size = hr.shape[1] // scale, hr.shape[0] // scale
    return np.asarray(Image.fromarray(hr).resize(size, Image.Resampling.BICUBIC))


@wrong("a6-mend-h", "their type is float64")
def lr_of_floats(hr, scale):
    return 255.0 * np.clip(imresize(hr / 255, 1 / scale), 0, 1)


# --- a6-prove-grid ------------------------------------------------------------------------------


def offsets(enlarge, places, axes=(0, 1)):
    """How far dots come to lie from where they belong, in pixels."""
    found = []
    for place in places:
        dot = np.zeros((16, 16))
        dot[place] = 1
        large = enlarge(dot)
        grid = np.indices(large.shape)
        for axis in axes:
            centre = (large * grid[axis]).sum() / large.sum()
            found.append(abs(centre - 2 * place[axis] - 0.5))
    return np.array(found)


MANY = ((3, 4), (8, 8), (12, 3), (5, 12))


@right("a6-prove-grid")
def centre_of_dots(enlarge):
    return bool((offsets(enlarge, MANY) < 0.1).all())


@right("a6-prove-grid")
def best_shift_of_a_smooth_picture(enlarge):
    """Beside bicubic: what is shifted fits it worse than what is only softer or coarser."""
    y, x = np.mgrid[:24, :24] / 24
    ok = True
    for picture in (x, y):
        large = enlarge(0.2 + 0.6 * picture)
        exact = 0.2 + 0.6 * ((np.arange(48) + 0.5) / 2 - 0.5) / 24
        line = large.mean(axis=0 if picture is x else 1)
        pairs = (line - exact).reshape(-1, 2).mean(axis=1)  # copies: their mean is right
        ok = ok and np.abs(pairs[5:-5]).max() < 0.002
    return np.bool_(ok)


@wrong("a6-prove-grid", "accepts every pipeline")
def shape_only(enlarge):
    return enlarge(np.zeros((8, 9))).shape == (16, 18)


@wrong("a6-prove-grid", "rejects every pipeline")
def size_unchanged(enlarge):
    return enlarge(np.zeros((8, 9))).shape == (8, 9)


@wrong("a6-prove-grid", "all pipelines that are right")
def dots_at_twice_their_place(enlarge):
    return bool((abs(offsets(enlarge, MANY) - 0.5) < 0.1).all())


@wrong("a6-prove-grid", "are exchanged")
def true_where_shifted(enlarge):
    return not centre_of_dots(enlarge)


@wrong("a6-prove-grid", "rejects the nearest pixel's copies")
def exact_on_a_ramp(enlarge):
    ramp = np.add.outer(np.arange(16), np.arange(16)) / 40
    return bool(np.allclose(enlarge(ramp)[8:24, 8:24], bicubic(ramp, 2)[8:24, 8:24], atol=1e-6))


@wrong("a6-prove-grid", "rejects bilinear interpolation")
def sharp_or_copied(enlarge):
    step = np.repeat([[0.0] * 8 + [1.0] * 8], 16, axis=0)
    large = enlarge(step)
    return bool(centre_of_dots(enlarge) and abs(large[16] - np.repeat(step[0], 2)).max() < 0.24)


@wrong("a6-prove-grid", "rejects bicubic interpolation")
def within_the_range(enlarge):
    step = np.repeat([[0.0] * 8 + [1.0] * 8], 16, axis=0)
    return bool(centre_of_dots(enlarge) and enlarge(step).max() < 1 + 1e-9)


@wrong("a6-prove-grid", "rejects a network that sharpens")
def no_overshoot_allowed(enlarge):
    step = np.repeat([[0.0] * 8 + [1.0] * 8], 16, axis=0)
    return bool(centre_of_dots(enlarge) and enlarge(step).max() < 1.08)


@wrong("a6-prove-grid", "which is half a pixel off")
def whole_pixels_only(enlarge):
    return bool((offsets(enlarge, MANY) < 0.6).all())


@wrong("a6-prove-grid", "one whole pixel", 0.5)
def looks_for_half_a_pixel(enlarge):
    return bool((abs(offsets(enlarge, ((8, 8),)) - 0.5) > 0.1).all())


@wrong("a6-prove-grid", "Look along both axes", 0.5)
def along_the_rows_only(enlarge):
    return bool((offsets(enlarge, MANY, axes=(0,)) < 0.1).all())


@wrong("a6-prove-grid", "is the same in a mirror", 0.5)
def mirrored_input(enlarge):
    x = np.random.default_rng(0).random((12, 14))
    large = enlarge(x)
    return bool(
        np.allclose(enlarge(x[::-1])[::-1], large)
        and np.allclose(enlarge(x[:, ::-1])[:, ::-1], large)
    )


@wrong("a6-prove-grid", "True or False")
def the_offset_itself(enlarge):
    return float(offsets(enlarge, MANY).max())


# --- a6-prove-batch -----------------------------------------------------------------------------

RANDOM = np.random.default_rng(1)
SUBJECT = 0.3 + 0.4 * RANDOM.random((1, 8, 9))
DARK, BRIGHT = 0.2 * RANDOM.random((1, 8, 9)), 0.8 + 0.2 * RANDOM.random((1, 8, 9))


def agree(one, other, atol=1e-4):
    return bool(np.allclose(one, other, atol=atol))


@right("a6-prove-batch")
def alone_between_and_again(upscale):
    alone = upscale(SUBJECT)[0]
    among = upscale(np.concatenate([DARK, SUBJECT, BRIGHT]))[1]
    upscale(np.concatenate([BRIGHT, BRIGHT]))
    return agree(alone, among) and agree(alone, upscale(SUBJECT)[0])


@right("a6-prove-batch")
def neighbours_changed(upscale):
    """The same place in a batch, with other neighbours each time, on either side."""
    batches = [
        np.concatenate([a, SUBJECT, b]) for a in (DARK, BRIGHT, SUBJECT) for b in (DARK, BRIGHT)
    ]
    results = np.array([upscale(batch)[1] for batch in batches])
    return np.ptp(results, axis=0).max() < 1e-4


@wrong("a6-prove-batch", "accepts every pipeline")
def right_shape(upscale):
    return upscale(np.concatenate([DARK, BRIGHT])).shape == (2, 16, 18)


@wrong("a6-prove-batch", "rejects every pipeline")
def compared_with_a_neighbour(upscale):
    return agree(upscale(SUBJECT)[0], upscale(np.concatenate([SUBJECT, DARK]))[1])


@wrong("a6-prove-batch", "are exchanged")
def true_where_they_depend(upscale):
    return not alone_between_and_again(upscale)


@wrong("a6-prove-batch", "rejects bicubic interpolation")
def asks_for_more_than_bicubic(upscale):
    plain = agree(upscale(SUBJECT)[0], bicubic(SUBJECT[0], 2))
    return not plain and alone_between_and_again(upscale)


@wrong("a6-prove-batch", "learnt, fixed statistics")
def asks_for_bicubic(upscale):
    return agree(upscale(SUBJECT)[0], bicubic(SUBJECT[0], 2), 1e-3) and alone_between_and_again(
        upscale
    )


@wrong("a6-prove-batch", "normalises each picture by itself")
def asks_for_the_same_brightness(upscale):
    return abs(upscale(DARK).mean() - DARK.mean()) < 0.1 and alone_between_and_again(upscale)


@wrong("a6-prove-batch", "ten-millionth")
def to_the_last_digit(upscale):
    alone = upscale(SUBJECT)[0]
    return np.array_equal(alone, upscale(np.concatenate([DARK, SUBJECT]))[1])


@wrong("a6-prove-batch", "by the mean of the batch")
def beside_its_own_copy(upscale):
    return agree(upscale(SUBJECT)[0], upscale(np.concatenate([SUBJECT, SUBJECT]))[0])


@wrong("a6-prove-batch", "in another place", 0.5)
def first_place_only(upscale):
    alone = upscale(SUBJECT)[0]
    among = [upscale(np.concatenate([SUBJECT, other]))[0] for other in (DARK, BRIGHT)]
    return all(agree(alone, found) for found in among)


@wrong("a6-prove-batch", "brightest level", 0.5)
def darker_neighbours_only(upscale):
    alone = upscale(SUBJECT)[0]
    return agree(alone, upscale(np.concatenate([DARK, SUBJECT]))[1])


@wrong("a6-prove-batch", "goes on learning", 0.5)
def rough_comparison(upscale):
    alone = upscale(SUBJECT)[0]
    among = [upscale(np.concatenate([other, SUBJECT]))[1] for other in (DARK, BRIGHT)]
    return all(agree(alone, found, 0.05) for found in among)


@wrong("a6-prove-batch", "True or False")
def difference_itself(upscale):
    alone = upscale(SUBJECT)[0]
    return float(abs(alone - upscale(np.concatenate([DARK, SUBJECT]))[1]).max())
