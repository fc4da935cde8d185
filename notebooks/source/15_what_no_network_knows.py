# %% [markdown]
# # 15 · What no network knows
#
# The networks of this course end in sharp pictures. Are they true? A small picture leaves open what
# stood in the large one, and no training changes that. In this lesson we build large pictures that
# contradict each other and share one small picture, and watch what becomes of them.
#
# **You will be able to**
#
# - build, to order, different HR pictures with one and the same LR picture;
# - check whether an SR picture is consistent with its LR picture, and say what that proves;
# - say what an SR picture must not be used for, and what a test with few viewers is worth.
#
# **Time** about 40 minutes · **Before this**
# [14 · Performance recovery score](14_performance_recovery_score.ipynb), and the null space of
# [06 · The problem](06_the_problem.ipynb)

# %%
from math import comb

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image, ImageDraw, ImageFont

import srcourse as sr
from srcourse.classroom import check
from srcourse.metrics import consistency, make_lr, psnr
from srcourse.metrics.binomial import wilson
from srcourse.resampling import cubic_kernel, imresize, modcrop, weights
from srcourse.widgets import BlindChoice, Predict

MODELS = ("bicubic", "srcnn", "fsrcnn", "edsr-mini")


def draw(*pictures, rows=1, width=9.5, size=10):
    """Grey pictures in rows, each a (title, image) with values from 0 to 1."""
    columns = len(pictures) // rows
    height, wide = pictures[0][1].shape
    figure_height = rows * (width / columns * height / wide + 0.32)
    _, axes = plt.subplots(rows, columns, figsize=(width, figure_height), layout="constrained")
    for axis, (title, image) in zip(np.ravel(axes), pictures, strict=True):
        axis.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        axis.set_title(title, fontsize=size)
        axis.axis("off")


# %% [markdown]
# ## Predict first
#
# Two drawings of a number plate, 96 × 48 pixels each. One reads B 8, the other B 3, and the digits
# are about 30 pixels high. Both may be touched up a little, as long as everybody still reads what
# they say. Then both are shrunk by 4, to 24 × 12 pixels, and stored in 8 bits.

# %%
Predict(
    "15-plates",
    "In how many of the 288 pixels must the two small files differ?",
    choices=["in most pixels of the digit", "in a handful", "in none"],
    answer="in none",
    because="We build the two plates below, and compare their LR files pixel by pixel.",
)

# %% [markdown]
# ## All that the downsampling cannot see
#
# Lesson 06 found one pattern that the downsampling by 2 cannot see, stripes of +1, −1, −1, +1. Now
# we want all of them, at any scale. The antialiased bicubic downsampling is linear, and works along
# one axis after the other. So along each axis it is a matrix $D$, with a row for each LR pixel that
# holds the weights of its HR pixels.


# %%
def shrinking(n, scale):
    """D along one axis: (n / scale, n)."""
    indices, w = weights(n, n // scale, 1 / scale, cubic_kernel, 4.0, antialias=True)
    matrix = np.zeros((n // scale, n))
    np.add.at(matrix, (np.arange(n // scale)[:, None], indices), w)
    return matrix


cat = sr.images.luma(sr.images.sample("chelsea"))[60:188, 120:248]
D = shrinking(128, 4)
print("D has the shape", D.shape)
print("D · picture · Dᵀ is what imresize gives:", np.allclose(D @ cat @ D.T, imresize(cat, 1 / 4)))

# %% [markdown]
# $D$ has fewer rows than columns, so it cannot be undone. The next best is its **pseudo-inverse**
# $D^+$. Among all pictures that shrink to a given LR picture, $D^+$ gives the one with the smallest
# sum of squares. Shrink a picture $d$ and bring it back that way, and you have the part of it that
# the downsampling **sees**. What is missing is the part that is **hidden**:
#
# $$\text{seen}(d) = D^+ (D\, d\, D^\top)\, D^{+\top} \qquad\qquad
# \text{hidden}(d) = d - \text{seen}(d)$$


# %%
def seen(d, scale):
    rows, cols = (shrinking(n, scale) for n in d.shape)
    return np.linalg.pinv(rows) @ (rows @ d @ cols.T) @ np.linalg.pinv(cols).T


def hidden(d, scale):
    return d - seen(d, scale)


print("The LR picture of the seen part is that of the cat:")
print(np.allclose(imresize(seen(cat, 4), 1 / 4), imresize(cat, 1 / 4)))
print("Largest LR pixel of the hidden part:", abs(imresize(hidden(cat, 4), 1 / 4)).max().round(9))
for scale in (2, 3, 4, 8):
    share = 1 - 1 / scale**2
    print(f"×{scale}: {share:.0%} of all dimensions are hidden")

# %%
draw(
    ("HR", cat),
    ("seen at ×4", seen(cat, 4)),
    ("hidden at ×4 (grey is 0)", 0.5 + hidden(cat, 4)),
)
plt.show()

# %% [markdown]
# *The left picture is the sum of the other two. The LR picture depends on the middle one alone.
# Each single hair and the sharp edges of the glint in the eye lie on the right, and leave no trace
# in it.*
#
# So we may exchange the hidden part for any other, and the LR picture stays as it is. Take that of
# bricks, of grass, or of pure noise:

# %%
grey = 0.2 + 0.6 * cat  # room for what is added
others = {
    "bricks": sr.images.sample("brick")[:128, :128] / 255,
    "grass": sr.images.sample("grass")[:128, :128] / 255,
    "noise": 0.12 * np.random.default_rng(15).normal(size=(128, 128)),
}
mixed = {name: seen(grey, 4) + hidden(other, 4) for name, other in others.items()}
draw(("the cat", grey), *((f"with hidden {name}", picture) for name, picture in mixed.items()))
plt.show()

# %% [markdown]
# *Four pictures of one cat. Look from afar: they are alike. Look closely: its coat is of four
# materials.*

# %%
for name, picture in mixed.items():
    apart = 255 * np.sqrt(np.mean((picture - grey) ** 2))
    same = np.allclose(imresize(picture, 1 / 4), imresize(grey, 1 / 4), atol=1e-12)
    print(f"{name:<7} differs by {apart:4.1f} grey levels (RMS); the same LR picture: {same}")

# %% [markdown]
# ## Two number plates
#
# Texture is one thing. Can the hidden part carry a *meaning*? We draw two plates.


# %%
def plate(text):
    """A drawn number plate, (48, 96), dark on bright."""
    page = Image.new("L", (384, 192), 217)
    font = ImageFont.load_default(size=176)
    ImageDraw.Draw(page).text((192, 96), text, fill=26, font=font, anchor="mm")
    return np.asarray(page.reduce(4)) / 255


eight, three = plate("B 8"), plate("B 3")
difference = eight - three
draw(("B 8", eight), ("B 3", three), ("their difference (grey is 0)", 0.5 + difference / 2))
plt.show()

# %% [markdown]
# *What an 8 has and a 3 has not: the strokes on its left, above all at its waist.*
#
# How much of that difference can the LR picture see? The seen and the hidden part are at right
# angles to each other, so the squares of their sizes add up, and we can give shares.

# %%
for scale in (2, 3, 4, 8):
    share = np.sum(hidden(difference, scale) ** 2) / np.sum(difference**2)
    print(f"×{scale}: {share:4.0%} of the difference between 8 and 3 is hidden")

# %% [markdown]
# At ×2 the LR picture sees most of what tells an 8 from a 3; at ×8 about half. What it sees has to
# be touched up. We take the LR picture **half-way** between the two plates, round it to 8 bits, and
# look for an 8 and for a 3 that shrink to it. Two demands have to be met: the LR picture must come
# out right, and all values must lie between 0 and 1. Meet one, then the other, and repeat:


# %%
def fit(picture, lr, scale, rounds=200):
    """A picture in [0, 1] close to `picture` that shrinks to `lr`."""
    rows, cols = (shrinking(n, scale) for n in picture.shape)
    up_rows, up_cols = np.linalg.pinv(rows), np.linalg.pinv(cols)
    for _ in range(rounds):
        picture = picture + up_rows @ (lr - rows @ picture @ cols.T) @ up_cols.T
        picture = picture.clip(0, 1)
    return picture


def eight_bits(image):
    return np.floor(255 * image + 0.5).clip(0, 255).astype(np.uint8)


def twins(pictures, scale):
    """For each of `pictures` an HR picture in 8 bits; all of them have one LR picture."""
    lr = eight_bits(imresize(np.mean(pictures, axis=0), 1 / scale)) / 255
    return [eight_bits(fit(picture, lr, scale)) for picture in pictures]


# %% [markdown]
# It is called *projection onto convex sets*: each of the two steps goes to the nearest picture that
# meets its demand. The first one is lesson 06's back-projection with $D^+$ for the enlargement.

# %%
pairs = {scale: twins([eight, three], scale) for scale in (2, 3, 4, 8)}
pictures = []
for scale, (a, b) in pairs.items():
    lr = make_lr(a, scale)
    shown = np.kron(lr, np.ones((scale, scale)))  # each LR pixel as a square
    pictures += [(f"×{scale}: an 8", a / 255), ("a 3", b / 255), ("the LR of both", shown / 255)]
draw(*pictures, rows=4, width=8.5)
plt.show()

# %% [markdown]
# *Each row: two plates on the left, and the one LR picture that they share. At ×2 nobody is taken
# in: the missing strokes hang in the air as grey ghosts, and both look like a badly cleaned 8. At
# ×3 they fade. At ×4 an 8 with a bright halo stands beside a 3 with a smudge, and at ×8 two good
# plates.*

# %%
for scale, (a, b) in pairs.items():
    unlike = np.count_nonzero(make_lr(a, scale) != make_lr(b, scale))
    apart, touched = psnr(a, b), psnr(eight, a / 255)
    print(
        f"×{scale}: the LR files differ in {unlike} pixels; 8 against 3: {apart:.1f} dB, "
        f"8 against its drawing: {touched:.1f} dB"
    )

# %% [markdown]
# At no scale do the LR files differ in a single pixel. The larger the scale, the more the two
# plates may differ, and the closer each may stay to its drawing. And why stop at two? Ten digits at
# ×8:

# %%
digits = "0123456789"
ten = twins([plate(f"B {digit}") for digit in digits], 8)
draw(*((digit, picture / 255) for digit, picture in zip(digits, ten, strict=True)), rows=2)
plt.show()

# %% [markdown]
# *Ten plates. The slim digits, 1, 4 and 7, need grey clouds to make up for what the others have
# more of; the rest would pass for plates on a rainy day.*

# %%
files = [make_lr(picture, 8) for picture in ten]
print("ten plates, one LR file:", all(np.array_equal(files[0], file) for file in files))

# %% [markdown]
# ## What the networks make of it
#
# A network is a function of its input. The 8 and the 3 give it the same input, at ×4 the same 24 ×
# 12 numbers. We need not run it twice; but let us.

# %%
plate_8, plate_3 = pairs[4]
lr_plate = make_lr(plate_8, 4)
answers = {model: sr.upscale(lr_plate, 4, model) for model in MODELS}
for model, answer in answers.items():
    again = sr.upscale(make_lr(plate_3, 4), 4, model)
    print(f"{model:<10} makes the same of both: {np.array_equal(answer, again)}")

draw(
    ("HR, one", plate_8 / 255),
    ("HR, another", plate_3 / 255),
    ("the LR of both", np.kron(lr_plate, np.ones((4, 4))) / 255),
    *((model, answer / 255) for model, answer in answers.items() if model != "srcnn"),
    rows=2,
)
plt.show()

# %% [markdown]
# *Above what there was, and what was left. Below three answers to it. Cover the upper row: what do
# you read? The better the network, the crisper the digit, and it knows no more than the others.*
#
# Your eyes have seen the solution. So let a program read, one that knows nothing but the ten digits
# as we drew them. It correlates the right half of a picture with each, and names the best.


# %%
def read(picture):
    """The two digits that fit best, with their correlations."""
    right = picture[:, 48:].ravel().astype(float)
    fits = {
        digit: np.corrcoef(right, plate(f"B {digit}")[:, 48:].ravel())[0, 1] for digit in digits
    }
    return sorted(fits.items(), key=lambda found: -found[1])[:2]


for name, picture in {"HR, one": plate_8, "HR, another": plate_3, **answers}.items():
    (first, best), (second, next_best) = read(picture)
    verdict = "a tie" if best - next_best < 0.02 else f"clearly {first}"
    print(f"{name:<12} {best:.2f} and {next_best:.2f} for the best two: {verdict}")

# %% [markdown]
# The reader tells the HR plates apart. Of the enlargements it can make nothing: 8 and 3 fit equally
# well. Ask it about the ten plates of ×8, and it reads each of them rightly. What it reads is in
# those HR pictures. It is in no LR picture.

# %%
print("read off the ten HR plates:", "".join(read(picture)[0][0] for picture in ten))

# %% [markdown]
# ### The average of what could have been
#
# Why neither? The networks were trained to come close on average. Say that of all plates with this
# LR picture a share $p$ are eights, and the others threes. Let the answer be a blend, $t$ of the 8
# and $1 - t$ of the 3. How large is its mean squared error, on average over the plates?

# %%
t = np.linspace(0, 1, 101)
figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
for p, colour, dash in ((0.5, "#0072b2", "-"), (0.8, "#d55e00", "--")):
    blends = t[:, None, None] * plate_8 + (1 - t[:, None, None]) * plate_3
    wrong_if_8, wrong_if_3 = (((blends - hr) ** 2).mean(axis=(1, 2)) for hr in (plate_8, plate_3))
    error = p * wrong_if_8 + (1 - p) * wrong_if_3
    best = t[error.argmin()]
    axis.plot(t, error, dash, color=colour, label=f"{p:.0%} of the plates are eights")
    axis.plot(best, error.min(), "o", color=colour)
    print(f"{p:.0%} eights: the best answer is {best:.0%} of an 8; to answer “8” costs", end=" ")
    print(f"{error[-1] / error.min():.1f} times its error")
axis.set(xlabel="t: 0 answers 3, 1 answers 8", ylabel="mean squared error", ylim=(0, None))
axis.legend()
plt.show()

# %% [markdown]
# *Each curve is lowest (dot) where the blend has the eights' share of an 8: the mean of all that
# could have been, each weighted by how often it occurs.*
#
# Three things follow. An MSE-trained network hedges where the LR picture leaves something open. How
# it hedges is decided by its *training pictures*: what was rare there fades. And a network that
# must not hedge, because it was trained to look real, as SRGAN was, has to pick. Say it picks the
# likelier 8: then it makes a clean 8 of every single 3. By PSNR that is worse than the grey mean
# (Blau and Michaeli 2018 prove that one cannot have both), and it looks better, since nothing in
# the picture says that there was a choice. (edsr-mini was trained with L1, whose best answer is the
# median, [lesson 06](06_the_problem.ipynb): between two candidates the likelier, among many
# something in the middle again.)
#
# ## The consistency check
#
# One thing can be checked without the original: shrink the SR picture again, and compare it with
# the LR picture. If they differ, the SR picture is wrong, whatever else it may be. (We have to know
# how the LR picture was made; here we do.) `metrics.consistency` does this by the protocol of
# lesson 06, and gives the PSNR; papers call it *LR-PSNR*. A challenge for methods that return
# several answers asked for at least 45 dB (Lugmayr et al. 2021). Here four photographs at ×4:

# %%
photos = {}
for name in ("astronaut", "chelsea", "coffee", "camera"):
    photos[name] = modcrop(sr.images.sample(name)[60:252, 120:312], 4)
enlarged = {
    model: {name: sr.upscale(make_lr(hr, 4), 4, model) for name, hr in photos.items()}
    for model in ("nearest", *MODELS)
}
print("consistency, dB" + "".join(f"{name:>11}" for name in photos))
for model, answer in enlarged.items():
    row = [consistency(make_lr(hr, 4), answer[name], 4) for name, hr in photos.items()]
    print(f"{model:<15}" + "".join(f"{value:11.1f}" for value in row))

# %% [markdown]
# Bicubic invents nothing, and yet shrinks to something else than it was made from: it loses
# contrast on the way up, and again on the way down. It stays below 45 dB on all four. Nobody told
# the networks about consistency. They learned it, because the original that they were to hit is
# consistent; fsrcnn and edsr-mini pass 45 dB on all four.
#
# An answer that fails can be corrected. Back-projection (Irani and Peleg 1991) needs three lines:
# shrink, compare, add what is missing.


# %%
def corrected(sr_picture, lr, scale, rounds=10):
    picture = sr_picture / 255
    for _ in range(rounds):
        picture = picture + imresize(lr / 255 - imresize(picture, 1 / scale), scale)
    return eight_bits(picture)


print("mean of four            consistency, dB           PSNR, dB")
print("photographs at ×4       before    after     before    after")
for model, answer in enlarged.items():
    before, after = [], []
    for name, hr in photos.items():
        lr = make_lr(hr, 4)
        fixed = corrected(answer[name], lr, 4)
        for found, picture in ((before, answer[name]), (after, fixed)):
            agreement = min(consistency(lr, picture, 4), 99)  # 99 for the same file
            found.append((agreement, psnr(hr, picture, channel="y", border=4)))
    (c0, p0), (c1, p1) = np.mean(before, axis=0), np.mean(after, axis=0)
    print(f"{model:<20}{c0:10.0f}{c1:9.0f}{p0:11.2f}{p1:9.2f}")

# %% [markdown]
# All become consistent. Bicubic gains more than half a decibel by it: the LR picture still held
# something that bicubic had lost. The networks gain little, edsr-mini next to nothing. What
# separates it from the original is not in the LR picture.
#
# ### Necessary, not sufficient
#
# Now the plates again, at ×4. Someone photographed the 8. Four enlargements are on the table, and a
# fifth: the picture of the 3, sharp, and wrong.

# %%
wrong_plate = consistency(make_lr(plate_8, 4), plate_3, 4)

# %%
Predict(
    "15-wrong-plate",
    "What does the wrong plate reach in the consistency check?",
    choices=["less than bicubic", "more than bicubic, less than edsr-mini", "the most of all five"],
    answer=lambda: (
        "the most of all five"
        if wrong_plate > max(consistency(lr_plate, answer, 4) for answer in answers.values())
        else "less than bicubic"
    ),
    because="Its LR picture is that of the 8, bit for bit. The check has nothing to object to.",
)

# %%
for model, answer in answers.items():
    print(f"{model:<24}{consistency(lr_plate, answer, 4):6.1f} dB")
print(f"{'the wrong plate':<24}{wrong_plate:6.1f} dB")
mean_plate = eight_bits((plate_8 / 255 + plate_3 / 255) / 2)
print(f"{'half an 8, half a 3':<24}{consistency(lr_plate, mean_plate, 4):6.1f} dB")
print("ten plates at ×8        ", [consistency(files[0], picture, 8) for picture in ten])

# %% [markdown]
# The check rules out, and that is all. A low value proves a picture wrong. A perfect one proves
# nothing: the HR picture passes, and so does every picture with another hidden part, the wrong
# plate among them. To the check they are all the same, as they are to the network.
#
# ### What may be asked of the LR picture
#
# There is an honest question that it can answer: *which of these candidates could it have come
# from?* For that, enlarge nothing. Shrink the candidates, and compare small with small. Below, the
# LR picture of a plate as drawn, with a little noise, and then the one that our twins share.

# %%
noise = np.random.default_rng(1).normal(0, 3, (12, 24))
small_plates = {digit: 255 * imresize(plate(f"B {digit}"), 1 / 4) for digit in digits}
print("RMS difference, grey levels " + "".join(f"{digit:>6}" for digit in digits))
for name, lr in {
    "an 8 as drawn, noise of 3": small_plates["8"] + noise,
    "the twins' LR picture": lr_plate,
}.items():
    off = [np.sqrt(np.mean((lr - small) ** 2)) for small in small_plates.values()]
    print(f"{name:<28}" + "".join(f"{value:6.1f}" for value in off))

# %% [markdown]
# In the first line one candidate fits to within the noise, and no other does. So even at ×4 the LR
# picture can tell, *if* we know the font, the place, the degradation and the noise, and if the true
# plate is among the candidates. In the second line two candidates are equally far, and the answer
# is: 8 or 3. An examiner can work with such an answer. An SR picture cannot give it; it shows one.
#
# ## What must not be read off an SR picture
#
# **A number plate.** You have seen why. The network is not unsure in a way that shows: it draws
# edges as crisp around a guess as around a fact.
#
# **A face.** Of many faces with one LR picture, a model shows the one that its training makes
# likely. PULSE (Menon et al. 2020) is the well-known case. It searches among the faces of a
# generative network for one that shrinks to the LR picture, so it is built to pass a check like
# ours. When it came out, people gave it pixelated photographs of persons they knew, and got
# somebody else. Its authors say it themselves, beside their code: these faces are of people who do
# not exist, and help to identify nobody; and white faces come out much more often than others, most
# likely because of the pictures that the generator was trained on. What was rare in the training
# fades.
#
# **A medical picture.** Of a small lesion, a fine fracture, a narrow vessel much lies in the hidden
# part. A network that has seen mostly healthy scans fills it in as healthy; one that has seen many
# tumours may add one. Cohen et al. (2018) showed both, with networks that turn one kind of scan
# into another. Research on scanners splits its results as we did here, and maps what was made up in
# the null space (Bhadra et al. 2021).
#
# PSNR does not warn of any of this.

# %%
print(f"the wrong plate against the true one: {psnr(plate_8, plate_3):.0f} dB")
best = max(answers, key=lambda model: psnr(plate_8, answers[model]))
print(f"the best of the four enlargements, {best}: {psnr(plate_8, answers[best]):.0f} dB")

# %% [markdown]
# By PSNR the wrong plate beats every honest enlargement.
#
# **What SR is good for:** films and photographs that are to be looked at; a video that is sent
# small and shown large; prints; a first step before another program, where one has *measured* that
# the program gains by it, as in the lesson before this one. Three habits keep it honest. Say that
# it is an SR picture, and by which model. Keep the LR picture beside it. And take decisions about
# people on the LR picture.
#
# ## Live: can you tell them apart?
#
# Plates are drawn to deceive. What about photographs? Below, ten crops, each as it was, and shrunk
# by 2 and enlarged by edsr-mini. Say which is the original.


# %%
def original_and_sr(name, top, left, side=128, around=8):
    """A crop of a photograph, and what edsr-mini makes of it; enlarged with its surroundings."""
    end = side + around
    block = sr.images.sample(name)[top - around : top + end, left - around : left + end]
    enlarged = sr.upscale(make_lr(block, 2), 2, "edsr-mini")
    return tuple(picture[around:-around, around:-around] for picture in (block, enlarged))


crops = (
    ("astronaut", 40, 160),
    ("astronaut", 330, 300),
    ("chelsea", 80, 120),
    ("chelsea", 150, 300),
    ("coffee", 120, 230),
    ("coffee", 60, 400),
    ("rocket", 200, 280),
    ("camera", 80, 170),
    ("brick", 100, 100),
    ("gravel", 200, 200),
)
BlindChoice(
    [original_and_sr(*crop) for crop in crops],
    key="15-blind",
    names=[f"{name} {number}" for number, (name, *_) in enumerate(crops, 1)],
)

# %% [markdown]
# **Try**
#
# - Answer all ten from arm's length, then once more with your nose at the screen.
# - Which crops gave themselves away, and by what? Look at textures first, then at single lines.
#
# **Notice** how wide the interval is that stands beside your share of hits. Ten answers are few. If
# all of them were coin tosses, how often would you still look good?

# %%
ways = [comb(10, hits) for hits in range(11)]
for hits in (5, 7, 8, 9, 10):
    chance = sum(ways[hits:]) / 2**10
    print(f"{hits:2} or more of 10 by guessing alone: {chance:6.1%} of the time")

# %% [markdown]
# Turned round: which true rates go with what was seen? Wilson's interval (1927) takes all rates $r$
# from which the observed share $k/n$ is no farther than 1.96 standard deviations,
# $\sqrt{r(1-r)/n}$. The widget shows it, and `wilson` computes it:

# %%
for right, trials in ((6, 10), (8, 10), (10, 10), (60, 100), (600, 1000)):
    low, high = wilson(right, trials)
    print(f"{right:3} of {trials:4}: the true rate is between {low:.0%} and {high:.0%}")

# %% [markdown]
# Six of ten goes with guessing, and with being right four times out of five. "Viewers could not
# tell the difference" is a claim about an interval, and with ten trials it claims very little. It
# takes about a thousand to pin a rate down to three points on either side.
#
# And suppose nobody could tell. That would say that the SR pictures *look* like photographs. The
# ten plates would pass for plates too.
#
# ## Exercises
#
# ### 1. The check
#
# Write the consistency check for 8-bit pictures: `lr` is (H, W, 3), `sr` is `scale` times as high
# and wide, both uint8. Use `imresize` and `psnr`.


# %%
def my_consistency(lr, sr, scale):
    pass  # your lines here


check("15-consistency", my_consistency)

# %% [markdown]
# <details><summary>Solution: 15-consistency</summary>
#
# ```python
# def my_consistency(lr, sr, scale):
#     return psnr(lr, imresize(sr, 1 / scale))
# ```
#
# `imresize` rounds and clips what it makes of a uint8 picture, as the protocol does.
#
# </details>
#
# ### 2. Out of sight
#
# The downsampling shrinks a picture `d` to `rows @ d @ cols.T`. Return all of `detail` that it
# cannot see. (`detail` need not be square.)


# %%
def my_hidden(detail, rows, cols):
    pass  # your lines here


check("15-hidden", my_hidden)

# %% [markdown]
# <details><summary>Solution: 15-hidden</summary>
#
# ```python
# def my_hidden(detail, rows, cols):
#     small = rows @ detail @ cols.T
#     return detail - np.linalg.pinv(rows) @ small @ np.linalg.pinv(cols).T
# ```
#
# </details>
#
# ### 3. By guessing
#
# Somebody was right in `right` of `trials` two-way choices. How often would a coin be right as
# often as that, or more often? `comb(n, k)` counts the ways to be right in k of n.


# %%
def by_guessing(right, trials):
    pass  # your lines here


check("15-by-guessing", by_guessing)

# %% [markdown]
# <details><summary>Solution: 15-by-guessing</summary>
#
# ```python
# def by_guessing(right, trials):
#     return sum(comb(trials, hits) for hits in range(right, trials + 1)) / 2**trials
# ```
#
# </details>
#
# ## Key points
#
# - At scale $s$ all but one in $s^2$ dimensions of a picture are hidden from its LR picture. What
#   lies there, an 8 or a 3, no network can know.
# - A consistency check can prove an SR picture wrong, and never right: the wrong plate passes it
#   perfectly.
# - An SR picture is for looking at. Ask the LR picture which candidates fit, and ask how many
#   trials stand behind "cannot be told apart".
#
# **Next** [16 · Colorization](16_colorization.ipynb): colours for a grey picture, where even more
# is open.
#
# ## References
#
# - M. Irani and S. Peleg, *Improving resolution by image registration*, CVGIP: Graphical Models and
#   Image Processing 53(3), 1991.
# - Y. Bahat and T. Michaeli, *Explorable super resolution*, CVPR 2020, arXiv:1912.01839: a network
#   that lets its user move through the pictures that fit.
# - A. Lugmayr et al., *NTIRE 2021 learning the super-resolution space challenge*, CVPR
#   workshops 2021.
# - Y. Blau and T. Michaeli, *The perception-distortion tradeoff*, CVPR 2018, arXiv:1711.06077.
# - S. Menon, A. Damian, S. Hu, N. Ravi and C. Rudin, *PULSE: Self-supervised photo upsampling via
#   latent space exploration of generative models*, CVPR 2020, arXiv:2003.03808, and the notes of
#   its authors beside their code.
# - S. Bhadra, V. A. Kelkar, F. J. Brooks and M. A. Anastasio, *On hallucinations in tomographic
#   image reconstruction*, IEEE Transactions on Medical Imaging 40(11), 2021, arXiv:2012.00646.
# - J. P. Cohen, M. Luck and S. Honari, *Distribution matching losses can hallucinate features in
#   medical image translation*, MICCAI 2018, arXiv:1805.08841.
# - E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of
#   the American Statistical Association 22, 1927.
