"""Paths to clients as sentences, and whom to ask for an introduction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from graphlead.core.evidence import Tie
from graphlead.core.graph import OWNS, PlaceKey, relation_title
from graphlead.explain.facts import Names
from graphlead.explain.ties.cypher import KEYS, shown_by
from graphlead.explain.ties.paths import EFFECTIVE, FAR, ClientPath, Leg, Node, Tier
from graphlead.explain.ties.shares import Shares, owning

THIS = "this company"


class TieWriter:
    """Writes paths as sentences, with the names and shares along them."""

    def __init__(self, names: Names, shares: Shares) -> None:
        self._names, self._shares = names, shares

    def tie(self, path: ClientPath) -> Tie:
        """The path as a sentence, and the query that shows it."""
        cypher, parameters = shown_by(path, self._names)
        nodes = tuple((KEYS[label][0], self._names.key(label, node)) for label, node in path.nodes)
        return Tie(
            client=path.client,
            relation=path.relation,
            steps=path.steps,
            sentence=self.sentence(path),
            nodes=nodes,
            cypher=cypher,
            parameters=parameters,
        )

    def sentence(self, path: ClientPath) -> str:
        if path.columns:
            return f"{self._the_client(path)} has the same {path.columns[0]}."
        if not path.legs:
            trade, place = (self._names.key(label, node) for label, node in path.nodes[1:3])
            where = PlaceKey.parse(place).title()
            return f"{self._the_client(path)} is of the same industry ({trade}) in the same place ({where})."
        if len(path.legs) == 1:
            return f"{_capital(self._step(path, path.legs[0], path.nodes[0], path.nodes[1]))}."
        if len(path.legs) == 2 and not path.legs[0].along and path.legs[1].along:
            return self._in_common(path)
        backwards = [Leg(leg.relation, not leg.along) for leg in reversed(path.legs)]
        steps = [
            self._step(path, leg, one, two)
            for leg, (one, two) in zip(backwards, pairwise(reversed(path.nodes)), strict=True)
        ]
        far = f"By a long path of {len(path.legs)} links: " if len(path.legs) > FAR else ""
        return _capital(f"{far}{'; '.join(steps)}.")

    def introduction(self, paths: Sequence[ClientPath]) -> str:
        """Whom to ask: the nearest client that is joined by owners, persons, links or the address; or empty."""
        asked = next((path for path in paths if path.tier <= Tier.HUB), None)
        if asked is None:
            return ""
        client = self._the_client(asked)
        if len(asked.nodes) == 3:
            label, between = asked.nodes[1][0], self._names.name_of(*asked.nodes[1])
            if label == "person":
                return f"Ask {between}, who is behind both {client} and {THIS}."
            return f"Ask {client} for an introduction through {between}, which both are joined to."
        if len(asked.nodes) > 3:
            return f"Ask {client}, which is of the same ownership group."
        return f"Ask {client}, which {self._direct(asked)}."

    def client(self, path: ClientPath) -> str:
        """The name of the client at the end of a path."""
        return self._names.name_of(*path.nodes[-1])

    def _direct(self, path: ClientPath) -> str:
        """How the client at the end of a path with nobody in between is joined to the company."""
        if path.columns:
            return f"has the same {path.columns[0]}"
        leg = path.legs[0]
        if leg.relation not in (OWNS, EFFECTIVE):
            return f"is linked to {THIS} by {relation_title(leg.relation)}"
        share = self._shares.text(leg.relation, *owning(leg, *path.nodes))
        if leg.along:
            return f"belongs to {THIS}" + (f" ({share})" if share else "")
        return f"owns {share} of {THIS}" if share else f"owns {THIS}"

    def _in_common(self, path: ClientPath) -> str:
        """The sentence of a path through somebody who owns or is joined to both."""
        between, client = self._names.name_of(*path.nodes[1]), self._the_client(path)
        relations = [leg.relation for leg in path.legs]
        if relations == [OWNS, OWNS]:
            shares = [self._shares.text(OWNS, path.nodes[1], node) for node in (path.nodes[2], path.nodes[0])]
            known = (
                f": {shares[0] or 'a share not known'} and {shares[1] or 'a share not known'}"
                if any(shares)
                else ""
            )
            return f"{client} and {THIS} are both owned by {between}{known}."
        kinds = list(dict.fromkeys(relation_title(relation) for relation in relations))
        return f"{between} is joined to both {client} and {THIS} ({' and '.join(kinds)})."

    def _step(self, path: ClientPath, leg: Leg, one: Node, two: Node) -> str:
        source, target = (self._name_of(path, node) for node in owning(leg, one, two))
        if leg.relation in (OWNS, EFFECTIVE):
            share = self._shares.text(leg.relation, *owning(leg, one, two))
            through = ", directly and through others" if leg.relation == EFFECTIVE else ""
            return f"{source} owns {f'{share} of ' if share else ''}{target}{through}"
        return f"{source} is linked to {target} by {relation_title(leg.relation)}"

    def _the_client(self, path: ClientPath) -> str:
        return self._name_of(path, path.nodes[-1])

    def _name_of(self, path: ClientPath, node: Node) -> str:
        if node == path.nodes[0]:
            return THIS
        return f"{self._names.name_of(*node)}{' (client)' if node == path.nodes[-1] else ''}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
