"""The networks, one file per paper.

Those that enlarge are torch modules that take a batch (N, C, H, W) in [0, 1] and return
(N, C, scale·H, scale·W), not clipped. `scale` is their factor; `channels` is 3 for a network that
works on RGB and 1 for one that works on luma. `classifier` and `residual` serve the lessons.
"""
