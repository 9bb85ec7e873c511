"""Reads an XPath 1.0 expression into a small tree that fits into JSON; evaluates nothing.

Shapes: ['n', number] ['s', text] ['or', a, b, ...] ['and', a, b, ...] [operator, a, b] ['neg', a]
['f', name, [arguments]] ['i', expression, [predicates]] ['p', start, [[axis, test, [predicates]], ...]]
where start is 0 (the context node), 1 (the root) or a tree.
"""

from typing import Any

from surveyapp.forms.problem import BadExpression
from surveyapp.forms.slips import word_slip
from surveyapp.forms.tokens import Token, bad_expression, tokens

Tree = list[Any]
AXES = {
    "ancestor", "ancestor-or-self", "attribute", "child", "descendant", "descendant-or-self", "following",
    "following-sibling", "namespace", "parent", "preceding", "preceding-sibling", "self",
}  # fmt: skip
NODE_TYPES = {"node", "text", "comment", "processing-instruction"}
_STRENGTH = {
    "or": 0, "and": 1, "=": 2, "!=": 2, "<": 3, "<=": 3, ">": 3, ">=": 3, "+": 4, "-": 4, "*op": 5, "div": 5,
    "mod": 5,
}  # fmt: skip
_DEPTH, _TREE_DEPTH = 60, 250
_ANY = ["descendant-or-self", "node()", []]


def parse(expression: str) -> Tree:
    """The tree of an expression. Raises BadExpression where the grammar of XPath 1.0 is broken."""
    reader = _Reader(tokens(expression))
    tree = reader.binary(0)
    if reader.token is not None:
        raise reader.unexpected()
    _check_depth(tree, 0)
    return tree


def parts_of(tree: Tree) -> list[Tree]:
    """The trees right inside a tree: operands, arguments, predicates."""
    kind = tree[0]
    if kind == "f":
        return list(tree[2])
    if kind == "i":
        return [tree[1], *tree[2]]
    if kind == "p":
        start = [tree[1]] if isinstance(tree[1], list) else []
        return [*start, *(predicate for step in tree[2] for predicate in step[2])]
    return [] if kind in ("n", "s") else list(tree[1:])


def _check_depth(tree: Any, depth: int) -> None:
    if depth > _TREE_DEPTH:
        raise _too_deep()
    if isinstance(tree, list):
        for part in tree:
            if isinstance(part, list):
                _check_depth(part, depth + 1)


def _too_deep() -> BadExpression:
    return bad_expression(
        "expression_too_deep",
        "",
        "表达式嵌套过深，请拆成几个计算题。",
        "The expression is nested too deeply; split it into calculations.",
    )


class _Reader:
    """A recursive descent over the tokens; one method for each rule of the grammar."""

    def __init__(self, found: list[Token]) -> None:
        self.found = found
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> Token | None:
        return self.found[self.at] if self.at < len(self.found) else None

    def sees(self, *texts: str) -> bool:
        token = self.token
        return token is not None and token.kind in ("mark", "word") and token.text in texts

    def take(self, text: str) -> None:
        if not self.sees(text):
            raise self.unexpected(text)
        self.at += 1

    def unexpected(self, wanted: str = "") -> BadExpression:
        token = self.token
        needed = (f"，此处应为“{wanted}”", f"; expected {wanted!r}") if wanted else ("", "")
        if token is None:
            return bad_expression(
                "expression_unfinished",
                "",
                f"表达式没有写完{needed[0]}，请检查括号和运算符是否成对。",
                f"The expression ends too early{needed[1]}; check brackets and operators.",
            )
        text = token.text.removesuffix("op")
        slip = word_slip(text) if token.kind == "name" else None
        if slip is not None:
            needed = (f"：{slip.zh}", f": {slip.en}")
        return bad_expression(
            "expression_unreadable",
            str(token.place),
            f"第 {token.place} 个字符处的“{text}”无法理解{needed[0]}。",
            f"{text!r} at character {token.place} cannot be understood{needed[1]}.",
        )

    def binary(self, least: int) -> Tree:
        """Operands joined by operators that bind at least as tightly as `least`, from the left."""
        left = self.unary()
        while (strength := self.strength()) >= least:
            operator = self.found[self.at].text.removesuffix("op")
            self.at += 1
            right = self.binary(strength + 1)
            if operator in ("or", "and") and left[0] == operator:
                left.append(right)
            else:
                left = [operator, left, right]
        return left

    def strength(self) -> int:
        """How tightly the operator at hand binds, -1 when there is none."""
        token = self.token
        return _STRENGTH.get(token.text, -1) if token is not None and token.kind in ("mark", "word") else -1

    def unary(self) -> Tree:
        signs = 0
        while self.sees("-"):
            self.at += 1
            signs += 1
        tree = self.union()
        return tree if not signs else ["neg", tree] if signs % 2 else ["neg", ["neg", tree]]

    def union(self) -> Tree:
        left = self.path()
        while self.sees("|"):
            self.at += 1
            left = ["|", left, self.path()]
        return left

    def path(self) -> Tree:
        token = self.token
        if token is None:
            raise self.unexpected()
        if self.sees("/"):
            self.at += 1
            return ["p", 1, self.steps() if self.step_starts() else []]
        if self.sees("//"):
            self.at += 1
            return ["p", 1, [_ANY, *self.steps()]]
        if self.primary_starts(token):
            return self.filtered()
        return ["p", 0, self.steps()]

    def filtered(self) -> Tree:
        tree = self.primary()
        predicates = self.predicates()
        if predicates:
            tree = ["i", tree, predicates]
        if self.sees("/"):
            self.at += 1
            return ["p", tree, self.steps()]
        if self.sees("//"):
            self.at += 1
            return ["p", tree, [_ANY, *self.steps()]]
        return tree

    def primary_starts(self, token: Token) -> bool:
        if token.kind in ("number", "text") or self.sees("("):
            return True
        return token.kind == "name" and self.followed_by("(") and token.text not in NODE_TYPES

    def followed_by(self, text: str) -> bool:
        following = self.found[self.at + 1 : self.at + 2]
        return bool(following) and following[0].kind == "mark" and following[0].text == text

    def primary(self) -> Tree:
        token = self.found[self.at]
        self.at += 1
        if token.kind == "number":
            return ["n", _number(token)]
        if token.kind == "text":
            return ["s", token.text[1:-1]]
        if token.kind == "name":
            return ["f", token.text, self.arguments()]
        tree = self.nested()
        self.take(")")
        return tree

    def nested(self) -> Tree:
        self.depth += 1
        if self.depth > _DEPTH:
            raise _too_deep()
        tree = self.binary(0)
        self.depth -= 1
        return tree

    def arguments(self) -> list[Tree]:
        self.take("(")
        found: list[Tree] = []
        while not self.sees(")"):
            if found:
                self.take(",")
            found.append(self.nested())
        self.at += 1
        return found

    def predicates(self) -> list[Tree]:
        found: list[Tree] = []
        while self.sees("["):
            self.at += 1
            found.append(self.nested())
            self.take("]")
        return found

    def step_starts(self) -> bool:
        token = self.token
        return token is not None and (token.kind == "name" or self.sees(".", "..", "@", "*"))

    def steps(self) -> list[Tree]:
        found = [self.step()]
        while self.sees("/", "//"):
            if self.sees("//"):
                found.append(_ANY)
            self.at += 1
            found.append(self.step())
        return found

    def step(self) -> Tree:
        if not self.step_starts():
            raise self.unexpected()
        if self.sees("."):
            self.at += 1
            return ["self", "node()", self.predicates()]
        if self.sees(".."):
            self.at += 1
            return ["parent", "node()", self.predicates()]
        axis = "child"
        if self.sees("@"):
            self.at += 1
            axis = "attribute"
        elif self.followed_by("::"):
            axis = self.found[self.at].text
            if axis not in AXES:
                raise self.unexpected()
            self.at += 2
        return [axis, self.node_test(), self.predicates()]

    def node_test(self) -> str:
        token = self.token
        if token is None or not (token.kind == "name" or token.text in ("*", "*op")):
            raise self.unexpected()
        self.at += 1
        if token.kind != "name":
            return "*"
        if not (token.text in NODE_TYPES and self.sees("(")):
            return token.text
        self.at += 1
        literal = ""
        if self.token is not None and self.token.kind == "text":
            literal = self.token.text[1:-1]
            self.at += 1
        self.take(")")
        return f"{token.text}({literal})"


def _number(token: Token) -> float:
    value = float(token.text) if len(token.text) <= 300 else float("inf")
    if value == float("inf"):
        raise bad_expression(
            "number_too_large",
            str(token.place),
            "表达式中的数太大。",
            "A number in the expression is too large.",
        )
    return value
