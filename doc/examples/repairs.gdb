# SPDX-License-Identifier: MIT
# Shows each repair in a running program:
#
#   gdb -batch -x repairs.gdb -ex continue -p PID
#
# It waits for repairs. Ctrl-C detaches from the program.
set breakpoint pending on
break -probe-stap noselfconn:repair
commands
	silent
	printf "fd=%d port=%d action=%s retry=%d result=%d\n", $_probe_arg0, $_probe_arg1, $_probe_arg2, $_probe_arg3, $_probe_arg4
	continue
end
