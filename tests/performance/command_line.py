"""How long the command line takes before it does anything: `redraft --help` against `python -c pass`, in one run.

python tests/performance/command_line.py [RUNS]
"""

import statistics
import subprocess
import sys
import time


def seconds(command: list[str], runs: int) -> list[float]:
    """Wall time of each run, after one that does not count."""
    taken: list[float] = []
    for nth in range(runs + 1):
        began = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if nth:
            taken.append(time.perf_counter() - began)
    return taken


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    nothing = seconds([sys.executable, "-c", "pass"], runs)
    command = seconds([sys.executable, "-c", "from redraft.app.cli.main import main; main(['--help'])"], runs)
    a, b = statistics.median(nothing), statistics.median(command)
    print(f"python -c pass    {1000 * a:6.1f} ms median of {runs}")
    print(f"redraft --help    {1000 * b:6.1f} ms   {b / a:.2f} times as long (target: at most 3)")


if __name__ == "__main__":
    main()
