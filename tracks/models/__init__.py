from tracks.models.competitions import HOUSE_HUE, LONGEST_HASH_GRACE, Competition, Organizer, Stage, validate_slug
from tracks.models.imports import GuideImport
from tracks.models.pledges import Pledge
from tracks.models.publishing import Announcement, Document, Question
from tracks.models.topics import FormerAddress, Topic, TopicRevision, Track

__all__ = [
    "HOUSE_HUE",
    "LONGEST_HASH_GRACE",
    "Announcement",
    "Competition",
    "Document",
    "FormerAddress",
    "GuideImport",
    "Organizer",
    "Pledge",
    "Question",
    "Stage",
    "Topic",
    "TopicRevision",
    "Track",
    "validate_slug",
]
