"""What a lesson shows live. Each widget is a Python class and, beside it, its browser module."""

from srcourse.widgets.blind_choice import BlindChoice
from srcourse.widgets.chroma_explorer import ChromaExplorer
from srcourse.widgets.colorization_explorer import ColorizationExplorer
from srcourse.widgets.convolution_stepper import ConvolutionStepper
from srcourse.widgets.degradation_explorer import DegradationExplorer
from srcourse.widgets.depth_race import DepthRace
from srcourse.widgets.distortion_explorer import DistortionExplorer
from srcourse.widgets.feature_maps import FeatureMaps
from srcourse.widgets.kernel_explorer import KernelExplorer
from srcourse.widgets.model_compare import ModelCompare
from srcourse.widgets.neuron_explorer import NeuronExplorer
from srcourse.widgets.pooling_explorer import PoolingExplorer
from srcourse.widgets.predict import Predict
from srcourse.widgets.recovery_explorer import RecoveryExplorer
from srcourse.widgets.scale_explorer import ScaleExplorer
from srcourse.widgets.video_player import VideoPlayer

__all__ = [
    "BlindChoice",
    "ChromaExplorer",
    "ColorizationExplorer",
    "ConvolutionStepper",
    "DegradationExplorer",
    "DepthRace",
    "DistortionExplorer",
    "FeatureMaps",
    "KernelExplorer",
    "ModelCompare",
    "NeuronExplorer",
    "PoolingExplorer",
    "Predict",
    "RecoveryExplorer",
    "ScaleExplorer",
    "VideoPlayer",
]
