"""Each import contract is seen to fail: an offending import is planted in a copy of the source."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in OPTIONS["contracts"]}

# contract -> a file, and the line that breaks the contract there
PLANTS = {
    "stages": [
        ("privacy/classes.py", "import helpline.schedule"),
        ("privacy/classes.py", "import cases.models"),
        ("intake/models/__init__.py", "import cases.models"),
        ("takedowns/models.py", "import referrals.models"),
        ("referrals/models.py", "import takedowns.models"),
    ],
    "practice-alone": [("practice/personas.py", "import intake.models")],
    "no-practice": [("helpline/schedule.py", "import practice.personas")],
    "twilio": [("cases/models.py", "import twilio.rest")],
    "guardian": [("cases/models.py", "import guardian.shortcuts")],
    "cryptography": [("privacy/fields.py", "import cryptography.fernet")],
    "recovery": [("privacy/crypto.py", "import pyrage")],
    "channels-apart": [("intake/channels/email.py", "import intake.channels.phone")],
    "connectors-apart": [("takedowns/connectors/iwf.py", "import takedowns.connectors.form")],
}


def models_of(stage: str) -> str:
    """The file that a stage's models begin in."""
    package = f"{stage}/models/__init__.py"
    return package if (ROOT / package).exists() else f"{stage}/models.py"


PLANTS |= {
    name: [
        (models_of(contract["containers"][0]), None),  # the highest layer, imported by models
        (f"{contract['containers'][0]}/utils.py", "WORDS = 1"),
    ]
    for name, contract in CONTRACTS.items()
    if contract.get("exhaustive")
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source as it is, where it may be spoiled."""
    target = tmp_path_factory.mktemp("source")
    shutil.copy(ROOT / "pyproject.toml", target)
    for package in OPTIONS["root_packages"]:
        shutil.copytree(
            ROOT / package, target / package, ignore=shutil.ignore_patterns("__pycache__", "*.json")
        )
    return target


def lint(source: Path, contract: str) -> subprocess.CompletedProcess[str]:
    """Check one contract over a copy."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-logo", "--contract", contract],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def highest(contract: str, source: Path) -> str:
    """An import of a module of the uppermost layer that exists."""
    stage = CONTRACTS[contract]["containers"][0]
    for layer in CONTRACTS[contract]["layers"]:
        for name in layer.replace("(", "").replace(")", "").split("|"):
            module = source / stage / name.strip()
            if name.strip() != "models" and (module.is_dir() or module.with_suffix(".py").exists()):
                return f"import {stage}.{name.strip()}"
    raise AssertionError(f"{contract} has one layer only")


def test_every_contract_has_something_planted_against_it() -> None:
    assert PLANTS.keys() == CONTRACTS.keys()


@pytest.mark.parametrize(
    ("contract", "path", "line"),
    [(name, path, line) for name, plants in PLANTS.items() for path, line in plants],
)
def test_a_planted_import_breaks_its_contract(
    copy: Path, contract: str, path: str, line: str | None
) -> None:
    file = copy / path
    before = file.read_text() if file.exists() else None
    file.write_text(f"{before or ''}\n{line or highest(contract, copy)}\n")
    try:
        done = lint(copy, contract)
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


@pytest.mark.parametrize("contract", ["practice-alone", "inside-privacy"])
def test_the_copy_itself_is_sound(copy: Path, contract: str) -> None:
    assert "KEPT" in lint(copy, contract).stdout
