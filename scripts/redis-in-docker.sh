#!/bin/sh
# A redis-server for machines that have Docker but no such binary; the fleet starts it as if it were one.
# The container lives on the host's network, and no longer than this process: its standard input is a pipe that
# this process holds open, and when that ends, however this process ended, the server inside is told to stop.
set -eu
image=${REDIS_IMAGE:-redis:7}
if [ "${1:-}" = --version ]; then
  exec docker run --rm --entrypoint redis-server "$image" --version
fi
pipe=$(mktemp -u)
mkfifo "$pipe"
exec 3<>"$pipe"
rm "$pipe"
# A background command of sh reads from /dev/null unless told otherwise; hence the copy of standard input.
exec docker run --rm -i --init --network host --label dezky.e2e=redis --entrypoint sh "$image" -c '
  exec 4<&0
  redis-server "$@" & server=$!
  trap "kill $server" TERM INT
  (cat <&4 >/dev/null; kill $server) &
  wait $server' redis "$@" <&3
