"""The records of one company on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.common.files import read_parquet
from graphlead.core.errors import damage
from graphlead.core.same import Pairs, Related, Same

CLUSTER, PAIRS, RELATED, SHARED = "cluster.parquet", "pairs.parquet", "related.parquet", "shared.parquet"


def save_same(same: Same, folder: Path) -> None:
    """Write the clusters, the pairs they rest on and the related companies into an existing folder."""
    pairs, related = same.pairs, same.related
    tables = {
        CLUSTER: {"cluster": same.cluster},
        PAIRS: {"left": pairs.left, "right": pairs.right, "sure": pairs.sure, "shared": pairs.shared},
        RELATED: {"company": related.company, "group": related.group},
        SHARED: {"shared": related.shared},
    }
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), folder / name)


def load_same(folder: Path) -> Same:
    """Read what ``save_same`` wrote. Raises RunFolderError when a file is missing or damaged."""
    cluster, pairs, related, shared = (
        read_parquet(folder / name) for name in (CLUSTER, PAIRS, RELATED, SHARED)
    )
    with damage(folder):
        return Same(
            cluster=cluster["cluster"].to_numpy(),
            pairs=Pairs(
                left=pairs["left"].to_numpy(),
                right=pairs["right"].to_numpy(),
                sure=np.asarray(pairs["sure"], bool),
                shared=pairs["shared"].combine_chunks(),
            ),
            related=Related(
                company=related["company"].to_numpy(),
                group=related["group"].to_numpy(),
                shared=shared["shared"].combine_chunks(),
            ),
        )
