"""Features from a register and its graph: planned once, built the same way on newer registers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphlead.common.deal import keys_of
from graphlead.common.parallel import meanwhile
from graphlead.core.contracts import Propagator
from graphlead.core.features import Feature, Features
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Register
from graphlead.features.attributes import AttributePlan, build_attributes, plan_attributes
from graphlead.features.groupings import Groupings
from graphlead.features.levels import read_columns
from graphlead.features.meaning import Meanings, WordVectors
from graphlead.features.relations import RelationPlan, derived_relations, linked_relations, plan_relations
from graphlead.features.structure import build_structure

MOST_AVERAGED = 24
"""Numbers averaged over linked companies at most: each one adds a feature for every kind of link."""


@dataclass(frozen=True)
class FeaturePlan:
    """Which attributes and relations are built from a register; part of a trained model.

    meaning: the vectors of words, which are kept in a file of their own; see ``learn_meaning``.
    """

    attributes: AttributePlan
    relations: RelationPlan
    meaning: tuple[WordVectors, ...] = ()

    @property
    def meaning_features(self) -> tuple[Feature, ...]:
        """A description of each number about the words of a company."""
        return tuple(feature for each in self.meaning for feature in each.features)

    def to_json(self) -> dict[str, Any]:
        return {"attributes": self.attributes.to_json(), "relations": self.relations.to_json()}

    @staticmethod
    def from_json(data: dict[str, Any]) -> FeaturePlan:
        return FeaturePlan(
            AttributePlan.from_json(data["attributes"]), RelationPlan.from_json(data["relations"])
        )


def plan_features(register: Register, graph: CompanyGraph, groupings: Groupings | None = None) -> FeaturePlan:
    """Plan the features that this register and graph allow; columns with the role "ignored" are left out.

    groupings: those of the register, for ``build_features`` to use again.
    """
    read_columns(register)
    return FeaturePlan(plan_attributes(register), plan_relations(register, graph, groupings))


def build_features(
    plan: FeaturePlan,
    register: Register,
    graph: CompanyGraph,
    propagator: Propagator,
    groupings: Groupings | None = None,
) -> Features:
    """The plan's features of this register's companies, independent of all labels.

    groupings: those of the register, if it was planned with them.
    """
    groupings = groupings or Groupings(register)
    attributes = build_attributes(plan.attributes, register, groupings)
    linked = linked_relations(plan.relations, graph)
    averaged = min(MOST_AVERAGED, len(plan.attributes.numeric) + len(plan.attributes.ordered))
    with meanwhile(
        lambda: (derived_relations(plan.relations, register, groupings), keys_of(register.ids()))
    ) as of_columns:
        structure, of_links = build_structure(attributes, averaged, linked, propagator)
        derived, keys = of_columns()
    relations = (*derived, *linked)
    return Features(
        keys=keys,
        attributes=attributes,
        structure=structure,
        structure_features=of_links,
        relations=relations,
        meaning=Meanings.from_relations(plan.meaning, relations),
        meaning_features=plan.meaning_features,
    )
