"""The address of a customer system and the secret that opens it: from the environment, and never shown."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from graphlead.connectors.crm.faults import ConnectorError
from graphlead.core.errors import GraphleadError, SettingsError

HERE = ("127.0.0.1", "::1", "localhost")
"""Hosts to which a secret may go unencrypted: it does not leave the machine."""
HIDDEN = "***"


@dataclass(frozen=True, kw_only=True)
class Variables:
    """The names of environment variables with a system's address and secret.

    credential: that of the secret, empty where the address itself is one; default: the address where none is set,
    empty for none; example: of an address, for the remedy of an error.
    """

    url: str
    credential: str
    default: str
    example: str

    def names(self) -> str:
        """The variables that have to be set."""
        return " and ".join(name for name in (self.url if not self.default else "", self.credential) if name)

    def access(self, environment: Mapping[str, str] = os.environ) -> Access:
        """What the environment holds. Raises SettingsError, which shows no value, where it does not do."""
        given = {name: environment.get(name, "").strip() for name in (self.url, self.credential) if name}
        url = given.get(self.url) or self.default
        missing = [name for name, value in given.items() if not (value or (name == self.url and url))]
        if missing:
            raise SettingsError(
                f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set.",
                where="environment",
                remedy=f"Set {self.names()}, such as {self.url}={self.example}.",
            )
        token = given.get(self.credential, "")
        for name, fault in ((self.url, _fault_of_address(url)), (self.credential, _fault_of_token(token))):
            if fault:
                raise SettingsError(f"{name} {fault}.", where="environment", remedy="Set it anew.")
        return Access(url=url.rstrip("/"), token=token)

    def is_set(self, environment: Mapping[str, str] = os.environ) -> bool:
        """Whether there is anything in the environment to reach the system with."""
        return any(environment.get(name) for name in (self.credential or self.url,))


@dataclass(frozen=True)
class Access:
    """A system's address and its secret, which no text of this object has; token: empty where the address is it."""

    url: str = field(repr=False)
    token: str = field(repr=False)

    @property
    def host(self) -> str:
        """The host, and its port where one is named: the part of the address that is no secret."""
        parts = urlsplit(self.url)
        return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    def clean(self, text: str) -> str:
        """The text without the secret, however the server or a library quotes it."""
        secret = self.token or urlsplit(self.url).path.strip("/")
        for each in {secret, quote(secret, safe=""), quote(secret)} - {""}:
            text = text.replace(each, HIDDEN)
        return text

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Raise errors without the secret: one of another library may quote what was sent, in its message or cause."""
        try:
            yield
        except GraphleadError as error:
            if self._quoted_in(error):
                # The same error with a clean text: its cause is left out, as it may quote the secret too.
                error.problem, error.where, error.remedy = map(
                    self.clean, (error.problem, error.where, error.remedy)
                )
                error.args = (error.problem,)
                error.__cause__ = error.__context__ = None
            raise
        except Exception as error:
            if not self._quoted_in(error):
                raise
            problem = f"unexpected: {type(error).__name__}: {self.clean(str(error))}"
            raise ConnectorError(problem) from None

    def _quoted_in(self, error: BaseException) -> bool:
        whole = "".join(traceback.format_exception(error))
        return self.clean(whole) != whole


def _fault_of_address(url: str) -> str:
    """The reason why this is no address to send a secret to, without any part of it; empty for one that can be used."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no address"
    if parts.username or parts.password or "@" in parts.netloc:
        return "has a user name or a password in it"
    if (
        parts.scheme not in ("https", "http")
        or not host
        or not url.isascii()
        or not url.isprintable()
        or " " in url
    ):
        return "is no address that begins with https://"
    if parts.query or parts.fragment:
        return "has more in it than an address"
    return "" if parts.scheme == "https" or host in HERE else "is not encrypted: it begins with http://"


def _fault_of_token(token: str) -> str:
    good = token.isascii() and token.isprintable() and " " not in token
    return "" if good else "has spaces or letters that no token has"
