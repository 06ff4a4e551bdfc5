#!/bin/sh
# What envfence runs on a server, and all that a key of a deployment may run there:
#   restrict,command="ROOT/host.sh" ssh-ed25519 ...
# The client's words arrive in SSH_ORIGINAL_COMMAND and are data, never evaluated. Data comes by standard input, answers
# go to standard output, trouble goes to standard error. Run on the server itself, it takes its words as arguments.
# Exit codes: 0 done, 64 refused, 65 data incomplete, 75 locked or busy, 76 fenced (the lock is no longer yours), 77 a
# condition is not met, 1 the command itself failed.
# POSIX sh: dash and busybox run it. Needs docker with compose 2, flock, tar, sha256sum.
set -euf
umask 077
export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

stop() { # CODE SENTENCE
  printf 'envfence: %s\n' "$2" >&2
  exit "$1"
}

cd "$(dirname "$0")"
root=$(pwd -P)
mkdir -p lock releases files env backups

# --- words -----------------------------------------------------------------------------------------------------------

plain() { # WORD... : of letters that mean nothing to a shell
  for word; do
    case $word in '' | *[!A-Za-z0-9._/:@=+,-]*) stop 64 "a word with other characters than A-Za-z0-9._/:@=+,-" ;; esac
  done
}

name() { # WORD : of a release, a service, a container
  case ${1:-} in '' | -* | .* | *[!A-Za-z0-9._-]*) stop 64 "no name: ${1:-}" ;; esac
}

number() {
  case ${1:-} in '' | *[!0-9]* | ???????????*) stop 64 "no number: ${1:-}" ;; esac
}

below() { # PATH : where a deployment may write
  case /$1/ in */../* | */./* | *//*) stop 64 "no path below the root: $1" ;; esac
  case $1 in
    env/current | files/*/current | files/*/current/*) stop 64 "$1 is a link: say link" ;;
    releases/?*/?* | files/?* | env/?*) ;;
    *) stop 64 "nothing is written to $1" ;;
  esac
}

project() {
  [ -s project ] || stop 77 "no project here; run envfence fleet init"
  cat project
}

# --- the lock: one runner at a time, for as long as its lease lasts ------------------------------------------------------

now() { date +%s; }

alone() { # what follows happens at once, as the other commands on this host see it
  exec 9>>lock/mutex
  flock 9
}

held() {
  token=0 until=0 owner=- since=0
  [ ! -s lock/held ] || read -r token until owner since <lock/held
}

shown() { printf 'token=%s until=%s owner=%s since=%s now=%s\n' "$token" "$until" "$owner" "$since" "$(now)"; }

written() { # FILE < text
  cat >"$1.new"
  mv -f "$1.new" "$1"
}

fenced() { # TOKEN : go on only for the one who holds the lock
  number "${1:-}"
  held
  [ "$1" = "$token" ] && [ "$until" -gt "$(now)" ] || stop 76 "the lock is not yours, or its lease has passed"
}

lock_take() { # OWNER SECONDS
  number "$2"
  alone
  held
  [ "$until" -le "$(now)" ] || { shown; stop 75 "locked by $owner"; }
  counter=0
  [ ! -s lock/counter ] || read -r counter <lock/counter
  counter=$((counter + 1))
  echo "$counter" | written lock/counter
  echo "$counter $(($(now) + $2)) $1 $(now)" | written lock/held
  echo "$counter"
}

lock_renew() { # TOKEN SECONDS
  number "$2"
  alone
  fenced "$1"
  echo "$token $(($(now) + $2)) $owner $since" | written lock/held
}

lock_drop() { # TOKEN
  alone
  fenced "$1"
  rm -f lock/held
}

busy() { # one command at a time changes what runs; a cut connection does not end it
  exec 8>>lock/work
  flock -n 8 || stop 75 "a command is still at work here"
}

# --- files -------------------------------------------------------------------------------------------------------------

received() { # SHA256 FILE < bytes : all of them, or nothing
  cat >"$2" && [ "$(sha256sum <"$2" | cut -d ' ' -f 1)" = "$1" ] || {
    rm -f "$2"
    stop 65 "the data is not all there, or the disk is full"
  }
}

put() { # TOKEN PATH MODE SHA256 < bytes
  below "$2"
  case $3 in 600 | 644 | 700 | 755) ;; *) stop 64 "no mode: $3" ;; esac
  fenced "$1"
  mkdir -p "$(dirname "$2")"
  received "$4" "$2.$$.part"
  chmod "$3" "$2.$$.part"
  alone
  fenced "$1"
  mv -f "$2.$$.part" "$2"
}

unpack() { # TOKEN FOLDER SHA256 < tar.gz : a folder named for what it holds is never written twice
  below "$2"
  case $2 in files/?*) ;; *) stop 64 "folders go to files/" ;; esac
  fenced "$1"
  part=$2.$$.part
  mkdir -p "$(dirname "$2")"
  received "$3" "$part.tar"
  mkdir "$part" # beside its place: SELinux labels what is new after the folder it is in
  tar -xzf "$part.tar" -C "$part" || { rm -rf "$part" "$part.tar"; stop 65 "the folder cannot be unpacked"; }
  rm -f "$part.tar"
  chmod -R a+rX "$part" # programs in containers are other users; only they get past the root folder
  chmod a+rx "$(dirname "$2")"
  alone
  fenced "$1"
  if [ -d "$2" ]; then rm -rf "$part"; else mv "$part" "$2"; fi
}

link() { # TOKEN env/current|files/NAME/current TARGET : TARGET stands beside the link
  case $2 in env/current | files/?*/current) ;; *) stop 64 "no link: $2" ;; esac
  case $2 in */../* | */*/*/*) stop 64 "no link: $2" ;; esac
  name "$3"
  [ -e "$(dirname "$2")/$3" ] || stop 77 "$2 cannot lead to $3, which is not there"
  alone
  fenced "$1"
  ln -sfn "$3" "$2.new"
  mv -Tf "$2.new" "$2"
}

exists() { # PATH...
  for path; do
    below "$path"
    if [ -e "$path" ]; then echo "$path yes"; else echo "$path -"; fi
  done
}

state_put() { # TOKEN SHA256 < json in one line
  fenced "$1"
  received "$2" state.json.part
  alone
  fenced "$1"
  mv -f state.json.part state.json
}

log_put() { # TOKEN < a line
  line=$(head -c 16384 | head -n 1)
  case $line in '{'*'}') ;; *) stop 65 "no line of JSON" ;; esac
  alone
  fenced "$1"
  printf '%s\n' "$line" >>log.jsonl
}

fingerprint() { # SALT : tells whether a key has the value that somebody else knows, and not which
  [ -f env/current ] || stop 77 "no env file here; run envfence env push"
  while IFS= read -r line; do
    case $line in [A-Za-z_]*=*)
      printf '%s %s\n' "${line%%=*}" "$(printf '%s %s' "$1" "$line" | sha256sum | cut -c 1-16)"
      ;;
    esac
  done <env/current
}

# --- images and containers -----------------------------------------------------------------------------------------------

has() { # IMAGE...
  for image; do
    id=$(docker image inspect --format '{{.Id}}' "$image" 2>/dev/null) || id=-
    echo "$image $id"
  done
}

layers() { # of every image, one image a line
  docker image ls --quiet --no-trunc | sort -u | xargs -r docker image inspect --format '{{json .RootFS.Layers}}'
}

compose() { # RELEASE WORD...
  name "$1"
  release=releases/$1
  shift
  compose_of "$release" env/current "$@"
}

compose_of() { # FOLDER ENV-FILE WORD...
  folder=$1 file=$2
  shift 2
  [ -f "$folder/compose.yml" ] || stop 77 "$folder is not on this host"
  [ -f "$file" ] || stop 77 "no env file here; run envfence env push"
  # Compose would rather believe the shell's variables than the file's.
  env -i PATH="$PATH" HOME="${HOME:-/}" ${DOCKER_HOST:+"DOCKER_HOST=$DOCKER_HOST"} \
    docker compose --ansi never --project-name "$(project)" --project-directory "$root" \
    --env-file "$file" --env-file "$folder/release.env" --file "$folder/compose.yml" "$@"
}

preview() { # RELEASE ENV-FILE | given : the digest of each service's configuration; given: < tar of compose.yml, release.env, env
  if [ "$1" = given ]; then
    wanted=$(mktemp -d)
    trap 'rm -rf "$wanted"' EXIT # and where the connection is cut
    trap 'exit 1' HUP INT PIPE TERM
    tar -xf - -C "$wanted" && set -- "$wanted" "$wanted/env" || stop 65 "the data is not all there"
  else
    name "$1"
    name "${2:-}"
    set -- "releases/$1" "env/$2"
  fi
  compose_of "$1" "$2" config --hash '*' || stop 1 "compose refuses the files"
}

composed() { # RELEASE SUBCOMMAND WORD...
  release=$1
  shift
  case ${1:-} in
    up | create | start | stop | restart | kill | rm | down) ;;
    config) case " $* " in *' --quiet '* | *' --services '* | *' --images '*) ;; *) stop 64 "config shows values" ;; esac ;;
    *) stop 64 "compose ${1:-} is not for a deployment" ;;
  esac
  for word; do
    case $word in
      --detach | --no-deps | --wait | --no-recreate | --force-recreate | --remove-orphans | --no-start | --force) ;;
      --stop | --quiet | --services | --images | --always-recreate-deps) ;;
      --wait-timeout=* | --timeout=* | --scale=* | --signal=*) ;;
      -*) stop 64 "compose $word is not for a deployment" ;;
    esac
  done
  busy
  compose "$release" "$@" || stop 1 "compose $1 failed"
}

of_project() { # FILTER... : the containers' ids
  set -- "label=com.docker.compose.project=$(project)" "$@"
  filters=
  for filter; do filters="$filters --filter $filter"; done
  # shellcheck disable=SC2086 # words of this script
  docker ps --all --quiet --no-trunc $filters
}

ps_all() {
  label='index .Config.Labels "com.docker.compose'
  columns="{{slice .Id 0 12}} {{$label.service\"}} {{$label.container-number\"}} {{.State.Status}}"
  columns="$columns {{with index .State \"Health\"}}{{.Status}}{{else}}-{{end}} {{.State.ExitCode}} {{.Image}}"
  columns="$columns {{.Config.Image}} {{$label.oneoff\"}} {{.State.StartedAt}} {{.RestartCount}}"
  columns="$columns {{$label.config-hash\"}}"
  of_project | xargs -r docker inspect --format "$columns" 2>/dev/null || true # one may go away meanwhile
}

run_once() { # RELEASE SERVICE WORD... : never beside another one, and it outlives a cut connection
  release=$1 service=$2
  name "$service"
  shift 2
  once=$(project)-$service-once
  busy
  case $(docker inspect --format '{{.State.Status}}' "$once" 2>/dev/null || true) in
    running | paused | restarting) stop 75 "$service is still running" ;;
    ?*) docker rm --force "$once" >/dev/null ;;
  esac
  compose "$release" run --detach --no-deps --name "$once" "$service" "$@" >/dev/null || stop 1 "$service did not start"
  docker logs --follow "$once" || true
  code=$(docker wait "$once")
  docker rm "$once" >/dev/null
  [ "$code" = 0 ] || stop 1 "$service ended with $code"
}

container() { # stop|kill|rm|restart ID [SECONDS] : one of this project
  case $1 in stop | kill | rm | restart) ;; *) stop 64 "no action: $1" ;; esac
  name "$2"
  of_project | grep -q "^$2" || stop 77 "no container of this project: $2"
  busy
  case $1 in
    stop | restart) docker "$1" ${3:+--time "$3"} "$2" ;; # by default as long as its service may take
    kill) docker kill "$2" ;;
    rm) docker rm --force "$2" ;;
  esac >/dev/null || stop 1 "$1 failed"
}

probe() { # RELEASE SERVICE : what the release says shows readiness, asked in every container of the service
  name "$1"
  name "$2"
  words=$(sed -n "s/^$2 //p" "releases/$1/ready" 2>/dev/null) || true
  [ -n "$words" ] || stop 77 "the release does not say how $2 shows that it is ready"
  for id in $(of_project "label=com.docker.compose.service=$2" "label=com.docker.compose.oneoff=False" status=running); do
    code=0
    # shellcheck disable=SC2086 # words, of a file that put has written
    said=$(timeout 20 docker exec "$id" $words 2>&1) || code=$?
    printf '%.12s %s %s\n' "$id" "$code" "$(printf '%s\n' "$said" | tail -n 1)"
  done
}

backup() { # RELEASE SERVICE : of the PostgreSQL that runs here
  name "$1"
  name "$2"
  busy
  id=$(of_project "label=com.docker.compose.service=$2" "label=com.docker.compose.oneoff=False" status=running | head -n 1)
  [ -n "$id" ] || stop 77 "$2 does not run here"
  dump=backups/$(date -u +%Y%m%dT%H%M%SZ)-$1.dump
  # shellcheck disable=SC2016 # the container's own variables
  docker exec "$id" sh -c 'exec pg_dump --format=custom --username="${POSTGRES_USER:-postgres}" \
    --dbname="${POSTGRES_DB:-${POSTGRES_USER:-postgres}}"' >"$dump.part" || { rm -f "$dump.part"; stop 1 "no backup"; }
  mv "$dump.part" "$dump"
  printf '%s %s %s\n' "$dump" "$(wc -c <"$dump")" "$(sha256sum <"$dump" | cut -d ' ' -f 1)"
}

logs() { # [--follow] [--tail=N] [--since=TIME] SERVICE...
  for word; do
    case $word in --follow | --tail=* | --since=* | --timestamps) ;; *) name "$word" ;; esac
  done
  exec docker compose --ansi never --project-name "$(project)" logs --no-color "$@"
}

# --- the host itself -------------------------------------------------------------------------------------------------------

free() { df -Pk "$1" 2>/dev/null | awk 'NR == 2 { print $4 }'; }

listening() { # address:port of TCP, comma between; * is every address
  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '
    function number(hex, i, n) { n = 0; for (i = 1; i <= length(hex); i++) n = n * 16 + index("123456789ABCDEF", substr(hex, i, 1)); return n }
    $4 == "0A" {
      split($2, at, ":")
      if (at[1] ~ /^0+$/) address = "*"
      else if (length(at[1]) == 8) {
        address = ""
        for (i = 7; i > 0; i -= 2) address = address (i < 7 ? "." : "") number(substr(at[1], i, 2))
      } else address = "[6]"
      place = address ":" number(at[2])
      if (!(place in seen)) { seen[place] = 1; printf "%s%s", comma, place; comma = "," }
    }'
}

selinux() {
  case $(cat /sys/fs/selinux/enforce 2>/dev/null || true) in 1) echo enforcing ;; 0) echo permissive ;; *) echo none ;; esac
}

links() { # what the folders that are swapped lead to
  set +f
  for link in files/*/current; do
    [ ! -L "$link" ] || echo "link:$link=$(readlink "$link")"
  done
  set -f
}

facts() {
  echo "agent=$(sha256sum <"$0" | cut -c 1-12)"
  echo "project=$(project)"
  engine=$(docker info --format '{{.ServerVersion}} {{.DockerRootDir}} {{join .SecurityOptions ","}}' 2>/dev/null || true)
  words=${engine#* }
  echo "engine=${engine%% *}"
  echo "security=${words#* }"
  echo "docker_disk_kb=$(free "${words%% *}")"
  echo "compose=$(docker compose version --short 2>/dev/null || true)"
  echo "disk_kb=$(free .)"
  echo "clock=$(now)"
  echo "selinux=$(selinux)"
  echo "arch=$(uname -m)"
  echo "ports=$(listening)"
  echo "own_ports=$(docker ps --filter "label=com.docker.compose.project=$(project)" --format '{{.Ports}}' 2>/dev/null |
    tr -d ' ' | tr ',' '\n' | sed -n 's/^\(.*\)->.*/\1/p' | tr '\n' ',' | sed 's/,$//')"
  echo "env=$(readlink env/current 2>/dev/null || true)"
  links
  held
  echo "lock=$(shown)"
  echo "state=$(cat state.json 2>/dev/null || echo '{}')"
}

prune() { # TOKEN KEEP : releases beyond the last KEEP, with the folders, env files and images that only they name
  number "$2"
  fenced "$1"
  alone
  keep=$(ls releases | sort | tail -n "$2")
  for release in $(ls releases); do
    case " $(echo $keep) " in *" $release "*) continue ;; esac
    ! grep -qF "\"$release\"" state.json 2>/dev/null || continue
    sed -n 's/^[A-Z0-9_]*=//p' "releases/$release/release.env" 2>/dev/null >>lock/unused || true
    rm -rf "releases/$release"
    echo "releases/$release"
  done
  kept=$(ls backups | sort | tail -n "$2")
  for dump in $(ls backups); do
    case " $(echo $kept) " in *" $dump "*) ;; *) rm -f "backups/$dump"; echo "backups/$dump" ;; esac
  done
  unused_folders
  unused_images
}

# A folder is named in a release's compose.yml; what a link leads to is in use.
unused_folders() {
  set +f
  rm -rf files/*.part files/*.part.tar files/*/*.part files/*/*.part.tar backups/*.part # of what was cut off
  for folder in files/*-* files/*/*; do
    [ -d "$folder" ] && [ ! -L "$folder" ] || continue
    case $folder in */current) continue ;; esac
    [ "$(readlink "$(dirname "$folder")/current" || true)" != "$(basename "$folder")" ] || continue
    ! grep -qF "$(basename "$folder")" releases/*/compose.yml releases/*/release.json 2>/dev/null || continue
    case $folder in files/*/*) [ -L "$(dirname "$folder")/current" ] || continue ;; esac
    rm -rf "$folder"
    echo "$folder"
  done
  for file in env/*.env; do
    [ "$(readlink env/current || true)" != "$(basename "$file")" ] || continue
    ! grep -qF "$(basename "$file" .env)" state.json 2>/dev/null || continue
    rm -f "$file"
  done
  set -f
}

unused_images() {
  [ -f lock/unused ] || return 0
  set +f
  for image in $(sort -u lock/unused); do
    grep -qF "=$image" releases/*/release.env 2>/dev/null || docker image rm "$image" >/dev/null 2>&1 || true
  done
  set -f
  rm -f lock/unused
}

# --- the verbs -----------------------------------------------------------------------------------------------------------------

if [ -n "${SSH_ORIGINAL_COMMAND+x}" ]; then
  case $SSH_ORIGINAL_COMMAND in *[!A-Za-z0-9._/:@=+,\ -]*) stop 64 "a character that no command has" ;; esac
  # shellcheck disable=SC2086 # split at spaces, that is all: no file names, no evaluation
  set -- $SSH_ORIGINAL_COMMAND
fi
[ $# -gt 0 ] || stop 64 "this key is for envfence, not for a shell"
plain "$@"
verb=$1
shift

needs() { # COUNT WORD... : at least so many
  [ $# -gt "$1" ] || stop 64 "$verb needs $1 words"
}

case $verb in
  facts) facts ;;
  lock)
    action=${1:-}
    [ $# = 0 ] || shift
    case $action in
      take) needs 2 "$@"; lock_take "$1" "$2" ;;
      renew) needs 2 "$@"; lock_renew "$1" "$2" ;;
      drop) needs 1 "$@"; lock_drop "$1" ;;
      show) held; shown ;;
      *) stop 64 "lock take, renew, drop or show" ;;
    esac
    ;;
  put) needs 4 "$@"; put "$@" ;;
  unpack) needs 3 "$@"; unpack "$@" ;;
  link) needs 3 "$@"; link "$@" ;;
  exists) exists "$@" ;;
  fingerprint) needs 1 "$@"; fingerprint "$1" ;;
  has) has "$@" ;;
  load) needs 1 "$@"; fenced "$1"; docker load --quiet || stop 1 "the images cannot be loaded" ;;
  pull) needs 2 "$@"; fenced "$1"; docker pull --quiet "$2" || stop 1 "$2 cannot be pulled" ;;
  tag) needs 3 "$@"; fenced "$1"; docker tag "$2" "$3" || stop 1 "$2 cannot be named $3" ;;
  layers) layers ;;
  compose) needs 3 "$@"; fenced "$1"; shift; composed "$@" ;;
  run) needs 3 "$@"; fenced "$1"; shift; run_once "$@" ;;
  container) needs 3 "$@"; fenced "$1"; shift; container "$@" ;;
  backup) needs 3 "$@"; fenced "$1"; shift; backup "$@" ;;
  backups) ls backups | grep '\.dump$' | sort ;;
  dump) needs 1 "$@"; name "$1"; cat "backups/$1" 2>/dev/null || stop 77 "$1 is not on this host" ;;
  ps) ps_all ;;
  preview) needs 1 "$@"; preview "$@" ;;
  probe) needs 2 "$@"; probe "$@" ;;
  logs) logs "$@" ;;
  state) if [ $# = 0 ]; then cat state.json 2>/dev/null || echo '{}'; else needs 2 "$@"; state_put "$@"; fi ;;
  log)
    if [ "${1:-}" = show ]; then number "${2:-20}"; [ ! -f log.jsonl ] || tail -n "${2:-20}" log.jsonl
    else needs 1 "$@"; log_put "$1"; fi
    ;;
  releases) ls releases | sort ;;
  release) needs 1 "$@"; name "$1"; cat "releases/$1/release.json" 2>/dev/null || stop 77 "$1 is not on this host" ;;
  prune) needs 2 "$@"; prune "$@" ;;
  *) stop 64 "no such command: $verb" ;;
esac
