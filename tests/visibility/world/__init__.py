from tests.visibility.world.building import World, build

__all__ = ["World", "build"]
