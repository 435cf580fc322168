# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entities of a XiVO."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.modules import xivo_entity

from tests.unit.bench import Bench, Result


def run(bench: Bench, check_mode: bool = False, **options: Any) -> Result:
    return bench._run(xivo_entity, options, check_mode)


def held(bench: Bench) -> list[dict[str, Any]]:
    return [dict(vars(entity)) for entity in bench.state.auth.database.entities]


def done(bench: Bench, **options: Any) -> Result:
    foretold = run(bench, check_mode=True, **options)
    result = run(bench, **options)
    assert not result.get("failed"), result["msg"]
    assert result["changed"]
    assert foretold == result
    again = run(bench, **options)
    assert (again["changed"], again["changes"], again["diff"]) == (False, [], [])
    return result


def refused(bench: Bench, **options: Any) -> str:
    before = held(bench)
    result = run(bench, **options)
    assert result.get("failed"), result
    assert held(bench) == before
    message: str = result["msg"]
    return message


@pytest.fixture(params=("webservice", "confd"))
def xivo(request: pytest.FixtureRequest, webservice: Bench, xivo1615: Bench) -> Bench:
    return webservice if request.param == "webservice" else xivo1615


def test_made_and_gone(xivo: Bench) -> None:
    before = held(xivo)
    made = done(xivo, name="acme", display_name="Acmé")
    assert made["entity"] == {"name": "acme", "display_name": "Acmé"}
    assert made["diff"][0]["after"] == "name: acme\ndisplay_name: Acmé\n"
    assert run(xivo, name="acme")["changed"] is False
    done(xivo, name="acme", state="absent")
    assert held(xivo) == before
    assert done(xivo, name="acme")["entity"]["display_name"] == "acme"


def test_renamed(webservice: Bench) -> None:
    done(webservice, name="acme", display_name="Acme")
    entity = webservice.state.auth.database.entity("acme")
    entity.city, entity.description = "Lyon", "head office"
    changed = done(webservice, name="acme", display_name="Acmé")
    assert changed["changes"] == ["display_name"]
    # What an edit leaves out, the web service empties.
    entity = webservice.state.auth.database.entity("acme")
    assert (entity.displayname, entity.city, entity.description) == ("Acmé", "Lyon", "head office")


def test_a_name_is_declared_as_the_service_tidies_it(webservice: Bench) -> None:
    assert done(webservice, name="acme", display_name="Acme  <i>SA</i>")["entity"]["display_name"] == "Acme SA"
    done(webservice, name="acme", display_name="Acme  et  fils")
    assert webservice.state.auth.database.entity("acme").displayname == "Acme et fils"


def test_confd_cannot_rename(xivo1615: Bench) -> None:
    done(xivo1615, name="acme", display_name="Acme")
    assert "Set webservices_url" in refused(xivo1615, name="acme", display_name="Acmé")


def test_in_use(webservice: Bench) -> None:
    message = refused(webservice, name="xivo", state="absent")
    assert "The entity 'xivo' is in use by the contexts" in message
    assert "default" in message
    assert webservice.writes() == []


def test_in_use_by_what_only_the_server_knows(xivo1615: Bench) -> None:
    done(xivo1615, name="acme")
    xivo1615.state.auth.database.context("default").entity = "acme"
    assert "The entity 'acme' is in use" in refused(xivo1615, name="acme", state="absent")


def test_refused(xivo: Bench) -> None:
    assert "Write name: 'bad_name' and display_name: 'Bad Name'." in refused(xivo, name="Bad Name")
    assert "The display_name 'ab' has 2 bytes" in refused(xivo, name="acme", display_name="ab")
    assert "'ab' has 2" in refused(xivo, name="ab")
    assert xivo.writes() == []


@pytest.mark.parametrize("kind", ["error_before", "error_after", "reset"])
def test_a_write_in_doubt_is_read(xivo: Bench, kind: str) -> None:
    path = "/entity/$" if xivo.name == "xivo-2018" else "/entities$"
    xivo.arm(kind, method="POST", path=path)
    result = run(xivo, name="acme")
    if kind == "error_after":
        assert result["changed"]
        assert "it was done all the same" in result["warnings"][0]
    else:
        assert "Reading back shows that it was not done" in result["msg"]
        done(xivo, name="acme")


def test_wazo_has_none(wazo: Bench) -> None:
    message = run(wazo, name="acme")["msg"]
    assert "A Wazo server has no entities" in message
    assert wazo.writes() == []
