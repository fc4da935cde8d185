"""Video in, larger video out: frame by frame, with its sound, times, rotation and colours."""

from srcourse.video.clips import clip, frames, write
from srcourse.video.enlarge import Summary, upscale_video
from srcourse.video.flicker import flicker, still
from srcourse.video.source import Cancelled, Facts, Limits, probe

__all__ = [
    "Cancelled",
    "Facts",
    "Limits",
    "Summary",
    "clip",
    "flicker",
    "frames",
    "probe",
    "still",
    "upscale_video",
    "write",
]
