import asyncio
import signal

import numpy as np
import pytest
import torch
from traitlets import TraitError

from srcourse.models.residual import DepthNet
from srcourse.training.race import Runner
from srcourse.widgets import DepthRace
from srcourse.widgets.depth_race import DEPTHS, RATES, SEEDS, SIDE, STARTS, STEPS, painting

pytestmark = pytest.mark.usefixtures("one_thread")


def picture(race, name):
    return np.frombuffer(getattr(race, name), np.uint8).reshape(SIDE, SIDE, 3)


def test_the_painting_is_a_photograph_with_mean_0_and_variance_1():
    inputs, targets, photo = painting()
    assert inputs.shape == (SIDE**2, 18)
    assert targets.shape == (SIDE**2, 1)
    assert abs(targets.mean()) < 1e-12
    assert targets.var() == pytest.approx(1)
    back = targets.reshape(SIDE, SIDE) * photo.std() + photo.mean()
    assert np.allclose(back, photo)
    upper_right = inputs[:, :2].reshape(SIDE, SIDE, 2)[0, -1]
    assert np.allclose(upper_right, (-1 + 1 / SIDE, 1 - 1 / SIDE))
    assert np.allclose(inputs[:, 14], np.sin(4 * np.pi * inputs[:, 0]))
    assert len(np.unique(inputs, axis=0)) == SIDE**2, "no two places look alike to the network"


def test_it_trains_as_the_lesson_does():
    race = DepthRace(8, rate=0.01, seed=3)
    race.run(7)
    inputs, targets, _ = (torch.tensor(a, dtype=torch.float32) for a in painting())
    for kind in ("plain", "residual"):
        net = DepthNet(8, shortcut=kind == "residual", seed=3)
        runner = Runner(net, inputs, targets, 0.01).run(7)
        assert race.losses[kind] == runner.losses
        assert race.gradients[kind] == runner.gradients()
    assert race.step == 7


def test_the_pictures_are_what_the_errors_say():
    race = DepthRace(8, rate=0.01)
    race.run(40)
    _, _, photo = painting()
    assert abs(picture(race, "photo")[..., 0] / 255 - photo).max() < 0.003
    for kind in ("plain", "residual"):
        off = (picture(race, kind)[..., 0] / 255 - photo) / photo.std()
        assert np.mean(off**2) == pytest.approx(race.losses[kind][-1], rel=0.05)


@pytest.mark.parametrize(
    ("start", "plain_learns", "residual_learns"),
    [
        ("batch norm", False, True),
        ("no norm, small weights", False, True),
        ("no norm, He's weights", True, False),
    ],
)
def test_32_layers_tell_the_three_starts_apart(start, plain_learns, residual_learns):
    race = DepthRace(32, start)
    race.run(120)
    assert (race.losses["plain"][-1] < 0.2) == plain_learns
    assert (race.losses["residual"][-1] < 0.2) == residual_learns


def test_gradients_vanish_only_where_the_weights_are_small():
    first = {start: DepthRace(32, start).gradients["plain"][0] for start in STARTS}
    assert first["no norm, small weights"] < 1e-9
    assert first["batch norm"] > 10
    assert 0.1 < first["no norm, He's weights"] < 10


def test_nothing_that_can_be_chosen_runs_away_to_infinity():
    for start in STARTS:
        race = DepthRace(max(DEPTHS), start, max(RATES), max(SEEDS))
        race.run(20)
        assert np.isfinite(race.losses["plain"] + race.losses["residual"]).all()


def test_every_choice_starts_the_race_anew():
    race = DepthRace(4)
    before = race.losses
    for name, value in (("depth", 8), ("rate", 0.01), ("seed", 1), ("start", list(STARTS)[1])):
        race.run(2)
        setattr(race, name, value)
        assert race.step == 0
    race.run(1)
    fresh = DepthRace(8, list(STARTS)[1], 0.01, 1)
    fresh.run(1)
    assert race.losses == fresh.losses != before
    race.reset()
    assert race.losses == DepthRace(8, list(STARTS)[1], 0.01, 1).losses


def test_a_race_ends():
    race = DepthRace(4)
    race.run(STEPS + 50)
    assert race.step == STEPS
    last = race.losses
    race.run(1)
    assert race.losses == last


def test_the_summary_is_the_same_each_time():
    assert repr(DepthRace()) == repr(DepthRace())
    assert repr(DepthRace(8)) == (
        "DepthRace(depth=8, start='batch norm', rate=0.003, seed=0, step=0, "
        "plain=3.5, residual=6.8)"
    )
    race = DepthRace(4)
    race.run(3)
    assert race.summary()["step"] == 3


def test_a_page_without_a_kernel_gets_picture_and_summary():
    race = DepthRace(4)
    before = race.snapshot()
    assert before.dtype == np.uint8
    assert before.ndim == 3
    race.run(10)
    assert (race.snapshot() != before).any()
    data, _ = race._repr_mimebundle_()
    assert data["text/plain"] == repr(race)
    assert data["image/png"].startswith("iVBOR")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth": 5}, "depth is 5; accepted: 4, 8, 16, 24, 32"),
        ({"depth": 64}, "depth is 64"),
        ({"start": "layer norm"}, "start is 'layer norm'; accepted: batch norm, no norm"),
        ({"rate": 0.1}, "rate is 0.1; accepted: 0.0003"),
        ({"rate": float("nan")}, "rate is nan"),
        ({"seed": 10}, "seed is 10; accepted: 0, 1"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        DepthRace(**arguments)


def test_a_bad_choice_from_the_page_changes_nothing():
    race = DepthRace(4)
    with pytest.raises(TraitError):
        race.depth = 6
    assert (race.depth, len(race.gradients["plain"])) == (4, 4)


async def until(condition, seconds=20):
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to pass")


def test_started_it_trains_beside_the_page_and_pauses():
    async def page():
        race = DepthRace(8)
        race.running = True
        await until(lambda: race.step > 5)
        race.running = False
        await until(race._task.done)
        stopped = race.step
        await asyncio.sleep(0.2)
        assert race.step == stopped < STEPS
        race.running = True  # it goes on where it stood
        await until(lambda: race.step > stopped)
        assert len(race.losses["residual"]) == race.step + 1
        race.running = False
        await until(race._task.done)

    asyncio.run(page())


def test_the_page_has_its_turn_every_few_steps():
    async def page():
        race = DepthRace(32)
        race.running = True
        turns = set()
        while race.step < 60:
            turns.add(race.step)
            await asyncio.sleep(0)
        race.running = False
        await until(race._task.done)
        assert len(turns) > 5

    asyncio.run(page())


def test_it_trains_to_the_end_and_stops_by_itself():
    async def page():
        race = DepthRace(4)
        race.run(STEPS - 10)
        race.running = True
        await until(lambda: not race.running)
        assert race.step == STEPS

    asyncio.run(page())


def test_pausing_and_starting_at_once_does_not_train_twice():
    async def page():
        race = DepthRace(4)
        race.running = True
        await until(lambda: race.step > 0)
        task = race._task
        race.running = False
        race.running = True
        await asyncio.sleep(0.1)
        assert race._task is task
        race.running = False
        await until(task.done)

    asyncio.run(page())


@pytest.mark.parametrize("stop", ["reset", "close", "depth"])
def test_reset_close_and_a_new_choice_stop_it(stop):
    async def page():
        race = DepthRace(4)
        race.running = True
        await until(lambda: race.step > 0)
        if stop == "depth":
            race.depth = 8
        else:
            getattr(race, stop)()
        assert not race.running
        await until(race._task.done)
        if stop != "close":
            assert race.step == 0

    asyncio.run(page())


def test_an_interrupt_of_the_idle_kernel_stops_it_and_nothing_else():
    async def page():
        ignored = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as an idle kernel has it
        try:
            race = DepthRace(8)
            race.running = True
            await until(lambda: race.step > 0)
            signal.raise_signal(signal.SIGINT)
            assert not race.running
            await until(race._task.done)
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        finally:
            signal.signal(signal.SIGINT, ignored)

    asyncio.run(page())


def test_the_pages_buttons():
    race = DepthRace(4)
    race._handle_custom_msg("step", [])
    assert race.step == 10
    race._handle_custom_msg("reset", [])
    assert race.step == 0


def test_the_number_of_torchs_threads_is_left_as_it_was():
    torch.set_num_threads(2)
    race = DepthRace(4)
    race.run(1)
    assert torch.get_num_threads() == 2
    torch.set_num_threads(1)
