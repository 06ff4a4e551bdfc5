"""Clojure and EDN: what a string is for, by what stands left of it."""

import pytest

from envfence import check
from envfence.config import Config

CREDENTIAL, FALLBACK, HOST, PORT, URL = (
    "hardcoded-credential", "fallback-value", "hardcoded-host", "hardcoded-port", "hardcoded-url",
)  # fmt: skip
CAUGHT = {
    "a map": ('(def db {:host "10.0.0.5" :port 5435 :password "opensesame7"})\n', [HOST, PORT, CREDENTIAL]),
    "a map over lines": ('{:db {:host     "10.0.0.5"\n      :password "opensesame7"}}\n', [HOST, CREDENTIAL]),
    "a variable": ('(def ^:private db-password\n  "opensesame7")\n', [CREDENTIAL]),
    "a connection string": ('(def url "postgresql://kim:opensesame7@localhost:5435/x")\n', [CREDENTIAL]),
    "a variable of the environment": ('(or (System/getenv "DB_HOST") "localhost")\n', [FALLBACK]),
    "for a key": ('{:password (or (System/getenv "DB_PASSWORD") "opensesame7")}\n', [FALLBACK]),
    "a port of the environment": ('(or (System/getenv "DB_PORT") 5435)\n', [FALLBACK]),
    "a port as a text": ('(or (env :db-port) "5435")\n', [FALLBACK]),
    "environ": ('(env :db-host "localhost")\n', [FALLBACK]),
    "settings of one's own": ('{:host (config/get :db-host "localhost")}\n', [FALLBACK]),
    "a mapping of the environment": ('(get (System/getenv) "DB_HOST" "localhost")\n', [FALLBACK]),
    "a request": ('(http/get "http://localhost:9000/orders")\n', [URL]),
    "a client": ('(redis/connect pool "10.0.0.5")\n', [HOST]),
    "a list": ('{:hosts ["10.0.0.5:9200" "10.0.0.6:9200"]}\n', [URL, URL]),
    "a port that is named for its service": ("{:rabbit-port 5673}\n", [PORT]),
}
PASSES = {
    "references": '{:password #env DB_PASSWORD :token (:token config) :host (System/getenv "DB_HOST")}\n',
    "an empty default": '(or (System/getenv "DB_PASSWORD") "")\n',
    "a comment": '; {:host "10.0.0.5"}\n',
    "a quote as a character": '(split s \\") ; "http://localhost:3000"\n',
    "what a function is for": '(defn f "Calls http://localhost:3000" [x] x)\n',
    "what a variable is for": '(def url "where it is: http://localhost:1" (System/getenv "URL"))\n',
    "printed": '(println "up at http://localhost:3000")\n(log/info "http://localhost:3000")\n',
    "compared": '(is (= "http://localhost:3000" url))\n(str/starts-with? url "http://localhost")\n',
    "our own port": "(def db {:host (env :h)})\n(run-server app {:port 3000})\n",
    "a number that is no port": "{:host (env :db-host) :timeout 5000}\n",
    "an address alone that nothing is done with": '"10.0.0.5"\n',
}


def found(text, path="src/app/db.clj"):
    return [one.rule for one in check.findings_in(path, text.encode(), Config()) if one.rule != "hardcoded-username"]


@pytest.mark.parametrize(("text", "expected"), CAUGHT.values(), ids=CAUGHT)
def test_is_caught(text, expected):
    assert found(text) == expected


@pytest.mark.parametrize("text", PASSES.values(), ids=PASSES)
def test_passes_untouched(text):
    assert found(text) == []


def test_a_comment_of_clojure_ignores_a_rule():
    assert found('(def db-host "10.0.0.5") ; envfence: ignore[hardcoded-host] the same everywhere\n') == []
