"""Where a mystery visit took place: distance to the registered site and whether that needs a look.

Distances flag, they never block: nobody knows beforehand how far is too far.
"""

import math
from dataclasses import dataclass

EARTH_RADIUS_KM = 6371.0088
DEFAULT_FENCE_M = 200.0


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees and the device's accuracy radius in metres. `datum` is 'WGS-84' or 'GCJ-02'."""

    latitude: float
    longitude: float
    accuracy_m: float = 0.0
    datum: str = "WGS-84"


@dataclass(frozen=True, slots=True)
class PositionCheck:
    """Distance to the site, the limit that was applied (both in metres), and what a reviewer should know.

    `same_datum` False: the two are on different datums, which differ by up to about 700 m in China; then
    `outside` is False, because the distance says nothing.
    """

    distance_m: float
    limit_m: float
    outside: bool
    same_datum: bool


def haversine_km(
    latitude_1: float,
    longitude_1: float,
    latitude_2: float,
    longitude_2: float,
    radius_km: float = EARTH_RADIUS_KM,
) -> float:
    """Great-circle distance in km between two points in degrees on a sphere.

    2R·asin √(sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2)). Latitudes beyond ±90 or values that are not finite
    are a ValueError. Source: R. W. Sinnott, Sky and Telescope 68 (1984) 158.
    """
    points = (latitude_1, longitude_1, latitude_2, longitude_2)
    if not all(map(math.isfinite, points)) or max(abs(latitude_1), abs(latitude_2)) > 90:
        raise ValueError("a latitude lies between -90 and 90 degrees")
    phi_1, phi_2 = math.radians(latitude_1), math.radians(latitude_2)
    half_phi, half_lambda = (phi_2 - phi_1) / 2, math.radians(longitude_2 - longitude_1) / 2
    root = math.sin(half_phi) ** 2 + math.cos(phi_1) * math.cos(phi_2) * math.sin(half_lambda) ** 2
    return 2 * radius_km * math.asin(min(1.0, math.sqrt(root)))


def outside_fence(distance_m: float, accuracy_m: float, fence_m: float = DEFAULT_FENCE_M) -> bool:
    """True when the distance exceeds the fence plus twice the reported accuracy, all in metres."""
    return distance_m > fence_m + 2 * max(0.0, accuracy_m)


def position_check(site: Position, seen: Position, fence_m: float = DEFAULT_FENCE_M) -> PositionCheck:
    """Compare the reported position with the registered site."""
    distance = 1000 * haversine_km(site.latitude, site.longitude, seen.latitude, seen.longitude)
    same = site.datum == seen.datum
    limit = fence_m + 2 * max(0.0, seen.accuracy_m)
    return PositionCheck(distance, limit, same and outside_fence(distance, seen.accuracy_m, fence_m), same)
