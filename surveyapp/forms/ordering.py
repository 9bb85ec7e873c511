"""The order in which relevance and values are worked out, so that each comes after what it reads."""

from collections.abc import Iterable, Iterator, Mapping

from surveyapp.forms.definition import Group, Item, Question, Repeat, Unit
from surveyapp.forms.expression import Expression
from surveyapp.forms.problem import Problem


class _Sorter:
    """A depth-first walk over units; a unit met again while it is open closes a cycle.

    The walk keeps its own stack: a chain of questions may be longer than Python nests calls.
    """

    def __init__(self, items: Mapping[str, Item], root_name: str) -> None:
        self.items = items
        self.root_name = root_name
        self.done: dict[Unit, bool] = {}
        self.order: list[Unit] = []
        self.open: list[Unit] = []
        self.cycles: list[tuple[str, ...]] = []

    def visit(self, unit: Unit) -> None:
        waiting = [self._opened(unit)] if unit not in self.done else []
        while waiting:
            here, wanted = self.open[-1], waiting[-1]
            needed = next((one for one in wanted if one != here), None)
            if needed is None:
                waiting.pop()
                self._finish(self.open.pop())
            elif needed not in self.done:
                waiting.append(self._opened(needed))
            elif not self.done[needed]:
                self._close(needed)

    def _opened(self, unit: Unit) -> Iterator[Unit]:
        self.done[unit] = False
        self.open.append(unit)
        return iter(self.needs(unit))

    def _finish(self, unit: Unit) -> None:
        self.done[unit] = True
        if self._works(unit):
            self.order.append(unit)

    def _close(self, unit: Unit) -> None:
        loop = self.open[self.open.index(unit) :]
        paths = tuple(dict.fromkeys(step.path for step in loop))
        if paths not in self.cycles:
            self.cycles.append(paths)

    def _works(self, unit: Unit) -> bool:
        """Whether the unit has anything to do beyond passing on what its parent is."""
        item = self.items[unit.path]
        if unit.kind == "relevant":
            return self._conditional(unit.path)
        if unit.kind == "count":
            return isinstance(item, Repeat) and item.count is not None
        return isinstance(item, Question) and bool(item.calculate or item.preload or item.first_load)

    def _conditional(self, path: str) -> bool:
        """Whether the item or anything around it has a condition."""
        while path:
            if self.items[path].relevant is not None:
                return True
            path = path.rpartition("/")[0]
        return False

    def needs(self, unit: Unit) -> Iterable[Unit]:
        item = self.items[unit.path]
        parent = unit.path.rpartition("/")[0]
        if unit.kind == "relevant":
            if parent:
                yield Unit("relevant", parent)
            if isinstance(item, Repeat):
                yield Unit("count", unit.path)
            if parent and isinstance(self.items[parent], Repeat):
                yield Unit("count", parent)
            yield from self._read(item.relevant)
        elif unit.kind == "count":
            yield from self._read(item.count if isinstance(item, Repeat) else None)
        else:
            yield Unit("relevant", unit.path)
            if isinstance(item, Question):
                yield from self._read(item.calculate)
                yield from self._read(item.first_load)

    def _read(self, expression: Expression | None) -> Iterable[Unit]:
        for reference in expression.references if expression else ():
            path = "/".join(reference.path[1:])
            item = self.items.get(path)
            if item is None or reference.path[0] != self.root_name:
                continue
            yield Unit("relevant", path)
            if isinstance(item, Question):
                yield Unit("value", path)
            elif isinstance(item, Repeat):
                yield Unit("count", path)
            if isinstance(item, Group) and not reference.exact and not self._inside(expression, item):
                yield from (
                    Unit("value", child.path) for child in item.children if isinstance(child, Question)
                )

    def _inside(self, expression: Expression | None, group: Group) -> bool:
        home = "/".join(expression.home[1:]) if expression else ""
        return home.startswith(f"{group.path}/")


def ordered(items: Mapping[str, Item], root_name: str) -> tuple[tuple[Unit, ...], tuple[Problem, ...]]:
    """The units of a form in working order, and a problem for each cycle with the paths on it."""
    sorter = _Sorter(items, root_name)
    for path, item in items.items():
        sorter.visit(Unit("relevant", path))
        if isinstance(item, Question):
            sorter.visit(Unit("value", path))
        elif isinstance(item, Repeat):
            sorter.visit(Unit("count", path))
    return tuple(sorter.order), tuple(_cycle(paths) for paths in sorter.cycles)


def _cycle(paths: tuple[str, ...]) -> Problem:
    around = " → ".join((*paths, paths[0]))
    return Problem(
        "cycle",
        paths[0],
        {
            "zh": f"这些题互相依赖，无法计算：{around}。请去掉其中一处引用。",
            "en": f"These questions depend on each other: {around}. Remove one of the references.",
        },
    )
