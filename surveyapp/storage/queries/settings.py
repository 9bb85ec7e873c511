"""What the pages of the settings read: accounts, places, questionnaires, plans. Inside the reader's scope."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from surveyapp.storage.queries.scope import within
from surveyapp.storage.tables import (
    AssignmentRow,
    AuditRow,
    DraftRow,
    FrameworkRow,
    PhoneLineRow,
    QuestionnaireRow,
    QuestionnaireVersionRow,
    RoundQuestionnaireRow,
    RoundUnitRow,
    ServiceItemRow,
    SessionRow,
    SiteRow,
    UnitRow,
    UserRoleRow,
    UserRow,
)
from surveyapp.storage.tables.people import ROLES

__all__ = [
    "ROLES",
    "Account",
    "Planned",
    "Published",
    "Versions",
    "Waiting",
    "counts",
    "find_source",
    "list_accounts",
    "list_drafts",
    "list_evaluators",
    "list_lines",
    "list_places",
    "list_plans",
    "list_published",
    "list_units_below",
    "list_work",
    "states_in_round",
]


@dataclass(frozen=True)
class Account:
    """An account with its roles (role row, unit at the top) and the instant it was seen last."""

    row: UserRow
    roles: list[tuple[UserRoleRow, UnitRow]]
    seen_at: datetime | None
    sessions: int


def list_accounts(session: Session, now: datetime) -> list[Account]:
    """All accounts by login; `sessions` counts the sign-ins that still hold at `now`."""
    roles: dict[int, list[tuple[UserRoleRow, UnitRow]]] = {}
    held = select(UserRoleRow, UnitRow).join(UnitRow, UnitRow.id == UserRoleRow.unit_id)
    for role, unit in session.execute(held.order_by(UserRoleRow.id)):
        roles.setdefault(role.user_id, []).append((role, unit))
    last = select(SessionRow.user_id, func.max(SessionRow.seen_at)).group_by(SessionRow.user_id)
    seen: dict[int, datetime] = {row[0]: row[1] for row in session.execute(last)}
    holds = select(SessionRow.user_id, func.count()).where(
        SessionRow.revoked_at.is_(None), SessionRow.expires_at > now
    )
    holding = session.execute(holds.group_by(SessionRow.user_id))
    live: dict[int, int] = {row[0]: row[1] for row in holding}
    users = session.scalars(select(UserRow).order_by(UserRow.is_active.desc(), UserRow.login))
    return [Account(row, roles.get(row.id, []), seen.get(row.id), live.get(row.id, 0)) for row in users]


def list_units_below(session: Session, tops: Sequence[str]) -> list[UnitRow]:
    """All units inside some subtrees, parents before their children, by code."""
    rows = list(session.scalars(select(UnitRow).where(within(tops))))
    codes = {row.id: row.code for row in rows}

    def place(row: UnitRow) -> list[str]:
        return [codes.get(int(part), "") for part in row.path.strip("/").split("/")]

    return sorted(rows, key=place)


_PLACES: dict[str, Any] = {"units": UnitRow, "sites": SiteRow, "lines": PhoneLineRow, "items": ServiceItemRow}


def list_places(
    session: Session, kind: str, tops: Sequence[str], search: str, start: int, most: int
) -> tuple[int, list[tuple[Any, UnitRow]]]:
    """(how many there are, one page of them): rows of 'units', 'sites', 'lines' or 'items' with their unit.

    For a unit the second is its parent, or the unit itself at the top. `search` is part of a code or name.
    """
    table = _PLACES[kind]
    query = select(table).join(UnitRow, UnitRow.id == table.unit_id) if kind != "units" else select(UnitRow)
    query = query.where(within(tops))
    if search:
        named = table.label if kind == "lines" else table.name
        wanted = [table.code.contains(search, autoescape=True), named.contains(search, autoescape=True)]
        if kind == "lines":
            wanted.append(table.number.contains(search, autoescape=True))
        query = query.where(or_(*wanted))
    number = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    order = (UnitRow.path,) if kind == "units" else (UnitRow.code, table.code)
    rows = list(session.scalars(query.order_by(*order).offset(start).limit(most)))
    over = {(row.parent_id or row.id) if kind == "units" else row.unit_id for row in rows}
    units = {row.id: row for row in session.scalars(select(UnitRow).where(UnitRow.id.in_(over)))}
    return number, [
        (row, units[(row.parent_id or row.id) if kind == "units" else row.unit_id]) for row in rows
    ]


def list_lines(
    session: Session, round_id: int, tops: Sequence[str]
) -> list[tuple[PhoneLineRow, UnitRow, int]]:
    """The lines of a round's units with unit and the number of calls planned in the round, by code."""
    planned = (
        select(func.count())
        .select_from(AssignmentRow)
        .where(
            AssignmentRow.line_id == PhoneLineRow.id,
            AssignmentRow.round_id == round_id,
            AssignmentRow.state != "cancelled",
        )
        .scalar_subquery()
    )
    query = (
        select(PhoneLineRow, UnitRow, planned)
        .join(UnitRow, UnitRow.id == PhoneLineRow.unit_id)
        .join(RoundUnitRow, RoundUnitRow.unit_id == UnitRow.id)
        .where(RoundUnitRow.round_id == round_id, within(tops))
        .order_by(UnitRow.code, PhoneLineRow.code)
    )
    return [(line, unit, number) for line, unit, number in session.execute(query)]


def list_evaluators(
    session: Session, roles: Collection[str] = ("evaluator",)
) -> list[tuple[UserRow, list[str]]]:
    """Active accounts with one of some roles somewhere, with the paths of their scopes, by login."""
    query = (
        select(UserRow, UnitRow.path)
        .join(UserRoleRow, UserRoleRow.user_id == UserRow.id)
        .join(UnitRow, UnitRow.id == UserRoleRow.unit_id)
        .where(UserRoleRow.role.in_(roles), UserRow.is_active)
        .order_by(UserRow.login, UnitRow.path)
    )
    found: dict[int, tuple[UserRow, list[str]]] = {}
    for row, path in session.execute(query):
        found.setdefault(row.id, (row, []))[1].append(path)
    return list(found.values())


@dataclass(frozen=True)
class Planned:
    """Planned work with its site (None for work at no site), person and unit."""

    row: AssignmentRow
    site: SiteRow | None
    user: UserRow
    unit: UnitRow


def list_work(session: Session, round_id: int, tops: Sequence[str], kinds: Sequence[str]) -> list[Planned]:
    """The work of some kinds in a round that is not cancelled, earliest first."""
    query = (
        select(AssignmentRow, SiteRow, UserRow, UnitRow)
        .outerjoin(SiteRow, SiteRow.id == AssignmentRow.site_id)
        .join(UserRow, UserRow.id == AssignmentRow.user_id)
        .join(UnitRow, UnitRow.id == AssignmentRow.unit_id)
        .where(AssignmentRow.round_id == round_id, AssignmentRow.kind.in_(kinds), within(tops))
        .where(AssignmentRow.state != "cancelled")
        .order_by(AssignmentRow.planned_at, AssignmentRow.id)
    )
    return [Planned(*row) for row in session.execute(query)]


def list_plans(session: Session, round_id: int) -> list[AuditRow]:
    """The lines of the audit log that say which plans of calls were stored, newest first."""
    query = select(AuditRow).where(
        AuditRow.object_kind == "round", AuditRow.object_id == str(round_id), AuditRow.action == "calls.plan"
    )
    return list(session.scalars(query.order_by(AuditRow.id.desc())))


@dataclass(frozen=True)
class Published:
    """A published version without its long texts."""

    id: int
    version: str
    sha256: str
    published_at: datetime
    publisher: str | None


@dataclass(frozen=True)
class Versions:
    """A questionnaire with its versions, newest first."""

    form_id: str
    kind: str
    versions: list[Published] = field(default_factory=list)


def list_published(session: Session) -> list[Versions]:
    """Every questionnaire by form id."""
    version = QuestionnaireVersionRow
    query = (
        select(
            QuestionnaireRow.form_id,
            QuestionnaireRow.kind,
            version.id,
            version.version,
            version.sha256,
            version.published_at,
            UserRow.name,
        )
        .join(QuestionnaireRow, QuestionnaireRow.id == version.questionnaire_id)
        .outerjoin(UserRow, UserRow.id == version.published_by)
        .order_by(QuestionnaireRow.form_id, version.id.desc())
    )
    found: dict[str, Versions] = {}
    for form_id, kind, id_, name, sha256, at, publisher in session.execute(query):
        versions = found.setdefault(form_id, Versions(form_id, kind)).versions
        versions.append(Published(id_, name, sha256, at, publisher))
    return list(found.values())


def states_in_round(session: Session, round_id: int) -> dict[str, str]:
    """The state of every questionnaire in a round, by form id."""
    held = RoundQuestionnaireRow
    query = (
        select(QuestionnaireRow.form_id, func.coalesce(held.state, "open"))
        .outerjoin(held, (held.questionnaire_id == QuestionnaireRow.id) & (held.round_id == round_id))
        .order_by(QuestionnaireRow.form_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


@dataclass(frozen=True)
class Waiting:
    """A draft that nobody has published."""

    id: int
    form_id: str
    version: str
    kind: str
    created_at: datetime
    author: str


def list_drafts(session: Session) -> list[Waiting]:
    """The fifty newest drafts that wait to be published, newest first."""
    query = (
        select(
            DraftRow.id, DraftRow.form_id, DraftRow.version, DraftRow.kind, DraftRow.created_at, UserRow.name
        )
        .join(UserRow, UserRow.id == DraftRow.author_id)
        .where(DraftRow.version_id.is_(None))
        .order_by(DraftRow.id.desc())
    )
    return [Waiting(*row) for row in session.execute(query.limit(50))]


def find_source(session: Session, version_id: int) -> tuple[str, str, str] | None:
    """(form id, version, source text) of a published version; None when there is none."""
    query = (
        select(QuestionnaireRow.form_id, QuestionnaireVersionRow.version, QuestionnaireVersionRow.source)
        .join(QuestionnaireRow, QuestionnaireRow.id == QuestionnaireVersionRow.questionnaire_id)
        .where(QuestionnaireVersionRow.id == version_id)
    )
    row = session.execute(query).first()
    return (row[0], row[1], row[2]) if row else None


def counts(session: Session) -> dict[str, int]:
    """How many there are of everything that a round needs."""
    tables: dict[str, Any] = {
        "accounts": UserRow,
        **_PLACES,
        "frameworks": FrameworkRow,
        "questionnaires": QuestionnaireRow,
    }
    found = {
        name: session.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables.items()
    }
    return {**found, "units": max(0, found["units"] - 1)}
