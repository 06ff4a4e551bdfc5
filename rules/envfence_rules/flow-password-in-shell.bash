#!/usr/bin/env bash
WORD=cache123
# ruleid: flow-password-in-shell
redis-cli -p 6379 -a "$WORD" ping
# ruleid: flow-password-in-shell
mysql -u root -proot prices < tables.sql
# ruleid: flow-password-in-shell
helm upgrade --install prices bitnami/postgresql --set auth.database=prices --set auth.password=trader
# ruleid: flow-password-in-shell
rabbitmqctl add_user trader trader123

# ok: flow-password-in-shell
mysql -u root -p"$DB_PASSWORD" prices < tables.sql
# ok: flow-password-in-shell
mysql -u root -p prices
# ok: flow-password-in-shell
mkdir -parents prices
# ok: flow-password-in-shell
redis-cli -a "$REDIS_PASSWORD" ping
# ok: flow-password-in-shell
helm upgrade prices bitnami/postgresql --set "auth.password=$DB_PASSWORD"
