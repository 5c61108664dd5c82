#!/bin/sh
# Run by the deploy job of .github/workflows/release.yml, on a runner inside the cluster.
#   KUBECONFIG_B64  kubeconfig of the ServiceAccount ci-deployer, in base64 (fleet/README.md)
#   GITHUB_SHA      the commit that is released: tag of the images
# Arguments go on to `npm run deploy`.
set -eu

for name in KUBECONFIG_B64 GITHUB_SHA; do
  eval "value=\${$name:-}"
  if [ -z "$value" ]; then
    echo "$name is not set. The first is a secret of the environment \"production\", the second is GitHub's; see fleet/README.md." >&2
    exit 2
  fi
done

# Runs before a kubeconfig exists and without its contents, because install scripts are third-party code.
env -u KUBECONFIG_B64 node -- scripts/prepare.mjs deploy

# Only for this job: readable by no other user, and removed when the job ends.
umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
KUBECONFIG="$folder/kubeconfig"
export KUBECONFIG
if ! printf '%s' "$KUBECONFIG_B64" | base64 -d >"$KUBECONFIG" 2>/dev/null || ! [ -s "$KUBECONFIG" ]; then
  echo 'KUBECONFIG_B64 is not base64. Make it with: base64 -w0 <kubeconfig' >&2
  exit 2
fi
unset KUBECONFIG_B64

# Cancelling a job signals only this shell. It passes the signal on, waits, and then cleans up.
npm run deploy -- --sha "$GITHUB_SHA" --context ci-deployer --rollback-on-failure "$@" &
deploy=$!
trap 'kill -TERM "$deploy" 2>/dev/null' INT TERM HUP
code=0
wait "$deploy" || code=$?
# A signal also ends `wait` before the process has ended.
while kill -0 "$deploy" 2>/dev/null; do
  code=0
  wait "$deploy" || code=$?
done
exit "$code"
