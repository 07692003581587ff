# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cures a listener that does not keep to its policy: the application's own line, with the policy's numbers. Pure."""

import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import snippets
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import (
    applications,
    generic_remedies,
    remedy_numbers,
    systems,
)

Entry = t.Mapping[str, t.Any]
Application = t.Mapping[str, t.Any]
Remedy = dict[str, t.Any]
Values = _settings.Settings
Advice = generic_remedies.Advice

OWN_TIMINGS, OS_TIMINGS, OFF_BY_DEFAULT, UNKNOWN = "own_timings", "os_timings", "off_by_default", "unknown"
OFF = ("keepalive_off", "not_seen")
LATE = ("time_too_long", "drops_too_late")
CONTACT = {
    "refused": "Start the application, or correct its port.",
    "unreachable": "Correct the address, or let the machine that probes through the firewall.",
    "not_accepted": (
        "See whether the application hangs or is out of descriptors. If it waits for data before it accepts, name some in send."
    ),
}


def remedy(entry: Entry, policy: Values | None = None, system: str = systems.POSIX) -> Remedy | None:
    """What to do about a listener, with each key of ``_returned.listener``; ``None`` if there is nothing to cure.

    ``policy`` replaces the one that the listener was held against; ``system`` is what the application runs on.
    """
    verdict = entry["verdict"]
    if verdict in CONTACT and entry["named"]:
        return result(None, UNKNOWN, False, CONTACT[verdict], [])
    if verdict not in OFF + LATE:
        return None
    wanted = remedy_numbers.values(entry["settings"] or {}, entry["policy"] or {} if policy is None else policy.named())
    application = applications.recognise(entry, applications.known_applications())
    if entry["forwarder"]:
        text = "{0} answers here for another program: cure that one, and validate it where it listens itself."
        return result(application, UNKNOWN, False, text.format(entry["forwarder"]), [])
    group = application["group"] if application else UNKNOWN
    if entry["set_by"] == "always":
        return by_the_switch(application, group, wanted)
    if leaves_values_to_host(entry, group):
        return by_the_host(entry, application, group, wanted)
    return by_the_application(entry, application, group, wanted, generic_remedies.BY_SYSTEM[system])


def result(application: Application | None, group: str, host_values_help: bool, text: str, lines: list[str]) -> Remedy:
    return {
        "application": application["application"] if application else None,
        "group": group,
        "host_values_help": host_values_help,
        "text": text,
        "lines": lines,
        "source": application["source"] if application else None,
    }


def leaves_values_to_host(entry: Entry, group: str) -> bool:
    """Whether the application has keepalive on and takes the host's values."""
    if entry["verdict"] == "not_seen":
        return group == OS_TIMINGS
    if entry["verdict"] not in LATE or group == OWN_TIMINGS:
        return False
    return entry["set_by"] == "host" or (entry["set_by"] is None and group in (OS_TIMINGS, OFF_BY_DEFAULT))


def by_the_host(entry: Entry, application: Application | None, group: str, wanted: Values) -> Remedy:
    name, own = called(application), [] if application is None else own_values(application, entry, wanted)
    inside = (entry["process"] or {}).get("container") or entry["namespace"]
    if inside:
        text = "{0} leaves the values to its network namespace, where those of the host have no effect. Give its container or pod:"
        return result(application, group, False, text.format(name), snippets.sysctl_d(wanted).splitlines())
    note = remarks(application, entry, wanted)
    if application is None or not own:
        text = joined("{0} leaves the values to the host.".format(name), note, "Set those:")
        return result(application, group, True, text, [task(wanted)])
    text = "{0} leaves the values to the host: {1}.".format(name, set_on_host(wanted))
    alone = "Or for this application alone, {0}:".format(place(application, entry))
    return result(application, group, True, joined(text, note, alone), own)


def by_the_switch(application: Application | None, group: str, wanted: Values) -> Remedy:
    text = "netops.keepalive.tcp_keepalive_always has switched keepalive on here. Give its task these values:"
    return result(application, group, False, text, [values_of_task(wanted)])


def by_the_application(
    entry: Entry, application: Application | None, group: str, wanted: Values, advice: Advice
) -> Remedy:
    if application is None:
        if entry["verdict"] in LATE and entry["set_by"] == "application":
            return result(None, group, False, generic_remedies.SETS_ITS_OWN, [])
        return general(entry, None, group, wanted, generic_remedies.NOT_KNOWN, advice)
    beginning = "As installed, {0} has keepalive {1}.".format(application["application"], application["default"])
    lines = remedy_numbers.filled(application, entry, wanted)
    if lines is None:
        return result(application, group, False, joined(beginning, out_of_reach(application, wanted)), [])
    if not lines and group == OWN_TIMINGS:
        text = "Neither its configuration nor the host's values help: give it a policy of its own, or exempt it with a reason."
        return result(application, group, False, joined(beginning, text), [])
    if not lines:
        return general(entry, application, group, wanted, beginning, advice)
    host = "; then {0}".format(set_on_host(wanted)) if application.get("turns_on") else ""
    text = "{0} {1}{2}:".format(verb(entry, application), place(application, entry), host)
    said = joined(beginning, remarks(application, entry, wanted), perhaps_its_own(application, entry), text)
    return result(application, group, False, said, lines)


def perhaps_its_own(application: Application, entry: Entry) -> str:
    """The socket unit and the program behind it can both set values, and an accepted connection does not tell which did."""
    behind = (entry["process"] or {}).get("name")
    unknown = application["application"] == applications.SYSTEMD_SOCKET and behind not in (None, "systemd")
    if not unknown or entry["set_by"] != "application":
        return ""
    return "If the values stay after that, {0} sets them itself: look in its configuration.".format(behind)


def verb(entry: Entry, application: Application) -> str:
    if application.get("stays_off"):
        return "Keepalive has no setting. Let it find dead peers in its own way"
    return "Turn it on" if entry["verdict"] in OFF else "Change it"


def out_of_reach(application: Application, wanted: Values) -> str:
    """Why no line of the application meets the policy."""
    fixed = application.get("fixed")
    policy = _settings.in_words(wanted.named())
    if remedy_numbers.lacks_a_minute(application, wanted):
        return "It counts in whole minutes, so its first probe comes after 60 s at the earliest, which cannot meet {0}: allow it a longer time.".format(
            policy
        )
    if fixed is None:
        return "It derives all its values from one, and no value meets {0}: allow it a longer drop.".format(policy)
    return (
        "It can change the time before the first probe only; its {0} probes stay {1} s apart. So it drops a dead peer after more than {2} s, "
        "which cannot meet {3}: allow it a longer drop."
    ).format(fixed["probes"], fixed["interval"], fixed["interval"] * fixed["probes"], policy)


def general(
    entry: Entry, application: Application | None, group: str, wanted: Values, beginning: str, advice: Advice
) -> Remedy:
    """For programs without a setting: each block of lines begins with the name of its file."""
    process = entry["process"] or {}
    unit = process.get("unit") or ""
    # The unit of a container's process may be the engine's. Only a service has a command with an environment.
    own_unit = unit.endswith(".service") and not (process.get("container") or entry["namespace"])
    units = {
        "unit": unit if own_unit else "UNIT.service",
        "socket_unit": entry["socket_unit"] or "NAME.socket",
    }
    of_user = is_of_user(process)
    manager = {
        "systemctl": "systemctl --user" if of_user else "systemctl",
        "unit_folder": "~/.config/systemd/user" if of_user else "/etc/systemd/system",
    }
    switch = (
        generic_remedies.SWITCH if advice is generic_remedies.BY_SYSTEM[systems.POSIX] and not of_user else Advice("")
    )
    advice = generic_remedies.reaching(advice, process.get("preload"))
    words = dict(wanted._asdict(), **units, **manager, switch=switch.text, more=more_for_the_switch(entry, wanted))
    lines = [remedy_numbers.fill(line, words) for line in (*switch.lines, *advice.lines)]
    without_values = application is not None and application.get("turns_on") and "[Service]" in lines
    host = (
        "The first drop-in turns it on without values; then {0}.".format(set_on_host(wanted)) if without_values else ""
    )
    text = joined(
        beginning, remarks(application, entry, wanted), whose(entry), host, remedy_numbers.fill(advice.text, words)
    )
    return result(application, group, False, text, lines)


def more_for_the_switch(entry: Entry, wanted: Values) -> str:
    inside = (entry["process"] or {}).get("container") or entry["namespace"]
    is_short = (_settings.drop_after(wanted) or 0) < _settings.SHORTEST_DROP or (
        wanted.probes or 0
    ) < _settings.FEWEST_PROBES
    return (", containers: true" if inside else "") + (", short_drop: true" if is_short else "")


def is_of_user(process: Entry) -> bool:
    """Whether a user's own systemd manager runs it; in a container, that says nothing about the program."""
    return process.get("unit_user") is not None and not process.get("container")


def whose(entry: Entry) -> str:
    process = entry["process"] or {}
    if not is_of_user(process):
        return ""
    return "Its unit {0} belongs to the systemd manager of user {1}.".format(process["unit"], process["unit_user"])


def called(application: Application | None) -> str:
    name = str(application["application"]) if application else "this program"
    return name[:1].upper() + name[1:] if name.startswith(("a ", "an ", "this ")) else name


def place(application: Application, entry: Entry) -> str:
    text = "in {0}, and {1}".format(application["file"], application["then"])
    text = remedy_numbers.fill(text, {"socket_unit": entry["socket_unit"] or "the socket unit"})
    if is_of_user(entry["process"] or {}):
        text = "{0} (its own file and systemctl --user: it runs as a unit of user {1})".format(
            text, entry["process"]["unit_user"]
        )
    return text


def remarks(application: Application | None, entry: Entry, wanted: Values) -> str:
    """What else must be known: the data's note, and a user timeout, which outweighs the number of probes."""
    numbers = remedy_numbers.fields(application, entry, wanted) if application else None
    note = remedy_numbers.fill(str(application.get("note", "")), numbers) if application and numbers else ""
    if application and "since" in application:
        note = joined("It needs version {0} or newer.".format(application["since"]), note)
    timeout = (entry["settings"] or {}).get("user_timeout")
    outweighed = "Its TCP_USER_TIMEOUT of {0:g} s decides when it drops a dead peer: lower that too.".format(
        timeout or 0
    )
    return joined(note, outweighed if timeout and entry["verdict"] == "drops_too_late" else "")


def joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def set_on_host(wanted: Values) -> str:
    return "set the host's values with netops.keepalive.tcp_keepalive ({0})".format(_settings.in_words(wanted.named()))


def task(wanted: Values) -> str:
    return "netops.keepalive.tcp_keepalive: {{{0}}}".format(values_of_task(wanted))


def values_of_task(wanted: Values) -> str:
    return ", ".join("{0}: {1}".format(name, value) for name, value in wanted.named().items())


def own_values(application: Application, entry: Entry, wanted: Values) -> list[str]:
    """The lines that give the application values of its own, if its configuration has such lines."""
    return [] if application.get("turns_on") else remedy_numbers.filled(application, entry, wanted) or []
