# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the snapshot of a host and a request to the changes. Pure: it can run on another machine than the snapshot's."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _json, _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host import differences as host_differences
from ansible_collections.netops.keepalive.plugins.module_utils._host import (
    next_boot,
    target_file,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host import (
    snapshot as host_snapshot,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import text as sysctl_text


class Request(t.NamedTuple):
    """The options of the task; ``None`` in ``settings`` means that this value is not changed."""

    settings: _settings.Settings
    state: str = "present"
    runtime: bool = True
    boot: bool = True
    file: str = "/etc/sysctl.d/99-tcp-keepalive.conf"
    overridden: str = "fail"


class Plan(t.NamedTuple):
    """The changes, and the values before and after them."""

    differences: host_differences.Differences
    runtime_before: _settings.Settings
    runtime_after: _settings.Settings
    boot_before: boot_readers.Prediction
    boot_after: boot_readers.Prediction
    overridden_by: t.Tuple[next_boot.Override, ...]
    warnings: t.Tuple[str, ...]
    limits: t.Tuple[str, ...]

    def report(self) -> _json.Report:
        """The return values of ``tcp_keepalive``, apart from warnings."""
        return _json.fit_for_json(
            {
                "changed": bool(self.differences),
                "diff": self.differences.as_diff(),
                "runtime": {"before": self.runtime_before.report(), "after": self.runtime_after.report()},
                "boot": {"before": self.boot_before.settings.report(), "after": self.boot_after.settings.report()},
                "boot_source": boot_readers.source_report(self.boot_after.sources),
                "overridden_by": _json.rows(self.overridden_by),
                "limits": list(self.limits),
                # Linux takes every value at once; the key is here because the same task runs on every system.
                "reboot_required": False,
            }
        )


def check_request(request: Request) -> None:
    """Refuse contradictions before the host is read. Raises ``InvalidValue``."""
    named = request.settings.named()
    if request.state == "present" and not named:
        raise _errors.InvalidValue("state: present needs at least one of time, interval and probes.")
    if request.state == "absent" and named:
        raise _errors.InvalidValue(
            "state: absent means all three values and takes none of them; got {0}.".format(_settings.in_words(named))
        )
    if not request.runtime and not request.boot:
        raise _errors.InvalidValue("runtime: false together with boot: false leaves nothing to do; allow one of them.")


def plan(snapshot: host_snapshot.Snapshot, request: Request) -> Plan:
    """The changes that fulfil ``request``.

    Raises:
        InvalidValue: the file cannot hold the values.
        Overridden: another file or program would win at the next boot, and ``overridden`` is not ``warn``.
    """
    planned, wanted = planned_files(snapshot, request) if request.boot else (snapshot, {})
    boot_after = next_boot.next_boot(planned)
    runtime_after = snapshot.runtime
    if request.runtime:
        target = (
            request.settings
            if request.state == "present"
            else next_boot.next_boot(target_file.without_ours(snapshot, request.file)).settings
        )
        runtime_after = snapshot.runtime._replace(**target.named())
    planned = planned._replace(runtime=runtime_after)

    standing = next_boot.overrides(planned, wanted)
    unexplained = next_boot.unexplained(snapshot) if wanted else []
    decided = [override for override in standing if next_boot.decides(override, snapshot.facts)]
    if boot_after.settings._replace(**wanted) != boot_after.settings and request.overridden != "warn":
        raise refused(decided, planned, request)
    return Plan(
        differences=differences(snapshot, planned),
        runtime_before=snapshot.runtime,
        runtime_after=runtime_after,
        boot_before=next_boot.next_boot(snapshot),
        boot_after=boot_after,
        overridden_by=tuple(standing),
        warnings=tuple(warnings(planned, request, standing)) + tuple(unexplained),
        limits=tuple(next_boot.limits(planned, snapshot)),
    )


def planned_files(
    snapshot: host_snapshot.Snapshot, request: Request
) -> t.Tuple[host_snapshot.Snapshot, t.Mapping[str, int]]:
    """The snapshot with the new files, and the values that the next boot has to set."""
    wanted: t.Mapping[str, int] = request.settings.named()
    if request.state == "absent":
        return target_file.without_ours(snapshot, request.file), wanted
    planned = target_file.with_settings(snapshot, request.file, wanted)
    target_file.check_target(planned, request.file)
    target_file.check_hides_nothing(snapshot, planned, request.file)
    # Imported only where it is needed: Ansible sends source, and each run compiles it anew.
    if any(
        file.text and file.text.startswith(sysctl_text.HEADER)
        for path, file in snapshot.files.items()
        if path != request.file
    ):
        from ansible_collections.netops.keepalive.plugins.module_utils._host import earlier_file

        planned, wanted = earlier_file.moved(planned, request.file, wanted)
    if request.overridden == "take_over":
        from ansible_collections.netops.keepalive.plugins.module_utils._host import take_over

        planned = take_over.take_over(planned, wanted)
    return planned, wanted


def differences(before: host_snapshot.Snapshot, after: host_snapshot.Snapshot) -> host_differences.Differences:
    """The runtime values come first, so that a file only gets values that the kernel accepted. A file to remove comes last."""
    found = host_differences.Differences()
    for parameter, old, new in zip(_settings.PARAMETERS, before.runtime, after.runtime):
        found.compare(parameter.proc_path, line(old), line(new))
    real_paths = {file.real_path: path for path, file in list(before.files.items()) + list(after.files.items())}
    for real_path, path in sorted(real_paths.items(), key=lambda item: item[1] not in after.files):
        old_file, new_file = before.files.get(path), after.files.get(path)
        found.compare(real_path, old_file and old_file.text, new_file and new_file.text)
    return found


def line(value: t.Optional[int]) -> t.Optional[str]:
    return None if value is None else "{0}\n".format(value)


def refused(
    decided: t.List[next_boot.Override], planned: host_snapshot.Snapshot, request: Request
) -> _errors.Overridden:
    if not decided:
        obstacle = planned.facts.obstacles.get(planned.facts.reader)
        if obstacle:
            return _errors.Overridden(
                "{0}, so {1} has no effect at boot; {2}.".format(obstacle.why, request.file, obstacle.cure), []
            )
        return _errors.Overridden(
            "{0} does not decide the values of the next boot, and it is not known what does.".format(request.file), []
        )
    advice_ = (
        "pass overridden: warn to go on"
        if request.overridden == "take_over"
        else "remove that, or pass overridden: take_over (comments it out) or warn (goes on)"
    )
    return _errors.Overridden(
        "{0} would not decide the values of the next boot, because {1}; {2}.".format(
            request.file, " and ".join(override.sentence() for override in decided), advice_
        ),
        _json.rows(decided),
    )


def warnings(
    planned: host_snapshot.Snapshot, request: Request, standing: t.List[next_boot.Override]
) -> t.Iterator[str]:
    yield from _settings.advice(request.settings)
    for override in standing:
        if next_boot.decides(override, planned.facts):
            yield "{0}, and wins over {1} at the next boot.".format(override.sentence(), request.file)
        else:
            yield "{0}, and would win over {1} where that program reads the files.".format(
                override.sentence(), request.file
            )
    obstacle = planned.facts.obstacles.get(planned.facts.reader)
    if obstacle and request.boot and request.state == "present":
        yield "{0}, so {1} has no effect at boot.".format(obstacle.why, request.file)
    why = planned.short_lived.get(request.file.rpartition("/")[0])
    if why and request.boot:
        yield "{0}: {1} does not last until the next boot.".format(why, request.file)
