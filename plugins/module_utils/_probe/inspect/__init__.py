# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the exact options of what applications accept, on this machine.

The problem: socket options can only be read through a descriptor, and the application has it. ``pidfd_getfd`` gives a
duplicate of it.

The naive way is to take the duplicate once, and to read it now and again after ``settle``. But a duplicate keeps the socket
alive. While it is held, the application's ``close()`` sends no FIN, and its port cannot be bound again: a restart of the
application fails, because it is being looked at.

The decision: a duplicate is held for its own reads only, and closed before the next one is made: never across ``settle``,
another wait, or a batch. What is kept between two readings is the address pair, the process and the descriptor's number. The
socket's cookie tells after each duplication whether it is still the same socket; if not, it is looked for again.

One reading proves nothing: an application may set its options some time after ``accept()``. So the options are read until
two readings with ``settle`` between them are the same, and an "off" is never told from one reading.
"""
