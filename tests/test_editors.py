"""What docs/editors.md tells editors to read, held against what envfence prints."""

import json
import re
import shlex
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest

from .documents import ROOT, blocks_of, run, write_private

FILES = {above: text for above, _, text in blocks_of("docs/editors.md")}
TASKS = {task["label"]: task for task in json.loads(FILES[".vscode/tasks.json"])["tasks"]}
FAULTS = 'REDIS_HOST = "192.168.219.104"\nADMIN_USER = "kimtrader"\n'
CONTRACT = {".env.example": "DB_HOST=<DB_HOST>\nDB_PORT=<port>\n", ".env.production": "DB_HOST=localhost\nX=1\n"}


@pytest.fixture
def project(repo, write):
    """Return a repository with faults in two files, and one line that looks like a finding and is none."""
    looks = 'PLACE = "a.py:1:2: hardcoded-host no"\n'
    write({".gitignore": ".env*\n!.env.example\n*.sarif\n", "app.py": looks + FAULTS, "sub dir/더.py": FAULTS})
    return repo


def problems(task, text):
    """Return what a task's matcher finds in an output, as Visual Studio Code does: line by line, by number of group."""
    matcher = task["problemMatcher"]
    pattern = dict(matcher["pattern"])
    regexp = re.compile(pattern.pop("regexp"), re.ASCII)
    found = [
        {field: match[group] for field, group in pattern.items()}
        for line in text.splitlines()
        if (match := regexp.search(line))
    ]
    return [{**problem, "severity": problem["severity"] or matcher["severity"]} for problem in found]


def reported(folder, *arguments):
    """Return what the same check says to a program, in the words of a matcher."""
    run(shlex.join(("envfence", *arguments, "--output-format", "json")) + " > rows.json", folder)
    rows = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    return [
        {
            "file": row["path"], "line": str(row["line"]), "column": str(row["column"]) if row["column"] else None,
            "code": row["rule"], "message": row["message"], "severity": row["severity"],
        }
        for row in rows
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "file", "lines"),
    (
        pytest.param("envfence: this file", "sub dir/더.py", ["1", "2"], id="this file"),
        pytest.param("envfence: everything", "", ["2", "3", "1", "2"], id="everything"),
    ),
)
def test_a_task_finds_what_is_reported(label, file, lines, project):
    task = TASKS[label]
    arguments = [argument.replace("${relativeFile}", file) for argument in task["args"]]
    found = problems(task, run(shlex.join((task["command"], *arguments)), project))
    assert [problem["line"] for problem in found] == lines
    assert found == reported(project, *arguments)
    assert all((project / problem["file"]).is_file() for problem in found)


def test_a_task_reads_findings_on_env_files(project):
    write_private(project, CONTRACT)
    found = problems(TASKS["envfence: everything"], run("envfence env check --compose port", project))
    assert {(problem["file"], problem["code"]) for problem in found} >= {
        (".env.production", "points-at-development"),
        (".env.production", "extra-key"),
    }
    assert len(found) == len(reported(project, "env", "check", "--compose", "port"))


def test_paths_in_sarif_lead_to_files_from_where_it_is_written(project):
    assert run("envfence check --output-format sarif > report.sarif", project) == "found 2 errors, 2 warnings\n"
    (report,) = json.loads((project / "report.sarif").read_text(encoding="utf-8"))["runs"]
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in report["results"]]
    assert [unquote(place) for place in places] == ["app.py", "app.py", "sub dir/더.py", "sub dir/더.py"]
    assert all(place.isascii() for place in places)


def test_vim_fills_its_list_of_errors(project):
    vim = shutil.which("vim") or pytest.skip("vim is not installed")
    program = (
        FILES[".exrc"],
        "silent make!",
        "call writefile(map(getqflist(), {_, each -> bufname(each.bufnr) . ':' . each.lnum . ':' . each.col}), 'list')",
        "qall!",
    )
    (project / "commands.vim").write_text("\n".join(program), encoding="utf-8")
    run(f"{shlex.quote(vim)} -es -u NONE -S commands.vim", project)
    listed = (project / "list").read_text(encoding="utf-8").splitlines()
    assert listed == ["app.py:2:14", "app.py:3:14", "sub dir/더.py:1:14", "sub dir/더.py:2:14"]


def test_the_folder_of_the_rules_is_printed(tmp_path):
    (tmp_path / "where.py").write_text(FILES["where.py"], encoding="utf-8")
    folder = Path(run("python where.py", tmp_path).strip().replace("~/envfence", str(ROOT)))
    assert (folder / "flow-host-in-python.yaml").is_file()
