"""The sentences of the engine's problems in Chinese and English: what is wrong and what to do."""

from collections.abc import Mapping

from surveyapp.forms.problem import Problem

SENTENCES: Mapping[str, tuple[str, str]] = {
    "required": ("请回答这一题", "Please answer this question"),
    "constraint": ("这个回答不符合要求，请检查后修改", "This answer is not allowed here; please check it"),
    "soft": (
        "这个回答少见，请核对；确实如此请说明原因",
        "This answer is unusual; please check it, or confirm it and say why",
    ),
    "reason_long": ("原因不超过 %(most)s 字，请缩短", "The reason exceeds %(most)s characters; shorten it"),
    "integer": ("请填整数，用半角数字，例如 12", "Enter a whole number in digits, for example 12"),
    "decimal": ("请填数字，例如 12.5，小数点用“.”", "Enter a number, for example 12.5, with a point"),
    "number_too_long": ("数字太长，请核对后重新填写", "The number is too long; please check it"),
    "range": (
        "请填 %(start)s 到 %(end)s 之间的数",
        "Enter a number from %(start)s to %(end)s",
    ),
    "date": ("请填真实的日期，例如 2018-11-05", "Enter a real date, for example 2018-11-05"),
    "time": ("请填时间，例如 09:30", "Enter a time, for example 09:30"),
    "datetime": (
        "请填日期和时间，例如 2018-11-05T09:30",
        "Enter a date and time, for example 2018-11-05T09:30",
    ),
    "geopoint": (
        "请填纬度和经度，例如 43.88 125.32",
        "Enter latitude and longitude, for example 43.88 125.32",
    ),
    "geotrace": (
        "请填至少两个点，每个点写纬度和经度，点之间用“;”隔开",
        "Enter at least two points, each latitude and longitude, parted by “;”",
    ),
    "geoshape": (
        "请填至少三个点并回到起点，每个点写纬度和经度，点之间用“;”隔开",
        "Enter at least three points and return to the first, each latitude and longitude, parted by “;”",
    ),
    "points_many": ("点超过 %(most)s 个，请减少", "More than %(most)s points; use fewer"),
    "range_step": (
        "请从 %(start)s 起按 %(step)s 一档填写",
        "Enter %(start)s or a number whole steps of %(step)s away from it",
    ),
    "file": ("文件名不正确，请重新选择文件", "The file name is wrong; please choose the file again"),
    "acknowledge": ("请勾选或留空", "Tick the box or leave it empty"),
    "choice_unknown": ("请从给出的选项中选择", "Please choose one of the options shown"),
    "choice_twice": ("同一个选项选了两次，请只选一次", "An option was chosen twice; choose it once"),
    "rank_incomplete": ("请给每一项都排上次序", "Please give every option its place in the order"),
    "rank_places": (
        "每个位次只能给一个选项，请用 1、2、3……排出先后",
        "Give each place to one option only, with 1, 2, 3 and so on",
    ),
    "choice_exclusive": (
        "“%(label)s”不能与其他选项同时选，请只保留一种",
        "“%(label)s” cannot be combined with other options; keep one or the other",
    ),
    "one_answer": ("这一题只能有一个回答，请只选一项", "This question takes one answer; choose one"),
    "field_unknown": (
        "收到了问卷里没有的栏目“%(name)s”，未保存这一栏",
        "The form has no field “%(name)s”; it was not kept",
    ),
    "group_expected": (
        "这一部分的数据结构不对，请重新打开问卷填写",
        "This part is malformed; reopen the form",
    ),
    "list_expected": (
        "重复填写的部分应为列表，请重新打开问卷填写",
        "A repeat must be a list; reopen the form",
    ),
    "text_expected": ("回答应为文字，请重新填写", "The answer must be text; please enter it again"),
    "text_too_long": ("文字超过 %(most)s 字，请缩短", "The text exceeds %(most)s characters; shorten it"),
    "sign_forbidden": ("文字里有无法保存的控制字符，请删去", "The text holds a control character; remove it"),
    "too_many_instances": ("重复部分超过 %(most)s 份，请减少", "More than %(most)s repeats; send fewer"),
    "nodes_many": (
        "重复部分里的题目合计超过 %(most)s 道，请减少份数",
        "The repeats hold more than %(most)s questions in all; use fewer of them",
    ),
    "instance_index": ("栏目编号不连续，请重新打开问卷填写", "The numbering has gaps; reopen the form"),
    "too_many_fields": ("提交的栏目过多，请重新打开问卷填写", "Too many fields were sent; reopen the form"),
}


def problem(code: str, path: str, **values: object) -> Problem:
    """The problem with this code at this place, its sentences filled in."""
    zh, en = SENTENCES[code]
    return Problem(code, path, {"zh": zh % values, "en": en % values} if values else {"zh": zh, "en": en})
