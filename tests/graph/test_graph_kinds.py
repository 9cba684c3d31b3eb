"""Kinds of ownership links, recognised by their words."""

from __future__ import annotations

import pytest

from graphlead.graph.ownership.kinds import Claim, ownership_kind


@pytest.mark.parametrize(
    ("kind", "claim"),
    [
        ("owns", Claim.OWNS),
        ("OWNER_OF", Claim.OWNS),
        ("parent", Claim.CONTROL),
        ("Subsidiary", Claim.CONTROL),
        ("controls", Claim.CONTROL),
        ("ultimate parent", Claim.ULTIMATE),
        ("shareholder", Claim.HOLDS),
        ("holds", Claim.HOLDS),
        ("minority owner", Claim.HOLDS),
        ("person-with-significant-control", Claim.HOLDS),
        ("ownership-of-shares-25-to-50-percent", Claim.OWNS),
        ("InvestedIn", Claim.HOLDS),
        ("shares", Claim.HOLDS),
    ],
)
def test_kinds_of_ownership(kind: str, claim: Claim) -> None:
    found = ownership_kind(kind)
    assert found is not None
    assert (found.claim, found.reverse) == (claim, False)


@pytest.mark.parametrize(
    ("kind", "claim"),
    [
        ("owned_by", Claim.OWNS),
        ("subsidiary_of", Claim.CONTROL),
        ("has_parent", Claim.CONTROL),
        ("IS_DIRECTLY_CONSOLIDATED_BY", Claim.CONTROL),
        ("IS_ULTIMATELY_CONSOLIDATED_BY", Claim.ULTIMATE),
        ("IS_INTERNATIONAL_BRANCH_OF", Claim.CONTROL),
    ],
)
def test_kinds_whose_source_is_owned(kind: str, claim: Claim) -> None:
    found = ownership_kind(kind)
    assert found is not None
    assert (found.claim, found.reverse) == (claim, True)


@pytest.mark.parametrize(
    "kind",
    ["", "same_address", "joint_employer_member", "master_member", "supplies", "director", "same_owner",
     "former parent", "owner address", "shared_phone", "linked"],
)  # fmt: skip
def test_other_kinds(kind: str) -> None:
    assert ownership_kind(kind) is None
