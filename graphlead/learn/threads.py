"""PyTorch in one thread, wherever several models are trained side by side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import torch

_LOCK = Lock()
_INSIDE: list[int] = []


@contextmanager
def one_thread() -> Iterator[None]:
    """One thread for each of PyTorch's operations, until nobody asks for that any more."""
    with _LOCK:
        _INSIDE.append(torch.get_num_threads())
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _LOCK:
            before = _INSIDE.pop()
            if not _INSIDE:
                torch.set_num_threads(before)
