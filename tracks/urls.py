from django.urls import path

from tracks import news, search_page, views
from tracks.feeds import AnnouncementFeed
from tracks.theme import theme

app_name = "tracks"
urlpatterns = [
    path("theme/<int:hue>.css", theme, name="theme"),
    path("<slug:competition>/tracks/<int:number>/", views.track, name="track"),
    path("<slug:competition>/tracks/<int:track_number>/topics/<int:number>/", views.topic, name="topic"),
    path("<slug:competition>/search/", search_page.search, name="search"),
    path("<slug:competition>/announcements/", news.announcements, name="announcements"),
    path("<slug:competition>/announcements/feed/", AnnouncementFeed(), name="announcement_feed"),
    path("<slug:competition>/announcements/<int:number>/", news.announcement, name="announcement"),
    path("<slug:competition>/documents/", news.documents, name="documents"),
    path("<slug:competition>/documents/<uuid:public_id>/<str:name>", news.document, name="document"),
    path("<slug:competition>/faq/", news.faq, name="faq"),
]
