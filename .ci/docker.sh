# To be sourced. Starts a Docker daemon for this shell if none answers, and installs the distribution's package if the
# machine has none. The daemon ends with the shell.
if ! docker info >/dev/null 2>&1; then
  if ! command -v dockerd >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io iptables >/dev/null
  fi
  runtime=()
  if [ -n "${DOCKER_RUNTIME:-}" ]; then
    runtime=(--add-runtime "ci=$(realpath "$DOCKER_RUNTIME")" --default-runtime ci)
  fi
  dockerd "${runtime[@]}" >"${TMPDIR:-/tmp}/dockerd.log" 2>&1 &
  dockerd=$!
  trap 'kill "$dockerd"; wait "$dockerd" || true' EXIT
  for _ in $(seq 60); do
    docker info >/dev/null 2>&1 && break
    kill -0 "$dockerd" 2>/dev/null || { tail -5 "${TMPDIR:-/tmp}/dockerd.log"; exit 77; }
    sleep 0.5
  done
  docker info >/dev/null 2>&1 || { echo "dockerd does not answer. Its log: ${TMPDIR:-/tmp}/dockerd.log"; exit 77; }
fi
