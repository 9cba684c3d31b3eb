"""What one would pick instead, each on the files of a world and the clients that a run of the product settled on."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags, Json, Longs, Reals
from graphlead.pipeline.finished import FinishedRun
from graphlead.world import World
from graphlead.world.truth import against_truth

STEPS, HIDDEN = 60, 32
RESTART = 0.15
TABLE = (
    "country", "region", "city", "nace", "legal_form", "employees", "revenue_keur", "exporter", "family_owned",
    "certificate", "sales_channel", "software",
)  # fmt: skip
"""The attributes of a generated register that are no ids, names or contacts."""


def xgboost(world: World, run: Path) -> Json:
    """Boosted trees on the attributes alone, unlabelled companies taken for negatives."""
    from xgboost import XGBClassifier

    ids, clients = _companies(world, run)
    table = pd.read_parquet(world.companies, columns=["company_id", *TABLE]).drop_duplicates("company_id")
    table = table.set_index("company_id").reindex(ids)
    for column in table.columns[table.dtypes.map(lambda each: each.kind not in "if")]:
        table[column] = table[column].astype("str").astype("category")
    model = XGBClassifier(
        n_estimators=100, max_depth=6, learning_rate=0.1, enable_categorical=True, tree_method="hist"
    )
    model.fit(table, clients)
    return _judged(world, ids, clients, model.predict_proba(table)[:, 1])


def sage(world: World, run: Path) -> Json:
    """GraphSAGE over the heterogeneous graph (Hamilton et al. 2017), full batch, balanced logistic loss, by PyG."""
    import torch
    from torch import nn
    from torch_geometric.nn import HeteroConv, SAGEConv
    from torch_geometric.transforms import ToUndirected

    from graphlead import open_run

    torch.manual_seed(0)
    ids, clients = _companies(world, run)
    data = ToUndirected()(open_run(run).to_hetero_data())
    inputs = {
        kind: data[kind].x if "x" in data[kind] else torch.ones(data[kind].num_nodes, 1)
        for kind in data.node_types
    }

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = (
                HeteroConv({edge: SAGEConv((-1, -1), HIDDEN) for edge in data.edge_types}) for _ in range(2)
            )
            self.last = nn.Linear(HIDDEN, 1)

        def forward(self) -> torch.Tensor:
            hidden = {kind: x.relu() for kind, x in self.first(inputs, data.edge_index_dict).items()}
            hidden = self.second({**hidden}, data.edge_index_dict)
            return self.last(hidden["company"].relu()).squeeze(1)

    network, truth = Network(), torch.from_numpy(clients.astype(np.float32))
    with torch.no_grad():
        network()
    steps = torch.optim.Adam(network.parameters(), lr=0.01)
    loss = nn.BCEWithLogitsLoss(pos_weight=(1 - truth).sum() / truth.sum())
    for _ in range(STEPS):
        steps.zero_grad()
        loss(network(), truth).backward()
        steps.step()
    with torch.no_grad():
        scores = network().numpy()
    return _judged(world, ids, clients, scores)


def networkx(world: World, run: Path) -> Json:
    """Personalised PageRank from the clients over the links, by NetworkX."""
    import networkx as nx

    ids, clients = _companies(world, run)
    links = pd.read_parquet(world.links, columns=["source_id", "target_id"])
    graph = nx.Graph()
    graph.add_edges_from(links.itertuples(index=False, name=None))
    start = dict.fromkeys(graph.nodes.keys() & set(ids[clients]), 1.0)
    reached = nx.pagerank(graph, alpha=1 - RESTART, personalization=start)
    return _judged(world, ids, clients, np.array([reached.get(one, 0.0) for one in ids]))


def scikit_network(world: World, run: Path) -> Json:
    """The same by scikit-network."""
    from scipy.sparse import coo_matrix
    from sknetwork.ranking import PageRank

    ids, clients = _companies(world, run)
    links = pd.read_parquet(world.links, columns=["source_id", "target_id"])
    codes, nodes = pd.factorize(pd.concat([links["source_id"], links["target_id"]]))
    source, target = codes.reshape(2, -1)
    both = np.concatenate([source, target]), np.concatenate([target, source])
    adjacency = coo_matrix((np.ones(len(codes)), both), shape=(len(nodes),) * 2).tocsr()
    at = nodes.get_indexer(ids)
    start = {int(one): 1.0 for one in at[clients] if one >= 0}
    reached = PageRank(damping_factor=1 - RESTART).fit_predict(adjacency, weights=start)
    return _judged(world, ids, clients, np.where(at >= 0, reached[at], 0.0))


def splink(world: World, run: Path) -> Json:
    """The client list linked to the register by Splink on DuckDB: name, city and region; how many lines are right."""
    import splink.comparison_library as compare
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    register = pd.read_parquet(world.companies, columns=["company_id", "name", "city", "region"])
    register = register.drop_duplicates("company_id")
    typed = pd.read_csv(world.clients, dtype=str)[["name", "city", "region"]]
    for table in (register, typed):
        for column in ("name", "city", "region"):
            table[column] = table[column].str.lower()
    typed["company_id"] = "line " + typed.index.astype(str)
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="company_id",
        comparisons=[
            compare.JaroWinklerAtThresholds("name", [0.95, 0.88]),
            compare.ExactMatch("city"),
            compare.ExactMatch("region"),
        ],
        blocking_rules_to_generate_predictions=[block_on("name"), block_on("substr(name, 1, 6)")],
    )
    database = DuckDBAPI()
    tables = [
        database.register(table, table_name=name) for name, table in (("list", typed), ("register", register))
    ]
    linker = Linker(tables, settings, "WARNING")
    linker.training.estimate_probability_two_random_records_match([block_on("name")], recall=0.6)
    linker.training.estimate_u_using_random_sampling(1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("name"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("city", "substr(name, 1, 4)"))
    pairs = linker.inference.predict().as_pandas_dataframe()
    best = pairs.sort_values("match_probability").drop_duplicates("company_id_l", keep="last")
    found = dict(zip(best["company_id_l"], best["company_id_r"], strict=True))
    with world.typed_truth.open(newline="", encoding="utf-8") as file:
        truth = [row["company_id"] for row in csv.DictReader(file)]
    right = sum(found.get(f"line {at}") == one for at, one in enumerate(truth) if one)
    ours = FinishedRun(run).clients.table["company_id"].fillna("")
    right_ours = sum(mine == one for mine, one in zip(ours, truth, strict=True) if one)
    return {"right": right, "right_ours": right_ours, "lines": sum(map(bool, truth))}


PEERS: dict[str, Callable[[World, Path], Json]] = {
    "xgboost": xgboost, "sage": sage, "networkx": networkx, "scikit-network": scikit_network, "splink": splink,
}  # fmt: skip


def _companies(world: World, run: Path) -> tuple[np.ndarray, Flags]:
    """The ids of the register as the run read it, and who is a client."""
    finished = FinishedRun(run)
    clients: Flags = finished.cohort.labels().astype(bool)
    return np.asarray(finished.register.ids()), clients


def _judged(world: World, ids: np.ndarray, clients: Flags, scores: Reals) -> Json:
    """How many of the companies won later are found, among those that are no clients."""
    order: Longs = np.argsort(-scores[~clients], kind="stable")
    table = pd.DataFrame({"company_id": ids[~clients][order], "rank_all": np.arange(1, len(order) + 1)})
    return {"found": against_truth(table, world.truth).rankings["list"]}
