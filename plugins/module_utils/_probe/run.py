# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the probe: find the listeners, look at each, judge."""

import functools
import sys
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _json
from ansible_collections.netops.keepalive.plugins.module_utils._probe import request as probe_request
from ansible_collections.netops.keepalive.plugins.module_utils._probe import result as probe_result
from ansible_collections.netops.keepalive.plugins.module_utils._probe import types
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import listeners
from ansible_collections.netops.keepalive.plugins.module_utils._probe.discovery import targets as discovery_targets
from ansible_collections.netops.keepalive.plugins.module_utils._sockets import pidfd
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation

Target = types.Target
Result = t.Tuple[Target, observation.Observation]
Progress = t.Optional[t.Callable[..., None]]

SKIPPED = "It was read without a connection, because {0}: name its port to have it probed."


def probe(request: probe_request.Request, progress: Progress = None, connect: bool = True) -> t.Dict[str, t.Any]:
    """Everything that the module returns. With ``connect`` false no connection is opened.

    Raises:
        ProbeImpossible: this is not Linux; or the filter is required, and this machine does not allow it.
        HostUnreadable: the sockets of this machine cannot be listed.
    """
    if not sys.platform.startswith("linux"):
        raise _errors.ProbeImpossible(
            "the probe runs on {0}: allowed is Linux; another system is measured from a Linux machine, with host.".format(
                _errors.shown(sys.platform)
            )
        )
    here = discovery_targets.listeners_here(request)
    found, results = discovery_targets.find(request, here.listeners, progress)
    if request.require_filter and any(target.method == observation.DEAD_PEER for target in found):
        refuse_without_filter()
    would_connect = [probe_result.where(target) for target in found if target.connect]
    if not connect:
        found = [passively(target) for target in found if target.listener is not None]
    results += observe(request, found, progress)
    results.sort(key=lambda result: (result[0].target_index is None, result[0].target_index or 0))
    entries = [probe_result.entry(with_preload(*result), result[1]) for result in results]
    # A process may give itself any name, even one that is not text.
    found_here = {"lacks": pidfd.lacks(), "limits": list(here.limits)}
    return _json.fit_for_json(dict(found_here, listeners=entries, would_connect=would_connect))


def with_preload(target: Target, seen: observation.Observation) -> Target:
    """Only a program that has keepalive off may need a library before it."""
    listener = target.listener
    if seen.keepalive is not False or listener is None or listener.process is None:
        return target
    from ansible_collections.netops.keepalive.plugins.module_utils._sockets import preload

    process = listener.process._replace(preload=preload.of(listener.process.pid))
    return target._replace(listener=listener._replace(process=process))


def refuse_without_filter() -> None:
    from ansible_collections.netops.keepalive.plugins.module_utils._sockets import bpf

    problem = bpf.trial()
    if problem:
        raise _errors.ProbeImpossible("this machine cannot measure a dead peer: {0}".format(problem))


def passively(target: Target) -> Target:
    return target._replace(method=observation.INSPECT, connect=False)


def observe(request: probe_request.Request, found: t.Sequence[Target], progress: Progress = None) -> t.List[Result]:
    """Look at each target; the results are in their order."""
    read = [index for index, target in enumerate(found) if target.method == observation.INSPECT]
    measured = [index for index, target in enumerate(found) if target.method == observation.DEAD_PEER]
    results: t.Dict[int, Result] = {}
    # A module compiles what it imports on every run, and most runs need only one of the two methods.
    if read:
        from ansible_collections.netops.keepalive.plugins.module_utils._probe.inspect import run as inspect_run

        refind = functools.partial(listeners.again, full_command=request.options.full_command)
        results.update(zip(read, inspect_run.inspect([found[index] for index in read], request.options, refind)))
    if measured:
        from ansible_collections.netops.keepalive.plugins.module_utils._probe.dead_peer import run as dead_peer_run

        targets = [briefly(found[index]) for index in measured]
        seen = dead_peer_run.measure(targets, request.options, progress)
        results.update((index, (found[index], one)) for index, one in zip(measured, seen))
    return [with_skip_reason(*results[index]) for index in range(len(found))]


def with_skip_reason(target: Target, seen: observation.Observation) -> Result:
    if target.skip_reason is None:
        return target, seen
    return target, seen._replace(limits=seen.limits + (SKIPPED.format(target.skip_reason),))


def briefly(target: Target) -> Target:
    """An exempt target is only contacted: its probes are not waited for."""
    return target._replace(max_wait=0.0, in_flight=False, hold=None) if target.exempt else target
