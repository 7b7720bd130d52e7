"""Rows of the admin's lists: cell for cell what Django writes, and the name of its column in each."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import results
from django.urls import reverse

from applications.models import Application
from tests.factories import make_user
from tests.security.world import make_side

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked", ["", "?q=e"])
def test_each_list_has_the_cells_that_django_writes(client, asked):
    side = make_side("Here & <there>")
    Application.objects.filter(pk=side.application.pk).update(full_name="<b>Ada</b> & Co", search_text=" e ")
    client.force_login(make_user("<e>@example.org", is_staff=True, is_superuser=True, name="  "))
    compared = set()
    for opts in [model._meta for model in admin.site._registry]:
        answer = client.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist") + asked)
        cl = (answer.context or {}).get("cl")
        if not getattr(cl, "result_list", None):
            continue
        rows = re.findall(r"<tr>(.*?)</tr>", answer.text.partition("<tbody>")[2], re.DOTALL)
        theirs = [list(row) for row in results(cl)]
        assert [re.sub(r' data-label="[^"]+"', "", row) for row in rows] == ["".join(cells) for cells in theirs]
        named = sum("action-checkbox" not in cell for cell in theirs[0])
        assert {row.count(" data-label=") for row in rows} == {named}
        compared.add(opts.model_name)
    assert len(compared) >= (5 if asked else 12), compared
