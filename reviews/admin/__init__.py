"""The admin of how applications are judged."""

from reviews.admin import export

__all__ = ["export"]
