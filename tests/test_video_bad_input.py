"""Files that are no videos, or not whole, or not kind: one clear line, and nothing half-written."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from srcourse import cli, images
from srcourse.video import probe, upscale_video
from srcourse.video.source import MOST_PIXELS
from tests.video_clips import make, pictures

RUNNER = CliRunner()


def refused(tmp_path, source, message, **settings):
    """By the function, from a path and from memory where it is a file, and by the command."""
    out = tmp_path / "result" / "out.mp4"
    out.parent.mkdir(exist_ok=True)
    settings = {"model": "nearest", "scale": 2} | settings
    sources = [source, BytesIO(source.read_bytes())] if source.is_file() else [source]
    for one in sources:
        with pytest.raises((ValueError, FileNotFoundError), match=message) as error:
            upscale_video(one, out, **settings)
        assert "\n" not in str(error.value)
    words = [str(w) for name, value in settings.items() for w in (f"--{name}", value)]
    result = RUNNER.invoke(cli.app, ["video", str(source), "-o", str(out), *words])
    assert result.exit_code == 2
    lines = [
        t for t in result.stderr.replace("\r", "\n").splitlines() if t.strip() and "%|" not in t
    ]
    assert len(lines) == 1
    assert lines[0].startswith("srcourse: ")
    assert list(out.parent.iterdir()) == []


def test_a_missing_file(tmp_path):
    refused(tmp_path, tmp_path / "no.mp4", "no.mp4.*there is no such file")


def test_a_folder(tmp_path):
    refused(tmp_path, tmp_path, "is a folder; accepted is a video file")


def test_a_picture(tmp_path):
    for name in ("cat.png", "cat.jpg", "cat.webp", "cat.bmp"):
        images.save(tmp_path / name, images.sample("chelsea")[:40, :60])
        refused(tmp_path, tmp_path / name, "is not a video; accepted are MP4, Matroska, AVI")


def test_a_picture_with_a_videos_name(tmp_path):
    images.save(tmp_path / "cat.png", images.sample("chelsea")[:40, :60])
    (tmp_path / "cat.png").rename(tmp_path / "cat.mp4")
    refused(tmp_path, tmp_path / "cat.mp4", "not a video")


@pytest.mark.parametrize("content", [b"", b"text", bytes(5000), b"\x00\x00\x00\x18ftypmp42" * 9])
def test_other_bytes(tmp_path, content):
    (tmp_path / "in.mp4").write_bytes(content)
    refused(tmp_path, tmp_path / "in.mp4", "not a video|holds no video")


def test_sound_only(tmp_path):
    refused(tmp_path, make(tmp_path / "in.mp4", [], sound="aac"), "holds no video")


def test_sound_with_a_cover(tmp_path):
    """A cover is a video stream of one picture to FFmpeg."""
    cover = BytesIO()
    make(cover, pictures(1), codec="mjpeg", pix_fmt="yuvj420p", options={}, form="mjpeg")
    file = tmp_path / "in.mkv"
    make(file, [], sound="aac")
    with av.open(str(file)) as old, av.open(str(tmp_path / "cover.mkv"), "w") as new:
        voice = new.add_stream_from_template(old.streams.audio[0])
        new.add_attachment("cover.jpg", "image/jpeg", cover.getvalue())
        for packet in old.demux(audio=0):
            if packet.size:
                packet.stream = voice
                new.mux(packet)
    with av.open(str(tmp_path / "cover.mkv")) as made:
        assert len(made.streams.video) == 1
    refused(tmp_path, tmp_path / "cover.mkv", "holds no video")


def test_no_frame(tmp_path):
    """The header tells of a video, and nothing follows."""
    whole = make(tmp_path / "whole.mkv", codec="mpeg4", options={}).read_bytes()
    cut = whole.index(b"\x1f\x43\xb6\x75")  # the first cluster
    (tmp_path / "in.mkv").write_bytes(whole[:cut])
    refused(tmp_path, tmp_path / "in.mkv", "holds no frame|is cut, damaged")


@pytest.mark.parametrize("ending", ["mp4", "mkv", "avi", "fast.mp4"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_cut_file(tmp_path, ending, share):
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 256, (32, 48, 3), np.uint8) for _ in range(50)]
    codec = "mpeg4" if ending == "avi" else "libx264"
    whole = make(tmp_path / f"whole.{ending}", frames, codec=codec, options={})
    if ending == "fast.mp4":  # the index comes first
        upscale_video(whole, whole.with_name("fast.mp4"), "nearest", 1)
        whole = whole.with_name("fast.mp4")
    data = whole.read_bytes()
    cut = tmp_path / f"cut.{ending}"
    cut.write_bytes(data[: int(share * len(data))])
    refused(tmp_path, cut, "is cut|not a video|holds no")
    assert upscale_video(whole, tmp_path / "whole.mov", "nearest", 1).frames == 50


def test_damage_in_the_middle_leaves_no_broken_file(tmp_path):
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 256, (32, 48, 3), np.uint8) for _ in range(8)]
    data = bytearray(make(tmp_path / "in.mkv", frames, codec="ffv1", options={}).read_bytes())
    data[len(data) // 2 : len(data) // 2 + 400] = bytes(400)
    (tmp_path / "in.mkv").write_bytes(data)
    out = tmp_path / "result.mp4"
    try:
        done = upscale_video(tmp_path / "in.mkv", out, "nearest", 2)
    except ValueError:
        assert not out.exists()
    else:  # a decoder that hides the damage
        assert done.frames == probe(out).frames
    assert not list(tmp_path.glob(".*"))


def test_a_16k_frame(tmp_path):
    """Refused by its header: nothing of that size is made."""
    big = av.VideoFrame(15_360, 8640, "gray")
    clip = make(tmp_path / "in.mkv", [big], codec="ffv1", pix_fmt="gray", options={})
    refused(tmp_path, clip, f"more than {MOST_PIXELS}, the most accepted|15360 × 8640")


def test_a_result_that_h264_does_not_hold(tmp_path):
    clip = make(tmp_path / "in.mp4", pictures(1, 1000, 1000))
    refused(tmp_path, clip, "enlarged has frames of 7000 × 7000 pixels", scale=7)


def test_a_size_that_changes(tmp_path):
    """Two H.264 streams, one after the other."""
    parts = []
    for size in ((32, 48), (48, 64)):
        part = BytesIO()
        make(part, pictures(6, *size), form="h264")
        parts.append(part.getvalue())
    packets = BytesIO(b"".join(parts))
    with av.open(packets, format="h264") as raw, av.open(str(tmp_path / "in.ts"), "w") as new:
        stream = new.add_stream_from_template(raw.streams.video[0])
        for number, packet in enumerate(raw.demux(video=0)):
            if packet.size:
                packet.stream, packet.pts, packet.dts = stream, 3600 * number, 3600 * number
                new.mux(packet)
    out = tmp_path / "out.mp4"
    with pytest.raises(ValueError, match="changes its size at frame 7, from 48 × 32 to 64 × 48"):
        upscale_video(tmp_path / "in.ts", out, "nearest", 2)
    assert not out.exists()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "fsrcn"}, "did you mean 'fsrcnn'"),
        ({"scale": 0}, "scale"),
        ({"quality": 52}, "quality is 52; accepted are 0"),
        ({"quality": -1}, "quality is -1"),
    ],
)
def test_wrong_settings(tmp_path, settings, message):
    refused(tmp_path, make(tmp_path / "in.mp4", pictures(1)), message, **settings)


@pytest.mark.parametrize("name", ["out.webm", "out.png", "out", "out.txt"])
def test_a_wrong_ending(tmp_path, name):
    clip = make(tmp_path / "in.mp4", pictures(1))
    with pytest.raises(ValueError, match=r"accepted: \.mp4, \.mov, \.mkv"):
        upscale_video(clip, tmp_path / name, "nearest")
    assert [f.name for f in tmp_path.iterdir()] == ["in.mp4"]


def test_places_that_cannot_be_written(tmp_path):
    clip = make(tmp_path / "in.mp4", pictures(1))
    with pytest.raises(ValueError, match="is the video that is read"):
        upscale_video(clip, clip, "nearest")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        upscale_video(clip, tmp_path / "no" / "out.mp4", "nearest")
    with pytest.raises(ValueError, match="source is of type int"):
        upscale_video(3, tmp_path / "out.mp4", "nearest")


def test_sound_that_the_container_cannot_hold(tmp_path):
    clip = make(tmp_path / "in.mkv", sound="tta")
    with pytest.raises(ValueError, match=r"its sound is tta, and \.mkv holds most"):
        upscale_video(clip, tmp_path / "out.mp4", "nearest")
    assert [f.name for f in tmp_path.iterdir()] == ["in.mkv"]
    assert upscale_video(clip, tmp_path / "out.mkv", "nearest").frames == 5


# What a file names is never opened.


@pytest.fixture
def asked():
    """A server on this machine, with the list of what it was asked for."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/secret.mp4", heard
    server.shutdown()


SCRIPTS = {
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{0}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '{0}'\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
    '<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1">'
    "<BaseURL>{0}</BaseURL></Representation></AdaptationSet></Period></MPD>",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns={0}\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    "edl": "# mpv EDL v0\n{0}\n",
}


@pytest.mark.parametrize("kind", SCRIPTS)
@pytest.mark.parametrize("by_path", [False, True])
def test_a_playlist_reaches_neither_files_nor_the_network(tmp_path, asked, kind, by_path):
    url, heard = asked
    secret = make(tmp_path / "secret.mp4", pictures(3))
    for target in (url, str(secret), f"file:{secret}", f"concat:{secret}", f"subfile,,:{secret}"):
        script = tmp_path / "in.mp4"
        script.write_text(SCRIPTS[kind].format(target))
        source = script if by_path else BytesIO(script.read_bytes())
        with pytest.raises(ValueError, match="not a video"):
            upscale_video(source, tmp_path / "out.mp4", "nearest", 2)
    assert heard == []
    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.parametrize("options", [{"protocol_whitelist": "file,http,tcp"}, {}])
def test_the_playlist_would_be_followed_without_the_guard(tmp_path, asked, options):
    """So that the test above can fail."""
    url, heard = asked
    script = tmp_path / "in.m3u8"
    script.write_text(SCRIPTS["hls"].format(url.replace("mp4", "ts")))
    with pytest.raises(av.FFmpegError):
        av.open(str(script), options=options)
    assert bool(heard) == bool(options)


def test_mov_with_a_reference_to_another_file_stays_shut(tmp_path, asked):
    """Containers other than those accepted are refused from memory, though a path may be one."""
    flv = make(tmp_path / "in.flv", codec="flv", options={})
    with pytest.raises(ValueError, match=r"accepted are MP4, Matroska, AVI$"):
        probe(BytesIO(flv.read_bytes()))
    assert probe(flv).container == "flv"
