"""The sentences about differences between two versions: what changed, what happens to stored answers."""

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
    "wording": (
        "{owner_zh}的{part_zh}（{language}）由“{old}”改为“{new}”；已存的答案不变。",
        "{owner_en}: {part_en} ({language}) changes from “{old}” to “{new}”; stored answers stay.",
    ),
    "default": ("题“{name}”的默认值由“{old}”改为“{new}”；" + _LATER[0] + "。",
                "Question {name}: default changes from “{old}” to “{new}”; " + _LATER[1] + "."),
    "parameters": (
        "题“{name}”的参数由“{old}”改为“{new}”；" + _LATER[0] + "，范围不同时前后不能直接比较。",
        "Question {name}: parameters change from “{old}” to “{new}”; " + _LATER[1] + ". "
        "With another range, earlier and later answers do not compare.",
    ),
    "appearance": (
        "题“{name}”的外观由“{old}”改为“{new}”；已存的答案不变。",
        "Question {name}: appearance changes from “{old}” to “{new}”; stored answers stay.",
    ),
    "readonly": ("题“{name}”的只读由 {old} 改为 {new}；" + _LATER[0] + "。",
                 "Question {name}: read-only changes from {old} to {new}; " + _LATER[1] + "."),
    "consent": (
        "题“{name}”是否为同意题由 {old} 改为 {new}；已存的同意记录不变。",
        "Question {name}: being a consent changes from {old} to {new}; consents stored stay as they are.",
    ),
    "repeat_count": (
        "“{name}”组的次数由 {old} 改为 {new}；" + _LATER[0] + "。",
        "Group {name}: how often it occurs changes from {old} to {new}; " + _LATER[1] + ".",
    ),
    "actions": (
        "题“{name}”的自动填写由 {old} 改为 {new}；" + _LATER[0] + "。",
        "Question {name}: what is filled in by itself changes from {old} to {new}; " + _LATER[1] + ".",
    ),
    "setting": (
        "settings 表的 {name} 由 {old} 改为 {new}；已存的答案不变。",
        "settings: {name} changes from {old} to {new}; stored answers stay.",
    ),
    "list": (
        "题“{name}”的选项表 {file}：删去 {gone}，增加 {fresh}，改了文字或属性 {said}；"
        "选过的记录保留原代码，删去的新记录不能再选，新增的以前没有机会选。",
        "Question {name}, list {file}: {gone} removed, {fresh} new, {said} worded otherwise; "
        "records keep their codes, new ones cannot choose what is removed, earlier ones could not choose "
        "what is new.",
    ),
    "choice_filter": (
        "题“{name}”的选项筛选条件改了；" + _LATER[0] + "，也不重新检查。",
        "Question {name}: its choice filter changes; " + _LATER[1] + " and are not checked anew.",
    ),
    "randomized": (
        "题“{name}”的选项是否打乱顺序改了；" + _LATER[0] + "。",
        "Question {name}: whether its options are shuffled changes; " + _LATER[1] + ".",
    ),
    "option_kind": (
        "题“{name}”的选项 {code} 是否单列或排斥其他选项改了；" + _LATER[0] + "。",
        "Question {name}: whether option {code} is set apart or excludes others changes; " + _LATER[1] + ".",
    ),
    "file": (
        "附件 {name} 的内容改了；已存的答案不变，旧版本仍用原来的文件。",
        "The content of the file {name} changes; stored answers stay and earlier versions keep their file.",
    ),
    "measure_added": (
        "新增度量“{name}”（指标 {indicator}，{method}）：只有用新版本填写的记录提供取值。",
        "Measure {name} ({indicator}, {method}) is new: only records filled in with the new version feed it.",
    ),
    "measure_removed": (
        "删去度量“{name}”（指标 {indicator}，{method}）：发布后计分不再使用它，已存记录的取值也不再计分；"
        "已保存的得分快照不变。",
        "Measure {name} ({indicator}, {method}) is removed: scores no longer use it, nor the values of "
        "stored records; stored snapshots stay.",
    ),
    "measure_value": (
        "度量“{name}”的 {column} 由“{old}”改为“{new}”：已存的记录仍按原来的写法取值，"
        "新旧取值可能不能直接比较。",
        "Measure {name}: {column} changes from “{old}” to “{new}”: stored records keep giving their values "
        "as before, so old and new values may not compare.",
    ),
    "measure_rule": (
        "度量“{name}”的 {column} 由“{old}”改为“{new}”：发布后计分按新的办法，已存记录的得分也随之改变；"
        "已保存的得分快照不变。",
        "Measure {name}: {column} changes from “{old}” to “{new}”: scores follow the new rule, those of "
        "stored records too; stored snapshots stay.",
    ),
}  # fmt: skip


def sentence(kind: str, words: Mapping[str, str]) -> dict[str, str]:
    """The sentence of a change in Chinese and English. KeyError for an unknown kind or a missing word."""
    zh, en = _SENTENCES[kind]
    return {"zh": zh.format_map(words), "en": en.format_map(words)}
