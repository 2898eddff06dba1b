#!/bin/sh
# SPDX-License-Identifier: MIT
# The command noselfconn runs a command under the shim with checked settings, and is otherwise
# invisible to it.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"
. "$srcdir/tests/command/command_lib.sh"

# Options.
for option in --help -h --version -V; do
	run "$noselfconn" $option
	tap_is "$status, $(head -n 1 "$tmp/out" | grep -ciE '^(usage: )?noselfconn '), $(cat "$tmp/errors")" '0, 1, ' \
		"$option answers on standard output"
done
status=0
"$noselfconn" --help >/dev/full 2>"$tmp/errors" || status=$?
tap_is "$status, $(cat "$tmp/errors")" '125, noselfconn: cannot write: No space left on device' \
	"a help that cannot be written is an error"
run "$noselfconn" --version
tap_is "$(cat "$tmp/out")" "noselfconn $(sed -n 's/^PACKAGE_VERSION = //p' "$builddir/Makefile")" \
	"--version is that of the package"

# usage: refuses WORDS-OF-THE-MESSAGE OPTION...
refuses() {
	words=$1
	shift
	run "$noselfconn" "$@" echo was run
	tap_is "$status, $(cat "$tmp/out"), $(grep -cF -- "$words" "$tmp/errors")" '125, , 1' "'$*' is refused: $words"
}
refuses "--log: 'relative/path' is not off, stderr, syslog or an absolute path" --log=relative/path
refuses "--log: '' is not off, stderr" --log=
refuses "--retries: '101' is not a whole number from 0 to 100" --retries=101
refuses "--retries: '-1' is not a whole number" --retries=-1
refuses "--retries: '2x' is not a whole number" --retries 2x
refuses "--retries: '' is not a whole number" --retries=
refuses "--method: 'magic' is not auto, prevent, replace or rewind" --method=magic
refuses "noselfconn: unrecognized option '--no-such-option'" --no-such-option
refuses "noselfconn: invalid option -- 'x'" -x
refuses "--log: cannot write to '$tmp/missing/log': No such file or directory" --log="$tmp/missing/log"
refuses "--log: cannot write to '$tmp': Is a directory" --log="$tmp"
ln -s log "$tmp/link-to-log"
refuses "--log: cannot write to '$tmp/link-to-log': the library does not follow symbolic links" --log="$tmp/link-to-log"
[ ! -e "$tmp/log" ] && status=0 || status=1
tap_ok $status "checking the log creates no file"
refuses "--shell takes no command" --shell
run "$noselfconn"
tap_is "$status, $(head -n 1 "$tmp/errors")" '125, noselfconn: no command given' "no command is an error"
run "$noselfconn" --
tap_is "$status, $(head -n 1 "$tmp/errors")" '125, noselfconn: no command given' "nor is -- one"

run "$noselfconn" --log="$tmp/b" --retries=7 --method=rewind --refuse env
tap_is "$(grep ^NOSELFCONN_ "$tmp/out" | sort | tr '\n' ' ')" \
	"NOSELFCONN_GIVE_UP=refuse NOSELFCONN_LOG=$tmp/b NOSELFCONN_METHOD=rewind NOSELFCONN_RETRIES=7 " \
	"each option sets its variable"
run env NOSELFCONN_RETRIES=5 NOSELFCONN_GIVE_UP=refuse "$noselfconn" --retries=6 env
tap_is "$(grep ^NOSELFCONN_ "$tmp/out" | sort | tr '\n' ' ')" "NOSELFCONN_GIVE_UP=refuse NOSELFCONN_RETRIES=6 " \
	"an option overrides its variable and no other"
run env NOSELFCONN_RETRIES=many "$noselfconn" echo was run
tap_is "$status, $(cat "$tmp/out" "$tmp/errors")" "0, was run
noselfconn: NOSELFCONN_RETRIES is not a whole number from 0 to 100; the default stays in force" \
	"a variable that is not understood is reported, and no more"

run env NOSELFCONN_RETRIES=many NOSELFCONN_LOG=stderr "$noselfconn" sh -c :
tap_is "$(grep -c NOSELFCONN_RETRIES "$tmp/errors")" 1 "and it is reported once, not by the library too"
run env NOSELFCONN_RETRIE=1 NOSELFCONN_FREQUENCY= "$noselfconn" echo was run
tap_is "$status, $(sort "$tmp/out" "$tmp/errors")" "0, noselfconn: NOSELFCONN_FREQUENCY is not a setting of libnoselfconn
noselfconn: NOSELFCONN_RETRIE is not a setting of libnoselfconn; did you mean NOSELFCONN_RETRIES?
was run" "an unknown variable is reported, with the one that may have been meant"
run env NOSELFCONN_LOG="$tmp/missing/log" "$noselfconn" echo was run
tap_is "$status, $(cat "$tmp/out" "$tmp/errors")" "0, was run
noselfconn: NOSELFCONN_LOG: cannot write to '$tmp/missing/log', and its lines will be lost: No such file or directory" \
	"a log that cannot be written is reported"
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	# Another user may be unable to enter the build tree.
	: >"$tmp/of-root"
	mkdir -p "$tmp/beside/.libs"
	cp "$noselfconn" "$tmp/beside"
	cp "$library" "$tmp/beside/.libs"
	chmod -R a+rX "$tmp"
	run setpriv --reuid=65534 --clear-groups "$tmp/beside/noselfconn" --log="$tmp/of-root" echo was run
	tap_is "$status, $(cat "$tmp/out"), $(grep -c 'Permission denied' "$tmp/errors")" "125, , 1" \
		"so is one that belongs to somebody else"
else
	tap_skip "a log of another user" "not root, or no setpriv here"
fi

run env SHELL="$tmp/shell with spaces" "$noselfconn" --shell
tap_is "$status, $(cat "$tmp/errors")" \
	"127, noselfconn: cannot run '$tmp/shell with spaces': No such file or directory" \
	"--shell runs what SHELL names"
for shell in "SHELL=" "--unset=SHELL"; do
	# shellcheck disable=SC2016 # the shell expands
	tap_is "$(echo 'echo $0 $LD_PRELOAD' | env "$shell" "$noselfconn" --shell)" "/bin/sh $library" \
		"--shell with $shell runs /bin/sh"
done

# What a command can notice of noselfconn.
newline='
'
run "$noselfconn" -- printf '[%s]' 'a b' "c${newline}d" '' --help '*' "\$x"
tap_is "$(cat "$tmp/out")" "[a b][c${newline}d][][--help][*][\$x]" "arguments come through as they are"
for word in 0 1 124 125 126 127 255; do
	run "$noselfconn" sh -c "exit $word"
	tap_is "$status, $(cat "$tmp/errors")" "$word, " "exit status $word is passed on"
done
for signal in KILL TERM SEGV; do
	# The waiting shell reports how the command ended.
	have=$(sh -c '"$@" 2>/dev/null; echo $?' sh "$noselfconn" sh -c "kill -$signal \$\$" 2>/dev/null)
	tap_is "$have" "$(sh -c 'sh -c "kill -$1 \$\$"; echo $?' sh $signal 2>/dev/null)" "so is death by SIG$signal"
done
# shellcheck disable=SC2016 # the inner shell expands
tap_is "$(sh -c 'echo $$; exec "$1" sh -c "echo \$\$"' sh "$noselfconn" | uniq | wc -l)" 1 "it becomes the command"
tap_is "$("$noselfconn" find /proc/self/fd | tr '\n' ' ')" "$(find /proc/self/fd | tr '\n' ' ')" \
	"it leaves no descriptor behind"
# shellcheck disable=SC2016 # the inner shell expands
tap_is "$(sh -c 'trap "" CHLD; "$1" echo was run; echo $?' sh "$noselfconn" | tr '\n' ' ')" "was run 0 " \
	"it runs where SIGCHLD is ignored"
# With arguments, it blocks SIGCHLD and runs them. Without, it prints its state.
cat >"$tmp/traces.c" <<'END'
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	struct sigaction action;
	struct rusage usage;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (argc > 1) {
		sigprocmask(SIG_BLOCK, &set, NULL);
		return execv(argv[1], argv + 1);
	}
	sigpending(&set);
	getrusage(RUSAGE_CHILDREN, &usage);
	sigaction(SIGSEGV, NULL, &action);
	printf("%d %ld %d", sigismember(&set, SIGCHLD), usage.ru_minflt, action.sa_handler == SIG_DFL);
	sigprocmask(SIG_BLOCK, NULL, &set);
	printf(" %d%d\n", sigismember(&set, SIGCHLD), sigismember(&set, SIGSEGV));
}
END
${CC:-cc} -w -o "$tmp/traces" "$tmp/traces.c"
tap_is "$(sh -c 'exec "$@"' sh "$tmp/traces" "$noselfconn" "$tmp/traces")" "0 0 1 10" \
	"it leaves no trace: no pending SIGCHLD, no page faults of children, no handler, no signal mask"
run sh -c 'exec "$1" sh -c "exit 3" <&- >&- 2>&-' sh "$noselfconn"
tap_is "$status" 3 "it runs with descriptors 0 to 2 closed"

# LD_PRELOAD.
tap_is "$("$noselfconn" printenv LD_PRELOAD)" "$library" "the library of the build tree is preloaded, by its path"
for before in "$tmp/plugin.so" "$tmp/plugin.so $tmp/plugin.so" ":$tmp/plugin.so:"; do
	run env LD_PRELOAD="$before" "$noselfconn" printenv LD_PRELOAD
	tap_is "$(cat "$tmp/out" "$tmp/errors")" "$library:$before" "in front of LD_PRELOAD='$before'"
done
tap_is "$(LD_PRELOAD='' "$noselfconn" printenv LD_PRELOAD)" "$library" "an empty LD_PRELOAD counts as unset"
tap_is "$("$noselfconn" "$noselfconn" printenv LD_PRELOAD)" "$library" "the library is not there twice"

tap_needs_netns
for how in '' --method=replace --method=rewind '--retries=0 --refuse'; do
	# shellcheck disable=SC2086 # words
	tap_is "$(in_net "$noselfconn" $how "$tmp/ask")" "Connection refused" "a client is refused${how:+ with $how}"
done
tap_is "$(in_net "$noselfconn" --retries=0 "$tmp/ask")" "itself" "--retries=0 reaches the program"
in_net "$noselfconn" --log="$tmp/a log" --method=rewind "$tmp/ask" >/dev/null
tap_is "$(grep -c 'program=ask .* action=rewind retry=1 outcome=refused$' "$tmp/a log")" 1 \
	"--log and --method reach the program"
# shellcheck disable=SC2016 # the inner shell expands
tap_is "$(in_net "$noselfconn" sh -c '"$1"; :' sh "$tmp/ask")" "Connection refused" "so is what the command runs"
tap_is "$(in_net env LD_PRELOAD="$tmp/plugin.so" PLUGIN_CONNECTS=constructor PLUGIN_TELLS="$tmp/told" \
	"$noselfconn" "$tmp/ask") $(cat "$tmp/told")" "Connection refused Connection refused" "both libraries are loaded"
tap_done
