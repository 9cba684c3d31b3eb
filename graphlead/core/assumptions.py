"""What a list takes for granted about the clients it was learned from, and how far that carries."""

from __future__ import annotations

from dataclasses import dataclass

from graphlead.core.arrays import require


@dataclass(frozen=True, kw_only=True)
class Draw:
    """Whether the clients are a random draw by one column.

    p_register: the chance of a draw from all companies that differs from them as much; p_recent: the chance that the
    later half of the dated clients differs as much from the earlier one; None where too few are dated.
    """

    column: str
    p_register: float
    p_recent: float | None = None


@dataclass(frozen=True, kw_only=True)
class Following:
    """How much the list follows a column.

    explained: the share of the ranks' variance that it accounts for, in [0, 1]; extent: that in words. top: the length
    of a list; value: the value most over-represented on it, empty where none is; on_list, of_clients, of_register: the
    shares of the list, the clients and all other companies that have it.
    """

    column: str
    explained: float
    extent: str
    top: int
    value: str
    on_list: float
    of_clients: float
    of_register: float


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """The assumptions behind a list.

    draws, followings: by region, size and age as far as the register has them, a Following for each length of the list;
    priors: shares of the other companies that become clients, rising; found: of the first of each length (its key),
    how many become clients under each of the priors; neutral: the column that the list does not follow, or empty.
    """

    draws: tuple[Draw, ...]
    followings: tuple[Following, ...]
    priors: tuple[float, ...]
    found: dict[int, tuple[float, ...]]
    neutral: str = ""

    def __post_init__(self) -> None:
        widths = {len(row) for row in self.found.values()}
        require(widths <= {len(self.priors)}, "Assumptions", "a figure for every prior", widths)
