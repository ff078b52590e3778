from django.urls import path

from tracks import views

app_name = "tracks"
urlpatterns = [
    path("<slug:competition>/tracks/<int:number>/", views.track, name="track"),
    path("<slug:competition>/tracks/<int:track_number>/topics/<int:number>/", views.topic, name="topic"),
]
