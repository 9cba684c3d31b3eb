"""Average precision and recall of a run's rankings on the companies that its world has won later.

They stand beside two columns of the truth: affinity, the attributes weighted as the world weights them, and reachable,
these and the clients that the seller has.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from graphlead.world.truth import against_truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("run", type=Path)
    arguments = parser.parse_args()
    truth = arguments.world / "truth" / "truth.parquet"
    scores = pd.read_parquet(arguments.run / "scores.parquet")
    against = against_truth(scores, truth if truth.exists() else truth.with_suffix(".csv"))
    share = against.buyers / against.companies
    print(f"{against.companies:,} candidates, {against.buyers:,} won later ({share:.2%})")
    print(pd.DataFrame(against.rankings).T.to_string(float_format="%.3f"))


if __name__ == "__main__":
    main()
