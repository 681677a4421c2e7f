# shellcheck shell=bash disable=SC2034 # what is set here is read by the scripts that source this
# What is asked of a node on its own machine. Sourced by lib.sh, and sent whole to a host whose functions of here are to run: it needs nothing else.

# Where everything of a node is on its machine; the unit and the package say the same.
readonly PROGRAM=/usr/bin/dna CONFIG=/etc/dna/dna.toml DATA=/var/lib/dna USER_NAME=dna UNIT=dna.service PACKAGE=dna
# What the last change replaced, how it ended, and the package that is installed now.
readonly KEPT=/var/lib/dna-deploy

# What stands for systemctl where there is none: COMMAND daemon-reload, or COMMAND enable|start|stop|restart|is-active dna.service.
service_command=${DNA_SERVICE_COMMAND:-systemctl}
# Where a node is asked on its own machine; nothing: as its configuration says.
at=

# service VERB: asks the service manager for the node's unit.
service() {
    local words=()
    read -ra words <<<"$service_command"
    if [ "$1" = daemon-reload ]; then "${words[@]}" daemon-reload; else "${words[@]}" "$1" "$UNIT"; fi
}

is_active() { service is-active >/dev/null 2>&1; }

# http_get ADDRESS:PORT PATH: the body of an answer; what has no curl can do it too.
http_get() {
    local line address=${1%:*} body=no
    address=${address#[}
    exec 3<>"/dev/tcp/${address%]}/${1##*:}" || return 1
    printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$2" "$1" >&3
    while IFS= read -r -t 10 line <&3 || [ -n "$line" ]; do
        if [ "$body" = yes ]; then printf '%s\n' "$line"; elif [ "$line" = $'\r' ]; then body=yes; fi
    done
    exec 3>&-
}

# setting KEY: the value of a key of the configuration; of a list the first. Nothing when it cannot be read, or has none.
setting() {
    "$PROGRAM" config --config "$CONFIG" --json 2>/dev/null | tr -d '\n' |
        sed -n 's/.*"'"${1//./\\.}"'": *{ *"value": *\[\{0,1\} *"\{0,1\}\([^],"}]*\).*/\1/p' | sed 's/ *$//'
}

# node_address: where the node of this machine is asked over UDP.
node_address() {
    local port address
    if [ -n "$at" ]; then echo "$at"; return; fi
    port=$(setting network.port) address=$(setting network.bind)
    case "$address" in '' | null | 0.0.0.0 | ::) address=127.0.0.1 ;; *:*) address="[$address]" ;; esac
    echo "$address:${port:-4000}"
}

# node_status: the running node's status as one line of JSON. The status socket is for root and the node's user; everybody else asks over HTTP.
node_status() {
    local http
    if "$PROGRAM" status --data "$DATA" --json 2>/dev/null; then return; fi
    http=$(setting http.listen)
    case "$http" in '' | null) http=127.0.0.1:9105 ;; esac
    http_get "$http" /status.json 2>/dev/null
}

# number NAME JSON: the first number of that name, or -.
number() {
    local found
    found=$(grep -o "\"$1\":[0-9]*" <<<"$2" | head -n 1)
    found=${found##*:}
    echo "${found:--}"
}

# unwell JSON: the checks that are not ok, with their reasons.
unwell() {
    grep -o '"name":"[a-z]*","state":"\(warning\|failing\)","reason":"[^"]*"' <<<"$1" |
        sed 's/"name":"\([a-z]*\)","state":"\([a-z]*\)","reason":"\([^"]*\)"/\1 \2: \3/' | paste -sd ';' | sed 's/;/; /g'
}

# readiness: ready, unready (its process serves, it does not do its work), dead (its machinery hangs) or silent (nobody answers).
readiness() {
    local status=${1-$(node_status)}
    case "$status" in
        *'"ready":true'*) echo ready ;;
        *'"alive":true'*) echo unready ;;
        *'"alive":false'*) echo dead ;;
        *) echo silent ;;
    esac
}

# sum_of_matches PATTERN TEXT: the sum of the numbers at the ends of all that matches.
sum_of_matches() {
    local sum=0 match
    while read -r match; do sum=$((sum + ${match##*:})); done < <(grep -o "$1" <<<"$2")
    echo "$sum"
}

# lasting: values of types that live a week or longer, which no restart may lose; or -.
lasting() {
    local stats
    stats=$("$PROGRAM" store stats --data "$DATA" --json 2>/dev/null) || { echo -; return; }
    sum_of_matches '(0x100[123])","values":[0-9]*' "$stats"
}

# facts [SECONDS]: what there is to know of the node of this machine, as lines of NAME=VALUE; - is not known. A node that started within the last minute has so many seconds to become ready.
facts() {
    local status end=$((SECONDS + ${1:-0}))
    echo "reached=yes"
    echo "active=$(if is_active; then echo yes; else echo no; fi)"
    if [ ! -x "$PROGRAM" ]; then echo "installed=no"; return; fi
    while :; do
        status=$(node_status)
        if [ "$(readiness "$status")" != unready ] || [ "$SECONDS" -ge "$end" ] || ! [[ $(number uptime "$status") =~ ^[1-5]?[0-9]$ ]]; then break; fi
        sleep 1
    done
    echo "installed=yes"
    echo "version=$("$PROGRAM" --version 2>/dev/null | head -n 1)"
    echo "sha256=$(sha256sum "$PROGRAM" 2>/dev/null | cut -d ' ' -f 1)"
    echo "readiness=$(readiness "$status")"
    echo "unwell=$(unwell "$status")"
    echo "contacts=$(sum_of_matches '"good":[0-9]*' "$status")"
    echo "values=$(number values "$status")"
    echo "uptime=$(number uptime "$status")"
    echo "resident=$(number resident "$status")"
    echo "address=$(node_address)"
    echo "load=$(cut -d ' ' -f 1 /proc/loadavg)"
    echo "disk_free=$(df --output=avail -B 1 "$(dirname "$DATA")" 2>/dev/null | tail -n 1 | tr -d ' ')"
    echo "errors=$(journalctl -u "$UNIT" -p err --since -5min --no-pager -q 2>/dev/null | wc -l)"
}

# config_is_right: says what the program itself says of its configuration. Who may not read it is not told, and that is right.
config_is_right() {
    if [ -e "$CONFIG" ] && [ ! -r "$CONFIG" ]; then echo "only root and $USER_NAME may read $CONFIG, as it should be"; return; fi
    "$PROGRAM" check --config "$CONFIG" 2>&1
}

# canary_put KEY TEXT TYPE: puts a value through the node of this machine.
canary_put() { "$PROGRAM" put "$1" "$2" --type "$3" -b "$(node_address)" --timeout 20 2>&1; }

# canary_get KEY TEXT SECONDS: reads it back through the node of this machine, for as long as it takes to arrive.
canary_get() {
    local end=$((SECONDS + $3))
    while :; do
        if "$PROGRAM" get "$1" --json -b "$(node_address)" --timeout 10 2>/dev/null | grep -qF "\"text\":\"$2\""; then return 0; fi
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 1
    done
}

# missing SECONDS KEY TEXT...: the keys that are not found through the node of this machine, one a line.
missing() {
    local seconds=$1 end=$((SECONDS + $1))
    shift
    while [ $# -gt 1 ]; do
        # All of them together have that long: one that is found costs no time.
        [ "$seconds" -lt $((end - SECONDS)) ] || seconds=$((end - SECONDS))
        canary_get "$1" "$2" $((seconds > 0 ? seconds : 0)) || echo "$1"
        shift 2
    done
    echo looked
}

# outcome FOLDER: on the host, how the installation from that folder ended; nothing as long as it goes on.
outcome() {
    [ ! -e "$1" ] || { echo "at work"; return; }
    sed -n "s:^$1 ::p" "$KEPT/outcome" 2>/dev/null
    echo over
}
