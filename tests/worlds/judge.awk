# SPDX-License-Identifier: MIT
# Judges the TAP of one program in one world. A failed test must be listed in KNOWN or fail in the
# control as well.
# awk -v world=NAME -v qemu=yes|'' -v program=unit|live -f judge.awk KNOWN CONTROL TAP
# CONTROL is a TAP file or /dev/null.
# Prints: passed N, of N, known N, control N, skipped N; and a line `wrong WHY` for each unexpected result.

# Check's file name varies between runs: it is the last place that the failed test reached.
function read_line(	status) {
	status = $1 == "ok" ? "ok" : "not ok"
	sub(/^(not )?ok /, "")
	number = $1
	sub(/^[0-9]+ - [^:]*:/, "")
	skipped = / # SKIP /
	match($0, /^[^:]*:[^:]*/)
	key = substr($0, RSTART, RLENGTH)
	said = substr($0, RLENGTH + 3)
	return status
}

FILENAME == ARGV[1] {
	if (!/^#/ && ($1 == world || ($1 == "*" && qemu)) && $2 == program)
		reason[$3] = $1
	next
}

FILENAME == ARGV[2] {
	if (/^not ok /) {
		read_line()
		in_control[number " " key] = 1
	}
	next
}

/^1\.\.[0-9]+$/ {
	planned = substr($0, 4)
}

/^(not )?ok [0-9]/ {
	of++
	status = read_line()
	name = key
	sub(/.*:/, "", name)
	if (status == "ok") {
		passed++
		skips += skipped
		worked[name] = 1
	} else if (name in reason) {
		known++
		failed[name] = 1
	} else if ((number " " key) in in_control)
		control++
	else
		print "wrong " program " " key ": " said
}

END {
	for (name in reason)
		if (!(name in failed) && (!qemu || !(name in worked)))
			print "wrong " program " " name ": is known to fail, and does not"
	if (!of || of != planned)
		print "wrong " program " has run " of + 0 " tests of " planned + 0
	printf "passed %d\nof %d\nknown %d\ncontrol %d\nskipped %d\n", passed, of, known, control, skips
}
