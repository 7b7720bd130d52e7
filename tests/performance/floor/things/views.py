"""One query and one template; a form with a file and one INSERT; fifty rows by an indexed filter."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tests.performance.floor.things.models import Thing


class ThingForm(forms.ModelForm):
    class Meta:
        model = Thing
        fields = ["name", "email", "phone", "city", "language", "level", "starts", "weeks", "text", "file"]


def page(request: HttpRequest) -> HttpResponse:
    return render(request, "page.html", {"things": Thing.objects.order_by("id")[:10]})


def send(request: HttpRequest) -> HttpResponse:
    """The form; posted, it belongs to whom the session names."""
    if request.method != "POST":
        request.session.setdefault("owner", "somebody")
        return render(request, "send.html", {"form": ThingForm()})
    form = ThingForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "send.html", {"form": form}, status=422)
    form.instance.owner = request.session["owner"]
    form.save()
    return redirect("page")


def fifty(request: HttpRequest) -> HttpResponse:
    things = Thing.objects.filter(status=request.GET.get("status", "new")).order_by("-id")[:50]
    return render(request, "list.html", {"things": things})
