"""The engines by name: each is a class in a file of its own and a line here, imported when it is used."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from graphlead.core.engine import Engine
from graphlead.core.errors import SettingsError
from graphlead.core.registry import entry_of, loaded


@dataclass(frozen=True)
class Entry:
    """An engine: a callable as ``module:name`` that opens one in a folder for what spills, at a master (empty where it
    has none); the packages that it needs, and the extra of graphlead that has them.
    """

    open: str
    needs: tuple[str, ...] = ()
    extra: str = ""


ENGINES = {
    "duckdb": Entry("graphlead.engines.local:LocalEngine"),
    "spark": Entry("graphlead.engines.spark:SparkEngine", needs=("pyspark", "sqlglot"), extra="spark"),
}


def check_engine(name: str, master: str) -> None:
    """Raise SettingsError unless there is such an engine, its packages are installed, and the master fits to it."""
    entry = entry_of(ENGINES, name, "engine", "engine")
    missing = [package for package in entry.needs if find_spec(package) is None]
    if missing:
        raise SettingsError(
            f"{name} needs {missing[0]}, which is not installed.",
            where="engine",
            remedy=f"Install graphlead[{entry.extra}].",
        )
    if bool(entry.needs) != bool(master):
        remedy = "Give --master, such as local[2] or spark://HOST:7077." if entry.needs else "Leave it out."
        what = "has no master" if not entry.needs else "needs the address of a master"
        raise SettingsError(f"{name} {what}.", where="master", remedy=remedy)


def open_engine(name: str, master: str, folder: Path) -> Engine:
    """The engine of this name, a context manager; see ``check_engine`` for what it raises."""
    check_engine(name, master)
    engine: Engine = loaded(ENGINES[name].open)(folder, master)
    return engine
