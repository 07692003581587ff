# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What always.py does on a host: attach what always.conf says, take it off, tell what is attached. It is called without Ansible."""

import contextlib
import os
import sys
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _text
from ansible_collections.netops.keepalive.plugins.module_utils._always import (
    apply,
    attached,
    bpf,
    cgroups,
    config,
    loader,
    refusals,
    steps,
)
from ansible_collections.netops.keepalive.plugins.module_utils._always.boot import held, marker, values
from ansible_collections.netops.keepalive.plugins.module_utils._always.program import layout
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import processes

WAIT = 3.0
"""For the lock: a unit waits for at most 5 seconds."""
USAGE = "usage: always.py attach | unit NAME | off | status"


def main(words: t.Sequence[str]) -> int:
    try:
        if len(words) == 2 and words[0] == "unit":
            return attach_unit(words[1])
        if len(words) == 1 and words[0] in COMMANDS:
            return COMMANDS[words[0]]()
        tell(USAGE)
        return 2
    except _errors.KeepaliveError as error:
        tell(str(error))
    except OSError as error:
        tell(str(refusals.refused(error)))
    return 1


def tell(sentence: str) -> None:
    """To the operator, or as an error to the journal."""
    sys.stderr.write("{0}netops-keepalive: {1}\n".format("" if sys.stderr.isatty() else "<3>", sentence))


def read_conf() -> t.Dict[str, config.Config]:
    """Raises ``InvalidValue``, ``HostUnreadable``."""
    try:
        with open(values.CONF, encoding="utf-8") as file:
            return values.parse(file.read())
    except (OSError, UnicodeDecodeError) as error:
        raise _errors.HostUnreadable("{0} cannot be read: {1}.".format(values.CONF, _text.why(error))) from error


def attach() -> int:
    """The host, and the units that run. The kernel is tried once for each boot; units that start later rely on that."""
    conf = read_conf()
    mount, cookie = cgroups.find_mount(), loader.host_cookie()
    if conf and marker.read() is None:
        with cgroups.locked(mount, WAIT):
            marker.write(
                apply.prove(mount, cookie, [one._replace(flags=one.flags | layout.CONTAINERS) for one in conf.values()])
            )
    running = find_running(mount, set(conf))
    order = sorted(running, key=lambda name: (not conf[name].flags & layout.EXCLUDED, name))
    failed = [name for name in order if not attached_to(mount, cookie, name, running[name], conf[name])]
    return 1 if failed and len(failed) == len(running) else 0


def attached_to(mount: str, cookie: t.Optional[int], name: str, cgroup: str, wanted: config.Config) -> bool:
    """A unit that fails does not keep the others from theirs."""
    try:
        attach_one(mount, cookie, name, cgroup, wanted)
    except (_errors.KeepaliveError, OSError) as error:
        tell("{0}: {1}".format(name, refusals.refused(error, cgroup) if isinstance(error, OSError) else error))
        return False
    return True


def attach_unit(name: str) -> int:
    """Of a unit that is about to start; nothing while the service is off."""
    abilities, conf = marker.read(), read_conf()
    if abilities is None or name not in conf:
        return 0
    mount = cgroups.find_mount()
    cgroup = own_cgroup(name) or find_running(mount, {name}).get(name)
    if cgroup is None:
        raise _errors.HostUnreadable("{0} has no cgroup: it does not run.".format(name))
    attach_one(mount, loader.host_cookie(), name, cgroup, conf[name])
    return 0


def attach_one(mount: str, cookie: t.Optional[int], name: str, cgroup: str, wanted: config.Config) -> None:
    """Raises ``KeepaliveError``, ``OSError``."""
    abilities = marker.read()
    if not wanted.flags & layout.EXCLUDED:
        wanted = wanted._replace(cookie=cookie or 0)
        if abilities and (cookie is None or not abilities.namespaces) and not wanted.flags & layout.CONTAINERS:
            if name == values.HOST:
                raise _errors.HostUnreadable(
                    "{0}: say containers = yes in {1}, so that both are switched on.".format(
                        steps.CANNOT_TELL, values.CONF
                    )
                )
            wanted = wanted._replace(flags=wanted.flags | layout.CONTAINERS)
    unit = None if name == values.HOST else name
    if needed(mount, steps.Wanted(unit, cgroup, wanted)):
        with cgroups.locked(mount, WAIT):
            bpf.raise_limits()
            apply.apply(mount, needed(mount, steps.Wanted(unit, cgroup, wanted)), abilities)


def needed(mount: str, wanted: steps.Wanted) -> t.List[steps.Step]:
    step = steps.Step(wanted, steps.read(mount, wanted))
    if not step.is_needed:
        return []
    steps.refuse_neighbours(mount, step)
    return [step]


def own_cgroup(unit: str) -> t.Optional[str]:
    """Of the unit that this process is started by; a unit may keep its processes in cgroups below its own."""
    line = next((one for one in processes.contents("/proc/self/cgroup").splitlines() if one.startswith("0::/")), "")
    return next((one for one in cgroups.with_ancestors(line[3:] or "/") if os.path.basename(one) == unit), None)


def find_running(mount: str, names: t.Container[str]) -> t.Dict[str, str]:
    """The cgroups of those units that run, and of the host; a unit of a user's own systemd is another one."""
    found: t.Dict[str, str] = {}
    for cgroup in cgroups.walk(mount):
        above, name = os.path.split(cgroup)
        if name in names and all(one.endswith(".slice") for one in above.split("/") if one):
            found[name] = cgroup
    return dict(found, **{name: cgroups.ROOT for name in ("-.slice", values.HOST) if name in names})


def off() -> int:
    """Units that start from now on are left alone, too. It does not wait for a run that hangs."""
    marker.remove()
    mount = cgroups.find_mount()
    failed = 0
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(cgroups.locked(mount, 1.0))
        except _errors.HostUnwritable:
            pass
        for cgroup, found in attached.every(mount).items():
            try:
                apply.apply(mount, [steps.Step(steps.Wanted(None, cgroup, None), found)], None)
            except (_errors.KeepaliveError, OSError) as error:
                tell("{0}: {1}".format(cgroup, error))
                failed += 1
    return 1 if failed else 0


def described(one: attached.Ours) -> str:
    values_now = one.config.text().splitlines() if one.config else ["of another release"]
    counters = ["{0} {1}".format(*pair) for pair in (one.counters or {}).items()]
    return ", ".join(line for line in values_now + counters if line != "attached: True")


def status() -> int:
    """0 where all that is configured and runs is attached."""
    conf, mount = read_conf(), cgroups.find_mount()
    hold, is_on, there = held.read(), marker.read() is not None, attached.every(mount)
    running = find_running(mount, set(conf))
    lines = ["on" if is_on else "off"]
    lines += ["kept off at boot for {0} seconds by {1}".format(hold.age, hold.by)] if hold else []
    lines += ["{0}: does not run".format(name) for name in conf if name not in running]
    lines += ["{0}: not attached".format(name) for name, cgroup in running.items() if cgroup not in there]
    for cgroup, found in there.items():
        lines += ["{0}: {1}".format(cgroup, described(one)) for one in found.ours]
    sys.stdout.write("".join(line + "\n" for line in lines))
    return 0 if is_on and all(cgroup in there for cgroup in running.values()) else 1


COMMANDS = {"attach": attach, "off": off, "status": status}
