# SPDX-License-Identifier: MIT
# The soak's results: adds up what its workers printed, shows it as a table, and judges it. Exits 1 on any miss.
# scripts/soak runs it: awk -v count=COUNT -v requests=REQUESTS -f soak.awk RESULTS

# A stack page or two that nothing had needed before the first look. A byte lost per connection would be more.
function memory_bound(threads) { return 8 * threads }

function check(good, name) {
	print (good ? "ok   " : "MISS ") name
	misses += !good
}

# The worker's KEY=VALUE pairs, into value[part, name, KEY]; their sums into sum[part, KEY].
function read_pairs(part, name, first,    i, pair) {
	for (i = first; i <= NF; i++) {
		split($i, pair, "=")
		value[part, name, pair[1]] = pair[2]
		sum[part, pair[1]] += pair[2]
	}
}

BEGIN { part = "hits" }
$1 == "-" { part = "traffic" }
$1 == "hits" || $1 == "asked" {
	names[part, ++workers[part]] = $2
	read_pairs(part, $2, 3)
}
$1 == "log" { read_pairs(part, $2, 3) }
$1 == "served" { read_pairs("served", "server", 2); servers++ }
$1 == "missing" { missing++; print "# does not connect to itself here without the shim: " $0 }
$1 == "without" { without++ }
$1 == "note" { print "# " $0 }
$1 == "failed" { broken++; hung += $3 == 128 + 9; print "# " $0 }

function of(key) { return value[part, name, key] }

# What each worker must have, one by one: a sum could hide one worker's miss behind another's.
function judge_memory() {
	if (of("descriptors") != 0)
		leaking++
	if (of("data") != 0 || of("anonymous") > memory_bound(of("threads")))
		growing++
}

function show_hits(    i) {
	part = "hits"
	printf "%-16s %9s %9s %9s %9s %9s %9s %5s %5s %5s %4s %8s %8s %5s\n", "connections", "connects", "itself", \
		"repaired", "replaced", "rewound", "refused", "seen", "hung", "other", "fds", "data/KiB", "anon/KiB", "left"
	for (i = 1; i <= workers[part]; i++) {
		name = names[part, i]
		printf "%-16s %9d %9d %9d %9d %9d %9d %5d %5d %5d %4d %8d %8d %5d\n", name, of("connects"), of("resets"), \
			of("repairs"), of("replaced"), of("rewound"), of("refused"), of("seen"), of("hung"), of("other"), \
			of("descriptors"), of("data"), of("anonymous"), of("left")
		unlogged += of("repairs") != of("resets")
		unrefused += of("refused") != of("connects")
		unhit += of("threads") == 1 && of("connects") != of("resets")
		wrong_way += of("replaced") > 0 ? name ~ /rewind|auto.threads/ : name !~ /rewind|auto.threads/
		judge_memory()
	}
	printf "%-16s %9d %9d %9d %9d %9d %9d %5d %5d %5d %4d %8d %8d %5d\n\n", "sum", sum[part, "connects"], \
		sum[part, "resets"], sum[part, "repairs"], sum[part, "replaced"], sum[part, "rewound"], sum[part, "refused"], \
		sum[part, "seen"], sum[part, "hung"], sum[part, "other"], sum[part, "descriptors"], sum[part, "data"], \
		sum[part, "anonymous"], sum[part, "left"]
}

function show_traffic(    i) {
	part = "traffic"
	printf "%-16s %9s %9s %9s %9s %9s %5s %5s %5s %5s %4s %8s %8s\n", "traffic", "requests", "answered", "refused", \
		"cut", "repaired", "seen", "hung", "other", "wrong", "fds", "data/KiB", "anon/KiB"
	for (i = 1; i <= workers[part]; i++) {
		name = names[part, i]
		printf "%-16s %9d %9d %9d %9d %9d %5d %5d %5d %5d %4d %8d %8d\n", name, of("requests"), of("answered"), \
			of("refused"), of("cut"), of("repairs"), of("seen"), of("hung"), of("other"), of("wrong"), \
			of("descriptors"), of("data"), of("anonymous")
		judge_memory()
	}
	printf "%-16s %9d %9d %9d %9d %9d %5d %5d %5d %5d %4d %8d %8d\n", "sum", sum[part, "requests"], \
		sum[part, "answered"], sum[part, "refused"], sum[part, "cut"], sum[part, "repairs"], sum[part, "seen"], \
		sum[part, "hung"], sum[part, "other"], sum[part, "wrong"], sum[part, "descriptors"], sum[part, "data"], \
		sum[part, "anonymous"]
	printf "server: came %d times, answered %d; the port was busy at %d of its comings, " \
		"for %d tries at most, %d in all\n\n", \
		sum["served", "rounds"], sum["served", "answered"], sum["served", "busy_rounds"], sum["served", "longest"], \
		sum["served", "busy"]
}

END {
	show_hits()
	show_traffic()
	check(workers["hits"] == 12 && workers["traffic"] == 5 && servers == 1 && !broken, \
		"all 18 workers came to their end")
	check(!missing, "every door, address and mode of TCP connects to itself without the shim")
	check(sum["hits", "resets"] >= count * 0.999, \
		sprintf("the kernel made %d connections with themselves, and each was torn down", sum["hits", "resets"]))
	check(workers["hits"] && !unhit && !sum["hits", "missed"], \
		sprintf("in a range of two ports every connect was one; so were all %d samples without the shim", \
			sum["hits", "samples"]))
	check(workers["hits"] && !unlogged, "the shim's log has as many repairs as the kernel has resets")
	check(workers["hits"] && !wrong_way, "replace and auto replaced; rewind, and auto with threads, rewound")
	check(workers["hits"] && !unrefused, sprintf("all %d connects were refused", sum["hits", "refused"]))
	check(workers["hits"] && !sum["hits", "seen"] && !sum["hits", "itself"], \
		"no program saw a connection with itself")
	check(workers["hits"] && !hung && !sum["hits", "hung"] && !sum["traffic", "hung"], "nothing hung")
	check(workers["hits"] && !leaking, "no descriptor was leaked")
	check(workers["hits"] && !growing, "memory was flat from a tenth of the way to the end")
	check(workers["hits"] && !sum["hits", "left"] && !sum["served", "left"], \
		"no socket and no TIME_WAIT was left behind")
	check(sum["traffic", "requests"] == requests && \
		sum["traffic", "answered"] + sum["traffic", "refused"] + sum["traffic", "cut"] == requests, \
		sprintf("all %d requests were answered or refused, or cut off by the server's end", requests))
	check(servers && !sum["traffic", "wrong"] && !sum["traffic", "seen"], \
		"answered while the server was there, refused while it was not, and never by an echo")
	check(servers && sum["traffic", "answered"] == sum["served", "answered"] && !sum["served", "odd"], \
		sprintf("the server answered %d requests, each of them once", sum["served", "answered"]))
	check(sum["traffic", "repairs"] && !sum["traffic", "itself"], \
		sprintf("%d connections with themselves were repaired on the way", sum["traffic", "repairs"]))
	check(sum["served", "rounds"] > 1 && !sum["served", "blocked"], \
		"the server could come back each time, no TIME_WAIT in its way")
	if (without)
		printf "# %d ways by MPTCP do not connect to themselves on this kernel: left out\n", without
	exit misses > 0
}
