"""How many customers bought both of two items."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats

BLOCK = 512
"""Rows computed at a time: a dense block of 20,000 items takes 40 MB."""


def gram(x: sp.csr_matrix) -> Floats:
    """X'X as dense float32 (m, m), computed block by block."""
    columns = x.T.tocsr()
    found = np.empty((x.shape[1], x.shape[1]), np.float32)
    for start in range(0, x.shape[1], BLOCK):
        found[start : start + BLOCK] = (columns[start : start + BLOCK] @ x).toarray()
    return found
