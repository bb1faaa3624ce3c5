"""What a view rests on."""

from plants.plant import Plant

PLANTS = [
    Plant("view_sees_later_commits", "a commit changes what a snapshot before it shares with it",
          "storage/memory/src/version_tree.cpp",
          "  if (slot->commit != commit) {",
          '  if (slot->commit != commit && !planted("view_sees_later_commits")) {'),
]
