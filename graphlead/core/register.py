"""The cleaned register and its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.core.arrays import Ints, require
from graphlead.core.errors import damage


class Role(StrEnum):
    """What a column of the companies table means; it decides how the column is cleaned and used."""

    ID = "id"
    NAME = "name"
    COUNTRY = "country"
    REGION = "region"
    CITY = "city"
    POSTCODE = "postcode"
    ADDRESS = "address"
    INDUSTRY = "industry"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CATEGORY = "category"
    TEXT = "text"
    IDENTIFIER = "identifier"
    CONTACT = "contact"
    STATUS = "status"
    IGNORED = "ignored"


MADE = "made"
"""The scheme of an id column that the file did not have."""
PLACES = (Role.COUNTRY, Role.REGION, Role.CITY, Role.POSTCODE)
"""Place levels, widest first."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """How one column of the companies table was understood.

    ``reason`` is the explanation for the user; ``scheme`` is NACE, NAICS, SIC or empty for an industry column, and MADE
    for ids that the file did not have; ``separator`` stands between the values of a cell with several, empty where each
    cell has one; ``missing`` is the share of companies without a value; ``distinct`` an (approximate) count of values.
    """

    name: str
    role: Role
    reason: str = ""
    scheme: str = ""
    separator: str = ""
    missing: float = 0.0
    distinct: int = 0


@dataclass(frozen=True, kw_only=True)
class Register:
    """The cleaned register: two Parquet files that stay on disk and the meaning of their columns.

    ``companies`` has one row per company; the row number is the company's index everywhere. Its columns are
    those of ``columns``, typed by role: the id is the string column ``company_id``; numbers are DOUBLE
    without NaN or infinities, dates DATE, booleans BOOLEAN, everything else VARCHAR; missing is NULL. A status is NULL
    for a company that lives, else the word or the day of its end.

    ``links`` has source_id, target_id, kind (VARCHAR); share_low, share_high (DOUBLE in [0, 1], both NULL when
    unknown, equal when exact); date (DATE or NULL); source_name (VARCHAR or NULL), source_type ("company",
    "holder" or "person"); source, target (INTEGER company index; source is NULL for a holder or person).
    """

    companies: Path
    links: Path
    columns: tuple[Column, ...]
    n_companies: int
    n_links: int

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        require(len(set(names)) == len(names), "Register", "unique column names", names)
        ids = [column.name for column in self.columns if column.role is Role.ID]
        require(ids == ["company_id"], "Register", "one id column named company_id", ids)
        rows = pq.read_metadata(self.companies).num_rows
        require(
            rows == self.n_companies,
            "Register",
            f"{self.n_companies} companies in {self.companies.name}",
            rows,
        )

    def names_of(self, *roles: Role) -> list[str]:
        """Names of the columns with one of these roles, in the order of the roles, then of the file."""
        return [column.name for role in roles for column in self.columns if column.role is role]

    @property
    def understood(self) -> dict[str, Column]:
        """The columns that are not ignored, by name."""
        return {column.name: column for column in self.columns if column.role is not Role.IGNORED}

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def read(self, *names: str) -> pa.Table:
        """These columns of all companies (every column when none is named), row i being company i."""
        with damage(self.companies):
            return pq.read_table(self.companies, columns=list(names) or None)

    def rows(self, names: Sequence[str], companies: npt.NDArray[np.integer]) -> pa.Table:
        """These columns of these companies (m,), in their order; a company may come twice.

        Memory holds one row group at a time.
        """
        unique, back = np.unique(companies, return_inverse=True)
        with damage(self.companies), pq.ParquetFile(self.companies) as file:
            parts, start = [file.schema_arrow.empty_table().select(names)], 0
            for group in range(file.num_row_groups):
                end = start + file.metadata.row_group(group).num_rows
                here = unique[np.searchsorted(unique, start) : np.searchsorted(unique, end)]
                if len(here):
                    part = file.read_row_group(group, columns=list(names)).select(names)
                    parts.append(part.take(pa.array(here - start)))
                start = end
        return pa.concat_tables(parts).take(pa.array(back))

    def read_links(self) -> pa.Table:
        with damage(self.links):
            return pq.read_table(self.links)

    def ids(self) -> pa.Array:
        """The company ids, position i being company i."""
        return self.read("company_id").column(0).combine_chunks()

    def ended(self) -> Ints:
        """The companies that a STATUS column records as no more, sorted indices."""
        names = self.names_of(Role.STATUS)
        if not names:
            return np.zeros(0, np.int32)
        stated = [column.is_valid().to_numpy() for column in self.read(*names).columns]
        return np.flatnonzero(np.logical_or.reduce(stated)).astype(np.int32)

    def without(self, excluded: frozenset[str], reason: str = "excluded") -> Register:
        """The same register with the excluded columns understood as ignored, for this reason."""
        columns = tuple(
            replace(c, role=Role.IGNORED, reason=reason) if c.name in excluded else c for c in self.columns
        )
        return Register(
            companies=self.companies,
            links=self.links,
            columns=columns,
            n_companies=self.n_companies,
            n_links=self.n_links,
        )
