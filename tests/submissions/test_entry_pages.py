from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from submissions.models import LateAttempt, Receipt, Submission, SubmissionVersion
from tests.factories.accounts import UserFactory
from tests.factories.files import pdf, upload
from tests.factories.submissions import (
    ABSTRACT,
    AttachmentFactory,
    ReceiptFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import OrganizerFactory, TopicFactory
from tests.submissions.people import KEY, client_for, close, complete_draft, said, save, submit, typed
from tracks.enums import StageKind, TopicStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return complete_draft()


@pytest.fixture
def captain(draft):
    return client_for(captain_of(draft.team))


def submit_url(draft):
    return reverse("submissions:submission_submit", args=[draft.public_id])


def press_submit(client, draft, **changes):
    data = {"expected_version": draft.draft_version, "idempotency_key": KEY, **changes}
    return client.post(submit_url(draft), data)


def start_url(topic):
    return reverse("submissions:start", args=[topic.track.competition.slug, topic.track.number, topic.number])


def text_of(response):
    return response.content.decode()


def test_beginning_leads_to_the_draft():
    team = TeamFactory()
    topic = TopicFactory(track__competition=team.competition)
    data = {"idempotency_key": KEY, "team": team.pk, "title": "山洪预警"}

    response = client_for(captain_of(team)).post(start_url(topic), data)

    assert response["Location"] == Submission.objects.get().get_absolute_url()


def test_beginning_by_a_double_click_makes_one_draft():
    team = TeamFactory()
    client, topic = client_for(captain_of(team)), TopicFactory(track__competition=team.competition)
    data = {"idempotency_key": KEY, "team": team.pk, "title": "山洪预警"}

    assert client.post(start_url(topic), data)["Location"] == client.post(start_url(topic), data)["Location"]


def test_nobody_begins_for_a_team_of_others():
    team = TeamFactory()
    topic = TopicFactory(track__competition=team.competition)
    other = TeamFactory(competition=team.competition)
    data = {"idempotency_key": KEY, "team": other.pk, "title": "山洪预警"}

    response = client_for(captain_of(team)).post(start_url(topic), data)

    assert (response.status_code, Submission.objects.count()) == (400, 0)


def test_who_has_several_teams_chooses_one():
    team = TeamFactory()
    second = TeamFactory(competition=team.competition, captain=captain_of(team))

    page = text_of(client_for(captain_of(team)).get(start_url(TopicFactory(track__competition=team.competition))))

    assert second.name in page


def test_a_withdrawn_topic_has_no_form():
    team = TeamFactory()
    topic = TopicFactory(track__competition=team.competition, status=TopicStatus.WITHDRAWN)

    response = client_for(captain_of(team)).get(start_url(topic))

    assert 'name="title"' not in text_of(response)


def test_saving_says_so_and_shows_the_draft(draft, captain):
    response = captain.post(draft.get_absolute_url(), typed(draft, abstract="改过的简述"), follow=True)

    assert (response.redirect_chain[0][0], "改过的简述" in text_of(response)) == (draft.get_absolute_url(), True)


def test_saving_by_a_double_click_is_no_conflict(draft, captain):
    data = typed(draft, abstract="改过的简述")

    assert [captain.post(draft.get_absolute_url(), data).status_code for _click in range(2)] == [302, 302]


def test_a_file_is_uploaded_with_the_text(draft, captain):
    captain.post(draft.get_absolute_url(), typed(draft, file=upload("新申报书.pdf", pdf("new"))))

    assert draft.attachments.current().get().name == "新申报书.pdf"


def test_a_draft_may_be_saved_with_nothing_but_its_title(captain, draft):
    response = captain.post(draft.get_absolute_url(), typed(draft, abstract=""))

    assert response.status_code == 302


@pytest.mark.parametrize("wrong", [{"title": ""}, {"abstract": "数" * 1001}, {"file": upload("a.exe")}])
def test_what_was_typed_is_still_there_when_something_is_wrong(draft, captain, wrong):
    response = captain.post(
        draft.get_absolute_url(), typed(draft, **{"title": "新的名称", "abstract": "新的简述"} | wrong)
    )

    kept = {"title": "新的名称", "abstract": "新的简述"} | {k: v for k, v in wrong.items() if k != "file"}
    assert response.status_code == 400
    assert all(value in text_of(response) for value in kept.values())
    saved = {"title": Submission.objects.get().title, "abstract": said(draft)}
    assert {name: saved[name] for name in kept if name not in wrong} == {n: kept[n] for n in kept if n not in wrong}


def test_a_thousand_characters_with_line_breaks_fit(draft, captain):
    text = "\r\n".join(["数据要素乘数效应"] * 111) + "十"

    response = captain.post(draft.get_absolute_url(), typed(draft, abstract=text))

    assert (response.status_code, len(said(draft))) == (302, 999)


def test_in_a_conflict_both_texts_are_on_the_page(draft, captain):
    sent = typed(draft, abstract="我后写的")
    save(draft, abstract="对方先保存的")

    response = captain.post(draft.get_absolute_url(), sent)

    assert response.status_code == 409
    assert ("对方先保存的" in text_of(response), "我后写的" in text_of(response)) == (True, True)


def test_after_a_conflict_saving_again_is_a_choice_one_can_make(draft, captain):
    sent = typed(draft, abstract="我后写的")
    save(draft, abstract="对方先保存的")
    page = captain.post(draft.get_absolute_url(), sent).context["page"]

    again = {f"v-{box.section.key}": box.version for box in page.boxes}
    captain.post(draft.get_absolute_url(), sent | again)

    assert said(draft) == "我后写的"


def test_what_came_too_late_is_shown_to_be_copied(draft, captain):
    close(draft.team.competition, StageKind.SUBMISSION)

    response = captain.post(draft.get_absolute_url(), typed(draft, abstract="截止后才按下保存"))

    assert (response.status_code, "截止后才按下保存" in text_of(response)) == (409, True)
    assert 'name="a-abstract"' not in text_of(response)


def test_changes_that_were_not_submitted_stay_readable_for_the_team(draft, captain):
    submit(draft)
    save(draft, abstract="没来得及提交")
    close(draft.team.competition, StageKind.SUBMISSION)

    assert "没来得及提交" in text_of(captain.get(draft.get_absolute_url()))


def test_an_organizer_does_not_read_what_was_not_submitted(draft):
    submit(draft)
    save(draft, title="没提交的名称", abstract="没来得及提交")
    organizer = client_for(OrganizerFactory(competition=draft.team.competition).user)

    page = text_of(organizer.get(draft.get_absolute_url()))

    assert (ABSTRACT in page, "没来得及提交" in page, "没提交的名称" in page) == (True, False, False)


@pytest.mark.parametrize("place", ["submission", "submission_submit"])
def test_an_organizer_writes_nothing(draft, place):
    submit(draft)
    organizer = client_for(OrganizerFactory(competition=draft.team.competition).user)

    url = reverse(f"submissions:{place}", args=[draft.public_id])
    assert organizer.post(url, typed(draft, idempotency_key=KEY)).status_code == 403


@pytest.mark.parametrize("place", ["submission", "submission_submit", "withdraw"])
@pytest.mark.parametrize("somebody", [UserFactory, lambda: captain_of(TeamFactory())])
def test_for_others_there_is_no_such_entry(draft, place, somebody):
    url = reverse(f"submissions:{place}", args=[draft.public_id])

    assert client_for(somebody()).post(url).status_code == 404


@pytest.mark.parametrize("place", ["submission", "submission_submit"])
def test_a_visitor_is_asked_to_sign_in(draft, place):
    url = reverse(f"submissions:{place}", args=[draft.public_id])

    assert Client().get(url)["Location"] == f"/accounts/login/?next={url}"


def test_check_and_submit_saves_first(draft, captain):
    response = captain.post(draft.get_absolute_url(), typed(draft, abstract="刚写完", then="check"))

    assert (response["Location"], said(draft)) == (submit_url(draft), "刚写完")


def test_the_last_look_shows_what_will_be_submitted(draft, captain):
    page = text_of(captain.get(submit_url(draft)))

    for shown in (draft.title, ABSTRACT, "申报书.pdf", captain_of(draft.team).full_name):
        assert shown in page


def test_the_last_look_names_what_is_missing():
    draft = SubmissionFactory(abstract="")

    page = text_of(client_for(captain_of(draft.team)).get(submit_url(draft)))

    assert ("#section-abstract" in page, "#slot-proposal" in page) == (True, True)


def test_submitting_leads_to_the_receipt(draft, captain):
    response = press_submit(captain, draft)

    assert response["Location"] == Receipt.objects.get().get_absolute_url()


def test_submitting_by_a_double_click_leads_to_the_same_receipt(draft, captain):
    assert press_submit(captain, draft)["Location"] == press_submit(captain, draft)["Location"]
    assert SubmissionVersion.objects.count() == 1


def test_submitting_something_incomplete_names_what_is_missing():
    draft = SubmissionFactory(abstract="")

    response = press_submit(client_for(captain_of(draft.team)), draft)

    assert (response.status_code, len(response.context["errors"])) == (400, 2)


def test_submitting_a_draft_that_changed_shows_the_new_one_first(draft, captain):
    save(draft, abstract="别人刚改的")

    response = press_submit(captain, draft)

    assert (response.status_code, "别人刚改的" in text_of(response)) == (409, True)
    assert response.context["fields"]["expected_version"] == draft.draft_version + 1


def test_submitting_too_late_leads_to_what_is_kept(draft, captain):
    close(draft.team.competition, StageKind.SUBMISSION)

    assert press_submit(captain, draft).url == LateAttempt.objects.get().get_absolute_url()


def test_what_counts_is_when_the_request_arrived(draft, captain, time_machine):
    closes_at = draft.team.competition.stages.get(kind=StageKind.SUBMISSION).closes_at
    time_machine.move_to(closes_at - timedelta(microseconds=1), tick=False)

    press_submit(captain, draft)

    assert Receipt.objects.get().received_at == closes_at - timedelta(microseconds=1)


def test_a_member_who_is_not_captain_cannot_submit(draft):
    member = client_for(TeamMemberFactory(team=draft.team).user)

    assert press_submit(member, draft).status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"idempotency_key": "short"}, {"expected_version": "x"}, {"expected_version": "9" * 30}]
)
def test_a_forged_form_submits_nothing(draft, captain, wrong):
    response = press_submit(captain, draft, **wrong)

    assert (response.status_code in {400, 409}, SubmissionVersion.objects.count()) == (True, 0)


def test_withdrawing_needs_the_captain(draft):
    url = reverse("submissions:withdraw", args=[draft.public_id])

    assert client_for(TeamMemberFactory(team=draft.team).user).post(url).status_code == 403


def test_withdrawing_leads_back_to_the_entry(draft, captain):
    response = captain.post(reverse("submissions:withdraw", args=[draft.public_id]))

    assert (response["Location"], Submission.objects.get().status) == (draft.get_absolute_url(), "withdrawn")


def test_a_get_withdraws_nothing(draft, captain):
    assert captain.get(reverse("submissions:withdraw", args=[draft.public_id])).status_code == 405


def test_the_receipt_shows_the_proof_to_the_second(draft, captain, time_machine):
    time_machine.move_to(timezone.now().replace(microsecond=0), tick=False)
    receipt = submit(draft)

    page = text_of(captain.get(receipt.get_absolute_url()))

    at = timezone.localtime(receipt.received_at)
    for shown in (receipt.files[0]["sha256"], receipt.version.form_sha256, f"{at:%H:%M:%S}", draft.title):
        assert shown in page


def test_the_receipt_shows_what_was_submitted_not_what_was_written_since(draft, captain):
    receipt = submit(draft)
    save(draft, title="后来的名称")

    assert "后来的名称" not in text_of(captain.get(receipt.get_absolute_url()))


def test_the_receipt_names_track_and_topic_as_they_were_signed(draft, captain):
    receipt = submit(draft)
    before = [str(draft.track), draft.topic.title]
    draft.track.name = "后来的赛道"
    draft.track.save()

    page = text_of(captain.get(receipt.get_absolute_url()))

    assert [words for words in before if words not in page] == []


@pytest.mark.makeshift("a receipt of a draft")
def test_a_receipt_from_before_signatures_names_track_and_topic_as_the_records_do(draft, captain):
    receipt = ReceiptFactory(version__submission=draft, document=None)

    page = text_of(captain.get(receipt.get_absolute_url()))

    assert [words for words in (str(draft.track), draft.topic.title) if words not in page] == []


@pytest.mark.parametrize("somebody", [UserFactory, lambda: captain_of(TeamFactory())])
def test_for_others_there_is_no_such_receipt(draft, somebody):
    assert client_for(somebody()).get(submit(draft).get_absolute_url()).status_code == 404


@pytest.mark.parametrize("state", ["returned", "rejected"])
def test_the_team_reads_the_reason_of_a_decision(state):
    entry = SubmissionFactory(**{state: True})

    page = text_of(client_for(captain_of(entry.team)).get(entry.get_absolute_url()))

    assert entry.versions.get().screening.reason in page


def test_an_entry_that_passed_has_no_form():
    entry = SubmissionFactory(eligible=True)

    page = text_of(client_for(captain_of(entry.team)).get(entry.get_absolute_url()))

    assert 'name="a-title"' not in page


def test_a_page_of_a_draft_with_a_replaced_file_shows_the_current_one(draft, captain):
    draft.attachments.update(replaced_at=timezone.now(), name="旧.pdf")
    AttachmentFactory(submission=draft, name="新.pdf")

    page = text_of(captain.get(draft.get_absolute_url()))

    assert ("新.pdf" in page, "旧.pdf" in page) == (True, False)
