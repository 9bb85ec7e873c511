"""Functions on places: points are 'latitude longitude [altitude accuracy]', lines join points by ';'.

Formulas: great-circle distance and spherical polygon area on a sphere of radius 6,378,100 m, the ones ODK
uses, so that both clients agree to the centimetre.
"""

import itertools
import math

from surveyapp.forms.nodes import text_of
from surveyapp.forms.values import NAN, Context, Value, to_text

_RADIUS = 6_378_100.0
_MOST_POINTS = 10_000
Point = tuple[float, float]


def parse_point(text: str) -> Point | None:
    """Latitude and longitude in degrees, None when the text is no point on earth."""
    words = text.split()
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return None
    if not 2 <= len(numbers) <= 4 or not all(map(math.isfinite, numbers)):
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


def _line(context: Context, arguments: list[Value]) -> list[Point] | None:
    texts: list[str] = []
    for argument in arguments:
        if isinstance(argument, list):
            texts.extend(text_of(node) for node in argument)
        else:
            texts.append(to_text(argument, context.environment))
    return parse_line(";".join(texts)) if all(text.strip() for text in texts) else None


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
    """geofence(point, shape): whether the point lies inside, by the even-odd rule in degrees."""
    point = parse_point(to_text(arguments[0], context.environment))
    shape = parse_line(to_text(arguments[1], context.environment))
    if point is None or shape is None:
        return False
    y, x = point
    inside = False
    for (y1, x1), (y2, x2) in zip(shape, shape[1:] + shape[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
