from tracks.services.roles import appoint_organizer
from tracks.services.topics import add_topic, add_track, rename_track, revise_topic

__all__ = ["add_topic", "add_track", "appoint_organizer", "rename_track", "revise_topic"]
