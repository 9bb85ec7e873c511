"""All tables; importing this package fills `Table.metadata`."""

from surveyapp.storage.tables.adjudications import AdjudicationRow
from surveyapp.storage.tables.base import Table
from surveyapp.storage.tables.devices import DeviceRoundRow, DeviceRow, PostedInstanceRow
from surveyapp.storage.tables.drafts import DraftRow, DraftTestRow
from surveyapp.storage.tables.field import AssignmentRow, CallAttemptRow, CaseExtractRow
from surveyapp.storage.tables.framework import (
    FrameworkRow,
    IndicatorRow,
    PhoneLineRow,
    RoundRow,
    RoundUnitRow,
    ServiceItemRow,
    SiteRow,
    UnitRow,
)
from surveyapp.storage.tables.people import AuditRow, SessionRow, UserRoleRow, UserRow
from surveyapp.storage.tables.quality import QualityDecisionRow, QualityFindingRow, QualityRunRow
from surveyapp.storage.tables.records import (
    AttachmentRow,
    CallbackRow,
    NoteRow,
    NoteSegmentRow,
    QrLinkRow,
    QuestionnaireFileRow,
    QuestionnaireRow,
    QuestionnaireVersionRow,
    RecordRow,
    RecordStateRow,
    ReviewEventRow,
    RoundQuestionnaireRow,
)
from surveyapp.storage.tables.scores import (
    CellDecisionRow,
    HoldingRow,
    JobRow,
    ObservationRow,
    RegistrationRow,
    SamplingPlanRow,
    SnapshotRow,
    TallyRow,
)

__all__ = [
    "AdjudicationRow",
    "AssignmentRow",
    "AttachmentRow",
    "AuditRow",
    "CallAttemptRow",
    "CallbackRow",
    "CaseExtractRow",
    "CellDecisionRow",
    "DeviceRoundRow",
    "DeviceRow",
    "DraftRow",
    "DraftTestRow",
    "FrameworkRow",
    "HoldingRow",
    "IndicatorRow",
    "JobRow",
    "NoteRow",
    "NoteSegmentRow",
    "ObservationRow",
    "PhoneLineRow",
    "PostedInstanceRow",
    "QrLinkRow",
    "QualityDecisionRow",
    "QualityFindingRow",
    "QualityRunRow",
    "QuestionnaireFileRow",
    "QuestionnaireRow",
    "QuestionnaireVersionRow",
    "RecordRow",
    "RecordStateRow",
    "RegistrationRow",
    "ReviewEventRow",
    "RoundQuestionnaireRow",
    "RoundRow",
    "RoundUnitRow",
    "SamplingPlanRow",
    "ServiceItemRow",
    "SessionRow",
    "SiteRow",
    "SnapshotRow",
    "Table",
    "TallyRow",
    "UnitRow",
    "UserRoleRow",
    "UserRow",
]
