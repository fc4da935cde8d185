# %% [markdown]
# # 14 · Performance recovery score
#
# PSNR and SSIM ask how near an enlarged picture comes to the original. The source report proposes
# another question: does a classifier still see what the picture shows? It calls the answer the
# performance recovery score, PRS, and finds 0.9865 for its EDSR. The idea is a good one. This
# lesson runs the experiment, asks how sure such a number is, and what it is a number of.
#
# **You will be able to**
#
# - use a classifier as a judge of pictures, in three ways that answer three questions;
# - put an interval on a ratio by the bootstrap, and say why it should be paired;
# - say what the report's 0.9865 shows, and what it does not.
#
# **Time** about 40 minutes · **Before this** [13 · PSNR and SSIM](13_psnr_and_ssim.ipynb)

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch

from srcourse import claims, recovery, results
from srcourse.classroom import check
from srcourse.metrics import psnr, ssim
from srcourse.models.classifier import Classifier
from srcourse.recovery import study
from srcourse.recovery.crops import NAMES
from srcourse.widgets import Predict, RecoveryExplorer

torch.set_num_threads(1)  # the networks below are so small that more threads would not help
BLUE, ORANGE, GREY = "#0072b2", "#e69f00", "#777777"

# %% [markdown]
# ## Predict first
#
# The report makes images of 16 × 16 from CIFAR-10's 32 × 32, and lets EDSR enlarge them again. A
# small classifier, trained anew each time, is right in 67.99 % of the originals and in 67.07 % of
# what EDSR made: 0.9865 of it. It was also trained and tested on the images of 16 × 16, with
# nothing enlarged at all.

# %%
Predict(
    "14-lr-alone",
    "How many per cent of the originals' accuracy does it reach on those?",
    answer=lambda: round(100 * study.SOURCE["lr"] / study.SOURCE["original"], 1),
    unit="%",
    because="0.6000 of 0.6799. The scale on which 98.65 % stands does not begin at 0.",
)

# %% [markdown]
# ## What should “recovered” mean?
#
# A classifier $C$ is shown test images in some version $A$: as they were, made smaller, or enlarged
# by some method. We call each version an **arm**. Let $a(C, A)$ be the classifier's accuracy, the
# share of the images that it names rightly. $O$ are the originals, and $C_A$ is a classifier that
# was trained on arm $A$. Then three things can be asked.
#
# - **matched**: had one nothing but such pictures, to learn from and to be tested on, how well
#   would one do?
# - **fixed**: does someone who knows the originals recognise these?
# - **normalized**: of what a floor $F$ loses, say bicubic, how much is won back?
#
# $$\text{matched} = \frac{a(C_A, A)}{a(C_O, O)} \qquad
# \text{fixed} = \frac{a(C_O, A)}{a(C_O, O)} \qquad
# \text{normalized} = \frac{a(A) - a(F)}{a(O) - a(F)}$$
#
# The report's PRS is the matched one. Its judge changes from arm to arm: it can learn to live with
# blur, as one learns to read without glasses. The fixed judge cannot. Zhang, Isola and Efros (2016)
# asked a network trained on colour photographs about photographs that they had coloured. And the
# third score, taken of either judge, puts the zero where doing the simplest thing gets one.
#
# In code, all three start from a table `right`: a row for each classifier (they differ in their
# random start, the **seed**), a column for each image, and 1 where the image was named rightly.


# %%
def prs(sr, top):
    return sr.mean() / top.mean()


def won_back(sr, top, floor):
    return (sr.mean() - floor.mean()) / (top.mean() - floor.mean())


def agreement(named_one, named_other):
    return (named_one == named_other).mean()


random = np.random.default_rng(0)
hard = random.random(500)  # how hard each of 500 made-up images is
top, sr, floor = (
    (hard + random.normal(0, 0.1, (3, 500)) < share).astype(int) for share in (0.7, 0.65, 0.5)
)
print(f"PRS {prs(sr, top):.3f}, of what the floor lost {won_back(sr, top, floor):.3f} is won back")
print("the course's functions say the same:", end=" ")
print(
    np.isclose(prs(sr, top), recovery.ratio(sr, top).value),
    np.isclose(won_back(sr, top, floor), recovery.normalized(sr, top, floor).value),
    np.isclose(agreement(sr, top), recovery.agreement(sr, top)),
)

# %% [markdown]
# The last function needs no truth at all. It asks how often two judges, or one judge of two
# versions, give the same answer, be it right or wrong. Two arms can have one accuracy and yet agree
# in little.
#
# ## The experiment, small and live
#
# CIFAR-10 takes an hour or two, and comes later. For now we use the task of
# [lesson 04](04_pooling_and_classification.ipynb): which of ten photographs is this crop from? The
# classifiers learn from crops of the left halves and are tested on crops of the right halves. Every
# arm but the first has seen only the small pictures.

# %%
train = recovery.crops("left", 1000)
validation = recovery.crops("left", 300, seed=1)
test = recovery.crops("right", 1000, seed=2)
enlarged = ["nearest", "bicubic", "edsr-mini"]
arms = ["original", "lr", *enlarged]

examples = test[[33, 11, 17, 38]]
figure, axes = plt.subplots(4, len(arms), figsize=(8, 6.4), layout="constrained")
for column, arm in zip(axes.T, arms, strict=True):
    for axis, picture in zip(column, recovery.make(arm, examples.images), strict=True):
        axis.imshow(picture, vmin=0, vmax=255)
        axis.axis("off")
    column[0].set_title(arm)
plt.show()

# %% [markdown]
# *Four crops in five versions: a tower, fur, brick, grass. Look at the thin bars and the blades:
# what is finer than the small picture's pixels is gone for good. Nearest neighbour puts edges where
# there were none, bicubic has none that are sharp, and edsr-mini guesses.*
#
# Now three classifiers for each arm, as the report's section 5.3 has it: two convolutions, two
# dense layers. Those of one seed begin with the same random weights and see the crops in the same
# order, so that arms differ in nothing but their pictures. This takes about half a minute.

# %%
outcome = recovery.run(
    train,
    validation,
    test,
    arms,
    NAMES,
    seeds=3,
    setting=recovery.Setting(epochs=6, features=16, batch=32, rate=2e-3),
)
print(len(outcome.arms) * outcome.seeds, "classifiers were trained")

# %% [markdown]
# ### What the judges say


# %%
def draw_scores(axis, matched, fixed):
    """The PRS of each arm: thick its interval over images, thin the one over seeds."""
    places = {arm: -place for place, arm in enumerate(matched)}
    for kind, scores, colour, up in (
        ("matched", matched, BLUE, 0.13),
        ("fixed", fixed, ORANGE, -0.13),
    ):
        for number, (arm, score) in enumerate(scores.items()):
            y = places[arm] + up
            if score.over_seeds:
                axis.plot(score.over_seeds, [y, y], color=colour, linewidth=1)
            axis.plot(score.over_images, [y, y], color=colour, linewidth=5, alpha=0.4)
            axis.plot(score.value, y, "o", color=colour, label=None if number else kind)
    axis.axvline(1, color=GREY, linestyle="--", linewidth=1)
    axis.set_yticks(list(places.values()), places)
    axis.set(xlabel="PRS, share of the originals' accuracy", ylim=(0.6 - len(places), 0.4))
    axis.legend(frameon=False)


matched = {arm: outcome.prs(arm) for arm in ("lr", *enlarged)}
fixed = {arm: outcome.prs(arm, "fixed") for arm in enlarged}
figure, axis = plt.subplots(figsize=(8, 3.2), layout="constrained")
draw_scores(axis, matched, fixed)
axis.set_title("ten photographs, 1000 crops, 3 seeds")
plt.show()

# %% [markdown]
# *Each dot is a PRS; the dashed line is the originals'. Thick: where it might have come to lie with
# other crops. Thin: where, with classifiers from other random starts. The fixed judge was trained
# on 32 × 32 and cannot look at the LR pictures.*
#
# Other processors round differently, and training amplifies it; so the cell below prints statements
# that have room to spare.

# %%
seeds = {arm: outcome.right(arm, "fixed").mean(axis=1) for arm in ("original", *enlarged)}
print("chance: 0.1; accuracy on the originals above 0.45:", seeds["original"].mean() > 0.45)
print("matched, LR pictures as they are: PRS above 0.8:", matched["lr"].value > 0.8)
print("fixed: all below 1, intervals over images too:", end=" ")
print(all(score.over_images[1] < 1 for score in fixed.values()))
for arm in ("edsr-mini", "nearest"):
    ahead = (seeds[arm] > seeds["bicubic"]).all()
    print(f"fixed: {arm} is ahead of bicubic with each of the three classifiers: {ahead}")
same = {arm: outcome.agreement(arm, "fixed") for arm in enlarged}
print("fixed: edsr-mini keeps more answers than bicubic:", same["edsr-mini"] > same["bicubic"])

# %% [markdown]
# Four things to take along.
#
# **The zero is not at 0.** The LR pictures hold a quarter of the pixels, and a classifier of their
# own gets most of the accuracy from them. Whoever enlarges them begins there.
#
# **The judges differ.** To the fixed judge the enlargements lie far apart, for it misses what it
# was trained on. The matched judges adapt, and theirs lie close together.
#
# **Luck counts.** The thin lines are long: whether a classifier had a good start moves a score
# about as much as the method does. One training for each arm, as in the report, cannot tell the two
# apart. The fixed judge has an advantage here. The same classifier sees all arms, and one can ask,
# as the cell does, what each of the three says of two of them.
#
# **Nearest neighbour beats bicubic** with the fixed judge. By PSNR it is the other way round
# ([lesson 07](07_interpolation.ipynb)). We come back to that.
#
# ## Live: who recovers what
#
# A ratio of two accuracies does not say *which* images were lost and won. Choose two arms. An image
# counts as recovered when the share that softmax gives to the true photograph, as a mean of the
# three classifiers, reaches the threshold.

# %%
RecoveryExplorer(outcome, "bicubic", "edsr-mini", "fixed")

# %% [markdown]
# **Try**
#
# - Look at the crops that only edsr-mini recovers. Which photographs are they from? Then show those
#   that only bicubic recovers.
# - Set the left arm to *original*. Is there a crop that is recovered from edsr-mini's guess, and
#   not from the truth?
# - Move the threshold from 0.3 to 0.8 with the arrow keys. Do the counts keep their order? A
#   threshold that was chosen after looking can prove a lot.
# - Change the classifier to *matched*, and compare *lr* with *bicubic*.
#
# **Notice** that the images on which two arms differ are few. Only those say which of the two is
# better. A test that uses only them is McNemar's (1947): were the arms equally good, it would be a
# coin that decides which of the two has each such image.

# %%
explorer = RecoveryExplorer(outcome, "bicubic", "edsr-mini", "fixed")
counts = explorer.counts()
differ = counts["first"] + counts["second"]
print("fewer than 2 in 10 images tell the two apart:", differ < 0.2 * len(test))
print("most of them fall to edsr-mini:", counts["second"] > 2 * counts["first"])
textures = [NAMES.index(name) for name in ("hubble_deep_field", "brick", "grass", "gravel")]
share = np.isin(test.labels[explorer.members()], textures).mean()
print("of those, stars, brick, grass or gravel: more than 8 in 10:", share > 0.8)

# %% [markdown]
# What a classifier goes by here is texture, as lesson 04 found, and the finest texture is what
# bicubic takes away. A judge who goes by something else would see another difference.
#
# ## How sure? The bootstrap
#
# We tested on 1000 crops. With other crops the score would have come out differently, and we would
# like to know by how much. But we have no others. Efron's idea (1979): the crops that we have are
# the best picture we have of all there could be. So draw from *them*, with replacement, as many as
# there are. Some come twice, some not at all. Compute the score again, and do that 2000 times. Here
# it is, for a ratio:


# %%
def bootstrap(sr, top, draws=2000, paired=True):
    random = np.random.default_rng(0)
    sr, top = sr.mean(axis=0), top.mean(axis=0)  # of each image, over the seeds
    images = random.integers(len(sr), size=(draws, len(sr)))
    others = images if paired else random.integers(len(sr), size=(draws, len(sr)))
    return sr[images].mean(axis=1) / top[others].mean(axis=1)


sr, top = outcome.right("edsr-mini", "fixed"), outcome.right("original")
drawn = {"paired": bootstrap(sr, top), "unpaired": bootstrap(sr, top, paired=False)}
intervals = {how: np.quantile(values, [0.025, 0.975]) for how, values in drawn.items()}
width = {how: high - low for how, (low, high) in intervals.items()}
print(
    "the paired one is what the course computes:",
    np.allclose(intervals["paired"], recovery.ratio(sr, top).over_images),
)
print("unpaired is more than twice as wide:", width["unpaired"] > 2 * width["paired"])

figure, axis = plt.subplots(figsize=(8, 3), layout="constrained")
for (how, values), colour in zip(drawn.items(), (BLUE, ORANGE), strict=True):
    axis.hist(values, bins=60, density=True, color=colour, alpha=0.5, label=how)
    for end in intervals[how]:
        axis.axvline(end, color=colour, linewidth=1.5)
axis.axvline(1, color=GREY, linestyle="--", linewidth=1)
axis.set(xlabel="PRS of edsr-mini, fixed", yticks=[], title="2000 draws")
axis.legend(frameon=False)
plt.show()

# %% [markdown]
# *Lines of each colour enclose 95 % of the draws. Both are from the same answers.*
#
# **Paired** means that both arms get the same images in each draw. They *were* tested on the same
# images, and what is hard for one is hard for the other. If a draw happens to hold many hard ones,
# both accuracies go down, and the ratio hardly moves. The unpaired interval pretends that each arm
# was tested on images of its own. It is not wrong, but it throws away what we know.
#
# Three cautions.
#
# - This interval answers for other *images*. Other random starts are another question; for that
#   the score is computed seed by seed, and Student's t gives the thin lines above. A single run
#   has no such line, which does not mean that it is short.
# - It takes the images as independent. Our crops are from ten photographs, and many overlap: for
#   other photographs the true interval is wider. CIFAR-10's images are separate ones.
# - It knows nothing of what was the same in all draws: the recipe, the way the LR pictures were
#   made, the task.
#
# ### When there is no score
#
# The normalized score divides by what the floor loses. If that is nothing, there is nothing to win
# back. A small sample may not tell:

# %%
random = np.random.default_rng(3)
hard = random.random(150)
top, floor, sr = (
    (hard + random.normal(0, 0.1, (1, 150)) < share).astype(int) for share in (0.70, 0.67, 0.69)
)
images = random.integers(150, size=(2000, 150))
gap = top[0, images].mean(axis=1) - floor[0, images].mean(axis=1)
low, high = np.quantile(gap, [0.025, 0.975])
print(f"originals {top.mean():.3f}, floor {floor.mean():.3f}, SR {sr.mean():.3f}")
print(f"originals − floor: 95 % interval [{low:.3f}, {high:.3f}]")
print(f"of the draws, {np.mean(gap <= 0):.0%} have no gap at all, or one the other way round")
print(f"the ratio itself would be {won_back(sr, top, floor):.2f}")
print("normalized:", recovery.normalized(sr, top, floor))

# %% [markdown]
# A share of a gap that may be zero is not a large number, nor infinite: it is undefined, and the
# function says so.
#
# ## In full: CIFAR-10
#
# Now the report's own experiment. `srcourse prs --cifar10 FOLDER` runs it, on two cores in one to
# two hours; what it found lies in `data/results`. The protocol was fixed before: the report's
# split, several seeds, an LR picture that is made as in [lesson 06](06_the_problem.ipynb) and
# nothing else, and one arm more with noise, as the report calls its images noisy and does not say
# how. The networks had the weights that shipped on the day it was run; some have learned on since.

# %%
record = results.read("prs_cifar10")
found = record["results"]
protocol = found["protocol"]
model = protocol["model"]
print(record["data"], "on", record["date"])
print("images:", ", ".join(f"{count:,} {name}" for name, count in protocol["images"].items()))
print(f"{protocol['seeds']} seeds, {protocol['setting']['epochs']} epochs; LR: ", end="")
print(protocol["degradation"])
print(f"arms that end in “noisy”: {protocol['noisy']}\n")
print(study.table(found))

# %%
split = {
    kind: {arm: recovery.Score(**entry["prs"]) for arm, entry in entries.items()}
    for kind, entries in found["tests"]["split"].items()
}
matched, fixed = (
    {arm: score for arm, score in split[kind].items() if arm != "original"} for kind in split
)
figure, axis = plt.subplots(figsize=(8, 4.6), layout="constrained")
draw_scores(axis, matched, fixed)
axis.axvline(found["source"]["prs"], color=BLUE, linestyle=":", linewidth=1.5)
axis.set_title("CIFAR-10, the report's split")
plt.show()

# %% [markdown]
# *As above: thick over images, thin over seeds, dashed the originals. Dotted: the report's 0.9865,
# which is a matched score.*

# %%
low, high = matched[model].over_images
print(
    f"{model}, matched: the report's 0.9865 lies in [{low:.3f}, {high:.3f}]:", low <= 0.9865 <= high
)
clean = [arm for arm in matched if "noisy" not in arm]
spread = [
    max(s[a].value for a in s if a in clean) - min(s[a].value for a in s if a in clean)
    for s in (matched, fixed)
]
print(f"best less worst, without noise: matched {spread[0]:.3f}, fixed {spread[1]:.3f}")
print(
    "matched, above bicubic:",
    ", ".join(a for a in clean if matched[a].value > matched["bicubic"].value),
)
won = {
    kind: recovery.Score(**found["tests"]["split"][kind][model]["normalized"])
    for kind in ("matched", "fixed")
}
for kind, score in won.items():
    print(f"of what bicubic loses, {model} wins back, {kind}: {score}", end="; ")
    print("over seeds [{:.2f}, {:.2f}]".format(*score.over_seeds))

# %% [markdown]
# Read the plot from the blue dots. With judges of their own, all the methods without noise crowd
# together: what separates the best from the worst is less than what separates two trainings of one
# arm in an unlucky draw. Nearest neighbour, which adds nothing to the LR picture, is ahead of
# bicubic, SRCNN and FSRCNN (on the official images, below, SRCNN draws level); LR alone is level
# with bicubic. EDSR is ahead of all, by little, and not with each seed. The judges have adapted.
#
# Now the orange dots. The fixed judge spreads the methods out over nine times the range, and puts
# the networks in the order in which lesson 12 found them by PSNR: SRCNN, FSRCNN, EDSR. Bicubic is
# last, behind nearest neighbour, as it was on the crops. A little noise in the LR picture costs
# EDSR about a third of what it has over bicubic; with judges of their own, it costs more than all.
#
# And the report's 0.9865? Our matched EDSR stays below it, and its interval does not reach up to 1.
# Their degradation, their EDSR and their training were others, so that this does not refute their
# figure. It shows how much a PRS depends on what the report leaves open.

# %%
curves = found["curves"]
figure, axes = plt.subplots(
    2, -(-len(curves) // 2), figsize=(11, 4.6), layout="constrained", sharex=True, sharey=True
)
for axis, (arm, seeds) in zip(axes.flat, curves.items(), strict=False):
    for curve in seeds:
        epochs = range(1, len(curve) + 1)
        axis.plot(epochs, [e["accuracy"] for e in curve], color=BLUE, linewidth=1)
        axis.plot(epochs, [e["validation_accuracy"] for e in curve], color=ORANGE, linewidth=1)
    axis.set_title(arm)
for axis in list(axes.flat)[len(curves) :]:
    axis.axis("off")
axes[0, 0].set_ylabel("accuracy")
axes[1, 0].set_ylabel("accuracy")
for axis in axes[1]:
    axis.set_xlabel("epoch")
plt.show()

# %% [markdown]
# *A line for each seed. Blue: on the images being learned from; orange: on validation images, which
# is what counts. Where blue goes on rising and orange does not, images are learned by heart.*
#
# ### Beside the report's figures
#
# The report prints one accuracy for each of three arms.

# %%
source = found["source"]
entry = found["tests"]["split"]["matched"]
rows = (("originals", "original", "original"), ("EDSR", "edsr", model), ("LR", "lr", "lr"))
print(f"{'accuracy, matched':<20}{'report':>8}{'ours':>8}{'seed by seed':>16}")
for name, theirs, ours in rows:
    seeds = entry[ours]["accuracy"]
    print(f"{name:<20}{source[theirs]:>8.4f}{np.mean(seeds):>8.4f}", end="")
    print(f"{min(seeds):>9.4f} to {max(seeds):.4f}")
print(f"{'PRS':<20}{source['prs']:>8.4f}{entry[model]['prs']['value']:>8.4f}")
print(f"{'PRS of LR alone':<20}{source['lr'] / source['original']:>8.4f}", end="")
print(f"{entry['lr']['prs']['value']:>8.4f}\n")
for test_set in ("split", "official"):
    for kind in ("matched", "fixed"):
        score = recovery.Score(**found["tests"][test_set][kind][model]["prs"])
        low, high = score.over_images
        print(f"{model}, {test_set}, {kind}: {score}, includes 1: {low <= 1 <= high}")

# %% [markdown]
# The report's test images are taken from CIFAR-10's *training* images; the data set has test images
# of its own, which everyone else's figures are about. The classifiers above have seen neither. On
# the official ones (as many as our copy holds, see “images” above):

# %%
print(study.table(found, "official"))

# %% [markdown]
# ## One set of pictures, several orders
#
# Which method is best? It depends on who is asked. First our crops: PSNR and SSIM need no
# classifier, only the originals. (A few crops are an even grey, which every method restores
# exactly. They have no finite PSNR and are left out of its mean.)

# %%
originals = outcome.images["original"]
print(f"{'':<12}{'PSNR, dB':>9}{'SSIM':>7}")
for arm in enlarged:
    pairs = list(zip(originals, outcome.images[arm], strict=True))
    decibels = np.array([psnr(hr, sr, channel="y", border=2) for hr, sr in pairs])
    similar = np.mean([ssim(hr, sr, channel="y", border=2) for hr, sr in pairs])
    print(f"{arm:<12}{decibels[np.isfinite(decibels)].mean():>9.1f}{similar:>7.2f}")

print("\nCIFAR-10, best first")
for kind in ("matched", "fixed"):
    ordered = sorted(split[kind], key=lambda arm: -split[kind][arm].value)
    print(f"{kind:<9}" + ", ".join(ordered))

# %% [markdown]
# By PSNR and by SSIM bicubic is ahead of nearest neighbour on the crops, clearly. The fixed judge
# had it the other way round. A likely reason: the judge was trained on sharp pictures, and goes by
# fine texture. Bicubic is nearer to the original, pixel by pixel, because it is smooth where it
# does not know, and smooth is what grass never was. Nearest neighbour is wrong, but it is wrong in
# a sharp way.
#
# None of the three is *the* quality of a picture. PSNR is about pixels, SSIM about local structure,
# and PRS is about one task, as one small network does it. Dai et al. (2016) found for several tasks
# that super-resolution helps, and that what helps them most need not be what looks best. Liu et al.
# (2019) show that it has to be so: beyond some point a restoration can be had with less error,
# nearer to natural pictures, or easier to classify, but not with all three.
#
# ## What 0.9865 shows
#
# Back to the report. All that it prints are accuracies of one run each, on 10,000 images. From them
# alone a good deal follows. Let us treat each as a share of 10,000 throws of a coin.

# %%
n = 10_000
top, sr, lr = source["original"], source["edsr"], source["lr"]


def ratio_interval(sr, top, correlation=0.0):
    """95 % for sr / top, two shares of n images: the delta method, for the logarithm."""
    s, t = np.sqrt((1 - sr) / sr), np.sqrt((1 - top) / top)
    deviation = np.sqrt((s**2 + t**2 - 2 * correlation * s * t) / n)
    return sr / top * np.exp(-1.96 * deviation), sr / top * np.exp(1.96 * deviation)


def shown(interval, digits=3):
    return "[" + ", ".join(f"{end:.{digits}f}" for end in interval) + "]"


print(f"the ratio                                 {sr / top:.4f}")
print(f"if each had images of its own             {shown(ratio_interval(sr, top))}")
print(f"on the same images, correlation 0.5       {shown(ratio_interval(sr, top, 0.5))}")
print(f"the LR images alone                       {lr / top:.3f}")
print(f"with the LR images as the floor           {(sr - lr) / (top - lr):.3f}")
random = np.random.default_rng(0)
t, s, f = (random.binomial(n, share, 100_000) / n for share in (top, sr, lr))
floored = np.quantile((s - f) / (t - f), [0.025, 0.975])
print(f"  by simulation, images of its own each   {shown(floored, 2)}")
deviation = np.std(entry["original"]["accuracy"], ddof=1)
print(f"accuracy, one training to the next, ours  ±{deviation:.3f}")

# %% [markdown]
# Line by line.
#
# - The first interval includes 1. Had each arm been tested on images of its own, these figures
#   would be no proof that EDSR's images are any worse than the originals. They were tested on the
#   same images, so the true interval is narrower. How much depends on how often the classifiers
#   fail on the same images, which the report does not say; with a correlation of 0.5 it reaches
#   to 1 just so.
# - Neither counts the luck of a training. The report trained each classifier once. The last line
#   is the standard deviation of ours, from seed to seed; that of a difference of two trainings is
#   √2 times as large. The report's 0.0092 between two accuracies has to be seen beside that.
# - The LR images alone come to 0.882. What EDSR added is the way from there to 0.9865. Of what was
#   lost it won back 0.885, give or take 0.15; and there is no bicubic arm that would say how much
#   of *that* is due to a network.
# - The floor is not quite one, either: the LR classifier has another input size, and so a quarter
#   of the weights in its first dense layer.
#
# Of those there are many:

# %%
for side in (16, 32):
    network = Classifier(side)
    count = sum(p.numel() for p in network.parameters())
    print(f"for {side} × {side}: {network[7].weight.numel():,} of {count:,} parameters")

# %% [markdown]
# And some things cannot be computed from what is printed. How the LR images were made, and which
# noise they had: without it nobody can repeat the experiment. Whether the split was the same for
# the three classifiers. And the test images are from CIFAR-10's training set, so that the
# accuracies cannot be put beside anyone else's.
#
# What remains is a sound idea, and a finding in its favour: for a small classifier, EDSR's images
# of this data set are nearly as good as the originals. That the *images* are nearly the originals
# does not follow.
#
# ## What the source report says

# %%
claims.table("5")

# %% [markdown]
# ## Exercises
#
# ### 1. An interval for PRS
#
# `sr` and `top` are tables of 0 and 1: a row for each seed, a column for each image. Return the two
# ends of a 95 % interval over the *images* for the ratio of their accuracies, by a paired bootstrap
# of 2000 draws.


# %%
def my_interval(sr, top):
    pass  # your lines here


check("14-interval", my_interval)

# %% [markdown]
# <details><summary>Solution: 14-interval</summary>
#
# ```python
# def my_interval(sr, top):
#     random = np.random.default_rng(0)
#     images = random.integers(sr.shape[1], size=(2000, sr.shape[1]))
#     ratios = sr.mean(axis=0)[images].mean(axis=1) / top.mean(axis=0)[images].mean(axis=1)
#     low, high = np.quantile(ratios, [0.025, 0.975])
#     return low, high
# ```
#
# </details>
#
# ### 2. The floor taken out
#
# `sr`, `top` and `floor` are accuracies, and `gap` is the 95 % interval, low and high, of
# `top - floor`. Return the share of what the floor lost that was won back; or `None` where it is
# undefined, because the gap may be 0.


# %%
def my_normalized(sr, top, floor, gap):
    pass  # your lines here


check("14-normalized", my_normalized)

# %% [markdown]
# <details><summary>Solution: 14-normalized</summary>
#
# ```python
# def my_normalized(sr, top, floor, gap):
#     low, high = gap
#     if low <= 0 <= high:
#         return None
#     return (sr - floor) / (top - floor)
# ```
#
# </details>
#
# ### 3. Agreement
#
# `first` and `second` hold the classes that two sets of classifiers named, as whole numbers, a row
# for each seed and a column for each image. Return the share of the answers that are the same. Each
# classifier is compared with the one of the same seed.


# %%
def my_agreement(first, second):
    pass  # your lines here


check("14-agreement", my_agreement)

# %% [markdown]
# <details><summary>Solution: 14-agreement</summary>
#
# ```python
# def my_agreement(first, second):
#     return np.mean(first == second)
# ```
#
# </details>
#
# ## Key points
#
# - A classifier can judge pictures. Say which one: trained on such pictures (matched) or on the
#   originals (fixed); and where zero lies: what do LR and bicubic score?
# - A score without an interval is half a score. Resample the images, the same for all arms, and
#   look at several seeds.
# - 0.9865 is one run's ratio on a scale that begins near 0.88. It says that a small classifier does
#   nearly as well on EDSR's images, and nothing about how near they are to the originals.
#
# **Next** [15 · What no network knows](15_what_no_network_knows.ipynb)
#
# ## References
#
# - D. Dai, Y. Wang, Y. Chen and L. Van Gool, *Is image super-resolution helpful for other vision
#   tasks?*, WACV 2016.
# - D. Liu, H. Zhang and Z. Xiong, *On the classification-distortion-perception tradeoff*, Advances
#   in Neural Information Processing Systems 32, 2019.
# - S. Ravuri and O. Vinyals, *Classification accuracy score for conditional generative models*,
#   NeurIPS 2019: a matched judge for generated images.
# - R. Zhang, P. Isola and A. A. Efros, *Colorful image colorization*, ECCV 2016: a fixed judge.
# - B. Efron, *Bootstrap methods: another look at the jackknife*, The Annals of Statistics 7, 1979.
# - Q. McNemar, *Note on the sampling error of the difference between correlated proportions or
#   percentages*, Psychometrika 12, 1947.
# - R. Zhang et al., *The unreasonable effectiveness of deep features as a perceptual metric*, CVPR
#   2018 (LPIPS); K. Ding, K. Ma, S. Wang and E. P. Simoncelli, *Image quality assessment: unifying
#   structure and texture similarity*, TPAMI 2022 (DISTS). Both ask a network's features instead of
#   its answer.
# - A. Krizhevsky, *Learning multiple layers of features from tiny images*, 2009: CIFAR-10.
