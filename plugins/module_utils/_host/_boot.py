# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host will have after its next boot, and what stands in the way of it. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils._host._kernel import depends_on_hz, value_of
from ansible_collections.netops.keepalive.plugins.module_utils._host._readers import (
    Prediction,
    Source,
    assignments,
    files_read,
    predict,
    reapplied_by_tuned,
)
from ansible_collections.netops.keepalive.plugins.module_utils._host._snapshot import BootFacts, Snapshot
from ansible_collections.netops.keepalive.plugins.module_utils._host._sysctl_text import PATHS
from ansible_collections.netops.keepalive.plugins.module_utils._settings import NAMES, Settings

READERS = ("systemd", "procps")
READER_PROGRAM = {"systemd": "systemd-sysctl", "procps": "sysctl --system", "tuned": "tuned"}


class Override(t.NamedTuple):
    """An assignment that stands against another: ``reader`` is the program that takes it."""

    parameter: str
    value: t.Optional[int]
    file: str
    line: int
    reader: str

    def sentence(self) -> str:
        return "{0}:{1} sets {2} to {3} ({4})".format(
            self.file, self.line, self.parameter, self.value, READER_PROGRAM[self.reader]
        )


def next_boot(snapshot: Snapshot) -> Prediction:
    """What the next boot sets: by the program that reads the files here, then by tuned where that runs."""
    return after_tuned(predict(snapshot.facts.reader, snapshot.files, snapshot.facts), snapshot)


def after_tuned(prediction: Prediction, snapshot: Snapshot) -> Prediction:
    """The same once tuned has set the values of its profile and, if so told, those of the sysctl files again."""
    tuned = snapshot.facts.tuned
    if tuned is None:
        return prediction
    values, sources = prediction.settings.named(), dict(prediction.sources)
    writes = [(item.parameter, item.value, Source(item.file, item.line)) for item in tuned.values]
    if tuned.reapply:
        for name, found in reapplied_by_tuned(snapshot.files, snapshot.facts):
            writes.append((name, found.assignment.value or "", Source(found.file, found.assignment.line)))
    for name, text, source in writes:
        value = value_of(name, text)
        if value is not None:
            values[name], sources[name] = value, source
    return prediction._replace(settings=Settings(**values), sources=sources)


def predictions(snapshot: Snapshot) -> t.Dict[str, Prediction]:
    """What each reader would set, whether or not it is the one that boots this host."""
    return {reader: predict(reader, snapshot.files, snapshot.facts) for reader in READERS}


def overrides(snapshot: Snapshot, wanted: t.Mapping[str, int]) -> t.List[Override]:
    """What wins against ``wanted`` after the next boot, or would where another installed program read the files."""
    facts = snapshot.facts
    found = []
    for reader in sorted(facts.installed, key=lambda name: name != facts.reader):
        alone = predict(reader, snapshot.files, facts)
        prediction = after_tuned(alone, snapshot) if reader == facts.reader else alone
        for name, value in wanted.items():
            source, predicted = prediction.sources[name], getattr(prediction.settings, name)
            if predicted != value and source is not None:
                by_tuned = source != alone.sources[name]
                found.append(Override(name, predicted, source.file, source.line, "tuned" if by_tuned else reader))
    return found


def conflicts(snapshot: Snapshot) -> t.List[Override]:
    """Every assignment in any file that gives a parameter another value than it will have after the next boot."""
    facts, boot = snapshot.facts, next_boot(snapshot)
    found: t.Dict[t.Tuple[str, str, int], Override] = {}
    for reader in sorted(READERS, key=lambda name: name != facts.reader):
        if reader in facts.installed:
            for item in assignments(reader, files_read(reader, snapshot.files, facts), snapshot.files, facts):
                for name in NAMES:
                    if item.assignment.path != PATHS[name] or item.assignment.value is None:
                        continue
                    value = value_of(name, item.assignment.value)
                    if value != getattr(boot.settings, name):
                        place = (name, item.file, item.assignment.line)
                        found.setdefault(place, Override(name, value, item.file, item.assignment.line, reader))
    return list(found.values())


def limits(snapshot: Snapshot) -> t.List[str]:
    """Sentences about what could not be known for certain."""
    facts = snapshot.facts
    return (
        ["{0} shows no value: this kernel has no IPv4 settings, or /proc is not mounted.".format("/proc/sys/net/ipv4")]
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


def unreadable(snapshot: Snapshot) -> t.List[str]:
    return [path for path, file in snapshot.files.items() if file.problem == "unreadable"]


def uncertain_numbers(snapshot: Snapshot) -> t.List[str]:
    facts = snapshot.facts
    return [
        "{0}:{1}: whether the kernel takes {2} depends on how it was built (CONFIG_HZ).".format(
            item.file, item.assignment.line, item.assignment.value
        )
        for item in assignments(facts.reader, files_read(facts.reader, snapshot.files, facts), snapshot.files, facts)
        for name in NAMES
        if item.assignment.path == PATHS[name] and depends_on_hz(name, item.assignment.value or "")
    ]


def unknown_procps(snapshot: Snapshot) -> t.List[str]:
    facts = snapshot.facts
    if facts.reader != "procps" or facts.procps is not None:
        return []
    old = predict("procps", snapshot.files, facts._replace(procps="3.3")).settings
    new = predict("procps", snapshot.files, facts._replace(procps="4")).settings
    if old == new:
        return []
    return [
        "Which version of sysctl reads the files at boot could not be told: version 3.3 would set {0}, version 4 {1}.".format(
            in_words(old.named()), in_words(new.named())
        )
    ]


def boot_notes(facts: BootFacts) -> t.List[str]:
    notes = []
    if facts.reader == "systemd" and facts.systemd_masked:
        notes.append("systemd-sysctl.service is masked: no sysctl file has an effect at boot.")
    if facts.tuned and facts.tuned.values:
        notes.append(
            "tuned sets {0} by its profile {1}{2}.".format(
                in_words({item.parameter: item.value for item in facts.tuned.values}),
                facts.tuned.profile,
                ", then reads the sysctl files of /etc again" if facts.tuned.reapply else ", over the sysctl files",
            )
        )
    return notes


def in_words(values: t.Mapping[str, object]) -> str:
    return ", ".join("{0} {1}".format(name, value) for name, value in values.items())
