"""HubSpot, by hubspot-api-client: CRM objects in batches, found by a property with unique values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphlead.connectors.crm.access import Access, Variables
from graphlead.connectors.crm.faults import BusyError, RefusedError, UncertainError
from graphlead.connectors.crm.patience import seconds_of
from graphlead.connectors.crm.system import Answer, Field, Record, Rejection, Value, library
from graphlead.core.errors import SettingsError

VARIABLES = Variables(
    url="HUBSPOT_URL",
    credential="HUBSPOT_TOKEN",
    default="https://api.hubapi.com",
    example="https://api.hubapi.com",
)
PAGE = 100
"""Records in one answer, the most that HubSpot gives."""
KINDS = {
    "string": "text", "enumeration": "text", "phone_number": "text", "number": "number", "bool": "yes_no",
    "date": "date", "datetime": "date",
}  # fmt: skip
OF_ITSELF = {("contacts", "email")}
"""Properties that identify a record although HubSpot does not state so."""
COMPANY = "associated company"
"""The name under which a record has the id of the first company that it belongs to; no property has spaces."""
TRACE = "objectWriteTraceId"
"""The name under which HubSpot repeats, in an answer, which of the records sent it is about."""


class HubSpot:
    """A portal of HubSpot; a ``System``."""

    title, batch, own_id = "HubSpot", 100, "hs_object_id"

    def __init__(self, access: Access, seconds: float) -> None:
        # All portals have one address, so they are told apart by a digest of the token, which does not lead back to it.
        self.where = f"{access.host} {hashlib.sha256(access.token.encode()).hexdigest()[:12]}"
        self._options = {"_preload_content": False, "_request_timeout": seconds}
        never = library("urllib3").Retry(total=False, redirect=False, raise_on_redirect=False)
        client = library("hubspot").HubSpot(access_token=access.token, retry=never, host=access.url)
        self._properties = client.crm.properties.core_api
        self._batch, self._pages = client.crm.objects.batch_api, client.crm.objects.basic_api

    def fields(self, kind: str) -> dict[str, Field]:
        try:
            described = self._call(self._properties.get_all, kind)
        except RefusedError as refused:
            raise SettingsError(
                f"HubSpot shows no object {kind!r} to this token ({refused.code}).",
                where="object",
                remedy="Name another in the mapping file, or give the private app the scopes to read and write it.",
            ) from None
        return {each["name"]: _field(kind, each) for each in described["results"]}

    def found(self, kind: str, key: str, values: Sequence[str], names: Sequence[str]) -> dict[str, Record]:
        asked: dict[str, Any] = {"inputs": [{"id": value} for value in values], "properties": [*names, key]}
        if key != self.own_id:
            asked["idProperty"] = key
        answer = self._call(self._batch.read, kind, {**asked, "propertiesWithHistory": []})
        records = [_record(each) for each in answer.get("results", ())]
        return {str(record[key]): record for record in records if record.get(key) is not None}

    def upsert(self, kind: str, key: str, records: Sequence[Record]) -> list[Answer]:
        inputs = [_input(key, self.own_id, record, trace) for trace, record in enumerate(records)]
        own = key == self.own_id
        write = self._batch.update if own else self._batch.upsert
        answer = self._call(write, kind, {"inputs": inputs})
        written = _written(answer, key, self.own_id)
        if not answer.get("errors"):
            # Without errors all are written, whether or not the answer repeats which they are.
            whole = len(answer.get("results", ())) == len(records)
            return [Answer(sure=whole)] * len(records)
        rejected = _rejections(answer["errors"])
        names = [{str(each["id"]), each[TRACE]} for each in inputs]
        return [_answer(own_names, written, rejected) for own_names in names]

    def page(self, kind: str, names: Sequence[str], after: str) -> tuple[list[Record], str]:
        of_company = [] if kind == "companies" else ["companies"]
        more = {"after": after} if after else {}
        answer = self._call(
            self._pages.get_page,
            kind,
            limit=PAGE,
            properties=[name for name in names if name != COMPANY],
            associations=of_company,
            **more,
        )
        following = ((answer.get("paging") or {}).get("next") or {}).get("after", "")
        return [_record(each) for each in answer["results"]], str(following)

    def _call(self, method: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """The answer to a request; what the library and the network raise becomes an error of ``System``."""
        lost, odd = library("urllib3.exceptions"), library("hubspot.crm.objects.exceptions")
        other = library("hubspot.crm.properties.exceptions")
        try:
            return json.loads(method(*arguments, **options, **self._options).data)
        except (odd.ApiException, other.ApiException) as failure:
            raise _fault(int(failure.status or 0), failure.body, failure.headers or {}) from None
        except lost.TimeoutError:
            raise UncertainError("no answer in time") from None
        except (lost.HTTPError, OSError):
            raise UncertainError("the connection was cut or not made") from None
        except ValueError:
            raise UncertainError("an answer that is cut off or no JSON") from None
        except AttributeError:  # the client expects a body of every error, and one of a certificate has none
            raise UncertainError("the connection could not be secured") from None


def _fault(status: int, body: Any, headers: Mapping[str, str]) -> Exception:
    """What an answer that is no success means."""
    try:
        content = json.loads(body or "{}")
    except ValueError:
        content = {}
    category = str(content.get("category", status)) if isinstance(content, dict) else str(status)
    if status in (429, 503):
        if content.get("policyName") == "DAILY":
            return SettingsError(
                "HubSpot takes no more requests today.",
                where="HubSpot",
                remedy="Run the same command again tomorrow: what was done is kept.",
            )
        return BusyError(
            seconds_of({name.lower(): value for name, value in headers.items()}.get("retry-after"))
        )
    if status in (401, 403):
        return SettingsError(
            f"HubSpot does not accept the token, or not for this ({category}).",
            where=VARIABLES.credential,
            remedy="Set the token of a private app that may read and write these objects and read their properties.",
        )
    if status >= 500 or status == 0:
        return UncertainError(f"status {status}" if status else "the connection could not be secured")
    return RefusedError(category, " ".join(str(content.get("message", "")).split()) or f"status {status}")


def _field(kind: str, described: Mapping[str, Any]) -> Field:
    name = described["name"]
    fixed = (described.get("modificationMetadata") or {}).get("readOnlyValue", False)
    return Field(
        name=name,
        kind=KINDS.get(described.get("type", "string"), str(described.get("type"))),
        writable=not fixed and not described.get("calculated", False),
        unique=name == "hs_object_id" or (kind, name) in OF_ITSELF or bool(described.get("hasUniqueValue")),
        required=False,
    )


def _input(key: str, own_id: str, record: Record, trace: int) -> dict[str, Any]:
    """A record as HubSpot takes it: every value as text, none as an empty one."""
    properties = {name: _text(value) for name, value in record.items() if name != own_id}
    found = {} if key == own_id else {"idProperty": key}
    return {"id": str(record[key]), **found, "properties": properties, TRACE: f"graphlead-{trace}"}


def _text(value: Value) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _record(answer: Mapping[str, Any]) -> dict[str, Value]:
    """A record with its own id, and under COMPANY that of the first company it belongs to."""
    companies = ((answer.get("associations") or {}).get("companies") or {}).get("results") or [{}]
    return {
        **(answer.get("properties") or {}),
        "hs_object_id": str(answer["id"]),
        COMPANY: companies[0].get("id"),
    }


def _written(answer: Mapping[str, Any], key: str, own_id: str) -> set[str]:
    """The traces and keys of the records that an answer calls written."""
    written: set[str] = set()
    for each in answer.get("results", ()):
        value = each["id"] if key == own_id else (each.get("properties") or {}).get(key)
        written |= {str(name) for name in (each.get(TRACE), value) if name is not None}
    return written


def _answer(names: set[str], written: set[str], rejected: Mapping[str, Rejection]) -> Answer:
    """What an answer says of the record that goes by these names in it."""
    if names & written:
        return Answer()
    reason = next((rejected[name] for name in names if name in rejected), None)
    return Answer(reason, sure=reason is not None)


def _rejections(errors: Sequence[Mapping[str, Any]]) -> dict[str, Rejection]:
    """The reasons by the trace, or else the id, of the record that each is about."""
    found: dict[str, Rejection] = {}
    for error in errors:
        context = error.get("context") or {}
        names = context.get("propertyName") or context.get("properties") or []
        reason = Rejection(
            str(error.get("category", "unknown")),
            " ".join(str(error.get("message", "")).split()),
            ", ".join(names),
        )
        for name in [*(context.get(TRACE) or ()), *(context.get("ids") or context.get("id") or ())]:
            found[str(name)] = reason
    return found
