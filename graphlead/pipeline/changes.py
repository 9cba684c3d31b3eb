"""What is different in a newer register from the one that the models were trained on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.members import members
from graphlead.core.arrays import Ints, Reals
from graphlead.core.graph import CompanyGraph, relation_title
from graphlead.core.register import Column, Register, Role

UNUSED = (Role.ID, Role.IGNORED, Role.CONTACT, Role.IDENTIFIER, Role.STATUS, Role.ADDRESS)
"""Roles of columns that no model looks at."""
VALUES = (Role.INDUSTRY, Role.COUNTRY, Role.REGION, Role.CATEGORY)

MOVED = 0.5
"""By how many distances of its quartiles a median has to move to be reported: half of one turns a bottom half into a
bottom quarter in a normal distribution."""
EMPTIER = 0.2
NEW_VALUES = 0.1
FEW_AGAIN = 0.5
"""Shares of companies that lost a value, that have values not seen before, and that are there again; choices."""
SHOWN = 5


@dataclass(frozen=True)
class Gone:
    """What models were trained with and a newer register lacks: columns by name, links by the title of their kind."""

    columns: tuple[str, ...]
    links: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.columns or self.links)

    def text(self) -> str:
        """Both as a reader writes them: ``exporter, turnover and the links owns``."""
        parts = [listed(self.columns)] if self.columns else []
        return " and ".join([*parts, f"the links {listed(self.links)}"] if self.links else parts)


def gone_between(before: Register, links: CompanyGraph, now: Register, graph: CompanyGraph) -> Gone:
    """What the register ``before`` and its graph ``links`` have for models and the newer ones have not."""
    known = now.understood
    columns = tuple(column.name for column in _used(before) if column.name not in known)
    return Gone(columns, tuple(sorted(_kinds(links) - _kinds(graph))))


def changes(earlier: Register, clients: Ints, register: Register, gone: Gone, lost: float) -> tuple[str, ...]:
    """What the models were trained with and this register lacks or has differently, as sentences for the user.

    earlier, clients: the register and the clients of the run that trained them; register: the newer one, from which
    all this is ``gone``, and with it the share ``lost`` of what the models find.
    """
    return (
        *_missing(gone, lost),
        *_roles(earlier, register),
        *_companies(earlier, clients, register),
        *_values(earlier, register),
    )


def _missing(gone: Gone, lost: float) -> Iterator[str]:
    if gone.columns:
        it = "it" if len(gone.columns) == 1 else "them"
        yield f"The newer register lacks {listed(gone.columns)}: the models take {it} for missing everywhere."
    if gone.links:
        yield f"The newer links have no {listed(gone.links)}: the models take every company to have none."
    if gone:
        yield f"With {gone.text()}, {lost:.0%} of what the models find beyond chance is gone."


def _roles(before: Register, now: Register) -> Iterator[str]:
    known = now.understood
    for column in _used(before):
        if column.name in known and known[column.name].role is not column.role:
            role = known[column.name].role
            yield f"{column.name} was read as {column.role} and is now read as {role}: set it under [columns]."


def _used(register: Register) -> list[Column]:
    return [column for column in register.columns if column.role not in UNUSED]


def _kinds(graph: CompanyGraph) -> set[str]:
    """The kinds of links to companies, as a reader writes them."""
    places = ("in_industry", "located_in", "part_of")
    return {relation_title(relation) for _, relation, _ in graph.edges if relation not in places}


def _companies(before: Register, clients: Ints, now: Register) -> Iterator[str]:
    ids = before.ids()
    still = pc.is_in(ids, value_set=now.ids())
    again = pc.sum(still).as_py() / len(ids)
    if again < FEW_AGAIN:
        yield (
            f"Only {again:.0%} of the earlier companies are in the newer register: see that its ids are the same ones."
        )
    at = pa.array(clients)
    lost = ids.take(at).filter(pc.invert(still.take(at))).to_pylist()
    if lost:
        verb = "is" if len(lost) == 1 else "are"
        yield f"{len(lost):,} of {len(clients):,} earlier clients {verb} not in the newer register: {listed(lost)}."


def _values(before: Register, now: Register) -> Iterator[str]:
    known = {column.name: column for column in now.columns}
    for column in before.columns:
        newer = known.get(column.name)
        if newer is None or newer.role is not column.role or column.role in UNUSED:
            continue
        if newer.missing - column.missing > EMPTIER:
            yield f"{column.name} is empty for {newer.missing:.0%} of the companies, earlier for {column.missing:.0%}."
        if column.role is Role.NUMBER:
            yield from _moved(column, before, now)
        elif column.role in VALUES:
            yield from _unseen(column, before, now)


def _moved(column: Column, before: Register, now: Register) -> Iterator[str]:
    old, new = _numbers(column, before), _numbers(column, now)
    if not len(old) or not len(new):
        return
    low, middle, high = np.quantile(old, (0.25, 0.5, 0.75))
    median = float(np.median(new))
    if abs(median - middle) > MOVED * (high - low):
        yield f"The median of {column.name} is {median:,.6g}, earlier {middle:,.6g}."


def _numbers(column: Column, register: Register) -> Reals:
    return np.asarray(register.read(column.name).column(0).drop_null().to_numpy(), np.float64)


def _unseen(column: Column, before: Register, now: Register) -> Iterator[str]:
    old, new = members(before, column.name), members(now, column.name)
    known = pc.is_in(_spelled(new.values), value_set=_spelled(old.values)).to_numpy(zero_copy_only=False)
    unseen = np.append(~known, False)[new.codes]
    share = len(np.unique(new.companies[unseen])) / now.n_companies
    if share > NEW_VALUES:
        values, sizes = np.unique(new.codes[unseen], return_counts=True)
        common = values[np.argsort(-sizes, kind="stable")]
        names = [str(value) for value in new.values.take(pa.array(common)).to_pylist()]
        yield f"{share:.0%} of the companies have a {column.name} that no company had: {listed(names)}."


def _spelled(values: pa.Array) -> pa.Array:
    return pc.utf8_lower(pc.utf8_trim_whitespace(values.cast(pa.string())))


def listed(names: Sequence[str]) -> str:
    """The first few of these names, and how many there are besides."""
    rest = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {rest:,} more" if rest > 0 else "")
