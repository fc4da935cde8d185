# %% [markdown]
# # 19 · The report card
#
# This course grew out of a report. You have met its statements one by one, each with a verdict. Now
# all of them come together, measured again on your machine, in a few seconds. Then it is our turn:
# the same is done to the course's own networks.
#
# **You will be able to**
#
# - turn a sentence into a measurement, and say what would make it fail;
# - tell a statement that does not hold from one that holds with a limit, and both from one that
#   cannot be checked;
# - read a paper's, or your own, claim with the questions that this course has taught.
#
# **Time** about 30 minutes · **Before this** any of the lessons; you will recognise what you have
# seen

# %%
import inspect

import matplotlib.pyplot as plt
import numpy as np

import srcourse as sr
from srcourse import claims, results
from srcourse.classroom import check
from srcourse.metrics import psnr, ssim
from srcourse.widgets import ModelCompare, Predict

# %% [markdown]
# ## Predict first
#
# The report is the work of five students, with two who guided them, and much of it retells known
# papers. Leave aside what no measurement can settle, such as what cones in the eye do. Of the rest,
# how much holds just as it stands?

# %%
Predict(
    "19-holds",
    "Of the statements that can be checked, how many hold as they stand, without a limit?",
    choices=["nine in ten", "seven in ten", "not quite half"],
    answer="not quite half",
    because="Most of the others are not wrong either. They hold, but under a condition that the "
    "sentence leaves out. The count stands below.",
)

# %% [markdown]
# ## From a sentence to a measurement
#
# One sentence of section 2.4.2: *padding 5×5 to 6×6 keeps it 5×5 under a 3×3 kernel.* To check it
# is to write a function that could come out either way:

# %%
one = next(c for c in claims.claims("2.4.2") if "6×6" in c.statement)
print(inspect.getsource(one.measure))
found = one.measure()
print(f"{found.verdict}: {found.evidence}")

# %% [markdown]
# The first line has the statement and the verdict on record; `graded` turns a yes or no into a
# verdict, with its evidence.
#
# Three things make this worth more than an opinion. The number comes from the code that the lesson
# used. If the code were broken, the verdict would change, and a test would fail. And the evidence
# says what is right instead.
#
# There are four verdicts:
#
# - **holds**: the measurement agrees;
# - **holds with a limit**: it agrees under a condition that the sentence leaves out, and the
#   evidence names it;
# - **does not hold**: the measurement disagrees;
# - **not checkable**: it is about what others did, or about people, or it is too vague to fail.
#
# The last is not a reproach. "The server has four processors" is true or not, but no cell here can
# tell.
#
# ## All of them

# %%
card = claims.table()
counts = card.counts()
checkable = len(card.rows) - counts["not checkable"]
print(f"{len(card.rows)} statements")
for verdict, count in counts.items():
    print(f"{verdict:<20}{count:4}")
as_they_stand = counts["holds"] / checkable
print(f"\nof the {checkable} that can be checked, {as_they_stand:.0%} hold as they stand")

# %% [markdown]
# Not all chapters are alike:

# %%
CHAPTERS = {
    "1": "overview",
    "2": "background",
    "3": "literature",
    "4": "EDSR",
    "5": "PRS",
    "6": "colorization",
    "7": "application",
}
by_chapter = {
    number: [finding.verdict for claim, finding in card.rows if claim.section[0] == number]
    for number in CHAPTERS
}
LOOKS = {
    "holds": ("#0072B2", ""),
    "holds with a limit": ("#56B4E9", "//"),
    "does not hold": ("#D55E00", "xx"),
    "not checkable": ("#DDDDDD", ".."),
}
_, axis = plt.subplots(figsize=(9, 3.8), layout="constrained")
names = [f"{number} {name}" for number, name in CHAPTERS.items()]
left = np.zeros(len(names))
for verdict, (colour, hatch) in LOOKS.items():
    width = np.array([found.count(verdict) for found in by_chapter.values()])
    axis.barh(names, width, left=left, color=colour, hatch=hatch, edgecolor="white", label=verdict)
    for y, (start, count) in enumerate(zip(left, width, strict=True)):
        if count:
            box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
            axis.text(start + count / 2, y, count, ha="center", va="center", fontsize=8, bbox=box)
    left += width
axis.invert_yaxis()
axis.set_xlabel("statements")
axis.legend(loc="lower right", fontsize=9)
plt.show()

# %% [markdown]
# *One bar for each chapter. Orange is what does not hold: it is longest in chapter 2, which
# explains the basics.*
#
# ### What does not hold


# %%
def with_verdict(verdict):
    return claims.Table(tuple(row for row in card.rows if row[1].verdict == verdict))


with_verdict("does not hold")

# %% [markdown]
# Read down the column. The errors are of a few kinds, and you will meet all of them elsewhere:
#
# - **A word in the wrong place.** The products of a convolution are added, not *multiplied as
#   matrices*; its numbers are not *integers*; PSNR is not *subjective*. Whoever implements the
#   sentence gets another program.
# - **A slip in counting.** 6×6 for 7×7; FSRCNN's layers; a table whose keywords slid by one row.
#   Nobody had run it.
# - **A special case taken for a law.** A valid convolution of 5×5 has the kernel's size, but of
#   6×6 it has not.
# - **A conclusion that outruns its evidence.** That 32 % were fooled does not make pictures nearly
#   photorealistic.
# - **What everybody says.** That pooling makes features independent of position is in many
#   textbooks. It took one line to measure how far they change.
#
# ### What holds with a limit
#
# This is the largest group after those that hold, and the most useful. A limit is something that
# you have to know before you rely on the sentence.

# %%
with_verdict("holds with a limit")

# %% [markdown]
# ### What cannot be checked

# %%
with_verdict("not checkable")

# %% [markdown]
# Some of it could have been checked, had the report told how it was done: with what kernel its
# pictures were made small, on which split, with how many runs. *A result that cannot be repeated
# was not written down in full.*
#
# ### What holds

# %%
with_verdict("holds")

# %% [markdown]
# The same list, without a notebook: `srcourse claims`, one chapter of it: `srcourse claims 5`, or
# for a program: `srcourse claims --json`. It ends with an error if a verdict is another one than
# the course has on record.
#
# ## Live: be the judge
#
# In its section 4.3 the report sets EDSR beside the traditional ways, at ×2, ×3 and ×4, and lets
# the reader look. Do the same, with figures.

# %%
ModelCompare("bicubic", "edsr-mini", 3, "coffee")

# %% [markdown]
# **Try**
#
# - Choose ×2, ×3 and ×4 in turn, and move the line. Where does EDSR's lead show most?
# - Upload a photograph of your own. Does the verdict hold for it?
# - Find a place where bicubic is the better one.
#
# **Notice** that you have begun to ask *on which picture, at which scale, by which measure?* Those
# are the limits of the sentence "EDSR is better".
#
# ## Our own card
#
# A course that judges should be judged. These are the networks that ship with it, beside what their
# papers printed for the networks they are named after. Mini networks are smaller than any paper's,
# and are set against the full one.

# %%
PAPERS = {  # PSNR-Y on Set5 at ×2, ×3 and ×4, as printed
    "srcnn": (36.66, 32.75, 30.48),
    "fsrcnn": (37.00, 33.16, 30.71),
    "btsrn-mini": (37.75, 34.03, 31.85),
    "selnet-mini": (37.89, 34.27, 32.00),
    "edsr-mini": (38.11, 34.65, 32.46),
    "edsr-baseline": (37.98, 34.37, 32.09),
}
print(f"{'PSNR on Set5, dB':<18}{'ours':>8}{'paper':>8}{'behind by':>11}{'trained, hours':>16}")
behind = {}
for key, entry in sorted(results.manifest().items()):
    name, scale = entry["recipe"]["model"], entry["recipe"]["scale"]
    if name in PAPERS:
        ours, theirs = entry["measured"]["Set5"]["psnr"], PAPERS[name][scale - 2]
        gap, hours = theirs - ours, entry["hours"]
        behind[key] = gap
        print(f"{key:<18}{ours:8.2f}{theirs:8.2f}{gap:11.2f}{hours:16.1f}")
print("\nany of ours ahead of its paper:", min(behind.values()) < 0)

# %% [markdown]
# So FSRCNN is level with its paper, a little ahead at ×2 and ×4 and a little behind at ×3. SRCNN
# has reached its figure at ×2. All the others are behind, and the last column is one reason: a few
# hours of a processor, where EDSR's authors trained for days on a graphics card.
# The mini networks also have a fraction of the weights. Every statement of this course about "EDSR"
# was measured with edsr-mini: put that limit on each of them.
#
# What else we would write on our own card:
#
# - the classifier of the [PRS study](14_performance_recovery_score.ipynb) is one small network;
# - the [colorizer](16_colorization.ipynb) saw a small part of what its paper's saw, and did not
#   repeat its main finding;
# - no panel of viewers has judged our pictures; you are the first.
#
# ## Six questions
#
# For the next paper, and for your own results:
#
# 1. What would the measurement show if the sentence were false?
# 2. On which pictures, and were any of them trained on?
# 3. By which measure, with which border, range and channel ([lesson 13](13_psnr_and_ssim.ipynb))?
# 4. Beside what? Is the simplest method in the table?
# 5. How far would it move in another run, or with other pictures
#    ([lesson 14](14_performance_recovery_score.ipynb))?
# 6. Could someone else repeat it from what is written?
#
# ## Exercises
#
# ### 1. Does it move along?
#
# "Convolution does not care *where* a thing is": move the picture, and the result moves along.
# Write the check. `operation` takes a picture (H, W) and returns one of the same size. Move
# `picture` by one pixel to the right (the last column comes in at the left: `np.roll`), and return
# one bool: whether the operation's result moves in the same way, in every pixel to within 1e-9.
# It must be able to say no.


# %%
def moves_along(operation, picture):
    pass  # your lines here


check("19-moves-along", moves_along)

# %% [markdown]
# <details><summary>Solution: 19-moves-along</summary>
#
# ```python
# def moves_along(operation, picture):
#     moved_first = operation(np.roll(picture, 1, axis=1))
#     moved_last = np.roll(operation(picture), 1, axis=1)
#     return bool(np.allclose(moved_first, moved_last, rtol=0, atol=1e-9))
# ```
#
# Moving before and moving after must agree. Comparing with the picture that was not moved would
# ask something else: whether moving changes nothing.
#
# </details>
#
# ### 2. One counterexample is enough
#
# "The picture with the higher PSNR has the higher SSIM too." Refute it. Given an original (H, W),
# `uint8`, return two others `a`, `b` of the same shape and type, such that `a` has the higher PSNR
# and `b` the higher SSIM, each by a clear margin: 0.5 dB, and 0.02. Try with `psnr(original, a)`
# and `ssim(original, a)`, as here:

# %%
original = sr.images.sample("camera")[64:192, 64:192]
softer = np.rint((original + np.roll(original, 1, axis=1).astype(float)) / 2).astype(np.uint8)
print(f"softer: {psnr(original, softer):.1f} dB, SSIM {ssim(original, softer):.2f}")


# %%
def refute(original):
    pass  # your lines here


check("19-refute", refute)

# %% [markdown]
# <details><summary>Solution: 19-refute</summary>
#
# ```python
# def refute(original):
#     random = np.random.default_rng(0)
#     noisy = original + random.normal(0, 12, original.shape)
#     a = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
#     b = np.rint(0.7 * original).astype(np.uint8)
#     return a, b
# ```
#
# Noise costs structure. Another brightness or contrast costs decibels, and almost no structure.
# Whichever you chose: the sentence is not wrong on average, but "has" was too strong.
#
# </details>
#
# ### 3. The verdict
#
# Two methods were measured on the same n pictures; `gains`, an array (n,) in dB, holds
# the first one's PSNR less the second one's, picture by picture. The statement is *the first is
# better*. Take the 95 % interval of the mean: the mean ± 1.96 · s / √n, with the sample's standard
# deviation s (`ddof=1`). Return `"holds"` if all of the interval lies above 0, `"does not hold"`
# if all of it lies below, and `"not settled"` otherwise.


# %%
def verdict(gains):
    pass  # your lines here


check("19-verdict", verdict)

# %% [markdown]
# <details><summary>Solution: 19-verdict</summary>
#
# ```python
# def verdict(gains):
#     gains = np.asarray(gains, float)
#     half = 1.96 * gains.std(ddof=1) / np.sqrt(len(gains))
#     if gains.mean() - half > 0:
#         return "holds"
#     if gains.mean() + half < 0:
#         return "does not hold"
#     return "not settled"
# ```
#
# "Not settled" is a verdict too, and the one that papers leave out.
#
# </details>
#
# ## Key points
#
# - A statement is worth as much as the measurement that could have refuted it.
# - Most sentences that sound like laws hold with a limit: a data set, a scale, a measure. Say it.
# - Judge your own results by the same questions, and write down what falls short.
#
# **You are through.** [Lesson 00](00_start_here.ipynb) shows which exercises are left. Then take
# some pictures of your own, a network of this course, and make one statement about it that you
# would defend.
#
# ## References
#
# - J. P. A. Ioannidis, *Why most published research findings are false*, PLoS Medicine 2(8), 2005.
# - J. Pineau et al., *Improving reproducibility in machine learning research*, JMLR 22, 2021,
#   arXiv:2003.12206.
# - S. Kapoor and A. Narayanan, *Leakage and the reproducibility crisis in machine-learning-based
#   science*, Patterns 4(9), 2023, arXiv:2207.07048.
