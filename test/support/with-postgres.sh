#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own: `test/support/with-postgres.sh npm test`.
# The server listens on a free port of loopback, keeps its data in a temporary folder, and is gone when the command ends. It is as
# durable as any (fsync stays on): what a test sees of waiting for the disk is what a team sees.
set -euo pipefail

fail() {
  echo "with-postgres: $1" >&2
  exit 1
}

[ $# -gt 0 ] || fail 'no command was given'
# Debian keeps the server's programs beside the path; the newest version wins.
PATH="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1):$PATH"
command -v initdb >/dev/null || fail 'PostgreSQL is not installed (on Debian: apt-get install postgresql)'

folder="$(mktemp -d "${TMPDIR:-/tmp}/showcaller-postgres-XXXXXX")"
# The server refuses to run as root.
as_owner=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  as_owner=(runuser -u postgres --)
fi
in_folder() { (cd "$folder" && "${as_owner[@]}" env PATH="$PATH" "$@"); }

stop() {
  if [ -e "$folder/data/postmaster.pid" ]; then in_folder pg_ctl --silent --pgdata data --mode immediate stop || true; fi
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

in_folder initdb --pgdata data --username postgres --auth trust --encoding UTF8 --locale C.UTF-8 --locale-provider icu --icu-locale en >"$folder/initdb.log" ||
  { cat "$folder/initdb.log" >&2; fail 'initdb failed'; }

start() {
  port="$(node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')"
  local settings="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c max_connections=200"
  in_folder pg_ctl --silent --pgdata data --log "$folder/server.log" --timeout 60 --wait -o "$settings" start
}
# Between asking for a free port and taking it somebody else may have taken it.
start || start || { cat "$folder/server.log" >&2; fail 'the server did not start'; }

export TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"
"$@"
