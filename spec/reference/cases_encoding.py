"""limits.json, value.json and slot_key.json."""

import limits
from encoding import double_from_bits, decode_value, encode_value, same
from notation import agree, expand, refusal, repeat, typed
from slot import Path, slot_key

LIMITS = [
    ("A collection name has at least 1 byte.", "collection_bytes_min", 1),
    ("A collection name has at most 64 bytes.", "collection_bytes_max", limits.COLLECTION_BYTES_MAX),
    ("A record name has at least 1 byte.", "record_bytes_min", 1),
    ("A record name has at most 128 bytes.", "record_bytes_max", limits.RECORD_BYTES_MAX),
    ("A field name has at most 64 bytes.", "field_bytes_max", limits.FIELD_BYTES_MAX),
    ("An element has at most 240 bytes.", "element_bytes_max", limits.ELEMENT_BYTES_MAX),
    ("A key of a map has at least 1 byte.", "map_key_bytes_min", 1),
    ("A key of a map has at most 240 bytes.", "map_key_bytes_max", limits.MAP_KEY_BYTES_MAX),
    ("A slot key has at most 499 bytes.", "slot_key_bytes_max", limits.SLOT_KEY_BYTES_MAX),
    ("An encoded value has at least 1 byte.", "value_bytes_min", 1),
    ("An encoded value has at most 65,536 bytes.", "value_bytes_max", limits.VALUE_BYTES_MAX),
    ("A value nests at most 16 arrays or objects.", "value_depth_max", limits.VALUE_DEPTH_MAX),
    ("A varint has at most 5 bytes.", "varint_bytes_max", limits.VARINT_BYTES_MAX),
    ("A batch has at most 5,000 ops.", "batch_ops_max", limits.BATCH_OPS_MAX),
    ("A batch has at most 1,048,576 bytes.", "batch_bytes_max", limits.BATCH_BYTES_MAX),
    ("A name in a batch has at most 256 bytes.", "batch_name_bytes_max", limits.BATCH_NAME_BYTES_MAX),
    ("A local transaction has at most 100,000 ops.", "transaction_ops_max", limits.TRANSACTION_OPS_MAX),
    ("A mutation makes at most 65,536 tags.", "tags_max", limits.TAGS_MAX),
    ("A stamp has 16 bytes.", "stamp_bytes", limits.STAMP_BYTES),
    ("The milliseconds of a stamp end at 2^48-1.", "stamp_milliseconds_max", limits.STAMP_MILLISECONDS_MAX),
    ("The counter of a stamp ends at 65,535.", "stamp_counter_max", limits.STAMP_COUNTER_MAX),
    ("A stamp may be five minutes ahead.", "drift_ms_max", limits.DRIFT_MS_MAX),
    ("An offset of five seconds is ignored.", "offset_ignored_ms_max", limits.OFFSET_IGNORED_MS_MAX),
    ("A schema has at most 65,536 bytes.", "schema_bytes_max", limits.SCHEMA_BYTES_MAX),
    ("A schema name has at most 64 bytes.", "schema_name_bytes_max", limits.SCHEMA_NAME_BYTES_MAX),
    ("A schema version ends at 2^31-1.", "schema_version_max", limits.SCHEMA_VERSION_MAX),
    ("A schema keeps conflicts for at most 10,000 days.", "conflict_days_max", limits.CONFLICT_DAYS_MAX),
    ("A schema keeps at most 100,000 conflicts.", "conflicts_max", limits.CONFLICTS_MAX),
    ("A schema keeps at most 36,500 days of history.", "history_days_max", limits.HISTORY_DAYS_MAX),
    ("A schema keeps at most 1,000,000 ops of history.", "history_ops_max", limits.HISTORY_OPS_MAX),
    ("Unless told, a schema keeps 1,000 ops of history.", "history_ops_default", limits.HISTORY_OPS_DEFAULT),
    ("A collection has at most 16 indexes.", "indexes_max", limits.INDEXES_MAX),
    ("An index has at most 4 fields.", "index_fields_max", limits.INDEX_FIELDS_MAX),
    ("The fields of an index share 352 bytes of its key.", "index_value_bytes_max", limits.INDEX_VALUE_BYTES_MAX),
    ("A query's cursor has at most 1,024 bytes.", "query_cursor_bytes_max", limits.QUERY_CURSOR_BYTES_MAX),
    ("A page has 4,000 ops unless the request says so.", "page_ops_default", limits.PAGE_OPS_DEFAULT),
    ("A request may ask for at most 5,000 ops.", "page_ops_max", limits.PAGE_OPS_MAX),
    ("A pull has at most 256 cursors.", "pull_cursors_max", limits.PULL_CURSORS_MAX),
    ("The greatest fence is 2^53 - 1.", "fence_max", limits.FENCE_MAX),
    ("The greatest number of an op is 2^53 - 1.", "through_max", limits.THROUGH_MAX),
    ("A request body has at most 131,072 bytes.", "request_body_bytes_max", limits.REQUEST_BODY_BYTES_MAX),
    ("A client's batch has at most 90,000 bytes.", "client_batch_bytes_max", limits.CLIENT_BATCH_BYTES_MAX),
    ("The header of a reply has at most 16 KiB.", "reply_header_bytes_max", limits.REPLY_HEADER_BYTES_MAX),
    ("A reply has at most 4 MiB.", "reply_bytes_max", limits.REPLY_BYTES_MAX),
    ("A reply has at most 16 MiB when decompressed.", "reply_decompressed_bytes_max",
     limits.REPLY_DECOMPRESSED_BYTES_MAX),
]


def limits_file():
    cases = [{"name": name, "limit": limit, "value": value} for name, limit, value in LIMITS]
    return {"description": "The limits of the specification, by name.", "cases": cases}


def bits(text):
    return double_from_bits(int(text, 16))


def nested(depth):
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value


def nested_objects(depth):
    value = {}
    for _ in range(depth - 1):
        value = {"": value}
    return value


GOOD = [
    ("Null is one byte.", None, "01"),
    ("False is one byte.", False, "02"),
    ("True is one byte.", True, "03"),
    ("The int64 zero has its sign bit set.", 0, "048000000000000000"),
    ("The int64 one.", 1, "048000000000000001"),
    ("The int64 minus one has its sign bit clear.", -1, "047fffffffffffffff"),
    ("The least int64 is all zero bits.", -(2**63), "040000000000000000"),
    ("The greatest int64 is all one bits.", 2**63 - 1, "04ffffffffffffffff"),
    ("An int64 beyond the exact integers of a double.", 2**53 + 1, "048020000000000001"),
    ("The double zero.", 0.0, "058000000000000000"),
    ("Negative zero is a value of its own.", -0.0, "057fffffffffffffff"),
    ("The double one is not the int64 one.", 1.0, "05bff0000000000000"),
    ("The double minus one has all its bits inverted.", -1.0, "05400fffffffffffff"),
    ("The double 72.5.", 72.5, "05c052200000000000"),
    ("The double 0.1.", 0.1, "05bfb999999999999a"),
    ("The least subnormal double.", bits("0000000000000001"), "058000000000000001"),
    ("The negative subnormal nearest to zero.", bits("8000000000000001"), "057ffffffffffffffe"),
    ("The greatest subnormal double.", bits("000fffffffffffff"), "05800fffffffffffff"),
    ("The least normal double.", bits("0010000000000000"), "058010000000000000"),
    ("The greatest double.", bits("7fefffffffffffff"), "05ffefffffffffffff"),
    ("The least double.", bits("ffefffffffffffff"), "050010000000000000"),
    ("The empty string.", "", "0600"),
    ("A string of one letter.", "a", "060161"),
    ("A string may hold U+0000.", "a\0b", "0603610062"),
    ("A string may hold control characters.", "\n\x7f", "06020a7f"),
    ("A string of a two-byte character.", "\u00e9", "0602c3a9"),
    ("A string is not normalised.", "e\u0301", "060365cc81"),
    ("A string of the first and the last two-byte characters.", "\u0080\u07ff", "0604c280dfbf"),
    ("A string of the first and the last three-byte characters.", "\u0800\uffff", "0606e0a080efbfbf"),
    ("A string of the characters around the surrogates.", "\ud7ff\ue000", "0606ed9fbfee8080"),
    ("A string of the first and the last four-byte characters.", "\U00010000\U0010ffff", "0608f0908080f48fbfbf"),
    ("A byte order mark in a string is kept.", "\ufeff", "0603efbbbf"),
    ("A string of 127 bytes has a length of one byte.", "a" * 127, "067f" + "61" * 127),
    ("A string of 128 bytes has a length of two bytes.", "a" * 128, "068001" + "61" * 128),
    ("The empty bytes.", b"", "0700"),
    ("Bytes need not be UTF-8.", b"\xff\x00\xc0", "0703ff00c0"),
    ("The empty array.", [], "0800"),
    ("An array of null.", [None], "080101"),
    ("An array keeps the order of its items.", [2, 1], "0802048000000000000002048000000000000001"),
    ("An array holds values of every kind.", [None, True, "a", b"a", [], {}], "0806010306016107016108000900"),
    ("The empty object.", {}, "0900"),
    ("An object of one member.", {"a": 1}, "09010161048000000000000001"),
    ("An object's key may be empty.", {"": None}, "09010001"),
    ("An object's key may hold U+0000.", {"\0": None}, "0901010001"),
    ("An object's keys ascend by bytes: a prefix first.", {"a": None, "ab": None}, "090201610102616201"),
    ("An object's keys ascend by bytes and not by length.", {"aa": None, "b": None}, "090202616101016201"),
    ("An object's keys ascend by bytes and not by letter.", {"Z": None, "a": None}, "0902015a01016101"),
    ("An object's keys compare as unsigned bytes.", {"z": None, "\u00e9": None}, "0902017a0102c3a901"),
    ("An object's keys ascend by UTF-8 and not by UTF-16.", {"\uffff": None, "\U00010000": None},
     "090203efbfbf0104f090808001"),
    ("Two keys that differ by normalisation are two keys.", {"e\u0301": None, "\u00e9": None},
     "09020365cc810102c3a901"),
    ("Equal keys in different objects are allowed.", {"a": {"a": None}}, "090101610901016101"),
    ("An object with the member $bytes is an object.", {"$bytes": "AA=="}, "090106246279746573060441413d3d"),
    ("An array nests 16 deep.", nested(16), "0801" * 15 + "0800"),
    ("An object nests 16 deep.", nested_objects(16), "090100" * 15 + "0900"),
    ("Siblings do not add to the depth.", [nested(15), nested(15)], "0802" + ("0801" * 14 + "0800") * 2),
    ("A scalar inside 16 arrays is not one deeper.", [[[[[[[[[[[[[[[[None]]]]]]]]]]]]]]]], "0801" * 16 + "01"),
]

GOOD_LONG = [
    ("A string of 16,383 bytes has a length of two bytes.", ["06ff7f", repeat("61", 16_383)]),
    ("A string of 16,384 bytes has a length of three bytes.", ["06808001", repeat("61", 16_384)]),
    ("A value of exactly 65,536 bytes is within the limit.", ["06fcff03", repeat("61", 65_532)]),
    ("Bytes of exactly 65,536 encoded bytes are within the limit.", ["07fcff03", repeat("00", 65_532)]),
    ("An array of 65,532 nulls is within the limit.", ["08fcff03", repeat("01", 65_532)]),
]

BAD = [
    ("No bytes are no value.", "", "value_malformed"),
    ("The tombstone is no value.", "00", "value_malformed"),
    ("The tag 0a is not known.", "0a", "value_malformed"),
    ("The tag ff is not known.", "ff", "value_malformed"),
    ("A tag that is not known inside an array.", "08010a", "value_malformed"),
    ("A tombstone inside an array.", "080100", "value_malformed"),
    ("A tombstone inside an object.", "0901016100", "value_malformed"),
    ("A byte is left over after null.", "0101", "value_malformed"),
    ("A byte is left over after a string.", "06016100", "value_malformed"),
    ("A byte is left over after an empty array.", "080001", "value_malformed"),
    ("A byte is left over after an int64.", "04800000000000000000", "value_malformed"),
    ("An int64 of no bytes.", "04", "value_malformed"),
    ("An int64 of seven bytes.", "0480000000000000", "value_malformed"),
    ("A double of seven bytes.", "0580000000000000", "value_malformed"),
    ("A quiet NaN.", "05fff8000000000000", "value_not_finite"),
    ("A signalling NaN.", "05fff0000000000001", "value_not_finite"),
    ("A negative NaN.", "050007ffffffffffff", "value_not_finite"),
    ("A NaN of all one bits, which is ordered as zero bits.", "050000000000000000", "value_not_finite"),
    ("Infinity.", "05fff0000000000000", "value_not_finite"),
    ("Negative infinity.", "05000fffffffffffff", "value_not_finite"),
    ("A NaN inside an array.", "080105fff8000000000000", "value_not_finite"),
    ("A NaN inside an object.", "0901016105fff8000000000000", "value_not_finite"),
    ("A string without a length.", "06", "value_malformed"),
    ("A string shorter than its length.", "060261", "value_malformed"),
    ("Bytes shorter than their length.", "070200", "value_malformed"),
    ("A string of the greatest length and no bytes.", "06ffffffff0f", "value_malformed"),
    ("Bytes of a length that is negative as an int32.", "078080808008", "value_malformed"),
    ("A length of zero in two bytes.", "068000", "value_malformed"),
    ("A length of one in two bytes.", "06810061", "value_malformed"),
    ("A length of 127 in two bytes.", "06ff00" + "61" * 127, "value_malformed"),
    ("A count of zero in five bytes.", "088080808000", "value_malformed"),
    ("A count of 2^32.", "088080808010", "value_malformed"),
    ("A length whose lowest 32 bits alone would fit.", "06818080801061", "value_malformed"),
    ("A length of six bytes.", "06818080808000", "value_malformed"),
    ("A length that ends in the middle of the varint.", "0680", "value_malformed"),
    ("A count that ends in the middle of the varint.", "09ffffffff", "value_malformed"),
    ("An array with one item too few.", "080201", "value_malformed"),
    ("An array of the greatest count and no items.", "08ffffffff0f", "value_malformed"),
    ("An array of a million items and two bytes.", "08c0843d0101", "value_malformed"),
    ("An object of the greatest count and no members.", "09ffffffff0f", "value_malformed"),
    ("An object whose last value is missing.", "09010161", "value_malformed"),
    ("An object whose last member is missing.", "0902016101", "value_malformed"),
    ("An object's key shorter than its length.", "09010261", "value_malformed"),
    ("An object's keys descend.", "0902016201016101", "value_malformed"),
    ("An object's keys are equal.", "0902016101016102", "value_malformed"),
    ("An object's empty key comes second.", "09020161010001", "value_malformed"),
    ("An object's longer key comes before its prefix.", "090202616201016101", "value_malformed"),
    ("An object's keys would ascend as signed bytes.", "090202c3a901017a01", "value_malformed"),
    ("An object's keys would ascend as UTF-16.", "090204f09080800103efbfbf01", "value_malformed"),
    ("An object's first and third keys are equal.", "0903016101016201016101", "value_malformed"),
    ("Keys descend in an inner object.", "08010902016201016101", "value_malformed"),
    ("A lone continuation byte.", "060180", "string_not_utf8"),
    ("A lead byte without its continuation.", "0601c3", "string_not_utf8"),
    ("A lead byte followed by a letter.", "0602c361", "string_not_utf8"),
    ("A three-byte character cut short.", "0602e282", "string_not_utf8"),
    ("A four-byte character cut short.", "0603f09080", "string_not_utf8"),
    ("The bytes fe and ff.", "0602feff", "string_not_utf8"),
    ("The lead byte f5.", "0604f5808080", "string_not_utf8"),
    ("A zero byte in two bytes is overlong.", "0602c080", "string_not_utf8"),
    ("A slash in two bytes is overlong.", "0602c1bf", "string_not_utf8"),
    ("U+07FF in three bytes is overlong.", "0603e09fbf", "string_not_utf8"),
    ("U+FFFF in four bytes is overlong.", "0604f08fbfbf", "string_not_utf8"),
    ("The first high surrogate.", "0603eda080", "string_not_utf8"),
    ("The last low surrogate.", "0603edbfbf", "string_not_utf8"),
    ("A surrogate pair in six bytes.", "0606eda080edb080", "string_not_utf8"),
    ("U+110000 is past the end.", "0604f4908080", "string_not_utf8"),
    ("A five-byte character.", "0605f888808080", "string_not_utf8"),
    ("An object's key that is not UTF-8.", "090101ff01", "string_not_utf8"),
    ("A string that is not UTF-8 inside an array.", "08010601ff", "string_not_utf8"),
    ("Arrays nest 17 deep.", "0801" * 16 + "0800", "value_too_deep"),
    ("Objects nest 17 deep.", "090100" * 16 + "0900", "value_too_deep"),
    ("An object inside 16 arrays.", "0801" * 16 + "0900", "value_too_deep"),
    ("Arrays nest 20,000 deep.", ["0801" * 16, repeat("0801", 19_983), "0800"], "value_too_deep"),
    ("Arrays nest 17 deep in the second item only.", "080201" + "0801" * 15 + "0800", "value_too_deep"),
    ("A string of 65,537 encoded bytes.", ["06fdff03", repeat("61", 65_533)], "value_too_large"),
    ("Bytes of 65,537 encoded bytes.", ["07fdff03", repeat("00", 65_533)], "value_too_large"),
    ("An array of 65,537 encoded bytes.", ["08fdff03", repeat("01", 65_533)], "value_too_large"),
]

ORDER = [
    ("The least int64 is below the next.", -(2**63), -(2**63) + 1),
    ("A negative int64 is below zero.", -1, 0),
    ("An int64 of -256 is below one of -255.", -256, -255),
    ("An int64 of 127 is below one of 128.", 127, 128),
    ("An int64 of 255 is below one of 256.", 255, 256),
    ("An int64 of 2^31-1 is below one of 2^31.", 2**31 - 1, 2**31),
    ("The greatest int64 is above the one before.", 2**63 - 2, 2**63 - 1),
    ("The least int64 is below the greatest.", -(2**63), 2**63 - 1),
    ("Negative zero is below zero.", -0.0, 0.0),
    ("The least double is below minus one.", bits("ffefffffffffffff"), -1.0),
    ("A double of -2.0 is below one of -1.0.", -2.0, -1.0),
    ("A double of -1.0 is below the subnormal nearest to zero.", -1.0, bits("8000000000000001")),
    ("The negative subnormal nearest to zero is below negative zero.", bits("8000000000000001"), -0.0),
    ("Zero is below the least subnormal.", 0.0, bits("0000000000000001")),
    ("The greatest subnormal is below the least normal.", bits("000fffffffffffff"), bits("0010000000000000")),
    ("A double of 0.1 is below one of 0.5.", 0.1, 0.5),
    ("A double of 1.0 is below the next double.", 1.0, bits("3ff0000000000001")),
    ("A double of 1.0 is below the greatest.", 1.0, bits("7fefffffffffffff")),
    ("Every int64 is below every double, whatever their numbers.", 2**63 - 1, bits("ffefffffffffffff")),
    ("Null is below false.", None, False),
    ("False is below true.", False, True),
    ("A shorter string is below a longer one, whatever their letters.", "b", "aa"),
    ("Strings of one length compare by unsigned bytes.", "zz", "\u00e9"),
]


def _good(name, value, encoded):
    agree(name, encoded, encode_value(value).hex())
    assert same(decode_value(bytes.fromhex(encoded)), value), name
    return {"name": name, "kind": "good", "value": typed(value), "encoded": encoded}


def _good_long(name, parts):
    data = expand(parts)
    agree(name, data, encode_value(decode_value(data)))
    return {"name": name, "kind": "good", "encoded": parts}


def _bad(name, parts, code):
    agree(name, code, refusal(lambda: decode_value(expand(parts))))
    return {"name": name, "kind": "bad", "encoded": parts, "error": code}


def _order(name, less, greater):
    assert encode_value(less) < encode_value(greater), name
    return {"name": name, "kind": "order", "less": typed(less), "greater": typed(greater)}


def value_file():
    cases = [_good(*row) for row in GOOD] + [_good_long(*row) for row in GOOD_LONG]
    cases += [_bad(*row) for row in BAD] + [_order(*row) for row in ORDER]
    return {"description": "Values and their encodings.", "cases": cases}


KEYS = [
    ("A plain register has an empty element.", ("meals", "1", "name", ""), "6d65616c730031006e616d6500"),
    ("An element is appended as it is.", ("meals", "1", "tags", "00ff00"), "6d65616c73003100746167730000ff00"),
    ("The slot live of a record.", ("c", "r", "", "6c697665"), "63007200006c697665"),
    ("The slot dead of a record.", ("c", "r", "", "64656164"), "630072000064656164"),
    ("Names are any UTF-8.", ("\u00e9", "\U0001f600", "\u4e2d", ""), "c3a900f09f988000e4b8ad00"),
    ("Control characters beyond U+007F are allowed.", ("c", "a\u0085", "f\u2028", ""), "630061c2850066e280a800"),
    ("Spaces and slashes are allowed.", ("a b", "/", "..", ""), "612062002f002e2e00"),
    ("An element may be live in a field too.", ("c", "r", "f", "6c697665"), "6300720066006c697665"),
]

KEY_LONGEST = ("The longest slot key has 499 bytes.",
               [[repeat("63", 64)], [repeat("72", 128)], [repeat("66", 64)], [repeat("ff", 240)]])

KEY_ERRORS = [
    ("A collection is not empty.", ["", "72", "66", ""], "key_malformed"),
    ("A record is not empty.", ["63", "", "66", ""], "key_malformed"),
    ("A record is not empty beside an empty field.", ["63", "", "", "6c697665"], "key_malformed"),
    ("A collection has at most 64 bytes.", [[repeat("63", 65)], "72", "66", ""], "key_too_long"),
    ("A record has at most 128 bytes.", ["63", [repeat("72", 129)], "66", ""], "key_too_long"),
    ("A field has at most 64 bytes.", ["63", "72", [repeat("66", 65)], ""], "key_too_long"),
    ("An element has at most 240 bytes.", ["63", "72", "66", [repeat("00", 241)]], "key_too_long"),
    ("A name is measured in bytes and not in characters.", [[repeat("c3a9", 33)], "72", "66", ""], "key_too_long"),
    ("A collection has no zero byte.", ["630063", "72", "66", ""], "key_malformed"),
    ("A record has no zero byte.", ["63", "00", "66", ""], "key_malformed"),
    ("A field has no zero byte.", ["63", "72", "6600", ""], "key_malformed"),
    ("A collection has no U+0001.", ["6301", "72", "66", ""], "key_malformed"),
    ("A record has no line feed.", ["63", "720a", "66", ""], "key_malformed"),
    ("A field has no U+001F.", ["63", "72", "1f66", ""], "key_malformed"),
    ("A field has no U+007F.", ["63", "72", "667f", ""], "key_malformed"),
    ("A collection is UTF-8.", ["ff", "72", "66", ""], "key_malformed"),
    ("A record has no surrogate.", ["63", "eda080", "66", ""], "key_malformed"),
    ("A field has no overlong form.", ["63", "72", "c1bf", ""], "key_malformed"),
    ("A field does not end in the middle of a character.", ["63", "72", "66e282", ""], "key_malformed"),
    ("An empty field has not an empty element.", ["63", "72", "", ""], "key_malformed"),
    ("An empty field has no other element than live and dead.", ["63", "72", "", "6c69766500"], "key_malformed"),
    ("The element live is in lower case.", ["63", "72", "", "4c495645"], "key_malformed"),
]

KEY_ORDER = [
    ("A collection comes before the one that it is a prefix of.", ("a", "z", "z", "ff"), ("ab", "a", "a", "")),
    ("A record comes before the one that it is a prefix of.", ("c", "r", "z", "ff"), ("c", "r1", "a", "")),
    ("A field comes before the one that it is a prefix of.", ("c", "r", "f", "ff"), ("c", "r", "f1", "")),
    ("A record's own slots come before its fields.", ("c", "r", "", "6c697665"), ("c", "r", "!", "")),
    ("The slot dead comes before the slot live.", ("c", "r", "", "64656164"), ("c", "r", "", "6c697665")),
    ("An empty element comes first.", ("c", "r", "f", ""), ("c", "r", "f", "00")),
    ("Elements compare as unsigned bytes.", ("c", "r", "f", "7f"), ("c", "r", "f", "80")),
    ("Names compare as unsigned bytes.", ("z", "r", "f", ""), ("\u00e9", "r", "f", "")),
]


def _path(names):
    collection, record, field, element = names
    return Path(collection.encode(), record.encode(), field.encode(), bytes.fromhex(element))


def _path_json(slot_path):
    return {name: part.hex() for name, part in slot_path._asdict().items()}


def slot_key_file():
    cases = []
    for name, names, key in KEYS:
        agree(name, key, slot_key(_path(names)).hex())
        cases.append({"name": name, "kind": "good", "path": _path_json(_path(names)), "key": key})
    name, parts = KEY_LONGEST
    agree(name, 499, len(slot_key(Path(*map(expand, parts)))))
    cases.append({"name": name, "kind": "good", "path": dict(zip(Path._fields, parts)),
                  "key": parts[0] + ["00"] + parts[1] + ["00"] + parts[2] + ["00"] + parts[3]})
    for name, parts, code in KEY_ERRORS:
        agree(name, code, refusal(lambda: slot_key(Path(*map(expand, parts)))))
        cases.append({"name": name, "kind": "bad", "path": dict(zip(Path._fields, parts)), "error": code})
    for name, less, greater in KEY_ORDER:
        assert slot_key(_path(less)) < slot_key(_path(greater)), name
        cases.append({"name": name, "kind": "order", "less": _path_json(_path(less)),
                      "greater": _path_json(_path(greater))})
    return {"description": "Slot paths, their keys and the order of the keys.", "cases": cases}
