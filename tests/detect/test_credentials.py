"""Credentials that are written down, and what only looks like one: two tables, by class."""

import pytest

from envfence import detect
from envfence.detect import credentials, shapes

CREDENTIAL, FALLBACK, USERNAME, IDENTIFIER = (
    "hardcoded-credential",
    "fallback-value",
    "hardcoded-username",
    "hardcoded-identifier",
)
RANDOM = "Zk4vT9qLw2XcB7nRm5Yd"  # plainly made up, and as random as a token
UUID = "3b1f8c02-7d4e-4a96-9c55-e08d2f6a71b4"
JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.c2lnbmF0dXJl"
KEY = "-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n"


def found(path, text):
    """Return line, rule and severity of each finding of the credential family, of user names only where asked."""
    return [
        (one.line, one.rule, one.severity)
        for one in detect.findings(path, text.encode())
        if one.family == "credential" and one.rule != USERNAME
    ]


CAUGHT = (
    # what hashes it says what it is: a client's secret of IdentityServer
    pytest.param("A.cs", 'var s = new Secret("hunter22".Sha256());\n', id="hashed in C#"),
    pytest.param("A.cs", 'ClientSecrets = { new Secret("secret".Sha512()) };\n', id="hashed, in a list of secrets"),
    # what stands between a name and its value
    pytest.param("a.py", 'DB_PASSWORD = """opensesame7"""\n', id="in three quotes"),
    pytest.param("a.py", f'signing_key = "0x{"6B17547E9a3d2c51" * 4}"\n', id="key of an account of Ethereum"),
    pytest.param("a.py", 'def main(db_password: str = typer.Option("opensesame7")): ...\n', id="default of Typer"),
    pytest.param("a.ts", "process.env.DB_PASSWORD ||= 'opensesame7';\n", id="set where it is missing"),
    pytest.param("a.tsx", 'x = <Client dbPassword={"opensesame7"} />;\n', id="attribute of JSX"),
    pytest.param("a.yml", "db:\n  password: >-\n    opensesame7\n", id="folded in YAML"),
    pytest.param("a.yml", "db:\n  password: |\n    opensesame7\n", id="a block of YAML"),
    pytest.param("a.sh", 'run "${DB_PASSWORD-opensesame7}"\n', id="where it is not set at all"),
    pytest.param("Dockerfile", 'CMD ["app", "--db-password", "opensesame7"]\n', id="an option of a list"),
    pytest.param("a.json", '[{"name": "DB_PASSWORD", "value": "opensesame7"}]\n', id="a variable in JSON"),
    pytest.param("Jenkinsfile", "environment {\n  DB_PASSWORD = 'opensesame7'\n}\n", id="of a pipeline in Jenkins"),
    pytest.param("build.gradle", "ext {\n  dbPassword = env('DB_PASSWORD') ?: 'opensesame7'\n}\n", id="of Gradle"),
    pytest.param("a.groovy", "def text = '''it's'''\nd.password = 'opensesame7'\n", id="in Groovy"),
    pytest.param("a.ipynb", '{"cells": [{"source": ["u = \\"redis://a:opensesame7@db:6379\\"', id="of half a notebook"),
    pytest.param(
        "a.ipynb", '{"worksheets": [{"cells": [{"input": ["x(\\"redis://a:opensesame7@db\\")"]}]}]}', id="old"
    ),
    pytest.param("a.bicep", "@secure()\nparam dbPassword string = 'opensesame7'\n", id="a parameter of Bicep"),
    pytest.param("a.bicep", "s: [{ name: 'DB_PASSWORD', value: 'opensesame7' }]\n", id="a setting in Bicep"),
    pytest.param(
        "a.bicep", "{\n  name: 'DB_PASSWORD'\n  value: 'opensesame7'\n}\n", id="a setting in Bicep on two lines"
    ),
    # an alias of what reads the environment
    pytest.param("a.py", 'from os import getenv as ev\nx = ev("PASSWORD", "admin123")\n', id="an imported alias"),
    pytest.param("a.py", 'import os\n\nev = os.environ.get\nx = ev("PASSWORD", "admin123")\n', id="a bound alias"),
    pytest.param("a.py", 'from os import environ as E\nx = E.get("DB_PASSWORD", "admin123")\n', id="of a mapping"),
    # names: in every language, and however weak
    pytest.param("a.py", 'password = "admin123"\n', id="assignment"),
    pytest.param("a.py", 'db.password: str = "tiger"\n', id="annotated attribute"),
    pytest.param("a.py", 'connect(host, password="guest")\n', id="keyword argument"),
    pytest.param("a.py", 'class A:\n    DB_PASSWORD: str = Field(default="admin123")\n', id="default of a field"),
    pytest.param("a.py", '@dataclass\nclass A:\n    password: str = field(default="tiger1")\n', id="of a dataclass"),
    pytest.param("a.ts", 'get(url, { headers: { "x-api-key": "9f2b7c1d4e8a6035" } });\n', id="a header with hyphens"),
    pytest.param("a.sh", "curl -u kim:tr4der77 https://api.stock-trading.io\n", id="of curl"),
    pytest.param("a.sh", "curl \\\n  --user 'kim:trader' https://x.io\n", id="on a line of its own"),
    pytest.param("a.sh", "http -a admin:admin api.stock-trading.io\n", id="of httpie"),
    pytest.param("a.sh", "mysqldump -uroot -ptr4der77 stock > a.sql\n", id="of mysql"),
    pytest.param("a.sh", "sshpass -p tr4der77 ssh deploy@web\n", id="of ssh"),
    pytest.param("a.sh", "redis-cli -a tr4der77 ping\n", id="of Redis"),
    pytest.param(
        "a.yml", 'healthcheck:\n  test: ["CMD", "mysqladmin", "ping", "-uroot", "-ptr4der77"]\n', id="of a check"
    ),
    pytest.param("a.py", 'INFLUXDB_TOKEN = "my-super-secret-auth-token"\n', id="of a documentation"),
    pytest.param("a.yml", "jobs:\n  a:\n    steps:\n      - run: curl -u kim:tr4der77 https://x.io\n", id="in YAML"),
    pytest.param("a.py", 'auth = "kim:tr4der77"\n', id="user and password in one"),
    pytest.param("a.tf", 'provider "grafana" {\n  auth = "admin:admin"\n}\n', id="of Grafana"),
    pytest.param(
        "a.py",
        'class A:\n    password: SecretStr = Field(\n        default=SecretStr("rootpw"),\n    )\n',
        id="on a line",
    ),
    pytest.param("a.py", 'post(url, {"login": "x", "password": "psst1"})\n', id="dictionary inside a call"),
    pytest.param("a.py", 'cfg["db"]["password"] = "rootpw"\n', id="subscript"),
    pytest.param("a.go", 'c := Config{\n\tPassword:           "rootpw",\n}\n', id="aligned struct of Go", marks=[]),
    pytest.param(
        "a.ts", "const user = { email: 'a@example.com', password: 'alsosecret' };\n", id="object of TypeScript"
    ),
    pytest.param("A.java", 'private static final String DB_PASSWORD = "Just4Test!";\n', id="constant of Java"),
    pytest.param("a.php", "<?php $a = ['password' => 'mynewpass'];\n", id="array of PHP"),
    pytest.param("a.json", '{"db": {"password": "oracle11"}}\n', id="JSON"),
    pytest.param("a.yml", "db:\n  password: guest\n", id="YAML"),
    pytest.param("a.yml", "db:\n  password: password\n", id="YAML, the weakest"),
    pytest.param(
        "docker-compose.yml", "services:\n  db:\n    environment:\n      - POSTGRES_PASSWORD=gorm\n", id="compose list"
    ),
    pytest.param(
        "docker-compose.yml", "services:\n  db:\n    environment:\n      SA_PASSWORD: Lorem86\n", id="compose map"
    ),
    pytest.param("a.ini", "[db]\nPassword = rootroot\n", id="INI"),
    pytest.param("a.properties", "spring.datasource.password=root\n", id="properties"),
    pytest.param("Dockerfile", "FROM scratch\nENV DB_PASSWORD=gorm\n", id="Dockerfile"),
    pytest.param("a.py", f'token = "{RANDOM}"\n', id="random token"),
    pytest.param(
        "a.py", "SECRET_KEY = 't8_)kj3v!au0!_i56#gre**mkg0&z1df%3bw(#5^'\n", id="secret that looks like a template"
    ),
    pytest.param("a.py", f'tenant_key = "{UUID}"\n', id="key that is a UUID"),
    # calls
    pytest.param("a.py", f'ts.set_token("{RANDOM}")\n', id="setter"),
    pytest.param("A.java", 'class A { void a() { factory.setPassword("Adm1n!"); } }\n', id="setter of Java"),
    pytest.param("A.java", f'class A {{ Object a = b()\n .clientSecret("{RANDOM}").build(); }}\n', id="builder"),
    pytest.param("a.py", 'smtp.login("me@example.com", "hunter2!")\n', id="login"),
    pytest.param("a.py", 'c = pika.PlainCredentials("stock", "Rabbit!pass")\n', id="credentials by position"),
    pytest.param("a.py", 'h = generate_password_hash("Adm1n2026!")\n', id="hash of a password"),
    pytest.param("a.py", 'requests.get(url, auth=("me", "hunter2!"))\n', id="pair"),
    pytest.param("a.py", f'bot = TelegramBot("{RANDOM}")\n', id="client of a service"),
    pytest.param("a.go", f'var c = credentials.NewStaticV4("kim", "{RANDOM}", "")\n', id="static credentials"),
    pytest.param("A.java", 'var c = new BasicAWSCredentials("kim", "hunter2!");\n', id="credentials of AWS"),
    pytest.param("a.py", 'c = pika.PlainCredentials("guest", "guest")\n', id="the same word twice"),
    # commands
    pytest.param("a.sh", "docker login -u kim -p hunter2! registry.example.com\n", id="login at a registry"),
    pytest.param("a.sh", "helm registry login example.com -u kim -p hunter2!\n", id="login of a subcommand"),
    pytest.param(
        "a.yml", "services:\n  db:\n    command: redis-server --requirepass hunter2!\n", id="command of Redis"
    ),
    pytest.param("a.md", "Run `docker login -u kim -p hunter2!` first.\n", id="login in a text"),
    pytest.param("a.md", "    mysql -ukim -phunter2!\n", id="command in a text"),
    pytest.param("a.md", "```\ncurl -s -u kim:hunter2! https://example.com\n```\n", id="login of curl in a text"),
    # names
    pytest.param("a.py", "class S(BaseSettings):\n    password: str | None = 'opensesame'\n", id="one type or another"),
    pytest.param("a.yml", "REDIS_CACHE_PASSWORD: opensesame\n", id="password of a cache"),
    pytest.param("a.yml", "accessKey: minioadmin\n", id="access key that is a word"),
    pytest.param("a.py", "class S(BaseSettings):\n    lake_access_key: str = 'lakeuser'\n", id="its default"),
    # fallbacks
    pytest.param("a.py", 'p = os.getenv("DB_PASSWORD", "admin123")\n', id="default of getenv"),
    pytest.param("a.js", "const s = process.env.JWT_SECRET || 'changeme'\n", id="default after ||"),
    pytest.param("a.yml", "environment:\n  DB_PASSWORD: ${DB_PASSWORD:-admin123}\n", id="default of compose"),
    # values that say themselves what they are
    pytest.param("a.py", 'u = "postgresql://app:admin123@db.internal/app"\n', id="URL"),
    pytest.param("a.py", 'u = "redis://:hunter2@cache:6379/0"\n', id="URL without a user"),
    pytest.param("a.py", 'u = f"{scheme}://app:hunter2@db.internal/app"\n', id="URL of any scheme"),
    pytest.param(
        "a.env", "MAIL=smtps://me@example.com:hunter2@mail.example.com:465\n", id="URL with an address as user"
    ),
    pytest.param("a.py", 'h = {"Authorization": "Basic YWRtaW46YWRtaW4xMjM="}\n', id="basic authorization"),
    pytest.param(
        "a.sh", f"curl -H 'Authorization: Bearer {RANDOM}' http://api.example.com\n", id="bearer authorization"
    ),
    pytest.param("a.js", f"const session = '{JWT}'\n", id="signed token"),
    pytest.param("key.pem", KEY, id="private key"),
    pytest.param("a.py", f'PEM = """{KEY}"""\n', id="private key in code"),
    pytest.param("a.sql", "CREATE USER app IDENTIFIED BY 'hunter2';\n", id="SQL"),
    pytest.param("a.sh", "mysql -uroot -e \"create user 'a'@'%' identified by 'hunter2'\"\n", id="SQL in a command"),
    pytest.param("a.xml", "<db>\n  <password>hunter2</password>\n</db>\n", id="element"),
    pytest.param("a.xml", '<property name="jdbc.password" value="hunter2"/>\n', id="attributes"),
    # inside longer texts
    pytest.param("a.py", f'u = "https://api.example.com/v1?access_token={RANDOM}&page=2"\n', id="query"),
    pytest.param(
        "a.ini",
        "[a]\nconnection = Endpoint=http;AccountName=dev;AccountKey=Zk4vT9qLw2XcB7nRm5Yd==;\n",
        id="connection string",
    ),
    pytest.param("a.go", f'package a\nvar a = `{{"access_token":"{RANDOM}"}}`\n', id="JSON in a string"),
    pytest.param(
        "package.json", f'{{"scripts": {{"cov": "codacy --token {RANDOM} -l ts"}}}}\n', id="option in a string"
    ),
    pytest.param("Makefile", "test:\n\tdocker run -e MYSQL_ROOT_PASSWORD=1tIsBig db\n", id="option of docker"),
    # what a token falls back to says itself what it is
    pytest.param("compose.yml", "environment:\n  TOKEN: ${BRIDGE_TOKEN:-verysecret}\n", id="chosen token in YAML"),
    pytest.param("application.yml", "api:\n  key: ${QUOTES_API_KEY:dev-key}\n", id="chosen key of Spring"),
    pytest.param("a.py", 'token = os.getenv("API_TOKEN", "dev-token")\n', id="chosen token of getenv"),
    pytest.param("a.js", "const k = process.env.API_KEY || 'my-secret-key'\n", id="chosen key behind ||"),
    # builders and entries
    pytest.param("a.yml", "password:\n  tr4der77\n", id="below its key"),
    pytest.param("a.yml", 'MAIL_PASSWORD: "djaf tdju nyhr scgd"\n', id="password of an app"),
    pytest.param("a.go", 'user := (&auth.New{}).\n\tPassword("1tIsBig").\n\tName("x")\n', id="builder of Go"),
    pytest.param("a.go", 'o.Auth(Login{\n\tUsername: "kim",\n\tPassword: "password",\n})\n', id="beside a user"),
    pytest.param("a.py", 'connect(user="kim", password="password")\n', id="arguments beside each other"),
    pytest.param(
        "a.json", '{"variable": [\n{\n"key": "realm_password",\n"value": "Tr4der@77"\n}]}\n', id="entry over lines"
    ),
    pytest.param("a.json", f'[{{"key": "clientSecret", "value": "{RANDOM}"}}]\n', id="entry in camel case"),
)


@pytest.mark.parametrize(("path", "text"), CAUGHT)
def test_is_caught(path, text):
    rules = found(path, text)
    assert rules
    assert {rule for _, rule, _ in rules} <= {CREDENTIAL, FALLBACK}
    assert len({line for line, _, _ in rules}) == len(rules), "one finding for each value"


PASSES = (
    pytest.param("a.bicep", "@secure()\nparam dbPassword string = newGuid()\n", id="drawn by Bicep"),
    pytest.param("a.bicep", "param dbPassword string = 'P${uniqueString(id, 'sqlpwd')}q!7Z'\n", id="computed by Bicep"),
    pytest.param("a.bicep", "output secretName string = 'db-password'\n", id="a secret's name in Bicep"),
    pytest.param("A.cs", 'var s = new Secret(configuration["Client:Secret"].Sha256());\n', id="hashed, and not here"),
    pytest.param("A.cs", 'var h = "hunter22".Sha1();\n', id="hashed otherwise"),
    pytest.param("a.py", 'ev = Table\nx = ev("PASSWORD", "admin123")\n', id="a name for something else"),
    pytest.param("a.py", 'from os import getenv as ev\nx = ev("PASSWORD", "")\n', id="an empty default of an alias"),
    pytest.param("a.sh", 'curl -u "$USER:$PASSWORD" https://api.stock-trading.io\n', id="curl with variables"),
    pytest.param("a.sh", "mysql -u root -p stock\n", id="mysql asks"),
    pytest.param("a.sh", 'redis-cli -p 6379 -a "$REDIS_PASSWORD" ping\n', id="redis-cli with a variable"),
    pytest.param("a.sh", "docker run --name mysql -p 3306:3306 -d mysql:8\n", id="a port of docker"),
    pytest.param("a.sh", "curl -u user:password https://api.stock-trading.io\n", id="how curl is asked"),
    pytest.param("a.sh", "docker run -u 1000:1000 alpine\n", id="a user and a group"),
    pytest.param("a.py", 'auth = "jwt:required"\n', id="words with a colon"),
    pytest.param("a.php", "<?php\nRoute::middleware(['auth:sanctum']);\n", id="a guard"),
    pytest.param("a.py", 'report.add("DB_PASSWORD", "warn", f"Set ({n} characters)")\n', id="what is said of a key"),
    # references
    pytest.param("a.py", "connect(password=cfg.password)\n", id="attribute"),
    pytest.param("a.py", 'password = os.environ["DB_PASSWORD"]\n', id="environment"),
    pytest.param("a.py", 'password = request.form.get("password")\n', id="form"),
    pytest.param("a.js", "const secret = process.env.JWT_SECRET\n", id="process.env"),
    pytest.param("a.yml", "password: ${DB_PASSWORD}\n", id="interpolation"),
    pytest.param("a.yml", "password: ${{ secrets.DB_PASSWORD }}\n", id="secret of a workflow"),
    pytest.param("a.yml", "password: '{{ vault_password }}'\n", id="template"),
    pytest.param("a.yml", "password: !vault |\n  $ANSIBLE_VAULT;1.1\n", id="encrypted by Ansible"),
    pytest.param("a.yml", "password: ENC[AES256_GCM,data:c2Vj,iv:aXY=]\n", id="encrypted by SOPS"),
    pytest.param("a.properties", "password=ENC(OT0qGOpXrr1Iog1W)\n", id="encrypted by jasypt"),
    pytest.param("a.ejson", '{"password": "EJ[1:uK9f5vrzi38yX/74V9a9:n5VrlZLX1:mx6l7o]"}\n', id="encrypted by ejson"),
    pytest.param("a.tf", 'KEY_SECRET = "projects/4558/secrets/Key/versions/latest"\n', id="Secret Manager"),
    pytest.param("a.sh", "docker build --secret id=PACKAGER_TOKEN .\n", id="secret of a build"),
    pytest.param("a.env", "PASSWORD=op://vault/item/field\n", id="1Password"),
    pytest.param("a.env", "PASSWORD=vault:secret/db#password\n", id="Vault"),
    pytest.param("a.env", "DB_PASSWORD_FILE=/run/secrets/db\n", id="file"),
    pytest.param("a.yml", "services:\n  db:\n    secrets:\n      - db-password\n", id="names of secrets"),
    pytest.param("a.sh", 'PASSWORD="$(pwgen 32)"\n', id="command"),
    pytest.param("a.sh", 'echo "${JWT_SECRET:0:20}"\nP="${DB_PASSWORD:4:-2}"\n', id="a part of a variable"),
    pytest.param("a.sh", "cat > A.java <<EOF\nString password = args[1];\nEOF\n", id="an argument"),
    pytest.param("a.xml", "<password>${db.password}</password>\n", id="interpolation in an element"),
    pytest.param("a.py", 'h = "Basic not-base-64!"\n', id="basic, and no credential behind it"),
    pytest.param("a.py", 'h = "Basic abcdefghi"\n', id="basic, and no base64 behind it"),
    # placeholders
    pytest.param("a.env", "PASSWORD=<DB_PASSWORD>\n", id="angle brackets"),
    pytest.param("a.env", "PASSWORD=your-password-here\n", id="your-..."),
    pytest.param("a.py", 'password = "********"\n', id="mask"),
    pytest.param("a.py", 'API_KEY = "xxxxxxxxxxxxxxxx"\n', id="crosses"),
    pytest.param("a.py", 'password = ""\n', id="empty"),
    pytest.param("a.py", "password = None\n", id="None"),
    pytest.param("a.yml", "MYSQL_RANDOM_ROOT_PASSWORD: 'yes'\n", id="switch"),
    pytest.param("README.md", "Set `postgresql://user:password@host:5432/db`.\n", id="format of a URL"),
    # names of things, and prose
    pytest.param("a.py", 'PASSWORD_FIELD = "password"\n', id="name of a field"),
    pytest.param("a.py", 'password = "password"\n', id="field named for itself"),
    pytest.param("a.go", 'package a\nconst LDAPSearchPwd = "ldap_search_password"\n', id="name of a setting"),
    pytest.param("a.py", 'TOKEN_URL = "https://api.example.com/oauth/token"\n', id="address"),
    pytest.param("a.py", 'SCHEMA = {"secret": ["password", "api_key"]}\n', id="list of names"),
    pytest.param(
        "a.ts",
        'export const KEYS = [\n\t"aApiKey",\n\t"otherApiKey",\n] as const\ntype SecretKey = (typeof KEYS)[number]\n',
        id="list of names that another name goes by",
    ),
    pytest.param("a.py", 'errors = {"password": "Wrong password, try again"}\n', id="message"),
    pytest.param("a.ts", "const rules = { password: 'required|string|max:255' }\n", id="rules of a validator"),
    pytest.param("a.json", '{"ResetUserPassword": "ds:ResetUserPassword"}\n', id="action"),
    pytest.param("a.py", 'if kind == "password":\n    pass\n', id="comparison"),
    pytest.param("a.py", 'token = make_token("magical-unicorn", user)\n', id="argument of another call"),
    pytest.param("a.py", 'token = "next_page_token"\n', id="token of words"),
    pytest.param("a.sh", f"gpg --recv-keys {RANDOM}\n", id="fingerprint of a public key"),
    pytest.param("a.json", '{"versionNonce": 498706215}\n', id="counter of versions"),
    pytest.param("a.html", f'<input name="authenticity_token" value="{RANDOM}">\n', id="token of a form"),
    pytest.param("a.py", 'ROUTING_KEY = "gateway-route-2"\n', id="key of words"),
    pytest.param("a.py", 'password_hash = "$2b$12$abcdefghijklmnopqrstuv"\n', id="hash"),
    pytest.param("a.py", 'checksum_key = "sha256:0f4a"\n', id="digest"),
    pytest.param("a.py", 'print("basic authentication is on")\n', id="basic as a word"),
    pytest.param("nginx.conf", "location / {\n  fastcgi_pass unix:/run/php.sock;\n}\n", id="nginx"),
    pytest.param("a.rst", ":param password: password to use\n", id="documented parameter"),
    pytest.param("a.md", "* `smtp_password`: The password of the mail server.\n", id="explained setting"),
    pytest.param("a.py", "# tasks are identified by task_id\n", id="identified by, in prose"),
    pytest.param(
        "pub.pem", "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcN\n-----END PUBLIC KEY-----\n", id="public key"
    ),
    # how a URL is built, and what its parser is tested with
    pytest.param("alembic.ini", "sqlalchemy.url = driver://user:pass@localhost/dbname\n", id="a driver to be named"),
    pytest.param("a.conf", "# redis://[[username]:[password]]@localhost:6379/0\n", id="parts that may be left out"),
    pytest.param("a.conf", "# [scheme://][:password]@address[:port]\n", id="a scheme that may be left out"),
    pytest.param("tests/test_a.py", 'parse("http://localhost:80@attacker.test/")\n', id="a host for a user"),
    pytest.param("tests/test_a.py", 'parse("http://127.0.0.1:80@attacker.test/")\n', id="an address for a user"),
    pytest.param("tests/test_a.py", 'parse("http://[::1]:80@attacker.test/")\n', id="IPv6 for a user"),
    # shortened, looked up, named
    pytest.param("a.rst", "{'oauth_token_secret': 'lp..X'}\n", id="shortened"),
    pytest.param("a.rst", ">>> oauth_secret = request_token['oauth_token_secret']\n", id="subscript in a text"),
    pytest.param("a.md", "    password: filePassword // optional\n", id="variable in a text"),
    pytest.param("a.py", 'header = create_basic_auth("client-id", "client-secret")\n', id="named by what it is"),
    pytest.param("a.py", 'f(username="username", password="password")\n', id="both named for themselves"),
    pytest.param("a.py", 'f(label="kim", password="password")\n', id="beside no user"),
    pytest.param("a.py", 'Client(auth=("api", "fake-api-key"))\n', id="a pair with the name of a key"),
    pytest.param("a.go", 'const Web3AuthTokenKey = "web3AuthToken"\n', id="key that a token is stored under"),
    pytest.param("a.go", 'c := Config{AccessKey: "access", SecretKey: os.Getenv("S3_SECRET")}\n', id="named in part"),
    pytest.param("a.json", '{"listeners": {"*:8080": {"pass": "routes/main"}}}\n', id="where NGINX Unit passes it"),
    pytest.param("a.yml", "auth:\n  existingSecret: my-redis\n  tlsSecret: my-tls\n", id="names of a cluster"),
    pytest.param("a.py", "d = {'password': 'PGPASSWORD', 'secret': 'SECRET'}\n", id="name of a variable"),
    pytest.param("a.py", "api_secret = 'YYYYYYYYYYYYYYYY'\n", id="masked with another letter"),
    pytest.param("a.py", "CACHE_KEY = 'Zk4vT9qLw2XcB7nRm5Yd'\n", id="key of a cache"),
    pytest.param(
        "a.md", "Clone `https://user:personal-access-token@gitlab_url/group/project`.\n", id="how a URL looks"
    ),
    pytest.param(
        "a.md", "Run `mysql -u kim -p shop` and `docker login -u kim -p $TOKEN`.\n", id="asked for, and taken"
    ),
    pytest.param("a.cs", '@Html.Password("Password")\n', id="label of a field"),
    pytest.param("a.py", 'mode = os.getenv("TOKEN_MODE", "access")\n', id="default of a mode"),
    pytest.param("a.py", 'key = os.getenv("API_KEY", "demo")\n', id="default that says nothing"),
    pytest.param("a.py", 'def f(token="next_token"):\n    pass\n', id="default of a parameter"),
    # identifiers
    pytest.param("a.py", f'id = "{UUID}"\n', id="anybody's identifier"),
    pytest.param("a.json", f'{{"order_id": "{UUID}"}}\n', id="identifier of a record"),
    pytest.param("a.py", 'tenant_id = "00000000-0000-0000-0000-000000000000"\n', id="zeros"),
    pytest.param("a.py", f'usdc_token = "0x{"6B17547E" * 5}"\n', id="contract of a coin"),
    pytest.param("a.ts", 'const TOKEN_MINT = "EPjFWdd5AufqSSqeM2qN1xz";\n', id="where a coin is minted"),
    pytest.param("a.ts", 'const TOKEN_2022_PROGRAM = "EPjFWdd5AufqSSqeM2qN1xz";\n', id="program of coins"),
)


@pytest.mark.parametrize(("path", "text"), PASSES)
def test_passes_untouched(path, text):
    assert found(path, text) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    (
        pytest.param("a.py", 'password = "admin123"\n', (1, CREDENTIAL, "error"), id="code"),
        pytest.param("a.yml", "p: ${DB_PASSWORD:-admin123}\n", (1, FALLBACK, "error"), id="fallback"),
        pytest.param("a.py", '# password = "admin123"\n', (1, CREDENTIAL, "warning"), id="comment"),
        pytest.param(
            "a.py", 'def f():\n    """See password=admin123 above."""\n', (2, CREDENTIAL, "warning"), id="docstring"
        ),
        pytest.param(
            "a.py",
            'M = Config(schema_extra={"example": {"password": "s1mple"}})\n',
            (1, CREDENTIAL, "warning"),
            id="example",
        ),
        pytest.param(
            "a.py",
            'P = Parser(epilog="""\n  run --admin-password "admin123"\n""")\n',
            (2, CREDENTIAL, "warning"),
            id="what a command's help shows",
        ),
        pytest.param("README.md", "    password: admin123\n", (1, CREDENTIAL, "warning"), id="documentation"),
        pytest.param(".env.example", "PASSWORD=changeme\n", (1, CREDENTIAL, "warning"), id="template"),
        pytest.param(
            "tests/test_a.py", 'user = User(password="s1mple")\n', (1, CREDENTIAL, "warning"), id="data of a test"
        ),
        pytest.param(
            "a_test.go",
            'package a\nfunc f(t *T) {\n\tt.Setenv("DB_PASSWORD", "s1mple")\n}\n',
            (3, CREDENTIAL, "warning"),
            id="variable that a test sets",
        ),
        pytest.param(
            "tests/test_a.py",
            'psycopg.connect(password="s1mple")\n',
            (1, CREDENTIAL, "error"),
            id="connection of a test",
        ),
        pytest.param("a.py", f'tenant_id = "{UUID}"\n', (1, IDENTIFIER, "warning"), id="identifier"),
        pytest.param("a.md", f'    "jti": "{UUID}"\n', (1, IDENTIFIER, "warning"), id="identifier in documentation"),
    ),
)
def test_severity(path, text, expected):
    assert found(path, text) == [expected]


def test_a_multi_line_text_is_reported_where_the_credential_stands():
    text = 'BODY = """\n{\n  "name": "x",\n  "access_token": "' + RANDOM + '"\n}\n"""\n'
    assert [line for line, _, _ in found("a.py", text)] == [4]


def test_what_the_next_line_holds_is_reported_there():
    text = '"""\nThe token is below:\nredis://:hunter2@cache/0\n"""\n'
    assert [line for line, _, _ in found("a.py", text)] == [3]


def test_a_user_name_is_a_rule_of_its_own():
    assert [(one.rule, one.severity) for one in detect.findings("a.py", b'db_user = "admin"\n')] == [
        (USERNAME, "warning")
    ]


def test_no_finding_holds_a_value():
    canary = "c4n4ryZk9vT2"
    texts = {
        "a.py": f'password = "{canary}"\nu = "redis://:{canary}@cache/0"\ngetenv("DB_PASSWORD", "{canary}")\n',
        "a.yml": f"password: {canary}\nurl: amqp://a:{canary}@mq/\n",
        "a.md": f"    password: {canary}\n    https://a.example.com/?token={canary}\n",
        "a.sh": f"export PASSWORD={canary}\nmysql -u root -p{canary}\n",
        "a.ini": f"password = {canary}\n",
    }
    for path, text in texts.items():
        findings = detect.findings(path, text.encode())
        assert findings, path
        assert canary not in repr(findings)


@pytest.mark.parametrize(
    ("value", "expected"),
    (
        pytest.param("aaaa", 0, id="one character"),
        pytest.param("abab", 1, id="two characters"),
        pytest.param("abcdefgh", 3, id="eight characters"),
    ),
)
def test_entropy(value, expected):
    assert shapes.entropy(value) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text",
    (
        pytest.param("password=" * 20_000, id="pairs without end"),
        pytest.param("token=" + "a" * 300_000, id="one long value"),
        pytest.param("://" * 50_000, id="schemes"),
        pytest.param("-----BEGIN PRIVATE KEY-----" + " " * 100_000, id="a key that does not begin"),
        pytest.param("basic " * 50_000, id="basic"),
        pytest.param('"password": "' * 20_000, id="quotes"),
    ),
)
@pytest.mark.parametrize("path", ("a.md", "a.py", "a.yml", "a.ini"))
def test_hostile_lines_end(path, text):
    detect.findings(path, text.encode())


def test_every_rule_is_listed():
    ids = [rule.id for rule in credentials.RULES]
    assert ids == [CREDENTIAL, FALLBACK, USERNAME, IDENTIFIER]


def test_what_a_container_runs_as_is_no_login():
    text = "x-app:\n  user: nobody\nservices:\n  db:\n    user: postgres\n    environment:\n      user: admin\n"
    assert [one.line for one in detect.findings("docker-compose.yml", text.encode()) if one.rule == USERNAME] == [7]
