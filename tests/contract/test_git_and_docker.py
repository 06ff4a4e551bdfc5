"""What git and docker do with env files, and what --fix changes."""

import os
import stat

import pytest

from envfence.contract.cli import main
from envfence.contract.command import checked
from envfence.contract.exposure.dockerignore import is_excluded

CONTRACT = "ENVIRONMENT=<development|production>\n"
VALUES = "ENVIRONMENT=production\n"
IGNORED = ".env\n.env.*\n!.env.example\n"
OUTSIDE = {"env-file-tracked", "env-file-not-ignored", "env-file-in-history", "contract-ignored", "ignored-only-here"}


@pytest.fixture
def here(repo, write, monkeypatch):
    monkeypatch.chdir(repo)
    write({".env.example": CONTRACT, ".gitignore": IGNORED})
    return repo


def found(rules=OUTSIDE):
    findings = checked(".", None, "port")
    return [(finding.rule, finding.path, finding.line) for finding in findings if finding.rule in rules]


def test_nothing_is_said_where_git_ignores_env_files_alone(here, write):
    write({".env.production": VALUES, ".env": "", "sub/.env.staging": VALUES})
    assert found() == []


def test_an_env_file_that_git_has_is_tracked_and_not_also_history(here, write, git):
    write({".env.production": VALUES})
    git("add", "--force", ".")
    git("commit", "--quiet", "--message", "x")
    assert found() == [("env-file-tracked", ".env.production", 1)]


def test_a_file_named_for_its_environment_is_an_env_file(here, write, git):
    write({"config/production.env": VALUES, "config/app.env": VALUES})
    assert found() == [("env-file-not-ignored", ".gitignore", 1)]
    git("add", "--all")
    assert found() == [("env-file-tracked", "config/production.env", 1)]
    git("commit", "--quiet", "--message", "x")
    git("rm", "--quiet", "config/production.env")
    assert found() == [("env-file-in-history", "config/production.env", 1)]


HISTORIES = (
    pytest.param([("rm", "--quiet", "--cached", ".env.production")], id="untracked later"),
    pytest.param([("rm", "--quiet", ".env.production")], id="deleted later"),
    pytest.param([("mv", ".env.production", "settings.txt")], id="renamed later"),
    pytest.param([("checkout", "--quiet", "-b", "other", "HEAD~1")], id="on another branch"),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    (
        *((f".env.production{end}", True) for end in (".bak", ".old", ".orig", ".save", ".swp", "~")),
        (".env.bak", True),
        (".env.example.bak", False),
        (".env.production.gpg", False),
        (".env.production.vault", False),
    ),
)
def test_a_copy_of_an_env_file_in_an_old_commit_is_found(name, expected, here, write, git):
    write({name: VALUES})
    git("add", "--force", ".")
    git("commit", "--quiet", "--message", "leak")
    git("rm", "--quiet", "--cached", name)
    git("commit", "--quiet", "--message", "later")
    rule = "env-file-in-history"
    assert [(one.rule, one.path) for one in checked(".", None, "port") if one.rule == rule] == [(rule, name)] * expected


@pytest.mark.parametrize("commands", HISTORIES)
def test_an_env_file_of_an_old_commit_is_found(commands, here, write, git):
    git("add", ".")
    git("commit", "--quiet", "--message", "start")
    write({".env.production": VALUES})
    git("add", "--force", ".env.production")
    git("commit", "--quiet", "--message", "leak")
    leak = git("rev-parse", "--short", "HEAD").strip()
    for command in commands:
        git(*command)
    if commands[0][0] != "checkout":
        git("commit", "--quiet", "--message", "later")
    assert found() == [("env-file-in-history", ".env.production", 1)]
    assert f"commit {leak}" in next(f.message for f in checked(".", None, "port") if f.rule == "env-file-in-history")


HARMLESS = (
    pytest.param(".env.example", VALUES, id="contract"),
    pytest.param(".env.template", VALUES, id="template"),
    pytest.param(".env.production", "", id="empty"),
    pytest.param(".env.production", "A=<A>\nB=\n", id="placeholders"),
    pytest.param("env_production", VALUES, id="another name"),
)


@pytest.mark.parametrize(("name", "text"), HARMLESS)
def test_a_commit_without_values_is_no_leak(name, text, here, write, git):
    write({name: text})
    git("add", "--force", ".")
    git("commit", "--quiet", "--message", "x")
    if name != ".env.example":
        git("rm", "--quiet", "--cached", name)
    assert found() == []


def test_an_old_commit_of_another_folder_is_that_folders(here, write, git, monkeypatch):
    write({"api/.env.example": CONTRACT, "web/.env.production": VALUES, "api/.env.staging": VALUES})
    git("add", "--force", ".")
    git("commit", "--quiet", "--message", "x")
    git("rm", "--quiet", "-r", "--cached", "web", "api/.env.staging")
    findings = checked("api", None, "port")
    assert [(f.rule, f.path) for f in findings if f.rule in OUTSIDE] == [("env-file-in-history", "api/.env.staging")]


def test_an_old_commit_of_a_folder_below_is_found(here, write, git):
    write({"api/src/.env": VALUES})
    git("add", "--force", ".")
    git("commit", "--quiet", "--message", "x")
    git("rm", "--quiet", "--cached", "api/src/.env")
    assert found({"env-file-in-history"}) == [("env-file-in-history", "api/src/.env", 1)]


def test_what_git_tracks_elsewhere_is_no_matter_of_this_folder(here, write, git):
    write({"api/.env.example": CONTRACT, "web/.env.production": VALUES, "api/.env.staging": VALUES})
    git("add", "--force", ".")
    findings = checked("api", None, "port")
    assert [(f.rule, f.path) for f in findings if f.rule in OUTSIDE] == [("env-file-tracked", "api/.env.staging")]


@pytest.mark.parametrize(
    "pattern",
    (
        pytest.param(".env*\n", id="all env files"),
        pytest.param("/.env.example\n", id="itself"),
        pytest.param("*\n", id="all"),
    ),
)
def test_a_contract_that_git_ignores_is_found_even_if_it_was_forced_in(pattern, here, write, git):
    write({".gitignore": pattern})
    assert ("contract-ignored", ".env.example", 1) in found()
    git("add", "--force", ".env.example")
    assert ("contract-ignored", ".env.example", 1) in found()


FOLDERS = (
    pytest.param({"api/app.py": "", ".gitignore": "/.env*\n!.env.example\n"}, ".gitignore", 1, id="the root alone"),
    pytest.param(
        {"api/app.py": "", ".gitignore": ".env\n/.env.*\n!.env.example\n"}, ".gitignore", 1, id="one name of the root"
    ),
    pytest.param({"a/b/.env": "A=1\n", ".gitignore": "/.env*\n!.env.example\n"}, ".gitignore", 1, id="one is there"),
    pytest.param({"api/.env": "A=1\n", ".gitignore": f"{IGNORED}!api/.env\n"}, ".gitignore", 4, id="one is let in"),
    pytest.param({"a/app.ts": "", "a/.gitignore": "!.env\n"}, "a/.gitignore", 1, id="a folder lets them in"),
)


@pytest.mark.parametrize(("files", "path", "line"), FOLDERS)
def test_an_env_file_of_any_folder_must_be_ignored(files, path, line, here, write, git):
    write(files)
    git("add", ".gitignore", *(path for path in files if path.endswith((".py", ".ts"))))
    assert found({"env-file-not-ignored"}) == [("env-file-not-ignored", path, line)]


def test_a_folder_without_a_program_gets_no_env_file(here, write, git):
    write({"notes/a.md": "", ".gitignore": "/.env*\n!.env.example\n"})
    git("add", "notes")
    assert found() == []


@pytest.mark.parametrize("where", ("exclude", "global"))
def test_a_pattern_of_this_machine_is_no_protection(where, here, write, git, tmp_path_factory):
    (here / ".gitignore").unlink()
    write({".env.production": VALUES})
    if where == "exclude":
        write({".git/info/exclude": ".env*\n!.env.example\n"})
    else:
        patterns = tmp_path_factory.mktemp("home") / "ignore"
        patterns.write_text(".env*\n!.env.example\n", encoding="utf-8")
        git("config", "core.excludesFile", str(patterns))
    assert [one for one in found() if one[0] == "ignored-only-here"] == [("ignored-only-here", ".env.production", 1)]


@pytest.mark.parametrize(
    ("pattern", "tracked", "expected"),
    (
        pytest.param(".gitignore", False, 1, id="ignores itself"),
        pytest.param(".gitignore", True, 0, id="ignores itself, and git has it"),
        pytest.param("*.log", False, 0, id="will be added"),
    ),
)
def test_a_gitignore_that_git_ignores_is_of_this_machine(pattern, tracked, expected, here, write, git):
    write({".env.production": VALUES, ".gitignore": f".env*\n!.env.example\n{pattern}\n"})
    if tracked:
        git("add", "-f", ".gitignore")
    else:
        git("rm", "-q", "--cached", "--ignore-unmatch", ".gitignore")
    assert [rule for rule, *_ in found()].count("ignored-only-here") == expected


def test_outside_of_a_repository_git_is_not_asked(tmp_path, write, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write({".env.example": CONTRACT, ".env.production": VALUES})
    assert found() == []


EXCLUDED = (
    pytest.param(".env*", ".env.production", True, id="star"),
    pytest.param("/.env*", ".env.production", True, id="from the context"),
    pytest.param("./.env*", ".env.production", True, id="dot"),
    pytest.param(".env*", "api/.env", False, id="a star is of the top folder alone"),
    pytest.param("**/.env*", "api/.env", True, id="any depth"),
    pytest.param("**/.env*", ".env", True, id="any depth and none"),
    pytest.param("**", ".env", True, id="all"),
    pytest.param("*", "api/.env", True, id="the folder it is in"),
    pytest.param("api", "api/.env", True, id="folder"),
    pytest.param("api/", "api/.env", True, id="folder with a slash"),
    pytest.param("api/**", "api/a/.env", True, id="below a folder"),
    pytest.param("*/.env", "api/.env", True, id="one level"),
    pytest.param("*/.env", "a/b/.env", False, id="two levels"),
    pytest.param(".env.?roduction", ".env.production", True, id="one character"),
    pytest.param(".env.[pq]roduction", ".env.production", True, id="class"),
    pytest.param(".env.[^p]roduction", ".env.production", False, id="negated class"),
    pytest.param("\\.env", ".env", True, id="escape"),
    pytest.param(".env.[", ".env.[", True, id="a bracket alone"),
    pytest.param("#.env", ".env", False, id="comment"),
    pytest.param(" .env ", ".env", True, id="white space"),
    pytest.param(".env*\n!.env.production", ".env.production", False, id="exception"),
    pytest.param("!.env.production\n.env*", ".env.production", True, id="the last match decides"),
    pytest.param("*\n!*.py", ".env", True, id="only some let in"),
    pytest.param(".ENV", ".env", False, id="case"),
    pytest.param("\ufeff.env", ".env", True, id="byte order mark"),
    pytest.param("", ".env", False, id="empty"),
)


@pytest.mark.parametrize(("patterns", "path", "excluded"), EXCLUDED)
def test_dockerignore_is_read_by_dockers_rules(patterns, path, excluded):
    assert is_excluded(patterns, path) is excluded


IMAGES = (
    pytest.param({"Dockerfile": "FROM x:1.0\nCOPY . .\n"}, [("Dockerfile", 2)], id="no ignore file"),
    pytest.param({"Dockerfile": "COPY . .\n", ".dockerignore": ".env*\n"}, [], id="ignored"),
    pytest.param({"Dockerfile": "COPY . .\n", ".dockerignore": "**/.env\n"}, [("Dockerfile", 1)], id="one of them"),
    pytest.param({"Dockerfile": "COPY src/ ./\n"}, [], id="a folder without them"),
    pytest.param({"Dockerfile": "add ./ /app\n"}, [("Dockerfile", 1)], id="add"),
    pytest.param({"Dockerfile": 'COPY --chown=1 [".env.production", "/app/"]\n'}, [("Dockerfile", 1)], id="by name"),
    pytest.param({"Dockerfile": "RUN x \\\n  y\nCOPY a \\\n  .env* /app/\n"}, [("Dockerfile", 3)], id="two lines"),
    pytest.param({"Dockerfile": "COPY a \\\n  # .env stays out\n  /app/\n"}, [], id="a comment between"),
    pytest.param({"Dockerfile": "COPY --from=build . .\n"}, [], id="of another image"),
    pytest.param({"Dockerfile": "ADD https://example.com/x.tgz /\n"}, [], id="of the network"),
    pytest.param({"Dockerfile": "COPY . . \\"}, [("Dockerfile", 1)], id="unfinished"),
    pytest.param({"Dockerfile.dev": "COPY . .\n", "Dockerfile.bak": "COPY . .\n"}, [("Dockerfile.dev", 1)], id="names"),
    pytest.param(
        {"Dockerfile": "COPY . .\n", ".dockerignore": "", "Dockerfile.dockerignore": ".env*\n"},
        [],
        id="its own ignore file",
    ),
    pytest.param({"api/Dockerfile": "COPY . .\n"}, [], id="a folder without env files"),
    pytest.param(
        {"Dockerfile": "COPY . .\n", ".dockerignore": ".env*\n", "api/.env": "A=1\n"},
        [("Dockerfile", 1)],
        id="one of a folder, past a pattern of the top",
    ),
    pytest.param(
        {"Dockerfile": "COPY a* /x/\n", ".dockerignore": ".env*\n", "api/b/.env": "A=1\n"},
        [("Dockerfile", 1)],
        id="one of a folder that is copied by pattern",
    ),
    pytest.param(
        {"Dockerfile": "COPY web/ api/src ./\n", ".dockerignore": ".env*\n", "api/.env": "A=1\n"},
        [],
        id="one beside the folders that are copied",
    ),
    pytest.param(
        {"Dockerfile": "COPY . .\n", ".dockerignore": "**/.env*\n", "api/.env": "A=1\n", "node_modules/.env": ""},
        [],
        id="none of any folder",
    ),
    pytest.param(
        {"api/Dockerfile": "COPY . .\n", "api/.env": "A=1\n"}, [("api/Dockerfile", 1)], id="a folder with an env file"
    ),
    pytest.param(
        {
            "api/Dockerfile": "COPY . .\n",
            "compose.yaml": "services:\n  api:\n    build:\n      #\n      context: .\n"
            "      dockerfile: api/Dockerfile",
        },
        [("api/Dockerfile", 1)],
        id="a context that compose gives",
    ),
    pytest.param(
        {
            "docker-compose.yml": "services:\n  api:\n    build: ./sub\n  b:\n    build: '.'\n",
            "Dockerfile": "COPY . .\n",
        },
        [("Dockerfile", 1)],
        id="short build",
    ),
)


@pytest.mark.parametrize(("files", "expected"), IMAGES)
def test_an_image_that_takes_env_files_in_is_found(files, expected, here, write):
    write(files)
    assert found({"env-file-in-image"}) == [("env-file-in-image", *place) for place in expected]


BROKEN = {
    ".gitignore": "*.pyc",
    ".env.production": VALUES,
    "Dockerfile": "FROM x:1.0\nCOPY . .\n",
    ".dockerignore": "*.md\r\nbuild\r\n",
}


def test_fix_mends_and_a_second_run_has_nothing_to_do(here, write, git, capsys):
    write(BROKEN)
    (here / ".env.production").chmod(0o644)
    git("add", "--force", ".")
    git("commit", "--quiet", "--message", "x")
    assert main(["check", "--fix", "--compose", "port"]) == 1  # history stays
    assert (here / ".gitignore").read_text(encoding="utf-8") == f"*.pyc\n{IGNORED}"
    assert (here / ".dockerignore").read_bytes() == b"*.md\r\nbuild\r\n.env\r\n.env.*\r\n**/.env\r\n**/.env.*\r\n"
    assert git("ls-files").split() == [".dockerignore", ".env.example", ".gitignore", "Dockerfile"]
    assert (here / ".env.production").read_text(encoding="utf-8") == VALUES
    if os.name == "posix":
        assert stat.S_IMODE((here / ".env.production").stat().st_mode) == 0o600
    assert capsys.readouterr().err.count("\n") == 5 - (os.name != "posix")
    assert found() == [("env-file-in-history", ".env.production", 1)]
    before = {path.name: path.read_bytes() for path in here.iterdir() if path.is_file()}
    assert main(["check", "--fix", "--compose", "port"]) == 1
    assert capsys.readouterr().err == "found 1 error\n"
    assert {path.name: path.read_bytes() for path in here.iterdir() if path.is_file()} == before


def test_fix_ignores_the_env_files_of_folders_too(here, write):
    write({".gitignore": "/.env*\n!.env.example\n", "api/.env": "A=1\n"})
    assert main(["check", "--fix"]) == 0
    assert (here / ".gitignore").read_text(encoding="utf-8") == f"/.env*\n!.env.example\n{IGNORED}"
    assert found() == []


def test_fix_ignores_a_file_named_for_its_environment(here, write, git):
    write({"production.env": VALUES, "Dockerfile": "FROM x:1.0\nCOPY . .\n"})
    git("add", "--all")
    assert main(["check", "--fix", "--compose", "port"]) == 0
    assert (here / ".gitignore").read_text(encoding="utf-8") == f"{IGNORED}*.env\n{IGNORED}"
    assert "production.env" not in git("ls-files")
    assert found({"env-file-in-image", *OUTSIDE}) == []


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("name", (".env.production.bak", ".env.production~", ".env.production.2024-11-02"))
def test_copies_are_closed_too(name, here, write):
    write({name: VALUES, ".env.production.enc": VALUES, ".env.example.bak": CONTRACT})
    for file in here.glob(".env.*"):
        file.chmod(0o644)
    assert found({"loose-permissions"}) == [("loose-permissions", name, 1)]
    main(["check", "--fix", "--compose", "port"])
    assert stat.S_IMODE((here / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((here / ".env.example.bak").stat().st_mode) == 0o644
    assert found({"loose-permissions"}) == []


def test_fix_lets_the_contract_in_again(here, write):
    write({".gitignore": ".env*\n"})
    assert main(["check", "--fix", "--compose", "port"]) == 0
    assert (here / ".gitignore").read_text(encoding="utf-8") == ".env*\n!.env.example\n"


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_fix_keeps_the_mode_of_a_file_that_is_no_secret(here, write):
    write({".gitignore": "*.pyc\n"})
    (here / ".gitignore").chmod(0o664)
    assert main(["check", "--fix", "--compose", "port"]) == 0
    assert stat.S_IMODE((here / ".gitignore").stat().st_mode) == 0o664


def test_fix_writes_a_missing_file_with_the_usual_mode(here, write):
    (here / ".gitignore").unlink()
    assert main(["check", "--fix", "--compose", "port"]) == 0
    assert stat.S_IMODE((here / ".gitignore").stat().st_mode) & 0o600 == 0o600
    assert (here / ".gitignore").read_text(encoding="utf-8") == IGNORED


def test_fix_outside_of_a_repository_touches_no_gitignore(tmp_path, write, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write({".env.example": CONTRACT})
    assert main(["check", "--fix", "--compose", "port"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == [".env.example"]


def test_fix_tries_once_where_a_pattern_above_decides(here, write, git, monkeypatch, capsys):
    write({".gitignore": "api/\n", "api/.env.example": CONTRACT, "api/Dockerfile": "COPY . .\n"})
    write({"api/Dockerfile.dockerignore": ".env*\n"})
    for _ in range(2):
        main(["check", "--fix", "--root", "api", "--compose", "port"])
    assert (here / "api/.gitignore").read_text(encoding="utf-8") == "!.env.example\n"
    assert capsys.readouterr().err.count("git ignores env files") == 1


def test_a_contract_that_was_forced_in_reaches_everybody(here, write, git):
    def severities():
        return [one.severity for one in checked(".", None, "port") if one.rule == "contract-ignored"]

    write({".gitignore": ".env*\n"})
    assert severities() == ["error"]
    git("add", "--force", ".env.example")
    assert severities() == ["warning"]
