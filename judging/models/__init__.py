from judging.models.results import Award, Certificate, Decision, Publication, Ranking, RankingEntry
from judging.models.reviews import Assignment, ConflictOfInterest, Judge, Review, Score
from judging.models.rounds import Criterion, Round, Rubric

__all__ = [
    "Assignment",
    "Award",
    "Certificate",
    "ConflictOfInterest",
    "Criterion",
    "Decision",
    "Judge",
    "Publication",
    "Ranking",
    "RankingEntry",
    "Review",
    "Round",
    "Rubric",
    "Score",
]
