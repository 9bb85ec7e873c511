"""The sentences about differences between two versions: what changed, and what happens to "
"stored answers."""

from __future__ import annotations

from collections.abc import Mapping

_LATER = (
    "只对以后填写的记录起作用，已存的答案不变",
    "it holds for records filled in later; stored answers stay",
)
_SENTENCES: Mapping[str, tuple[str, str]] = {
    "other_form": (
        "两份问卷的 form_id 不同（{old}、{new}），不是同一问卷的两个版本，已存的答案不会合在一起。",
        "The form_ids differ ({old}, {new}): these are not versions of one questionnaire; "
        "answers stay apart.",
    ),
    "language_added": (
        "增加了语言 {language}；已存的答案不变。",
        "Language {language} is new; stored answers stay.",
    ),
    "language_removed": (
        "删去了语言 {language}；用它填写的记录保留，答案不变。",
        "Language {language} is gone; records filled in with it stay as they are.",
    ),
    "repeat": (
        "“{name}”组在“可重复”和“只填一次”之间改变了；已存的答案按旧的形状保留，导出时列名不同。",
        "The group {name} changed between repeated and once; stored answers keep their shape "
        "and export apart.",
    ),
    "added": (
        "新题“{name}”（{type}）：导出多一列，已存的记录在这一列为空。",
        "Question {name} ({type}) is new: one more column, empty for stored records.",
    ),
    "removed": (
        "题“{name}”（{type}）删去了：已存的答案保留，导出的列也保留，新记录在这一列为空。"
        "如果是改了题名，请改回原名，否则新旧答案分在两列。",
        "Question {name} ({type}) is removed: stored answers and their column stay, empty for new records. "
        "If it was renamed, give the old name back, or old and new answers are in two columns.",
    ),
    "type": (
        "题“{name}”的题型由 {old} 改为 {new}：已存的答案不能按新题型读取；除非它不存答案，"
        "这样的版本不能发布。",
        "Question {name} changes from {old} to {new}: stored answers cannot be read so; "
        "publishing refuses it unless it holds no answer.",
    ),
    "moved": (
        "题“{name}”由 {old} 移到 {new}：已存的答案留在原来的列，新记录进入新的列。",
        "Question {name} moves from {old} to {new}: stored answers stay in the old column, new "
        "ones in another.",
    ),
    "required": ("题“{name}”的必答条件由 {old} 改为 {new}；" + _LATER[0] + "。",
                 "Question {name}: required changes from {old} to {new}; " + _LATER[1] + "."),
    "relevant": (
        "“{name}”的出现条件由 {old} 改为 {new}；" + _LATER[0] + "。",
        "{name}: relevant changes from {old} to {new}; " + _LATER[1] + ".",
    ),
    "constraint": (
        "题“{name}”的限制由 {old} 改为 {new}；" + _LATER[0] + "，也不重新检查。",
        "Question {name}: constraint changes from {old} to {new}; " + _LATER[1] + " and are "
        "not checked anew.",
    ),
    "soft": ("题“{name}”的提醒条件由 {old} 改为 {new}；" + _LATER[0] + "。",
             "Question {name}: soft constraint changes from {old} to {new}; " + _LATER[1] + "."),
    "calculate": (
        "“{name}”的计算由 {old} 改为 {new}；已存的数值不重新计算，新旧数值含义可能不同。",
        "{name}: calculation changes from {old} to {new}; stored values are not calculated "
        "anew and may differ.",
    ),
    "label": (
        "题“{name}”的文字（{language}）由“{old}”改为“{new}”；答案不变，请确认问的还是同一件事，"
        "否则请换题名。",
        "Question {name}: text ({language}) changes from “{old}” to “{new}”; answers stay. "
        "Make sure it asks the "
        "same, or give another name.",
    ),
    "option_added": (
        "题“{name}”增加选项 {code}；以前的记录没有机会选它，前后比例不能直接比较。",
        "Question {name} gains option {code}; earlier records could not choose it, so shares "
        "do not compare.",
    ),
    "option_removed": (
        "题“{name}”删去选项 {code}；选过它的记录保留原值，新记录不能再选。",
        "Question {name} loses option {code}; records that chose it keep it, new ones cannot.",
    ),
    "option_recoded": (
        "题“{name}”的选项 {code} 改用代码 {new}，文字相同；已存的答案仍是 {code}，"
        "统计时要合并，最好保留原代码。",
        "Question {name}: option {code} becomes {new} with the same text; stored answers stay "
        "{code} and must be "
        "joined when counting. Better keep the code.",
    ),
    "option_label": (
        "题“{name}”选项 {code} 的文字（{language}）由“{old}”改为“{new}”；统计时新旧的 {code} 合在一起，"
        "请确认意思没有变。",
        "Question {name}: option {code} ({language}) changes from “{old}” to “{new}”; old and "
        "new {code} are counted together. "
        "Make sure the meaning is the same.",
    ),
}  # fmt: skip


def sentence(kind: str, words: Mapping[str, str]) -> dict[str, str]:
    """The sentence of a change in Chinese and English. KeyError for an unknown kind or a missing word."""
    zh, en = _SENTENCES[kind]
    return {"zh": zh.format_map(words), "en": en.format_map(words)}
