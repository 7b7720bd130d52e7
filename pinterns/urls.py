"""Every address of the site. Read this first, then applications/workflow.py."""

from django.contrib import admin
from django.urls import include, path

from pinterns.views import healthz

urlpatterns = [
    path("", include("programs.urls")),
    path("", include("applications.urls")),
    path("", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
