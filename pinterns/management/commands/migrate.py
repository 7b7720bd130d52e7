"""Django's `migrate`, and then what no migration can make: the cache's table, the roles, whose permissions exist only once
all migrations have run, and the first figures of what was sent before figures were kept, by today's rules."""

from django.core.management import call_command
from django.core.management.commands.migrate import Command as DjangoCommand
from django.db import DEFAULT_DB_ALIAS, connections

from applications.tallies import count_first
from pinterns.roles import sync_roles


class Command(DjangoCommand):
    def handle(self, *args, **options) -> None:
        super().handle(*args, **options)
        if options["plan"] or options["check_unapplied"]:
            return
        call_command("createcachetable", database=options["database"], verbosity=options["verbosity"] - 1)
        tables = {"auth_group", "auth_permission", "auth_group_permissions"}
        if tables <= set(connections[options["database"]].introspection.table_names()):
            sync_roles(using=options["database"])
        if not options["app_label"] and options["database"] == DEFAULT_DB_ALIAS:
            count_first()
