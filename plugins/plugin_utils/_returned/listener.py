# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one description of a listener: each key with its kind, its range, its meaning, and whether it may be null. Data only.

The module's entry, its documented return values and the schema of report.json are held to this table by tests. It stands on the
controller, as only the controller reads it: hosts would compile it at each run for nothing.
"""

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._verdict import observation, rules
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned.shapes import (
    Absent,
    Flag,
    Items,
    Key,
    Keys,
    Number,
    Text,
    Whole,
    Word,
)

MOST = 2**31 - 1  # what the kernel holds in a sysctl or a socket option
COUNT = Whole(0, MOST)
MOST_LISTENERS = 1_000_000
SECONDS = Number(0, 2**63)
SYSCTL = Whole(-MOST - 1, MOST)
LACKS = ("no_privilege", "kernel")
WORDS_OF_ENDS = (observation.DROPPED, observation.CLOSED, observation.OPEN, observation.RESET)
ENDED_BY = Key(
    "ended_by",
    Word(WORDS_OF_ENDS),
    "dropped by the application's side, closed by the application, still open, or reset for another reason.",
)
DROP_AFTER = Key("drop_after", Whole(0, 2**63), "Seconds from the last sign of life until a dead peer is dropped.")
DROPPED_AFTER = Key("dropped_after", SECONDS, "When the connection was dropped.")


def allowed(name: str) -> Whole:
    return Whole(_settings.BY_NAME[name].minimum, _settings.BY_NAME[name].maximum)


PROCESS = Keys(
    (
        Key("pid", COUNT, "The first of its processes."),
        Key("name", Text(), "Its name."),
        Key("command", Text(), "The path of its program, or its whole command line if full_command asks for it."),
        Key("unit", Text(), "Its systemd unit."),
        Key(
            "unit_user",
            COUNT,
            "The id of the user whose own systemd manager runs the unit; null for a unit of the system.",
        ),
        Key("container", Text(), "The name or the short id of its container."),
        Key("pids", Items(COUNT, MOST), "All processes that hold the socket.", absent=Absent.EMPTY),
        Key("script", Text(), "The name of the script, module or class that it runs if it is an interpreter."),
        Key(
            "preload",
            Word(("possible", "static", "setuid", "other_libc")),
            "possible if LD_PRELOAD can put a library of the host before it. Otherwise it is static, setuid (setgid and capabilities of its file "
            "too) or other_libc (another C library). It is null if keepalive is not off, and if its program cannot be read.",
        ),
    )
)
POLICY = Keys(
    (
        Key("time", allowed("time"), "Seconds of idle time before the first keepalive probe."),
        Key("interval", allowed("interval"), "Seconds between unanswered probes."),
        Key("probes", allowed("probes"), "Unanswered probes until a peer counts as dead."),
        DROP_AFTER,
    )
)
SETTINGS = Keys(
    (
        Key("time", SYSCTL, "Seconds of idle time before the first keepalive probe; below 0, none is sent."),
        Key("interval", SYSCTL, "Seconds between unanswered probes; below 0, there is no second one."),
        Key("probes", COUNT, "Unanswered probes until a peer counts as dead."),
        Key("user_timeout", SECONDS, "TCP_USER_TIMEOUT in seconds; 0 if none is set."),
        DROP_AFTER,
    )
)
CONNECTIONS = Keys(
    (
        Key("open", COUNT, "All of them."),
        Key("with_keepalive", COUNT, "Those whose keepalive timer runs."),
    )
)
MEASURED = Keys(
    (
        Key("first_probe", SECONDS, "When the first keepalive probe came."),
        Key("interval", SECONDS, "Seconds between probes."),
        Key("probes", COUNT, "The number of probes that came."),
        Key("probe_times", Items(SECONDS, 1_000_000), "When each of them came.", absent=Absent.EMPTY),
        DROPPED_AFTER,
        ENDED_BY,
    )
)
IN_FLIGHT = Keys(
    (
        Key("retransmissions", COUNT, "The number of retransmissions that came."),
        DROPPED_AFTER,
        ENDED_BY,
    )
)
PATH = Keys(
    (
        Key("held", SECONDS, "Seconds for which the connection was idle."),
        Key("answered", Flag(), "Whether it still worked; null if it could not be asked."),
    )
)
LISTENER = Keys(
    (
        Key(
            "target",
            COUNT,
            "The entry of targets or ports that names it, counted from 0; null if none does.",
        ),
        Key("named", Flag(), "Whether an entry of targets or ports names it.", absent=Absent.EMPTY),
        Key("name", Text(), "The name in targets."),
        Key("host", Text(), "The other machine, as the task names it; null for a listener of the host itself."),
        Key("address", Text(), "The address that it listens on."),
        Key("port", Whole(0, 65535), "Its port."),
        Key("last_port", Whole(0, 65535), "The last port if this is a range of ports without a listener."),
        Key("family", Word(("inet", "inet6")), "inet or inet6; null for a host name without an address."),
        Key(
            "namespace",
            Text(),
            "Its network namespace if that is not the host's own. The name in /run/netns, otherwise a path.",
        ),
        Key("process", PROCESS, "The process that listens; null if it is not known."),
        Key("socket_unit", Text(), "The socket unit if systemd holds the socket, such as cups.socket."),
        Key("method", Word((observation.INSPECT, observation.DEAD_PEER)), "inspect or dead_peer."),
        Key(
            "verdict",
            Word(rules.VERDICTS),
            f"The first of these that applies. {', '.join(rules.VERDICTS)}. It is null without a policy.",
        ),
        Key("reason", Text(), "The verdict in a sentence."),
        Key("policy", POLICY, "The policy that it is held against; null without one."),
        Key("exempt", Text(), "The reason why keepalive is not expected."),
        Key(
            "set_by",
            Word(("application", "host", "always")),
            "application if a value differs from the host's, host if all are the same, always if tcp_keepalive_always has switched "
            "keepalive on and the application has set no values since. An application that sets exactly the host's values looks like "
            "one that sets none. It is null for a measurement from outside.",
        ),
        Key("forwarder", Text(), "The program that answers here for another one, such as docker-proxy."),
        Key("keepalive", Flag(), "Whether keepalive is on; null if that is not known. Silence alone does not count as off."),
        Key(
            "settings",
            SETTINGS,
            "The values of the accepted socket. If no connection was made, those of the listener, which its connections start with. "
            "Without root only time, as the kernel's timer shows it.",
        ),
        Key("connections", CONNECTIONS, "The connections that are open already."),
        Key(
            "accelerated",
            Flag(),
            "Whether the timers of the test connection were lowered. Then measured proves that a dead peer is dropped, and not when.",
            absent=Absent.EMPTY,
        ),
        Key(
            "measured",
            MEASURED,
            "What dead_peer saw. Times are seconds since the last segment that the application's side acknowledged.",
        ),
        Key("in_flight", IN_FLIGHT, "What in_flight saw, that is, data on its way to a dead peer; null without it."),
        Key("path", PATH, "What hold saw, that is, a connection that was left idle; null without it."),
        Key("limits", Items(Text(), 1000), "Sentences about what could not be learnt, and what would help.", absent=Absent.EMPTY),
    )
)  # fmt: skip
REMEDY = Keys(
    (
        Key("application", Text(), "The application that the remedy is for; null if the program is not known."),
        Key(
            "group",
            Word(("own_timings", "os_timings", "off_by_default", "unknown")),
            "Whether the application sets values of its own, leaves them to the host, or has keepalive off by default.",
        ),
        Key("host_values_help", Flag(), "Whether other values of the host would cure it."),
        Key("text", Text(), "What to do, in a few sentences."),
        Key("lines", Items(Text(), 1000), "Lines of configuration.", absent=Absent.EMPTY),
        Key("source", Text(), "Where this was read."),
    )
)
# What tcp_keepalive_probe returns.
PROBED = Keys(
    (
        Key("changed", Flag(), absent=Absent.EMPTY),
        Key("listeners", Items(LISTENER, MOST_LISTENERS), absent=Absent.REFUSED),
        Key("would_connect", Items(Text(), MOST_LISTENERS), absent=Absent.EMPTY),
        Key("lacks", Word(LACKS)),
        Key("limits", Items(Text(), 1000), absent=Absent.EMPTY),
    )
)
# The listener of a report: what only the controller knows is added.
REPORTED = Keys(
    (
        *LISTENER.keys,
        Key("fails", Flag(), "Whether its verdict fails the host.", absent=Absent.EMPTY),
        Key("remedy", REMEDY, "What to do; null if there is nothing to cure."),
        Key("finding", Text(), "The id of the finding that it belongs to; null if it does not fail the host."),
    )
)
