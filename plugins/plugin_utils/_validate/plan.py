# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the variables of role ``validate`` to what is asked of the probe of each host, refused where it cannot be. Pure."""

import datetime
import math
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import goals

Mapping = t.Mapping[str, t.Any]
Target = dict[str, t.Any]

WINDOWS, APPLIANCE, POSIX = "windows", "appliance", "posix"
CONNECTIONS = {
    "winrm": WINDOWS,
    "psrp": WINDOWS,
    "network_cli": APPLIANCE,
    "netconf": APPLIANCE,
    "httpapi": APPLIANCE,
    "libssh": APPLIANCE,
}
WINDOWS_SHELLS = ("powershell", "cmd")
WINDOWS_PROBES = 10
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
UNREADABLE_HERE = {
    WINDOWS: "this host runs Windows, where sockets cannot be read from inside",
    APPLIANCE: "this host is an appliance, on which no probe runs",
}
EXEMPT_UNTIL = "It was exempt until "
# What is the role's and not the module's.
ONLY_ROLE = ("until",)


class Plan(t.NamedTuple):
    """What the probe is asked for. ``policy`` is ``None`` where the host's own values have to be read first."""

    prober: str | None
    targets: tuple[Target, ...]
    policy: _settings.Settings | None
    ended: t.Mapping[int, str]
    """Exemptions that hold no more, by the place of their target: a sentence each."""
    system: str = POSIX
    """What the host is."""

    @property
    def needs_host_values(self) -> bool:
        return self.policy is None and (not self.targets or not all(given(one.get("policy")) for one in self.targets))


def plan(variables: Mapping, today: datetime.date) -> Plan:
    """The plan for one host.

    Raises:
        InvalidValue: something cannot be; the sentence is for the user.
        ImpossibleGoal: the goal of the policy cannot be reached.
    """
    system = system_of(variables.get("connection"), variables.get("shell"))
    prober = who_probes(variables, system)
    applications = list_of(variables.get("applications"))
    ended: dict[int, str] = {}
    targets = []
    for index, application in enumerate(applications):
        target, end = target_of(application, index, today)
        if prober and not given(target.get("host")):
            target["host"] = variables["address"]
        if end:
            ended[index] = end
        targets.append(target)
    policy = policy_of(variables, WINDOWS_PROBES if system == WINDOWS else None)
    if policy is not None:
        targets = [target if given(target.get("policy")) else dict(target, policy=policy.named()) for target in targets]
    result = Plan(prober, tuple(targets), policy, ended, system)
    if result.needs_host_values and system == APPLIANCE:
        raise _errors.InvalidValue(
            "no policy is given, and the values of an appliance cannot be read: name validate_policy, validate_goal or "
            "validate_preset."
        )
    return result


def given(value: object) -> bool:
    return value is not None and value != "" and value != {} and value != []


def system_of(connection: object, shell: object) -> str:
    """Connections and shells go by their short names, and by their full ones, such as ``ansible.builtin.powershell``."""
    if str(shell or "").rpartition(".")[2] in WINDOWS_SHELLS:
        return WINDOWS
    return CONNECTIONS.get(str(connection or "").rpartition(".")[2], POSIX)


def who_probes(variables: Mapping, system: str) -> str | None:
    prober = variables.get("prober")
    if not given(prober):
        if system != POSIX:
            raise _errors.InvalidValue(
                "{0}: name a machine that probes it in validate_from, and its listeners in validate_applications.".format(
                    UNREADABLE_HERE[system]
                )
            )
        return None
    if prober not in variables.get("inventory", ()) and prober != "localhost":
        raise _errors.InvalidValue(
            "validate_from is {0}: allowed is a host of the inventory, or localhost.".format(_errors.shown(prober))
        )
    if system_of(variables.get("prober_connection"), variables.get("prober_shell")) != POSIX:
        raise _errors.InvalidValue("validate_from is {0}: only a Linux host can probe.".format(_errors.shown(prober)))
    if not given(variables.get("applications")):
        raise _errors.InvalidValue(
            "validate_from is {0}, and no listener is named: from outside nobody sees which there are, name them in "
            "validate_applications.".format(_errors.shown(prober))
        )
    return str(prober)


def list_of(applications: object) -> list[Mapping]:
    if not given(applications):
        return []
    if not isinstance(applications, (list, tuple)) or not all(isinstance(one, t.Mapping) for one in applications):
        raise _errors.InvalidValue(
            "validate_applications is {0}: allowed is a list of mappings, each with a port.".format(
                _errors.shown(applications)
            )
        )
    return list(applications)


def target_of(application: Mapping, index: int, today: datetime.date) -> tuple[Target, str | None]:
    """The module's target for one application, and the sentence about an exemption that has ended."""
    target = {key: value for key, value in application.items() if key not in ONLY_ROLE and given(value)}
    if not given(target.get("port")):
        raise _errors.InvalidValue("{0} has no port.".format(who(application, index)))
    exempt = str(application.get("keepalive_expected", True)).lower() in ("false", "no", "off", "0", "n", "f")
    if not exempt:
        if given(application.get("until")):
            raise _errors.InvalidValue(
                "{0} has an end (until) and no exemption: say keepalive_expected: false, or leave until out.".format(
                    who(application, index)
                )
            )
        return target, None
    if not given(application.get("reason")):
        raise _errors.InvalidValue(
            "keepalive_expected is false for {0}, without a reason: say why in reason.".format(who(application, index))
        )
    until = end_of(application, index)
    if until is None:
        return target, None
    if today <= until:
        # Whoever reads a report wants to see what runs out, and when.
        return dict(target, reason="{0} (until {1})".format(target["reason"], until.isoformat())), None
    judged = {key: value for key, value in target.items() if key not in ("keepalive_expected", "reason")}
    return judged, "{0}{1}: {2}".format(EXEMPT_UNTIL, until.isoformat(), sentence(application["reason"]))


def sentence(text: object) -> str:
    return str(text) if str(text).endswith((".", "!", "?")) else "{0}.".format(text)


def who(application: Mapping, index: int) -> str:
    name = application.get("name") or application.get("port")
    return "application {0}".format(_errors.shown(name) if given(name) else index + 1)


def end_of(application: Mapping, index: int) -> datetime.date | None:
    """The last day of an exemption. YAML may have made a date of it."""
    value = application.get("until")
    if not given(value):
        return None
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        if isinstance(value, str) and ISO_DATE.match(value):
            return datetime.datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:  # the 30th of February
        pass
    raise _errors.InvalidValue(
        "until is {0} for {1}: allowed is a date such as 2027-03-31.".format(
            _errors.shown(str(value)), who(application, index)
        )
    )


def policy_of(variables: Mapping, probes: int | None) -> _settings.Settings | None:
    """The policy of the role's own variables, else of those of role policy, else the host's own values once they are known."""
    for role, source in (("validate", variables), ("policy", variables.get("fallback") or {})):
        values = source.get("policy") or {}
        if not isinstance(values, t.Mapping) or set(values) - set(_settings.NAMES):
            raise _errors.InvalidValue(
                "validate_policy is {0}: allowed is a mapping with any of time, interval and probes.".format(
                    _errors.shown(values)
                )
            )
        ways = [value for value in values.values() if given(value)] + [source.get("goal"), source.get("preset")]
        if any(given(way) for way in ways):
            return goals.resolve(
                values, goal=source.get("goal"), preset_name=source.get("preset"), probes=probes, role=role
            ).settings
    own = variables.get("host_values")
    try:
        return _settings.parse_settings(known(own)) if own else None
    except _errors.InvalidValue as error:
        raise _errors.InvalidValue(
            "no policy is given, and this host's own values cannot stand for one: {0} Correct them, or name "
            "validate_policy, validate_goal or validate_preset.".format(error)
        ) from None


def known(values: Mapping) -> Mapping:
    """A host's own values; where Windows has 1500 ms, within 2 s is what its applications are held to."""
    found = {name: values.get(name) for name in _settings.NAMES}
    return {name: math.ceil(value) if isinstance(value, float) else value for name, value in found.items()}
