"""How each action of the field is carried out, in two or three steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PLAYBOOKS: Mapping[str, tuple[str, ...]] = {
    "Schedule executive meeting": (
        "Ask your contact who signs, and who else has a say.",
        "Have someone of the same rank invite that person to 30 minutes on one business problem, not on the product.",
        "Leave with a next step and a date that the decision maker has agreed to.",
    ),
    "Discuss budget & ROI": (
        "Put the cost of doing nothing into figures, with numbers that the customer gave you.",
        "Show the return on one page: investment, saving, months until it has paid for itself.",
        "Ask from which budget it comes, who releases it and when.",
    ),
    "Fast-track - lead aging": (
        "Call today: what has changed since the first contact?",
        "Offer the shortest way to a decision: a fixed date, a pilot, or a smaller first order.",
        "No answer to three attempts in two weeks: close the lead and note why.",
    ),
    "Leverage referral relationship": (
        "Thank the person who referred you, and ask what the lead cares about most.",
        "Mention that person in the first sentence, and offer a short talk with them as a reference.",
    ),
    "NPS follow-up call": (
        "Call within two working days, someone senior, with the survey's answer at hand.",
        "Listen first: what would have to happen for a better score?",
        "Agree on one repair with a date, and call again when it is done.",
    ),
    "Re-engagement campaign": (
        "Find out whether the people who used it are still there.",
        "Send one useful thing made for their case: a report of their own figures, or a feature that saves them time.",
        "No visit within two weeks: call the sponsor, not the user.",
    ),
    "Value realization workshop": (
        "Look up which functions the customer pays for and does not use.",
        "Spend 90 minutes with the users: one goal of theirs, set up in the product together.",
        "Check the usage after 30 days, and show the sponsor what it brought.",
    ),
    "Assign dedicated CSM": (
        "Name one person in charge and introduce them within the week.",
        "Agree on goals for the year and on a meeting every quarter.",
    ),
}  # fmt: skip


def playbooks_of(actions: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The playbooks of these actions, each once, in the order in which they come; an action of the user's has none."""
    return {action: PLAYBOOKS[action] for action in dict.fromkeys(actions) if action in PLAYBOOKS}
