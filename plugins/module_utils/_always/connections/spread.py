# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Go on switching connections on, some at a time, in a process of its own that outlives the run.

When keepalive is switched on, its timer runs after the whole idle time, whatever the connection has been idle before. So thousands that are
switched on in one moment send their first probes in one moment, and again after each interval: the host's own queues overflow, and living
connections are dropped. Setting the idle time once more would start the timers at different moments only for those that have been idle for
less than that. So the switching itself is spread: then the values of all connections are those of the task.
"""

import contextlib
import fcntl
import os
import signal
import syslog
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._always import attached, cgroups, config, request
from ansible_collections.netops.keepalive.plugins.module_utils._always.connections import table, ways

PATH = "/run/netops-keepalive-connections"
"""Says what is under way; its process holds a lock on it, and ends when another run has replaced it."""
BATCH, MOST_BATCHES = 100, 600
LOOK_AGAIN = 5.0


class Portion(t.NamedTuple):
    cgroup: str
    config: config.Config
    chosen: t.List[table.Open]


class Job(t.NamedTuple):
    """``seconds`` is how long all of it takes."""

    mount: str
    method: str
    seconds: int
    way: ways.Way


class Rest(t.NamedTuple):
    """``text`` stands for the task: another run with it leaves the process alone."""

    job: Job
    text: str
    size: int
    portions: t.List[Portion]


def size_of_batch(count: int) -> int:
    """100, which harm nothing in one moment; more where the number of batches would be too large."""
    return max(BATCH, -(-count // MOST_BATCHES))


def is_under_way(text: str) -> bool:
    try:
        with open(PATH, encoding="utf-8") as file:
            if file.read() != text:
                return False
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def start(rest: Rest) -> None:
    """Raises ``OSError``."""
    own = begin(rest.text)
    try:
        pid = os.fork()
        if pid == 0:
            detached(own, rest)
        os.waitpid(pid, 0)
    finally:
        os.close(own)


def begin(text: str) -> int:
    """The descriptor that holds the lock, which the process inherits."""
    temporary = "{0}.{1}".format(PATH, os.getpid())
    own = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    fcntl.flock(own, fcntl.LOCK_EX)
    os.write(own, text.encode())
    os.rename(temporary, PATH)
    return own


def detached(own: int, rest: Rest) -> None:
    """Does not return: what comes after it is the run's, which waits for no process that holds its output open."""
    try:
        os.setsid()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        if os.fork() == 0:
            nothing = os.open(os.devnull, os.O_RDWR)
            for descriptor in range(3):
                os.dup2(nothing, descriptor)
            os.chdir("/")
            go_on(own, rest)
    except (OSError, _errors.KeepaliveError) as error:
        syslog.syslog(syslog.LOG_ERR, "netops-keepalive: open connections are no longer switched on: {0}".format(error))
    finally:
        os._exit(0)


def go_on(own: int, rest: Rest) -> None:
    batches = in_batches(rest.portions, rest.size)
    pause = float(rest.job.seconds) / (len(batches) + 1)
    begun = time.monotonic()
    for number, batch in enumerate(batches, 1):
        to_come = [portion for later in batches[number - 1 :] for portion in later]
        if not wait(own, rest.job, to_come, begun + number * pause):
            break
        with cgroups.locked(rest.job.mount):
            wanted = still_wanted(rest.job, to_come)
            for portion in batch:
                if portion.cgroup in wanted:
                    switch_on(rest.job.way, wanted[portion.cgroup], portion)
    if is_ours(own):
        os.unlink(PATH)


def wait(own: int, job: Job, to_come: t.Sequence[Portion], until: float) -> bool:
    """Whether it is to go on then; if not, it tells within seconds."""
    while is_ours(own) and still_wanted(job, to_come):
        left = until - time.monotonic()
        if left <= 0:
            return True
        time.sleep(min(left, LOOK_AGAIN))
    return False


def in_batches(portions: t.Iterable[Portion], size: int) -> t.List[t.List[Portion]]:
    batches: t.List[t.List[Portion]] = []
    room = 0
    for portion in portions:
        left = portion.chosen
        while left:
            if room == 0:
                batches.append([])
                room = size
            batches[-1].append(portion._replace(chosen=left[:room]))
            left, room = left[room:], room - len(left[:room])
    return batches


def is_ours(own: int) -> bool:
    with contextlib.suppress(OSError):
        return os.stat(PATH).st_ino == os.fstat(own).st_ino
    return False


def still_wanted(job: Job, portions: t.Iterable[Portion]) -> t.Dict[str, t.Optional[attached.Ours]]:
    """The cgroups that have the program attached with the values that they had when this began; or, without a program, that are there."""
    found: t.Dict[str, t.Optional[attached.Ours]] = {}
    if job.method == request.SOCKETS:
        there = {portion.cgroup for portion in portions if os.path.exists(cgroups.path_of(job.mount, portion.cgroup))}
        return dict.fromkeys(there)
    for cgroup, values in {portion.cgroup: portion.config for portion in portions}.items():
        with contextlib.suppress(FileNotFoundError):  # the cgroup has gone
            found.update((cgroup, one) for one in attached.read(job.mount, cgroup).ours if one.config == values)
    return found


def switch_on(way: ways.Way, program: t.Optional[attached.Ours], portion: Portion) -> None:
    # The network namespace may have gone.
    with contextlib.suppress(_errors.HostUnreadable), ways.maps_for(way, program) as maps:
        way(maps, portion.config, portion.chosen, 0)
