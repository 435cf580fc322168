# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The people whom the recordings of a Wazo speak of without having shown how they were made.

What they are called is read in the recording itself: in the answers that show them, and in the paths that name them.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

Exchange = dict[str, Any]
Steps = defaultdict[str, list[Exchange]]
# A case and a resource: what the path of the case has after the resource; or a case alone: the answer.
Place = tuple[str, str]

RECORDINGS = Path(__file__).parent / "recordings"
HEADERS = {"X-Auth-Token": "<TOKEN:admin>", "Content-Type": "application/json"}


class Recorded:
    """What the recording tells."""

    def __init__(self, name: str) -> None:
        self.cases: dict[str, Exchange] = {}
        self.codes: dict[int, str] = {}
        with (RECORDINGS / f"{name}.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                exchange = json.loads(line)
                self.cases.setdefault(exchange["case"], exchange)
                self._learn_codes(exchange.get("response_body"))
        self.newer = "26.09" in name
        self.steps: Steps = defaultdict(list)
        self.contexts = {
            label: self.answer(f"setup.context.{label}")["name"]
            for label in ("compta", "ventes", "from-sda", "from-dix", "to-extern", "sans-plage", "acme-int")
        }
        self.compta = self.contexts["compta"]
        self.acme = self.cases["setup.context.acme-int"]["request_headers"]["Wazo-Tenant"]

    def _learn_codes(self, value: Any) -> None:
        """The provisioning code of each line that is shown anywhere."""
        if isinstance(value, dict):
            if "registrar" in value and value.get("provisioning_code"):
                self.codes[value["id"]] = value["provisioning_code"]
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                self._learn_codes(item)

    def answer(self, case: str) -> Any:
        return self.cases[case]["response_body"]

    def named(self, place: Place) -> str:
        """The id or uuid that a path names."""
        case, resource = place
        found = re.search(rf"/{resource}/([0-9a-f-]+)", self.cases[case]["path"])
        assert found, f"{case} does not name a resource of {resource}"
        return found[1]

    def number(self, place: Place) -> int:
        return int(self.named(place))

    # Steps

    def send(self, before: str, method: str, path: str, body: Any = None, tenant: str | None = None) -> None:
        self._add(before, method, path, body, 204, None, tenant)

    def post(self, before: str, path: str, body: Any, made: dict[str, Any], tenant: str | None = None) -> None:
        self._add(before, "POST", path, body, 201, made, tenant)

    def _add(self, before: str, method: str, path: str, body: Any, status: int, made: Any, tenant: str | None) -> None:
        exchange = {
            "case": "(unrecorded)",
            "method": method,
            "path": f"/1.1/{path}",
            "request_headers": HEADERS | ({"Wazo-Tenant": tenant} if tenant else {}),
            "status": status,
            "response_body": made,
        }
        if body is not None:
            exchange["request_body"] = body
        self.steps[before].append(exchange)

    def user(self, before: str, user: dict[str, Any], firstname: str, lastname: str | None = None) -> str:
        """A user alone; ``user`` is what is told of him. The answer is how the later steps name him."""
        self.post(before, "users", {"firstname": firstname, "lastname": lastname}, user)
        key: str = user.get("uuid") or str(user["id"])
        return key

    def extension(self, before: str, extension_id: int, exten: str, context: str = "compta") -> None:
        self.post(before, "extensions", {"exten": exten, "context": self.contexts[context]}, {"id": extension_id})

    def line(
        self,
        before: str,
        line: dict[str, Any],
        context: str = "compta",
        extension: tuple[int, str] | None = None,
        name: str | None = None,
        tenant: str | None = None,
    ) -> int:
        """A line with an endpoint, of that name or of one by chance, and with a number."""
        line_id: int = line["id"]
        sip_uuid = line["sip"]
        template = self.answer("fresh.list.endpoints-sip-templates")["items"][0]["uuid"]
        endpoint = {
            "name": name,
            "label": name,
            "auth_section_options": [["username", name], ["password", f"pw-{name}"]],
            "templates": [{"uuid": template}],
        }
        drawn = {"provisioning_code": self.codes.get(line_id, f"{line_id:06}")}
        self.post(before, "lines", {"context": self.contexts[context]}, {"id": line_id} | drawn, tenant)
        made = {"uuid": sip_uuid, "name": name or line["name"], "endpoint_section_options": []}
        self.post(before, "endpoints/sip", endpoint if name else {}, made, tenant)
        self.send(before, "PUT", f"lines/{line_id}/endpoints/sip/{sip_uuid}")
        if extension:
            extension_id, exten = extension
            self.extension(before, extension_id, exten, context)
            self.send(before, "PUT", f"lines/{line_id}/extensions/{extension_id}")
        return line_id

    def voicemail(self, before: str, user: str | None, voicemail_id: int, name: str, number: str, **more: str) -> None:
        body = {"name": name, "number": number, "context": self.compta} | more
        self.post(before, "voicemails", body, {"id": voicemail_id})
        if user:
            self.send(before, "PUT", f"users/{user}/voicemails/{voicemail_id}")

    def person(
        self,
        before: str,
        firstname: str,
        exten: str,
        user: dict[str, Any],
        line: dict[str, Any],
        extension_id: int,
        voicemail_id: int | None = None,
    ) -> str:
        """A user with a line, an endpoint of the name ``bob2101``, a number and perhaps a voicemail."""
        key = self.user(before, user, firstname, "Step")
        line_id = self.line(before, line, "compta", (extension_id, exten), f"{firstname.lower()}{exten}")
        self.send(before, "PUT", f"users/{key}/lines/{line_id}")
        if voicemail_id:
            self.voicemail(before, key, voicemail_id, f"{firstname} Step", exten)
        return key

    # What answers show

    def shown_user(self, case: str) -> dict[str, Any]:
        answer = self.answer(case)
        answer = answer["items"][0] if "items" in answer else answer
        return {name: answer[name] for name in ("id", "uuid")}

    def shown_line(self, case: str, at: int = 0) -> dict[str, Any]:
        """Of an answer that is a line, or that is a user with lines."""
        answer = self.answer(case)
        answer = answer["items"][0] if "items" in answer else answer
        return self._line(answer["lines"][at] if "lines" in answer else answer)

    def _line(self, line: dict[str, Any]) -> dict[str, Any]:
        endpoint = line["endpoint_sip"] or {}
        return {"id": line["id"], "sip": endpoint.get("uuid"), "name": line["name"]}

    def shown_extension(self, case: str, at: int = 0) -> int:
        answer = self.answer(case)
        answer = answer["items"][0] if "items" in answer else answer
        number: int = (answer["lines"][at] if "lines" in answer else answer)["extensions"][0]["id"]
        return number

    def seen(self, case: str, firstname: str, exten: str, voicemail: bool = False, **known: Any) -> str:
        """A person who is shown by a case that begins as the one before which he was made."""
        before, shown = known.pop("before", case.partition(".then")[0]), self.answer(case)
        shown = shown["items"][0] if "items" in shown else shown
        line = known.get("line") or self.shown_line(case)
        extension_id = known.get("extension_id") or self.shown_extension(case)
        voicemail_id = known.get("voicemail_id") or (shown["voicemail"]["id"] if voicemail else None)
        return self.person(before, firstname, exten, self.shown_user(case), line, extension_id, voicemail_id)


# Of an endpoint that no answer shows.
def unseen_sip(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def steps(name: str) -> Steps:
    r = Recorded(name)
    _tenants(r)
    _associations(r)
    _deletions(r)
    _nested(r)
    _voicemails(r)
    _changes(r)
    _groups(r)
    _owners_of_numbers(r)
    _half_made(r)
    _last(r)
    return r.steps


def _tenants(r: Recorded) -> None:
    tenants = [r.answer("setup.context.compta")["tenant_uuid"], r.acme]
    before = "setup.context.compta"
    for uuid, name in zip(tenants, ("master", "ACME SA"), strict=True):
        exchange = {"case": "(unrecorded)", "server": "auth", "method": "GET", "path": "/0.1/tenants"}
        asked = {"query": f"name={name}", "request_headers": HEADERS, "status": 200}
        r.steps[before].append(exchange | asked | {"response_body": {"items": [{"uuid": uuid}]}})


def _associations(r: Recorded) -> None:
    before = "assoc.user-line.line-without-endpoint"
    r.user(before, r.shown_user("assoc.then-get.user"), "Line", "Tester")
    second = r.answer("assoc.user-line.second-user-same-line.then-line")["users"][1]
    r.user(before, {"uuid": second["uuid"], "id": int(second["links"][0]["href"].rpartition("/")[2])}, "Second")

    before = "assoc.line-sip.sip-taken-by-other-line"
    r.post(before, "lines", {"context": r.compta}, {"id": r.number((before, "lines"))})
    r.line(
        "assoc.line-extension.extension-of-other-line-no-user-yet", r.shown_line("line-extensions.post.ok.then-line")
    )
    moved = "assoc.line-extension.other-context-than-line"
    line = r.line("assoc.line-extension.out-of-range", r.shown_line(f"{moved}.then-line"))
    for case, exten, context in (
        ("assoc.line-extension.context-without-ranges", "2020", "sans-plage"),
        ("assoc.line-extension.group-range", "2801", "compta"),
        (moved, "5010", "ventes"),
    ):
        r.extension(case, r.number((case, "extensions")), exten, context)
    pattern = r.number(("assoc.line-extension.pattern", "extensions"))
    r.send("assoc.line-extension.group-range", "DELETE", f"lines/{line}/extensions/{pattern}")
    extension = r.number((moved, "extensions"))
    r.send("line-extensions.post.out-of-range", "DELETE", f"lines/{line}/extensions/{extension}")


def _deletions(r: Recorded) -> None:
    case = "delete.extension.associated"
    r.seen(f"{case}.then.user", "Bob", "2102", extension_id=r.number((case, "extensions")))
    case = "delete.sip.associated"
    line = r.shown_line(f"{case}.then.line") | {"sip": r.named((case, "sip"))}
    r.seen(f"{case}.then.user", "Bob", "2103", line=line)
    repaired = r.shown_line("repair.line-with-lost-endpoint.then.line")
    made = {"uuid": repaired["sip"], "name": repaired["name"], "endpoint_section_options": []}
    r.post("repair.line-with-lost-endpoint", "endpoints/sip", {}, made)
    case = "delete.line.associated"
    line = {"id": r.number((case, "lines")), "sip": r.named((f"{case}.then.sip", "sip"))}
    extension_id = r.number((f"{case}.then.extension", "extensions"))
    r.seen(f"{case}.then.user", "Bob", "2104", line=line, extension_id=extension_id)
    r.seen("delete.voicemail.associated.then-user", "Bob", "2105", voicemail=True)

    # Of some who are gone before they are shown, the ids follow from the order in which they were made.
    last = r.shown_user("delete.line.recursive.then.user")["id"]

    def gone(number: int, case: str) -> dict[str, Any]:
        return {"id": last + number, "uuid": r.named((case, "users"))}

    case = "delete.user.recursive"
    user = r.person(
        case,
        "Rec",
        "2106",
        gone(-1, case),
        {"id": r.number((f"{case}.then.line", "lines")), "sip": r.named((f"{case}.then.sip", "sip"))},
        r.number((f"{case}.then.extension", "extensions")),
        r.number((f"{case}.then.voicemail", "voicemails")),
    )
    _member(r, case, user, last - 1, "recgrp", f"{case}.then")
    case = "delete.line.recursive"
    line = {"id": r.number((case, "lines")), "sip": r.named((f"{case}.then.sip", "sip"))}
    extension_id = r.number((f"{case}.then.extension", "extensions"))
    r.seen(f"{case}.then.user", "Rec", "2107", line=line, extension_id=extension_id, voicemail=True)
    before, case = "dissoc.user-line.while-group-member", "delete.user.group-member-and-incall-target"
    line = r.shown_line(f"{case}.then.line")
    extension_id = r.shown_extension(f"{case}.then.line")
    user = r.person(before, "Mem", "2108", gone(1, case), line, extension_id)
    _member(r, before, user, last + 1, "memgrp", f"{case}.then")

    for at, kind in enumerate(("plain", "recursive"), 2):
        case = f"delete.user.with-auth-user.{kind}"
        r.user(f"{case}.setup-auth", gone(at, case), "A")
    case = "delete.user.recursive.shared-voicemail"
    voicemail = r.answer(f"{case}.then-voicemail")
    second = voicemail["users"][-1]["uuid"]
    r.user(case, gone(4, case), "Sh1")
    r.user(case, {"id": last + 5, "uuid": second}, "Sh2")
    r.voicemail(case, r.named((case, "users")), voicemail["id"], "sh", "2190")
    r.send(case, "PUT", f"users/{second}/voicemails/{voicemail['id']}")
    r.person(
        "delete.neat.1-user-voicemail",
        "Neat",
        "2109",
        gone(6, "delete.neat.3-user"),
        {"id": r.number(("delete.neat.4-line", "lines")), "sip": r.named(("delete.neat.6-sip", "sip"))},
        r.number(("delete.neat.5-extension", "extensions")),
        r.number(("delete.neat.2-voicemail", "voicemails")),
    )


def _member(r: Recorded, before: str, user: str, user_id: int, label: str, then: str) -> None:
    """A group with the user, and an incall to him."""
    group = r.answer(f"{then}.group")
    r.post(before, "groups", {"label": label}, {"id": group["id"], "uuid": group["uuid"], "ring_strategy": "all"})
    r.send(before, "PUT", f"groups/{group['uuid']}/members/users", {"users": [{"uuid": user}]})
    wanted = {"destination": {"type": "user", "user_id": user_id}}
    r.post(before, "incalls", wanted, {"id": r.number((f"{then}.incall", "incalls"))})


def _nested(r: Recorded) -> None:
    before = "nested.extension-of-line-without-user"
    extension = r.answer(f"{before}.then-extension")["items"][0]
    line = extension["lines"][0] | {"sip": unseen_sip(extension["lines"][0]["id"])}
    # The number that no answer of 22.13 names is the one before.
    lines = r.answer("nested.extension-existing-free")["lines"]
    free_id = lines[0]["extensions"][0]["id"] if lines else extension["id"] - 1
    r.extension("nested.extension-existing-free", free_id, "2227")
    r.line(before, line, "compta", (extension["id"], "2230"))
    if not r.newer:
        return
    case = "nested.put.recursive.change-number"
    _in_one(r, case, r.answer(f"{case}.then-user"), "u41", "2232", "n2232", "Nest")


def _in_one(
    r: Recorded, before: str, user: dict[str, Any], firstname: str, exten: str, name: str, lastname: str | None
) -> None:
    """A person made in one request, as newer servers can."""
    line = user["lines"][0]
    template = r.answer("fresh.list.endpoints-sip-templates")["items"][0]["uuid"]
    endpoint = {
        "name": name,
        "label": name,
        "auth_section_options": [["username", name], ["password", f"pw-{name}"]],
        "templates": [{"uuid": template}],
    }
    wanted = {"context": r.compta, "endpoint_sip": endpoint, "extensions": [{"exten": exten, "context": r.compta}]}
    made = {
        "id": line["id"],
        "provisioning_code": r.codes.get(line["id"], f"{line['id']:06}"),
        "endpoint_sip": {"uuid": line["endpoint_sip"]["uuid"], "name": name, "endpoint_section_options": []},
        "extensions": [{"id": line["extensions"][0]["id"]}],
    }
    body = {"firstname": firstname, "lastname": lastname, "lines": [wanted]}
    known = {key: user[key] for key in ("id", "uuid") if key in user}
    r.post(before, "users", body, known | {"lines": [made]})


def _voicemails(r: Recorded) -> None:
    r.seen("vm.assoc.then-user", "Vmu", "2330")
    case = "vm.assoc.second-user-same-voicemail"
    after = r.shown_user("vm.assoc.then-user")["id"] + 1
    r.user("vm.assoc", {"id": after, "uuid": r.named((case, "users"))}, "NoLine")


def _changes(r: Recorded) -> None:
    r.seen("change.number.then.user", "Chg", "2401", voicemail=True)
    r.seen("list.users.filter.exten=2101,2402", "Oth", "2402", before="change.number")
    if r.newer:
        sip_uuid = r.named(("move.nested.sip-before", "sip"))
        line = {"id": r.number(("move.nested.line", "lines")), "endpoint_sip": {"uuid": sip_uuid}}
        line["extensions"] = [{"id": r.number(("move.nested.extension", "extensions"))}]
        _in_one(r, "move.nested.sip-before", {"lines": [line]}, "NestMove", "2420", "nestmove", None)
    r.seen("disabled-extension.user", "Dis", "2450", before="disabled-extension")

    before, case = "swap.direct-refused", "lines.second-of-user.then-user"
    r.seen(case, "Swp", "2430", before=before)
    extension_id = r.number(("swap.2", "extensions"))
    line_id = r.shown_line(case)["id"] + 1
    line = {"id": line_id, "sip": unseen_sip(line_id)}
    r.person(before, "Swq", "2431", {"id": r.shown_user(case)["id"] + 1}, line, extension_id)
    second = (r.shown_extension(case, 1), "2440")
    r.line("lines.second-of-user", r.shown_line(case, 1), "compta", second)


def _groups(r: Recorded) -> None:
    before = "groups.create.minimal"
    context = r.answer("setup.context.compta")
    r.send(before, "PUT", f"contexts/{context['id']}", {"user_ranges": context["user_ranges"]})

    before = "groups.ext.assoc"
    r.seen("groups.members.then-user", "Mem1", "2501", before=before)
    first = {
        "user": r.shown_user("groups.members.then-user")["id"],
        "line": r.shown_line("groups.members.then-user")["id"],
        "extension": r.shown_extension("groups.members.then-user"),
    }
    members = r.cases["groups.members"]["request_body"]["users"]
    uuids = [members[1]["uuid"], r.named(("users.groups", "users")), None]
    for at, uuid in enumerate(uuids, 1):
        user = {"id": first["user"] + at} | ({"uuid": uuid} if uuid else {})
        line = {"id": first["line"] + at, "sip": unseen_sip(first["line"] + at)}
        r.person(before, f"Mem{at + 1}", f"250{at + 1}", user, line, first["extension"] + at)
    without = r.cases["groups.members.user-without-line"]["request_body"]["users"][0]["uuid"]
    r.user(before, {"uuid": without}, "NoLine")

    extension_id = r.number((before, "extensions"))
    r.extension(before, extension_id, "2810")
    other = r.named(("groups.ext.user-range", "groups"))
    group_id = next(group["id"] for group in r.answer("groups.list")["items"] if group["uuid"] == other)
    r.post(before, "groups", {"label": "autre"}, {"id": group_id, "uuid": other, "ring_strategy": "all"})
    r.extension(before, r.number(("groups.ext.out-of-range", "extensions")), "2590")
    r.extension(before, r.number(("groups.ext.incall-context", "extensions")), "9020", "from-sda")
    group = r.answer("groups.create.minimal")
    destination = {"type": "group", "group_id": group["id"]}
    incall_id = r.number(("groups.delete.then-incall", "incalls"))
    r.post("groups.delete.with-members-extension-incall", "incalls", {"destination": destination}, {"id": incall_id})


def _owners_of_numbers(r: Recorded) -> None:
    for case, exten, context in (
        ("conf.ext.assoc", "2850", "compta"),
        ("conf.ext.second", "2851", "compta"),
        ("conf.ext.out-of-range", "2811", "compta"),
        ("queues.ext.assoc", "2900", "compta"),
        ("incalls.ext.assoc.did", "9010", "from-sda"),
        ("incalls.ext.second", "9011", "from-sda"),
        ("incalls.ext.full-number", "0339012", "from-sda"),
        ("incalls.ext.out-of-range", "8001", "from-sda"),
        ("incalls.ext.internal-context", "2640", "compta"),
        ("incalls.ext.ten-digits", "0339100001", "from-dix"),
    ):
        r.extension(case, r.number((case, "extensions")), exten, context)
    r.post("conf.ext.assoc", "conferences", {"name": "c2"}, {"id": r.number(("conf.ext.out-of-range", "conferences"))})
    r.post("queues.ext.assoc", "queues", {"name": "file3"}, {"id": r.number(("queues.ext.out-of-range", "queues"))})

    before, label = "incalls.create.user", "pourincall"
    group = r.answer("incalls.then-group")
    r.post(before, "groups", {"label": label}, {"id": group["id"], "uuid": group["uuid"], "ring_strategy": "all"})
    wanted = {
        name: r.cases[f"incalls.create.{name}"]["request_body"]["destination"][f"{name}_id"]
        for name in ("queue", "conference", "voicemail")
    }
    r.post(before, "queues", {"name": label}, {"id": wanted["queue"]})
    r.post(before, "conferences", {"name": label}, {"id": wanted["conference"]})
    r.voicemail(before, None, wanted["voicemail"], "pi", "2650")


def _half_made(r: Recorded) -> None:
    case = "half.2-line-without-endpoint"
    line = r.answer(case)
    drawn = {key: line[key] for key in ("id", "provisioning_code")}
    r.post(case, "lines", {"context": r.compta}, drawn)
    case = "half.3-endpoint-without-line"
    endpoint = r.answer(case)
    r.post(case, "endpoints/sip", {}, endpoint)
    case = "half.4-line-endpoint-no-extension-no-user"
    r.line(case, r.shown_line(case))
    case = "half.5-user-line-no-extension"
    user = r.user(case, r.shown_user(case), "Half", "Five")
    # The line's code is told by the list of those who are sorted first.
    first = r.answer("list.users.view-summary.context")["items"][0]
    r.codes.setdefault(r.shown_line(case)["id"], first["provisioning_code"])
    line_id = r.line(case, r.shown_line(case))
    r.send(case, "PUT", f"users/{user}/lines/{line_id}")
    case = "half.6-line-extension-no-user"
    r.line(case, r.shown_line(case), "compta", (r.answer(case)["extensions"][0]["id"], "2606"))
    case = "half.7-extension-free"
    r.extension(case, r.answer(case)["id"], "2607")
    case = "half.8-voicemail-no-user"
    r.voicemail(case, None, r.answer(case)["id"], "Half", "2608")

    before, shown = "list.users.limit-2", "list.users.tenant-acme"
    # The first of the people has lost his number by then, nobody knows when.
    line_id, extension_id = r.answer("step.full.then.line")["id"], r.answer("step.full.then.extension")["id"]
    r.send(before, "DELETE", f"lines/{line_id}/extensions/{extension_id}")
    employee = r.shown_user(shown)
    context = r.contexts["acme-int"]
    r.post(before, "users", {"firstname": "Acmeuser", "lastname": "Step"}, employee, r.acme)
    acme_line = r.shown_line(shown)
    line_id = r.line(before, acme_line, "acme-int", (r.shown_extension(shown), "2001"), tenant=r.acme)
    r.send(before, "PUT", f"users/{employee['uuid']}/lines/{line_id}")
    voicemail_id = r.answer("list.voicemails.tenant-acme")["items"][0]["id"]
    r.voicemail(before, employee["uuid"], voicemail_id, "Acmeuser Step", "2001", context=context)
    for trunk, label in zip(r.answer("list.trunks.limit-2")["items"], ("to-extern", "from-sda"), strict=True):
        r.post(before, "trunks", {"context": r.contexts[label]}, {"id": trunk["id"]})


def _last(r: Recorded) -> None:
    """The cases that ran last, after many people who are left out here."""
    case = "x.line.move.without-extension"
    r.line(case, r.shown_line(f"{case}.then-get"))
    case = "x.line.move.with-extension"
    extension_id = r.shown_extension(f"{case}.then-get")
    line_id = r.number((case, "lines"))
    r.extension(case, extension_id, "5750", "ventes")
    r.send(case, "PUT", f"lines/{line_id}/extensions/{extension_id}")
    if r.newer:
        before = "x.users.voicemail-by-id"
        r.voicemail(before, None, r.cases[before]["request_body"]["voicemail"]["id"], "byid", "2761")

    case = "y.rename-with-voicemail"
    line = r.shown_line(f"{case}.then.line")
    extension_id = r.shown_extension(f"{case}.then.line")
    user = r.shown_user(f"{case}.then.user")
    voicemail_id = r.answer(f"{case}.then.voicemail")["id"]
    r.person(case, "Ren", "2772", user, line, extension_id, voicemail_id)
    case = "y.replace-line.put-lines"
    then = "y.replace-line.then-user"
    r.line(case, r.shown_line(then), "compta", (r.shown_extension(then), "2773"))
    group = r.answer("y.replace-line.then-group")
    r.post(case, "groups", {"label": "garde"}, {"id": group["id"], "uuid": group["uuid"], "ring_strategy": "all"})
    members = {"users": [{"uuid": user["uuid"]}]}
    r.send(case, "PUT", f"groups/{group['uuid']}/members/users", members)
    r.send("y.change-number-of-member", "PUT", f"groups/{group['uuid']}/members/users", members)
