"""The stages of a comparison name what there is."""

from __future__ import annotations

from pathlib import Path

from graphlead.core.comparison import ComparisonSettings
from graphlead.runs.code import files_behind
from graphlead.runs.compare_stages import COMPARE_STAGES

SETTINGS = ComparisonSettings(old=Path("a"), new=Path("b"), out=Path("o"))
PATHS = {"old", "new", "outcomes", "out"}


def test_stages_stand_in_order_and_name_what_there_is() -> None:
    names = list(COMPARE_STAGES)
    for at, stage in enumerate(COMPARE_STAGES.values()):
        assert set(stage.after) <= set(names[:at])
        assert files_behind(stage.doors)
    used = {name for stage in COMPARE_STAGES.values() for name in stage.settings}
    assert used == set(SETTINGS.to_json()) - PATHS - {"seed"}
    assert set(COMPARE_STAGES["results"].inputs) == {"old", "new", "old_run", "new_run", "outcomes"}
