# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The story that the demo tells."""

from __future__ import annotations

import applications
from ansible_run import POLICY, Unexpected, play
from host import SYSCTL_D, Values, runtime, set_by_hand
from words import dropped_after, heading, in_full, paragraph, quote

SOMEONES_FILE = SYSCTL_D / "99-zz-someone.conf"
SOMEONES_LINE = "net.ipv4.tcp_keepalive_time = 7200"
DRIFT = 2


def tell() -> int:
    try:
        chapters()
    except Unexpected as error:
        print(error, flush=True)
        return 1
    return 0


def chapters() -> None:
    before = meet_the_host()
    after = set_the_policy()
    set_it_again()
    audited_clean()
    broken_for = break_it()
    caught = catch_the_drift()
    repair(after)
    verdicts = prove_the_applications()
    take_it_away(before)
    sum_up(before, after, broken_for, caught, verdicts)


def meet_the_host() -> Values:
    heading("1. A host as it comes")
    paragraph(
        "It has its own network, /proc/sys and /etc/sysctl.d, and ends with the demo. When the other end of an idle connection dies, its "
        "kernel waits for:"
    )
    values = runtime()
    quote(in_full(values))
    return values


def set_the_policy() -> Values:
    heading("2. The policy for paths through an AWS NAT gateway, which forgets a connection after 350 idle seconds")
    quote(play(POLICY, diff=True).changes())
    values = runtime()
    paragraph("Now, and after its next boot, the host waits for:")
    quote(in_full(values))
    return values


def set_it_again() -> None:
    heading("3. The same again")
    run = play(POLICY, diff=True)
    if "changed=0" not in run.output:
        raise Unexpected(f"{run.output}\nIt should have changed nothing.")
    paragraph("There was nothing to change.")


def audited_clean() -> None:
    heading("4. An audit, as it would run in CI")
    quote(play(POLICY, "policy_audit=true").table())
    paragraph("Exit status 0.")


def break_it() -> Values:
    heading("5. Someone breaks it, by hand and with a file that is read after ours")
    quote(f"$ echo 7200 > /proc/sys/net/ipv4/tcp_keepalive_time\n$ echo '{SOMEONES_LINE}' > {SOMEONES_FILE}")
    set_by_hand(7200)
    SOMEONES_FILE.write_text(f"{SOMEONES_LINE}\n")
    return runtime()


def catch_the_drift() -> str:
    heading("6. The same audit")
    table = play(POLICY, "policy_audit=true", expected=(DRIFT,)).table()
    quote(table)
    paragraph(f"Exit status {DRIFT}: a pipeline stops here. Nothing was changed.")
    return table


def repair(after: Values) -> None:
    heading("7. Repaired: the values are set again, and the line that would win at the next boot is commented out")
    quote(play(POLICY, "policy_overridden=take_over", diff=True).changes())
    quote(play(POLICY, "policy_audit=true").table())
    if runtime() != after:
        raise Unexpected(f"The values are {runtime()}, not {after}.")


def prove_the_applications() -> dict[str, str]:
    heading("8. Do the applications use the values?")
    paragraph(
        "Two web servers start. From outside they look the same. A probe connects to each and reads the socket options of the accepted "
        "connection. For the first server it also stops answering, as a dead peer would, with lowered timers for this one connection, and "
        "sees whether the server's side drops it."
    )
    verdicts = applications.verdicts()
    quote("\n".join(f"{name:<8}{verdict:<15}{reason}" for name, (verdict, reason) in verdicts.items()))
    paragraph(f"Exit status {DRIFT}: a pipeline stops here too. The whole report, for a browser:")
    quote(str(applications.PAGE))
    return {name: verdict for name, (verdict, _reason) in verdicts.items()}


def take_it_away(before: Values) -> None:
    heading("9. The policy is removed again")
    quote(play("policy_state=absent", diff=True).changes())
    if runtime() != before:
        raise Unexpected(f"The values are {runtime()}, not {before}.")


def sum_up(before: Values, after: Values, broken: Values, caught: str, verdicts: dict[str, str]) -> None:
    heading("What happened")
    place = f"{SOMEONES_FILE}:1"
    rows = [
        ("as it came", f"a dead peer was noticed after {dropped_after(before)}"),
        ("the policy", f"it is noticed after {dropped_after(after)} instead, now and after the next boot"),
        ("again", "nothing changed"),
        ("broken", f"by hand, to {dropped_after(broken)}, and by a file, for the next boot"),
        ("audited", f"exit status {DRIFT}, and the table names {place}" if place in caught else f"exit status {DRIFT}"),
        ("repaired", f"{dropped_after(after)}, and audited: exit status 0"),
        ("probed", ", ".join(f"{name}: {verdict}" for name, verdict in verdicts.items())),
        ("removed", f"{dropped_after(runtime())}, as it came"),
    ]
    quote("\n".join(f"{what:<12}{outcome}" for what, outcome in rows))
    paragraph(
        f"In short: under the policy a dead peer is noticed after {dropped_after(after)} instead of {dropped_after(before)}, and connections survive "
        "the 350 idle seconds of an AWS NAT gateway. That holds for applications that switch keepalive on, and the probe shows which do."
    )


def audit_this_machine(refusal: str) -> int:
    heading("No throw-away host can be made here")
    paragraph("A throw-away host needs user namespaces. They are switched off, or refused for this user:")
    quote(refusal)
    paragraph("So this machine is audited instead. Nothing is changed.")
    try:
        run = play(POLICY, "policy_audit=true", expected=(0, DRIFT), on="this-machine")
        quote(run.table())
    except Unexpected as error:
        print(error, flush=True)
        return 1
    heading("What this means")
    paragraph(f"A dead peer is noticed on this machine after {dropped_after(runtime())}.")
    paragraph(
        f"The audit ended with exit status {run.status}: "
        + (
            "it has the values of the policy."
            if run.status == 0
            else "a pipeline would stop here. With the policy it would be 4 minutes."
        )
    )
    return 0
