# shellcheck shell=bash disable=SC2034 # what is set here is read by the scripts that source this
# Shared by install, deploy, upgrade, monitor and verify: sourced, never run. Bash 4.4 or newer, here and on the hosts.

# Where everything of a node is on its machine; the unit and the package say the same.
readonly PROGRAM=/usr/bin/dna CONFIG=/etc/dna/dna.toml DATA=/var/lib/dna USER_NAME=dna UNIT=dna.service PACKAGE=dna

# How the scripts end. README.md has the table.
readonly DONE=0 UNWELL=1 USAGE=2 UNREACHABLE=3 ROLLED_BACK=4 BROKEN=5 REFUSED=6 VALUES_LOST=7

here=$(cd "$(dirname "${BASH_SOURCE[0]:-.}")" && pwd)
json=no dry_run=no label=localhost
# What change installs: FILE, a configuration or nothing, and further words for install.
file='' config='' install_words=()
# What stands for systemctl where there is none: COMMAND daemon-reload, or COMMAND enable|start|stop|restart|is-active dna.service.
service_command=${DNA_SERVICE_COMMAND:-systemctl}
# How a command reaches a host: {host} is its name, the command itself comes as one last argument, for a shell of the host.
via='ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -- {host}'
# Whether no host was named: then this machine is meant.
is_local=no
# What reads functions on a host.
host_shell='exec bash -s'
# Where a node is asked on its own machine; nothing: as its configuration says.
at=

say() { printf '%s\n' "$*" >&2; }

# help: the comment at the head of the script.
help() {
    awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0"
    exit "$DONE"
}

misuse() {
    say "${0##*/}: $*"
    say "see ${0##*/} --help"
    exit "$USAGE"
}

# json_text TEXT: TEXT as a JSON string.
json_text() {
    local text=$1
    text=${text//\\/\\\\}
    text=${text//\"/\\\"}
    text=${text//$'\n'/\\n}
    printf '"%s"' "${text//[[:cntrl:]]/ }"
}

# report STEP STATE [TEXT]: one line of the report, on the output. STATE is ok, changed, would, warning or failed.
report() {
    if [ "$json" = yes ]; then
        printf '{"host":%s,"step":%s,"state":%s,"text":%s}\n' "$(json_text "$label")" "$(json_text "$1")" "$(json_text "$2")" "$(json_text "${3:-}")"
    else
        printf '%-16s %-10s %-8s %s\n' "$label" "$1" "$2" "${3:-}"
    fi
}

# finish CODE TEXT: the last line of the report, and the end.
finish() {
    if [ "$json" = yes ]; then printf '{"exit":%d,"text":%s}\n' "$1" "$(json_text "$2")"; else printf '%s\n' "$2"; fi
    exit "$1"
}

# common_option OPTION [VALUE]: takes an option all scripts have. Sets taken to the words it used up, 0 when it is no such option.
common_option() {
    taken=1
    case "$1" in
        -h | --help) help ;;
        --json) json=yes ;;
        --dry-run) dry_run=yes ;;
        --service-command | --via | --at | --label)
            if [ $# -lt 2 ] || [ -z "$2" ]; then misuse "$1 needs a value"; fi
            taken=2
            case "$1" in
                --service-command) service_command=$2 ;;
                --via) via=$2 ;;
                --at) at=$2 ;;
                --label) label=$2 ;;
            esac ;;
        *) taken=0 ;;
    esac
}

# seconds_option NAME VALUE: refuses what is no number of seconds from 1 to 3600.
seconds_option() {
    if ! [[ $2 =~ ^[1-9][0-9]{0,3}$ ]] || [ "$2" -gt 3600 ]; then misuse "$1 takes 1 to 3600 seconds, not '$2'"; fi
}

# host_names NAME...: refuses what is no host name, so that no name is taken for an option or a command.
host_names() {
    local name
    for name in "$@"; do
        [[ $name =~ ^[A-Za-z0-9_][A-Za-z0-9_.:@-]*$ ]] || misuse "'$name' is no host name"
    done
}

# quote WORD...: the words as a POSIX shell reads them.
quote() {
    local word separator=
    for word in "$@"; do
        printf "%s'%s'" "$separator" "${word//\'/\'\\\'\'}"
        separator=' '
    done
}

# remote HOST SECONDS SCRIPT: runs the shell script on the host, with our input as its own. What takes longer gets a SIGTERM.
remote() {
    local words=()
    read -ra words <<<"$via"
    timeout --foreground "$2" "${words[@]//\{host\}/$1}" "sh -c $(quote "$3")"
}

# on_host HOST SECONDS FUNCTION [ARGUMENT]...: runs a function of this file on the host, with nothing copied there.
on_host() {
    local host=$1 seconds=$2
    shift 2
    { cat "${BASH_SOURCE[0]}"; printf '\nset -uo pipefail\nservice_command=%s at=%s\n%s\n' "$(quote "$service_command")" "$(quote "$at")" "$(quote "$@")"; } |
        remote "$host" "$seconds" "$host_shell"
}

# rooted HOST SECONDS FUNCTION [ARGUMENT]...: as on_host, by root or sudo: what only the node's user may see.
rooted() (
    # shellcheck disable=SC2016 # the host's shell reads it
    host_shell='if [ "$(id -u)" = 0 ]; then exec bash -s; else exec sudo -n bash -s; fi'
    on_host "$@"
)

# ask HOST SECONDS FUNCTION [ARGUMENT]...: the same, and on this machine when HOST is localhost and no --via was given.
ask() {
    if [ "$1" = localhost ] && [ "$is_local" = yes ]; then shift 2; "$@"; else on_host "$@"; fi
}

# reaches HOST: whether commands reach it and bash is there. The answer is looked at, not the code, which is that of --via.
reaches() {
    if [ "$1" = localhost ] && [ "$is_local" = yes ]; then return 0; fi
    [ "$(remote "$1" 20 'exec bash -c "echo reached"' </dev/null 2>/dev/null)" = reached ]
}

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

# facts: what there is to know of the node of this machine, as lines of NAME=VALUE; - is not known.
facts() {
    local status
    echo "reached=yes"
    echo "active=$(if is_active; then echo yes; else echo no; fi)"
    if [ ! -x "$PROGRAM" ]; then echo "installed=no"; return; fi
    status=$(node_status)
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

# fact NAME TEXT: one value of what facts said.
fact() { sed -n "s/^$1=//p" <<<"$2" | head -n 1; }

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

# chance: 32 hex digits nobody else has.
chance() { od -An -N 16 -tx1 /dev/urandom | tr -d ' \n'; }

# canary FROM TO: a value nobody else has, put through one node and read through another. Says what failed.
canary() {
    local key text said
    key=dna-canary-$(chance) text=$(chance)
    if ! said=$(ask "$1" 60 canary_put "$key" "$text" 0); then echo "put through $1: ${said:-no answer}"; return 1; fi
    if ! ask "$2" 90 canary_get "$key" "$text" "${patience:-30}"; then echo "put through $1, not found through $2"; return 1; fi
}

# canaries HOST...: a canary through each host, read through the next. Reports each; true when all came back.
canaries() {
    local hosts=("$@") i next said all=0
    for i in "${!hosts[@]}"; do
        next=${hosts[$(((i + 1) % ${#hosts[@]}))]} label=${hosts[$i]}
        if ! said=$(canary "$label" "$next"); then report canary failed "$said"; all=1
        elif [ "$next" = "$label" ]; then report canary ok "put and read through the same node: this proves its store, not its network"
        else report canary ok "read through $next"; fi
    done
    return "$all"
}

# send HOST FILE [CONFIG]: a folder of its own on the host with install, what it needs, and FILE as "program". Says the folder.
send() {
    local staging code=0
    staging=$(mktemp -d)
    cp "$here/install" "$here/lib.sh" "$staging" && ln -s "$(realpath "$2")" "$staging/program"
    [ ! -r "$here/$UNIT" ] || cp "$here/$UNIT" "$staging"
    [ -z "${3:-}" ] || cp "$3" "$staging/config"
    # shellcheck disable=SC2016 # the host's shell reads it
    tar -C "$staging" -chf - . | remote "$1" 600 'umask 077; d=$(mktemp -d -t dna-deploy.XXXXXX) && tar -C "$d" --no-same-owner -xf - && echo "$d"' || code=$?
    rm -rf "$staging"
    return "$code"
}

# install_on HOST FOLDER WORD...: runs the install of that folder, as root or by sudo; the words are its options. Takes the folder away afterwards.
install_on() {
    local host=$1 folder=$2 words=(--label "$1" --service-command "$service_command")
    shift 2
    [ "$json" = no ] || words+=(--json)
    # Its last line tells of one machine; ours tells of all.
    # shellcheck disable=SC2016 # the host's shell reads it
    remote "$host" 900 'r=; [ "$(id -u)" = 0 ] || r="sudo -n"; $r bash '"$(quote "$folder/install") $(quote "${words[@]}" "$@")"'; code=$?; rm -rf '"$(quote "$folder")"'; exit $code' </dev/null |
        if [ "$json" = yes ]; then grep --line-buffered -v '^{"exit"'; else grep --line-buffered "^$host "; fi
    return "${PIPESTATUS[0]}"
}

# change HOST: sends $file to the host and installs it there, with the words of install_words; then a canary through it. Sets code, as the scripts end.
change() {
    local folder said
    label=$1 code=$DONE
    if ! folder=$(send "$1" "$file" "$config") || [[ $folder != /* ]]; then
        report copy failed "it could not be copied"
        code=$UNREACHABLE
        return
    fi
    report copy ok "$folder"
    install_on "$1" "$folder" --sha256 "$(sha256sum "$file" | cut -d ' ' -f 1)" ${install_words[@]+"${install_words[@]}"} ${config:+--config "$folder/config"} "$folder/program" || code=$?
    label=$1
    if [ "$code" -ge 124 ]; then came_back "$1"; fi
    [ "$code" -eq "$DONE" ] || return
    if said=$(canary "$1" "$1"); then report canary ok "put and read through it"; return; fi
    report canary failed "$said"
    folder=$(send "$1" "$file") && install_on "$1" "$folder" --restore
    case $? in 0) code=$ROLLED_BACK ;; *) code=$BROKEN ;; esac
}

# came_back HOST: the connection was lost amid the installation, which goes on without it. Sets code by what is found there.
came_back() {
    local end=$((SECONDS + 180)) found
    report connection warning "lost; looking what became of it"
    code=$UNREACHABLE
    while [ "$SECONDS" -lt "$end" ]; do
        found=$(on_host "$1" 60 facts 2>/dev/null)
        if [ "$(fact readiness "$found")" = ready ]; then code=$DONE; return; fi
        sleep 2
    done
}
