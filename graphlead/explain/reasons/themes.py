"""The inputs of the models put together into themes that a reader knows: place, industry, name, ownership, ..."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import Ints
from graphlead.core.features import Features, Groups, Incidence, Level, Neighbours, Relation
from graphlead.core.register import PLACES, Role

PLACE, INDUSTRY, NAME, OWNERSHIP = "place", "industry", "name", "ownership"
INDUSTRY_PLACE = "industry and place"
TOGETHER = "several columns together"
HOLDERS = "holders and persons"
LINKS = "links"
WALK = "closeness to clients"
OTHERS = "other columns"

MOST_THEMES = 60
"""A set of themes is kept in the bits of one number; own columns past these share the theme OTHERS."""

WORDS_OF = "words of "
NAME_LENGTH = "length of the name"
OWNED = "linked by owns"
HELD = "shared holder or person"


Cuts = Mapping[str, tuple[Level, ...]]
"""From the name of an attribute or relation to the columns it is made of, and how they are cut."""


@dataclass(frozen=True)
class Themes:
    """Which theme each input belongs to: numeric (d,), structure (s,) and around (F,) hold numbers of ``names``.

    words: the theme of the words of the name; relations: the relations of each theme, by their number in Features.
    """

    names: tuple[str, ...]
    numeric: Ints
    words: int
    structure: Ints
    label_features: Ints
    relations: tuple[tuple[int, ...], ...]

    def number(self, name: str) -> int:
        """The number of a theme, NONE when nothing belongs to it."""
        return self.names.index(name) if name in self.names else -1


def themes_of(
    features: Features, label_features: Sequence[str], cuts: Cuts, roles: Mapping[str, Role]
) -> Themes:
    """The themes of a model's inputs; ``around`` are the names of the label features, the walk last."""
    of_relation = [_of_relation(relation, cuts, roles) for relation in features.relations]
    numeric = [_of_number(name, cuts, roles) for name in features.attributes.numeric_names]
    structure = [_of_structure(name, features.relations, of_relation) for name in features.structure_names]
    labels = [*_of_labels(features.relations, of_relation), WALK]
    if len(labels) != len(label_features):
        raise ValueError(
            f"{len(label_features)} label features do not fit {len(features.relations)} relations."
        )
    every = list(dict.fromkeys([*of_relation, *numeric, *structure, NAME, WALK]))
    names = every if len(every) <= MOST_THEMES else [*every[: MOST_THEMES - 1], OTHERS]
    number = {name: min(i, len(names) - 1) for i, name in enumerate(every)}

    def numbers(wanted: list[str]) -> Ints:
        return np.array([number[name] for name in wanted], np.int32)

    relations = numbers(of_relation)
    return Themes(
        tuple(names),
        numbers(numeric),
        number[NAME],
        numbers(structure),
        numbers(labels),
        tuple(tuple(np.flatnonzero(relations == theme).tolist()) for theme in range(len(names))),
    )


def _of_columns(cuts: Sequence[Level], roles: Mapping[str, Role]) -> str:
    kinds = {_kind(cut.column, roles) for cut in cuts}
    if kinds == {PLACE, INDUSTRY}:
        return INDUSTRY_PLACE
    return kinds.pop() if len(kinds) == 1 else TOGETHER


def _kind(column: str, roles: Mapping[str, Role]) -> str:
    role = roles.get(column)
    if role in PLACES:
        return PLACE
    return INDUSTRY if role is Role.INDUSTRY else column


def _of_relation(relation: Relation, cuts: Cuts, roles: Mapping[str, Role]) -> str:
    if relation.name in cuts:
        return _of_columns(cuts[relation.name], roles)
    if isinstance(relation, Groups) or relation.name == OWNED:
        return OWNERSHIP
    if isinstance(relation, Neighbours):
        return LINKS
    if relation.name.startswith(WORDS_OF):
        column = relation.name.removeprefix(WORDS_OF)
        return NAME if roles.get(column) is Role.NAME else column
    return HOLDERS


def _of_number(name: str, cuts: Cuts, roles: Mapping[str, Role]) -> str:
    if name == NAME_LENGTH:
        return NAME
    return _of_columns(cuts[name], roles) if name in cuts else _kind(name, roles)


def _of_structure(name: str, relations: Sequence[Relation], of_relation: Sequence[str]) -> str:
    told = [
        theme for relation, theme in zip(relations, of_relation, strict=True) if name.endswith(relation.name)
    ]
    return told[-1] if told else LINKS


def _of_labels(relations: Sequence[Relation], of_relation: Sequence[str]) -> Iterator[str]:
    """The theme of each label feature: three an Incidence, one for every other relation."""
    for relation, theme in zip(relations, of_relation, strict=True):
        yield from [theme] * (3 if isinstance(relation, Incidence) else 1)
