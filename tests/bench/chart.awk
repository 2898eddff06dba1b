# SPDX-License-Identifier: MIT
# Draws the summary of a benchmark (summary.sh) as SVG: bars of medians, whiskers from quartile to quartile.
BEGIN {
	FS = "\t"
	WIDTH = 860
	LABEL = 250
	BAR = 380
	ROW = 22
	y = 10
}

{
	key = $1 SUBSEP $2
	bare[key] = $5
	with[key] = $6
	added[key] = $7
	quartile1[key] = $8
	quartile3[key] = $9
	ratio[key] = $10
	if ($1 == "process start")
		subjects[++subject_count] = $2
	if ($2 == "noselfconn" && ($1 ~ /^connect: / || $1 ~ /^send/))
		calls[++call_count] = $1
	if ($1 ~ /^repair: /)
		repairs[++repair_count] = $1
}

function escape(text) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	return text
}

function text(x, at, class, words) {
	body = body sprintf("<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n", x, at, class, escape(words))
}

function rectangle(x, at, width, class) {
	width = width < 1 ? 1 : width
	body = body sprintf("<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"14\" class=\"%s\"/>\n", x, at, width, class)
}

function title(words) {
	y += ROW
	text(10, y, "title", words)
	y += 12
}

# Cuts off values beyond the chart.
function whisker(low, high, scale) {
	low = low < 0 ? 0 : low
	high = high * scale > BAR ? BAR / scale : high
	body = body sprintf("<path d=\"M%.1f %dH%.1f\" class=\"whisker\"/>\n", LABEL + low * scale, y + 7, \
		LABEL + (high < low ? low : high) * scale)
}

function bar(label, value, low, high, most, class, words,    scale) {
	scale = BAR / most
	text(LABEL - 8, y + 12, "label", label)
	rectangle(LABEL, y, value * scale, class)
	whisker(low, high, scale)
	text(LABEL + BAR + 10, y + 12, "value", words)
	y += ROW
}

function full_name(subject) {
	if (subject == "control")
		return "none (noise)"
	if (subject == "empty")
		return "an empty library"
	if (subject == "minimal")
		return "the smallest empty library"
	if (subject == "jump")
		return "a wrapper that jumps"
	if (subject == "look")
		return "a wrapper that looks at the result"
	return subject
}

function draw_starts(    i, most, name) {
	for (i = 1; i <= subject_count; i++) {
		name = quartile3["process start", subjects[i]]
		most = name > most ? name : most
	}
	title("What each library adds to the start of /bin/true, which takes " \
		sprintf("%.0f us without any (bar: median, line: quartiles)", bare["process start", "control"]))
	for (i = 1; i <= subject_count; i++) {
		name = subjects[i]
		bar(full_name(name), added["process start", name], quartile1["process start", name], quartile3["process start", name], \
			most, name == "noselfconn" ? "ours" : "theirs", sprintf("%.1f us", added["process start", name]))
	}
}

function draw_calls(    i, most, name) {
	for (i = 1; i <= call_count; i++)
		most = 1.5 * added[calls[i], "noselfconn"] > most ? 1.5 * added[calls[i], "noselfconn"] : most
	title("What noselfconn adds to a call, and its share of the call (bar: median, line: quartiles)")
	for (i = 1; i <= call_count; i++) {
		name = calls[i]
		bar(name, added[name, "noselfconn"], quartile1[name, "noselfconn"], quartile3[name, "noselfconn"], most, "ours", \
			sprintf("%.0f ns, %.2f %% (noise %.2f %%)", added[name, "noselfconn"], \
				(ratio[name, "noselfconn"] - 1) * 100, (ratio[name, "control"] - 1) * 100))
	}
}

function draw_repairs(    i, most, name) {
	title("What a repair takes (bar: median; grey: the system calls that no repair can do without)")
	for (i = 1; i <= repair_count; i++)
		most = with[repairs[i], "noselfconn"] > most ? with[repairs[i], "noselfconn"] : most
	for (i = 1; i <= repair_count; i++) {
		name = repairs[i]
		bar(name, with[name, "noselfconn"], 0, 0, most, "ours", sprintf("%.1f us", with[name, "noselfconn"] / 1000))
		y -= ROW
		rectangle(LABEL, y, bare[name, "noselfconn"] * BAR / most, "theirs")
		y += ROW
	}
}

END {
	draw_starts()
	draw_calls()
	draw_repairs()
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n", \
		WIDTH, y + 10
	print "<style>.title{font-weight:bold}.label{text-anchor:end}.ours{fill:#2f6fb5}.theirs{fill:#a8a8a8}" \
		".whisker{stroke:#222;stroke-width:1.5}text{fill:#222}</style>"
	print "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
	printf "%s</svg>\n", body
}
