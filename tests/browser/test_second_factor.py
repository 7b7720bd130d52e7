"""Staff set up a second factor and use it, under the site's own content security policy."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.accounts.helpers import totp_code
from tests.browser.conftest import axe, sign_in
from tests.server import running_server


@pytest.fixture(scope="module")
def server(browser):
    """A server as in production, under a name: no browser gives a passkey to a bare network address."""
    settings = {"STAFF_MFA_REQUIRED": "1", "SITE_URL": "http://localhost"}
    with running_server(env=settings) as running:
        running.base_url = running.base_url.replace("127.0.0.1", "localhost")
        yield running


@pytest.fixture
def ada(server, page):
    """An administrator's window, signed in and on the page about second factors, where the admin has sent her."""
    email = f"ada{time.monotonic_ns()}@example.org"
    server.manage("create_administrator", email)
    sign_in(page, server, email)
    page.goto("/admin/")
    expect(page).to_have_url(re.compile("/staff/security/$"))
    return email


def test_an_authenticator_app_is_set_up_and_opens_the_admin(server, page, ada):
    axe(page)
    page.get_by_role("link", name="Set up an app").click()
    picture = page.get_by_alt_text("QR code")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)")
    axe(page)
    secret = page.locator("code").inner_text()
    page.get_by_label("Code that the app shows").fill(totp_code(secret, time.time()))
    page.get_by_role("button", name="Set it up").click()
    # allauth asks once more before it shows recovery codes; that also counts for the admin.
    expect(page).to_have_url(re.compile("/reauthenticate/"))
    axe(page)
    page.get_by_label("Code").fill(totp_code(secret, time.time()))
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("main code")).to_have_count(10)
    axe(page)
    page.get_by_role("link", name="Go to the administration").click()
    expect(page).to_have_url(re.compile("/admin/$"))


def test_a_passkey_is_added_and_opens_the_admin(server, page, ada):
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    page.get_by_role("link", name="Add a passkey").click()
    axe(page)
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add it").click()
    expect(page).to_have_url(re.compile("/reauthenticate/"))
    page.get_by_role("link", name="Use a passkey instead").click()
    axe(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("main code")).to_have_count(10)

    page.get_by_role("button", name="Sign out").click()
    sign_in(page, server, ada)
    expect(page).to_have_url(re.compile("/authenticate/"))
    axe(page)
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError')) }")
    expect(page.get_by_text("That did not work")).to_be_hidden()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("That did not work")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/applications/$"))
    page.goto("/admin/")
    expect(page).to_have_url(re.compile("/admin/$"))

    page.goto("/staff/security/passkeys/")
    page.get_by_role("link", name="Remove").click()
    # Whoever sits down at an open session shows the passkey first.
    expect(page).to_have_url(re.compile("/reauthenticate/"))
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("None yet.")).to_be_visible()
