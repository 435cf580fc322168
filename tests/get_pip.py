# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for the get-pip script of ansible-test where that cannot be fetched; see provide_pip in run.py."""

import subprocess
import sys

if __name__ == "__main__":
    # ensurepip changes what this process could import: it has to be a process of its own
    subprocess.check_call([sys.executable, "-m", "ensurepip"])
    packages = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
    sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *packages]))
