"""A scratch copy of the source with servers and databases of its own, in which breaks are tried."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.mutants.catalogue import ROOT, Mutant

DATABASES: Final = ("test_amaan", "test_amaan_keys")
LONGEST: Final = 240  # seconds that the tests of one break may take
MOMENTS: Final = 20  # seconds that a database is waited for
_WARM: Final = "tests/privacy/test_access.py::test_with_nobody_acting_every_case_table_is_empty"
# Where a break can change the tables themselves: its tests make their databases anew.
_TABLES: Final = ("/migrations/", "privacy/wall", "/models")

_GIT, _TAR = shutil.which("git") or "git", shutil.which("tar") or "tar"
_DROP: Final = sql.SQL("DROP DATABASE IF EXISTS {0} WITH (FORCE)")
_DROP_COPY: Final = sql.SQL("DROP DATABASE IF EXISTS {1} WITH (FORCE)")
_KEEP: Final = sql.SQL("ALTER DATABASE {0} RENAME TO {1}")
_COPY: Final = sql.SQL("CREATE DATABASE {0} TEMPLATE {1}")


class Lane:
    """One place to try breaks in, one after the other."""

    def __init__(self, folder: Path, *, committed: bool) -> None:
        self.tree, self.home = folder / "tree", folder / "home"
        self._env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DATABASE_", "AMAAN_", "PYTEST_"))
        } | {"AMAAN_HOME": str(self.home), "PRACTICE": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        self._copy(committed=committed)

    def _copy(self, *, committed: bool) -> None:
        """The source as it stands, or as it was last committed; packages are shared."""
        shutil.rmtree(self.tree, ignore_errors=True)
        self.tree.mkdir(parents=True)
        self.home.parent.chmod(0o711)
        if committed:
            packed = subprocess.run(
                [_GIT, "archive", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE, check=True
            )
            subprocess.run([_TAR, "-x"], cwd=self.tree, input=packed.stdout, check=True)
        else:
            for name in _files():
                target = self.tree / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target)
        for shared in (".venv", "node_modules"):
            if (ROOT / shared).exists():
                (self.tree / shared).symlink_to(ROOT / shared)

    def warm(self) -> None:
        """Start the servers and make the databases once, to be copied for each break."""
        self._env |= self._servers()
        ended = self.run([_WARM], fresh=True)
        if set(ended.values()) != {"passed"}:
            raise RuntimeError("the tests do not even start here: run script/test first")
        self._owner_does(_DROP_COPY, _KEEP)

    def _servers(self) -> dict[str, str]:
        program = "import json; from helpline import embedded; print(json.dumps(embedded.ensure()))"
        told = subprocess.run(
            [sys.executable, "-c", program],
            cwd=self.tree,
            env=self._env,
            stdout=subprocess.PIPE,
            check=True,
        )
        found: dict[str, str] = json.loads(told.stdout.splitlines()[-1])
        return found

    def stop(self) -> None:
        """Stop the servers; what they hold stays for the next time."""
        subprocess.run(
            [sys.executable, "-m", "helpline.embedded", "stop"],
            cwd=self.tree,
            env=self._env,
            check=False,
        )

    def try_out(self, one: Mutant) -> str:
        """`killed`, or why not: survived, error (nothing was judged), skipped, timeout."""
        path = self.tree / one.file
        before = path.read_text()
        if before.count(one.old) != 1:
            return "error"
        path.write_text(before.replace(one.old, one.new))
        try:
            ended = set(self.run(one.tests, fresh=_changes_tables(one)).values())
        except subprocess.TimeoutExpired:
            return "timeout"
        finally:
            path.write_text(before)
        return _verdict(ended)

    def run(
        self, tests: Iterable[str], *, fresh: bool = False, longest: int | None = LONGEST
    ) -> dict[str, str]:
        """How each of these tests ends, on databases as new. Raises TimeoutExpired (seconds)."""
        self._owner_does(_DROP, *([] if fresh else [_COPY]))
        outcomes = self.tree.parent / "outcomes.json"
        outcomes.unlink(missing_ok=True)
        plain = ["-p", "tests.mutants.outcomes", "-p", "no:cacheprovider", "-q", "--tb=no"]
        databases = ["--reuse-db", *(["--create-db"] if fresh else [])]
        self._env["MUTANTS_OUTCOMES"] = str(outcomes)
        self._pytest([*plain, *databases, *tests], longest)
        return json.loads(outcomes.read_text()) if outcomes.exists() else {}

    def _pytest(self, arguments: list[str], longest: int | None) -> None:
        with subprocess.Popen(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=self.tree,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as running:
            try:
                running.wait(longest)
            except BaseException:  # interrupted by hand too: nothing of it stays behind
                os.killpg(running.pid, signal.SIGKILL)
                raise

    def _owner_does(self, *statements: sql.SQL) -> None:
        """Do this with each of the tests' databases; the second name is its untouched copy's."""
        url = urlsplit(self._env["DATABASE_OWNER_URL"])
        with psycopg.connect(
            host=url.hostname,
            port=url.port,
            user=url.username,
            password=url.password,
            dbname=url.path[1:],
            autocommit=True,
        ) as owner:
            for name in DATABASES:
                names = sql.Identifier(name), sql.Identifier(f"{name}_untouched")
                for statement in statements:
                    _when_alone(owner, statement.format(*names))


def _when_alone(owner: psycopg.Connection, statement: sql.Composed) -> None:
    """Do it; PostgreSQL's own cleaning, which nobody may end, leaves a database in a moment."""
    for _ in range(MOMENTS):
        try:
            owner.execute(statement)
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            time.sleep(1)
        else:
            return
    owner.execute(statement)


def _files() -> list[str]:
    """Every file of the source, those not yet committed too."""
    told = subprocess.run(
        [_GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    names = told.stdout.decode().split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def _changes_tables(one: Mutant) -> bool:
    return any(part in f"/{one.file}" for part in _TABLES)


def _verdict(ended: set[str]) -> str:
    """A test that failed by itself noticed; one that never ran, or broke on the way, did not."""
    if "failed" in ended:
        return "killed"
    for word in ("error", "skipped", "passed"):
        if word in ended:
            return "survived" if word == "passed" else word
    return "error"
