# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages say what people say: labels and names of people, and no name that a server made for itself."""

from __future__ import annotations

import json
import re

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.servers.wazo.server import WazoServer
from ansible_collections.telephony.xivo.plugins.module_utils.transport.access import Access
from ansible_collections.telephony.xivo.plugins.module_utils.transport.session import Answer, Session
from ansible_collections.telephony.xivo.plugins.modules import xivo_conference, xivo_group, xivo_user

from tests.unit.bench import Bench, Result
from tests.unit.engine.dial_plans import Options, Phones, connect_to_both, plan, ranges, refused

MADE = re.compile(r"ctx-[a-z]|grp-|line [a-z0-9]{8}\b")
BUREAU: Options = {
    "name": "Bureau",
    "label": "Bureau",
    "user_ranges": ranges("2001-2009"),
    "group_ranges": ranges("2011-2019"),
    "conference_room_ranges": ranges("2021-2029"),
}


@pytest.fixture
def bench(wazo: Bench) -> Bench:
    wazo.connection["force"] = False
    assert plan(wazo, [BUREAU])["changed"]
    return wazo


def message(result: Result) -> str:
    assert result.get("failed")
    found: str = result["msg"]
    assert not MADE.search(found), found
    return found


def test_who_has_a_number(bench: Bench) -> None:
    phones = Phones(bench)
    phones.user("2005", "Bureau")
    phones.group("2015", "Bureau")
    assert "the extension 2005 is taken by the user Zoé Petit" in message(
        bench._run(xivo_user, {"firstname": "Max", "context": "Bureau", "extension": "2005"}, True)
    )
    group = {"name": "autre", "context": "Bureau", "extension": "2015"}
    assert "taken by group ventes" in message(bench._run(xivo_group, group, True))
    gone = refused(bench, [{"name": "Bureau", "state": "absent"}])
    for words in ("extension 2005 (user Zoé Petit)", "extension 2015 (group ventes)", "line of Zoé Petit"):
        assert words in gone
    assert not MADE.search(gone)


def test_what_the_server_refuses() -> None:
    """Its own words hold the name that it made."""
    server = WazoServer(Session(False, None, 10), Access(), "https://wazo/api/confd/1.1", "https://wazo/api/auth/0.1")
    name = "ctx-master-internal-00000000-1111-2222-3333-444444444444"
    server._labels = {name: "Comptabilité"}
    answer = Answer(400, {}, json.dumps([f"Input Error - Extension '9' is outside of range for context '{name}'"]))
    assert server.reason(answer) == "Input Error - Extension '9' is outside of range for context 'Comptabilité'"
    answer = Answer(400, {}, json.dumps(["Resource Error - User already exists ('email': 'a@example.com')"]))
    assert server.reason(answer).endswith("It may be in another tenant: emails are unique over all of them")


def test_the_name_of_another_tenants_context(wazo22: Bench) -> None:
    [other] = [c for c in wazo22.everything() if c["tenant"] == "filiale"][:1]
    text = refused(wazo22, [{"name": other["name"], "user_ranges": ranges("7001-7009")}])
    assert f"Taken by contexts of another tenant: {other['name']}." in text


def test_the_email_of_another_tenants_user(wazo: Bench) -> None:
    connect_to_both(wazo)
    anne = {"firstname": "Anne", "lastname": "Durand", "email": "anne@example.com"}
    wazo.connection["tenant"] = "filiale"
    assert wazo._run(xivo_user, anne, False)["changed"]
    wazo.connection["tenant"] = "master"
    for email in ("anne@example.com", "ANNE@example.com"):
        for check_mode in (True, False):
            result = wazo._run(xivo_user, anne | {"email": email}, check_mode)
            assert f"'Anne Durand': the email '{email}' is that of a user of another tenant already" in message(result)
    assert wazo._run(xivo_user, anne | {"email": "durand@example.com"}, True)["changed"]


def test_somebody_who_is_mistyped(bench: Bench) -> None:
    Phones(bench).user("2005", "Bureau")
    group = {"name": "g", "context": "Bureau", "members": ["Zoe Petti"]}
    text = message(bench._run(xivo_group, group, True))
    assert "There is no user 'Zoe Petti'" in text
    assert "The nearest: Zoé Petit, uuid " in text
    text = message(bench._run(xivo_user, {"firstname": "Zoé", "lastname": "Petti", "extension": "2006"}, True))
    assert "There is no such user yet. The nearest: Zoé Petit" in text


def test_a_new_one_without_a_context(bench: Bench) -> None:
    for module in (xivo_group, xivo_conference):
        text = message(bench._run(module, {"name": "neu"}, True))
        assert "a new one needs a context of the type internal. There are: Bureau, default." in text
