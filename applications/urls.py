from django.urls import path

from applications import views

urlpatterns = [
    path("programs/<slug:slug>/apply/", views.apply, name="apply"),
    path("programs/<slug:slug>/preview/", views.preview, name="preview"),
    path("applications/", views.applications, name="applications"),
    path("applications/<str:reference>/", views.application, name="application"),
    path("applications/<str:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("applications/<str:reference>/offer/", views.answer_offer, name="answer_offer"),
    path("documents/<uuid:public_id>/", views.document, name="document"),
]
