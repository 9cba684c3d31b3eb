"""Salesforce, by simple-salesforce: sObject Collections for records, SOQL for questions, an access token for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlsplit

from graphlead.connectors.crm.access import Access, Variables
from graphlead.connectors.crm.faults import BusyError, RefusedError, UncertainError
from graphlead.connectors.crm.patience import seconds_of
from graphlead.connectors.crm.system import Answer, Field, Record, Rejection, Value, library
from graphlead.core.errors import SettingsError

T = TypeVar("T")

VARIABLES = Variables(
    url="SALESFORCE_URL",
    credential="SALESFORCE_TOKEN",
    default="",
    example="https://example.my.salesforce.com",
)
PAGE = 2000
"""Records in one answer to a question, the most that Salesforce gives."""
LONGEST = 8000
"""Characters of a question, as it travels: servers and proxies take some 16,000."""
AGAIN = {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT"}
"""Codes of records that were not taken for a moment only."""
KINDS = {
    "double": "number", "int": "number", "long": "number", "currency": "number", "percent": "number",
    "boolean": "yes_no", "date": "date", "datetime": "date", "string": "text", "textarea": "text", "picklist": "text",
    "multipicklist": "text", "email": "text", "phone": "text", "url": "text", "combobox": "text", "id": "text",
    "reference": "text",
}  # fmt: skip
SAME = 15
"""Letters of an id that identify a record; three more only guard it against changes of case."""


class Salesforce:
    """An organisation in Salesforce; a ``System``."""

    title, batch, own_id = "Salesforce", 200, "Id"

    def __init__(self, access: Access, seconds: float) -> None:
        self.where = access.host
        self._client = library("simple_salesforce").Salesforce(
            instance_url=access.url, session_id=access.token, session=_session(access, seconds)
        )

    def fields(self, kind: str) -> dict[str, Field]:
        try:
            described = self._get(f"sobjects/{kind}/describe")
        except RefusedError as refused:
            raise SettingsError(
                f"Salesforce shows no object {kind!r} to this user ({refused.code}).",
                where="object",
                remedy="Name another in the mapping file, or let the user see it.",
            ) from None
        return {each["name"]: _field(each) for each in described["fields"]}

    def found(self, kind: str, key: str, values: Sequence[str], names: Sequence[str]) -> dict[str, Record]:
        asked = {value[:SAME] if key == self.own_id else value: value for value in values}
        there: dict[str, Record] = {}
        columns = ", ".join(dict.fromkeys([key, *names]))
        for some in _short(values):
            listed = ", ".join(map(_literal, some))
            for record in self._query(f"SELECT {columns} FROM {kind} WHERE {key} IN ({listed}) LIMIT {PAGE}"):
                value = str(record[key])[:SAME] if key == self.own_id else str(record[key])
                if value in asked:
                    there[asked[value]] = record
        return there

    def upsert(self, kind: str, key: str, records: Sequence[Record]) -> list[Answer]:
        marked = [{"attributes": {"type": kind}, **record} for record in records]
        path = "composite/sobjects" if key == self.own_id else f"composite/sobjects/{kind}/{key}"
        body = {"allOrNone": False, "records": marked}
        answers = self._call(lambda: self._client.restful(path, method="PATCH", json=body))
        if not isinstance(answers, list) or len(answers) != len(records):
            raise UncertainError("an answer that is not about the records sent")
        return [_answer(each) for each in answers]

    def page(self, kind: str, names: Sequence[str], after: str) -> tuple[list[Record], str]:
        behind = f" WHERE Id > {_literal(after)}" if after else ""
        columns = ", ".join(dict.fromkeys(["Id", *names]))
        records = self._query(f"SELECT {columns} FROM {kind}{behind} ORDER BY Id LIMIT {PAGE}")
        return list(records), str(records[-1]["Id"]) if len(records) == PAGE else ""

    def _query(self, question: str) -> list[dict[str, Value]]:
        """The records that a question finds, at most PAGE: in one answer, or as the server parts them."""
        answer = self._get("query", {"q": question})
        found = [*answer["records"]]
        while not answer.get("done", True):
            answer = self._get(answer["nextRecordsUrl"].partition(f"/v{self._client.sf_version}/")[2])
            found += answer["records"]
        return [{name: value for name, value in record.items() if name != "attributes"} for record in found]

    def _get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        return self._call(lambda: self._client.restful(path, params=params))

    def _call(self, call: Callable[[], T]) -> T:
        """The answer to a request; what the library and the network raise becomes an error of ``System``."""
        failures, lost = library("simple_salesforce.exceptions"), library("requests.exceptions")
        try:
            return call()
        except failures.SalesforceError as failure:
            raise _fault(failure.status, failure.content) from None
        except (lost.JSONDecodeError, ValueError):
            raise UncertainError("an answer that is cut off or no JSON") from None
        except lost.RequestException as failure:
            raise UncertainError(_how_lost(failure)) from None


def _session(access: Access, seconds: float) -> Any:
    """A session that keeps to the address it was given, waits no longer than this, and never follows elsewhere."""
    session = library("requests").Session()
    plain = session.request

    def request(method: str, url: str, **options: Any) -> Any:
        parts = urlsplit(url)
        asked = f"{access.url}{parts.path}{'?' if parts.query else ''}{parts.query}"
        answer = plain(method, asked, timeout=seconds, allow_redirects=False, **options)
        if answer.status_code in (429, 503):
            raise BusyError(seconds_of(answer.headers.get("Retry-After")))
        return answer

    session.request = request
    session.auth = lambda request: request  # else a .netrc would replace the token
    return session


def _fault(status: int, content: Any) -> Exception:
    """What an answer that is no success means."""
    first = content[0] if isinstance(content, list) and content else content
    code = str(first.get("errorCode", status)) if isinstance(first, dict) else str(status)
    reason = str(first.get("message", "")) if isinstance(first, dict) else str(first)
    if code == "REQUEST_LIMIT_EXCEEDED":
        return SettingsError(
            "Salesforce takes no more requests today.",
            where="Salesforce",
            remedy="Run the same command again when the limit is up: what was done is kept.",
        )
    if status == 401:
        return SettingsError(
            f"Salesforce does not accept the token ({code}).",
            where=VARIABLES.credential,
            remedy="Get a new one, such as by `sf org display`, and set it.",
        )
    if status >= 500:
        return UncertainError(f"status {status}")
    return RefusedError(code, " ".join(reason.split()))


def _how_lost(failure: Exception) -> str:
    """How a request was lost, without the library's message, which quotes addresses."""
    name = type(failure).__name__
    return "no answer in time" if "Timeout" in name else "the connection was cut or not made"


def _field(described: Mapping[str, Any]) -> Field:
    may_be_empty = described.get("nillable", True) or described.get("defaultedOnCreate", False)
    return Field(
        name=described["name"],
        kind=KINDS.get(described.get("type", "string"), str(described.get("type"))),
        writable=bool(described.get("updateable", True)),
        unique=described["name"] == "Id"
        or bool(described.get("externalId", True) and described.get("unique", True)),
        required=bool(described.get("createable", True)) and not may_be_empty,
    )


def _answer(answer: Mapping[str, Any]) -> Answer:
    if answer.get("success"):
        return Answer()
    errors = answer.get("errors") or [{}]
    code = str(errors[0].get("statusCode", "unknown"))
    reason = "; ".join(" ".join(str(each.get("message", "")).split()) for each in errors)
    fields = ", ".join(str(name) for each in errors for name in each.get("fields") or ())
    return Answer(Rejection(code, reason, fields), sure=code not in AGAIN)


def _literal(text: str) -> str:
    """A text in a question of SOQL."""
    for letter, escaped in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(letter, escaped)
    return f"'{text}'"


def _short(values: Sequence[str]) -> Iterator[list[str]]:
    """The values in lists that are short enough for one question."""
    some: list[str] = []
    length = 0
    for value in values:
        cost = len(quote_plus(_literal(value))) + 3
        if some and length + cost > LONGEST:
            yield some
            some, length = [], 0
        some.append(value)
        length += cost
    if some:
        yield some
