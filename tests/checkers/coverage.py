# SPDX-License-Identifier: MIT
"""Judges the coverage of src/shim, and keeps doc/COVERAGE.md.

usage: coverage.py --lines|--branches|--named|--write SOURCES COVERAGE.JSON   (of gcovr)

  --lines     enough lines have been run
  --branches  enough branches have been taken
  --named     what has not is in doc/COVERAGE.md, with a reason; and that one is true of the sources
  --write     writes doc/COVERAGE.md: reasons stay, what is new has none yet

What has not been run is known by its file and its text: a line that moves stays what it is. A reason is for one line, and for as
many branches as it was given for.
"""
import json
import re
import sys

LIMITS = {"lines": 95.0, "branches": 90.0}
ROW = re.compile(r"^\| `([^`]+):(\d+)` \| `` (.*) `` \| (.*) \| (.*) \|$")
HEAD = """# Coverage of the shim

Lines and branches of `src/shim` that the unit tests, the live tests with each setting of theirs, `tests/settings.sh` and
`tests/neighbours.sh` have run, in a build without optimization, so that a branch is one of the source. Written by
`scripts/check coverage`; `make check` fails below {lines:.0f} % of the lines or {branches:.0f} % of the branches, or where
something that has not been run is not in the second table. Lines that were named and have been run do no harm: what
is run differs a little from kernel to kernel.

| file | lines | branches |
|---|---|---|
"""


class Coverage:
    """What gcovr has counted, and the text of the sources."""

    def __init__(self, top, path):
        self.top = top
        with open(path, encoding="utf-8") as file:
            self.files = sorted(json.load(file)["files"], key=lambda f: f["file"])

    def source(self, name):
        with open(f"{self.top}/{name}", encoding="utf-8") as file:
            return [line.strip() for line in file]

    @staticmethod
    def counts(file):
        """(run, all) for lines and for branches."""
        lines = [line for line in file["lines"] if not line.get("gcovr/noncode")]
        branches = [branch for line in lines for branch in line["branches"]]
        return {
            "lines": (sum(line["count"] > 0 for line in lines), len(lines)),
            "branches": (sum(branch["count"] > 0 for branch in branches), len(branches)),
        }

    def total(self, what):
        counts = [self.counts(file)[what] for file in self.files]
        return sum(run for run, _ in counts), sum(whole for _, whole in counts)

    def missing(self):
        """(file, line, text, what) of all that has not been run."""
        for file in self.files:
            source = self.source(file["file"])
            for line in file["lines"]:
                if line.get("gcovr/noncode"):
                    continue
                number, untaken = line["line_number"], sum(b["count"] == 0 for b in line["branches"])
                if line["count"] == 0:
                    yield file["file"], number, source[number - 1], "never run"
                elif untaken:
                    yield file["file"], number, source[number - 1], f"{untaken} of {len(line['branches'])} branches"


def percent(run, whole):
    return 100.0 if whole == 0 else 100.0 * run / whole


def read_rows(top):
    try:
        with open(f"{top}/doc/COVERAGE.md", encoding="utf-8") as file:
            matches = [ROW.match(line.rstrip("\n")) for line in file]
    except FileNotFoundError:
        return []
    return [(m[1], int(m[2]), m[3], m[4], m[5]) for m in matches if m]


def judge_share(coverage, what):
    run, whole = coverage.total(what)
    print(f"{run} of {whole} {what}: {percent(run, whole):.1f} %, and {LIMITS[what]} % is the least")
    return whole > 0 and percent(run, whole) >= LIMITS[what]


def covers(named, what):
    """Is that which has not been run no more than what is named?"""
    if "never run" in (named, what):
        return named == "never run"
    return int(what.split()[0]) <= int(named.split()[0])


def take_reason(rows, file, text, what):
    """The reason in the first row that is for this, and not for a second line then; None without one."""
    for row in rows:
        if (row[0], row[2]) == (file, text) and covers(row[3], what):
            rows.remove(row)
            return row[4].strip("? ") or None
    return None


def judge_named(coverage):
    rows, well = read_rows(coverage.top), True
    left = list(rows)
    for file, number, text, what in coverage.missing():
        if not take_reason(left, file, text, what):
            print(f"{file}:{number}: {what}, and doc/COVERAGE.md has no reason for it: {text}")
            well = False
    for file, number, text, _, _ in rows:
        source = coverage.source(file)
        if number > len(source) or source[number - 1] != text:
            print(f"doc/COVERAGE.md: {file}:{number} is another line now; run scripts/check coverage")
            well = False
    return well


def write(coverage):
    rows = read_rows(coverage.top)
    with open(f"{coverage.top}/doc/COVERAGE.md", "w", encoding="utf-8") as out:
        out.write(HEAD.format(**LIMITS))
        for file in coverage.files:
            shares = (f"{percent(*count):.1f} % ({count[0]} of {count[1]})" for count in coverage.counts(file).values())
            out.write(f"| `{file['file']}` | {' | '.join(shares)} |\n")
        shares = (f"**{percent(*coverage.total(what)):.1f} %**" for what in LIMITS)
        out.write(f"| all | {' | '.join(shares)} |\n\n| where | what | not run | why |\n|---|---|---|---|\n")
        for file, number, text, what in coverage.missing():
            why = take_reason(rows, file, text, what) or "?"
            out.write(f"| `{file}:{number}` | `` {text} `` | {what} | {why} |\n")
    return True


def main(mode, top, path):
    coverage = Coverage(top, path)
    if mode in ("--lines", "--branches"):
        return judge_share(coverage, mode[2:])
    return {"--named": judge_named, "--write": write}[mode](coverage)


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
