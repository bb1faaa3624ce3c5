"""What the helps of the command say."""

import re
import subprocess


def help_of(command, *words):
    """The help of the program, or of a command of it."""
    return subprocess.run([command, *words, "--help"], capture_output=True, text=True, check=True).stdout


def commands_in(text):
    """The names of the commands that a help lists, in its order."""
    _, _, listed = text.partition("\nSubcommands:\n")
    return re.findall(r"^  ([a-z_]+)  ", listed, re.MULTILINE)


def options_in(text):
    """The long names of the options that a help lists."""
    return set(re.findall(r"^  (?:-\w,)?(--[a-z-]+)", text, re.MULTILINE))
