import os

import mysql.connector
import redis

HOST = "db.stock-trading.io"


def propagated():
    # ruleid: flow-host-in-python
    return mysql.connector.connect(host=HOST, user="app")


class Store:
    def __init__(self):
        self.address = "cache.stock-trading.io"
        # ruleid: flow-host-in-python
        self.client = redis.Redis(self.address, 6379)


def literal(kafka):
    # ruleid: flow-host-in-python
    kafka.KafkaProducer(bootstrap_servers=["broker.stock-trading.io:9092"])


def near_misses(kafka, smtplib, sqlite3, requests):
    # ok: flow-host-in-python
    mysql.connector.connect(host=os.environ["DB_HOST"])
    # ok: flow-host-in-python
    smtplib.SMTP("smtp.gmail.com", 587)
    # ok: flow-host-in-python
    mysql.connector.connect(host="db.example.com")
    # ok: flow-host-in-python
    kafka.KafkaConsumer("prices.daily.events")
    # ok: flow-host-in-python
    sqlite3.connect("prices.db")
    # ok: flow-host-in-python
    requests.get("api.stock-trading.io")
