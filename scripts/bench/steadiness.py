"""How much of the first hundred leads stays when nothing that matters changes.

    python scripts/bench/steadiness.py [--companies FILE --links FILE --clients FILE --suppress FILE] [--out DIR]

By default the register of data/. Runs it as it is, with another seed, with the rows of every file shuffled, and with a
column of random numbers added, and prints how many of the first hundred of the list and of all scored companies stay.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

import graphlead

DATA = Path(__file__).parents[2] / "data"
FIRST = 100
Files = Mapping[str, Path]


def read(path: Path) -> pa.Table:
    """The table as it is in the file, the cells of CSV as texts."""
    if path.suffix in (".parquet", ".pq"):
        return pq.read_table(path)
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return pa.Table.from_pandas(frame, preserve_index=False)


def write(table: pa.Table, path: Path) -> Path:
    if path.suffix in (".parquet", ".pq"):
        pq.write_table(table, path)
    else:
        pyarrow.csv.write_csv(table, path)
    return path


def shuffled(files: Files, folder: Path) -> Files:
    """All files with their rows in another order."""
    draw = np.random.default_rng(1)
    tables = {name: read(path) for name, path in files.items()}
    return {
        name: write(table.take(draw.permutation(len(table))), folder / f"{name}{files[name].suffix}")
        for name, table in tables.items()
    }


def with_noise(files: Files, folder: Path) -> Files:
    """The register with one column more, of random numbers."""
    table, path = read(files["companies"]), files["companies"]
    drawn = np.random.default_rng(2).normal(1_000, 300, len(table)).round(2)
    texts = pa.array(drawn).cast(pa.string())
    noisy = table.append_column("measured", texts if path.suffix == ".csv" else pa.array(drawn))
    return {**files, "companies": write(noisy, folder / f"companies{path.suffix}")}


def unchanged(files: Files, folder: Path) -> Files:
    return files


CASES: Mapping[str, tuple[int, Callable[[Files, Path], Files]]] = {
    "as it is": (0, unchanged),
    "another seed": (1, unchanged),
    "rows shuffled": (0, shuffled),
    "a column of noise": (0, with_noise),
}


def first(files: Files, out: Path, seed: int) -> tuple[list[str], list[str]]:
    """The ids of the first leads, and of the first of all scored companies."""
    result = graphlead.discover(**files, out=out, seed=seed, quiet=True)
    return tuple(
        table["company_id"].astype(str).head(FIRST).tolist() for table in (result.leads, result.scores)
    )


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("companies", "links", "clients", "suppress"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--out", type=Path, help="where the runs stay; by default they are removed")
    return parser.parse_args()


def main() -> None:
    given = options()
    own = {name: getattr(given, name) for name in ("companies", "links", "clients", "suppress")}
    demo = {name: DATA / f"{'past' if name == 'suppress' else name}.csv" for name in own}
    files = {name: path for name, path in own.items() if path} or demo
    with tempfile.TemporaryDirectory() as scratch:
        out = given.out or Path(scratch)
        before: tuple[list[str], list[str]] | None = None
        for i, (case, (seed, change)) in enumerate(CASES.items()):
            folder = out / f"input-{i}"
            folder.mkdir(parents=True, exist_ok=True)
            found = first(change(files, folder), out / f"run-{i}", seed)
            before = before or found
            kept = [len(set(now) & set(then)) for now, then in zip(found, before, strict=True)]
            print(f"{case:20} {kept[0]:3} of the first {FIRST} leads, {kept[1]:3} of all scored", flush=True)


if __name__ == "__main__":
    main()
