"""VS Code as a web server (code-server), with the packed extension, and a browser to look at it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tests.editors.npm import ROOT, bin_folder, environment, extension_folder, run

HERE = Path(__file__).with_name("vscode")


@cache
def modules() -> Path:
    """A folder whose node_modules has code-server and playwright-core; ARCHLANG_CODE_SERVER may name one that is there."""
    given = os.environ.get("ARCHLANG_CODE_SERVER")
    if given:
        return Path(given)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--omit=dev")
    inner = HERE / "node_modules" / "code-server" / "lib" / "vscode"
    # Its own script would build native parts, which need headers that are not to be had everywhere; it works without.
    if not inner.is_dir():
        run("npm", "install", *quiet, folder=HERE, timeout=600)
    if not (inner / "node_modules").is_dir():
        run("npm", "install", *quiet, folder=inner, timeout=600)
    return HERE


@cache
def chromium() -> str:
    """The browser's path."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    raise AssertionError(
        "this test needs Chromium: apt-get install chromium; or deselect it with -m 'not editors'"
    )


@cache
def packed() -> Path:
    """The extension, packed as its README says."""
    folder = extension_folder()
    run("npm", "run", "--silent", "package", folder=folder)
    return folder / "archlang.vsix"


@contextmanager
def code_server(home: Path, settings: dict[str, Any]) -> Iterator[str]:
    """The address of a running VS Code that has the extension."""
    node, entry = (
        str(bin_folder() / "node"),
        modules() / "node_modules/code-server/out/node/entry.js",
    )
    user, extensions = home / "ud", home / "ext"
    (user / "User").mkdir(parents=True)
    defaults = {
        "security.workspace.trust.enabled": False,
        "workbench.startupEditor": "none",
        "telemetry.telemetryLevel": "off",
        "files.autoSave": "off",
        "editor.accessibilitySupport": "off",
        "chat.commandCenter.enabled": False,
        "workbench.secondarySideBar.defaultVisibility": "hidden",
    }
    (user / "User" / "settings.json").write_text(json.dumps({**defaults, **settings}), "utf-8")
    # A setting of the machine: those of the user do not reach a server that runs elsewhere than the window.
    (user / "Machine").mkdir()
    (user / "Machine" / "settings.json").write_text(
        json.dumps({"archlang.server.path": sys.executable}), "utf-8"
    )
    env = {**environment(), "HOME": str(home)}
    # No `archc` on PATH: the server is the one that the settings name.
    env["PATH"] = os.pathsep.join(
        folder for folder in env["PATH"].split(os.pathsep) if not (Path(folder) / "archc").is_file()
    )
    common = [node, str(entry), "--user-data-dir", str(user), "--extensions-dir", str(extensions)]
    subprocess.run(
        [*common, "--install-extension", str(packed())],
        env=env,
        check=True,
        capture_output=True,
        timeout=120,
    )
    port = free_port()
    options = ["--auth", "none", "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust",
               "--disable-getting-started-override"]  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    with (home / "code-server.log").open("wb") as log:
        server = subprocess.Popen(
            [*common, "--bind-addr", f"127.0.0.1:{port}", *options],
            env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        wait_for(f"{address}/healthz", server)
        yield address
    finally:
        os.killpg(server.pid, 15)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, 9)


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server that was started answers."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert server.poll() is None, f"the server of {address} ended"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {address} within a minute")


__all__ = ["HERE", "ROOT", "chromium", "code_server", "free_port", "modules", "packed", "wait_for"]
