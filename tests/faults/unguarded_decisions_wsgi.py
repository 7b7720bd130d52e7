"""The site with the guards of a decision taken out: it is written without a look at what the application is by now.

The control of the test of two recruiters serves this, to show that the test fails where the guards are missing.
"""

from django.utils import timezone

from pinterns import wsgi  # Django is set up by it

from applications import workflow  # isort: skip
from applications.admin import decide as page  # isort: skip
from applications.models import Application  # isort: skip


def decide_without_looking(*, application, action, by, seen_status, **facts):
    target = workflow.transition(action).target
    Application.objects.filter(pk=application.pk).update(status=target)
    return application.history.create(
        from_status=seen_status, to_status=target, action=action, by=by, at=timezone.now()
    )


page.decide = decide_without_looking
application = wsgi.application
