"""Reasons: planted counts are found and named, nothing that may be chance, absence, an empty word or an echo."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp
from made_register import MakeRegister
from scipy.stats import binomtest
from sources import GROUP, HELD, OWNED, features_of, link, numbers, same, words

from graphlead.core.arrays import Ints
from graphlead.core.evidence import REST
from graphlead.core.features import (
    Attributes,
    Cut,
    Feature,
    Features,
    Groups,
    Incidence,
    Kind,
    Level,
    Neighbours,
    Relation,
    Source,
    Statistic,
)
from graphlead.core.register import Register, Role
from graphlead.explain.facts import Facts
from graphlead.explain.reasons.choice import Choice
from graphlead.explain.reasons.counts import count_neighbours, lower_bound
from graphlead.explain.reasons.reasons import ReasonWriter, contributions, mixed
from graphlead.explain.reasons.sizes import Sizes, difference
from graphlead.explain.reasons.themes import Themes, themes_of
from graphlead.explain.reasons.words import NamedWords, meaningful, without_meaning
from graphlead.features.labels import ClientsAround
from graphlead.features.propagate import CpuPropagator

N = 1_000
CITY, TRADE = Level(column="city", within=("region",)), Level(column="naics", cut=Cut.CODE)
STAFF = Level(column="staff", cut=Cut.BANDS, edges=(10.0, 50.0))
NAME, TWO, FIRST, LAST = (Level(column="name", cut=Cut.NAME, length=words) for words in (0, 2, 1, -1))
COLUMNS = {
    "name": Role.NAME, "city": Role.CITY, "region": Role.REGION, "naics": Role.INDUSTRY, "staff": Role.NUMBER,
    "takes_part": Role.BOOLEAN, "exports": Role.BOOLEAN, "form": Role.CATEGORY, "channel": Role.CATEGORY,
}  # fmt: skip
"""Company 0 is asked about; who is a client, and who is with it in which group, each test plants anew."""


@pytest.fixture
def register(make_register: MakeRegister) -> Register:
    values: dict[str, list[object]] = {
        "name": ["Gar Shrimp Lodi Inc"] * N, "city": ["LODI"] * N, "region": ["CA"] * (N - 1) + ["TX"],
        "naics": ["114112"] * N, "staff": [20.0] * N, "takes_part": [True] * N,
        "exports": [False] * N, "form": ["GmbH & Co. KG"] * N, "channel": ["direct"] * N,
    }  # fmt: skip
    return make_register(N, {name: (role, values[name]) for name, role in COLUMNS.items()})


def group(*levels: Level | str, others: int, clients: int, start: int = 1) -> Groups:
    """Company 0 with the clients from number ``start`` on and as many of the last companies as there are others."""
    code = np.full(N, 1, np.int32)
    code[[0, *_members(others, clients, start)]] = 0
    return Groups(same(*levels), code, 2)


def _members(others: int, clients: int, start: int) -> list[int]:
    return [*range(start, start + clients), *range(N - others + clients, N)]


def term(word: str, others: int, clients: int, source: str = "name") -> Incidence:
    matrix = np.zeros((N, 1), np.float32)
    matrix[[0, *_members(others, clients, 1)]] = 1
    return Incidence(words(source), sp.csr_matrix(matrix), pa.array([word]))


def made_of(relations: Sequence[Relation]) -> tuple[Features, Themes]:
    numeric = (*numbers("staff"), Feature(Source(kind=Kind.WORDS), Statistic.LENGTH))
    nothing = Attributes(np.zeros((N, 2), np.float32), numeric)
    made = features_of(nothing, np.zeros((N, 0), np.float32), (), tuple(relations))
    return made, themes_of(made, ClientsAround(made, CpuPropagator()).features, COLUMNS)


def because(
    register: Register, relations: Sequence[Relation], moved: dict[str, float], n_clients: int = 100
) -> tuple[list[str], str]:
    """The reasons of company 0 and what it goes by else, its score moved so; companies 1, 2, ... are clients."""
    made, themes = made_of(relations)
    assert set(moved) <= set(themes.names)
    companies, clients = np.zeros(1, np.int32), np.arange(1, n_clients + 1, dtype=np.int32)
    counts = count_neighbours(made, clients, companies, NamedWords(register, companies))
    facts = Facts(register, companies)
    empty = np.array([without_meaning(facts, each.source.levels, COLUMNS, 1) for each in relations], bool)
    writer = ReasonWriter(
        companies=companies, features=made, themes=themes, counts=counts,
        choice=Choice(made, themes, counts, COLUMNS, empty), facts=facts,
        sizes=Sizes.read(register, clients, companies), holders={0: "HOLDCO"},
    )  # fmt: skip
    found = writer.because(np.array([moved.get(name, 0.0) for name in themes.names]), 0)
    assert sum(each.log_odds for each in found.contributions) == pytest.approx(sum(moved.values()))
    for reason in found.reasons:
        assert (reason.others >= 5, reason.clients >= 3, reason.lift >= 1.5, reason.low > 1) == (True,) * 4
        assert reason.lift == pytest.approx(reason.clients / reason.others / (n_clients / N))
    return [reason.text for reason in found.reasons], found.mixed


def test_a_reason_names_others_clients_and_lift(register: Register) -> None:
    assert because(register, [group(CITY, TRADE, others=53, clients=49)], {"industry and place": 1.0}) == (
        ["49 of the 53 other companies in shellfish fishing (114112) in Lodi, CA are clients (9.2 x the register)"], "",
    )  # fmt: skip
    assert because(register, [group(CITY, others=6, clients=6)], {"place": 1.0})[0] == [
        "all 6 other companies in Lodi, CA are clients (10 x the register)"
    ]
    assert because(register, [group(STAFF, others=900, clients=100)], {"staff": 1.0}, n_clients=300)[0] == []
    assert because(register, [group(STAFF, others=1, clients=1)], {"staff": 1.0})[0] == []


@pytest.mark.parametrize(
    ("others", "clients", "named"),
    [
        (5, 3, True),  # 60 %, lower bound 19 %
        (4, 3, False),  # too few others
        (5, 2, False),  # too few clients
        (200, 29, False),  # 1.45 x
        (200, 31, True),  # 1.55 x, lower bound 11.4 %
        (20, 4, False),  # 2 x, lower bound 7.1 %
        (0, 0, False),
    ],
)
def test_a_reason_is_more_than_chance(register: Register, others: int, clients: int, named: bool) -> None:
    found, _ = because(register, [group(CITY, others=others, clients=clients)], {"place": 1.0})
    assert bool(found) == named


def test_the_bound_is_the_lower_end_of_an_exact_interval() -> None:
    for won, others in ((1, 1), (3, 5), (49, 53), (5, 5)):
        low = binomtest(won, others).proportion_ci(0.90, "exact").low
        assert lower_bound(np.array([won]), np.array([others]))[0] == pytest.approx(low)
    assert lower_bound(np.array([0, 0]), np.array([7, 0])).tolist() == [0, 0]


def test_what_did_not_raise_the_score_is_no_reason(register: Register) -> None:
    town = group(CITY, others=10, clients=8)
    assert because(register, [town], {"place": -1.0})[0] == []
    assert because(register, [town], {"place": 0.0})[0] == []


def test_the_walk_is_never_a_reason_but_what_it_walks_over_is(register: Register) -> None:
    found, rest = because(register, [group(CITY, others=10, clients=8)], {"closeness to clients": 2.0})
    assert found == ["8 of the 10 other companies in Lodi, CA are clients (8.0 x the register)"]
    _, rest = because(register, [group(CITY, others=10, clients=1)], {"closeness to clients": 2.0})
    assert rest == "no single strong reason: many small things in common with your clients"


def test_trade_in_town_takes_the_place_of_both_where_it_says_more(register: Register) -> None:
    trade, town = group(TRADE, others=300, clients=60), group(CITY, others=40, clients=12)
    both = group(CITY, TRADE, others=12, clients=10)
    moved = {"place": 1.0, "industry": 2.0, "industry and place": 0.1}
    assert because(register, [trade, town, both], moved)[0] == [
        "10 of the 12 other companies in shellfish fishing (114112) in Lodi, CA are clients (8.3 x the register)"
    ]
    no_better = group(CITY, TRADE, others=10, clients=3)
    assert because(register, [trade, town, no_better], moved)[0] == [
        "60 of the 300 other companies in shellfish fishing (114112) are clients (2.0 x the register)",
        "12 of the 40 other companies in Lodi, CA are clients (3.0 x the register)",
    ]


def test_nearly_the_same_companies_are_named_by_all_they_have_in_common(register: Register) -> None:
    """The sample of a fishing port: 50 of the 54 companies in town are clients, 49 of the 53 fishers."""
    relations = [
        group(CITY, others=54, clients=50),
        group(TRADE, others=113, clients=50),
        group(CITY, TRADE, others=53, clients=49),
    ]
    moved = {"place": 2.0, "industry": 1.0, "industry and place": 1.0}
    assert because(register, relations, moved)[0] == [
        "49 of the 53 other companies in shellfish fishing (114112) in Lodi, CA are clients (9.2 x the register)"
    ]


def test_one_reason_for_one_thing_the_strongest_first(register: Register) -> None:
    wide = Level(column="naics", cut=Cut.CODE, length=2)
    relations = [
        group(TRADE, others=30, clients=15), group(wide, others=300, clients=90), group(CITY, others=20, clients=9),
        group(TRADE, STAFF, others=12, clients=8),
    ]  # fmt: skip
    found, _ = because(register, relations, {"place": 2.0, "industry": 1.0, "several columns together": 0.5})
    assert found == [
        "9 of the 20 other companies in Lodi, CA are clients (4.5 x the register)",
        "15 of the 30 other companies in shellfish fishing (114112) are clients (5.0 x the register)",
    ]


def test_what_a_company_lacks_is_no_reason(register: Register) -> None:
    moved = {"takes_part": 1.0, "exports": 2.0, "several columns together": 3.0}
    relations = [
        group("takes_part", others=50, clients=20), group("exports", others=40, clients=30),
        group("takes_part", "exports", others=40, clients=30),
    ]  # fmt: skip
    assert because(register, relations, moved)[0] == [
        '20 of the 50 other companies marked "takes part" are clients (4.0 x the register)'
    ]


def test_a_legal_form_is_no_reason(register: Register) -> None:
    relations = [group("form", others=40, clients=30), group("channel", others=50, clients=20)]
    assert because(register, relations, {"form": 2.0, "channel": 1.0})[0] == [
        "20 of the 50 other companies with channel direct are clients (4.0 x the register)"
    ]


def test_a_weak_reason_does_not_stand_beside_a_strong_one(register: Register) -> None:
    wide = group("takes_part", others=500, clients=100)
    moved = {"place": 1.0, "takes_part": 2.0}
    assert because(register, [group(CITY, others=10, clients=9), wide], moved)[0] == [
        "9 of the 10 other companies in Lodi, CA are clients (9.0 x the register)"
    ]
    assert because(register, [group(CITY, others=10, clients=7), wide], moved)[0] == [
        '100 of the 500 other companies marked "takes part" are clients (2.0 x the register)',
        "7 of the 10 other companies in Lodi, CA are clients (7.0 x the register)",
    ]


def test_words_that_say_nothing_are_no_reasons(register: Register) -> None:
    empty = ["inc", "gmbh", "the", "und", "services", "holding", "4711", "a7", "co"]
    assert meaningful(pa.array([*empty, "shrimp", "fleisch"])).tolist() == [False] * len(empty) + [True, True]
    assert because(register, [term("inc", 30, 20)], {"name": 1.0})[0] == []
    assert because(register, [term("lodi", 30, 20)], {"name": 1.0})[0] == []  # the town of the company
    assert because(register, [term("shrimp", 30, 20)], {"name": 1.0})[0] == [
        '20 of the 30 other companies with "shrimp" in their name are clients (6.7 x the register)'
    ]


@pytest.mark.parametrize(
    ("levels", "which"),
    [
        ([NAME], 'named "gar shrimp lodi"'),
        ([TWO], 'whose name begins with "gar shrimp"'),
        ([FIRST, "region"], 'whose name begins with "gar" in CA'),
        ([LAST, "region"], 'whose name ends in "lodi" in CA'),
    ],
)
def test_a_like_name_is_a_reason(register: Register, levels: list[Level | str], which: str) -> None:
    found, _ = because(register, [group(*levels, others=5, clients=3)], {"name": 1.0})
    assert found == [f"3 of the 5 other companies {which} are clients (6.0 x the register)"]


def test_a_like_name_that_says_no_more_than_the_place_is_no_reason(register: Register) -> None:
    state, moved = group("region", others=40, clients=24), {"name": 2.0, "place": 1.0}
    wide = "24 of the 40 other companies in CA are clients (6.0 x the register)"
    assert because(register, [group(FIRST, "region", others=10, clients=6), state], moved)[0] == [wide]
    assert because(register, [group(FIRST, "region", others=10, clients=10), state], moved)[0] == [
        'all 10 other companies whose name begins with "gar" in CA are clients (10 x the register)'
    ]


def test_a_name_of_empty_words_is_no_reason(make_register: MakeRegister) -> None:
    register = make_register(N, {"name": (Role.NAME, ["A1 Shrimp Services Ltd"] * N)})
    named = [
        because(register, [group(level, others=9, clients=9)], {"name": 1.0})[0]
        for level in (NAME, TWO, FIRST, LAST)
    ]
    assert [len(reasons) for reasons in named] == [1, 1, 0, 0]


def test_a_word_that_echoes_the_trade_is_no_reason(register: Register) -> None:
    moved = {"name": 2.0, "industry": 1.0}
    trade = group(TRADE, others=60, clients=36)
    found, _ = because(register, [term("shrimp", 30, 18), trade], moved)
    assert found == [
        "36 of the 60 other companies in shellfish fishing (114112) are clients (6.0 x the register)"
    ]
    found, _ = because(register, [term("gar", 30, 28), trade], moved)
    assert (
        found[0] == '28 of the 30 other companies with "gar" in their name are clients (9.3 x the register)'
    )


def test_links_and_owners_are_reasons_where_they_join_many(register: Register) -> None:
    joined = [(0, i) for i in _members(6, 4, 1)]
    ends = np.array([*joined, *((j, i) for i, j in joined)]).T
    linked = Neighbours(link("same_site"), sp.csr_matrix((np.ones(12, np.float32), ends), shape=(N, N)))
    held = sp.csr_matrix((np.ones(7, np.float32), ([0, *_members(6, 5, 1)], [0] * 7)), shape=(N, 1))
    relations = [linked, Incidence(HELD, held), Groups(GROUP, np.full(N, -1, np.int32), 0),
                 Neighbours(OWNED, sp.csr_matrix((N, N), dtype=np.float32))]  # fmt: skip
    found, _ = because(register, relations, {"links": 1.0, "holders and persons": 2.0, "ownership": 3.0})
    assert found == [
        "5 of the 6 other companies that HOLDCO owns or is linked to are clients (8.3 x the register)",
        "4 of the 6 other companies with the same site are clients (6.7 x the register)",
    ]


def test_without_a_reason_a_sentence_says_what_the_score_goes_by(register: Register) -> None:
    weak = [
        group(CITY, others=40, clients=4),
        group(TRADE, others=40, clients=4),
        group(CITY, TRADE, others=4, clients=1),
    ]
    assert because(register, weak, {"place": 1.0, "industry": 2.0, "staff": -1.0}) == (
        [], "no single strong reason: a mix of its industry and place",
    )  # fmt: skip
    assert because(register, weak, {"industry and place": 1.0, "place": 0.5, "name": 0.7})[1] == (
        "no single strong reason: a mix of its industry, place and name"
    )
    assert because(register, weak, {"name": 1.0})[1] == "no single strong reason: mostly its name"
    assert because(register, weak, {"name": -1.0})[1] == (
        "no reason is known: what is known of it is rare among your clients"
    )
    assert mixed(()) == "no reason is known: what is known of it is rare among your clients"


def test_small_contributions_are_summed_up() -> None:
    relations = [group(CITY, others=10, clients=8), group(TRADE, others=10, clients=8), term("gar", 30, 20)]
    _, themes = made_of(relations)
    moved = {"place": -1.0, "industry": 0.5, "name": 0.004, "closeness to clients": -0.001}
    values = np.array([moved.get(name, 0.0) for name in themes.names])
    assert [(each.theme, each.log_odds) for each in contributions(values, themes)] == [
        ("place", -1.0), ("industry", 0.5), (REST, pytest.approx(0.003)),
    ]  # fmt: skip
    assert contributions(0 * values, themes) == ()


SPREAD = np.repeat(np.arange(2.0, 12.0), 10)
"""A hundred sizes, ten each of 2 to 11: usual are 3 to 10."""


@pytest.mark.parametrize(
    ("value", "text"),
    [(40.0, "much larger"), (12.0, "larger"), (11.0, ""), (5.0, ""), (2.0, ""), (1.5, "smaller"), (1.0, "much smaller"),
     (np.nan, "")],
)  # fmt: skip
def test_a_size_is_unusual_beyond_what_one_client_in_ten_has(value: float, text: str) -> None:
    assert difference(value, SPREAD) == text


def test_few_clients_make_no_usual_size() -> None:
    assert difference(1e6, np.full(28, 3.0)) == ""
    assert difference(1e6, np.full(29, 3.0)) == "much larger"


def sizes(company: float, clients: Sequence[float]) -> Sizes:
    numbered: Ints = np.arange(1, len(clients) + 1, dtype=np.int32)
    return Sizes(
        column="seasonal_workers",
        clients=numbered,
        of_clients=np.array(clients),
        of_companies=np.array([company]),
    )


def test_a_size_is_compared_with_the_clients_in_the_group_of_the_first_reason() -> None:
    port = np.full(200, 1, np.int32)
    port[:41] = 0
    town = Groups(same(CITY), port, 2)
    found = sizes(1_200.0, [*[3.0] * 40, *[30.0] * 60])
    assert found.unusual(0, 0, town) == (
        "much larger than your usual (seasonal workers 1,200, your clients among them 3)"
    )
    assert (
        found.unusual(0, 0, None)
        == "much larger than your usual (seasonal workers 1,200, your clients 3 to 30)"
    )
    port[10:41] = 1
    assert found.unusual(0, 0, town) == found.unusual(0, 0, None)
    assert sizes(25.0, [*[3.0] * 40, *[30.0] * 60]).unusual(0, 0, None) == ""
    assert sizes(np.nan, [3.0] * 40).unusual(0, 0, None) == ""


def test_only_a_number_that_is_a_size_is_compared(make_register: MakeRegister) -> None:
    everybody = np.arange(3, dtype=np.int32)
    latitude = make_register(3, {"latitude": (Role.NUMBER, [1.0, 2.0, 3.0])})
    assert Sizes.read(latitude, everybody[:1], everybody) is None
    staffed = make_register(
        3, {"latitude": (Role.NUMBER, [1.0, 2.0, 3.0]), "Workers": (Role.NUMBER, [None, 7.0, 9.0])}
    )
    found = Sizes.read(staffed, everybody[1:], everybody)
    assert found is not None
    assert (found.column, found.of_clients.tolist()) == ("Workers", [7.0, 9.0])
    assert np.isnan(found.of_companies[0])
