"""Searches, filters and lists to choose from: asking with a hidden word is answered as asking with no word at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.urls import reverse

from tests.visibility.actors import (
    ACTORS,
    EVERYBODY,
    IMPARTIAL,
    NOBODY,
    RUN,
    RUN_1,
    RUN_2,
    RUN_BETA,
    RUN_SOME,
    SITE,
    STAFF,
    people,
)
from tests.visibility.asking import Answer
from tests.visibility.sampling import some_of
from tests.visibility.world import World

pytestmark = pytest.mark.django_db

GAMMA = people("OR TI SU SE")
NOTHING = "zqaaaaaaaaaa"


@dataclass(frozen=True)
class Question:
    """``address`` takes the word in the place of ``{}``; ``found`` is who gets another answer than for no word."""

    address: str
    label: str
    found: frozenset[str]
    asked_by: frozenset[str] = EVERYBODY
    data: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.address} {self.label}"


def admin_list(model: str, label: str, found: frozenset[str], query: str = "q") -> Question:
    where = reverse(f"admin:{model.replace('.', '_')}_changelist")
    return Question(f"{where}?{query}={{}}", label, found, asked_by=STAFF)


TRAIL = "/organize/{alpha.slug}/trail/"
QUESTIONS = [
    # What is found by text
    Question("/{alpha.slug}/search/?q={}", "topic.title", EVERYBODY),
    Question("/{alpha.slug}/search/?q={}", "gamma_topic.title", NOBODY),
    Question("/{gamma.slug}/search/?q={}", "gamma_topic.title", GAMMA),
    Question("/api/v1/topics/?search={}", "topic.title", EVERYBODY),
    Question("/api/v1/topics/?search={}", "gamma_topic.title", GAMMA),
    Question("/api/v1/topics/search/", "topic.title", EVERYBODY, data={"search": "{}"}),
    Question("/api/v1/topics/search/", "gamma_topic.title", GAMMA, data={"search": "{}"}),
    # What is picked by a competition's address
    Question("/api/v1/tracks/?competition={}", "alpha.slug", EVERYBODY),
    Question("/api/v1/tracks/?competition={}", "gamma.slug", GAMMA),
    Question("/api/v1/topics/?competition={}", "gamma.slug", GAMMA),
    Question("/api/v1/results/?competition={}", "gamma.slug", NOBODY),
    Question("/api/v1/results/?competition={}", "alpha.slug", EVERYBODY),
    Question("/competitions/?q={}", "gamma.slug", NOBODY),
    # The audit trail: by person, and by entry or team
    Question(f"{TRAIL}?person={{}}", "person.OT", RUN, RUN_SOME),
    Question(f"{TRAIL}?person={{}}", "person.JX", IMPARTIAL, RUN_SOME),
    Question(f"{TRAIL}?person={{}}", "person.OX", NOBODY, RUN_SOME),
    Question(f"{TRAIL}?thing={{}}队", "team_a.name", RUN_1, RUN_SOME),
    Question(f"{TRAIL}?thing={{}}队", "beta_team.name", NOBODY, RUN_SOME),
    # The administration's lists
    admin_list("submissions.submission", "submitted.title", RUN_1),
    admin_list("submissions.submission", "elsewhere.title", RUN_2),
    admin_list("submissions.submission", "draft.title", NOBODY),
    admin_list("submissions.submission", "submitted.newer", NOBODY),
    admin_list("submissions.submission", "beta_entry.title", RUN_BETA),
    admin_list("submissions.team", "team_e.name", RUN | people("OX")),
    admin_list("submissions.team", "beta_team.name", RUN_BETA),
    admin_list("submissions.organization", "organization_a.name", RUN_1),
    admin_list("submissions.extension", "extension.reason", RUN),
    admin_list("judging.judge", "person.JA", RUN),
    admin_list("judging.judge", "judge_beta.name", RUN_BETA),
    admin_list("judging.award", "award.project", RUN),
    admin_list("tracks.track", "gamma_track.name", GAMMA),
    admin_list("tracks.topic", "gamma_topic.body", GAMMA),
    admin_list("tracks.announcement", "draft_news.title", RUN),
    admin_list("tracks.announcement", "beta_draft_news.body", RUN_BETA),
    admin_list("tracks.document", "gamma_document.title", people("OR SU SE")),
    admin_list("tracks.question", "gamma_question.answer", people("OR SU SE")),
    admin_list("accounts.user", "person.TM", SITE),
    # Columns that no filter offers are not asked through the address
    admin_list("judging.judge", "address.JA", NOBODY, "user__email__startswith"),
    admin_list("submissions.team", "address.TM", NOBODY, "members__user__email__startswith"),
    admin_list("submissions.submission", "draft.title", NOBODY, "title__startswith"),
]


def ask(world: World, actor: str, question: Question, word: str) -> Answer:
    where = question.address
    for name in ("alpha", "gamma"):
        where = where.replace(f"{{{name}.slug}}", world.find(f"{name}.slug"))
    if not question.data:
        return world.get(actor, where.replace("{}", word))
    return world.ask(actor, "POST", where, {name: text.replace("{}", word) for name, text in question.data.items()})


def can_tell(world: World, actor: str, question: Question) -> bool:
    word = world.canaries.word(question.label)
    sent: tuple[Any, ...] = (word, NOTHING)
    told, nothing = ask(world, actor, question, word), ask(world, actor, question, NOTHING)
    return told.comparable(*sent) != nothing.comparable(*sent)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_hidden_word_is_answered_as_no_word(world, question):
    asked_by = question.asked_by & ACTORS.keys()
    askers = {
        *some_of(question.found & asked_by, 1, question.id),
        *some_of(asked_by - question.found, 2, question.id),
    }

    assert {actor: can_tell(world, actor, question) for actor in askers} == {
        actor: actor in question.found for actor in askers
    }
