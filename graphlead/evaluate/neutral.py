"""A ranking that follows a column no longer: every value gets its part of each stretch of the list."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags, Longs


def neutral_order(values: Longs, leads: Flags) -> Longs:
    """The order (m,) in which companies, best first until now, stand so that no value comes before another.

    values: the code (m,) of each company's value, from 0; leads: bool (m,), the companies that are counted. A company
    stands where the share of its own value's leads ahead of it puts it: the third of 100 in a region beside the
    sixtieth of 2,000. Within a value the order stays; of the first k leads each value has its share of all leads, to
    about a company.
    """
    ahead = pd.Series(leads.astype(np.int64)).groupby(values).cumsum().to_numpy() - leads / 2
    size = np.bincount(values[leads], minlength=int(values.max(initial=0)) + 1)[values]
    return np.argsort(ahead / np.maximum(size, 1), kind="stable")
