# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a sysctl file: the assignments in it, for each program that reads it, and edits of it. Pure."""

import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import keys as sysctl_keys

# Text is decoded as UTF-8 with surrogateescape, so that bytes that are not UTF-8 survive an edit. str.strip() and
# str.splitlines() take more characters for blanks and line ends than C programs do: always name the characters here.
SYSTEMD_BLANKS = " \t\n\r"
PROCPS_BLANKS = " \t\n\r\v\f"
PATHS = {parameter.name: parameter.sysctl.replace(".", "/") for parameter in _settings.PARAMETERS}

HEADER = "# TCP keepalive of this host, set by netops.keepalive.tcp_keepalive.\n"
TAKEN_OVER = "# taken over by netops.keepalive.tcp_keepalive: "


class Assignment(t.NamedTuple):
    """A line, counted from 1, that sets ``path`` to ``value`` or, where that is ``None``, excludes it from globs.

    ``path`` is relative to ``/proc/sys``. ``key`` is the same path in the spelling that the reader compares with others.
    """

    line: int
    path: str
    key: str
    value: t.Optional[str]

    @property
    def is_glob(self) -> bool:
        return sysctl_keys.is_glob(self.key)


def systemd_assignments(text: str) -> t.Iterator[Assignment]:
    """The assignments that systemd-sysctl reads. Source: ``src/sysctl/sysctl.c``, ``src/basic/fileio.c`` (``read_line_full``)."""
    number, end = 1, 0
    for match in re.finditer(r"[^\n\r\0]+", text):
        # Carriage returns and null bytes end its lines too, but editors count newlines only.
        number += text.count("\n", end, match.start())
        end = match.end()
        if is_too_long(match.group()):
            return
        line = match.group().strip(SYSTEMD_BLANKS)
        key, equals, value = line.partition("=")
        if line[:1] in ("", "#", ";") or not (equals or line[0] == "-"):
            continue
        key = sysctl_keys.simplified(sysctl_keys.slashed(without_dash(key).strip(SYSTEMD_BLANKS)))
        yield Assignment(number, key, key, value.strip(SYSTEMD_BLANKS) if equals else None)


def procps_assignments(text: str) -> t.Iterator[Assignment]:
    """The assignments that ``sysctl`` of procps-ng 4 reads. Source: ``parse_setting_line`` and ``setting_new`` in ``src/sysctl.c``."""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.partition("\0")[0].lstrip(PROCPS_BLANKS)
        key, equals, value = line.partition("=")
        if line[:1] in ("", "#", ";") or not (equals or line[0] == "-"):
            continue
        # It removes one dash when it reads the line and another when it makes the path. A blank after a dash stays
        # part of the key, which then names nothing.
        key = sysctl_keys.slashed(without_dash(without_dash(key)).rstrip(PROCPS_BLANKS))
        yield Assignment(number, sysctl_keys.opened(key), key, value.strip(PROCPS_BLANKS) if equals else None)


def old_procps_assignments(text: str) -> t.Iterator[Assignment]:
    """The assignments that ``sysctl`` of procps-ng 3.3 reads; it knows no globs. Source: ``Preload``, ``WriteSetting`` in ``sysctl.c``."""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.partition("\0")[0].rstrip(" \t\r").lstrip(" \t")
        if line[:1] in ("", "#", ";"):
            continue
        # strtok(3) skips leading delimiters: equals signs before the key, carriage returns before the value.
        key, _equals, value = line.lstrip("=").partition("=")
        value = value.lstrip("\r").partition("\r")[0]
        key = sysctl_keys.slashed(without_dash(key.rstrip(" \t\r")))
        if value and not sysctl_keys.is_glob(key):
            yield Assignment(number, sysctl_keys.opened(key), key, value.lstrip(" \t"))


LINE_READERS = (systemd_assignments, procps_assignments, old_procps_assignments)


def is_too_long(line: str) -> bool:
    """Whether systemd-sysctl stops reading the file at this line (LONG_LINE_MAX)."""
    return len(line.encode("utf-8", "surrogateescape")) >= 1 << 20


def without_dash(key: str) -> str:
    return key[1:] if key.startswith("-") else key


def physical_lines(text: str) -> t.List[str]:
    """The lines as an editor shows them, each with its newline."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def lines_of(text: str, names: t.Iterable[str]) -> t.Dict[int, str]:
    """Line number, from 1, to parameter name, for lines that name one of ``names`` by itself (no glob).

    A line with a carriage return or a null byte inside is left out: some readers begin another line there.
    """
    wanted = {PATHS[name]: name for name in names}
    found: t.Dict[int, str] = {}
    for number, line in enumerate(physical_lines(text), 1):
        if not re.search(r"[\r\0][^\r\n]", line):
            for read in LINE_READERS:
                found.update((number, wanted[item.path]) for item in read(line) if item.path in wanted)
    return found


def with_values(text: str, values: t.Mapping[str, int], value_of: t.Callable[[str, str], t.Optional[int]]) -> str:
    """``text`` with exactly one assignment of each of ``values``; a line that already is one stays as it is."""
    ours = lines_of(text, values)
    written: t.Set[str] = set()
    kept: t.List[str] = []
    for number, line in enumerate(physical_lines(text), 1):
        name = ours.get(number)
        if name is None:
            kept.append(line)
        elif name not in written:
            written.add(name)
            kept.append(line if assigns(line, name, values[name], value_of) else rewritten(line, name, values[name]))
    result = "".join(kept)
    missing = [name for name in values if name not in written]
    if not missing:
        return result
    if result and not result.endswith("\n"):
        result += "\n"
    return (result or HEADER) + "".join(assignment_line(name, values[name]) + "\n" for name in missing)


def assigns(line: str, name: str, value: int, value_of: t.Callable[[str, str], t.Optional[int]]) -> bool:
    """Whether each reader takes ``value`` from the line."""
    readings = [list(read(line)) for read in LINE_READERS]
    return all(
        len(reading) == 1
        and reading[0].path == PATHS[name]
        and reading[0].value is not None
        and value_of(name, reading[0].value) == value
        for reading in readings
    )


def rewritten(line: str, name: str, value: int) -> str:
    """The assignment, with the line end of the line that it replaces."""
    return assignment_line(name, value) + line[len(line.rstrip("\r\n")) :]


def assignment_line(name: str, value: int) -> str:
    # With blanks around "=": each reader takes this spelling, the script of OpenRC included.
    return "{0} = {1}".format(PATHS[name].replace("/", "."), value)


def without(text: str, names: t.Iterable[str]) -> t.Optional[str]:
    """``text`` without the lines that name one of ``names``; ``None`` if only our own header would be left."""
    ours = lines_of(text, names)
    kept = "".join(line for number, line in enumerate(physical_lines(text), 1) if number not in ours)
    kept = kept.replace(HEADER, "", 1)
    return kept if kept.strip(PROCPS_BLANKS) else None


def commented_out(text: str, names: t.Iterable[str]) -> str:
    """``text`` with the lines that name one of ``names`` turned into comments, which name this module."""
    ours = lines_of(text, names)
    return "".join(TAKEN_OVER + line if number in ours else line for number, line in enumerate(physical_lines(text), 1))
