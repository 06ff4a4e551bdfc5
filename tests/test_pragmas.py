import pytest

from envfence.check import findings_in
from envfence.config import Config

VALUE = "hunter2" + "secret"
TOKEN = "ghp_" + "0aA1bB2cC3dD4eE5fF6" + "gG7hH8iI9jJ0kK1lL"
PASSWORD = f'password = "{VALUE}"'
CREDENTIAL = ["hardcoded-credential"]

ALLOWED = (
    pytest.param("a.py", f"{PASSWORD}  # pragma: allowlist secret", id="detect-secrets"),
    pytest.param("a.py", f"{PASSWORD}  # pragma:allowlist-secret, it is a sample", id="without blank, with a reason"),
    pytest.param("a.py", f"{PASSWORD}  # pragma: whitelist secret", id="detect-secrets' older word"),
    pytest.param("a.py", f"# pragma: allowlist nextline secret\r\n{PASSWORD}\r\n", id="next line, CRLF"),
    pytest.param("a.py", f"{PASSWORD}  # gitleaks:allow", id="gitleaks"),
    pytest.param("a.py", f"{PASSWORD}  # type: ignore # trufflehog:ignore", id="behind another comment"),
    pytest.param("a.py", f"{PASSWORD}  # legacy, ggignore", id="inside of a comment"),
    pytest.param("a.py", f"{PASSWORD}  # nosec", id="bandit"),
    pytest.param("a.py", f"{PASSWORD}  #nosec B105", id="bandit's check"),
    pytest.param("a.py", f"{PASSWORD}  # nosec: B404, B106", id="among others of bandit"),
    pytest.param("a.py", f"{PASSWORD}  # noqa: S105", id="ruff"),
    pytest.param("a.py", f"{PASSWORD}  # noqa: E501, S106", id="among others of ruff"),
    pytest.param("a.py", f"{PASSWORD}  # NOSONAR", id="Sonar"),
    pytest.param("a.py", f'password = (\n    "{VALUE}"  # nosec\n)', id="on the literal's line"),
    pytest.param("a.py", f'password = """{VALUE}\n{VALUE}"""  # gitleaks:allow', id="behind the last line"),
    pytest.param("a.go", f'var password = "{VALUE}" // gitleaks:allow', id="Go"),
    pytest.param("a.ts", f'const password = "{VALUE}"; /* pragma: allowlist secret */', id="TypeScript"),
    pytest.param("a.vue", f'<!-- gitleaks:allow --> <a password="{VALUE}"/>', id="markup in code"),
    pytest.param("a.yml", f"password: {VALUE}  # pragma: allowlist secret", id="YAML"),
    pytest.param("a.ini", f"; pragma: allowlist nextline secret\npassword = {VALUE}", id="INI"),
    pytest.param("a.sh", f"PASSWORD={VALUE} # gitleaks:allow", id="shell"),
    pytest.param("a.sql", f"CREATE USER a WITH PASSWORD '{VALUE}'; -- gitleaks:allow", id="SQL"),
    pytest.param("a.md", f"`password={VALUE}` <!-- pragma: allowlist secret -->", id="Markdown"),
    pytest.param("a.py", f'x = "{TOKEN}"  # gitleaks:allow', id="a provider's token, for a scanner"),
)


@pytest.mark.parametrize(("path", "text"), ALLOWED)
def test_a_credential_that_another_tool_lets_pass(path, text):
    assert findings_in(path, text.encode(), Config()) == []


REPORTED = (
    pytest.param("a.py", f"{PASSWORD}  # nosec B602", CREDENTIAL, id="another check of bandit"),
    pytest.param("a.py", f"{PASSWORD}  # noqa: S104", CREDENTIAL, id="another rule of ruff"),
    pytest.param("a.py", f"{PASSWORD}  # noqa", CREDENTIAL, id="a bare noqa"),
    pytest.param("a.py", f"{PASSWORD}  # nosecret", CREDENTIAL, id="another word"),
    pytest.param("a.py", f"{PASSWORD}  # pragma: no cover", CREDENTIAL, id="another pragma"),
    pytest.param("a.py", f"# pragma: allowlist secret\n{PASSWORD}", CREDENTIAL, id="on the line before"),
    pytest.param("a.py", f"# pragma: allowlist nextline secret\n\n{PASSWORD}", CREDENTIAL, id="two lines before"),
    pytest.param("a.py", f'{PASSWORD}; x = "gitleaks:allow"', CREDENTIAL, id="a string"),
    pytest.param("a.py", f"{PASSWORD}  // gitleaks:allow", CREDENTIAL, id="another language's comment"),
    pytest.param("a.go", f'var password = "{VALUE}" // nosec', CREDENTIAL, id="bandit reads Python"),
    pytest.param("a.json", f'{{"password": "{VALUE}", "x": "gitleaks:allow"}}', CREDENTIAL, id="JSON has no comments"),
    pytest.param("a.yml", f"password: {VALUE}#gitleaks:allow", CREDENTIAL, id="part of a YAML value"),
    pytest.param("a.py", f'x = "{TOKEN}"  # nosec B105', ["provider-secret"], id="a provider's token, for a linter"),
    pytest.param("a.py", 'HOST = "10.0.0.7"  # gitleaks:allow nosec', ["hardcoded-host"], id="a host"),
    pytest.param("a.py", f"{PASSWORD}{' ' * 5000}# nosec", CREDENTIAL, id="on a line that nobody wrote"),
)


@pytest.mark.parametrize(("path", "text", "rules"), REPORTED)
def test_what_is_reported_all_the_same(path, text, rules):
    assert [found.rule for found in findings_in(path, text.encode(), Config())] == rules


def test_our_own_comment_is_used_beside_another_tools():
    text = f"{PASSWORD}  # nosec B105  # envfence: ignore[hardcoded-credential] a sample"
    assert findings_in("a.py", text.encode(), Config()) == []


def test_a_value_of_an_env_file_is_let_pass_by_nobody(repo, write, monkeypatch):
    from envfence.check import Options, check
    from envfence.sources import from_paths

    monkeypatch.chdir(repo)
    write({".gitignore": ".env*\n", ".env.local": "DB_PASSWORD=correct-horse-battery\n"})
    write({"a.py": 'greeting = "correct-horse-battery"  # pragma: allowlist secret\n'})
    assert [found.rule for found in check(from_paths(["."]), Options()).findings] == ["copied-value"]
