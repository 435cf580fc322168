# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job templates, each run as AWX runs it, on simulated servers."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
import yaml

from tests.awx.conftest import PRODUCTS
from tests.awx.jobs import Job, Launcher, LaunchRefused
from tests.fleet.fleet import NOWHERE, connection, tokens
from tests.simulated import simulator
from tests.simulator.accounts import LOGIN, PASSWORD

PLAN, DEPARTMENT = "Telephony: Apply the dial plan", "Telephony: Create a department"
EXPORT, REPORT = "Telephony: Export the dial plan", "Telephony: Report on the dial plan"
ACCOUNTANTS: dict[str, Any] = {"department_label": "Comptabilité", "department_first_number": "2001"}


def succeeded(jobs: list[Job]) -> Job:
    [job] = jobs
    assert job.status == "successful", job.output
    return job


def written(url: str) -> list[str]:
    """The requests that were to change something on a server since the last time, those for tokens apart."""
    requests_made = requests.get(f"{url}/_simulator/requests", timeout=30).json()
    requests.delete(f"{url}/_simulator/requests", timeout=30).raise_for_status()
    writes = [one for one in requests_made if one["method"] not in ("GET", "HEAD") and "/token" not in one["path"]]
    return [f"{one['method']} {one['path']}" for one in writes]


@pytest.mark.parametrize("product", ["lyon", "nantes", "paris", "bruxelles"])
def test_a_department(launcher: Launcher, urls: dict[str, str], product: str) -> None:
    job = succeeded(launcher.launch(DEPARTMENT, ACCOUNTANTS, limit=product))
    assert job.stats["processed"] == {product: 1}
    assert job.changed == {product: 1}
    made = job.artifacts["departments"][product]
    assert made["label"] == "Comptabilité"
    assert made["user_ranges"] == [{"start": "2001", "end": "2090"}]
    assert made["group_ranges"] == [{"start": "2091", "end": "2094"}]
    assert made["conference_room_ranges"] == [{"start": "2095", "end": "2099"}]
    assert len(made["includes"]) == 1
    assert "Comptabilité" in job.output
    again = succeeded(launcher.launch(DEPARTMENT, ACCOUNTANTS, limit=product))
    assert again.changed == {}
    assert [tokens(url) for url in urls.values()] == [[]] * len(urls)


def test_all_answers_as_numbers_and_as_texts(launcher: Launcher) -> None:
    """AWX hands over integers as integers; a job that is started otherwise may have nothing but texts."""
    answers = {
        **ACCOUNTANTS,
        **{"department_users": 40, "department_groups": 2, "department_queues": 3, "department_rooms": 1},
        **{"department_includes": "to-extern, default", "department_name": "compta", "department_entity": "xivo"},
    }
    job = succeeded(launcher.launch(DEPARTMENT, answers, limit="lyon"))
    made = job.artifacts["departments"]["lyon"]
    assert made["name"] == "compta"
    assert made["includes"] == ["to-extern", "default"]
    assert made["queue_ranges"] == [{"start": "2043", "end": "2045"}]
    assert made["conference_room_ranges"] == [{"start": "2046", "end": "2046"}]
    texts = {key: str(value) for key, value in answers.items()}
    again = succeeded(launcher.launch(DEPARTMENT, texts, limit="lyon", by="shell"))
    assert again.changed == {}


@pytest.mark.parametrize("by", ["form", "shell"])
def test_left_empty(launcher: Launcher, by: Any) -> None:
    """Nobody answered, also where the default was wiped out: the form leaves that out, a shell hands it over."""
    job = succeeded(launcher.launch(DEPARTMENT, ACCOUNTANTS, limit="paris"))
    empty = {
        **ACCOUNTANTS,
        **{"department_users": "", "department_groups": "", "department_queues": "", "department_rooms": ""},
        **{"department_includes": "", "department_name": "", "department_entity": "", "department_tenant": ""},
    }
    again = succeeded(launcher.launch(DEPARTMENT, empty, limit="paris", by=by))
    assert again.changed == {}
    assert again.artifacts == job.artifacts


@pytest.mark.parametrize("by", ["api", "form"])
def test_a_department_that_includes_nothing(launcher: Launcher, by: Any) -> None:
    """An empty answer cannot say so: the form leaves it out, and the default comes in its place."""
    answers = {**ACCOUNTANTS, "department_includes": "-"}
    job = succeeded(launcher.launch(DEPARTMENT, answers, limit="lyon", by=by))
    assert job.artifacts["departments"]["lyon"]["includes"] == []
    assert "and can call nobody else." in job.output


# Who starts a job without answering: a request to the API, a schedule, a webhook, a workflow. Only what has no default
# must be answered, and AWX refuses the first two without it.


def test_what_has_a_default_need_not_be_answered(launcher: Launcher, tmp_path: Path) -> None:
    surveys = launcher.controller.surveys
    needed = {
        template["name"]: [q["variable"] for q in surveys[number]["spec"] if q["required"]]
        for number, template in launcher.controller.objects["job_templates"].items()
    }
    assert needed == {PLAN: [], EXPORT: [], DEPARTMENT: list(ACCOUNTANTS), REPORT: ["report_folder"]}
    for survey in surveys.values():
        assert all(q["default"] == "" for q in survey["spec"] if q["required"])
    succeeded(launcher.launch(PLAN, limit="geneve", by="webhook"))
    again = succeeded(launcher.launch(PLAN, limit="geneve", by="form"))
    assert again.changed == {}
    succeeded(launcher.launch(REPORT, {"report_folder": str(tmp_path)}, limit="lyon"))
    with pytest.raises(LaunchRefused, match="'department_label' value missing"):
        launcher.launch(DEPARTMENT, limit="lyon")
    [job] = launcher.launch(DEPARTMENT, limit="lyon", by="webhook")
    assert "The label is empty." in only_failure(job)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"department_users": ""}, "Value  for 'department_users' expected to be an integer."),
        ({"department_users": None}, "Value None for 'department_users' expected to be an integer."),
        ({"department_users": "40"}, "Value 40 for 'department_users' expected to be an integer."),
        ({"department_users": -1}, "'department_users' value -1 is too small"),
        ({"department_label": ""}, "'department_label' value  is too small"),
        ({"department_name": None}, "Value None for 'department_name' expected to be a string."),
    ],
)
def test_an_answer_that_awx_refuses(launcher: Launcher, answer: dict[str, Any], message: str) -> None:
    with pytest.raises(LaunchRefused, match=message):
        launcher.launch(DEPARTMENT, {**ACCOUNTANTS, **answer}, limit="lyon")


def test_a_tenant(launcher: Launcher, urls: dict[str, str]) -> None:
    job = succeeded(launcher.launch(DEPARTMENT, {**ACCOUNTANTS, "department_tenant": "master"}, limit="paris"))
    assert job.changed == {"paris": 1}
    [job] = launcher.launch(DEPARTMENT, {**ACCOUNTANTS, "department_tenant": "nobody's"}, limit="paris")
    assert job.status == "failed"
    assert "nobody's" in only_failure(job)


def test_the_server_was_forgotten(launcher: Launcher, urls: dict[str, str]) -> None:
    [job] = launcher.launch(DEPARTMENT, ACCOUNTANTS)
    assert job.status == "failed"
    assert "Could not match supplied host pattern, ignoring: name-of-the-server" in job.output
    assert [written(url) for url in urls.values()] == [[]] * len(urls)


WRONG = [
    ({"department_label": " "}, "The label is empty. Give the name that people see, such as Comptabilité."),
    ({"department_first_number": "2OO1"}, 'The first number is "2OO1". Give 1 to 16 digits and nothing else'),
    ({"department_first_number": "20 01"}, 'The first number is "20 01".'),
    ({"department_first_number": "9950"}, "From 9950 on there are not 99 numbers of 4 digits."),
    (
        {"department_name": "Comptabilité"},
        'The internal name is "Comptabilité". Give at most 39 letters without accents',
    ),
    ({"department_includes": "defualt"}, "defualt"),
    ({"department_first_number": "{{ 1 }}"}, 'The first number is "{{ 1 }}".'),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG, ids=str)
def test_a_wrong_answer(launcher: Launcher, urls: dict[str, str], wrong: dict[str, str], message: str) -> None:
    [job] = launcher.launch(DEPARTMENT, {**ACCOUNTANTS, **wrong}, limit="lyon")
    assert job.status == "failed"
    assert message in only_failure(job)
    assert written(urls["lyon"]) == []


@pytest.mark.parametrize("answer", ["many", "-1", "4.5"])
def test_a_wrong_number_that_the_form_would_refuse(launcher: Launcher, urls: dict[str, str], answer: str) -> None:
    answers = {**ACCOUNTANTS, "department_users": answer}
    with pytest.raises(LaunchRefused, match="expected to be an integer"):
        launcher.launch(DEPARTMENT, answers, limit="lyon")
    [job] = launcher.launch(DEPARTMENT, answers, limit="lyon", by="shell")
    assert job.status == "failed"
    assert f'The number of users is "{answer}". Give how many there are' in only_failure(job)
    assert written(urls["lyon"]) == []


def only_failure(job: Job) -> str:
    """The one error of a job, told once, that is no traceback."""
    assert "Traceback" not in job.output
    [(_host, message)] = job.failures
    return message


def test_the_plan(launcher: Launcher, urls: dict[str, str]) -> None:
    """First only shown, then applied, then there."""
    looked = succeeded(launcher.launch(PLAN, check=True))
    assert {outcome["state"] for outcome in looked.artifacts["dial_plan_outcomes"].values()} == {"would change"}
    assert "+++ after: context" in looked.output
    assert [written(url) for url in urls.values()] == [[]] * len(urls)
    done = succeeded(launcher.launch(PLAN))
    assert sorted(done.artifacts["dial_plan_outcomes"]) == sorted(urls)
    assert done.changed == dict.fromkeys(urls, 1)
    assert "5 of 5 servers are done." in done.output
    again = succeeded(launcher.launch(PLAN))
    assert {outcome["state"] for outcome in again.artifacts["dial_plan_outcomes"].values()} == {"unchanged"}
    assert again.changed == {}


def test_a_limit(launcher: Launcher, urls: dict[str, str]) -> None:
    job = succeeded(launcher.launch(PLAN, limit="france:!lyon"))
    assert sorted(job.artifacts["dial_plan_outcomes"]) == ["nantes", "paris"]
    assert [host for host, url in urls.items() if written(url)] == ["nantes", "paris"]


@pytest.mark.parametrize("slices", [2, 5])
def test_slices(launcher: Launcher, slices: int) -> None:
    jobs = launcher.launch(PLAN, slices=slices)
    assert [job.status for job in jobs] == ["successful"] * slices
    parts = [sorted(job.artifacts["dial_plan_outcomes"]) for job in jobs]
    assert sorted(host for part in parts for host in part) == sorted(PRODUCTS)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    for job, part in zip(jobs, parts, strict=True):
        assert f"{len(part)} of {len(part)} servers are done." in job.output
    again = launcher.launch(PLAN, slices=slices)
    assert [job.changed for job in again] == [{}] * slices


def test_one_server_is_down(launcher: Launcher) -> None:
    launcher.servers["lyon"] = connection("xivo-2018", NOWHERE)
    [job] = launcher.launch(PLAN)
    assert job.status == "failed"
    states = {host: outcome["state"] for host, outcome in job.artifacts["dial_plan_outcomes"].items()}
    assert states == {**dict.fromkeys(PRODUCTS, "changed"), "lyon": "failed"}
    assert "4 of 5 servers are done, 1 failed." in job.output


def test_the_answers_about_deleting(launcher: Launcher, urls: dict[str, str]) -> None:
    succeeded(launcher.launch(DEPARTMENT, {**ACCOUNTANTS, "department_label": "Old", **FAR}, limit="lyon"))
    kept = succeeded(launcher.launch(PLAN, limit="lyon"))
    assert kept.artifacts["dial_plan_outcomes"]["lyon"]["deleted"] in (0, "0")
    written(urls["lyon"])
    [refused] = launcher.launch(PLAN, {"dial_plan_purge": "yes"}, limit="lyon")
    assert refused.status == "failed"
    assert "max_deletions" in refused.artifacts["dial_plan_outcomes"]["lyon"]["error"]
    assert written(urls["lyon"]) == []
    done = succeeded(launcher.launch(PLAN, {"dial_plan_purge": "yes", "dial_plan_max_deletions": 1}, limit="lyon"))
    assert done.artifacts["dial_plan_outcomes"]["lyon"]["deleted"] in (1, "1")


FAR = {"department_first_number": "7001"}


def test_an_export(launcher: Launcher, tmp_path: Path) -> None:
    """The artifact is all that is left when the execution environment is gone; a folder that AWX exposes stays."""
    succeeded(launcher.launch(DEPARTMENT, ACCOUNTANTS, limit="lyon"))
    exposed = tmp_path / "exposed"
    exposed.mkdir()
    job = succeeded(launcher.launch(EXPORT, {"export_folder": str(exposed)}))
    assert sorted(path.name for path in exposed.iterdir()) == sorted(f"dial_plan-{host}.yml" for host in PRODUCTS)
    plans = job.artifacts["exported_dial_plans"]
    assert sorted(plans) == sorted(PRODUCTS)
    assert "comptabilite" in [context["name"] for context in plans["lyon"]]
    file = yaml.safe_load((exposed / "dial_plan-lyon.yml").read_text(encoding="utf-8"))
    assert [context["name"] for context in file["dial_plan"]] == [context["name"] for context in plans["lyon"]]
    within = succeeded(launcher.launch(EXPORT, limit="lyon"))
    assert (within.folder / "project/dial_plan-lyon.yml").is_file()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_report(launcher: Launcher, tmp_path: Path, language: str) -> None:
    answers = {"report_folder": str(tmp_path), "report_language": language}
    succeeded(launcher.launch(REPORT, answers, limit="lyon,paris"))
    for host in ("lyon", "paris"):
        page = (tmp_path / f"report-{host}.html").read_text(encoding="utf-8")
        assert f'lang="{language}"' in page


def test_a_report_wants_a_folder(launcher: Launcher) -> None:
    for answers in ({}, {"report_folder": ""}):
        with pytest.raises(LaunchRefused, match="'report_folder' value"):
            launcher.launch(REPORT, answers, limit="lyon")


def test_what_must_not_show(launcher: Launcher, tmp_path: Path) -> None:
    """Neither in what AWX shows of a job nor in the events it keeps, at the highest verbosity."""
    basic = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
    for name, answers in (
        (DEPARTMENT, ACCOUNTANTS),
        (PLAN, {}),
        (EXPORT, {}),
        (REPORT, {"report_folder": str(tmp_path)}),
    ):
        job = succeeded(launcher.launch(name, answers, limit="lyon:paris", verbosity=4))
        shown = job.output + str(job.events)
        assert "EXEC" in shown or "task path" in shown, "it was not verbose"
        assert PASSWORD in (job.folder / "env/envvars").read_text()
        assert PASSWORD not in shown
        assert basic not in shown


def test_a_wrong_password(launcher: Launcher) -> None:
    [job] = launcher.launch(DEPARTMENT, ACCOUNTANTS, limit="lyon", inputs={"password": "not-the-password"})
    assert job.status == "failed"
    assert "not-the-password" not in job.output + str(job.events)
    assert "401" in only_failure(job) or "refuse" in only_failure(job)


# The credential.


def injected(launcher: Launcher, tmp_path: Path, **inputs: Any) -> dict[str, str]:
    (tmp_path / "env").mkdir(exist_ok=True)
    return launcher.injected(tmp_path, launcher.controller.named("job_templates", PLAN), inputs)


def test_an_empty_credential(launcher: Launcher, tmp_path: Path) -> None:
    made = injected(launcher, tmp_path, username="", password="")
    assert made == {
        **dict.fromkeys(("XIVO_HOST", "XIVO_USERNAME", "XIVO_PASSWORD", "XIVO_TOKEN", "XIVO_TENANT"), ""),
        **{"XIVO_CA_PATH": "", "XIVO_VALIDATE_CERTS": "True"},
    }


def test_a_credential_with_a_host(launcher: Launcher, urls: dict[str, str]) -> None:
    """For an inventory that says nothing of where its servers are."""
    launcher.servers["paris"] = {}
    [job] = launcher.launch(DEPARTMENT, ACCOUNTANTS, limit="paris")
    assert "set the variable XIVO_HOST" in only_failure(job)
    job = succeeded(launcher.launch(DEPARTMENT, ACCOUNTANTS, limit="paris", inputs={"host": urls["paris"]}))
    assert job.changed == {"paris": 1}


def test_a_credential_with_certificates(launcher: Launcher, tmp_path: Path) -> None:
    authority = tmp_path / "authority"
    authority.mkdir()
    with simulator("wazo-26.09", "--tls", str(authority)) as url:
        launcher.servers["paris"] = connection("wazo-26.09", url)
        [job] = launcher.launch(DEPARTMENT, ACCOUNTANTS, limit="paris")
        assert "certificate" in only_failure(job)
        other = trustme.CA().cert_pem.bytes().decode()
        [job] = launcher.launch(DEPARTMENT, ACCOUNTANTS, limit="paris", inputs={"ca_certificate": other})
        assert "certificate" in only_failure(job)
        trusted = {"ca_certificate": (authority / "ca.pem").read_text()}
        job = succeeded(launcher.launch(DEPARTMENT, ACCOUNTANTS, limit="paris", inputs=trusted))
        assert job.changed == {"paris": 1}
        anyone = {"skip_certificate_check": True}
        job = succeeded(launcher.launch(DEPARTMENT, ACCOUNTANTS, limit="paris", inputs=anyone))
        assert job.changed == {}
