# shellcheck shell=bash
# Shared by the packing scripts: what makes the same input give the same bytes. Source it from the repository's root, after common.sh.

export LC_ALL=C TZ=UTC
umask 022
# The time of everything that is packed, in seconds since 1970: that of the commit.
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null) || fail "SOURCE_DATE_EPOCH is not set, and this is no clone whose commit would say it"
fi
export SOURCE_DATE_EPOCH

release_version() { sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props; }

# set_times FOLDER: of all that is in it, and of itself.
set_times() { find "$1" -depth -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +; }

# pack FOLDER FILE: a tar of what is in FOLDER, sorted, with numeric owners as they are told by --owner or the files. Further words go to tar.
pack() {
    local folder=$1 file=$2
    shift 2
    (cd "$folder" && find . -mindepth 1 -print0 | sort -z) |
        tar -C "$folder" --format=ustar --no-recursion --null --files-from=- --transform='s:^\./::' --mtime="@$SOURCE_DATE_EPOCH" --numeric-owner "$@" -cf "$file"
}
