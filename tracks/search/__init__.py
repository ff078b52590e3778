"""Finding the topic that a text fits: pure, in memory, the same on every database."""

from tracks.search.finder import Finder, Found
from tracks.search.ranking import Document

__all__ = ["Document", "Finder", "Found"]
