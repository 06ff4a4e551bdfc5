"""Services that no network has both of."""

import pytest

RULE = "stack-split-network"
DATA = "  influxdb: {image: 'influxdb:2.7.5', networks: [stock]}\n"
END = "networks: {stock: , monitoring: }\n"

SPLIT = (
    pytest.param("networks: [default]", id="the default, said"),
    pytest.param("user: x", id="the default, not said"),
    pytest.param("networks: {default: }", id="the default in the long form"),
    pytest.param("networks: [monitoring]\nenvironment: {URL: 'http://influxdb:8086'}", id="a URL"),
    pytest.param("networks: [monitoring]\nenvironment: [INFLUX_HOST=influxdb]", id="a host"),
    pytest.param(
        "networks: [monitoring]\nenvironment: {URL: 'http://u:${P}@influxdb:8086/x'}", id="a URL with a login"
    ),
    pytest.param("networks: [monitoring]\nenvironment: {URL: 'http://influxdb:${PORT}'}", id="a port of a key"),
    pytest.param("networks: [monitoring]\ncommand: [--target, 'influxdb:8086']", id="a command"),
    pytest.param("networks: [monitoring]\ndepends_on: {influxdb: {condition: service_healthy}}", id="waited for"),
    pytest.param("networks: {monitoring: {aliases: [x]}}\ndepends_on: [influxdb]", id="waited for in short"),
)
TOGETHER = (
    pytest.param("networks: [monitoring, stock]\nenvironment: {URL: 'http://influxdb:8086'}", id="on both"),
    pytest.param("networks: {stock: {aliases: [x]}}\ndepends_on: [influxdb]", id="on one, long"),
    pytest.param("networks: [monitoring]\nenvironment: {URL: 'http://influxdb.example.com:8086'}", id="another host"),
    pytest.param("networks: [monitoring]\nenvironment: {BUCKET: influxdb}", id="only a word"),
    pytest.param("networks: [monitoring]\nenvironment: {URL: 'http://my-influxdb:8086'}", id="a longer name"),
    pytest.param("network_mode: host\nenvironment: {URL: 'http://influxdb:8086'}", id="on the host's"),
    pytest.param("networks: [monitoring]\nenvironment: {TEST_IMAGE: 'influxdb:27'}", id="an image"),
    pytest.param("networks: [monitoring]\nlabels: {x: 'http://influxdb:8086'}", id="only a label"),
)


@pytest.mark.parametrize("text", SPLIT)
@pytest.mark.parametrize("environment", ("production", "development"))
def test_out_of_reach(text, environment, lines_of, app):
    text = app(text, "grafana/grafana:10.2.0", end=DATA + END)
    assert len(lines_of(RULE, text, environment=environment)) == 1


@pytest.mark.parametrize("text", TOGETHER)
def test_within_reach(text, lines_of, app):
    assert lines_of(RULE, app(text, "grafana/grafana:10.2.0", end=DATA + END)) == []


def test_a_service_is_also_called_by_its_aliases(lines_of, app):
    text = app("networks: [monitoring]\nenvironment: {URL: 'http://store:8086'}", end=DATA + END)
    assert lines_of(RULE, text) == []
    text = text.replace("[stock]}", "{stock: {aliases: [store]}}}")
    assert lines_of(RULE, text) == [("a", 4)]


def test_the_one_on_the_default_network_is_told(lines_of, app):
    text = app("networks: [stock]\ndepends_on: [influxdb]", end=DATA.replace(", networks: [stock]", "") + END)
    assert lines_of(RULE, text) == [("a", 6)]


def test_a_service_that_needs_nobody(lines_of, app):
    assert lines_of(RULE, app("user: x", "certbot/certbot:3.1.0", end=DATA + END)) == []
    assert len(lines_of(RULE, app("user: x", "registry.test/stock-acme/app:3.1.0", end=DATA + END))) == 1


def test_a_proxy_on_both_brings_them_together(lines_of, app):
    proxy = "  proxy: {image: 'caddy:2.9.1', networks: [stock, default]}\n"
    assert lines_of(RULE, app("user: x", end=DATA + proxy + END)) == []


def test_a_service_out_of_reach_is_told_once(lines_of, app):
    text = "networks: [monitoring]\nenvironment: {URL: 'http://influxdb:8086', OTHER: 'http://influxdb:8088'}"
    assert lines_of(RULE, app(text, end=DATA + END)) == [("a", 4)]
