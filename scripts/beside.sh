# shellcheck shell=bash
# What scripts/with-* have in common: a command runs beside a server, and nothing is left of either.
# Whoever sources this defines `stop_server`, starts its server, and calls `run_beside COMMAND...` last.

# Holds sockets too, whose path must stay under 107 bytes: hence not in target/.
home=$(mktemp -d "${TMPDIR:-/tmp}/beside-XXXXXX")
command=''

# end PROCESS: asks it to stop and waits for that; nothing if there is none.
end() {
    [ -n "$1" ] || return 0
    kill -TERM "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

leave() {
    trap - EXIT INT TERM HUP
    end "$command"
    stop_server
    rm -rf "$home"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP

# first_line_of PROCESS: the first line that the server wrote to $home/ready, within 20 s.
first_line_of() {
    for _ in $(seq 200); do
        if [ -s "$home/ready" ]; then
            head -n 1 "$home/ready"
            return 0
        fi
        kill -0 "$1" 2>/dev/null || break
        sleep 0.1
    done
    echo "The server did not start; it said:" >&2
    cat "$home/errors" >&2
    return 1
}

# In the background, so that a signal to the script is heard at once and passed on.
run_beside() {
    "$@" &
    command=$!
    local outcome=0
    wait "$command" || outcome=$?
    command=''
    exit "$outcome"
}
