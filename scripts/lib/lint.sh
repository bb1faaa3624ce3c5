# shellcheck shell=bash disable=SC2034,SC2154
# The checks that read the sources and run nothing. Source it after common.sh; each function fails when it finds a thing.

# tracked PATTERN...: the files of the repository that match.
tracked() { git -C "$root" ls-files -- "$@" | sed "s|^|$root/|"; }

lint_format() {
    local files
    mapfile -t files < <(tracked '*.cpp' '*.hpp' '*.h')
    printf '%s files\n' "${#files[@]}"
    clang-format-16 --dry-run --Werror "${files[@]}"
}

lint_shell() {
    local file files=()
    while read -r file; do
        case $(head -c 64 "$file" | head -n 1 | tr -d '\0') in
            '#!'*bash* | '#!/bin/sh'* | '# shellcheck shell='*) files+=("$file") ;;
        esac
    done < <(tracked | grep -v '\.\(cpp\|hpp\|h\|php\|json\|md\)$')
    printf '%s files\n' "${#files[@]}"
    shellcheck -x -P SCRIPTDIR -P "SCRIPTDIR/.." --severity=warning "${files[@]}"
}

lint_vectors() { python3 "$root/spec/reference/generate.py" --check; }

lint_openapi() {
    local tools=$root/build/tools/lint
    if ! cmp -s "$root/scripts/lint/package.json" "$tools/package.json" || [ ! -x "$tools/node_modules/.bin/redocly" ]; then
        rm -rf "$tools"
        mkdir -p "$tools"
        (cd "$tools" && cp "$root/scripts/lint/package.json" new.json && mv new.json package.json &&
            npm install --no-package-lock --no-audit --no-fund)
    fi
    REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
        "$tools/node_modules/.bin/redocly" lint --extends recommended "$root/spec/openapi.yaml"
}

# clang-tidy over the library and the command, two files at a time. A file that was clean is not read again until it,
# a header that it includes, the configuration or the compiler's arguments change.
lint_tidy() {
    local build=$root/build/$1 known=${XDG_CACHE_HOME:-$HOME/.cache}/syncline/tidy
    local common file key sources files=() findings=$logs/tidy-findings.log
    mkdir -p "$known"
    common=$({
        clang-tidy-16 --version
        cat "$root/.clang-tidy" "$root/CMakePresets.json" "$root"/cmake/*.cmake
        tracked 'CMakeLists.txt' '*/CMakeLists.txt' | xargs cat
    } | sha256sum)
    mapfile -t sources < <(git -C "$root" ls-files -- 'engine/*.cpp' 'storage/*.cpp' 'transports/*.cpp' 'simulation/*.cpp' 'cli/*.cpp')
    while read -r key file; do
        [ -e "$known/$key" ] || files+=("$root/$file" "$known/$key")
    done < <(git -C "$root" ls-files -- '*.hpp' '*.h' |
        python3 "$root/scripts/lib/tidy_keys.py" "$root" "$common" "${sources[@]}")
    printf '%s files to read\n' $((${#files[@]} / 2))
    [ ${#files[@]} -gt 0 ] || return 0
    if printf '%s\0' "${files[@]}" | xargs -0 -n 2 -P "$(nproc)" sh -c '
        clang-tidy-16 -p "$0" --quiet "$1" 2> /dev/null && : > "$2"
    ' "$build" > "$findings"; then
        return 0
    fi
    # A finding in a header comes from every source that includes it.
    grep -E '(error|warning): ' "$findings" | sort -u
    return 1
}
