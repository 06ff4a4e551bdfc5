#!/bin/sh
# Makes a server ready for deployments. Run as root, as often as you like: it says what it changes, and changes no more.
# Beside it lie host.sh and key.pub. Usage: setup.sh USER ROOT PROJECT ENVIRONMENT [FROM]
set -eu
umask 022
export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
user=$1 root=$2 project=$3 environment=$4 from=${5:-}
here=$(cd "$(dirname "$0")" && pwd)

missing() {
  echo "envfence: $1" >&2
  exit 77
}

[ "$(id -u)" = 0 ] || missing "not root: log in as root, or as somebody who may sudo without a password"
for program in docker flock tar sha256sum timeout; do
  command -v "$program" >/dev/null || missing "$program is not installed here"
done
docker compose version >/dev/null 2>&1 || missing "docker compose 2 is not installed here"
docker version >/dev/null 2>&1 || missing "the engine does not run here"

if ! id "$user" >/dev/null 2>&1; then
  # No password: nobody logs in but with a key.
  if command -v useradd >/dev/null; then useradd --create-home --shell /bin/sh --password '*' "$user"
  else adduser -D -s /bin/sh "$user" && echo "$user:*" | chpasswd -e 2>/dev/null; fi
  echo "made the user $user"
fi
if [ "$(id -u "$user")" != 0 ] && ! id -nG "$user" | tr ' ' '\n' | grep -qx docker; then
  if command -v usermod >/dev/null; then usermod --append --groups docker "$user"; else addgroup "$user" docker; fi
  echo "let $user use the engine"
fi

if [ ! -d "$root" ]; then
  mkdir -p "$root"
  echo "made $root"
fi
if [ "$(stat -c '%U %a' "$root")" != "$user 700" ]; then
  chown "$user:" "$root"
  chmod 700 "$root"
  echo "gave $root to $user alone"
fi

install_file() { # SOURCE TARGET MODE : if it differs
  cmp -s "$1" "$2" && return
  cp "$1" "$2.new"
  chmod "$3" "$2.new"
  mv -f "$2.new" "$2"
  echo "wrote $2"
}
install_file "$here/host.sh" "$root/host.sh" 755
echo "$project" >"$here/project"
install_file "$here/project" "$root/project" 644

home=$(awk -F : -v user="$user" '$1 == user { print $6 }' /etc/passwd)
keys=$home/.ssh/authorized_keys
mark="envfence-$environment"
line="restrict,command=\"$root/host.sh\"${from:+,from=\"$from\"} $(cut -d ' ' -f 1,2 "$here/key.pub") $mark"
if ! grep -qxF "$line" "$keys" 2>/dev/null || [ "$(grep -c " $mark\$" "$keys")" != 1 ]; then
  mkdir -p "$home/.ssh"
  { grep -v " $mark\$" "$keys" 2>/dev/null || true; echo "$line"; } >"$keys.new" # the environment's earlier key goes
  chmod 700 "$home/.ssh"
  chmod 600 "$keys.new"
  chown "$user:" "$home/.ssh" "$keys.new"
  mv -f "$keys.new" "$keys"
  ! command -v restorecon >/dev/null || restorecon -R "$home/.ssh"
  echo "let the key of $environment in, for host.sh alone"
fi
