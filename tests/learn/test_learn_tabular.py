"""The weights of the Elkan-Noto adapted classifier, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from graphlead.core.errors import CarrierError
from graphlead.learn.rankers.tabular import elkan_noto_weights


def test_elkan_noto_weights_by_hand() -> None:
    # c = 0.5: (1 - c) / c = 1, so w = g / (1 - g): 0.2 -> 0.25, 0.5 -> 1, 0.6 -> 1.5 taken as 1.
    g = np.array([0.0, 0.2, 0.5, 0.6, 1.0], np.float32)
    assert elkan_noto_weights(g, 0.5) == pytest.approx([0, 0.25, 1, 1, 1])
    # c = 0.2: (1 - c) / c = 4; g = 0.1 -> 4 * 1/9.
    assert elkan_noto_weights(np.array([0.1], np.float32), 0.2) == pytest.approx([4 / 9])


def test_elkan_noto_weights_add_up_to_the_hidden_positives() -> None:
    # 100 of 400 companies are positives and alike; half of the positives are labelled, so g = 1/2 for them.
    g = np.concatenate([np.full(50, 0.5), np.zeros(300)]).astype(np.float32)
    assert elkan_noto_weights(g, 0.5).sum() == pytest.approx(50)


def test_elkan_noto_weights_refuse_an_impossible_frequency() -> None:
    with pytest.raises(CarrierError, match="label frequency"):
        elkan_noto_weights(np.zeros(1, np.float32), 0.0)
