# shellcheck shell=bash disable=SC2034 # what is set here is read by the scripts that source this
# Shared by install, deploy, upgrade, monitor and verify: options and reports. Sourced, never run. Bash 4.4 or newer, here and on the hosts.
# shellcheck source-path=SCRIPTDIR source=node.sh
. "$(dirname "${BASH_SOURCE[0]}")/node.sh"

# How the scripts end. README.md has the table.
readonly DONE=0 UNWELL=1 USAGE=2 UNREACHABLE=3 ROLLED_BACK=4 BROKEN=5 REFUSED=6 VALUES_LOST=7

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
json=no dry_run=no label=localhost
# Width of the column of hosts.
width=16

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

# now: the time, in UTC, as ISO 8601 has it.
now() { TZ=UTC0 printf '%(%Y-%m-%dT%H:%M:%SZ)T' -1; }

# report STEP STATE [TEXT [FACTS]]: one line of the report, on the output. STATE is ok, changed, would, begins, warning or failed; FACTS is an object, for programs alone.
report() {
    if [ "$json" = yes ]; then
        printf '{"host":%s,"step":%s,"state":%s,"text":%s%s,"time":"%s"}\n' "$(json_text "$label")" "$(json_text "$1")" "$(json_text "$2")" "$(json_text "${3:-}")" "${4:+,\"facts\":$4}" "$(now)"
    else
        printf '%-*s %-10s %-8s %s\n' "$width" "$label" "$1" "$2" "${3:-}"
    fi
}

# finish CODE TEXT: the last line of the report, and the end.
finish() {
    if [ "$json" = yes ]; then printf '{"exit":%d,"text":%s,"time":"%s"}\n' "$1" "$(json_text "$2")" "$(now)"; else printf '%s\n' "$2"; fi
    exit "$1"
}

# common_option OPTION [VALUE]: takes an option all scripts have. Sets taken to the words it used up, 0 when it is no such option.
common_option() {
    taken=1
    case "$1" in
        -h | --help) help ;;
        --json) json=yes ;;
        --dry-run) dry_run=yes ;;
        --service-command | --at | --label)
            if [ $# -lt 2 ] || [ -z "$2" ]; then misuse "$1 needs a value"; fi
            taken=2
            case "$1" in
                --service-command) service_command=$2 ;;
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

# quote WORD...: the words as a POSIX shell reads them.
quote() {
    local word separator=
    for word in "$@"; do
        printf "%s'%s'" "$separator" "${word//\'/\'\\\'\'}"
        separator=' '
    done
}
