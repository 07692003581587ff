# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an interpreter runs, from its arguments."""

import re
import typing as t

# Group 1 is its name without a version.
INTERPRETER = re.compile(r"(python|pypy|node|ruby|perl|lua|java|php|bun)(?:js)?[0-9.]*\Z")
NAMED = ("-m", "-jar")
CODE = ("-c", "-e", "-E", "-p", "-r", "--eval", "--print")
# The options whose value is the next word. -I and -W are flags of others.
WITH_VALUE = {
    "python": ("-W", "-X"),
    "pypy": ("-W", "-X"),
    "java": ("-cp", "-classpath", "--class-path", "--module-path", "--add-modules"),
    "node": ("--require", "--import"),
    "ruby": ("-I",),
    "perl": ("-I",),
}
# Anything else may be more than a name.
NAME = re.compile(r"[\w.][\w.+-]{0,99}\Z")


def script(interpreter: str, words: t.Sequence[str]) -> t.Optional[str]:
    """The name of the script, the module or the main class, without its folder; never an argument of it, nor code."""
    rest = iter(words[1:])
    for word in rest:
        if word in CODE:
            return None
        if word in WITH_VALUE.get(interpreter, ()):
            next(rest, None)
        elif word in NAMED or not word.startswith("-"):
            name = (next(rest, "") if word in NAMED else word).rpartition("/")[2]
            return name if NAME.match(name) else None
    return None
