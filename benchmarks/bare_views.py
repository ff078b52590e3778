import hashlib
import json
import uuid

from django.db import models, transaction
from django.db.models import Count
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

SLUG = "sichuan-2026"
ROWS = 50
COLUMNS = [
    "id",
    "number",
    "project",
    "team",
    "organization",
    "track_number",
    "track_name",
    "level",
    "publication__published_at",
    "publication__round__competition__slug",
]


class Competition(models.Model):
    slug = models.CharField(max_length=50)
    name = models.CharField(max_length=100)
    introduction = models.TextField()
    is_published = models.BooleanField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "tracks_competition"


class Stage(models.Model):
    competition = models.ForeignKey(Competition, models.DO_NOTHING)
    kind = models.CharField(max_length=20)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "tracks_stage"


class Track(models.Model):
    competition = models.ForeignKey(Competition, models.DO_NOTHING)
    number = models.IntegerField()
    name = models.CharField(max_length=60)

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "tracks_track"


class Topic(models.Model):
    track = models.ForeignKey(Track, models.DO_NOTHING, related_name="topics")
    number = models.IntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "tracks_topic"


class Announcement(models.Model):
    competition = models.ForeignKey(Competition, models.DO_NOTHING)
    number = models.IntegerField()
    title = models.CharField(max_length=120)
    published_at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "tracks_announcement"


class Round(models.Model):
    competition = models.ForeignKey(Competition, models.DO_NOTHING)

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "judging_round"


class Publication(models.Model):
    round = models.ForeignKey(Round, models.DO_NOTHING)
    published_at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "judging_publication"


class Award(models.Model):
    publication = models.ForeignKey(Publication, models.DO_NOTHING)
    level = models.CharField(max_length=20)
    number = models.CharField(max_length=20)
    project = models.CharField(max_length=60)
    team = models.CharField(max_length=60)
    organization = models.CharField(max_length=120)
    track_number = models.IntegerField()
    track_name = models.CharField(max_length=60)

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "judging_award"


class Submission(models.Model):
    public_id = models.UUIDField()
    title = models.CharField(max_length=60)
    topic_revision_id = models.BigIntegerField()
    updated_at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "submissions_submission"


class Answer(models.Model):
    submission = models.ForeignKey(Submission, models.DO_NOTHING)
    key = models.CharField(max_length=60)
    value = models.JSONField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "submissions_answer"


class StoredFile(models.Model):
    sha256 = models.CharField(max_length=64)

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "core_storedfile"


class Attachment(models.Model):
    submission = models.ForeignKey(Submission, models.DO_NOTHING)
    file = models.ForeignKey(StoredFile, models.DO_NOTHING)
    name = models.CharField(max_length=150)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "submissions_attachment"


class Version(models.Model):
    submission = models.ForeignKey(Submission, models.DO_NOTHING)
    number = models.IntegerField()
    topic_revision_id = models.BigIntegerField()
    form = models.JSONField()
    form_sha256 = models.CharField(max_length=64)
    submitted_by_id = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "submissions_submissionversion"


class Receipt(models.Model):
    public_id = models.UUIDField()
    version = models.ForeignKey(Version, models.DO_NOTHING)
    files = models.JSONField()
    received_at = models.DateTimeField()
    committed_at = models.DateTimeField()
    document = models.JSONField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "submissions_receipt"


class Key(models.Model):
    actor_id = models.BigIntegerField()
    action = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    result_id = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "core_idempotencykey"


class Words(models.Model):
    """A table of its own, made by ``portal_side``: the portal has none that is only a text and when."""

    text = models.TextField()
    version = models.IntegerField()

    class Meta:
        app_label = "benchmarks"
        managed = False
        db_table = "benchmarks_words"


def home(request: HttpRequest) -> HttpResponse:
    competition = get_object_or_404(Competition, slug=SLUG)
    stages = Stage.objects.filter(competition=competition).order_by("opens_at")
    tracks = Track.objects.filter(competition=competition).annotate(count=Count("topics")).order_by("number")
    return render(request, "home.html", {"competition": competition, "stages": stages, "tracks": tracks})


def topic(request: HttpRequest, track: int, number: int) -> HttpResponse:
    topics = Topic.objects.filter(track__competition__slug=SLUG, track__number=track)
    shown = get_object_or_404(topics.select_related("track__competition"), number=number)
    siblings = topics.only("number", "title").order_by("number")
    return render(request, "topic.html", {"topic": shown, "siblings": siblings})


def track(request: HttpRequest, number: int) -> HttpResponse:
    shown = get_object_or_404(Track.objects.select_related("competition"), competition__slug=SLUG, number=number)
    topics = Topic.objects.filter(track=shown).annotate(excerpt=Substr("body", 1, 160)).order_by("number")
    return render(request, "track.html", {"track": shown, "topics": topics})


def announcements(request: HttpRequest) -> HttpResponse:
    shown = Announcement.objects.filter(competition__slug=SLUG, published_at__lte=timezone.now())
    return render(request, "announcements.html", {"announcements": shown.order_by("-published_at")[:20]})


def results(request: HttpRequest) -> HttpResponse:
    awards = Award.objects.filter(publication__round__competition__is_published=True).order_by("publication", "number")
    return JsonResponse({"results": list(awards.values(*COLUMNS)[:ROWS])}, json_dumps_params={"ensure_ascii": False})


def submit(request: HttpRequest) -> HttpResponse:
    """The rows of a submit and no more: nobody signed in, nothing checked, nothing signed."""
    sent, now = request.POST, timezone.now()
    with transaction.atomic():
        entry = Submission.objects.select_for_update().get(public_id=sent["entry"])
        said = dict(Answer.objects.filter(submission=entry).values_list("key", "value"))
        files = list(Attachment.objects.filter(submission=entry, replaced_at=None).values_list("name", "file__sha256"))
        form = json.dumps({"answers": said}, ensure_ascii=False, sort_keys=True)
        version = Version.objects.create(
            submission=entry,
            number=1000 + Version.objects.filter(submission=entry).count(),
            topic_revision_id=entry.topic_revision_id,
            form={"title": entry.title, "answers": said},
            form_sha256=hashlib.sha256(form.encode()).hexdigest(),
            submitted_by_id=sent["user"],
            created_at=now,
        )
        receipt = Receipt.objects.create(
            public_id=uuid.uuid4(), version=version, files=files, received_at=now, committed_at=now, document={}
        )
        Key.objects.create(
            actor_id=sent["user"], action="bare", key=sent["idempotency_key"], fingerprint="", result_id=receipt.pk,
            created_at=now,
        )  # fmt: skip
        Submission.objects.filter(pk=entry.pk).update(updated_at=now)
    return redirect(f"/receipts/{receipt.public_id}/")


def save(request: HttpRequest) -> JsonResponse:
    sent = json.loads(request.body)
    made = Words.objects.create(text=sent["value"], version=sent["version"] + 1)
    return JsonResponse({"version": made.version})


urlpatterns = [
    path("submit/", csrf_exempt(submit)),
    path("", home),
    path("tracks/<int:track>/topics/<int:number>/", topic),
    path("tracks/<int:number>/", track),
    path("announcements/", announcements),
    path("results/", results),
    path("save/", save),
]
