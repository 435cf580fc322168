# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks a simulated server, without the collection's own code: the part of ansible.builtin.uri that the targets use.

To start that module a hundred times would take longer than most of what the targets are about.
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from typing import Any

from ansible.plugins.action import ActionBase

OPTIONS = {"url", "method", "headers", "url_username", "url_password", "body", "status_code"}


class ActionModule(ActionBase):  # type: ignore[misc]
    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        # As plain data, whatever Ansible keeps of where it comes from.
        given = json.loads(json.dumps(self._task.args, default=str))
        if unknown := sorted(set(given) - OPTIONS):
            return result | {"failed": True, "msg": f"unknown: {', '.join(unknown)}"}
        headers = {"Accept": "application/json", **given.get("headers", {})}
        data = None
        if "body" in given:
            headers["Content-Type"] = "application/json"
            data = json.dumps(given["body"]).encode()
        if "url_username" in given:
            account = f"{given['url_username']}:{given['url_password']}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(account).decode()}"
        request = urllib.request.Request(given["url"], data, headers, method=given.get("method", "GET"))
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        wanted = given.get("status_code", 200)
        if status not in (wanted if isinstance(wanted, list) else [wanted]):
            return result | {"failed": True, "msg": f"{given['url']} answered {status}: {text.decode()}"}
        try:
            return result | {"status": status, "json": json.loads(text)}
        except ValueError:
            return result | {"status": status}
