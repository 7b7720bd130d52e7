"""Django's `migrate`, and then the roles: permissions exist only once all migrations have run."""

from django.core.management.commands.migrate import Command as DjangoCommand
from django.db import connections

from pinterns.roles import sync_roles


class Command(DjangoCommand):
    def handle(self, *args, **options) -> None:
        super().handle(*args, **options)
        looked_only = options["plan"] or options["check_unapplied"]
        tables = {"auth_group", "auth_permission", "auth_group_permissions"}
        if not looked_only and tables <= set(connections[options["database"]].introspection.table_names()):
            sync_roles(using=options["database"])
