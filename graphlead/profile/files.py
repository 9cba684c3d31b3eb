"""A profile on disk: one JSON file, and the segment of each company as Parquet."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa

from graphlead.common.files import read_json, read_parquet, write_json, write_parquet
from graphlead.core.arrays import Json
from graphlead.core.errors import damage, damaged
from graphlead.core.profile import ColumnLift, Distribution, Lift, Outlier, Profile, Season, Segment

FORMAT = 2
PROFILE, SEGMENTS = "profile.json", "client_segments.parquet"


def save_profile(profile: Profile, folder: Path) -> None:
    """Write profile.json, and client_segments.parquet with the column ``segment`` (int32, row i being company i).

    The segments are written first: the JSON names their file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = {"format": FORMAT, **asdict(profile)}
    del content["segment_of"]
    content["segments_file"] = SEGMENTS
    table = pa.table({"segment": profile.segment_of})
    write_parquet(folder / SEGMENTS, table)
    write_json(folder / PROFILE, content)


def load_profile(folder: Path) -> Profile:
    """The profile written by ``save_profile``. Raises RunFolderError when it is missing or broken."""
    content = read_json(folder / PROFILE)
    with damage(folder / PROFILE):
        if content["format"] != FORMAT:
            raise damaged(folder / PROFILE, f"format {content['format']}, this version reads {FORMAT}")
        segment_of = read_parquet(folder / content["segments_file"])["segment"].to_numpy()
        return _profile(content, segment_of.astype(np.int32))


def _profile(content: Json, segment_of: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Profile:
    season = content["season"]
    return Profile(
        n_companies=content["n_companies"],
        n_clients=content["n_clients"],
        columns=tuple(ColumnLift(**each) for each in content["columns"]),
        lifts=tuple(Lift(**each) for each in content["lifts"]),
        distributions=tuple(Distribution(**_tuples(each)) for each in content["distributions"]),
        segments=tuple(
            Segment(**{**each, "traits": tuple(Lift(**lift) for lift in each["traits"])})
            for each in content["segments"]
        ),
        outliers=tuple(Outlier(**each) for each in content["outliers"]),
        season=None if season is None else _season(season),
        biases=tuple(content["biases"]),
        notes=tuple(content["notes"]),
        segment_of=segment_of,
        echoes=tuple(ColumnLift(**each) for each in content["echoes"]),
    )


def _season(content: Json) -> Season:
    months = tuple((str(month), int(count)) for month, count in content["months"])
    return Season(months, tuple(content["by_month"]), content["p_value"], content["sentence"])


def _tuples(content: Json) -> Json:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in content.items()}
