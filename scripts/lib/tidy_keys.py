#!/usr/bin/env python3
"""Prints a key and the path of each source that clang-tidy reads: the key changes with all that its findings depend on.

usage: tidy_keys.py ROOT COMMON SOURCE... < HEADERS

That is the source, every header of the project that it includes, however far, and what COMMON stands for: the version and
configuration. An include is any header whose path ends like it, so that no search path has to be known.
"""

import collections
import hashlib
import pathlib
import re
import sys

INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]', re.MULTILINE)


class Sources:
    def __init__(self, root, headers):
        self.root = root
        self.texts = {}
        self.by_name = collections.defaultdict(list)
        for header in headers:
            self.by_name[pathlib.PurePath(header).name].append(header)

    def text(self, path):
        if path not in self.texts:
            self.texts[path] = (self.root / path).read_bytes()
        return self.texts[path]

    def included(self, path):
        """The headers that a file may include itself."""
        for name in INCLUDE.findall(self.text(path)):
            # "../x.hpp" is looked for by what is below.
            end = "/" + name.decode().removeprefix("./").replace("../", "")
            for header in self.by_name[end.rpartition("/")[2]]:
                if ("/" + header).endswith(end):
                    yield header

    def closure(self, path):
        found, open_ends = {path}, [path]
        while open_ends:
            for header in self.included(open_ends.pop()):
                if header not in found:
                    found.add(header)
                    open_ends.append(header)
        return sorted(found)


def main():
    root, common, *paths = sys.argv[1:]
    sources = Sources(pathlib.Path(root), sys.stdin.read().split())
    for path in paths:
        digest = hashlib.sha256(common.encode())
        for part in sources.closure(path):
            digest.update(f"{part} {len(sources.text(part))}\n".encode())
            digest.update(sources.text(part))
        print(digest.hexdigest()[:40], path)


if __name__ == "__main__":
    main()
