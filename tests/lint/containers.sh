#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples that switch the firewall rule on for containers: their command works with their capabilities alone.
. "${srcdir:-$(dirname "$0")/../..}/tests/lib/tap.sh"

examples=$srcdir/doc/examples ctl=$builddir/noselfconnctl
[ -x "$ctl" ] || tap_skip_all "noselfconnctl has not been built: no static libc"
[ "$(id -u)" -eq 0 ] || tap_skip_all "netfilter rules need root"
tap_needs_netns
for command in iptables setpriv bash; do
	tap_needs $command
done
python3 -c 'import yaml' 2>/dev/null || tap_skip_all "no python3-yaml here"

# usage: in_pod CAPABILITIES COMMAND: what a client says of a connection to itself, after COMMAND with these capabilities alone
cat >"$tmp/pod" <<'END'
setpriv --bounding-set=-all"$1" --inh-caps=-all --no-new-privs sh -c "$2" >/dev/null 2>&1 || echo "no rule"
bash -c 'exec 3<>/dev/tcp/127.0.0.1/40000' 2>&1 | grep -o 'Connection refused' | sort -u
END
in_pod() {
	command=$(echo "$2" | sed "s|^noselfconnctl|$ctl|")
	"$netns" 40000 40001 -- sh "$tmp/pod" "$1" "$command"
}
capabilities() {
	tr '[:upper:]' '[:lower:]' | sed 's/^/,+/' | tr -d '\n'
}

manifest=$(python3 -c '
import sys, yaml
first = yaml.safe_load(open(sys.argv[1]))["spec"]["template"]["spec"]["initContainers"][0]
context = first["securityContext"]
assert context["capabilities"]["drop"] == ["ALL"] and context["runAsUser"] == 0
print("\n".join(context["capabilities"]["add"]))
print(" ".join(first["command"]))' "$examples/kubernetes-firewall.yaml")
command=$(echo "$manifest" | tail -n 1)
tap_is "$(in_pod "$(echo "$manifest" | sed '$d' | capabilities)" "$command")" "Connection refused" "the pod's rule refuses a client"
tap_is "$(in_pod '' "$command")" "no rule" "the init container needs its capabilities"
tap_is "$(sed -n 's/^CMD //p' "$examples/Dockerfile.firewall" | tr -d '[],"')" "$command" "the image does the same"
tap_is "$(in_pod "$(sed -n 's/.*--cap-add \([A-Z_]*\).*/\1/p' "$examples/Dockerfile.firewall" | capabilities)" "$command")" \
	"Connection refused" "docker's line gives the capabilities"
tap_done
