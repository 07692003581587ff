# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter programs, run by an interpreter that follows inet_diag_bc_run() and inet_diag_bc_audit() of the kernel."""

from __future__ import annotations

import random
import struct

import pytest
from ansible_collections.netops.keepalive.plugins.module_utils import _errors
from ansible_collections.netops.keepalive.plugins.module_utils._sockets.diag import filter as diag_filter

JUMP, AT_LEAST, AT_MOST = 1, 2, 3


def lets_through(program: bytes, port: int) -> bool:
    place = 0
    while place < len(program):
        code, yes, no = struct.unpack_from("=BBH", program, place)
        holds = code != JUMP
        if code in (AT_LEAST, AT_MOST):
            limit = struct.unpack_from("=H", program, place + 6)[0]
            holds = port >= limit if code == AT_LEAST else port <= limit
        place += yes if holds else no
    return place == len(program)


def audit(program: bytes) -> None:
    """What the kernel refuses: jumps that are not forward, to the middle of an instruction, or beyond the end by more than 4."""
    starts = {len(program), len(program) + 4}
    place = 0
    while place < len(program):
        starts.add(place)
        place += 8 if program[place] != JUMP else 4
    assert place == len(program)
    for start in starts - {len(program), len(program) + 4}:
        _code, yes, no = struct.unpack_from("=BBH", program, start)
        assert start + yes in starts
        assert no >= 4
        assert start + no in starts


@pytest.mark.parametrize("number", [1, 2, 3, 10, 100, 1000])
def test_a_program_lets_exactly_its_ports_through(number: int) -> None:
    chance = random.Random(number)
    ports = chance.sample(range(65536), number)
    (program,) = diag_filter.programs(ports)
    audit(program)
    tried = {*ports, *(port + 1 for port in ports), *(port - 1 for port in ports), 0, 65535, *range(0, 65536, 97)}
    wrong = [port for port in tried if 0 <= port < 65536 and lets_through(program, port) != (port in ports)]
    assert wrong == []


def test_neighbours_make_a_range() -> None:
    assert diag_filter.ranges([8003, 8001, 8002, 22, 8001]) == [(22, 22), (8001, 8003)]
    (program,) = diag_filter.programs(range(8000, 8101))
    assert len(program) == 8 + 12
    assert [port for port in range(65536) if lets_through(program, port)] == list(range(8000, 8101))


SEVERAL = diag_filter.programs(range(1, 65536, 2))


def test_too_many_ports_for_one_program_take_several() -> None:
    assert len(SEVERAL) > 1
    assert max(len(program) for program in SEVERAL) < 0xFFFF - 4


@pytest.mark.parametrize("program", SEVERAL, ids=range(len(SEVERAL)))
def test_each_of_several_programs_is_one_that_the_kernel_takes(program: bytes) -> None:
    audit(program)


@pytest.mark.parametrize("port", [1, 2, 3, 32767, 32768, 65533, 65535])
def test_several_programs_let_no_port_through_twice(port: int) -> None:
    assert sum(lets_through(program, port) for program in SEVERAL) == port % 2


def test_no_port_is_no_program() -> None:
    assert diag_filter.programs([]) == []
    with pytest.raises(_errors.InvalidValue, match=r"^ports is empty: a filter needs one port at least\.$"):
        diag_filter.program([])
