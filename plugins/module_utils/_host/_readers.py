# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host's sysctl files will set at the next boot, for each program that may read them. Pure.

Sources: sysctl.d(5); ``src/sysctl/sysctl.c`` of systemd 247 to 257; ``sysctl.c`` of procps-ng 3.3.17 and 4.0.
"""

import fnmatch
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._host._kernel import value_of
from ansible_collections.netops.keepalive.plugins.module_utils._host._snapshot import BootFacts, SysctlFile
from ansible_collections.netops.keepalive.plugins.module_utils._host._sysctl_text import (
    PATHS,
    Assignment,
    procps_assignments,
    systemd_assignments,
)
from ansible_collections.netops.keepalive.plugins.module_utils._settings import KERNEL_DEFAULTS, NAMES, Settings

Files = t.Mapping[str, SysctlFile]

SYSCTL_CONF = "/etc/sysctl.conf"
SYSTEMD_FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d")
# /lib is a folder of its own only where /usr is not merged.
PROCPS_FOLDERS = SYSTEMD_FOLDERS + ("/lib/sysctl.d",)
OLD_PROCPS_FOLDERS = ("/run/sysctl.d", "/etc/sysctl.d") + PROCPS_FOLDERS[2:]
COMMAND_LINE = "/proc/cmdline"


class Source(t.NamedTuple):
    """The place that decides a value: a file and a line of it, from 1."""

    file: str
    line: int


class Found(t.NamedTuple):
    """An assignment together with the file that it stands in."""

    file: str
    assignment: Assignment


class Prediction(t.NamedTuple):
    """What one reader sets: the values after it ran, and who decided each of them (``None``: the kernel's default)."""

    reader: str
    settings: Settings
    sources: t.Mapping[str, t.Optional[Source]]
    files: t.Tuple[str, ...]

    def report(self) -> t.Dict[str, t.Any]:
        """As the info module returns it."""
        return dict(self.settings.report(), source=source_report(self.sources))


def source_report(sources: t.Mapping[str, t.Optional[Source]]) -> t.Dict[str, t.Optional[t.Dict[str, t.Any]]]:
    return {name: None if source is None else dict(source._asdict()) for name, source in sources.items()}


def predict(reader: str, files: Files, facts: BootFacts) -> Prediction:
    """The values after ``reader`` (``systemd`` or ``procps``) has read ``files`` on a freshly booted host."""
    values, sources = kernel_values(facts)
    read = files_read(reader, files, facts)
    if not (reader == "systemd" and facts.systemd_masked):
        chosen = systemd_order if reader == "systemd" else procps_order
        for name, found in chosen(assignments(reader, read, files, facts)):
            value = None if found.assignment.value is None else value_of(name, found.assignment.value)
            if value is not None:
                values[name] = value
            # systemd-sysctl writes the last assignment only: one that the kernel refuses still hides those before it.
            if value is not None or (reader == "systemd" and not found.assignment.is_glob):
                sources[name] = Source(found.file, found.assignment.line)
    return Prediction(reader, Settings(**values), sources, read)


def kernel_values(facts: BootFacts) -> t.Tuple[t.Dict[str, int], t.Dict[str, t.Optional[Source]]]:
    """What the kernel starts with: its defaults and the ``sysctl.KEY=VALUE`` of its command line."""
    values = KERNEL_DEFAULTS.named()
    sources: t.Dict[str, t.Optional[Source]] = {name: None for name in NAMES}
    for word in facts.command_line.split():
        match = re.match(r"sysctl[./]([^=]+)=(.*)", word)
        for name in NAMES:
            if match and match.group(1).replace(".", "/") == PATHS[name]:
                value = value_of(name, match.group(2))
                if value is not None:
                    values[name], sources[name] = value, Source(COMMAND_LINE, 1)
    return values, sources


def files_read(reader: str, files: Files, facts: BootFacts) -> t.Tuple[str, ...]:
    """The paths that ``reader`` reads, in its order: by file name, a name in an earlier folder hides the later ones."""
    if reader == "systemd":
        folders = SYSTEMD_FOLDERS
    else:
        folders = OLD_PROCPS_FOLDERS if facts.procps_run_first else PROCPS_FOLDERS
    by_name: t.Dict[str, str] = {}
    for folder in folders:
        for path in files:
            parent, _slash, name = path.rpartition("/")
            if parent == folder and name.endswith(".conf") and not (reader == "systemd" and name[0] == "."):
                by_name.setdefault(name, path)
    ordered = [by_name[name] for name in sorted(by_name, key=as_bytes)]
    if reader == "procps" and SYSCTL_CONF in files:
        ordered.append(SYSCTL_CONF)
    return tuple(ordered)


def as_bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def assignments(reader: str, read: t.Iterable[str], files: Files, facts: BootFacts) -> t.List[Found]:
    lines = systemd_assignments if reader == "systemd" else procps_assignments
    found = [Found(path, assignment) for path in read for assignment in lines(files[path].text or "")]
    if reader == "procps" and facts.procps == "3.3":
        # That version knows neither globs nor lines that exclude from them.
        found = [item for item in found if not item.assignment.is_glob and item.assignment.value is not None]
    return found


def systemd_order(found: t.Iterable[Found]) -> t.Iterator[t.Tuple[str, Found]]:
    """One write a key, its last assignment; globs where they first stood, for what no line names by itself."""
    by_path: t.Dict[str, Found] = {}
    for item in found:
        path = item.assignment.path
        if path in by_path and by_path[path].assignment.value != item.assignment.value:
            del by_path[path]
        by_path[path] = item
    for path, item in by_path.items():
        for name in NAMES:
            if path == PATHS[name] or (glob_takes(item, name) and PATHS[name] not in by_path):
                yield name, item


def procps_order(found: t.List[Found]) -> t.Iterator[t.Tuple[str, Found]]:
    """Every assignment in turn; a glob passes over what any line names by itself."""
    named = {item.assignment.path for item in found if not item.assignment.is_glob}
    for item in found:
        if item.assignment.value is None:
            continue
        for name in NAMES:
            if item.assignment.path == PATHS[name] or (glob_takes(item, name) and PATHS[name] not in named):
                yield name, item


def glob_takes(item: Found, name: str) -> bool:
    return (
        item.assignment.is_glob
        and item.assignment.value is not None
        and glob_matches(item.assignment.path, PATHS[name])
    )


def glob_matches(pattern: str, path: str) -> bool:
    """As glob(3): ``*`` and ``?`` do not match a slash."""
    parts, wanted = pattern.split("/"), path.split("/")
    return len(parts) == len(wanted) and all(matches_part(part, one) for part, one in zip(parts, wanted))


def matches_part(pattern: str, text: str) -> bool:
    try:
        return fnmatch.fnmatchcase(text, pattern.replace("[^", "[!"))
    except re.error:  # a range that runs backwards, on old Pythons
        return False
