"""A finished run of a sales verb: each part of its folder is read once, when first used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import pandas as pd

from graphlead.common.files import read_parquet
from graphlead.core.around import Around
from graphlead.core.cases import Cases
from graphlead.core.errors import damage
from graphlead.core.late import Late
from graphlead.core.sales import TABLES, SalesSettings
from graphlead.features.around import load_around
from graphlead.pipeline.sales.deliver import scored_file
from graphlead.pipeline.sales.read import Read, load_read
from graphlead.pipeline.sales.train import Trained, load_late, load_trained
from graphlead.profile.late.find import left_out
from graphlead.runs.finished import Finished


@dataclass(frozen=True)
class FinishedSales(Finished):
    """The run of ``convert`` or ``churn`` in the folder ``path``."""

    VERBS = tuple(TABLES)

    @cached_property
    def settings(self) -> SalesSettings:
        """The settings of the run; ``out`` is its folder now, wherever it was made."""
        with damage(self.folder.manifest):
            given = self.manifest["settings"]
            return replace(SalesSettings.load(given["verb"], None, given), out=self.path)

    @property
    def verb(self) -> str:
        return self.settings.verb

    @property
    def day(self) -> date:
        """The day of the list: that of the scores, by default the day on which the run was finished."""
        return self.settings.as_of or self.finished_on

    @cached_property
    def found(self) -> Read:
        """The cases as they were read, late columns among them."""
        return load_read(self.folder)

    @cached_property
    def late(self) -> tuple[Late, ...]:
        return load_late(self.folder)

    @property
    def usable(self) -> Cases:
        """The cases without the columns that are known only afterwards."""
        return self.found.cases.without(left_out(self.late))

    @cached_property
    def around(self) -> Around | None:
        """What the register knows around the cases, None where the run has none."""
        has_any = self.folder.around.name in self.manifest["files"]
        return load_around(self.folder.around) if has_any else None

    @cached_property
    def trained(self) -> Trained:
        """The models, and the cases as they see them."""
        return load_trained(self.folder, self.late, self.usable, self.around)

    @cached_property
    def scored(self) -> pd.DataFrame:
        """Every scored case, best first."""
        table: pd.DataFrame = read_parquet(scored_file(self.folder, self.verb)).to_pandas()
        return table
