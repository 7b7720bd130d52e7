from django.urls import path

from applications import live, my_data_views, upload, views
from applications.start import start

urlpatterns = [
    path("programs/<slug:slug>/apply/", views.apply, name="apply"),
    path("programs/<slug:slug>/apply/<int:window_id>/live/", live.live, name="apply_live"),
    path("programs/<slug:slug>/apply/<int:window_id>/edit/", live.edit, name="apply_edit"),
    path("programs/<slug:slug>/apply/<int:window_id>/files/<int:requirement_id>/", upload.upload, name="upload"),
    path("windows/<int:window_id>/start/", start, name="start"),
    path("programs/<slug:slug>/preview/", views.preview, name="preview"),
    path("applications/", views.applications, name="applications"),
    path("applications/<str:reference>/", views.application, name="application"),
    path("applications/<str:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("applications/<str:reference>/offer/", views.answer_offer, name="answer_offer"),
    path("documents/<uuid:public_id>/", views.document, name="document"),
    path("documents/<uuid:public_id>/first-page/", upload.first_page, name="first_page"),
    path("my-data/", my_data_views.my_data_page, name="my_data"),
    path("my-data/export/", my_data_views.export, name="my_data_export"),
    path("my-data/download/", my_data_views.download, name="my_data_download"),
    path("my-data/drafts/", my_data_views.delete_drafts, name="delete_drafts"),
    path("my-data/erasure/", my_data_views.ask_for_erasure, name="ask_for_erasure"),
    path("my-data/erasure/take-back/", my_data_views.take_back_erasure, name="take_back_erasure"),
]
