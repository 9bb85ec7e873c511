"""The house rules that a machine can hold: who imports whom, what pure rooms may not touch, sizes, names.

Each test lists every breach with file and line. A rule changes here, together with a decision record.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "surveyapp"
PURE = frozenset({"forms", "stats", "evaluation"})


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


# Which rooms a room may import from, itself aside.
ROOMS: dict[str, frozenset[str]] = {
    "forms": frozenset(),
    "stats": frozenset(),
    "evaluation": frozenset({"stats"}),
    "config": frozenset(),
    "gateways": frozenset(),
    "storage": frozenset({"forms", "evaluation", "config"}),
    "services": frozenset({"forms", "evaluation", "stats", "storage", "gateways", "config"}),
    "web": frozenset({"services", "forms", "evaluation", "storage.queries", "config"}),
    "application": frozenset({"web", "services", "config"}),
    "serving": frozenset({"application", "services", "config"}),
    "cli": frozenset({"serving", "services", "config"}),
}
# In which rooms a library may appear; one that is not listed has no place yet.
LIBRARIES: dict[str, frozenset[str]] = {
    "lxml": frozenset({"forms"}),
    "pyxform": frozenset({"forms"}),
    "numpy": frozenset({"stats"}),
    "scipy": frozenset({"stats"}),
    "sqlalchemy": frozenset({"storage"}),
    "alembic": frozenset({"storage"}),
    "pydantic": frozenset({"config", "services", "web"}),
    "click": frozenset({"cli"}),
    "waitress": frozenset({"serving"}),
    **dict.fromkeys(("flask", "werkzeug", "jinja2", "markupsafe"), frozenset({"web", "application"})),
    **dict.fromkeys(("flask_wtf", "flask_login", "flask_limiter", "wtforms", "babel"), frozenset({"web"})),
    **dict.fromkeys(("twilio", "requests", "huey", "redis", "psycopg", "boto3"), frozenset({"gateways"})),
    **dict.fromkeys(("PIL", "qrcode", "xlsxwriter", "python_calamine"), frozenset({"gateways"})),
    **dict.fromkeys(("argon2", "pyotp", "cryptography"), frozenset({"gateways"})),
}
# Modules of the standard library that read the clock, the disk, the network or chance.
IMPURE_MODULES = words(
    "time os io.open pathlib tempfile shutil glob random secrets uuid socket subprocess urllib.request "
    "threading asyncio sqlite3 logging"
)
IMPURE_CALLS = words(
    "open input print exec eval compile breakpoint datetime.now datetime.utcnow datetime.today date.today "
    "datetime.datetime.now datetime.date.today"
)
# These are only types and seeded generators that arrive as arguments.
# PCG64 is chance only without its seed; stats.chance always states one.
PURE_NAMES = words("random.Random uuid.UUID pathlib.PurePath pathlib.PurePosixPath np.random.PCG64")
FORBIDDEN_NAMES = frozenset({"util", "utils", "helper", "helpers", "common", "core", "misc", "shared"})
MODULE_LINES = 350
FUNCTION_LINES = 40


def python_files(*folders: str) -> list[Path]:
    """The Python files below these folders of the checkout, in order."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def at(path: Path, node: ast.AST | None = None) -> str:
    """A place in the checkout, as an editor understands it."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def report(breaches: list[str]) -> None:
    """Fails with one breach a line."""
    assert not breaches, "\n" + "\n".join(breaches)


def room_of(path: Path) -> str:
    """The room a file of the package belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[ast.AST, str]]:
    """Every module a file imports; `from a import b` gives `a.b`, since b may be a module."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module or ''}.{alias.name}") for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file, nested ones too."""
    return (
        node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def public_classes(path: Path) -> list[ast.ClassDef]:
    """The classes that other modules may use."""
    return [n for n in tree_of(path).body if isinstance(n, ast.ClassDef) and not n.name.startswith("_")]


def dotted(node: ast.AST) -> str:
    """`a.b.c` for such an expression, '' for any other."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def may_import(room: str, name: str) -> bool:
    """Whether a room may import `surveyapp.<name>`."""
    allowed = {room, *ROOMS.get(room, frozenset())}
    return any(name == part or name.startswith(f"{part}.") for part in allowed)


def test_rooms_import_only_what_the_table_allows() -> None:
    breaches = [
        f"{at(path, node)}: {room_of(path)} imports {name}"
        for path in python_files("surveyapp")
        for node, name in imports(path)
        if name.startswith("surveyapp.") and not may_import(room_of(path), name.removeprefix("surveyapp."))
    ]
    report(breaches)


def test_every_room_is_in_the_table() -> None:
    present = {room_of(path) for path in python_files("surveyapp")} - {"__init__"}
    assert present <= set(ROOMS), "give the new room its line in the table"


def test_libraries_appear_only_in_the_rooms_they_belong_to() -> None:
    breaches = [
        f"{at(path, node)}: {room_of(path)} imports {name}"
        for path in python_files("surveyapp")
        for node, name in imports(path)
        if (top := name.partition(".")[0]) not in sys.stdlib_module_names | {"surveyapp"}
        and room_of(path) not in LIBRARIES.get(top, frozenset())
    ]
    report(breaches)


def test_of_scipy_only_the_special_functions_are_imported() -> None:
    breaches = [
        f"{at(path, node)}: {name}"
        for path in python_files("surveyapp")
        for node, name in imports(path)
        if name.startswith("scipy") and not name.startswith("scipy.special")
    ]
    report(breaches)


def test_pure_rooms_touch_no_clock_no_file_and_no_chance() -> None:
    breaches = []
    for path in python_files(*(f"surveyapp/{room}" for room in sorted(PURE))):
        for node, name in imports(path):
            parts = {name, name.partition(".")[0], name.rpartition(".")[0]}
            if parts & IMPURE_MODULES and name not in PURE_NAMES | {"random", "uuid"}:
                breaches.append(f"{at(path, node)}: imports {name}")
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and _is_impure(dotted(node.func)):
                breaches.append(f"{at(path, node)}: calls {dotted(node.func)}")
    report(breaches)


def _is_impure(name: str) -> bool:
    if name in PURE_NAMES:
        return False
    chance = name.startswith(("random.", "uuid.uuid", "numpy.random.", "np.random."))
    return chance or name in IMPURE_CALLS


def test_no_import_is_relative() -> None:
    breaches = [
        at(path, node)
        for path in python_files("surveyapp", "tests", "bench", "migrations")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    report(breaches)


def test_no_import_stands_inside_a_function() -> None:
    breaches = [
        at(path, node)
        for path in python_files("surveyapp", "tests", "bench", "migrations")
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    report(breaches)


def test_no_folder_and_no_module_is_a_drawer_for_anything() -> None:
    breaches = [
        at(path)
        for path in python_files("surveyapp", "tests", "bench")
        if FORBIDDEN_NAMES & {*path.relative_to(ROOT).parts, path.stem}
    ]
    report(breaches)


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    names = sys.stdlib_module_names - {"__init__", "__main__"}
    breaches = [
        at(path)
        for path in python_files("surveyapp", "tests", "bench")
        if path.stem in names or path.parent.name in names
    ]
    report(breaches)


def test_only_the_database_module_commits() -> None:
    allowed = {PACKAGE / "storage" / "database.py"}
    migrating = {PACKAGE / "storage" / "migrations.py"}
    breaches = [
        f"{at(path, node)}: {node.func.attr}()"
        for path in python_files("surveyapp")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (
            (node.func.attr == "commit" and path not in allowed)
            or (node.func.attr == "begin" and path not in allowed | migrating)
        )
    ]
    report(breaches)


def test_modules_keep_their_size() -> None:
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in python_files("surveyapp", "bench")}
    breaches = [f"{at(path)}: {size} lines" for path, size in sizes.items() if size > MODULE_LINES]
    report(breaches)


def test_functions_keep_their_size() -> None:
    breaches = [
        f"{at(path, function)}: {function.name} has {size} lines"
        for path in python_files("surveyapp", "bench", "tests")
        for function in functions(path)
        if (size := (function.end_lineno or function.lineno) - function.lineno + 1) > FUNCTION_LINES
    ]
    report(breaches)


def test_every_module_says_what_it_is_for() -> None:
    breaches = []
    for path in python_files("surveyapp", "bench", "tests"):
        opening = ast.get_docstring(tree_of(path))
        if path.name == "__init__.py" and not tree_of(path).body:
            continue
        if not opening or len(opening.splitlines()) > 8:
            breaches.append(f"{at(path)}: opens with one to five lines about itself")
    report(breaches)


def test_public_functions_of_the_package_say_what_they_do() -> None:
    breaches = [
        f"{at(path, node)}: {node.name}"
        for path in python_files("surveyapp")
        for scope in [tree_of(path), *public_classes(path)]
        for node in scope.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    report(breaches)


def test_escaping_is_never_switched_off() -> None:
    switched_off = re.compile(r"autoescape\s*=\s*False|autoescape\s+false|select_autoescape", re.IGNORECASE)
    files = [*python_files("surveyapp"), *sorted((PACKAGE / "templates").rglob("*"))]
    breaches = [at(path) for path in files if path.is_file() and switched_off.search(path.read_text("utf-8"))]
    report(breaches)


def test_the_parts_are_joined_in_one_short_function() -> None:
    joining = [
        (path, function)
        for path in python_files("surveyapp")
        for function in functions(path)
        if function.name == "create_app"
    ]
    assert [room_of(path) for path, _ in joining] in (["application"], ["__init__"])
    (_, function) = joining[0]
    assert (function.end_lineno or 0) - function.lineno + 1 <= FUNCTION_LINES


def test_questionnaires_hold_no_python() -> None:
    assert python_files("questionnaires") == []


@pytest.mark.parametrize("folder", ["tests/vendor", "static/vendor", "static/fonts"])
def test_what_comes_from_elsewhere_is_noted_with_licence_version_and_sum(folder: str) -> None:
    files = [path for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    noted = "".join(path.read_text("utf-8") for path in files if path.name == "README.md")
    breaches = [
        f"{at(path)}: its sha256 is not in {folder}/README.md"
        for path in files
        if path.suffix in {".js", ".css", ".otf", ".woff2", ".ttf", ".wasm"}
        and hashlib.sha256(path.read_bytes()).hexdigest() not in noted
    ]
    report(breaches)


def test_the_locks_name_no_address_and_pin_every_package_by_its_sum() -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert not re.search(r"https?:|^\s*-[a-z-]|file:", text.replace("    --hash", ""), re.MULTILINE)
        entries = re.split(r"\n(?=\S)", text.strip())
        assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_test_lock_holds_every_package_of_the_other_in_the_same_version() -> None:
    pins = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-test.lock")
    ]
    assert pins[0] - pins[1] == set()
