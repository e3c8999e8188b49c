#!/bin/sh
# Asks a running server what its own description allows and forbids, for at most a minute: schemathesis makes requests
# from /api/v1/openapi.json and looks for answers that aren't described, for wrong requests that are taken and for
# failures of the server. It needs Python 3.11 and, the first time, a package index. What is left on disk is under the
# target folder. With 0 seconds each phase ends by itself, within two minutes.
#
# tests/api/schemathesis.sh [SECONDS] [further options of `schemathesis run`]
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
seconds=${1:-60}
[ $# -eq 0 ] || shift
# A version that was tried: a new one finds other things, and a check must not fail by itself.
version=4.32.5
tools=$target/schemathesis
if [ ! -x "$tools/bin/schemathesis" ]; then
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet "schemathesis==$version"
fi

shixian=$target/debug/shixian
[ -x "$shixian" ] || (cd "$root" && cargo build --package server)

work=$(mktemp -d)
server=
# Only what was started here is ended here.
end() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT INT TERM

export SHIXIAN_DATABASE__URL="${SHIXIAN_API_DATABASE:-sqlite:$work/trial.db}"
now=2011-09-26T10:00:00+08:00
"$shixian" --quiet migrate --trial >/dev/null
"$shixian" --quiet --now $now reference load "$root/tests/scripts/office" >/dev/null
token() {
    "$shixian" --quiet token add "$@" | python3 -c 'import json, sys; print(json.load(sys.stdin)["secret"])'
}
secret=$(token fuzz --all-units --scope read,cases,events --rate 60000)
item=$(sed -n 2p "$root/tests/scripts/office/items.csv" | cut -d, -f1)
"$shixian" --quiet --now $now case receive --item "$item" --applicant 张三 >/dev/null
"$shixian" --quiet --now $now order issue --unit GSJ --text 请说明原因 --term 3wd --by I1 >/dev/null

"$shixian" --quiet --now $now serve --listen 127.0.0.1:0 >"$work/address" 2>"$work/log" &
server=$!
tries=0
until [ -s "$work/address" ]; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] && kill -0 $server || { cat "$work/log"; exit 2; }
    sleep 0.1
done
url=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["listening"])' "$work/address")

cd "$work"
status=0
# The time is a measure for generating; what hangs is ended somewhat later.
if [ "$seconds" -gt 0 ]; then
    patience=$((seconds + 60))
    set -- --max-time "$seconds" "$@"
else
    patience=600
fi
timeout --kill-after=20 "$patience" "$tools/bin/schemathesis" --config-file "$root/tests/api/schemathesis.toml" \
    run "$url/api/v1/openapi.json" --continue-on-failure --header "Authorization: Bearer $secret" "$@" || status=$?
if grep -q '"level":"ERROR"\|ERROR\|panicked' "$work/log"; then
    grep 'ERROR\|panicked' "$work/log" | sort | uniq -c | head -20
    status=1
fi
exit $status
