"""What was learned of an arm: the models, and the ranking that states an uplift; saved, and applied to newer cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.deal import keys_of
from graphlead.common.files import read_json, write_json
from graphlead.core.arrays import Reals
from graphlead.core.cases import Cases
from graphlead.core.errors import damage
from graphlead.experiments.uplift.choose import Ranking
from graphlead.experiments.uplift.crossfit import Models, scores_of
from graphlead.experiments.uplift.learners import LEARNERS
from graphlead.learn.cases.encode import Encoding

ARM = "arm.json"


@dataclass(frozen=True)
class ArmModel:
    """The models of an arm, and the ranking that was chosen."""

    models: Models
    ranking: Ranking

    def uplift(self, cases: Cases) -> Reals:
        """The uplift (n,) of any cases with the same features."""
        return self.ranking.uplift(scores_of(self.models.guesses(cases))[self.ranking.name])

    def save(self, folder: Path) -> None:
        """Write everything into a folder, made when missing."""
        folder.mkdir(parents=True, exist_ok=True)
        content = {"encoding": self.models.encoding.to_json(), "ranking": asdict(self.ranking)}
        write_json(folder / ARM, content)
        for name, model in self.models.models.items():
            model.save(folder, name)

    @classmethod
    def load(cls, folder: Path) -> ArmModel:
        """What ``save`` wrote. Raises RunFolderError when a part is missing or damaged."""
        content = read_json(folder / ARM)
        with damage(folder / ARM):
            encoding, ranking = Encoding.from_json(content["encoding"]), Ranking(**content["ranking"])
        models = {name: learner.load(folder, name) for name, learner in LEARNERS.items()}
        return cls(Models(encoding, models), ranking)


def ranked(cases: Cases, by_arm: Mapping[str, Reals]) -> pd.DataFrame:
    """The cases, the one that the treatment adds most to first: id, uplift, arm, rank.

    by_arm: the uplift (n,) of each arm; of several, each has a column ``uplift_ARM``, and ``uplift`` is the largest.
    """
    names = list(by_arm)
    whole = np.stack([by_arm[name] for name in names], axis=1)
    best = whole.argmax(axis=1)
    several = {f"uplift_{name}": by_arm[name] for name in names} if len(names) > 1 else {}
    table = pd.DataFrame(
        {"id": cases.ids, "uplift": whole.max(axis=1), **several, "arm": np.array(names, object)[best]}
    )
    order = np.lexsort((keys_of(pa.array(cases.ids, pa.string())), -table["uplift"].to_numpy()))
    table = table.iloc[order].reset_index(drop=True)
    return table.assign(rank=np.arange(1, len(table) + 1))
