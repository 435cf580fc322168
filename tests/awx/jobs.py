# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running a job template as AWX does: ansible-runner in a folder that holds what AWX puts there.

What AWX does is in awx/main/tasks/jobs.py (the folder, arguments and extra vars), awx/main/models/inventory.py
(get_script_data, with the slices), awx/main/models/mixins.py (surveys) and awx_plugins.interfaces (credentials).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from jinja2.sandbox import ImmutableSandboxedEnvironment

from tests.awx.controller import Controller, Item
from tests.awx.rules import answer_problem, typed_into_form, with_defaults


class Unsafe(str):
    """A text in which Ansible must fill in nothing: AWX marks all that is not the job template's own."""


class Dumper(yaml.SafeDumper):
    pass


Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style="'"))


class LaunchRefused(Exception):
    """What AWX answers with a 400, under `variables_needed_to_start`."""


class Job:
    """A job that has ended: what AWX reads of the runner's artifacts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        artifacts = folder / "artifacts/job"
        self.status = (artifacts / "status").read_text()
        self.output = (artifacts / "stdout").read_text(encoding="utf-8")
        events = [json.loads(path.read_text(encoding="utf-8")) for path in artifacts.glob("job_events/*.json")]
        self.events: list[dict[str, Any]] = sorted(events, key=lambda event: event["counter"])

    @property
    def stats(self) -> dict[str, Any]:
        """The event at the end. A job that found no host has none."""
        found = [event["event_data"] for event in self.events if event["event"] == "playbook_on_stats"]
        return found[0] if found else {}

    @property
    def artifacts(self) -> dict[str, Any]:
        """What set_stats gave."""
        return dict(self.stats.get("artifact_data", {}))

    @property
    def failures(self) -> list[tuple[str, str]]:
        """The host and the message of each task that failed for good."""
        return [
            (event["event_data"]["host"], event["event_data"]["res"].get("msg", ""))
            for event in self.events
            if event["event"] == "runner_on_failed" and not event["event_data"].get("ignore_errors")
        ]

    @property
    def changed(self) -> dict[str, int]:
        """How many tasks changed something, by host."""
        return dict(self.stats["changed"])


class Launcher:
    """Starts jobs of a controller. `servers` has the connection options of each host; each job gets a folder."""

    def __init__(self, controller: Controller, servers: dict[str, dict[str, str]], folder: Path) -> None:
        self.controller = controller
        self.servers = servers
        self.folder = folder
        self.jobs = 0

    def launch(
        self,
        name: str,
        answers: dict[str, Any] | None = None,
        *,
        limit: str | None = None,
        check: bool = False,
        slices: int | None = None,
        verbosity: int = 0,
        inputs: dict[str, Any] | None = None,
        by: Literal["api", "form", "webhook", "shell"] = "api",
    ) -> list[Job]:
        """Run a job template, and give its jobs, one for each slice. Raises LaunchRefused.

        `inputs` change those of the credential. `by` says who starts it: a request to the API, of a schedule too; the
        form of AWX; a webhook or a node of a workflow; or somebody without AWX, whose answers nobody looks at.
        """
        template = self.controller.named("job_templates", name)
        assert template["ask_limit_on_launch"] or limit is None
        assert template["ask_job_type_on_launch"] or not check
        assert template["ask_job_slice_count_on_launch"] or slices is None
        survey = self.controller.surveys[template["id"]]["spec"]
        given = answers or {}
        if by == "form":
            given = typed_into_form(survey, given)
        if by != "shell":
            problems = [answer_problem(question, given, must_answer=by != "webhook") for question in survey]
            if any(problems):
                raise LaunchRefused(" ".join(filter(None, problems)))
        own = json.loads(template["extra_vars"] or "{}")
        variables = with_defaults(survey, given)
        limit = template["limit"] if limit is None else limit
        count = template["job_slice_count"] if slices is None else slices
        return [
            self.run(template, own, variables, limit, check, (number, count), verbosity, inputs or {})
            for number in range(1, count + 1)
        ]

    def run(
        self,
        template: Item,
        own: dict[str, Any],
        answers: dict[str, Any],
        limit: str,
        check: bool,
        part: tuple[int, int],
        verbosity: int,
        inputs: dict[str, Any],
    ) -> Job:
        self.jobs += 1
        folder = self.folder / f"job-{self.jobs}"
        (folder / "env").mkdir(parents=True)
        shutil.copytree(self.controller.project, folder / "project")
        self.write_inventory(folder, template, part)
        answers = {**answers, "awx_job_id": self.jobs, "awx_job_template_name": template["name"]}
        extra_vars = {**own, **{Unsafe(key): unsafe(value) for key, value in answers.items()}}
        text = yaml.dump(extra_vars, Dumper=Dumper, allow_unicode=True, default_flow_style=False)
        (folder / "env/extravars").write_text(text, encoding="utf-8")
        envvars = {
            **{"ANSIBLE_FORCE_COLOR": "True", "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True"},
            **{"ANSIBLE_RETRY_FILES_ENABLED": "False", "JOB_ID": str(self.jobs), "HOME": str(folder)},
            # What ansible-playbook finds where it stands, and would in the tests' own environment not.
            "ANSIBLE_CONFIG": str(folder / "project/ansible.cfg"),
            **self.injected(folder, template, inputs),
        }
        (folder / "env/envvars").write_text(json.dumps(envvars))
        words = ["ansible-runner", "run", str(folder), "--quiet", "--ident", "job", "--playbook", template["playbook"]]
        words += ["--cmdline", "-u root --diff --check" if check else "-u root --diff"]
        words += ["--limit", limit] if limit else []
        words += [f"-{'v' * verbosity}"] if verbosity else []
        subprocess.run(words, stdin=subprocess.DEVNULL, check=False, timeout=300)
        return Job(folder)

    def injected(self, folder: Path, template: Item, inputs: dict[str, Any]) -> dict[str, str]:
        """The variables that the credentials of a job template make."""
        made: dict[str, str] = {}
        for number in self.controller.credentials.get(template["id"], []):
            credential = self.controller.objects["credentials"][number]
            kind = self.controller.objects["credential_types"][credential["credential_type"]]
            given = {**credential["inputs"], **inputs}
            known: dict[str, Any] = {key: value for key, value in given.items() if value or isinstance(value, bool)}
            for field in kind["inputs"]["fields"]:
                if field["type"] == "boolean":
                    known.setdefault(field["id"], False)
            jinja = ImmutableSandboxedEnvironment()
            for label, content in kind["injectors"].get("file", {}).items():
                assert label == "template"
                file = folder / "env/injected"
                file.write_text(jinja.from_string(content).render(known))
                known["tower"] = {"filename": str(file)}
            for variable, content in kind["injectors"]["env"].items():
                made[variable] = jinja.from_string(content).render(known)
        return made

    def write_inventory(self, folder: Path, template: Item, part: tuple[int, int]) -> None:
        """Write the inventory as AWX has it after it has read the project's, with the hosts of one slice."""
        sources = self.controller.objects["inventory_sources"].values()
        [source] = [source for source in sources if source["inventory"] == template["inventory"]]
        data = json.loads(read_inventory(self.controller.project, source["source_path"]))
        number, count = part
        hosts = sorted(data["_meta"]["hostvars"].keys() | {h for g in data.values() for h in g.get("hosts", [])})
        hosts = [host for host in hosts if host in self.servers][number - 1 :: count]
        for name, group in data.items():
            if name != "_meta" and "hosts" in group:
                group["hosts"] = [host for host in group["hosts"] if host in hosts]
        variables = data["_meta"]["hostvars"]
        data["_meta"]["hostvars"] = {host: {**variables.get(host, {}), **self.connection(host)} for host in hosts}
        (folder / "inventory").mkdir()
        script = folder / "inventory/hosts"
        script.write_text(f"#! /usr/bin/env python3\nprint({json.dumps(data)!r})\n")
        script.chmod(0o700)

    def connection(self, host: str) -> dict[str, Any]:
        """Where the simulated server of a host is; the account is left to the credential."""
        options = self.servers[host]
        return {"xivo_connection": {key: options[key] for key in options if key not in ("username", "password")}}


@cache
def read_inventory(project: Path, path: str) -> str:
    """Read an inventory, as AWX does when a project was fetched, and not for each job."""
    words = ["ansible-inventory", "-i", path, "--list", "--export"]
    env = {key: value for key, value in os.environ.items() if key != "ANSIBLE_CONFIG"}
    return subprocess.run(words, cwd=project, env=env, capture_output=True, text=True, check=True).stdout


def unsafe(value: Any) -> Any:
    return Unsafe(value) if isinstance(value, str) else value
