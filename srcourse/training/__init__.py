"""Training: patches, recipes, the loop. Needs only torch, numpy, pillow, safetensors and tqdm."""
