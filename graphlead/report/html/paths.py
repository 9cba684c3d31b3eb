"""The evidence of the best leads: reasons as sentences, paths to clients as a drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graphlead.core.arrays import Json
from graphlead.core.evidence import Evidence, Tie
from graphlead.report.html.content import Node, ReportContent

EXPLAINED = 100
"""Leads with evidence in the report, a choice that bounds its size; evidence.json has the rest."""

PATHS = 6
"""Paths to clients drawn for one lead at most, by eye: more are a tangle."""


def evidence_view(content: ReportContent) -> list[Json]:
    """The evidence of the first EXPLAINED leads that have some, in the order of the list."""
    by_company = {each.company: each for each in content.evidence}
    ranked = zip(content.leads["rank"], content.leads["name"], content.leads["company_id"],
                 content.lead_companies, strict=True)  # fmt: skip
    found: list[Json] = []
    for rank, name, company_id, company in ranked:
        evidence = by_company.get(int(company))
        if evidence is not None and len(found) < EXPLAINED:
            title = name if isinstance(name, str) and name else company_id
            found.append({"rank": int(rank), "name": title, **_view(evidence, content.names)})
    return found


def _view(evidence: Evidence, names: Mapping[Node, str]) -> Json:
    ties = evidence.ties[:PATHS]
    return {
        "reasons": list(evidence.why),
        "ties": [
            {"sentence": tie.sentence, "relation": tie.relation, "steps": tie.steps, "cypher": tie.cypher,
             "parameters": {key: str(value) for key, value in tie.parameters.items()}}
            for tie in ties
        ],
        "more": max(0, len(evidence.ties) - PATHS),
        "counterfactual": evidence.counterfactual,
        "introduction": evidence.introduction,
        "graph": drawing(ties, names),
    }  # fmt: skip


def drawing(ties: tuple[Tie, ...], names: Mapping[Node, str]) -> Json:
    """The paths of one lead as nodes and edges, the lead on the left and every client on the right.

    A node that several paths share is drawn once. x is the number of steps from the lead, the last column for clients;
    y spreads the nodes of a column evenly around 0.
    """
    clients = {tie.nodes[-1] for tie in ties if len(tie.nodes) > 1}
    step: dict[Node, int] = {}
    edges: dict[tuple[Node, Node], str] = {}
    for tie in ties:
        for i, node in enumerate(tie.nodes):
            step[node] = max(step.get(node, 0), i)
        for pair in zip(tie.nodes, tie.nodes[1:], strict=False):
            edges.setdefault(pair, tie.relation)
    last = max(step.values(), default=0)
    x = {node: last if node in clients else at for node, at in step.items()}
    y = _spread(x, edges)
    nth = {node: i for i, node in enumerate(step)}
    return {
        "nodes": [{"name": names.get(node, node[1]), "label": node[0], "key": node[1], "x": x[node], "y": y[node],
                   "role": _role(node, step, clients)} for node in step],
        "edges": [[nth[a], nth[b], relation] for (a, b), relation in edges.items()],
        "columns": last + 1,
        "rows": max((list(x.values()).count(at) for at in set(x.values())), default=0),
    }  # fmt: skip


def _spread(x: Mapping[Node, int], edges: Iterable[tuple[Node, Node]]) -> dict[Node, float]:
    """The y of every node: each column spread around 0, ordered by the mean of its predecessors, so few paths cross."""
    before: dict[Node, list[Node]] = {}
    for source, target in edges:
        before.setdefault(target, []).append(source)
    y: dict[Node, float] = {}
    for at in sorted(set(x.values())):
        nodes = [node for node, column in x.items() if column == at]
        come_from = {node: [y[each] for each in before.get(node, []) if each in y] for node in nodes}
        nodes.sort(key=lambda node: sum(come_from[node]) / max(len(come_from[node]), 1))
        y |= {node: i - (len(nodes) - 1) / 2 for i, node in enumerate(nodes)}
    return y


def _role(node: Node, step: Mapping[Node, int], clients: set[Node]) -> str:
    if step[node] == 0:
        return "lead"
    return "client" if node in clients else "between"
