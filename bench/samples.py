"""The files that are checked: ordinary modules and a compose file of a few kilobytes, with and without findings."""

import subprocess
from pathlib import Path

_FUNCTION = '''
def moving_average_{n}(prices: list[Decimal], window: int = {window}) -> list[Decimal]:
    """Return the averages of each {n} prices, oldest first."""
    if window < 1 or window > len(prices):
        raise ValueError("the window does not fit the prices")
    total = sum(prices[:window], Decimal())
    averages = [total / window]
    for old, new in zip(prices, prices[window:]):
        total += new - old
        averages.append(total / window)
    log.debug("averages", extra={{"count": len(averages), "window": window}})
    return averages

'''
_HEAD = (
    '"""Averages of prices."""\n\nimport logging\nfrom decimal import Decimal\n\nlog = logging.getLogger(__name__)\n\n'
)
_FAULTS = (
    'DATABASE_URL = "postgresql://trader:fake-pw-{n}@192.168.219.{octet}:5435/stocktrading"\n'
    'REDIS_PASSWORD = "fake-redis-{n}"\n'
)
_SERVICE = """\
  worker-{n}:
    image: registry.example.com/stock/worker:{n}
    command: ["celery", "--app", "app.worker", "worker", "--queues", "prices-{n}"]
    environment:
      DB_HOST: ${{DB_HOST:?}}
      DB_PASSWORD: ${{DB_PASSWORD:?}}
      LOG_LEVEL: info
    depends_on:
      timescaledb: {{condition: service_healthy}}
    restart: unless-stopped
"""


def module(size: int, *, faults: bool = False, number: int = 0) -> str:
    """Return a Python module of about ``size`` bytes."""
    text = _HEAD + (_FAULTS.format(n=number, octet=number % 250 + 2) if faults else "")
    while len(text) < size:
        number += 1
        text += _FUNCTION.format(n=number, window=number % 40 + 2)
    return text


def compose(size: int, number: int = 0) -> str:
    """Return a compose file of about ``size`` bytes, without a finding."""
    text = "services:\n"
    while len(text) < size:
        number += 1
        text += _SERVICE.format(n=number)
    return text


def repository(folder: Path, files: dict[str, str]) -> Path:
    """Make a git repository of ``files``, all staged."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    for key, value in (("user.name", "bench"), ("user.email", "bench@example.com"), ("commit.gpgsign", "false")):
        git(folder, "config", key, value)
    for name, text in ({".gitignore": ".env*\n!.env.example\n"} | files).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    git(folder, "add", "--all")
    return folder


def git(folder: Path, *arguments: str) -> None:
    """Run git in ``folder``."""
    subprocess.run(("git", *arguments), cwd=folder, check=True, capture_output=True)
