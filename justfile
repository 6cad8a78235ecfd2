# Short names for the usual commands: `just` lists them.
set shell := ["bash", "-euo", "pipefail", "-c"]
python := ".venv/bin/python"

_default:
    @just --list --unsorted

# Make .venv fit the lock file
setup:
    @source scripts/environment.sh && prepare dev

# The whole suite, or what you name: just test -k money
test *args:
    ./test {{args}}

# Style, layout, walls and types, as CI checks them
check: setup
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/lint-imports
    .venv/bin/mypy

# Put style and layout right
fix: setup
    .venv/bin/ruff check --fix .
    .venv/bin/ruff format .

# Write the generated pages of docs/ anew
docs: setup
    {{python}} docs/generate.py

# Compile the catalogues of all rooms
messages: setup
    {{python}} scripts/messages.py

# Make the empty database that a new home begins from (after every new migration)
fresh-database: setup
    {{python}} -m keystead.doors.cli.demo.empty

# Build the archive that `keystead demo` unpacks (after every new migration)
demo-world: fresh-database
    {{python}} -m keystead.doors.cli.demo.build

# Every performance goal, in full
bench: setup
    for file in benchmarks/[!_]*.py; do echo "* $file"; {{python}} "$file"; done

# The fault suite in full: kills, full disks, clocks, broken backups (an hour or more)
faults *args: setup
    KEYSTEAD_FAULTS=long {{python}} -m pytest -n0 -s tests/faults {{args}}

# All of CI on this machine
ci:
    .ci/run
