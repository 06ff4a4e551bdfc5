"""Names that are nearly those of environments."""

import pytest

from envfence.contract.misspelt import meant

KNOWN = ("development", "staging", "production", "prod", "qa")


@pytest.mark.parametrize(
    ("name", "expected"),
    (
        pytest.param("developmnt", "development", id="a letter is left out"),
        pytest.param("developmennt", "development", id="a letter too many"),
        pytest.param("stabing", "staging", id="another letter"),
        pytest.param("prodcution", "production", id="two letters change places"),
        pytest.param("stgng", "staging", id="two letters are left out"),
        pytest.param("Production", "production", id="a capital"),
        pytest.param("prd", "prod", id="a short name"),
        pytest.param("production", "", id="known"),
        pytest.param("preproduction", "", id="three letters more"),
        pytest.param("staging2", "", id="a digit more"),
        pytest.param("staging-eu", "", id="a part more"),
        pytest.param("rd", "", id="two letters of a short name"),
        pytest.param("qb", "", id="a name of two letters has no slips"),
        pytest.param("canary", "", id="another name"),
    ),
)
def test_meant(name, expected):
    assert meant(name, KNOWN) == expected
