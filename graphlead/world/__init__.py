"""Generated registers with known truth, to demonstrate, test and measure on."""

from graphlead.world.build import make_world
from graphlead.world.settings import World, WorldSettings

__all__ = ["World", "WorldSettings", "make_world"]
