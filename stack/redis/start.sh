#!/bin/sh
# Give Redis its password as a hash in a file, so that it stands in no argument and in no configuration, then start it:
# with TLS and nothing else where the environment asks for it.
set -eu
hash=$(printf %s "$REDIS_PASSWORD" | sha256sum | cut -c 1-64)
echo "user default on #$hash ~* &* +@all" >/run/redis/users.acl
if [ "$REDIS_TLS" = true ]; then
  install -m 400 -o redis /etc/tls/server/tls.crt /etc/tls/server/tls.key /run/redis # the key is root's
  set -- "$@" --port 0 --tls-port 6379 --tls-auth-clients no \
    --tls-cert-file /run/redis/tls.crt --tls-key-file /run/redis/tls.key --tls-ca-cert-file /etc/tls/authority/ca.crt
fi
exec docker-entrypoint.sh "$@"
