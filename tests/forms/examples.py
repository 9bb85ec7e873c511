# ruff: noqa: E501 -- a questionnaire has one line for each question
"""Small questionnaires written for these tests, and short ways to fill them."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.filling import Filling, fill
from surveyapp.forms.form import Form, load_form

NOW = datetime(2018, 11, 5, 1, 30, tzinfo=UTC)
SETTINGS = """| settings |
| | form_title::中文 (zh) | form_title::English (en) | form_id | version | default_language |
| | 办事体验 | Service | example | 2018110501 | 中文 (zh) |
"""
HALL = """| survey |
| | type | name | label::中文 (zh) | label::English (en) | relevant | required | constraint | constraint_message::中文 (zh) | constraint_message::English (en) | calculation | choice_filter | appearance | parameters | default |
| | begin_group | visit | 办理经过 | The visit | | | | | | | | | | |
| | integer | times | 您到现场“几次” | How often did you come | | yes | . >= 0 and . <= 50 | 请填 0 到 50 | 0 to 50 please | | | | | |
| | select_one yn | waited | 排队了吗（共 ${times} 次） | Did you queue (${times} visits) | ${times} > 0 | yes | | | | | | | | |
| | select_multiple trouble | troubles | 遇到哪些问题 | What troubles | ${waited} = 'yes' | | | | | | | | | |
| | text | story | 请说明 | Tell us | selected(${troubles}, 'other') | | string-length(.) <= 20 | | | | | multiline | | |
| | end_group | | | | | | | | | | | | | |
| | select_one city | city | 市州 | City | | | | | | | | minimal | | |
| | select_one county | county | 县区 | County | | | | | | | city = ${city} | | | |
| | date | on | 哪一天 | Which day | | | . <= today() | | | | | | | |
| | time | at | 几点 | What time | | | | | | | | | | |
| | decimal | hours | 用时 | Hours | | | | | | | | | | |
| | range | score | 打分 | Score | | | | | | | | | start=0 end=10 step=1 | |
| | geopoint | place | 位置 | Place | | | | | | | | | | |
| | image | photo | 照片 | Photo | | | | | | | | | | |
| | acknowledge | agree | 同意回访 | May we call | | | | | | | | | | |
| | begin_repeat | windows | 窗口 | Windows | | | | | | | | | | |
| | text | label | 窗口名 | Name | | | | | | | | | | |
| | integer | minutes | 分钟 | Minutes | | | | | | | | | | |
| | end_repeat | | | | | | | | | | | | | |
| | calculate | total | | | | | | | | sum(${minutes}) | | | | |
| | calculate | late | | | | | | | | if(${total} > 60, 'yes', 'no') | | | | |
| | hidden | site | | | | | | | | | | | | hall-1 |
| | note | thanks | 谢谢 | Thank you | ${late} = 'yes' | | | | | | | | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) | city | exclusive | apart |
| | yn | yes | 是 | Yes | | | |
| | yn | no | 否 | No | | | |
| | yn | dk | 不清楚 | Not sure | | | yes |
| | trouble | paper | 材料多 | Papers | | | |
| | trouble | other | 其他 | Other | | | |
| | trouble | none | 都没有 | None | | yes | |
| | city | cc | 长春 | Changchun | | | |
| | city | jl | 吉林 | Jilin | | | |
| | county | na | 南关 | Nanguan | cc | | |
| | county | cy | 船营 | Chuanying | jl | | |
"""


@cache
def hall() -> Form:
    """The form most tests fill."""
    return load_form(convert_markdown(HALL + SETTINGS).xform)


def filled(form: Form | None = None, **answers: Any) -> Filling:
    """A filling of the form, the hall form unless another is given."""
    return fill(form or hall(), answers, now=NOW)


def codes(filling: Filling) -> dict[str, str]:
    """Problem codes by path."""
    return {problem.path: problem.code for problem in filling.problems}


def form_of(rows: str, choices: str = "") -> Form:
    """A form of survey rows 'type | name | label | relevant | required | constraint | calculation'."""
    return load_form(convert_markdown(markdown_of(rows, choices)).xform)


def markdown_of(rows: str, choices: str = "") -> str:
    """The Markdown of survey rows given one a line without outer pipes."""
    head = "| survey |\n| | type | name | label | relevant | required | constraint | calculation | repeat_count |\n"
    body = "".join(f"| | {line.strip()} |\n" for line in rows.strip().splitlines())
    lists = f"| choices |\n| | list_name | name | label |\n{choices}" if choices else ""
    return f"{head}{body}{lists}| settings |\n| | form_title | form_id | version |\n| | T | t | 1 |\n"
