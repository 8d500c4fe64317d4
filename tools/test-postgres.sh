#!/usr/bin/env bash
# Starts a private PostgreSQL for tests and prints its address, to which the name of a database is to be added. It listens on a
# socket in a folder of its own, so that no port can collide, runs as an unprivileged user, and flushes nothing: what is
# lost with a machine's power is not what these tests are about.
#
# It ends, and its folder goes, when the process ends whose id is given, or else the one that called this script. As a setup
# script of nextest it hands the address to the tests as RISHI_TEST_POSTGRES_URL. If that is set already, it names a server that
# is to be tested instead, and none is started.
#
# RISHI_TEST_POSTGRES_DURABLE=on flushes, as a server for use does: for the benchmark.
# RISHI_TEST_POSTGRES_PORT lets it listen on 127.0.0.1 as well; RISHI_TEST_POSTGRES_TLS names a folder with server.crt and
# server.key, with which it offers TLS there.
set -euo pipefail
cd "$(dirname "$0")/.."
guest="${1:-$PPID}"
if [ -n "${NEXTEST_ENV:-}" ] && [ -n "${RISHI_TEST_POSTGRES_URL:-}" ]; then
    exit 0
fi

find_postgres() {
    if [ -n "${RISHI_POSTGRES_BIN:-}" ]; then
        echo "$RISHI_POSTGRES_BIN"
    elif compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
        dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)"
    else
        dirname "$(readlink -f "$(command -v initdb)")"
    fi
}

bin="$(find_postgres 2>/dev/null)" || { bash tools/deps.sh postgresql >&2; bin="$(find_postgres)"; }
folder="$(mktemp -d /tmp/rishi-postgres.XXXXXX)"

# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" -eq 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    chown "$user" "$folder"
    as=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups)
fi

"${as[@]}" "$bin/initdb" -D "$folder/data" -U rishi -A trust -E UTF8 --locale=C --no-sync --no-instructions >"$folder/initdb.log" 2>&1 || {
    cat "$folder/initdb.log" >&2
    exit 1
}
settings=(
    -c "listen_addresses=" -c wal_level=minimal -c max_wal_senders=0 -c max_connections=500
    -c checkpoint_timeout=1h -c max_wal_size=4GB
)
if [ "${RISHI_TEST_POSTGRES_DURABLE:-}" = on ]; then
    settings+=(-c shared_buffers=512MB)
else
    settings+=(-c shared_buffers=64MB -c fsync=off -c full_page_writes=off)
fi
if [ -n "${RISHI_TEST_POSTGRES_PORT:-}" ]; then
    settings+=(-c "listen_addresses=127.0.0.1" -c "port=$RISHI_TEST_POSTGRES_PORT")
fi
if [ -n "${RISHI_TEST_POSTGRES_TLS:-}" ]; then
    cp "$RISHI_TEST_POSTGRES_TLS/server.crt" "$RISHI_TEST_POSTGRES_TLS/server.key" "$folder"
    [ ${#as[@]} -eq 0 ] || chown "$user" "$folder/server.crt" "$folder/server.key"
    chmod 600 "$folder/server.key"
    settings+=(-c ssl=on -c "ssl_cert_file=$folder/server.crt" -c "ssl_key_file=$folder/server.key")
fi
setsid "${as[@]}" "$bin/postgres" -D "$folder/data" -k "$folder" "${settings[@]}" </dev/null >"$folder/log" 2>&1 &
server=$!

# Whatever becomes of the tests, nothing is left running. A process is known by its id and when it began: ids are given again.
setsid bash -c '
    began() { ps -o lstart= -p "$1" 2>/dev/null; }
    guest="$(began "$1")"
    while [ "$(began "$1")" = "$guest" ] && [ -n "$guest" ] && kill -0 "$2" 2>/dev/null; do sleep 1; done
    kill -INT "$2" 2>/dev/null
    while kill -0 "$2" 2>/dev/null; do sleep 0.1; done
    rm -rf "$3"
' watch "$guest" "$server" "$folder" </dev/null >/dev/null 2>&1 &

for _ in $(seq 100); do
    "$bin/pg_isready" -q -h "$folder" -p "${RISHI_TEST_POSTGRES_PORT:-5432}" -d postgres -U rishi && break
    kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
    sleep 0.1
done

address="postgres://rishi@${folder//\//%2F}/"
[ -z "${RISHI_TEST_POSTGRES_PORT:-}" ] || address="postgres://rishi@localhost:$RISHI_TEST_POSTGRES_PORT/"
if [ -n "${NEXTEST_ENV:-}" ]; then
    echo "RISHI_TEST_POSTGRES_URL=$address" >>"$NEXTEST_ENV"
else
    echo "$address"
fi
