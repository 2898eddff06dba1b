# SPDX-License-Identifier: MIT
# Formats tab-separated rows as a table.
# awk -F '\t' -v format=markdown|aligned -f table.awk ROWS

BEGIN {
	rows = 1
	columns = split("world\tlibc\tarchitecture\tkernel\twhat is different\ta client\tunit tests\tlive tests", head, "\t")
	for (i = 1; i <= columns; i++)
		put(1, i, head[i])
}

function put(row, column, text) {
	cell[row, column] = text
	if (length(text) > width[column])
		width[column] = length(text)
}

{
	rows++
	for (i = 1; i <= columns; i++)
		put(rows, i, $i)
}

function line(row,	text) {
	text = ""
	for (i = 1; i <= columns; i++)
		if (format == "markdown")
			text = text (i > 1 ? " | " : "| ") (row ? cell[row, i] : "---") (i == columns ? " |" : "")
		else
			text = text sprintf("%-*s  ", width[i], cell[row, i])
	sub(/ +$/, "", text)
	print text
}

END {
	line(1)
	if (format == "markdown")
		line(0)
	for (row = 2; row <= rows; row++)
		line(row)
}
