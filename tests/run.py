# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The make targets: virtualenvs, a copy of the collection where the tools want it, and the checks themselves.

Standard library only, because this is what makes the virtualenvs. `python -m tests.run --help` lists the commands.
"""

from __future__ import annotations

import argparse
import fcntl
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import IO

from tests.simulated import SERVERS

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".venv"
SITE = WORK / "site"
NAME = "ansible_collections/telephony/xivo"
# The steps of `make test` run two at a time: most of them wait for a single Python process.
LANES = 2


@dataclass(frozen=True)
class Core:
    """A release of ansible-core, and the Pythons that it runs on and manages hosts with (its release notes).

    The tests themselves want Python 3.11 or later, so older ones are left out of the first.
    """

    version: str
    controllers: tuple[str, ...]  # the preferred one first
    hosts: tuple[str, ...]  # those that our modules run on, see tests/config.yml

    @property
    def python(self) -> Path | None:
        return next((pythons()[version] for version in self.controllers if version in pythons()), None)


def minors(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"3.{minor}" for minor in range(first, last + 1))


# The releases that are supported. `make test` goes through those of EVERYDAY; --core takes any.
CORES = (
    Core("2.21", ("3.13", "3.12", "3.14"), minors(9, 14)),
    Core("2.20", ("3.13", "3.12", "3.14"), minors(9, 14)),
    Core("2.19", ("3.11", "3.12", "3.13"), minors(9, 13)),
    Core("2.18", ("3.12", "3.11", "3.13"), minors(9, 13)),
    Core("2.17", ("3.11", "3.12"), minors(9, 12)),
    Core("2.16", ("3.11", "3.12"), minors(9, 12)),
)


@cache
def pythons() -> dict[str, Path]:
    """The Python interpreters of this machine that really run, by version.

    Asking each one for its own path sees through the shims of version managers, which ansible-test cannot use.
    """
    found = {}
    managed = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    for version in minors(9, 14):
        name = f"python{version}"
        candidates = [shutil.which(name), *glob.glob(f"{managed}/versions/{version}.*/bin/{name}")]
        if sys.version_info[:2] == tuple(map(int, version.split("."))):
            candidates.insert(0, sys.executable)
        # Not a virtualenv but its base; and not what Debian has without its package python3-venv.
        ask = "import sys, venv, ensurepip; print(getattr(sys, '_base_executable', sys.executable))"
        for candidate in filter(None, candidates):
            answer = subprocess.run([candidate, "-c", ask], capture_output=True, text=True, check=False)
            if answer.returncode == 0:
                found[version] = Path(answer.stdout.strip())
                break
    return found


EVERYDAY = ("2.21", "2.19", "2.16")


@cache
def cores() -> tuple[Core, ...]:
    """The releases of ansible-core that are tested every day and have a Python on this machine, the newest first."""
    found = tuple(core for core in CORES if core.version in EVERYDAY and core.python)
    if not found:
        sys.exit("No Python that ansible-core runs on was found.")
    return found


class Failed(Exception):
    """A check has failed; its output says why."""


class Tools:
    """One virtualenv, and the running of commands in it. What they print goes to `log` (None: to the terminal)."""

    def __init__(self, name: str, core: Core, requirements: str, log: IO[str] | None = None) -> None:
        self.path = WORK / name
        self.core = core
        self.requirements = ROOT / "tests" / requirements
        self.log = log

    def make(self) -> None:
        """Make the virtualenv, unless it is there and what should be in it has not changed."""
        wanted = f"{self.core.python} ansible-core=={self.core.version}.*\n"
        for file in (ROOT / "requirements.txt", self.requirements):
            wanted += hashlib.sha256(file.read_bytes()).hexdigest() + "\n"
        stamp = self.path / "stamp"
        WORK.mkdir(exist_ok=True)
        with open(WORK / "lock", "w") as lock:  # two targets may be running at once
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not stamp.exists() or stamp.read_text() != wanted:
                print(f"Making .venv/{self.path.name} with ansible-core {self.core.version}", file=self.log, flush=True)
                self.run(str(self.core.python), "-m", "venv", "--clear", str(self.path))
                self.run(
                    *("python", "-m", "pip", "install", "-qq", "--disable-pip-version-check"),
                    *(f"ansible-core=={self.core.version}.*", "-r", str(self.requirements)),
                )
                stamp.write_text(wanted)
            [packages] = self.path.glob("lib/python3.*/site-packages")
            own, here = ROOT / "tests/sitecustomize.py", packages / "sitecustomize.py"
            if not here.exists() or here.read_bytes() != own.read_bytes():
                shutil.copy(own, here)

    def run(self, *command: str, cwd: Path = ROOT, capture: bool = False, **variables: str) -> str:
        """Run `command` with this virtualenv first on PATH; what it printed is given back if asked to `capture`."""
        own = str(self.path / "bin")
        real = [str(python.parent) for python in reversed(pythons().values())]
        env = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "PYTHON", "XIVO_"))}
        env |= {
            "PATH": os.pathsep.join([own, *real, os.environ["PATH"]]),
            "VIRTUAL_ENV": str(self.path),
            "ANSIBLE_CONFIG": str(ROOT / "tests/ansible.cfg"),
            "ANSIBLE_HOME": str(WORK / "ansible"),
            "PYTHONDONTWRITEBYTECODE": "1",
            **({"NO_COLOR": "1"} if self.log else {}),
            **variables,
        }
        program = shutil.which(command[0], path=env["PATH"]) or command[0]
        if self.log:
            print(f"$ {' '.join(command)}", file=self.log, flush=True)
        ended = subprocess.run(
            [program, *command[1:]],
            cwd=cwd,
            env=env,
            stdout=subprocess.PIPE if capture else self.log,
            stderr=self.log,
            text=True,
            check=False,
        )
        if ended.returncode:
            print(ended.stdout or "", file=self.log)
            raise Failed(f"{command[0]} returned {ended.returncode}")
        return ended.stdout or ""

    @contextmanager
    def tree(self) -> Iterator[Path]:
        """A copy of the collection at ansible_collections/telephony/xivo, where ansible-test insists on standing."""
        files = git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
        (WORK / "trees").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=WORK / "trees") as top:
            tree = Path(top) / NAME
            for file in filter(None, files):
                if os.path.lexists(ROOT / file):  # a file may be deleted, and git not know yet
                    (tree / file).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / file, tree / file, follow_symlinks=False)
            # ansible-test asks git which files there are: without a repository of its own it would find the checkout's,
            # where .venv is ignored.
            git("init", "--quiet", cwd=tree)
            git("add", "--all", cwd=tree)
            yield tree

    def run_in_tree(self, *command: str) -> None:
        with self.tree() as tree:
            self.run(*command, cwd=tree, **collections_at(tree))


def collections_at(tree: Path) -> dict[str, str]:
    """The variables with which Ansible and Python find the collection in `tree`."""
    top = str(tree.parents[2])
    return {"ANSIBLE_COLLECTIONS_PATH": top, "PYTHONPATH": top}


def git(*command: str, cwd: Path = ROOT) -> str:
    # A hook or a worktree may have set GIT_DIR and the like.
    env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return subprocess.run(["git", *command], cwd=cwd, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def for_tests(core: Core) -> Callable[[IO[str] | None], Tools]:
    return lambda log=None: Tools(f"core-{core.version}", core, "requirements.txt", log)


def for_lint(log: IO[str] | None = None) -> Tools:
    return Tools("lint", cores()[0], "requirements-lint.txt", log)


def for_awx(log: IO[str] | None = None) -> Tools:
    return Tools("awx", cores()[0], "requirements-awx.txt", log)


def for_pages(log: IO[str] | None = None) -> Tools:
    return Tools("pages", cores()[0], "requirements-pages.txt", log)


# The checks. Each takes the virtualenv that it runs in.


def ruff(tools: Tools) -> None:
    with tools.tree() as tree:
        tools.run("ruff", "check", "--no-cache", ".", cwd=tree)
        tools.run("ruff", "format", "--no-cache", "--check", "--diff", ".", cwd=tree)


def yamllint(tools: Tools) -> None:
    tools.run_in_tree("yamllint", "--strict", ".")


def ansible_lint(tools: Tools) -> None:
    tools.run_in_tree("ansible-lint")


def mypy(tools: Tools) -> None:
    with tools.tree() as tree:
        tools.run(
            *("mypy", "--config-file", f"{NAME}/pyproject.toml", "--cache-dir", str(WORK / "mypy")),
            f"{NAME}/plugins/module_utils",
            cwd=tree.parents[2],
        )


def imports(tools: Tools) -> None:
    """Import the modules with every Python that they may be run by; see check_imports.py."""
    failed = []
    for version in minors(9, 14):
        core = next((core for core in cores() if version in core.hosts), None)
        if version not in pythons() or core is None:
            missing = "the interpreter" if core else "an ansible-core that supports it"
            print(f"Python {version}: NOT CHECKED, {missing} is not here", file=tools.log, flush=True)
            continue
        [ansible] = (WORK / f"core-{core.version}").glob("lib/python3.*/site-packages/ansible")
        try:
            tools.run(str(pythons()[version]), "-s", "-E", "tests/check_imports.py", str(ansible), str(ROOT))
        except Failed:
            failed.append(version)
    if failed:
        raise Failed(f"fails with Python {', '.join(failed)}")


def licences(tools: Tools) -> None:
    """Each file says whose it is, and under which licence (REUSE)."""
    tools.run_in_tree("reuse", "lint", "--quiet")


def forge(tools: Tools) -> None:
    """The workflows and the forms of .github are what GitHub takes."""
    forms, config = (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"), ROOT / ".github/ISSUE_TEMPLATE/config.yml"
    for schema, files in (
        ("github-workflows", list((ROOT / ".github/workflows").glob("*.yml"))),
        ("dependabot", [ROOT / ".github/dependabot.yml"]),
        ("github-issue-forms", [form for form in forms if form != config]),
        ("github-issue-config", [config]),
    ):
        tools.run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, files))


def contract(tools: Tools, arguments: list[str] | None = None) -> None:
    tools.run("python", "-m", "tests.contract", *(arguments or []))


def unit(tools: Tools, arguments: list[str] | None = None) -> None:
    tools.run_in_tree("python", "-m", "pytest", *(arguments or []))


def fleet(tools: Tools, arguments: list[str] | None = None) -> None:
    """Run the example project on many simulated servers."""
    tools.run_in_tree("python", "-m", "pytest", "tests/fleet", *(arguments or []))


def awx(tools: Tools, arguments: list[str] | None = None) -> None:
    """Set up a stand-in for AWX with the real modules of awx.awx, and run the jobs as AWX does."""
    with tools.tree() as tree:
        command = ("python", "-m", "pytest", "tests/awx", *(arguments or []))
        tools.run(*command, cwd=tree, **collections_at(tree), TESTS_CACHE=str(WORK))


def docs(tools: Tools) -> None:
    """Build the documentation site, of the pages and of what the plugins say of themselves. A warning is a failure."""
    # The pages keep their places, so that their links lead where they lead on a forge.
    pages = ("*.md", "LICENSE", "docs/**/*.md", "docs/images/*", "roles/*/README.md", "examples/*/README.md")
    with tools.tree() as tree, tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        for page in (page for pattern in pages for page in tree.glob(pattern)):
            (source / page.relative_to(tree)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(page, source / page.relative_to(tree))
        shutil.copytree(tree / "docs/site", source, dirs_exist_ok=True)
        plugins = source / "collections"
        plugins.mkdir()
        tools.run(
            *("antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"),
            *("--dest-dir", str(plugins), "telephony.xivo"),
            **collections_at(tree),
        )
        shutil.rmtree(SITE, ignore_errors=True)
        tools.run("sphinx-build", "-q", "-W", "--keep-going", "-b", "html", str(source), str(SITE))
    print(f"Built {SITE / 'index.html'}", file=tools.log, flush=True)


def pages(tools: Tools, arguments: list[str] | None = None) -> None:
    """Look at the pages that people look at, in a browser: the documentation site, and the report."""
    docs(tools)
    with tools.tree() as tree:
        command = ("python", "-m", "pytest", "tests/pages", *(arguments or []))
        tools.run(*command, cwd=tree, **collections_at(tree), SITE=str(SITE))


def docs_examples(tools: Tools, arguments: list[str] | None = None) -> None:
    """Run what the documentation shows, and look at what it says."""
    tools.run_in_tree("python", "-m", "pytest", "tests/docs", *(arguments or []))


def integration(tools: Tools, server: str, arguments: list[str] | None = None) -> None:
    logs = WORK / "logs"
    logs.mkdir(exist_ok=True)
    log = str(logs / f"ansible-test-{server}-core-{tools.core.version}.log")
    with tools.tree() as tree:
        tools.run(
            *("python", "-m", "tests.integration_run", "--server", server, "--log", log, *(arguments or [])),
            cwd=tree,
            **collections_at(tree),
        )


def bench(tools: Tools, server: str, arguments: list[str] | None = None) -> None:
    words = ("-m", "tests.bench", "--server", server, "--json", str(WORK / "bench.json"), *(arguments or []))
    real = {key: value for key, value in os.environ.items() if key.startswith("XIVO_")}  # a server of one's own
    with tools.tree() as tree:
        tools.run("python", *words, **real, **collections_at(tree))


def sanity(tools: Tools, arguments: list[str] | None = None) -> None:
    provide_pip(tools)
    assert tools.core.python
    version = next(version for version, python in pythons().items() if python == tools.core.python)
    tools.run_in_tree("ansible-test", "sanity", "--color", "no", "--python", version, *(arguments or []))


def provide_pip(tools: Tools) -> None:
    """Have ready the script with which ansible-test puts pip into its virtualenvs.

    It fetches that from a host of its own, which not every network lets through; ensurepip does the same there.
    """
    [source] = tools.path.glob("lib/python3.*/site-packages/ansible_test/_internal/python_requirements.py")
    for version in set(re.findall(r"\bpip='([\d.]+)'", source.read_text())):
        script = Path.home() / f".ansible/test/cache/get_pip_{version.replace('.', '_')}.py"
        if script.exists():
            continue
        script.parent.mkdir(parents=True, exist_ok=True)
        try:
            url = f"https://ci-files.testing.ansible.com/ansible-test/get-pip-{version}.py"
            with urllib.request.urlopen(url, timeout=10) as answer:
                text = answer.read()
        except OSError:
            text = (ROOT / "tests/get_pip.py").read_bytes()
        script.write_bytes(text)


def docs_lint(tools: Tools) -> None:
    with tools.tree() as tree:
        tools.run(
            *("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=self", "."),
            cwd=tree,
            HOME=str(WORK),  # it would leave a log there
            **collections_at(tree),
        )
        tools.run("antsibull-changelog", "lint", cwd=tree)
        tools.run("antsibull-changelog", "lint-changelog-yaml", "changelogs/changelog.yaml", cwd=tree)


def package(tools: Tools) -> None:
    """Build the tarball from the checkout as it lies there, so that build_ignore is tried on real litter."""
    dist = WORK / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    tools.run("ansible-galaxy", "collection", "build", "--output-path", str(dist))
    [tarball] = dist.glob("*.tar.gz")
    with tarfile.open(tarball) as packed:
        files = {member.name for member in packed.getmembers() if not member.isdir()}
    known = set(git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"))
    junk = sorted(files - known - {"MANIFEST.json", "FILES.json"})
    if junk:
        print(f"In the tarball, but not the project's: {', '.join(junk)}", file=tools.log)
        raise Failed("junk in the tarball")

    tools.run("ansible-galaxy", "collection", "install", "--force", "--collections-path", str(dist), str(tarball))
    installed = dist / NAME
    modules = sorted(f"telephony.xivo.{module.stem}" for module in (installed / "plugins/modules").glob("xivo_*.py"))
    command = ("ansible-doc", "--type", "module", "--json", *modules)
    shown = json.loads(tools.run(*command, cwd=dist, capture=True, ANSIBLE_COLLECTIONS_PATH=str(dist)))
    for module in modules:
        if not all(shown.get(module, {}).get(part) for part in ("doc", "examples", "return")):
            raise Failed(f"ansible-doc does not show {module} in full")
    tools.run("ansible-builder", "introspect", "--sanitize", str(dist))
    tools.run(
        *("python", "-m", "galaxy_importer.main", str(tarball)),
        cwd=dist,
        GALAXY_IMPORTER_ANSIBLE_LOCAL_TMP=str(WORK / "ansible/tmp"),
        GALAXY_IMPORTER_CHECK_REQUIRED_TAGS="true",
        GALAXY_IMPORTER_RUN_ANSIBLE_LINT="false",  # a step of its own
    )


@dataclass(frozen=True)
class Step:
    name: str
    tools: Callable[[IO[str] | None], Tools]
    check: Callable[[Tools], None]


def lint_steps() -> list[Step]:
    return [
        Step("ruff", for_lint, ruff),
        Step("yamllint", for_lint, yamllint),
        Step("ansible-lint", for_lint, ansible_lint),
        Step("mypy", for_lint, mypy),
        Step("licences", for_lint, licences),
        Step("forge", for_lint, forge),
        Step("imports", for_tests(cores()[0]), imports),
    ]


# The unit tests in which ansible-core takes part: what it calls (actions, filters, modules), and what is run by
# ansible-playbook. On the older releases these suffice: of the rest, the kinds, the engine and the clients of servers
# use no more of it than to_text and the validation of arguments, which test_modules.py and the integration targets
# (run on each release) go through as well, and the simulator uses nothing. Of what the benchmark says, too, only the
# time depends on the release.
WITH_ANSIBLE = [
    *(f"tests/unit/{folder}" for folder in ("action", "filter", "plugin_utils", "transport")),
    *sorted(
        str(file.relative_to(ROOT)) for file in (ROOT / "tests/unit").glob("test_*.py") if "bench" not in file.name
    ),
    *(
        f"tests/unit/engine/test_{name}.py"
        for name in ("dial_plan_role", "dial_test_role", "export", "identity", "people_export", "run")
    ),
    *("-m", "not thorough"),
]


def all_steps() -> list[Step]:
    """The steps of `make test`: the longest first, so that the lanes end together."""
    newest, *older = cores()
    steps = [Step("unit", for_tests(newest), unit)]
    with_ansible = partial(unit, arguments=WITH_ANSIBLE)
    steps += [Step(f"core {core.version} unit", for_tests(core), with_ansible) for core in older]
    steps.append(Step("sanity", for_tests(newest), sanity))
    # The oldest has other opinions on plugins than the newest, some of which the newest has given up.
    for core in older[-1:]:
        steps.append(Step(f"core {core.version} sanity", for_tests(core), partial(sanity, arguments=["plugins/"])))
    for server in SERVERS:
        # On one of them both ways, whose results must be the same: on the fast path, and as modules.
        both = ["--both"] if server == SERVERS[-1] else []
        steps.append(
            Step(f"integration {server}", for_tests(newest), partial(integration, server=server, arguments=both))
        )
    # One XiVO on the one, one Wazo on the other; as modules.
    for core, server in zip(older, ("xivo-2018", "wazo-26.09"), strict=False):
        name = f"core {core.version} integration {server}"
        steps.append(Step(name, for_tests(core), partial(integration, server=server, arguments=["--modules"])))
    steps.append(Step("awx", for_awx, awx))
    steps.append(Step("fleet", for_tests(newest), fleet))
    steps.append(Step("pages", for_pages, pages))
    steps.append(Step("docs-examples", for_tests(newest), docs_examples))
    steps.append(Step("contract", for_tests(newest), contract))
    steps += lint_steps()
    steps += [Step("docs-lint", for_lint, docs_lint), Step("package", for_lint, package)]
    return steps


@dataclass
class Outcome:
    name: str
    problem: str | None
    seconds: float

    def __str__(self) -> str:
        line = f"{'FAILED' if self.problem else 'ok':7} {self.name:38} {self.seconds:6.1f} s"
        return f"{line}   {self.problem}" if self.problem else line


def run_steps(steps: list[Step]) -> None:
    """Run `steps`, a few at a time; say how each one went; show the output of those that failed; then sum up."""
    started = time.monotonic()
    logs = WORK / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    needed = [for_tests(core)(None) for core in cores()] + [step.tools(None) for step in steps]
    made = {tools.path.name: tools for tools in needed}
    outcomes: list[Outcome] = []
    print("Pythons here: " + ", ".join(pythons()))
    for core in (core for core in CORES if core.version in EVERYDAY):
        with_python = f"with {core.python}" if core.python else f"NOT TESTED, it needs Python {core.controllers}"
        print(f"ansible-core {core.version}: {with_python}")

    def run(name: str, work: Callable[[IO[str]], None]) -> tuple[Outcome, Path]:
        log = logs / f"{name.replace(' ', '-')}.log"
        begin = time.monotonic()
        problem = None
        with open(log, "w") as output:
            try:
                work(output)
            except Failed as error:
                problem = str(error)
            except Exception as error:  # a fault of this file: the other steps are still worth running
                problem = f"{type(error).__name__}: {error}"
        return Outcome(name, problem, time.monotonic() - begin), log

    def lane(todo: dict[str, Callable[[IO[str]], None]]) -> None:
        with ThreadPoolExecutor(LANES) as pool:
            for future in as_completed([pool.submit(run, name, work) for name, work in todo.items()]):
                outcome, log = future.result()
                outcomes.append(outcome)
                print(f"[{len(outcomes):2}/{len(steps) + len(made)}] {outcome}", flush=True)
                if outcome.problem:
                    lines = log.read_text(errors="replace").splitlines()
                    print(f"----- the end of {log.relative_to(ROOT)}", *lines[-80:], "-----", sep="\n", flush=True)

    def making(tools: Tools) -> Callable[[IO[str]], None]:
        def work(log: IO[str]) -> None:
            tools.log = log
            tools.make()

        return work

    lane({f"virtualenv {name}": making(tools) for name, tools in made.items()})
    lane({step.name: lambda log, step=step: step.check(step.tools(log)) for step in steps})

    print("\nSummary")
    for outcome in outcomes:
        print(f"  {outcome}")
    failed = sum(outcome.problem is not None for outcome in outcomes)
    total = time.monotonic() - started
    print(f"{len(outcomes) - failed} ok, {failed} failed, in {int(total // 60)} min {int(total % 60)} s")
    if failed:
        sys.exit(1)


def chosen_core(version: str | None, python: str | None) -> Core:
    """The release of ansible-core that was asked for, on the Python that was asked for; else the newest."""
    core = next(core for core in CORES if core.version == version) if version else cores()[0]
    if python in core.controllers:
        core = replace(core, controllers=(python,))
    elif python:
        sys.exit(f"ansible-core {core.version} is tested on Python {', '.join(core.controllers)}, not on {python}.")
    if core.python is None:
        sys.exit(f"ansible-core {core.version} runs on Python {', '.join(core.controllers)}, which is not here.")
    return core


def run_alone(tools: Tools, check: Callable[[Tools], object]) -> None:
    """Run one check with its output on the terminal."""
    tools.make()
    try:
        check(tools)
    except Failed as error:
        sys.exit(f"FAILED: {error}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.run", description="The make targets.")
    commands = parser.add_subparsers(dest="command", required=True)
    taking_arguments = ("contract", "unit", "fleet", "awx", "pages", "docs-examples", "sanity", "integration", "bench")
    with_a_server = ("integration", "bench", "demo", "simulator")
    for name in ("test", "lint", "docs", "docs-lint", "package", *taking_arguments):
        if name not in with_a_server:
            commands.add_parser(name)
    for name in with_a_server:
        command = commands.add_parser(name)
        command.add_argument("--server", choices=SERVERS, default=SERVERS[0])
        if name == "simulator":
            command.add_argument("--port", default="8080")
    for name in ("unit", "integration", "sanity"):
        command = commands.choices[name]
        command.add_argument("--core", choices=[core.version for core in CORES], help="a release of ansible-core")
        command.add_argument("--python", help="the Python that it runs on, such as 3.12")
    arguments, rest = parser.parse_known_args()
    if rest and arguments.command not in taking_arguments:
        parser.error(f"unknown arguments: {' '.join(rest)}")
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]

    newest = for_tests(chosen_core(getattr(arguments, "core", None), getattr(arguments, "python", None)))(None)
    match arguments.command:
        case "test":
            run_steps(all_steps())
        case "lint":
            run_steps(lint_steps())
        case "docs-lint":
            run_alone(for_lint(), docs_lint)
        case "package":
            run_alone(for_lint(), package)
        case "contract":
            run_alone(newest, partial(contract, arguments=rest))
        case "unit":
            run_alone(newest, partial(unit, arguments=rest))
        case "fleet":
            run_alone(newest, partial(fleet, arguments=rest))
        case "awx":
            run_alone(for_awx(), partial(awx, arguments=rest))
        case "pages":
            run_alone(for_pages(), partial(pages, arguments=rest))
        case "docs":
            run_alone(for_pages(), docs)
        case "docs-examples":
            run_alone(newest, partial(docs_examples, arguments=rest))
        case "sanity":
            run_alone(newest, partial(sanity, arguments=rest))
        case "integration":
            run_alone(newest, partial(integration, server=arguments.server, arguments=rest))
        case "bench":
            run_alone(newest, partial(bench, server=arguments.server, arguments=rest))
        case "demo":
            words = ["-m", "tests.demo.demo", "--server", arguments.server]
            run_alone(newest, lambda tools: tools.run_in_tree("python", *words))
        case "simulator":
            words = ["-m", "tests.simulator", "--server", arguments.server, "--port", arguments.port]
            run_alone(newest, lambda tools: tools.run("python", *words))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
