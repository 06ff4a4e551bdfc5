"""What pins a program to one environment, and what only looks like it: two tables, by class."""

import pytest

from envfence import detect
from envfence.config import Config

STANDARD = Config()
HOST, PORT, URL, FALLBACK = "hardcoded-host", "hardcoded-port", "hardcoded-url", "fallback-value"


def found(path, text, config=STANDARD):
    """Return the rules of the endpoint family that the file breaks, by line."""
    return [one.rule for one in detect.findings(path, text.encode(), config) if one.family == "endpoint"]


COMMAND_LINE = """
p.add_argument("--host", default="127.0.0.1")
p.add_argument("--port", type=int, default=5001)
args = p.parse_args()
app.run(host=args.host, port=args.port)
"""

CAUGHT = {
    # An argument of a client.
    "host and port of a client": ("a.py", 'r = Redis(host="localhost", port=6379)\n', [HOST, PORT]),
    "first argument of connect": ("a.py", 'ib.connect("127.0.0.1", 7497)\n', [HOST, PORT]),
    "a service's name that a client connects to": ("a.py", 'mqtt.connect("broker", 1883)\n', [HOST, PORT]),
    "a list of brokers": ("a.py", 'p = KafkaProducer(bootstrap_servers=["localhost:9092"])\n', [URL]),
    "several brokers in one string": ("a.py", 'BROKERS = "kafka1:9092,192.168.7.20:9092"\n', [URL]),
    "a tuple for a socket": ("a.py", 's.connect_ex(("192.168.7.20", 4001))\n', [HOST, PORT]),
    "a request": ("a.py", 'requests.get("http://localhost:8000/health")\n', [URL]),
    "an asynchronous client": ("a.py", 'async with AsyncClient(base_url="http://localhost:8000") as c:\n', [URL]),
    "a request with a part that is computed": ("a.py", 'httpx.post(f"http://127.0.0.1:8000/{path}")\n', [URL]),
    "an option of a builder": ("a.py", 's.option("kafka.bootstrap.servers", "localhost:9092")\n', [URL]),
    "a setter in Java": ("A.java", 'class A { void a() { factory.setHost("localhost"); } }\n', [HOST]),
    "a setter in PHP": ("a.php", "<?php $c->setHost('192.168.7.20');\n", [HOST]),
    "a property in C#": ("A.cs", 'var f = new ConnectionFactory { HostName = "localhost" };\n', [HOST]),
    "a field of a struct in Go": ("a.go", 'opt := redis.Options{Addr: "localhost:6379"}\n', [URL]),
    "fetch in JavaScript": ("a.js", "await fetch('http://192.168.7.20:8877/trades')\n", [URL]),
    "a page in a browser test": ("a.spec.ts", "await page.goto('http://localhost:3000/login')\n", [URL]),
    "an axios instance": ("a.ts", "export const api = axios.create({ baseURL: 'http://localhost:8000' })\n", [URL]),
    # A port without a name, next to its host.
    "a port behind the host of a client": ("a.py", 'r = redis.Redis("cache.internal", 6380)\n', [HOST, PORT]),
    "a port on the next line": ("a.py", 'r = Redis(\n    "192.168.7.20",\n    6380,\n)\n', [HOST, PORT]),
    "a pair that a call connects to": ("a.py", 'socket.create_connection(("10.1.2.3", 5435), 5)\n', [HOST, PORT]),
    "behind another argument": ("a.py", 'loop.create_connection(P, "10.0.0.7", 8081)\n', [HOST, PORT]),
    "a default that is a pair": ("a.py", 'def f(host=("10.0.0.7", 8081)): ...\n', [FALLBACK, FALLBACK]),
    "a pair that is named for a host": ("a.py", 'NODES = [("10.0.0.7", 8081)]\n', [HOST, PORT]),
    "a port before its host": ("a.js", 'const s = net.connect(5435, "192.168.7.20")\n', [PORT, HOST]),
    "a socket in Java": ("A.java", 'class A {\n  Socket s = new Socket("10.0.0.2", 9042);\n}\n', [HOST, PORT]),
    "a client of Redis in Java": ("A.java", 'class A {\n  Jedis j = new Jedis("localhost", 6380);\n}\n', [HOST, PORT]),
    "a host of HTTP in Java": (
        "A.java",
        'class A {\n  HttpHost h = new HttpHost("10.0.0.2", 9200);\n}\n',
        [HOST, PORT],
    ),
    "a client in C#": ("A.cs", 'var c = new TcpClient("10.0.0.2", 9042);\n', [HOST, PORT]),
    "a client of Ruby's library": ("a.rb", 'Net::SMTP.start("10.0.0.2", 2525)\n', [HOST, PORT]),
    "a socket in PHP": ("a.php", "<?php $s = fsockopen('10.0.0.2', 6380);\n", [HOST, PORT]),
    "a pair in Rust": ("a.rs", 'let s = TcpStream::connect(("10.0.0.2", 5435));\n', [HOST, PORT]),
    "a port that says how it is reached": ("a.yml", "db:\n  host: 10.0.0.5\n  tcpPort: 5435\n", [HOST, PORT]),
    # A service's name with its port, in a client's own call.
    "an address for a client": ("a.py", 'c = Minio("files:9010", key)\n', [URL]),
    "a client that is called as a server's command is": ("a.py", 'c = Minio("localhost:9010")\n', [URL]),
    "a list of addresses for a client": ("a.py", 'e = Elasticsearch(["es1:9200"])\n', [URL]),
    "brokers for a client": ("a.py", 'p = KafkaProducer(bootstrap_servers=["k1:9092"])\n', [URL]),
    "brokers on the next line": ("a.py", 'p = KafkaProducer(\n    bootstrap_servers="k1:9092",\n)\n', [URL]),
    "brokers by a key": ("a.py", 'p = Producer({"bootstrap.servers": "k1:9092"})\n', [URL]),
    "a channel of gRPC": ("a.py", 'c = grpc.insecure_channel("orders:50051")\n', [URL]),
    "brokers in JavaScript": ("a.js", "const k = new Kafka({ brokers: ['k1:9092'] })\n", [URL]),
    # A constant that reaches a client.
    "a named constant": ("a.py", 'API_URL = "http://localhost:9090"\n', [URL]),
    "constants followed to a client": ("a.py", 'A = "localhost"\nP = 8086\nc = InfluxDBClient(A, P)\n', [HOST]),
    "a host and its port in one statement": ("a.py", 'HOST, PORT = "localhost", 5672\n', [HOST, PORT]),
    "a pair for two names": ("a.py", 'host, port = ("192.168.7.20", 5673)\n', [HOST, PORT]),
    "a pair in Go": ("a.go", 'host, port := "192.168.7.20", "5673"\n', [HOST, PORT]),
    "a host and its port": ("a.py", 'db_host = "localhost"\ndb_port = 5432\n', [HOST, PORT]),
    "a bare port beside its host": ("a.ini", "[database]\nhost = localhost\nport = 5432\n", [HOST, PORT]),
    "fields of a class": ("a.py", 'class C:\n    host: str = "localhost"\n    port: int = 5432\n', [FALLBACK] * 2),
    "a port beside a URL without one": ("a.js", "c = { url: 'http://127.0.0.1', port: 8123 }\n", [URL, PORT]),
    "a bare port as an argument": ("a.py", 'broker = broker_for("ib", port=7497)\n', [PORT]),
    "a port named for its service": ("a.py", "REDIS_PORT = 6379\n", [PORT]),
    "a host of a private network": ("a.py", 'DB_SERVER = "10.0.3.17"\n', [HOST]),
    "a public address as a host": ("a.py", 'REMOTE_HOST = "52.14.88.20"\n', [HOST]),
    "a bucket in a cloud": ("a.py", 'HOST = "https://orders.oss-cn-hangzhou.aliyuncs.com"\n', [URL]),
    "an internal name": ("a.py", 'DB_HOST = "db.prod.internal"\n', [HOST]),
    "a managed database": ("a.py", 'DB_HOST = "orders.c9akciq32.eu-west-1.rds.amazonaws.com"\n', [HOST]),
    "an application of one's own": ("a.js", "const API = 'https://orders-api.onrender.com/v1'\n", [URL]),
    "a private host with IPv6": ("a.py", 'URL = "http://[::1]:8000/"\n', [URL]),
    # Connection strings.
    "a DSN without a password": ("a.py", 'engine = create_engine("postgresql://localhost:5432/app")\n', [URL]),
    "a DSN with a driver": ("a.py", 'URL = "mysql+pymysql://root@127.0.0.1/app"\n', [URL]),
    "JDBC": ("a.properties", "spring.datasource.url=jdbc:mysql://localhost:3306/app\n", [URL]),
    "an interpolated user and a literal host": ("a.py", 'URL = f"postgresql://{user}:{pw}@localhost/app"\n', [URL]),
    "key and value": ("a.py", 'psycopg.connect("host=localhost dbname=app")\n', [URL]),
    "Go's MySQL driver": ("a.go", 'db, _ := sql.Open("mysql", user+"@tcp(localhost:3306)/app")\n', []),
    "Go's MySQL driver with a user": ("a.go", 'db, _ := sql.Open("mysql", "app@tcp(localhost:3306)/app")\n', [URL]),
    "a client on all interfaces": ("a.py", 'BROKER = "redis://0.0.0.0:6379/1"\n', [URL]),
    "a database of somebody": ("a.py", 'URL = "mongodb://db.acme.io/app"\n', [URL]),
    "any scheme": ("a.py", 'registry = "nacos://127.0.0.1:8848"\n', [URL]),
    "the end of a DSN that is put together": ("a.py", 'd = "pg://" + U + ":" + P + "@localhost:5432/" + D\n', [URL]),
    # Defaults.
    "a host that Vite hands on": ("a.ts", 'const dbHost = import.meta.env.VITE_DB_HOST ?? "10.0.0.5";\n', [FALLBACK]),
    "a host for React": ("a.ts", 'const h = process.env.REACT_APP_API_HOST || "localhost";\n', [FALLBACK]),
    "a fallback inside a template": (
        "a.js",
        'c = { target: `${process.env.P || "http://127.0.0.1:7766"}` }\n',
        [FALLBACK],
    ),
    "a fallback inside an f-string": (
        "a.py",
        "u = f\"redis://{getenv('REDIS_HOST', 'localhost')}:6379\"\n",
        [FALLBACK],
    ),
    "getenv": ("a.py", 'host = os.getenv("DB_HOST", "localhost")\n', [FALLBACK]),
    "getenv of a port": ("a.py", 'port = int(os.getenv("DB_PORT", "5432"))\n', [FALLBACK]),
    "environ.get inside a call": ("a.py", 'r = Redis(host=os.environ.get("RH", "localhost"))\n', [FALLBACK]),
    "a helper of one's own": ("a.ts", "const url = envValue('API_URL', 'http://localhost:3001')\n", [FALLBACK]),
    "a helper with any name": ("a.py", 'REDIS = ev("REDIS_ADDRESS", "localhost:6379")\n', [FALLBACK]),
    "or": ("a.py", 'url = os.getenv("API_URL") or "http://localhost:8000"\n', [FALLBACK]),
    "double pipe": ("a.js", "mongoose.connect(process.env.MONGO_URL || 'mongodb://localhost/app')\n", [FALLBACK]),
    "double question mark": ("a.ts", "const host = process.env.REDIS_HOST ?? 'localhost'\n", [FALLBACK]),
    "what a call gives, or this": ("a.js", "const c = { hubHost: store.get('hub') || '192.168.7.20' }\n", [FALLBACK]),
    "a parameter": ("a.py", 'def connect(base_url="http://localhost:8000"):\n    pass\n', [FALLBACK]),
    "argparse": ("a.py", 'p.add_argument("--redis-host", default="localhost")\n', [FALLBACK]),
    "click": ("a.py", '@click.option("--broker", default="localhost:9092")\ndef f(broker): ...\n', [FALLBACK]),
    "typer": ("a.py", 'def f(db_host: str = typer.Option("localhost")): ...\n', [FALLBACK]),
    "a field of settings": ("a.py", 'redis_url: str = Field(default="redis://localhost:6379")\n', [FALLBACK]),
    "a variable of a flag": ("a.go", 'flag.StringVar(&c.Host, "host", "127.0.0.1", "where it is")\n', [FALLBACK]),
    "viper": ("a.go", 'viper.SetDefault("db.host", "localhost")\n', [FALLBACK]),
    "Spring's placeholder in YAML": ("a.yml", "spring:\n  redis:\n    host: ${REDIS_HOST:localhost}\n", [FALLBACK]),
    "Spring's placeholder in Java": ("A.java", 'class A { @Value("${db.host:localhost}") String h; }\n', [FALLBACK]),
    "shell": ("a.sh", 'DB_HOST="${DB_HOST:-localhost}"\n', [FALLBACK]),
    "shell, for a position": ("a.sh", 'BASE_URL="${1:-http://127.0.0.1:8000}"\n', [FALLBACK]),
    # Shell.
    "curl": ("a.sh", "if curl -fsS http://localhost:8000/health; then echo up; fi\n", [URL]),
    "psql": ("a.sh", "psql -h localhost -U app -c 'select 1'\n", [HOST]),
    "a command in a string": ("a.sh", 'probe MySQL "mysqladmin ping -h 127.0.0.1 --silent"\n', [HOST]),
    "nc": ("a.sh", "until nc -z 192.168.7.20 50051; do sleep 1; done\n", [HOST]),
    "ssh": ("a.sh", "ssh -p 2222 deploy@192.168.7.20 uptime\n", [HOST]),
    "scp": ("a.sh", 'scp app.tar "$WHO@192.168.7.20:/srv/app"\n', [HOST]),
    "rsync": ("a.sh", "rsync -az --delete dist/ 192.168.7.20:/srv/app/\n", [HOST]),
    "a login": ("a.py", 'c = Connection("deploy@192.168.7.20")\n', [HOST]),
    "a place on another machine": ("a.py", 'REMOTE = "deploy@192.168.7.20:/srv/app"\n', [HOST]),
    "a login in a command": ("a.py", 'os.system("scp -r dist root@192.168.7.20:/srv/app")\n', [HOST]),
    "redis-cli": ("a.sh", "redis-cli -h 127.0.0.1 ping\n", [HOST]),
    "an option with its value": ("a.sh", "aws --endpoint-url=http://localhost:4566 s3 ls\n", [URL]),
    "an assignment": ("a.sh", 'API_URL="http://localhost:5540/api"\n', [URL]),
    "a script for another machine": ("a.sh", "run 'bash -s' <<'X'\nset -e\ncurl http://10.0.3.17/up\nX\n", [URL]),
    "a build argument of an image": ("Dockerfile", "FROM a\nARG API_URL=http://localhost:8080\n", [FALLBACK]),
    "an environment of an image": ("Dockerfile", "FROM a\nENV DB_HOST=localhost\n", [HOST]),
    # Compose, Helm, Spring.
    "an address for a browser in compose": (
        "compose.yml",
        "services:\n  web:\n    environment:\n      NEXT_PUBLIC_API_URL: http://localhost:3001\n",
        [URL],
    ),
    "an environment as a list": (
        "compose.yml",
        "services:\n  web:\n    environment:\n      - DB_HOST=192.168.7.20\n      - DB_PORT=5432\n",
        [HOST, PORT],
    ),
    "a data source in Spring": (
        "application.yml",
        "spring:\n  datasource:\n    url: jdbc:postgresql://localhost:5432/app\n",
        [URL],
    ),
    "host and port in Spring": (
        "application.yml",
        "spring:\n  data:\n    redis:\n      host: localhost\n      port: 6379\n",
        [HOST, PORT],
    ),
    "a deployed address in a workflow": (
        ".github/workflows/a.yml",
        "jobs:\n  a:\n    steps:\n      - run: curl http://192.168.7.20/health\n",
        [URL],
    ),
    "what is beside the workflows": (
        ".github/workflows/kubernetes/a.yml",
        "data:\n  JWKS_URL: http://localhost:9999/jwks.json\n",
        [URL],
    ),
    "the arguments of a container's command": (
        "k8s/a.yaml",
        'containers:\n  - name: c\n    command: ["curl"]\n    args: ["http://localhost:5000/jobs"]\n    env: []\n',
        [URL],
    ),
    "the arguments below each other": (
        "k8s/a.yaml",
        "spec:\n  containers:\n  - name: c\n    command:\n    - curl\n    args:\n    - http://localhost:5000/jobs\n",
        [URL],
    ),
    "a setting in TOML": ("a.toml", '[redis]\nhost = "localhost"\n', [HOST]),
    "a setting in INI, in capitals": ("a.ini", "[database]\nHost = 127.0.0.1:3306\n", [URL]),
    "a setting in INI": ("a.ini", "[database]\nhost = 10.0.3.17\n", [HOST]),
    "a setting in JSON": ("a.json", '{"mysql": {"host": "localhost", "port": 3306}}\n', [HOST, PORT]),
    "a setting named for its service": ("appsettings.json", '{"AllowedHosts": "*", "Redis": "localhost"}\n', [HOST]),
    "a data source in XML": ("a.xml", '<p name="url" value="jdbc:mysql://localhost:3306/app"/>\n', [URL]),
    "a proxied address in nginx": ("nginx.conf", "location / { proxy_pass http://127.0.0.1:8000; }\n", [URL]),
    "a target of a development proxy": (
        "vite.config.ts",
        'export default { server: { port: 5173, proxy: { "/api": "http://127.0.0.1:8000" } } }\n',
        [URL],
    ),
    # Tests that really connect.
    "a request in a test": ("tests/test_a.py", 'import requests\n\nrequests.get("http://localhost:8000/up")\n', [URL]),
    "a constant of a test that connects": (
        "tests/test_a.py",
        'import requests\n\nURL = "http://localhost:8000"\nprint(requests.get(URL).status_code)\n',
        [URL],
    ),
    "a constant of a test that connects and asserts": (
        "tests/test_a.py",
        'import httpx\n\nURL = "http://localhost:8000"\n\n\ndef test_a():\n    assert httpx.get(URL)\n',
        [URL],
    ),
    "a browser test's settings": (
        "e2e/cypress.config.ts",
        "import x from 'cypress'\nexport default x({ baseUrl: 'http://localhost:3000' })\n",
        [URL],
    ),
    "a default in a test": ("tests/test_a.py", 'url = os.getenv("API_URL", "http://localhost:1")\n', [FALLBACK]),
    "a default from outside, where a test pretends": (
        "tests/conftest.py",
        'from unittest.mock import Mock\nurl = os.getenv("API_URL", "http://localhost:1")\n',
        [FALLBACK],
    ),
    "an option's default, where a test pretends": (
        "tests/conftest.py",
        'from unittest.mock import Mock\nparser.addoption("--redis-url", default="redis://localhost:6479")\n',
        [FALLBACK],
    ),
    "a fallback whose variable mentions a host": (
        "a.py",
        'rabbit_host_funds = os.environ.get("RABBIT_FUNDS", "localhost")\n',
        [FALLBACK],
    ),
    "a variable that is set": ("a.go", 'package a\nfunc f() {\n\tos.Setenv("DB_HOST", "localhost")\n}\n', [HOST]),
    "a variable that is set unless it is": ("a.py", 'os.environ.setdefault("DB_HOST", "localhost")\n', [FALLBACK]),
    "a port that is dialled": (
        "a.go",
        'package a\nconst rpcPort = "5001"\nvar c = rpc.Dial("tcp", fmt.Sprintf("db.local:%s", rpcPort))\n',
        [PORT, URL],
    ),
    # What one language or one tool says in its own way.
    "a service's name and its port for a client": ("a.py", 'r = Redis("cache", 6380)\n', [HOST, PORT]),
    "a host and a port that Go joins": (
        "a.go",
        'c, err := net.Dial("tcp", net.JoinHostPort("db.internal", "5433"))\n',
        [HOST, PORT],
    ),
    "a port of a setting on two lines": (
        "a.bicep",
        "[\n  {\n    name: 'DB_HOST'\n    value: '10.0.0.5'\n  }\n  {\n    name: 'DB_PORT'\n    value: '5433'\n  }\n]",
        [HOST, PORT],
    ),
    "a port that is computed inside a string": (
        "a.js",
        "const u = `redis://${h}:${env.REDIS_PORT || 6380}`\n",
        [FALLBACK],
    ),
    "a port that is computed inside an f-string": (
        "a.py",
        "u = f\"redis://{h}:{getenv('REDIS_PORT', 6380)}\"\n",
        [FALLBACK],
    ),
    "a program in a here-document": (
        "a.sh",
        "docker exec app python3 - <<'PY'\nimport os\nhost = os.environ.get('DB_HOST', 'localhost')\nPY\n",
        [FALLBACK],
    ),
    "a script in a string": (
        "a.py",
        'S = """\nset -eu\nif curl -f http://127.0.0.1:7001/ready; then\n  echo http://127.0.0.1:7001\nfi\n"""\n',
        [URL],
    ),
    "an extension of compose": ("a.yml", "x-app: &app\n  environment:\n    SMTP_HOST: host.docker.internal\n", [HOST]),
    "a port of a service in an image": ("Dockerfile", "ENV APP_PORT=8787 \\\n    REDIS_PORT=6380\n", [PORT]),
    "a data source in a test": (
        "test/ormconfig.ts",
        "export default new DataSource({ host: 'localhost', port: 3307 })\n",
        [HOST, PORT],
    ),
    "a method that is called patch": ("a.ts", "api.patch('/a', data, { baseURL: 'http://localhost/api' })\n", [URL]),
    "a request of Python's library": ("a.py", 'r = urllib.request.Request("http://localhost:8000/a")\n', [URL]),
    "a page of every interface": ("a.py", 'u = "http://0.0.0.0:4000/predict"\n', [URL]),
    "a script of a test": ("tests/a.sh", "export API=http://localhost:8000\n", [URL]),
    "an argument behind the types of parameters": (
        "a.ts",
        "a = {\n  f: (b: {\n    allowed_roles?: string[],\n  }) => post(a, b, { baseURL: 'http://localhost' }),\n}",
        [URL],
    ),
    "settings for a test": ("config.test.json", '{"db": {"host": "localhost", "port": 5433}}\n', [HOST, PORT]),
    "a list of addresses": (
        "a.ts",
        'const urls = ["http://localhost:8000", "curl http://localhost:8001"]\n',
        [URL, URL],
    ),
    "a port of a client beside a switch": (
        "a.py",
        'r = Redis(host="localhost", port=6380, debug=True)\n',
        [HOST, PORT],
    ),
    "a computed path where a port is free": (
        "a.py",
        's.bind(("127.0.0.1", 0))\nrequests.get(f"http://localhost:8000/{a}")\n',
        [URL],
    ),
    "a computed port": ("a.py", 'c = KafkaConsumer(bootstrap_servers=[f"localhost:{port}"])\n', [URL]),
    "a computed port in Go": ("a.go", 'c, _ := grpc.Dial(fmt.Sprintf("127.0.0.1:%s", port))\n', [URL]),
}

PASSES = {
    # Our own listener.
    "a web application": ("a.py", 'app.run(host="127.0.0.1", port=5000)\n'),
    "uvicorn": ("a.py", 'uvicorn.run(app, host="127.0.0.1", port=8000)\n'),
    "uvicorn's settings": ("a.py", 'c = uvicorn.Config(app, host="127.0.0.1", port=8000)\n'),
    "a constant that reaches a listener": ("a.py", 'HOST = "127.0.0.1"\nPORT = 9988\nserver.listen(PORT, HOST)\n'),
    "an option that reaches a listener": ("a.py", COMMAND_LINE),
    "a default that reaches a listener": ("a.js", "const port = process.env.PORT || 4000\napp.listen(port)\n"),
    "a setting inside the listener's call": ("a.py", 'app.run(port=int(os.getenv("PORT", 8000)))\n'),
    "a server on a socket": ("a.py", 's.bind(("127.0.0.1", 9000))\n'),
    "a server of HTTP": ("a.py", 'HTTPServer(("localhost", 8080), Handler).serve_forever()\n'),
    "all interfaces": ("a.py", 'DB_HOST = "0.0.0.0"\n'),
    "a host of our own": ("a.py", 'UVICORN_HOST = "127.0.0.1"\n'),
    "a port of our own": ("a.py", "SERVER_PORT = 8080\nMETRICS_PORT = 9090\n"),
    "a bare port without a host": ("a.py", "port = 8080\n"),
    "the port of a development server": ("vite.config.ts", "export default { server: { port: 5173 } }\n"),
    "a command that listens": ("a.sh", "python -m uvicorn main:app --host 127.0.0.1 --port 8000\n"),
    "a port of a protocol": ("a.py", "SMTP_PORT = 587\n"),
    "a port of the web": ("a.sh", 'CONTROLLER_PORT="443"\n'),
    "a port of our own in shell": ("a.sh", "export PORT=${PORT:-3001}\n"),
    "an exposed port": ("Dockerfile", "FROM a\nEXPOSE 8000\nENV PORT=8000\n"),
    "a range of ports": ("a.ts", "async function free(startPort = 49152, endPort = 65535) {}\n"),
    "a port of our own web server": ("a.ts", "const port = this.getConfig('webserver.port', 8080);\n"),
    "a section of our own server": ("a.yml", "server:\n  host: 127.0.0.1\n  port: 8080\n"),
    "a name in nginx": ("nginx.conf", "server {\n  listen 80;\n  server_name localhost;\n}\n"),
    "how a server that listens everywhere is reached": (
        "a.py",
        'if bind in ("0.0.0.0", ""):\n    bind = "localhost"\nconnect(bind if bind != "0.0.0.0" else "127.0.0.1")\n',
    ),
    "a mail address": ("a.py", 'SENDER = "root@localhost"\n'),
    # A number that is no port, or whose host is no target.
    "a number behind the host of a listener": (
        "a.py",
        's.bind(("127.0.0.1", 9000))\nHTTPServer(("127.0.0.1", 9001))\n',
    ),
    "a number behind the host of a call of one's own": ("a.py", 'row("127.0.0.1", 9000)\n'),
    "a service's name where nothing is connected to": ("a.py", 'cache.get("orders:9200")\nimage = "orders:5000"\n'),
    "a key of a store": ("a.py", 'client.get("session:9200")\nredis_client.delete("user:1000")\n'),
    "a topic of a channel": ("a.js", 'const c = socket.channel("room:1234")\n'),
    "what a client's own call is named": ("a.py", 'c = Client(name="orders:9200")\n'),
    "a service of the same network, as a setting": ("a.yml", "kafka:\n  brokers: k1:9092\n"),
    "a service of the same network, for a command": ("a.sh", "kafka-topics --bootstrap-server k1:9092 --list\n"),
    "a command that serves": ("a.sh", "minio server --address 127.0.0.1:9000 /data\n"),
    # Read by people.
    "a comment": ("a.py", "# curl http://localhost:8000\nx = 1\n"),
    "a docstring": ("a.py", '"""Connects to redis://localhost:6379."""\n'),
    "a docstring with a call": ("a.py", 'def f():\n    """Example: connect(host="localhost", port=7497)."""\n'),
    "printed": ("a.py", 'print("http://localhost:8000")\n'),
    "logged": ("a.py", 'logger.info("up at http://localhost:%s", port)\n'),
    "logged in JavaScript": ("a.js", "console.log(`http://localhost:${port}`)\n"),
    "echoed": ("a.sh", 'echo "Open http://localhost:3000"\n'),
    "echoed, with a DSN": ("a.sh", 'echo "  ./a.sh --url \\"mysql://root:YOUR_PASSWORD@localhost/a\\""\n'),
    "a fallback that an error names": ("a.ts", 'throw new Error(`not at ${o.url || "http://localhost:1434"}.`)\n'),
    "help": ("a.py", 'p.add_argument("--url", help="e.g. http://localhost:8000")\n'),
    "an exception": ("a.py", 'raise ValueError("nothing at http://localhost:8000")\n'),
    "a sentence": ("a.py", 'text = "Start the server at http://localhost:8000 before the tests"\n'),
    "a comment in XML": ("a.xml", "<!--\n  jdbc:mysql://localhost:3306/app\n-->\n"),
    "a namespace in XML": ("a.xml", '<beans xmlns="http://www.springframework.org/schema/beans"/>\n'),
    "documentation": ("README.md", "Open http://localhost:3000, then `psql -h localhost`.\n"),
    "data in the documentation": ("docs/perf.json", '{"base_url": "http://127.0.0.1:8090"}\n'),
    "an example in a schema": ("a.py", 'url: str = Field(examples=["http://localhost:8000"])\n'),
    # Compared, looked up, taken apart.
    "a loopback check": ("a.py", 'if host in ("localhost", "127.0.0.1"):\n    pass\n'),
    "a comparison": ("a.ts", "const local = window.location.hostname === 'localhost'\n"),
    "a scheme": ("a.py", 'if url.startswith("postgres://"):\n    pass\n'),
    "a replacement": ("a.py", 'url = url.replace("http://localhost", base)\n'),
    "a pattern": ("a.py", 'host = re.match(r"http://localhost:(\\d+)", url)\n'),
    "a query of a model": ("a.py", 'Site.objects.get(hostname="localhost").delete()\n'),
    "an assertion of C#": ("tests/ATest.cs", 'Assert.Equal($"127.0.0.1:6380,x={x}", Redis(y));\n'),
    "an assertion of Java": ("tests/ATest.java", 'assertEquals("http://localhost:8000", redis.Redis(y));\n'),
    "a parameter's default, where a test pretends": (
        "tests/test_a.py",
        'from unittest.mock import Mock\nDEFAULT_HOST = "12.45.34.56"\n\ndef f(host=DEFAULT_HOST):\n    Redis(host)\n',
    ),
    "a variable that a test sets": (
        "tests/test_a.py",
        'def test(monkeypatch):\n    monkeypatch.setenv("DB_HOST", "localhost")\n',
    ),
    "a port behind every interface": (
        "a.go",
        'package a\nconst rpcPort = "5001"\nvar l, err = net.Listen("tcp", fmt.Sprintf("0.0.0.0:%s", rpcPort))\n',
    ),
    "a port on which a server listens": (
        "a.go",
        'package a\nconst gRpcPort = "50001"\nvar s = http.Server{Addr: fmt.Sprintf(":%d", gRpcPort)}\n',
    ),
    "a fallback that is no host": ("a.py", 'realm = os.environ.get("REALM", "localhost")\n'),
    "what a mock answers": (
        "src/test/orders.ts",
        'http.get("http://localhost/api/orders", () => HttpResponse.json([]));\n',
    ),
    "an assertion": ("tests/test_a.py", 'assert url == "http://localhost:8000"\n'),
    "a base for a relative URL": ("a.ts", "const u = new URL(path, 'http://localhost')\n"),
    "a key of a mapping": ("a.py", 'port = settings["db_host_localhost"]\n'),
    # Not a target, by its name.
    "origins": ("a.py", 'ALLOWED_ORIGINS = ["http://localhost:3000"]\n'),
    "CORS": ("a.py", 'cors_origins: tuple[str, ...] = ("http://localhost:5173",)\n'),
    "an origin in an annotation": ("A.java", '@CrossOrigin(origins = "http://localhost:4200")\nclass A {}\n'),
    "a white list": ("a.js", "exports.security = { domainWhiteList: ['http://localhost:5173'] }\n"),
    "an address of our own": ("a.sh", "prometheus --web.external-url=http://localhost:9093\n"),
    "origins that a call allows": ("A.java", 'registry.addMapping("/").allowedOrigins("http://localhost:4200");\n'),
    "allowed hosts": ("a.py", 'ALLOWED_HOSTS = ["localhost", "127.0.0.1"]\n'),
    "a header": ("a.py", 'headers = {"Host": "localhost:5000", "X-Real-IP": "10.0.0.1"}\n'),
    "a client's address": ("a.py", 'def pay(client_ip: str = "127.0.0.1"): ...\n'),
    "a placeholder of a widget": ("a.py", 'edit.setPlaceholderText("http://192.168.7.20:11434/v1")\n'),
    "a hint of a widget": ("A.java", 'class A { void a() { host.setToolTipText("http://192.168.7.20:8080"); } }\n'),
    "a placeholder of a form": ("a.tsx", '<input placeholder="http://host.docker.internal:11434/v1" />\n'),
    "a description": ("a.yaml", "info:\n  description: |\n    - Frontend: https://shop.vercel.app\n"),
    "a certificate's name": ("a.py", 'def f(host="localhost"):\n    return x509.DNSName(host)\n'),
    "an advertised listener": (
        "compose.yml",
        "services:\n  k:\n    environment:\n      KAFKA_ADVERTISED_LISTENERS: A://localhost:9092\n",
    ),
    "a namespace": ("a.py", 'XMLNS = "http://localhost/schema"\n'),
    # Not a host of one environment.
    "a product of a cloud": ("a.py", 'BASE_URL = "https://dashscope.aliyuncs.com/compatible-mode/v1"\n'),
    "a public API": ("a.py", 'API_URL = "https://api.telegram.org/bot"\n'),
    "a public mail server": ("a.py", 'SMTP_HOST = "smtp.gmail.com"\n'),
    "a reserved name": ("a.py", 'API_URL = "https://api.example.com"\n'),
    "a reserved address": ("a.py", 'DB_HOST = "192.0.2.17"\n'),
    "a public resolver": ("a.py", 'DNS_SERVER = "8.8.8.8"\n'),
    "a version": ("a.py", 'server_version = "10.4.2.1"\n'),
    "a network": ("a.cpp", 'bool p = a.isIn(Host("10.0.0.0"), 8) || a.isIn(Host("192.168.0.0"), 16);\n'),
    "a computed part that is looked up": ("a.py", "u = f\"redis://{cfg['localhost']}:6379\"\n"),
    "the host of a new chart": ("values.yaml", "ingress:\n  hosts:\n    - host: chart-example.local\n"),
    "a netmask": ("a.py", 'ip_mask = "255.255.255.0"\n'),
    "SQLite": ("a.py", 'DB_URL = "sqlite:///app.db"\n'),
    "a socket": ("a.py", 'docker_url = "unix:///var/run/docker.sock"\n'),
    "a load balancer's name": ("application.yml", "routes:\n  - uri: lb://orders\n"),
    "a service of the same network": ("a.py", 'REDIS_URL = "redis://redis:6379/0"\n'),
    "all parts computed": ("a.py", 'url = f"postgresql://{user}:{pw}@{host}:{port}/{name}"\n'),
    "all parts filled in": ("a.py", 'url = "mongodb://%s:%s@%s:%s/%s" % parts\n'),
    "a value that is read": ("a.py", 'host = os.environ["DB_HOST"]\n'),
    "an empty default": ("a.py", 'host = os.getenv("DB_HOST", "")\n'),
    # Compose, manifests, workflows.
    "services of the same file": (
        "compose.yml",
        "services:\n  web:\n    environment:\n      DB_HOST: db\n      DB_PORT: 5432\n      URL: redis://redis:6379\n",
    ),
    "a port of a service of the same file": ("a.json", '{"db.host": "postgres", "db.port": "5432"}\n'),
    "a domain of Kubernetes": ("values.yaml", "clusterDomain: cluster.local\n"),
    "published ports": ("compose.yml", "services:\n  db:\n    ports:\n      - 127.0.0.1:5432:5432\n"),
    "a health check in compose": (
        "compose.yml",
        'services:\n  web:\n    healthcheck:\n      test: ["CMD", "curl", "-f", "http://localhost:8000/up"]\n',
    ),
    "a health check in an image": (
        "Dockerfile",
        "FROM a\nHEALTHCHECK --interval=5s \\\n    CMD curl -f http://localhost:8080/up || exit 1\n",
    ),
    "an address of a container": (
        "compose.yml",
        "networks:\n  a:\n    ipam:\n      config:\n        - subnet: 172.20.0.0/16\n          gateway: 172.20.0.1\n",
    ),
    "names of hosts": ("compose.yml", "services:\n  a:\n    extra_hosts:\n      - host.docker.internal:host-gateway\n"),
    "a server in compose": (
        "compose.yml",
        "services:\n  web:\n    command: uvicorn main:app --host 0.0.0.0 --port 8000\n",
    ),
    "a container's own port": (
        "compose.yml",
        "services:\n  zk:\n    environment:\n      ZOOKEEPER_CLIENT_PORT: 2181\n",
    ),
    "ports of a config map": ("k8s/a.yaml", 'kind: ConfigMap\ndata:\n  MONGO_HOST: mongo\n  MONGO_PORT: "27017"\n'),
    "the loopback of a CI server": (
        ".github/workflows/a.yml",
        "jobs:\n  a:\n    env:\n      DB_HOST: localhost\n    steps:\n      - run: curl http://localhost:8000\n",
    ),
    "where a play of Ansible runs": ("site.yml", "- hosts: localhost\n  connection: local\n  tasks: []\n"),
    "the host of an ingress": ("k8s/a.yaml", "spec:\n  rules:\n    - host: localhost\n"),
    "the server of an OpenAPI document": ("openapi.yaml", "openapi: 3.0.0\nservers:\n  - url: http://localhost:8000\n"),
    # Files that may hold endpoints.
    "an env file": (".env.development", "DB_HOST=localhost\nDB_PORT=5432\nREDIS_URL=redis://localhost:6379\n"),
    "a file of variables": ("config/prod.env", "DB_HOST=10.0.3.17\n"),
    "a template": ("config.example.yml", "host: localhost\n"),
    "a sample": ("ormconfig.sample.json", '{"host": "localhost", "port": 3306}\n'),
    "an editor's settings": (".vscode/launch.json", '{"address": "localhost", "port": 9229}\n'),
    # Pure test data.
    "a test with a mock": (
        "tests/test_a.py",
        'import requests\nfrom unittest import mock\n\nURL = "http://localhost:8000"\n',
    ),
    "a test that compares": ("tests/test_a.py", 'c = Settings(host="localhost")\nassert c.port == 5432\n'),
    "a test of something that looks like a client": (
        "tests/test_a.py",
        'from unittest.mock import AsyncMock\n\nstore = RedisStore("redis://localhost:6379")\n',
    ),
    "a value that a test fetches by its key": ("a_test.go", 'limiter := bucket.Fetch("192.168.1.1")\n'),
    "what a request holds": ("tests/test_a.py", 'await client.post(URL, json={**RECORD, "source": "localhost"})\n'),
    "a test client": ("tests/test_a.py", 'client = TestClient(app, base_url="http://localhost:8000")\n'),
    "an asynchronous test client": ("a.py", 'AsyncClient(transport=t, base_url="http://localhost")\n'),
    "a fixture's data": ("tests/fixtures/a.json", '{"base": "http://localhost:8000"}\n'),
    "settings of a test runner": ("pyproject.toml", '[tool.pytest.ini_options]\nenv = ["DB_HOST=localhost"]\n'),
    # Our own server, by whatever name.
    "a host of our own server in an object": ("a.ts", "const o = { host: process.env.HTTP_HOST ?? 'localhost' }\n"),
    "a host of our own server in a script": ("a.sh", 'HOST="${DASHBOARD_HOST:-127.0.0.1}"\n'),
    "a default of what starts a server": (
        "a.js",
        "function startServer({ api, host = '127.0.0.1', port = 8787 }) {}\n",
    ),
    "the host that a request asked for": (
        "a.ts",
        'const url = new URL(req.url || "/", `http://${req.headers.host || "localhost"}`)\n',
    ),
    "a port that is named for the folder": ("ai-search/config.py", "class C:\n    ai_search_port: int = 8000\n"),
    "a port of an image": ("Dockerfile", "ENV APP_PORT=8787\n"),
    # No target.
    "names of this machine": ("a.ts", "const hosts = new Set(['localhost', '127.0.0.1', '::1'])\n"),
    "an API for everybody on a platform": ("a.py", 'BASE = "https://hacker-news.firebaseio.com/v0"\n'),
    "a container that a test starts": (
        "FooIT.kt",
        'val host = "127.0.0.1"\nregistry.add("redis.port") { redis.getMappedPort(6379).toString() }\n',
    ),
    "a word that says that a program serves": (
        "a.sh",
        "dbt docs serve --host 127.0.0.1 --port 8080\nmlflow server -h 127.0.0.1\n",
    ),
    "where every interface is listened on": ("a.py", 'base = "http://0.0.0.0:4000"\n'),
    "what is patched for a test": ("a.py", 'mock.patch("http://localhost:8000/a")\n'),
    "a message": ("a.ts", "const l = [{ level: 'INFO', message: 'connected to http://localhost:8000' }]\n"),
    "a port beside the interface that is listened on": (
        "a.py",
        'class S:\n    host: str = "0.0.0.0"\n    port: int = 8556\n',
    ),
    "data of a test": ("tests/orders.test.json", '{"db": {"host": "localhost", "port": 5433}}\n'),
    "lines that are printed": ("a.ts", "const lines = ['hello', `  Server   http://localhost:${port}`]\n"),
    "one name of this machine for another": (
        "a.ts",
        "const hostname = location.hostname === 'localhost' ? '127.0.0.1' : location.hostname\n",
    ),
    "an endpoint of one's own in C#": ("A.cs", 's.WithEndpoint(port: 16686, targetPort: 16686, name: "http");\n'),
    "a host of a transport": ("a.yml", "services:\n  es:\n    environment:\n      - transport.host=localhost\n"),
    "a server's settings": (
        "a.py",
        'class C:\n    def __init__(self, host="localhost", port=8080, debug=False): ...\n',
    ),
    "an option that is listened on": (
        "a.py",
        'p.add_argument("--host", default="localhost", help="the host to listen on")\n',
    ),
    "a host that is bound": ("a.py", 'def app(bound_host: str = "127.0.0.1"): ...\n'),
    "a port that is exposed": ("a.py", "_exposed_port = 8080\n"),
    "a port that a container is published on": (
        "a.sh",
        'REG_PORT=5001\ndocker run -p "127.0.0.1:${REG_PORT}:5000" registry\n',
    ),
    "a port that the system has chosen": ("a.py", 's.bind(("127.0.0.1", 0))\nurl = f"http://127.0.0.1:{port}"\n'),
    "a command that serves, as a list": (
        "a.py",
        'cmd = ["uvicorn", "main:app", "--host", "127.0.0.1", "--port", "8000"]\n',
    ),
    "a port that others are counted from": ("a.py", "base_port = 8000\nfor i in range(3):\n    port = base_port + i\n"),
    "a server that a test starts": (
        "tests/a.rs",
        'fn f() { TcpListener::bind(("127.0.0.1", 0)); TcpStream::connect(("127.0.0.1", port)); }\n',
    ),
    "a computed port that is listened on": ("a.go", 'http.ListenAndServe(fmt.Sprintf("localhost:%d", port), nil)\n'),
}


@pytest.mark.parametrize(("path", "text", "expected"), CAUGHT.values(), ids=CAUGHT)
def test_is_caught(path, text, expected):
    assert found(path, text) == expected


@pytest.mark.parametrize(("path", "text"), PASSES.values(), ids=PASSES)
def test_passes_untouched(path, text):
    assert found(path, text) == []


@pytest.mark.parametrize(
    ("text", "config", "expected"),
    (
        pytest.param('U = "https://api.acme.io/v1"\n', Config(), [], id="a domain of somebody"),
        pytest.param('U = "https://api.acme.io/v1"\n', Config(domains=("acme.io",)), [URL], id="a domain of one's own"),
        pytest.param('U = "https://notacme.io/v1"\n', Config(domains=("acme.io",)), [], id="another domain"),
        pytest.param('DB_HOST = "db.acme.io"\n', Config(domains=("acme.io",)), [HOST], id="a host of one's own"),
        pytest.param('U = "http://10.0.3.17/v1"\n', Config(allowed_hosts=("10.0.3.17",)), [], id="an allowed host"),
        pytest.param('gate = "orders"\n', Config(), [], id="a key of somebody"),
        pytest.param('TWS_GATE = "api.acme.io"\n', Config(key_names=("twsGate",)), [HOST], id="a key of one's own"),
        pytest.param('c = {"tws-gate": "x:80"}\n', Config(key_names=("TWS_GATE",)), [URL], id="another spelling"),
        pytest.param('c = f(gate="7497")\n', Config(key_names=("gate",)), [PORT], id="a port"),
        pytest.param('a = env.get("GATE", "x.io")\n', Config(key_names=("GATE",)), [FALLBACK], id="its default"),
        pytest.param('GATE = "<host>"\n', Config(key_names=("GATE",)), [], id="a placeholder for it"),
        pytest.param('GATE = f"{host}.io"\n', Config(key_names=("GATE",)), [], id="a part of it is computed"),
    ),
)
def test_own_domains_and_allowed_hosts(text, config, expected):
    assert found("a.py", text, config) == expected


def test_a_key_of_ones_own_may_hold_a_credential():
    (only,) = detect.findings("a.yml", b"gate: opensesame\n", Config(key_names=("gate",)))
    assert only.rule == "hardcoded-credential"


@pytest.mark.parametrize("path", (".env.example", "config.sample.yml"))
def test_a_template_may_hold_a_key_of_ones_own(path):
    assert detect.findings(path, b"gate: opensesame\nGATE=opensesame\n", Config(key_names=("gate",))) == []


@pytest.mark.parametrize(
    "text",
    (
        pytest.param('connect("10.0.0.7", 587)\n', id="of a protocol"),
        pytest.param('connect("10.0.0.7", 70000)\n', id="too great"),
        pytest.param('connect("10.0.0.7", 5435.5)\n', id="no whole number"),
        pytest.param('connect("10.0.0.7", 5435 + n)\n', id="computed"),
        pytest.param('connect("10.0.0.7", timeout=5435)\n', id="of another name"),
        pytest.param('connect("10.0.0.7", "db", 5435)\n', id="not next to it"),
        pytest.param('HOSTS = (5435, "10.0.0.7")\n', id="before it, where nothing is connected to"),
    ),
)
def test_only_a_host_is_reported_where_a_number_is_no_port(text):
    assert found("a.py", text) == [HOST]


def test_of_two_hosts_the_one_that_we_listen_on_has_the_port():
    text = 'class S:\n    host = "0.0.0.0"\n    port = 8556\n    broker_url = "amqp://host.docker.internal/"\n'
    assert found("a.py", text) == [URL]


def test_a_literal_is_reported_once_at_its_own_place():
    text = 'HOST = "localhost"\n\na = Redis(HOST)\nb = MongoClient(HOST)\n'
    (only,) = detect.findings("a.py", text.encode())
    assert (only.rule, only.line, only.column, only.end_column, only.anchor) == (HOST, 1, 8, 19, "HOST")


def test_each_address_of_a_text_is_reported_on_its_own_line():
    text = 'A = """mode=fast\nfirst http://localhost:8000/a\n\nsecond http://localhost:8001/b\n"""\n'
    first, second = detect.findings("a.py", text.encode())
    assert [(one.rule, one.line) for one in (first, second)] == [(URL, 2), (URL, 4)]


def test_a_credential_in_an_address_counts_for_the_credential():
    (only,) = detect.findings("a.py", b'URL = "postgresql://app:not-a-real-one7@localhost/app"\n')
    assert only.rule == "hardcoded-credential"
