# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules for host values return: each key with its kind and its meaning. Data only.

Their documentation is held to it by a test: a key that is missing here would be dropped when a result enters the controller.
"""

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned.shapes import (
    Absent,
    Flag,
    Items,
    Key,
    Keys,
    Number,
    Table,
    Text,
    Whole,
)

MOST = 2**63
ANY_NUMBER = Number(-MOST, MOST)
LINES = 100_000


def by_name(of: Flag | Keys | Number, *more: Key, absent: Absent = Absent.NULL) -> Keys:
    """One key for each of time, interval and probes."""
    return Keys((*(Key(name, of, absent=absent) for name in _settings.NAMES), *more))


VALUES = by_name(ANY_NUMBER, Key("drop_after", ANY_NUMBER))
BEFORE_AND_AFTER = Keys((Key("before", VALUES, absent=Absent.REFUSED), Key("after", VALUES, absent=Absent.REFUSED)))
SOURCE = by_name(Keys((Key("file", Text()), Key("line", Whole(0, MOST)))))
OVERRIDES = Items(
    Keys(
        (
            Key("parameter", Text()),
            Key("value", ANY_NUMBER),
            Key("file", Text()),
            Key("line", Whole(0, MOST)),
            Key("reader", Text()),
        )
    ),
    LINES,
)
READERS = Table(by_name(ANY_NUMBER, Key("drop_after", ANY_NUMBER), Key("source", SOURCE)), 10)
SWITCHED = Keys(
    (
        Key("attached", Flag(), absent=Absent.REFUSED),
        # Missing where it was attached by a release that laid its values out in another way.
        Key("excluded", Flag(), absent=Absent.MISSING),
        Key("direction", Text(), absent=Absent.MISSING),
        *by_name(ANY_NUMBER, Key("user_timeout", ANY_NUMBER)).keys,
    )
)
COUNTERS = Keys(tuple(Key(name, Whole(0, 2**64), absent=Absent.REFUSED) for name in ("seen", "set", "kept", "errors")))
ALWAYS = Items(
    Keys(
        (
            Key("unit", Text()),
            Key("cgroup", Text()),
            Key("runtime", SWITCHED),
            Key("boot", SWITCHED),
            Key("counters", COUNTERS),
        )
    ),
    LINES,
)
COMMON = (
    Key("changed", Flag(), absent=Absent.REFUSED),
    Key("boot_source", SOURCE, absent=Absent.REFUSED),
    Key("limits", Items(Text(), LINES), absent=Absent.REFUSED),
    Key("reboot_required", Flag(), absent=Absent.REFUSED),
)
SET = Keys(
    (
        *COMMON,
        Key("runtime", BEFORE_AND_AFTER, absent=Absent.REFUSED),
        Key("boot", BEFORE_AND_AFTER, absent=Absent.REFUSED),
        Key("overridden_by", OVERRIDES, absent=Absent.REFUSED),
    )
)
INFO = Keys(
    (
        *COMMON,
        Key("runtime", VALUES, absent=Absent.REFUSED),
        Key("boot", VALUES, absent=Absent.REFUSED),
        Key("defaults", VALUES, absent=Absent.REFUSED),
        Key("explicit", by_name(Flag(), absent=Absent.REFUSED), absent=Absent.REFUSED),
        Key("native", Table(ANY_NUMBER, 10), absent=Absent.REFUSED),
        Key("always", ALWAYS),
        # Each on one system only.
        Key("readers", READERS, absent=Absent.MISSING),
        Key("conflicts", OVERRIDES, absent=Absent.MISSING),
        Key("fixed", Keys((Key("probes", Whole(1, 255), absent=Absent.REFUSED),)), absent=Absent.MISSING),
    )
)
