# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All errors of the collection. Each message is a sentence for the user."""

import typing as t


class KeepaliveError(Exception):
    """The base class."""


class InvalidValue(KeepaliveError):
    """A given value is not allowed. The message quotes it and says what is allowed."""


class ImpossibleGoal(KeepaliveError):
    """No keepalive values reach the goal. The message says why."""


class HostUnreadable(KeepaliveError):
    """The values of the host cannot be read: no such kernel setting, no permission, or not Linux."""


class HostUnwritable(KeepaliveError):
    """A value or file cannot be written: read-only, no permission, or no space."""


class Overridden(KeepaliveError):
    """Another file or program would win at the next boot. ``overridden_by`` lists the lines."""

    def __init__(self, message: str, overridden_by: t.List[t.Dict[str, t.Any]]) -> None:
        super().__init__(message)
        self.overridden_by = overridden_by


class RollbackFailed(KeepaliveError):
    """A step failed, and the steps before it could not be put back. The message names what is left."""


class ProbeImpossible(KeepaliveError):
    """The probe does not work on this machine: no permission for its filter, or not Linux."""


class SocketUnreadable(KeepaliveError):
    """A socket of another process cannot be read: no permission, or this kernel cannot do it."""


class SocketGone(KeepaliveError):
    """A socket or its process no longer exists. A new search may find another one."""


class Abandoned(BaseException):
    """The play that started a measurement no longer waits for it. Nothing on the way may take this for a fault of one target."""


def shown(value: object) -> str:
    """A value as a message quotes it: text in quotes, at most 80 characters."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 80 else text[:77] + "..."
