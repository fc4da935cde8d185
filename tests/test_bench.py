"""srcourse.bench: what the rows mean. How fast anything is, no test says."""

import time
from pathlib import Path

import numpy as np
import pytest
import torch

from srcourse import bench as room
from srcourse import zoo
from srcourse.bench import MATRIX, bench
from srcourse.images import sample, save
from srcourse.models.cost import multiply_adds

KEYS = {
    "model",
    "scale",
    "seconds_per_megapixel",
    "matrix_share",
    "plain_ratio",
    "onnxruntime_ratio",
    "openvino_ratio",
    "crop_seconds",
    "bfloat16_ratio",
    "bfloat16_db",
}


def test_the_ratios_follow_from_the_times(monkeypatch):
    """With known times in place of measured ones."""
    times = {"matrix": 0.5, "plain": 0.9, "ours": 0.3, "onnxruntime": 0.6, "bfloat16": 0.2}
    monkeypatch.setattr(room, "_medians", lambda ways, rounds: times)
    (row,) = bench(["fsrcnn"], scale=3, side=10)
    assert set(row) == KEYS
    assert row["plain_ratio"] == pytest.approx(3)
    assert row["onnxruntime_ratio"] == pytest.approx(2)
    assert row["openvino_ratio"] is None
    assert row["crop_seconds"] is None
    assert row["bfloat16_ratio"] == pytest.approx(1.5)
    assert row["bfloat16_db"] is None
    assert row["seconds_per_megapixel"] == pytest.approx(0.3 * 1e6 / 900)
    rate = float(multiply_adds(zoo.build("fsrcnn", 3))) * 900 / 0.3
    assert row["matrix_share"] == pytest.approx(rate / (MATRIX**3 / 0.5))


def test_times_are_medians_without_the_first_round(monkeypatch):
    clock = iter([0, 100, 200, 201, 300, 303, 400, 402])
    done = []
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(time, "sleep", lambda seconds: done.append("rest"))
    assert room._medians({"one": lambda: done.append("work")}, rounds=3) == {"one": 2}
    assert done == 4 * ["rest", "work"]


def test_both_ways_compute_the_same(monkeypatch, one_thread):
    found = {}

    def once(ways, rounds):
        found.update({name: way() for name, way in ways.items()})
        return dict.fromkeys(ways, 1.0)

    monkeypatch.setattr(room, "_medians", once)
    (row,) = bench(["edsr-mini"], side=12)
    assert row["crop_seconds"] == 1
    assert found["crop"].shape == (512, 512, 3)
    assert found["crop"].dtype == np.uint8
    torch.testing.assert_close(found["ours"], found["plain"].detach(), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found["bfloat16"].float(), found["ours"], atol=0.03, rtol=0)
    assert not torch.equal(found["bfloat16"].float(), found["ours"])
    assert found["plain"].requires_grad
    assert found["ours"].is_inference()


def test_what_bfloat16_costs_is_measured_on_pictures_with_the_shipped_weights(tmp_path):
    save(tmp_path / "photo.png", sample("coffee")[:64, :64])
    pictures = [tmp_path / "photo.png"]
    cost = {name: room._halving_costs(name, 2, pictures) for name in ("fsrcnn", "edsr")}
    assert cost["fsrcnn"] != 0
    assert abs(cost["fsrcnn"]) < 0.5
    assert cost["edsr"] is None  # no weights of it ship


def test_a_network_without_weights_enlarges_no_crop(monkeypatch, one_thread):
    known = []
    monkeypatch.setattr(
        room, "_medians", lambda ways, rounds: known.append(set(ways)) or dict.fromkeys(ways, 1.0)
    )
    assert bench(["srresnet"], scale=4, side=8)[0]["crop_seconds"] is None
    assert "crop" not in known[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"names": ["fsrcn"]}, "did you mean 'fsrcnn'"),
        ({"names": ["fsrcnn"], "scale": 9}, "scale is 9"),
        ({"names": ["fsrcnn"], "side": 0}, "side is 0"),
        ({"names": ["fsrcnn"], "rounds": 0}, "rounds 0"),
        ({"names": ["fsrcnn"], "images": [Path("nowhere")]}, "nowhere"),
    ],
)
def test_bench_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        bench(**arguments)
