"""What the portal checks on its own about a version, for whoever screens it."""

import pytest

from portal.core.models import StoredFile
from portal.notifications.models import Outbox
from submissions.models import Inspection, VersionFacts
from submissions.services import facts
from tests.factories.accounts import UserFactory
from tests.factories.submissions import (
    OrganizationFactory,
    ReceiptFactory,
    SubmissionFactory,
    TeamFactory,
    VersionFactory,
    captain_of,
    credit_code,
)
from tests.factories.tracks import OrganizerFactory, TopicFactory
from tests.submissions.people import complete_draft, submit

pytestmark = [pytest.mark.django_db, pytest.mark.database]
WRONG = credit_code(7)[:-1] + ("0" if credit_code(7)[-1] != "0" else "1")


def made(entry) -> VersionFacts:
    return facts.make_facts(entry.versions.last().pk)


def test_a_submit_asks_for_facts_once_and_makes_none_itself():
    version = submit(complete_draft()).version

    assert (
        Outbox.objects.filter(kind=facts.KIND, payload={"version": version.pk}).count(),
        VersionFacts.objects.count(),
    ) == (1, 0)


def test_what_is_there_lacks_nothing():
    assert made(SubmissionFactory(submitted=True)).lacking == []


def test_an_answer_that_the_form_asks_for_is_missing():
    assert made(SubmissionFactory(submitted=True, abstract="")).lacking == ["section-abstract"]


def test_a_code_with_a_wrong_check_digit_is_named():
    team = TeamFactory(organization=OrganizationFactory(code=WRONG))

    assert made(SubmissionFactory(submitted=True, team=team)).wrong_codes == [WRONG]


def test_a_partners_code_counts_too():
    entry = SubmissionFactory(submitted=True)
    entry.team.partners.create(organization=OrganizationFactory(code=WRONG))

    assert made(entry).wrong_codes == [WRONG]


def test_the_chosen_topic_has_its_place_in_the_search():
    topic = TopicFactory(title="山洪灾害短临预警", body="融合雨量、视频与卫星数据，给出沟道级山洪风险。")
    TopicFactory(track=topic.track, title="冷链物流", body="冷链运输的温度记录。")
    entry = SubmissionFactory(submitted=True, topic=topic, team__competition=topic.track.competition)

    assert (made(entry).topic_place, made(entry).fits) == (1, True)


def test_a_topic_that_nothing_leads_to_is_a_remark():
    topic = TopicFactory(title="冷链物流", body="冷链运输的温度记录。")
    entry = SubmissionFactory(submitted=True, topic=topic, team__competition=topic.track.competition)

    assert (made(entry).topic_place, made(entry).remarks) == (None, 1)


def test_what_is_found_in_a_file_later_is_counted_then():
    entry = SubmissionFactory(submitted=True)
    before = made(entry).noticed
    stored = StoredFile.objects.get(pk=entry.versions.last().attachments.get().file_id)
    Inspection.objects.create(
        file=stored, kind="pdf", state="notice", findings=[["javascript", None]], inspected_at=entry.submitted_at
    )
    facts.note_inspection(stored)

    assert (before, VersionFacts.objects.get().noticed) == (0, 1)


def test_facts_made_again_replace_what_was_there():
    entry = SubmissionFactory(submitted=True)
    made(entry)
    made(entry)

    assert VersionFacts.objects.count() == 1


def test_a_version_that_is_gone_is_let_pass():
    assert facts.make_facts(987654321) is None


def test_a_sweep_makes_what_is_missing():
    SubmissionFactory(submitted=True)

    assert (facts.sweep_facts(), facts.sweep_facts(), VersionFacts.objects.count()) == (1, 0, 1)


def test_a_sweep_goes_on_after_one_that_fails(monkeypatch):
    good, bad = SubmissionFactory(submitted=True), SubmissionFactory(submitted=True)
    monkeypatch.setattr(facts, "words_of", fail_for(bad.title, facts.words_of))
    facts.sweep_facts()

    assert VersionFacts.objects.get().version.submission == good


def fail_for(title, words_of):
    def words(version):
        if version.title == title:
            raise ValueError(title)
        return words_of(version)

    return words


def test_hostile_words_are_searched_like_others():
    entry = SubmissionFactory(submitted=True, title="<script>alert(1)</script>", abstract="😀" * 4000)

    assert made(entry).title == "<script>alert(1)</script>"


@pytest.mark.parametrize("part", ["member", "stranger", "organizer"])
def test_facts_are_for_whoever_screens(part):
    entry = SubmissionFactory(submitted=True)
    made(entry)
    people = {
        "member": captain_of(entry.team),
        "stranger": UserFactory(),
        "organizer": OrganizerFactory(competition=entry.team.competition).user,
    }

    assert VersionFacts.objects.visible_to(people[part]).exists() == (part == "organizer")


def test_a_new_version_has_facts_of_its_own():
    entry = SubmissionFactory(submitted=True)
    made(entry)
    ReceiptFactory(version=VersionFactory(submission=entry))
    made(entry)

    assert VersionFacts.objects.count() == 2
