# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host will have after its next boot, and what stands in the way of it. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.module_utils._host import snapshot as host_snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import (
    boot_readers,
    kernel_numbers,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host.sysctl_files import (
    text as sysctl_text,
)

READER_PROGRAM = {"systemd": "systemd-sysctl", "procps": "sysctl --system", "tuned": "tuned"}


class Override(t.NamedTuple):
    """An assignment that stands against another: ``reader`` is the program that takes it.

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
    """What the next boot sets: by the program that reads the files here, then by tuned where that runs."""
    return after_tuned(boot_readers.predict(snapshot.facts.reader, snapshot.files, snapshot.facts), snapshot)


def after_tuned(prediction: boot_readers.Prediction, snapshot: host_snapshot.Snapshot) -> boot_readers.Prediction:
    """The same once tuned has set the values of its profile and, if so told, those of the sysctl files again."""
    tuned = snapshot.facts.tuned
    if tuned is None:
        return prediction
    values, sources = prediction.settings.named(), dict(prediction.sources)
    writes = [(item.parameter, item.value, boot_readers.Source(item.file, item.line)) for item in tuned.values]
    if tuned.reapply:
        for name, found in boot_readers.reapplied_by_tuned(snapshot.files, snapshot.facts):
            writes.append((name, found.assignment.value or "", boot_readers.Source(found.file, found.assignment.line)))
    for name, text, source in writes:
        value = kernel_numbers.value_of(name, text)
        if value is not None:
            values[name], sources[name] = value, source
    return prediction._replace(settings=_settings.Settings(**values), sources=sources)


def overrides(snapshot: host_snapshot.Snapshot, wanted: t.Mapping[str, int]) -> t.List[Override]:
    """What wins against ``wanted`` after the next boot, or would where another installed program read the files."""
    facts = snapshot.facts
    found = []
    for reader in sorted(facts.installed, key=lambda name: name != facts.reader):
        alone = boot_readers.predict(reader, snapshot.files, facts)
        prediction = after_tuned(alone, snapshot) if reader == facts.reader else alone
        for name, value in wanted.items():
            source, predicted = prediction.sources[name], getattr(prediction.settings, name)
            if predicted != value and source is not None:
                by_tuned = source != alone.sources[name]
                taken = None if name in alone.refused and not by_tuned else predicted
                found.append(Override(name, taken, source.file, source.line, "tuned" if by_tuned else reader))
    return found


def limits(snapshot: host_snapshot.Snapshot) -> t.List[str]:
    """Sentences about what could not be known for certain."""
    facts = snapshot.facts
    return (
        ["/proc/sys/net/ipv4 shows no value: this kernel has no IPv4 settings, or /proc is not mounted."]
        * (None in snapshot.runtime)
        + [
            "{0} cannot be read by this user: what it sets is not in the boot values.".format(path)
            for path in unreadable(snapshot)
        ]
        + [
            "{0}, so the files in {1} do not last until the next boot.".format(why, folder)
            for folder, why in snapshot.short_lived.items()
        ]
        + uncertain_numbers(snapshot)
        + unknown_procps(snapshot)
        + boot_notes(facts)
    )


def unreadable(snapshot: host_snapshot.Snapshot) -> t.List[str]:
    return [path for path, file in snapshot.files.items() if file.problem == "unreadable"]


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
    old = boot_readers.predict("procps", snapshot.files, facts._replace(procps="3.3")).settings
    new = boot_readers.predict("procps", snapshot.files, facts._replace(procps="4")).settings
    if old == new:
        return []
    return [
        "Which version of sysctl reads the files at boot could not be told: version 3.3 would set {0}, version 4 {1}.".format(
            _settings.in_words(old.named()), _settings.in_words(new.named())
        )
    ]


def boot_notes(facts: host_snapshot.BootFacts) -> t.List[str]:
    notes = []
    if facts.reader == "systemd" and facts.systemd_masked:
        notes.append("systemd-sysctl.service is masked: no sysctl file has an effect at boot.")
    if facts.tuned and facts.tuned.values:
        notes.append(
            "tuned sets {0} by its profile {1}{2}.".format(
                _settings.in_words({item.parameter: item.value for item in facts.tuned.values}),
                facts.tuned.profile,
                ", then reads the sysctl files of /etc again" if facts.tuned.reapply else ", over the sysctl files",
            )
        )
    return notes
