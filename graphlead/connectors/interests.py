"""The kinds of links that interests in companies become, alike for every standard."""

from __future__ import annotations

KINDS = {
    "shareholding": "shareholding",
    "votingRights": "voting_rights",
    "appointmentOfBoard": "appointment_of_board",
    "otherInfluenceOrControl": "significant_influence_or_control",
    "rightsToSurplusAssetsOnDissolution": "rights_to_surplus_assets",
    "controlByLegalFramework": "legal_framework_control",
}
"""BODS interest types whose kind is not their own words. A kind that says "by" would be read the other way round."""

KIND_NOTE = "kind: "
"""What the details of an interest begin with where its BODS type says less than the kind of the link."""
