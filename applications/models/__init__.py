"""What a candidate sends: one entry to one window, its answers, documents and history, and what they were promised."""

from applications.models.application import Application, OfficeChoice, StatusChange, new_reference
from applications.models.decisions import LetterTemplate, PreparedDecision, RejectionReason
from applications.models.papers import Answer, Document, PageImage, document_path, page_image_path
from applications.models.promises import Extension, Interview, Offer

__all__ = [
    "Answer",
    "Application",
    "Document",
    "Extension",
    "Interview",
    "LetterTemplate",
    "Offer",
    "OfficeChoice",
    "PageImage",
    "PreparedDecision",
    "RejectionReason",
    "StatusChange",
    "document_path",
    "new_reference",
    "page_image_path",
]
