"""The models by name; entries are text, so that a model is imported when it is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphlead.core.registry import entry_of, loaded

if TYPE_CHECKING:
    from graphlead.recommenders.recommender import Recommender


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A model. place: module:class; simple: its place in the order of simplicity, the simplest first;
    penalised, seeded: it takes a ``penalty``, a ``seed``; settings: further ones."""

    place: str
    simple: int
    penalised: bool = False
    seeded: bool = False
    settings: tuple[tuple[str, bool], ...] = ()


RECOMMENDERS = {
    "popular": Entry(place="graphlead.recommenders.models.popular:Popular", simple=0),
    "recent": Entry(
        place="graphlead.recommenders.models.popular:Popular", simple=1, settings=(("lately", True),)
    ),
    "cosine": Entry(place="graphlead.recommenders.models.cosine:Cosine", simple=2),
    "ease": Entry(place="graphlead.recommenders.models.ease:Ease", simple=3, penalised=True),
    "mixed": Entry(place="graphlead.recommenders.models.mixed:Mixed", simple=4, penalised=True),
    "als": Entry(place="graphlead.recommenders.models.als:Als", simple=5, seeded=True),
}


def entry(name: str) -> Entry:
    """The model of this name. Raises SettingsError, with the name probably meant, for no such model."""
    return entry_of(RECOMMENDERS, name, "model", "--models")


def recommender(name: str, penalty: float, seed: int) -> Recommender:
    """A model of this name, not fitted."""
    found = entry(name)
    options: dict[str, object] = dict(found.settings)
    options |= {"penalty": penalty} if found.penalised else {}
    options |= {"seed": seed} if found.seeded else {}
    model: Recommender = loaded(found.place)(**options)
    return model
