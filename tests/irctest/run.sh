#!/bin/sh
# Runs the public conformance suite irctest against a built server.
#
#   tests/irctest/run.sh SUITE [pytest arguments]
#
# SUITE is a checkout of the suite; it is only read. The environment:
#   PARLEY_BIN       the server (default: bin/ircd of this repository)
#   PARLEY_CLAIMS    none, core or full; see parley.py (default: full)
#   IRCTEST_SITE     a folder with the Python packages, if the system has them not
#   IRCTEST_JOBS     tests at a time (default: 4)
#   IRCTEST_TIMEOUT  seconds for the whole run (default: 900)
#   IRCTEST_LOG      where pytest's whole output goes (default: not kept)
#   PYTHON           the interpreter (default: python3)
#   GENERATE         1: write skips-CLAIMS.txt anew (after a run of all tests)
#
# It fails if a test fails, and if a test is skipped that skips-CLAIMS.txt does
# not name: the suite skips silently what it does not find.
set -efu # no globs: the names of tests have brackets
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

die() { echo "irctest: $*" >&2; exit 2; }

[ $# -ge 1 ] || die "name a checkout of the suite: make irctest IRCTEST=dir"
[ -d "$1/irctest/server_tests" ] || die "$1 is no checkout of the suite: it has no irctest/server_tests"
suite=$(cd "$1" && pwd)
shift

PARLEY_BIN=${PARLEY_BIN:-$root/bin/ircd}
case $PARLEY_BIN in /*) ;; *) PARLEY_BIN=$PWD/$PARLEY_BIN ;; esac
[ -x "$PARLEY_BIN" ] || die "there is no server at $PARLEY_BIN: build it first"
PARLEY_CLAIMS=${PARLEY_CLAIMS:-full}
PYTHON=${PYTHON:-python3}
PYTHONPATH=${IRCTEST_SITE:+$IRCTEST_SITE:}$here
PYTHONDONTWRITEBYTECODE=1
export PARLEY_BIN PARLEY_CLAIMS PYTHONPATH PYTHONDONTWRITEBYTECODE

"$PYTHON" - <<'PY' || die "install these, or set IRCTEST_SITE to a folder that has them"
import sys
missing = []
for module in ("pytest", "xdist", "websockets.sync.client", "ecdsa", "filelock"):
    try:
        __import__(module)
    except ImportError as e:
        missing.append(f"{module} ({e})")
if not missing:
    import websockets.version
    if int(websockets.version.version.split(".")[0]) < 14:
        missing.append(f"websockets 14 or later (not {websockets.version.version}: its tests would be skipped)")
for m in missing:
    print("irctest: Python has no", m, file=sys.stderr)
sys.exit(bool(missing))
PY

TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/irctest.XXXXXX") # short: sockets have paths of 100 bytes
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
log=${IRCTEST_LOG:-$TMPDIR/log}

# A test that waits for a message which never comes waits for ever.
play() {
    out=$1
    shift
    (cd "$suite" && timeout -k 10 "${IRCTEST_TIMEOUT:-900}" "$PYTHON" -m pytest \
        -p no:cacheprovider --controller parley --tb=short --junitxml="$TMPDIR/$out" "$@")
}

[ $# -gt 0 ] || set -- irctest/server_tests
status=0
play first.xml -q -n "${IRCTEST_JOBS:-4}" -m '(Ergo or not implementation-specific) and not deprecated' "$@" \
    >"$log" 2>&1 || status=$?
if [ ! -f "$TMPDIR/first.xml" ]; then
    tail -n 30 "$log" >&2
    [ $status -eq 124 ] && die "was not done within ${IRCTEST_TIMEOUT:-900} seconds"
    die "pytest failed (exit code $status)"
fi

# Six WebSocket tests read from one client before the line of another can have
# been handled, so each has a second chance, alone.
again=$("$PYTHON" "$here/report.py" --failed-websocket "$TMPDIR/first.xml")
if [ -n "$again" ]; then
    # shellcheck disable=SC2086 # one word for each test
    play again.xml -q -p no:xdist $again >>"$log" 2>&1 || true
fi

set -- "$TMPDIR/first.xml"
[ -z "${GENERATE:-}" ] || set -- --write "$@"
[ -f "$TMPDIR/again.xml" ] && set -- "$@" "$TMPDIR/again.xml"
"$PYTHON" "$here/report.py" --log "$log" --skips "$here/skips-$PARLEY_CLAIMS.txt" "$@"
