# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated XiVO servers.

``xivo-2018`` is XiVO (xivo.solutions) 2018: the PHP web services, and the confd that it took over in 2016, which has no
``/contexts``. ``xivo-16.15`` is the community's last XiVO, whose confd has them; the same web services stand beside it,
on the same database.

Both have the APIs at the paths of a real server, which listens on several ports: the web interface at ``/service`` and
``/xivo`` (443), confd at ``/1.1`` (9486) and without authentication at ``/noauth/1.1`` (9487), xivo-auth at ``/0.1``
(9497).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

import flask
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from tests.simulator.server import Server
from tests.simulator.xivo import database
from tests.simulator.xivo.auth import Auth
from tests.simulator.xivo.confd import OPEN_PREFIX, PREFIX, Confd
from tests.simulator.xivo.contexts import Contexts
from tests.simulator.xivo.entities import Entities
from tests.simulator.xivo.people import People
from tests.simulator.xivo.recording import RecordingSteps
from tests.simulator.xivo.webservice import WebService
from tests.simulator.xivo.webservice_context import ContextSection
from tests.simulator.xivo.webservice_entity import EntitySection
from tests.simulator.xivo.webservice_group import GroupSection, QueueSection
from tests.simulator.xivo.webservice_incall import IncallSection
from tests.simulator.xivo.webservice_meetme import MeetmeSection
from tests.simulator.xivo.webservice_people import ExtensionSection, LineSection, UserSection

CONFD_DOWN = (
    b"xivo-confd must be running: Failed to connect to 127.0.0.1 port 9487 after 0 ms: Couldn't connect to server"
)


class Xivo(Server):
    # What 16.15 has more than the fork: the contexts, and associated resources inside each other.
    community: ClassVar[bool]

    def __init__(self) -> None:
        super().__init__()
        self.auth = Auth(self.given_tokens)
        self.confd = Confd(self.auth, self._rules)
        self.webservice = WebService(self.auth, _sections)
        self._recording_steps = RecordingSteps()

    def register(self, app: flask.Flask) -> None:
        app.secret_key = secrets.token_bytes(16)  # for the session that HTTP Digest needs
        for part in (self.auth, self.confd, self.webservice):
            part.register(app)

    def reset(self, seed: str = "fresh") -> None:
        self.auth.reset(database.recorded() if seed == "contract" else database.fresh())

    def tokens(self) -> list[dict[str, Any]]:
        return [
            {"token": token.id, "login": token.account.login, "expires_at": token.expires_at.isoformat()}
            for token in self.auth.tokens.values()
            if token.live
        ]

    def expire_tokens(self) -> None:
        for token in self.auth.tokens.values():
            token.expires_at = min(token.expires_at, datetime.now())

    def contract_step(self, recording: str, case: str) -> None:
        self._recording_steps.before(self.auth.database, recording, case)

    def contract_dice(self, answer: Any) -> None:
        drawn = ("username", "secret", "provisioning_code", "provisioning_extension")
        values = answer if isinstance(answer, dict) else {}
        self.auth.database.dice = {name: values[name] for name in drawn if isinstance(values.get(name), str)}

    def failure(self, path: str, status: int) -> tuple[str, bytes]:
        if path.startswith((PREFIX + "/", OPEN_PREFIX + "/")):
            return "application/json", json.dumps(["Unexpected error: a fault of the simulator"]).encode()
        if ".php/" in path:
            return "text/html; charset=UTF-8", b""
        return super().failure(path, status)

    def outage(self, kind: str, path: str) -> Response:
        if ".php/" not in path:
            return super().outage(kind, path)
        headers = {"Content-Type": "text/html; charset=UTF-8"}
        if kind == "confd_down":  # whatever is asked, with or without a password
            return Response(CONFD_DOWN, 200, headers)
        headers |= {"X-XIVO-WS-VERSION": "1.0", "WWW-Authenticate": 'Basic realm="Access Restricted"'}
        return Response(b"", 401, headers)

    def _rules(self, confd: Confd) -> Iterable[Rule]:
        yield Rule("/infos", endpoint=lambda: {"uuid": confd.database.uuid}, methods=["GET"])
        yield from Entities(confd).rules()
        yield from People(confd, self.community).rules()
        if self.community:
            yield from Contexts(confd).rules()


class Xivo2018(Xivo):
    name = "xivo-2018"
    community = False


class Xivo1615(Xivo):
    name = "xivo-16.15"
    community = True


def _sections(webservice: WebService) -> dict[str, Any]:
    return {
        "service/ipbx/system_management/context": ContextSection(webservice),
        "service/ipbx/system_management/extensions": ExtensionSection(webservice),
        "service/ipbx/control_system/reload": lambda: 200,
        "service/ipbx/pbx_settings/users": UserSection(webservice),
        "service/ipbx/pbx_settings/lines": LineSection(webservice),
        "service/ipbx/pbx_settings/groups": GroupSection(webservice),
        "service/ipbx/pbx_settings/meetme": MeetmeSection(webservice),
        "service/ipbx/call_management/incall": IncallSection(webservice),
        "callcenter/settings/queues": QueueSection(webservice),
        "xivo/configuration/manage/entity": EntitySection(webservice),
    }
