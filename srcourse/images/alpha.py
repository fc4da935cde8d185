"""Transparency: what lies under it."""

from .arrays import Array, check


def spread_colour(image: Array) -> Array:
    """RGBA ``(H, W, 4)`` with the colour of the nearest visible pixel under full transparency.

    Files often store black there, which a filter or a network would draw into the visible edge.
    Same type; alpha stays as it is, and so does a picture without a visible pixel.
    Raises ValueError for what is not RGBA.
    """
    if check(image).shape[2:] != (4,):
        raise ValueError(f"image has shape {image.shape}; accepted is (H, W, 4)")
    hidden = image[..., 3] == 0
    if hidden.all() or not hidden.any():
        return image
    from scipy.ndimage import distance_transform_edt

    nearest = distance_transform_edt(hidden, return_distances=False, return_indices=True)
    out = image.copy()
    out[..., :3] = image[..., :3][tuple(nearest)]
    return out
