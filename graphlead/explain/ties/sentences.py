"""Ways to clients in sentences, and whom to ask for an introduction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from graphlead.core.evidence import Tie
from graphlead.explain.facts import Names
from graphlead.explain.ties.cypher import KEYS, shown_by
from graphlead.explain.ties.shares import Shares, owning
from graphlead.explain.ties.ways import EFFECTIVE, FAR, OWNS, Leg, Node, Tier, Way

THIS = "this company"


class Teller:
    """Tells ways with the names and shares along them."""

    def __init__(self, names: Names, shares: Shares) -> None:
        self._names, self._shares = names, shares

    def tie(self, way: Way) -> Tie:
        """The way as a sentence, and as the query that shows it."""
        cypher, parameters = shown_by(way, self._names)
        nodes = tuple((KEYS[label][0], self._names.key(label, node)) for label, node in way.nodes)
        return Tie(way.client, way.relation, way.steps, self.sentence(way), nodes, cypher, parameters)

    def sentence(self, way: Way) -> str:
        if way.columns:
            return f"{self._the_client(way)} has the same {way.columns[0]}."
        if not way.legs:
            trade, place = (self._names.key(label, node) for label, node in way.nodes[1:3])
            return f"{self._the_client(way)} is of the same industry ({trade}) in the same place ({_place(place)})."
        if len(way.legs) == 1:
            return f"{_capital(self._step(way, way.legs[0], way.nodes[0], way.nodes[1]))}."
        if len(way.legs) == 2 and not way.legs[0].along and way.legs[1].along:
            return self._in_common(way)
        backwards = [Leg(leg.relation, not leg.along) for leg in reversed(way.legs)]
        steps = [
            self._step(way, leg, one, two)
            for leg, (one, two) in zip(backwards, pairwise(reversed(way.nodes)), strict=True)
        ]
        far = f"By a long way of {len(way.legs)} links: " if len(way.legs) > FAR else ""
        return _capital(f"{far}{'; '.join(steps)}.")

    def introduction(self, ways: Sequence[Way]) -> str:
        """Whom to ask: the nearest client that is joined by owners, persons, links or the address; or empty."""
        asked = next((way for way in ways if way.tier <= Tier.HUB), None)
        if asked is None:
            return ""
        client = self._the_client(asked)
        if len(asked.nodes) == 3:
            label, between = asked.nodes[1][0], self._names.called(*asked.nodes[1])
            if label == "person":
                return f"Ask {between}, who is behind both {client} and {THIS}."
            return f"Ask {client} for an introduction through {between}, which both are joined to."
        if len(asked.nodes) > 3:
            return f"Ask {client}, which is of the same ownership group."
        return f"Ask {client}, which {self._direct(asked)}."

    def client(self, way: Way) -> str:
        """What the client at the end of a way is called."""
        return self._names.called(*way.nodes[-1])

    def _direct(self, way: Way) -> str:
        """What the client at the end of a way without anybody between has to do with the company."""
        if way.columns:
            return f"has the same {way.columns[0]}"
        leg = way.legs[0]
        if leg.relation not in (OWNS, EFFECTIVE):
            return f"is linked to {THIS} by {_kind(leg.relation)}"
        share = self._shares.text(leg.relation, *owning(leg, *way.nodes))
        if leg.along:
            return f"belongs to {THIS}" + (f" ({share})" if share else "")
        return f"owns {share} of {THIS}" if share else f"owns {THIS}"

    def _in_common(self, way: Way) -> str:
        """Somebody owns or is joined to both."""
        between, client = self._names.called(*way.nodes[1]), self._the_client(way)
        relations = [leg.relation for leg in way.legs]
        if relations == [OWNS, OWNS]:
            shares = [self._shares.text(OWNS, way.nodes[1], node) for node in (way.nodes[2], way.nodes[0])]
            told = (
                f": {shares[0] or 'a share not known'} and {shares[1] or 'a share not known'}"
                if any(shares)
                else ""
            )
            return f"{client} and {THIS} are both owned by {between}{told}."
        kinds = list(dict.fromkeys(_kind(relation) for relation in relations))
        return f"{between} is joined to both {client} and {THIS} ({' and '.join(kinds)})."

    def _step(self, way: Way, leg: Leg, one: Node, two: Node) -> str:
        source, target = (self._called(way, node) for node in owning(leg, one, two))
        if leg.relation in (OWNS, EFFECTIVE):
            share = self._shares.text(leg.relation, *owning(leg, one, two))
            through = ", directly and through others" if leg.relation == EFFECTIVE else ""
            return f"{source} owns {f'{share} of ' if share else ''}{target}{through}"
        return f"{source} is linked to {target} by {_kind(leg.relation)}"

    def _the_client(self, way: Way) -> str:
        return self._called(way, way.nodes[-1])

    def _called(self, way: Way, node: Node) -> str:
        if node == way.nodes[0]:
            return THIS
        return f"{self._names.called(*node)}{' (client)' if node == way.nodes[-1] else ''}"


def _kind(relation: str) -> str:
    return relation.removeprefix("linked:").replace("_", " ")


def _place(key: str) -> str:
    """A place's key as a reader writes it: FRESNO, CA for city|US|CA|FRESNO."""
    level, *chain = key.split("|")
    if level == "postcode":
        return f"postcodes {chain[-1]}..."
    return ", ".join(part for part in reversed(chain[-2:]) if part)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
