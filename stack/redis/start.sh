#!/bin/sh
# Give Redis its password as a hash in a file, so that it stands in no argument and in no configuration, then start it.
set -eu
hash=$(printf %s "$REDIS_PASSWORD" | sha256sum | cut -c 1-64)
echo "user default on #$hash ~* &* +@all" >/run/redis/users.acl
exec docker-entrypoint.sh "$@"
