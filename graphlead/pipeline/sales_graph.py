"""From the folder of a sales run to what it adds to a graph: customers, items, segments, arms, and who moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow as pa

from graphlead.common.disk import disk_errors
from graphlead.common.files import read_json, read_parquet
from graphlead.common.spreadsheets import restored
from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import RunFolderError, SettingsError, damage
from graphlead.core.sales_graph import LABELS, RELATIONS, RUN, SalesEdges, SalesGraph, node_schema
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.store import open_own
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import read_manifest
from graphlead.runs.stages import short_hash
from graphlead.stores.registry import OWN, database

CUSTOMER, COMPANY = "Customer", "Company"
_MOVES = {"run": COMPANY, "churn": CUSTOMER, "recommend": CUSTOMER, "segment": CUSTOMER}
"""Who moves between two runs, by their verb; leads are in no graph."""


def push_sales(run: Path, name: str, into: Path | None = None, *, progress: Progress = silent) -> str:
    """Add a sales run to a graph: that of the discovery run ``into``, or a graph database; returns where.

    name: of the database, or OWN; then ``into`` is by default the run that the sales run was matched with. Raises
    RunFolderError for a run that adds nothing to a graph, SettingsError where there is no graph to add it to, and
    StoreError where the graph cannot be written.
    """
    sales = SalesFolder(run).graph()
    if name != OWN:
        with closing(database(name).open()) as store:
            store.write_sales(sales, progress=progress)
        return name
    home = FinishedRun(into or _matched_with(run))
    with disk_errors(home.path), closing(open_own(home, progress=progress)) as store:
        store.write_sales(sales, progress=progress)
    return str(home.path)


def _matched_with(run: Path) -> Path:
    found = read_manifest(run)["settings"].get("run")
    if not found or not RunFolder(Path(found)).scores.exists():
        raise SettingsError(
            "it is not clear which graph takes this run.",
            where="--into",
            remedy="Say --into DIR, the folder of a `graphlead run`, or push to neo4j.",
        )
    return Path(found)


class SalesFolder:
    """A finished run of a sales verb, read for a graph. Raises RunFolderError where there is none in the folder."""

    def __init__(self, path: Path) -> None:
        self.path, self.folder = path, RunFolder(path)
        self.manifest = read_manifest(path)

    @cached_property
    def run_id(self) -> str:
        """The name of the run in a graph store: its verb, when it finished, and the first characters of its hash."""
        with damage(self.folder.manifest):
            return f"{self.verb} {self.manifest['finished']} {short_hash(self.manifest['files'])[:8]}"

    @property
    def verb(self) -> str:
        return str(self.manifest.get("verb", "run"))

    def graph(self) -> SalesGraph:
        """What the run adds. Raises RunFolderError when it has nothing for a graph."""
        edges = [each for each in self._edges() if len(each.table)]
        if not edges:
            raise RunFolderError(
                f"the run of a `graphlead {self.verb}` adds nothing to a graph.",
                where=str(self.path),
                remedy="Give the folder of a churn, recommend, segment, experiment or compare run.",
            )
        return SalesGraph(
            run_id=self.run_id,
            verb=self.verb,
            about=self._about(),
            finished=str(self.manifest["finished"]),
            nodes=self._nodes(edges),
            edges=tuple(edges),
        )

    def _about(self) -> str:
        """What there may be several of at once: products with prospects, and lists with an experiment."""
        settings = self.manifest["settings"]
        listed = settings.get("list") or settings.get("file") or settings.get("table") or ""
        return str(settings.get("product") or Path(str(listed)).name)

    def _nodes(self, edges: list[SalesEdges]) -> dict[str, pa.Table]:
        """The ends of the relationships that a sales run brings with it."""
        keys: dict[str, set[str]] = {}
        for each in edges:
            keys.setdefault(each.source, set()).update(each.table["from"].to_pylist())
            keys.setdefault(each.target, set()).update(each.table["to"].to_pylist())
        nodes = {
            label: _table({next(iter(LABELS[label])): sorted(keys[label])}, node_schema(label))
            for label in LABELS
            if label in keys and label not in (RUN, "Segment")
        }
        if "Segment" in keys:
            nodes["Segment"] = _table(self._segment_values(sorted(keys["Segment"])), node_schema("Segment"))
        own = {"run_id": [self.run_id], "verb": [self.verb], "about": [self._about()],
               "finished": [self.manifest["finished"]]}  # fmt: skip
        return {**nodes, RUN: _table(own, node_schema(RUN))}

    def _segment_values(self, names: list[str]) -> dict[str, list[object]]:
        path = self.folder.segment_profiles
        content = read_json(path)
        with damage(path):
            known = {each["segment"]: each for each in content["segments"]}
            return {"segment": names} | {
                name: [known.get(each, {}).get(key) for each in names]
                for name, key in (("offer", "offer"), ("customers", "size"), ("value", "value"))
            }

    def _edges(self) -> Iterator[SalesEdges]:
        yield from self._risks()
        yield from self._offers()
        yield from self._segments()
        yield from self._arms()
        yield from self._moves()

    def _risks(self) -> Iterator[SalesEdges]:
        table = self._read(self.folder.customers_scored)
        if table is not None:
            values = table.assign(intervention=table["recommended_intervention"], reason=table["reason_1"])
            yield self._edge("CHURN_RISK", CUSTOMER, RUN, values, table["id"], self.run_id)
            yield self._companies(table["id"], table.get("company_id"))

    def _offers(self) -> Iterator[SalesEdges]:
        prospects = self._read(self.folder.prospects)
        if prospects is not None:
            item = self._about()
            for label, known in ((CUSTOMER, "customer"), (COMPANY, "non-customer")):
                rows = prospects[prospects["known"] == known]
                yield self._edge("SHOULD_BUY", label, "Item", rows.assign(kind="prospect"), rows["id"], item)
            return
        table = self._read(self.folder.recommendations)
        if table is not None:
            yield self._edge("SHOULD_BUY", CUSTOMER, "Item", table, table["customer"], table["item"])
            people = table.drop_duplicates("customer")
            yield self._companies(people["customer"], people.get("company_id"))

    def _segments(self) -> Iterator[SalesEdges]:
        table = self._read(self.folder.segments)
        if table is not None:
            yield self._edge("IN_SEGMENT", CUSTOMER, "Segment", table, table["customer"], table["segment"])
            yield self._companies(table["customer"], table.get("company_id"))

    def _arms(self) -> Iterator[SalesEdges]:
        if self.folder.assignment.exists():
            with damage(self.folder.assignment):
                table = restored(pd.read_csv(self.folder.assignment, dtype=str, keep_default_na=False))
                for label in (CUSTOMER, COMPANY):
                    is_company = "company_id" in table and (table["company_id"] == table["id"]).all()
                    if (label == COMPANY) == is_company:
                        yield self._edge("IN_ARM", label, "Arm", table, table["id"], table["arm"])
        elif self.folder.experiment.exists():
            with damage(self.folder.experiment):
                measured = pd.DataFrame(read_json(self.folder.experiment).get("arms") or [])
                if len(measured):
                    yield self._edge("MEASURED", RUN, "Arm", measured, self.run_id, measured["arm"])

    def _moves(self) -> Iterator[SalesEdges]:
        table = self._read(self.folder.moved)
        if table is not None:
            label = _MOVES.get(read_json(self.folder.comparison)["kind"])
            if label:
                yield self._edge("MOVED", RUN, label, table, self.run_id, table["id"])

    def _companies(self, customers: pd.Series, companies: pd.Series | None) -> SalesEdges:
        """Which company each customer is; of an id that is a company's own, that one."""
        found = customers if companies is None else companies.where(companies.notna(), customers)
        return self._edge(
            "IS_COMPANY", CUSTOMER, COMPANY, pd.DataFrame(index=customers.index), customers, found
        )

    def _edge(
        self, relation: str, source: str, target: str, values: pd.DataFrame, from_: object, to: object
    ) -> SalesEdges:
        """Relationships from and to these keys, one for each row of ``values``, which has any of the properties."""
        kind, n = RELATIONS[relation], len(values)
        ends = {"from": _column(from_, n), "to": _column(to, n), "run_id": [self.run_id] * n}
        own = {name: values.get(name) for name in kind.own}
        return SalesEdges(
            relation=kind, source=source, target=target, table=_table({**own, **ends}, kind.schema, n)
        )

    def _read(self, path: Path) -> pd.DataFrame | None:
        if not path.exists():
            return None
        table: pd.DataFrame = read_parquet(path).to_pandas()
        return table


def _column(values: object, n: int) -> list[str]:
    return [str(each) for each in values] if isinstance(values, pd.Series) else [str(values)] * n


def _table(values: Mapping[str, object], schema: pa.Schema, n: int = 0) -> pa.Table:
    """A table of this schema; a column without values is null."""
    columns = [
        pa.nulls(n, field.type)
        if values[field.name] is None
        else pa.array(values[field.name], from_pandas=True).cast(field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)
