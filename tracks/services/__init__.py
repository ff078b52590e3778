from tracks.services.announcements import change_announcement, change_question, write_announcement, write_question
from tracks.services.cloning import clone_competition, next_edition
from tracks.services.competitions import change_competition, create_competition, set_stage
from tracks.services.documents import add_document, change_document
from tracks.services.exporting import export_topics
from tracks.services.placing import TopicMove, hold_places, place_topics, renumber_tracks
from tracks.services.pledges import accept_pledge, current_pledge, pledge_given_by, publish_pledge
from tracks.services.roles import appoint_organizer, dismiss_organizer
from tracks.services.topics import (
    add_topic,
    add_track,
    lock_topic,
    rename_track,
    reopen_topic,
    revise_topic,
    withdraw_topic,
)

__all__ = [
    "TopicMove",
    "accept_pledge",
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
    "current_pledge",
    "dismiss_organizer",
    "export_topics",
    "hold_places",
    "lock_topic",
    "next_edition",
    "place_topics",
    "pledge_given_by",
    "publish_pledge",
    "rename_track",
    "renumber_tracks",
    "reopen_topic",
    "revise_topic",
    "set_stage",
    "withdraw_topic",
    "write_announcement",
    "write_question",
]
