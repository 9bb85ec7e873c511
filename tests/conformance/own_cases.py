"""The project's own cases: an expression over one small document and its text, in both languages.

Together they call every function of the registry; tests/conformance/test_own_cases.py sees to that.
"""

from tests.conformance.vectors import Case

DOCUMENT = (
    '<data id="form" version="7"><model><instance id="towns"><root>'
    "<item><name>cc</name><label>Changchun</label><size>3</size></item>"
    "<item><name>jl</name><label>Jilin</label><size>1</size></item>"
    "</root></instance>"
    '<itext><translation lang="zh"><text id="hello"><value>您好</value></text></translation></itext></model>'
    "<name>王小明</name><age>41</age><blank/><picked>a c e</picked><on>2018-11-05</on>"
    '<member id="m1"><age>41</age><pay>10</pay></member><member id="m2"><age>9</age><pay/></member>'
    '<member id="m3"><age>70</age><pay>5.5</pay></member>'
    '<part xml:lang="en-GB"><inner>x</inner></part></data>'
)
NOW = 1541381400000.0
KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
SIGNED = (
    "m0KtqoNtWRUQjbHuPWC48pyvBmHJW2qSuXoThEkGisHx2eVTU22ptBrEbkS0iN1PE+8BKK+ufH20fPoi8fLTAOivgeS7tjEyMw=="
)
_TOWNS = "/data/model/instance[@id='towns']/root/item"

TEXTS: dict[str, str] = {
    "if(/data/age > 40, 'old', 'young')": "old",
    "true()": "true",
    "not(false())": "true",
    "boolean(/data/nothing)": "false",
    "boolean-from-string('1')": "true",
    "boolean-from-string('yes')": "false",
    "position(/data/member[2])": "2",
    "/data/member[position() = last()]/age": "70",
    "count(/data/member)": "3",
    "count-non-empty(/data/member/pay)": "2",
    "sum(/data/member/age)": "120",
    "min(/data/member/age)": "9",
    "max(3, /data/member/age, 5)": "70",
    "checklist(1, 2, 1 = 1, 1 = 2, 'x')": "true",
    "weighted-checklist(5, -1, true(), 3, 1 = 1, 2)": "true",
    "join(',', randomize(/data/member/age, 42))": "70,9,41",
    "depend(/data/age, /data/name)": "41",
    "once('first')": "41",
    "current()/age": "",
    "string(current())": "41",
    "instance('towns')/root/item[name = 'jl']/label": "Jilin",
    "name(id('m2'))": "member",
    "id('m3 m1')/age": "41",
    "count(/data/part/inner[lang('en')])": "1",
    "name(/data/member)": "member",
    "local-name(/data/member)": "member",
    "namespace-uri(/data/member)": "",
    "indexed-repeat(/data/member/pay, /data/member, 3)": "5.5",
    "jr:itext('hello')": "您好",
    "itext('nothing')": "",
    "jr:choice-name('a', '/data/age')": "",
    "pulldata('towns', 'label', 'name', 'jl')": "Jilin",
    "pulldata('towns', 'label', 'name', 'none')": "",
    "version()": "7",
    "property('deviceid')": "",
    "string(1 div 3)": "0.3333333333333333",
    "concat('a', /data/member/age, 1.50)": "a419701.5",
    "join('-', 'a', /data/member/age)": "a-41-9-70",
    "coalesce(/data/blank, 'none')": "none",
    "starts-with('survey', 'sur')": "true",
    "ends-with('survey', 'vey')": "true",
    "contains(/data/name, '小')": "true",
    "substring-before('2018-11', '-')": "2018",
    "substring-after('2018-11', '-')": "11",
    "substring('12345', 1.5, 2.6)": "234",
    "substr('12345', -3, -1)": "34",
    "string-length('长春😀')": "4",
    "normalize-space('  a  b ')": "a b",
    "translate('一二三', '一二', '12')": "12三",
    "regex('13843101234', '1[3-9][0-9]{9}')": "true",
    "regex('1384310123', '1[3-9][0-9]{9}')": "false",
    "selected(/data/picked, 'c')": "true",
    "is-selected(/data/picked, 'b')": "false",
    "selected-at(/data/picked, 2)": "e",
    "count-selected(/data/picked)": "3",
    "string-length(uuid())": "36",
    "string-length(uuid(8))": "8",
    "digest('abc', 'MD5', 'hex')": "900150983cd24fb0d6963f7d28e17f72",
    "digest('abc', 'SHA-1', 'hex')": "a9993e364706816aba3e25717850c26c9cd0d89d",
    "digest('abc', 'SHA-256')": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
    "digest('abc', 'SHA-384', 'hex')": (
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    ),
    "digest('abc', 'SHA-512', 'hex')": (
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    ),
    "digest('长春', 'sha-512')": (
        "JhWbVNMMocPIT+zYecCc3H45FHd9LG8zPrV4NykJ8agjduRRI75B0/G+9PbI6tGeUMmzIWoVnU63nkogO66IhQ=="
    ),
    "base64-decode('5L2g5aW9')": "你好",
    "base64-decode('5L2g5aW')": "",
    f"extract-signed('{SIGNED}', '{KEY}')": "证件123",
    f"extract-signed('{SIGNED.replace('A', 'B')}', '{KEY}')": "",
    "extract-signed('abc', 'abc')": "",
    "base64-decode('/+KCrOKC')": "\ufffd€\ufffd",
    "number('12.50')": "12.5",
    "int(-2.7)": "-2",
    "floor(-2.1)": "-3",
    "ceiling(2.1)": "3",
    "round(-2.5)": "-3",
    "round(2.345, 2)": "2.35",
    "random() < 1": "true",
    "pow(2, 10)": "1024",
    "round(atan2(1, 1) * 4, 6)": "3.141593",
    "round(pi(), 4)": "3.1416",
    "abs(-4)": "4",
    "round(sin(1), 6)": "0.841471",
    "round(cos(1), 6)": "0.540302",
    "round(tan(1), 6)": "1.557408",
    "round(asin(1), 6)": "1.570796",
    "acos(1)": "0",
    "round(atan(1), 6)": "0.785398",
    "sqrt(81)": "9",
    "sqrt(-1)": "NaN",
    "round(exp(1), 6)": "2.718282",
    "exp10(3)": "1000",
    "log(1)": "0",
    "log10(1000)": "3",
    "today()": "2018-11-04",
    "now()": "2018-11-04T18:30:00.000-07:00",
    "date('2018-11-05') > date('2018-10-31')": "true",
    "date(17591)": "2018-02-28T17:00:00.000-07:00",
    "date-time('2018-11-05T08:00:00.000+08:00')": "2018-11-04T17:00:00.000-07:00",
    "format-date(/data/on, '%Y年%n月%e日')": "2018年11月5日",
    "format-date-time('2018-11-05T07:08:09.000-07:00', '%y%m%d %H:%M:%S %h %a')": "181105 07:08:09 7 Mon",
    "decimal-date-time('1970-01-02T00:00:00.000Z')": "1",
    "decimal-time('12:00:00.000-07:00')": "0.5",
    "area('0 0;0 1;1 1;1 0;0 0') > 12000000000": "true",
    "enclosed-area('0 0;0 1')": "0",
    "round(distance('43.8 125.3', '43.9 125.3'))": "11132",
    "geofence('0.5 0.5', '0 0;0 1;1 1;1 0;0 0')": "true",
    "geofence('0.5 0.5', '0 0;0 1;1 1;1 0')": "false",
    "intersects('0 0;1 1;0 1;1 0')": "true",
    "intersects('0 0;0 1;1 1;1 0;0 0')": "false",
    "intersects('0 0;0 1;1 1')": "false",
    f"count({_TOWNS}[size > 1] | {_TOWNS})": "2",
    f"join(' ', {_TOWNS}/preceding-sibling::item/name)": "cc",
    "count(//age/../pay)": "3",
    "name(/data/member[2]/following::*[1])": "member",
    "0 - 3 mod 2": "-1",
    "1 div 0": "Infinity",
    "'' > 10 or '' < 10": "false",
    "2 + 3 * 4 - 6 div 2": "11",
    "/data/*[last()]/@xml:lang": "en-GB",
    "- - 3": "3",
    "false() and unknown()": "false",
}  # fmt: skip


def own_cases() -> list[Case]:
    """The cases with the age of the record as their place."""
    return [
        Case("own", "", "core", text, "/#1/#3", 0, "string", expected, NOW, 1.0, False, "zh", "")
        for text, expected in TEXTS.items()
    ]
