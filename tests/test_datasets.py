import numpy as np
import pytest

from srcourse import datasets

# Widths and heights of the benchmarks' files.
SET5 = [(512, 512), (288, 288), (256, 256), (280, 280), (228, 344)]
SET14 = [
    (500, 480), (720, 576), (512, 512), (352, 288), (250, 361), (276, 276), (500, 362),
    (352, 288), (512, 512), (512, 512), (768, 512), (512, 512), (529, 656), (586, 391),
]  # fmt: skip


def test_the_twelve_sets_of_the_survey_are_there_in_its_order():
    assert datasets.names() == (
        "BSDS300", "BSDS500", "DIV2K", "General-100", "L20", "Manga109",
        "OutdoorScene", "PIRM", "Set5", "Set14", "T91", "Urban100",
    )  # fmt: skip
    entries = [datasets.about(name) for name in datasets.names()]
    assert sum(entry.images for entry in entries) == 13_063
    assert [entry.format for entry in entries] == ["JPG"] * 2 + ["PNG", "BMP"] + ["PNG"] * 8


@pytest.mark.parametrize("name", datasets.names())
def test_an_entry_is_whole_and_its_figures_agree(name):
    entry = datasets.about(name)
    assert entry.name == name
    assert entry.train + entry.test == entry.images
    assert all((entry.keywords, entry.use, entry.terms, entry.paper))
    # The mean of a product is not the product of the means, but near it.
    assert entry.width * entry.height == pytest.approx(entry.pixels, rel=0.1)


@pytest.mark.parametrize(("name", "sizes"), [("Set5", SET5), ("Set14", SET14)])
def test_the_means_are_those_of_the_files(name, sizes):
    entry = datasets.about(name)
    assert len(sizes) == entry.images
    assert (entry.width, entry.height) == pytest.approx(np.mean(sizes, axis=0), abs=0.51)
    assert entry.pixels == pytest.approx(np.prod(sizes, axis=1).mean(), abs=0.51)


@pytest.mark.parametrize("name", ["BSDS300", "BSDS500"])
def test_berkeley_pictures_are_all_481_by_321_or_upright(name):
    entry = datasets.about(name)
    assert entry.pixels == 481 * 321
    assert entry.width + entry.height == 481 + 321


def test_keywords_stand_beside_the_set_that_they_describe():
    words = {name: datasets.about(name).keywords for name in datasets.names()}
    assert words["Set5"] == ("baby", "bird", "butterfly", "head", "woman")
    assert "comic" in words["Set14"]
    assert "fruit" in words["T91"]
    assert "city" in words["Urban100"]
    assert "natural scenery" in words["PIRM"]
    assert "sky" in words["OutdoorScene"]
    assert "flora" not in words["OutdoorScene"]


def test_no_benchmark_is_offered_for_training():
    for name in ("Set5", "Set14", "Urban100", "Manga109"):
        assert datasets.about(name).train == 0
    for name in ("BSDS300", "BSDS500"):
        assert datasets.about(name).test == 100, "B100 lies inside"
        assert "B100" in datasets.about(name).use


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'DIV2K'"):
        datasets.about("div2k")
    with pytest.raises(ValueError, match="accepted: BSDS300, BSDS500"):
        datasets.about("?")


def test_table_shows_the_columns_that_were_named():
    html = datasets.table("train", "paper")._repr_html_()
    assert html.count("<tr>") == 13
    assert "<th" in html
    assert html.index("train") < html.index("paper") < html.index("BSDS300")
    lines = repr(datasets.table("train", "paper")).splitlines()
    assert lines[0].split() == ["name", "train", "paper"]
    assert lines[3].split()[:2] == ["DIV2K", "800"]
    assert "2,793,250" in repr(datasets.table())
    assert "1972 × 1437" in datasets.table()._repr_html_()


def test_table_refuses_a_column_that_there_is_not():
    with pytest.raises(ValueError, match=r"column is 'licence'; accepted: .*terms"):
        datasets.table("licence")
