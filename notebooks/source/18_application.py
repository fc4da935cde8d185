# %% [markdown]
# # 18 · The application
#
# Most people meet super-resolution in an app: they give it a small picture, wait a moment, and save
# a large one. The source report ends with such an app, on a phone, and with the server behind it.
# This course has one too. In this lesson you talk to it without the app, see what it does with
# strangers and with crowds, and learn how to put it on the network.
#
# **You will be able to**
#
# - send a picture and a video to a server by hand, and say what base64 costs and why it is there;
# - keep a server awake while it works, and say what it should do when too many come;
# - name what a stranger's file can do to a server, and put one behind a proxy.
#
# **Time** about 35 minutes · **Before this** [17 · Video](17_video.ipynb)

# %%
import asyncio
import atexit
import base64
import io
import json
import re
import string
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from itertools import islice
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

import srcourse as sr
from srcourse import claims, results, video
from srcourse.app import Settings
from srcourse.classroom import check
from srcourse.metrics import psnr
from srcourse.widgets import Predict

BLUE, ORANGE, GREY = "#0072b2", "#e69f00", "#777777"

# %% [markdown]
# ## Predict first
#
# The picture travels inside JSON, and JSON is text. So its bytes are written as letters first; the
# usual way to do that is called base64.

# %%
Predict(
    "18-base64",
    "A photograph's file has 3 MB. How many MB is it as base64?",
    answer=lambda: len(base64.b64encode(bytes(3_000_000))) / 1e6,
    unit="MB",
    because="Three bytes become four letters. Below you write it yourself.",
)

# %% [markdown]
# The second question is about time. A server has one **event loop**: it goes round all open
# connections, and does a little for whichever is ready. Now somebody wrote the enlarging into that
# loop, and a large picture takes ten seconds.

# %%
Predict(
    "18-event-loop",
    "One second later a second visitor asks only whether the server is there. When is the answer?",
    choices=[
        "at once: the other picture is another connection",
        "after nine seconds, when the picture is done",
        "at once, but the picture then takes longer",
        "never: a busy server turns visitors down",
    ],
    answer="after nine seconds, when the picture is done",
    because="The loop cannot go round while it works. We watch it happen below.",
)

# %% [markdown]
# ## A server of your own
#
# `srcourse serve` starts the application in a terminal. Here the notebook starts it, with bounds
# that are smaller than usual so that we can run into them. Port 0 means: any that is free. The
# server tells which one it got in the first line that it prints.


# %%
def start(*options):
    """A server of our own: its process, and its address once it answers."""
    code = "from srcourse.cli import app; app()"
    command = [sys.executable, "-c", code, "serve", "--port", "0", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    atexit.register(process.terminate)  # it ends with this notebook's kernel, whatever happens
    address, _, _ = process.stdout.readline().partition(" ")
    return process, address


direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # straight to this machine


def ask(path, message=None, method=None, **headers):
    """Status, headers and body of the server's answer; `message` is sent as JSON."""
    data = None if message is None else json.dumps(message).encode()
    headers = {"Content-Type": "application/json"} | headers
    request = urllib.request.Request(address + path, data, headers, method=method)
    try:
        with direct.open(request, timeout=120) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:  # 4xx and 5xx: an answer too
        with error:
            return error.code, error.headers, error.read()


process, address = start(
    *("--workers", "1", "--queue", "2"),  # files in work at one time, and that may wait
    *("--megapixels", "1", "--enlarged", "4"),  # of a picture as sent, and as answered
    *("--allow-host", "sr.example.org"),  # we come to that
)
status, headers, body = ask("health")  # waits until the server is up
print(status, body.decode())

# %% [markdown]
# You have a server. Interrupting the kernel may end it as well; then run
# the cell above again.
#
# ## A picture, by hand
#
# The source report's server has two addresses, `POST /picture` and `POST /video`. Each takes a JSON
# object with three strings: the file in base64 as `DATA`, the model's name as `MODEL`, the file's
# name as `FILENAME`. Ours takes and answers the same three. The scale is the ending of the model's
# name.


# %%
def png(picture):
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, "PNG")
    return stream.getvalue()


def message(file, model, name="cat.png", **more):
    text = base64.b64encode(file).decode("ascii")
    return {"DATA": text, "MODEL": model, "FILENAME": name, **more}


cat = sr.images.sample("chelsea")[84:148, 96:192]
sent = message(png(cat), "edsr-mini-x2")
print("what goes out:", json.dumps(sent)[:46], "…")

status, headers, body = ask("picture", sent)
answer = json.loads(body)
print("what comes back:", status, headers["Content-Type"], sorted(answer))
print("it is called", answer["FILENAME"], "and made by", answer["MODEL"])

# %%
received = np.asarray(Image.open(io.BytesIO(base64.b64decode(answer["DATA"]))))
here = sr.upscale(cat, 2, "edsr-mini")
print(cat.shape, "→", received.shape)
apart = np.abs(received.astype(int) - here)
print("pixel by pixel within one level of sr.upscale:", apart.max() <= 1)

# %% [markdown]
# One level of 255 may differ where the server uses another number of processor cores: sums in
# another order round otherwise. Nothing else happened on the way. The application adds no detail of
# its own; it is the same network behind a door.
#
# The model is a string, and so everything that the course has is one word away:

# %%
shown = {}
for model in ("nearest-x4", "bicubic-x4", "edsr-mini-x4"):
    status, headers, body = ask("picture", message(png(cat), model))
    file = base64.b64decode(json.loads(body)["DATA"])
    shown[model] = np.asarray(Image.open(io.BytesIO(file)))

figure, axes = plt.subplots(1, 3, figsize=(10, 2.6), layout="constrained")
for axis, model in zip(axes, shown, strict=True):
    axis.imshow(shown[model])
    axis.set_title(model)
    axis.axis("off")
plt.show()

# %% [markdown]
# *Three answers to one picture; only `MODEL` differed. Look at the rim of the eye and at the hairs:
# that is where one sees who was asked.*
#
# ## What base64 is
#
# JSON is text, and a file is not: among its bytes are quotation marks, line ends and values that no
# text has. Base64 (RFC 4648) writes any bytes with 64 letters that survive everywhere. A letter of
# 64 carries 6 bits, a byte has 8. The first number that both divide is 24: three bytes, four
# letters. If the end is not full, `=` fills it up. So $n$ bytes become
#
# $$4 \left\lceil \frac{n}{3} \right\rceil$$
#
# letters, a third more.

# %%
LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"


def to_base64(data):
    text = ""
    for place in range(0, len(data), 3):
        three = data[place : place + 3]
        number = int.from_bytes(three.ljust(3, b"\0"), "big")  # 24 bits
        four = [LETTERS[number >> shift & 63] for shift in (18, 12, 6, 0)]
        text += "".join(four[: len(three) + 1]).ljust(4, "=")
    return text


some = bytes(range(256))
same = all(to_base64(some[:n]) == base64.b64encode(some[:n]).decode() for n in range(257))
print("ours equals Python's, for 0 to 256 bytes:", same)
for n in (1, 2, 3, 4):
    print(f"{n} bytes: {to_base64(some[:n])}")
print("what every PNG begins with:", to_base64(b"\x89PNG\r\n\x1a\n"))

clip = video.clip().read_bytes()
print(f"the course's clip is {len(base64.b64encode(clip)) / len(clip):.4f} times as long in base64")

# %% [markdown]
# The third more on the wire is not the worst of it. JSON has to be there as a whole before it can
# be read. Both sides hold the file in memory twice, as text and as bytes, and a video that is
# played while it arrives is out of the question. Sending the bytes as they are, as web forms do
# (`multipart/form-data`), costs nothing of this. Base64 in JSON is chosen because it is simple: one
# object, in any language. For photographs that is a fair price.
#
# ## A video, and work that takes its time
#
# `POST /video` answers when the video is done. A phone that loses its connection in a tunnel has to
# begin again. So what takes long is better asked for as a **job**: the server gives a number at
# once, status 202, and one asks how far it is. The result stays for an hour.

# %%
with tempfile.TemporaryDirectory() as folder:
    short = video.write(Path(folder) / "charts.mp4", islice(video.frames(video.clip()), 12))
    file = short.read_bytes()

status, headers, body = ask("jobs", message(file, "fsrcnn-x2", "charts.mp4", KIND="video"))
place = headers["Location"].removeprefix("/")
print(status, "· where to ask is in Location:", place.startswith("jobs/"))

seen = []
while not seen or seen[-1]["status"] in ("queued", "running"):
    time.sleep(0.2)
    seen.append(json.loads(ask(place)[2]))
done = [job["done"] for job in seen]
print("the count never goes back:", done == sorted(done))
print(f"{seen[-1]['status']}: {seen[-1]['done']} of {seen[-1]['total']} frames")

# %%
status, headers, enlarged = ask(f"{place}/result")
print(status, headers["Content-Type"])
pairs = zip(video.frames(io.BytesIO(file)), video.frames(io.BytesIO(enlarged)), strict=True)
scores = [psnr(sr.upscale(small, 2, "fsrcnn") / 255, large / 255) for small, large in pairs]
print(len(scores), "frames, each more than 30 dB from sr.upscale's:", min(scores) > 30)
status, headers, body = ask(place, method="DELETE")
print("deleted; asked again, it answers", ask(place)[0])

# %% [markdown]
# Here the answer is *not* the same to a level: the frames went through H.264 again, which throws
# away what the eye misses least ([lesson 17](17_video.ipynb)).
#
# ## When something is wrong
#
# Much of what arrives at a server is wrong. Each of these is sent, and the server says in one
# sentence what it cannot take and what it could:

# %%
right = message(png(cat), "bicubic-x2")
wide = png(np.zeros((1000, 1200), np.uint8))
wrong = {
    "the text is cut": ("picture", right | {"DATA": right["DATA"][:-1]}),
    "with data: before it": ("picture", right | {"DATA": "data:image/png;base64," + right["DATA"]}),
    "a letter, renamed": ("picture", message(b"Dear cat, how are you?", "bicubic", "cat.png")),
    "a picture to /video": ("video", right),
    "no such model": ("picture", right | {"MODEL": "edsr-mni-x2"}),
    "no such scale": ("picture", right | {"MODEL": "edsr-mini-x5"}),
    "too large": ("picture", message(wide, "bicubic-x2")),
    "no name": ("picture", {name: right[name] for name in ("DATA", "MODEL")}),
    "no such address": ("pictures", right),
    "asked by GET": ("picture", None),
}
for case, (path, what) in wrong.items():
    status, headers, body = ask(path, what)
    print(f"{case:<21}{status}  {json.loads(body)['error']}")

# %% [markdown]
# The number says whose turn it is. **4xx**: you sent something wrong; sending it again will not
# help. **5xx**: it is the server's doing; later it may work. A client needs no more than the number
# to act, and a person no more than the sentence.
#
# Three rules behind such a list. Say what *is* accepted, not only that this is not. Say nothing
# about the server's insides: no file's path, no traceback. And never answer 500 to what a client
# did, or nobody will find the real faults among them.
#
# ## Why the work must not be in the loop
#
# Back to the second prediction. `asyncio` is Python's event loop. Each `await` is a place where the
# loop may go on to somebody else. A function that computes for a second has none.


# %%
def enlarge():
    time.sleep(1)  # stands for a second of work


async def in_the_loop(events):
    events.append("picture begins")
    enlarge()
    events.append("picture done")


async def in_a_thread(events):
    events.append("picture begins")
    await asyncio.to_thread(enlarge)
    events.append("picture done")


async def second_visitor(events):
    for _ in range(3):
        await asyncio.sleep(0.02)
        events.append("hello answered")


for work in (in_the_loop, in_a_thread):
    events = []
    await asyncio.gather(work(events), second_visitor(events))  # noqa: F704 (a notebook may)
    print(f"{work.__name__}:", *events, sep="\n    ")

# %% [markdown]
# In the loop, three short answers wait for one long picture. Beside it, nobody waits.
#
# A thread is the first step, and for many servers enough. Python code in one process shares a lock,
# though, and whoever holds it keeps the loop from going round too. Reading 90 MB of JSON holds it;
# so does much of what packs and unpacks files. And a thread cannot be stopped from outside. That is
# why the course's server works in **processes** (`srcourse/app/processes.py`). A process has a lock
# of its own, gives its memory back when it ends, takes nobody along when a broken file crashes a
# decoder, and can be ended in the middle when the visitor has gone.
#
# ## When too many come
#
# Our server works on one file, and lets two more wait. We send three long jobs, and then one short
# picture.

# %%
long = message(clip, "edsr-mini-x4", "charts.mp4", KIND="video")
places = [ask("jobs", long)[1]["Location"].removeprefix("/") for _ in range(3)]
while json.loads(ask("health")[2])["running"] == 0:
    time.sleep(0.1)
print("health:", ask("health")[2].decode())

status, headers, body = ask("picture", right)
print(status, json.loads(body)["error"])
print("Retry-After:", headers["Retry-After"], "seconds")

ended = [json.loads(ask(place, method="DELETE")[2])["status"] for place in places]
print("DELETE:", *ended)
print("and now the picture:", ask("picture", right)[0])

# %% [markdown]
# **503** with **Retry-After**: no place, come back in five seconds. It looks unfriendly. To see why
# it is not, let us simulate a queue. Pictures arrive at random, each takes one unit of time, and
# **load** is how many arrive in that time on average. At a load of 1 there is just as much to do as
# can be done.


# %%
def visit(load, queue=np.inf, pictures=200_000):
    """The wait of each picture that is let in, in units of one picture's work."""
    gaps = np.random.default_rng(0).exponential(1 / load, pictures)
    before, waited = 0.0, []  # before: how much work lies before whoever comes now
    for gap in gaps:
        before = max(0.0, before - gap)
        if before <= queue:  # else: refused
            waited.append(before)
            before += 1
    return np.array(waited)


loads = np.array([0.3, 0.5, 0.7, 0.8, 0.9, 0.95])
waits = {load: visit(load) for load in loads}
print("load   mean wait   by theory   one in a hundred waits longer than")
for load, wait in waits.items():
    theory = load / (2 * (1 - load))
    print(f"{load:4.2f}{wait.mean():11.1f}{theory:12.1f}{np.quantile(wait, 0.99):14.0f}")

bounded = visit(1.2, queue=8)
print(f"at a load of 1.2 and with 8 that may wait, {1 - len(bounded) / 200_000:.0%} are refused;")
print(f"nobody else waits longer than {bounded.max():.0f}")

# %%
figure, (left, beyond) = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
curve = np.linspace(0, 0.96, 200)
left.plot(curve, curve / (2 * (1 - curve)), color=GREY, label="mean, by theory")
left.plot(loads, [wait.mean() for wait in waits.values()], "o", color=BLUE, label="mean")
left.plot(loads, [np.quantile(w, 0.99) for w in waits.values()], "s", color=ORANGE, label="p99")
left.set(xlabel="load", ylabel="wait, in pictures' work", title="A queue without a bound")
left.legend(frameon=False)
beyond.plot(visit(1.2, pictures=1000), color=ORANGE, label="no bound")
beyond.plot(visit(1.2, queue=8, pictures=1000), color=BLUE, label="8 may wait")
beyond.set(xlabel="picture that was let in", ylabel="wait, in pictures' work", title="Load 1.2")
beyond.legend(frameon=False)
plt.show()

# %% [markdown]
# *Left: waits stay short for long, and then rise without an end; those of the unlucky one in a
# hundred (p99) far earlier than the mean. Right: more comes than can be done. Without a bound the
# wait grows as long as people come, and everybody is served too late. With one, a few are told so
# at once; the line ends earlier, as they are not in it.*
#
# The formula is Pollaczek and Khinchine's, for work that always takes the same time:
# $\rho / (2(1 - \rho))$ at load $\rho$. What to take from it:
#
# - **Leave room.** From 0.5 to 0.9 the work is not twice as much, the wait is nine times as long.
# - **Bound the queue**, by the longest wait that is still of use to somebody. Past it, say no
#   early: our server does so before it reads the body.
# - **Say when to come back**, and on the other side: wait that long, then twice, then four times. A
#   crowd that comes back every second is a crowd that never leaves.
# - **Make the work smaller**: a smaller network (`srcourse bench` tells by how much), several
#   pictures in one pass, nothing twice. Only then more processes, as far as there are cores, or a
#   second machine.
# - **Measure p95 and p99**, what 95 and 99 in a hundred stay below, not the mean. A page of
#   twenty pictures shows every fifth visitor what one picture in a hundred is like.
#
# ### What ours can take
#
# `python -m tests.load` has 32 clients send one small picture after another for five minutes, and
# compares each answer with what `sr.upscale` makes. This is what was recorded:

# %%
record = results.read("load")
print(record["command"], "·", record["device"])
print(record["data"], "\n")
load = record["results"]
print(f"{load['clients']} clients for {load['seconds']:.0f} s, {load['workers']} at a time")
print(f"{load['pictures']} pictures, {load['pictures_per_second']} a second", end="; ")
print(f"{load['errors']} errors\n")
print(f"{'milliseconds':<16}{'p50':>8}{'p95':>8}{'p99':>8}")
for title, key in (("a picture", "milliseconds"), ("/health", "health_milliseconds")):
    print(f"{title:<16}" + "".join(f"{load[key][name]:8.0f}" for name in ("p50", "p95", "p99")))
print(f"memory at most: {load['megabytes']['most']} MB, helpers included")
busy = load["busy"]
print(f"the machine: {busy['cores']} cores, {busy['load_average']:.0f} processes that wanted one")
by_little = load["clients"] / load["pictures_per_second"]
print(f"Little's law: {load['clients']} inside, so each stays {1000 * by_little:.0f} ms on average")

# %% [markdown]
# The last line needs no clock for any single answer. By **Little's law** (1961), the number of
# visitors inside is the rate at which they come, times the time that each stays on average. So 32
# patient clients make their own wait: more workers shorten it, fewer clients as well. What tells
# whether the server is awake is the line of `/health`, which was asked all the while. The clients
# took their share of the same machine; with them elsewhere, all of it goes a little faster.
#
# ## Strangers
#
# Whoever can reach a server can send it anything. Four classics:


# %%
def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


size = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)  # RGB, 8 bits
bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size)
bomb += chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
print(f"a file of less than 100 bytes: {len(bomb) < 100}", end="; ")
print(f"decoded it would fill {30_000**2 * 3 / 2**30:.1f} GiB")
playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"

strange = {
    "a bomb": ("picture", message(bomb, "bicubic-x2"), {}),
    "a playlist": ("video", message(playlist, "fsrcnn-x2", "holiday.mp4"), {}),
    "another site's page": ("picture", right, {"Origin": "http://evil.example"}),
    "by another name": ("health", None, {"Host": "evil.example"}),
}
for case, (path, what, more) in strange.items():
    status, headers, body = ask(path, what, **more)
    print(f"{case:<21}{status}  {json.loads(body)['error']}")

path = message(png(cat), "bicubic-x2", "../../etc/passwd.jpg")
print("a path as a name     200  answered as", json.loads(ask("picture", path)[2])["FILENAME"])

# %% [markdown]
# - **The bomb.** A header of a few bytes promises 900 megapixels; a trusting decoder reserves the
#   memory and goes down. Ours reads width and height off the header, and decodes only what is
#   within its bounds. It does so in a process of its own, in case the library that reads the header
#   has a fault.
# - **The playlist.** To FFmpeg, a short text can be a video: a list of files, or addresses, to play
#   one after the other. A server that follows it reads its own disk, or its neighbours', to a
#   stranger. Ours hands FFmpeg the bytes in memory, allows a few containers, and no protocol by
#   which anything else could be opened.
# - **Another site's page.** A page that you visit elsewhere can send requests to *your* machine,
#   and your browser will carry them. Browsers say where they come from (`Origin`), and the server
#   has to look. *By another name* is the same by a trick: a name of theirs that is made to point at
#   your machine.
# - **The name.** `FILENAME` is told back, without its folders, and is otherwise used for nothing.
#   No path is ever made of it; files lie under random names in a folder of their own.
#
# And where nobody else needs it, the best guard is not to be there: `srcourse serve` listens on
# 127.0.0.1, which only this machine can reach.
#
# ## Live: the page
#
# At the server's own address is its page. Write `print(address)` into a new cell, run it, and open
# what it says; or run `srcourse serve` in a terminal.
#
# **Try**
#
# - The report's four actions: choose a model, choose picture or video, pick a file, save. Then move
#   the wipe between before and after, and zoom.
# - Do it all by the keyboard alone.
# - Pick a text file that you renamed to `.png`. Whose sentence do you read?
# - Start something long, and cancel it. Look at `/health` meanwhile, in another tab.
#
# **Notice** that the page does little that you have not done by hand above. With your browser's
# tools for developers open (F12, *Network*) you can watch it ask.
#
# | what you do | what the page asks |
# |---|---|
# | open it | `GET /models` and `GET /limits` |
# | choose a model; picture or video | nothing: it knows already |
# | pick a file, and start | `POST /jobs`, then `GET /jobs/{id}` again and again |
# | wait until it is done | `GET /jobs/{id}/result` |
# | save | nothing: the browser has it |
# | cancel | `DELETE /jobs/{id}` |
#
# It is a handful of files in `srcourse/app/page/`, which the browser runs as they are:
#
# | file | what it does |
# |---|---|
# | `index.html` | what there is on the page |
# | `style.css` | how it looks: on a phone, on a desk, in the dark |
# | `app.js` | what state the page is in, and what it shows then |
# | `server.js` | what it asks of the server |
# | `viewer.js`, `player.js` | before and after under the wipe; videos |
# | `words.js` | numbers as people read them |
# | `manifest.webmanifest`, icons | so that a phone keeps it like an app |

# %%
status, headers, body = ask("")
html = body.decode()
targets = re.findall(r'(?:src|href)="([^"]+)"', html)
print("all that the page loads is this server's own:", not any("//" in t for t in targets))
print("and its browser is told to load nothing else:")
for rule in headers["Content-Security-Policy"].split("; "):
    print("   ", rule)

# %% [markdown]
# ## On the network
#
# The server speaks plain HTTP, knows no passwords, and should not be met by the internet as it is.
# One puts a **proxy** before it: a program that does nothing else, takes every connection, and
# hands on what is decent. With [Caddy](https://caddyserver.com), which sees to the certificate
# itself:
#
# ```
# sr.example.org {
#     basic_auth {
#         learner <what `caddy hash-password` prints>
#     }
#     request_body {
#         max_size 90MB
#     }
#     reverse_proxy 127.0.0.1:8000
# }
# ```
#
# The same with nginx, with a little more said:
#
# ```nginx
# limit_req_zone $binary_remote_addr zone=each:1m rate=5r/s;
#
# server {
#     listen 443 ssl;
#     server_name sr.example.org;
#     ssl_certificate     /etc/ssl/sr.example.org.pem;
#     ssl_certificate_key /etc/ssl/sr.example.org.key;
#
#     auth_basic           "Super-resolution";
#     auth_basic_user_file /etc/nginx/learners;
#     client_max_body_size 86m;
#
#     location / {
#         limit_req zone=each burst=20;
#         proxy_pass http://127.0.0.1:8000;
#         proxy_set_header Host $host;
#         proxy_read_timeout 30m;
#     }
# }
# ```
#
# And the server itself is started with
#
#     srcourse serve --allow-host sr.example.org
#
# | what | why |
# |---|---|
# | TLS (`https`) | pictures and passwords are read on the way otherwise |
# | a password | or whatever you have; without one, your processors are everybody's |
# | body size | the server's bound is on the *file*; the proxy sees base64, a third more |
# | time | `/picture` and `/video` say nothing until they are done; jobs need no patience |
# | rate | a client that asks for progress once a second must still pass |
# | `Host` | the server compares it with `Origin`, and with the names that it goes by |
# | `--host` | stays as it is: the proxy is on the same machine |
#
# The cell below checks three of these on our server: the size, and the name, given and not given.

# %%
most = Settings().body
print(f"a body may have {most} bytes: {most / 1e6:.1f} MB, {most / 2**20:.1f} MiB")
print("Host sr.example.org:", ask("health", Host="sr.example.org")[0])
page = {"Host": "sr.example.org", "Origin": "https://sr.example.org"}
print("its own page's request, Host handed on:", ask("picture", right, **page)[0])
page["Host"] = "127.0.0.1:8000"
print("the same, Host not handed on:", ask("picture", right, **page)[0])

# %% [markdown]
# How large a machine? The report's server has 8 GB of memory and 4 cores. `srcourse serve` looks at
# what it runs on, and chooses how many files are in work at one time:

# %%
for cores, gib in ((1, 2), (4, 8), (16, 64)):
    fitting = Settings.for_machine(cores, gib * 2**30)
    print(
        f"{cores:2} cores, {gib:2} GiB: {fitting.workers} in work, threads each: {fitting.threads};"
        f" pictures of up to {fitting.pixels / 1e6:.0f} megapixels"
    )

# %% [markdown]
# We are done with ours, and end it.

# %%
process.terminate()
process.wait()
try:
    ask("health")
except urllib.error.URLError:
    print("nobody answers any more")

# %% [markdown]
# ## What the source report says

# %%
claims.table("7")

# %% [markdown]
# ## Exercises
#
# ### 1. A request
#
# Return the three fields that `POST /picture` takes, as a dict that `json.dumps` can write.
# `picture` is the file's bytes. `path` is where it lay, as `"holiday/cat.png"`; the server should
# learn the name only, not your folders.


# %%
def make_request(picture, model, path):
    pass  # your lines here


check("18-request", make_request)

# %% [markdown]
# <details><summary>Solution: 18-request</summary>
#
# ```python
# def make_request(picture, model, path):
#     return {
#         "DATA": base64.b64encode(picture).decode("ascii"),
#         "MODEL": model,
#         "FILENAME": Path(path).name,
#     }
# ```
#
# </details>
#
# ### 2. An answer
#
# `status` is the answer's number, `body` its bytes. For 200, return the bytes of the picture. For
# anything else raise a `ValueError` with the sentence that the server gives as `error`. A proxy
# answers with a page of its own when the server is away; then say at least the number.


# %%
def read_answer(status, body):
    pass  # your lines here


check("18-answer", read_answer)

# %% [markdown]
# <details><summary>Solution: 18-answer</summary>
#
# ```python
# def read_answer(status, body):
#     if status == 200:
#         return base64.b64decode(json.loads(body)["DATA"])
#     try:
#         sentence = json.loads(body)["error"]
#     except (ValueError, KeyError, TypeError):
#         sentence = f"the server answered {status}"
#     raise ValueError(sentence)
# ```
#
# </details>
#
# ### 3. When to come back
#
# After an answer a client has to decide: try again, and when? Return the seconds to wait, or `None`
# for not again. Only a 503 is worth another try. Wait as many seconds as `Retry-After` says, or 1
# where there is no such header; after each further attempt twice as long; but never more than 60.
# `attempt` counts from 0; from attempt 5 on, give up. `headers` is a dict, and its values are text.


# %%
def wait_before(status, headers, attempt):
    pass  # your lines here


check("18-retry", wait_before)

# %% [markdown]
# <details><summary>Solution: 18-retry</summary>
#
# ```python
# def wait_before(status, headers, attempt):
#     if status != 503 or attempt >= 5:
#         return None
#     seconds = int(headers.get("Retry-After", 1))
#     return min(60, seconds * 2**attempt)
# ```
#
# Real clients also add a random bit to the wait. Why might that be? Think of 32 that were all
# refused in the same moment.
#
# </details>
#
# ## Key points
#
# - Base64 makes text of bytes: four letters for three, a third more, and all of it in memory at
#   once. It is simple, and for photographs good enough.
# - An event loop must never work itself. Beside it, work waits in a queue that has a bound; past
#   the bound a 503 with Retry-After is kinder than a wait without an end.
# - Everything that arrives is a stranger's: check sizes before decoding, make no path of a name,
#   let no file open another, listen only where you must.
#
# **Next** [19 · The report card](19_report_card.ipynb): all that the source report states, judged
# at once, and then this course's own networks.
#
# ## References
#
# - S. Josefsson, *The Base16, Base32, and Base64 data encodings*, RFC 4648, 2006.
# - R. Fielding, M. Nottingham and J. Reschke, *HTTP semantics*, RFC 9110, 2022: statuses in section
#   15, Retry-After in 10.2.3.
# - J. D. C. Little, *A proof for the queuing formula L = λW*, Operations Research 9, 1961.
# - D. Gross, J. F. Shortle, J. M. Thompson and C. M. Harris, *Fundamentals of queueing theory*,
#   2008: the formula of Pollaczek and Khinchine.
# - J. Dean and L. A. Barroso, *The tail at scale*, Communications of the ACM 56, 2013.
# - OWASP, *File upload cheat sheet* and *Server-side request forgery prevention cheat sheet*.
