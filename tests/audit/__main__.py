"""Looks at the pages of a running demo with Lighthouse and the Nu HTML checker, and writes docs/audit.md: `make audit-pages`."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
REPORT = FOLDER.parents[1] / "docs" / "audit.md"
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"

PROGRAM = "/programs/machine-learning/"
FORM = f"{PROGRAM}apply/"
CANDIDATE, RECRUITER = "candidate@example.org", "recruiter@pinterns.example"

# Somebody of the demo with an application in each status.
ONE_OF_EACH = """
import json
from applications.models import Application
print(json.dumps(dict(Application.objects.order_by("pk").values_list("status", "candidate__email"))))
"""


def main() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from playwright.sync_api import sync_playwright

    from tests.audit import lighthouse, nu, report
    from tests.browser.conftest import FLAGS, sign_in
    from tests.server import find_chromium, running_server

    chromium = find_chromium() or sys.exit("No Chromium found (set CHROMIUM=/path/to/it).")
    with running_server(env={"STAFF_MFA_REQUIRED": "0"}) as server, sync_playwright() as playwright:
        server.manage("demo", "--force")
        server.manage("worker", "--once")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)

        def somebody(email: str = ""):
            context = browser.new_context(base_url=server.base_url)
            if email:
                sign_in(context.new_page(), server, email)
            return context

        candidate, newcomer = somebody(CANDIDATE), somebody()
        sign_in_page = newcomer.new_page()
        sign_in_page.goto("/sign-in/")
        sign_in_page.get_by_label("E-mail").fill("newcomer@example.org")
        sign_in_page.keyboard.press("Enter")  # so that there is a page which asks for the code
        sign_in_page.wait_for_url("**/sign-in/code/")
        pages = [
            *nu.walk(newcomer.request, server.base_url, ["/", "/sign-in/", "/sign-in/code/"]),
            *nu.walk(candidate.request, server.base_url, ["/applications/", FORM, f"{FORM}?check"]),
            *nu.walk(somebody(RECRUITER).request, server.base_url, ["/staff/security/"], below="/staff/"),
            *nu.walk(somebody(RECRUITER).request, server.base_url, [f"{PROGRAM}preview/"], below=f"{PROGRAM}preview/"),
            *nu.error_pages(),
        ]
        for email in json.loads(server.python(ONE_OF_EACH)).values():
            pages += nu.walk(somebody(email).request, server.base_url, ["/applications/"], below="/applications/")
        with tempfile.TemporaryDirectory() as folder:
            said = nu.check(pages, Path(folder))
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in candidate.cookies())
        browser.close()  # so that Lighthouse has the machine for itself
        scores = [
            lighthouse.measure("Home", f"{server.base_url}/", chromium=chromium),
            lighthouse.measure("Program", server.base_url + PROGRAM, chromium=chromium),
            lighthouse.measure("Form, signed in", server.base_url + FORM, chromium=chromium, cookies=cookies),
        ]
    REPORT.write_text(report.written(scores, said, pages), encoding="utf-8")
    print(f"Written: {REPORT.relative_to(FOLDER.parents[1])}")


def install() -> None:
    """What package-lock.json pins, beside this file; without the packages' own scripts, which would download more."""
    missing = [name for name in ("node", "npm", "java") if shutil.which(name) is None]
    if missing:
        sys.exit(f"Missing: {', '.join(missing)}. Lighthouse needs Node 18 or newer, the Nu HTML checker Java 11.")
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < (FOLDER / "package-lock.json").stat().st_mtime:
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=FOLDER, check=True)


if __name__ == "__main__":
    install()
    with tempfile.TemporaryDirectory() as data:
        os.environ["DATA_DIR"] = data
        main()
