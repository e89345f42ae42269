/**
 * The sandbox's shell programs. They are constant text: every path, number and name reaches them by position, never by being written
 * into the text, so that no name of a file can become a command. They need bash and util-linux 2.36, which Debian 11, Ubuntu 22.04 and
 * everything newer have; nothing has to be installed.
 *
 *   KEEPER   outside, one process: starts the rest and ends it when the broker is gone, however that came about
 *   SETUP    as (mapped) root inside the new namespaces: builds the file system, drops every privilege, becomes INIT
 *   INIT     process 1 inside, without privileges: runs the probe and the tool host, collects orphans
 */

/** Variables for caches whose place in the home folder is read-only. */
export const CACHES_IN_MEMORY: readonly string[] = [
  'XDG_CACHE_HOME=/tmp/.cache',
  'npm_config_cache=/tmp/.cache/npm',
  'PIP_CACHE_DIR=/tmp/.cache/pip',
  'GOCACHE=/tmp/.cache/go-build',
  'GOMODCACHE=/tmp/.cache/go-mod',
  'CARGO_HOME=/tmp/.cache/cargo',
  'GRADLE_USER_HOME=/tmp/.cache/gradle',
  'MAVEN_ARGS=-Dmaven.repo.local=/tmp/.cache/maven',
  'YARN_CACHE_FOLDER=/tmp/.cache/yarn',
  'NUGET_PACKAGES=/tmp/.cache/nuget',
];

/** Shell functions that `SETUP` and `PREPARE` share. */
const CLEAN = `# A Git configuration of harmless keys: no credential, no program (fsmonitor, sshCommand, hooksPath, filters), no include.
clean_git_config() {
  local from=$1 to=$2 pair key value section=
  : >"$to"
  for from in "$from" "\${from%/config}/config.worktree"; do
    [ -f "$from" ] || continue
    while IFS= read -r -d '' pair; do
      key=\${pair%%$'\\n'*} value=\${pair#*$'\\n'}
      case $key in
        core.repositoryformatversion | core.filemode | core.bare | core.logallrefupdates | core.ignorecase | core.symlinks | core.autocrlf | core.eol | \\
          core.safecrlf | core.precomposeunicode | core.sparsecheckout | core.sparsecheckoutcone | core.longpaths | extensions.objectformat | extensions.refstorage) ;;
        *) continue ;;
      esac
      case $value in *[!A-Za-z0-9_-]*) continue ;; esac
      [ "$section" = "\${key%%.*}" ] || printf '[%s]\\n' "\${key%%.*}" >>"$to"
      section=\${key%%.*}
      printf '\\t%s = %s\\n' "\${key#*.}" "$value" >>"$to"
    done < <(git config --file "$from" --no-includes --list --null 2>/dev/null)
  done
  [ -s "$to" ] || printf '[core]\\n\\trepositoryformatversion = 0\\n\\tfilemode = true\\n\\tbare = false\\n' >"$to"
  chmod 0644 "$to"
}

# Every configuration below the Git folder $1, submodules too, is given to "place clean-file path" to put
# there. It runs as root on a tree that somebody else may have written: no symbolic link is followed.
clean_checkout() {
  local git=$1 config number=0
  [ -d "$git" ] && [ ! -L "$git" ] || return 0
  while IFS= read -r -d '' config; do
    case $config in # a branch may be called "config", and a submodule "refs"
      */refs/* | */logs/*) git config --file "$config" --no-includes --list >/dev/null 2>&1 || continue ;;
    esac
    number=$((number + 1))
    clean_git_config "$config" "$layers/gitconfig.$number"
    place "$layers/gitconfig.$number" "$config"
    config=$config.worktree
    [ -f "$config" ] && [ ! -L "$config" ] && place "$layers/empty" "$config"
  done < <(find "$git" -xdev -path "$git/objects" -prune -o -name config -type f -print0)
}
`;

/**
 * `SETUP layers uid gid user_namespace limit directory INIT PROBE  N operation…  N variable…  N probe-word…  host-command…`, an operation being
 * three words: a verb, a path, and the verb's argument. They come ordered so that a parent is mounted before what lies in it.
 */
export const SETUP = `
set -u
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
umask 022
fail() { printf 'sandbox: %s\\n' "$*" >&2; exit 126; }
layers=$1 uid=$2 gid=$3 user_namespace=$4 limit=$5 directory=$6 init=$7 probe=$8
shift 8
operations=("\${@:2:$1*3}"); shift $(($1 * 3 + 1))
variables=("\${@:2:$1}"); shift $(($1 + 1))
words=("\${@:2:$1}"); shift $(($1 + 1))
root=$layers/root

# Everything there is, read-only. A read-only remount of / would leave the mounts below it writable, so each is remounted, keeping its
# other flags (a user namespace may not take them away). What cannot be made read-only is covered.
everything_read_only() {
  mkdir "$root" && mount --rbind / "$root" || fail 'cannot bind the root file system'
  local point path options flags flag rest
  while read -r _ _ _ _ point options rest; do
    case $point in
      "$root/proc" | "$root/proc/"* | "$root/dev" | "$root/dev/"*) continue ;;
      "$root" | "$root/"*) ;;
      *) continue ;;
    esac
    case ,$options, in *,ro,*) continue ;; esac
    flags=
    for flag in nosuid nodev noexec noatime nodiratime relatime nosymfollow; do
      case ,$options, in *,$flag,*) flags+=,$flag ;; esac
    done
    printf -v path %b "$point"
    [ -e "$path" ] || continue # below a mount that covers it
    mount -o "remount,bind,ro$flags" "$path" 2>/dev/null || cover "$path" || fail "cannot make \${path#"$root"} read-only"
  done </proc/self/mountinfo
}

# An empty, read-only thing in the place of a file or a folder.
cover() {
  if [ -d "$1" ]; then
    mount -t tmpfs -o ro,nosuid,nodev,noexec,mode=0555 none "$1"
  else
    mount -o bind,ro,nosuid,nodev,noexec "$layers/empty" "$1"
  fi
}

# Our own processes and nobody else's. Who is root outside could still write the kernel's settings without any capability.
own_proc() {
  mount -t proc -o nosuid,nodev,noexec proc "$root/proc" || fail 'cannot mount /proc'
  [ "$uid" = 0 ] || return 0
  local name
  for name in sys sysrq-trigger irq bus fs acpi; do
    [ -e "$root/proc/$name" ] || continue
    mount -o bind,ro,nosuid,nodev,noexec "$root/proc/$name" "$root/proc/$name" || fail "cannot protect /proc/$name"
  done
  for name in kcore keys kmsg timer_list sched_debug; do
    [ -e "$root/proc/$name" ] && { cover "$root/proc/$name" || fail "cannot hide /proc/$name"; }
  done
  return 0
}

# The six devices every program expects; no disk, no KVM, no terminal of the broker's.
own_dev() {
  local name
  mkdir "$layers/dev" && mount -t tmpfs -o nosuid,noexec,mode=0755 none "$layers/dev" || fail 'cannot mount /dev'
  for name in null zero full random urandom tty; do
    : >"$layers/dev/$name" && mount --bind "/dev/$name" "$layers/dev/$name" || fail "cannot bind /dev/$name"
  done
  mkdir "$layers/dev/shm" "$layers/dev/pts"
  mount -t tmpfs -o nosuid,nodev,mode=1777 none "$layers/dev/shm" || fail 'cannot mount /dev/shm'
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,nosuid,noexec none "$layers/dev/pts" 2>/dev/null
  ln -s pts/ptmx "$layers/dev/ptmx"
  ln -s /proc/self/fd "$layers/dev/fd"
  for name in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/\${name%%:*}" "$layers/dev/\${name##*:}"; done
  mount -o remount,bind,ro,nosuid,noexec "$layers/dev" || fail 'cannot make /dev read-only'
  mount --rbind "$layers/dev" "$root/dev" || fail 'cannot bind /dev'
}

# A layer over the folder $1 that takes all writes and is thrown away; $2 is its name. In turn: overlayfs with its upper layer on disk,
# in memory (where the disk is itself an overlay, as in a container), and but for the home folder a copy.
# redirect_dir: else renaming a folder of the base fails with EXDEV, on which npm stumbles. volatile: no fsync for what is thrown away.
throwaway() {
  local layer=$layers/$2 options
  mkdir -p "$layer" "$root$1" || fail "cannot make $1"
  for _ in disk memory; do
    mkdir -p "$layer/lower" "$layer/upper" "$layer/work"
    chown --reference="$1" "$layer/upper" 2>/dev/null
    chmod --reference="$1" "$layer/upper"
    mount --bind "$1" "$layer/lower" || fail "cannot bind $1"
    for options in ,redirect_dir=on,volatile ,volatile ,userxattr ''; do
      mount -t overlay -o "lowerdir=$layer/lower,upperdir=$layer/upper,workdir=$layer/work$options" none "$root$1" 2>/dev/null && return 0
    done
    umount "$layer/lower"
    mount -t tmpfs -o nosuid,nodev none "$layer" || break
  done
  umount "$layer" 2>/dev/null
  if [ "$2" != home ]; then
    mkdir "$layer/copy" && cp -a --reflink=auto -- "$1/." "$layer/copy" && mount --bind "$layer/copy" "$root$1" || fail "cannot copy $1"
  else
    empty_home "$1"
  fi
}

# Without overlayfs: an empty home that shows what the real one has, read-only.
empty_home() {
  local entry
  variables+=(${CACHES_IN_MEMORY.join(' ')})
  mount -t tmpfs -o nosuid,nodev,mode=0755 none "$root$1" && chown "$uid:$gid" "$root$1" || fail 'cannot mount an empty home folder'
  for entry in "$1"/* "$1"/.[!.]*; do
    if [ -L "$entry" ]; then
      cp -P -- "$entry" "$root$entry"
    elif [ -d "$entry" ]; then
      mkdir "$root$entry" && bind_read_only "$entry" "$root$entry"
    elif [ -f "$entry" ]; then
      : >"$root$entry" && bind_read_only "$entry" "$root$entry"
    fi
  done
}

${CLEAN}
place() { bind_read_only "$1" "$root$2"; }

bind_read_only() {
  mount -o bind,ro,nosuid,nodev "$1" "$2" || fail "cannot bind $2"
}

# Makes the path exist for a bind mount over it; false where it cannot (below something read-only).
ready() {
  [ -e "$root$1" ] && return 0
  mkdir -p "$root\${1%/*}" 2>/dev/null && if [ -d "$2" ]; then mkdir "$root$1"; else : >"$root$1"; fi 2>/dev/null
}

everything_else() {
  local verb path word
  set -- "\${operations[@]}"
  while [ $# -gt 0 ]; do
    verb=$1 path=$2 word=$3
    shift 3
    case $verb in
      hide) [ ! -d "$root$path" ] || mount -t tmpfs -o "nosuid,nodev,mode=$word" none "$root$path" || fail "cannot hide $path" ;;
      throwaway) throwaway "$path" "$word" ;;
      checkout) clean_checkout "$path" ;;
      cover) [ ! -e "$root$path" ] || cover "$root$path" || fail "cannot cover $path" ;;
      replace) [ ! -f "$root$path" ] || bind_read_only "$word" "$root$path" ;;
      show) [ -e "$root$path" ] || { ready "$path" "$path" && bind_read_only "$path" "$root$path"; } || fail "cannot show $path" ;;
      socket) ready "$path" "$word" && mount --bind "$word" "$root$path" || fail "cannot bind $path" ;;
      *) fail "unknown operation $verb" ;;
    esac
  done
}

# The folders hidden, but for the public temporary ones: nothing of ours is to be changed there.
hidden_read_only() {
  set -- "\${operations[@]}"
  while [ $# -gt 0 ]; do
    [ "$1 $3" != 'hide 0755' ] || [ ! -d "$2" ] || mount -o remount,bind,ro,nosuid,nodev "$2" || fail "cannot make $2 read-only"
    shift 3
  done
}

: >"$layers/empty"
everything_read_only
own_proc
own_dev
everything_else

# The loopback interface, for the forwarder of the egress proxy and for tests that serve and ask on one machine.
ip link set lo up 2>/dev/null ||
  perl -e 'socket(S,2,2,0) and ioctl(S,0x8914,pack("a16s","lo",0x49)) or exit 1' 2>/dev/null ||
  echo 'sandbox: cannot bring up the loopback interface (install iproute2)' >&2

mkdir -p "$root/run/alchemist" "$root/run/.outside" && pivot_root "$root" "$root/run/.outside" || fail 'cannot change the root'
cd / && umount -l /run/.outside && rmdir /run/.outside || fail 'cannot leave the old root'

printf '%s' "$init" >/run/alchemist/init
{ printf 'set --'; printf ' %q' "\${words[@]}"; printf '\\n%s' "$probe"; } >/run/alchemist/probe
hidden_read_only
cd "$directory" || fail "cannot enter $directory"

ulimit -u "$limit" 2>/dev/null
ulimit -c 0
echo 500 >/proc/self/oom_score_adj 2>/dev/null # out of memory: this side goes first, not the broker

# --pdeathsig: --kill-child of unshare(1) is forgotten by the kernel when the user changes (prctl(2), PR_SET_PDEATHSIG).
drop=(setpriv --pdeathsig KILL --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all)
if [ "$user_namespace" = yes ]; then
  exec env -i "\${variables[@]}" unshare --user "--map-user=$uid" "--map-group=$gid" --keep-caps "\${drop[@]}" /bin/bash /run/alchemist/init "$@"
fi
exec env -i "\${variables[@]}" "\${drop[@]}" --clear-groups --reuid "$uid" --regid "$gid" /bin/bash /run/alchemist/init "$@"
`;

/**
 * `PREPARE layers workspace limit command…`, for bubblewrap, which cannot make an overlay before 0.11: a copy of the workspace with a clean
 * configuration in `layers/workspace`, then the command.
 */
export const PREPARE = `
set -u
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
fail() { printf 'sandbox: %s\\n' "$*" >&2; exit 126; }
layers=$1 workspace=$2 limit=$3
shift 3
${CLEAN}
place() { cp -- "$1" "$layers/place" && mv -f -- "$layers/place" "$2" || fail "cannot clean $2"; }
: >"$layers/empty"
mkdir "$layers/workspace" && cp -a --reflink=auto -- "$workspace/." "$layers/workspace" || fail "cannot copy $workspace"
clean_checkout "$layers/workspace/.git"
ulimit -u "$limit" 2>/dev/null
ulimit -c 0
echo 500 >/proc/self/oom_score_adj 2>/dev/null
exec "$@"
`;

/** `INIT host-command…`. Not `exec`: bash stays process 1 and collects the orphans that the model's commands leave. */
export const INIT = `
/bin/bash /run/alchemist/probe </dev/null &
"$@"
exit $?
`;
