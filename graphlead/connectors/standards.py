"""The published standards that files are recognised by, as messages name them."""

from __future__ import annotations

BODS, OLD_BODS = "BODS 0.4 statements", "BODS statements of a version before 0.4"
ENTITIES, RELATIONSHIPS = "GLEIF level 1 records", "GLEIF level 2 relationship records"
EXCEPTIONS = "GLEIF level 2 reporting exceptions"
COMPANY_DATA, PSC = "Companies House company data", "Companies House PSC snapshot"
JSON, OTHER = "JSON of no standard known here", "a file of no standard known here"
