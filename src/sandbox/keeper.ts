/**
 * `KEEPER fifo limit command…`. The broker holds the write end of `fifo` open and has written one line into it. When the broker goes,
 * also by SIGKILL, the kernel closes that end and the read below returns. A descriptor could not be inherited instead: sudo closes all
 * but 0, 1, 2. Nor could PR_SET_PDEATHSIG do it alone: it is reset when a set-user-id program (sudo) starts. `@layers@` at the
 * start of a word stands for the folder of the throw-away layers, which is removed at the end.
 */
export const KEEPER = `
set -u
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
umask 022
fifo=$1 limit=$2
shift 2

exec 8<>"$fifo"
read -r -t 10 -u 8 || exit 125 # the broker died before we came: nobody will ever close the pipe
exec 9<"$fifo" 8<&-

layers=$(mktemp -d /var/tmp/alchemist-sandbox.XXXXXXXX) || exit 125
layers=$(realpath -- "$layers")

# A bound on the number of processes for the whole sandbox, where we may make a control group: RLIMIT_NPROC does not bind root.
group=
for candidate in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/pids; do
  [ -w "$candidate" ] && mkdir "$candidate/\${layers##*/}" 2>/dev/null || continue
  if [ -e "$candidate/\${layers##*/}/pids.max" ] && echo "$limit" >"$candidate/\${layers##*/}/pids.max"; then
    group=$candidate/\${layers##*/}
    break
  fi
  rmdir "$candidate/\${layers##*/}"
done 2>/dev/null

command=()
for word; do
  command+=("\${word/#@layers@/$layers}")
done
(
  exec 9<&-
  [ -n "$group" ] && echo "$BASHPID" >"$group/cgroup.procs" 2>/dev/null
  exec "\${command[@]}"
) <&0 &
child=$!
exec </dev/null >/dev/null
(read -r -u 9; kill -KILL $(cat "/proc/$child/task/$child/children") "$child") 2>/dev/null &
watch=$!

wait "$child" 2>/dev/null
status=$?
exec 2>/dev/null
kill -KILL "$watch" && wait "$watch"
chmod -R u+rwx "$layers" 2>/dev/null # overlayfs leaves a folder of mode 000
rm -rf --one-file-system -- "$layers"
if [ -n "$group" ]; then
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    rmdir "$group" 2>/dev/null && break
    sleep 0.05
  done
fi
exit "$status"
`;
