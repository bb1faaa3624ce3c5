# shellcheck shell=bash disable=SC2034,SC2154
# What lost on the devices of the demo: shows it, restores it, checks it. Source it after demo_show.sh.

# The journal of a device, with what was restored or dismissed, a JSON object a line.
journal_of() { "$syncline" --json --data "$work/$1" conflicts list --all || fail "the $1 did not list its conflicts"; }

# What a person sees on a device. The replicas of the devices are in `replicas`.
declare -A replicas
show_lost() {
    local device
    printf '  on the %s, syncline conflicts:\n\n' "$1"
    "$syncline" --data "$work/$1" conflicts | sed 's/^/    /' || fail "the $1 did not list its conflicts"
    printf '\n'
    for device in "${devices[@]}"; do
        [ "$device" = "$1" ] || printf '  %s is the %s\n' "${replicas[$device]}" "$device"
    done
}

# wrong TEXT: a check that did not hold.
wrong() {
    printf '  %swrong%s %s\n' "$red" "$plain" "$1"
    mismatches=$((mismatches + 1))
}

# All devices have the same journal, and it is not empty.
check_journals() {
    local device first
    first=$(journal_of "${devices[0]}")
    for device in "${devices[@]:1}"; do
        if [ "$(journal_of "$device")" != "$first" ]; then
            wrong "the journals of ${devices[0]} and $device differ"
            return
        fi
    done
    if [ -z "$first" ]; then
        wrong "the journal is empty, though changes lost"
        return
    fi
    printf '  %sok%s    %-16s %s entries, the same on all %s devices\n' "$green" "$plain" "journal" \
        "$(jq -s length <<< "$first")" "${#devices[@]}"
}

# restore_lost DEVICE COLLECTION RECORD FIELD: restores what lost there, by its id.
restored=''
restore_lost() {
    local device=$1
    restored=$(journal_of "$device" | jq -r --arg collection "$2" --arg record "$3" --arg field "$4" \
        'select(.collection == $collection and .record == $record and .field == $field).id')
    [ -n "$restored" ] || fail "the $device knows of no conflict about $2 $3 $4"
    printf '  on the %s, syncline conflicts restore %s\n' "$device" "$restored"
    on "$device" conflicts restore "$restored"
}

# check_restored VALUE: every device reads it in the restored field, and has the conflict as restored.
check_restored() {
    local device entry value
    for device in "${devices[@]}"; do
        entry=$(journal_of "$device" | jq -c --arg id "$restored" 'select(.id == $id)')
        value=$("$syncline" --json --data "$work/$device" get "$(jq -r .collection <<< "$entry")" \
            "$(jq -r .record <<< "$entry")" | jq -c ".$(jq -r .field <<< "$entry")") || value=none
        if [ "$value $(jq -r .state <<< "$entry")" != "$1 restored" ]; then
            wrong "the $device holds $value, and the conflict is $(jq -r .state <<< "$entry")"
            return
        fi
    done
    printf '  %sok%s    %-16s %s is back on all %s devices, and the conflict is marked as restored\n' \
        "$green" "$plain" "restored" "$1" "${#devices[@]}"
}
