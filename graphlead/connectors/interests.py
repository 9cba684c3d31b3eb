"""The kinds of links that interests in companies become, the same for every standard."""

from __future__ import annotations

KINDS = {
    "shareholding": "shareholding",
    "votingRights": "voting_rights",
    "appointmentOfBoard": "appointment_of_board",
    "otherInfluenceOrControl": "significant_influence_or_control",
    "rightsToSurplusAssetsOnDissolution": "rights_to_surplus_assets",
    "controlByLegalFramework": "legal_framework_control",
}
"""BODS interest types with a kind of their own. None contains "by": such kinds are read as pointing backwards."""

KIND_NOTE = "kind: "
"""Prefix of an interest's details where they carry the link's kind, because the BODS type is less specific."""
