"""A generated world from end to end: draw it, plant the dirt, write the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from graphlead.core.contracts import Progress, silent
from graphlead.world.buyers import Buyer, Buyers, make_buyers
from graphlead.world.dirt import Dirtied, plant
from graphlead.world.firms import make_firms
from graphlead.world.industries import make_industries
from graphlead.world.links import links_table, make_ties, numbered
from graphlead.world.places import make_places
from graphlead.world.register import companies_table
from graphlead.world.sampling import Weights, blank, stream, take
from graphlead.world.settings import World, WorldSettings, world_in
from graphlead.world.write import write_dirt, write_lists, write_table

HOME_REGIONS = 3
"""Regions in which the seller is at home, the most populous of the first country."""

_STEPS = 6


def make_world(folder: Path, settings: WorldSettings, progress: Progress = silent) -> World:
    """Write a register, its links, a typed client list and a suppress list with known truth into ``folder``.

    The same settings give the same bytes. Files of the same names are replaced, others left alone.
    Raises OSError when the folder cannot be written to.
    """
    world = world_in(folder, settings.suffix)
    world.truth.parent.mkdir(parents=True, exist_ok=True)
    progress(0, _STEPS, "companies")
    places = make_places(settings.companies, stream(settings.seed, "places"))
    industries = make_industries(stream(settings.seed, "industries"))
    firms = make_firms(settings.companies, settings.seed, places, industries)
    ties = make_ties(firms, settings.seed)
    progress(1, _STEPS, "buyers")
    buyers = make_buyers(firms, ties, industries, places.home_regions(HOME_REGIONS), settings)
    progress(2, _STEPS, "names and contacts")
    ids = numbered("C", settings.companies)
    companies = companies_table(firms, places, industries, ids, settings.seed)
    progress(3, _STEPS, "links")
    links = links_table(firms, ties, ids, companies["name"].combine_chunks(), settings.seed)
    del firms, ties
    write_lists(world, companies, buyers, stream(settings.seed, "typed"))
    progress(4, _STEPS, "dirt")
    dirtied = plant(companies, links, settings.dirt, settings.seed)
    del companies, links
    progress(5, _STEPS, "files")
    write_table(world.companies, dirtied.companies)
    write_table(world.links, dirtied.links)
    write_table(world.truth, _truth(ids, buyers, dirtied))
    write_dirt(world.dirt, dirtied.planted)
    progress(_STEPS, _STEPS, "done")
    return world


def _truth(ids: pa.Array, buyers: Buyers, dirtied: Dirtied) -> pa.Table:
    """One row per company id; a duplicate has role other and the id of the company it repeats."""
    extra = len(dirtied.copied)
    n = len(ids)

    def with_copies(values: Weights) -> pa.Array:
        return pa.array(np.concatenate([values, values[dirtied.copied]]).round(4))

    role = np.concatenate([buyers.role, np.zeros(extra, np.int32)])
    won = np.concatenate([buyers.won, np.full(extra, -1, np.int32)])
    return pa.table({
        "company_id": pa.concat_arrays([ids, dirtied.copy_ids]),
        "role": take([buyer.name.lower() for buyer in Buyer], role),
        "probability": with_copies(buyers.probability),
        "reachable": with_copies(buyers.reachable),
        "affinity": with_copies(buyers.affinity),
        "owner_signal": with_copies(buyers.owner_signal),
        "neighbour_signal": with_copies(buyers.neighbour_signal),
        "target_industry": pa.array(np.concatenate([buyers.target, buyers.target[dirtied.copied]])),
        "home_region": pa.array(np.concatenate([buyers.home, buyers.home[dirtied.copied]])),
        "won_on": blank(pa.array(won).cast(pa.date32()), won < 0),
        "duplicate_of": pa.concat_arrays([pa.nulls(n, pa.string()), ids.take(pa.array(dirtied.copied))]),
    })  # fmt: skip
