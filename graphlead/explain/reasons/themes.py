"""The inputs of the models grouped into themes that a reader knows: place, industry, name, ownership, ..."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import NONE, Ints
from graphlead.core.features import Feature, Features, Kind, Level, Source
from graphlead.core.register import PLACES, Role

PLACE, INDUSTRY, NAME, OWNERSHIP = "place", "industry", "name", "ownership"
INDUSTRY_PLACE = "industry and place"
TOGETHER = "several columns together"
HOLDERS = "holders and persons"
LINKS = "links"
WALK = "closeness to clients"
OTHERS = "other columns"

MOST_THEMES = 60
"""A set of themes is the bits of one int64, which ends at 63; columns past these share the theme OTHERS."""


@dataclass(frozen=True, kw_only=True)
class Themes:
    """The theme of each input: numeric (d,), structure (s,), meaning (k,) and label_features (F,) hold positions in
    ``names``.

    relations: the relations of each theme, by their position in Features.
    """

    names: tuple[str, ...]
    numeric: Ints
    structure: Ints
    meaning: Ints
    label_features: Ints
    relations: tuple[tuple[int, ...], ...]

    def number(self, name: str) -> int:
        """The position of a theme, NONE when nothing belongs to it."""
        return self.names.index(name) if name in self.names else NONE


def themes_of(features: Features, label_features: Sequence[Feature], roles: Mapping[str, Role]) -> Themes:
    """The themes of a model's inputs; ``roles``: those of the register's columns."""

    def of(sources: Iterable[Source]) -> list[str]:
        return [_theme(source, roles) for source in sources]

    of_relation = of(relation.source for relation in features.relations)
    numeric = of(feature.source for feature in features.attributes.numeric_features)
    structure = of(feature.source for feature in features.structure_features)
    meaning = of(feature.source for feature in features.meaning_features)
    labels = of(feature.source for feature in label_features)
    every = list(dict.fromkeys([*of_relation, *numeric, *structure, WALK]))
    names = every if len(every) <= MOST_THEMES else [*every[: MOST_THEMES - 1], OTHERS]
    number = {name: min(i, len(names) - 1) for i, name in enumerate(every)}

    def numbers(wanted: list[str]) -> Ints:
        return np.array([number[name] for name in wanted], np.int32)

    relations = numbers(of_relation)
    return Themes(
        names=tuple(names),
        numeric=numbers(numeric),
        structure=numbers(structure),
        meaning=numbers(meaning),
        label_features=numbers(labels),
        relations=tuple(tuple(np.flatnonzero(relations == theme).tolist()) for theme in range(len(names))),
    )


def _theme(source: Source, roles: Mapping[str, Role]) -> str:
    match source.kind:
        case Kind.COLUMNS:
            return _of_columns(source.levels, roles)
        case Kind.WORDS:
            return theme_of_column(source.column, roles) if source.column else NAME
        case Kind.LINK:
            return LINKS
        case Kind.OWNS | Kind.GROUP:
            return OWNERSHIP
        case Kind.HOLDERS:
            return HOLDERS
        case Kind.WALK:
            return WALK


def _of_columns(levels: Sequence[Level], roles: Mapping[str, Role]) -> str:
    themes = {theme_of_column(level.column, roles) for level in levels}
    if themes == {PLACE, INDUSTRY}:
        return INDUSTRY_PLACE
    if NAME in themes:
        return NAME
    return themes.pop() if len(themes) == 1 else TOGETHER


def theme_of_column(column: str, roles: Mapping[str, Role]) -> str:
    """The theme of a column by itself."""
    role = roles.get(column)
    if role in PLACES:
        return PLACE
    if role is Role.NAME:
        return NAME
    return INDUSTRY if role is Role.INDUSTRY else column
