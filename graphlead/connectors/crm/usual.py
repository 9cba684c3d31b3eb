"""What the lists of each verb are written into where no mapping is given."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from graphlead.common.words.headers import in_a_list, normalised
from graphlead.connectors.crm.mapping import Constant, FieldMapping, Source

COLUMNS = ("score", "rank", "fit", "action", "reasons", "offers", "segment")
"""The columns of a list that graphlead itself makes; a list has those that its verb knows."""
DISCOVERY = "run"
"""The verb of which the list holds companies that the system does not know yet."""


@dataclass(frozen=True, kw_only=True)
class Usual:
    """A system's usual mapping.

    kinds: the kind of records for each verb; of_ids: patterns of the system's own ids and the kind each is of; own_id:
    the field with that id; key: the field for ids of another kind; fields: the field for each of COLUMNS; types: what
    each of these fields is to be; places: the field of a new record for each meaning of a column; constants: what else
    a new record needs.
    """

    kinds: Mapping[str, str]
    of_ids: Sequence[tuple[re.Pattern[str], str]]
    own_id: str
    key: str
    fields: Mapping[str, str]
    types: Mapping[str, str]
    places: Mapping[str, str]
    constants: Mapping[str, Constant]

    def mapping(self, verb: str, columns: Sequence[str], ids: Collection[str]) -> FieldMapping:
        """How a list of a verb with these columns is written.

        Where all ids are the system's own, records are found by them, and none is made. A list of new companies makes
        records; any other is about records that are there already, under the list's ids.
        """
        own = next((kind for form, kind in self.of_ids if ids and all(map(form.fullmatch, ids))), None)
        kind = self.kinds.get(verb, self.kinds["churn"])
        new = verb == DISCOVERY and own is None
        return FieldMapping(
            kind=own or kind,
            key=self.own_id if own is not None else self.key,
            fields={self.fields[name]: name for name in COLUMNS if name in columns},
            new=self._new(columns) if new else {},
            create=new,
        )

    def _new(self, columns: Sequence[str]) -> dict[str, Source]:
        """The fields of a new record: the first column of each meaning, and the constants."""
        found: dict[str, Source] = {}
        for column in columns:
            meaning = in_a_list(normalised(column))
            if meaning and meaning in self.places and column not in COLUMNS:
                found.setdefault(self.places[meaning], column)
        return {**found, **self.constants}


SALESFORCE = Usual(
    kinds={"run": "Lead", "convert": "Lead", "churn": "Account", "recommend": "Account", "segment": "Account"},
    of_ids=(
        (re.compile("00Q[A-Za-z0-9]{12}([A-Za-z0-9]{3})?"), "Lead"),
        (re.compile("001[A-Za-z0-9]{12}([A-Za-z0-9]{3})?"), "Account"),
        (re.compile("003[A-Za-z0-9]{12}([A-Za-z0-9]{3})?"), "Contact"),
        (re.compile("006[A-Za-z0-9]{12}([A-Za-z0-9]{3})?"), "Opportunity"),
    ),
    own_id="Id",
    key="Graphlead_Id__c",
    fields={name: f"Graphlead_{name.title()}__c" for name in COLUMNS},
    types={
        "Graphlead_Id__c": "Text(80), External ID, Unique",
        "Graphlead_Score__c": "Number(5,2)",
        "Graphlead_Rank__c": "Number(9,0)",
        "Graphlead_Fit__c": "Text(20)",
        "Graphlead_Action__c": "Text(255)",
        "Graphlead_Reasons__c": "Long Text Area",
        "Graphlead_Offers__c": "Long Text Area",
        "Graphlead_Segment__c": "Text(80)",
    },
    places={
        "name": "Company", "address": "Street", "city": "City", "postcode": "PostalCode", "domain": "Website",
    },
    constants={"LastName": Constant("Unknown"), "LeadSource": Constant("graphlead")},
)  # fmt: skip

HUBSPOT = Usual(
    kinds={
        "run": "companies", "convert": "contacts", "churn": "companies", "recommend": "companies",
        "segment": "companies",
    },
    of_ids=(),
    own_id="hs_object_id",
    key="graphlead_id",
    fields={name: f"graphlead_{name}" for name in COLUMNS},
    types={
        "graphlead_id": "single-line text, unique values",
        "graphlead_score": "number",
        "graphlead_rank": "number",
        "graphlead_fit": "single-line text",
        "graphlead_action": "single-line text",
        "graphlead_reasons": "multi-line text",
        "graphlead_offers": "multi-line text",
        "graphlead_segment": "single-line text",
    },
    places={
        "name": "name", "address": "address", "city": "city", "postcode": "zip", "region": "state",
        "country": "country", "domain": "website",
    },
    constants={},
)  # fmt: skip
