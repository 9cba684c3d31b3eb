"""Generated registers with known truth, for demonstrations, tests and benchmarks."""

from graphlead.world.build import make_world
from graphlead.world.settings import World, WorldSettings

__all__ = ["World", "WorldSettings", "make_world"]
