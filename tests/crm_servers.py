"""Servers that behave as Salesforce, HubSpot and Slack do, in a thread on this machine, with faults on demand."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "s3cret-00D5g000004!AQ-token"  # noqa: S105, of a server on this machine
HOOK = "T0SECRET/B0SECRET/xoxSECRET"


@dataclass
class Fake:
    """A server and what it holds: records by the value of their external id, and every request.

    faults: what to do at each coming request that writes (then at others, by ``reading``): None, or a name of FAULTS;
    rejects: ids of records that it does not take; echo: whether its errors repeat the secret.
    """

    kinds: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    faults: list[str | None] = field(default_factory=list)
    reading: list[str | None] = field(default_factory=list)
    rejects: set[str] = field(default_factory=set)
    retry_after: str = "0"
    echo: bool = False
    made: int = 0
    writes: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    posted: list[Any] = field(default_factory=list)
    before_write: Callable[[int], None] = lambda number: None
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def write(
        self, kind: str, key: str, values: dict[str, Any], *, create: bool = True
    ) -> tuple[str, bool] | None:
        """Upsert a record; returns its id and whether it is new, None where it is not there and may not be made."""
        held = self.records.setdefault(kind, {})
        name = str(values[key])
        if name not in held and not create:
            return None
        new = name not in held
        if new:
            self.made += 1
            held[name] = {"_id": f"{self.made:06d}", key: name}
        held[name].update({field: value for field, value in values.items() if field != key})
        return held[name]["_id"], new


FAULTS = ("busy", "down", "broken", "cut", "committed_cut", "committed_broken", "slow", "garbage")


class Handler(BaseHTTPRequestHandler):
    fake: Fake
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def _body(self) -> Any:
        length = int(self.headers.get("Content-Length") or 0)
        return json.loads(self.rfile.read(length) or "null")

    def _answer(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _faulty(self, faults: list[str | None], act: Callable[[], tuple[int, Any]]) -> None:
        """Answer with what ``act`` gives, or as the next fault has it."""
        with self.fake.lock:
            fault = faults.pop(0) if faults else None
            if fault in ("busy", "down"):
                wait = {"Retry-After": self.fake.retry_after} if self.fake.retry_after else {}
                return self._answer(
                    429 if fault == "busy" else 503, self.error("TOO_MANY", "slow down"), wait
                )
            if fault == "broken":
                return self._answer(500, self.error("SERVER_ERROR", "no idea"))
            if fault == "cut":
                return self._cut()
            status, content = act()
        if fault == "committed_cut":
            return self._cut()
        if fault == "committed_broken":
            return self._answer(502, b"<html>bad gateway</html>")
        if fault == "slow":
            time.sleep(1.8)
        return self._answer(status, b'{"resul' if fault == "garbage" else content)

    def do_GET(self) -> None:
        self.fake.asked.append(self.path)
        if self._let_in():
            self._faulty(self.fake.reading, self._read)

    def _read(self) -> tuple[int, Any]:
        raise NotImplementedError

    def error(self, code: str, message: str) -> Any:
        raise NotImplementedError

    def _said(self, message: str) -> str:
        return f"{message} {self.headers.get('Authorization')} {SECRET}" if self.fake.echo else message

    def _let_in(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {SECRET}":
            return True
        self._answer(401, self.error("INVALID_SESSION_ID", self._said("Session expired or invalid")))
        return False


class SalesforceHandler(Handler):
    def error(self, code: str, message: str) -> Any:
        return [{"errorCode": code, "message": message}]

    def _read(self) -> tuple[int, Any]:
        parts = urlsplit(self.path)
        if found := re.search(r"/sobjects/(\w+)/describe", parts.path):
            kind = self.fake.kinds.get(found[1])
            if kind is None:
                return 404, self.error("NOT_FOUND", "The requested resource does not exist")
            return 200, {"fields": [{"name": name, **about} for name, about in kind.items()]}
        return 200, self._query(parse_qs(parts.query)["q"][0])

    def _query(self, question: str) -> Any:
        found = re.fullmatch(
            r"SELECT (.+?) FROM (\w+)(?: WHERE (\w+) (IN \((.+)\)|> '(.+?)'))?(?: ORDER BY Id)? LIMIT (\d+)",
            question,
        )
        assert found, question
        names, kind, key = found[1].split(", "), found[2], found[3]
        every = [{"Id": each["_id"], **each} for each in self.fake.records.get(kind, {}).values()]
        if found[5]:
            listed = {
                text.replace("\\'", "'").replace("\\\\", "\\")
                for text in re.findall(r"'((?:[^'\\]|\\.)*)'", found[5])
            }
            every = [each for each in every if str(each[key]) in listed]
        if found[6]:
            every = [each for each in every if each["Id"] > found[6]]
        every = sorted(every, key=lambda each: each["Id"])[: int(found[7])]
        records = [
            {"attributes": {"type": kind}, **{name: each.get(name) for name in names}} for each in every
        ]
        return {"totalSize": len(records), "done": True, "records": records}

    def do_PATCH(self) -> None:
        body = self._body()
        if self._let_in():
            self.fake.writes.append(len(body["records"]))
            self.fake.before_write(len(self.fake.writes))
            self._faulty(self.fake.faults, lambda: self._write(body["records"]))

    def _write(self, records: list[dict[str, Any]]) -> tuple[int, Any]:
        if len(records) > 200:
            return 400, self.error("EXCEEDED_MAX_SIZE", "too many records")
        found = re.search(r"/composite/sobjects/(\w+)/(\w+)$", self.path)
        answers: list[Any] = []
        for record in records:
            kind, key = (found[1], found[2]) if found else (record["attributes"]["type"], "Id")
            values = {name: value for name, value in record.items() if name != "attributes"}
            if str(values[key]) in self.fake.rejects:
                reason = {
                    "statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
                    "message": self._said("not like this"),
                    "fields": ["Company"],
                }
                answers.append({"success": False, "errors": [reason]})
                continue
            name, new = self.fake.write(kind, key, values) or ("", False)
            answers.append({"id": name, "success": True, "errors": [], "created": new})
        return 200, answers


class HubSpotHandler(Handler):
    def error(self, code: str, message: str) -> Any:
        return {"status": "error", "category": code, "message": message}

    def _read(self) -> tuple[int, Any]:
        parts = urlsplit(self.path)
        if found := re.search(r"/properties/(?:v3/|[\d-]+/)?(\w+)$", parts.path):
            kind = self.fake.kinds.get(found[1])
            if kind is None:
                return 404, self.error("OBJECT_NOT_FOUND", "no such object")
            return 200, {"results": [{"name": name, **about} for name, about in kind.items()]}
        asked = parse_qs(parts.query)
        kind_name = parts.path.rsplit("/", 1)[-1]
        after, limit = asked.get("after", [""])[0], int(asked["limit"][0])
        every = sorted(self.fake.records.get(kind_name, {}).values(), key=lambda each: each["_id"])
        page = [each for each in every if each["_id"] > after][:limit]
        more = page and page[-1]["_id"] != every[-1]["_id"]
        results = [self._shown(each) for each in page]
        return 200, {"results": results, **({"paging": {"next": {"after": page[-1]["_id"]}}} if more else {})}

    def _shown(self, record: dict[str, Any]) -> dict[str, Any]:
        properties = {name: value for name, value in record.items() if name not in ("_id", "_company")}
        company = record.get("_company")
        tied = {"associations": {"companies": {"results": [{"id": company}]}}} if company else {}
        return {"id": record["_id"], "properties": properties, **tied}

    def do_POST(self) -> None:
        body = self._body()
        if not self._let_in():
            return
        if self.path.endswith("/batch/read"):
            self.fake.asked.append(self.path)
            self._faulty(self.fake.reading, lambda: self._found(body))
        else:
            self.fake.writes.append(len(body["inputs"]))
            self.fake.before_write(len(self.fake.writes))
            self._faulty(self.fake.faults, lambda: self._write(body["inputs"]))

    def _found(self, body: Any) -> tuple[int, Any]:
        held = self.fake.records.get(self.path.split("/")[-3], {})
        there = [held[each["id"]] for each in body["inputs"] if each["id"] in held]
        missing = len(body["inputs"]) - len(there)
        errors = (
            [{"status": "error", "category": "OBJECT_NOT_FOUND", "message": f"{missing} missing"}]
            if missing
            else []
        )
        return 207 if errors else 200, {
            "status": "COMPLETE",
            "results": [self._shown(each) for each in there],
            "errors": errors,
        }

    def _write(self, inputs: list[dict[str, Any]]) -> tuple[int, Any]:
        kind = self.path.split("/")[-3]
        bad = [each for each in inputs if each["id"] in self.fake.rejects]
        if len(inputs) > 100 or any(each["id"].endswith("!") for each in bad):
            return 400, self.error("VALIDATION_ERROR", self._said("property values were not valid"))
        results, errors = [], []
        for each in inputs:
            if each in bad:
                context = {"objectWriteTraceId": [each["objectWriteTraceId"]]}
                errors.append(
                    {
                        "category": "VALIDATION_ERROR",
                        "message": self._said("not like this"),
                        "context": context,
                    }
                )
                continue
            name, new = self.fake.write(
                kind, each["idProperty"], {**each["properties"], each["idProperty"]: each["id"]}
            ) or ("", False)
            results.append({"id": name, "new": new, "properties": {each["idProperty"]: each["id"]}})
        return 207 if errors else 200, {
            "status": "COMPLETE",
            "results": results,
            **({"errors": errors} if errors else {}),
        }


class SlackHandler(Handler):
    def error(self, code: str, message: str) -> Any:
        return {"error": code}

    def do_POST(self) -> None:
        body = self._body()
        assert self.path == f"/services/{HOOK}"

        def act() -> tuple[int, Any]:
            self.fake.posted.append(body)
            return 200, b"ok"

        self._faulty(self.fake.faults, act)


@contextmanager
def serving(handler: type[Handler], fake: Fake) -> Iterator[Fake]:
    """The server of a fake, until the block ends."""
    bound = type("Bound", (handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


TEXT = {"type": "string", "nillable": True, "createable": True, "updateable": True}


def salesforce() -> Fake:
    """An organisation with the fields that a list of leads needs."""
    names = ["Company", "Street", "City", "PostalCode", "Website", "LeadSource", "Graphlead_Fit__c",
             "Graphlead_Reasons__c", "Graphlead_Action__c"]  # fmt: skip
    lead = {name: dict(TEXT) for name in names}
    lead["Id"] = {**TEXT, "type": "id", "updateable": False, "createable": False}
    lead["LastName"] = {**TEXT, "nillable": False}
    lead["Company"]["nillable"] = False
    lead["Graphlead_Id__c"] = {**TEXT, "externalId": True, "unique": True}
    lead |= {name: {**TEXT, "type": "double"} for name in ("Graphlead_Score__c", "Graphlead_Rank__c")}
    return Fake(kinds={"Lead": lead})


def hubspot() -> Fake:
    """A portal with the properties that a list of leads needs."""
    names = [
        "name",
        "address",
        "city",
        "zip",
        "state",
        "country",
        "website",
        "graphlead_fit",
        "graphlead_reasons",
    ]
    company: dict[str, Any] = {name: {"type": "string"} for name in names}
    company["graphlead_id"] = {"type": "string", "hasUniqueValue": True}
    company |= {name: {"type": "number"} for name in ("graphlead_score", "graphlead_rank")}
    return Fake(kinds={"companies": company})
