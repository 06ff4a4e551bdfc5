import subprocess
import sys
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis.strategies import from_regex, one_of

from envfence.detect import provider

# Put together here, so that no file of this repository holds a text of any provider's form.
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
HEX = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
BODY = "MIIEfakefakeFAKE0123456789abcdefghij+/KLMNOPQRSTUVWXYZ0123456789"
HEADER = "-----BEGIN {}PRIVATE KEY-----".format
JWT = "eyJhbGciOiJIUzI1NiJ9." + "eyJpc3MiOiJmYWtlIn0." + "c2lnbmF0dXJlLW9mLW5vYm9keQ"
TOKENS = {
    "AWS key id": ("an AWS key", "AKIA" + "QFAKE2FAKE3FAKE4"),
    "GitHub": ("a GitHub token", "ghp_" + DIGITS),
    "GitHub, fine-grained": ("a GitHub token", "github_pat_" + DIGITS + DIGITS),
    "GitLab": ("a GitLab token", "glpat-" + DIGITS[:20]),
    "Slack": ("a Slack token", "xoxb-" + "123456789012-" + DIGITS[:24]),
    "Slack webhook": ("a Slack token", "https://hooks.slack.com/" + "services/T0FAKE00/B0FAKE00/" + DIGITS[:24]),
    "Slack app": ("a Slack token", "xapp-" + "1-A0FAKE-123456-" + HEX),
    "Stripe": ("a Stripe key", "sk_live_" + DIGITS[:24]),
    "npm": ("an npm token", "npm_" + DIGITS),
    "npm in .npmrc": (
        "an npm token",
        "//registry.npmjs.org/:_auth" + "Token=" + "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    ),
    "PyPI": ("a PyPI token", "pypi-" + "AgEIcHlwaS5vcmc" + DIGITS * 2),
    "SendGrid": ("a SendGrid key", "SG." + DIGITS[:22] + "." + DIGITS + DIGITS[:7]),
    "Telegram": ("a Telegram bot token", "123456789:" + "AA" + DIGITS[:33]),
    "Azure storage": ("an Azure storage key", "Account" + "Key=" + (DIGITS * 3)[:86] + "=="),
    "Azure client secret": ("an Azure client secret", "abc" + "8Q~" + DIGITS[:34]),
    "OpenAI": ("an OpenAI key", "sk-" + DIGITS[:20] + "T3Blbk" + "FJ" + DIGITS[:20]),
    "OpenAI project": ("an OpenAI key", "sk-" + "proj-" + DIGITS * 2),
    "Anthropic": ("an Anthropic key", "sk-" + "ant-" + DIGITS * 3),
    "Hugging Face": ("a Hugging Face token", "hf_" + "abcdefghijklmnopqrstuvwxyzABCDEFGH"),
    "Google": ("a Google API key", "AIza" + DIGITS[:35]),
    "Google client": ("a Google client secret", "GOCSPX-" + DIGITS[:28]),
    "Mailchimp": ("a Mailchimp key", HEX + "-us" + "12"),
    "Square": ("a Square secret", "sq0csp-" + DIGITS + DIGITS[:7]),
    "Artifactory": ("an Artifactory key", "AKCp" + DIGITS * 2),
    "Grafana": ("a Grafana token", "glsa_" + DIGITS[:32] + "_" + HEX[:8]),
    "DigitalOcean": ("a DigitalOcean token", "dop_v1_" + HEX * 2),
    "Vault": ("a Vault token", "hvs." + DIGITS * 3),
    "Databricks": ("a Databricks token", "dapi" + HEX),
    "Shopify": ("a Shopify token", "shpat_" + HEX),
    "age": ("an age key", "AGE-SECRET-" + "KEY-1" + (DIGITS * 2)[:58].upper()),
    "JWT": ("a JSON web token", JWT),
}
BY_NAME = {
    "Twilio": ("a Twilio key", "twilio = '{}'", "AC" + HEX),
    "Discord": (
        "a Discord bot token",
        "import discord; t = '{}'",
        "M" + DIGITS[:23] + "." + DIGITS[:6] + "." + DIGITS[:27],
    ),
}


def findings(path, text):
    return provider.findings(path, text, provider.held(text.encode()))


@pytest.fixture(params=(True, False), ids=("with detect-secrets", "without detect-secrets"))
def installed(request, monkeypatch):
    """Run the test with and without detect-secrets: nothing may pass for want of an extra."""
    if request.param:
        pytest.importorskip("detect_secrets")
    else:
        monkeypatch.setitem(sys.modules, "detect_secrets.plugins", None)
        for name in [name for name in sys.modules if name.startswith("detect_secrets.")]:
            monkeypatch.setitem(sys.modules, name, None)
    provider._detector.cache_clear()
    yield request.param
    provider._detector.cache_clear()


def named(found):
    """Return the provider that a finding names."""
    return found.message.removesuffix(" is written into the file")


def places(text, path="app.py"):
    """Return the provider and the text that each finding covers."""
    lines = text.split("\n")
    return [
        (named(found), lines[found.line - 1][found.column - 1 : found.end_column - 1]) for found in findings(path, text)
    ]


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("name", "token"), TOKENS.values(), ids=TOKENS)
def test_token(name, token):
    text = f"import os\n\nx = '{token}'\n"
    assert places(text) == [(name, token)]
    assert provider.held(text.encode())
    assert provider.held(text.encode(), many=True)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("name", "text", "token"), BY_NAME.values(), ids=BY_NAME)
def test_token_whose_provider_the_file_names(name, text, token):
    assert places(text.format(token)) == [(name, token)]
    assert places(f"x = '{token}'") == []


@pytest.mark.usefixtures("installed")
def test_aws_secret_by_name():
    secret = "fake/FAKE+" + DIGITS[:30]
    (found,) = findings("a.py", f"aws_secret_access_key = '{secret}'")
    assert (named(found), found.anchor, found.end_column) == ("an AWS key", "aws_secret_access_key", 67)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("kind", ("", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "))
@pytest.mark.parametrize(
    "form",
    (
        pytest.param("{}\n{}", id="file"),
        pytest.param('key = "{}\\n{}"', id="escaped"),
        pytest.param('key = (\n    "{}"\n    "{}"\n)', id="joined"),
        pytest.param("key: |\n  {}\n  {}", id="YAML"),
        pytest.param("{}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{}", id="with headers"),
    ),
)
def test_private_key(kind, form):
    text = form.format(HEADER(kind), BODY)
    (found,) = findings("a.txt", text)
    assert named(found) == "a private key"
    assert "BEGIN" in text.split("\n")[found.line - 1]


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("version", (2, 3))
def test_putty_key(version):
    text = f"PuTTY-User-Key-File-{version}: ssh-rsa\nEncryption: none\nComment: fake\nPublic-Lines: 6\n{BODY}"
    assert [found.line for found in findings("a.ppk", text)] == [1]


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    "text",
    (
        pytest.param("", id="empty"),
        pytest.param("AKIA" + "IOSFODNN7EXAMPLE", id="AWS documentation's key"),
        pytest.param(
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
            "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ."
            "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
            id="jwt.io's token",
        ),
        pytest.param(
            "Account" + "Key=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
            id="the Azure emulator's key",
        ),
        pytest.param("ghp_" + "x" * 36, id="mask"),
        pytest.param("eyJhbGciOiJub25lIn0.eyJpc3MiOiJmYWtlIn0.", id="unsigned token"),
        pytest.param("eyJhbGciOiJIUzI1NiJ9.eyJhbGciOiJ", id="part of a token"),
        pytest.param("mAKIA" + "QFAKE2FAKE3FAKE4 AKIA" + "QFAKE2FAKE3FAKE4Z", id="amid a longer word"),
        pytest.param("if '-----BEGIN RSA PRIVATE KEY-----' in text:", id="a key's header alone"),
        pytest.param("-----BEGIN PRIVATE KEY-----\nMIIE...\n-----END PRIVATE KEY-----", id="a key's form"),
        pytest.param("-----BEGIN PUBLIC KEY-----\n" + BODY, id="a public key"),
        pytest.param("sk_test_" + DIGITS[:24], id="Stripe's test mode"),
    ),
)
def test_no_token(text):
    assert findings("a.py", text) == []


@pytest.mark.parametrize(
    ("path", "token", "severity"),
    (
        pytest.param("README.md", JWT, "warning", id="documentation shows tokens that have expired"),
        pytest.param("README.md", TOKENS["GitHub"][1], "error", id="documentation shows no real key"),
        pytest.param("app.py", JWT, "error", id="code"),
    ),
)
def test_severity(path, token, severity):
    assert [found.severity for found in findings(path, token)] == [severity]


def test_finding_says_provider_and_place_but_no_value():
    (found,) = findings("a.py", f"é = '{TOKENS['GitHub'][1]}'")
    assert found._asdict() == {
        "rule": "provider-secret", "family": "credential", "severity": "error", "path": "a.py",
        "line": 1, "column": 6, "end_line": 1, "end_column": 46,
        "message": "a GitHub token is written into the file",
        "advice": "revoke it at the provider, and read the new one from settings",
        "fixable": False, "anchor": "*",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "token"), TOKENS.values(), ids=TOKENS)
def test_values_show_nowhere(name, token):
    shown = str(findings("a.py", f"x = '{token}'"))
    assert name in shown
    assert token not in shown


def test_several_tokens_of_a_line_come_in_order():
    one, two = TOKENS["Stripe"][1], TOKENS["GitHub"][1]
    assert [token for _, token in places(f"{one} {two}\n{one}")] == [one, two, one]


def test_overlapping_forms_are_one_finding():
    npm = "//registry.npmjs.org/:_auth" + "Token=" + TOKENS["npm"][1]
    assert len(findings(".npmrc", npm)) == 1


@pytest.mark.parametrize("many", (True, False))
def test_most_files_are_no_candidates(many):
    assert not provider.held(b"import os\nprint('hello')\n", many=many)


def test_candidates_are_found_without_hyperscan(monkeypatch):
    monkeypatch.setitem(sys.modules, "hyperscan", None)
    provider.finder.cache_clear()
    assert provider.held(b"x = '" + TOKENS["GitHub"][1].encode(), many=True)
    provider.finder.cache_clear()


@pytest.mark.parametrize("row", [pytest.param(row, id=row.plugin) for row in provider.PROVIDERS if row.plugin])
def test_what_a_plugin_finds_is_hinted_at(row):
    pytest.importorskip("detect_secrets")
    provider._detector.cache_clear()
    detector = provider._detector(row)

    @settings(max_examples=40, database=None, derandomize=True, deadline=None)
    @given(one_of(map(from_regex, detector.patterns)))
    def is_hinted_at(text):
        assert provider._may_be_in(text, row) or (detector.is_valid and not detector.is_valid(text))

    is_hinted_at()


def test_the_shortest_web_token_is_hinted_at():
    row = next(row for row in provider.PROVIDERS if row.plugin.startswith("jwt."))
    for header in (b'{"a":0}', b'{"a":{}}'):
        token = f"{b64encode(header).decode().rstrip('=')}.e30."
        assert provider._detector(row).is_valid is None or provider._detector(row).is_valid(token)
        assert provider._may_be_in(token, row)


def test_a_text_that_only_names_a_provider_loads_no_plugin():
    code = (
        "import sys; from envfence.detect import provider as p; text = sys.argv[1];"
        "p.findings('a.md', text, p.held(text.encode())); sys.exit('detect_secrets' in sys.modules)"
    )
    text = "Ask on Discord or Twilio for the aws_secret, or for the PRIVATE KEY of eyJ."
    assert subprocess.run([sys.executable, "-c", code, text], check=False).returncode == 0


def test_every_plugin_exists():
    plugins = [row for row in provider.PROVIDERS if row.plugin]
    pytest.importorskip("detect_secrets")
    provider._detector.cache_clear()
    for row in plugins:
        assert provider._detector(row).patterns != (provider.re.compile(row.pattern),), row.plugin


def test_no_plugin_can_send_a_token():
    pytest.importorskip("detect_secrets")
    code = (
        "import sys; from envfence.detect import provider as p;"
        "kinds = [p._plugin(*row.plugin.split('.')) for row in p.PROVIDERS if row.plugin];"
        "clients = {'requests', 'urllib3', 'http.client', 'ssl'} & sys.modules.keys();"
        "sys.exit(f'{clients} {len(kinds)}' if clients or not kinds else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_client_that_is_loaded_stays(monkeypatch):
    pytest.importorskip("detect_secrets")
    monkeypatch.setitem(sys.modules, "requests", sys)
    assert provider._plugin("aws", "AWSKeyDetector").denylist
    assert sys.modules["requests"] is sys
