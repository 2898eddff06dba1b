# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Boots one kernel and reports the results, for scripts/kernels.
#
#   boot RELEASE NAME,NAME...   fetches and boots a kernel and runs the named tests. Leaves RELEASE.tap,
#                               .facts, .console and .results in $work; prints a summary on stderr
#   report tap|tables RELEASES  prints the results of all; fails if a test failed

# shellcheck disable=SC2154 # what scripts/kernels has set

boot_seconds=${NSC_KERNEL_SECONDS:-1800}

# Keep the kernel and its archive, but not the package's other 400 MB.
boot_prepare() {
	[ -e "$work/$1.modules" ] || {
		images_unpack "$1"
		root_modules "$1" "$work/$1/image" "$work/$1.new"
		cp "$work/$1/image/boot/vmlinuz-$1" "$work/$1.kernel" 2>/dev/null ||
			cp "$work/$1/image/usr/lib/modules/$1/vmlinuz" "$work/$1.kernel"
		rm -rf "${work:?}/$1"
		mv "$work/$1.new" "$work/$1.modules"
	}
	cat "$work/programs" "$work/$1.modules" >"$work/$1.root"
}

# The time limit is for a kernel that hangs. A panic ends the emulator because of -no-reboot.
# /dev/kvm is not used, so that results are the same on machines without it.
boot_emulate() {
	timeout -k 10 "$boot_seconds" qemu-system-x86_64 -accel tcg,thread=multi -smp 2 -m 1024 -nodefaults -no-user-config \
		-display none -no-reboot -serial "file:$work/$1.console" -serial "file:$work/$1.results" \
		-kernel "$work/$1.kernel" -initrd "$work/$1.root" \
		-append "console=ttyS0 panic=-1 NSC_RUN=$2 NSC_NO_SKIP=${NSC_NO_SKIP-}" </dev/null >"$work/$1.emulator" 2>&1 &
	emulator=$!
	# Ending scripts/kernels also ends the emulator.
	trap 'kill "$emulator" 2>/dev/null; exit 143' TERM
	wait "$emulator"
}

boot_count() {
	grep -cE "$1" "$2" || :
}

boot() {
	rm -f "$work/$1.facts"
	(flock 9 && boot_prepare "$1") 9>"$work/lock" || {
		echo "not ok - $1, it could not be made ready" >"$work/$1.tap"
		echo "$1: 0 passed, 1 failed, 0 skipped" | tee "$work/$1.line" >&2
		return
	}
	: >"$work/$1.results"
	: >"$work/$1.console"
	status=0
	boot_emulate "$1" "$2" || status=$?
	awk -v release="$1" -v run="$2" -f "$top/tests/kernels/results.awk" "$work/$1.results" >"$work/$1.tap"
	tr -d '\r' <"$work/$1.results" | awk '/^= begin facts/ { on = 1; next } /^= end/ { on = 0 } on && /\t/' \
		>"$work/$1.facts"
	# A test that executes itself again reports its failures there.
	tr -d '\r' <"$work/$1.console" | grep -E '\.c:[0-9]+:[FE]:' | sed "s/^/# $1, console: /" >>"$work/$1.tap" || :
	rm -f "$work/$1.root"
	skipped=$(boot_count '^ok .* # SKIP' "$work/$1.tap")
	echo "$1: $(($(boot_count '^ok ' "$work/$1.tap") - skipped)) passed, $(boot_count '^not ok ' "$work/$1.tap") failed," \
		"$skipped skipped" | tee "$work/$1.line" >&2
	if ! grep -q '^= over' "$work/$1.results"; then
		boot_explain "$1" $status | tee -a "$work/$1.tap" >&2
	fi
}

boot_explain() {
	if grep -q 'Kernel panic' "$work/$1.console"; then
		echo "# $1: the kernel panicked"
	elif [ "$2" -eq 124 ] || [ "$2" -eq 137 ]; then
		echo "# $1: no end after $boot_seconds seconds"
	else
		echo "# $1: the emulator ended with status $2"
	fi
	sed 's/^/#   emulator: /' "$work/$1.emulator"
	tail -n 40 "$work/$1.console" | tr -d '\r' | sed 's/^/#   console: /'
}

# The median time of a repair with this many descriptors, divided by that with 10.
report_ratios() {
	tr -d '\r' <"$work/$1.results" | sed -n 's/^repair: \([a-z]*\) with \([0-9]*\) descriptors,[^,]*,ns,[0-9]*,[^,]*,/\1 \2 /p' |
		sort -k 1,1 -k 2,2n -k 3,3g | awk -v release="$1" '
			{ key = $1 " " $2; if (key != last) order[++n] = key; last = key; value[key, ++count[key]] = $3 }
			END {
				for (i = 1; i <= n; i++) {
					split(order[i], part, " ")
					median = value[order[i], int((count[order[i]] + 1) / 2)]
					if (part[2] == 10)
						base = median
					else
						printf "| %s | %s | %s | %.2f |\n", release, part[1], part[2], median / base
				}
			}'
}

report() {
	# shellcheck disable=SC2086 # words
	for release in $2; do
		cat "$work/$release.tap"
	done >"$work/all.tap"
	failed=$(boot_count '^not ok ' "$work/all.tap")
	if [ "$1" = tap ]; then
		awk '/^(not )?ok - / { n++; sub(/ok -/, "ok " n " -") } { print } END { print "1.." n + 0 }' "$work/all.tap"
		[ "$failed" -eq 0 ]
		return
	fi
	grep -E '^(not ok|#.*(:test_|emulator|console|panicked|no end))' "$work/all.tap" || :
	printf '\n| kernel | passed | failed | skipped |\n|---|---|---|---|\n'
	for release in $2; do
		sed 's/: / | /; s/ passed, / | /; s/ failed, / | /; s/ skipped$/ |/; s/^/| /' "$work/$release.line"
	done
	echo
	for release in $2; do
		[ ! -s "$work/$release.facts" ] || echo "$work/$release.facts"
	done | sort -V | xargs -r awk -f "$top/tests/kernels/table.awk"
	for release in $2; do
		report_ratios "$release"
	done >"$work/ratios"
	if [ -s "$work/ratios" ]; then
		printf '\n| kernel | way | descriptors | time of a repair, by that with 10 |\n|---|---|---|---|\n'
		cat "$work/ratios"
	fi
	[ "$failed" -eq 0 ]
}
