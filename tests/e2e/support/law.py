"""The merge law, written again: what a log must come to."""


def fold(log):
    """The slots that a log leaves: {(collection, record, field, element): entry}, the greater stamp in each."""
    slots = {}
    for entry in log:
        key = (entry["collection"], entry["record"], entry["field"], entry["element"])
        held = slots.get(key)
        # Stamps of one length in hexadecimal compare as their bytes do.
        if held is None or entry["stamp"] > held["stamp"] or entry["origin"] == "restamped":
            slots[key] = entry
    return slots


def resolve_lww(slots):
    """The records of slots that are all last-write-wins: {(collection, record): {field: value}}."""
    alive = {"live": {}, "dead": {}}
    for (collection, record, field, element), entry in slots.items():
        if field == "":
            alive[bytes.fromhex(element).decode()][collection, record] = entry["stamp"]
    records = {
        name: {} for name, stamp in alive["live"].items() if stamp > alive["dead"].get(name, "")
    }
    for (collection, record, field, _), entry in slots.items():
        name = (collection, record)
        if field == "" or name not in records or entry["removed"]:
            continue
        if entry["stamp"] > alive["dead"].get(name, ""):
            records[name][field] = entry["value"]
    return records
