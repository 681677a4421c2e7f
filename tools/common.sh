# Shared by the scripts of this folder: finds what a script needs, installs it as root, or says exactly what to install.
# Source it from the repository's root.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
# CI restores exactly what the lock files say; at home a changed project may renew them.
restore_mode=()
if [ "${CI:-}" = true ]; then restore_mode=(-p:RestoreLockedMode=true); fi

say() { printf '%s\n' "$*" >&2; }
fail() { say "$(basename "$0"): $*"; exit 1; }

need_dotnet() {
    if ! command -v dotnet >/dev/null; then
        fail "the .NET SDK 10 is missing: install it (https://learn.microsoft.com/dotnet/core/install/linux) and put dotnet on the PATH"
    fi
    # global.json decides which SDKs will do; dotnet explains in its own words when none fits.
    dotnet --version >/dev/null || fail "no .NET SDK here fits global.json: install the .NET SDK 10"
}

# need_packages [--no-start] PACKAGE...: Debian packages. --no-start: services among them are not started by their installation.
need_packages() {
    local start=yes missing=() package log policy=
    if [ "$1" = --no-start ]; then start=no; shift; fi
    command -v dpkg-query >/dev/null || { say "this is no Debian: make sure that what these packages bring is here: $*"; return 0; }
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    if [ "$(id -u)" -ne 0 ]; then fail "please install as root: apt-get install ${missing[*]}"; fi
    say "installing ${missing[*]}"
    if [ $start = no ] && [ ! -e /usr/sbin/policy-rc.d ]; then
        policy=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
    fi
    log=$(mktemp)
    local code=0
    { DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null || code=$?
    [ -z "$policy" ] || rm -f $policy
    [ $code -eq 0 ] || cat "$log" >&2
    rm -f "$log"
    [ $code -eq 0 ] || fail "could not install ${missing[*]}"
}

# The runtime identifier of this machine.
host_rid() {
    case "$(uname -s)-$(uname -m)" in
        Linux-x86_64) echo linux-x64 ;;
        Linux-aarch64) echo linux-arm64 ;;
        *) fail "no build for $(uname -s) on $(uname -m): linux-x64 and linux-arm64 are supported" ;;
    esac
}
