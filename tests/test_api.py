"""A finished run from Python: its tables, what is around a company, and a network of one's own on its graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import roc_auc_score
from torch_geometric.data import HeteroData
from torch_geometric.nn import HeteroConv, SAGEConv

import graphlead
from graphlead.api import OpenRun
from graphlead.core.errors import GraphleadError, InputError, RunFolderError

COMPANIES, OWNERS, CLIENTS = 600, 60, 80
FOLDS = 3


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> OpenRun:
    """A run on 60 owners of ten companies each; clients belong to 15 of the owners, nothing else sets them apart."""
    folder, draw = tmp_path_factory.mktemp("own_network"), np.random.default_rng(3)
    ids = np.array([f"c{i:03}" for i in range(COMPANIES)])
    owner = np.arange(COMPANIES) % OWNERS
    size = np.where(owner < OWNERS // 4, 200.0, 20.0)
    # The owners of clients are large themselves; what they own is as large as anybody.
    anybody = draw.permutation(np.resize([200.0, 20.0, 20.0, 20.0], COMPANIES))
    own_size = np.where(np.arange(COMPANIES) < OWNERS, size, anybody)
    companies = pd.DataFrame({
        "company_id": ids, "name": [f"Firm {i}" for i in draw.permutation(COMPANIES)], "employees": own_size,
        "founded_year": draw.integers(1950, 2020, COMPANIES),
    })  # fmt: skip
    links = pd.DataFrame({
        "source_id": ids[owner[OWNERS:]], "target_id": ids[OWNERS:], "kind": "owns", "share": 0.9,
    })  # fmt: skip
    lucky = np.flatnonzero((owner < OWNERS // 4) & (np.arange(COMPANIES) >= OWNERS))
    clients = pd.DataFrame({"company_id": ids[np.sort(draw.choice(lucky, CLIENTS, replace=False))]})
    paths = {
        "companies": folder / "companies.csv",
        "links": folder / "links.csv",
        "clients": folder / "clients.csv",
    }
    for name, table in (("companies", companies), ("links", links), ("clients", clients)):
        table.to_csv(paths[name], index=False)
    graphlead.discover(**paths, out=folder / "out", rankers=["pagerank"], folds=FOLDS, quiet=True)
    return graphlead.open_run(folder / "out")


@pytest.fixture(scope="module")
def data(run: OpenRun) -> HeteroData:
    return run.to_hetero_data()


def test_a_run_has_its_tables(run: OpenRun) -> None:
    assert len(run.register) == COMPANIES
    assert len(run.scores) == COMPANIES - CLIENTS
    assert set(run.leads["company_id"]) <= set(run.scores["company_id"])
    assert not set(run.whitespace["company_id"]) & set(run.leads["company_id"])


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError):
        graphlead.open_run(tmp_path)


def test_the_graph_comes_with_features_labels_folds_and_masks(run: OpenRun, data: HeteroData) -> None:
    data.validate()
    company = data["company"]
    assert company.x.dtype == torch.float32
    assert company.x.shape == (COMPANIES, len(company.feature_names))
    assert torch.isfinite(company.x).all()
    employees = next(i for i, name in enumerate(company.feature_names) if "employees" in name)
    large = run.register["employees"].to_numpy() > 100
    assert (company.x[:, employees].numpy() > 0).tolist() == large.tolist()
    assert company.x.mean(0).abs().max() < 1e-4
    assert int(company.y.sum()) == CLIENTS
    assert (company.fold.dtype, sorted(set(company.fold.tolist()))) == (torch.int8, list(range(FOLDS)))
    assert (company.candidate_mask == (company.y == 0)).all()
    assert not company.suppressed_mask.any()
    source, target = data["company", "owns", "company"].edge_index
    ids = run.register["company_id"]
    assert (ids[source.numpy()].to_numpy() == [f"c{i % OWNERS:03}" for i in range(OWNERS, COMPANIES)]).all()
    assert (ids[target.numpy()].to_numpy() == ids[OWNERS:].to_numpy()).all()


class OwnNetwork(torch.nn.Module):
    """What somebody might write: two layers of messages over ownership, both ways."""

    def __init__(self, data: HeteroData, hidden: int = 16) -> None:
        super().__init__()
        width, owns = data["company"].x.shape[1], ("company", "owns", "company")
        self.owned = ("company", "owned_by", "company")
        self.first, self.second = (
            HeteroConv({owns: SAGEConv(size, hidden), self.owned: SAGEConv(size, hidden)})
            for size in (width, hidden)
        )
        self.out = torch.nn.Linear(hidden, 1)

    def forward(self, data: HeteroData) -> torch.Tensor:
        edges = data["company", "owns", "company"].edge_index
        both = {("company", "owns", "company"): edges, self.owned: edges.flip(0)}
        hidden = self.first({"company": data["company"].x}, both)["company"].relu()
        hidden = self.second({"company": hidden}, both)["company"].relu()
        return self.out(hidden).squeeze(-1)


def test_a_network_of_ones_own_finds_the_clients_of_the_other_fold(data: HeteroData) -> None:
    torch.manual_seed(0)
    company = data["company"]
    for fold in range(FOLDS):
        network, seen = OwnNetwork(data), company.fold != fold
        optimiser = torch.optim.Adam(network.parameters(), 0.02)
        weight = (company.y[seen] == 0).sum() / company.y[seen].sum()
        for _ in range(60):
            optimiser.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                network(data)[seen], company.y[seen].float(), pos_weight=weight
            )
            torch.autograd.backward(loss)
            optimiser.step()
        scores = network(data)[~seen].detach().numpy()
        assert roc_auc_score(company.y[~seen].numpy(), scores) > 0.8


def test_what_is_around_a_company(run: OpenRun) -> None:
    one = run.around("c061", hops=1)
    assert {key for kind, key in one if kind == "company"} == {"c061", "c001"}
    (owns,) = one.get_edge_data(("company", "c001"), ("company", "c061")).values()
    assert owns == {"relation": "owns", "weight": pytest.approx(0.9)}
    two = run.around(run.register["name"][61], hops=2)
    assert {key for kind, key in two if kind == "company"} == {
        f"c{i:03}" for i in range(1, COMPANIES, OWNERS)
    }
    with pytest.raises(GraphleadError, match=r"10 nodes, more than the cap of 5\. Ask for fewer hops"):
        run.around("c061", hops=2, cap=5)
    with pytest.raises(InputError, match="no company with the id or name 'c999x'"):
        run.around("c999x")
