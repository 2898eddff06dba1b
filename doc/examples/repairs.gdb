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
	printf "fd=%d ", $_probe_arg0
	set $at = (unsigned char *)$_probe_arg5
	if *(unsigned short *)$at == 2
		printf "address=%d.%d.%d.%d:", $at[4], $at[5], $at[6], $at[7]
	else
		printf "address=["
		set $i = 8
		while $i < 24
			printf "%02x%02x", $at[$i], $at[$i + 1]
			set $i = $i + 2
			if $i < 24
				printf ":"
			end
		end
		printf "]:"
	end
	printf "%d action=%s retry=%d result=%d\n", $_probe_arg1, $_probe_arg2, $_probe_arg3, $_probe_arg4
	continue
end
