"""Links: parts understood, shares made fractions, faults set aside, holders and persons kept."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from graphlead.core.errors import InputError
from graphlead.core.noise import Noise
from graphlead.core.register import Register
from graphlead.ingest import ingest

IDS = ("01", "02", "03", "04", "05", "06")


def run(tmp_path: Path, links: str) -> tuple[Register, Noise]:
    companies = tmp_path / "companies.csv"
    companies.write_text("company_id,name\n" + "".join(f"{i},Firm {i}\n" for i in IDS), encoding="utf-8")
    path = tmp_path / "in_links.csv"
    path.write_text(links, encoding="utf-8")
    return ingest(companies, path, made(tmp_path / "work"))


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def rows(register: Register, *names: str) -> list[tuple[Any, ...]]:
    table = register.read_links().select(names).to_pydict()
    return list(zip(*table.values(), strict=True))


def counts(noise: Noise) -> dict[str, int]:
    return {f.check: f.count for f in noise.findings if f.table == "links" and f.check != "share unit"}


def reasons(noise: Noise) -> list[tuple[int, str]]:
    table = pd.read_parquet(noise.set_aside)
    return list(zip(table["row"], table["reason"], strict=True))


def test_links_are_resolved_and_ordered_by_their_parts(tmp_path: Path) -> None:
    register, noise = run(
        tmp_path,
        "source_id,target_id,kind,share,date\n03,01,owns,0.5,2020-01-31\n01,02,supplies,,\n01,03,Ownership,1,2021-05-06\n",
    )
    assert rows(register, "source_id", "target_id", "kind", "share_low", "share_high", "date") == [
        ("01", "02", "supplies", None, None, None),
        ("01", "03", "owns", 1.0, 1.0, dt.date(2021, 5, 6)),
        ("03", "01", "owns", 0.5, 0.5, dt.date(2020, 1, 31)),
    ]
    assert rows(register, "source", "target", "source_type") == [
        (0, 1, "company"),
        (0, 2, "company"),
        (2, 0, "company"),
    ]
    types = dict(
        zip(register.read_links().column_names, map(str, register.read_links().schema.types), strict=True)
    )
    assert (types["source"], types["target"], types["date"], types["share_low"]) == (
        "int32",
        "int32",
        "date32[day]",
        "double",
    )
    assert register.n_links == 3
    assert noise.n_set_aside == 0


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("owner_id,subsidiary_id", "linked"), ("parent,child", "linked"), ("from,to", "linked"), ("src,dst", "linked"),
        ("investor_id,company_id", "linked"), ("Shareholder ID,Company Number", "linked"),
        ("Source,Target,Ownership %", "owns"), ("holder_id,company_id,pct", "owns"),
    ],
)  # fmt: skip
def test_parts_are_known_by_many_names(tmp_path: Path, header: str, kind: str) -> None:
    line = "02,01,30" if header.count(",") == 2 else "02,01"
    register, _ = run(tmp_path, f"{header}\n{line}\n")
    assert rows(register, "source_id", "target_id", "kind") == [("02", "01", kind)]


def test_the_child_may_come_first(tmp_path: Path) -> None:
    register, _ = run(tmp_path, "company_id,parent_id\n02,01\n")
    assert rows(register, "source_id", "target_id") == [("01", "02")]


def test_owned_by_is_turned_round(tmp_path: Path) -> None:
    register, _ = run(
        tmp_path, "source_id,target_id,type\n02,01,owned by\n03,01,IS_DIRECTLY_CONSOLIDATED_BY\n"
    )
    assert rows(register, "source_id", "target_id", "kind") == [
        ("01", "02", "owns"),
        ("01", "03", "controls"),
    ]


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        (["50", "0.5", "100"], [0.5, 0.005, 1.0], [0.5, 0.005, 1.0]),
        (["0.5", "1", "0.25"], [0.5, 1.0, 0.25], [0.5, 1.0, 0.25]),
        (["25%", "0.5%", "7.5 %"], [0.25, 0.005, 0.075], [0.25, 0.005, 0.075]),
        (["25-50", "more than 75%", "75 to 100"], [0.25, 0.75, 0.75], [0.5, 1.0, 1.0]),
        (["unknown", "", "0.3"], [None, None, 0.3], [None, None, 0.3]),
    ],
)
def test_shares_become_fractions(
    tmp_path: Path, written: list[str], low: list[float], high: list[float]
) -> None:
    lines = "".join(f"0{i},06,{share}\n" for i, share in enumerate(written, 1))
    register, _ = run(tmp_path, "source_id,target_id,share\n" + lines)
    assert register.read_links()["share_low"].to_pylist() == pytest.approx(low)
    assert register.read_links()["share_high"].to_pylist() == pytest.approx(high)


@pytest.mark.parametrize(
    ("header", "written", "low", "high"),
    [
        ("share_low,share_high", ["0.25,0.5", "0.3,0.3", ",", "0.75,", ",0.1"],
         [0.25, 0.3, None, 0.75, 0.0], [0.5, 0.3, None, 1.0, 0.1]),
        ("Minimum share,Maximum share", ["25,50", "75,100"], [0.25, 0.75], [0.5, 1.0]),
        ("share,share_min,share_max", ["0.4,0.25,0.5", "0.4,,", "0.4,0.4,0.4"], [0.25, 0.4, 0.4], [0.5, 0.4, 0.4]),
        ("min_share,kind", ["0.25,owns"], [0.25], [0.25]),
    ],
)  # fmt: skip
def test_a_share_may_be_stated_by_its_bounds(
    tmp_path: Path, header: str, written: list[str], low: list[float | None], high: list[float | None]
) -> None:
    lines = "".join(f"0{i},06,{shares}\n" for i, shares in enumerate(written, 1))
    register, _ = run(tmp_path, f"source_id,target_id,{header}\n" + lines)
    assert register.read_links()["share_low"].to_pylist() == pytest.approx(low)
    assert register.read_links()["share_high"].to_pylist() == pytest.approx(high)


def test_cleaned_links_stay_as_they_are(tmp_path: Path) -> None:
    register, _ = run(
        tmp_path,
        "source_id,target_id,share,kind,date,source_name,source_type\n"
        "01,06,25-50,,2020-03-01,,\n02,06,0.335,owns,,,\nP1,03,more than 75%,,,Ada Lovelace,person\n04,05,,linked,,,\n",
    )
    again, noise = ingest(tmp_path / "companies.csv", register.links, made(tmp_path / "again"))
    assert again.read_links().equals(register.read_links())
    assert noise.n_set_aside == 0


def test_impossible_shares_become_unknown(tmp_path: Path) -> None:
    register, noise = run(
        tmp_path, "source_id,target_id,share\n01,02,150\n01,03,-5\n01,04,80\n01,05,most of it\n"
    )
    assert rows(register, "share_low") == [(None,), (None,), (0.8,), (None,)]
    assert counts(noise) == {"impossible shares": 2, "broken shares": 1}
    assert reasons(noise) == [
        (1, 'share "150" is not between 0 and 100 %; made missing'),
        (2, 'share "-5" is not between 0 and 100 %; made missing'),
        (4, 'share "most of it" is no share; made missing'),
    ]


def test_shares_that_add_up_to_too_much_are_reported(tmp_path: Path) -> None:
    register, noise = run(
        tmp_path,
        "source_id,target_id,share,date\n01,03,60,2020-01-01\n02,03,55,2020-01-01\n01,04,60,2019-01-01\n"
        "01,04,70,2020-01-01\n02,04,30,2020-01-01\n",
    )
    (finding,) = (f for f in noise.findings if f.check == "sums of shares")
    assert finding.examples == ("03: 115.0%",)
    assert register.n_links == 5


def test_faulty_links_are_set_aside_with_their_reason(tmp_path: Path) -> None:
    register, noise = run(
        tmp_path,
        "source_id,target_id,kind,share,date\n"
        "01,02,owns,50,2020-01-01\n"
        "01,01,owns,50,2020-01-01\n"
        "01,99,owns,50,2020-01-01\n"
        "88,99,owns,50,2020-01-01\n"
        "01,02,owns,50,2020-01-01\n"
        "01,02,owns,60,2021-01-01\n"
        ",02,owns,50,2020-01-01\n"
        "01,03,owns,50,2020-13-01\n",
    )
    assert rows(register, "source_id", "target_id", "share_low") == [
        ("01", "02", 0.5),
        ("01", "02", 0.6),
        ("01", "03", 0.5),
    ]
    assert counts(noise) == {
        "self-ownership": 1, "unknown targets": 1, "unknown ends": 1, "duplicate links": 1, "missing ends": 1,
        "broken dates": 1,
    }  # fmt: skip
    assert reasons(noise) == [
        (2, "self-ownership"),
        (3, "target not in the register"),
        (4, "neither source nor target in the register"),
        (5, "the same link as row 1"),
        (7, "no source"),
        (8, 'date "2020-13-01" is no date; made missing'),
    ]


def test_holders_and_persons_outside_the_register_are_kept(tmp_path: Path) -> None:
    register, noise = run(
        tmp_path,
        "source_id,source_name,source_type,target_id,kind\n"
        "P1,Ann,Individual person,01,owns\nD7,Bob,,01,director\nF3,Fund,company,02,owns\n,Trust of Eve,,03,owns\n"
        "01,Firm 01,company,04,owns\n",
    )
    assert rows(register, "source_id", "source_name", "source_type", "source") == [
        ("01", "Firm 01", "company", 0),
        ("D7", "Bob", "person", None),
        ("F3", "Fund", "holder", None),
        ("P1", "Ann", "person", None),
        ("Trust of Eve", "Trust of Eve", "holder", None),
    ]
    assert counts(noise) == {"holders": 2, "persons": 2}


def test_companies_on_cycles_are_counted(tmp_path: Path) -> None:
    _, noise = run(
        tmp_path,
        "source_id,target_id,kind\n01,02,owns\n02,03,owns\n03,01,owns\n03,04,owns\n05,06,owns\n06,05,supplies\n",
    )
    (finding,) = (f for f in noise.findings if f.check == "cycles")
    assert (finding.count, finding.examples) == (3, ("01", "02", "03"))


def test_links_without_ends_are_an_error_that_names_the_columns(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"weight, colour.*starts from.*Name that column source_id"):
        run(tmp_path, "weight,colour\n1,red\n")


def test_a_header_alone_means_no_links(tmp_path: Path) -> None:
    register, noise = run(tmp_path, "source_id,target_id\n")
    assert (register.n_links, noise.n_set_aside) == (0, 0)
