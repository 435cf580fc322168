# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is imported from a zip is what its source says, whether it was compiled now or before."""

from __future__ import annotations

import runpy
import sys
import zipfile
import zipimport
from pathlib import Path
from types import CodeType

import pytest

SOURCE = "def fail():\n    raise ValueError(__name__)\n"


def load(zipped: Path, source: str) -> CodeType:
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("part.py", source)
    code: CodeType = zipimport.zipimporter(str(zipped)).get_code("part")
    return code


def test_a_zip_is_compiled_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    compiled = []

    def compile_source(path: str, source: bytes) -> CodeType:
        compiled.append(path)
        return compile(source, path, "exec", dont_inherit=True)

    monkeypatch.setattr(zipimport, "_compile_source", compile_source)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    runpy.run_path(str(Path(__file__).parents[1] / "sitecustomize.py"))
    for name, source, times in (
        ("first", SOURCE, 1),
        ("other", SOURCE, 1),
        ("third", SOURCE.replace("Value", "Index"), 2),
        ("again", SOURCE, 2),
    ):
        zipped = tmp_path / f"{name}.zip"
        code = load(zipped, source)
        assert len(compiled) == times
        # All of it, the lines and the names of the files in a traceback too.
        path = str(zipped / "part.py")
        assert code == compile(source, path, "exec", dont_inherit=True)
        [fail] = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        assert (code.co_filename, fail.co_filename) == (path, path)

    # What a full disk or a killed process has left is no bytecode.
    for file in (tmp_path / "zip-bytecode").iterdir():
        file.write_bytes(file.read_bytes()[:-9])
    assert load(tmp_path / "last.zip", SOURCE).co_names == load(tmp_path / "first.zip", SOURCE).co_names
    assert len(compiled) == 3
