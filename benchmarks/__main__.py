"""`make bench`: the budgets beside what was measured. BENCH="--lines 1000000" chooses sizes; the default is 1 M and 10 M lines."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks import init_bench, query_bench, session_bench, startup
from benchmarks.report import show

SIZES = (1_000_000, 10_000_000)


def main() -> int:
    """Measures and prints one table; 1 where a budget is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=SIZES, help="order lines of the made-up data")
    parser.add_argument("--keep", type=Path, help="a folder to make the workspaces in, and to leave them in")
    chosen = parser.parse_args()
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="segue-bench-"))
    figures = []
    try:
        for lines in chosen.lines:
            workspace, made = init_bench.make(folder, lines)
            if not figures:
                figures += startup.measure(workspace)
            figures += [*made, *query_bench.measure(workspace, lines), *session_bench.measure(workspace, lines)]
    finally:
        if chosen.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    show(figures)
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
