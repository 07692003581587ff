# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows on the console what the module measures, while it does: a dead peer may take hours.

The module runs in the background of its host, so that the connection to the host need not survive the wait; what the
module tells in its progress file is fetched every two seconds. Without a measurement there is nothing to wait for, and the module runs
as any other.
"""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

MODULE = "netops.keepalive.tcp_keepalive_probe"
POLL_SECONDS = 2
POLLS_PER_STATUS = 15
# The module bounds itself (max_wait is a week at most); this is for one that hangs.
LONGEST_JOB_SECONDS = 10 * 24 * 3600
PROGRESS = "progress"
# As plugins/module_utils/_probe/_progress.py has them; it runs on the host, this on the controller.
END, WAITED_FOR = ".", ".waited-for"
OF_THE_JOB = ("ansible_job_id", "results_file", "started", "finished", "_ansible_suppress_tmpdir_delete")

display = Display()
Result = dict[str, Any]


class ActionModule(ActionBase):
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: object = None, task_vars: Mapping[str, Any] | None = None) -> Result:
        super().run(tmp, task_vars)
        if getattr(self._connection._shell, "_IS_WINDOWS", False):
            raise AnsibleActionFail(
                "a Windows host is measured from outside: delegate the task to a Linux machine and name the Windows host in "
                "the option host, or use the role netops.keepalive.validate with validate_from."
            )
        told_elsewhere = self._task.args.get("progress_file")
        if self._task.async_val or self._task.check_mode or told_elsewhere or not measures(self._task.args):
            result: Result = self._execute_module(MODULE, task_vars=task_vars, wrap_async=bool(self._task.async_val))
            return result
        return self.run_in_background(task_vars)

    def run_in_background(self, task_vars: Mapping[str, Any] | None) -> Result:
        folder = self.on_host("mktemp -d").strip()
        if not folder:
            raise AnsibleActionFail(
                "no temporary folder could be made on the host (mktemp -d): what is measured cannot be told."
            )
        progress = f"{folder}/{PROGRESS}"
        try:
            with self.as_async():
                args = dict(self._task.args, progress_file=progress)
                started: Result = self._execute_module(MODULE, module_args=args, task_vars=task_vars, wrap_async=True)
            results = started.get("results_file")
            return self.wait(results, progress, task_vars) if results else started
        finally:
            self.on_host(f"rm -rf {shlex.quote(folder)}")

    @contextlib.contextmanager
    def as_async(self) -> Iterator[None]:
        """The job's limit is the task's `async`, which nobody has set."""
        self._task.async_val = LONGEST_JOB_SECONDS
        try:
            yield
        finally:
            self._task.async_val = 0

    def wait(self, results: str, progress: str, task_vars: Mapping[str, Any] | None) -> Result:
        # The module ends when nobody has touched this for a while: who interrupts the play wants no probe to go on.
        look = f"touch {shlex.quote(progress + WAITED_FOR)}; cat {shlex.quote(progress)} 2>/dev/null"
        shown, polls = 0, 0
        while True:
            lines = self.on_host(look).splitlines()
            for line in lines[shown:]:
                if line != END and not self._task.no_log:
                    display.display(f"[{self.host(task_vars)}] {line}")
            shown = len(lines)
            if END in lines or polls % POLLS_PER_STATUS == 0:
                status = self.status(results, "status", task_vars)
                if status.get("finished") or status.get("failed"):
                    self.status(results, "cleanup", task_vars)
                    return {key: value for key, value in status.items() if key not in OF_THE_JOB}
            polls += 1
            time.sleep(POLL_SECONDS)

    def status(self, results: str, mode: str, task_vars: Mapping[str, Any] | None) -> Result:
        """The job's folder is where the host says that it is: `~` there may be another than the user's home here."""
        folder, _slash, job = results.rpartition("/")
        result: Result = self._execute_module(
            "ansible.legacy.async_status",
            module_args={"jid": job, "mode": mode, "_async_dir": folder},
            task_vars=task_vars,
        )
        return result

    def on_host(self, command: str) -> str:
        output: str = self._low_level_execute_command(command)["stdout"]
        return output

    def host(self, task_vars: Mapping[str, Any] | None) -> str:
        """As Ansible's own lines name it."""
        name = str((task_vars or {}).get("inventory_hostname", self._play_context.remote_addr))
        return f"{name} -> {self._task.delegate_to}" if self._task.delegate_to else name


def measures(args: Mapping[str, Any]) -> bool:
    """Whether anything in the task takes long. What is wrong with its options the module says."""
    targets = args.get("targets")
    entries = [args, *(targets if isinstance(targets, list) else [])]
    return any(
        isinstance(entry, Mapping) and (entry.get("method") == "dead_peer" or entry.get("host")) for entry in entries
    )
