import os

import pymysql
from requests.auth import HTTPBasicAuth

WORD = "trader123"


def propagated():
    # ruleid: flow-password-in-python
    return pymysql.connect("db", "trader", WORD, "prices")


def literals(client, smtp, psycopg):
    # ruleid: flow-password-in-python
    pymysql.connect("db", "trader", "trader" + "123", "prices")
    # ruleid: flow-password-in-python
    smtp.login("mailer", "mailer123")
    # ruleid: flow-password-in-python
    psycopg.connect(host="db", password="password")
    # ruleid: flow-password-in-python
    return HTTPBasicAuth("grafana", "grafana")


def near_misses(page, user):
    # ok: flow-password-in-python
    pymysql.connect("db", "trader", os.environ["DB_PASSWORD"], "prices")
    # ok: flow-password-in-python
    user.login("name", "<password>")
    # ok: flow-password-in-python
    page.fill("password", "trader123")
    # ok: flow-password-in-python
    pymysql.connect("db", "trader", "your-password", "prices")
