"""A small team's system with three environments and nothing wrong: each test plants its own fault."""

import pytest

from envfence.contract.check import check

EXAMPLE = """\
# Which environment this is.
ENVIRONMENT=<development|staging|production>
DEBUG=<bool>
LOG_LEVEL=INFO

# Database
DB_HOST=<DB_HOST>
DB_PORT=<DB_PORT>
DB_NAME=stocktrading
DB_USER=<DB_USER>
DB_PASSWORD=<GENERATE_PASSWORD>
DATABASE_URL=postgresql://<DB_USER>:<DB_PASSWORD>@<DB_HOST>:<DB_PORT>/<DB_NAME>

REDIS_HOST=<REDIS_HOST>
REDIS_PORT=<REDIS_PORT>
INFLUXDB_URL=<INFLUXDB_URL>
INFLUXDB_TOKEN=<INFLUXDB_TOKEN>

BACKEND_URL=<BACKEND_URL>
FRONTEND_URL=<FRONTEND_URL>
AIRFLOW_URL=<AIRFLOW_URL>
CORS_ORIGINS=<CORS_ORIGINS>

# Signs sessions; at least 32 bytes.
JWT_SECRET_KEY=<GENERATE_RANDOM_SECRET>
FERNET_KEY=<GENERATE_FERNET_KEY>
WORKERS=<int>
SMTP_HOST=smtp.example.com
MAIL_FROM=Stocks <noreply@example.com>
SENTRY_DSN=
# only: production
BACKUP_BUCKET=<BACKUP_BUCKET>
"""

DEVELOPMENT = """\
ENVIRONMENT=development
DEBUG=true
LOG_LEVEL=DEBUG
DB_HOST=localhost
DB_PORT=5435
DB_NAME=stocktrading
DB_USER=app
DB_PASSWORD=devpass
DATABASE_URL=postgresql://app:devpass@localhost:5435/stocktrading
REDIS_HOST=localhost
REDIS_PORT=6380
INFLUXDB_URL=http://localhost:8086
INFLUXDB_TOKEN=dev-token
BACKEND_URL=http://localhost:8000
FRONTEND_URL=http://localhost:3000
AIRFLOW_URL=http://localhost:8080
CORS_ORIGINS=http://localhost:3000
JWT_SECRET_KEY=dev-secret
FERNET_KEY=dev-fernet
WORKERS=1
SMTP_HOST=localhost
MAIL_FROM="Stocks <noreply@example.com>"
"""

STAGING = """\
ENVIRONMENT=staging
DEBUG=false
LOG_LEVEL=INFO
DB_HOST=10.2.0.5
DB_PORT=5432
DB_NAME=stocktrading
DB_USER=app
DB_PASSWORD=Yq7vXc2LkPz9RtWb4NmHs
DATABASE_URL=postgresql://app:Yq7vXc2LkPz9RtWb4NmHs@10.2.0.5:5432/stocktrading
REDIS_HOST=10.2.0.6
REDIS_PORT=6379
INFLUXDB_URL=https://10.2.0.7:8086
INFLUXDB_TOKEN=g6TfJq0wZxVb3KpYn8LdRc5M
BACKEND_URL=https://api.stg.example.com
FRONTEND_URL=https://stg.example.com
AIRFLOW_URL=https://airflow.stg.example.com
CORS_ORIGINS=https://stg.example.com
JWT_SECRET_KEY=Tz8Kq1Wn5Xr7Yb3Vm9Pc2Lf6Hd4Js0Ga8Qe5Ru1Io7Tk3
FERNET_KEY=pV7sK2nX9bQ4mW8rT1yU6cZ3fH5jL0dG2aS4eN6oI8w=
WORKERS=2
SMTP_HOST=smtp.example.com
MAIL_FROM="Stocks <noreply@example.com>"
"""

PRODUCTION = """\
ENVIRONMENT=production
DEBUG=false
LOG_LEVEL=INFO
DB_HOST=10.1.0.5
DB_PORT=5432
DB_NAME=stocktrading
DB_USER=app
DB_PASSWORD=Hw3Zk8Qv6Bn1Mx5Tc9Lp2
DATABASE_URL=postgresql://app:Hw3Zk8Qv6Bn1Mx5Tc9Lp2@10.1.0.5:5432/stocktrading
REDIS_HOST=10.1.0.6
REDIS_PORT=6379
INFLUXDB_URL=https://10.1.0.7:8086
INFLUXDB_TOKEN=b9XmRw4KzTq7VnYc2LpJd6Fs
BACKEND_URL=https://api.example.com
FRONTEND_URL=https://www.example.com
AIRFLOW_URL=https://airflow.example.com
CORS_ORIGINS=https://www.example.com
JWT_SECRET_KEY=Rb5Yx9Lq3Wm7Zc1Vk8Tn4Pf6Hs2Gd0Jr5Xe9Ua3Qo7Iy1
FERNET_KEY=kT4wZ8nQ1xV6bM3rY9cL5pJ7hF2dS0gA6uE4oI8yR1s=
WORKERS=8
SMTP_HOST=smtp.example.com
MAIL_FROM="Stocks <noreply@example.com>"
BACKUP_BUCKET=stock-backups
"""


@pytest.fixture
def system(tmp_path, monkeypatch):
    """Return a function that writes the system below tmp_path, with texts replaced, and checks it from there."""
    monkeypatch.chdir(tmp_path)

    def check_system(changes=(), environ=()):
        texts = {".env.example": EXAMPLE, ".env.development": DEVELOPMENT}
        texts |= {".env.staging": STAGING, ".env.production": PRODUCTION}
        for name, old, new in changes:
            assert texts.get(name, "").count(old) == 1 or not old, f"{name} must hold {old!r} once"
            texts[name] = texts.get(name, "").replace(old, new) if old else texts.get(name, "") + new
        for name, text in texts.items():
            (tmp_path / name).write_bytes(text.encode())
            (tmp_path / name).chmod(0o600)
        return {(finding.rule, finding.path, finding.anchor) for finding in check(".", dict(environ))}

    return check_system
