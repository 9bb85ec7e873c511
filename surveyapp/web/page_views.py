"""What the templates of a questionnaire page read: sections, questions, options, errors as plain values.

Holds no rule; surveyapp.web.form_page builds these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Said:
    """One part of a text: `output` is the number of the output it shows, None for plain words.

    `breaks`: it begins a new line. `link` is an address of an allowed kind, '' for none.
    """

    text: str
    output: int | None = None
    strong: bool = False
    emphasis: bool = False
    link: str = ""
    breaks: bool = False


@dataclass(frozen=True)
class MediaView:
    """A picture, sound or film beside a label: `kind` is 'image', 'audio' or 'video'."""

    kind: str
    address: str


@dataclass(frozen=True)
class ChoiceView:
    """One option as the template shows it. `offered` is false while a filter leaves it out.

    `place` is its position in a ranking from 1, 0 when it has none yet. `label` is without marks or outputs'
    places, `said` with them.
    """

    value: str
    label: str
    id: str
    chosen: bool
    apart: bool
    exclusive: bool
    offered: bool
    place: int = 0
    said: tuple[Said, ...] = ()
    media: tuple[MediaView, ...] = ()


@dataclass(frozen=True)
class ConfirmView:
    """The field in which a person confirms an unusual answer: what is unusual, the reason given, whether it
    is asked for now."""

    said: tuple[Said, ...]
    reason: str
    asked: bool


@dataclass(frozen=True)
class QuestionView:
    """One question as the template shows it. `away`: it has to wait for its turn on a page of its own.

    `lost`: a file chosen for it did not come with the page and has to be chosen again.
    `guidance` is more about the question for those who ask for it; `interviewer` is for staff only.
    """

    path: str
    name: str
    id: str
    type: str
    template: str
    number: int | None
    label: tuple[Said, ...]
    hint: tuple[Said, ...]
    value: str
    required: bool
    conditional: bool
    relevant: bool
    error: str
    choices: tuple[ChoiceView, ...] = ()
    appearance: frozenset[str] = frozenset()
    parameters: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    away: bool = False
    media: tuple[MediaView, ...] = ()
    guidance: tuple[Said, ...] = ()
    interviewer: tuple[Said, ...] = ()
    confirm: ConfirmView | None = None
    lost: bool = False
    kind: str = "question"

    @property
    def first_control(self) -> str:
        """The id of the control an error link leads to."""
        if self.confirm is not None and self.confirm.asked:
            return f"{self.id}-k"
        if self.template == "select_one" and "minimal" in self.appearance:
            return f"{self.id}-c"
        if self.choices:
            return self.choices[0].id
        return f"{self.id}-lat" if self.template == "geopoint" else f"{self.id}-c"

    @property
    def described_by(self) -> str:
        """The ids for aria-describedby; '' for none."""
        ids = [f"{self.id}-h"] if self.hint else []
        return " ".join([*ids, f"{self.id}-e"] if self.error else ids)

    @property
    def answered(self) -> bool:
        """Whether there is an answer that counts."""
        return self.relevant and self.value.strip() != ""

    @property
    def plain_label(self) -> str:
        """The label as one text."""
        return "".join(part.text for part in self.label)


@dataclass(frozen=True)
class GroupView:
    """A group, or one instance of a repeat, with what is in it. `index` is the instance's, 0 for a group.

    `together`: its questions stay on one page when each question has a page of its own.
    """

    path: str
    id: str
    title: tuple[Said, ...]
    conditional: bool
    relevant: bool
    items: tuple[ItemView, ...]
    number: int = 0
    index: int = 0
    removable: bool = False
    together: bool = False
    away: bool = False
    media: tuple[MediaView, ...] = ()
    interviewer: tuple[Said, ...] = ()
    kind: str = "group"

    @property
    def plain_title(self) -> str:
        """The title as one text."""
        return "".join(part.text for part in self.title)


@dataclass(frozen=True)
class RepeatView:
    """A repeat: its instances, and one blank instance that the page's script copies for new ones.

    `open`: people add and remove instances; else a count says how many there are.
    """

    path: str
    id: str
    instances: tuple[GroupView, ...]
    blank: GroupView
    open: bool
    conditional: bool
    relevant: bool
    away: bool = False
    kind: str = "repeat"

    @property
    def items(self) -> tuple[ItemView, ...]:
        """The instances, as what is in this."""
        return self.instances


ItemView = QuestionView | GroupView | RepeatView


@dataclass(frozen=True)
class ErrorView:
    """One line of the error summary."""

    anchor: str
    label: str
    sentence: str


@dataclass(frozen=True)
class StepView:
    """Which step of how many is shown, when each question has a page of its own. Counted from 1."""

    at: int
    count: int

    @property
    def is_last(self) -> bool:
        """Whether the answers are sent from here."""
        return self.at >= self.count


@dataclass(frozen=True)
class FormPage:
    """Everything the templates need. `logic` is JSON for the page's script, safe inside <script>.

    `step` is None when all questions are on one page. `known`: what does not apply is not shown, because
    the page was brought up to date with the answers. `branching`: whether answers change the page at all.
    `stopped`: a condition was cut off because it took too much work.
    """

    form_id: str
    version: str
    title: str
    language: str
    sections: tuple[GroupView, ...]
    errors: tuple[ErrorView, ...]
    logic: str
    hidden: tuple[tuple[str, str], ...]
    scripts: tuple[str, ...] = ()
    step: StepView | None = None
    known: bool = False
    branching: bool = False
    takes_files: bool = False
    stopped: bool = False

    @property
    def section_count(self) -> int:
        """How many sections have a title."""
        return max((section.number for section in self.sections), default=0)

    @property
    def question_count(self) -> int:
        """How many questions the form can ask."""
        return max(
            (view.number or 0 for section in self.sections for view in questions_of(section)), default=0
        )


def questions_of(group: GroupView | RepeatView) -> Iterator[QuestionView]:
    """The questions of a group and of the groups in it, in order."""
    for item in group.items:
        if isinstance(item, QuestionView):
            yield item
        else:
            yield from questions_of(item)
