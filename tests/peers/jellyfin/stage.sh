# Sourced by run-jellyfin and with-jellyfin-judge, from the root of the repository: puts up the stand-ins and
# the proxy that holds every call against Jellyfin's published contract, and takes both down at the end.

peers=tests/peers
logs=target/test-logs
contract=target/contracts/jellyfin-10.11.json
standins='' proxy=''

leave() {
    trap - EXIT INT TERM HUP
    [ -z "$proxy" ] || kill "$proxy" 2>/dev/null || true
    [ -z "$standins" ] || kill "$standins" 2>/dev/null || true
    [ -z "$proxy$standins" ] || wait 2>/dev/null || true
    rm -rf "$scratch"
}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/peers-XXXXXX")
trap leave EXIT
trap 'exit 130' INT TERM HUP

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

field() { node -pe 'JSON.parse(require("fs").readFileSync(0, "utf8"))[process.argv[1]]' "$1"; }

# `make test` has installed all of this already; alone, this script brings what it needs itself.
install() {
    [ -x target/peers/bin/python ] || python3 -m venv target/peers
    target/peers/bin/python -c 'import jellyfin_apiclient_python' 2>/dev/null ||
        target/peers/bin/pip install --quiet --disable-pip-version-check -r "$peers/requirements.txt"
    [ -d "$peers/node_modules/@jellyfin/sdk" ] ||
        (cd "$peers" && npm ci --no-audit --no-fund --loglevel=error)
}

# The contract is published inside of a crate; it is fetched by its name and version, not kept here.
fetch_contract() {
    [ ! -s "$contract" ] || return 0
    mkdir -p "$scratch/contract/src" "${contract%/*}"
    printf '%s\n' '[package]' 'name = "contract"' 'version = "0.0.0"' 'edition = "2024"' '[workspace]' \
        '[dependencies]' 'jellyfin-sdk = "=0.1.0"' >"$scratch/contract/Cargo.toml"
    : >"$scratch/contract/src/lib.rs"
    local manifest
    manifest=$(cargo metadata --format-version 1 --manifest-path "$scratch/contract/Cargo.toml" |
        node -pe 'JSON.parse(require("fs").readFileSync(0, "utf8")).packages
            .find((one) => one.name === "jellyfin-sdk").manifest_path')
    cp "${manifest%/*}/docs/jellyfin-openapi-stable.json" "$contract"
}

start_standins() {
    cargo build --quiet --locked --package standins --example standins
    # Its input stays open as long as this script lives: it ends with it, whatever happens.
    mkfifo "$scratch/life"
    target/debug/examples/standins <"$scratch/life" >"$scratch/addresses" 2>"$logs/standins.log" &
    standins=$!
    exec 9>"$scratch/life"
    for _ in $(seq 100); do
        [ ! -s "$scratch/addresses" ] || break
        sleep 0.1
    done
    standin=$(field jellyfin <"$scratch/addresses")
    [ -n "$standin" ] || fail "The stand-ins did not say their addresses within 10 s; see $logs/standins.log."
}

start_proxy() {
    local port
    port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => {
        console.log(s.address().port); s.close(); })')
    node "$peers/node_modules/@stoplight/prism-cli/dist/index.js" proxy "$contract" "$standin" \
        -h 127.0.0.1 -p "$port" >"$logs/prism.log" 2>&1 9>&- &
    proxy=$!
    through=http://127.0.0.1:$port
    for _ in $(seq 300); do
        ! curl --silent --fail --output /dev/null "$through/System/Ping" || return 0
        kill -0 "$proxy" 2>/dev/null || break
        sleep 0.1
    done
    fail "The proxy did not become ready within 30 s; see $logs/prism.log."
}

mkdir -p "$logs"
install
fetch_contract
start_standins
