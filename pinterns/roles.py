"""What each role may do: the permissions of Django's groups. Which rows it may do it to is decided row by row."""

from django.contrib.auth.models import Group, Permission

from programs.roles import ADMINISTRATOR, RECRUITER, REVIEWER

OUR_APPS = ["accounts", "letters", "programs", "applications", "reviews"]
PERMISSIONS = {
    REVIEWER: [
        *("reviews.view_assignment", "reviews.review_assignment"),
        *("reviews.view_conflict", "reviews.add_conflict", "reviews.delete_conflict"),
    ],
    RECRUITER: [
        *("programs.view_program", "programs.change_program"),
        *("programs.view_requirement", "programs.add_requirement"),
        *("programs.change_requirement", "programs.delete_requirement"),
        *("programs.view_window", "programs.add_window", "programs.change_window", "programs.delete_window"),
        *("applications.view_application", "applications.change_application"),
        "applications.export_application",
        *("applications.view_extension", "applications.add_extension"),
        *("applications.view_lettertemplate", "applications.add_lettertemplate"),
        *("applications.change_lettertemplate", "applications.delete_lettertemplate"),
        *("applications.view_rejectionreason", "applications.add_rejectionreason"),
        *("applications.change_rejectionreason", "applications.delete_rejectionreason"),
        *("applications.view_prepareddecision", "applications.delete_prepareddecision"),
        *("reviews.view_criterion", "reviews.add_criterion", "reviews.change_criterion", "reviews.delete_criterion"),
        *("reviews.view_standing", "reviews.assign_assignment", "reviews.view_review"),
    ],
}


def sync_roles(*, using: str = "default") -> None:
    """Makes the groups and gives them exactly these permissions; run after every migration, so nobody has to remember."""
    everything = Permission.objects.using(using).select_related("content_type")
    by_name = {f"{found.content_type.app_label}.{found.codename}": found for found in everything}
    ours = [name for name, found in by_name.items() if found.content_type.app_label in OUR_APPS]
    for group_name, names in {**PERMISSIONS, ADMINISTRATOR: ours}.items():
        group, _created = Group.objects.using(using).get_or_create(name=group_name)
        # In the middle of the migrations a permission may not exist yet: the last step makes up for it.
        group.permissions.set([by_name[name] for name in names if name in by_name])
