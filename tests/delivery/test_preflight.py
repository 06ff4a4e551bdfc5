"""Whether a host can take a release."""

import pytest

from envfence.delivery.changes.preflight import problems, told

FACTS = {
    "agent": "aa",
    "engine": "26.1.5",
    "compose": "2.26.1-4",
    "disk_kb": "9000000",
    "docker_disk_kb": "5000000",
    "clock": "1000",
    "selinux": "none",
    "ports": "*:22,192.0.2.1:5432",
    "own_ports": "192.0.2.1:5432",
}


@pytest.mark.parametrize(
    ("changes", "ports", "said"),
    (
        pytest.param({}, ["5432", "6379"], [], id="fine"),
        pytest.param({"agent": "bb"}, [], ["its host.sh is of another version"], id="another agent"),
        pytest.param({"engine": ""}, [], ["its engine does not answer"], id="no engine"),
        pytest.param({"compose": "2.3.3"}, [], ["docker compose 2.20 or later"], id="old compose"),
        pytest.param({"disk_kb": "5000"}, [], ["5 MB are free for the root folder, and 1000 are needed"], id="disk"),
        pytest.param({"docker_disk_kb": "5000"}, [], ["5 MB are free for the engine"], id="the engine's disk"),
        pytest.param({"clock": "1100"}, [], ["its clock is 100 s ahead"], id="ahead"),
        pytest.param({"clock": "900"}, [], ["its clock is 100 s behind"], id="behind"),
        pytest.param({"clock": "1020"}, [], [], id="nearly the same clock"),
        pytest.param({"own_ports": ""}, ["5432"], ["another program has port 5432"], id="taken port"),
    ),
)
def test_problems(changes, ports, said):
    found = list(problems({**FACTS, **changes}, "aa", 1000.0, ports))
    assert len(found) == len(said)
    assert all(text.startswith(start) for text, start in zip(found, said, strict=True))


def test_told_is_short():
    assert told(FACTS) == "engine 26.1.5, 5.0 GB free"
    assert told({**FACTS, "selinux": "enforcing"}) == "engine 26.1.5, 5.0 GB free, SELinux enforcing"
