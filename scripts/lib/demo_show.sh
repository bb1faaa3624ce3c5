# shellcheck shell=bash disable=SC2034,SC2154
# Shows what the devices of the demo hold, and checks it. Source it after demo_story.sh.

rule_names=() rule_filters=() rule_results=() rule_reasons=()
read_rules() {
    local line fields=()
    while read -r line; do
        mapfile -t fields <<< "${line// \~ /$'\n'}"
        rule_names+=("${fields[0]}") rule_filters+=("${fields[1]}") rule_results+=("${fields[2]}")
        rule_reasons+=("${fields[3]}")
    done < <(rules)
}

export_all() {
    local device
    for device in "${devices[@]}"; do
        "$syncline" --data "$work/$device" export > "$work/$device.ndjson" || fail "the $device did not export"
    done
}

# What a device holds under each rule, a line each, as compact JSON.
view_of() {
    local filter program='
        def r($collection; $id): map(select(.collection == $collection and .id == $id))[0]
            | . // "none";
        def f(f): if . == "none" then . else f end
            | if type == "object" then with_entries(select(.value != null)) else . end;'
    program+='. as $all | '
    for filter in "${rule_filters[@]}"; do program+="(\$all | $filter | tojson), "; done
    jq -r -s "${program%, }" "$work/$1.ndjson"
}

# The columns phone, tablet and laptop under each rule.
declare -A views
read_views() {
    local device lines=() i
    export_all
    for device in "${devices[@]}"; do
        mapfile -t lines < <(view_of "$device")
        [ ${#lines[@]} = ${#rule_names[@]} ] || fail "the export of the $device cannot be read"
        for i in "${!lines[@]}"; do views[$device,$i]=${lines[i]}; done
    done
}

show_table() {
    local device i
    printf '  %s%-16s' "$bold" ''
    printf '%-28s' "${devices[@]}"
    printf '%s\n' "$plain"
    for i in "${!rule_names[@]}"; do
        printf '  %-16s' "${rule_names[i]}"
        for device in "${devices[@]}"; do short "${views[$device,$i]}"; done
        printf '\n'
    done
}
# JSON in 28 columns, without its quotes.
short() {
    local text=${1//\"/}
    text=${text//,/, }
    if [ ${#text} -gt 26 ]; then text=${text:0:24}..; fi
    printf '%-28s' "$text"
}

# One line a rule: all devices hold what the rule says. Adds to mismatches.
mismatches=0
check_rules() {
    local device i result wrong
    for i in "${!rule_names[@]}"; do
        wrong=''
        # The members of an object have no order: jq -S gives both one.
        result=$(jq -c -S . <<< "${rule_results[i]}")
        for device in "${devices[@]}"; do
            [ "$(jq -c -S . <<< "${views[$device,$i]}")" = "$result" ] || wrong+=" $device: ${views[$device,$i]}"
        done
        if [ -z "$wrong" ]; then
            printf '  %sok%s    %-16s %s  %s(%s)%s\n' "$green" "$plain" "${rule_names[i]}" \
                "${rule_results[i]//\"/}" "$dim" "${rule_reasons[i]}" "$plain"
        else
            printf '  %swrong%s %-16s expected %s, but%s\n' "$red" "$plain" "${rule_names[i]}" "$result" "$wrong"
            mismatches=$((mismatches + 1))
        fi
    done
}

# All exports have the same bytes.
check_identical() {
    local device
    for device in "${devices[@]:1}"; do
        if ! cmp -s "$work/${devices[0]}.ndjson" "$work/$device.ndjson"; then
            printf '  %swrong%s the exports of %s and %s differ\n' "$red" "$plain" "${devices[0]}" "$device"
            diff "$work/${devices[0]}.ndjson" "$work/$device.ndjson" | head -n 10 || true
            mismatches=$((mismatches + 1))
            return
        fi
    done
    printf '  %sok%s    %-16s %s bytes, %s records, the same on all %s devices\n' "$green" "$plain" "export" \
        "$(stat -c %s "$work/${devices[0]}.ndjson")" "$(wc -l < "$work/${devices[0]}.ndjson")" "${#devices[@]}"
}

# The status of each device, and whether it says what is known here: SYNCED is true or false.
show_status() {
    local synced=$1 device status
    for device in "${devices[@]}"; do
        status=$("$syncline" --json --data "$work/$device" status)
        jq -r --arg device "$device" '"  \($device): \(if .synced then "synced" else "not synced" end), " +
            "\(.pending_ops) changes pending\(if .last_error then ", last error: " + .last_error.message else "" end)"' \
            <<< "$status"
        if [ "$(jq ".synced == $synced and (.pending_ops == 0) == $synced" <<< "$status")" != true ]; then
            printf '  %swrong%s the status of the %s is not what it should be: %s\n' "$red" "$plain" "$device" "$status"
            mismatches=$((mismatches + 1))
        fi
    done
}
