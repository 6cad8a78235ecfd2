"""Goal: ``keystead --help`` answers within 0.4 s. Rival: importing click and nothing else."""

from __future__ import annotations

import subprocess
import sys
import time

LIMIT_SECONDS = 0.4
RUNS = 9


def best_of(*command: str) -> float:
    """Return the shortest wall time of a command; what else the machine does only adds to it."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> int:
    ours = best_of(sys.executable, "-m", "keystead.doors.cli.main", "--help")
    rival = best_of(sys.executable, "-c", "import click")
    good = ours <= LIMIT_SECONDS
    print(
        f"keystead --help: {ours:.3f} s (limit {LIMIT_SECONDS:.1f} s), "
        f"{ours / rival:.1f} x `import click` ({rival:.3f} s): {'ok' if good else 'TOO SLOW'}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
