# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# Static checkers for scripts/check. Each checks the shim and the tools.
# shellcheck disable=SC2154 # scripts/check sets top

check_analyzer() {
	try "src/shim" build '-g -O2 -fanalyzer -Werror' libnoselfconn.la
	try "the tools" build '-g -O2 -fanalyzer -Werror' noselfconn noselfconnctl
}

# The build's definitions except the static probe, whose macros are not our code.
# shellcheck disable=SC2089,SC2090 # the quotes are the compiler's
defines='-std=gnu11 -D_GNU_SOURCE -DNSC_BINDIR="/usr/bin" -DNSC_LIBDIR="/usr/lib" -DPACKAGE_VERSION="0" -Isrc/shim -Isrc/common -Isrc/noselfconnctl'

tidy() {
	# shellcheck disable=SC2016 # the inner shell expands
	for directory; do
		printf '%s\n' "$directory"/*.c
	done | xargs -P "$(nproc)" -n 5 sh -c '
		defines=$0
		exec clang-tidy --quiet "$@" -- $defines 2>/dev/null' "$defines"
}

check_tidy() {
	cd "$top" || return
	try "src/shim" tidy src/shim
	try "the tools" tidy src/common src/noselfconn src/noselfconnctl src/noselfconnctl/preload src/noselfconnctl/sockets
}

# cppcheck also reports functions that nothing in its files calls. So it gets everything at once:
# the tools use a part of the shim.
cppcheck_all() {
	# shellcheck disable=SC2086,SC2090 # words
	cppcheck -q --enable=all --inconclusive --inline-suppr --error-exitcode=1 \
		--suppressions-list=tests/checkers/cppcheck.supp ${defines#-std=gnu11} --std=c11 src
}

check_cppcheck() {
	cd "$top" || return
	try "src" cppcheck_all
}
