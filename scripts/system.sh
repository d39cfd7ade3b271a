#!/bin/sh
# The few things that are not Python packages: bubblewrap and age, and what is named besides (`make test` names
# postgresql). With root on Debian they are installed; otherwise it is said what is missing, and Tillit does without:
# the sandbox falls back to resource limits, and tests of `age` and PostgreSQL skip.
set -u
there() {
    case "$1" in
        postgresql) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ;;
        *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}
missing=""
for tool in bwrap age "$@"; do
    there "$tool" || missing="$missing $tool"
done
[ -z "$missing" ] && exit 0
packages=$(echo "$missing" | sed 's/bwrap/bubblewrap/')
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $packages; } >/dev/null 2>&1 && exit 0
fi
echo "Missing:$missing. Going on without; to add:  sudo apt-get install$packages"
