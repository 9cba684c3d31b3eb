"""The sentences of the report: the result, what went in, what is missing, what is not claimed."""

from __future__ import annotations

from graphlead.core.arrays import Json
from graphlead.core.register import PLACES, Role
from graphlead.report.expected import hits_sentence
from graphlead.report.html.content import ReportContent
from graphlead.report.html.figures import (
    count,
    from_to,
    listed,
    percent,
    ranker_name,
    split_name,
    times,
)
from graphlead.report.html.quality import FEW_CLIENTS, metric
from graphlead.report.summary import counted

FIRST = 10
"""Leads shown at the top, a choice: what a manager reads before deciding."""


def headline(content: ReportContent) -> str:
    """What to expect of the list, in a sentence; of a list without leads, what there is instead."""
    return hits_sentence(content.hits, content.expected.wins) or "There is no company to call."


def tested(content: ReportContent) -> str:
    """The result of the test on held-out clients in a sentence, from the top 5 % of the list."""
    recall, lift = metric(content, "recall@5%"), metric(content, "lift@5%")
    found = (
        f"The first 5% of the list hold {percent(recall[0])} of the clients that were held back to test it"
    )
    if lift[1] <= 1:
        return f"{found}: not measurably more than calling at random would find."
    return f"{found}: {times(lift[0]).removesuffix('×')} times as many as calling at random would."


def verdict(content: ReportContent) -> tuple[str, str]:
    """The verdict of the evaluation on the graph: the claim, and what it rests on."""
    claim, colon, rest = content.evaluation.verdict.partition(":")
    return claim + colon, rest


def tiles(content: ReportContent) -> list[Json]:
    """The figures at the top, each with its label and its uncertainty."""
    found = content.clients.counts()
    lift = metric(content, "lift@5%")
    strong = int((content.leads["fit"] == "Strong").sum()) if len(content.leads) else 0
    return [
        {"value": count(len(content.leads)), "label": "companies to call", "note": f"{count(strong)} of strong fit"},
        {"value": times(lift[0]), "label": "as many clients as by chance", "metric": "lift@5%",
         "note": f"in the top 5% of the list; 95% interval {from_to(times(lift[1]), times(lift[2]))}"},
        *_apart_tile(content),
        {"value": count(found["matched"]), "label": "client lines recognised",
         "note": f"of {count(len(content.clients.table))} on the list"},
    ]  # fmt: skip


def _apart_tile(content: ReportContent) -> list[Json]:
    """The records of clients among the first leads as they would have been; none where there are none at all."""
    if not content.apart["all"]:
        return []
    return [{"value": count(content.apart["first"]), "label": "of the first 100 were clients under another record",
             "note": f"set apart, {count(content.apart['all'])} in all (duplicates.csv)"}]  # fmt: skip


def inputs(content: ReportContent) -> list[tuple[str, str, str]]:
    """What went in and what was set aside: label, count and remark."""
    register, found = content.register, content.clients.counts()
    aside = content.noise.n_set_aside
    return [
        ("Companies in the register", count(register.n_companies), f"{len(register.columns)} columns"),
        ("Links between them", count(register.n_links), "owners, persons, addresses and the like"
         if register.n_links else "none were given"),
        ("Records set aside", count(aside), "each kept with its reason" if aside else "nothing had to be"),
        ("Lines of the client list", count(len(content.clients.table)), ""),
        ("recognised in the register", count(found["matched"]), f"{counted(len(content.cohort.clients), 'company')}"),
        ("to be reviewed by you", count(found["review"]), "doubtful, not used" if found["review"] else ""),
        ("not found", count(found["unmatched"]), "not used" if found["unmatched"] else ""),
        ("Other records of clients", count(content.apart["all"]), other_records(content)),
        ("Companies suppressed", count(len(content.cohort.suppressed)), _suppressed(content)),
        ("Companies that are no more", count(len(content.cohort.dead)), "by their status, not to be called"
         if len(content.cohort.dead) else "none by the register"),
        ("Companies scored", count(len(content.scores)), "neither client nor suppressed nor gone"),
        ("In a client's own group", count(content.whitespace), "or related to one: kept apart, no discoveries"),
        ("Companies to call", count(len(content.leads)), "the list below"),
    ]  # fmt: skip


def _suppressed(content: ReportContent) -> str:
    """Why companies are not to be called."""
    called = [
        f"{count(len(companies))} {name}"
        for name, companies in (("lost", content.cohort.lost), ("rejected", content.cohort.rejected))
        if len(companies)
    ]
    return "not to be called" + (f": {listed(called)} when they were called" if called else "")


def other_records(content: ReportContent) -> str:
    """How many leads were records of clients, for the reader of the list; empty for none."""
    found = content.apart["first"]
    if not content.apart["all"]:
        return ""
    return f"set apart (duplicates.csv), {count(found)} of them from the first 100 leads"


INDENTED = ("recognised in the register", "to be reviewed by you", "not found")
"""The inputs that are parts of the client list."""


def ranking(content: ReportContent) -> str:
    """Which rankers made the list, and why."""
    names = listed([ranker_name(member).lower() for member in content.members])
    return f"The list is ranked by the {names}" + (f": {content.reason}" if content.reason else ".")


def left_out(content: ReportContent) -> list[str]:
    """What the register, the lists or the run lacked, and what the report therefore does not show."""
    register, splits = content.register, set(content.evaluation.metrics["split"])
    missing = [
        (not register.names_of(Role.INDUSTRY),
         "The register has no industry, so nothing is broken down by industry."),
        (not register.names_of(*PLACES), "The register has no places, so nothing is broken down by place."),
        (not register.names_of(Role.NUMBER), "The register has no sizes or other numbers."),
        (register.n_links == 0, "No links were given: ownership, persons and addresses play no part."),
        (not content.clients.date_column,
         "The client list has no dates: seasons, and the test on the clients won last, are missing."),
        (bool(content.clients.date_column) and "time" not in splits,
         "Too few clients have a date for a test on the clients won last."),
        (content.curves is None or content.curves.empty, "Without curves, the list is judged at five lengths only."),
        (content.evaluation.segments.empty, "Nothing is known of how well the list does by segment."),
        (content.profile is None, "The profile of the clients was not made."),
        (content.plane is None,
         "There is no picture of the market: the register has neither coordinates nor two numbers that differ."),
        (not content.evidence, "The paths from the leads to clients were not looked for."),
    ]  # fmt: skip
    return [sentence for absent, sentence in missing if absent]


def limits(content: ReportContent) -> list[tuple[str, str]]:
    """What is not claimed: a heading and a sentence or two each."""
    clients = int(content.cohort.clients.size)
    expected = (
        f"{hits_sentence(content.hits, content.expected.wins)} How many clients you win depends on you: if it is half "
        "as many, so is every figure on the list. The order of the list does not change."
    )
    rows = [
        ("Like your clients is not the same as willing to buy",
         "A high score says that a company resembles those who bought. Nobody has been asked, and price, timing and "
         "competitors are not in the register."),
        ("The list follows your present clients",
         "Where you have never sold, nothing could be learned: a good market that is new to you looks like a poor one "
         "here. The tables by segment show where the list is weak."),
        ("The test looks back",
         f"The figures come from {split_name(content.split)}: they were hidden, and the list was asked to find "
         "them again. Clients of tomorrow may differ."),
        ("The number of good leads is an estimate", expected),
        ("Intervals cover luck, not everything",
         "A 95% interval shows how far a figure could have moved had other clients and companies been drawn. What "
         "another training run would change, or an error in the register, is not in it."),
        ("Reasons are not causes",
         "A reason counts the clients among companies with something in common. It does not make a company a client."),
    ]  # fmt: skip
    if clients < FEW_CLIENTS:
        few = f"Only {counted(clients, 'client')} could be learned from: read the intervals, not the values."
        rows.insert(0, ("There are few clients", few))
    return rows
