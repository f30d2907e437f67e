#!/bin/sh
# A private PostgreSQL for tests, on loopback only, durable as in production.
#
#   postgres.sh start DIR PORT   makes or starts the cluster in DIR, prints its URL
#   postgres.sh stop DIR         stops it; DIR is kept
#
# PostgreSQL refuses to run as root; root runs it as the system's user postgres.
set -eu

fail() { echo "postgres.sh: $*" >&2; exit 1; }

bin() {
	for d in /usr/lib/postgresql/*/bin; do
		[ -x "$d/initdb" ] && echo "$d"
	done | sort -t/ -k5 -n | tail -n 1
}

owner() {
	if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

[ $# -ge 2 ] || fail "usage: postgres.sh start DIR PORT | stop DIR"
verb=$1 dir=$2
BIN=$(bin)
[ -n "$BIN" ] || BIN=$(dirname "$(command -v initdb || fail 'PostgreSQL is not installed (Debian: apt-get install postgresql)')")

case $verb in
start)
	port=${3:?a port is wanted}
	[ "$port" -lt 32768 ] || fail "port $port is among those the system hands out; take one below 32768"
	mkdir -p "$dir"
	dir=$(cd "$dir" && pwd)
	if [ "$(id -u)" = 0 ]; then chown postgres: "$dir"; fi
	log=$dir/server.log
	if [ ! -f "$dir/data/PG_VERSION" ]; then
		owner "$BIN/initdb" -D "$dir/data" -U freeline -A trust -E UTF8 --locale=C.UTF-8 >/dev/null || fail "initdb failed"
		cat >>"$dir/data/postgresql.conf" <<-CONF
			listen_addresses = '127.0.0.1'
			unix_socket_directories = ''
			max_connections = 600
			shared_buffers = 128MB
			fsync = on
			synchronous_commit = on
			max_wal_size = 512MB
			min_wal_size = 128MB
			log_min_messages = error
			log_min_error_statement = panic
			log_statement = none
		CONF
	fi
	if ! owner "$BIN/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; then
		owner "$BIN/pg_ctl" -D "$dir/data" -l "$log" -o "-p $port" -w -t 60 start >/dev/null || {
			tail -n 5 "$log" >&2
			fail "it did not start; is port $port taken?"
		}
	fi
	port=$(sed -n 4p "$dir/data/postmaster.pid")
	echo "postgres://freeline@127.0.0.1:$port/postgres?sslmode=disable"
	;;
stop)
	[ -f "$dir/data/PG_VERSION" ] || fail "no cluster in $dir"
	if owner "$BIN/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; then
		owner "$BIN/pg_ctl" -D "$dir/data" -m fast -w -t 60 stop >/dev/null
	fi
	;;
*) fail "start or stop, not $verb" ;;
esac
