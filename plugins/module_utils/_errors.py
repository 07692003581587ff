# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one tree of errors: each message is one sentence for the user, who never sees a traceback."""

import typing as t


class KeepaliveError(Exception):
    """Anything that stops the collection from doing what it was asked for."""


class InvalidValue(KeepaliveError):
    """A value that was handed in cannot be used; the message quotes it and says what is allowed."""


class ImpossibleGoal(KeepaliveError):
    """No keepalive values reach the goal; the message says why."""


class HostUnreadable(KeepaliveError):
    """The host does not show its values: no such kernel setting, no permission, not Linux."""


class HostUnwritable(KeepaliveError):
    """The host does not take a value or a file: read-only, no permission, full, or in the way."""


class Overridden(KeepaliveError):
    """Another file or program would win over the values at the next boot; ``overridden_by`` lists what and where."""

    def __init__(self, message: str, overridden_by: t.List[t.Dict[str, t.Any]]) -> None:
        super().__init__(message)
        self.overridden_by = overridden_by


class RollbackFailed(KeepaliveError):
    """A step failed and what was done before it could not be put back; the message names what is left."""


class ProbeImpossible(KeepaliveError):
    """The probe cannot work here at all: no permission for its filter, or not Linux."""


class SocketUnreadable(KeepaliveError):
    """A socket of another process cannot be read: no permission, or not on this kernel."""


class SocketGone(KeepaliveError):
    """A socket is no longer there, or its process is not: it may be looked for again."""


class Abandoned(KeepaliveError):
    """Who asked for a measurement has gone."""


def shown(value: object) -> str:
    """A value as a message quotes it: text in quotes, and never more than a line of it."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."
