"""A generated CRM for a generated world: leads, customers and events with planted effects and known truth."""

from graphlead.world.sales.build import make_crm
from graphlead.world.sales.settings import Crm, CrmSettings

__all__ = ["Crm", "CrmSettings", "make_crm"]
