"""What the nodes, relationships and paths of an answer form together."""

from __future__ import annotations

from collections.abc import Iterator

from graphlead.carriers import Answer, Node, Relationship, Subgraph, Walk


def refs_missing(answer: Answer) -> list[str]:
    """The ends of the answer's relationships that are not among its nodes."""
    nodes, relationships = _parts(answer)
    return sorted({end for each in relationships.values() for end in (each.source, each.target)} - set(nodes))


def joined(answer: Answer, more: list[Node]) -> Subgraph:
    """Everything in the answer, and more nodes, each once."""
    nodes, relationships = _parts(answer)
    nodes |= {node.ref: node for node in more}
    return Subgraph(tuple(nodes.values()), tuple(relationships.values()))


def _parts(answer: Answer) -> tuple[dict[str, Node], dict[str, Relationship]]:
    found = [each for row in answer.rows for value in row for each in _within(value)]
    nodes = {each.ref: each for each in found if isinstance(each, Node)}
    return nodes, {each.ref: each for each in found if isinstance(each, Relationship)}


def _within(value: object) -> Iterator[Node | Relationship]:
    if isinstance(value, Node | Relationship):
        yield value
    elif isinstance(value, Walk):
        yield from value.nodes
        yield from value.relationships
    elif isinstance(value, list):
        for each in value:
            yield from _within(each)
    elif isinstance(value, dict):
        yield from _within(list(value.values()))
