#!/bin/sh
# A redis-server for machines that have Docker but no such binary; the fleet starts it as if it were one.
# The container uses the host's network and ends with this process. Its standard input is a pipe that this process
# holds open. When this process ends for any reason, the pipe closes and the server inside stops.
set -eu
image=${REDIS_IMAGE:-redis:7}
if [ "${1:-}" = --version ]; then
  exec docker run --rm --entrypoint redis-server "$image" --version
fi
pipe=$(mktemp -u)
mkfifo "$pipe"
exec 3<>"$pipe"
rm "$pipe"
# sh gives a background command /dev/null as its standard input, so standard input is copied here.
exec docker run --rm -i --init --network host --label dezky.e2e=redis --entrypoint sh "$image" -c '
  exec 4<&0
  redis-server "$@" & server=$!
  trap "kill $server" TERM INT
  (cat <&4 >/dev/null; kill $server) &
  wait $server' redis "$@" <&3
