# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection of Ansible that gives the answers of one recorded host, without ssh: what is left is the controller's own work."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
from typing import Any

from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = """
name: recorded
short_description: Answers from a record
description: Plays back what a host has answered. What was never asked is asked over ssh, and recorded.
author: The netops.keepalive contributors (@netops)
"""
# A module's payload differs from run to run; the same one is asked the same.
MODULES = (b"tcp_keepalive_probe", b"tcp_keepalive_info", b"ansible.modules.ping")
# A script that looks at the host has a word of its own, by which its answer is known.
WORD, ANY_WORD = re.compile(rb"[0-9a-f]{32}"), b"{word}"


class Connection(ConnectionBase):
    transport = "recorded"
    has_pipelining = True

    def _connect(self) -> Connection:
        self._connected = True
        return self

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        given = in_data or b""
        word = WORD.search(given)
        own = word.group() if word else ANY_WORD
        kind = next((name for name in MODULES if name in given), given.replace(own, ANY_WORD))
        record = pathlib.Path(os.environ["BENCH_RECORDS"], hashlib.sha256(cmd.encode() + kind).hexdigest())
        if not record.exists():
            asked = subprocess.run(
                [*shlex.split(os.environ["BENCH_SSH"]), cmd], input=given, capture_output=True, check=False
            )
            texts = [text.replace(own, ANY_WORD).decode() for text in (asked.stdout, asked.stderr)]
            record.write_text(json.dumps([asked.returncode, *texts]), encoding="utf-8")
        status, *texts = json.loads(record.read_text(encoding="utf-8"))
        output, errors = (text.encode().replace(ANY_WORD, own) for text in texts)
        return status, output, errors

    def put_file(self, in_path: str, out_path: str) -> None:
        raise NotImplementedError(f"{in_path} was to be copied: the benchmark needs pipelining")

    def fetch_file(self, in_path: str, out_path: str) -> Any:
        raise NotImplementedError(in_path)

    def close(self) -> None:
        self._connected = False
