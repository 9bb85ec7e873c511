"""Reads a regular expression in the part that Python, JavaScript and Java share, and says how it repeats.

Signs are sets over ASCII plus one place for all others, so that it can be seen when what follows a
repetition cannot be what it repeats: then there is only one way to share out a text between the two.
"""

from dataclasses import dataclass, field

_ASCII = 128
_ALL = frozenset(range(_ASCII + 1))
_DIGIT = frozenset(range(48, 58))
_WORD = frozenset([*_DIGIT, *range(65, 91), 95, *range(97, 123)])
_SPACE = frozenset([9, 10, 11, 12, 13, 32])
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE, "D": _ALL - _DIGIT, "W": _ALL - _WORD, "S": _ALL - _SPACE}
_CONTROL = {"t": 9, "n": 10, "r": 13, "f": 12, "v": 11}
# JavaScript counts every white space of Unicode, so that the six of ASCII are written out for all.
_WRITTEN = {"s": " \\t\\n\\r\\f\\x0b", "S": "\\x00-\\x08\\x0e-\\x1f\\x21-\\uffff"}
_MARKS = set("\\^$.|?*+()[]{}/-'\"!#%&,:;<=>@_`~ ")
_DEPTH = 8
_REPEATED = 10
_MOST_WAYS = 10**9


class BadPattern(ValueError):
    """A pattern that is broken or not shared by all three languages."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


@dataclass
class Shape:
    """How a pattern repeats. `ways` are the choices of bounded repetitions and alternatives, `open` the
    repetitions without an end that do not hold each other off, `held` whether one is held off by what must
    follow, `after` whether that one comes after an open one; `first` the signs it may begin with.
    """

    portable: str = ""
    ways: int = 1
    open: int = 0
    held: bool = False
    after: bool = False
    first: frozenset[int] = frozenset()
    empty: bool = True
    varies: bool = False
    pending: list[tuple[frozenset[int], int]] = field(default_factory=list)


def shape_of(pattern: str) -> Shape:
    """How the pattern repeats. Raises BadPattern."""
    reader = _Reader(pattern)
    shape = reader.alternatives(0)
    if reader.at < len(pattern):
        raise _wrong()
    _settle(shape, _ALL)
    return shape


def _wrong() -> BadPattern:
    return BadPattern(
        "pattern_wrong", "写法有误，请检查括号和方括号是否成对", "is not valid; check its brackets"
    )


def _foreign(what: str) -> BadPattern:
    return BadPattern(
        "pattern_risky",
        f"用了各种设备读法不同的写法“{what}”，请换一种写法",
        f"uses {what!r}, which devices read differently; write it another way",
    )


def _settle(shape: Shape, following: frozenset[int]) -> None:
    """Count the repetitions that wait, now that it is known what may follow them."""
    for signs, ways in shape.pending:
        if ways:
            shape.ways = min(shape.ways * ways, _MOST_WAYS) if signs & following else shape.ways
        elif signs & following:
            shape.open += 1
        else:
            shape.held = True
            shape.after = shape.after or shape.open > 0
    shape.pending = []


def _joined(first: Shape, second: Shape) -> Shape:
    """One shape after the other."""
    _settle_if_fixed(first, second)
    return Shape(
        first.portable + second.portable,
        min(first.ways * second.ways, _MOST_WAYS),
        first.open + second.open,
        first.held or second.held,
        first.after or second.after or (first.open > 0 and second.held),
        first.first | (second.first if first.empty else frozenset()),
        first.empty and second.empty,
        first.varies or second.varies,
        [*first.pending, *second.pending],
    )


def _settle_if_fixed(first: Shape, second: Shape) -> None:
    """What must come next decides; what may be left out leaves the matter open."""
    if not second.empty:
        _settle(first, second.first)
    elif second.first:
        waiting = first.pending
        first.pending = [one for one in waiting if one[0] & second.first]
        still = [one for one in waiting if not one[0] & second.first]
        _settle(first, _ALL)
        first.pending = still


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self) -> str:
        sign = self.peek()
        if not sign:
            raise _wrong()
        self.at += 1
        return sign

    def alternatives(self, depth: int) -> Shape:
        if depth > _DEPTH:
            raise _foreign("((((")
        branches = [self.sequence(depth)]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.sequence(depth))
        if len(branches) == 1:
            return branches[0]
        for branch in branches:
            _settle(branch, _ALL)
        overlap = sum(len(branch.first) for branch in branches) > len(
            frozenset().union(*(branch.first for branch in branches))
        ) or any(branch.empty for branch in branches)
        ways = sum(branch.ways for branch in branches) if overlap else max(branch.ways for branch in branches)
        return Shape(
            "|".join(branch.portable for branch in branches),
            ways,
            max(branch.open for branch in branches),
            any(branch.held for branch in branches),
            any(branch.after for branch in branches),
            frozenset().union(*(branch.first for branch in branches)),
            any(branch.empty for branch in branches),
            overlap or any(branch.varies for branch in branches),
        )

    def sequence(self, depth: int) -> Shape:
        shape = Shape()
        while self.peek() not in ("", "|", ")"):
            shape = _joined(shape, self.repeated(depth))
        return shape

    def repeated(self, depth: int) -> Shape:
        atom = self.atom(depth)
        bounds = self.bounds()
        if bounds is None:
            return atom
        least, most, written = bounds
        lazy = "?" if self.peek() == "?" else ""
        self.at += len(lazy)
        if self.peek() in ("*", "+", "?", "{") and self.peek():
            raise _foreign(written + lazy + self.peek())
        _settle(atom, _ALL)
        if atom.varies and (most is None or most > _REPEATED or (atom.open and most > 1)):
            raise BadPattern(
                "pattern_risky",
                "重复了一个本身会变长或有多种写法的括号，可能很慢，请改写",
                "repeats a group that itself repeats or has alternatives, which may be slow; rewrite it",
            )
        changes = most is None or most > least
        ways = 0 if most is None else most - least + 1
        return Shape(
            f"{atom.portable}{written}{lazy}",
            min(atom.ways ** max(1, most or 1), _MOST_WAYS),
            atom.open,
            atom.held,
            atom.after,
            atom.first,
            atom.empty or least == 0,
            atom.varies or changes,
            [(atom.first if self.single else _ALL, ways)] if changes else [],
        )

    def bounds(self) -> tuple[int, int | None, str] | None:
        sign = self.peek()
        if sign in ("*", "+", "?") and sign:
            self.at += 1
            return (1 if sign == "+" else 0), (1 if sign == "?" else None), sign
        if sign != "{":
            return None
        end = self.pattern.find("}", self.at)
        inside = self.pattern[self.at + 1 : end] if end > 0 else ""
        low, comma, high = inside.partition(",")
        if not low.isdigit() or not low.isascii() or (high and not (high.isdigit() and high.isascii())):
            raise _wrong() if end < 0 or low else _foreign("{" + inside + "}")
        least = int(low)
        most = int(high) if high else None if comma else least
        if max(least, most or 0) > 1000 or (most is not None and most < least):
            raise _wrong()
        self.at = end + 1
        return least, most, "{" + inside + "}"

    def atom(self, depth: int) -> Shape:
        sign = self.take()
        self.single = sign != "("
        if sign == "(":
            return self.group(depth)
        if sign == "[":
            return self.bracket()
        if sign == "\\":
            signs, written = self.escape(False)
            return _one(written, signs)
        if sign == ".":
            return _one("[^\\n\\r]", _ALL - {10, 13})
        if sign == "^" and self.at == 1:
            return Shape("^")
        if sign == "$" and self.at == len(self.pattern):
            return Shape("$")
        if sign in "^$":
            raise _foreign(sign)
        if sign in "*+?{}]":
            raise _wrong() if sign in "*+?" else _foreign(sign)
        if ord(sign) > 0xFFFF:
            raise _foreign(sign)
        return _one(sign, _set_of(sign))

    def group(self, depth: int) -> Shape:
        if self.peek() == "?":
            if self.pattern[self.at : self.at + 2] != "?:":
                raise _foreign(f"({self.pattern[self.at : self.at + 2]}")
            self.at += 2
        inner = self.alternatives(depth + 1)
        if self.take() != ")":
            raise _wrong()
        inner.portable = f"(?:{inner.portable})"
        self.single = False
        return inner

    def escape(self, inside: bool) -> tuple[frozenset[int], str]:
        sign = self.take()
        if sign in _CLASSES:
            if sign in _WRITTEN:
                return _CLASSES[sign], _WRITTEN[sign] if inside else f"[{_WRITTEN[sign]}]"
            return _CLASSES[sign], f"\\{sign}"
        if sign in _CONTROL:
            return frozenset([_CONTROL[sign]]), f"\\x{_CONTROL[sign]:02x}"
        if sign == "u":
            digits = self.pattern[self.at : self.at + 4]
            if len(digits) < 4 or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
                raise _wrong()
            self.at += 4
            return _set_of(chr(int(digits, 16))), f"\\u{digits}"
        if sign not in _MARKS:
            raise _foreign(f"\\{sign}")
        return _set_of(sign), sign if sign in "'\"!#%&,:;<=>@_`~ /" and not inside else f"\\{sign}"

    def bracket(self) -> Shape:
        negated = self.peek() == "^"
        self.at += negated
        signs: frozenset[int] = frozenset()
        written: list[str] = []
        while self.peek() != "]":
            low, text = self.member()
            if self.peek() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                high, end = self.member()
                signs |= _between(low, high)
                written.append(f"{text}-{end}")
                continue
            signs |= low if isinstance(low, frozenset) else _set_of(low)
            written.append(text)
        self.at += 1
        if not written:
            raise _wrong()
        # One place stands for all signs beyond ASCII, so that leaving some of them out leaves it in.
        covered = (_ALL - signs) | {_ASCII} if negated else signs
        return _one(f"[{'^' if negated else ''}{''.join(written)}]", covered)

    def member(self) -> tuple[str | frozenset[int], str]:
        sign = self.take()
        if sign == "[" or ord(sign) > 0xFFFF or (sign == "&" and self.peek() == "&"):
            raise _foreign("&&" if sign == "&" else sign)
        if sign != "\\":
            return sign, f"\\{sign}" if sign in "^-&~" else sign
        at = self.at
        signs, written = self.escape(True)
        name = self.pattern[at]
        if name in _CLASSES:
            return signs, written
        if name == "u":
            return chr(int(self.pattern[at + 1 : at + 5], 16)), written
        return chr(_CONTROL[name]) if name in _CONTROL else name, written


def _one(written: str, signs: frozenset[int]) -> Shape:
    return Shape(written, first=signs, empty=False)


def _set_of(sign: str) -> frozenset[int]:
    return frozenset([min(ord(sign), _ASCII)])


def _between(low: str | frozenset[int], high: str | frozenset[int]) -> frozenset[int]:
    if isinstance(low, frozenset) or isinstance(high, frozenset) or ord(low) > ord(high):
        raise _wrong()
    return frozenset(range(min(ord(low), _ASCII), min(ord(high), _ASCII) + 1))
