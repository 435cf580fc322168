# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of whole dial plans share: running the modules of many contexts, and putting telephones into them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests
from ansible_collections.telephony.xivo.plugins.modules import xivo_context_range_info, xivo_contexts

from tests import playbook as playbooks
from tests.playbook import Play
from tests.simulator.accounts import LOGIN, PASSWORD
from tests.simulator.xivo.webservice_group import QUEUE_REQUIRED
from tests.unit.bench import Bench, Result, lead

Options = dict[str, Any]


def connect_to_both(bench: Bench) -> None:
    """Let the web service of a XiVO ask the xivo-confd beside it. Others have one API for all."""
    if bench.name == "xivo-2018":
        bench.connect_to_confd()
        bench.connection["webservices_url"] = bench.url


def plan(bench: Bench, contexts: list[Options], check_mode: bool = False, **options: Any) -> Result:
    """Run the engine of xivo_contexts."""
    return bench._run(xivo_contexts, {"contexts": contexts, **options}, check_mode)


def done(bench: Bench, contexts: list[Options], **options: Any) -> Result:
    """Run it; it must work, change something, have foretold it all, and have nothing left to change."""
    checked = plan(bench, contexts, check_mode=True, **options)
    result = plan(bench, contexts, **options)
    assert not result.get("failed"), result["msg"]
    assert result["changed"]
    assert checked | {"check_mode": False} == result
    again = plan(bench, contexts, **options)
    assert (again.get("changed"), again.get("diff")) == (False, []), again
    assert again["contexts"] == result["contexts"]
    return result


def refused(bench: Bench, contexts: list[Options], **options: Any) -> str:
    """Run it; it must fail without having written, in check mode too. Returns the message."""
    message = bench.refused(lambda **given: plan(bench, contexts, **given), **options)
    assert plan(bench, contexts, check_mode=True, **options)["msg"] == message
    return message


def ranges(*texts: str) -> list[Options]:
    """Ranges, each written as ``start-end``, ``start`` or ``start-end/did_length``."""
    found: list[Options] = []
    for text in texts:
        numbers, _unused, digits = text.partition("/")
        start, _unused, end = numbers.partition("-")
        found.append({"start": start, "end": end or start} | ({"did_length": int(digits)} if digits else {}))
    return found


def range_info(bench: Bench, context: str | None = None, **options: Any) -> Result:
    """Run the engine of xivo_context_range_info, for all contexts if none is given."""
    result = bench._run(xivo_context_range_info, options | ({"context": context} if context else {}), check_mode=True)
    assert not result.get("failed"), result["msg"]
    return result


def play(bench: Bench, folder: Path, playbook: str | Play, *words: str) -> str:
    """Run a playbook with the server in the environment; it must succeed."""
    # The xivo-confd of a 16.15 is enough.
    without: dict[str, None] = {"XIVO_WEBSERVICES_URL": None} if bench.name == "xivo-16.15" else {}
    return playbooks.play(folder, playbook, *words, server=(bench.name, bench.url), **without).succeeded()


class Phones:
    """Puts into the contexts of a server what uses them, as its web page does: through its own API."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.is_wazo = bench.name.startswith("wazo")
        self.url = f"{bench.url}/api/confd/1.1" if self.is_wazo else f"{bench.url}/noauth/1.1"
        self._session = lead(requests.Session())
        if self.is_wazo:
            self._session.headers["X-Auth-Token"] = bench.make_token("/api/auth/0.1/token", {})

    def ask(self, method: str, path: str, body: Any = None, **params: str) -> Any:
        answer = self._session.request(method, f"{self.url}/{path}", json=body, params=params, timeout=10)
        assert answer.ok, (method, path, answer.text)
        return answer.json() if answer.status_code != 204 else None

    def _php(self, path: str, body: Any) -> None:
        url = f"{self.bench.url}/{path}"
        answer = self._session.post(url, json=body, params={"act": "add"}, auth=(LOGIN, PASSWORD), timeout=10)
        assert answer.status_code == 200, answer.status_code

    def name_of(self, handle: str) -> str:
        """What the server itself calls a context."""
        [identity] = self.bench.info(name=handle)["identities"].values()
        return str(identity["name"])

    def extension(self, exten: str, handle: str) -> int:
        """A number that belongs to nobody."""
        return int(self.ask("POST", "extensions", {"exten": exten, "context": self.name_of(handle)})["id"])

    def line(self, handle: str) -> int:
        """A line without a number."""
        return int(self.ask("POST", "lines", {"context": self.name_of(handle)})["id"])

    def voicemail(self, number: str, handle: str) -> None:
        body = {"name": "Accueil", "number": number, "context": self.name_of(handle)}
        self.ask("POST", "voicemails", body)

    def trunk(self, handle: str) -> None:
        self.ask("POST", "trunks", {"context": self.name_of(handle)})

    def user(self, exten: str, handle: str) -> None:
        """Zoé Petit, with a line that has the number."""
        line = self.line(handle)
        sip = self.ask("POST", "endpoints/sip", {})
        self.ask("PUT", f"lines/{line}/endpoints/sip/{sip['uuid' if self.is_wazo else 'id']}")
        user = self.ask("POST", "users", {"firstname": "Zoé", "lastname": "Petit"})
        self.ask("PUT", f"users/{user['uuid']}/lines/{line}")
        self.ask("PUT", f"lines/{line}/extensions/{self.extension(exten, handle)}")

    def incall(self, exten: str, handle: str) -> None:
        incall = self.ask("POST", "incalls", {"destination": {"type": "none"}})
        self.ask("PUT", f"incalls/{incall['id']}/extensions/{self.extension(exten, handle)}")

    def group(self, exten: str, handle: str) -> None:
        if self.is_wazo:
            self._owned("groups", {"label": "ventes"}, exten, handle)
        else:
            features = {"name": "ventes", "number": exten, "context": self.name_of(handle)}
            body = {"groupfeatures": features, "queue": {"timeout": "0"}, "user": []}
            self._php("service/ipbx/json.php/restricted/pbx_settings/groups/", body)

    def queue(self, exten: str, handle: str) -> None:
        if self.is_wazo:
            self._owned("queues", {"name": "ventes"}, exten, handle)
        else:
            features = {"name": "ventes", "displayname": "ventes", "number": exten, "context": self.name_of(handle)}
            body = {"queuefeatures": features, "queue": dict.fromkeys(QUEUE_REQUIRED, "1")}
            self._php("callcenter/json.php/restricted/settings/queues/", body)

    def conference_room(self, exten: str, handle: str) -> None:
        if self.is_wazo:
            self._owned("conferences", {"name": "ventes"}, exten, handle)
        else:
            room = {"name": "ventes", "confno": exten, "context": self.name_of(handle), "maxusers": "0"}
            features = {"admin_typefrom": "none", "user_mode": "all", "user_announcejoinleave": "no"}
            body = {"meetmefeatures": room | features, "meetmeroom": {"confno": exten}}
            self._php("service/ipbx/json.php/restricted/pbx_settings/meetme/", body)

    def _owned(self, resource: str, body: Options, exten: str, handle: str) -> None:
        made = self.ask("POST", resource, body)
        key = made["uuid"] if resource == "groups" else made["id"]
        self.ask("PUT", f"{resource}/{key}/extensions/{self.extension(exten, handle)}")
