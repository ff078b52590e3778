"""The judge's pages: the queue, the sheet, the document, stepping back."""

from __future__ import annotations

import uuid
from contextlib import closing

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from judging.enums import AssignmentStatus
from judging.models import ConflictOfInterest, Review, Score
from portal.core.files import store
from tests.factories.files import pdf
from tests.factories.forms import columns, publish, section, slot
from tests.factories.judging import AssignmentFactory, CriterionFactory, JudgeFactory, ReviewFactory, RoundFactory
from tests.factories.submissions import AttachmentFactory, SubmissionFactory, VersionFactory, write

pytestmark = pytest.mark.django_db

QUEUE = reverse("judging:queue")


@pytest.fixture
def assignment():
    return AssignmentFactory()


@pytest.fixture
def judge(client, assignment):
    """The client, signed in as the judge of ``assignment``."""
    client.force_login(assignment.judge.user)
    return client


def names(assignment):
    return [
        f"criterion_{pk}" for pk in assignment.round.rubric.criteria.order_by("position").values_list("pk", flat=True)
    ]


def sheet(assignment, points=("20", "25.5", "18", "12", "9"), **changes):
    return (
        dict(zip(names(assignment), points, strict=True))
        | {"version": "0", "comment": "可行", "move": "submit"}
        | changes
    )


def post(client, assignment, **changes):
    return client.post(assignment.get_absolute_url(), sheet(assignment, **changes))


def typed(response):
    """What stands in the fields of the page that came back."""
    return [line.field.value() for line in response.context["form"].lines]


def another(assignment, **kwargs):
    return AssignmentFactory(round=assignment.round, judge=assignment.judge, **kwargs)


class TestQueue:
    def test_it_shows_number_and_title_of_the_version_to_judge(self, judge, assignment):
        type(assignment.submission).objects.update(title="后来改的名字")

        page = judge.get(QUEUE).content.decode()

        assert assignment.submission.number in page
        assert assignment.version.title in page
        assert "后来改的名字" not in page

    def test_it_counts_what_is_done(self, judge, assignment):
        ReviewFactory(submitted=True, assignment__round=assignment.round, assignment__judge=assignment.judge)

        [queue] = judge.get(QUEUE).context["queues"]

        assert (queue.done, queue.due) == (1, 2)

    def test_a_judge_without_entries_is_told_so(self, client):
        client.force_login(JudgeFactory().user)

        assert client.get(QUEUE).status_code == 200

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_however_long(self, client, count, django_assert_num_queries):
        judge = JudgeFactory()
        round_ = RoundFactory(competition=judge.competition, open=True)
        for _ in range(count):
            ReviewFactory(submitted=True, assignment__round=round_, assignment__judge=judge)
        client.force_login(judge.user)

        with django_assert_num_queries(4):
            assert len(client.get(QUEUE).context["queues"][0].assignments) == count


class TestSheet:
    def test_handing_in_leads_to_the_next_entry(self, judge, assignment):
        following = another(assignment)

        response = post(judge, assignment)

        assert response.url == f"{following.get_absolute_url()}?done={assignment.public_id}"

    def test_the_last_one_leads_back_to_the_queue(self, judge, assignment):
        assert post(judge, assignment).url == QUEUE

    def test_an_earlier_gap_comes_next(self, judge, assignment):
        later = another(assignment)
        ReviewFactory(submitted=True, assignment__round=assignment.round, assignment__judge=assignment.judge)

        assert post(judge, later).url.startswith(assignment.get_absolute_url())

    def test_what_was_typed_is_what_is_kept(self, judge, assignment):
        post(judge, assignment)

        points = Score.objects.order_by("criterion__position").values_list("points", flat=True)
        assert [str(each) for each in points] == ["20.00", "25.50", "18.00", "12.00", "9.00"]

    def test_a_double_click_hands_in_once(self, judge, assignment):
        first, again = post(judge, assignment), post(judge, assignment)

        assert (again.status_code, again.url) == (302, first.url)

    def test_a_draft_stays_on_the_page(self, judge, assignment):
        response = post(judge, assignment, points=("20", "", "", "", ""), move="save")

        assert response.url == assignment.get_absolute_url()
        assert typed(judge.get(response.url)) == ["20", None, None, None, None]

    def test_enter_in_a_field_saves_and_hands_nothing_in(self, judge, assignment):
        """A browser then presses the first button of the form."""
        page = judge.get(assignment.get_absolute_url()).content.decode()

        assert 0 < page.index('value="save"') < page.index('value="submit"')

    def test_a_review_handed_in_is_for_reading(self, client):
        review = ReviewFactory(submitted=True)
        client.force_login(review.assignment.judge.user)

        page = client.get(review.assignment.get_absolute_url()).content.decode()

        assert ("data-sheet" in page, review.comment in page, "100.00" in page) == (False, True, True)

    def test_a_round_that_is_over_takes_nothing_more(self, judge, assignment):
        type(assignment.round).objects.update(closes_at=timezone.now())

        response = post(judge, assignment)

        assert (response.status_code, typed(response)) == (409, ["20", "25.5", "18", "12", "9"])

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_however_long_the_queue(self, client, count, django_assert_num_queries):
        judge = JudgeFactory()
        round_ = RoundFactory(competition=judge.competition, open=True)
        reviews = [ReviewFactory(assignment__round=round_, assignment__judge=judge) for _ in range(count)]
        client.force_login(judge.user)

        with django_assert_num_queries(9):
            client.get(reviews[0].assignment.get_absolute_url())


WRONG = {
    "NaN": "NaN",
    "infinity": "Infinity",
    "exponent": "1e309",
    "small exponent": "1e1",
    "negative": "-1",
    "plus": "+1",
    "three decimals": "1.001",
    "too much": "25.01",
    "full-width": "２５",
    "Arabic digits": "٢٥",
    "comma": "1,5",
    "Chinese": "二十",
    "underscore": "1_0",
    "hexadecimal": "0x1",
    "long": "9" * 5000,
    "markup": "<script>alert(1)</script>",
}


class TestHostileNumbers:
    @pytest.mark.parametrize("move", ["save", "submit"])
    @pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
    def test_what_is_no_number_is_an_error_of_its_field(self, judge, assignment, value, move):
        response = post(judge, assignment, points=(value, "25.5", "18", "12", "9"), move=move)

        assert (response.status_code, list(response.context["form"].errors)) == (400, names(assignment)[:1])

    @pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
    def test_nothing_that_was_typed_is_lost(self, judge, assignment, value):
        response = post(judge, assignment, points=(value, "25.5", "18", "12", "9"))

        assert typed(response) == [value, "25.5", "18", "12", "9"]
        assert response.context["form"]["comment"].value() == "可行"

    @pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
    def test_nothing_of_it_is_kept(self, judge, assignment, value):
        post(judge, assignment, points=(value, "25.5", "18", "12", "9"), move="save")

        assert Review.objects.count() == 0

    def test_markup_comes_back_as_text(self, judge, assignment):
        page = post(judge, assignment, points=(WRONG["markup"], "1", "1", "1", "1")).content.decode()

        assert "<script>alert" not in page

    def test_a_gap_keeps_it_back(self, judge, assignment):
        response = post(judge, assignment, points=("20", "", "18", "12", "9"))

        assert (response.status_code, list(response.context["form"].errors)) == (400, names(assignment)[1:2])

    def test_space_around_a_number_is_nothing(self, judge, assignment):
        assert post(judge, assignment, points=(" 20 ", "25", "18", "12", "9")).status_code == 302

    @pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30])
    def test_a_version_that_was_tampered_with_is_refused(self, judge, assignment, version):
        assert post(judge, assignment, version=version).status_code == 400

    def test_a_criterion_that_is_not_asked_for_is_ignored(self, judge, assignment):
        foreign = CriterionFactory()

        judge.post(assignment.get_absolute_url(), sheet(assignment) | {f"criterion_{foreign.pk}": "1"})

        assert not Score.objects.filter(criterion=foreign).exists()


class TestTwoWindows:
    def test_the_second_is_told_and_keeps_what_it_typed(self, judge, assignment):
        post(judge, assignment, points=("1", "1", "1", "1", "1"), move="save")

        response = post(judge, assignment)

        assert (response.status_code, typed(response)) == (409, ["20", "25.5", "18", "12", "9"])

    def test_what_is_stored_stands_beside_it(self, judge, assignment):
        post(judge, assignment, points=("1", "1", "1", "1", "1"), move="save")

        lines = post(judge, assignment).context["form"].lines

        assert [int(line.stored) for line in lines] == [1, 1, 1, 1, 1]

    def test_saving_again_replaces_it_knowingly(self, judge, assignment):
        post(judge, assignment, points=("1", "1", "1", "1", "1"), move="save")
        told = post(judge, assignment)

        version = told.context["form"]["version"].value()

        assert post(judge, assignment, version=version).status_code == 302


class TestDocument:
    def address(self, assignment):
        return reverse("judging:document", args=[assignment.public_id, assignment.version.attachments.get().public_id])

    def test_it_is_shown_under_the_number_of_the_entry(self, judge, assignment):
        with closing(judge.get(self.address(assignment))) as response:
            assert response["Content-Disposition"] == f'inline; filename="{assignment.submission.number}-proposal.pdf"'
            assert b"".join(response.streaming_content).startswith(b"%PDF-")

    def test_only_our_own_page_may_frame_it(self, judge, assignment):
        with closing(judge.get(self.address(assignment))) as response:
            assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
            assert (response["X-Frame-Options"], response["X-Content-Type-Options"]) == ("SAMEORIGIN", "nosniff")

    def test_the_page_around_it_may_not_be_framed(self, judge, assignment):
        assert judge.get(assignment.get_absolute_url())["X-Frame-Options"] == "DENY"

    def test_a_file_of_another_entry_is_missing(self, judge, assignment):
        other = AssignmentFactory(round=assignment.round).version.attachments.get()

        assert judge.get(reverse("judging:document", args=[assignment.public_id, other.public_id])).status_code == 404

    def test_a_file_that_does_not_exist_is_missing(self, judge, assignment):
        assert judge.get(reverse("judging:document", args=[assignment.public_id, uuid.uuid4()])).status_code == 404


@pytest.mark.makeshift("an eligible entry without receipt and decision")
class TestOwnForm:
    """What a contest's own form shows a judge, who is blind."""

    @pytest.fixture
    def assignment(self):
        round_ = RoundFactory(open=True)
        publish(
            round_.competition,
            section("background"),
            section("units", "rows", columns=columns("name", "role")),
            section("organizations", "rows", columns=columns("name"), is_identifying=True),
            section("remarks", for_judges=False),
            slots=[slot("sealed", for_judges=False), slot("slides")],
        )
        entry = SubmissionFactory(eligible=True, history=False, team__competition=round_.competition, abstract="")
        write(entry, background="山洪频发", remarks="请先联系本人")
        write(entry, units=[{"name": "雨量数据", "role": "水文站网"}], organizations=[{"name": "蜀都大学"}])
        for key in ("sealed", "slides"):
            AttachmentFactory(submission=entry, slot=key, name=f"蜀都大学{key}.pdf", file=store(ContentFile(pdf(key))))
        VersionFactory(submission=entry)
        return AssignmentFactory(round=round_, submission=entry)

    def test_its_sections_and_tables_are_read(self, judge, assignment):
        page = judge.get(assignment.get_absolute_url()).content.decode()

        assert [word in page for word in ("山洪频发", "列name", "水文站网")] == [True, True, True]

    def test_nothing_tells_who_the_team_is(self, judge, assignment):
        """Neither a section that would, nor the name that a team gave its file."""
        assert "蜀都大学" not in judge.get(assignment.get_absolute_url()).content.decode()

    def test_what_is_not_for_judges_is_not_there(self, judge, assignment):
        page = judge.get(assignment.get_absolute_url()).content.decode()
        sealed = assignment.version.attachments.get(slot="sealed")

        assert ("请先联系本人" in page, str(sealed.public_id) in page) == (False, False)

    @pytest.mark.parametrize(("key", "status"), [("slides", 200), ("sealed", 404)])
    def test_only_files_for_judges_can_be_fetched(self, judge, assignment, key, status):
        file = assignment.version.attachments.get(slot=key)

        response = judge.get(reverse("judging:document", args=[assignment.public_id, file.public_id]))

        assert response.status_code == status
        response.close()

    def test_a_file_is_named_by_entry_and_slot(self, judge, assignment):
        file = assignment.version.attachments.get(slot="slides")

        with closing(judge.get(reverse("judging:document", args=[assignment.public_id, file.public_id]))) as response:
            assert response["Content-Disposition"] == f'inline; filename="{assignment.submission.number}-slides.pdf"'


class TestRecuse:
    def test_it_leads_to_the_next_entry(self, judge, assignment):
        following = another(assignment)

        response = judge.post(reverse("judging:recuse", args=[assignment.public_id]), {"reason": "前同事"})

        assert response.url == following.get_absolute_url()

    def test_the_entry_is_gone_from_the_desk(self, judge, assignment):
        judge.post(reverse("judging:recuse", args=[assignment.public_id]), {"reason": "前同事"})

        assert judge.get(assignment.get_absolute_url()).status_code == 404

    def test_a_double_click_recuses_once(self, judge, assignment):
        address = reverse("judging:recuse", args=[assignment.public_id])
        judge.post(address, {"reason": "前同事"})

        assert (judge.post(address, {"reason": "前同事"}).url, ConflictOfInterest.objects.count()) == (QUEUE, 1)

    def test_without_a_reason_the_form_comes_back(self, judge, assignment):
        judge.post(reverse("judging:recuse", args=[assignment.public_id]), {"reason": ""})

        assignment.refresh_from_db()
        assert assignment.status == AssignmentStatus.ASSIGNED
