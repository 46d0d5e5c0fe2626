"""A small shop, made once, and the command run: as a process of its own, or (quicker) in this one."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SEGUE = str(Path(sys.executable).with_name("segue"))
Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]

CUSTOMERS = "customer_id,name,country,left\n" + "".join(
    f"{n},Name {n},{('France', 'Ireland', 'Spain')[n % 3]},{'Yes' if n % 4 == 0 else 'No'}\n" for n in range(1, 61)
)
ORDERS = "order_id,customer_id,ordered_on,channel,amount\n" + "".join(
    f"{1000 + n},{n % 60 + 1},2025-{n % 12 + 1:02d}-{n % 28 + 1:02d},{('Web', 'Store')[n % 2]},{n % 50 + 10}.50\n" for n in range(300)
)


def segue(*arguments: str, cwd: Path | None = None, **options: Any) -> Done:
    """Runs the command in a process of its own, and waits."""
    return subprocess.run([SEGUE, *arguments], cwd=cwd, capture_output=True, text=True, timeout=120, **options)


@pytest.fixture(scope="session")
def made_shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """The folder that holds the sources and the workspace `shop`, and how `init` ended."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "files").mkdir()
    (folder / "files" / "customers.csv").write_text(CUSTOMERS)
    (folder / "files" / "orders.csv").write_text(ORDERS)
    return folder, segue("init", "--workspace", "shop", "files", cwd=folder)


@pytest.fixture
def shop(made_shop: tuple[Path, Done], tmp_path: Path) -> Path:
    """A folder with a workspace `shop` and its sources in `files`, the test's own to change."""
    folder = tmp_path / "own"
    shutil.copytree(made_shop[0], folder)
    sources = folder / "shop" / ".segue" / "sources.json"
    sources.write_text(sources.read_text().replace(str(made_shop[0].resolve()), str(folder.resolve())))
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process: run("ask", "...", cwd=folder, input="...")."""

    def run_here(*arguments: str, cwd: Path, input: str = "") -> Done:
        from segue.assistant.cli.main import main

        with monkeypatch.context() as here:
            here.chdir(cwd)
            here.setattr(sys, "argv", ["segue", *arguments])
            here.setattr(sys, "stdin", io.StringIO(input))
            here.setattr(sys, "excepthook", sys.excepthook)
            with pytest.raises(SystemExit) as ended:
                main()
        shown = capsys.readouterr()
        return Done(arguments, int(ended.value.code or 0), shown.out, shown.err)

    return run_here
