"""The head of every run's lead list, kept in the stores, so that queries can compare the lists of two runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import pyarrow as pa

from graphlead.core.answers import Answer
from graphlead.core.arrays import Json
from graphlead.core.contracts import WHOLE
from graphlead.core.property_graph import SCORED

Statement = tuple[str, dict[str, object]]

LENGTH = 1_000
"""Leads of a run that are kept, a choice: twice the list of 500 that a run makes by default."""
RUNS = 30
"""The newest runs carried over when a store is rebuilt, a choice: a month of daily runs."""

TABLE = "CREATE REL TABLE LISTED(FROM Run TO Company, `rank` INT64, score DOUBLE, fit STRING)"
"""The relationships from a run to the companies on its list, where a store declares them."""

FORGET = "MATCH (r:Run {run_id: $run})-[l:LISTED]->(:Company) DELETE l"
REMEMBER = (
    f"MATCH (r:Run {{run_id: $run}}), (c:Company) WHERE c.run_id = $run AND c.rank <= {LENGTH} "
    "CREATE (r)-[:LISTED {rank: c.rank, score: c.score, fit: c.fit}]->(c)"
)
"""Put the companies that carry the scores of a run on its list."""

RECALL_RUNS = (
    f"MATCH (r:Run) RETURN r.run_id AS run, r.finished AS finished ORDER BY finished DESC LIMIT {RUNS}"
)
RECALL = (
    "MATCH (r:Run)-[l:LISTED]->(c:Company) WHERE r.run_id IN $runs "
    "RETURN r.run_id AS run, c.company_id AS company, l.rank AS place, l.score AS score, l.fit AS fit"
)
PUT_RUNS = "UNWIND $rows AS row MERGE (r:Run {run_id: row.run}) SET r.finished = row.finished"
PUT_LISTS = (
    "UNWIND $rows AS row MATCH (r:Run {run_id: row.run}) MATCH (c:Company {company_id: row.company}) "
    "CREATE (r)-[:LISTED {rank: row.place, score: row.score, fit: row.fit}]->(c)"
)


@dataclass(frozen=True)
class Lists:
    """Runs (run, finished) and the companies on their lists (run, company, place, score, fit)."""

    runs: Sequence[Json] = ()
    rows: Sequence[Json] = ()

    @classmethod
    def of(cls, ask: Callable[..., Answer]) -> Self:
        """The lists that a store remembers; ``ask`` is its ``query``."""
        runs = list(ask(RECALL_RUNS).records())
        rows = ask(RECALL, {"runs": [run["run"] for run in runs]}, limits=WHOLE).records()
        return cls(runs, list(rows))

    def with_more(self, more: Lists) -> Lists:
        """These lists, and of the others those of further runs; the RUNS newest of all."""
        known = {run["run"] for run in self.runs}
        runs = [*self.runs, *(run for run in more.runs if run["run"] not in known)]
        runs = sorted(runs, key=lambda run: str(run["finished"]), reverse=True)[:RUNS]
        kept = {run["run"] for run in runs}
        rows = [*self.rows, *(row for row in more.rows if row["run"] not in known)]
        return Lists(runs, [row for row in rows if row["run"] in kept])

    def statements(self) -> list[Statement]:
        """The statements that put these lists into a store."""
        return [
            (text, {"rows": list(rows)})
            for text, rows in ((PUT_RUNS, self.runs), (PUT_LISTS, self.rows))
            if rows
        ]


def remembered(run_id: str) -> list[Statement]:
    """The statements that record the list of a run, from the scores on the companies."""
    return [(FORGET, {"run": run_id}), (REMEMBER, {"run": run_id})]


_TYPES = {"score": pa.float64(), "rank": pa.int64()}


def score_table(scores: pa.Table, run_id: str) -> pa.Table:
    """company_id and all of SCORED, null for columns that ``scores`` lacks."""
    n = len(scores)
    columns = {"company_id": scores["company_id"].cast(pa.string())}
    for name in SCORED[:-1]:
        type_ = _TYPES.get(name, pa.string())
        columns[name] = scores[name].cast(type_) if name in scores.column_names else pa.nulls(n, type_)
    return pa.table(columns | {"run_id": pa.array([run_id] * n if n else [], pa.string())})
