#!/bin/sh
# Ask as clients do. Inside the container the certificate's names mean nothing.
set -eu
if [ "$REDIS_TLS" = true ]; then
  set -- --tls --insecure
fi
REDISCLI_AUTH=$REDIS_PASSWORD redis-cli "$@" ping | grep -q PONG
