"""Message passing trained end to end, as in GraphSAGE (Hamilton et al. 2017), over every relation at once.

Two layers of a heterogeneous network over the whole register go beneath the network that ``gnn`` trains too: the same
linear part, inputs, loss and steps, and some inputs more: the messages to a company from the groups that it is in and
from the companies that it is linked to. So the difference between the two is what message passing adds. Labels take no
part in the messages: label features reach a company's own row alone.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.data import HeteroData
from torch_geometric.nn import HeteroConv, SAGEConv

from graphlead.common.memory import budget
from graphlead.core.arrays import Floats, Ints
from graphlead.core.contracts import RankerSetup
from graphlead.core.errors import SettingsError
from graphlead.core.features import Features, Groups, Incidence, Neighbours, Relation
from graphlead.learn.network import HIDDEN, Network, seeded, tensors_of, train, weights_of
from graphlead.learn.rankers.gnn import DecoupledGnn
from graphlead.learn.threads import one_thread
from graphlead.learn.trained import own_inputs

FILE = "messages.safetensors"
EDGES = "edges"
COMPANY = "company"
BYTES_PER_EDGE, BYTES_PER_MESSAGE = 600, 600
"""What a step holds for each edge, and for each company or group in a relation. Measured on one core at 50,000 and
100,000 companies in 10 to 40 relations: 540 and 520; the rest is a margin for what else is held."""
EdgeType = tuple[str, str, str]


class Sage(DecoupledGnn):
    """The end-to-end network as a ranker, for registers whose full batch fits into memory; ``gnn`` has no such limit.

    Every company sends messages to its neighbours whether its row is asked for or not, so only companies of the
    features can be scored.
    """

    name = "sage"

    def __init__(self, setup: RankerSetup) -> None:
        super().__init__(setup)
        self._messages: Messages | None = None

    def check(self, features: Features) -> None:
        """Raise SettingsError when the full batch would not fit into the memory of the device."""
        needed, free = bytes_needed(features), _memory(self._device)
        if needed > free:
            raise SettingsError(
                f"sage needs about {needed / 1e9:.1f} GB for {features.n_companies:,} companies, "
                f"{free / 1e9:.1f} GB may be used.",
                where="rankers",
                remedy="Leave sage out: gnn learns from the same relations on mini-batches.",
            )

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        """Train on companies ``rows`` with labels (len(rows),) and label features (len(rows), F)."""
        self.check(features)
        inputs = self._on_device(self._prepare(features, rows, labels, label_features, seed))
        data = self._data(features, label_features.shape[1])
        base = self._on_device(self._linear.score(features, rows, label_features))
        at = torch.from_numpy(rows).to(self._device)
        with seeded(seed):
            messages = Messages(data[COMPANY].x.shape[1], data.edge_types).to(self._device)
            network = Network(inputs.shape[1] + HIDDEN).to(self._device)
            train(
                network,
                lambda places: torch.cat([inputs[places], messages(data)[at[places]]], dim=1),
                base,
                self._on_device(labels),
                features.keys[rows],
                seed=seed,
                prior=self._prior,
                beneath=messages.parameters(),
            )
        self._network, self._messages = network.trained(), messages
        return self

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """Logits (len(rows),), higher is likelier."""
        if self._network is None or self._messages is None:
            raise RuntimeError("Sage is used before it is trained or loaded.")
        self.check(features)
        at = torch.from_numpy(rows).to(self._device)
        with torch.no_grad(), one_thread():
            messages = self._messages(self._data(features, label_features.shape[1]))[at].cpu().numpy()
        inputs = np.hstack([self._inputs(features, rows, label_features), messages])
        return self._network.scores(inputs, self._linear.score(features, rows, label_features))

    def save(self, folder: Path) -> None:
        """Write what the network has, the messages and the types of the edges into an existing folder."""
        super().save(folder)
        if self._messages is not None:
            types = {EDGES: json.dumps(self._messages.edge_types)}
            save_file(tensors_of(self._messages, "messages"), folder / FILE, types)

    def load(self, folder: Path) -> Self:
        """The model that ``save`` wrote."""
        super().load(folder)
        weights = weights_of(load_file(folder / FILE), "messages")
        self._messages = Messages(weights["enter.weight"].shape[1], _saved_types(folder / FILE))
        self._messages.load_state_dict(weights)
        self._messages.to(self._device)
        return self

    def _data(self, features: Features, nearby: int) -> HeteroData:
        """The relations with what a company is by itself and by its links as ``x``, scaled as in training.

        The first ``nearby`` inputs are label features, which take no part in the messages.
        """
        everybody = np.arange(features.n_companies, dtype=np.int32)
        data = hetero_data(features)
        own = self._scaling.after(nearby).apply(own_inputs(features, everybody))
        data[COMPANY].x = torch.from_numpy(own)
        return data.to(self._device)

    def _on_device(self, values: Floats) -> Tensor:
        return torch.from_numpy(values).to(self._device)


class Messages(nn.Module):
    """The messages to every company, (n, HIDDEN): first to the groups and linked companies, then back to the companies.

    Groups have nothing of their own, so the first layer needs no way back from them. A layer is the mean over the
    relations of the means over the neighbours, beside what is there already.
    """

    def __init__(self, width: int, edge_types: Sequence[EdgeType]) -> None:
        super().__init__()
        self.edge_types = list(edge_types)
        self.enter = nn.Linear(width, HIDDEN)
        self.first = _convolution([each for each in edge_types if each[0] == COMPANY])
        self.second = _convolution([each for each in edge_types if each[2] == COMPANY])
        self.own = nn.ModuleList(nn.Linear(HIDDEN, HIDDEN) for _ in range(2))

    def forward(self, data: HeteroData) -> Tensor:
        nodes = {
            kind: torch.zeros(data[kind].num_nodes, HIDDEN, device=data[COMPANY].x.device)
            for kind in data.node_types
        }
        nodes[COMPANY] = functional.relu(self.enter(data[COMPANY].x))
        for own, convolution in zip(self.own, (self.first, self.second), strict=True):
            received = convolution(nodes, data.edge_index_dict) if len(convolution.convs) else {}
            company = own(nodes[COMPANY]) + received.pop(COMPANY, 0)
            nodes |= {
                kind: functional.relu(values) for kind, values in {**received, COMPANY: company}.items()
            }
        return nodes[COMPANY]


def _convolution(edge_types: Sequence[EdgeType]) -> HeteroConv:
    """A layer over these edges; what a node is itself is added once for all of them, not by each."""
    layers = {each: SAGEConv((HIDDEN, HIDDEN), HIDDEN, root_weight=False) for each in edge_types}
    with warnings.catch_warnings():
        # That some kinds of nodes only send in one layer is meant.
        warnings.filterwarnings("ignore", "There exist node types")
        return HeteroConv(layers, aggr="mean")


def hetero_data(features: Features) -> HeteroData:
    """The relations of the companies: a node type for each that has groups, edges between companies for the others.

    Node and edge types are numbered as the relations are, since names of columns are no names of types.
    """
    data = HeteroData()
    data[COMPANY].num_nodes = features.n_companies
    for i, relation in enumerate(features.relations):
        source, target = _ends(relation)
        ends = torch.from_numpy(np.stack([source, target]).astype(np.int64))
        if isinstance(relation, Neighbours):
            data[COMPANY, f"linked{i}", COMPANY].edge_index = ends
        else:
            data[f"group{i}"].num_nodes = _count(relation)
            data[COMPANY, f"in{i}", f"group{i}"].edge_index = ends
            data[f"group{i}", f"has{i}", COMPANY].edge_index = ends.flip(0)
    return data


def _ends(relation: Relation) -> tuple[Ints, Ints]:
    """The companies and their groups, or the linked companies."""
    if isinstance(relation, Groups):
        inside = np.flatnonzero(relation.code >= 0).astype(np.int32)
        return inside, relation.code[inside]
    pairs = relation.matrix.tocoo()
    return pairs.row, pairs.col


def _count(relation: Groups | Incidence) -> int:
    return relation.count if isinstance(relation, Groups) else int(relation.matrix.shape[1])


def bytes_needed(features: Features) -> int:
    """About what a training step over the whole register holds at most, in bytes."""
    n, relations = features.n_companies, len(features.relations)
    edges = sum(_edges(relation) for relation in features.relations)
    groups = sum(0 if isinstance(each, Neighbours) else _count(each) for each in features.relations)
    return BYTES_PER_EDGE * edges + BYTES_PER_MESSAGE * (n * relations + groups)


def _edges(relation: Relation) -> int:
    return len(relation.code) if isinstance(relation, Groups) else int(relation.matrix.nnz)


def _memory(device: str) -> int:
    """The bytes that may be held on a device; those that this process holds there already count as its own."""
    if device == "cpu":
        return budget()
    return int(torch.cuda.mem_get_info(device)[0]) + int(torch.cuda.memory_reserved(device))


def _saved_types(path: Path) -> list[EdgeType]:
    with safe_open(path, "pt") as file:
        return [(source, name, target) for source, name, target in json.loads(file.metadata()[EDGES])]
