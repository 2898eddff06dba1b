# SPDX-License-Identifier: MIT
"""Checks that standard input is Prometheus' text format 0.0.4, and prints each sample that begins with an argument."""
import re
import sys

NAME = r'[a-zA-Z_:][a-zA-Z0-9_:]*'
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(rf'({NAME})(?:\{{{LABEL}(?:,{LABEL})*\}})? (-?[0-9.e+]+|NaN|[+-]Inf)')

text = sys.stdin.read()
assert text.endswith('\n'), 'the last line has no end'
helped, typed, current, seen = set(), {}, None, set()
for line in text.splitlines():
	words = line.split(' ', 3)
	if words[:2] == ['#', 'HELP']:
		assert words[2] not in helped and words[3], line
		helped.add(words[2])
	elif words[:2] == ['#', 'TYPE']:
		assert words[2] in helped and words[2] not in typed and words[3] in ('counter', 'gauge'), line
		typed[words[2]] = words[3]
		current = words[2]
	else:
		match = SAMPLE.fullmatch(line)
		assert match and match[1] == current, line
		assert (typed[current] == 'counter') == current.endswith('_total'), line
		key = line.rsplit(' ', 1)[0]
		assert key not in seen, line
		seen.add(key)
		if any(line.startswith(wanted) for wanted in sys.argv[1:]):
			print(line)
