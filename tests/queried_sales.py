"""Sales runs for the query library, planted in the graph of ``queried_graph``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from graphlead.core.sales_graph import LABELS, RELATIONS, RUN, SalesEdges, SalesGraph, node_schema

Row = tuple[object, ...]
IS = [("u1", "a2"), ("u2", "c1"), ("u3", "d1"), ("u4", "no such company")]
"""Customers, and the company that each is; the last one is none of the register."""


def edges(run: str, relation: str, source: str, target: str, rows: Sequence[Row]) -> SalesEdges:
    """Relationships with the keys of their ends and their properties in order, those of a run."""
    kind = RELATIONS[relation]
    columns = list(zip(*(each[:2] for each in rows), strict=True)) + list(
        zip(*(each[2:] for each in rows), strict=True)
    )
    arrays = [
        pa.array(list(each)).cast(field.type) for each, field in zip(columns, kind.schema, strict=False)
    ]
    table = pa.table([*arrays, pa.array([run] * len(rows))], schema=kind.schema)
    return SalesEdges(relation=kind, source=source, target=target, table=table)


def sales(
    run: str, verb: str, about: str, nodes: Mapping[str, Sequence[Row]], *parts: SalesEdges
) -> SalesGraph:
    """A sales run; ``nodes`` are the rows of each label, in the order of its properties."""
    rows = {**nodes, RUN: [(run, verb, about, "2026-03-02")]}
    tables = {
        label: pa.Table.from_pylist(
            [dict(zip(LABELS[label], row, strict=True)) for row in each], node_schema(label)
        )
        for label, each in rows.items()
    }
    return SalesGraph(run_id=run, verb=verb, about=about, finished="2026-03-02", nodes=tables, edges=parts)


CUSTOMERS = {"Customer": [("u1",), ("u2",), ("u3",), ("u4",)]}


def churn(run: str, probabilities: Mapping[str, float]) -> SalesGraph:
    risks = [
        (customer, run, probability, rank, "Call", "late", 100.0, 100 * probability)
        for rank, (customer, probability) in enumerate(probabilities.items(), 1)
    ]
    return sales(run, "churn", "", CUSTOMERS, edges(run, "CHURN_RISK", "Customer", RUN, risks),
                 edges(run, "IS_COMPANY", "Customer", "Company", IS))  # fmt: skip


def offers(run: str) -> SalesGraph:
    rows = [
        ("u2", "nails", 1, 0.9, "together", "bought with glue"), ("u2", "tape", 2, 0.5, "together", None),
        ("u3", "tape", 1, 0.4, "popular", None), ("u4", "nails", 1, None, "popular", None),
    ]  # fmt: skip
    return sales(run, "recommend", "", {**CUSTOMERS, "Item": [("nails",), ("tape",)]},
                 edges(run, "SHOULD_BUY", "Customer", "Item", rows))  # fmt: skip


def prospects(run: str) -> SalesGraph:
    wanted = [("u4", "saw", 1, 0.9, "prospect", "buys most")]
    others = [("e1", "saw", 2, 0.3, "prospect", "near a buyer"), ("gone", "saw", 3, 0.2, "prospect", None)]
    return sales(run, "recommend", "saw", {"Customer": [("u4",)], "Item": [("saw",)]},
                 edges(run, "SHOULD_BUY", "Customer", "Item", wanted),
                 edges(run, "SHOULD_BUY", "Company", "Item", others))  # fmt: skip


def segments(run: str) -> SalesGraph:
    rows = [
        ("u1", "Champions", "A", 3.0, 9.0, 50.0), ("u2", "Champions", "A", 4.0, 8.0, 40.0),
        ("u3", "Lapsing", "C", 90.0, 1.0, 5.0), ("u4", "Lapsing", "C", 91.0, 1.0, None),
    ]  # fmt: skip
    named = [("Champions", "First access", 2, 90.0), ("Lapsing", None, 2, None)]
    return sales(run, "segment", "", {**CUSTOMERS, "Segment": named},
                 edges(run, "IN_SEGMENT", "Customer", "Segment", rows))  # fmt: skip


def dealt(run: str) -> SalesGraph:
    return sales(run, "experiment", "leads.csv", {"Customer": [("u1",), ("u2",)], "Arm": [("holdout",), ("treat",)]},
                 edges(run, "IN_ARM", "Customer", "Arm", [("u1", "treat"), ("u2", "holdout")]),
                 edges(run, "IN_ARM", "Company", "Arm", [("e1", "treat")]))  # fmt: skip


def measured(run: str) -> SalesGraph:
    rows = [(run, "treat", "won", 200, 0.12, 0.03, 0.01, 0.05, 0.004)]
    return sales(run, "experiment", "results.csv", {"Arm": [("treat",)]},
                 edges(run, "MEASURED", RUN, "Arm", rows))  # fmt: skip


def moved(run: str) -> SalesGraph:
    rows = [(run, "e1", "left", 4, None, "employees 40 -> 2"), (run, "c1", "up", 9, 1, None)]
    return sales(run, "compare", "", {}, edges(run, "MOVED", RUN, "Company", rows))


def planted() -> list[SalesGraph]:
    """The runs in the order of their pushes: one of churn that the next replaces, and one of each other verb."""
    return [
        churn("churn old", {"u1": 0.9, "u3": 0.8}),
        offers("offers"),
        prospects("prospects"),
        segments("segments"),
        dealt("dealt"),
        measured("measured"),
        moved("moved"),
        churn("churn new", {"u2": 0.7, "u4": 0.65, "u1": 0.6, "u3": 0.2}),
    ]
