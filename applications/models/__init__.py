"""What a candidate sends: one entry to one window, its answers, documents and history, and what they were promised."""

from applications.models.application import Application, OfficeChoice, StatusChange, new_reference
from applications.models.papers import Answer, Document, document_path
from applications.models.promises import Extension, Offer

__all__ = [
    "Answer",
    "Application",
    "Document",
    "Extension",
    "Offer",
    "OfficeChoice",
    "StatusChange",
    "document_path",
    "new_reference",
]
