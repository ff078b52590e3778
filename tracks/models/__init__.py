from tracks.models.competitions import HOUSE_HUE, Competition, Organizer, Stage, validate_slug
from tracks.models.publishing import Announcement, Document, Question
from tracks.models.topics import Topic, TopicRevision, Track

__all__ = [
    "HOUSE_HUE",
    "Announcement",
    "Competition",
    "Document",
    "Organizer",
    "Question",
    "Stage",
    "Topic",
    "TopicRevision",
    "Track",
    "validate_slug",
]
