"""Which options go with which targets and sources."""

from __future__ import annotations

from collections.abc import Mapping

from graphlead.connectors.crm.registry import SYSTEMS
from graphlead.core.errors import refuse_given
from graphlead.core.exchange import PullSettings, PushSettings

GRAPHS = "graph databases"


def refuse_options(settings: PushSettings | PullSettings) -> None:
    """Raise SettingsError for an option that is given and that the target or the source does not take."""
    if isinstance(settings, PullSettings):
        of_graphs = {"--mapping": settings.mapping}
        if settings.source in SYSTEMS:
            _refuse(of_graphs, "pull", settings.source, GRAPHS)
        else:
            _refuse({"--timeout": settings.timeout}, "pull", settings.source, "customer systems")
        return
    of_systems = {"--send": settings.send, "--state": settings.state, "--timeout": settings.timeout}
    of_records = {"--mapping": settings.mapping, "--all": settings.every}
    of_messages = {"--link": settings.link, "--again": settings.again}
    target, entry = settings.target, SYSTEMS.get(settings.target)
    if not entry:
        _refuse({**of_systems, **of_records, **of_messages}, "push", target, "customer systems")
        return
    _refuse({"--into": settings.into}, "push", target, GRAPHS)
    takers = " and ".join(name for name, each in SYSTEMS.items() if bool(each.system) != bool(entry.system))
    _refuse(of_messages if entry.system else of_records, "push", target, takers)


def _refuse(given: Mapping[str, object], verb: str, name: str, takers: str) -> None:
    refuse_given(given, name, where=verb, remedy=f"Leave it out: it is for {takers}.")
