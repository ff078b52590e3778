"""What is often asked."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from portal.core.models import AuditEntry
from tests.factories.accounts import UserFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, QuestionFactory
from tracks.models import Question
from tracks.services import change_question, write_question

pytestmark = pytest.mark.django_db


def page_of(competition):
    return reverse("tracks:faq", args=[competition.slug])


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_a_visitor_the_same_however_long(client, count, django_assert_num_queries):
    competition = CompetitionFactory()
    QuestionFactory.create_batch(count, competition=competition)
    QuestionFactory()  # of another competition, must not appear

    with django_assert_num_queries(4):
        response = client.get(page_of(competition))

    assert len(response.context["questions"]) == count


def test_an_empty_page_says_so(client):
    assert 'class="empty"' in client.get(page_of(CompetitionFactory())).content.decode()


def test_questions_stand_in_the_organizers_order(client):
    competition = CompetitionFactory()
    second, first = (QuestionFactory(competition=competition, position=n) for n in (2, 1))

    assert list(client.get(page_of(competition)).context["questions"]) == [first, second]


def test_a_draft_is_the_organizers(client):
    organizer = OrganizerFactory()
    draft = QuestionFactory(competition=organizer.competition, published_at=None)
    before = list(client.get(page_of(organizer.competition)).context["questions"])
    client.force_login(organizer.user)

    after = list(client.get(page_of(organizer.competition)).context["questions"])

    assert (before, after) == ([], [draft])


def test_an_answer_is_markdown_below_its_question(client):
    question = QuestionFactory(answer="# 可以\n\n见[指南](/a)。")

    page = client.get(page_of(question.competition)).content.decode()

    assert "<h3>可以</h3>" in page


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7|add:7 }}", "𠮷🏆", "数" * 10_000])
def test_hostile_text_stays_text(client, text):
    question = QuestionFactory(question=text[:200], answer=text)

    page = client.get(page_of(question.competition))

    assert (page.status_code, "<script>alert" in page.content.decode()) == (200, False)


def test_writing_and_changing_leave_their_lines():
    organizer = OrganizerFactory()
    written = write_question(organizer.competition, actor=organizer.user, question="可以吗？", answer="可以。")
    change_question(written, actor=organizer.user, position=5)

    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == ["add", "change"]


def test_a_stranger_writes_nothing():
    with pytest.raises(PermissionDenied):
        write_question(CompetitionFactory(), actor=UserFactory(), question="可以吗？", answer="可以。")


def test_an_organizer_answers_in_the_administration(client):
    organizer = OrganizerFactory()
    client.force_login(organizer.user)
    client.post(
        reverse("admin:tracks_question_add"),
        {"competition": organizer.competition.pk, "position": 3, "question": "可以吗？", "answer": "可以。"},
    )

    assert Question.objects.values_list("competition", "position").get() == (organizer.competition.pk, 3)
