from tracks.services.competitions import change_competition, create_competition, set_stage
from tracks.services.roles import appoint_organizer
from tracks.services.topics import add_topic, add_track, rename_track, revise_topic

__all__ = [
    "add_topic",
    "add_track",
    "appoint_organizer",
    "change_competition",
    "create_competition",
    "rename_track",
    "revise_topic",
    "set_stage",
]
