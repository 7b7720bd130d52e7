from django.urls import path

from programs import follow_views, machine_views, views
from programs.picture_views import picture
from programs.qualify_views import qualify

urlpatterns = [
    path("", views.home, name="home"),
    path("programs/<slug:slug>/", views.program, name="program"),
    path("where-do-i-qualify/", qualify, name="qualify"),
    path("programs/<slug:slug>/follow/", follow_views.follow, name="follow"),
    path("programs/<slug:slug>/follow/stop/", follow_views.stop_following, name="stop_following"),
    path("programs/<slug:slug>/follow/code/", follow_views.confirm_follow, name="confirm_follow"),
    path("unsubscribe/<str:token>/", follow_views.unsubscribe, name="unsubscribe"),
    path("pictures/<path:path>", picture, name="picture"),
    # What machines read.
    path("programs/<slug:slug>/<int:pk>.ics", machine_views.calendar, name="window_calendar"),
    path("cards/<slug:key>.jpg", machine_views.card, name="card"),
    path("cards/<int:pk>/<slug:key>.jpg", machine_views.card, name="card"),
    path("openings.atom", machine_views.feed, name="feed"),
    path("sitemap.xml", machine_views.sitemap, name="sitemap"),
    path("robots.txt", machine_views.robots, name="robots"),
    path("api/v1/programs.json", machine_views.job_board, name="job_board"),
]
