# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that a host's sysctl files set at boot, for each program that may read them. Pure.

Sources: sysctl.d(5); ``src/sysctl/sysctl.c`` of systemd 247 to 262; ``sysctl.c`` of procps-ng 3.3.17 and 4.0.2 to 4.0.7.
"""

import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import kernel_numbers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import keys as sysctl_keys
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import text as sysctl_text
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import types as sysctl_types

SYSCTL_CONF = "/etc/sysctl.conf"
# /lib is a folder of its own only where /usr is not merged; systemd reads it there, too (CONF_PATHS_SPLIT_USR).
FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")
RUN_FIRST = ("/run/sysctl.d", "/etc/sysctl.d") + FOLDERS[2:]
COMMAND_LINE = "/proc/cmdline"


READERS = ("systemd", "procps")


class Source(t.NamedTuple):
    """The place that decides a value: a file and a line of it, from 1."""

    file: str
    line: int


class Found(t.NamedTuple):
    """An assignment together with the file that it stands in."""

    file: str
    assignment: sysctl_text.Assignment


class Prediction(t.NamedTuple):
    """The values after one reader ran, and the place that decides each of them (``None``: the kernel's default).

    ``refused`` names the parameters whose deciding line the kernel refuses: no file sets them then. ``programs`` names the
    program that decides a parameter where a later one than the reader does.
    """

    reader: str
    settings: _settings.Settings
    sources: t.Mapping[str, t.Optional[Source]]
    files: t.Tuple[str, ...]
    refused: t.FrozenSet[str] = frozenset()
    programs: t.Mapping[str, str] = {}

    def report(self) -> t.Dict[str, t.Any]:
        """As the info module returns it."""
        return dict(self.settings.report(), source=source_report(self.sources))


def source_report(sources: t.Mapping[str, t.Optional[Source]]) -> t.Dict[str, t.Optional[t.Dict[str, t.Any]]]:
    return {name: None if source is None else dict(source._asdict()) for name, source in sources.items()}


def predict(reader: str, files: sysctl_types.Files, facts: sysctl_types.BootFacts) -> Prediction:
    """The values after ``reader`` (one of ``READERS``) has read ``files`` on a freshly booted host."""
    values, sources = kernel_values(facts)
    read = files_read(reader, files, facts)
    refused: t.Set[str] = set()
    if reader not in facts.obstacles:
        lines = assignments(reader, read, files, facts)
        for name, found in systemd_order(lines) if reader == "systemd" else procps_order(lines, facts.procps):
            value = None if found.assignment.value is None else kernel_numbers.value_of(name, found.assignment.value)
            if value is not None:
                values[name] = value
                refused.discard(name)
            # systemd-sysctl writes the last assignment only; one that the kernel refuses still hides those before it.
            if value is not None or (reader == "systemd" and not found.assignment.is_glob):
                sources[name] = Source(found.file, found.assignment.line)
                refused |= {name} if value is None else set()
    return Prediction(reader, _settings.Settings(**values), sources, read, frozenset(refused))


def kernel_values(facts: sysctl_types.BootFacts) -> t.Tuple[t.Dict[str, int], t.Dict[str, t.Optional[Source]]]:
    """The values before anything is read: those at the start and the ``sysctl.KEY=VALUE`` of the kernel's command line."""
    values = facts.start.named()
    sources: t.Dict[str, t.Optional[Source]] = dict.fromkeys(_settings.NAMES)
    for key, text in command_line_sysctls(facts.command_line):
        for name in _settings.NAMES:
            value = kernel_numbers.value_of(name, text) if key == sysctl_text.PATHS[name] else None
            if value is not None:
                values[name], sources[name] = value, Source(COMMAND_LINE, 1)
    return values, sources


def command_line_sysctls(command_line: str) -> t.Iterator[t.Tuple[str, str]]:
    """Key as a path and value of each ``sysctl.KEY=VALUE``. Source: ``fs/proc/proc_sysctl.c``, ``lib/cmdline.c`` of Linux."""
    for word in re.findall(r'(?:"[^"]*"?|[^\s"])+', command_line):
        word = word.replace('"', "")
        if word == "--":  # the rest is for init
            return
        match = re.match(r"sysctl[./](.*?)=(.*)", word, re.DOTALL)
        if match:
            # Each dot becomes a slash and each slash stays one; the kernel ignores doubled ones.
            yield sysctl_keys.simplified(match.group(1).replace(".", "/")), match.group(2)


def files_read(reader: str, files: sysctl_types.Files, facts: sysctl_types.BootFacts) -> t.Tuple[str, ...]:
    """The paths that ``reader`` reads, in its order: by file name; a name in an earlier folder hides the later ones."""
    by_name: t.Dict[str, str] = {}
    for folder in RUN_FIRST if reader == "procps" and facts.procps_run_first else FOLDERS:
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


def assignments(
    reader: str, read: t.Iterable[str], files: sysctl_types.Files, facts: sysctl_types.BootFacts
) -> t.List[Found]:
    if reader == "systemd":
        lines = sysctl_text.systemd_assignments
    else:
        lines = sysctl_text.old_procps_assignments if facts.procps == "3.3" else sysctl_text.procps_assignments
    return [Found(path, assignment) for path in read for assignment in lines(files[path].text or "")]


def systemd_order(found: t.Iterable[Found]) -> t.Iterator[t.Tuple[str, Found]]:
    """One write for each key, its last assignment. A glob sets only what no line names by itself."""
    by_key: t.Dict[str, Found] = {}
    for item in found:
        key = item.assignment.key
        if key in by_key and by_key[key].assignment.value != item.assignment.value:
            del by_key[key]
        by_key[key] = item
    for item in by_key.values():
        for name in _settings.NAMES:
            matched = keys_found(item.assignment, name, braces=True)
            if item.assignment.path == sysctl_text.PATHS[name] or any(key not in by_key for key in matched):
                yield name, item


def procps_order(found: t.List[Found], version: t.Optional[str]) -> t.Iterator[t.Tuple[str, Found]]:
    """Every assignment in turn. A glob sets only what no line names by itself, nor excludes by a glob since 4.0.5."""
    named = {item.assignment.key for item in found if not item.assignment.is_glob}
    excludes = [item.assignment.key for item in found if item.assignment.value is None and version == "4.0.5"]
    known: t.Dict[str, bool] = {}
    for item in found:
        if item.assignment.value is None:
            continue
        for name in _settings.NAMES:
            matched = set(keys_found(item.assignment, name, braces=False)) - named
            known.update((key, is_excluded(key, excludes)) for key in matched - set(known))
            if item.assignment.path == sysctl_text.PATHS[name] or any(not known[key] for key in matched):
                yield name, item


def is_excluded(key: str, patterns: t.List[str]) -> bool:
    # Imported only where it is needed: Ansible sends source, and each run compiles it anew.
    from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import globs

    return any(globs.matches(pattern, key) for pattern in patterns)


def keys_found(assignment: sysctl_text.Assignment, name: str, braces: bool) -> t.List[str]:
    """The spellings under which a glob finds a parameter: at most one for each pattern, none where the line is no glob."""
    if not assignment.is_glob or assignment.value is None:
        return []
    from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import globs

    patterns = globs.without_braces(assignment.key) if braces else [assignment.key]
    keys = [globs.spelled_by(pattern, sysctl_text.PATHS[name]) for pattern in patterns]
    return [key for key in keys if key is not None]
