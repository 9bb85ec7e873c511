"""Random draws that anyone can draw again: the raw numbers of PCG64 from a stated seed.

Only the raw stream is used, which numpy promises to keep; its distributions may change between versions.
Not for drawing samples of places and numbers: evaluation.schedule does that without numpy.
"""

import hashlib

import numpy as np
from scipy import special


class Draws:
    """A stream of draws. Two streams from the same seed give the same numbers, on every machine."""

    def __init__(self, seed: int | str) -> None:
        """`seed`: a whole number from 0, or a text, which stands for its SHA-256."""
        if isinstance(seed, str):
            seed = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
        self._bits = np.random.PCG64(seed)

    def uniform(self, *shape: int) -> np.ndarray:
        """Numbers of 0 <= u < 1 with 53 bits each."""
        raw = self._bits.random_raw(int(np.prod(shape)))
        return np.asarray((raw >> np.uint64(11)) * 2.0**-53).reshape(shape)

    def below(self, limit: int, *shape: int) -> np.ndarray:
        """Whole numbers of 0 <= k < limit, each as likely as the others (limit below 2^32)."""
        if limit < 1:
            raise ValueError("draws need at least one number to draw from")
        return np.asarray(np.floor(self.uniform(*shape) * limit), dtype=np.int64)

    def normal(self, *shape: int) -> np.ndarray:
        """Standard normal numbers by inversion; u = 0 counts as the smallest step above it."""
        return np.asarray(special.ndtri(np.maximum(self.uniform(*shape), 2.0**-54)))
