#!/bin/sh
# Fails when a package that production runs has an advisory that is high or critical, unless .github/advisories.json
# accepts it until a date: { "GHSA-…": { "until": "2027-01-31", "reason": "…" } }.
set -eu
accepted='{}'
[ ! -e .github/advisories.json ] || accepted=$(cat .github/advisories.json)
# It exits with 1 for any advisory, accepted or not, and also when it could not ask: then there is no report, and jq fails.
report=$(npm audit --omit=dev --json) || [ $? -eq 1 ]
found=$(printf '%s' "$report" | jq -nr --argjson accepted "$accepted" '
  input | if .vulnerabilities then . else error("npm audit gave no report: \(.message)") end
  | [.vulnerabilities[].via[] | objects | select(.severity == "high" or .severity == "critical")] | unique_by(.url)[]
  | (.url | split("/") | last) as $id
  | ($accepted[$id] // {} | if .reason and (.until // "" | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")) then .until else "" end) as $until
  | select($until < (now | strftime("%Y-%m-%d")))
  | "\($id) \(.name) \(.range): \(.title)"')
[ -z "$found" ] && exit
echo "$found"
echo 'Update the package, or accept the advisory until a date, with the reason, in .github/advisories.json.'
exit 1
