"""Every name inside a run's folder; a stage's folder has its own results under the same names.

Files within a folder (``register``, a fold of ``model``) are named by the one package that writes and reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class RunFolder:
    """The paths of a run's files and folders; no file is touched."""

    path: Path

    def workbook(self, path: Path) -> Path:
        """A list of the folder for Excel."""
        return path.with_suffix(".xlsx")

    @property
    def manifest(self) -> Path:
        """Inputs, settings, versions, stages: written last, a run without it is unfinished."""
        return self.path / "manifest.json"

    @property
    def register(self) -> Path:
        """The folder of the cleaned register and the report on its noise."""
        return self.path / "register"

    @property
    def match(self) -> Path:
        """The folder of the client list, resolved against the register."""
        return self.path / "match"

    @property
    def suppressed(self) -> Path:
        """The folder of the list of companies never to propose, resolved; missing where none was given."""
        return self.path / "suppressed"

    @property
    def outcomes(self) -> Path:
        """The folder of what came back of leads that were called, resolved; missing where none was given."""
        return self.path / "outcomes"

    @property
    def leaks(self) -> Path:
        """The folder of the columns and kinds of links that give away who is a client."""
        return self.path / "leaks"

    @property
    def same(self) -> Path:
        """The folder of the records that are one company."""
        return self.path / "same"

    @property
    def graph(self) -> Path:
        """The folder of the company graph."""
        return self.path / "graph"

    @property
    def profile(self) -> Path:
        """The folder of the clients' profile."""
        return self.path / "profile"

    @property
    def model(self) -> Path:
        """The folder of the trained rankers."""
        return self.path / "model"

    @property
    def fitted(self) -> Path:
        """Each company's fold and its scores by the models that did not train on it."""
        return self.model / "fitted.parquet"

    @property
    def model_scores(self) -> Path:
        """The raw scores of every company that is no client, from label features of all clients."""
        return self.model / "scores.parquet"

    @property
    def feature_plan(self) -> Path:
        """The features that the models use."""
        return self.model / "features.json"

    @property
    def heldout(self) -> Path:
        """The folder of the held-out scores, one file per split."""
        return self.path / "heldout"

    @property
    def judgement(self) -> Path:
        """The chosen ranker, the prior, and its recall of tomorrow's clients."""
        return self.path / "judgement.json"

    @property
    def changes(self) -> Path:
        """What is different from the register that the models were trained on; missing where they were trained here."""
        return self.path / "changes.json"

    @property
    def scores(self) -> Path:
        """Every candidate, best first, with its probability and the raw scores of the rankers."""
        return self.path / "scores.parquet"

    @property
    def leads(self) -> Path:
        """The companies to call, with their reasons."""
        return self.path / "leads.csv"

    @property
    def whitespace(self) -> Path:
        """Companies in the ownership groups of clients, or related to one at one place."""
        return self.path / "whitespace.csv"

    @property
    def duplicates(self) -> Path:
        """Other records of clients and of suppressed companies, set apart."""
        return self.path / "duplicates.csv"

    @property
    def clients(self) -> Path:
        """The client list with the company found for each line."""
        return self.path / "clients.csv"

    @property
    def came_back(self) -> Path:
        """The outcomes with the company found for each line; missing where none were given."""
        return self.path / "outcomes.csv"

    @property
    def review(self) -> Path:
        """Lines of the client list and records set apart that a person may decide on."""
        return self.path / "review.csv"

    @property
    def metrics(self) -> Path:
        """Held-out results, verdict and choice, as JSON."""
        return self.path / "metrics.json"

    @property
    def textfile(self) -> Path:
        """The figures of the run for a monitoring system, in the text format of Prometheus."""
        return self.path / "metrics.prom"

    @property
    def drift(self) -> Path:
        """What changed since the models were trained, as JSON; missing where they were trained here."""
        return self.path / "drift.json"

    @property
    def noise(self) -> Path:
        """The report on the register's noise, as text."""
        return self.path / "noise.txt"

    @property
    def plan(self) -> Path:
        """The role of each column, with the reason, as JSON."""
        return self.path / "plan.json"

    @property
    def evidence(self) -> Path:
        """Why each lead is one, as JSON."""
        return self.path / "evidence.json"

    @property
    def report(self) -> Path:
        """The report as one HTML file."""
        return self.path / "report.html"

    @property
    def cases(self) -> Path:
        """The folder of the cases of a sales verb: rows with their features and outcomes."""
        return self.path / "cases"

    @property
    def around(self) -> Path:
        """The folder of what the register knows around the cases' companies; missing where none was given."""
        return self.path / "around"

    @property
    def leads_scored(self) -> Path:
        """Every open lead with its probability, its action and its reasons."""
        return self.path / "leads_scored.parquet"

    @property
    def customers_scored(self) -> Path:
        """Every customer with the probability that it leaves, its action and its reasons."""
        return self.path / "customers_scored.parquet"

    @property
    def survival(self) -> Path:
        """The share of customers that stay, by time and by group."""
        return self.path / "survival.parquet"

    @property
    def purchases(self) -> Path:
        """The folder of the purchases of a recommendation or of segments: customers, items, days, amounts."""
        return self.path / "purchases"

    @property
    def recommendations(self) -> Path:
        """What each customer buys next, best first."""
        return self.path / "recommendations.parquet"

    @property
    def prospects(self) -> Path:
        """Who wants one product: customers without it, and companies of the register."""
        return self.path / "prospects.parquet"

    @property
    def discovery(self) -> Path:
        """The folder of the discovery run on the buyers of a product; missing where no register was given."""
        return self.path / "discovery"

    @property
    def segments(self) -> Path:
        """The segment of every customer."""
        return self.path / "segments.parquet"

    @property
    def segment_profiles(self) -> Path:
        """The size, the value, the traits and the offer of each segment, as JSON."""
        return self.path / "segments.json"

    @property
    def noise_scores(self) -> Path:
        """How noisy each row of the customers is, by each cleaner and by their vote."""
        return self.path / "noise.parquet"

    @property
    def comparison(self) -> Path:
        """What changed between two runs or two tables, as JSON."""
        return self.path / "compare.json"

    @property
    def moved(self) -> Path:
        """Who entered a list, left it, or moved within it."""
        return self.path / "moved.parquet"

    @property
    def assignment(self) -> Path:
        """A list with the arm of each row."""
        return self.path / "assignment.csv"

    @property
    def experiment(self) -> Path:
        """The arms of an experiment, and what it shows or can show, as JSON."""
        return self.path / "experiment.json"

    @property
    def uplift(self) -> Path:
        """What an action adds for each case."""
        return self.path / "uplift.parquet"

    def pushed(self, system: str) -> Path:
        """The folder of what was sent to a customer system, which belongs to no publication: another run leaves it."""
        return self.path / "pushed" / system

    def call_list(self, verb: str, day: date) -> Path:
        """The cases to work now, of the list of that day."""
        names = {"convert": "high_priority_leads", "churn": "at_risk_customers"}
        return self.path / f"{names[verb]}_{day.isoformat()}.csv"

    @property
    def store(self) -> Path:
        """The folder of the embedded graph store, which is built when it is first asked."""
        return self.path / "store"

    @property
    def store_file(self) -> Path:
        """The embedded graph store."""
        return self.store / "graph.lbug"

    @property
    def store_lock(self) -> Path:
        """The lock of the process that builds the embedded graph store."""
        return self.store / ".building.lock"

    @property
    def work(self) -> Path:
        """Finished stages, kept for the next run of the same command."""
        return self.path / ".work"

    @property
    def lock(self) -> Path:
        """The lock of the process that works in the folder."""
        return self.work / "lock"

    @property
    def publication(self) -> Path:
        """The folder of a publication under way: staged entries and a journal."""
        return self.work / "publish"

    @property
    def journal(self) -> Path:
        """The plan that a publication follows to its end, whoever opens the folder next."""
        return self.publication / "journal.json"
