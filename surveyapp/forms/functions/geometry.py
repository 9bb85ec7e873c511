"""Functions on places: points are 'latitude longitude [altitude accuracy]', lines join points by ';'.

Formulas: great-circle distance and spherical polygon area on a sphere of radius 6,378,100 m, the ones ODK
uses, so that both clients agree to the centimetre.
"""

import itertools
import math
import re

from surveyapp.forms.values import NAN, Context, Value, text_at, to_text

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_RADIUS = 6_378_100.0
_MOST_POINTS = 10_000
Point = tuple[float, float]


def parse_point(text: str) -> Point | None:
    """Latitude and longitude in degrees, None when the text is no point on earth."""
    words = text.split()
    if not 2 <= len(words) <= 4 or not all(_NUMBER.fullmatch(word) for word in words):
        return None
    numbers = [float(word) for word in words]
    if not all(map(math.isfinite, numbers)):
        return None
    if abs(numbers[0]) > 90 or abs(numbers[1]) > 180 or (len(numbers) > 3 and numbers[3] < 0):
        return None
    return numbers[0], numbers[1]


def parse_line(text: str) -> list[Point] | None:
    """The points of a line; a trailing ';' is allowed; None when any part is no point."""
    parts = [part for part in text.split(";") if part.strip()]
    points = [parse_point(part) for part in parts[:_MOST_POINTS]]
    found = [point for point in points if point is not None]
    return found if len(found) == len(points) and found else None


def _read_line(context: Context, text: str) -> list[Point] | None:
    """The points of a line, the work of reading and reckoning with them counted."""
    context.environment.spend(2 * len(text))
    return parse_line(text)


def _shape(context: Context, argument: Value) -> list[Point]:
    """The points of a closed shape; [] when it does not end where it begins."""
    text = to_text(argument, context.environment)
    points = _read_line(context, text) or []
    return points if len(points) > 3 and points[0] == points[-1] else []


def _line(context: Context, arguments: list[Value]) -> list[Point] | None:
    texts: list[str] = []
    for argument in arguments:
        if isinstance(argument, list):
            texts.extend(text_at(node, context.environment) for node in argument)
        else:
            texts.append(to_text(argument, context.environment))
    return _read_line(context, ";".join(texts)) if all(text.strip() for text in texts) else None


def _cents(value: float) -> float:
    return math.floor(value * 100 + 0.5) / 100


def metres(first: Point, second: Point) -> float:
    """The great-circle distance by the spherical law of cosines."""
    (lat1, lon1), (lat2, lon2) = first, second
    a, b = math.radians(lat1), math.radians(lat2)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(math.radians(lon2 - lon1))
    return math.acos(max(-1.0, min(1.0, cosine))) * _RADIUS


def distance(context: Context, arguments: list[Value]) -> Value:
    """distance(line) or distance(point, point, ...): the length in metres to the centimetre."""
    points = _line(context, arguments)
    if points is None or (len(points) < 2 and len(arguments) > 1):
        return NAN
    return _cents(sum(metres(a, b) for a, b in itertools.pairwise(points)))


def area(context: Context, arguments: list[Value]) -> Value:
    """area(shape): square metres inside a closed line; fewer than three points enclose nothing."""
    points = _line(context, arguments)
    if points is None:
        return 0.0
    if points[0] != points[-1]:
        points = [*points, points[0]]
    if len(points) < 4:
        return 0.0
    total = 0.0
    for (lat1, lon1), (lat2, lon2) in itertools.pairwise(points):
        total += math.radians(lon2 - lon1) * (2 + math.sin(math.radians(lat1)) + math.sin(math.radians(lat2)))
    return _cents(abs(total * _RADIUS * _RADIUS / 2))


def geofence(context: Context, arguments: list[Value]) -> Value:
    """geofence(point, shape): whether the point lies inside, by the even-odd rule in degrees.

    False when the shape is not closed.
    """
    point = parse_point(to_text(arguments[0], context.environment))
    if point is None:
        return False
    y, x = point
    inside = False
    for (y1, x1), (y2, x2) in itertools.pairwise(_shape(context, arguments[1])):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _side(a: Point, b: Point, c: Point) -> float:
    """Positive when c lies on one side of the line from a to b, negative on the other, 0 on it."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _between(a: Point, b: Point, c: Point) -> bool:
    """Whether c, which is on the line through a and b, lies between them."""
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the stretch from a to b meets the one from c to d."""
    ends = (_side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b))
    if (ends[0] > 0) != (ends[1] > 0) and (ends[2] > 0) != (ends[3] > 0) and 0 not in ends:
        return True
    return any(
        side == 0 and _between(first, second, point)
        for side, first, second, point in zip(ends, (a, a, c, c), (b, b, d, d), (c, d, a, b), strict=True)
    )


def intersects(context: Context, arguments: list[Value]) -> Value:
    """intersects(line): whether a line or shape crosses or touches itself; ends that meet do not count."""
    points = _read_line(context, to_text(arguments[0], context.environment)) or []
    points = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
    count = len(points) - 1
    context.environment.spend(4 * count * count)
    closed = count > 2 and points[0] == points[-1]
    for first in range(count - 1):
        for second in range(first + 2, count):
            if closed and first == 0 and second == count - 1:
                continue
            if _cross(points[first], points[first + 1], points[second], points[second + 1]):
                return True
    return False
