"""TOML files that users write."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from graphlead.core.errors import SettingsError


def read_toml(path: Path, what: str, remedy: str) -> dict[str, Any]:
    """The keys of a file. Raises SettingsError, with this remedy where it cannot be opened, for anything but TOML."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise SettingsError(
            f"the {what} cannot be read ({error.strerror}).", where=str(path), remedy=remedy
        ) from error
    except (ValueError, RecursionError) as error:
        why = "values are nested too deep" if isinstance(error, RecursionError) else str(error)
        raise SettingsError(
            f"this is not TOML: {why}.", where=str(path), remedy='Write key = "value", one per line.'
        ) from error
