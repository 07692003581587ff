# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one description of what a policy audit says of a host: each key with its kind and its meaning. Data only."""

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import host_values, listener
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned.shapes import (
    Absent,
    Items,
    Key,
    Keys,
    Text,
    Whole,
    Word,
)

COMPLIANT, DRIFT, FAILED, UNREACHABLE = "compliant", "drift", "failed", "unreachable"
STATUSES = (COMPLIANT, DRIFT, FAILED, UNREACHABLE)
RUNTIME, BOOT = "runtime", "boot"
DROP_AFTER = "drop_after"
# Two moments, and four values in each.
MOST_DIFFERENCES = 8
VALUES = Keys(
    (
        Key("time", host_values.ANY_NUMBER, "Seconds of idle time before the first keepalive probe."),
        Key("interval", host_values.ANY_NUMBER, "Seconds between unanswered probes."),
        Key("probes", host_values.ANY_NUMBER, "Unanswered probes until a peer counts as dead."),
        Key(DROP_AFTER, host_values.ANY_NUMBER, "Seconds from the last sign of life until a dead peer is dropped."),
    )
)
DIFFERENCE = Keys(
    (
        Key("parameter", Word((*_settings.NAMES, DROP_AFTER)), "The value that is wrong.", Absent.REFUSED),
        Key("when", Word((RUNTIME, BOOT)), "runtime for the value in force, boot for that after the next boot.", Absent.REFUSED),
        Key("found", host_values.ANY_NUMBER, "What it is; null if the host shows none."),
        Key("wanted", host_values.ANY_NUMBER, "What it should be; null if the file should not set it."),
        Key("file", Text(), "The file, or the value of the registry, that sets it; null if that is not known."),
        Key("line", Whole(0, host_values.MOST), "The line in the file."),
        Key("cure", host_values.ANY_NUMBER, "For drop_after, an interval that cures it; null if none does."),
    )
)  # fmt: skip
AUDIT = Keys(
    (
        Key("status", Word(STATUSES), "compliant or drift; failed or unreachable if it was not audited.", Absent.REFUSED),
        Key("message", Text(), "The verdict as a sentence.", Absent.REFUSED),
        Key("wanted", listener.POLICY, "The policy; null if the values are to be removed, or if it was not audited."),
        Key("runtime", VALUES, "The values in force; null if it was not audited."),
        Key("boot", VALUES, "The values after the next boot; null if it was not audited."),
        Key("differences", Items(DIFFERENCE, MOST_DIFFERENCES), "Each value that is wrong.", Absent.EMPTY),
    )
)  # fmt: skip
