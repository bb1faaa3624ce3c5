"""batch.json."""

from batch import Op, decode_batch, encode_batch
from encoding import TOMBSTONE, encode_value
from notation import agree, expand, op, op_json, refusal, repeat
from slot import Path

S1 = bytes.fromhex("018bcfe5680000000000000000000001")
S2 = bytes.fromhex("018bcfe5680000010000000000000001")
S3 = bytes.fromhex("018bcfe5680000010000000000000002")
ZERO_LOOKALIKE = bytes.fromhex("00000000000000000000000000000001")

TRUE = encode_value(True)
ONE = encode_value(1)
HEAD = "1f" + S1.hex()
# The first op of most malformed batches: slot c/r/f, value null.
FIRST = "0f" + S1.hex() + "0163017201660101"


def c(field="f", stamp=S1, value=b"\x01", record="r", collection="c", element=b""):
    return op(collection, record, field, stamp, value, element)


GOOD = [
    ("A batch may be empty.", [], "0100"),
    ("The first op says everything.", [c()], "0101" + FIRST),
    ("An element follows the field.", [c(element=b"k")], "0101" + HEAD + "016301720166016b0101"),
    ("A tombstone is one byte.", [c(value=TOMBSTONE)], "01010f" + S1.hex() + "0163017201660100"),
    ("The first op has a field even when it is empty.", [c("", value=TRUE, element=b"live")],
     "0101" + HEAD + "0163017200046c6976650103"),
    ("An op that differs only in its value shares everything.", [c(), c(value=TRUE)], "0102" + FIRST + "000103"),
    ("The same op twice shares everything.", [c(), c()], "0102" + FIRST + "000101"),
    ("An op of another field says the field.", [c(), c("g")], "0102" + FIRST + "0801670101"),
    ("An op of another record says the record.", [c(), c(record="s")], "0102" + FIRST + "0401730101"),
    ("An op of another collection says the collection.", [c(), c(collection="d")], "0102" + FIRST + "0201640101"),
    ("An op of another stamp says the stamp.", [c(), c(stamp=S2)], "0102" + FIRST + "01" + S2.hex() + "0101"),
    ("Stamps of two replicas are two stamps.", [c(stamp=S2), c(stamp=S3)],
     "01020f" + S2.hex() + "016301720166010101" + S3.hex() + "0101"),
    ("A stamp is sent again when it comes back.", [c(), c(stamp=S2), c()],
     "0103" + FIRST + "01" + S2.hex() + "0101" + "01" + S1.hex() + "0101"),
    ("An op may differ in everything.", [c(), op("d", "s", "g", S2, TRUE, b"e")],
     "0102" + FIRST + "1f" + S2.hex() + "01640173016701650103"),
    ("An element is not inherited.", [c(element=b"k"), c()], "0102" + HEAD + "016301720166016b0101" + "000101"),
    ("An element that is the same is sent again.", [c(element=b"k"), c(element=b"k")],
     "0102" + HEAD + "016301720166016b0101" + "10016b0101"),
    ("An element appears.", [c(), c(element=b"k")], "0102" + FIRST + "10016b0101"),
    ("A record's own slot is followed by a field.", [c("", value=TRUE, element=b"live"), c()],
     "0102" + HEAD + "0163017200046c6976650103" + "0801660101"),
    ("A field is followed by the record's own slot.", [c(), c("", value=TRUE, element=b"dead")],
     "0102" + FIRST + "180004646561640103"),
    ("An element may be a zero byte.", [c(element=b"\0")], "0101" + HEAD + "01630172016601000101"),
    ("A collection and a record of one name are still both sent.", [op("x", "x", "x", S1, ONE)],
     "01010f" + S1.hex() + "01780178017809048000000000000001"),
    ("A stamp of a small time is a stamp.", [c(stamp=ZERO_LOOKALIKE)],
     "01010f" + ZERO_LOOKALIKE.hex() + "0163017201660101"),
    ("Ops keep their order, whatever their stamps.", [c(stamp=S2), c(stamp=S1)],
     "01020f" + S2.hex() + "0163017201660101" + "01" + S1.hex() + "0101"),
    ("A value of 127 bytes has a length of one byte.", [c(value=encode_value("a" * 125))],
     "01010f" + S1.hex() + "0163017201667f067d" + "61" * 125),
    ("A value of 128 bytes has a length of two bytes.", [c(value=encode_value("a" * 126))],
     "01010f" + S1.hex() + "0163017201668001067e" + "61" * 126),
    ("A record of 128 bytes has a length of two bytes.", [c(record="r" * 128)],
     "01010f" + S1.hex() + "01638001" + "72" * 128 + "01660101"),
    ("An element of 240 bytes has a length of two bytes.", [c(element=b"\xff" * 240)],
     "0101" + HEAD + "016301720166f001" + "ff" * 240 + "0101"),
    ("A count of 128 has two bytes.", [c()] + [c()] * 127, "018001" + FIRST + "000101" * 127),
]

# A sound structure that is too long to list: name, parts, number of ops.
GOOD_LONG = [
    ("A batch of exactly 5,000 ops is within the limit.", ["018827" + FIRST, repeat("000101", 4_999)], 5_000),
    ("A value of exactly 65,536 bytes is within its limit.",
     ["01010f" + S1.hex() + "016301720166" + "808004" + "06fcff03", repeat("61", 65_532)], 1),
]


def full_batch(extra):
    """Parts of a sound batch of 1,048,576 + extra bytes: 15 values at their limit and one that fills up."""
    parts = ["0110" + "0f" + S1.hex() + "016301720166"]
    size = len(expand(parts))
    for index in range(15):
        parts += [("00" if index else "") + "80800407fcff03", repeat("00", 65_532)]
        size += 65_539 + (1 if index else 0)
    # The last op: flags, three bytes of length, then the tag, three bytes of length and the bytes.
    last = 1_048_576 + extra - size - 4
    parts += ["00" + _varint3(last) + "07" + _varint3(last - 4), repeat("00", last - 4)]
    return parts


def _varint3(number):
    return bytes([number & 0x7F | 0x80, number >> 7 & 0x7F | 0x80, number >> 14]).hex()


MALFORMED = [
    ("No bytes are no batch.", "", "batch_malformed"),
    ("A version alone.", "01", "batch_malformed"),
    ("The version 0.", "0000", "batch_malformed"),
    ("The version 2.", "0201" + FIRST, "batch_malformed"),
    ("A byte is left over after an empty batch.", "010000", "batch_malformed"),
    ("A byte is left over after the last op.", "0101" + FIRST + "00", "batch_malformed"),
    ("An op more than the count says.", "0101" + FIRST + "000101", "batch_malformed"),
    ("An op less than the count says.", "0102" + FIRST, "batch_malformed"),
    ("A count of zero in two bytes.", "018000", "batch_malformed"),
    ("A count of one in two bytes.", "018100" + FIRST, "batch_malformed"),
    ("A count that ends in the middle of the varint.", "0180", "batch_malformed"),
    ("A count of 2^32.", "018080808010", "batch_malformed"),
    ("A count of six bytes.", "01818080808000" + FIRST, "batch_malformed"),
    ("A count within the limit and no ops.", "018827", "batch_malformed"),
    ("A count of 5,001.", ["018927" + FIRST, repeat("000101", 5_000)], "batch_too_large"),
    ("A count of 5,001 and no ops.", "018927", "batch_too_large"),
    ("The greatest count and no ops.", "01ffffffff0f", "batch_too_large"),
    ("The flag of bit 5 is reserved.", "01012f" + S1.hex() + "0163017201660101", "batch_malformed"),
    ("The flag of bit 6 is reserved.", "01014f" + S1.hex() + "0163017201660101", "batch_malformed"),
    ("The flag of bit 7 is reserved in a later op too.", "0102" + FIRST + "800101", "batch_malformed"),
    ("The first op has no stamp.", "01010e0163017201660101", "batch_malformed"),
    ("The first op has no collection.", "01010d" + S1.hex() + "017201660101", "batch_malformed"),
    ("The first op has no record.", "01010b" + S1.hex() + "016301660101", "batch_malformed"),
    ("The first op has no field.", "010117" + S1.hex() + "01630172" + "046c6976650103", "batch_malformed"),
    ("The first op has no flags.", "0101000101", "batch_malformed"),
    ("The stamp is sent again although it is the same.", "0102" + FIRST + "01" + S1.hex() + "0101",
     "batch_malformed"),
    ("The collection is sent again although it is the same.", "0102" + FIRST + "0201630101", "batch_malformed"),
    ("The record is sent again although it is the same.", "0102" + FIRST + "0401720101", "batch_malformed"),
    ("The field is sent again although it is the same.", "0102" + FIRST + "0801660101", "batch_malformed"),
    ("An empty field is sent again although it is the same.",
     "0102" + HEAD + "0163017200046c6976650103" + "1800" + "0464656164" + "0103", "batch_malformed"),
    ("A field is sent again as it was two ops before its neighbour.",
     "0103" + FIRST + "0801670101" + "0801670101", "batch_malformed"),
    ("The record is sent again beside a new field.", "0102" + FIRST + "0c017201670101", "batch_malformed"),
    ("An element of no bytes.", "0101" + HEAD + "016301720166000101", "batch_malformed"),
    ("An element of no bytes in a later op.", "0102" + FIRST + "10000101", "batch_malformed"),
    ("The flags are missing.", "0101", "batch_malformed"),
    ("The stamp ends early.", "01010f" + S1.hex()[:-2], "batch_malformed"),
    ("The collection ends early.", "01010f" + S1.hex() + "0263", "batch_malformed"),
    ("The record's length is missing.", "01010f" + S1.hex() + "0163", "batch_malformed"),
    ("The field ends early.", "01010f" + S1.hex() + "016301720566", "batch_malformed"),
    ("The element ends early.", "0101" + HEAD + "016301720166" + "056b", "batch_malformed"),
    ("The value's length is missing.", "01010f" + S1.hex() + "016301720166", "batch_malformed"),
    ("The value ends early.", "01010f" + S1.hex() + "0163017201660901", "batch_malformed"),
    ("A collection of the greatest length.", "01010f" + S1.hex() + "ffffffff0f63", "batch_malformed"),
    ("A value of the greatest length.", "01010f" + S1.hex() + "016301720166ffffffff0f01", "batch_malformed"),
    ("The collection's length is not the shortest.", "01010f" + S1.hex() + "810063017201660101", "batch_malformed"),
    ("The element's length is not the shortest.", "0101" + HEAD + "01630172016681006b0101", "batch_malformed"),
    ("The value's length is not the shortest.", "01010f" + S1.hex() + "016301720166810001", "batch_malformed"),
    ("An op with a bad value does not excuse a broken structure.",
     "0102" + FIRST.removesuffix("0101") + "010a" + "80", "batch_malformed"),
    ("A collection of 257 bytes.", "01010f" + S1.hex() + "8102" + "63" * 257 + "017201660101", "batch_malformed"),
    ("A record of 257 bytes in a later op.", "0102" + FIRST + "04" + "8102" + "72" * 257 + "0101", "batch_malformed"),
    ("A field of 257 bytes in a later op.", "0102" + FIRST + "08" + "8102" + "66" * 257 + "0101", "batch_malformed"),
    ("A record of 100,000 bytes that 4,999 bad ops would inherit.",
     ["0188270f" + S1.hex() + "0163a08d06", repeat("72", 100_000), "01660101", repeat("000101", 4_999)],
     "batch_malformed"),
    ("A batch of one byte more than the limit.", full_batch(1), "batch_too_large"),
    ("Zeros of more than the limit.", [repeat("00", 1_048_577)], "batch_too_large"),
]


def raw(collection=b"c", record=b"r", field=b"f", element=b"", value=b"\x01"):
    return Op(Path(collection, record, field, element), S1, value)


# Sound structures with ops that have errors of their own: name, ops, the error of each.
OP_ERRORS = [
    ("A collection of 65 bytes is its op's own error.", [raw(b"c" * 65), raw()], ["key_too_long", None]),
    ("A record of 129 bytes is its op's own error.", [raw(), raw(record=b"r" * 129), raw()],
     [None, "key_too_long", None]),
    ("Names of 256 bytes are their ops' own errors.",
     [raw(b"c" * 256, b"r" * 256, b"f" * 256), raw(b"c" * 256, b"r" * 256, b"f" * 256, value=b"\x0a"), raw()],
     ["key_too_long", "key_too_long", None]),
    ("A field of 65 bytes is its op's own error.", [raw(field=b"f" * 65), raw()], ["key_too_long", None]),
    ("An element of 241 bytes is its op's own error.", [raw(element=b"e" * 241), raw()], ["key_too_long", None]),
    ("An empty collection is its op's own error.", [raw(b""), raw()], ["key_malformed", None]),
    ("An empty record is its op's own error.", [raw(record=b""), raw()], ["key_malformed", None]),
    ("An empty field without an element is its op's own error.", [raw(field=b""), raw()], ["key_malformed", None]),
    ("An empty field with an element that is not known.", [raw(field=b"", element=b"alive"), raw()],
     ["key_malformed", None]),
    ("A zero byte in a record is its op's own error.", [raw(record=b"r\0"), raw()], ["key_malformed", None]),
    ("A control character in a field is its op's own error.", [raw(), raw(field=b"\x1f")], [None, "key_malformed"]),
    ("A delete character in a field is its op's own error.", [raw(field=b"\x7f"), raw()], ["key_malformed", None]),
    ("A collection that is not UTF-8 is its op's own error.", [raw(b"\xff"), raw()], ["key_malformed", None]),
    ("An op that shares a bad collection has the same error.",
     [raw(b"\xff"), raw(b"\xff", record=b"s"), raw(b"\xff", field=b"g"), raw()],
     ["key_malformed", "key_malformed", "key_malformed", None]),
    ("An op after a bad record may change the record alone.", [raw(record=b"\n"), raw(record=b"s")],
     ["key_malformed", None]),
    ("A value of no bytes is its op's own error.", [raw(value=b""), raw()], ["value_malformed", None]),
    ("An unknown tag is its op's own error.", [raw(value=b"\x0a"), raw()], ["value_malformed", None]),
    ("A byte after a tombstone is its op's own error.", [raw(value=b"\x00\x00"), raw()], ["value_malformed", None]),
    ("A byte after a value is its op's own error.", [raw(value=b"\x01\x00"), raw()], ["value_malformed", None]),
    ("A value shorter than it says is its op's own error, although more ops follow.",
     [raw(value=b"\x06\x05ab"), raw()], ["value_malformed", None]),
    ("A count past the value's end is its op's own error.", [raw(value=bytes.fromhex("08ffffffff0f")), raw()],
     ["value_malformed", None]),
    ("A NaN is its op's own error.", [raw(value=bytes.fromhex("05fff8000000000000")), raw()],
     ["value_not_finite", None]),
    ("A string that is not UTF-8 is its op's own error.", [raw(value=bytes.fromhex("0602c080")), raw()],
     ["string_not_utf8", None]),
    ("A value that nests 17 deep is its op's own error.", [raw(value=bytes.fromhex("0801" * 16 + "0800")), raw()],
     ["value_too_deep", None]),
    ("A value that nests 16 deep is none.", [raw(value=bytes.fromhex("0801" * 15 + "0800")), raw()], [None, None]),
    ("Every op may have an error.", [raw(value=b"\x0a"), raw(b"", value=TOMBSTONE)],
     ["value_malformed", "key_malformed"]),
    ("The error of the key comes before the error of the value.", [raw(record=b"\n", value=b"\x0a"), raw()],
     ["key_malformed", None]),
    ("A record's own slot may hold any value.",
     [raw(field=b"", element=b"live", value=TOMBSTONE), raw(field=b"", element=b"dead", value=ONE)], [None, None]),
]

OP_ERRORS_LONG = [
    ("A value of 65,537 bytes is its op's own error.",
     ["0102" + FIRST[:-4] + "818004" + "06fdff03", repeat("61", 65_533), "000101"], ["value_too_large", None]),
    ("A value of 1,000,000 bytes is its op's own error.",
     ["0103" + FIRST + "00c0843d", repeat("01", 1_000_000), "000103"], [None, "value_too_large", None]),
    ("An element of 70,000 bytes is its op's own error.",
     ["0102" + HEAD + "016301720166f0a204", repeat("65", 70_000), "0101" + "000101"], ["key_too_long", None]),
]


def _op_errors(name, encoded, errors):
    decoded = decode_batch(expand(encoded))
    agree(name, errors, [error for _, error in decoded])
    ops = [None if error else op_json(decoded_op) for decoded_op, error in decoded]
    return {"name": name, "kind": "op_errors", "encoded": encoded, "ops": ops, "errors": errors}


def batch_file():
    cases = []
    for name, ops, encoded in GOOD:
        agree(name, encoded, encode_batch(ops).hex())
        agree(name, [(an_op, None) for an_op in ops], decode_batch(bytes.fromhex(encoded)))
        cases.append({"name": name, "kind": "good", "ops": [op_json(an_op) for an_op in ops], "encoded": encoded})
    full = ("A batch of exactly 1,048,576 bytes is within the limit.", full_batch(0), 16)
    for name, parts, count in GOOD_LONG + [full]:
        decoded = decode_batch(expand(parts))
        agree(name, (count, True), (len(decoded), all(error is None for _, error in decoded)))
        agree(name, expand(parts), encode_batch([an_op for an_op, _ in decoded]))
        cases.append({"name": name, "kind": "good", "op_count": count, "encoded": parts})
    for name, parts, code in MALFORMED:
        agree(name, code, refusal(lambda: decode_batch(expand(parts))))
        cases.append({"name": name, "kind": "bad", "encoded": parts, "error": code})
    cases += [_op_errors(name, encode_batch(ops).hex(), errors) for name, ops, errors in OP_ERRORS]
    cases += [_op_errors(name, parts, errors) for name, parts, errors in OP_ERRORS_LONG]
    return {"description": "Batches of ops and their encodings.", "cases": cases}
