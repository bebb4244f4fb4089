"""Runs localstripe (GPL, a program of its own) on the loopback, in memory: `localstripe.py PORT`.

Its own command would listen on every interface and keep what it holds in a file.
"""

import sys

# This file has the same name: Python must not find it instead.
sys.path.pop(0)

from aiohttp import web  # noqa: E402
from localstripe.resources import store  # noqa: E402
from localstripe.server import app  # noqa: E402

type(store).dump_to_disk = lambda self: None
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
