"""Propagators: sparse products over the graph, by SciPy for reference or on any torch device."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import torch

from graphlead.core.arrays import Floats


class CpuPropagator:
    """Sparse products by SciPy, the reference."""

    def product(self, matrix: sp.csr_matrix, dense: Floats) -> Floats:
        """``matrix`` (rows, inner) times ``dense`` (inner, k): float32 (rows, k)."""
        return np.asarray(matrix @ dense, np.float32)


class TorchPropagator:
    """Sparse products on a torch device, which keeps each matrix for the life of this object."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._held: dict[int, tuple[sp.csr_matrix, torch.Tensor]] = {}

    def product(self, matrix: sp.csr_matrix, dense: Floats) -> Floats:
        """``matrix`` (rows, inner) times ``dense`` (inner, k): float32 (rows, k)."""
        values = torch.from_numpy(np.ascontiguousarray(dense)).to(self._device)
        return (self._on_device(matrix) @ values).cpu().numpy()

    def _on_device(self, matrix: sp.csr_matrix) -> torch.Tensor:
        if id(matrix) not in self._held:
            tensor = torch.sparse_csr_tensor(
                torch.from_numpy(matrix.indptr.astype(np.int64)),
                torch.from_numpy(matrix.indices.astype(np.int64)),
                torch.from_numpy(matrix.data.astype(np.float32)),
                size=matrix.shape,
                device=self._device,
            )
            self._held[id(matrix)] = (matrix, tensor)
        return self._held[id(matrix)][1]


def propagator_for(device: str) -> CpuPropagator | TorchPropagator:
    """The propagator of a device: "cpu", or a torch device such as "cuda"."""
    return CpuPropagator() if device == "cpu" else TorchPropagator(device)
