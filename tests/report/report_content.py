"""A report's content made by hand, with the names that break pages in it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.common.files import write_json
from graphlead.core.clients import Cohort, Match
from graphlead.core.evaluation import Evaluation
from graphlead.core.evidence import Contribution, Evidence, Reason, Tie
from graphlead.core.expected import Expected, Wins
from graphlead.core.noise import Finding, Noise
from graphlead.core.profile import ColumnLift, Distribution, Lift, Outlier, Profile, Season, Segment
from graphlead.core.register import Column, Register, Role
from graphlead.core.scores import fit
from graphlead.evaluate.curves import lift_curves
from graphlead.evaluate.evaluate import evaluate
from graphlead.evaluate.heldout import HeldOut
from graphlead.report.html.content import Plane, ReportContent

N, CLIENTS, LEADS = 400, 40, 120
PRIOR = (0.02, 0.05, 0.12)
EXPECTED = Expected(
    wins=Wins(count=60, deviation=0.3, months=24, basis="dates", past=60),
    ends=np.array([50.0, 359.0]),
    hits=np.array([30.0, 60.0]),
    deviation=np.array([0.2, 0.0]),
)

NASTY = (
    "<script>document.title='owned'</script>",
    "</script><script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "<!-- <script>",
    "Müller & Söhne &amp; Co &lt;b&gt;",
    "line\u2028separator\u2029here",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "\u202eevil\u202c",
    "']]>\\u003c",
)


def name_of(company: int) -> str:
    return NASTY[company - CLIENTS] if 0 <= company - CLIENTS < len(NASTY) else f"Company {company:03d}"


def register_in(folder: Path) -> Register:
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(3)
    roles = {"company_id": Role.ID, "name": Role.NAME, "region": Role.REGION, "city": Role.CITY, "nace": Role.INDUSTRY,
             "employees": Role.NUMBER, "revenue": Role.NUMBER, "phone": Role.CONTACT}  # fmt: skip
    employees = np.exp(rng.normal(3, 1, N))
    table = pa.table({
        "company_id": [f"C{i}" for i in range(N)],
        "name": [name_of(i) for i in range(N)],
        "region": [("North", "South", "<i>West</i>")[i % 3] for i in range(N)],
        "city": [f"City {i % 7}" for i in range(N)],
        "nace": [f"{20 + i % 5}.1" for i in range(N)],
        "employees": employees,
        "revenue": [None if i % 4 == 0 else float(100 * e) for i, e in enumerate(employees)],
        "phone": [f"+49 {i}" for i in range(N)],
    })  # fmt: skip
    pq.write_table(table, folder / "companies.parquet")
    pq.write_table(pa.table({"source_id": ["C1"], "target_id": ["C2"]}), folder / "links.parquet")
    columns = tuple(
        Column(name=name, role=role, reason=f"because of {NASTY[0]}") for name, role in roles.items()
    )
    return Register(
        companies=folder / "companies.parquet",
        links=folder / "links.parquet",
        columns=columns,
        n_companies=N,
        n_links=1,
    )


def held_out(split: str, seed: int) -> HeldOut:
    rng = np.random.default_rng(seed)
    mask = np.arange(N) < CLIENTS
    lifts = {"pagerank": 0.7, "tabular": 1.0, "tabular_graph": 1.2, "gnn": 1.1, "blend": 1.3}
    scores = {name: (rng.normal(size=N) + lift * mask).astype(np.float32) for name, lift in lifts.items()}
    segments = {"region": np.array([("North", "South", "<i>West</i>")[i % 3] for i in range(N)])}
    return HeldOut(split=split, fold=np.zeros(N, np.int8), held_out=mask, scores=scores, segments=segments)


SPLITS = [held_out("groups", 1), held_out("random", 2)]


def evaluation() -> Evaluation:
    return evaluate(SPLITS, PRIOR, seed=0)


def profile() -> Profile:
    lifts = (
        Lift(
            column="region",
            value=NASTY[2],
            clients=20,
            companies=130,
            lift=1.55,
            low=1.1,
            high=2.2,
            p_value=0.01,
        ),
        Lift(column="nace", value="22", clients=3, companies=80, lift=0.4, low=0.1, high=1.2, p_value=0.6),
    )
    grid = tuple(np.geomspace(1, 1000, 30))
    density = tuple(np.linspace(0, 1, 30))
    return Profile(
        n_companies=N,
        n_clients=CLIENTS,
        columns=(
            ColumnLift(
                column="region",
                role=Role.REGION,
                strength=0.2,
                p_value=0.01,
                sentence=f"Clients are in {NASTY[0]}.",
            ),
            ColumnLift(column="nace", role=Role.INDUSTRY, strength=0.1, p_value=0.4, sentence="Perhaps."),
        ),
        lifts=lifts,
        distributions=(
            Distribution(
                column="employees",
                logarithmic=True,
                edges=(1.0, 10.0, 1000.0),
                clients=(0.25, 0.75),
                register=(0.5, 0.5),
                grid=grid,
                clients_density=density,
                register_density=density[::-1],
            ),
        ),
        segments=(
            Segment(name=NASTY[1], clients=25, companies=130, lift=4.2, traits=lifts),
            Segment(name="Small", clients=15, companies=130, lift=2.5, traits=()),
        ),
        outliers=(Outlier("C3", NASTY[3], "is alone."),),
        season=Season((("2024-01", 5), ("2024-02", 7)), (5, 7) + (0,) * 10, 0.4, "No season."),
        biases=(f"It leans to {NASTY[2]}.",),
        notes=("Age is unknown.",),
        segment_of=np.array([i % 3 - 1 for i in range(N)], np.int32),
    )


def evidence(company: int) -> Evidence:
    path = (("Company", f"C{company}"), ("Person", "p1"), ("Company", "C0"))
    tie = Tie(
        client=0,
        relation="person",
        steps=2,
        way=f"same {NASTY[0]}",
        sentence=f"By {NASTY[0]} to a client.",
        nodes=path,
        cypher="MATCH (a) WHERE a.n < $n RETURN a",
        parameters={"n": 3},
    )
    reason = Reason(text=f"Near {NASTY[1]}", theme="region", others=5, clients=4, lift=3.0, low=1.2)
    return Evidence(
        company=company,
        contributions=(Contribution("region", 1.5),),
        reasons=(reason,),
        mixed="",
        size=f"larger than {NASTY[3]}",
        ties=(tie,),
        counterfactual="Without it: place 90.",
        introduction=f"Ask {NASTY[2]}.",
    )


def leads_of(companies: np.ndarray[Any, Any]) -> pd.DataFrame:
    score = np.linspace(0.9, 0.001, len(companies))
    return pd.DataFrame({
        "rank": np.arange(1, len(companies) + 1), "company_id": [f"C{i}" for i in companies],
        "name": [name_of(i) for i in companies], "score": score, "fit": fit(score, EXPECTED.grades),
        "region": [("North", "South", "<i>West</i>")[i % 3] for i in companies],
        "city": [f"City {i % 7}" for i in companies],
        "nace": [f"{20 + i % 5}.1" for i in companies], "phone": [f"+49 {i}" for i in companies],
        "employees": [12.0] * len(companies), "reason_1": [f"Near {NASTY[1]}"] * len(companies),
        "reason_2": ["Small"] * len(companies), "reason_3": [None] * len(companies),
        "nearest_client": ["Company 000" if i % 2 else None for i in companies],
        "nearest_client_id": ["C0"] * len(companies),
        "near": [f"same {NASTY[0]}" if i % 2 else None for i in companies],
        "segment": [NASTY[1] if i % 3 == 1 else "Small" if i % 3 == 2 else None for i in companies],
        "introduction": [None] * len(companies),
    })  # fmt: skip


def content(folder: Path, **changed: Any) -> ReportContent:
    """A report with every part in it, then with these fields changed."""
    companies = np.arange(CLIENTS, CLIENTS + LEADS).astype(np.int32)
    table = pd.DataFrame({"name": ["a", "b", "c"], "company_id": ["C0", "C1", None],
                          "outcome": ["matched", "review", "unmatched"]})  # fmt: skip
    rng = np.random.default_rng(0)
    fields: dict[str, Any] = {
        "title": f"Leads for {NASTY[0]}",
        "made": date(2026, 3, 9),
        "register": register_in(folder),
        "noise": Noise(
            (
                Finding(
                    check="duplicate rows", table="companies", count=2, message=NASTY[1], action="set aside"
                ),
            ),
            folder / "aside.parquet",
            2,
        ),
        "clients": Match(table, table, date_column="won"),
        "cohort": Cohort(
            n_companies=N,
            clients=np.arange(CLIENTS).astype(np.int32),
            suppressed=np.array([N - 1], np.int32),
            won=np.full(CLIENTS, np.datetime64("NaT"), "datetime64[D]"),
        ),
        "evaluation": evaluation(),
        "ranker": "blend",
        "members": ("tabular", "gnn"),
        "reason": "tabular and gnn together: average precision 0.3.",
        "prior": PRIOR,
        "expected": EXPECTED,
        "hits": EXPECTED.table(np.linspace(0.9, 0.0005, LEADS)),
        "scores": np.linspace(0.9, 0.0005, N - CLIENTS - 1),
        "leads": leads_of(companies),
        "lead_companies": companies,
        "whitespace": 5,
        "curves": lift_curves(SPLITS, seed=0),
        "profile": profile(),
        "evidence": tuple(evidence(i) for i in range(CLIENTS, CLIENTS + 3)),
        "names": {
            ("Company", f"C{CLIENTS}"): NASTY[0],
            ("Person", "p1"): NASTY[2],
            ("Company", "C0"): "Company 000",
        },
        "plane": Plane(
            companies=np.arange(N).astype(np.int32),
            x=rng.normal(size=N).astype(np.float32),
            y=rng.normal(size=N).astype(np.float32),
            axes=("size", "age"),
            geographic=False,
            note="A note.",
        ),
    }
    return ReportContent(**(fields | changed))


def metrics_json(folder: Path) -> list[dict[str, Any]]:
    """The metrics as a run's metrics.json has them."""
    write_json(folder / "metrics.json", {"metrics": evaluation().metrics.to_dict("records")})
    found: list[dict[str, Any]] = json.loads((folder / "metrics.json").read_text("utf-8"))["metrics"]
    return found
