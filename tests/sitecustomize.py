# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps the bytecode of what is imported from zip files, as Python does for all other files.

Ansible sends each module as a zip of a hundred files, and zipimport compiles each of them twice, at every start. That
is a third of what a start takes. run.py puts this into the virtualenvs.
"""

import contextlib
import marshal
import os
import sys
import zipimport
from _imp import _fix_co_filename, source_hash

FOLDER = os.path.join(sys.prefix, "zip-bytecode")
compile_source = zipimport._compile_source


def kept(path, source):
    """What zipimport compiles from the `source` of a file of a zip; the same source gives the same."""
    name = f"{source_hash(len(source), source).hex()}.{sys.implementation.cache_tag}"
    try:
        with open(os.path.join(FOLDER, name), "rb") as file:
            code = marshal.loads(file.read())
    except (OSError, ValueError, EOFError, TypeError):
        code = compile_source(path, source)
        with contextlib.suppress(OSError):
            os.makedirs(FOLDER, exist_ok=True)
            own = os.path.join(FOLDER, f"{name}.{os.getpid()}")
            with open(own, "wb") as file:
                file.write(marshal.dumps(code))
            os.replace(own, os.path.join(FOLDER, name))
    else:
        _fix_co_filename(code, path)
    return code


zipimport._compile_source = kept
