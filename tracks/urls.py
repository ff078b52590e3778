from django.urls import path

from tracks import history, news, pledges, search_page, views
from tracks.feeds import AnnouncementFeed
from tracks.theme import theme

app_name = "tracks"
urlpatterns = [
    path("theme/<int:hue>.css", theme, name="theme"),
    path("<slug:competition>/tracks/<int:number>/", views.track, name="track"),
    path("<slug:competition>/tracks/<int:track_number>/topics/<int:number>/", views.topic, name="topic"),
    path(
        "<slug:competition>/tracks/<int:track_number>/topics/<int:number>/revisions/",
        history.revisions,
        name="revisions",
    ),
    path("<slug:competition>/search/", search_page.search, name="search"),
    path("<slug:competition>/announcements/", news.announcements, name="announcements"),
    path("<slug:competition>/announcements/feed/", AnnouncementFeed(), name="announcement_feed"),
    path("<slug:competition>/announcements/<int:number>/", news.announcement, name="announcement"),
    path("<slug:competition>/documents/", news.documents, name="documents"),
    path("<slug:competition>/documents/<uuid:public_id>/<str:name>", news.document, name="document"),
    path("<slug:competition>/faq/", news.faq, name="faq"),
    path("<slug:competition>/pledge/", pledges.pledge, name="pledge"),
    path("<slug:competition>/pledge/<int:number>/", pledges.pledge, name="pledge_version"),
    path("<slug:competition>/pledge/<int:number>/give/", pledges.give, name="pledge_give"),
]
