"""Which reader a file gets."""

import pytest

from envfence.literals import languages


@pytest.mark.parametrize(
    ("path", "expected"),
    (
        pytest.param("src/app.py", "code", id="Python"),
        pytest.param("web/App.tsx", "code", id="TypeScript"),
        pytest.param("A.JAVA", "code", id="capitals"),
        pytest.param("package.json", "code", id="JSON"),
        pytest.param("main.tf", "code", id="Terraform"),
        pytest.param("ci/Jenkinsfile.nightly", "code", id="Jenkins"),
        pytest.param("compose.yaml", "yaml", id="YAML"),
        pytest.param("config.yml.example", "yaml", id="a template of YAML"),
        pytest.param("values.yaml.j2", "yaml", id="a Jinja template of YAML"),
        pytest.param("app.py.bak", "code", id="a copy of code"),
        pytest.param("compose.yml~", "yaml", id="an editor's copy"),
        pytest.param("deploy.sh", "shell", id="a script"),
        pytest.param("Dockerfile", "shell", id="Dockerfile"),
        pytest.param("docker/Dockerfile.prod", "shell", id="Dockerfile of an environment"),
        pytest.param("api.dockerfile", "shell", id="Dockerfile by its suffix"),
        pytest.param("Makefile", "shell", id="Makefile"),
        pytest.param("setup.cfg", "lines", id="INI"),
        pytest.param("pyproject.toml", "lines", id="TOML"),
        pytest.param("application.properties", "lines", id="properties"),
        pytest.param(".env", "lines", id="env file"),
        pytest.param(".env.production", "lines", id="env file of an environment"),
        pytest.param(".env.example", "lines", id="template of an env file"),
        pytest.param("prod.env", "lines", id="env file by its suffix"),
        pytest.param(".npmrc", "lines", id="a hidden file"),
        pytest.param("README.md", "prose", id="Markdown"),
        pytest.param("notes.txt", "prose", id="text"),
        pytest.param("LICENSE", "prose", id="no suffix"),
    ),
)
def test_kind_of(path, expected):
    assert languages.kind_of(path) == expected


@pytest.mark.parametrize(
    ("first_line", "expected"),
    (
        pytest.param("#!/bin/sh", "shell", id="shell"),
        pytest.param("#!/usr/bin/env bash", "shell", id="env"),
        pytest.param("#!/usr/bin/env python3", "code", id="Python"),
        pytest.param("#!/usr/bin/node", "code", id="node"),
        pytest.param("#!/usr/bin/env ruby", "code", id="Ruby"),
        pytest.param("", "prose", id="none"),
    ),
)
def test_a_shebang_decides_where_the_name_says_nothing(first_line, expected):
    assert languages.kind_of("bin/start", first_line) == expected


def test_the_name_decides_before_the_shebang():
    assert languages.kind_of("a.py", "#!/bin/sh") == "code"


@pytest.mark.parametrize(
    ("path", "expected"),
    (
        pytest.param("a.py", languages.PYTHON, id="Python"),
        pytest.param("a.vue", languages.JAVASCRIPT, id="Vue"),
        pytest.param("a.json.template", languages.JSON, id="a template"),
        pytest.param("bin/start", languages.PYTHON, id="no suffix"),
    ),
)
def test_syntax_of(path, expected):
    assert languages.syntax_of(path) is expected


@pytest.mark.parametrize("suffix", sorted(languages.SYNTAX_BY_SUFFIX.keys() | languages.KIND_BY_SUFFIX.keys()))
def test_every_suffix_has_one_reader(suffix):
    assert (suffix in languages.SYNTAX_BY_SUFFIX) != (suffix in languages.KIND_BY_SUFFIX)
