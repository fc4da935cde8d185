# %% [markdown]
# # 02 · Neurons and gradients
#
# A network that enlarges pictures has a million numbers in it, and nobody chose a single one. They
# were found by asking, for each number, one question over and over: if I made you a little larger,
# would the error grow or shrink? This lesson builds the parts of a network, answers that question
# by hand, and lets thirty lines of NumPy learn a line of a photograph.
#
# **You will be able to**
#
# - compute what a neuron, a layer and a small network make of their inputs;
# - find how the error changes with any weight, by the chain rule, and check it in two other ways;
# - write a network that learns, and say what a learning rate does when it is too small or too
#   large.
#
# **Time** about 35 minutes · **Before this** [01 · Eyes and pixels](01_eyes_and_pixels.ipynb)

# %%
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn

import srcourse as sr
from srcourse import claims
from srcourse.classroom import check
from srcourse.layers import dense_parameters, relu, sigmoid
from srcourse.resampling import imresize
from srcourse.widgets import NeuronExplorer, Predict
from srcourse.widgets.neuron_explorer import DATA

# %% [markdown]
# ## Predict first
#
# You stand at $w = 1$ on the curve $E = w^2$ and want to go down. The slope at $w$ is $2w$. So you
# subtract 1.1 times the slope: the first step leads from 1 to $1 - 1.1 \cdot 2 = -1.2$. There you
# look at the slope again, and take the next step in the same way.

# %%
Predict(
    "02-fifty-steps",
    "Where are you after 50 steps?",
    choices=("at the bottom", "going back and forth near 1 and −1", "far away"),
    answer="far away",
    because="Each step lands on the other side, 1.2 times as far out. 1.2 to the power 50 is 9100.",
)

# %% [markdown]
# ## A neuron
#
# An artificial neuron takes some numbers $x_1, \dots, x_n$. It has a **weight** for each of them,
# and one more number, the **bias**. It adds up, and sends the sum through a fixed curve $f$, its
# **activation**:
#
# $$z = w_1 x_1 + \dots + w_n x_n + b = w \cdot x + b, \qquad a = f(z)$$
#
# Four activations will do for this lesson: the **step** from 0 to 1; **ReLU**, the "rectified
# linear unit", which is $\max(0, z)$; the **sigmoid** $\sigma(z) = 1 / (1 + e^{-z})$; and **tanh**,
# an S like the sigmoid that runs from −1 to 1.


# %%
def neuron(x, w, b, f):
    z = w @ x + b
    return f(z)


def step(z):
    return np.where(z > 0, 1.0, 0.0)


x = np.array([0.5, -1.0, 2.0])
w = np.array([0.8, 0.4, 0.3])
b = -0.2
print("products:", w * x, "and with the bias their sum is", round(w @ x + b, 3))
for f in (step, relu, sigmoid, np.tanh):
    print(f"{f.__name__:<8} answers {neuron(x, w, b, f):.3f}")

# %% [markdown]
# The nerve cells that gave the idea are silent until their input is strong enough, and then they
# fire. "Strong enough" is the bias's business: this neuron needs $w \cdot x > 0.2$. Firing, in the
# strict sense, is only what the step does, all or nothing. The activations that networks use answer
# by degrees; the section on gradient descent shows why they have to.

# %%
curves = {
    "step": (step, np.zeros_like),
    "ReLU": (relu, step),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
}
z = np.linspace(-3, 3, 601)
figure, axes = plt.subplots(1, 4, figsize=(11, 2.6), layout="constrained", sharey=True)
for axis, (name, (f, slope)) in zip(axes, curves.items(), strict=True):
    axis.plot(z, f(z), color="#0072b2", linewidth=2.5, label="f(z)")
    axis.plot(z, slope(z), color="#d55e00", linestyle="--", label="its slope f′(z)")
    axis.axhline(0, color="grey", linewidth=0.6)
    axis.set(title=name, xlabel="z", ylim=(-1.2, 2.2))
axes[0].legend(loc="upper left")
plt.show()

# %% [markdown]
# *Solid: the answer. Dashed: how fast the answer changes. The step's slope is zero wherever it has
# one. ReLU's is 0 or 1. Those of sigmoid and tanh fade away on both sides.*
#
# ## Layers are matrices
#
# Several neurons that look at the same inputs form a **layer**. Write each one's weights as a row
# of a matrix $W$ and the biases as a vector $b$. Then the whole layer is one line: $a = f(Wx + b)$.
#
# A network is a chain of layers. The **input** layer only holds the numbers, the **output** layer
# gives the result, and whatever lies between is called **hidden**. With more than one hidden layer
# the network is called **deep**. Here is the forward pass of a deep one with 3 inputs, two hidden
# layers of 4, and 2 outputs:

# %%
rng = np.random.default_rng(0)
W1, b1 = rng.normal(size=(4, 3)), rng.normal(size=4)
W2, b2 = rng.normal(size=(4, 4)), rng.normal(size=4)
W3, b3 = rng.normal(size=(2, 4)), rng.normal(size=2)

h1 = relu(W1 @ x + b1)
h2 = relu(W2 @ h1 + b2)
y = W3 @ h2 + b3

for name, values in (("input", x), ("hidden", h1), ("hidden", h2), ("output", y)):
    print(f"{name:<7}", values.round(2))
print("row 1 of the first layer is a neuron:", np.isclose(h1[1], neuron(x, W1[1], b1[1], relu)))

# %%
columns = (x, h1, h2, y)
figure, axis = plt.subplots(figsize=(8, 3.2), layout="constrained")
places = [[(3 * i, (len(c) - 1) / 2 - j) for j in range(len(c))] for i, c in enumerate(columns)]
for (left, right), W in zip(pairwise(places), (W1, W2, W3), strict=True):
    for row, end in zip(W, right, strict=True):
        for weight, start in zip(row, left, strict=True):
            colour, dash = ("#0072b2", "-") if weight > 0 else ("#d55e00", "--")
            axis.plot(*zip(start, end, strict=True), dash, color=colour, linewidth=2 * abs(weight))
for column, values in zip(places, columns, strict=True):
    for place, value in zip(column, values, strict=True):
        face = "#dddddd" if value == 0 else "white"
        axis.add_patch(plt.Circle(place, 0.36, facecolor=face, edgecolor="black", zorder=3))
        axis.text(*place, f"{value:.1f}", ha="center", va="center", zorder=4, fontsize=9)
axis.set(xlim=(-0.6, 9.6), ylim=(-2, 2), aspect="equal")
axis.axis("off")
plt.show()

# %% [markdown]
# *Each circle is a neuron with its answer, each line a weight: solid where positive, dashed where
# negative, and as thick as it is large. The grey neurons gave 0; ReLU has switched them off.*
#
# ### Without an activation, depth is in vain
#
# Leave $f$ out, and the next layer's matrix simply multiplies the one before:
# $W_2 (W_1 x + b_1) + b_2 = (W_2 W_1)\, x + (W_2 b_1 + b_2)$. That is a single layer again.

# %%
W, b = W3 @ W2 @ W1, W3 @ (W2 @ b1 + b2) + b3
inputs = rng.normal(size=(1000, 3))
three = [W3 @ (W2 @ (W1 @ x + b1) + b2) + b3 for x in inputs]
bent = [W3 @ relu(W2 @ relu(W1 @ x + b1) + b2) + b3 for x in inputs]
one = [W @ x + b for x in inputs]
print("three layers without activation equal one:", np.allclose(three, one))
print("with ReLU between them they do:", np.allclose(bent, one))

# %% [markdown]
# ### How many parameters
#
# A layer from $n$ to $m$ numbers has $m \cdot n$ weights and $m$ biases. These are the network's
# **parameters**, all that it can learn.


# %%
def parameters(sizes):
    return sum(dense_parameters(n, m) for n, m in pairwise(sizes))


for sizes in ((3, 4, 4, 2), (3, 2), (1, 16, 16, 1), (64 * 64, 64 * 64)):
    print(f"{' → '.join(map(str, sizes)):<16}{parameters(sizes):>12,} parameters")

# %% [markdown]
# So the three layers without activation spent 46 parameters on what 8 can do. And one layer that
# turns a small grey picture of 64 × 64 pixels into another one has almost 17 million. Keep that
# figure; we come back to it at the end.
#
# ## The error, and its slope
#
# To learn, a network needs to be told how wrong it is. Let $t$, the target, be what the neuron
# should have answered. A common **error** (or **loss**) is the squared difference, $E = (a - t)^2$;
# over many examples, its mean.
#
# Take a neuron with one input and turn its weight a little. By how much does the error change? That
# is the slope of the curve "error over weight", the derivative $dE/dw$. The list of all slopes, one
# for each parameter, is the **gradient**.
#
# The weight does not touch the error directly. It changes $z$, which changes $a$, which changes
# $E$. The **chain rule** multiplies the three effects:
#
# $$\frac{dE}{dw} = \frac{dE}{da} \cdot \frac{da}{dz} \cdot \frac{dz}{dw}
# = 2(a - t) \cdot f'(z) \cdot x, \qquad
# \frac{dE}{db} = 2(a - t) \cdot f'(z) \cdot 1$$
#
# The source report joins the last two into one, $da/dw$. It is the same product. Now three ways to
# the same number: the formula; a very small change of $w$, tried out; and PyTorch, which keeps a
# record of what it computes and applies the chain rule backwards through it.


# %%
def error(w, b, x, t):
    return (np.tanh(w * x + b) - t) ** 2


w, b, x, t = 0.3, -0.3, 1.5, 0.9

a = np.tanh(w * x + b)
by_hand = 2 * (a - t) * (1 - a**2) * x  # the slope of tanh is 1 − tanh²

h = 1e-5
by_small_step = (error(w + h, b, x, t) - error(w - h, b, x, t)) / (2 * h)

weight = torch.tensor(w, dtype=torch.float64, requires_grad=True)
E = (torch.tanh(weight * x + b) - t) ** 2
E.backward()

print(f"by hand      {by_hand:.6f}")
print(f"small step   {by_small_step:.6f}")
print(f"autograd     {weight.grad.item():.6f}")

# %%
weights = np.linspace(-2, 4, 400)
figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
axis.plot(weights, error(weights, b, x, t), color="#0072b2", linewidth=2.5, label="the error E(w)")
near = np.array([w - 0.5, w + 0.5])
tangent = error(w, b, x, t) + by_hand * (near - w)
axis.plot(near, tangent, "--", color="#d55e00", linewidth=2, label=f"its slope: {by_hand:.2f}")
axis.plot(w, error(w, b, x, t), "o", color="#d55e00", markersize=9)
axis.set(xlabel="w", ylabel="E")
axis.legend()
plt.show()

# %% [markdown]
# *The slope is negative: to the right the error falls, so this weight should grow. Far to the left
# the curve is nearly flat; there tanh hardly answers to $w$, and the slope has little to say.*
#
# ### Through two layers
#
# Put a hidden layer of two neurons in front: $h_i = \tanh(u_i x + c_i)$, and $y = v_1 h_1 + v_2 h_2
# + d$. A weight of the first layer reaches the error by a longer way, and each stage adds a factor:
#
# $$\frac{dE}{du_i} = \underbrace{2(y - t)}_{dE/dy} \cdot \underbrace{v_i}_{dy/dh_i} \cdot
# \underbrace{(1 - h_i^2)}_{\text{tanh}} \cdot \underbrace{x}_{\text{input}}$$
#
# Read it from left to right: the error at the output goes *back* through the weight $v_i$, then
# through the activation, and meets the input. That is **backpropagation**. What was found on the
# way serves all weights further back, so nothing is computed twice.

# %%
u, c = np.array([0.7, -1.2]), np.array([0.1, 0.4])
v, d = np.array([1.5, -0.8]), 0.2
x, t = 0.5, 0.2


def network_error(p):
    u, c, v, d = p[0:2], p[2:4], p[4:6], p[6]
    return (v @ np.tanh(u * x + c) + d - t) ** 2


# Forward, then back.
hidden = np.tanh(u * x + c)
y = v @ hidden + d
dE_dy = 2 * (y - t)
dE_dv, dE_dd = dE_dy * hidden, dE_dy
dE_dz = dE_dy * v * (1 - hidden**2)
dE_du, dE_dc = dE_dz * x, dE_dz
by_hand = np.array([*dE_du, *dE_dc, *dE_dv, dE_dd])

p = np.array([*u, *c, *v, d])
by_small_step = [(network_error(p + e) - network_error(p - e)) / (2 * h) for e in h * np.eye(7)]

q = torch.tensor(p, requires_grad=True)
((q[4:6] @ torch.tanh(q[0:2] * x + q[2:4]) + q[6] - t) ** 2).backward()

print("          " + "".join(f"{name:>9}" for name in ("u1", "u2", "c1", "c2", "v1", "v2", "d")))
for name, found in (
    ("by hand", by_hand),
    ("small step", by_small_step),
    ("autograd", q.grad.numpy()),
):
    print(f"{name:<10}" + "".join(f"{slope:9.4f}" for slope in found))

# %% [markdown]
# The small step needs no calculus, but it runs the whole network twice for each parameter. With a
# million parameters that is two million runs for one gradient. Backpropagation gets it in one run
# forward and one back, and is why training is possible at all.
#
# ## Gradient descent
#
# Once the slopes are known, learning is one line. Move each parameter against its slope, by a
# multiple $\eta$, the **learning rate**:
#
# $$w \leftarrow w - \eta \, \frac{dE}{dw}$$
#
# As code, with the walk of the prediction as an example, and a shorter step beside it:


# %%
def descend(slope, w, rate, steps):
    """Where gradient descent comes by: the start, and the place after each step."""
    visited = [w]
    for _ in range(steps):
        w = w - rate * slope(w)
        visited.append(w)
    return np.array(visited)


for rate in (1.1, 0.1):
    end = descend(lambda w: 2 * w, 1.0, rate, 50)[-1]
    print(f"rate {rate}: after 50 steps at w = {end:,.2f}")

# %% [markdown]
# Now a neuron with a weight and a bias. Two parameters are few enough that the error can be drawn
# over all of them, as a landscape.
#
# ### Live: one neuron, downhill
#
# Take single steps first, and follow the numbers under the pictures: the arithmetic of one point,
# the mean of all, the step.

# %%
NeuronExplorer("line", "identity", weight=-1.5, bias=1.5, rate=0.1)

# %% [markdown]
# **Try**
#
# - Ten steps at each learning rate, going back to the start in between. 0.01 crawls, 0.1 walks, 0.3
#   oversteps a little and is there first, 1 runs away.
# - Data *switch*, activation *sigmoid*, rate 1. Two points contradict each other, and the error
#   cannot reach zero.
# - The same data with *step*. The landscape is made of terraces. What are the slopes, and what does
#   a step of descent do?
# - Data *two arms*, activation *relu*. Start at $w = 1, b = 0$, then at $w = -1, b = 0$, thirty
#   steps each. Then drag the start to the lower middle, where all points lie in ReLU's flat part.
#
# **Notice** that the direction is always downhill, and that this is all it knows. How far to go,
# and whether there is a deeper valley elsewhere, the slope does not say.
#
# Each statement in a cell:


# %%
def train_neuron(data, f, slope, w, b, rate, steps):
    x, t = np.array(DATA[data]).T
    for _ in range(steps):
        z = w * x + b
        dE_dz = 2 * (f(z) - t) * slope(z)
        w, b = w - rate * (dE_dz * x).mean(), b - rate * dE_dz.mean()
    error = ((f(w * x + b) - t) ** 2).mean()
    return f"w = {w:.3g}, b = {b:.3g}, error {error:.2g}"


identity = (lambda z: z, np.ones_like)
for rate in (0.01, 0.1, 0.3, 1.0):
    print(f"line, rate {rate:<4}: {train_neuron('line', *identity, -1.5, 1.5, rate, 30)}")
print(f"switch, step: {train_neuron('switch', *curves['step'], -1.5, 1.5, 1, 30)}")
for w, b in ((1, 0), (-1, 0), (0, -1)):
    end = train_neuron("two arms", *curves["ReLU"], w, b, 0.3, 300)
    print(f"two arms from w = {w}, b = {b}: {end}")

# %% [markdown]
# The step function is what "firing" would be, and it cannot learn this way: its slope is zero, so
# no small change of a weight changes anything. ReLU has the same weakness on one side only. And
# descent ends in the valley that it happens to start above: a **local minimum**, from which each
# small step leads up, although a better place exists. One neuron can follow only one arm. Two
# hidden neurons can take one each.
#
# The same from the side, with a single weight. The curve on the right, $w^4 - 3w^2 + w$, is the
# error of no neuron, and goes below zero as no mean of squares could. It is here for its two
# valleys.


# %%
inputs, targets = np.array([-1.0, 0.5, 2.0]), np.array([-0.7, 0.5, 1.5])


def parabola(w):
    return ((np.multiply.outer(w, inputs) - targets) ** 2).mean(axis=-1)


def parabola_slope(w):
    return (2 * (w * inputs - targets) * inputs).mean()


def valleys(w):
    return w**4 - 3 * w**2 + w


def valleys_slope(w):
    return 4 * w**3 - 6 * w + 1


figure, axes = plt.subplots(1, 4, figsize=(11, 3), layout="constrained")
line = np.linspace(-2.2, 3.6, 300)
for axis, rate in zip(axes, (0.02, 0.2, 0.6), strict=False):
    ws = descend(parabola_slope, -1.2, rate, 8)
    axis.plot(line, parabola(line), color="#0072b2", linewidth=2)
    axis.plot(ws, parabola(ws), "o-", color="#d55e00", markersize=5, linewidth=1)
    axis.set(title=f"rate {rate}", xlabel="w", xlim=(-2.2, 3.6), ylim=(-0.3, 14))
line = np.linspace(-1.9, 1.7, 300)
axes[3].plot(line, valleys(line), color="#0072b2", linewidth=2)
for start, mark, colour in ((-0.1, "o-", "#d55e00"), (0.4, "s-", "#009e73")):
    ws = descend(valleys_slope, start, 0.03, 30)
    axes[3].plot(ws, valleys(ws), mark, color=colour, markersize=5, linewidth=1)
axes[3].set(title="two valleys", xlabel="w", ylabel="height")
axes[0].set_ylabel("E")
plt.show()

# %% [markdown]
# *Eight steps each from the same start: too short; about right; too long, so that each step lands
# higher on the other side. On the right, two starts close together end in different valleys, the
# green squares in the shallow one.*

# %%
for rate in (0.02, 0.2, 0.6):
    error_after = parabola(descend(parabola_slope, -1.2, rate, 8)[-1])
    print(f"rate {rate:<4}: error {parabola(-1.2):.1f} becomes {error_after:.3g} in 8 steps")
for start in (-0.1, 0.4):
    w = descend(valleys_slope, start, 0.03, 300)[-1]
    print(f"two valleys, from {start:>4}: ends at w = {w:.2f}, height {valleys(w):.2f}")

# %% [markdown]
# ## A network learns a line of a photograph
#
# Take 64 neighbouring pixels from the photograph of the cameraman: sky, dark hair, sky. The network
# gets a pixel's place, from −1 to 1, and should answer its brightness. One number in, one number
# out.
#
# The code below is what you did by hand, for any number of layers. Only one thing is new. All 64
# examples go through at once, one in each row, so that a layer's $Wx + b$ becomes $X W^T + b$.


# %%
def initial(sizes, seed):
    rng = np.random.default_rng(seed)
    return [
        (rng.uniform(-1, 1, (m, n)) / np.sqrt(n), rng.uniform(-1, 1, m) / np.sqrt(n))
        for n, m in pairwise(sizes)
    ]


def forward(layers, x):
    activations = [x]
    for number, (W, b) in enumerate(layers, start=1):
        z = activations[-1] @ W.T + b
        activations.append(np.tanh(z) if number < len(layers) else z)
    return activations


def backward(layers, activations, t):
    slopes = []
    dE_dz = 2 * (activations[-1] - t) / len(t)  # the error is a mean: hence / len(t)
    for (W, _), a in zip(reversed(layers), reversed(activations[:-1]), strict=True):
        slopes.append((dE_dz.T @ a, dE_dz.sum(axis=0)))  # dE/dW and dE/db of this layer
        dE_dz = (dE_dz @ W) * (1 - a**2)  # back through the weights, then through tanh
    return slopes[::-1]


def train(layers, x, t, rate, steps):
    errors = []
    for _ in range(steps):
        activations = forward(layers, x)
        errors.append(((activations[-1] - t) ** 2).mean())
        for (W, b), (dE_dW, dE_db) in zip(layers, backward(layers, activations, t), strict=True):
            W -= rate * dE_dW
            b -= rate * dE_db
    return errors


# %%
photo = imresize(sr.images.to_float(sr.images.sample("camera")), 1 / 4)
pixels = photo[30, 20:84, None]
place = np.linspace(-1, 1, 64)[:, None]
rate = 0.15
layers = initial((1, 16, 16, 1), seed=0)
errors = []
figure, axes = plt.subplots(1, 5, figsize=(11, 2.6), layout="constrained")
axes[0].imshow(photo, cmap="gray")
axes[0].plot([20, 83], [30, 30], color="#e69f00", linewidth=3)
axes[0].set_title("64 pixels")
axes[0].axis("off")
for axis, steps in zip(axes[1:], (0, 50, 450, 4500), strict=True):
    errors += train(layers, place, pixels, rate, steps)
    axis.plot(place, pixels, ".", color="grey", markersize=4)
    axis.plot(place, forward(layers, place)[-1], color="#0072b2", linewidth=2)
    axis.set(title=f"after {len(errors)} steps", ylim=(-0.2, 1.1), xlabel="place")
axes[1].set_ylabel("brightness")
plt.show()

# %% [markdown]
# *Grey: the pixels along the orange line. Blue: what the network answers. It starts anywhere, finds
# the average, then the broad shape. The steep edges come last, and even after 5000 steps they are
# rounder than in the photograph.*
#
# Remember that order: smooth first, sharp last. Sharp edges are what super-resolution is about, and
# much of this course is about getting them.

# %%
for done in (0, 50, 500):
    print(f"error after {done:>4} steps: {errors[done]:.2g}")
final = ((forward(layers, place)[-1] - pixels) ** 2).mean()
print(f"error after 5000 steps: {final:.2g}")
print("parameters:", sum(W.size + b.size for W, b in layers))

# %% [markdown]
# ### The same in PyTorch
#
# PyTorch has the layers, the backward pass and the step ready-made. From the same start it goes the
# same way. And without the activations, what does it learn?


# %%
def learn(model, steps):
    optimiser = torch.optim.SGD(model.parameters(), lr=rate)
    x, t = torch.tensor(place), torch.tensor(pixels)
    for _ in range(steps):
        loss = nn.functional.mse_loss(model(x), t)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return model(x).detach().numpy()


def as_in_numpy(model, layers):
    linear = [part for part in model if isinstance(part, nn.Linear)]
    for part, (W, b) in zip(linear, layers, strict=True):
        part.weight.data, part.bias.data = torch.tensor(W), torch.tensor(b)
    return model


model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))
straight = nn.Sequential(nn.Linear(1, 16), nn.Linear(16, 16), nn.Linear(16, 1))

torch.set_num_threads(1)  # work this small is not worth sharing out
start = initial((1, 16, 16, 1), seed=0)
by_torch = learn(as_in_numpy(model, start), 500)
without = learn(as_in_numpy(straight, start), 500)
train(start, place, pixels, rate, 500)
print("after 500 steps, NumPy and torch agree:", np.allclose(forward(start, place)[-1], by_torch))
print("without tanh it is a straight line:", np.allclose(np.diff(without, n=2, axis=0), 0))

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 3), layout="constrained")
axes[0].plot(place, pixels, ".", color="grey", label="pixels")
axes[0].plot(place, forward(layers, place)[-1], color="#0072b2", linewidth=2, label="with tanh")
axes[0].plot(place, without, "--", color="#d55e00", linewidth=2, label="without")
axes[0].set(xlabel="place", ylabel="brightness", title="with and without activations")
axes[0].legend(loc="upper center")
axes[1].loglog(np.arange(1, len(errors) + 1), errors, color="#0072b2", linewidth=2)
axes[1].set(xlabel="step", ylabel="error", title="the error of the network with tanh")
plt.show()

# %% [markdown]
# *Left: 321 parameters without an activation between them draw a straight line, and no more. Right:
# the error falls quickly, rests, and falls again, each time that the network has found the next
# feature of the curve. Both axes are logarithmic.*
#
# ## From here to convolution
#
# A layer connects every output with every input. For a line of 64 pixels and 62 outputs that makes
# 3968 weights. Suppose now that an output needs to see only three neighbours, and that all outputs
# do the same with theirs. Then most weights are zero, and the rest repeat:


# %%
def sliding_matrix(kernel, n):
    k = len(kernel)
    W = np.zeros((n - k + 1, n))
    for row in range(len(W)):
        W[row, row : row + k] = kernel
    return W


kernel = np.array([-1, 2, -1])
print(sliding_matrix(kernel, 8).astype(int))

W = sliding_matrix(kernel, 64)
slid = np.correlate(pixels[:, 0], kernel, mode="valid")  # NumPy's sliding sum of products
print("this layer slides the kernel along:", np.allclose(W @ pixels[:, 0], slid))
print(f"weights {W.size}, of them not zero {np.count_nonzero(W)}, to be learned {len(kernel)}")

# %% [markdown]
# That is a **convolution**: an ordinary layer of which we decided beforehand which weights are zero
# and which are the same. Everything in this lesson holds for it, the chain rule too; the slope of a
# shared weight is the sum over all places where it is used. The 17 million weights for a 64 × 64
# picture shrink to the nine of a 3 × 3 kernel. Lesson 03 does it in two dimensions.
#
# ## What the source report says
#
# Section 2.1 of the source report describes networks in words. Its statements, measured:

# %%
claims.table("2.1")

# %% [markdown]
# ## Exercises
#
# ### 1. A neuron
#
# Write a neuron with ReLU as its activation. `x` and `w` are arrays of the same length, `b` is a
# number, and so is the answer. Replace the `...`.


# %%
def my_neuron(x, w, b): ...


check("02-neuron", my_neuron)

# %% [markdown]
# <details><summary>Solution: 02-neuron</summary>
#
# ```python
# def my_neuron(x, w, b):
#     return max(w @ x + b, 0)
# ```
#
# </details>
#
# ### 2. One step
#
# A sigmoid neuron with one input: $a = \sigma(wx + b)$, $E = (a - t)^2$. Return its weight and
# bias, in this order, after one step of gradient descent. The slope of the sigmoid is
# $\sigma'(z) = a(1 - a)$.


# %%
def one_step(w, b, x, t, rate): ...


check("02-one-step", one_step)

# %% [markdown]
# <details><summary>Solution: 02-one-step</summary>
#
# ```python
# def one_step(w, b, x, t, rate):
#     a = sigmoid(w * x + b)
#     dE_dz = 2 * (a - t) * a * (1 - a)
#     return w - rate * dE_dz * x, b - rate * dE_dz
# ```
#
# </details>
#
# ### 3. The first weight
#
# A network of one hidden neuron: $h = \tanh(ux + c)$, $y = vh + d$, $E = (y - t)^2$. Return
# $dE/du$.


# %%
def first_weight_slope(x, t, u, c, v, d): ...


check("02-first-weight", first_weight_slope)

# %% [markdown]
# <details><summary>Solution: 02-first-weight</summary>
#
# ```python
# def first_weight_slope(x, t, u, c, v, d):
#     h = np.tanh(u * x + c)
#     y = v * h + d
#     return 2 * (y - t) * v * (1 - h**2) * x
# ```
#
# </details>
#
# ### 4. A learning rate
#
# A neuron without activation or bias, $a = wx$, is to halve the brightness of pixels. Somebody
# feeds it 8-bit levels: inputs 40, 120, 200, targets 20, 60, 100. Find a rate with which ten steps
# from $w = 0$ bring the mean squared error below 1. (`descend` is still there, if you want to try
# first.)

# %%
my_rate = 0.1

check("02-rate", my_rate)

# %% [markdown]
# <details><summary>Solution: 02-rate</summary>
#
# ```python
# my_rate = 1 / (2 * np.mean([40**2, 120**2, 200**2]))
# ```
#
# That is 0.000027. The slope is $2 \cdot \text{mean}(x^2)\,(w - \tfrac12)$, so a step multiplies
# the distance from $\tfrac12$ by $1 - 2\eta \cdot \text{mean}(x^2)$, which this rate makes 0: one
# step is enough. Beyond twice this rate, descent runs away. With brightness from 0 to 1 the best
# rate would be about 1.7. This is one reason why networks are fed small numbers, and pictures
# between 0 and 1.
#
# </details>
#
# ## Key points
#
# - A neuron is a weighted sum, a bias and an activation; a layer is a matrix. Without activations,
#   many layers are worth one.
# - The chain rule gives the slope of the error for every weight, from the output back to the input.
# - Gradient descent goes against the slope. The learning rate decides whether it crawls, arrives or
#   runs away; where it arrives depends on where it starts.
#
# **Next** [03 · Convolution](03_convolution.ipynb)
#
# ## References
#
# - D. E. Rumelhart, G. E. Hinton and R. J. Williams, *Learning representations by back-propagating
#   errors*, Nature 323, 1986.
# - I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press, 2016, chapter 6.
# - M. A. Nielsen, *Neural Networks and Deep Learning*, Determination Press, 2015, chapter 2.
