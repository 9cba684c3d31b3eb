"""A generated CRM from end to end: whose leads and customers there are, what becomes of them, what they do."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from graphlead.common.files import write_json, write_whole
from graphlead.core.contracts import Progress, silent
from graphlead.world.sales.companies import customers_of, leads_of, read_companies
from graphlead.world.sales.customers import customer_effects, make_customers
from graphlead.world.sales.events import make_logins, make_orders
from graphlead.world.sales.leads import lead_effects, make_leads
from graphlead.world.sales.settings import Crm, CrmSettings, crm_in
from graphlead.world.sales.tickets import make_tickets
from graphlead.world.settings import World

_STEPS = 3


def make_crm(folder: Path, world: World, settings: CrmSettings, progress: Progress = silent) -> Crm:
    """Write leads, customers, orders, tickets and log-ins of a world's companies, and their truth, into ``folder``.

    The same world and settings give the same bytes. Files of the same names are replaced, others left alone. Where the
    world has fewer companies than customers are wanted, there are as many customers as companies.
    Raises OSError when the folder cannot be written to.
    """
    crm = crm_in(folder)
    crm.effects.parent.mkdir(parents=True, exist_ok=True)
    progress(0, _STEPS, "leads")
    companies = read_companies(world)
    customers = customers_of(companies, settings.customers, settings.seed)
    others = companies[~companies["company_id"].isin(customers["company_id"])]
    leads = make_leads(
        leads_of(others if len(others) else companies, settings.leads, settings.seed), settings.seed
    )
    progress(1, _STEPS, "customers")
    known = make_customers(customers, settings.seed)
    progress(2, _STEPS, "events")
    for path, table in ((crm.leads, leads[0]), (crm.leads_truth, leads[1]), (crm.customers, known[0]),
                        (crm.customers_truth, known[1]), (crm.orders, make_orders(*known, settings.seed)),
                        (crm.tickets, make_tickets(*known, settings.seed)),
                        (crm.logins, make_logins(*known, settings.seed))):  # fmt: skip
        _write(path, table)
    write_json(crm.effects, {"leads": lead_effects(*leads), "customers": customer_effects(*known)})
    progress(_STEPS, _STEPS, "done")
    return crm


def _write(path: Path, table: pd.DataFrame) -> None:
    write_whole(path, lambda part: table.to_csv(part, index=False))
