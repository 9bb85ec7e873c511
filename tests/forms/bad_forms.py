"""Questionnaires nobody means well with, or too large for anybody, as Markdown tables and as XForms."""

from __future__ import annotations

from collections.abc import Callable

SETTINGS = "| settings |\n| | form_id | version |\n| | t | 1 |\n"
HEAD = "| | type | name | label | relevant | calculation | repeat_count |\n"
CHOICES = "| choices |\n| | list_name | name | label |\n"


def sheets(rows: str, choices: str = "") -> str:
    """A questionnaire of rows with six cells; `choices` are rows of list, name and label."""
    return f"| survey |\n{HEAD}{rows}{CHOICES + choices if choices else ''}{SETTINGS}"


def text(name: str, relevant: str = "") -> str:
    """The row of a text question."""
    return f"| | text | {name} | Q | {relevant} | | |\n"


def calculation(name: str, formula: str) -> str:
    """The row of a calculation."""
    return f"| | calculate | {name} | | | {formula} | |\n"


def nested(kind: str, depth: int) -> str:
    """Groups or repeats in each other with a question at the bottom."""
    opened = "".join(f"| | begin_{kind} | g{n} | G | | | |\n" for n in range(depth))
    return opened + text("a") + f"| | end_{kind} | | | | | |\n" * depth


SELECT = "| | select_one l | q | Q | | | |\n"


def options(number: int) -> str:
    """Rows of one list."""
    return "".join(f"| | l | c{n} | C{n} |\n" for n in range(number))


def lists(number: int) -> str:
    """As many questions as lists."""
    rows = "".join(f"| | select_one l{n} | q{n} | Q | | | |\n" for n in range(number))
    return sheets(rows, "".join(f"| | l{n} | c | C |\n" for n in range(number)))


def chain(number: int, step: int) -> str:
    """Questions each of which waits for the one before it, or after it where `step` is 1."""
    ends = {0: number - 1, -1: 0}[0 if step == 1 else -1]
    return sheets(
        "".join(text(f"q{n}", "" if n == ends else f"${{q{n + step}}} != ''") for n in range(number))
    )


SUM_OF_REPEAT = (
    "| | begin_repeat | r | R | | | ${n} |\n| | integer | x | X | | | |\n| | end_repeat | | | | | |\n"
)
GROUP = "| | begin_group | g | G | ${a} = '1' | | |\n" + text("a") + "| | end_group | | | | | |\n"
REFUSED: dict[str, tuple[Callable[[], str], str, str]] = {
    "ten thousand questions": (
        lambda: sheets("".join(text(f"q{n}") for n in range(10_000))),
        "rows_many",
        "survey:2503:",
    ),
    "a million rows": (
        lambda: sheets("| | | | | | | |\n" * 3_000 + text("a") * 300_000),
        "rows_many",
        ":50001:",
    ),
    "a hundred thousand options": (lambda: sheets(SELECT, options(100_000)), "rows_many", ":50001:"),
    "twenty thousand options": (lambda: sheets(SELECT, options(20_000)), "rows_many", "choices:10006:"),
    "twenty thousand columns": (
        lambda: (
            "| survey |\n| | type | name |" + "".join(f" c{n} |" for n in range(20_000)) + "\n" + SETTINGS
        ),
        "columns_many",
        "survey:0:",
    ),
    "three thousand groups in each other": (
        lambda: sheets(nested("group", 1_200)),
        "nested_deep",
        "survey:53:type",
    ),
    "a thousand repeats in each other": (
        lambda: sheets(nested("repeat", 1_000)),
        "nested_deep",
        "survey:53:type",
    ),
    "groups that never end": (
        lambda: sheets("".join(f"| | begin_group | g{n} | G | | | |\n" for n in range(40))),
        "questionnaire_refused",
        "survey:41",
    ),
    "eighty thousand outputs": (
        lambda: sheets(
            text("a") + "".join(f"| | note | n{n} | {'${a} ' * 200}| | | |\n" for n in range(400))
        ),
        "references_many",
        "survey:44:",
    ),
    "a name of half a million letters": (lambda: sheets(text("a" * 500_000)), "name_long", "survey:3:name"),
    "a condition of a million signs": (
        lambda: sheets(text("a", "1+" * 500_000 + "1")),
        "expression_too_long",
        "survey:3:relevant",
    ),
    "ten thousand brackets": (
        lambda: sheets(text("a", "(" * 10_000 + "1" + ")" * 10_000)),
        "expression_too_deep",
        "survey:3:relevant",
    ),
    "a calculation of each other": (
        lambda: sheets(calculation("a", "${b}") + calculation("b", "${a}")),
        "cycle",
        "survey:3:name",
    ),
    "a cycle of twenty-four hundred": (
        lambda: sheets("".join(calculation(f"q{n}", f"${{q{(n + 1) % 2_490}}}") for n in range(2_490))),
        "cycle",
        "survey:3:name",
    ),
    "a group that waits for what is in it": (lambda: sheets(GROUP), "cycle", "survey:3:name"),
    "a repeat counted by itself": (
        lambda: sheets(SUM_OF_REPEAT + calculation("n", "sum(${x})")),
        "cycle",
        "survey:3:name",
    ),
    "a look-up of each other": (
        lambda: sheets(
            calculation("a", "pulldata('f', 'v', 'k', ${b})")
            + calculation("b", "pulldata('f', 'v', 'k', ${a})")
        ),
        "cycle",
        "survey:3:name",
    ),
    "a sheet that comes twice": (
        lambda: sheets(text("a")) + "| survey |\n| | type | name |\n",
        "sheet_twice",
        "survey:7:",
    ),
    "a control character": (
        lambda: sheets("| | text | a | Q\x1b[2J | | | |\n"),
        "sign_forbidden",
        "survey:3:",
    ),
    "half a pair": (lambda: sheets("| | text | a | Q\ud800 | | | |\n"), "sign_forbidden", "survey:3:"),
    "a pattern without an end": (
        lambda: sheets(text("a", "regex(., '(a+)+$')")),
        "pattern_risky",
        "survey:3:relevant",
    ),
}
ACCEPTED: dict[str, Callable[[], str]] = {
    "names that scripts know": lambda: sheets(
        text("__proto__") + text("constructor", "${__proto__} = 'x'") + text("prototype") + text("toString")
    ),
    "options and lists that scripts know": lambda: sheets(
        "| | select_one __proto__ | hasOwnProperty | Q | | | |\n",
        "| | __proto__ | constructor | C |\n| | __proto__ | __proto__ | P |\n",
    ),
    "entities as words": lambda: sheets("| | text | a | &lol; <!DOCTYPE x> <!ENTITY b 'c'> ]]> | | | |\n"),
    "as many rows as allowed": lambda: sheets("".join(text(f"q{n}") for n in range(2_500))),
    "a chain as long as allowed": lambda: chain(2_500, -1),
    "a chain backwards": lambda: chain(2_500, 1),
    "as many options as allowed": lambda: sheets(SELECT, options(10_000)),
    "as many lists as allowed": lambda: lists(2_500),
    "as many references as allowed": lambda: sheets(
        text("a") + "".join(text(f"n{n}", "${a} + " * 50 + "1") for n in range(159))
    ),
    "as many outputs as allowed": lambda: sheets(
        text("a") + "".join(f"| | note | n{n} | {'${a} ' * 50}| | | |\n" for n in range(159))
    ),
    "as many levels as allowed": lambda: sheets(nested("group", 50)),
    "a label of a million signs": lambda: sheets(f"| | text | a | {'x' * 1_000_000} | | | |\n"),
}
XFORM = (
    '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model>'
    '<instance><d id="x" version="1">{questions}</d></instance>{binds}</model></h:head><h:body/></h:html>'
)


def xform(questions: str, binds: str = "") -> str:
    """An XForm as another program may have written it."""
    return XFORM.format(questions=questions, binds=binds)


_ENTITIES = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
BAD_XFORMS: dict[str, Callable[[], str]] = {
    "a document type": lambda: "<!DOCTYPE h:html>" + xform("<a/>"),
    "laughs": lambda: f"<!DOCTYPE x [<!ENTITY a0 'ha'>{_ENTITIES}]>" + xform("<a>&a9;</a>"),
    "an entity from a file": lambda: (
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xform("<a>&a;</a>")
    ),
    "a document type behind a long comment": lambda: (
        f"<!--{' ' * 200_000}--><!DOCTYPE x [<!ENTITY a 'b'>]>" + xform("<a>&a;</a>")
    ),
    "an unknown entity": lambda: xform("<a>&nothing;</a>"),
    "elements a hundred thousand deep": lambda: xform("<a>" * 100_000 + "</a>" * 100_000),
    "ten thousand and one questions": lambda: xform("".join(f"<q{n}/>" for n in range(10_001))),
    "half a document": lambda: xform("<a/>")[:-30],
    "a cycle": lambda: xform(
        "<a/><b/>", '<bind nodeset="/d/a" calculate="/d/b"/><bind nodeset="/d/b" calculate="/d/a"/>'
    ),
    "nothing": lambda: "",
}
