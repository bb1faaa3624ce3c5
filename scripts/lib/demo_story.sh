# shellcheck shell=bash disable=SC2034,SC2154
# What the three devices of the demo write, and what must come of it. Source it after common.sh.

devices=(phone tablet laptop)
edits=0

# on DEVICE COMMAND...: one command of `syncline` on a device, without what it prints.
on() {
    local device=$1
    shift
    "$syncline" --data "$work/$device" "$@" > /dev/null || fail "on the $device: syncline $* failed"
    edits=$((edits + 1))
}

day=2026-03-01
next_day=2026-03-02

# What everybody knows before they lose the network.
write_common_past() {
    on phone put health_metrics $day date=$day weight_kg=80.4 systolic=128 diastolic=84 lowest_heart_rate=54 \
        body_measurements.chest=101
    on phone inc health_metrics $day water_intake_ml 500
    on phone put habits walk name="Evening walk" longest_streak=5
    on phone put medications metformin name=Metformin dosage="500 mg"
    on phone add medications metformin side_effects nausea headache
    on phone put medications ibuprofen name=Ibuprofen dosage="200 mg"
    on phone put meals soup name="Lentil soup" calories=320
}

# Everyone is offline, and everyone writes. Where time decides, the later write is made on the device that syncs
# earlier, so that "the last to arrive wins" would give another result.
write_conflicts() {
    on phone put health_metrics $day weight_kg=80.1
    on tablet put health_metrics $day weight_kg=79.5

    on phone put health_metrics $day mood=good
    on laptop put health_metrics $day steps=8412

    on phone put health_metrics $day systolic=135 diastolic=88
    on laptop put health_metrics $day systolic=121 diastolic=79

    on phone put health_metrics $day lowest_heart_rate=52
    on tablet put health_metrics $day lowest_heart_rate=49
    on laptop put health_metrics $day lowest_heart_rate=55

    on tablet put habits walk longest_streak=14
    on phone put habits walk longest_streak=9
    on laptop put habits walk longest_streak=7

    on phone inc health_metrics $day water_intake_ml 250
    on tablet inc health_metrics $day water_intake_ml 300
    on laptop inc health_metrics $day water_intake_ml -100

    on tablet add medications metformin side_effects nausea dizziness
    on phone remove medications metformin side_effects nausea headache
    on laptop add medications metformin side_effects rash

    on phone put health_metrics $day body_measurements.waist=84
    on tablet put health_metrics $day body_measurements.hips=97.5
    on laptop put health_metrics $day body_measurements.neck=38 body_measurements.waist=83.5

    on phone put health_metrics $next_day date=$next_day weight_kg=79.8
    on tablet put health_metrics $next_day date=$next_day sleep_hours=7.5

    on phone put medication_logs phone-1 medication_id=metformin taken_at=${day}T08:00
    on tablet put medication_logs tablet-1 medication_id=metformin taken_at=${day}T20:00
    on laptop put medication_logs laptop-1 medication_id=metformin taken_at=${next_day}T08:00

    on phone delete meals soup
    on tablet put meals soup calories=350

    on phone delete medications ibuprofen
    on laptop put medications ibuprofen dosage="400 mg"
}

# One rule a line: its name ~ what to look at (jq over all records) ~ what must come of it ~ why.
rules() {
    cat << 'RULES'
last write wins ~ r("health_metrics"; "2026-03-01") | f(.weight_kg) ~ 79.5 ~ the later one, though it was synced first
two fields ~ r("health_metrics"; "2026-03-01") | f({mood, steps}) ~ {"mood":"good","steps":8412} ~ one record, both kept
group ~ r("health_metrics"; "2026-03-01") | f("\(.systolic)/\(.diastolic)") ~ "121/79" ~ one device's pair, never a mix
min ~ r("health_metrics"; "2026-03-01") | f(.lowest_heart_rate) ~ 49 ~ the least, whoever measured it
max ~ r("habits"; "walk") | f(.longest_streak) ~ 14 ~ the greatest, though lower ones were written later
counter ~ r("health_metrics"; "2026-03-01") | f(.water_intake_ml) ~ 950 ~ 500 + 250 + 300 - 100
set ~ r("medications"; "metformin") | f(.side_effects) ~ ["dizziness","nausea","rash"] ~ nausea was added anew, headache only removed
map ~ r("health_metrics"; "2026-03-01") | f(.body_measurements) ~ {"chest":101,"hips":97.5,"neck":38,"waist":83.5} ~ all keys
created twice ~ r("health_metrics"; "2026-03-02") | f({weight_kg, sleep_hours}) ~ {"weight_kg":79.8,"sleep_hours":7.5} ~ one day, one record
new records ~ map(select(.collection == "medication_logs").id) ~ ["laptop-1","phone-1","tablet-1"] ~ all there
edit loses ~ r("meals"; "soup") | f(.calories) ~ "none" ~ the deletion stands, though the edit is later
edit revives ~ r("medications"; "ibuprofen") | f(.dosage) ~ "400 mg" ~ the later edit brought the record back
RULES
}
