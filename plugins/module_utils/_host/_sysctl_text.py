# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a sysctl file: which lines assign what, for each of the programs that read it, and how to edit it. Pure."""

import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._settings import PARAMETERS

# Text is decoded as UTF-8 with surrogateescape, so that bytes which are not UTF-8 survive an edit. str.strip() and
# str.splitlines() know more blanks and line ends than C programs do: never use them here without naming characters.
SYSTEMD_BLANKS = " \t\n\r"
PROCPS_BLANKS = " \t\n\r\v\f"
GLOB_CHARACTERS = re.compile(r"[*?\[]")
PATHS = {parameter.name: parameter.sysctl.replace(".", "/") for parameter in PARAMETERS}

HEADER = "# TCP keepalive of this host, set by netops.keepalive.tcp_keepalive.\n"
TAKEN_OVER = "# taken over by netops.keepalive.tcp_keepalive: "


class Assignment(t.NamedTuple):
    """One line that sets (``value`` is text) or excludes from globs (``value`` is ``None``) what ``path`` names.

    ``path`` is relative to ``/proc/sys``; ``spelled`` is the same without its slashes tidied up.
    """

    line: int
    path: str
    spelled: str
    value: t.Optional[str]

    @property
    def is_glob(self) -> bool:
        return bool(GLOB_CHARACTERS.search(self.path))


def systemd_assignments(text: str) -> t.Iterator[Assignment]:
    """What systemd-sysctl reads. Source: ``src/sysctl/sysctl.c``, ``src/basic/fileio.c`` (``read_line_full``)."""
    for number, line in enumerate(re.split(r"\r\n|\n\r|[\n\r\0]", text), 1):
        line = line.strip(SYSTEMD_BLANKS)
        if not line or line[0] in "#;":
            continue
        key, equals, value = line.partition("=")
        if not equals and key[0] != "-":
            continue
        key = key[1:] if key[0] == "-" else key
        spelled = slashed(key.strip(SYSTEMD_BLANKS))
        yield Assignment(number, tidied(spelled), spelled, value.strip(SYSTEMD_BLANKS) if equals else None)


def procps_assignments(text: str) -> t.Iterator[Assignment]:
    """What ``sysctl`` of procps-ng reads. Source: ``sysctl.c`` (3.3.17) and ``src/sysctl.c`` (4.0)."""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.split("\0")[0].lstrip(PROCPS_BLANKS)
        if len(line) < 2 or line[0] in "#;":
            continue
        key, equals, value = line.partition("=")
        if not equals and key[0] != "-":
            continue
        key = key[1:] if key[0] == "-" else key
        # A blank after the dash stays: such a key names nothing.
        spelled = slashed(key.rstrip(PROCPS_BLANKS))
        yield Assignment(number, tidied(spelled), spelled, value.strip(PROCPS_BLANKS) if equals else None)


def slashed(key: str) -> str:
    """A key as a path: where its first separator is a dot, dots and slashes swap their meaning."""
    first = re.search(r"[./]", key)
    if not first or first.group() == "/":
        return key
    return key.translate({ord("."): "/", ord("/"): "."})


def tidied(path: str) -> str:
    return re.sub(r"/+", "/", path).lstrip("/")


def lines_of(text: str, names: t.Iterable[str]) -> t.Dict[int, str]:
    """Line number (from 1, at newlines) to parameter name, for lines that name one of ``names`` by itself (no glob)."""
    wanted = {PATHS[name]: name for name in names}
    found: t.Dict[int, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for read in (systemd_assignments, procps_assignments):
            for assignment in read(line):
                if assignment.path in wanted:
                    found[number] = wanted[assignment.path]
    return found


def with_values(text: str, values: t.Mapping[str, int], value_of: t.Callable[[str, str], t.Optional[int]]) -> str:
    """``text`` so that it assigns each of ``values`` exactly once; a line that already does so stays as it is."""
    ours = lines_of(text, values)
    written: t.Set[str] = set()
    kept: t.List[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        name = ours.get(number)
        if name is None:
            kept.append(line)
        elif name not in written:
            written.add(name)
            kept.append(line if assigns(line, name, values[name], value_of) else assignment_line(name, values[name]))
    result = "\n".join(kept)
    missing = [name for name in values if name not in written]
    if not missing:
        return result
    if result and not result.endswith("\n"):
        result += "\n"
    return (result or HEADER) + "".join(assignment_line(name, values[name]) + "\n" for name in missing)


def assigns(line: str, name: str, value: int, value_of: t.Callable[[str, str], t.Optional[int]]) -> bool:
    readings = [list(read(line)) for read in (systemd_assignments, procps_assignments)]
    return all(
        len(reading) == 1
        and reading[0].path == PATHS[name]
        and reading[0].value is not None
        and value_of(name, reading[0].value) == value
        for reading in readings
    )


def assignment_line(name: str, value: int) -> str:
    # With blanks around "=": the one spelling that every reader takes, Alpine's OpenRC script included.
    return "{0} = {1}".format(PATHS[name].replace("/", "."), value)


def without(text: str, names: t.Iterable[str]) -> t.Optional[str]:
    """``text`` without the lines that name one of ``names``; ``None`` if nothing but our own header would be left."""
    ours = lines_of(text, names)
    kept = "\n".join(line for number, line in enumerate(text.split("\n"), 1) if number not in ours).replace(HEADER, "", 1)
    return kept if kept.strip(PROCPS_BLANKS) else None


def commented_out(text: str, names: t.Iterable[str]) -> str:
    """``text`` with the lines that name one of ``names`` turned into comments that say who did it."""
    ours = lines_of(text, names)
    return "\n".join(
        TAKEN_OVER + line if number in ours else line for number, line in enumerate(text.split("\n"), 1)
    )
