"""Boxes and sizes in whole pixels: pure values, origin at the top left, right and bottom exclusive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from retouch.errors import UsageError


@dataclass(frozen=True, slots=True, order=True)
class Size:
    """Width and height in pixels, both at least 1 for a picture."""

    width: int
    height: int

    @property
    def area(self) -> int:
        return self.width * self.height


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle `x, y, width, height` in pixels; it may reach outside a picture until clamped."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 0 or self.height < 0:
            raise UsageError(f"box {self}: width and height must not be negative")

    def __str__(self) -> str:
        return f"{self.x},{self.y},{self.width},{self.height}"

    @classmethod
    def parse(cls, text: str) -> Box:
        """Read `x,y,width,height`; raise UsageError for anything but four integers with a positive area."""
        parts = text.split(",")
        try:
            x, y, width, height = (int(part) for part in parts)
        except ValueError:
            raise UsageError(f"box {text!r}: expected four integers x,y,width,height") from None
        if width <= 0 or height <= 0:
            raise UsageError(f"box {text!r}: width and height must be positive")
        return cls(x, y, width, height)

    @classmethod
    def between(cls, left: int, top: int, right: int, bottom: int) -> Box:
        """The box from its edges; empty where right ≤ left or bottom ≤ top."""
        return cls(left, top, max(0, right - left), max(0, bottom - top))

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box:
        """The smallest box that holds all the given ones (at least one)."""
        boxes = list(boxes)
        return cls.between(
            min(b.x for b in boxes), min(b.y for b in boxes), max(b.right for b in boxes), max(b.bottom for b in boxes)
        )

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def empty(self) -> bool:
        return self.width == 0 or self.height == 0

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of this box in an array; the box must lie inside the array."""
        return slice(self.y, self.bottom), slice(self.x, self.right)

    def as_list(self) -> list[int]:
        """`[x, y, width, height]`, the form used in JSON."""
        return [self.x, self.y, self.width, self.height]

    def moved(self, dx: int, dy: int) -> Box:
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def relative_to(self, origin: Box) -> Box:
        """This box in the coordinates of a crop that starts at `origin`."""
        return self.moved(-origin.x, -origin.y)

    def grown(self, dx: int, dy: int | None = None) -> Box:
        """Larger by `dx` on the left and right and `dy` (default `dx`) above and below; negative shrinks."""
        dy = dx if dy is None else dy
        return Box.between(self.x - dx, self.y - dy, self.right + dx, self.bottom + dy)

    def intersection(self, other: Box) -> Box:
        return Box.between(
            max(self.x, other.x), max(self.y, other.y), min(self.right, other.right), min(self.bottom, other.bottom)
        )

    def overlaps(self, other: Box) -> bool:
        return not self.intersection(other).empty

    def contains(self, other: Box) -> bool:
        return self.intersection(other) == other

    def clamped(self, size: Size) -> Box:
        """The part of this box that lies inside a picture of that size."""
        return self.intersection(Box(0, 0, size.width, size.height))

    def overlap_ratio(self, other: Box) -> float:
        """Intersection over union, 0 to 1."""
        shared = self.intersection(other).area
        whole = self.area + other.area - shared
        return shared / whole if whole else 0.0
