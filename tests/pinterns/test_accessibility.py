"""The page on accessibility: how to ask for what one needs, and how long one has for what."""

import pytest
from django.urls import reverse


@pytest.mark.django_db
def test_anybody_finds_it_and_reads_how_to_ask_and_how_long_things_last(client, settings, django_assert_num_queries):
    settings.CONTACT_EMAIL, settings.SESSION_COOKIE_AGE = "help@pinterns.example", 3 * 24 * 60 * 60
    address = reverse("accessibility")
    assert f'href="{address}"' in client.get("/").text
    with django_assert_num_queries(0):
        page = client.get(address).text
    assert "mailto:help@pinterns.example" in page
    assert "More time." in page
    assert "for 3 days." in page
    assert "works for 15 minutes" in page
