"""What is in the wheel, what starts quickly, and what must never be committed."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOPS = ("assistant", "tools", "prompts")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def package_folders() -> list[Path]:
    """Every folder of the source tree that is a package."""
    return sorted(p.parent for top in TOPS for p in (ROOT / top).rglob("__init__.py"))


def module_name(path: Path) -> str:
    return ".".join(("segue", *path.relative_to(ROOT).with_suffix("").parts))


def test_every_package_folder_is_listed() -> None:
    """An unlisted one works from the source tree and is missing from the wheel."""
    listed = PROJECT["tool"]["setuptools"]["packages"]
    assert sorted(listed) == [module_name(folder) for folder in package_folders()]


def test_every_folder_with_modules_is_a_package() -> None:
    folders = {p.parent for top in TOPS for p in (ROOT / top).rglob("*.py")}
    assert sorted(folders) == package_folders()


def test_every_module_is_installed() -> None:
    modules = [module_name(p) for top in TOPS for p in (ROOT / top).rglob("*.py") if p.name != "__init__.py"]
    assert [m for m in modules if importlib.util.find_spec(m) is None] == []


def test_every_data_file_is_installed() -> None:
    for top in TOPS:
        for path in (ROOT / top).rglob("*"):
            if not path.is_file() or path.suffix in (".py", ".pyc"):
                continue
            spec = importlib.util.find_spec(module_name(path.parent))
            assert spec is not None and spec.submodule_search_locations, path
            folder = Path(next(iter(spec.submodule_search_locations)))
            assert (folder / path.name).is_file(), f"{path.relative_to(ROOT)} is not in package-data"


def test_nothing_lands_outside_segue() -> None:
    for bare in ("assistant", "prompts"):
        for folder in map(Path, sys.path):
            assert not (folder.name == "site-packages" and (folder / bare).exists())


SLOW = ("pandas", "numpy", "sklearn", "scipy", "langchain", "langchain_core", "matplotlib", "ibis", "duckdb", "pyarrow", "rich")


@pytest.mark.parametrize("arguments", [["--help"]])
def test_help_imports_nothing_slow(arguments: list[str]) -> None:
    code = (
        "import sys; from segue.assistant.cli.main import app\n"
        f"try: app({arguments!r}, prog_name='segue')\n"
        "except SystemExit as e: assert not e.code, e.code\n"
        f"print('IMPORTED', sorted(set({SLOW!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "IMPORTED []"


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: no list of committed files")
    return [ROOT / name for name in listed.stdout.split("\0") if name]


# Spelt so that this file doesn't name them.
HOSTS = "|".join(("py" + r"pi\.o[r]g", "python" + "hosted", r"registry\.n" + "pm", "deb" + r"\.debian"))
PLACES = r"(^|[^A-Za-z0-9_.])/(work|farm|root)/[A-Za-z.]"


@pytest.mark.parametrize("pattern", [HOSTS, PLACES])
def test_no_registry_and_no_machine_path_is_committed(pattern: str) -> None:
    found = []
    for path in committed():
        if path.suffix in (".csv", ".parquet", ".xlsx", ".jsonl", ".txt") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {m.group()}" for m in re.finditer(pattern, text, re.MULTILINE)]
    assert found == []


def test_every_dependency_has_a_floor_and_is_locked_with_hashes() -> None:
    wanted = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for requirement in wanted:
        name = re.split(r"[\[><=]", requirement)[0]
        assert ">=" in requirement, requirement
        assert re.search(rf"(?m)^{name}==\S+.*\\\n +--hash=sha256:", lock), f"{name} is not in the lock"
    assert "http" not in re.sub(r"(?m)^ *#.*$|httpx\S*|httpcore\S*", "", lock)
