"""What a plant is."""

from typing import NamedTuple


class Plant(NamedTuple):
    name: str
    what: str
    file: str
    find: str
    replace: str
