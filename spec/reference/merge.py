"""The law, and records as replicas hold them: merge.md."""

from encoding import Refused, encode_value
from strategies import ABSENT, STRATEGIES, Context, Register, strategy_named

NO_STAMP = bytes(16)
LIVE, DEAD = ("", b"live"), ("", b"dead")


def wins(candidate, held):
    """Whether the candidate replaces the register that a slot holds (None for a slot that does not exist)."""
    return held is None or tuple(candidate) > tuple(held)


class Record:
    """One replica's slots of one record, a map from (field, element) to register."""

    def __init__(self, collection):
        self.collection = collection
        self.slots = {}

    def merge(self, slot, register):
        if wins(register, self.slots.get(slot)):
            self.slots[slot] = register

    def deletion(self):
        return self.slots[DEAD].stamp if DEAD in self.slots else NO_STAMP

    def exists(self):
        return LIVE in self.slots and self.slots[LIVE].stamp > self.deletion()

    def counting(self, field):
        return {element: register for (name, element), register in self.slots.items()
                if name == field and register.stamp > self.deletion()}

    def resolve(self, field):
        return strategy_named(self.collection.strategy(field)).resolve(self.counting(field), self.deletion())

    def read(self):
        """The resolved fields, None for a record that does not exist."""
        if not self.exists():
            return None
        fields = {}
        for field in {name for name, _ in self.slots if name and name not in self.collection.group_of}:
            value = self.resolve(field)
            if field in self.collection.parts:
                parts = {} if value is ABSENT else value
                fields |= {part: parts[part] for part in self.collection.parts[field] if part in parts}
            elif value is not ABSENT:
                fields[field] = value
        return fields

    def mutate(self, mutation, stamp, replica):
        """Applies a local mutation and returns its writes, [(slot, register value)] by ascending slot key."""
        if mutation["do"] == "delete":
            writes = {DEAD: encode_value(True)} if self.exists() else {}
        else:
            writes = self._field_writes(mutation, Context(stamp, replica, self.deletion()))
            if writes and (self.collection.edit_revives or not self.exists()):
                writes[LIVE] = encode_value(True)
        for slot, value in writes.items():
            assert stamp > self.deletion() and wins(Register(stamp, value), self.slots.get(slot))
            self.merge(slot, Register(stamp, value))
        return sorted(writes.items(), key=lambda write: write[0][0].encode() + b"\x00" + write[0][1])

    def _field_writes(self, mutation, context):
        if mutation["do"] == "put":
            return self._put_fields({mutation["field"]: mutation["value"]}, context)
        if mutation["do"] == "put_fields":
            return self._put_fields(mutation["fields"], context)
        field = mutation["field"]
        group = self.collection.group_of.get(field)
        if group is not None:
            if mutation["do"] != "clear":
                raise Refused("wrong_strategy")
            writes = STRATEGIES["group"].clear(field, self.counting(group), context)
            return {(group, element): value for element, value in writes.items()}
        writes = self._apply(field, mutation, context)
        return {(field, element): value for element, value in writes.items()}

    def _put_fields(self, fields, context):
        values, groups = {}, {}
        for field, value in fields.items():
            if field in self.collection.group_of:
                self.collection.check_type(field, value)
                groups.setdefault(self.collection.group_of[field], {})[field] = value
            elif field in self.collection.parts:
                # A group is written through its parts alone.
                raise Refused("wrong_strategy")
            else:
                values[field] = value
        writes = {}
        for field, value in values.items():
            written = self._apply(field, {"do": "put", "value": value}, context)
            writes |= {(field, element): encoded for element, encoded in written.items()}
        for group, parts in groups.items():
            written = STRATEGIES["group"].put(parts, self.counting(group), context)
            writes |= {(group, element): encoded for element, encoded in written.items()}
        return writes

    def _apply(self, field, mutation, context):
        name = self.collection.strategy(field)
        if name not in STRATEGIES and mutation["do"] == "put":
            return strategy_named(name).put(mutation["value"], self.counting(field), context)
        if name not in STRATEGIES:
            raise Refused("strategy_missing")
        strategy, slots, do = STRATEGIES[name], self.counting(field), mutation["do"]
        if do not in strategy.offers or name == "group":
            raise Refused("wrong_strategy")
        if do == "clear":
            return strategy.clear(slots, context)
        if do == "clear_key":
            return strategy.clear_key(mutation["key"], slots, context)
        if do == "increment":
            return strategy.increment(int(mutation["by"]), slots, context)
        if do == "insert":
            for item in mutation["items"]:
                self.collection.check_type(field, item)
            return strategy.insert(mutation["index"], mutation["items"], slots, context)
        if do == "move":
            return strategy.move(mutation["from"], mutation["to"], slots, context)
        if do == "put_at":
            self.collection.check_type(field, mutation["value"])
            return strategy.put_at(mutation["index"], mutation["value"], slots, context)
        if do == "remove_at":
            return strategy.remove_at(mutation["index"], mutation["count"], slots, context)
        if do in ("add", "remove"):
            for item in mutation["items"] if do == "add" else []:
                self.collection.check_type(field, item)
            return getattr(strategy, do)(mutation["items"], slots, context)
        if do == "put_key":
            self.collection.check_type(field, mutation["value"])
            return strategy.put_key(mutation["key"], mutation["value"], slots, context)
        self._check_put_type(field, name, mutation["value"])
        return strategy.put(mutation["value"], slots, context)

    def _check_put_type(self, field, name, value):
        if name in ("set", "list") and isinstance(value, list):
            checked = value
        elif name == "map" and isinstance(value, dict):
            checked = list(value.values())
        elif name in ("set", "list", "map"):
            raise Refused("type_mismatch")
        elif name == "multi" and isinstance(value, list):
            checked = value
        else:
            checked = [value]
        for item in checked:
            self.collection.check_type(field, item)
