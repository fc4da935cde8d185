# %% [markdown]
# # 17 · Video
#
# A video is pictures, one after the other. So a network for pictures can enlarge it, one frame at a
# time. The source report says no more than that. This lesson asks what happens *between* the
# frames, what a video file is made of, and what of it has to survive.
#
# **You will be able to**
#
# - open a video and name its parts: frames, time stamps, planes of colour, packets, sound;
# - measure flicker, and say why a network may flicker more than bicubic;
# - say what compression does to super-resolution, and which frames need not be computed at all.
#
# **Time** about 30 minutes · **Before this** [12 · EDSR](12_edsr.ipynb),
# [13 · PSNR and SSIM](13_psnr_and_ssim.ipynb)

# %%
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image, ImageDraw

import srcourse as sr
from srcourse import claims, results, video
from srcourse.classroom import check
from srcourse.metrics import make_lr, psnr
from srcourse.widgets import Predict, VideoPlayer

home = TemporaryDirectory()
folder = Path(home.name)  # for the videos that we write; it goes when the kernel does


def draw(*pictures, width=11, **how):
    """Pictures side by side, each a (title, image)."""
    height, wide = pictures[0][1].shape[:2]
    size = (width, width / len(pictures) * height / wide + 0.35)
    _, axes = plt.subplots(1, len(pictures), figsize=size, layout="constrained")
    for axis, (title, image) in zip(axes, pictures, strict=True):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255, **how)
        axis.set_title(title, fontsize=10)
        axis.axis("off")


# %% [markdown]
# ## Predict first
#
# A camera on a tripod films a brick wall. Nothing moves, but no two frames are equal: each pixel
# carries a little noise, new in every frame. The video is made small by 4, and enlarged again by
# bicubic and by edsr-mini, frame by frame. Now look at one brick over time.

# %%
Predict(
    "17-flicker",
    "In which enlarged video does the wall change more from frame to frame?",
    choices=["bicubic's", "edsr-mini's", "both alike: the noise is the same"],
    answer="edsr-mini's",
    because="A network that sharpens also sharpens the noise, and each frame's is another one. "
    "Below, you measure it.",
)

# %% [markdown]
# ## What a video is
#
# Our clip was drawn for this course. A wall, a star and three lines of text rest; a wheel turns, a
# weave drifts, a line of text runs. A little noise lies over all of it.

# %%
clip = video.clip()
video.probe(clip)

# %% [markdown]
# That is what the file's head says; nothing beyond the first frame was decoded for it. Let us look
# inside, with PyAV, the Python face of FFmpeg.

# %%
with av.open(clip) as container:
    for stream in container.streams:
        print(f"stream {stream.index}: {stream.type:<6}{stream.codec_context.name}")
    stamped = list(container.decode(video=0))
for number, frame in enumerate(stamped[:4]):
    print(f"frame {number}: time stamp {frame.pts:>5} × {frame.time_base} s = {frame.time:.2f} s")
named = zip("YUV", frame.planes, strict=True)
planes = ", ".join(f"{name} {plane.width} × {plane.height}" for name, plane in named)
print(f"{frame.format.name}: {planes}")

# %% [markdown]
# - A **frame** is a picture with a **time stamp**: a whole number of *time bases*. The frame stays
#   on the screen until the next one's time has come. "25 frames per second" is only what that comes
#   to on average; a phone or a screen recorder spaces its frames as it can.
# - `yuv420p` is **4:2:0**: luma for every pixel, chroma for every fourth
#   ([lesson 01](01_eyes_and_pixels.ipynb)). A network wants RGB, so every frame is turned into RGB
#   and back. For that one has to know *which* YUV: BT.601 or BT.709, 16 to 235 or 0 to 255. The
#   file says so, or should. Whoever guesses wrong shifts the colours of the whole film.
# - **Sound** is a stream of its own, with time stamps of its own. Nobody has to touch it.
#
# ### What a codec spends its bytes on
#
# Two neighbouring frames, and what differs between them:

# %%
frames = list(video.frames(clip, 15))
change = np.abs(frames[8].astype(int) - frames[7]).max(axis=2)
draw(("frame 7", frames[7]), ("frame 8", frames[8]), ("their difference × 4", 4 * change))
plt.show()

# %% [markdown]
# *The wheel, the weave and the last line differ. The rest is almost black: noise, and nothing
# else.*
#
# So H.264 stores a whole picture only now and then, a **key frame**. For the others it says from
# where in earlier or later frames each block may be copied, and what has to be added. The file is
# made of **packets**, one for each frame:

# %%
with av.open(clip) as container:
    packets = [p for p in container.demux(video=0) if p.size]
key = [p.size for p in packets if p.is_keyframe]
rest_of_them = [p.size for p in packets if not p.is_keyframe]
raw = sum(frame.nbytes for frame in frames) / len(frames) * len(packets)
print(f"key frames: {len(key)}, of {np.mean(key) / 1000:.1f} kB")
print(f"others:     {len(rest_of_them)}, of {np.mean(rest_of_them) / 1000:.1f} kB on average")
print(f"all frames as RGB {raw / 1e6:.1f} MB, the file {clip.stat().st_size / 1e6:.1f} MB")

# %% [markdown]
# ## Enlarge it, frame by frame
#
# The protocol of [lesson 06](06_the_problem.ipynb): each frame is made small by 4, and enlarged
# again. Fifteen frames will do, six tenths of a second.

# %%
lr = [make_lr(frame, 4) for frame in frames]
enlarged = {
    name: [sr.upscale(frame, 4, name) for frame in lr]
    for name in ("nearest", "bicubic", "fsrcnn", "edsr-mini")
}
part = np.s_[8:104, 8:104]
draw(
    ("original", frames[8][part]),
    *((name, enlarged[name][8][part]) for name in ("bicubic", "edsr-mini")),
)
plt.show()

# %% [markdown]
# *Frame 8, the star, ×4. As a still picture edsr-mini's is clearly the sharper one, with bright
# lines along its edges. In the middle both are grey: there the rays are finer than an LR pixel.*
#
# ## Flicker
#
# Look at a still picture as long as you like, and its errors stay where they are. In a video they
# may come and go, and the eye is drawn to whatever moves. So ask: where the scene rests, how much
# does the video change?
#
# Let $Y_t(i)$ be the luma of pixel $i$ in frame $t$, in 8-bit levels, and $S$ all pairs of a time
# and a pixel at which the scene rests:
#
# $$F = \frac{1}{|S|} \sum_{(t, i) \in S} \big| Y_t(i) - Y_{t-1}(i) \big|$$
#
# Where does it rest? That is for the *original* to say, once for all methods: a block of 8 × 8
# pixels rests from one frame to the next if its luma changes by less than 3 levels on average.


# %%
def luma_levels(clip):
    return np.array([255 * sr.images.luma(frame) for frame in clip])


def flicker_by_hand(clip, rest):
    steps = np.abs(np.diff(luma_levels(clip), axis=0))  # each frame against the one before
    at = rest.repeat(8, axis=1).repeat(8, axis=2)  # from blocks to pixels
    return steps[at].mean()


rest = video.still(frames)
print(f"{rest.shape[0]} pairs of frames, {rest.shape[1]} × {rest.shape[2]} blocks")
print(f"of the blocks, {rest.mean():.0%} rest")
by_hand, ours = flicker_by_hand(frames, rest), video.flicker(frames, rest)
print(f"flicker of the original: by hand {by_hand:.1f}, ours {ours:.1f} levels")
print("the same to a billionth:", np.isclose(by_hand, ours, rtol=1e-9))

# %%
print(f"{'':<12}{'flicker':>8}{'PSNR':>10}")
print(f"{'original':<12}{video.flicker(frames, rest):8.1f}{'∞':>10}")
for name, clip_of in enlarged.items():
    scores = [psnr(a, b, channel="y", border=4) for a, b in zip(frames, clip_of, strict=True)]
    print(f"{name:<12}{video.flicker(clip_of, rest):8.1f}{np.mean(scores):7.1f} dB")
found = [video.flicker(clip_of, rest) for clip_of in enlarged.values()]
print("\neach flickers more than the one above it:", found == sorted(found))

# %% [markdown]
# Read it slowly; there is more in it than "EDSR flickers".
#
# - **Nearest neighbour** shows the LR pixels as they are. Its flicker is that of the LR video: what
#   is left of the noise when sixteen pixels become one.
# - **Bicubic** passes that on, a little stronger. It is a weighted mean with a few negative
#   weights, and it knows nothing of edges.
# - **edsr-mini** makes almost twice as much of it, **fsrcnn** a little less. They have learned to
#   turn faint LR edges into sharp ones, and cannot tell a faint edge from a grain of noise. The
#   next frame has other grains.
# - The **original** flickers most of all: it has the noise at full strength. So a small $F$ is no
#   merit in itself. A grey screen has $F = 0$. Flicker stands *beside* PSNR, not in its place.
#
# And without noise? Then the frames are equal, and equal frames in give equal frames out:

# %%
same = [sr.upscale(lr[0], 4, "edsr-mini") for _ in range(2)]
print("flicker of a frame shown twice:", video.flicker(same, np.ones((1, 24, 40), bool)))

# %% [markdown]
# ## Live: the player
#
# The same fifteen frames by bicubic, left, and by edsr-mini, right.

# %%
VideoPlayer({name: enlarged[name] for name in ("bicubic", "edsr-mini")}, rest, rate=25)

# %% [markdown]
# **Try**
#
# - Play it, and move the line over the bricks and the small text. Do you *see* the flicker?
# - Show what changed since the frame before, and darken what moves. What lights up on the right
#   that does not on the left?
# - Click the picture and step with → through the star's centre.
#
# **Notice** where edsr-mini changes most: not evenly, as noise would, but along joints and edges.
# There it has the most to decide. And notice that in this clip, with so little noise, the picture
# alone hardly shows it. In a dark room, filmed by a phone, it does.
#
# ### What could be done
#
# The plainest cure is a mean over time: of each frame with the three before and the three after.

# %%
middle = range(3, 12)  # the frames that have three on either side
at_rest = rest[2:11].repeat(8, axis=1).repeat(8, axis=2)


def over_time(clip):
    shown = np.array(clip, float)
    return [np.rint(shown[t - 3 : t + 4].mean(axis=0)).astype(np.uint8) for t in middle]


def decibels(clip, where):
    """PSNR of the luma, over the pixels that are True in `where`."""
    squares = (luma_levels(frames[3:12]) - luma_levels(clip)) ** 2
    return 10 * np.log10(255**2 / squares[where].mean())


print(f"{'':<26}{'flicker':>8}{'PSNR, resting':>17}{'PSNR, moving':>17}")
for name, clip_of in {
    "edsr-mini": enlarged["edsr-mini"][3:12],
    "edsr-mini, mean of seven": over_time(enlarged["edsr-mini"]),
    "original, mean of seven": over_time(frames),
}.items():
    resting, moving = decibels(clip_of, at_rest), decibels(clip_of, ~at_rest)
    flickers = video.flicker(clip_of, rest[3:11])
    print(f"{name:<26}{flickers:8.1f}{resting:14.1f} dB{moving:14.1f} dB")

# %% [markdown]
# Where the scene rests, most of the flicker is gone, and nothing is lost. What a mean does to
# things that move, the last line tells: it leaves little of the original's weave and text, each
# edge being drawn seven times. Networks made for video first find out where everything has moved
# to, and then use several frames together (VESPCN, EDVR, BasicVSR). They gain twice: less flicker,
# and *more detail*, because each frame sampled the scene at slightly other places. A network that
# sees one frame can do neither.
#
# ## What compression does
#
# The LR frames were clean so far. A real small video has been through a codec, and often through a
# hard one. H.264 has a quality, the *constant rate factor*: 0 loses nothing, 18 looks like nothing
# is lost, 23 is usual, 51 is the worst.

# %%
print("quality  LR PSNR    bicubic ×4  edsr-mini ×4    edsr-mini gains")
every = slice(0, 15, 5)
decoded = {}
for quality in (12, 30, 42):
    file = video.write(folder / f"lr-{quality}.mp4", lr, quality=quality)
    decoded[quality] = list(video.frames(file))
    kept = np.mean([psnr(a, b, channel="y") for a, b in zip(lr, decoded[quality], strict=True)])
    reached = {}
    for name in ("bicubic", "edsr-mini"):
        larger = [sr.upscale(frame, 4, name) for frame in decoded[quality][every]]
        reached[name] = np.mean(
            [psnr(a, b, channel="y", border=4) for a, b in zip(frames[every], larger, strict=True)]
        )
    two = "".join(f"{value:11.1f} dB" for value in reached.values())
    gain = reached["edsr-mini"] - reached["bicubic"]
    print(f"{quality:7}{kept:6.0f} dB{two}{gain:16.1f} dB")

# %%
small = np.s_[20:48, 40:80]
draw(
    ("LR, quality 12", decoded[12][5][small]),
    ("LR, quality 42", decoded[42][5][small]),
    *(
        (f"{q}, by edsr-mini ×4", sr.upscale(decoded[q][5], 4, "edsr-mini")[80:192, 160:320])
        for q in (12, 42)
    ),
)
plt.show()

# %% [markdown]
# *The lower right of frame 5: two LR pictures, and what edsr-mini makes of each. At quality 42 the
# codec has thrown the text away. What the network finds instead are the edges of the codec's
# blocks, and some of them it draws as edges of the scene.*
#
# The network's lead melts away. It was trained on LR pictures made by bicubic and nothing else, so
# what the codec has added is detail to it. Networks for real footage are trained on compressed LR.
# Until you have one: enlarge the best source that there is, and compress afterwards.
#
# ## What need not be computed
#
# A screen recording is mostly the same frame again. Here a line is typed, one letter every third
# frame.

# %%
WORDS = "nothing new here"


def page(index):
    image = Image.new("RGB", (320, 192), (250, 250, 246))
    pen = ImageDraw.Draw(image)
    for row in range(9):
        pen.text((12, 10 + 17 * row), "the quick brown fox jumps over the lazy dog", (30, 34, 40))
    pen.text((12, 168), f"> {WORDS[: index // 3]}", (0, 70, 150))
    return np.array(image)


recording = video.write(folder / "screen.mp4", map(page, range(24)), quality=0)
pages = list(video.frames(recording))
repeats = [np.array_equal(a, b) for a, b in pairwise(pages)]
print(f"{sum(repeats)} of {len(pages)} frames equal the one before")

# %% [markdown]
# Equal in, equal out: those frames are done already. And where a letter has come, only its
# surroundings are new. A pixel of the result depends on the LR pixels within the network's
# receptive field ([lesson 08](08_srcnn.ipynb)), and on no others. So `upscale_video`
# compares tiles of 64 × 64 pixels, together with as many pixels around them as the network sees,
# and computes those that differ. `reused` is the share of the pixels that it did not compute.

# %%
small_clip = folder / "small.mp4"
with clip.open("rb") as sound:
    every_frame = (make_lr(frame, 4) for frame in video.frames(clip))
    video.write(small_clip, every_frame, rate=25, sound=sound)

jobs = {
    "the screen recording": video.upscale_video(recording, folder / "page.mp4", "fsrcnn", 2),
    "our clip": video.upscale_video(small_clip, folder / "larger.mp4", "fsrcnn", 4),
}
print(f"{'':<22}{'frames':>8}{'not computed':>15}")
for name, summary in jobs.items():
    print(f"{name:<22}{summary.frames:8}{summary.reused:15.0%}")
print(f"whole frames alone would have saved {sum(repeats) / len(pages):.0%} of the first")

# %% [markdown]
# The camera's noise spoils it: to a comparison, a wall with noise is news everywhere, in every
# frame. This trick is for screens and drawings.
#
# ## How fast is that?
#
# A film has 24 frames and more in a second. How many a network makes, nobody can guess. Ours were
# measured by a command, decoding and encoding included, over the first frames of four clips:

# %%
record = results.read("video")
measured = record["results"]["clips"]
names = [row["model"] for row in measured[0]["speed"]]
print(f"frames per second; {record['device']}, {record['date']}\n")
widths = {name: max(len(name), 5) + 2 for name in names}
print(f"{'':<23}" + "".join(f"{name:>{width}}" for name, width in widths.items()))
for one in measured:
    speed = {row["model"]: f"{row['fps']:.2f}" for row in one["speed"]}
    head = (
        f"{one['clip'].split('_')[0]} {one['width']} × {one['height']}, ×{one['flicker']['scale']}"
    )
    row = (f"{speed.get(name, '–'):>{width}}" for name, width in widths.items())
    print(f"{head:<23}" + "".join(row))

# %% [markdown]
# A dash: no such weights ship. On one core no network keeps up with a film of today's size; that is
# a night's work, or a GPU's. A clip as small as a stamp plays nearly live with fsrcnn. Length costs
# time, and almost no memory, as only a few frames are held at once:

# %%
for run in record["results"]["memory"]:
    seconds, frames_made = run["seconds_of_video"], run["frames"]
    print(f"{seconds:4} s of 640 × 360, ×2: {frames_made:5} frames, {run['peak_gib']:.2f} GiB")

# %% [markdown]
# The same record holds the flicker of real footage, in 8-bit levels where the scene rests:

# %%
kinds = ("original", "bicubic", "fsrcnn", "edsr-mini")
print(f"{'':<28}" + "".join(f"{kind:>12}" for kind in kinds))
for one in measured:
    found_there = one["flicker"]
    head = f"{one['clip'].split('_')[0]}, ×{found_there['scale']}"
    print(f"{head:<28}" + "".join(f"{found_there[kind]:12.2f}" for kind in kinds))
more = [
    one["flicker"][name] / one["flicker"]["bicubic"]
    for one in measured
    for name in ("fsrcnn", "edsr-mini")
]
print(f"\nbicubic's, times {min(more):.2f} to {max(more):.2f}")

# %% [markdown]
# In each clip each network flickers more than bicubic, but by a quarter or so at most, where in
# ours it was almost twice. Compare the columns: here bicubic keeps more than half of the original's
# flicker, in ours only a third. So less of what changes in these clips is grain of a single pixel,
# as ours was drawn with.
#
# ## What has to survive
#
# That second job was the whole way: decode, enlarge, encode, all at once, one frame at a time, so
# that a long film needs no more memory than a short one. What goes in beside the pixels should
# come out:

# %%
for file in (small_clip, folder / "larger.mp4"):
    facts = video.probe(file)
    print(f"{facts.width} × {facts.height}, {facts.frames} frames, sound: {facts.audio}")


def times(file):
    with av.open(file) as container:
        return [frame.time for frame in container.decode(video=0)]


def sound_of(file):
    with av.open(file) as container:
        return b"".join(bytes(packet) for packet in container.demux(audio=0))


both = small_clip, folder / "larger.mp4"
print("every time stamp kept:", times(both[0]) == times(both[1]))
print("sound kept, byte by byte:", sound_of(both[0]) == sound_of(both[1]))

# %% [markdown]
# The sound is *copied*: decoding and encoding it again would only lose. The time stamps are copied
# too, and not counted anew from the rate. If they were, a recording with uneven times would drift
# away from its sound. The same goes for the rotation that phones write into the file, for the shape
# of the pixels, and for what the colours mean. On the command line it is
#
#     srcourse video IN.mp4 -o OUT.mp4 --model fsrcnn --scale 2
#
# ## What the source report says

# %%
claims.table("4.4")

# %% [markdown]
# ## Exercises
#
# ### 1. Flicker
#
# `frames` is (N, H, W), the luma of N frames, **uint8**; `rest` is (H, W), True where the scene
# rests all the time. Return the mean absolute change from frame to frame, where it rests.


# %%
def my_flicker(frames, rest):
    pass  # your lines here


check("17-flicker", my_flicker)

# %% [markdown]
# <details><summary>Solution: 17-flicker</summary>
#
# ```python
# def my_flicker(frames, rest):
#     steps = np.abs(np.diff(frames.astype(float), axis=0))
#     return steps[:, rest].mean()
# ```
#
# Without `astype`, 10 − 12 is 254.
#
# </details>
#
# ### 2. Again the same
#
# `frames` is a list of arrays (H, W, 3). Return a list of as many bools: whether the frame equals
# the one before it, in every pixel. The first has none before it.


# %%
def my_repeats(frames):
    pass  # your lines here


check("17-repeats", my_repeats)

# %% [markdown]
# <details><summary>Solution: 17-repeats</summary>
#
# ```python
# def my_repeats(frames):
#     return [False] + [np.array_equal(a, b) for a, b in zip(frames, frames[1:])]
# ```
#
# </details>
#
# ### 3. What is on the screen
#
# `times` holds the time stamps of the frames in seconds, rising, but not evenly. Each frame is on
# the screen from its time until the next one's; the last one stays. Return the number of the frame,
# from 0, that is seen at `seconds`. (`seconds` is never before the first.)


# %%
def my_frame_at(times, seconds):
    pass  # your lines here


check("17-frame-at", my_frame_at)

# %% [markdown]
# <details><summary>Solution: 17-frame-at</summary>
#
# ```python
# def my_frame_at(times, seconds):
#     return int(np.searchsorted(times, seconds, side="right")) - 1
# ```
#
# </details>
#
# ## Key points
#
# - A network for pictures enlarges a video frame by frame, and knows nothing of the frame before.
#   What sharpens edges sharpens noise: where the scene rests, its result changes more than
#   bicubic's.
# - A codec leaves traces, and a network that never saw any in training takes them for detail.
# - Frames and tiles that repeat need not be computed. Sound and time stamps are copied, never made
#   anew.
#
# **Next** [18 · The application](18_application.ipynb): a server that enlarges whatever strangers
# send.
#
# ## References
#
# - ITU-T H.264, *Advanced video coding for generic audiovisual services*, 2003 and later.
# - J. Caballero et al., *Real-time video super-resolution with spatio-temporal networks and motion
#   compensation* (VESPCN), CVPR 2017, arXiv:1611.05250.
# - X. Wang et al., *EDVR: Video restoration with enhanced deformable convolutional networks*, CVPR
#   workshops 2019, arXiv:1905.02716.
# - K. C. K. Chan et al., *BasicVSR: The search for essential components in video super-resolution
#   and beyond*, CVPR 2021, arXiv:2012.02181.
