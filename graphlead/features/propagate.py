"""Propagators: sparse products over the graph, by SciPy for reference or on any torch device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats

if TYPE_CHECKING:
    import torch


class CpuPropagator:
    """Sparse products by SciPy, the reference."""

    def product(self, matrix: sp.csr_matrix, dense: Floats) -> Floats:
        """``matrix`` (rows, inner) times ``dense`` (inner, k): float32 (rows, k)."""
        return np.asarray(matrix @ dense, np.float32)

    def transposed_product(self, matrix: sp.csr_matrix, dense: Floats) -> Floats:
        """The transpose of ``matrix`` (rows, inner) times ``dense`` (rows, k): float32 (inner, k). It is not copied."""
        return np.asarray(matrix.T @ dense, np.float32)


class TorchPropagator:
    """Sparse products on a torch device, which keeps each matrix for the life of this object, the transposed ones too.

    The transpose is kept because not every device multiplies by columns. PyTorch is loaded with the first product.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._held: dict[tuple[int, bool], tuple[sp.csr_matrix, torch.Tensor]] = {}

    def product(self, matrix: sp.csr_matrix, dense: Floats) -> Floats:
        """``matrix`` (rows, inner) times ``dense`` (inner, k): float32 (rows, k)."""
        return self._times(matrix, dense, transposed=False)

    def transposed_product(self, matrix: sp.csr_matrix, dense: Floats) -> Floats:
        """The transpose of ``matrix`` (rows, inner) times ``dense`` (rows, k): float32 (inner, k)."""
        return self._times(matrix, dense, transposed=True)

    def _times(self, matrix: sp.csr_matrix, dense: Floats, *, transposed: bool) -> Floats:
        import torch

        key = (id(matrix), transposed)
        if key not in self._held:
            # The matrix is kept with its tensor, so that no other one gets its id.
            self._held[key] = (matrix, self._on_device(matrix.T.tocsr() if transposed else matrix))
        values = torch.from_numpy(np.ascontiguousarray(dense)).to(self._device)
        return (self._held[key][1] @ values).cpu().numpy()

    def _on_device(self, matrix: sp.csr_matrix) -> torch.Tensor:
        import torch

        return torch.sparse_csr_tensor(
            torch.from_numpy(matrix.indptr.astype(np.int64)),
            torch.from_numpy(matrix.indices.astype(np.int64)),
            torch.from_numpy(matrix.data.astype(np.float32)),
            size=matrix.shape,
            device=self._device,
        )


def propagator_for(device: str) -> CpuPropagator | TorchPropagator:
    """The propagator of a device: "cpu", or a torch device such as "cuda"."""
    return CpuPropagator() if device == "cpu" else TorchPropagator(device)
