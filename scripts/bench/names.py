"""Keys of company names: spellings of the legal form that get one key, and different companies that get one.

    python scripts/bench/names.py --names FILE.parquet [--column legal_name] [--first 60000]

Where rigour is installed (it needs ICU), its removal of organisation types is measured beside ours, on the same words:
its own shortened and normalised spellings of each name, and each name without its form, are the spellings.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from graphlead.match.normalise import normalise

try:
    from rigour.names import org_types
except ImportError:
    org_types = None

Keys = Callable[[Sequence[str]], list[str]]

SPELLINGS = (
    ("GmbH", "Gesellschaft mit beschränkter Haftung", "G.m.b.H.", "GESELLSCHAFT MBH"),
    ("AG", "Aktiengesellschaft", "A.G."),
    ("KG", "Kommanditgesellschaft", "K.G."),
    ("UG (haftungsbeschränkt)", "Unternehmergesellschaft (haftungsbeschränkt)"),
    ("Limited", "Ltd", "Ltd.", "L.T.D.", "LIMITED"),
    ("Private Limited", "Pvt. Ltd.", "Pvt Ltd", "Private Ltd."),
    ("LLC", "L.L.C.", "Limited Liability Company", "L L C"),
    ("Inc.", "Incorporated", "INC", "I.N.C."),
    ("SARL", "S.à r.l.", "S.A.R.L.", "Société à responsabilité limitée"),
    ("SAS", "S.A.S.", "Société par actions simplifiée"),
    ("S.A.", "SA", "Société anonyme", "Sociedad anónima"),
    ("S.L.", "SL", "Sociedad limitada"),
    ("S.r.l.", "SRL", "Società a responsabilità limitata"),
    ("S.p.A.", "SPA", "Società per azioni"),
    ("B.V.", "BV", "Besloten vennootschap", "Besloten Vennootschap met beperkte aansprakelijkheid"),
    ("AB", "Aktiebolag", "A.B."),
    ("A/S", "AS", "Aktieselskab"),
    ("Oy", "Osakeyhtiö", "OY"),
    ("Sp. z o.o.", "Spółka z ograniczoną odpowiedzialnością", "SP. ZO.O.", "Sp z oo"),
    ("Kft.", "Korlátolt felelősségű társaság", "KFT"),
    ("Zrt.", "Zártkörűen működő részvénytársaság", "ZRT"),
    ("s.r.o.", "spol. s r.o.", "společnost s ručením omezeným"),
    ("d.o.o.", "društvo s ograničenom odgovornošću", "DOO"),
    ("OÜ", "Osaühing"),
    ("SIA", "Sabiedrība ar ierobežotu atbildību"),
    ("UAB", "Uždaroji akcinė bendrovė"),
    ("Sdn. Bhd.", "Sendirian Berhad", "SDN BHD"),
    ("ООО", "Общество с ограниченной ответственностью"),
)
"""Spellings of one legal form each, as they stand at the end of names."""


def our_keys(names: Sequence[str]) -> list[str]:
    return [str(key) for key in normalise(names)["key"].to_pylist()]


def their_keys(names: Sequence[str]) -> list[str]:
    """Keys by rigour's removal of organisation types: the words that are left, sorted, in the form of ours."""
    bare = [org_types.remove_org_types(name.casefold()) for name in names]
    return [" ".join(sorted(text.split())) for text in normalise(bare)["text"].to_pylist()]


def spelled_by_rigour(names: Sequence[str]) -> dict[str, list[str]]:
    return {
        "form as rigour shows it": [org_types.replace_org_types_display(name) for name in names],
        "form as rigour compares it": [
            org_types.replace_org_types_compare(name.casefold()) for name in names
        ],
        "form left out by rigour": [org_types.remove_org_types(name.casefold()) or name for name in names],
    }


def spelled_by_hand(names: Sequence[str], draw: np.random.Generator) -> tuple[list[str], list[str]]:
    """Each name with two spellings of a form, drawn, behind it."""
    rows = draw.integers(0, len(SPELLINGS), len(names))
    pairs = [draw.choice(len(SPELLINGS[row]), 2, replace=False) for row in rows]
    sides = (
        [f"{n} {SPELLINGS[r][p[i]]}" for n, r, p in zip(names, rows, pairs, strict=True)] for i in (0, 1)
    )
    return next(sides), next(sides)


def united(name: str, one: Sequence[str], other: Sequence[str], methods: dict[str, Keys]) -> None:
    """Print in how many of the pairs that differ each method gives one key, and which only rigour unites."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a.casefold() != b.casefold()]
    same = {}
    for method, keys in methods.items():
        left, right = keys([a for a, _ in pairs]), keys([b for _, b in pairs])
        same[method] = np.array([a == b for a, b in zip(left, right, strict=True)], bool)
    told = ", ".join(f"{method} {found.sum():,} ({found.mean():.4f})" for method, found in same.items())
    print(f"{name}: {len(pairs):,} pairs; one key: {told}")
    if "rigour" in same:
        worse = [pairs[i] for i in np.flatnonzero(same["rigour"] & ~same["ours"])]
        print(
            f"  only rigour: {len(worse)}; only ours: {(same['ours'] & ~same['rigour']).sum()}",
            *worse[:25],
            sep="\n    ",
        )


def collisions(names: Sequence[str], methods: dict[str, Keys]) -> None:
    """Print how many pairs of different names share a key: different in more than case, accents and punctuation."""
    distinct = list(dict(zip(normalise(names)["text"].to_pylist(), names, strict=True)).values())
    for method, keys in methods.items():
        sizes = np.array(list(Counter(keys(distinct)).values()))
        pairs = int((sizes * (sizes - 1) // 2).sum())
        print(
            f"{method}: {pairs:,} pairs of {len(distinct):,} different names share a key; largest group {sizes.max()}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", type=Path, required=True, help="Parquet file with a column of names")
    parser.add_argument("--column", default="legal_name")
    parser.add_argument("--first", type=int, default=60_000, help="names drawn, with seed 0")
    options = parser.parse_args()
    draw = np.random.default_rng(0)
    every = pq.read_table(options.names, columns=[options.column])[options.column].drop_null().unique()
    chosen = draw.permutation(len(every))[: options.first]
    names = every.take(chosen).to_pylist()
    methods: dict[str, Keys] = {"ours": our_keys}
    if org_types is None:
        print("rigour is not installed: ours alone.")
    else:
        methods["rigour"] = their_keys
        for name, spelled in spelled_by_rigour(names).items():
            united(name, names, spelled, methods)
    cores = [core for core in normalise(names)["core"].to_pylist() if core]
    united("forms written in two ways", *spelled_by_hand(cores, draw), methods)
    collisions(names, methods)


if __name__ == "__main__":
    main()
