# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the variables of role ``validate`` to the plan for a host: what is wrong with them is refused here. Pure."""

import datetime
import math
import re
import typing as t

from ansible_collections.netops.keepalive.plugins.module_utils import _errors, _settings, _text
from ansible_collections.netops.keepalive.plugins.plugin_utils._policy import goals
from ansible_collections.netops.keepalive.plugins.plugin_utils._validate import report_options, systems

Mapping = t.Mapping[str, t.Any]
Target = dict[str, t.Any]

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
EXEMPT_UNTIL = "It was exempt until "
# Keys of the role that the module does not have.
ONLY_ROLE = ("until",)


class Plan(t.NamedTuple):
    """What the probe is asked for; ``policy`` is ``None`` if the host's own values have to be read first."""

    prober: str | None
    targets: tuple[Target, ...]
    """The applications as they were named, without the policy that holds for those that have none of their own."""
    policy: _settings.Settings | None
    ended: t.Mapping[int, str]
    """Exemptions that have ended, by the index of their target: a sentence each."""
    system: str = systems.POSIX

    @property
    def needs_host_values(self) -> bool:
        return self.policy is None and not (self.targets and all("policy" in target for target in self.targets))

    def asked(self) -> list[Target]:
        """The targets as the module takes them, each with its policy."""
        common = {} if self.policy is None else {"policy": self.policy.named()}
        return [dict(common, **target) for target in self.targets]


def plan(variables: Mapping, today: datetime.date, host_values: Mapping | None = None) -> Plan:
    """The plan for one host.

    Raises:
        InvalidValue: a variable is not allowed; the sentence is for the user.
        ImpossibleGoal: the goal of the policy cannot be reached.
    """
    report_options.check(variables)
    system = systems.system_of(variables.get("connection"), variables.get("shell"))
    prober = prober_of(variables, system)
    applications = list_of(variables.get("applications"))
    ended: dict[int, str] = {}
    targets = []
    for index, application in enumerate(applications):
        target, end = target_of(application, index, today)
        if prober and not goals.given(target.get("host")):
            target["host"] = variables["address"]
        if end:
            ended[index] = end
        targets.append(target)
    policy = policy_of(variables, systems.WINDOWS_PROBES if system == systems.WINDOWS else None) or host_policy(
        host_values
    )
    result = Plan(prober, tuple(targets), policy, ended, system)
    if result.needs_host_values and system == systems.APPLIANCE:
        raise _errors.InvalidValue(
            "no policy is given, and the values of an appliance cannot be read: name validate_policy, validate_goal or "
            "validate_preset."
        )
    return result


def prober_of(variables: Mapping, system: str) -> str | None:
    prober = variables.get("prober")
    if not goals.given(prober):
        if system != systems.POSIX:
            raise _errors.InvalidValue(
                "{0}: name a machine that probes it in validate_from, and its listeners in validate_applications.".format(
                    systems.NO_PROBE_HERE[system]
                )
            )
        return None
    if prober not in variables.get("inventory", ()) and prober != "localhost":
        raise _errors.InvalidValue(
            "validate_from is {0}: allowed is a host of the inventory, or localhost.".format(_errors.shown(prober))
        )
    if systems.system_of(variables.get("prober_connection"), variables.get("prober_shell")) != systems.POSIX:
        raise _errors.InvalidValue("validate_from is {0}: only a Linux host can probe.".format(_errors.shown(prober)))
    if not goals.given(variables.get("applications")):
        raise _errors.InvalidValue(
            "validate_from is {0}, and no listener is named: another machine cannot list the listeners of a host, name them in "
            "validate_applications.".format(_errors.shown(prober))
        )
    return str(prober)


def list_of(applications: object) -> list[Mapping]:
    if not goals.given(applications):
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
    target = {key: value for key, value in application.items() if key not in ONLY_ROLE and goals.given(value)}
    if not goals.given(target.get("port")):
        raise _errors.InvalidValue("{0} has no port.".format(called(application, index)))
    exempt = str(application.get("keepalive_expected", True)).lower() in ("false", "no", "off", "0", "n", "f")
    if not exempt:
        if goals.given(application.get("until")):
            raise _errors.InvalidValue(
                "{0} has an end (until) and no exemption: say keepalive_expected: false, or leave until out.".format(
                    called(application, index)
                )
            )
        return target, None
    if not goals.given(application.get("reason")):
        raise _errors.InvalidValue(
            "keepalive_expected is false for {0}, without a reason: say why in reason.".format(
                called(application, index)
            )
        )
    until = end_of(application, index)
    if until is None:
        return target, None
    if today <= until:
        # A report shows when an exemption ends.
        return dict(target, reason="{0} (until {1})".format(target["reason"], until.isoformat())), None
    judged = {key: value for key, value in target.items() if key not in ("keepalive_expected", "reason")}
    return judged, _text.sentence("{0}{1}: {2}".format(EXEMPT_UNTIL, until.isoformat(), application["reason"]))


def called(application: Mapping, index: int) -> str:
    name = application.get("name") or application.get("port")
    return "application {0}".format(_errors.shown(name) if goals.given(name) else index + 1)


def end_of(application: Mapping, index: int) -> datetime.date | None:
    """The last day of an exemption. YAML may have made a date of it."""
    value = application.get("until")
    if not goals.given(value):
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
            _errors.shown(str(value)), called(application, index)
        )
    )


def policy_of(variables: Mapping, probes: int | None) -> _settings.Settings | None:
    """The policy of the role's own variables, else of those of role policy; ``None`` if neither names one."""
    for role, source in (("validate", variables), ("policy", variables.get("fallback") or {})):
        values = source.get("policy") or {}
        if not isinstance(values, t.Mapping) or set(values) - set(_settings.NAMES):
            raise _errors.InvalidValue(
                "validate_policy is {0}: allowed is a mapping with any of time, interval and probes.".format(
                    _errors.shown(values)
                )
            )
        ways = [*values.values(), source.get("goal"), source.get("preset")]
        if any(goals.given(way) for way in ways):
            policy = goals.resolve(
                values, goal=source.get("goal"), preset_name=source.get("preset"), probes=probes, role=role
            )
            _settings.refuse_partial(policy.settings, policy.settings.named())
            return policy.settings
    return None


def host_policy(own: Mapping | None) -> _settings.Settings | None:
    try:
        return _settings.parse_settings(known(own)) if own else None
    except _errors.InvalidValue as error:
        raise _errors.InvalidValue(
            "no policy is given, and the host's own values cannot serve as one: {0} Correct them, or name "
            "validate_policy, validate_goal or validate_preset.".format(error)
        ) from None


def known(values: Mapping) -> Mapping:
    """A host's own values; the 1500 ms that Windows may have are a policy of 2 s."""
    found = {name: values.get(name) for name in _settings.NAMES}
    return {name: math.ceil(value) if isinstance(value, float) else value for name, value in found.items()}
