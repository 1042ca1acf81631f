#!/usr/bin/env python3
"""Writes a dmesg log in another form, line for line, as the tools named below print it.

usage: rewrite_log.py FORM DMESG.log OUT
  utf-16        little-endian with a byte-order mark
  colours       dmesg --color=always (util-linux): the stamp green, the subsystem brown
  journal-json  journalctl -o json (systemd.journal-fields(7))
  journal-export  journalctl -o export
  dmesg-json    dmesg --json (util-linux 2.38)"""
import json
import re
import sys

STAMP = re.compile(r'\[ *(\d+)\.(\d{6})\] (.*)', re.S)
BOOTED = 1643300462000000  # microseconds since 1970


def records(path):
    with open(path, encoding='utf-8', errors='replace', newline='') as log:
        for line in log:
            found = STAMP.match(line.rstrip('\n'))
            yield (int(found[1]) * 1000000 + int(found[2]), found[3]) if found else (0, line.rstrip('\n'))


def fields(number, time, message):
    return {'__CURSOR': 's=9b0c0e4f7a3d4c55a0ad5e2c6a1f0b77;i=%x;b=4f1d;m=%x;t=%x;x=%x' % (number, time, time, number),
            '__REALTIME_TIMESTAMP': str(BOOTED + time), '__MONOTONIC_TIMESTAMP': str(time + 250),
            '_BOOT_ID': '5d2c71a0b3cb4d5cb6a1c7d0f3f8e911', '_MACHINE_ID': '0c5a9b6d8e7f4a3b2c1d0e9f8a7b6c5d',
            '_HOSTNAME': 'fant-h', 'PRIORITY': '4', 'SYSLOG_FACILITY': '0', 'SYSLOG_IDENTIFIER': 'kernel',
            '_TRANSPORT': 'kernel', '_SOURCE_MONOTONIC_TIMESTAMP': str(time), 'MESSAGE': message}


def utf16(path, out):
    out.write(b'\xff\xfe')
    with open(path, encoding='utf-8', errors='replace', newline='') as log:
        for line in log:
            out.write(line.encode('utf-16-le'))


def colours(path, out):
    for time, message in records(path):
        subsystem, colon, rest = message.partition(': ')
        if colon and len(subsystem) < 40:
            message = '\x1b[33m%s%s\x1b[0m%s' % (subsystem, colon, rest)
        out.write(('\x1b[32m[%5d.%06d] \x1b[0m%s\n' % (time // 1000000, time % 1000000, message)).encode())


def journal_json(path, out):
    for number, (time, message) in enumerate(records(path)):
        out.write(json.dumps(fields(number, time, message), ensure_ascii=False).encode() + b'\n')


def journal_export(path, out):
    for number, (time, message) in enumerate(records(path)):
        out.write('\n'.join('%s=%s' % field for field in fields(number, time, message).items()).encode() + b'\n\n')


def dmesg_json(path, out):
    out.write(b'{\n   "dmesg": [\n')
    for number, (time, message) in enumerate(records(path)):
        out.write(b'{' if number == 0 else b',{')
        out.write(('\n         "pri":  4,\n         "time": %12.6f,\n         "msg": %s\n      }' % (
            time / 1e6, json.dumps(message))).encode())
    out.write(b'\n   ]\n}\n')


FORMS = {'utf-16': utf16, 'colours': colours, 'journal-json': journal_json, 'journal-export': journal_export,
         'dmesg-json': dmesg_json}


def main():
    form, path, target = sys.argv[1:4]
    with open(target, 'wb', buffering=1 << 20) as out:
        FORMS[form](path, out)


if __name__ == '__main__':
    main()
