"""A run from Python from end to end: tables in memory, what it shows of itself, and the same errors as the command."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import graphlead
from graphlead.api import OpenRun
from graphlead.core.errors import GraphleadError, InputError, SettingsError
from graphlead.report.cards import Bar, bars, card, table

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
NASTY = "<script>alert('a & b')</script>"

WITHOUT_TORCH = """
import sys
from importlib.machinery import PathFinder
find = PathFinder.find_spec
hidden = ("torch", "torch_geometric")
PathFinder.find_spec = lambda name, *rest: None if name.split(".")[0] in hidden else find(name, *rest)
from graphlead.cli.app import main
main()
"""
"""The command line on a machine where PyTorch cannot be imported."""


def frames() -> dict[str, pd.DataFrame | pa.Table]:
    """The register in pandas, its links in Arrow, the clients in pandas."""
    as_written = {"dtype": str, "keep_default_na": False, "na_values": [""]}
    read = {
        name: pd.read_csv(DATA / f"{name}.csv", **as_written) for name in ("companies", "links", "clients")
    }
    return {**read, "links": pa.Table.from_pandas(read["links"], preserve_index=False)}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> OpenRun:
    """A run on tables in memory, whose network is hardly trained: what is tested is the way through."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graphlead.learn.network.STEPS", 4)
        out = tmp_path_factory.mktemp("api") / "out"
        return graphlead.discover(**frames(), out=out, folds=3, rankers=("pagerank", "gnn"), quiet=True)


@pytest.fixture(scope="module")
def opened(fresh: OpenRun) -> OpenRun:
    run = graphlead.open_run(fresh.folder)
    assert isinstance(run, OpenRun)
    return run


def parsed(text: str) -> ElementTree.Element:
    """HTML or SVG of a result, which is well-formed XML too."""
    return ElementTree.fromstring(text)  # noqa: S314, made here


def command(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    given = [sys.executable, "-c", program, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(given, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)


@pytest.mark.parametrize("name", ["leads", "whitespace", "duplicates", "scores", "metrics"])
def test_a_run_has_the_same_tables_when_it_is_opened_again(
    fresh: OpenRun, opened: OpenRun, name: str
) -> None:
    made, read = getattr(fresh, name), getattr(opened, name)
    assert list(read) == list(made)
    assert len(made) or name in ("whitespace", "duplicates")
    for column in made:
        first, second = (np.where(each[column].isna(), "", each[column].astype(str)) for each in (made, read))
        if pd.api.types.is_numeric_dtype(made[column]) and not pd.api.types.is_bool_dtype(made[column]):
            np.testing.assert_allclose(
                made[column].astype(float), read[column].astype(float), rtol=1e-6, err_msg=column
            )
        else:
            assert first.tolist() == second.tolist(), column


def test_a_run_has_its_figures_again(fresh: OpenRun, opened: OpenRun) -> None:
    assert opened.hits == fresh.hits
    assert (opened.verdict, opened.notes) == (fresh.verdict, fresh.notes)
    assert opened.verdict == fresh.summary["verdict"]
    assert [each.company for each in opened.evidence] == [each.company for each in fresh.evidence]
    assert opened.profile.segments == fresh.profile.segments
    assert opened.report() == fresh.folder / "report.html"


def test_a_newer_register_is_scored_without_torch_to_the_same_bytes(opened: OpenRun, tmp_path: Path) -> None:
    newer = {
        "companies": DATA / "companies.csv",
        "links": DATA / "links.csv",
        "clients": DATA / "clients.csv",
    }
    here = opened.score(**newer, out=tmp_path / "here")
    flags = [part for name, path in newer.items() for part in (f"--{name}", path)]
    done = command(WITHOUT_TORCH, "score", "--run", opened.folder, *flags, "--out", tmp_path / "there", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("scores.parquet", "leads.csv", "evidence.json"):
        assert (tmp_path / "there" / name).read_bytes() == (here.folder / name).read_bytes()
    first = here.leads["company_id"][0]
    told = command(WITHOUT_TORCH, "explain", first, "--run", tmp_path / "there", "-q", "--json")
    assert json.loads(told.stdout) == json.loads(json.dumps(here.explain(first).content))


def test_without_torch_training_says_what_trains_without_it(tmp_path: Path) -> None:
    flags = [
        "--companies",
        DATA / "companies.csv",
        "--clients",
        DATA / "clients.csv",
        "--out",
        tmp_path / "out",
    ]
    done = command(WITHOUT_TORCH, "run", *flags)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        "error: rankers: gnn cannot be trained without torch, which is not installed. Install it, or train with "
        "--rankers pagerank,tabular,tabular_graph,linear."
    )


def test_scoring_loads_no_torch_where_there_is_no_gpu() -> None:
    program = (
        "import sys, graphlead.pipeline.discover, graphlead.learn.rankers.gnn, graphlead.learn.cases.members.gru\n"
        "from graphlead.features.propagate import propagator_for; propagator_for('cpu')\n"
        "print([name for name in ('torch', 'torch_geometric') if name in sys.modules])"
    )
    assert command(program).stdout == "[]\n"


def test_a_run_on_tables_in_memory_scores_with_its_own_client_list(fresh: OpenRun, opened: OpenRun) -> None:
    newer = fresh.score(DATA / "companies.csv", links=DATA / "links.csv")
    assert newer.scores["company_id"].tolist() == fresh.scores["company_id"].tolist()
    assert newer.folder.is_dir()
    with pytest.raises(
        InputError, match=r"the client list of the run is not there any more\. Give clients\."
    ):
        opened.score(DATA / "companies.csv")


def test_an_explanation_is_that_of_the_command(opened: OpenRun) -> None:
    first = opened.leads["company_id"][0]
    found = opened.explain(first)
    done = command("from graphlead.cli.app import main; main()", "explain", first, "--run", opened.folder)
    assert done.stdout.rstrip("\n") == found.text == repr(found)
    assert found.text.startswith(f"{opened.leads['name'][0]}: ")
    moved = [each["log_odds"] for each in found.content["contributions"]]
    assert found.contributions["log_odds"].tolist() == moved
    assert "<svg" in found._repr_html_()


def test_errors_have_the_text_of_the_command_line(opened: OpenRun) -> None:
    with pytest.raises(GraphleadError) as raised:
        opened.explain("nobody at all")
    program = "import sys; sys.argv[0] = 'graphlead'\nfrom graphlead.cli.app import main; main()"
    done = command(program, "explain", "nobody at all", "--run", opened.folder, "-q")
    assert done.stderr == f"error: {raised.value}\n"


def test_the_graph_shows_what_it_holds_and_draws_a_company(opened: OpenRun, tmp_path: Path) -> None:
    with opened.graph() as graph:
        shown = graph._repr_html_()
        assert f"{len(opened.register):,}</text>" in shown
        assert "top-leads" in graph.queries()["name"].tolist()
        picture = graph.draw(opened.leads["company_id"][0])
    svg = parsed(picture.svg)
    kinds = [each.tag.rpartition("}")[2] for each in svg.iter()]
    companies = sum(node.kind == "company" for node in picture.content.nodes)
    assert kinds.count("circle") >= companies > 1
    texts = [each.text for each in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text and text[:20] == opened.leads["name"][0][:20] for text in texts)
    assert opened.leads["name"][0] in repr(picture)
    page = picture.save(tmp_path / "around.html")
    assert "</html>" in page.read_text("utf-8")
    with pytest.raises(SettingsError, match="hops"):
        opened.graph().draw(opened.leads["company_id"][0], hops=99)


def test_a_picture_needs_a_run(opened: OpenRun) -> None:
    store = opened.graph().store
    with pytest.raises(SettingsError, match="a picture needs the folder of the run"):
        graphlead.OpenGraph(store).draw("anybody")
    store.close()


def test_a_run_shows_its_verdict_ten_leads_and_a_chart(fresh: OpenRun, opened: OpenRun) -> None:
    shown = opened._repr_html_()
    assert shown == fresh._repr_html_()
    root = parsed(shown)
    assert len(root.findall(".//tbody/tr")) == 10
    words = " ".join(root.itertext())
    assert opened.verdict in words
    assert opened.leads["name"][9] in words
    assert opened.leads["name"][10] not in words
    assert len(root.findall(".//{http://www.w3.org/2000/svg}rect")) == len(opened.hits)
    assert repr(opened) == f"<graphlead run in {opened.folder}: {len(opened.leads):,} leads>"


def test_what_is_shown_is_escaped_and_has_no_ground_of_its_own() -> None:
    frame = pd.DataFrame({"name": [NASTY, None], "score": [0.25, np.nan], NASTY: ["x" * 500, ""]})
    shown = card(
        NASTY,
        [NASTY],
        bars(NASTY, [Bar(label=NASTY, value=-1.5, text=NASTY, low=-2.0, high=0.5)]),
        table(frame, {"name": "company", "score": "score", NASTY: NASTY, "absent": "absent"}, {"score"}),
        NASTY,
    )
    assert "<script" not in shown
    root = parsed(shown)
    assert "".join(root.itertext()).count(NASTY) == 9
    assert [each.text for each in root.findall(".//th")] == ["company", "score", NASTY]
    assert [each.text or "" for each in root.findall(".//tbody/tr/td")][:2] == [NASTY, "25%"]
    assert "background: none" in shown
    assert "currentColor" in shown
    assert not [each for each in root.iter() if each.get("fill") in ("#000", "black", "#fff", "white")]


def test_a_list_is_found_whatever_its_table_is(tmp_path: Path) -> None:
    clients = pd.read_csv(DATA / "clients.csv", dtype=str)
    arrow = pa.Table.from_pandas(clients, preserve_index=False)
    found = [
        graphlead.match(given, companies=DATA / "companies.csv")
        for given in (DATA / "clients.csv", str(DATA / "clients.csv"), clients, arrow)
    ]
    for each in found[1:]:
        pd.testing.assert_frame_equal(each.table, found[0].table)
    assert found[0].counts["matched"] > 50
    assert sum(found[0].counts.values()) == len(clients)
    assert f"{found[0].counts['matched']} of {len(clients)} lines" in found[0]._repr_html_()
    with pytest.raises(InputError):
        graphlead.match(tmp_path / "nothing.csv", companies=DATA / "companies.csv")


def test_match_stays_a_function_when_its_room_is_loaded() -> None:
    room = importlib.import_module("graphlead.match.resolve")
    assert inspect.isfunction(graphlead.match)
    assert room.match_clients is importlib.import_module("graphlead.match").match_clients


def test_results_go_where_the_configuration_says(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,size\n" + "".join(f"{i},{i % 7}\n" for i in range(200)))
    (tmp_path / "b.csv").write_text("id,size\n" + "".join(f"{i},{i % 5}\n" for i in range(200)))
    config = tmp_path / "compare.toml"
    config.write_text('out = "results"\n')
    found = graphlead.compare(tmp_path / "a.csv", tmp_path / "b.csv", config=config, quiet=True)
    assert found.folder == tmp_path / "results"
    assert "<svg" in found._repr_html_()
    assert found.report() == tmp_path / "results" / "report.html"


def test_what_is_public_is_listed_and_described() -> None:
    assert dir(graphlead) == sorted(graphlead.__all__)
    for name in graphlead.__all__:
        found = getattr(graphlead, name)
        assert name == "__version__" or (inspect.getdoc(found) or "").endswith((".", "``")), name
        members = vars(found).items() if inspect.isclass(found) else ()
        for member, value in members:
            function = getattr(value, "fget", None) or getattr(value, "func", None) or value
            if not member.startswith("_") and callable(function):
                assert inspect.getdoc(function), f"{name}.{member}"
    with pytest.raises(AttributeError, match="no attribute 'discovr'"):
        _ = graphlead.discovr  # type: ignore[attr-defined]


def test_the_package_is_typed() -> None:
    assert (Path(graphlead.__file__).parent / "py.typed").is_file()
