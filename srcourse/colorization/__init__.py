"""Colour for grey pictures: Zhang, Isola and Efros 2016, at the size of a laptop."""

from srcourse.colorization.bins import annealed_mean, bins, encode, rebalancing, smoothed
from srcourse.colorization.picture import colorize, lightness, predict, remark, shares, small
from srcourse.colorization.weights import file, load

__all__ = [
    "annealed_mean",
    "bins",
    "colorize",
    "encode",
    "file",
    "lightness",
    "load",
    "predict",
    "rebalancing",
    "remark",
    "shares",
    "small",
    "smoothed",
]
