#!/usr/bin/env bash
# Property-based tests of the running backend by its own OpenAPI document, with every check of schemathesis, on SQLite and on PostgreSQL
# (when $TEST_POSTGRES names an empty database), as a counter clerk, as the department and as an administrator.
#
#   tests/schemathesis.sh [EXAMPLES]      examples an operation, 25 without it; $SEED, 1 without it; $PROGRAM, a backend that is built already
set -euo pipefail
cd "$(dirname "$0")/.."
examples=${1:-25}
work=$(mktemp -d)
backend=
stop() { [ -z "$backend" ] || { kill "$backend" 2>/dev/null; wait "$backend" 2>/dev/null; } || true; backend=; }
trap 'stop; rm -rf "$work"' EXIT

if ! command -v schemathesis >/dev/null; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet 'schemathesis==4.32.5'
    PATH=$work/venv/bin:$PATH
fi
[ -n "${PROGRAM:-}" ] || cargo build --quiet --locked --bin onewindow-backend
program=${PROGRAM:-target/debug/onewindow-backend}

run() {
    local database=$1
    echo "== $database, ${examples} examples an operation"
    echo practice >"$work/password"
    for role in back-office administrator; do
        "$program" --practice --database "$database" --attachments "$work/attachments" \
            clerk add "$role" --site yuekou-town --display 练习 --role "$role" --password-file "$work/password"
    done
    "$program" --practice --database "$database" --attachments "$work/attachments" --listen 127.0.0.1:0 \
        >"$work/url" 2>"$work/log" &
    backend=$!
    for _ in $(seq 100); do [ -s "$work/url" ] && break; sleep 0.1; done
    local url; url=$(head -n1 "$work/url")
    for clerk in practice back-office administrator; do
        local token
        token=$(curl --noproxy '*' -sf "$url/v1/sessions" -H 'content-type: application/json' \
            -d "{\"name\":\"$clerk\",\"password\":\"practice\"}" | python3 -c 'import json,sys; print(json.load(sys.stdin)["accessToken"])')
        # Signing out would end the run's own session.
        NO_PROXY='*' schemathesis --config-file tests/schemathesis.toml run config/openapi.json --url "$url" \
            -H "Authorization: Bearer $token" --checks all --max-examples "$examples" --seed "${SEED:-1}" \
            --exclude-operation-id signOut --suppress-health-check all --no-color
    done
    stop
}

run "sqlite:$work/backend.sqlite"
if [ -n "${TEST_POSTGRES:-}" ]; then run "$TEST_POSTGRES"; else echo 'SKIPPED: PostgreSQL'; fi
