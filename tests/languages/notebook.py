"""Notebooks: what a cell holds is Python, its lines are strings of JSON."""

import json
import re
import textwrap

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
        mlflow.set_tracking_uri(TRACKING_URL)
    """),
    "DataTalksClub/mlops-zoomcamp:04-deployment/web-service-mlflow/random-forest.ipynb single quotes": cell("""
        MLFLOW_TRACKING_URI = 'http://10.130.0.2:5000' ~~> hardcoded-url
    """),
    "davidkuda/nbdbsession:docs/db_io.ipynb settings of an environment": cell("""
        config = {
            "DWH_DB_USER": "postgres", ~~> hardcoded-username
            "DWH_DB_PASSWORD": parse.quote("Postkutsch3"), ~~> hardcoded-credential
            "DWH_URL": "127.0.0.1", ~~> hardcoded-host
        }
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/running-mlflow-examples/scenario-2.ipynb a client": cell("""
        from mlflow.tracking import MlflowClient

        client = MlflowClient("http://127.0.0.1:5001") ~~> hardcoded-url
    """),
    "DataTalksClub/mlops-zoomcamp:04-deployment/web-service-mlflow/random-forest.ipynb a call before a name": cell("""
        mlflow.set_tracking_uri("http://127.0.0.1:5001") ~~> hardcoded-url
        mlflow.set_experiment("green-taxi-duration")
    """),
    "York-Solutions-B2E/bb-postgres-psycopg2-pandas-demo:postgres.ipynb arguments with blanks": cell("""
        conn = psycopg2.connect(dbname = "houses",
                          user = "steward", ~~> hardcoded-username
                          password = "Rueb3zahl", ~~> hardcoded-credential
                          host = "localhost", ~~> hardcoded-host
                          port = "5433") ~~> hardcoded-port
    """),
    "KSX61/rep:psycopg2.ipynb variables": cell("""
        hostname = "localhost" ~~> hardcoded-host
        database = "postgres"
        username = "steward" ~~> hardcoded-username
        port_id = 5433
        pwd = "R1esengebirge" ~~> hardcoded-credential
    """),
    "husnirama/GitDemo:psycopg2.ipynb no blanks": cell("""
        host="127.0.0.1" ~~> hardcoded-host
        database="exercise"
        user="steward" ~~> hardcoded-username
        password="Zwergenk0enig" ~~> hardcoded-credential
    """),
    "JimmyToronto/Python-MongoDB-NoSQL-PostgresSQL:psycopg2.ipynb one line": cell("""
        conn=pg2.connect(database='postgres',user='steward',password='Wassern1xe') ~~> hardcoded-username hardcoded-credential
        conn.autocommit=True
    """),
    "AkshaySatasiya/Langchain-With-Postgress-Database:postgres.ipynb variables, then a URL of holes": cell("""
        db_user = "steward" ~~> hardcoded-username
        db_password = "W1chtelmann7" ~~> hardcoded-credential
        db_host = "localhost" ~~> hardcoded-host
        db_port = 5433 ~~> hardcoded-port
        SQLALCHEMY_DATABASE_URL = f"postgresql://{db_user}:{db_password}@{db_host}:{db_port}/{db_name}"
    """),
    "AkshaySatasiya/Langchain-With-MySQL-Database:mysql.ipynb a URL in parts": cell("""
        db_password = "Kob0ldkeller" ~~> hardcoded-credential
        db_host = "localhost" ~~> hardcoded-host
        db_port=3307 ~~> hardcoded-port
        SQLALCHEMY_DATABASE_URL = (
            f"mysql+pymysql://{db_user}:{db_password}"
            f"@{db_host}:{db_port}"
        )
    """),
    "Dataworld123/mysql:mysql.ipynb a module's connect": cell("""
        mydb = mysql.connector.connect(
          host="localhost", ~~> hardcoded-host
          user="steward", ~~> hardcoded-username
          password="Moorl1cht", ~~> hardcoded-credential
          database="houses"
        )
    """),
    "Dataworld123/mongodb1:mongodb.ipynb an address": cell("""
        client = pymongo.MongoClient("mongodb://localhost:27018/") ~~> hardcoded-url
    """),
    "Amitkrpandey19/mongodbbasics:mongodb.ipynb a cluster": cell("""
        client = pymongo.MongoClient("mongodb+srv://steward:H1nzelmann@cluster0.k7f2q9x.mongodb.net/?retryWrites=true&w=majority") ~~> hardcoded-credential
        db = client.test
    """),
    "Faizansh0ikh/mongo:mongodb.ipynb a cluster below a comment": cell("""
        # Establish a connection to MongoDB
        client = pymongo.MongoClient("mongodb+srv://keeper:Spinnst0be@cluster0.q9x2k7f.mongodb.net/?retryWrites=true") ~~> hardcoded-credential
    """),
    "deltawi/NaturalQuery:postgres.ipynb constants": cell("""
        DATABASE = "postgres"
        USER = "steward" ~~> hardcoded-username
        PASSWORD = "Kl4bautermann" ~~> hardcoded-credential
        HOST = "localhost" ~~> hardcoded-host
        PORT = 5433 ~~> hardcoded-port
    """),
    "Hillsonkc100/python:mysql.ipynb without a password": cell("""
        database = mysql.connector.connect(
            host = "localhost", ~~> hardcoded-host
            user = "steward", ~~> hardcoded-username
            password = "",
        )
    """),
    "MaastrichtU-IDS/dsri-demo:mysql.ipynb a service by name": cell("""
        conn = mysql.connect(
            host='mysql-demo',
            user='steward', ~~> hardcoded-username
            password='Weiss3frauen', ~~> hardcoded-credential
            autocommit=True,
        )
    """),
    "ironhack-labs/lab-redis-querying:redis.ipynb a store": cell("""
        r = redis.Redis(host='localhost', port=6380, db=0, decode_responses=True) ~~> hardcoded-host hardcoded-port
    """),
    "surajn581/redis:redis.ipynb a client by another name": cell("""
        rClient = redis.Redis(host='localhost', port=6380, db=0) ~~> hardcoded-host hardcoded-port
    """),
    "RajputJay41/MY-sql-with-Python:mysql.ipynb everything on one line": cell("""
        connection = sql.connect(host="localhost",user="Steward",password="stew4rd123",database="my2database") ~~> hardcoded-host hardcoded-username hardcoded-credential
    """),
}

MISSES = {
    "MaastrichtU-IDS/dsri-demo:mysql.ipynb a statement": cell("""
        cursor.execute("DROP TABLE IF EXISTS associations;")
    """),
    "DataTalksClub/mlops-zoomcamp:04-deployment/web-service-mlflow/random-forest.ipynb a run's number": cell("""
        RUN_ID = 'b4d3bca8aa8e46a6b8257fe4541b1136'

        client = MlflowClient(tracking_uri=MLFLOW_TRACKING_URI)
    """),
    "KJMAN678/redis_hash:redis.ipynb read from the environment": cell("""
        env = environ.Env()
        HOST_NAME = env("HOST_NAME")
        ACCESS_KEY = env("ACCESS_KEY")
    """),
    "KJMAN678/redis_hash:redis.ipynb variables as arguments": cell("""
        r = redis.StrictRedis(host=HOST_NAME, db=0, password=ACCESS_KEY, ssl=True)
    """),
    "AkshaySatasiya/Langchain-With-Postgress-Database:postgres.ipynb what stands for a value": cell("""
        os.environ["OPENAI_API_KEY"] = "YOUR_OPENAI_API_KEY"
    """),
    "AkshaySatasiya/Langchain-With-Postgress-Database:postgres.ipynb nothing but holes": cell("""
        SQLALCHEMY_DATABASE_URL = f"postgresql://{db_user}:{db_password}@{db_host}:{db_port}/{db_name}"
    """),
    "cs327e-spring2023/snippets:postgres.ipynb a magic that sets a name": cell("""
        %env PGINSTANCE=pg
    """),
    "cs327e-spring2023/snippets:postgres.ipynb a command without an address": cell("""
        !psql -c "alter table college.Student add primary key (sid)"
    """),
    "Hillsonkc100/python:mysql.ipynb an empty password": cell("""
        database = connect(
            password = "",
        )
    """),
    "davidkuda/nbdbsession:docs/db_io.ipynb holes to be filled": cell("""
        conn_string = "postgresql://{}:{}@{}:{}/{}".format(*config.values())
    """),
    "davidkuda/nbdbsession:docs/db_io.ipynb a magic with a variable": cell("""
        %sql $conn_string
    """),
    "MaastrichtU-IDS/dsri-demo:mysql.ipynb a comment": cell("""
        # host='localhost',
        x = 1
    """),
    "MaastrichtU-IDS/dsri-demo:mysql.ipynb data of everybody": cell("""
        data = pd.read_csv('https://snap.stanford.edu/biodata/datasets/10004/files/miner.tsv.gz', header=0)
    """),
    "husnirama/GitDemo:psycopg2.ipynb names of arguments": cell("""
        conn = psycopg2.connect(host=host,database=database, user=user, password=password)
    """),
    "deltawi/NaturalQuery:postgres.ipynb output in a text": cell(
        """
        If successful, you will see
        * Running on http://127.0.0.1:5000
        """,
        kind="markdown",
    ),
    "deltawi/NaturalQuery:postgres.ipynb another token": cell("""
        tokenizer = AutoTokenizer.from_pretrained("defog/sqlcoder-7b")
    """),
    "ironhack-labs/lab-redis-querying:redis.ipynb a dataset": cell("""
        url = "https://raw.githubusercontent.com/RediSearch/getting-started/master/import_movies.redis"
        response = requests.get(url)
    """),
    "surajn581/redis:redis.ipynb a key of a cache": cell("""
        key_to_check = '{}:{}'.format( f.__name__, key )
    """),
    "DataTalksClub/mlops-zoomcamp:04-deployment/load_model.ipynb a path of a store": cell("""
        loaded_model = mlflow.pyfunc.load_model('s3://models/1/6dd459b11b4e48dc862f4e1019d166f6/artifacts/model/')
    """),
    "DataTalksClub/mlops-zoomcamp:01-intro/duration-prediction.ipynb nothing of the kind": cell("""
        import pandas as pd
        df = pd.read_parquet('./data/green_tripdata_2021-01.parquet')
        categorical = ['PU_DO']
    """),
    "DataTalksClub/mlops-zoomcamp:02-experiment-tracking/duration-prediction.ipynb a file": cell("""
        mlflow.set_tracking_uri("sqlite:///mlflow.db")
    """),
}

# What the language has besides, and no named file.
IDIOMS = {
    "cell.ipynb without finding: another language": cell("""
        library(DBI)
        con <- dbConnect(RSQLite::SQLite(), ":memory:")
    """),
    "cell.ipynb without finding: a name of a table": cell("""
        df.to_sql("tokens", engine, schema="public")
    """),
    "cell.ipynb without finding: an address in a text": cell(
        """
        Open [MLflow](http://127.0.0.1:5000) in your browser, or `curl http://localhost:9696/predict`
        """,
        kind="markdown",
    ),
    "cell.ipynb without finding: read from the environment": cell("""
        password = os.environ["DB_PASSWORD"]
        host = os.getenv("DB_HOST")
    """),
    "cell.ipynb without finding: asked for": cell("""
        from getpass import getpass
        password = getpass("Password: ")
    """),
    "cell.ipynb without finding: what stands for a value": cell("""
        api_key = "YOUR_API_KEY"
        token = "<your token>"
        password = "********"
    """),
    "cell.ipynb without finding: a comment": cell("""
        # mlflow ui --host 127.0.0.1 --port 5000
        x = 1
    """),
    "cell.ipynb without finding: data of everybody": cell("""
        url = "https://raw.githubusercontent.com/DataTalksClub/mlops-zoomcamp/main/data.csv"
        df = pd.read_csv("https://s3.amazonaws.com/nyc-tlc/trip+data/green_tripdata_2021-01.csv")
    """),
    "cell.ipynb without finding: names of columns": cell("""
        df = df.rename(columns={"token": "password", "host": "user"})
        tokens = df["token"].tolist()
    """),
    "cell.ipynb without finding: nothing but holes": cell("""
        url = f"postgresql://{user}:{password}@{host}:{port}/{database}"
    """),
    "cell.ipynb without finding: our own server": cell("""
        app.run(host="127.0.0.1", port=9696)
    """),
    "cell.ipynb without finding: a test for this machine": cell("""
        if host in ("localhost", "127.0.0.1"):
            secure = False
    """),
    "cell.ipynb without finding: other tokens": cell("""
        tokenizer = AutoTokenizer.from_pretrained("distilbert-base-uncased")
        eos_token = "<|endoftext|>"
        pad_token = "[PAD]"
    """),
    "cell.ipynb without finding: a message": cell("""
        print("MLflow is running on http://127.0.0.1:5000")
    """),
    "cell.ipynb without finding: a host for documentation": cell("""
        requests.get("https://api.example.com/v1/prices")
    """),
    "cell.ipynb without finding: a version": cell("""
        __version__ = "10.0.1.2"
        !pip install xgboost==1.6.1
    """),
    "cell.ipynb without finding: from a store": cell("""
        secret = boto3.client("secretsmanager").get_secret_value(SecretId="shop/db")["SecretString"]
        token = userdata.get("HF_TOKEN")
    """),
    "cell.ipynb without finding: getpass": cell("""
        from getpass import getpass
        password = getpass()
    """),
    "cell.ipynb keyword arguments": cell("""
        conn = psycopg2.connect(
            host="10.130.0.3", ~~> hardcoded-host
            port=5433, ~~> hardcoded-port
            user="analyst", ~~> hardcoded-username
            password="Mooswe1blein", ~~> hardcoded-credential
        )
    """),
    "cell.ipynb all but the host are holes": cell("""
        db_string = f"postgresql://{POSTGRES_USER}:{POSTGRES_PASSWORD}@localhost/db" ~~> hardcoded-url
    """),
    "cell.ipynb a dictionary": cell("""
        config = {
            "user": "postgres", ~~> hardcoded-username
            "password": "Trolle-im-w4ld", ~~> hardcoded-credential
            "host": "10.130.0.5", ~~> hardcoded-host
        }
    """),
    "cell.ipynb a password's constant": cell("""
        REDSHIFT_PASSWORD = "Me1-passwort" ~~> hardcoded-credential
    """),
    "cell.ipynb a password": cell("""
        password = "Mei-Supergehe1mnis" ~~> hardcoded-credential
    """),
    "cell.ipynb a host between holes": cell("""
        db_url = f"postgresql://user:{password}@localhost/database" ~~> hardcoded-url
    """),
    "cell.ipynb a quoted password": cell("""
        config = {
            "user": "postgres", ~~> hardcoded-username
            "password": parse.quote("Postkutsch3"), ~~> hardcoded-credential
            "url": "127.0.0.1", ~~> hardcoded-host
        }
    """),
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
        r = redis.Redis("10.130.0.9", 6380) ~~> hardcoded-host hardcoded-port
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
