"""The rules of the house: who may import whom, and what may not be in the repository."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "graphlead"
GROUND = {"core", "common", "engines"}
ROOMS = {
    "ingest", "match", "connectors", "graph", "profile", "features", "learn", "recommenders", "evaluate", "explain",
    "report", "stores", "tasks", "world",
}  # fmt: skip
TOP = {"cli", "api"}
"""What nobody imports but each other; the package itself may import the api."""
MAY_IMPORT = {
    "core": {"core"},
    "common": {"core", "common"},
    "engines": GROUND,
    **{room: GROUND | {room} for room in ROOMS},
    "runs": GROUND | {"runs"},
    "pipeline": GROUND | ROOMS | {"runs", "pipeline"},
    "experiments": GROUND | ROOMS | {"runs", "pipeline", "experiments"},
    "api": GROUND | ROOMS | {"runs", "pipeline", "experiments", "api"},
    "cli": GROUND | ROOMS | {"runs", "pipeline", "experiments", "cli"},
}
"""For each part of the package, the parts that it may import."""
HOMES = {
    "duckdb": r"engines/.*",
    "pyspark": r"engines/.*",
    "networkx": r"graph/views\.py",
    "ladybug": r"stores/embedded/(store|handles)\.py",
    "neo4j": r"stores/neo4j/(store|values)\.py",
    "python_calamine": r"ingest/sheets/.*",
    "xlsxwriter": r"common/(workbooks|workbook_cells)\.py",
    "torch": r"learn/.*|features/propagate\.py|graph/views\.py",
    "torch_geometric": r"learn/rankers/sage\.py|graph/views\.py",
}
"""For each package that is not for everybody, the files that may import it."""
NOT_AT_START = (
    "torch", "torch_geometric", "sklearn", "xgboost", "networkx", "duckdb", "pandas", "pyarrow", "numpy", "scipy",
)  # fmt: skip
MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_FIELDS = 4
"""Of a dataclass that can be made by position: of more, nobody knows which is which."""
MOST_LINES = 300


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


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def part_of(path: Path) -> str:
    """The part of the package that a file belongs to: a folder, or a module at its top."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def test_the_rules_see_imports_of_every_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that looks at nothing is always kept: what the rules are checked with has to find imports."""
    assert {"contracts", "errors"} <= {path.stem for path in MODULES}
    assert "numpy" in foreign(PACKAGE / "core/arrays.py")
    assert own(PACKAGE / "core/arrays.py") == {"core"}
    assert {"buyers", "firms"} <= {
        parts[2] for parts in imported(PACKAGE / "world/build.py") if len(parts) > 2
    }
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    sample = tmp_path / "graphlead" / "room" / "sample.py"
    sample.parent.mkdir(parents=True)
    sample.write_text(
        "def f():\n    from ..other import x\n    from . import y\n    import graphlead.third\n"
    )
    assert own(sample) == {"other", "room", "third"}


@pytest.mark.parametrize("part", sorted(MAY_IMPORT))
def test_a_part_imports_only_what_it_may(part: str) -> None:
    files = [path for path in MODULES if part_of(path) == part]
    assert files
    strangers = {name_of(path): sorted(own(path) - MAY_IMPORT[part]) for path in files}
    assert {name: others for name, others in strangers.items() if others} == {}


def test_every_part_of_the_package_is_known() -> None:
    assert {part_of(path) for path in MODULES} == {*MAY_IMPORT, "__init__", "__main__"}


def test_files_of_the_core_name_each_other_and_never_the_package() -> None:
    whole = [
        name_of(path)
        for path in MODULES
        for parts in imported(path)
        if parts[:2] == ("graphlead", "core")
        and len(parts) > 2
        and not (PACKAGE / "core" / f"{parts[2]}.py").exists()
    ]
    assert whole == []


def test_the_package_itself_imports_nothing_heavy_and_no_command_line() -> None:
    assert own(PACKAGE / "__init__.py") <= {"api", "core", "common", "pipeline", "runs"}
    assert not foreign(PACKAGE / "__init__.py") & set(NOT_AT_START)
    assert own(PACKAGE / "__main__.py") == {"cli"}


def test_no_module_stands_loose() -> None:
    assert [path.name for path in sorted(PACKAGE.glob("*.py"))] == ["__init__.py", "__main__.py"]


@pytest.mark.parametrize("package", sorted(HOMES))
def test_a_package_stays_in_its_home(package: str) -> None:
    users = [path.relative_to(PACKAGE).as_posix() for path in MODULES if package in foreign(path)]
    assert [name for name in users if not re.fullmatch(HOMES[package], name)] == []


def test_no_module_is_of_one_system_only() -> None:
    """Locks are filelock's and figures of the process psutil's: they are there on Windows too."""
    unix = {"fcntl", "resource", "pwd", "grp", "termios", "pty", "msvcrt", "winreg"}
    assert {name_of(path): sorted(found) for path in MODULES if (found := foreign(path) & unix)} == {}


def test_there_is_no_import_circle() -> None:
    """Between any modules of the package, imports within functions left out: those wait until they are called."""
    modules = {dotted(path): path for path in MODULES}
    graph = {name: at_the_top(path, set(modules)) - {name} for name, path in modules.items()}
    tuple(TopologicalSorter(graph).static_order())


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def at_the_top(path: Path, modules: set[str]) -> set[str]:
    """The modules that a file imports when it is loaded; a name of a package that is a module is that module."""
    named = [
        (node.module or "", alias.name)
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    return {full if (full := f"{module}.{name}") in modules else module for module, name in named} & modules


def test_circles_are_found(tmp_path: Path) -> None:
    sample = tmp_path / "a.py"
    sample.write_text("from graphlead.b import c\n")
    assert at_the_top(sample, {"graphlead.b"}) == {"graphlead.b"}
    assert at_the_top(sample, {"graphlead.b", "graphlead.b.c"}) == {"graphlead.b.c"}
    with pytest.raises(CycleError):
        tuple(TopologicalSorter({"a": {"b"}, "b": {"a"}}).static_order())


def test_no_module_is_too_long_to_be_read() -> None:
    lengths = {name_of(path): path.read_text("utf-8").count("\n") for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_dataclasses_of_many_fields_are_made_by_keyword() -> None:
    assert [offence for path in MODULES for offence in positional(path)] == []


def positional(path: Path) -> Iterator[str]:
    """Dataclasses of a file that have many fields and can be made by position."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef):
            marks = [ast.unparse(mark) for mark in node.decorator_list if "dataclass" in ast.unparse(mark)]
            fields = sum(isinstance(line, ast.AnnAssign) for line in node.body)
            if marks and fields > MOST_FIELDS and "kw_only=True" not in marks[0]:
                yield f"{path.name}: {node.name} ({fields} fields)"


def test_what_engines_and_stores_may_hold_comes_from_the_memory_budget() -> None:
    bounds = [
        (path, node)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and re.search("memory_limit|buffer_pool_size", ast.unparse(node))
    ]
    assert {name_of(path) for path, _ in bounds} == {
        "graphlead/engines/duckdb.py",
        "graphlead/stores/embedded/handles.py",
    }
    assert all("share_of_budget(" in path.read_text("utf-8") for path, _ in bounds)
    fixed = [
        name_of(path)
        for path, node in bounds
        if re.search(r"(memory_limit': '|buffer_pool_size=)\d", ast.unparse(node))
    ]
    assert fixed == []


def test_texts_for_readers_are_never_read_back() -> None:
    assert [offence for path in MODULES for offence in read_back(path)] == []


READ_BACK = re.compile(
    r"\b(name|theme|relation|feature|title|source)s?(\[[^]]*\])?\.(startswith|endswith|removeprefix|removesuffix)\b"
)
"""A text that stands for a feature, a relation or a theme, taken apart."""


def read_back(path: Path) -> Iterator[str]:
    if part_of(path) in {
        "features",
        "profile",
        "explain",
        "report",
        "evaluate",
        "learn",
        "pipeline",
        "graph",
    }:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if READ_BACK.search(line):
                yield f"{name_of(path)}:{number}: {line.strip()}"


def test_the_rules_on_lines_see_what_they_forbid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    sample = tmp_path / "explain" / "sample.py"
    sample.parent.mkdir()
    fields = "".join(f"    f{i}: int\n" for i in range(5))
    sample.write_text(
        f"@dataclass(frozen=True)\nclass Wide:\n{fields}\n@dataclass(kw_only=True)\nclass Named:\n{fields}\n"
        "x = relation.name.startswith('linked:')\n"
    )
    assert list(positional(sample)) == ["sample.py: Wide (5 fields)"]
    assert list(read_back(sample)) == ["explain/sample.py:17: x = relation.name.startswith('linked:')"]


def test_the_command_line_starts_without_heavy_imports() -> None:
    program = f"import sys, graphlead.cli.app; print([m for m in {NOT_AT_START!r} if m in sys.modules])"
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
