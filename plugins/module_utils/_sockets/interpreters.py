# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an interpreter runs, from its arguments."""

import re
import typing as t

# Group 1 is its name without a version.
INTERPRETER = re.compile(r"(python|pypy|node|ruby|perl|lua|java|php|bun)(?:js)?[0-9.]*\Z")
NAMED = ("-m", "--module", "-jar")
# The options that run nothing and take no further word. Any other one may be code, or be followed by anything.
FLAGS = {
    "python": r"-[bBdEiIOPqsSuvx]+|-[WX]\S+",
    "node": r"--(?!eval|print)[\w-]+=\S*|--(?:enable-source-maps|expose-gc|inspect|no-\w[\w-]*|trace-[\w-]+)",
    "java": r"-(?:[DXe]|da|dsa|server|client|verbose|javaagent|agentlib|agentpath)\S*|--[\w-]+=\S*|--enable-preview",
    "ruby": r"-[vwWT]\d?|-[EIrU]\S*|--[\w-]+=\S*|--y?jit",
    "perl": r"-[tTuUwWX]+|-[ImM]\S+",
    "lua": r"-[EW]|-l\S+",
    "php": r"-[nq]|-[cd]\S+",
    "bun": r"--(?:bun|hot|watch|smol)",
}
# The options whose value is the next word.
WITH_VALUE = {
    "python": ("-W", "-X"),
    "java": (
        "-cp",
        "-classpath",
        "--class-path",
        "-p",
        "--module-path",
        "--add-modules",
        "--add-opens",
        "--add-exports",
    ),
    "node": ("-r", "--require", "--import", "--loader", "--env-file", "--title"),
    "ruby": ("-I", "-r"),
    "perl": ("-I",),
    "lua": ("-l",),
    "php": ("-c", "-d"),
}
# Anything else may be more than a name.
NAME = re.compile(r"[\w.][\w.+-]{0,99}\Z")


def script(interpreter: str, words: t.Sequence[str]) -> t.Optional[str]:
    """The name of the script, the module or the main class, without its folder; never an argument of it, nor code."""
    language = "python" if interpreter == "pypy" else interpreter
    rest = iter(words[1:])
    for word in rest:
        if word in WITH_VALUE.get(language, ()):
            next(rest, None)
        elif word in NAMED or not word.startswith("-"):
            if language == "bun" and word == "run":
                continue
            name = (next(rest, "") if word in NAMED else word).rpartition("/")[2]
            return name if NAME.match(name) else None
        elif not re.match("(?:" + FLAGS[language] + r")\Z", word):
            return None
    return None
