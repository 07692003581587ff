# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows on the console what the module measures while it runs: a dead peer may take hours.

The module runs in the background of its host, so the connection to the host need not last as long. Its progress file is read
every two seconds, and a host that cannot be reached for some minutes is tried again. Without a measurement there is nothing to
wait for, and the module runs like any other.
"""

from __future__ import annotations

import contextlib
import shlex
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.netops.keepalive.plugins.plugin_utils._returned import listener, results, text

MODULE = "netops.keepalive.tcp_keepalive_probe"
POLL_SECONDS = 2
POLLS_PER_STATUS = 15
# How long a host may be out of reach; and how long removing the folder at the end is tried.
OUT_OF_REACH_SECONDS = 10 * 60
FAREWELL_SECONDS = 20
SECONDS_BETWEEN_ATTEMPTS = 10
# The module writes a sign of life every 30 s. Count successful polls, so that an unreachable host is not taken for a hung module.
SILENT_POLLS = 150
# The module ends by itself (max_wait is a week at most); this limit is for one that hangs.
LONGEST_JOB_SECONDS = 10 * 24 * 3600
PROGRESS = "progress"
# The same as in plugins/module_utils/_probe/progress.py, which runs on the host.
END, SIGN_OF_LIFE, WAITED_FOR = ".", "", ".waited-for"
# Text before it comes from other programs: with a terminal, which become may ask for, the output has sudo's messages.
MARK = "netops.keepalive:"
NEW_FOLDER = f'folder=$(mktemp -d) && touch "$folder/{PROGRESS}" "$folder/{PROGRESS}{WAITED_FOR}" && echo {MARK} && echo "$folder"'
GONE = (
    "the measurement did not finish: its process no longer exists (out of memory, a reboot, no contact for 20 minutes); run the "
    "task again."
)
OF_THE_JOB = ("ansible_job_id", "results_file", "started", "finished", "_ansible_suppress_tmpdir_delete")

display = Display()
Result = dict[str, Any]
Found = TypeVar("Found")


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
        found = self.found(task_vars)
        checked = results.begun(found) if self._task.async_val else results.checked(found, listener.PROBED, "the probe")
        return results.with_interpreter(checked, self._discovered_interpreter_key, self._discovered_interpreter)

    def found(self, task_vars: Mapping[str, Any] | None) -> Result:
        told_elsewhere = self._task.args.get("progress_file")
        if self._task.async_val or self._task.check_mode or told_elsewhere or not measures(self._task.args):
            result: Result = self._execute_module(MODULE, task_vars=task_vars, wrap_async=bool(self._task.async_val))
            return result
        return self.run_in_background(task_vars)

    def run_in_background(self, task_vars: Mapping[str, Any] | None) -> Result:
        with interruptible():
            return self.run_with_progress(task_vars)

    def run_with_progress(self, task_vars: Mapping[str, Any] | None) -> Result:
        folder = self.new_folder()
        progress = f"{folder}/{PROGRESS}"
        try:
            with self.as_async(folder):
                args = dict(self._task.args, progress_file=progress)
                started: Result = self._execute_module(MODULE, module_args=args, task_vars=task_vars, wrap_async=True)
            results = started.get("results_file")
            return self.wait(results, progress, task_vars) if results else started
        finally:
            with contextlib.suppress(Exception):  # a failure here must not hide the result
                self.patiently(FAREWELL_SECONDS, self.on_host, f"rm -rf {shlex.quote(folder)}")

    def new_folder(self) -> str:
        """The file that shows that we wait is there from the start: a module whose start was never answered ends by itself."""
        try:
            return self.on_host(NEW_FOLDER).strip()
        except AnsibleActionFail as error:
            raise AnsibleActionFail(
                f"no temporary folder could be made on the host (mktemp -d), so progress cannot be shown: {error.message}"
            ) from None

    @contextlib.contextmanager
    def as_async(self, folder: str) -> Iterator[None]:
        """The job's limit is the task's `async`, which is not set; its file is in the folder, and is removed with it."""
        usual = self.get_shell_option("async_dir")
        self._task.async_val = LONGEST_JOB_SECONDS
        self._connection._shell.set_option("async_dir", folder)
        try:
            yield
        finally:
            self._task.async_val = 0
            self._connection._shell.set_option("async_dir", usual)

    def wait(self, results: str, progress: str, task_vars: Mapping[str, Any] | None) -> Result:
        shown, silent, polls, ended = 0, 0, 0, False
        while silent < SILENT_POLLS:
            lines = self.patiently(OUT_OF_REACH_SECONDS, self.look, progress, shown)
            self.show(lines, task_vars)
            shown += len(lines)
            silent = 0 if lines else silent + 1
            ended = ended or END in lines
            if ended or polls % POLLS_PER_STATUS == 0:
                status = self.patiently(OUT_OF_REACH_SECONDS, self.status, results, task_vars)
                if has_ended(status):
                    return {key: value for key, value in status.items() if key not in OF_THE_JOB}
            polls += 1
            time.sleep(POLL_SECONDS)
        raise AnsibleActionFail(GONE)

    def show(self, lines: Iterable[str], task_vars: Mapping[str, Any] | None) -> None:
        for line in lines:
            if line not in (END, SIGN_OF_LIFE) and not self._task.no_log:
                display.display(f"[{self.host(task_vars)}] {text.visible(line)}")

    def patiently(self, seconds: float, step: Callable[..., Found], *arguments: Any) -> Found:
        """What the step returns; it is repeated with a new connection while the host cannot be reached."""
        until = time.monotonic() + seconds
        while True:
            try:
                return step(*arguments)
            except Exception as error:  # a connection plugin may raise any
                if time.monotonic() > until:
                    raise
                display.vvv(f"tried again in {SECONDS_BETWEEN_ATTEMPTS} s: {error}")
            time.sleep(SECONDS_BETWEEN_ATTEMPTS)
            with contextlib.suppress(Exception):  # not all of them can
                self._connection.reset()

    def look(self, progress: str, shown: int) -> list[str]:
        """The lines after those that were shown; not one that is still being written."""
        # The module ends when this file was not touched for a while: no probe outlives an interrupted play.
        touch = f"touch {shlex.quote(progress + WAITED_FOR)}"
        tail = f"tail -n +{shown + 1} {shlex.quote(progress)}"
        found = self.on_host(f"if test -e {shlex.quote(progress)}; then {touch} && echo {MARK} && {tail}; fi")
        return [line.rstrip("\r\n") for line in found.splitlines(keepends=True) if line.endswith("\n")]

    def status(self, results: str, task_vars: Mapping[str, Any] | None) -> Result:
        folder, _slash, job = results.rpartition("/")
        result: Result = self._execute_module(
            "ansible.legacy.async_status",
            module_args={"jid": job, "mode": "status", "_async_dir": folder},
            task_vars=task_vars,
        )
        return result

    def on_host(self, command: str) -> str:
        """The output of the command after the mark."""
        done = self._low_level_execute_command(command)
        if done["rc"] != 0:
            said = text.failure(done["stderr"].strip() or done["stdout"].strip())
            raise AnsibleActionFail(f"a command failed on the host ({command}): {said}")
        output: str = done["stdout"]
        return output.partition(MARK)[2].partition("\n")[2]

    def host(self, task_vars: Mapping[str, Any] | None) -> str:
        """As Ansible's own lines name it."""
        name = str((task_vars or {}).get("inventory_hostname", self._play_context.remote_addr))
        return f"{name} -> {self._task.delegate_to}" if self._task.delegate_to else name


def has_ended(status: Mapping[str, Any]) -> bool:
    """Whether this is the module's result. An answer that cannot be parsed was cut off on its way."""
    over = status.get("finished") or (status.get("failed") and status.get("_ansible_parsed"))
    if over and status.get("started"):  # the status of a job, not a result: its file no longer exists
        raise AnsibleActionFail(GONE)
    return bool(over)


def measures(args: Mapping[str, Any]) -> bool:
    """Whether anything in the task takes long. The module refuses wrong options itself."""
    targets = args.get("targets")
    entries = [args, *(targets if isinstance(targets, list) else [])]
    return any(
        isinstance(entry, Mapping) and (entry.get("method") == "dead_peer" or entry.get("host")) for entry in entries
    )


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """An interrupt of the play raises an exception here, in the worker, so that the folder goes and the probe on the host ends.

    Without it the worker dies at once. The signals that follow are ignored meanwhile: Ansible ends its workers more than once.
    """
    numbers = (signal.SIGINT, signal.SIGTERM)

    def interrupt(*_signal: object) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    try:
        usual = {number: signal.signal(number, interrupt) for number in numbers}
    except ValueError:  # a strategy that runs tasks in threads, where no signal arrives
        yield
        return
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
