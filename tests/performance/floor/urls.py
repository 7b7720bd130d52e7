from django.urls import path

from tests.performance.floor.things import views

urlpatterns = [
    path("", views.page, name="page"),
    path("send/", views.send, name="send"),
    path("list/", views.fifty, name="fifty"),
]
