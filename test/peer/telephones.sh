#!/bin/sh
# Installs what the tests with real telephones need: sipp, baresip, espeak-ng for
# spoken sound, and ip for networks of their own. Does nothing where they are there.
# Runs as root on Debian; elsewhere it says what is missing.
set -eu

missing=""
command -v sipp >/dev/null || missing="$missing sip-tester"
command -v baresip >/dev/null || missing="$missing baresip-core"
command -v espeak-ng >/dev/null || missing="$missing espeak-ng"
command -v ip >/dev/null || missing="$missing iproute2"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	echo "missing for the tests with telephones:$missing" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
apt-get install -y -qq --no-install-recommends $missing >/dev/null
