#!/usr/bin/env bash
# Runs everything that must pass, and sets up what it needs. `make test` and CI
# call it.
#
#   test/run.sh                     all of it
#   test/run.sh ./internal/db/...   these packages, with their peers running
#   test/run.sh -- COMMAND...       a command, with the peers running
#
# What needs a program that is missing is installed where it may be (root on
# Debian); else its tests skip, and the last lines count and name them. Under
# CI=true a skipped test is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
top=$PWD
scratch=$(mktemp -d)
kept=$top/.ci/out
ci=${CI:-}
mkdir -p "$kept" "$top/.bin"
rm -f "$kept"/*.tally

# What was started here is stopped here, whatever happens.
postgres=
end() {
	status=$?
	[ -z "$postgres" ] || test/peer/postgres.sh stop "$postgres" || true
	rm -rf "$scratch"
	exit "$status"
}
trap end EXIT
trap 'exit 130' INT TERM

# part NAME COMMAND...: runs a part, and notes how long it took, how busy the processors
# were, and how it ended.
times=()
failed=
part() {
	local name=$1 from=$SECONDS before end=
	shift
	before=$(ticks)
	echo "== $name"
	if ! "$@"; then
		end=' FAILED'
		failed="$failed $name"
	fi
	times+=("$(printf '%5d s %3d %%  %s%s' $((SECONDS - from)) "$(busy $before $(ticks))" "$name" "$end")")
}

# ticks prints how long the processors have been idle since they began, and how long that is.
ticks() { awk '/^cpu / {for (i = 2; i <= 9; i++) all += $i; print $5 + $6, all}' /proc/stat 2>/dev/null || echo 0 0; }

# busy IDLE ALL IDLE ALL: their share in percent between two readings.
busy() { echo $((100 - 100 * ($3 - $1) / ($4 > $2 ? $4 - $2 : 1))); }

may_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# install TEST PACKAGE...: installs packages where the test says that they lack.
updated=
install() {
	local there=$1
	shift
	if eval "$there" >/dev/null 2>&1; then return; fi
	if ! may_install; then
		echo "missing, and not installed since this is not root on Debian: $*"
		return
	fi
	if [ -z "$updated" ]; then
		apt-get update -qq
		updated=yes
	fi
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

have_postgres() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; }

prepare() {
	command -v go >/dev/null || { echo "Go is not installed; see https://go.dev/doc/install"; return 1; }
	install 'command -v gcc' gcc libc6-dev || return 1 # the race detector links with it
	install 'command -v git' git ca-certificates || return 1
	install have_postgres postgresql || return 1
	if may_install; then test/peer/browsers.sh && test/peer/telephones.sh || return 1; fi
	go build -o "$scratch/tally" ./test/tally || return 1
	GOBIN=$top/.bin go -C tools install github.com/nats-io/nats-server/v2 || return 1
	export FREELINE_TEST_NATS_SERVER=$top/.bin/nats-server
	if have_postgres; then
		chmod 755 "$scratch" # PostgreSQL runs under an account of its own
		FREELINE_TEST_POSTGRES=$(test/peer/postgres.sh start "$scratch/postgres" "$(free_port)") || return 1
		export FREELINE_TEST_POSTGRES
		postgres=$scratch/postgres
	fi
}

# free_port finds a port below those that the system hands out by itself.
free_port() {
	local port
	for port in $(seq 25432 25532); do
		if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
			echo "$port"
			return
		fi
	done
	return 1
}

# tests NAME FLAG... : go test with these flags, shown and counted. A TestChild is
# a process that another test starts and kills.
tests() {
	local name=$1
	shift
	go test -json -timeout 10m -skip '^TestChild$' "$@" | "$scratch/tally" -keep "$kept/$name.tally" ${ci:+-strict}
}

# race NAME PACKAGE...: the same, under the race detector.
race() {
	if command -v gcc >/dev/null; then
		tests "$1" -race "${@:2}"
		return
	fi
	echo '{"Skipped":["the race detector: no C compiler"]}' >"$kept/$1.tally"
	[ -z "$ci" ]
}

race_above() { FREELINE_TEST_ENGINE=sqlite race "$@"; }

# Packages whose goroutines share memory. The rest gains nothing from the race
# detector, which is five times slower; nor do tests that drive a browser, measure time, or
# do one thing after another: their files say "!race". Above these stores nothing knows on
# which engine it is, so there one of them is enough.
engines='db|shred|jobs|bus'
above='observe|i18n|app|cli|channel/.*|web/.*|hotline/(contact|routing|staff|vault|own|account|seal|audit|opened|edition|retention)'
raced() { go list ./... | grep -E "/internal/($1)$"; }

# Packages that drive whole programs or browsers mostly wait: two at a time. Those in which
# sound must come in time have the machine for themselves. The bench measures nothing here:
# see make bench.
whole() { go list ./cmd/... ./test/... | grep -v -E '/test/(tally|bench|peer|voice)$'; }
heard() { go list ./test/peer ./test/voice; }
others() { go list ./... | grep -v '/test/bench$' | grep -v -x -F "$(whole; heard)"; }

# What takes longest begins first, else a processor has nothing to do at the end.
long='test/load test/browser web/desk channel/voice web/admin app web/front hotline/contact hotline/routing hotline/retention'
long_first() {
	local all p
	all=$(cat)
	{
		for p in $long; do grep -E "/(internal/)?$p$" <<<"$all" || true; done
		echo "$all"
	} | awk '!seen[$0]++'
}

bundle() { go -C internal/web/desk/build run . -check; }

part prepare prepare
if [ -n "$failed" ]; then exit 1; fi
if [ "${1:-}" = -- ]; then
	shift
	"$@"
	exit
elif [ $# -gt 0 ]; then
	part test tests test "$@"
else
	part build go build ./...
	part bundle bundle
	# shellcheck disable=SC2046 # lists of packages
	part test tests test $(others | long_first)
	# shellcheck disable=SC2046
	part stories tests stories -p 2 $(whole | long_first)
	# shellcheck disable=SC2046
	part sound tests sound -p 1 $(heard)
	# shellcheck disable=SC2046
	part race race race $(raced "$engines")
	# shellcheck disable=SC2046
	part race-above race_above race-above $(raced "$above" | long_first)
	part lint make --no-print-directory lint # vets too
fi

echo
echo "== times"
printf '%s\n' "${times[@]}"
printf '%5d s        all of it, of a budget of 1500 s\n' "$SECONDS"
if [ -n "$failed" ]; then echo "failed:$failed"; fi
"$scratch/tally" -sum ${ci:+-strict} "$kept"/*.tally || failed=yes
[ -z "$failed" ]
