from tracks.services.announcements import change_announcement, change_question, write_announcement, write_question
from tracks.services.cloning import clone_competition, next_edition
from tracks.services.competitions import change_competition, create_competition, set_stage
from tracks.services.documents import add_document, change_document
from tracks.services.roles import appoint_organizer, dismiss_organizer
from tracks.services.topics import add_topic, add_track, rename_track, revise_topic

__all__ = [
    "add_document",
    "add_topic",
    "add_track",
    "appoint_organizer",
    "change_announcement",
    "change_competition",
    "change_document",
    "change_question",
    "clone_competition",
    "create_competition",
    "dismiss_organizer",
    "next_edition",
    "rename_track",
    "revise_topic",
    "set_stage",
    "write_announcement",
    "write_question",
]
