"""Scores written back into a Neo4j database: staged, switched by one transaction, then moved to the companies.

Changing a million companies in one transaction takes a server more than 4 KB of memory each. So the scores are first
staged in nodes of one block each, which no query reads: a failure until then leaves the earlier set unchanged. One
transaction then makes the new set the valid one (``switching`` on the node that marks the database). From there on
there is no way back: the scores move to the companies block by block, each with its run_id, and the next process to
open the store completes an interrupted move, for which the database has everything.
"""

from __future__ import annotations

import time
from functools import partial

import pyarrow as pa

from graphlead.core.contracts import WHOLE, Progress, silent
from graphlead.core.property_graph import SCORED
from graphlead.stores.lists import remembered
from graphlead.stores.neo4j.database import Database, Statement

BLOCK = 5_000
"""Companies per block, and per transaction of the move: about 20 MB of a server's memory at 4 KB each."""
PAUSE = 2.0
"""Seconds without progress after which a move is taken for interrupted, a choice: a block takes a fraction of one."""

COLUMNS = ("company_id", *SCORED)
NOTHING: dict[str, str | int] = {"rank": -1}
"""The values that mean null in a block, since a list cannot have one; an empty string for the others."""

LAY_READY = "CREATE (s:NextScore {block: $block}) SET " + ", ".join(f"s.{name} = ${name}" for name in COLUMNS)
CLEAR = "MATCH (s:NextScore) DELETE s"
SWITCH = "MERGE (g:Graphlead {name: 'graphlead'}) SET g.switching = $run, g.finished = $finished"
PENDING = "MATCH (g:Graphlead) WHERE g.switching IS NOT NULL RETURN g.switching, g.finished"
BLOCKS = "MATCH (s:NextScore) RETURN s.block ORDER BY s.block"
MOVE = (
    f"MATCH (s:NextScore {{block: $block}}) WITH {', '.join(f's.{name} AS {name}' for name in COLUMNS)} "
    "UNWIND range(0, size(company_id) - 1) AS i MATCH (c:Company {company_id: company_id[i]}) SET "
    + ", ".join(f"c.{name} = nullIf({name}[i], $no_{name})" for name in SCORED)
)
MOVED = "MATCH (s:NextScore {block: $block}) DELETE s"
DROP_STALE = (
    "MATCH (g:Graphlead) WHERE g.switching IS NOT NULL MATCH (c:Company) WHERE c.run_id <> g.switching CALL (c) { SET "
    + ", ".join(f"c.{name} = NULL" for name in SCORED)
    + f" }} IN TRANSACTIONS OF {BLOCK} ROWS"
)
PUT_RUN = "MERGE (r:Run {run_id: $run}) SET r.finished = $finished"
DONE = "MATCH (g:Graphlead) REMOVE g.switching, g.finished"


def write_scores(database: Database, table: pa.Table, run_id: str, finished: str, progress: Progress) -> None:
    """Replace the scores of the companies; ``table`` has company_id and all of SCORED, score never null."""
    settle(database)
    database.write(lambda: [(CLEAR, {})])
    for start in range(0, len(table), BLOCK):
        progress(start, 2 * len(table), "scores")
        database.write(partial(_lay_ready, start, table.slice(start, BLOCK)))
    run: dict[str, object] = {"run": run_id, "finished": finished}
    database.write(lambda: [(SWITCH, run)])
    _move(database, run, progress, len(table))


def settle(database: Database) -> None:
    """Complete an interrupted switch of scores; wait for one that another process is making."""
    left: object = None
    while pending := database.query(PENDING).rows:
        before, left = left, database.query(BLOCKS).rows
        if left == before:
            run, finished = pending[0]
            return _move(database, {"run": run, "finished": finished})
        time.sleep(PAUSE)
    return None


def _lay_ready(block: int, part: pa.Table) -> list[Statement]:
    values = {
        name: part[name].fill_null(NOTHING.get(name, "")).to_pylist() for name in COLUMNS if name != "score"
    }
    return [(LAY_READY, {"block": block, "score": part["score"].to_pylist(), **values})]


def _move(database: Database, run: dict[str, object], progress: Progress = silent, total: int = 0) -> None:
    nothing = {f"no_{name}": NOTHING.get(name, "") for name in SCORED}
    for (block,) in database.query(BLOCKS, limits=WHOLE).rows:
        progress(total + int(str(block)), max(2 * total, 1), "moving scores")
        values = {"block": block, **nothing}
        database.write(partial(_statements, [(MOVE, values), (MOVED, {"block": block})]))
    database.command(DROP_STALE)
    database.write(lambda: [(PUT_RUN, run), *remembered(str(run["run"])), (DONE, {})])


def _statements(statements: list[Statement]) -> list[Statement]:
    return statements
