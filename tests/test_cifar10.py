import pickle
from pathlib import Path

import numpy as np
import pytest

from srcourse.datasets import cifar10

BINARY = [f"data_batch_{n}.bin" for n in range(1, 6)] + ["test_batch.bin"]
PYTHON = [name.removesuffix(".bin") for name in BINARY]


def pictures(count, seed):
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    return images, random.integers(0, 10, count)


def planes(images):
    """All red, all green, all blue pixels of each picture, as the release has them."""
    return np.stack([np.concatenate([p[..., c].ravel() for c in range(3)]) for p in images])


@pytest.fixture
def binary(tmp_path):
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    for seed, name in enumerate(BINARY):
        images, labels = pictures(3 + seed, seed)
        records = [bytes([k]) + p.tobytes() for k, p in zip(labels, planes(images), strict=True)]
        (folder / name).write_bytes(b"".join(records))
    return folder


@pytest.fixture
def python(tmp_path):
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for seed, name in enumerate(PYTHON):
        images, labels = pictures(3 + seed, seed)
        batch = {b"data": planes(images), b"labels": labels.tolist(), b"batch_label": b"x"}
        (folder / name).write_bytes(pickle.dumps(batch, protocol=2))
    return folder


@pytest.mark.parametrize("layout", ["binary", "python"])
@pytest.mark.parametrize("above", [True, False])
def test_both_layouts_give_the_pictures_in_order(layout, above, request):
    folder = request.getfixturevalue(layout)
    found = cifar10.read(folder.parent if above else folder)
    expected = [pictures(3 + seed, seed) for seed in range(6)]
    train = [np.concatenate(part) for part in zip(*expected[:5], strict=True)]
    np.testing.assert_array_equal(found.train.images, train[0])
    np.testing.assert_array_equal(found.train.labels, train[1])
    np.testing.assert_array_equal(found.test.images, expected[5][0])
    np.testing.assert_array_equal(found.test.labels, expected[5][1])
    assert str(found) == "CIFAR-10, 25 training and 8 test images"


@pytest.mark.parametrize("layout", ["binary", "python"])
def test_a_missing_file_is_named(layout, request):
    folder = request.getfixturevalue(layout)
    names = BINARY if layout == "binary" else PYTHON
    (folder / names[2]).unlink()
    with pytest.raises(ValueError, match=f"lacks {names[2]}$"):
        cifar10.read(folder)


def test_half_a_record_is_refused(binary):
    file = binary / BINARY[1]
    file.write_bytes(file.read_bytes()[:-1500])
    with pytest.raises(ValueError, match=r"data_batch_2\.bin has .* no whole number of records"):
        cifar10.read(binary)


def test_an_empty_file_is_refused(binary):
    (binary / BINARY[5]).write_bytes(b"")
    with pytest.raises(ValueError, match=r"test_batch\.bin has 0 bytes"):
        cifar10.read(binary)


def test_a_label_above_nine_is_refused(binary):
    file = binary / BINARY[0]
    file.write_bytes(b"\x0a" + file.read_bytes()[1:])
    with pytest.raises(ValueError, match=r"data_batch_1\.bin has labels"):
        cifar10.read(binary)


def test_another_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no CIFAR-10; it is or contains cifar-10"):
        cifar10.read(tmp_path)


class Bomb:
    def __reduce__(self):
        return Path.touch, (Path("bomb-went-off"),)


def test_a_pickle_runs_nothing(python, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (python / PYTHON[0]).write_bytes(pickle.dumps({b"data": Bomb()}))
    with pytest.raises(ValueError, match="no batch of CIFAR-10: it asks for"):
        cifar10.read(python)
    assert not Path("bomb-went-off").exists()


@pytest.mark.parametrize(
    "batch",
    [
        {b"data": np.zeros((2, 3072), np.uint8), b"labels": [1]},
        {b"data": np.zeros((1, 3072)), b"labels": [1]},
        {b"data": np.zeros((0, 3072), np.uint8), b"labels": []},
        {b"labels": [1]},
        [1, 2],
    ],
)
def test_a_pickle_of_something_else_is_refused(python, batch):
    (python / PYTHON[3]).write_bytes(pickle.dumps(batch))
    with pytest.raises(ValueError, match="data_batch_4"):
        cifar10.read(python)


def test_what_is_no_pickle_is_refused(python):
    (python / PYTHON[3]).write_bytes(b"GIF89a")
    with pytest.raises(ValueError, match="data_batch_4 is no batch of CIFAR-10"):
        cifar10.read(python)
