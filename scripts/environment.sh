# Sourced by ./keystead, ./test and .ci/run: makes .venv fit uv.lock, and is quick when it does.
# Usage: prepare run   (what the product needs)
#        prepare dev   (and what its tests need)

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv="$root/.venv"

say() { printf '%s\n' "$*" >&2; }

fits() { # fits run|dev: was .venv synced with this lock file, at least as far as asked?
    [ -x "$venv/bin/python" ] && [ -f "$venv/.synced" ] || return 1
    read -r kind mark <"$venv/.synced" || return 1
    [ "$mark" = "$(mark)" ] && { [ "$kind" = dev ] || [ "$kind" = "$1" ]; }
}

mark() { cat "$root/uv.lock" "$root/pyproject.toml" | cksum | tr -d ' '; }

find_python() { # a Python from 3.11 to 3.13
    local name
    for name in python3 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

find_uv() { # the uv of the system, or one of our own in .tools
    if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then
        command -v uv
        return
    fi
    if [ ! -x "$root/.tools/bin/uv" ]; then
        local python
        python=$(find_python) || {
            say "Keystead needs Python 3.11, 3.12 or 3.13 (or uv, which brings its own)."
            exit 1
        }
        say "Fetching uv, which sets the rest up ..."
        "$python" -m venv "$root/.tools" || {
            rm -rf "$root/.tools"
            say "Python's venv module is missing (on Debian: apt install python3-venv)."
            exit 1
        }
        "$root/.tools/bin/python" -m pip install --quiet --disable-pip-version-check uv
    fi
    printf '%s\n' "$root/.tools/bin/uv"
}

prepare() {
    fits "$1" && return
    local uv python
    uv=$(find_uv)
    say "Setting up Keystead (once; about a minute) ..."
    set -- "$1" --frozen --quiet --project "$root"
    python=$(find_python) && set -- "$@" --python "$python"
    [ "$1" = dev ] || set -- "$@" --no-dev
    local kind=$1
    shift
    export UV_PROJECT_ENVIRONMENT="$venv"
    "$uv" sync "$@" 2>/dev/null || # again with the certificates of the system: company networks
        UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 "$uv" sync "$@"
    printf '%s %s\n' "$kind" "$(mark)" >"$venv/.synced"
}
