# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""telephony.xivo.awx_setup with the real modules of awx.awx, against a controller that keeps what it is given."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.telephony.xivo.plugins.module_utils.arguments import connection_spec

from tests.awx.conftest import EXAMPLE, OF_THE_SERVERS, PROJECT, ROOT, Administrator
from tests.awx.controller import ENCRYPTED, Controller
from tests.awx.rules import answer_problem, check_credential_type, check_survey, typed_into_form, with_defaults

FILES = ROOT / "playbooks/files/awx"
PLAYBOOK = ROOT / "playbooks/awx_setup.yml"
ACCOUNT = {"XIVO_USERNAME": "ansible", "XIVO_PASSWORD": "of-the-servers"}
SURVEYS = sorted(FILES.glob("survey_*.json"))


def test_twice_makes_everything_once(administrator: Administrator) -> None:
    status, printed = administrator.set_up(*PROJECT, "-vvvv", **ACCOUNT)
    assert status == 0, printed
    assert re.search(r"ok=9 +changed=6 +unreachable=0 +failed=0", printed), printed[-500:]
    controller = administrator.controller
    made = {sort: [item["name"] for item in items.values()] for sort, items in controller.objects.items()}
    assert made == {
        "organizations": ["Default"],
        "credential_types": ["Telephony account"],
        "credentials": ["Telephony account"],
        "execution_environments": [],
        "projects": ["Telephony project"],
        "inventories": ["Telephony servers"],
        "inventory_sources": ["Telephony project"],
        "job_templates": [
            "Telephony: Apply the dial plan",
            "Telephony: Create a department",
            "Telephony: Export the dial plan",
            "Telephony: Report on the dial plan",
        ],
    }
    for secret in (*ACCOUNT.values(), "of-the-controller"):
        assert secret == "ansible" or secret not in printed
    assert controller.tokens == set()

    before = json.dumps([controller.objects, controller.surveys, controller.credentials], sort_keys=True)
    status, printed = administrator.set_up(*PROJECT, **ACCOUNT)
    assert status == 0, printed
    assert re.search(r"ok=9 +changed=0 +unreachable=0 +failed=0", printed), printed
    assert json.dumps([controller.objects, controller.surveys, controller.credentials], sort_keys=True) == before
    assert "WARNING" not in printed


def test_what_is_made_is_what_the_files_say(controller: Controller) -> None:
    """Who clicks copies the files. So the playbook adds nothing of its own to them but names."""
    kind = controller.named("credential_types", "Telephony account")
    assert kind["inputs"] == read("credential_type_inputs.yml")
    assert kind["injectors"] == read("credential_type_injectors.yml")
    for template in read("job_templates.yml"):
        made = controller.named("job_templates", f"Telephony: {template['name']}")
        extra_vars = template.pop("extra_vars", {})
        assert made["name"] == f"Telephony: {template.pop('name')}"
        assert {key: made[key] for key in template} == template
        assert json.loads(made["extra_vars"]) == extra_vars
        assert made["diff_mode"] and made["ask_limit_on_launch"] and made["ask_credential_on_launch"]
        asked = {key for key in made if key.startswith("ask_") and made[key]}
        assert asked <= set(template) | {"ask_limit_on_launch", "ask_credential_on_launch"}
        assert controller.surveys[made["id"]] == read(f"survey_{Path(template['playbook']).stem}.json")
        assert made["inventory"] == controller.named("inventories", "Telephony servers")["id"]
        assert controller.credentials[made["id"]] == [controller.named("credentials", "Telephony account")["id"]]


def test_all_the_variables(administrator: Administrator) -> None:
    """Names of one's own, an image, a branch, a Vault credential, slices; the password written again when asked to."""
    controller = administrator.controller
    controller.add("organizations", {"name": "Company"})
    fields = {"fields": [{"id": "vault_password", "label": "Password", "type": "string", "secret": True}]}
    vault = controller.add("credential_types", {"name": "Vault", "kind": "vault", "inputs": fields})
    for name in ("Vault of the company", "Git of the company", "Galaxy of the company"):
        controller.add("credentials", {"name": name, "credential_type": vault["id"]})
    variables = {
        "awx_prefix": "Phones",
        "awx_organization": "Company",
        "awx_project_url": "git@git.example.com:telephony.git",
        "awx_project_branch": "main",
        "awx_project_credential": "Git of the company",
        "awx_galaxy_credentials": "Galaxy of the company",
        "awx_inventory_path": "inventory",
        "awx_execution_environment": "registry.example.com/telephony-ee:1",
        "awx_credentials": "Vault of the company",
        "awx_job_slices": 5,
    }
    words = ("-e", json.dumps(variables))
    status, printed = administrator.set_up(*words, **ACCOUNT)
    assert status == 0, printed
    company = controller.named("organizations", "Company")["id"]
    assert controller.credentials[company] == [controller.named("credentials", "Galaxy of the company")["id"]]
    image = controller.named("execution_environments", "Phones execution environment")
    assert image["image"] == "registry.example.com/telephony-ee:1"
    project = controller.named("projects", "Phones project")
    assert (project["scm_branch"], project["organization"]) == ("main", company)
    assert project["credential"] == controller.named("credentials", "Git of the company")["id"]
    assert controller.named("inventory_sources", "Phones project")["source_path"] == "inventory"
    plan = controller.named("job_templates", "Phones: Apply the dial plan")
    assert (plan["job_slice_count"], plan["execution_environment"]) == (5, image["id"])
    assert controller.named("job_templates", "Phones: Create a department")["job_slice_count"] == 1
    names = [controller.objects["credentials"][number]["name"] for number in controller.credentials[plan["id"]]]
    assert sorted(names) == ["Phones account", "Vault of the company"]

    account = controller.named("credentials", "Phones account")
    assert account["inputs"] == {"username": "ansible", "password": "of-the-servers"}
    changed = {**ACCOUNT, "XIVO_PASSWORD": "a new one"}
    assert "changed=0" in administrator.set_up(*words, **changed)[1]
    assert account["inputs"]["password"] == "of-the-servers"
    status, printed = administrator.set_up(*words, "-e", "awx_update_secrets=true", **changed)
    assert status == 0 and account["inputs"]["password"] == "a new one"
    assert controller.shown(account)["inputs"]["password"] == ENCRYPTED


def test_without_an_account(administrator: Administrator) -> None:
    """Who starts a job is asked for the credential; one that somebody has put there stays."""
    status, printed = administrator.set_up(*PROJECT)
    assert status == 0, printed
    controller = administrator.controller
    assert controller.objects["credentials"] == {}
    plan = controller.named("job_templates", "Telephony: Apply the dial plan")
    kind = controller.named("credential_types", "Telephony account")
    own = controller.add("credentials", {"name": "Mine", "credential_type": kind["id"]})
    controller.credentials[plan["id"]] = [own["id"]]
    status, printed = administrator.set_up(*PROJECT)
    assert status == 0 and "changed=0" in printed, printed
    assert controller.credentials[plan["id"]] == [own["id"]]


def test_check_mode_writes_nothing(successor: Administrator) -> None:
    words = ("-e", "awx_project_url=https://git.example.com/other.git", "--check")
    status, printed = successor.set_up(*words, **OF_THE_SERVERS)
    assert status == 0 and "changed=1 " in printed, printed
    assert successor.controller.writes == []


@pytest.mark.parametrize(
    ("words", "variables", "message"),
    [
        ((), {}, "awx_project_url is missing. Set it to the git repository with your inventory and playbooks"),
        (PROJECT, {"CONTROLLER_PASSWORD": "wrong"}, "Failed to get token: HTTP Error 401"),
        ((*PROJECT, "-e", "awx_credentials=Nobody"), {}, "returned 0 items, expected 1"),
    ],
)
def test_what_is_wrong_is_said(
    administrator: Administrator, words: tuple[str, ...], variables: dict[str, str], message: str
) -> None:
    status, printed = administrator.set_up(*words, **variables)
    assert status == 2
    assert message in printed, printed
    assert "Traceback" not in printed


NOT_FETCHED = """
PLAY [Install content with ansible-galaxy command if necessary] ****************

TASK [Fetch galaxy collections from collections/requirements.(yml/yaml)] *******
fatal: [localhost]: FAILED! => {"changed": true, "cmd": ["ansible-galaxy", "collection", "install"], "rc": 1, \
"stderr": "ERROR! Failed to resolve the requested dependencies map. Could not satisfy the following requirements:\\n\
* telephony.xivo:* (direct request)", "msg": "{{ 1 + 1 }}"}

PLAY RECAP *********************************************************************
"""


def test_a_project_that_cannot_be_fetched(administrator: Administrator) -> None:
    """The cause is told, the first time and the next; once it is mended, the rest is made."""
    controller = administrator.controller
    controller.sync_failure = NOT_FETCHED
    project = ("-e", "awx_project_url=https://somebody:hF7-token@git.example.com/telephony.git")
    for words in ("Project update failed", "The Project Update - Telephony project, failed"):
        status, printed = administrator.set_up(*project, **ACCOUNT)
        assert status == 2 and "Say why" in printed, printed
        told = printed.split("Say why")[1].split("PLAY RECAP")[0]
        assert f"{words} AWX could not fetch https://git.example.com/telephony.git. Its update" in told, told
        assert "Could not satisfy the following requirements:" in told and "telephony.xivo:* (direct request)" in told
        assert "{{ 1 + 1 }}" in told and r"\n*" not in told
        assert "hF7-token" not in told and "of-the-controller" not in printed
        assert controller.tokens == set() and controller.objects["job_templates"] == {}
    controller.tokens.add("made-before")
    token = {"CONTROLLER_OAUTH_TOKEN": "made-before", "CONTROLLER_USERNAME": "", "CONTROLLER_PASSWORD": ""}
    status, printed = administrator.set_up(*project, "-vvvv", **ACCOUNT, **token)
    assert status == 2 and "telephony.xivo:* (direct request)" in printed and "made-before" not in printed
    controller.sync_failure = ""
    status, printed = administrator.set_up(*project, **ACCOUNT)
    assert status == 0 and len(controller.objects["job_templates"]) == 4, printed


def test_what_is_not_set_here_stays(successor: Administrator) -> None:
    """And an answer may take longer than the ten seconds after which the modules give up by themselves."""
    controller = successor.controller
    status, printed = successor.set_up(*PROJECT, CONTROLLER_REQUEST_TIMEOUT="soon")
    assert status == 2 and "'request_timeout' is of type" in printed
    plan = controller.named("job_templates", "Telephony: Apply the dial plan")
    plan |= {"verbosity": 2, "forks": 20, "diff_mode": False}
    status, printed = successor.set_up(*PROJECT, **OF_THE_SERVERS)
    assert status == 0 and "changed=1 " in printed, printed
    assert (plan["verbosity"], plan["forks"], plan["diff_mode"]) == (2, 20, True)


def test_a_project_needs_nothing_of_galaxy() -> None:
    """AWX installs what this file names each time it fetches a project; a collection that Galaxy lacks stops that."""
    text = (EXAMPLE / "collections/requirements.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(text) == {"collections": []}
    ways = [
        yaml.safe_load("\n".join(line.removeprefix("# ") for line in part.splitlines()))
        for part in text.split("#\n")
        if part.startswith("# collections:")
    ]
    assert [list(way["collections"][0]) for way in ways] == [["name", "type", "version"], ["name", "type"]]
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    assert ways[1]["collections"][0]["name"] == f"collections/telephony-xivo-{version}.tar.gz"


def test_without_awx_awx(administrator: Administrator) -> None:
    """There is one error, which names the collection, before anything is done."""
    administrator.collections = os.environ["ANSIBLE_COLLECTIONS_PATH"]
    status, printed = administrator.set_up(*PROJECT, ANSIBLE_COLLECTIONS_SCAN_SYS_PATH="false")
    assert status == 4
    assert printed.count("ERROR") == 1
    assert "couldn't resolve module/action 'awx.awx.organization'" in printed
    assert "the first task that needs the collection awx.awx" in printed
    assert administrator.controller.writes == []


def test_arguments_against_the_real_specs(awx_collections: Path) -> None:
    """Also those of tasks and options that a run leaves out: names, choices and types as ansible-doc has them."""
    [play] = yaml.safe_load(PLAYBOOK.read_text(encoding="utf-8"))
    tasks = [
        (key, task[key])
        for listed in play["tasks"]
        for task in listed.get("block", [listed])
        for key in task
        if isinstance(key, str) and key.startswith("awx.awx.")
    ]
    assert len(tasks) == 8
    words = ["ansible-doc", "--json", "--type", "module", *sorted({name for name, _arguments in tasks})]
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(awx_collections)}
    shown = json.loads(subprocess.run(words, env=env, capture_output=True, text=True, check=True).stdout)
    for name, arguments in tasks:
        options = shown[name]["doc"]["options"]
        spec = {option: spec_of(entry) for option, entry in options.items()}
        # A template stands for a value of the right type here; the runs above have the values.
        given = {
            key: value if "{{" not in str(value) else EXAMPLES[spec[key]["type"]] for key, value in arguments.items()
        }
        assert ArgumentSpecValidator(spec).validate(given).error_messages == []
        assert not [key for key in arguments if options[key].get("deprecated")]


EXAMPLES = {"str": "x", "dict": {}, "list": [], "bool": True, "int": 1}


def spec_of(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in ("type", "choices", "required", "aliases", "elements") if key in entry} | {
        "type": entry.get("type", "str")
    }


# The files, which are also for those who click.


def read(name: str) -> Any:
    return yaml.safe_load((FILES / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("survey", SURVEYS, ids=lambda path: path.stem)
def test_a_survey_is_one_that_awx_takes(survey: Path) -> None:
    spec = json.loads(survey.read_text(encoding="utf-8"))
    check_survey(spec)
    assert all(question["question_description"].endswith(".") for question in spec["spec"])


def test_each_playbook_of_the_example_has_a_template_and_a_survey() -> None:
    playbooks = {path.name for path in EXAMPLE.glob("*.yml")}
    assert {template["playbook"] for template in read("job_templates.yml")} == playbooks
    assert {path.stem for path in SURVEYS} == {f"survey_{Path(name).stem}" for name in playbooks}


@pytest.mark.parametrize("survey", SURVEYS, ids=lambda path: path.stem)
def test_each_answer_is_a_variable_that_the_playbook_documents(survey: Path) -> None:
    name = survey.stem.removeprefix("survey_")
    header = (ROOT / f"playbooks/{name}.yml").read_text(encoding="utf-8").split("\n- name:")[0]
    [template] = [one for one in read("job_templates.yml") if one["playbook"] == f"{name}.yml"]
    own = template.get("extra_vars", {})
    assert all(re.search(rf"^# {variable} ", header, re.M) for variable in own)
    for question in json.loads(survey.read_text(encoding="utf-8"))["spec"]:
        variable = question["variable"]
        assert re.search(rf"^# {variable} ", header, re.M) or f"{{{{ {variable} " in str(own), variable


def test_the_credential_type_is_one_that_awx_takes() -> None:
    inputs, injectors = read("credential_type_inputs.yml"), read("credential_type_injectors.yml")
    check_credential_type(inputs, injectors)
    names = {field["id"] for field in inputs["fields"]}
    used = {name for text in str(injectors).split("{{")[1:] for name in re.findall(r"\b[a-z_]+\b", text.split("}}")[0])}
    assert names <= used
    assert set(injectors["env"]) <= {f"XIVO_{option.upper()}" for option in connection_spec()}
    secret = {field["id"] for field in inputs["fields"] if field.get("secret")}
    assert secret == {option for option, entry in connection_spec().items() if entry.get("no_log")}


BROKEN = [
    ({"name": "x", "description": "", "spec": []}, "non-empty"),
    ({"type": "number"}, "is not valid"),
    ({"min": "1"}, "is not valid"),
    ({"default": 5}, "is not valid"),
    ({"type": "multiplechoice", "choices": ["a"], "default": "b"}, "none of the choices"),
    ({"max": 2, "default": "abc"}, "too large"),
]


@pytest.mark.parametrize(("change", "message"), BROKEN, ids=str)
def test_the_rules_find_what_is_wrong(change: dict[str, Any], message: str) -> None:
    question = {"question_name": "Label", "required": True, "type": "text", "variable": "label"}
    question |= {"min": 1, "max": 9, "default": "", "choices": ""}
    good = {"name": "x", "description": "", "spec": [question]}
    check_survey(good)
    broken = change if "spec" in change else {**good, "spec": [{**question, **change}]}
    with pytest.raises(ValueError, match=message):
        check_survey(broken)


def test_the_rules_look_at_answers() -> None:
    number = {"variable": "n", "required": True, "type": "integer", "min": 1, "max": 9, "choices": "", "default": 4}
    text = {"variable": "t", "required": False, "type": "text", "min": 0, "max": 2, "choices": "", "default": "x"}
    choice = text | {"variable": "c", "type": "multiplechoice", "choices": ["a", "b"], "default": ""}
    for good in ({"n": 5}, {"n": 1, "t": ""}, {"n": 9, "c": "b"}):
        assert [answer_problem(question, good) for question in (number, text, choice)] == [None] * 3
    for wrong in ({}, {"n": "5"}, {"n": 0}, {"n": 10}, {"n": ""}, {"n": None}, {"n": True}):
        assert answer_problem(number, wrong)
        assert answer_problem(number | {"required": False}, wrong) or not wrong
    assert answer_problem(number, {}, must_answer=False) is None
    assert (
        answer_problem(text, {"t": "abc"}) and answer_problem(text, {"t": None}) and answer_problem(choice, {"c": ""})
    )
    assert with_defaults([number, text, choice], {"t": ""}) == {"n": 4, "t": ""}
    assert typed_into_form([number, text, choice], {"t": "", "n": 5}) == {"n": 5}


def test_the_fake_controller_is_closed(controller: Controller) -> None:
    """Without a token it says nothing; so a module that succeeded had one."""
    assert requests.get(f"{controller.url}/api/v2/projects/", timeout=10).status_code == 401
