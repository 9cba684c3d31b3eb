"""Paths to clients as sentences, and whom to ask for an introduction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from graphlead.core.evidence import Tie
from graphlead.core.graph import OWNS, LinkKind, PlaceKey, relation_title
from graphlead.core.register import Role
from graphlead.explain.facts import Names, readable
from graphlead.explain.ties.cypher import KEYS, shown_by
from graphlead.explain.ties.paths import EFFECTIVE, FAR, ClientPath, Leg, Node, Tier
from graphlead.explain.ties.shares import Shares, owning

THIS = "this company"
GROUP = "same ownership group"
OWNING = (OWNS, EFFECTIVE)
_PLACES = {Role.CITY: "town", Role.POSTCODE: "postcode area"}


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
            way=self.way(path),
            sentence=self.sentence(path),
            nodes=nodes,
            cypher=cypher,
            parameters=parameters,
        )

    def way(self, path: ClientPath) -> str:
        """In what way the client is near, such as "same address", "same trade and town"."""
        if path.columns:
            return f"same {readable(path.columns[0])}"
        if not path.legs:
            return self._alike(path)
        if len(path.legs) == 1:
            return self._direct(path.legs[0])
        if len(path.legs) > 2:
            return GROUP
        return self._in_common(path)

    def sentence(self, path: ClientPath) -> str:
        """The way with the client, and with the names and shares along the path; without a full stop."""
        client, way = f"your client {self.client(path)}", self.way(path)
        if len(path.legs) == 1:
            return self._directly(path, client)
        if len(path.legs) > 2 or way == GROUP:
            return f"{way} as {client}: {self._chain(path)}"
        if len(path.legs) == 2:
            return f"{way} ({self._between(path)}) as {client}"
        return f"{way} as {client}"

    def introduction(self, paths: Sequence[ClientPath]) -> str:
        """The nearest tie by owners, persons, links or the address, and whom to ask; or empty."""
        asked = next((path for path in paths if path.tier <= Tier.HUB), None)
        if asked is None:
            return ""
        middle = asked.nodes[1] if len(asked.nodes) == 3 else asked.nodes[0]
        whom = self._names.name_of(*middle) if middle[0] == "person" else "there first"
        return f"{self.sentence(asked)}{'; ' if len(asked.legs) > 2 else ': '}ask {whom}"

    def client(self, path: ClientPath) -> str:
        """The name of the client at the end of a path."""
        return self._names.name_of(*path.nodes[-1])

    def _alike(self, path: ClientPath) -> str:
        place = PlaceKey.parse(self._names.key(*path.nodes[2]))
        return f"same trade and {_PLACES.get(Role(place.level), place.level)}"

    def _direct(self, leg: Leg) -> str:
        """The way of a client with nobody in between."""
        if leg.relation not in OWNING:
            shared = _shared(leg)
            return f"same {shared}" if shared else f"linked by {relation_title(leg.relation)}"
        return "belongs to this company" if leg.along else "owns this company"

    def _in_common(self, path: ClientPath) -> str:
        """The way of a client with somebody in between."""
        owns = [leg.relation in OWNING for leg in path.legs]
        label = path.nodes[1][0]
        if all(owns):
            return f"owned by the same {label}" if _meets(path) else GROUP
        shared = {
            _shared(leg) or (relation_title(leg.relation) if label != "company" else "") for leg in path.legs
        }
        if len(shared) == 1 and "" not in shared:
            return f"same {shared.pop()}"
        return f"linked to the same {label}"

    def _directly(self, path: ClientPath, client: str) -> str:
        leg = path.legs[0]
        if leg.relation not in OWNING:
            return f"{self._direct(leg)} {'as' if _shared(leg) else 'to'} {client}"
        share = self._shares.text(leg.relation, *owning(leg, *path.nodes))
        through = ", directly and through others" if leg.relation == EFFECTIVE else ""
        owner, owned = ("it", client) if leg.along else (client, "it")
        return f"{owner} owns {f'{share} of ' if share else ''}{owned}{through}"

    def _between(self, path: ClientPath) -> str:
        """Who is between the two, with what they own of each where it is known."""
        name = self._names.name_of(*path.nodes[1])
        shares = [
            self._shares.text(leg.relation, *owning(leg, one, two)) if leg.relation in OWNING else ""
            for leg, (one, two) in zip(path.legs, pairwise(path.nodes), strict=True)
        ]
        if not any(shares):
            return name
        mine, theirs = (share or "a share not known" for share in shares)
        return f"{name}: {theirs} of the client, {mine} of it"

    def _chain(self, path: ClientPath) -> str:
        """Every step of a path, from the client on."""
        backwards = [Leg(leg.relation, not leg.along) for leg in reversed(path.legs)]
        steps = [
            self._step(path, leg, one, two)
            for leg, (one, two) in zip(backwards, pairwise(reversed(path.nodes)), strict=True)
        ]
        far = f"a long path of {len(path.legs)} links, " if len(path.legs) > FAR else ""
        return f"{far}{'; '.join(steps)}"

    def _step(self, path: ClientPath, leg: Leg, one: Node, two: Node) -> str:
        source, target = (self._name_of(path, node) for node in owning(leg, one, two))
        if leg.relation in OWNING:
            share = self._shares.text(leg.relation, *owning(leg, one, two))
            return f"{source} owns {f'{share} of ' if share else ''}{target}"
        return f"{source} is linked to {target} by {relation_title(leg.relation)}"

    def _name_of(self, path: ClientPath, node: Node) -> str:
        return THIS if node == path.nodes[0] else self._names.name_of(*node)


def _meets(path: ClientPath) -> bool:
    """Whether somebody in the middle of two links owns, or is linked to, the companies at both ends."""
    return len(path.legs) == 2 and not path.legs[0].along and path.legs[1].along


def _shared(leg: Leg) -> str:
    """What the two have in common by a link: "address" for same_address; empty for another kind."""
    kind = LinkKind.of(leg.relation)
    return kind.shared if kind else ""
