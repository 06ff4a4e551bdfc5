"""Notebooks: what a cell holds is Python, its lines are strings of JSON."""

import json
import re
import textwrap

import pytest

HEAD = """{
 "cells": [
  {
   "cell_type": "KIND",
   "metadata": {},
   "source": ["""
TAIL = """   ]
  }
 ],
 "metadata": {"language_info": {"name": "python", "version": "3.10.0.1"}},
 "nbformat": 4
}"""


def cell(source, kind="code"):
    """Return a notebook with one cell, whose lines keep their marks."""
    lines = textwrap.dedent(source).strip("\n").split("\n")
    last = len(lines) - 1
    written = []
    for at, line in enumerate(lines):
        code, mark = re.fullmatch(r"(.*?)([ \t]*~~> .+)?", line).groups()
        written.append(
            f"    {json.dumps(code + ('' if at == last else chr(10)))}{'' if at == last else ','}{mark or ''}"
        )
    return "\n".join((HEAD.replace("KIND", kind), *written, TAIL))


HITS = {
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/running-mlflow-examples/scenario-2.ipynb a call": cell("""
        import mlflow

        mlflow.set_tracking_uri("http://127.0.0.1:5000") ~~> hardcoded-url
    """),
    "DataTalksClub/mlops-zoomcamp:04-deployment/load_model.ipynb a constant": cell("""
        TRACKING_URL = "http://127.0.0.1:5000" ~~> hardcoded-url
        RUN_ID = 'b4d3bca8aa8e46a6b8257fe4541b1136'
    """),
    "DataTalksClub/mlops-zoomcamp:04-deployment/web-service-mlflow/random-forest.ipynb single quotes": cell("""
        MLFLOW_TRACKING_URI = 'http://10.130.0.2:5000' ~~> hardcoded-url
    """),
    "ploomber/sql:video-material/postgres/postgres-intro.ipynb keyword arguments": cell("""
        conn = psycopg2.connect(
            host="10.130.0.3", ~~> hardcoded-host
            port=5433, ~~> hardcoded-port
            user="analyst", ~~> hardcoded-username
            password="Mooswe1blein", ~~> hardcoded-credential
        )
    """),
    "ploomber/sql:video-material/redshift/redshift-ml.ipynb a dictionary": cell("""
        config = {
            "user": "postgres", ~~> hardcoded-username
            "password": "Trolle-im-w4ld", ~~> hardcoded-credential
            "host": "10.130.0.5", ~~> hardcoded-host
        }
    """),
    "ploomber/sql:colabs/intro-to-sql/connecting-to-databases.ipynb a password": cell("""
        password = "Mei-Supergehe1mnis" ~~> hardcoded-credential
    """),
    "ploomber/sql:colabs/intro-to-sql/connecting-to-databases.ipynb a host between holes": cell("""
        db_url = f"postgresql://user:{password}@localhost/database" ~~> hardcoded-url
    """),
    "ploomber/sql:video-material/postgres/postgres-intro.ipynb all but the host are holes": cell("""
        db_string = f"postgresql://{POSTGRES_USER}:{POSTGRES_PASSWORD}@localhost/db" ~~> hardcoded-url
    """),
    "ploomber/sql:video-material/redshift/redshift-ml.ipynb a constant": cell("""
        REDSHIFT_PASSWORD = "Me1-passwort" ~~> hardcoded-credential
    """),
    "davidkuda/nbdbsession:docs/how_to_connect_to_db.ipynb a quoted password": cell("""
        config = {
            "user": "postgres", ~~> hardcoded-username
            "password": parse.quote("Postkutsch3"), ~~> hardcoded-credential
            "url": "127.0.0.1", ~~> hardcoded-host
        }
    """),
    "davidkuda/nbdbsession:docs/db_io.ipynb settings of an environment": cell("""
        settings = {
            "DWH_DB_USER": "postgres", ~~> hardcoded-username
            "DWH_DB_PASSWORD": parse.quote("Postkutsch3"), ~~> hardcoded-credential
            "DWH_URL": "127.0.0.1", ~~> hardcoded-host
        }
    """),
    "DataTalksClub/mlops-zoomcamp:04-deployment/web-service-mlflow/random-forest.ipynb an address, and its use": cell("""
        MLFLOW_TRACKING_URI = "http://127.0.0.1:5000" ~~> hardcoded-url
        mlflow.set_tracking_uri(MLFLOW_TRACKING_URI)
    """),
}

MISSES = {
    "DataTalksClub/mlops-zoomcamp:01-intro/duration-prediction.ipynb nothing of the kind": cell("""
        import pandas as pd
        df = pd.read_parquet('./data/green_tripdata_2021-01.parquet')
        key = 'PU_DO'
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb a file": cell("""
        mlflow.set_tracking_uri("sqlite:///mlflow.db")
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb an address in a text": cell(
        """
        Open [MLflow](http://127.0.0.1:5000) in your browser, or `curl http://localhost:9696/predict`
        """,
        kind="markdown",
    ),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb read from the environment": cell("""
        password = os.environ["DB_PASSWORD"]
        host = os.getenv("DB_HOST")
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb asked for": cell("""
        from getpass import getpass
        password = getpass("Password: ")
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb what stands for a value": cell("""
        api_key = "YOUR_API_KEY"
        token = "<your token>"
        password = "********"
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb a comment": cell("""
        # mlflow ui --host 127.0.0.1 --port 5000
        x = 1
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb data of everybody": cell("""
        url = "https://raw.githubusercontent.com/DataTalksClub/mlops-zoomcamp/main/data.csv"
        df = pd.read_csv("https://s3.amazonaws.com/nyc-tlc/trip+data/green_tripdata_2021-01.csv")
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb names of columns": cell("""
        df = df.rename(columns={"token": "password", "host": "user"})
        tokens = df["token"].tolist()
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb nothing but holes": cell("""
        url = f"postgresql://{user}:{password}@{host}:{port}/{database}"
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb our own server": cell("""
        app.run(host="127.0.0.1", port=9696)
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb a test for this machine": cell("""
        if host in ("localhost", "127.0.0.1"):
            secure = False
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb other tokens": cell("""
        tokenizer = AutoTokenizer.from_pretrained("distilbert-base-uncased")
        eos_token = "<|endoftext|>"
        pad_token = "[PAD]"
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb a message": cell("""
        print("MLflow is running on http://127.0.0.1:5000")
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb a host for documentation": cell("""
        requests.get("https://api.example.com/v1/prices")
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb a version": cell("""
        __version__ = "10.0.1.2"
        !pip install xgboost==1.6.1
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb from a store": cell("""
        secret = boto3.client("secretsmanager").get_secret_value(SecretId="shop/db")["SecretString"]
        token = userdata.get("HF_TOKEN")
    """),
    "jupyter/docker-stacks:tests/by_image/r-notebook/data/execute_r.ipynb another language": cell("""
        library(DBI)
        con <- dbConnect(RSQLite::SQLite(), ":memory:")
    """),
    "davidkuda/nbdbsession:docs/db_io.ipynb a name of a table": cell("""
        df.to_sql("tokens", engine, schema="public")
    """),
    "ploomber/sql:colabs/intro-to-sql/connecting-to-databases.ipynb asked for": cell("""
        from getpass import getpass
        password = getpass()
    """),
}

# What the language has besides, and no named file.
IDIOMS = {
    "cell.ipynb SQLAlchemy": cell("""
        from sqlalchemy import create_engine
        engine = create_engine("postgresql://postgres:Zauberw4ld@localhost:5432/final") ~~> hardcoded-credential
    """),
    "cell.ipynb a magic": cell("""
        %load_ext sql
        %sql postgresql://app:Nebelm4nn@10.130.0.4/shop ~~> hardcoded-credential
    """),
    "cell.ipynb a magic that sets": cell("""
        %env DB_PASSWORD=Wald-h0rn ~~> hardcoded-credential
        import os
    """),
    "cell.ipynb a command": cell("""
        !psql postgresql://app:Nebelm4nn@10.130.0.4/shop -c 'select 1' ~~> hardcoded-credential
    """),
    "cell.ipynb a default": cell("""
        import os
        DB_URL = os.getenv("DB_URL", "mysql://root:Kl4buster@10.130.0.6:3306/shop") ~~> fallback-value
    """),
    "cell.ipynb a variable of the environment": cell("""
        os.environ["AWS_SECRET_ACCESS_KEY"] = "f81c03e97d52ba46e0a9" ~~> hardcoded-credential
    """),
    "cell.ipynb a list": cell("""
        consumer = KafkaConsumer("prices", bootstrap_servers=["10.130.0.7:9092"]) ~~> hardcoded-url
    """),
    "cell.ipynb a client": cell("""
        client = InfluxDBClient(url="http://10.130.0.8:8086", token="k81f0c93e7ab2d465Qz") ~~> hardcoded-url hardcoded-credential
    """),
    "cell.ipynb positions": cell("""
        r = redis.Redis("10.130.0.9", 6380) ~~> hardcoded-host
    """),
    "cell.ipynb a header": cell("""
        headers = {"Authorization": "Bearer a81f03e75c29d4b6f7"} ~~> hardcoded-credential
        requests.get("http://10.131.0.2:8000/predict", headers=headers) ~~> hardcoded-url
    """),
    "cell.ipynb interpolated": cell("""
        url = f"http://10.131.0.3:9696/{route}" ~~> hardcoded-url
    """),
    "cell.ipynb a string over two lines": cell("""
        dsn = ("postgresql://app:" ~~> hardcoded-credential
               "Erlk0enig@10.131.0.4/shop")
        api_key = "f30c91e8b47a52d6" ~~> hardcoded-credential
    """),
    "cell.ipynb all on one line": (
        '{"cells":[{"cell_type":"code","source":["import x\\n","password = \\"Hirt3n-flote\\""]}],"nbformat":4}'
        " ~~> hardcoded-credential"
    ),
    "cell.ipynb a source that is one string": (
        '{"cells": [{"cell_type": "code",\n'
        '  "source": "import x\\npassword = \\"Hirt3n-flote\\"\\n"}], "nbformat": 4} ~~> hardcoded-credential'
    ),
    "cell.ipynb text with a credential": cell(
        """
        ## Connect
        Use `postgresql://app:Alr4un-wurzel@db.shop.invalid/shop` ~~> hardcoded-credential
        """,
        kind="markdown",
    ),
    "cell.ipynb what was printed": """
        {"cells": [{"cell_type": "code", "outputs": [{"name": "stdout", "text": [
          "connected to http://127.0.0.1:5000\\n",
          "password = 'Hirt3n-flote'"
        ]}], "source": ["connect()"]}]}
    """,
    "cell.ipynb a picture": """
        {"cells": [{"cell_type": "code", "outputs": [{"data": {"image/png": "iVBORw0KGgoAAAANSUhEUgAAA8kAAAGzCAYAAADQ"},
          "metadata": {"token": "f30c91e8b47a52d6"}}], "source": []}]}
    """,
    "cell.ipynb an identity of a cell": """
        {"cells": [{"cell_type": "code", "execution_count": 1, "id": "2e25cf66", "metadata": {}, "source": []}]}
    """,
}


@pytest.mark.parametrize(("source", "text"), HITS.items(), ids=HITS)
def test_hits(found_and_marked, source, text):
    found, marked = found_and_marked(source, text)
    assert found == marked


@pytest.mark.parametrize(("source", "text"), MISSES.items(), ids=MISSES)
def test_misses(found_and_marked, source, text):
    found, marked = found_and_marked(source, text)
    assert found == marked == []


@pytest.mark.parametrize(("source", "text"), IDIOMS.items(), ids=IDIOMS)
def test_idioms(found_and_marked, source, text):
    found, marked = found_and_marked(source, text)
    assert found == marked
