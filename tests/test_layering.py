"""The rules of the house: who may import whom, and what may not be in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "graphlead"
FOUNDATIONS = {"carriers", "contracts", "errors", "config"}
ROOMS = {
    "ingest",
    "match",
    "graph",
    "stores",
    "features",
    "learn",
    "evaluate",
    "profile",
    "explain",
    "report",
}
ROOMS |= {"world", "standards"}
HEAVY_FOR_FOUNDATIONS = {"torch", "torch_geometric", "neo4j", "ladybug", "real_ladybug", "duckdb", "pyspark"}
NOT_AT_START = ("torch", "torch_geometric", "sklearn", "xgboost", "networkx", "duckdb")
MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[str, ...]]:
    """Every module that a file imports anywhere, split at the dots; relative imports made absolute."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = (*base, *(node.module.split(".") if node.module else ()))
            yield from ((*module, alias.name) for alias in node.names)


def foreign(path: Path) -> set[str]:
    """The top-level packages that a file imports."""
    return {parts[0] for parts in imported(path)}


def own(path: Path) -> set[str]:
    """The parts of graphlead that a file imports: carriers, ingest, ..."""
    return {parts[1] for parts in imported(path) if parts[0] == "graphlead" and len(parts) > 1}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def users_of(package: str) -> list[str]:
    return [name_of(path) for path in MODULES if package in foreign(path)]


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_the_rules_see_imports_of_every_form(tmp_path: Path) -> None:
    """A rule that looks at nothing is always kept: what the rules are checked with has to find imports."""
    assert {"contracts", "errors"} <= {path.stem for path in MODULES}
    assert "numpy" in foreign(PACKAGE / "carriers/values.py")
    assert "errors" in own(PACKAGE / "carriers/values.py")
    assert {"buyers", "firms"} <= {
        parts[2] for parts in imported(PACKAGE / "world/build.py") if len(parts) > 2
    }


@pytest.mark.parametrize("name", sorted(FOUNDATIONS))
def test_foundations_import_no_room_and_nothing_heavy(name: str) -> None:
    files = [
        path for path in MODULES if path == PACKAGE / f"{name}.py" or path.is_relative_to(PACKAGE / name)
    ]
    assert files
    assert set().union(*map(own, files)) <= FOUNDATIONS
    assert not set().union(*map(foreign, files)) & HEAVY_FOR_FOUNDATIONS


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_rooms_import_only_the_foundations_and_themselves(room: str) -> None:
    strangers = {
        name_of(path): sorted(others)
        for path in MODULES
        if path.is_relative_to(PACKAGE / room) and (others := own(path) - FOUNDATIONS - {room})
    }
    assert strangers == {}


def test_every_folder_of_the_package_is_a_known_room() -> None:
    folders = {path.parent.relative_to(PACKAGE).parts[0] for path in MODULES if path.parent != PACKAGE}
    assert folders <= ROOMS | FOUNDATIONS


@pytest.mark.parametrize("package", ["torch", "torch_geometric"])
def test_torch_stays_in_its_rooms(package: str) -> None:
    allowed = re.compile(r"graphlead/(learn/.*|features/propagate[^/]*(/.*)?|graph/views(\.py|/.*))")
    assert [name for name in users_of(package) if not allowed.fullmatch(name)] == []


@pytest.mark.parametrize(
    ("packages", "only"),
    [
        (("networkx",), "graphlead/graph/views.py"),
        (("neo4j",), "graphlead/stores/neo4j.py"),
        (("ladybug", "real_ladybug"), "graphlead/stores/embedded.py"),
    ],
)
def test_one_file_each_knows_networkx_neo4j_and_ladybug(packages: tuple[str, ...], only: str) -> None:
    assert {name for package in packages for name in users_of(package)} <= {only}


def test_the_command_line_starts_without_heavy_imports() -> None:
    program = f"import sys, graphlead.cli; print([m for m in {NOT_AT_START!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]"), ran.stderr


def test_no_module_runs_code_from_data() -> None:
    offences = [offence for path in MODULES for offence in dangerous(path)]
    assert offences == []


def dangerous(path: Path) -> Iterator[str]:
    if foreign(path) & {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}:
        yield f"{name_of(path)}: unpickles"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in {"eval", "exec"}:
            yield f"{name_of(path)}:{node.lineno}: {node.func.id}"
        for keyword in node.keywords:
            truthy = isinstance(keyword.value, ast.Constant) and bool(keyword.value.value)
            if keyword.arg in {"shell", "allow_pickle"} and truthy:
                yield f"{name_of(path)}:{node.lineno}: {keyword.arg}=True"


def test_the_search_for_dangerous_calls_finds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    sample = tmp_path / "sample.py"
    sample.write_text("import pickle\neval('1')\nrun('ls', shell=True)\nload('x', allow_pickle=False)\n")
    assert list(dangerous(sample)) == [
        "sample.py: unpickles",
        "sample.py:2: eval",
        "sample.py:3: shell=True",
    ]


REGISTRY_HOSTS = (
    "pypi" + ".org",
    "python" + "hosted",
    "conda" + ".anaconda",
    "--index" + "-url",
    "--extra" + "-index",
)
MACHINE_PATH = re.compile(r"(?<![\w.<$}])/(?:home|root|Users|work|mnt|workspace)/\w")


def texts() -> Iterator[tuple[str, str]]:
    for path in committed():
        content = path.read_bytes()
        if b"\0" not in content and path != Path(__file__).resolve():
            yield name_of(path), content.decode("utf-8")


def test_no_committed_file_names_a_registry() -> None:
    assert [(name, host) for name, text in texts() for host in REGISTRY_HOSTS if host in text] == []


def test_no_committed_file_knows_a_path_of_a_machine() -> None:
    assert MACHINE_PATH.search('open("/' + 'home/anna/x.csv")')
    assert [(name, found.group()) for name, text in texts() if (found := MACHINE_PATH.search(text))] == []


def test_dependencies_are_pinned_exactly() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9._-]+==[\w.!+]+", pin) for pin in pins)
    project = (ROOT / "pyproject.toml").read_text()
    wanted = re.findall(r'^    "([a-z0-9-]+)[<>=]', project, flags=re.MULTILINE)
    assert len(wanted) > 10
    assert set(wanted) <= {pin.partition("==")[0] for pin in pins}


@pytest.mark.parametrize(
    "script", ["scripts/test", "scripts/demo", "scripts/check", "scripts/make_world", ".ci/run"]
)
def test_scripts_can_be_run_and_stop_at_the_first_failure(script: str) -> None:
    mode = (ROOT / script).stat().st_mode
    assert mode & 0o111
    assert "set -euo pipefail" in (ROOT / script).read_text()
