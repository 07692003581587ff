# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values that a host has after its next boot, and what wins over wanted ones. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host import snapshot as host_snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import boot_readers, kernel_numbers
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import text as sysctl_text
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import types as sysctl_types

READER_PROGRAM = {"systemd": "systemd-sysctl", "procps": "sysctl --system", "tuned": "tuned", "ufw": "ufw"}

WHY_UNREAD = {
    "unreadable": "cannot be read by this user",
    "large": "is larger than {0} MiB and was not read".format(sysctl_types.MOST_MEBIBYTES),
}


class Override(t.NamedTuple):
    """An assignment that wins over another; ``reader`` is the program that takes it.

    ``value`` is ``None`` where the kernel refuses what the line says.
    """

    parameter: str
    value: t.Optional[int]
    file: str
    line: int
    reader: str

    def sentence(self) -> str:
        form = "{0}:{1} sets {2} to {3} ({4})"
        if self.value is None:
            form = "{0}:{1} is the last line for {2} and the kernel refuses its value, so that no file sets {2} ({4})"
        return form.format(self.file, self.line, self.parameter, self.value, READER_PROGRAM[self.reader])


def next_boot(snapshot: host_snapshot.Snapshot) -> boot_readers.Prediction:
    """What the next boot sets: the program that reads the files here comes first, then the later writers."""
    return after_later_writers(boot_readers.predict(snapshot.facts.reader, snapshot.files, snapshot.facts), snapshot)


def after_later_writers(
    prediction: boot_readers.Prediction, snapshot: host_snapshot.Snapshot
) -> boot_readers.Prediction:
    """The prediction once each later writer has set its values."""
    if not snapshot.later_writers:
        return prediction
    # Imported only where it is needed: Ansible sends source, and each run compiles it anew.
    from ansible_collections.netops.keepalive.plugins.module_utils._host.later_writers import writes

    values, sources, programs = prediction.settings.named(), dict(prediction.sources), dict(prediction.programs)
    for writer in snapshot.later_writers:
        for write in writes.writes_of(writer, snapshot.files, snapshot.facts):
            value = writes.value_after(write, writer.program, values[write.parameter])
            if value is not None:
                values[write.parameter] = value
                sources[write.parameter] = boot_readers.Source(write.file, write.line)
                programs[write.parameter] = writer.program
    return prediction._replace(
        settings=_settings.Settings(**values),
        sources=sources,
        refused=prediction.refused - set(programs),
        programs=programs,
    )


def overrides(snapshot: host_snapshot.Snapshot, wanted: t.Mapping[str, int]) -> t.List[Override]:
    """What wins over ``wanted`` after the next boot, or would if another installed program read the files."""
    facts = snapshot.facts
    found = []
    for reader in sorted(facts.installed, key=lambda name: name != facts.reader):
        prediction = boot_readers.predict(reader, snapshot.files, facts)
        if reader == facts.reader:
            prediction = after_later_writers(prediction, snapshot)
        for name, value in wanted.items():
            source, predicted = prediction.sources[name], getattr(prediction.settings, name)
            if predicted != value and source is not None:
                program = prediction.programs.get(name, reader)
                taken = None if name in prediction.refused else predicted
                found.append(Override(name, taken, source.file, source.line, program))
    return found


def decides(override: Override, facts: sysctl_types.BootFacts) -> bool:
    """Whether it holds on this host: its program reads the files at boot here, or writes later."""
    return override.reader == facts.reader or override.reader not in boot_readers.READERS


def unexplained(snapshot: host_snapshot.Snapshot) -> t.List[str]:
    """Sentences about values in force that are not those that this boot must have set."""
    boot = next_boot(snapshot)
    return [
        "{0} is {1} now, although {2.file}:{2.line} says {3} and no sysctl file has changed since this host started: "
        "something else sets it later, at each boot or once by hand.".format(name, value, source, predicted)
        for name, value, predicted, source in zip(
            _settings.NAMES, snapshot.runtime, boot.settings, map(boot.sources.get, _settings.NAMES)
        )
        if snapshot.files_unchanged and source and value not in (None, predicted)
    ]


def limits(snapshot: host_snapshot.Snapshot, before: t.Optional[host_snapshot.Snapshot] = None) -> t.List[str]:
    """Sentences about what is not known for certain; ``before`` is the host as it is, where ``snapshot`` is planned."""
    return (
        ["/proc/sys/net/ipv4 shows no value: this kernel has no IPv4 settings, or /proc is not mounted."]
        * (None in snapshot.runtime)
        + unread(snapshot)
        + [
            "{0}, so the files in {1} do not last until the next boot.".format(why, folder)
            for folder, why in snapshot.short_lived.items()
        ]
        + uncertain_numbers(snapshot)
        + unknown_procps(snapshot)
        + unknown_start(snapshot)
        + left_in_initrd(before or snapshot, snapshot)
        + boot_notes(snapshot)
    )


def unread(snapshot: host_snapshot.Snapshot) -> t.List[str]:
    return [
        "{0} {1}: what it sets is not in the boot values.".format(path, WHY_UNREAD[file.problem])
        for path, file in snapshot.files.items()
        if file.problem in WHY_UNREAD
    ]


def uncertain_numbers(snapshot: host_snapshot.Snapshot) -> t.List[str]:
    facts = snapshot.facts
    return [
        "{0}:{1}: whether the kernel takes {2} depends on how it was built (CONFIG_HZ).".format(
            item.file, item.assignment.line, item.assignment.value
        )
        for item in boot_readers.assignments(
            facts.reader, boot_readers.files_read(facts.reader, snapshot.files, facts), snapshot.files, facts
        )
        for name in _settings.NAMES
        if item.assignment.path == sysctl_text.PATHS[name]
        and kernel_numbers.depends_on_hz(name, item.assignment.value or "")
    ]


def unknown_procps(snapshot: host_snapshot.Snapshot) -> t.List[str]:
    facts = snapshot.facts
    if facts.reader != "procps" or facts.procps is not None:
        return []
    answers = [
        (version, boot_readers.predict("procps", snapshot.files, facts._replace(procps=version)).settings)
        for version in ("3.3", "4", "4.0.5")
    ]
    if len({settings for _version, settings in answers}) == 1:
        return []
    return [
        "The version of sysctl that reads the files at boot is not known: {0}.".format(
            "; ".join(
                "version {0} would set {1}".format(version, _settings.in_words(settings.named()))
                for version, settings in answers
            )
        )
    ]


def unknown_start(snapshot: host_snapshot.Snapshot) -> t.List[str]:
    if snapshot.facts.start_is_known:
        return []
    unset = [name for name, source in next_boot(snapshot).sources.items() if source is None]
    form = (
        "No file sets {0}. This is a container, and its engine may start it with a value (--sysctl, sysctls of the pod), "
        "which is not known here: the kernel's default is assumed."
    )
    return [form.format(", ".join(unset))] if unset else []


def left_in_initrd(before: host_snapshot.Snapshot, after: host_snapshot.Snapshot) -> t.List[str]:
    """Values that no file sets any more, but a copy in the initrd may.

    It does not where the value in force is the one that the kernel starts with, and no file has changed since this host started.
    """
    if before.initrd_is_older is None:
        return []
    was, planned = next_boot(before).sources, next_boot(after).sources
    names = [
        name
        for name, value, start in zip(_settings.NAMES, before.runtime, before.facts.start)
        if planned[name] is None
        and (was[name] or (before.initrd_is_older and not (before.files_unchanged and value == start)))
    ]
    form = (
        "No file sets {0}, but the initrd may at boot: its copy of the sysctl files is older than they are. "
        "Build it anew (dracut --force)."
    )
    return [form.format(", ".join(names))] if names else []


def boot_notes(snapshot: host_snapshot.Snapshot) -> t.List[str]:
    facts, notes = snapshot.facts, list(snapshot.facts.doubts)
    if facts.reader in facts.obstacles:
        notes.append("{0}: no sysctl file has an effect at boot.".format(facts.obstacles[facts.reader].why))
    for writer in snapshot.later_writers:
        notes += writer.doubts
        if writer.program == "tuned" and writer.writes:
            notes.append(
                "tuned sets {0} by its profile {1}{2}.".format(
                    _settings.in_words({write.parameter: write.value for write in writer.writes}),
                    writer.profile,
                    ", then reads the sysctl files of /etc again" if writer.reapply else ", over the sysctl files",
                )
            )
    return notes
