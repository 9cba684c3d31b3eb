"""A finished run of ``run`` or ``score`` on a register as one side of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.register import Role
from graphlead.experiments.compare.side import Words
from graphlead.pipeline.drifted import Inputs, RegisterInputs
from graphlead.pipeline.finished import FinishedRun


@dataclass(frozen=True)
class DiscoverySide:
    """The run, by its folder."""

    run: FinishedRun

    @property
    def path(self) -> Path:
        return self.run.path

    @property
    def words(self) -> Words:
        return Words(row="company", happened="won", not_happened="not won", score="score")

    @cached_property
    def scored(self) -> pd.DataFrame:
        table = self.run.scores
        leads = pd.read_csv(self.run.folder.leads, usecols=["company_id"], dtype=str)["company_id"]
        ids = table["company_id"].astype(str)
        return pd.DataFrame(
            {"id": ids, "score": table["score"], "rank": table["rank_all"], "listed": ids.isin(leads)}
        ).reset_index(drop=True)

    def inputs(self) -> Inputs:
        return RegisterInputs(self.run.whole_register)

    def fates(self, ids: Sequence[str]) -> dict[str, str]:
        cohort = self.run.cohort
        states = {
            "other_record": (cohort.twins, "another record of a client"),
            "suppressed": (cohort.suppressed, "on the list of companies never to propose"),
            "lost": (cohort.lost, "called, and not won"),
            "rejected": (cohort.rejected, "called, and rejected"),
            "ended": (cohort.dead, "the register records it as no more"),
            "client": (cohort.clients, "a client"),
        }
        at = self.positions(ids)
        found: dict[str, str] = {}
        for companies, text in states.values():
            inside = np.isin(at, companies)
            found |= {each: text for each, there in zip(ids, inside, strict=True) if there}
        return found

    def predictions(self) -> pd.DataFrame:
        return self.scored.rename(columns={"score": "probability"})[["id", "probability"]]

    def positions(self, ids: Sequence[str]) -> np.ndarray:
        """The index of each id in the register, -1 for one that is not in it."""
        known = self.run.whole_register.ids()
        found = pc.index_in(pa.array(list(ids), known.type), value_set=known)
        return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), np.int64)

    def facts(self, ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """The register's columns of these companies, as text, by id; ids that it lacks are left out."""
        at = self.positions(ids)
        names = [c.name for c in self.run.whole_register.columns if c.role not in (Role.ID, Role.IGNORED)]
        rows = self.run.whole_register.rows(names, at[at >= 0]).to_pylist()
        kept = [each for each, place in zip(ids, at, strict=True) if place >= 0]
        return {
            each: {name: _text(row[name]) for name in names} for each, row in zip(kept, rows, strict=True)
        }

    def nearest(self, ids: Sequence[str]) -> dict[str, str]:
        """The nearest client of each scored company."""
        table = self.run.scores.set_index("company_id")["nearest_client_id"].reindex(list(ids)).dropna()
        return {str(each): str(client) for each, client in table.items()}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if value == round(value) else f"{value:,.6g}"
    return str(value)
