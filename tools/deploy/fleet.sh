# shellcheck shell=bash disable=SC2034 # what is set here is read by the scripts that source this
# Shared by deploy, upgrade, monitor and verify: how hosts are named, reached, asked at once, and changed. Sourced, never run.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Hosts that are asked at once, and seconds one may take to be reached.
parallel=32 reach=20
# What change installs: FILE, a configuration or nothing, and further words for install.
file='' config='' install_words=()
# Seconds an installation may take on a host, copying not counted: whoever raises its limits raises this.
longest=900
# How a command reaches a host: {host} is its name, the command itself comes as one last argument, for a shell of the host.
via='ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -- {host}'
# Whether no host was named: then this machine is meant.
is_local=no
# What reads functions on a host.
host_shell='exec bash -s'

# fleet_option OPTION [VALUE]: takes an option all scripts with hosts have; appends to hosts. Sets taken as common_option does.
fleet_option() {
    taken=0
    case "$1" in --hosts | --parallel | --reach | --via) ;; *) return ;; esac
    if [ $# -lt 2 ] || [ -z "$2" ]; then misuse "$1 needs a value"; fi
    taken=2
    case "$1" in
        --hosts) hosts_of "$2" ;;
        --via) via=$2 ;;
        --parallel) [[ $2 =~ ^[1-9][0-9]{0,2}$ ]] || misuse "--parallel takes 1 to 999 hosts, not '$2'"; parallel=$2 ;;
        --reach) seconds_option --reach "$2"; reach=$2 ;;
    esac
}

# hosts_of FILE: appends the names in it to hosts: the first word of a line; what follows a # is for people. - is the input.
hosts_of() {
    local name rest found=${#hosts[@]}
    if [ "$1" != - ]; then [ -r "$1" ] || misuse "$1 cannot be read"; fi
    while read -r name rest || [ -n "$name" ]; do
        name=${name%%#*}
        [ -z "$name" ] || hosts+=("$name")
    done < <(cat -- "$1")
    [ "${#hosts[@]}" -gt "$found" ] || misuse "there is no host in $1"
}

# host_names NAME...: refuses what is no host name, so that no name is taken for an option or a command, and what is named twice. Makes their column wide enough.
host_names() {
    local name
    local -A seen=()
    for name in "$@"; do
        [[ $name =~ ^[A-Za-z0-9_][A-Za-z0-9_.:@-]*$ ]] || misuse "'$name' is no host name"
        [ -z "${seen[$name]:-}" ] || misuse "$name is named twice"
        seen[$name]=yes
        [ "${#name}" -le "$width" ] || width=${#name}
    done
}

# in_parallel FUNCTION HOST...: calls it for all hosts, $parallel at a time. What each says comes whole and in their order, as soon as it may; codes has how they ended.
in_parallel() {
    local function=$1 i=0 started=0 folder
    shift
    folder=$(mktemp -d)
    codes=()
    while [ "$i" -lt $# ]; do
        while [ "$started" -lt $# ] && [ "$(jobs -pr | wc -l)" -lt "$parallel" ]; do
            started=$((started + 1))
            # Its input is nobody's: what asks a host must not read what was meant for the script.
            { "$function" "${!started}" >"$folder/$started" </dev/null; echo $? >"$folder/$started.code.new"; mv "$folder/$started.code.new" "$folder/$started.code"; } &
        done
        if [ -e "$folder/$((i + 1)).code" ]; then
            i=$((i + 1))
            cat "$folder/$i"
            codes+=("$(cat "$folder/$i.code")")
        else
            sleep 0.1
        fi
    done
    wait
    rm -rf "$folder"
}

# remote HOST SECONDS SCRIPT: runs the shell script on the host, with our input as its own. What takes longer gets a SIGTERM, which ends an ssh.
remote() {
    local words=()
    read -ra words <<<"$via"
    timeout --foreground "$2" "${words[@]//\{host\}/$1}" "sh -c $(quote "$3")"
}

# on_host HOST SECONDS FUNCTION [ARGUMENT]...: runs a function of this file on the host, with nothing copied there.
on_host() {
    local host=$1 seconds=$2
    shift 2
    { cat "$here/node.sh"; printf '\nset -uo pipefail\nservice_command=%s at=%s\n%s\n' "$(quote "$service_command")" "$(quote "$at")" "$(quote "$@")"; } |
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
    [ "$(remote "$1" "$reach" 'exec bash -c "echo reached"' </dev/null 2>/dev/null)" = reached ]
}

# facts_json TEXT: what facts said, as an object: numbers where they are known, else null; yes and no as booleans.
facts_json() {
    local name value line=
    while IFS='=' read -r name value; do
        case "$name" in
            contacts | values | uptime | resident | load | disk_free | errors) [[ $value =~ ^[0-9]+(\.[0-9]+)?$ ]] || value=null ;;
            reached | active | installed) if [ "$value" = yes ]; then value=true; else value=false; fi ;;
            *) value=$(json_text "$value") ;;
        esac
        line+="${line:+,}\"$name\":$value"
    done <<<"$1"
    printf '{%s}' "$line"
}

# ago SECONDS: a time span for people.
ago() {
    if ! [[ $1 =~ ^[0-9]+$ ]]; then echo "?"
    elif [ "$1" -lt 120 ]; then echo "$1 s"
    elif [ "$1" -lt 7200 ]; then echo "$(($1 / 60)) min"
    elif [ "$1" -lt 172800 ]; then echo "$(($1 / 3600)) h"
    else echo "$(($1 / 86400)) d"; fi
}

# fact NAME TEXT: one value of what facts said.
fact() { sed -n "s/^$1=//p" <<<"$2" | head -n 1; }

# chance: 32 hex digits nobody else has.
chance() { od -An -N 16 -tx1 /dev/urandom | tr -d ' \n'; }

# canary FROM TO: a value nobody else has, put through one node and read through another. Says what failed.
canary() {
    local key text said
    key=dna-canary-$(chance) text=$(chance)
    if ! said=$(ask "$1" 60 canary_put "$key" "$text" 0); then echo "put through $1: ${said:-no answer}"; return 1; fi
    if ! ask "$2" 90 canary_get "$key" "$text" "${patience:-30}"; then echo "put through $1, not found through $2"; return 1; fi
}

# canary_round HOST: a canary through one of the hosts in ring, read through the next one there. Reports it.
canary_round() {
    local next=${ring[0]} said i
    for i in "${!ring[@]}"; do
        [ "${ring[$i]}" != "$1" ] || next=${ring[$(((i + 1) % ${#ring[@]}))]}
    done
    label=$1
    if ! said=$(canary "$1" "$next"); then report canary failed "$said"; return 1; fi
    if [ "$next" = "$1" ]; then report canary ok "put and read through the same node: this proves its store, not its network"
    else report canary ok "read through $next"; fi
}

# canaries HOST...: a canary through each host, read through the next. Reports each; appends to failing those whose canary did not come back; true when there are none.
canaries() {
    local i all=0
    ring=("$@")
    in_parallel canary_round "$@"
    for i in "${!codes[@]}"; do
        if [ "${codes[$i]}" -ne 0 ]; then all=1 failing+=("${ring[$i]}"); fi
    done
    return "$all"
}

# send HOST FILE [CONFIG]: a folder of its own on the host with install, what it needs, and FILE as "program". Says the folder.
send() {
    local staging code=0
    staging=$(mktemp -d)
    cp "$here/install" "$here/lib.sh" "$here/node.sh" "$staging" && ln -s "$(realpath "$2")" "$staging/program"
    [ ! -r "$here/$UNIT" ] || cp "$here/$UNIT" "$staging"
    [ -z "${3:-}" ] || cp "$3" "$staging/config"
    # shellcheck disable=SC2016 # the host's shell reads it
    tar -C "$staging" -chf - . | remote "$1" 600 'umask 077; d=$(mktemp -d -t dna-deploy.XXXXXX) && tar -C "$d" --no-same-owner -xf - && echo "$d"' || code=$?
    rm -rf "$staging"
    return "$code"
}

# install_on HOST FOLDER WORD...: runs the install of that folder, as root or by sudo; the words are its options. Takes the folder away afterwards.
install_on() {
    local host=$1 folder=$2 words=(--label "$1" --service-command "$service_command") name step state text
    shift 2
    [ "$json" = no ] || words+=(--json)
    # Its last line tells of one machine; ours tells of all.
    # shellcheck disable=SC2016 # the host's shell reads it
    remote "$host" "$longest" 'r=; [ "$(id -u)" = 0 ] || r="sudo -n"; $r bash '"$(quote "$folder/install") $(quote "${words[@]}" "$@")"'; code=$?; rm -rf '"$(quote "$folder")"'; exit $code' </dev/null |
        if [ "$json" = yes ]; then grep --line-buffered -v '^{"exit"'
        else while read -r name step state text; do [ "$name" != "$host" ] || report "$step" "$state" "$text"; done; fi
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
    if [ "$code" -ge 124 ]; then came_back "$1" "$folder"; fi
    [ "$code" -eq "$DONE" ] || return
    if said=$(canary "$1" "$1"); then report canary ok "put and read through it"; return; fi
    report canary failed "$said"
    folder=$(send "$1" "$file") && install_on "$1" "$folder" --restore
    case $? in 0) code=$ROLLED_BACK ;; *) code=$BROKEN ;; esac
}

# came_back HOST FOLDER: the connection was lost amid the installation, which goes on without it. Waits for its end, and sets code as it did.
came_back() {
    local end=$((SECONDS + 300)) found
    report connection warning "lost; looking what became of it"
    code=$UNREACHABLE
    while [ "$SECONDS" -lt "$end" ]; do
        found=$(rooted "$1" 60 outcome "$2" 2>/dev/null)
        case "$found" in
            [0-7]$'\n'over) code=${found%%$'\n'*}; report connection ok "it is back; the installation ended with $code"; return ;;
            over) report connection failed "it is back, and the installation did not get to its end"; code=$BROKEN; return ;;
        esac
        sleep 2
    done
}
