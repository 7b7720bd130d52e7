"""The rubric as a form. Whatever is filled in is kept; what is missing is told when the review is handed in."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.models import Criterion, Review
from reviews.reviewing import missing_of, score_field


@dataclass(frozen=True)
class Question:
    """One choice of the page: a criterion with its anchors, or one of the two that every review ends with."""

    name: str
    title: str
    guidance: str
    weight: int | None
    options: list[tuple[object, str, bool]]  # value, label, whether it is chosen
    problem: str


class ReviewForm(forms.Form):
    """`criteria` are those of the program; `review` is what is kept so far, None before anything is.

    With `checks` an unbound form tells what is still missing.
    """

    recommendation = forms.ChoiceField(
        label=_("What do you recommend?"),
        choices=Review.Recommendation.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    confidence = forms.TypedChoiceField(
        label=_("How sure are you?"),
        choices=Review.Confidence.choices,
        widget=forms.RadioSelect,
        coerce=int,
        empty_value=None,
        required=False,
    )
    comment = forms.CharField(
        label=_("Comment"),
        help_text=_("What decided it for you? Recruiters read it, and reviewers whose own review is in."),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5, "aria-keyshortcuts": "c"}),
        required=False,
    )

    def __init__(
        self, data: Any = None, *, criteria: list[Criterion], review: Review | None, checks: bool = False
    ) -> None:
        self.criteria, self.review, self.checks = criteria, review, checks
        self.kept = {score.criterion_id: score.value for score in review.scores.all()} if review else {}
        initial = {score_field(criterion): self.kept.get(criterion.pk) for criterion in criteria}
        if review:
            initial |= {name: getattr(review, name) for name in ("comment", "confidence", "recommendation")}
        super().__init__(data, initial=initial)
        for criterion in criteria:
            self.fields[score_field(criterion)] = forms.TypedChoiceField(
                label=criterion.title,
                choices=criterion.anchors,
                widget=forms.RadioSelect,
                coerce=int,
                empty_value=None,
                required=False,
            )

    @cached_property
    def problems(self) -> dict[str, str]:
        """What is wrong with what was posted, or with `checks` what is missing in what is kept, by field."""
        if self.is_bound:
            return {name: " ".join(errors) for name, errors in self.errors.items()}
        return missing_of(self.review or Review(), self.criteria, self.kept) if self.checks else {}

    @property
    def summary(self) -> list[tuple[str, str]]:
        """The problems in the page's order, each with the id of the control to go to."""
        return [(self._first_id(name), sentence) for name, sentence in self.problems.items()]

    @property
    def questions(self) -> list[Question]:
        scored = [
            self._question(score_field(criterion), criterion.guidance, criterion.weight) for criterion in self.criteria
        ]
        return [*scored, self._question("recommendation"), self._question("confidence")]

    def _question(self, name: str, guidance: str = "", weight: int | None = None) -> Question:
        field = self[name]
        value = field.value()
        return Question(
            name=name,
            title=field.label,
            guidance=guidance,
            weight=weight,
            options=[(option, label, str(option) == str(value)) for option, label in field.field.choices],
            problem=self.problems.get(name, ""),
        )

    def _first_id(self, name: str) -> str:
        if name == "comment":
            return "id_comment"
        return f"id_{name}_1" if name in self.fields else "rubric"

    def facts(self) -> dict[str, Any]:
        """What save_review() takes; call it when the form is valid."""
        given = self.cleaned_data
        scores = {criterion.pk: given[score_field(criterion)] for criterion in self.criteria}
        return {
            "scores": {criterion: value for criterion, value in scores.items() if value},
            "comment": given["comment"].replace("\r\n", "\n"),
            "confidence": given["confidence"],
            "recommendation": given["recommendation"],
        }
