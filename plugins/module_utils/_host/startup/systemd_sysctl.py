# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd-sysctl.service: whether it runs at boot, and what it runs, from its unit file, drop-ins and links.

Sources: systemd.unit(5), systemd.service(5), systemd.exec(5), systemd-sysctl(8).
"""

import posixpath
import re
import shlex
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _local_host
from ansible_collections.netops.keepalive.plugins.module_utils._host.startup import unit_files
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import keys as sysctl_keys
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import text as sysctl_text
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import types as sysctl_types

NAME = "systemd-sysctl"
UNIT = NAME + ".service"
# The usual condition. A read-only /proc/sys is noticed without it.
PATH_CONDITION = re.compile(r"ConditionPathIsReadWrite=/proc/sys(/net)?/?\Z")
# With one of these the service sees other values than the host's, or cannot set them.
ISOLATING = ("PrivateNetwork", "ProtectKernelTunables")
TRUE = ("1", "yes", "y", "true", "t", "on")
HARMLESS_ARGUMENTS = ("--strict", "--no-pager")


class Service(t.NamedTuple):
    """``obstacle`` is what keeps the service from setting the values; ``doubts`` are sentences about the rest."""

    obstacle: t.Optional[sysctl_types.Obstacle]
    doubts: t.Tuple[str, ...] = ()


def read_service(command_line: str, host: _local_host.LocalHost) -> Service:
    """The service as the next boot finds it; ``command_line`` is the kernel's, which may mask it."""
    fragment = unit_files.fragment(UNIT, host)
    if fragment is None:
        return Service(obstacle("{0} does not exist", "install the package that has it"))
    on_command_line = {"systemd.mask=" + UNIT, "systemd.mask=" + NAME} & set(command_line.split())
    if on_command_line or unit_files.is_mask(fragment, host):
        return Service(obstacle("{0} is masked", "unmask it"))
    if not is_wanted(host):
        return Service(obstacle("{0} is not enabled", "run systemctl add-wants sysinit.target {0}"))
    paths = [fragment] + unit_files.drop_ins(UNIT, host)
    settings = [setting for path in paths for setting in unit_files.settings_of(path, host)]
    for setting in {setting.key: setting for setting in settings}.values():  # the last one of each key
        isolates = setting.key in ISOLATING and setting.value.lower() in TRUE
        if isolates or (setting.key == "User" and setting.value not in ("", "0", "root")):
            return Service(obstacle("{1} keeps {0} from the values of this host", "remove that line", setting))
    service = after_commands([setting for setting in settings if setting.key in ("ExecStart", "ExecStartPost")])
    conditions = [setting for setting in settings if setting.key.startswith(("Condition", "Assert"))]
    return service if service.obstacle else after_conditions(service, unit_files.effective(conditions), host)


def obstacle(why: str, cure: str, setting: t.Optional[unit_files.Setting] = None) -> sysctl_types.Obstacle:
    where = setting and "{0.file}:{0.line} ({0.key}={0.value})".format(setting)
    return sysctl_types.Obstacle(why.format(UNIT, where), cure.format(UNIT) + ", or pass boot: false")


def is_wanted(host: _local_host.LocalHost) -> bool:
    """Whether a link makes a target start the service."""
    return any(
        host.glob("{0}/*.{1}/{2}".format(folder, kind, UNIT))
        for folder in unit_files.LASTING_FOLDERS
        for kind in ("wants", "requires")
    )


def after_commands(settings: t.Sequence[unit_files.Setting]) -> Service:
    started = unit_files.effective(settings)
    if not started:
        return Service(obstacle("{0} runs nothing", "remove the drop-in that empties its ExecStart="))
    if not any(sets_our_keys(one.value) for one in started):
        return Service(obstacle("{1} is what {0} runs", "remove that line", started[-1]))
    doubt = "{0.file}:{0.line}: {1} also runs {0.value}; the values that this sets are not known."
    return Service(None, tuple(doubt.format(one, UNIT) for one in started if NAME not in one.value))


def sets_our_keys(command: str) -> bool:
    """Whether the command is systemd-sysctl for all three keys."""
    try:
        words = shlex.split(command.replace("--prefix ", "--prefix="))
    except ValueError:  # a quote that is not closed
        return False
    if not words or posixpath.basename(words[0].lstrip("-@:+!|")) != NAME:
        return False
    arguments = [word for word in words[1:] if word not in HARMLESS_ARGUMENTS]
    if not all(word.startswith("--prefix=") for word in arguments):
        return False
    prefixes = [word[len("--prefix=") :] for word in arguments]
    return not prefixes or all(
        any(is_below(path, prefix) for prefix in prefixes) for path in sysctl_text.PATHS.values()
    )


def is_below(path: str, prefix: str) -> bool:
    # A prefix that begins with /proc/sys, as systemd-sysctl(8) shows it, matches no key (measured, versions 247 to 262).
    return not prefix or (path + "/").startswith(sysctl_keys.simplified(sysctl_keys.slashed(prefix)) + "/")


def after_conditions(
    service: Service, conditions: t.Sequence[unit_files.Setting], host: _local_host.LocalHost
) -> Service:
    unusual = [one for one in conditions if not PATH_CONDITION.match(one.key + "=" + one.value)]
    met = are_met(unusual, host) if unusual else True
    if met is None:
        doubt = "{0.file}:{0.line}: whether {1} runs at boot depends on {0.key}={0.value}."
        return service._replace(doubts=service.doubts + tuple(doubt.format(one, UNIT) for one in unusual))
    if met:
        return service
    unmet = next((one for one in unusual if are_met([one], host) is False), unusual[-1])
    return Service(obstacle("{1} keeps {0} from running", "remove that line", unmet))


def are_met(conditions: t.Sequence[unit_files.Setting], host: _local_host.LocalHost) -> t.Optional[bool]:
    """Whether the conditions hold, by systemd's own judgement; ``None`` where that is not known."""
    try:
        status, output = host.run(
            ["systemd-analyze", "condition"] + ["{0.key}={0.value}".format(one) for one in conditions]
        )
    except OSError:
        return None
    return None if b"Cannot parse" in output or status not in (0, 1) else status == 0
