"""json.json."""

import json_text
from encoding import double_from_bits, encode_value, same
from notation import agree, refusal, typed

# name, text, value, output (None where more than one shortest form is in use).
GOOD = [
    ("Null.", "null", None, "null"),
    ("Booleans.", "[true,false]", [True, False], "[true,false]"),
    ("A number without fraction and exponent is an int64.", "42", 42, "42"),
    ("A negative integer.", "-7", -7, "-7"),
    ("Zero is an int64.", "0", 0, "0"),
    ("Minus zero without a fraction is the int64 zero.", "-0", 0, "0"),
    ("The greatest int64.", "9223372036854775807", 2**63 - 1, "9223372036854775807"),
    ("The least int64.", "-9223372036854775808", -(2**63), "-9223372036854775808"),
    ("An integer beyond the exact integers of a double.", "9007199254740993", 2**53 + 1, "9007199254740993"),
    ("A fraction of zero makes a double.", "1.0", 1.0, "1.0"),
    ("A double keeps its fraction of zero.", "-100.0", -100.0, "-100.0"),
    ("Zero as a double.", "0.0", 0.0, "0.0"),
    ("Negative zero as a double.", "-0.0", -0.0, "-0.0"),
    ("The double 0.1.", "0.1", 0.1, "0.1"),
    ("The double 1.5.", "1.5", 1.5, "1.5"),
    ("The double -2.25.", "-2.25", -2.25, "-2.25"),
    ("A double of seventeen digits.", "0.30000000000000004", 0.1 + 0.2, "0.30000000000000004"),
    ("A double is written in its shortest form.", "72.50000", 72.5, "72.5"),
    ("Digits past the precision are rounded.", "0.1000000000000000055511151231257827", 0.1, "0.1"),
    ("An exponent makes a double.", "1e2", 100.0, None),
    ("An exponent in upper case with a plus sign.", "1E+2", 100.0, None),
    ("A negative exponent.", "25e-1", 2.5, "2.5"),
    ("An exponent of zero makes a double.", "5e0", 5.0, "5.0"),
    ("A large exponent.", "1e300", 1e300, None),
    ("A small exponent.", "1e-7", 1e-7, None),
    ("The greatest double.", "1.7976931348623157e308", double_from_bits(0x7FEFFFFFFFFFFFFF), None),
    ("The least subnormal.", "5e-324", double_from_bits(1), None),
    ("The least normal double.", "2.2250738585072014e-308", double_from_bits(0x0010000000000000), None),
    ("A number just below the least normal double.", "2.2250738585072011e-308", double_from_bits(0x000FFFFFFFFFFFFF),
     None),
    ("A number too small for a double is zero.", "1e-400", 0.0, "0.0"),
    ("A negative number too small for a double is negative zero.", "-1e-400", -0.0, "-0.0"),
    ("A tie rounds to the even double.", "9007199254740993.0", 9007199254740992.0, None),
    ("An integer beyond int64 may be written as a double.", "9223372036854775808.0", 9223372036854775808.0, None),
    ("An integer beyond int64 may be written with an exponent.", "1e19", 1e19, None),
    ("The empty string.", '""', "", '""'),
    ("Escapes of two characters.", r'"\"\\\/\b\f\n\r\t"', '"\\/\b\f\n\r\t', r'"\"\\/\b\f\n\r\t"'),
    ("An escape of four digits.", r'"\u00e9"', "\u00e9", '"\u00e9"'),
    ("An escape of a surrogate pair.", r'"\ud83d\uDE00"', "\U0001f600", '"\U0001f600"'),
    ("A string may hold U+0000.", r'"a\u0000b"', "a\0b", r'"a\u0000b"'),
    ("Control characters are written in lower case.", r'"\u001F"', "\x1f", r'"\u001f"'),
    ("U+007F is written as it is.", '"\x7f"', "\x7f", '"\x7f"'),
    ("A string beyond ASCII is written as it is.", '"\u4e2d\u2028"', "\u4e2d\u2028", '"\u4e2d\u2028"'),
    ("Space around tokens is passed over.", ' \t\r\n[ 1 , { "a" : null } ]\n', [1, {"a": None}], '[1,{"a":null}]'),
    ("The empty array.", "[]", [], "[]"),
    ("The empty object.", "{}", {}, "{}"),
    ("Members are written in the order of their keys' bytes.", '{"b":1,"a":2,"Z":3}', {"b": 1, "a": 2, "Z": 3},
     '{"Z":3,"a":2,"b":1}'),
    ("Members are ordered by UTF-8 and not by UTF-16.", '{"\U00010000":1,"\uffff":2}', {"\uffff": 2, "\U00010000": 1},
     '{"\uffff":2,"\U00010000":1}'),
    ("A key may be empty.", '{"":0}', {"": 0}, '{"":0}'),
    ("Bytes are a member $bytes in base64.", '{"$bytes":"AP/+"}', b"\x00\xff\xfe", '{"$bytes":"AP/+"}'),
    ("Empty bytes.", '{"$bytes":""}', b"", '{"$bytes":""}'),
    ("Bytes with one character of padding.", '{"$bytes":"AAE="}', b"\x00\x01", '{"$bytes":"AAE="}'),
    ("Bytes with two characters of padding.", '{"$bytes":"/w=="}', b"\xff", '{"$bytes":"/w=="}'),
    ("Bytes inside an array.", '[{"$bytes":"AA=="}]', [b"\x00"], '[{"$bytes":"AA=="}]'),
    ("An object with another member beside $bytes is an object.", '{"$bytes":"AA==","a":1}',
     {"$bytes": "AA==", "a": 1}, '{"$bytes":"AA==","a":1}'),
    ("Sixteen levels.", "[" * 16 + "]" * 16, [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]], "[" * 16 + "]" * 16),
]

BAD = [
    ("An integer above int64.", "9223372036854775808", "number_out_of_range"),
    ("An integer below int64.", "-9223372036854775809", "number_out_of_range"),
    ("An integer of 40 digits.", "1" * 40, "number_out_of_range"),
    ("An integer above int64 inside an array.", "[18446744073709551615]", "number_out_of_range"),
    ("A number too great for a double.", "1e400", "number_out_of_range"),
    ("A negative number too great for a double.", "-1.0e400", "number_out_of_range"),
    ("Seventeen levels.", "[" * 17 + "]" * 17, "value_too_deep"),
    ("Seventeen levels of objects.", '{"a":' * 16 + "{}" + "}" * 16, "value_too_deep"),
    ("No text.", "", "json_malformed"),
    ("Only space.", " \n", "json_malformed"),
    ("A bare word.", "abc", "json_malformed"),
    ("True in upper case.", "True", "json_malformed"),
    ("NaN.", "NaN", "json_malformed"),
    ("Infinity.", "-Infinity", "json_malformed"),
    ("A leading zero.", "01", "json_malformed"),
    ("A leading plus sign.", "+1", "json_malformed"),
    ("A minus sign alone.", "-", "json_malformed"),
    ("A fraction without digits.", "1.", "json_malformed"),
    ("A fraction without an integer.", ".5", "json_malformed"),
    ("An exponent without digits.", "1e", "json_malformed"),
    ("A hexadecimal number.", "0x10", "json_malformed"),
    ("Text after the value.", "1 2", "json_malformed"),
    ("A comma after the last item.", "[1,]", "json_malformed"),
    ("A comma after the last member.", '{"a":1,}', "json_malformed"),
    ("An array that is not closed.", "[1", "json_malformed"),
    ("An object that is not closed.", '{"a":1', "json_malformed"),
    ("A bracket of the wrong kind.", "[1}", "json_malformed"),
    ("A member without a value.", '{"a"}', "json_malformed"),
    ("A key that is no string.", "{1:2}", "json_malformed"),
    ("A string that is not closed.", '"abc', "json_malformed"),
    ("A string in single quotes.", "'a'", "json_malformed"),
    ("An escape that is not known.", r'"\x"', "json_malformed"),
    ("An escape of three digits.", r'"\u12"', "json_malformed"),
    ("A line feed inside a string.", '"a\nb"', "json_malformed"),
    ("A zero byte inside a string.", '"a\0b"', "json_malformed"),
    ("A form feed between tokens.", "[1,\f2]", "json_malformed"),
    ("A comment.", "1 // one", "json_malformed"),
    ("A byte order mark.", "\ufeff1", "json_malformed"),
    ("A lone high surrogate.", r'"\ud83d"', "json_malformed"),
    ("A lone low surrogate.", r'"\ude00"', "json_malformed"),
    ("A high surrogate before a letter.", r'"\ud83dA"', "json_malformed"),
    ("A lone surrogate in a key.", r'{"\ud83d":1}', "json_malformed"),
    ("A key twice.", '{"a":1,"a":2}', "json_malformed"),
    ("A key twice, once by an escape.", r'{"a":1,"\u0061":1}', "json_malformed"),
    ("A key twice in an inner object.", '[{"a":{"b":1,"b":1}}]', "json_malformed"),
    ("Bytes that are no base64.", '{"$bytes":"*"}', "json_malformed"),
    ("Bytes without their padding.", '{"$bytes":"AA"}', "json_malformed"),
    ("Bytes with bits set past the end.", '{"$bytes":"AB=="}', "json_malformed"),
    ("Bytes in the alphabet for addresses.", '{"$bytes":"__8="}', "json_malformed"),
    ("Bytes with a line feed inside.", r'{"$bytes":"AA\n=="}', "json_malformed"),
]

BAD_BYTES = [
    ("Text that is not UTF-8.", "22ff22", "json_malformed"),
    ("Text with an overlong form.", "22c08022", "json_malformed"),
    ("Text with an encoded surrogate.", "22eda08022", "json_malformed"),
    ("Text in UTF-16.", "fffe3100", "json_malformed"),
]


def _parse(data):
    value = json_text.parse(data)
    encode_value(value)
    return value


def json_file():
    cases = []
    for name, text, value, output in GOOD:
        parsed = _parse(text.encode())
        assert same(parsed, value), name
        assert same(_parse(json_text.write(value).encode()), value), name
        if output is not None:
            agree(name, output, json_text.write(value))
        cases.append({"name": name, "kind": "good", "text": text, "value": typed(value), "output": output})
    for name, text, code in BAD:
        agree(name, code, refusal(lambda: _parse(text.encode())))
        cases.append({"name": name, "kind": "bad", "text": text, "error": code})
    for name, text_hex, code in BAD_BYTES:
        agree(name, code, refusal(lambda: _parse(bytes.fromhex(text_hex))))
        cases.append({"name": name, "kind": "bad", "text_hex": text_hex, "error": code})
    return {"description": "JSON text and the values that it stands for.", "cases": cases}
