# ruff: noqa: E501 -- a questionnaire has one line for each question
"""A questionnaire with one question of each type and appearance that the page shows."""

from functools import cache

from surveyapp.forms.conversion import convert_markdown
from surveyapp.forms.form import Form, load_form

WIDGETS = """| survey |
| | type | name | label::中文 (zh) | label::English (en) | hint::中文 (zh) | hint::English (en) | relevant | required | calculation | repeat_count | choice_filter | appearance | parameters | readonly |
| | begin_group | text | 文字 | Text | | | | | | | | | | |
| | text | short | 简短回答 | Short | 一句话 | One line | | | | | | | | |
| | text | long | 详细回答 | Long | | | | | | | | multiline | | |
| | text | secret | 密码 | Secret | | | | | | | | masked | | |
| | text | link | 网址 | Address | | | | | | | | url | | |
| | barcode | code | 条码 | Bar code | | | | | | | | | | |
| | end_group | | | | | | | | | | | | | |
| | begin_group | numbers | 数字 | Numbers | | | | | | | | | | |
| | integer | people | 人数 | People | | | | yes | | | | counter | | |
| | integer | money | 金额 | Money | | | | | | | | thousands-sep | | |
| | decimal | hours | 小时 | Hours | | | | | | | | | | |
| | range | score | 打分 | Score | | | | | | | | | start=0 end=10 step=1 | |
| | range | pick | 选分 | Pick | | | | | | | | picker | start=0 end=100 step=5 | |
| | calculate | double | | | | | | | ${people} * 2 | | | | | |
| | text | shown | 两倍人数 | Twice | | | | | concat(${double}, ' 人') | | | | | |
| | end_group | | | | | | | | | | | | | |
| | begin_group | times | 时间 | Times | | | | | | | | | | |
| | date | day | 日期 | Day | | | | | | | | | | |
| | date | month | 年月 | Month | | | | | | | | month-year | | |
| | date | year | 年份 | Year | | | | | | | | year | | |
| | time | hour | 时刻 | Hour | | | | | | | | | | |
| | dateTime | moment | 日期和时刻 | Moment | | | | | | | | | | |
| | end_group | | | | | | | | | | | | | |
| | begin_group | choices | 选择 | Choices | | | | | | | | | | |
| | select_one fruit | one | 单选 | One | | | | | | | | | | |
| | select_one fruit | menu | 菜单 | Menu | | | | | | | | minimal | | |
| | select_one fruit | scale | 量表 | Scale | | | | | | | | likert | | |
| | select_one fruit | wide | 分栏 | Columns | | | | | | | | columns | | |
| | select_multiple fruit | many | 多选 | Many | | | | | | | | | | |
| | select_multiple fruit | folded | 折叠多选 | Folded | | | | | | | | minimal | | |
| | select_one fruit | find | 查找 | Find | | | | | | | | autocomplete | | |
| | rank fruit | order | 排序 | Order | | | | | | | | | | |
| | acknowledge | agree | 同意 | Agree | | | | | | | | | | |
| | end_group | | | | | | | | | | | | | |
| | begin_group | places | 位置 | Places | | | | | | | | | | |
| | geopoint | point | 地点 | Point | | | | | | | | | capture-accuracy=20 | |
| | geotrace | trace | 路线 | Trace | | | | | | | | | | |
| | geoshape | shape | 范围 | Shape | | | | | | | | | | |
| | end_group | | | | | | | | | | | | | |
| | begin_group | files | 文件 | Files | | | | | | | | | | |
| | image | photo | 照片 | Photo | | | | | | | | | | |
| | image | sign | 签名 | Signature | | | | | | | | signature | | |
| | audio | sound | 录音 | Sound | | | | | | | | | | |
| | file | paper | 材料 | Paper | | | | | | | | | | |
| | end_group | | | | | | | | | | | | | |
| | begin_repeat | windows | 窗口 | Windows | | | | | | | | | | |
| | text | window | 窗口名称 | Window | | | | | | | | | | |
| | select_one yn | busy | 排队吗 | Busy | | | | | | | | | | |
| | integer | minutes | ${window} 等了几分钟 | Minutes at ${window} | | | ${busy} = 'yes' | yes | | | | | | |
| | end_repeat | | | | | | | | | | | | | |
| | begin_repeat | persons | 来人 | Persons | | | | | | ${people} | | | | |
| | text | role | 角色 | Role | | | | | | | | | | |
| | end_repeat | | | | | | | | | | | | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | yn | yes | 是 | Yes |
| | yn | no | 否 | No |
| | fruit | apple | 苹果 | Apple |
| | fruit | pear | 梨 | Pear |
| | fruit | plum | 李子 | Plum |
| settings |
| | form_title::中文 (zh) | form_title::English (en) | form_id | version | default_language |
| | 各种题型 | Widgets | widgets | 1 | 中文 (zh) |
"""


@cache
def widgets() -> Form:
    """The form."""
    converted = convert_markdown(WIDGETS)
    if converted.problems:
        raise AssertionError(converted.problems)
    return load_form(converted.xform)
