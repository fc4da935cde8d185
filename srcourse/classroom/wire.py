"""What a learner's answer may say to its judge: plain data, which cannot run anything when read.

Numbers, text, None, lists, tuples, dicts with names as keys, and arrays; a tensor travels as one.
"""

import base64
import io
import json
from typing import Any

import numpy as np

LARGEST = 64 * 2**20  # bytes of one message


def pack(value: Any) -> bytes:
    """`value` as JSON. Raises TypeError for what is no plain data, ValueError for too much."""
    message = json.dumps(_plain(value)).encode()
    if len(message) > LARGEST:
        raise ValueError(f"it holds {len(message) / 2**20:.0f} MiB, more than any answer needs")
    return message


def unpack(message: bytes) -> Any:
    """What was packed. Raises ValueError for a message that `pack` did not write."""
    try:
        return _value(json.loads(message))
    except (ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
        raise ValueError(f"no message: {error}") from None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int | float) and type(value).__module__ == "builtins":
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_plain(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[_plain(key), _plain(item)] for key, item in value.items()]}
    kind = "array"
    if type(value).__module__ == "torch" and hasattr(value, "detach"):
        kind, value = "tensor", value.detach().cpu().numpy()
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biuf":
        buffer = io.BytesIO()
        np.save(buffer, np.asarray(value), allow_pickle=False)
        kind = kind if isinstance(value, np.ndarray) else "scalar"
        return {kind: base64.b64encode(buffer.getvalue()).decode()}
    raise TypeError(f"{type(value).__name__}")


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_value(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    ((kind, held),) = plain.items()
    if kind == "tuple":
        return tuple(_value(item) for item in held)
    if kind == "dict":
        return {_value(key): _value(item) for key, item in held}
    array = np.load(io.BytesIO(base64.b64decode(held)), allow_pickle=False)
    if kind == "tensor":
        import torch

        return torch.from_numpy(array)
    return array[()] if kind == "scalar" else array
