# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures from outside when an application drops a dead peer.

The problem: a dead peer sends nothing, but a prober that lives has a kernel that answers each keepalive probe at once. Then
the application never sees a dead peer, and nothing in user space sees the probes: they carry no data.

The naive ways are a firewall rule, a cut interface or a powered-off machine. They need rights on the network and touch the
connections of others; and closing the socket is no silence, as the kernel then answers with a reset.

The decision: a classic BPF filter on the prober's own socket. The kernel runs it before TCP sees a segment. It drops
keepalive probes (no FIN, SYN or RST, at most one byte of old data), so that they stay unanswered, and lets data, FIN and RST
pass. The kernel counts what was dropped (SO_MEMINFO) and what came in (TCP_INFO): the difference tells probes from
repetitions. The counts are polled, as no event tells of a drop. What is recognised:

- the first probe, the interval between probes and their number, from the moments when the count rose;
- a drop, by a reset one interval after the last probe; a reset at any other time is something else;
- a lost reset: where the next probe or the drop is overdue, the filter is taken off and a probe of our own is sent. A reset
  says that the connection was dropped, an answer that it is open, and silence that the path forgot it;
- an application that closes first, that talks, or that repeats its handshake: idle time counts from the last segment.

Without the right to attach a filter only the first probe is seen. SO_LINGER with 0 seconds is set before connecting, so that
a prober that is killed leaves nothing half closed.
"""
