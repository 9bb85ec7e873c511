# ruff: noqa: E501 -- a questionnaire has one line for each question
"""Forms that ask the two engines about corners: blanks, dates, repeats within repeats, lists, long chains."""

_HEAD = "| survey |\n| | type | name | label | relevant | required | constraint | calculation | choice_filter | repeat_count | default |\n"
_TAIL = """| choices |
| | list_name | name | label | group |
| | yn | yes | Yes | a |
| | yn | no | No | b |
| | many | a | A | a |
| | many | b | B | a |
| | many | c | C | b |
| settings |
| | form_title | form_id | version |
| | T | torture | 1 |
"""


def _form(rows: str) -> str:
    return _HEAD + "".join(f"| | {line.strip()} |\n" for line in rows.strip().splitlines()) + _TAIL


def _calculations(rows: str, expressions: dict[str, str]) -> str:
    lines = [f"calculate | {name} | | | | | {text} | | |" for name, text in expressions.items()]
    return _form(rows + "\n" + "\n".join(lines))


BLANKS = _calculations(
    """
    integer | n | N | | ${t} != '' | . > 0 or . = -1 | | | |
    decimal | d | D | ${n} > 1 | | . < ${n} * 10 | | | |
    text | t | T | | | string-length(.) < 5 | | | |
    select_one yn | s | S | ${d} > 0 or ${n} = 3 | ${n} > 2 | | | | |
    select_multiple many | m | M | ${s} = 'yes' | | count-selected(.) <= 2 | | | |
    """,
    {
        "b1": "${n} + ${d}",
        "b2": "coalesce(${n}, 0) + coalesce(${d}, 0)",
        "b3": "if(${n} > ${d}, 'more', 'less')",
        "b4": "${n} = ''",
        "b5": "${s} = 'yes'",
        "b6": "not(${s} = 'yes')",
        "b7": "selected(${m}, 'a')",
        "b8": "count-selected(${m})",
        "b9": "selected-at(${m}, 1)",
        "b10": "concat(${t}, '-', ${n}, '-', ${d})",
        "b11": "string-length(${t})",
        "b12": "round(${d} * 3, 1)",
        "b13": "int(${d})",
        "b14": "${n} div 3 > 1",
        "b15": "${n} mod 3",
        "b16": "substr(${t}, 1, 3)",
        "b17": "regex(${t}, '[a-z]+')",
        "b18": "max(${n}, 5)",
        "b19": "min(coalesce(${n}, 1), coalesce(${d}, 2))",
        "b20": "jr:choice-name(${s}, '${s}')",
        "b21": "if(string-length(${t}) > 2 and ${n} != '', 'long', 'short')",
        "b22": "starts-with(${t}, 'a')",
        "b23": "contains(${t}, 'b')",
        "b24": "translate(${t}, 'abc', 'xyz')",
        "b25": "normalize-space(concat(' ', ${t}, '  x '))",
        "b26": "substring-before(${t}, 'b')",
        "b27": "substring-after(${t}, 'b')",
        "b28": "pow(${n}, 2)",
        "b29": "checklist(1, 2, ${n} > 1, ${d} > 1, ${s} = 'yes')",
        "b30": "weighted-checklist(2, 3, ${n} > 1, 2, ${d} > 1, 1)",
        "b31": "boolean-from-string(${t})",
        "b32": "digest(${t}, 'MD5', 'hex')",
        "b33": "ends-with(${t}, 'c')",
        "b34": "number(${t})",
        "b35": "${t} > 3",
        "b36": "-${n}",
        "b37": "string(${n} * 1.5)",
        "b38": "abs(${d})",
        "b39": "sqrt(${n})",
        "b40": "once(${n})",
        "b41": "${b1} > 3 and ${b2} > 3",
        "b42": "string(1 div 3)",
        "b43": "string(10 div 2)",
    },
)
DATES = _calculations(
    """
    date | on | On | | | . <= today() | | | |
    date | to | To | ${on} != '' | | . >= ${on} | | | |
    dateTime | at | At | | | | | | |
    time | clock | Clock | | | | | | |
    """,
    {
        "d1": "${to} - ${on}",
        "d2": "${to} > ${on}",
        "d3": "format-date(${on}, '%Y/%m/%d %n %e %b %a')",
        "d4": "format-date-time(${at}, '%H:%M:%S')",
        "d5": "int(decimal-date-time(${on}))",
        "d6": "date(${on}) < date('2018-06-01')",
        "d7": "${on} < today()",
        "d8": "string(date(${on} + 30))",
        "d9": "round(decimal-time(${clock}) * 24, 2)",
        "d10": "date('2018-02-28') + 1",
        "d11": "if(${on} = '', 'none', ${on})",
        "d12": "format-date(date(decimal-date-time(${on}) + 7), '%Y-%m-%d')",
        "d13": "string(${on})",
        "d14": "${on} = '2018-03-04'",
        "d15": "int((today() - ${on}) div 365.25)",
    },
)
REPEATS = _calculations(
    """
    integer | people | P | | | . <= 4 | | | |
    begin_repeat | person | Person | | | | | | if(${people} > 4, 4, ${people}) |
    text | name | Name | | | | | | |
    integer | age | Age | string-length(${name}) > 0 | yes | . < 120 | | | |
    select_one yn | works | Works | ${age} > 15 | | | | | |
    calculate | number | | | | | position(..) | | |
    calculate | older | | | | | ${age} > 40 | | |
    begin_repeat | job | Job | ${works} = 'yes' | | | | | |
    text | title | Title | | | | | | |
    integer | pay | Pay | ${title} != '' | | . > 0 | | | |
    end_repeat | | | | | | | | |
    calculate | earned | | | | | sum(${pay}) | | |
    end_repeat | | | | | | | | |
    """,
    {
        "r1": "count(${person})",
        "r2": "sum(${age})",
        "r3": "max(${age})",
        "r4": "min(${age})",
        "r5": "count(${age})",
        "r6": "count-non-empty(${age})",
        "r7": "join(', ', ${name})",
        "r8": "indexed-repeat(${name}, ${person}, 1)",
        "r9": "sum(${pay})",
        "r10": "count(${job})",
        "r11": "sum(${earned})",
        "r12": "indexed-repeat(${age}, ${person}, 2) + 1",
        "r13": "if(count(${person}) > 0, sum(${age}) div count(${person}), 0)",
        "r14": "count(${person}[age > 15])",
    },
)
CHAINS = _form(
    "integer | q0 | Q | | | | | | |\n"
    + "\n".join(
        f"integer | q{at} | Q | ${{q{at - 1}}} > {at % 3} | ${{q{at - 1}}} > 2 | . >= ${{q{at - 1}}} - 5 | | | |"
        for at in range(1, 30)
    )
    + "\n"
    + "\n".join(f"calculate | c{at} | | ${{q{at}}} > 1 | | | ${{q{at}}} + {at} | | |" for at in range(30))
    + "\n"
    + "\n".join(f"note | n{at} | N | ${{c{at}}} > 5 and ${{q0}} > 1 | | | | | |" for at in range(30))
)
TORTURE = {"blanks": BLANKS, "dates": DATES, "repeats": REPEATS, "chains": CHAINS}
