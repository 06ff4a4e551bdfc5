"""What the site makes of the documents, which are written for GitHub: mkdocs calls these functions."""

import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")
FENCE = re.compile(r"(?:<!-- (?P<above>[^\n]+) -->\n)?^```(?P<language>\w+)(?: (?P<beside>[^\n]+))?$", re.MULTILINE)


def on_files(files, config):
    """Take the README for the first page."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    files.append(File.generated(config, "index.md", content=LINK.sub(lambda link: _from_root(link[1]), text)))
    return files


def _from_root(target):
    return "](" + (target.removeprefix("docs/") if target.startswith("docs/") else f"../{target}")


def on_page_markdown(markdown, page, config, files):
    """Lead links out of docs/ to the first page or to the repository, and name the file that a block is."""
    markdown = LINK.sub(lambda link: _inside(link[1], config["repo_url"]), markdown)
    return FENCE.sub(_titled, markdown)


def _inside(target, repository):
    if not target.startswith("../"):
        return f"]({target}"
    outside = target.removeprefix("../")
    return "](index.md" if outside == "README.md" else f"]({repository}/blob/main/{outside}"


def _titled(fence):
    name = fence["beside"] or fence["above"] or ""
    is_file = "." in name and " " not in name
    return f"```{fence['language']}" + (f' title="{name}"' if is_file else "")
