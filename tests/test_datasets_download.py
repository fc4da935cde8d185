"""`srcourse data`: from a server of the test's own, an archive or a folder, into a cache."""

import io
import json
import signal
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pooch
import pytest
from typer.testing import CliRunner

from srcourse import cli, datasets, images
from srcourse.datasets import cifar10, sources
from srcourse.datasets.archives import unpack
from srcourse.datasets.download import cache_folder, listing
from srcourse.datasets.sources import Source

RUNNER = CliRunner()
CAT = images.sample("chelsea")[90:131, 120:167]


class Server:
    """Serves `files` by name, and notes what was asked. cut: bytes to leave out at the end."""

    def __init__(self):
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.cut = 0
        self.wait = threading.Event()  # set: the second half of a file does not come
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                name = self.path.lstrip("/").partition("?")[0]
                outer.asked.append(name)
                if name not in outer.files:
                    self.send_error(404)
                    return
                content = outer.files[name]
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                sent = content[: len(content) - outer.cut]
                if outer.wait.is_set():
                    self.wfile.write(sent[: len(sent) // 2])
                    self.wfile.flush()
                    while outer.wait.is_set():
                        time.sleep(0.02)
                    return
                self.wfile.write(sent)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.wait.clear()
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = Server()
    yield server
    server.close()


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("SRCOURSE_DATA", str(folder))
    return folder


@pytest.fixture
def picture(tmp_path) -> bytes:
    file = tmp_path / "cat.png"
    images.save(file, CAT)
    return file.read_bytes()


@pytest.fixture
def known(server, picture, monkeypatch):
    """Two sets in one archive of the server, and one without an address."""
    server.files["pair.zip"] = zipped(
        {
            "pair/One/HR/a.png": picture,
            "pair/One/HR/b.png": picture,
            "pair/One/LR/a.png": b"small",
            "pair/Two/train/c.jpg": picture,
            "pair/Two/test/c.jpg": picture,
            "__MACOSX/pair/One/HR/._a.png": b"what a Mac adds",
            "pair/One/HR/notes.txt": b"no picture",
        }
    )
    address = f"{server.url}/pair.zip"
    known = (
        Source("One", 2, "the first", "free", address, ("One/HR",), 3),
        Source("Two", 2, "the second", "free", address, ("Two/train", "Two/test")),
        Source("Three", 1, "the third", "on application"),
    )
    monkeypatch.setattr(sources, "_SOURCES", {source.name.lower(): source for source in known})


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def tarred(files: dict[str, bytes], mode: str = "w:gz") -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode=mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return content.getvalue()


def tree(folder: Path) -> dict[str, bytes]:
    """All files below, hidden ones too."""
    return {
        f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()
    }


def inside(folder: Path) -> list[str]:
    return sorted(f.relative_to(folder).as_posix() for f in folder.rglob("*"))


def srcourse(*words):
    return RUNNER.invoke(cli.app, ["data", *map(str, words)])


def refused(result, *messages: str) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("srcourse: ")
    for message in messages:
        assert message in line


# get


@pytest.mark.usefixtures("known")
def test_the_first_download_unpacks_the_pictures_and_writes_down_the_checksum(
    server, cache, picture
):
    folder = datasets.get("one")
    assert folder == cache / "One"
    assert tree(folder) == {"a.png": picture, "b.png": picture}
    archive = server.files["pair.zip"]
    assert (cache / "archives" / "pair.zip").read_bytes() == archive
    record = json.loads((cache / "checksums.json").read_text())
    entry = record.pop("pair.zip")
    assert record == {}
    assert entry["sha256"] == sha256(archive).hexdigest()
    assert entry["address"] == f"{server.url}/pair.zip"
    assert time.strptime(entry["date"], "%Y-%m-%d")
    assert sorted(f.name for f in cache.iterdir()) == ["One", "archives", "checksums.json"]
    assert images.picture_files([folder])[0].name == "a.png"


@pytest.mark.usefixtures("known", "cache")
def test_the_second_time_nothing_is_asked(server, picture):
    datasets.get("one")
    assert server.asked == ["pair.zip"]
    assert datasets.get("One") == datasets.get("one")
    # Nor for the other set of the archive, whose two folders keep their names.
    assert tree(datasets.get("two")) == {"train/c.jpg": picture, "test/c.jpg": picture}
    assert server.asked == ["pair.zip"]


@pytest.mark.usefixtures("known")
def test_an_archive_that_was_damaged_in_the_cache_is_fetched_again(server, cache, picture):
    datasets.get("one")
    kept = cache / "archives" / "pair.zip"
    kept.write_bytes(b"damaged")
    assert set(tree(datasets.get("two"))) == {"train/c.jpg", "test/c.jpg"}
    assert server.asked == ["pair.zip"] * 2
    assert kept.read_bytes() == server.files["pair.zip"]


@pytest.mark.usefixtures("known")
def test_a_file_that_changed_on_the_server_is_refused_until_forced(server, cache, picture):
    datasets.get("one")
    first = sha256(server.files["pair.zip"]).hexdigest()
    (cache / "archives" / "pair.zip").unlink()
    before = tree(cache)
    server.files["pair.zip"] = zipped(
        {"Two/train/c.jpg": picture, "Two/test/c.jpg": b"another"},
    )
    second = sha256(server.files["pair.zip"]).hexdigest()
    result = srcourse("get", "two")
    refused(result, first, second, "--force")
    assert tree(cache) == before
    assert srcourse("get", "two", "--force").stdout == f"{cache / 'Two'}\n"
    assert (cache / "Two/test/c.jpg").read_bytes() == b"another"
    assert json.loads((cache / "checksums.json").read_text())["pair.zip"]["sha256"] == second
    assert (cache / "archives" / "pair.zip").read_bytes() == server.files["pair.zip"]


@pytest.mark.usefixtures("known")
def test_force_fetches_again_and_keeps_the_old_when_that_fails(server, cache):
    datasets.get("one")
    before = tree(cache)
    archive = server.files.pop("pair.zip")
    refused(srcourse("get", "one", "--force"), "404")
    server.files["pair.zip"] = archive[:-100]
    refused(srcourse("get", "one", "--force"), "pair.zip is damaged")
    assert tree(cache) == before
    server.files["pair.zip"] = archive
    (cache / "One" / "a.png").write_bytes(b"scribbled on")
    assert datasets.get("one", force=True) == cache / "One"
    assert tree(cache) == before


@pytest.mark.usefixtures("known")
def test_a_download_that_breaks_off_leaves_nothing_and_can_be_tried_again(server, cache):
    server.cut = 100
    refused(srcourse("get", "one"), "broke off", server.url)
    assert inside(cache) == []
    server.cut = 0
    assert srcourse("get", "one").stdout == f"{cache / 'One'}\n"


@pytest.mark.usefixtures("known")
def test_a_missing_file_and_an_unreachable_host_say_what_to_do(server, cache):
    server.files.clear()
    refused(srcourse("get", "one"), "404", f"{server.url}/pair.zip", "--from")
    server.http.server_close()
    refused(srcourse("get", "one"), "127.0.0.1", "cannot be reached", "--from")
    refused(srcourse("get", "one", "--from", "http://"), "cannot be downloaded")
    assert inside(cache) == []


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>please log in</html>", "pair.zip is damaged, or is no .zip or .tar archive"),
        (tarred({"One/HR/a.png": bytes(100_000)})[:-50], "is damaged"),
        (zipped({"readme.txt": b"none"}), "holds 0 of the 2 pictures of One, looked for in One/HR"),
        (zipped({"One/HR/a.png": b"1"}), "holds 1 of the 2 pictures of One"),
        (zipped({f"One/HR/{n}.png": b"1" for n in "abc"}), "holds 3 of the 2 pictures of One"),
        (zipped({"One/HR/../../../a.png": b"1"}), "'One/HR/../../../a.png', a path outside"),
    ],
)
def test_an_archive_that_is_not_the_set_leaves_nothing(server, cache, content, message):
    server.files["pair.zip"] = content
    refused(srcourse("get", "one"), message)
    assert inside(cache) == []


@pytest.mark.usefixtures("known")
def test_ctrl_c_leaves_nothing(server, cache):
    """The command as a process of its own, in the middle of a download."""
    server.wait.set()
    script = (
        "from srcourse import cli; from srcourse.datasets import sources\n"
        f"one = sources.Source('One', 2, '', '', {server.url!r} + '/pair.zip', ('One/HR',))\n"
        "sources._SOURCES['one'] = one\n"
        "cli.app(['data', 'get', 'one'])"
    )
    with subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not list(cache.glob(".part-*/pair.zip")) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert list(cache.glob(".part-*/pair.zip"))
        process.send_signal(signal.SIGINT)
        assert process.wait(60) not in (0, None)
        assert b"Traceback" not in process.stderr.read()
    assert inside(cache) == []


@pytest.mark.usefixtures("known")
def test_an_interrupt_at_the_last_step_puts_the_old_folder_back(cache, monkeypatch):
    datasets.get("one")
    (cache / "One" / "mine.txt").write_text("kept")
    rename = Path.rename

    def interrupted(self, target):
        if self.parent.name.startswith(".part-") and self.name == "One":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        datasets.get("one", force=True)
    assert sorted(f.name for f in (cache / "One").iterdir()) == ["a.png", "b.png", "mine.txt"]
    assert not list(cache.glob(".part-*"))


@pytest.mark.usefixtures("known")
def test_a_full_disk_leaves_nothing(cache, monkeypatch):
    def full(self, *_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "extract", full)
    refused(srcourse("get", "one"), f"One could not be put into {cache}: No space left on device")
    assert inside(cache) == []


@pytest.mark.usefixtures("known")
def test_a_folder_that_cannot_be_written_to(tmp_path, server):
    file = tmp_path / "file"
    file.write_text("mine")
    refused(srcourse("get", "one", "--to", file), f"could not be put into {file}")
    refused(srcourse("get", "one", "--to", file / "in"), f"could not be put into {file / 'in'}")
    assert file.read_text() == "mine"
    assert server.asked == []


@pytest.mark.usefixtures("known")
def test_a_damaged_record_stops_before_the_download(server, cache):
    cache.mkdir()
    for damage in ("{", "[]", '{"pair.zip": {}}', '{"pair.zip": "0"}'):
        (cache / "checksums.json").write_text(damage)
        refused(srcourse("get", "one"), "checksums.json is damaged; delete it")
        assert tree(cache) == {"checksums.json": damage.encode()}
    assert server.asked == []


# --from and --to


@pytest.mark.usefixtures("known")
def test_from_a_mirror_by_its_folder_or_its_archive(server, cache, tmp_path):
    archive = server.files.pop("pair.zip")
    server.files["mirror/of/pair.zip"] = archive
    for number, place in enumerate(("/mirror/of", "/mirror/of/", "/mirror/of/pair.zip")):
        to = tmp_path / str(number)
        result = srcourse("get", "one", "--from", server.url + place, "--to", to)
        assert result.stdout == f"{to / 'One'}\n", result.output
        record = json.loads((to / "checksums.json").read_text())
        assert record["pair.zip"]["address"] == f"{server.url}/mirror/of/pair.zip"
    assert server.asked == ["mirror/of/pair.zip"] * 3
    assert not cache.exists()


@pytest.mark.usefixtures("known")
def test_a_mirrors_file_is_held_to_the_checksum_too(server, cache, picture):
    datasets.get("one")
    (cache / "archives" / "pair.zip").unlink()
    other = zipped({"Two/train/c.jpg": picture, "Two/test/c.jpg": picture})
    server.files["mirror/pair.zip"] = other
    refused(srcourse("get", "two", "--from", f"{server.url}/mirror"), sha256(other).hexdigest())


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("given", ["folder", "archive"])
def test_from_a_local_archive_without_the_network(server, cache, tmp_path, picture, given):
    stick = tmp_path / "stick"
    stick.mkdir()
    archive = stick / "pair.zip"
    archive.write_bytes(server.files["pair.zip"])
    result = srcourse("get", "one", "two", "--from", stick if given == "folder" else archive)
    assert result.stdout == f"{cache / 'One'}\n{cache / 'Two'}\n"
    assert tree(cache / "One") == {"a.png": picture, "b.png": picture}
    record = json.loads((cache / "checksums.json").read_text())
    assert record["pair.zip"]["address"] == str(archive)
    assert not (cache / "archives").exists(), "it stays where it is"
    assert server.asked == []
    archive.write_bytes(zipped({"One/HR/a.png": b"1", "One/HR/b.png": b"2"}))
    (cache / "One").rename(tmp_path / "away")
    refused(srcourse("get", "one", "--from", stick), "has sha256", "--force")
    assert not (cache / "One").exists()


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("given", ["pair", "pair/One", "pair/One/HR"])
def test_from_an_unpacked_folder(server, cache, tmp_path, picture, given):
    with zipfile.ZipFile(io.BytesIO(server.files["pair.zip"])) as archive:
        archive.extractall(tmp_path)
    before = tree(tmp_path / "pair")
    assert srcourse("get", "one", "--from", tmp_path / given).stdout == f"{cache / 'One'}\n"
    assert tree(cache) == {"One/a.png": picture, "One/b.png": picture}
    assert tree(tmp_path / "pair") == before
    assert server.asked == []


@pytest.mark.usefixtures("known")
def test_from_a_folder_that_is_not_the_set(cache, tmp_path):
    refused(srcourse("get", "one", "--from", tmp_path / "gone"), "gone, which is no folder")
    (tmp_path / "One" / "HR").mkdir(parents=True)
    refused(srcourse("get", "one", "--from", tmp_path / "One"), "holds 0 of the 2 pictures of One")
    (tmp_path / "One" / "HR" / "a.png").write_bytes(b"1")
    refused(srcourse("get", "one", "--from", tmp_path / "One"), "holds 1 of the 2 pictures of One")
    assert inside(cache) == []


def test_a_set_whose_pictures_share_files(cache, tmp_path):
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    for name in cifar10.BINARY[:-1]:
        (folder / name).write_bytes(bytes(3073))
    (folder / "readme.html").write_text("not wanted")
    with pytest.raises(ValueError, match=r"holds 5 of the 6 files of CIFAR-10"):
        datasets.get("cifar10", str(folder))
    (folder / cifar10.BINARY[-1]).write_bytes(bytes(3073))
    got = datasets.get("cifar10", str(folder))
    assert got == cache / "CIFAR-10"
    assert sorted(file.name for file in got.iterdir()) == sorted(cifar10.BINARY)
    assert len(cifar10.read(got).train) == 5


@pytest.mark.usefixtures("known")
def test_a_set_without_an_address(server, cache, tmp_path, picture):
    refused(srcourse("get", "three"), "Three has no address that we can vouch for", "--from")
    refused(srcourse("get", "three", "--from", server.url), "must end in the archive's name")
    assert not cache.exists()
    datasets.get("one")
    server.files["data.tgz"] = tarred({"deep/x.webp": picture, "deep/er/x.bmp": picture})
    words = ("get", "three", "--from", f"{server.url}/data.tgz?download=1")
    assert srcourse(*words).stdout == f"{cache / 'Three'}\n"
    assert tree(cache / "Three") == {"deep/x.webp": picture, "deep/er/x.bmp": picture}
    record = json.loads((cache / "checksums.json").read_text())
    assert set(record) == {"pair.zip", "Three-data.tgz"}
    there = srcourse("get", "three", "--from", cache / "Three", "--to", tmp_path / "to")
    assert there.exit_code == 0, there.output
    assert tree(tmp_path / "to" / "Three") == tree(cache / "Three")


def test_the_cache_is_the_systems_unless_named(monkeypatch, tmp_path):
    monkeypatch.delenv("SRCOURSE_DATA", raising=False)
    assert cache_folder() == Path(pooch.os_cache("srcourse"))
    monkeypatch.setenv("SRCOURSE_DATA", str(tmp_path / "named"))
    assert cache_folder() == tmp_path / "named"
    assert cache_folder(tmp_path / "to") == tmp_path / "to"
    assert cache_folder("~/to") == Path.home() / "to"


# names


def test_a_wrong_name_gets_the_nearest_before_any_work(cache):
    refused(srcourse("get", "set5", "div2"), "name 'div2' is no data set", "did you mean 'div2k'?")
    refused(srcourse("get", "?"), "known: div2k, ", "set14")
    assert not cache.exists()


def test_every_source_is_whole_and_no_benchmark_is_in_a_training_set():
    for source in sources.sources():
        assert sources.find(source.name) is source
        assert source.what
        assert source.terms
        assert bool(source.address) == bool(source.folders)
        assert not source.address or source.address.startswith("https://")
    found = {source.name: source for source in sources.sources()}
    assert set(datasets.names()) <= set(found)
    assert found["B100"].pictures == datasets.about("BSDS300").test
    for name in ("DIV2K", "BSDS300", "BSDS500"):
        assert found[name].pictures == datasets.about(name).train
    # B100 is these folders of the two archives.
    assert found["B100"].folders == ("BSDS300/images/test",)
    assert "BSDS300/images/test" not in found["BSDS300"].folders
    assert "BSDS500/data/images/val" not in found["BSDS500"].folders


@pytest.mark.parametrize(
    ("name", "path", "place"),
    [
        ("DIV2K", "DIV2K_train_HR/0001.png", "0001.png"),
        ("DIV2K", "DIV2K_valid_HR/0801.png", None),
        ("Flickr2K", "Flickr2K/Flickr2K_HR/000001.png", "000001.png"),
        ("Flickr2K", "Flickr2K/Flickr2K_LR_bicubic/X2/000001x2.png", None),
        ("BSDS500", "BSR/BSDS500/data/images/train/100075.jpg", "train/100075.jpg"),
        ("BSDS500", "BSR/BSDS500/data/images/test/100007.jpg", "test/100007.jpg"),
        ("BSDS500", "BSR/BSDS500/data/images/val/101085.jpg", None),
        ("BSDS500", "BSR/BSDS500/data/images/train/Thumbs.db", None),
        ("BSDS500", "BSR/BSDS500/data/groundTruth/train/100075.mat", None),
        ("B100", "BSDS300/images/test/101085.jpg", "101085.jpg"),
        ("CIFAR10", "cifar-10-batches-bin/test_batch.bin", "test_batch.bin"),
        ("cifar-10", "cifar-10-batches-bin/readme.html", None),
        ("Set5", "benchmark/Set5/HR/baby.png", "baby.png"),
        ("Set5", "benchmark/Set5/LR_bicubic/X2/babyx2.png", None),
        ("Set5", "benchmark/Set14/HR/baboon.png", None),
        ("T91", "T91/t1.png", "T91/t1.png"),
    ],
)
def test_which_files_of_the_known_archives_are_taken(name, path, place):
    found = sources.find(name).place_of(Path(path))
    assert found == (place and Path(place))


# archives


@pytest.mark.parametrize("evil", ["../evil.png", "/evil.png", "a/../../evil.png", "..\\evil.png"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_no_path_leaves_the_folder(tmp_path, pack, evil):
    archive, into = tmp_path / "archive", tmp_path / "deep" / "into"
    into.mkdir(parents=True)
    archive.write_bytes(pack({evil: b"1"}))
    with pytest.raises(ValueError, match="a path outside its own folder"):
        unpack(archive, into, lambda path: path)
    assert list(tree(tmp_path)) == ["archive"]


def test_a_link_is_not_followed(tmp_path):
    archive, into = tmp_path / "archive.tar", tmp_path / "into"
    into.mkdir()
    with tarfile.open(archive, "w") as opened:
        link = tarfile.TarInfo("out")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path)
        opened.addfile(link)
        through = tarfile.TarInfo("out/evil.png")
        opened.addfile(through, io.BytesIO())
    unpack(archive, into, lambda path: path)
    assert inside(into) == ["out", "out/evil.png"]
    assert not (into / "out").is_symlink()
    assert not (tmp_path / "evil.png").exists()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_every_tar_is_read(tmp_path, mode):
    archive = tmp_path / "archive"
    archive.write_bytes(tarred({"a/b.png": b"1"}, mode))
    unpack(archive, tmp_path / "into", lambda path: path)
    assert tree(tmp_path / "into") == {"a/b.png": b"1"}


# list


@pytest.mark.usefixtures("known")
def test_list_says_what_is_here(server, cache, tmp_path):
    before = [" ".join(line.split()) for line in listing(cache).splitlines()]
    assert before == [
        "name here pictures download what; terms",
        "One no 2 3 MB the first; terms: free",
        "Two no 2 size unknown the second; terms: free",
        "Three no 1 only --from the third; terms: on application",
    ]
    assert server.asked == []
    datasets.get("one")
    after = [line.split()[:2] for line in srcourse("list").stdout.splitlines()[1:]]
    assert after == [["One", "yes"], ["Two", "no"], ["Three", "no"]]
    assert server.asked == ["pair.zip"]
    # A set that is given without its archive may have other pictures than its authors'.
    (tmp_path / "mine").mkdir()
    for name in "ab":
        images.save(tmp_path / "mine" / f"{name}.png", images.sample("camera")[:9])
    datasets.get("three", str(tmp_path / "mine"))
    assert srcourse("list").stdout.splitlines()[-1].split()[:3] == ["Three", "2", "1"]
