"""Whom to tell of a weakness, where those who find one look (RFC 9116)."""

from datetime import UTC, datetime, timedelta


def test_it_says_whom_to_tell_and_is_good_for_less_than_a_year(client, settings):
    settings.CONTACT_EMAIL = "security@internships.example"
    settings.SITE_URL = "https://internships.example"
    answer = client.get("/.well-known/security.txt", headers={"host": "127.0.0.1"})
    said = dict(line.split(": ", 1) for line in answer.text.splitlines())

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert said["Contact"] == "mailto:security@internships.example"
    assert said["Canonical"] == "https://internships.example/.well-known/security.txt"
    left = datetime.fromisoformat(said["Expires"]) - datetime.now(UTC)
    assert timedelta(days=30) < left < timedelta(days=365)
    assert client.post("/.well-known/security.txt").status_code == 405
