"""Customers and deals of a customer system as the files that a run reads."""

from __future__ import annotations

from pathlib import Path

from graphlead.common.disk import disk_errors
from graphlead.common.files import remove
from graphlead.common.locks import locked
from graphlead.common.outputs import check_folder
from graphlead.connectors.crm.patience import Patience
from graphlead.connectors.crm.pull import TABLES, Pulled, file_of, pull
from graphlead.connectors.crm.records import Records
from graphlead.connectors.crm.registry import system_named
from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import RunFolderError
from graphlead.core.registry import loaded


def pull_customers(name: str, out: Path, patience: Patience, progress: Progress = silent) -> Pulled:
    """Write the files of a system's customers and deals into a folder, see ``connectors.crm.pull``.

    Raises SettingsError for an address or a token that is missing or not accepted, and without the extra;
    ConnectorError where the server does not answer: the pages read by then are kept, and the same call continues.
    """
    entry = system_named(name)
    access = entry.its_variables().access()
    check_folder(out, [file_of(out, name).name for name in TABLES], [])
    records: Records = loaded(entry.records)
    with access.guarded(), disk_errors(out):
        pages = out / f".pull-{name}"
        pages.mkdir(parents=True, exist_ok=True)
        with locked(pages / "pull.lock", lambda owner: _busy(out, owner)):
            pulled = pull(entry.opened(access, patience.seconds), records, out, pages, patience, progress)
            remove(pages)
            return pulled


def _busy(out: Path, owner: str) -> RunFolderError:
    return RunFolderError(
        f"another process ({owner}) pulls into this folder.",
        where=str(out),
        remedy="Wait until it is done, or name another --out.",
    )
