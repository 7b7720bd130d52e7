from django.urls import path

from programs import views
from programs.picture_views import picture

urlpatterns = [
    path("", views.home, name="home"),
    path("programs/<slug:slug>/", views.program, name="program"),
    path("pictures/<path:path>", picture, name="picture"),
]
