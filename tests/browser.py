"""What tests of pages share: a real browser, and scripts that run in the page and tell what it shows."""

import json
import os
import re
import shutil
import subprocess

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# How light a node's ground is, and how far its text stands out from it as WCAG counts it.
LIGHT = """
const rgb = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
const light = color => rgb(color).map(part => part / 255)
  .map(part => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
  .reduce((sum, part, at) => sum + part * [.2126, .7152, .0722][at], 0);
const ground = node => { for (; node; node = node.parentElement) {
  const color = getComputedStyle(node).backgroundColor; if (!/, 0\\)$/.test(color)) return color; } };
const contrast = node => {
  const pair = [light(getComputedStyle(node).color), light(ground(node))].sort((a, b) => b - a);
  return (pair[0] + .05) / (pair[1] + .05); };
"""


def require():
    """Skip where there is no browser; fail if ENVFENCE_BROWSER=required."""
    if not CHROMIUM:
        missing = pytest.fail if os.environ.get("ENVFENCE_BROWSER") == "required" else pytest.skip
        missing("no chromium here: apt-get install chromium")


def told(page, script, folder, scheme, width=1200):
    """Return the JSON that a script leaves as the body of a page, shown in a colour scheme and a width."""
    file = folder / "page.html"
    file.write_text(page.replace("</body>", f"<script>{LIGHT}{script}</script></body>"), encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / scheme}"]
    flags += [f"--window-size={width},800", f"--blink-settings=preferredColorScheme={int(scheme == 'light')}"]
    out = subprocess.run(
        [CHROMIUM, *flags, "--dump-dom", file.as_uri()], capture_output=True, encoding="utf-8", check=True, timeout=60
    ).stdout
    return json.loads(re.search(r"<body>(\{.*\})", out)[1].replace("&lt;", "<").replace("&gt;", ">"))
