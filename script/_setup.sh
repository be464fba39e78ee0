# Sourced by the scripts beside it: makes .venv and installs a lock file's exact versions into it.
# Needs python3 >= 3.11 and nothing else. Sets no variable that the product reads.

say() { printf '%s\n' "$*" >&2; }
is_root() { [ "$(id -u)" -eq 0 ]; }
has() { command -v "$1" >/dev/null 2>&1; }

# install_packages NAME…: from the system's own package manager, for root on Debian or Ubuntu.
install_packages() {
    is_root && has apt-get || return 1
    say "Installing $* …"
    if ! { DEBIAN_FRONTEND=noninteractive apt-get update -q \
        && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; } \
        >/tmp/amaan-apt.$$ 2>&1; then
        tail -n 20 /tmp/amaan-apt.$$ >&2
        rm -f /tmp/amaan-apt.$$
        return 1
    fi
    rm -f /tmp/amaan-apt.$$
}

find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if has "$candidate" \
            && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

make_venv() {
    [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && return 0
    python=$(find_python) || { say 'Python 3.11 or newer is needed (python3).'; exit 1; }
    rm -rf .venv
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        # Debian and Ubuntu keep this part of Python in a package of its own.
        release=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        if ! install_packages "$release" && ! install_packages python3-venv; then
            say "This Python cannot make virtual environments. Install $release, then try again."
            exit 1
        fi
    fi
    say 'Making .venv …'
    "$python" -m venv .venv || { rm -rf .venv; say 'Making .venv failed.'; exit 1; }
}

# install LOCKFILE: exact versions with hashes; nothing to do while the file is unchanged.
install() {
    make_venv
    sum=$(cksum <"$1")
    stamp=".venv/.installed-$1"
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ] && return 0
    say "Installing the packages of $1 …"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes -r "$1" >&2 || { say "Installing $1 failed."; exit 1; }
    printf '%s\n' "$sum" >"$stamp"
}
