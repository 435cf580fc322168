# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The limit: the requests of a task, as recorded by `Recorder`, sent again by nothing but requests. bare.py FILE"""

from __future__ import annotations

import json
import sys

import requests


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        recorded = json.load(file)
    session = requests.Session()
    session.auth = lambda request: request
    old = new = ""
    for sent in recorded:
        headers = {key: value.replace(old, new) if old else value for key, value in sent["headers"].items()}
        url = sent["url"].replace(old, new) if old else sent["url"]
        auth = tuple(sent["auth"]) if sent["auth"] else None
        body = sent["body"].encode() if sent["body"] else None
        answer = session.request(sent["method"], url, data=body, headers=headers, auth=auth, verify=sent["verify"])
        if answer.status_code != sent["status"]:
            sys.exit(f"{sent['method']} {sent['url']}: {answer.status_code} in place of {sent['status']}")
        if sent["token"]:
            old, new = sent["token"], answer.json()["data"]["token"]


main()
