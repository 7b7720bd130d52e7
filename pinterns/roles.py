"""What each role may do: the permissions of Django's groups. Which rows it may do it to is decided row by row."""

from django.contrib.auth.models import Group, Permission

from programs.roles import ADMINISTRATOR, RECRUITER, REVIEWER

OUR_APPS = ["accounts", "letters", "programs", "applications"]
PERMISSIONS = {
    REVIEWER: [],
    RECRUITER: [
        *("programs.view_program", "programs.change_program"),
        *("programs.view_requirement", "programs.add_requirement"),
        *("programs.change_requirement", "programs.delete_requirement"),
        *("programs.view_window", "programs.add_window", "programs.change_window", "programs.delete_window"),
        *("applications.view_application", "applications.change_application"),
        *("applications.view_extension", "applications.add_extension"),
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
