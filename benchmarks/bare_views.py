import json

from django.db import models
from django.db.models import Count
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone

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


def save(request: HttpRequest) -> JsonResponse:
    sent = json.loads(request.body)
    made = Words.objects.create(text=sent["value"], version=sent["version"] + 1)
    return JsonResponse({"version": made.version})


urlpatterns = [
    path("", home),
    path("tracks/<int:track>/topics/<int:number>/", topic),
    path("tracks/<int:number>/", track),
    path("announcements/", announcements),
    path("results/", results),
    path("save/", save),
]
