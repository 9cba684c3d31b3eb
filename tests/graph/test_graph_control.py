"""Controllers, ultimate parents, groups and cycles: planted cases, and against naive walks and NetworkX."""

from __future__ import annotations

from typing import NamedTuple

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from stakes_by_hand import Stake, facts, random_stakes, stakes

from graphlead.core.arrays import NONE
from graphlead.graph.ownership.control import MAJORITY, controllers, groups, roots, ultimate_parents
from graphlead.graph.ownership.facts import ownership
from graphlead.graph.ownership.kinds import Claim
from graphlead.graph.ownership.stakes import Ledger, ledger


def test_a_chain_ends_at_its_top_and_is_one_group() -> None:
    found = facts(5, Stake(2, 1, 0.8), Stake(1, 0, 0.6), Stake(4, 3, 0.3))
    assert found.ultimate_parent.tolist() == [2, 2, 2, 3, 4]
    assert found.group.tolist() == [0, 0, 0, 3, 4]


def test_exactly_half_controls_nothing() -> None:
    found = facts(3, Stake(0, 2, 0.5, Claim.CONTROL), Stake(1, 2, 0.5, Claim.CONTROL))
    assert found.ultimate_parent.tolist() == [0, 1, 2]
    assert found.group.tolist() == [0, 1, 2]


def test_a_band_counts_with_its_middle() -> None:
    found = facts(4, Stake(0, 1, (0.5, 0.75)), Stake(2, 3, (0.25, 0.5)))
    assert found.ultimate_parent.tolist() == [0, 0, 2, 3]


def test_of_statements_on_one_stake_that_differ_in_the_upper_bound_the_largest_counts_in_any_order() -> None:
    rows = (Stake(0, 1, (0.4, 1.0)), Stake(0, 1, (0.4, 0.5)))
    assert facts(2, *rows).group.tolist() == facts(2, *rows[::-1]).group.tolist() == [0, 0]


def test_a_holder_outside_the_register_joins_what_it_controls_and_is_nobodys_ultimate_parent() -> None:
    holder = 4
    found = facts(4, Stake(holder, 1, 0.9), Stake(holder, 3, 0.7), Stake(holder, 2, 0.2), n_holders=1)
    assert found.group.tolist() == [0, 1, 2, 1]
    assert found.ultimate_parent.tolist() == [0, 1, 2, 3]


def test_investors_of_unknown_share_merge_nothing() -> None:
    investor = 3
    rows = [Stake(investor, i, None, Claim.HOLDS) for i in range(3)]
    assert facts(3, *rows, n_holders=1).group.tolist() == [0, 1, 2]


def test_the_sole_owner_of_unknown_share_controls_when_it_is_a_company_of_the_register() -> None:
    outsider = 4
    found = facts(4, Stake(0, 1), Stake(outsider, 2), Stake(outsider, 3), n_holders=1)
    assert found.group.tolist() == [0, 0, 2, 3]
    shared = facts(3, Stake(0, 2), Stake(1, 2))
    assert shared.group.tolist() == [0, 1, 2]


def test_a_parent_of_unknown_share_controls_beside_other_owners_but_not_against_a_majority() -> None:
    found = facts(4, Stake(0, 1, None, Claim.CONTROL), Stake(2, 1, 0.3), Stake(0, 3, None, Claim.CONTROL),
                  Stake(2, 3, 0.7))  # fmt: skip
    assert found.ultimate_parent.tolist() == [0, 0, 2, 2]


def test_the_direct_parent_comes_before_an_ultimate_one() -> None:
    found = facts(3, Stake(0, 2, None, Claim.ULTIMATE), Stake(1, 2, None, Claim.CONTROL))
    assert found.ultimate_parent.tolist() == [0, 1, 1]


def test_shares_held_through_controlled_companies_add_up_to_control() -> None:
    # 0 controls 1; together they hold 60 % of 2; 0 and 2 together hold 55 % of 3.
    found = facts(
        4, Stake(0, 1, 0.9), Stake(0, 2, 0.3), Stake(1, 2, 0.3), Stake(0, 3, 0.25), Stake(2, 3, 0.3)
    )
    assert found.ultimate_parent.tolist() == [0, 0, 0, 0]
    assert found.group.tolist() == [0, 0, 0, 0]


def test_a_holder_controls_through_a_company_it_controls() -> None:
    holder = 2
    found = facts(2, Stake(holder, 0, 0.9), Stake(holder, 1, 0.3), Stake(0, 1, 0.3), n_holders=1)
    assert found.group.tolist() == [0, 0]
    assert found.ultimate_parent.tolist() == [0, 1]


def test_a_circle_is_headed_by_its_smallest_company() -> None:
    found = facts(5, Stake(3, 2, 0.6), Stake(2, 1, 0.6), Stake(1, 3, 0.6), Stake(3, 4, 0.9), Stake(4, 0, 0.1))
    assert found.ultimate_parent.tolist() == [0, 1, 1, 1, 1]
    assert found.group.tolist() == [0, 1, 1, 1, 1]
    assert found.in_cycle.tolist() == [False, True, True, True, False]


def test_of_several_statements_about_a_stake_the_latest_known_share_counts() -> None:
    found = facts(2, Stake(0, 1, 0.8, day=1), Stake(0, 1, 0.2, day=2), Stake(0, 1, None, day=3))
    assert found.ultimate_parent.tolist() == [0, 1]
    assert found.effective_low.tolist() == [np.float32(0.2)]


def test_no_stakes_at_all() -> None:
    found = facts(3)
    assert found.group.tolist() == found.ultimate_parent.tolist() == [0, 1, 2]
    assert not found.in_cycle.any()
    assert len(found.effective) == 0


def test_no_companies_at_all() -> None:
    assert len(facts(0).group) == 0


class Row(NamedTuple):
    """One line of a ledger."""

    owner: int
    owned: int
    known: bool
    middle: float
    claim: int


def naive_top(controller: list[int], start: int) -> int:
    """Walk up until nobody is above; from within a circle, its smallest member."""
    path = [start]
    while controller[path[-1]] != NONE:
        above = controller[path[-1]]
        if above in path:
            return min(path[path.index(above) :])
        path.append(above)
    return path[-1]


def naive_claims(rows: list[Row], n_companies: int, n_nodes: int) -> list[int]:
    """Who controls each company by one stake alone."""
    controller = [NONE] * n_nodes
    for company in range(n_companies):
        owners = [row for row in rows if row.owned == company]
        best: list[tuple[int, float, int]] = []
        for row in owners:
            sole = row.claim == Claim.OWNS and len(owners) == 1 and row.owner < n_companies
            if row.known and row.middle > MAJORITY:
                best.append((9, row.middle, -row.owner))
            elif not row.known and (row.claim >= Claim.ULTIMATE or sole):
                best.append((row.claim, row.middle, -row.owner))
        if best:
            controller[company] = -max(best)[2]
    return controller


def naive_controllers(book: Ledger, n_companies: int, n_nodes: int) -> list[int]:
    """The definition, one company at a time."""
    columns = (book.owner, book.owned, book.known, book.middle, book.claim)
    rows = [Row(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
    controller = naive_claims(rows, n_companies, n_nodes)
    while True:
        top = [naive_top(controller, node) for node in range(n_nodes)]
        changes = {}
        for company in (i for i in range(n_companies) if controller[i] == NONE):
            held: dict[int, float] = {}
            for row in rows:
                if row.owned == company and row.known and top[row.owner] != company:
                    held[top[row.owner]] = held.get(top[row.owner], 0.0) + row.middle
            changes.update((company, node) for node, total in held.items() if total > MAJORITY)
        if not changes:
            return controller
        for company, node in changes.items():
            controller[company] = node


@given(random_stakes(7, 3, bands=True))
def test_control_follows_its_definition(rows: list[Stake]) -> None:
    n, nodes = 7, 10
    book = ledger(stakes(*rows), n)
    expected = naive_controllers(book, n, nodes)
    found = controllers(book, n, nodes)
    assert found.tolist() == expected
    inside = [above if above < n else NONE for above in expected[:n]]
    assert ultimate_parents(found, n).tolist() == [naive_top(inside, i) for i in range(n)]


@given(random_stakes(9, 2))
def test_groups_are_the_components_of_control_and_cycles_those_of_ownership(rows: list[Stake]) -> None:
    n, nodes = 9, 11
    found = ownership(n, 2, stakes(*rows))
    controller = controllers(ledger(stakes(*rows), n), n, nodes)
    control = nx.Graph([(i, int(above)) for i, above in enumerate(controller) if above != NONE])
    control.add_nodes_from(range(n))
    for component in nx.connected_components(control):
        companies = [i for i in component if i < n]
        assert {int(found.group[i]) for i in companies} <= {min(companies, default=0)}
    owning = nx.DiGraph([(row.owner, row.owned) for row in rows if row.owner < n and row.owner != row.owned])
    circles = [part for part in nx.strongly_connected_components(owning) if len(part) > 1]
    assert set(np.flatnonzero(found.in_cycle).tolist()) == set().union(*circles)


@given(st.lists(st.integers(-1, 39), min_size=40, max_size=40))
def test_roots_are_where_walking_up_ends(above: list[int]) -> None:
    controller = np.array([NONE if owner == i else owner for i, owner in enumerate(above)], np.int32)
    expected = [naive_top(controller.tolist(), i) for i in range(40)]
    assert roots(controller.copy()).tolist() == expected


def test_a_chain_of_a_hundred_thousand_companies_has_one_top() -> None:
    controller = np.arange(-1, 99_999, dtype=np.int32)
    assert (roots(controller) == 0).all()
    assert (groups(controller, 100_000) == 0).all()
