"""The query that shows a path, in the Cypher that LadybugDB and Neo4j have in common."""

from __future__ import annotations

from graphlead.common.cypher import portable, quoted
from graphlead.core.graph import OWNS, LinkKind
from graphlead.explain.facts import Names
from graphlead.explain.ties.paths import EFFECTIVE, ClientPath, Leg, Node

KEYS = {
    "company": ("Company", "company_id"),
    "holder": ("Holder", "holder_id"),
    "person": ("Person", "person_id"),
    "industry": ("Industry", "code"),
    "place": ("Place", "place_key"),
}
_RELATIONSHIPS = {OWNS: "OWNS", EFFECTIVE: "EFFECTIVE_OWNS"}
_ALIKE = (
    "MATCH (n0:Company {company_id: $n0})-[:IN_INDUSTRY]->(n1:Industry {code: $n1})"
    "<-[:IN_INDUSTRY]-(n3:Company {company_id: $n3}), "
    "(n0)-[:LOCATED_IN]->(:Place)-[:PART_OF*0..3]->(n2:Place {place_key: $n2})"
    "<-[:PART_OF*0..3]-(:Place)<-[:LOCATED_IN]-(n3) RETURN DISTINCT n0, n1, n2, n3"
)


def shown_by(path: ClientPath, names: Names) -> tuple[str, dict[str, object]]:
    """The text of the query, and its parameters: the keys of the nodes as $n0, $n1, ..., kinds of links as $kind1."""
    parameters: dict[str, object] = {
        f"n{i}": names.key(label, node) for i, (label, node) in enumerate(path.nodes)
    }
    if path.columns:
        return _same_values(path.columns), parameters
    if not path.legs:
        return _ALIKE, parameters
    text, returned = _node(0, path.nodes[0]), ["n0"]
    for i, leg in enumerate(path.legs, start=1):
        kind = _relationship(i, leg, parameters)
        arrow = f"-[{kind}]->" if leg.along else f"<-[{kind}]-"
        text += arrow + _node(i, path.nodes[i])
        returned += [f"r{i}", f"n{i}"]
    return f"MATCH {text} RETURN {', '.join(returned)}", parameters


def _node(i: int, node: Node) -> str:
    label, key = KEYS[node[0]]
    return f"(n{i}:{label} {{{key}: $n{i}}})"


def _relationship(i: int, leg: Leg, parameters: dict[str, object]) -> str:
    if leg.relation in _RELATIONSHIPS:
        return f"r{i}:{_RELATIONSHIPS[leg.relation]}"
    link = LinkKind.of(leg.relation)
    parameters[f"kind{i}"] = link.name if link else leg.relation
    return f"r{i}:LINKED {{kind: $kind{i}}}"


def _same_values(columns: tuple[str, ...]) -> str:
    """The query of the two companies; columns whose names do not mean the same to every store are not compared."""
    same = [f"n0.{quoted(column)} = n1.{quoted(column)}" for column in columns if portable(column)]
    where = f" WHERE {' AND '.join(same)}" if same else ""
    return f"MATCH (n0:Company {{company_id: $n0}}), (n1:Company {{company_id: $n1}}){where} RETURN n0, n1"
