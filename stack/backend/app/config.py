"""The settings: one field for each key of the contract, from the process and from the environment's own file."""

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import URL

BROKER_DB, RESULT_DB, APPLICATION_DB = 0, 1, 2  # of Redis: flushing one leaves the others alone
KEY_BYTES = {"HS256": 32, "HS384": 48, "HS512": 64}  # RFC 7518: no shorter than the hash
LEFT_OVER = ("<", "change", "example", "dev-")  # what templates and tutorials write where a secret belongs

ORIGIN = re.compile(r"https?://[^/?#@*\s]+")

Port = Annotated[int, Field(ge=1, le=65535)]


class ConfigurationError(Exception):
    """The settings cannot be read. Its text is for the person who starts the program, and holds no value."""


class Settings(BaseSettings):
    """What differs between environments. Anything else is a constant beside the code that needs it."""

    model_config = SettingsConfigDict(case_sensitive=True, extra="ignore", hide_input_in_errors=True)

    ENVIRONMENT: Literal["development", "production", "staging"]

    DB_HOST: str = Field(min_length=1)
    DB_PORT: Port
    DB_NAME: str = "stocktrading"
    DB_USER: str = Field(min_length=1)
    DB_PASSWORD: SecretStr = Field(min_length=1)
    DB_SSLMODE: Literal["disable", "require", "verify-full"]
    DB_ALLOWED: Annotated[tuple[str, ...], NoDecode] = ()

    REDIS_HOST: str = Field(min_length=1)
    REDIS_PORT: Port
    REDIS_PASSWORD: SecretStr = Field(min_length=1)
    REDIS_TLS: bool = False

    INFLUXDB_URL: str
    INFLUXDB_TOKEN: SecretStr
    INFLUXDB_ORG: str = "stocktrading"
    INFLUXDB_BUCKET: str = "metrics"

    TLS_DIRECTORY: str = ""

    CORS_ORIGINS: Annotated[tuple[str, ...], NoDecode]

    SERVICE_TOKEN: SecretStr = Field(min_length=32)
    JWT_SECRET_KEY: SecretStr
    JWT_PREVIOUS_SECRET_KEY: SecretStr | None = None
    JWT_ALGORITHM: Literal["HS256", "HS384", "HS512"] = "HS256"
    JWT_EXPIRATION_HOURS: int = Field(default=1, ge=1, le=12)

    @field_validator("JWT_PREVIOUS_SECRET_KEY", mode="before")
    @classmethod
    def _nothing_is_no_key(cls, value: object) -> object:
        return value or None

    @field_validator("CORS_ORIGINS", "DB_ALLOWED", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("CORS_ORIGINS")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not ORIGIN.fullmatch(origin):
                raise ValueError("an origin is scheme://host[:port]: no path, and no pattern that others match too")
        return origins

    @model_validator(mode="after")
    def _keys_are_strong(self) -> Self:
        for key in self.jwt_keys:
            if len(key.encode()) < KEY_BYTES[self.JWT_ALGORITHM]:
                raise ValueError(f"a JWT key needs {KEY_BYTES[self.JWT_ALGORITHM]} bytes for {self.JWT_ALGORITHM}")
        return self

    @model_validator(mode="after")
    def _nothing_of_development(self) -> Self:
        if self.is_development:
            return self
        if _is_this_machine(self.DB_HOST) or _is_this_machine(self.REDIS_HOST):
            raise ValueError(f"{self.ENVIRONMENT} points at this machine; set the hosts of that environment")
        for key in (*self.jwt_keys, self.SERVICE_TOKEN.get_secret_value()):
            if any(mark in key.lower() for mark in LEFT_OVER):
                raise ValueError("a placeholder stands where a generated secret belongs")
        return self

    @model_validator(mode="after")
    def _database_is_its_own(self) -> Self:
        if self.DB_ALLOWED:
            if f"{self.DB_HOST}/{self.DB_NAME}" not in self.DB_ALLOWED:
                raise ValueError(f"DB_ALLOWED does not name the database of DB_HOST and DB_NAME for {self.ENVIRONMENT}")
        elif self.is_development and not _is_this_machine(self.DB_HOST) and set(self.DB_HOST) & {".", ":"}:
            raise ValueError("development points at another machine's database; name it in DB_ALLOWED if it is meant")
        return self

    @property
    def is_production(self) -> bool:
        """Whether people's own data is at stake."""
        return self.ENVIRONMENT == "production"

    @property
    def is_development(self) -> bool:
        """Whether this is a developer's machine."""
        return self.ENVIRONMENT == "development"

    @property
    def jwt_keys(self) -> tuple[str, ...]:
        """The key that signs, and after it the one that is still accepted."""
        keys = (self.JWT_SECRET_KEY, self.JWT_PREVIOUS_SECRET_KEY)
        return tuple(key.get_secret_value() for key in keys if key is not None)

    @property
    def authority(self) -> str | None:
        """The file of the authority whose certificates servers must show, None for those that the machine trusts."""
        return f"{self.TLS_DIRECTORY}/authority/ca.crt" if self.TLS_DIRECTORY else None

    @property
    def DATABASE_URL(self) -> URL:  # noqa: N802 the name that every script of the stack knows
        """Built from its parts, so a password may hold any character; its repr hides the password."""
        return URL.create(
            "postgresql+psycopg",
            username=self.DB_USER,
            password=self.DB_PASSWORD.get_secret_value(),
            host=self.DB_HOST,
            port=self.DB_PORT,
            database=self.DB_NAME,
            query={"sslmode": self.DB_SSLMODE} | ({"sslrootcert": self.authority} if self.authority else {}),
        )

    @property
    def REDIS_URL(self) -> SecretStr:  # noqa: N802
        """The application's own database: counters that may be lost."""
        return self._redis(APPLICATION_DB)

    @property
    def CELERY_BROKER_URL(self) -> SecretStr:  # noqa: N802
        """The tasks that wait."""
        return self._redis(BROKER_DB)

    @property
    def CELERY_RESULT_BACKEND(self) -> SecretStr:  # noqa: N802
        """The results of tasks."""
        return self._redis(RESULT_DB)

    def _redis(self, database: int) -> SecretStr:
        scheme = "rediss" if self.REDIS_TLS else "redis"
        password = quote(self.REDIS_PASSWORD.get_secret_value(), safe="")
        host = f"[{self.REDIS_HOST}]" if ":" in self.REDIS_HOST else self.REDIS_HOST
        options = "?ssl_cert_reqs=required" if self.REDIS_TLS else ""
        if self.REDIS_TLS and self.authority:
            options += f"&ssl_ca_certs={quote(self.authority, safe='')}"
        return SecretStr(f"{scheme}://:{password}@{host}:{self.REDIS_PORT}/{database}{options}")


def _is_this_machine(host: str) -> bool:
    return host.lower() in {"localhost", "::1"} or host.startswith("127.")


def project_root(start: Path = Path(__file__)) -> Path | None:
    """Return the nearest folder above ``start`` that holds the contract; in an image there is none."""
    return next((folder for folder in start.resolve().parents if (folder / ".env.example").is_file()), None)


def settings_of(environment: str, root: Path | None) -> Settings:
    """Return the settings of an environment: what the process has, else what ``.env.<environment>`` in ``root`` has.

    Raises ConfigurationError when that file is needed and missing, or says that it is of another environment, and
    pydantic's ValidationError, which shows no value, when a setting is wrong.
    """
    file = root / f".env.{environment}" if root else None
    if file is None or not file.is_file():
        return _of_process(file)
    if dotenv_values(file, encoding="utf-8").get("ENVIRONMENT") != environment:
        raise ConfigurationError(f"{file}: ENVIRONMENT does not say {environment}, as the file's name does")
    return _read(_env_file=file, _env_file_encoding="utf-8")


def _read(**source: Any) -> Settings:
    return Settings(**source)  # the fields come from outside, which type checkers cannot know


def _of_process(absent: Path | None) -> Settings:
    try:
        return _read()
    except ValidationError as error:
        missing = ", ".join(str(found["loc"][0]) for found in error.errors() if found["type"] == "missing")
        if not missing:
            raise
        advice = f"; {absent} is missing too: `envfence env new` makes it" if absent else ""
        raise ConfigurationError(f"the process does not have {missing}{advice}") from None


@lru_cache
def get_settings() -> Settings:
    """Return the settings of the environment that the process names. Tests clear the cache or pass their own."""
    environment = os.environ.get("ENVIRONMENT")
    if not environment:
        raise ConfigurationError("ENVIRONMENT is not set; say development, staging or production")
    return settings_of(environment, project_root())
