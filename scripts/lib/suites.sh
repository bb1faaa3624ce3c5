# shellcheck shell=bash disable=SC2034,SC2154
# The suites of scripts/test. Each runs in a shell of its own with its output in a log, and reports by `row`. A check has
# no cases: it counts as one. Source it after build.sh and lint.sh.

# row NAME PASSED FAILED
row() { printf '%s %s %s\n' "$1" "$2" "$3" >> "$rows"; }

# rows_of NAME COUNT_CASES_ARGUMENT...
rows_of() {
    local name=$1 counted
    shift
    counted=$(python3 "$root/scripts/lib/count_cases.py" "$@")
    # shellcheck disable=SC2086 # two numbers
    row "$name" $counted
}

# check NAME COMMAND...
check() {
    local name=$1
    shift
    if "$@"; then row "$name" 1 0; else row "$name" 0 1; fi
}

# run_ctest PRESET ARGUMENT...: runs the tests of a preset that is built, and counts their cases.
run_ctest() {
    local preset=$1 build=$root/build/$1
    shift
    rm -rf "$build/reports" "$build/ctest.xml"
    mkdir -p "$build/reports"
    ctest --test-dir "$build" --output-junit "$build/ctest.xml" --output-on-failure --no-tests=error \
        -j "$(nproc)" --timeout 900 "$@" || true
    rows_of "$preset" ctest "$build"
}
# run_e2e NAME PYTEST_ARGUMENT...: the tests of the command, which is built, and counts their cases.
run_e2e() {
    local name=$1 report=$root/build/reports/$1.xml status=0
    shift
    rm -f "$report"
    "$root/tests/e2e/run" --junit "$report" "$@" || status=$?
    rows_of "$name" reports "$report"
    # Something that is no test case went wrong, at the end perhaps.
    if [ $status != 0 ] && grep -q "^$name .* 0$" "$rows"; then row "$name-end" 0 1; fi
}
build_and_test() {
    build_preset "$1"
    run_ctest "$1"
}

suite_format() { check format lint_format; }
suite_shell() { check shell lint_shell; }
suite_vectors() { check vectors lint_vectors; }
suite_openapi() { check openapi lint_openapi; }
suite_tidy() {
    build_preset release syncline
    check tidy lint_tidy release
}

suite_release() { build_and_test release; }
suite_dev() { build_and_test dev; }
# run_sanitized_e2e PRESET NAME PYTEST_ARGUMENT...: what a sanitizer finds must not end as an error that a test expects.
run_sanitized_e2e() {
    local preset=$1 name=$2 options=exitcode=99
    shift 2
    SYNCLINE_TORTURE=$root/build/$preset/tests/torture/syncline_torture \
        ASAN_OPTIONS=$options UBSAN_OPTIONS=$options TSAN_OPTIONS=$options run_e2e "$preset-$name" "$@"
}

# The command too, which no test in C++ runs. Of a property it runs 10 cases, of which elsewhere 100 run; worlds are
# among the tests.
suite_asan() {
    build_preset asan
    RC_PARAMS=max_success=10 run_ctest asan
    install_backend
    SYNCLINE_COMMAND=$root/build/asan/cli/syncline \
        run_sanitized_e2e asan cli test_cli.py test_import.py test_bad_input.py
    run_sanitized_e2e asan torture test_torture.py
}

# build_and_test_label PRESET LABEL [TARGET...]: builds only what tests of that label run, and the targets.
build_and_test_label() {
    local preset=$1 label=$2 targets
    shift 2
    configure_preset "$preset"
    mapfile -t targets < <(ctest --test-dir "$root/build/$preset" -N -L "^$label\$" | sed -n 's/^ *Test *#[0-9]*: //p')
    build_preset "$preset" "${targets[@]}" "$@"
    run_ctest "$preset" -L "^$label\$"
}

# What has one thread cannot race.
suite_tsan() {
    build_and_test_label tsan threads syncline_torture
    build_preset release syncline
    install_backend
    run_sanitized_e2e tsan torture test_torture.py
}

# The other tests of this preset are those of asan, by another compiler.
suite_fuzz() { build_and_test_label fuzz fuzz; }

# A plant that is caught is a case that passed.
suite_mutation() {
    local report=$root/build/reports/mutation.txt status=0 caught plants
    "$root/tests/mutation/run" | tee "$report" || status=$?
    read -r caught plants < <(sed -n 's/^caught \([0-9]*\) of \([0-9]*\)$/\1 \2/p' "$report") || return 1
    row plants "$caught" $((plants - caught))
    # Something else went wrong: the program without a plant broke an invariant.
    if [ $status != 0 ] && [ "$caught" = "$plants" ]; then row unplanted 0 1; fi
}

suite_backend() {
    local reports=$root/build/reports/backend log=$root/build/logs/backend.log name
    install_backend
    rm -rf "$reports"
    mkdir -p "$reports"
    SYNCLINE_REPORT_DIR=$reports "$root/backend/bin/test" 2>&1 | tee "$log" || true
    # Each of its steps says "== name", and what failed stands in the last line.
    while read -r name; do
        if [ -e "$reports/backend-$name.xml" ]; then
            rows_of "backend-$name" reports "$reports/backend-$name.xml"
        elif tail -n 1 "$log" | grep -q "^failed:.* $name\( \|$\)"; then
            row "backend-$name" 0 1
        else
            row "backend-$name" 1 0
        fi
    done < <(sed -n 's/^== //p' "$log")
    if ! grep -q '^all passed$\|^failed:' "$log"; then row backend 0 1; fi
}

# worlds_hold COMMAND SEEDS: no simulated world breaks an invariant, and every fault that is survived fires in some; of
# those there are as many as the README says.
worlds_hold() {
    local said=$logs/worlds-$2.json faults
    faults=$(sed -n 's/^| All of this holds under \([0-9]*\) faults .*/\1/p' "$root/README.md")
    "$1" simulate --seeds "$2" --json > "$said" || { cat "$said"; return 1; }
    tail -n 1 "$said"
    tail -n 1 "$said" | jq -e --argjson seeds "$2" --argjson faults "$faults" '.seeds == $seeds and .steps >= 300 * $seeds and .failed == 0
        and (.faults | length) == $faults and ([.faults[]] | all(. > 0))' > /dev/null
}
# The same seeds twice have one hash, and others another.
worlds_repeat() {
    local hashes
    hashes=$(for first in 1 1 501; do
        "$1" simulate --seeds 500 --first-seed "$first" --json | tail -n 1 | jq -r .hash
    done | tr '\n' ' ')
    printf '%s\n' "$hashes"
    # shellcheck disable=SC2086 # three words
    set -- $hashes
    [ $# = 3 ] && [ "$1" = "$2" ] && [ "$1" != "$3" ]
}
suite_worlds() {
    build_preset release syncline
    check worlds worlds_hold "$root/build/release/syncline" 10000
    check worlds-repeat worlds_repeat "$root/build/release/syncline"
}

suite_e2e() {
    build_preset release syncline syncline_torture
    install_backend
    run_e2e e2e
}

# The lines that need a server; ctest -L bench checks the others.
suite_bench() {
    build_preset release syncline_bench
    check bench-sync "$root/bench/smoke" "$root/build/release/syncline_bench" --sync
}

suite_demo() {
    check demo "$root/scripts/demo"
    check demo-mariadb "$root/scripts/demo" --mariadb
    check demo-keep demo_keeps
}
# What --keep leaves there answers, and is gone after what the demo says to do when done.
demo_keeps() {
    local said=$logs/demo-keep.log server work failed=''
    "$root/scripts/demo" --keep > "$said" || return 1
    server=$(sed -n 's/^  when done: kill \([0-9]*\);.*/\1/p' "$said")
    work=$(sed -n 's/^  when done: .* rm -r //p' "$said")
    [ -n "$server" ] && [ -d "$work/server" ] || return 1
    # Each line is run as a person would run it.
    sed -n 's/^  \(curl .*\)/\1/p' "$said" | bash -e | grep '"service"' || failed+=' curl'
    grep "^  $root/build/release/syncline --data $work/" "$said" | bash -e || failed+=' syncline'
    sed -n 's/^  when done: //p' "$said" | bash -e || failed+=' end'
    if kill -0 "$server" 2> /dev/null; then failed+=' process'; fi
    if [ -e "$work" ]; then failed+=' folder'; fi
    printf 'failed:%s\n' "${failed:- nothing}"
    [ -z "$failed" ]
}
