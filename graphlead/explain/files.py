"""Evidence on disk: readable JSON, one line per company."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from graphlead.common.codes import places_among
from graphlead.common.files import write_whole
from graphlead.core.arrays import NONE, Json
from graphlead.core.errors import damage
from graphlead.core.evidence import Contribution, Evidence, Reason, Tie


def save_evidence(evidence: Sequence[Evidence], ids: pa.Array, path: Path) -> None:
    """Write a JSON list, one line per company; companies and clients by their ``ids``, those of the register."""
    lines = [json.dumps(entry, ensure_ascii=False, allow_nan=False) for entry in entries(evidence, ids)]
    write_whole(path, lambda part: part.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8"))


def entries(evidence: Sequence[Evidence], ids: pa.Array) -> list[Json]:
    """The evidence of each company as plain values; companies and clients by their ids."""
    wanted = [each.company for each in evidence] + [tie.client for each in evidence for tie in each.ties]
    unique = np.unique(np.array(wanted, np.int64))
    names = dict(zip(unique.tolist(), ids.take(pa.array(unique)).to_pylist(), strict=True))
    return [_entry(each, names) for each in evidence]


def load_evidence(path: Path, ids: pa.Array) -> list[Evidence]:
    """The evidence that ``save_evidence`` wrote.

    Raises RunFolderError when the file is missing or broken, or is of another register.
    """
    with damage(path):
        saved: list[Json] = json.loads(path.read_text("utf-8"))
        wanted = [entry["company_id"] for entry in saved]
        wanted += [tie["client_id"] for entry in saved for tie in entry["ties"]]
        index = _indices(wanted, ids)
        return [_evidence(entry, index) for entry in saved]


def _entry(evidence: Evidence, names: dict[int, str]) -> Json:
    return {
        "company_id": names[evidence.company],
        **_plain(vars(evidence), "company"),
        "contributions": [vars(each) for each in evidence.contributions],
        "reasons": [vars(each) for each in evidence.reasons],
        "ties": [{"client_id": names[tie.client], **_plain(vars(tie), "client")} for tie in evidence.ties],
    }


def _plain(entry: Mapping[str, object], left_out: str) -> Json:
    return {key: value for key, value in entry.items() if key != left_out}


def _indices(wanted: list[str], ids: pa.Array) -> dict[str, int]:
    unique = pa.array(sorted(set(wanted)), pa.string())
    index = dict(zip(unique.to_pylist(), places_among(unique, ids).tolist(), strict=True))
    missing = [each for each, place in index.items() if place == NONE]
    if missing:
        raise ValueError(f"{missing[0]} is not in the register")
    return index


def _evidence(entry: Json, index: dict[str, int]) -> Evidence:
    ties = tuple(
        Tie(**{
            **_plain(tie, "client_id"),
            "client": index[tie["client_id"]],
            "nodes": tuple((label, key) for label, key in tie["nodes"]),
        })
        for tie in entry["ties"]
    )  # fmt: skip
    rest = _plain(entry, "company_id")
    return Evidence(**{
        **rest,
        "company": index[entry["company_id"]],
        "contributions": tuple(Contribution(**each) for each in entry["contributions"]),
        "reasons": tuple(Reason(**each) for each in entry["reasons"]),
        "ties": ties,
    })  # fmt: skip
