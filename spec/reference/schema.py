"""Schema documents: merge.md, "Schema"."""

import hashlib

import limits
from encoding import Refused, encode_value
from strategies import is_integer, is_number

MERGES = ("lww", "min", "max", "counter", "set", "map", "multi", "merge_text", "list")
NUMERIC, TEXT = ("integer", "number"), ("string",)
TYPES_OF_MERGE = {"min": NUMERIC, "max": NUMERIC, "counter": NUMERIC, "merge_text": TEXT}
DELETES = ("edit_loses", "edit_revives")
TYPES = {
    "boolean": lambda value: isinstance(value, bool),
    "integer": is_integer,
    "number": is_number,
    "string": lambda value: isinstance(value, str),
    "bytes": lambda value: isinstance(value, bytes),
    "json": lambda value: True,
}


class SchemaInvalid(Refused):
    def __init__(self, place):
        super().__init__("schema_invalid")
        self.place = place


def _join(place, member):
    return f"{place}.{member}" if place else member


def _members(node, place, required, optional):
    if not isinstance(node, dict):
        raise SchemaInvalid(place)
    for member in sorted(node):
        if member not in required + optional:
            raise SchemaInvalid(_join(place, member))
    for member in required:
        if member not in node:
            raise SchemaInvalid(_join(place, member))


def _choice(node, member, choices, place):
    if member in node and node[member] not in choices:
        raise SchemaInvalid(_join(place, member))


def is_custom(merge):
    """Whether the name is that of a strategy which the app brings."""
    name = merge[len("custom:"):] if isinstance(merge, str) and merge.startswith("custom:") else ""
    plain = not any(ord(character) < 0x20 or ord(character) == 0x7F for character in name)
    return plain and 1 <= len(name.encode()) <= limits.FIELD_BYTES_MAX


def _check_groups(groups, fields, place):
    grouped = set()
    for name, group in sorted(groups.items()):
        here = _join(place, name)
        _members(group, here, ("fields",), ())
        parts = group["fields"]
        well_formed = isinstance(parts, list) and len(parts) >= 2 and all(isinstance(part, str) for part in parts)
        if name in fields:
            raise SchemaInvalid(here)
        if not well_formed or len(set(parts)) != len(parts) or grouped & set(parts):
            raise SchemaInvalid(_join(here, "fields"))
        if any(fields.get(part, {}).get("merge", "lww") != "lww" for part in parts):
            raise SchemaInvalid(_join(here, "fields"))
        grouped |= set(parts)


def _is_name(text):
    """Whether it can be a field's name."""
    if not isinstance(text, str) or not 1 <= len(text.encode()) <= limits.FIELD_BYTES_MAX:
        return False
    return all(character >= " " and character != "\x7f" for character in text)


def _check_indexes(indexes, node, place):
    if not isinstance(indexes, dict) or len(indexes) > limits.INDEXES_MAX:
        raise SchemaInvalid(place)
    for name, index in sorted(indexes.items()):
        if not _is_name(name):
            raise SchemaInvalid(place)
        here = _join(place, name)
        _members(index, here, ("fields",), ())
        fields = index["fields"]
        if not isinstance(fields, list) or not 1 <= len(fields) <= limits.INDEX_FIELDS_MAX:
            raise SchemaInvalid(_join(here, "fields"))
        for at, field in enumerate(fields):
            if not _is_name(field) or field in node.get("groups", {}) or field in fields[:at]:
                raise SchemaInvalid(_join(here, "fields"))
            if is_custom(node.get("fields", {}).get(field, {}).get("merge")):
                raise SchemaInvalid(_join(here, "fields"))


def _check_bounds(bounds, place, least, most):
    """Each member of `most` is an integer from `least` to what it names, where it is there."""
    _members(bounds, place, (), tuple(most))
    for member, greatest in most.items():
        number = bounds.get(member, least)
        if not is_integer(number) or not least <= number <= greatest:
            raise SchemaInvalid(_join(place, member))


def check(document):
    _members(document, "", ("name", "version", "collections"), ("conflicts",))
    name, version = document["name"], document["version"]
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= limits.SCHEMA_NAME_BYTES_MAX:
        raise SchemaInvalid("name")
    if not is_integer(version) or not 1 <= version <= limits.SCHEMA_VERSION_MAX:
        raise SchemaInvalid("version")
    if not isinstance(document["collections"], dict):
        raise SchemaInvalid("collections")
    for collection, node in sorted(document["collections"].items()):
        place = f"collections.{collection}"
        if collection.startswith("$"):
            raise SchemaInvalid(place)
        _members(node, place, (), ("fields", "groups", "delete", "history", "indexes"))
        _choice(node, "delete", DELETES, place)
        for member in ("fields", "groups"):
            if not isinstance(node.get(member, {}), dict):
                raise SchemaInvalid(_join(place, member))
        fields = node.get("fields", {})
        for field, declared in sorted(fields.items()):
            here = f"{place}.fields.{field}"
            _members(declared, here, (), ("merge", "type"))
            if not is_custom(declared.get("merge")):
                _choice(declared, "merge", MERGES, here)
            _choice(declared, "type", tuple(TYPES), here)
            _choice(declared, "type", TYPES_OF_MERGE.get(declared.get("merge"), tuple(TYPES)), here)
        _check_groups(node.get("groups", {}), fields, f"{place}.groups")
        _check_bounds(node.get("history", {}), f"{place}.history", 0,
                      {"keep_days": limits.HISTORY_DAYS_MAX, "keep_ops": limits.HISTORY_OPS_MAX})
        _check_indexes(node.get("indexes", {}), node, f"{place}.indexes")
    _check_bounds(document.get("conflicts", {}), "conflicts", 1,
                  {"keep_days": limits.CONFLICT_DAYS_MAX, "keep": limits.CONFLICTS_MAX})


def digest(document):
    return hashlib.blake2b(encode_value(document), digest_size=32).digest()[:16]


def index_digest(collection, name, rules):
    """What decides what the entries of an index hold (indexes.md, "What is in force")."""
    fields = []
    for field in rules.indexes[name]["fields"]:
        group = rules.group_of.get(field)
        fields.append([field, f"group {group}" if group else rules.strategy(field)])
    return digest(["index 1", collection, name, fields])


class Collection:
    """What a schema says of one collection."""

    def __init__(self, document, name):
        check(document)
        node = document["collections"].get(name, {})
        self.fields = node.get("fields", {})
        self.edit_revives = node.get("delete") == "edit_revives"
        self.parts = {group: node_group["fields"] for group, node_group in node.get("groups", {}).items()}
        self.indexes = node.get("indexes", {})
        self.group_of = {part: group for group, parts in self.parts.items() for part in parts}

    def strategy(self, field):
        return "group" if field in self.parts else self.fields.get(field, {}).get("merge", "lww")

    def check_type(self, field, value):
        if not TYPES[self.fields.get(field, {}).get("type", "json")](value):
            raise Refused("type_mismatch")
