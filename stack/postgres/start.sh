#!/bin/sh
# Speak TLS, and with other machines nothing else, where the environment asks for it.
set -eu
if [ "$DB_SSLMODE" != disable ]; then
  # The key is root's, and PostgreSQL reads only what is its own.
  install -d -m 700 -o postgres /tmp/tls
  install -m 600 -o postgres /etc/tls/server/tls.crt /etc/tls/server/tls.key /tmp/tls
  cat >/tmp/tls/pg_hba.conf <<'HBA'
local all all trust
host all all 127.0.0.1/32 scram-sha-256
host all all ::1/128 scram-sha-256
hostssl all all all scram-sha-256
HBA
  chmod 644 /tmp/tls/pg_hba.conf
  set -- "$@" -c ssl=on -c ssl_cert_file=/tmp/tls/tls.crt -c ssl_key_file=/tmp/tls/tls.key -c hba_file=/tmp/tls/pg_hba.conf
fi
exec docker-entrypoint.sh "$@"
