#!/usr/bin/env bash
TARGET="deploy@app.stock-trading.io"
# ruleid: flow-host-in-shell
ssh "$TARGET" systemctl restart prices
# ruleid: flow-host-in-shell
scp -r dist deploy@app.stock-trading.io:/srv/prices
# ruleid: flow-host-in-shell
psql -U trader -h db.stock-trading.io prices

# ok: flow-host-in-shell
ssh "deploy@$APP_HOST" systemctl restart prices
# ok: flow-host-in-shell
ssh -T git@github.com
# ok: flow-host-in-shell
psql -U trader -h db.example.com prices
# ok: flow-host-in-shell
git config user.email deploy@stock-trading.io
