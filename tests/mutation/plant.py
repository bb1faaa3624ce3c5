#!/usr/bin/env python3
"""Writes the sources of the mutation build: the engine, what the simulator needs of the rest, and all plants in them.

A file is only written when it changes, so that a build does again what it has to and no more.
"""

import argparse
import pathlib
import sys

from plants import PLANTS

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FOLDERS = ("cmake", "engine", "storage/memory", "transports/loopback", "simulation")
OWN = ("CMakeLists.txt", "planted.hpp", "runner.cpp")


class Misplaced(Exception):
    """A plant that its file has no place for."""


def planted(path, text):
    """The text of a file with all its plants."""
    places = []
    for plant in PLANTS:
        if plant.file != path:
            continue
        if (count := text.count(plant.find)) != 1:
            raise Misplaced(f"plant {plant.name}: {path} has its text {count} times, and not once:\n{plant.find}")
        if f'planted("{plant.name}")' not in plant.replace:
            raise Misplaced(f"plant {plant.name}: what it writes into {path} does not ask planted(\"{plant.name}\")")
        begin = text.index(plant.find)
        places.append((begin, begin + len(plant.find), plant))
    places.sort()
    for (_, end, plant), (begin, _, other) in zip(places, places[1:]):
        if begin < end:
            raise Misplaced(f"plants {plant.name} and {other.name} have a part of {path} in common")
    for begin, end, plant in reversed(places):
        text = text[:begin] + plant.replace + text[end:]
    return text


def sources():
    """Path below the root of the build to contents."""
    contents = {name: (HERE / name).read_text() for name in OWN}
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file():
                path = str(file.relative_to(ROOT))
                contents[path] = planted(path, file.read_text())
    for plant in PLANTS:
        if plant.file not in contents:
            raise Misplaced(f"plant {plant.name}: there is no {plant.file}")
    return contents


def write(folder, contents):
    present = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    for path in present - contents.keys():
        (folder / path).unlink()
    for path, text in contents.items():
        file = folder / path
        if path in present and file.read_text() == text:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path, nargs="?",
                        help="where to write them; unless given, only whether each plant has its place is looked at")
    arguments = parser.parse_args()
    names = [plant.name for plant in PLANTS]
    try:
        if len(set(names)) != len(names):
            raise Misplaced("two plants have the same name")
        contents = sources()
    except Misplaced as error:
        sys.exit(f"tests/mutation: {error}")
    if arguments.folder:
        write(arguments.folder, contents)
    else:
        print(f"each of {len(PLANTS)} plants has its place")


if __name__ == "__main__":
    main()
