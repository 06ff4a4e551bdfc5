#!/bin/sh
# Speak TLS where the environment's URL says so.
set -eu
case $INFLUXDB_URL in
https:*)
  install -d -m 700 -o influxdb /tmp/tls
  install -m 400 -o influxdb /etc/tls/server/tls.crt /etc/tls/server/tls.key /tmp/tls # the key is root's
  export INFLUXD_TLS_CERT=/tmp/tls/tls.crt INFLUXD_TLS_KEY=/tmp/tls/tls.key
  ;;
esac
exec /entrypoint.sh "$@"
