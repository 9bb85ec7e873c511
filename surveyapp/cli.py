"""The surveyapp command; thin: it reads its words, calls services and prints what they say."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from surveyapp.config import Settings, UnsafeSettings, resource
from surveyapp.services import (
    arranging,
    authoring,
    authoring_sets,
    authoring_versions,
    authoring_workbooks,
    checking,
    demonstrating,
    frameworks,
    registering,
    releasing,
    scoring,
)
from surveyapp.services.installation import NotDurable, Platform, StorageUnavailable
from surveyapp.serving import preview_forever, serve_forever


def _open(**given: Any) -> Platform:
    try:
        return Platform.open(Settings.from_environment(os.environ, **given))
    except (UnsafeSettings, NotDurable, StorageUnavailable) as error:
        raise click.ClickException(str(error)) from None


@click.group()
def main() -> None:
    """Collect evidence about public services and turn it into scores that open down to it."""


@main.command()
@click.option("--demo", is_flag=True, help="Load the demonstration round on the first start.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder for all data.")
def serve(demo: bool, host: str, port: int, data: Path | None) -> None:
    """Start web and worker in one process."""
    address = os.environ.get("PUBLIC_URL") or f"http://{host}:{port}"
    folder = data.resolve() if data else None
    platform = _open(data_dir=folder, public_url=address)
    try:
        access = demonstrating.prepare(platform, demo, click.echo)
        for line in demonstrating.welcome(platform, access):
            click.echo(line)
        serve_forever(platform, host, port, click.echo)
    except demonstrating.Interrupted as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from None


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False)
def check(folder: Path | None) -> None:
    """Read a framework and its questionnaires; show the tree, every finding and every problem."""
    failed = False
    for line, is_bad in checking.check_folder(folder or resource("questionnaires") / "jilin-2018"):
        failed = failed or is_bad
        click.echo(line)
    if failed:
        sys.exit(1)


@main.group()
def questionnaire() -> None:
    """Write, check and compare questionnaires as files."""


FILES = click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="FILE..."
)


@questionnaire.command()
@FILES
@click.option("--check", "only_look", is_flag=True, help="Change nothing; exit 1 when a file would change.")
def fmt(files: tuple[Path, ...], only_look: bool) -> None:
    """Write questionnaires in canonical Markdown, in place. A folder stands for every *.md in it."""
    changed = False
    try:
        for path in authoring.questionnaires_at(files):
            if authoring.write_canonically(path, only_look):
                changed = True
                click.echo(
                    f"{path}: {'不是规范写法 / is not canonical' if only_look else '已改写 / rewritten'}"
                )
    except authoring.Unreadable as error:
        raise click.ClickException(str(error)) from None
    if changed and only_look:
        sys.exit(1)


@questionnaire.command("check")
@FILES
@click.option("--files", "beside", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder of the lists and media that belong to the questionnaires.")  # fmt: skip
def check_questionnaires(files: tuple[Path, ...], beside: Path | None) -> None:
    """Find every problem and warning of questionnaires; exit 1 when there is a problem."""
    problems = warnings = 0
    try:
        attached = authoring.files_in(beside)
        for path in authoring.questionnaires_at(files):
            looked = authoring.look_at(path, attached)
            problems, warnings = problems + len(looked.problems), warnings + len(looked.warnings)
            for problem in looked.problems:
                click.echo(f"错误 {authoring.said(path, problem)}")
            for warning in looked.warnings:
                click.echo(f"提醒 {authoring.said(path, warning)}")
        for folder in filter(Path.is_dir, files):
            for path, warning in authoring_sets.look_at_set(folder):
                warnings += 1
                click.echo(f"提醒 {authoring.said(path, warning)}")
    except authoring.Unreadable as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"错误 {problems} 处，提醒 {warnings} 处 / problems: {problems}, warnings: {warnings}")
    if problems:
        sys.exit(1)


@questionnaire.command("export")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--xlsx", "workbook", type=click.Path(path_type=Path, dir_okay=False), required=True,
              help="Workbook to write.")  # fmt: skip
def export_questionnaire(file: Path, workbook: Path) -> None:
    """Write a questionnaire as a workbook; import gives the same Markdown back."""
    try:
        content, problems = authoring_workbooks.workbook_of(authoring.read_questionnaire(file))
    except authoring.Unreadable as error:
        raise click.ClickException(str(error)) from None
    _stop_at(file, problems)
    _write(workbook, content)


@questionnaire.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--xlsx", "workbook", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              required=True, help="Workbook (.xlsx) or CSV file to read.")  # fmt: skip
def import_questionnaire(file: Path, workbook: Path) -> None:
    """Write the questionnaire in a workbook as canonical Markdown to FILE, which is replaced."""
    imported = authoring_workbooks.markdown_from(workbook.read_bytes())
    for warning in imported.warnings:
        click.echo(f"提醒 {authoring.said(workbook, warning)}")
    _stop_at(workbook, imported.problems)
    _write(file, imported.text.encode("utf-8"))


def _stop_at(path: Path, problems: tuple[authoring.Problem, ...]) -> None:
    for problem in problems:
        click.echo(f"错误 {authoring.said(path, problem)}")
    if problems:
        sys.exit(1)


def _write(path: Path, content: bytes) -> None:
    try:
        authoring_workbooks.write_whole(path, content)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from None
    click.echo(f"{path}: 已写好 / written")


@questionnaire.command()
@click.argument("old")
@click.argument("new")
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder of an installation: count its records; versions are form_id@version.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def diff(old: str, new: str, data: Path | None, as_json: bool) -> None:
    """Say what differs between two versions and what happens to stored answers. OLD and NEW are files."""
    platform = _open(data_dir=data.resolve()) if data else None
    try:
        before, after = (authoring_versions.version_named(name, platform) for name in (old, new))
        found = authoring_versions.differences(before, after, platform)
    except authoring.Unreadable as error:
        raise click.ClickException(str(error)) from None
    finally:
        if platform:
            platform.close()
    if as_json:
        click.echo(json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(one.line())
    if not found:
        click.echo("没有差别 / no difference")


@questionnaire.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--language", default="", help="Language to begin with; the questionnaire's own otherwise.")
@click.option("--as", "reader", type=click.Choice(["respondent", "evaluator"]), default="respondent",
              show_default=True, help="Who looks at it.")  # fmt: skip
@click.option("--files", "beside", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder of the lists and media that belong to it.")  # fmt: skip
@click.option("--port", default=8001, show_default=True, help="Port on 127.0.0.1.")
def preview(file: Path, language: str, reader: str, beside: Path | None, port: int) -> None:
    """Show a questionnaire in the browser as it will look; nothing is stored."""
    staff = reader == "evaluator"
    try:
        attached = authoring.files_in(beside)
        preview_forever(str(file), attached, language=language, staff=staff, port=port, say=click.echo)
    except authoring.Unreadable as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"127.0.0.1:{port}: {error.strerror}") from None


@main.command()
@click.argument("round_code", metavar="ROUND")
@click.option("--unit", "unit_code", required=True, help="Code of the unit.")
@click.option("--profile", default=None, help="S or R; the round's own profile otherwise.")
@click.option("--format", "shape", type=click.Choice(["json", "table"]), default="table", show_default=True)
def score(round_code: str, unit_code: str, profile: str | None, shape: str) -> None:
    """Score a unit from its confirmed records."""
    platform = _open()
    try:
        result = scoring.score_by_code(platform, round_code, unit_code, profile)
    except (scoring.Blocked, LookupError) as error:
        raise click.ClickException(str(error)) from None
    finally:
        platform.close()
    if shape == "json":
        click.echo(json.dumps(result.to_json(), ensure_ascii=False, indent=2, sort_keys=True))
    else:
        click.echo(scoring.as_table(result))


class _Release(click.Group):
    """`release ROUND` makes a release; `release diff OLD NEW` compares two."""

    default = "make"

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = [self.default, *args]
        return super().resolve_command(ctx, args)


@main.group(cls=_Release, options_metavar="", subcommand_metavar="ROUND --out DIR | diff OLD NEW")
def release() -> None:
    """Write a round's data, rules and published numbers as a folder that computes itself again."""


@release.command("make", hidden=True)
@click.argument("round_code", metavar="ROUND")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Folder to write; it must not exist or be empty.")  # fmt: skip
@click.option("--profile", default=None, help="S or R; the round's own profile otherwise.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder for all data.")
def make_release(round_code: str, out: Path, profile: str | None, data: Path | None) -> None:
    """Score all units of ROUND, keep a snapshot of each and write the release to a folder."""
    platform = _open(data_dir=data.resolve()) if data else _open()
    try:
        folder = releasing.release_round(platform, round_code, profile, out.resolve())
    except (scoring.Blocked, scoring.FoldFailed, scoring.BadMeasures, LookupError) as error:
        raise click.ClickException(str(error)) from None
    except releasing.OpenContradictions as error:
        raise click.ClickException(str(error)) from None
    except releasing.NothingToRelease as error:
        raise click.ClickException(f"没有已确认的记录 / no confirmed record: {error}") from None
    except releasing.FolderInUse as error:
        raise click.ClickException(f"文件夹已有内容 / the folder is not empty: {error}") from None
    except OSError as error:
        raise click.ClickException(f"{out}: {error.strerror}") from None
    finally:
        platform.close()
    click.echo(f"{folder}: 已写好，核对用 python recompute.py / written, check it with python recompute.py")


@release.command("diff")
@click.argument("old", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("new", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def diff_releases(old: Path, new: Path, as_json: bool) -> None:
    """Every number that differs between two releases, and whether data, a rule or a correction moved it."""
    try:
        changes = releasing.compare_releases(old, new)
    except releasing.NotARelease as error:
        raise click.ClickException(f"读不出发布文件夹 / not a release: {error}") from None
    if as_json:
        click.echo(json.dumps([asdict(one) for one in changes], ensure_ascii=False, indent=2))
        return
    for change in changes:
        click.echo(change.line())
    if not changes:
        click.echo("没有差别 / no difference")


@main.command("import-framework")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--title", required=True)
def import_framework(folder: Path, title: str) -> None:
    """Bring a framework from a folder of questionnaires/ into the database."""
    platform = _open()
    source = frameworks.source_from_folder(folder, title)
    if not isinstance(source, frameworks.Source):
        raise click.ClickException(source[0].sentence["en"])
    framework_id, problems = frameworks.import_framework(platform, source)
    for problem in problems:
        click.echo(problem.sentence["en"])
    if framework_id is None:
        sys.exit(1)
    click.echo(f"framework {framework_id}")


@main.command("add-user")
@click.argument("login")
@click.option("--name", required=True, help="Name or post of the person.")
@click.option("--role", default="", help="First role, such as admin, lead or evaluator; none otherwise.")
@click.option("--unit", default=arranging.ROOT_UNIT, show_default=True, help="Unit whose subtree it covers.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder for all data.")
def add_user(login: str, name: str, role: str, unit: str, data: Path | None) -> None:
    """Open an account and print its random password, this once."""
    platform = _open(data_dir=data.resolve() if data else None)
    try:
        arranging.ensure_root(platform)
        wanted = registering.NewAccount(login, name, role=role, unit_code=unit)
        outcome = registering.open_account(platform, None, wanted)
    except StorageUnavailable as error:
        raise click.ClickException(str(error)) from None
    finally:
        platform.close()
    if not isinstance(outcome, registering.Opened):
        raise click.ClickException(outcome.sentence["en"])
    click.echo(f"login     {outcome.login}")
    click.echo(f"password  {outcome.password}")


if __name__ == "__main__":
    main()
