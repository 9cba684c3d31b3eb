"""A finished run: each part of its folder is read once, when first used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.files import read_json
from graphlead.core.arrays import Floats
from graphlead.core.clients import Cohort, Match
from graphlead.core.errors import damage
from graphlead.core.evidence import Evidence
from graphlead.core.graph import CompanyGraph
from graphlead.core.leaks import Leak
from graphlead.core.noise import Noise
from graphlead.core.outcomes import Outcomes
from graphlead.core.profile import Profile
from graphlead.core.register import Register
from graphlead.core.same import Same
from graphlead.core.settings import Settings
from graphlead.core.sources import Sources
from graphlead.evaluate.judge import Judgement, read_judgement
from graphlead.explain.files import load_evidence
from graphlead.graph.files import load_graph
from graphlead.ingest.records import load_noise, load_register
from graphlead.match.cohort import cohort_of
from graphlead.match.files import load_match, load_outcomes
from graphlead.match.same.duplicates import answered
from graphlead.match.same.files import load_same
from graphlead.pipeline.exclude import without
from graphlead.pipeline.expected import expected_of
from graphlead.profile.files import load_profile
from graphlead.profile.leaks.files import load_leaks, without_leaks
from graphlead.report.noise import with_repeated
from graphlead.runs.finished import Finished
from graphlead.runs.layout import RunFolder

if TYPE_CHECKING:
    from graphlead.core.expected import Expected
    from graphlead.core.features import Features
    from graphlead.pipeline.scored import ModelInputs, Scored


@dataclass(frozen=True)
class FinishedRun(Finished):
    """The run of companies in the folder ``path``."""

    VERBS = ("run",)

    @property
    def finished(self) -> str:
        """When the run was finished, ISO 8601 in UTC."""
        return str(self.manifest["finished"])

    @property
    def run_id(self) -> str:
        """The name of the run in a graph store: when it finished, and the first characters of its scores' hash."""
        with damage(self.folder.manifest):
            return f"{self.finished} {self.manifest['files'][self.folder.scores.name][:8]}"

    @cached_property
    def settings(self) -> Settings:
        """The settings of the run; ``out`` is its folder now, wherever it was made."""
        with damage(self.folder.manifest):
            return replace(Settings.load(None, self.manifest["settings"]), out=self.path)

    @cached_property
    def whole_register(self) -> Register:
        """The register with every column, excluded ones too."""
        return load_register(self.folder.register)

    @cached_property
    def register(self) -> Register:
        """The register that the models use: excluded columns are ignored, and what gives clients away is gone."""
        return without_leaks(
            without(self.whole_register, self.settings.exclude), self.leaks, self.folder.leaks
        )

    @cached_property
    def leaks(self) -> tuple[Leak, ...]:
        """The decision on every column and kind of link; none in a run of a version that did not look for leaks."""
        return load_leaks(self.folder.leaks) if self._has(self.folder.leaks) else ()

    @cached_property
    def changes(self) -> tuple[str, ...]:
        """What is different from the register that the models were trained on; none where they were trained here."""
        return read_changes(self.folder) if self._has(self.folder.changes) else ()

    @cached_property
    def noise(self) -> Noise:
        return with_repeated(load_noise(self.folder.register), self.same)

    @cached_property
    def graph(self) -> CompanyGraph:
        return load_graph(self.folder.graph)

    @cached_property
    def clients(self) -> Match:
        """The client list, resolved."""
        return load_match(self.folder.match)

    @cached_property
    def suppressed(self) -> Match | None:
        """The list of companies never to propose, resolved; None where there was none."""
        return load_match(self.folder.suppressed) if self._has(self.folder.suppressed) else None

    @cached_property
    def outcomes(self) -> Outcomes | None:
        """What came back of leads that were called, resolved; None where nothing was given."""
        return load_outcomes(self.folder.outcomes) if self._has(self.folder.outcomes) else None

    @cached_property
    def same(self) -> Same:
        """The register's records by company, a person's answers taken into account."""
        return answered(load_same(self.folder.same), self.whole_register, self.clients)

    @cached_property
    def cohort(self) -> Cohort:
        whole = self.whole_register
        return cohort_of(
            whole.ids(), self.clients, self.suppressed, self.same, outcomes=self.outcomes, dead=whole.ended()
        )

    @cached_property
    def profile(self) -> Profile:
        return load_profile(self.folder.profile)

    @cached_property
    def sources(self) -> Sources:
        """Everything known about the companies before any model."""
        return Sources(
            register=self.register,
            noise=self.noise,
            graph=self.graph,
            clients=self.clients,
            suppressed=self.suppressed,
            same=self.same,
            cohort=self.cohort,
            leaks=self.leaks,
            outcomes=self.outcomes,
        )

    @cached_property
    def judgement(self) -> Judgement:
        """The chosen ranker, the prior and its recall."""
        return read_judgement(self.folder.judgement)

    @cached_property
    def expected(self) -> Expected:
        """The hits expected on the list, as on the day the run finished."""
        day = datetime.fromisoformat(self.finished).date()
        return expected_of(self.judgement, self.cohort, self.settings, day)

    @cached_property
    def model_inputs(self) -> ModelInputs:
        """The inputs of the run's models, from its register."""
        from graphlead.pipeline.scored import model_inputs_of

        return model_inputs_of(self.folder, self.register, self.graph, self.settings)

    @property
    def features(self) -> Features:
        return self.model_inputs.features

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Every candidate, best first: company_id, score, rank, rank_all, nearest_client_id, a column per ranker."""
        with damage(self.folder.scores):
            table = pd.read_parquet(self.folder.scores, filters=[("rank_all", ">", 0)])
            return table.drop(columns="record_of").astype({"rank_all": np.int64})

    @cached_property
    def scored(self) -> Scored:
        """The raw scores of every company, with the models that gave them."""
        from graphlead.pipeline.scored import Scored

        return Scored(
            scores=self._raw_scores(),
            judgement=self.judgement,
            expected=self.expected,
            model_inputs=self.model_inputs,
            trained=self.folder,
        )

    @cached_property
    def evidence(self) -> Sequence[Evidence]:
        """Why each lead is one, in the order of the leads."""
        return load_evidence(self.folder.evidence, self.register.ids())

    def _has(self, part: Path) -> bool:
        """Whether the run published this part, which not every run has; one that got lost since is not left out."""
        return part.name in self.manifest["files"] or part.exists()

    def _raw_scores(self) -> dict[str, Floats]:
        """Raw scores (n,) of every ranker, NaN for companies that were not ranked."""
        ids = pa.array(self.scores["company_id"], self.register.ids().type)
        place = pc.index_in(ids, value_set=self.register.ids()).to_numpy()
        scores = {}
        for name in self.settings.rankers:
            scores[name] = np.full(self.register.n_companies, np.nan, np.float32)
            with damage(self.folder.scores):
                scores[name][place] = self.scores[name].to_numpy()
        return scores


def read_changes(folder: RunFolder) -> tuple[str, ...]:
    """What is different from the register of an earlier run, as a run that scores has written it."""
    content = read_json(folder.changes)
    with damage(folder.changes):
        return tuple(content["changes"])
