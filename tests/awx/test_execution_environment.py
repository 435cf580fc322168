# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The execution environment: what ansible-builder makes of it, short of an image."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.awx.conftest import ROOT

FILE = "execution-environment.yml"


def run(*words: str, cwd: Path) -> str:
    # In an image there is no other collection.
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(cwd), "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false"}
    ended = subprocess.run(
        words, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where somebody has done what the head of the file says."""
    folder = tmp_path_factory.mktemp("environment")
    run("ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(folder), cwd=folder)
    shutil.copy(ROOT / FILE, folder)
    run("ansible-builder", "create", cwd=folder)
    return folder


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_context_has_the_collection(folder: Path) -> None:
    """At the place that the requirements name, and of the version that galaxy.yml says."""
    build = folder / "context/_build"
    [collection] = read(build / "requirements.yml")["collections"]
    assert collection["name"].endswith(f"telephony-xivo-{read(ROOT / 'galaxy.yml')['version']}.tar.gz")
    assert (build / collection["name"]).is_file()
    # As the Dockerfile does it, in the folder _build.
    into = folder / "installed"
    run("ansible-galaxy", "collection", "install", "-r", "requirements.yml", "-p", str(into), cwd=build)
    assert (into / "ansible_collections/telephony/xivo/playbooks/department.yml").is_file()
    # What the builder then asks of the collections: the Python libraries and the system packages.
    words = ("ansible-builder", "introspect", "--write-pip=pip.txt", "--write-bindep=bindep.txt", str(into))
    run(*words, cwd=folder)
    assert (folder / "pip.txt").read_text().startswith("requests>=2.25,<3")
    assert not (folder / "bindep.txt").exists()


def test_the_image_has_what_awx_needs(folder: Path) -> None:
    [recipe] = [path for path in (folder / "context").iterdir() if path.name in ("Dockerfile", "Containerfile")]
    text = recipe.read_text()
    assert 'EE_BASE_IMAGE="fedora:43"' in text
    assert "ansible-core>=2.16,<2.22 ansible-runner>=2.4,<3" in text
    assert "$PKGMGR install $PYPKG -y" in text
    assert "ansible-galaxy collection install" in text
    assert 'ENTRYPOINT ["/opt/builder/bin/entrypoint", "dumb-init"]' in text


def test_ansible_core_is_one_that_is_supported() -> None:
    wanted = read(ROOT / FILE)["dependencies"]["ansible_core"]["package_pip"]
    oldest = read(ROOT / "meta/runtime.yml")["requires_ansible"]
    assert wanted.startswith(f"ansible-core{oldest.removesuffix('.0')},")
