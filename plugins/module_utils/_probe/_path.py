# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the path keep an idle connection? One is left idle, then asked. A connection of its own, without a filter."""

import socket
import time
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _observation
from ansible_collections.netops.keepalive.plugins.module_utils._probe import (
    _answer,
    _contact,
    _conversations,
    _intake,
    _login,
    _measure,
    _surroundings,
    _target,
    _tcp_info,
)

Path = _observation.Path
Found = t.Tuple[t.Optional[Path], t.Tuple[str, ...]]

FAILED = "The path was not tried (hold): {0}."
CLOSED = "The application closed the connection that was held, after {0:.1f} s: it says nothing about the path."
RESET = "The connection that was held was reset after {0:.1f} s, by the application or by something on the way."
FORGOTTEN = "After {0:.1f} s the other side did not know the connection that was held any more."
SILENT = "After {0:.1f} s nothing answered on the connection that was held: something on the way forgot it."
ENDED = {_intake.CLOSED: CLOSED, _intake.RESET: RESET, _intake.SILENT: SILENT}
KEPT = (
    "The connection that was held was not idle: segments came from the application's side meanwhile ({0}; its own keepalive "
    "probes, or data), and they keep a path open."
)


def observe(target: _target.Target, around: _surroundings.Surroundings) -> _conversations.Conversation[Found]:
    """Whether a connection that was left idle for ``target.hold`` seconds still answers."""
    try:
        connection, target = yield from _contact.connect(target, around.options, around.crowd)
    except _contact.NoContact as failure:
        return None, (FAILED.format(failure),)
    try:
        yield from _login.log_in(connection, target, around.options.timeout)
        yield from _intake.until_quiet(connection, around.options.settle, time.monotonic() + around.options.timeout)
        return (yield from hold(connection, target, around))
    except (_login.LoginFailed, OSError) as failure:
        return None, (FAILED.format(failure),)
    finally:
        around.crowd.leave(connection)


def hold(
    connection: socket.socket, target: _target.Target, around: _surroundings.Surroundings
) -> _conversations.Conversation[Found]:
    start, heard = time.monotonic(), _tcp_info.read(connection).segments_in or 0
    until = start + (target.hold or 0.0)
    ended = yield from _intake.until_over(connection, until)
    held = _measure.rounded(time.monotonic() - start)
    kept = (_tcp_info.read(connection).segments_in or 0) - heard - (ended in (_intake.CLOSED, _intake.RESET))
    limits = (KEPT.format(kept),) if kept > 0 else ()
    if ended is not None:
        return Path(held, None if ended == _intake.CLOSED else False), limits + (ENDED[ended].format(held),)
    answer = yield from _answer.ask(connection, around.options.timeout)
    around.tell("{0}: held for {1:.1f} s: {2}".format(_contact.called(target), held, answer))
    why = {_answer.CLOSED: CLOSED, _answer.RESET: FORGOTTEN, _answer.SILENT: SILENT}.get(answer)
    answered = None if answer == _answer.CLOSED else answer == _answer.ANSWERED
    return Path(held, answered), limits + ((why.format(held),) if why else ())
