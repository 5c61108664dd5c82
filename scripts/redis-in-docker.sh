#!/bin/sh
# A redis-server for machines that have Docker but no such binary; the fleet starts it as if it were one.
# The container lives on the host's network, and no longer than this process: its standard input is our pipe,
# and when that ends, however this process ended, the server inside is told to stop.
set -eu
if [ "${1:-}" = --version ]; then
  exec docker run --rm --entrypoint redis-server "${REDIS_IMAGE:-redis:7}" --version
fi
mkfifo "${TMPDIR:-/tmp}/dezky-redis.$$"
exec 3<>"${TMPDIR:-/tmp}/dezky-redis.$$"
rm "${TMPDIR:-/tmp}/dezky-redis.$$"
exec docker run --rm -i --init --network host --label dezky.e2e=redis --entrypoint sh "${REDIS_IMAGE:-redis:7}" \
  -c 'redis-server "$@" & server=$!; trap "kill $server" TERM INT; (cat >/dev/null; kill $server) & wait $server' redis "$@" <&3
