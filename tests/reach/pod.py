# SPDX-License-Identifier: MIT
# Runs a pod of a Kubernetes manifest with crun, as a kubelet would: its init containers one after the other, then its first
# container, with their environment, capabilities and volumes. All are in the network namespace of the caller.
#
# usage: pod.py MANIFEST FOLDER NAME=ROOT... -- COMMAND [ARG...]
#   FOLDER   is empty, for volumes and configurations
#   NAME     an image of the manifest, without its tag; ROOT is its root directory
#   COMMAND  what the first container runs, if the manifest names no command
import json
import os
import subprocess
import sys

import yaml

manifest, folder = sys.argv[1:3]
split = sys.argv.index("--")
roots = dict(argument.split("=", 1) for argument in sys.argv[3:split])
with open(manifest) as file:
    pod = yaml.safe_load(file)["spec"]["template"]["spec"]

# What a container of Docker or Kubernetes has if nothing is said: containerd's list.
DEFAULT = """CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL
AUDIT_WRITE""".split()


def capabilities(context):
    asked = context.get("capabilities", {})
    drop = asked.get("drop", [])
    kept = [] if "ALL" in drop else [name for name in DEFAULT if name not in drop]
    return ["CAP_" + name for name in kept + asked.get("add", [])]


def mounts(container):
    yield {"destination": "/proc", "type": "proc", "source": "proc"}
    yield {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"}
    yield {"destination": "/run", "type": "tmpfs", "source": "tmpfs"}
    for mount in container.get("volumeMounts", []):
        assert any(volume["name"] == mount["name"] and "emptyDir" in volume for volume in pod["volumes"])
        source = os.path.join(folder, "volume-" + mount["name"])
        os.makedirs(source, exist_ok=True)
        access = "ro" if mount.get("readOnly") else "rw"
        yield {"destination": mount["mountPath"], "type": "bind", "source": source, "options": ["rbind", access]}


def run(container, default_command):
    context = container.get("securityContext", {})
    granted = capabilities(context)
    user = context.get("runAsUser", 0)
    environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    config = {
        "ociVersion": "1.0.0",
        "root": {"path": roots[container["image"].split(":")[0]]},
        "process": {
            "user": {"uid": user, "gid": user},
            "cwd": "/",
            "args": container.get("command", default_command),
            "env": environment + ["%(name)s=%(value)s" % variable for variable in container.get("env", [])],
            "capabilities": {kind: granted for kind in ("bounding", "effective", "permitted")},
            "noNewPrivileges": True,
        },
        "mounts": list(mounts(container)),
        "linux": {"namespaces": [{"type": kind} for kind in ("pid", "ipc", "uts", "mount")]},
    }
    bundle = os.path.join(folder, container["name"])
    os.makedirs(bundle)
    with open(os.path.join(bundle, "config.json"), "w") as file:
        json.dump(config, file)
    crun = ["crun", "--root", os.path.join(folder, "state"), "--cgroup-manager=disabled"]
    return subprocess.call(crun + ["run", "--bundle", bundle, container["name"] + "-%d" % os.getpid()])


for first in pod.get("initContainers", []):
    if run(first, None):
        sys.exit("the init container failed: " + first["name"])
sys.exit(run(pod["containers"][0], sys.argv[split + 1:]))
