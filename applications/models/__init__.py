"""What a candidate sends: one entry to one window, its answers, documents and history, and what they were promised."""

from applications.models.application import Application, OfficeChoice, StatusChange, new_reference
from applications.models.decisions import LetterTemplate, PreparedDecision, RejectionReason
from applications.models.papers import Answer, Document, DocumentText, PageImage, document_path, page_image_path
from applications.models.privacy import Access, Consent, DataExport, data_export_path
from applications.models.promises import Extension, Interview, Offer, extended
from applications.models.tally import Tally

__all__ = [
    "Access",
    "Answer",
    "Application",
    "Consent",
    "DataExport",
    "Document",
    "DocumentText",
    "Extension",
    "Interview",
    "LetterTemplate",
    "Offer",
    "OfficeChoice",
    "PageImage",
    "PreparedDecision",
    "RejectionReason",
    "StatusChange",
    "Tally",
    "data_export_path",
    "document_path",
    "extended",
    "new_reference",
    "page_image_path",
]
