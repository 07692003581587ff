# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of ours is installed for the next boot, and what a task makes of it. It changes nothing."""

import glob
import hashlib
import os
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._always import config, steps
from ansible_collections.netops.keepalive.plugins.module_utils._always import request as requests
from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import bundle, files, marker, values
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout

PYTHONS = ("/usr/bin/python3", "/usr/libexec/platform-python")
SYSTEMD = "/run/systemd/system"
NO_SYSTEMD = (
    "boot is true, but systemd does not run this host: say boot: false, and run the task again after each boot."
)
NO_PYTHON = (
    "boot is true, but this host has none of {0}, which attach the program at boot: install one, or say boot: false."
)
SCOPE = "{0} is a scope: it ends with its processes, so that nothing can be attached when it starts."

Files = t.Dict[str, str]


class Boot(t.NamedTuple):
    """Files by path, ``released`` as this release writes them for what is there."""

    before: Files
    after: Files
    released: Files
    conf_before: t.Dict[str, config.Config]
    conf_after: t.Dict[str, config.Config]
    starts: bool
    limits: t.List[str]

    @property
    def changes(self) -> bool:
        return self.before != self.after or self.starts

    @property
    def stops(self) -> bool:
        return bool(self.before) and not self.after

    @property
    def units(self) -> t.List[t.Optional[str]]:
        names = sorted(set(self.conf_before) | set(self.conf_after))
        return [None if name == values.HOST else name for name in names]

    def sides(self, unit: t.Optional[str]) -> t.Dict[str, t.Any]:
        name = values.HOST if unit is None else unit
        return {
            "before": side(name, self.conf_before, self.before, self.released),
            "after": side(name, self.conf_after, self.after, self.after),
        }

    def shown(self) -> t.Iterator[t.Tuple[str, t.Optional[str], t.Optional[str]]]:
        """Of each file the path, the text before and after; the script by its hash."""
        for path in list(self.after) + [path for path in self.before if path not in self.after]:
            before, after = self.before.get(path), self.after.get(path)
            yield (path, digest(before), digest(after)) if path == files.SCRIPT else (path, before, after)
        if self.starts:
            yield files.NAME + ".service", "inactive\n", "active\n"


def digest(text: t.Optional[str]) -> t.Optional[str]:
    raw = None if text is None else text.encode("utf-8", "surrogateescape")
    return None if raw is None else "sha256 {0}\n".format(hashlib.sha256(raw).hexdigest())


def side(
    name: str, conf: t.Mapping[str, config.Config], there: Files, released: Files
) -> t.Optional[t.Dict[str, t.Any]]:
    """``None`` where nothing would be attached: a file that it takes is missing."""
    paths = files.attaching(name, there.__contains__)
    if name not in conf or not paths:
        return None
    outdated = any(there[path] != released.get(path) for path in paths)
    return dict(conf[name].report(), outdated=outdated)


def plan(request: requests.Request, wanted: t.Sequence[steps.Wanted], is_held: bool) -> Boot:
    """Raises ``HostUnreadable`` where this host cannot do it."""
    before = read()
    conf = parsed(before)
    limits: t.List[str] = []
    python = next(filter(os.path.exists, PYTHONS), PYTHONS[0])
    companions = {name for name in conf if files.companion(name) in before}
    script = bundle.render() if before or request.boot else ""
    released = files.render(conf, companions, script, python)
    if not request.boot or is_held:
        return Boot(before, before, released, conf, conf, False, limits)
    after = sections(request, wanted, conf)
    for name in [name for name in after if name.endswith(".scope")]:
        limits.append(SCOPE.format(name))
        del after[name]
    if request.state == "present" and after:
        check_host()
    roots = {one.unit: one.has_root for one in wanted if one.unit}
    companions = {name for name in after if files.needs_companion(name, roots.get(name, name in companions))}
    starts = bool(after) and request.runtime and request.state == "present" and marker.read() is None
    return Boot(before, files.render(after, companions, script, python), released, conf, after, starts, limits)


def sections(
    request: requests.Request, wanted: t.Sequence[steps.Wanted], there: t.Mapping[str, config.Config]
) -> t.Dict[str, config.Config]:
    named = {one.unit or values.HOST: one.config._replace(cookie=0) for one in wanted if one.config}
    if request.state == "present":
        return named if request.exclusive else dict(there, **named)
    if request.scope == "units":
        gone = {one.unit for one in wanted}
        return {name: one for name, one in there.items() if name not in gone}
    if request.scope == "host":
        return {name: one for name, one in there.items() if name != values.HOST and not one.flags & layout.EXCLUDED}
    return {}


def check_host() -> None:
    if not os.path.isdir(SYSTEMD):
        raise _errors.HostUnreadable(NO_SYSTEMD)
    if not any(map(os.path.exists, PYTHONS)):
        raise _errors.HostUnreadable(NO_PYTHON.format(" and ".join(PYTHONS)))


def parsed(there: Files) -> t.Dict[str, config.Config]:
    """What cannot be understood attaches nothing, and is replaced."""
    try:
        return values.parse(there.get(values.CONF, ""))
    except _errors.InvalidValue:
        return {}


def read() -> Files:
    fixed = [files.SCRIPT, values.CONF, files.SERVICE, files.TEMPLATE, files.LINK]
    paths = fixed + sorted(glob.glob(files.DROP_INS)) + sorted(glob.glob(files.COMPANIONS))
    return {path: text for path, text in ((path, read_text(path)) for path in paths) if text is not None}


def read_text(path: str) -> t.Optional[str]:
    try:
        if files.is_link(path):
            return os.readlink(path)
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _errors.HostUnreadable("{0} cannot be read: {1}.".format(path, error.strerror)) from error
