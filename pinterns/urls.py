"""Every address of the site. Read this first, then applications/workflow.py."""

from django.contrib import admin
from django.urls import include, path

from pinterns.views import accessibility, healthz, privacy, security_txt

handler500 = "pinterns.views.server_error"
urlpatterns = [
    path("", include("programs.urls")),
    path("", include("applications.urls")),
    path("", include("accounts.urls")),
    path("accessibility/", accessibility, name="accessibility"),
    path("privacy/", privacy, name="privacy"),
    path("admin/", admin.site.urls),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("healthz", healthz, name="healthz"),
]
