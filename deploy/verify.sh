#!/usr/bin/env bash
# Tries both deploy files as they are, and the commands of docs/operating.md:
#
#   unit       triage.service is judged by systemd-analyze, then installed and run
#              by a real systemd that is process 1 of namespaces of its own, on a
#              throw-away copy of this machine's files, with no network but loopback.
#   container  the Containerfile is built by buildah and its image run as its own
#              user on a read-only root. Where the Go image cannot be pulled, one
#              of the same name is made from the Go that is installed here.
#
# Both parts meet `triage sandbox`. Root on Debian tries everything and installs
# what is missing; otherwise it is said what was skipped. With CI=true a skip
# fails. Nothing stays behind; six minutes at most.
set -euo pipefail
export LC_ALL=C

readonly exposure_limit=1.1 # of 10, as systemd-analyze security counts
readonly stop_limit=10      # seconds from SIGTERM to the end
readonly time_limit=350     # seconds for everything
readonly image=localhost/triage:verify base=docker.io/library/golang:1.26
readonly comment='I was told my biopsy came back positive and I start chemo on Monday'

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
self=$here/$(basename "${BASH_SOURCE[0]}")

say() { printf '%s\n' "$*"; }
ok() { say "ok    $*"; }
fail() { say "FAIL  $*" && exit 1; }
have() { command -v "$1" >/dev/null; }

# limited runs a command in the time that is left.
limited() { timeout --foreground -k 5 "$((time_limit > SECONDS + 5 ? time_limit - SECONDS : 5))" "$@"; }

# apart runs a command in namespaces of its own; killing the group ends all of it.
apart() {
  (
    [[ -z $cgroup ]] || echo "$BASHPID" >"$cgroup/cgroup.procs"
    exec setsid timeout --foreground -k 1 90 unshare --mount --pid --net --ipc --uts --fork --kill-child "$@"
  ) </dev/null &
  group=$!
  local failed=0
  wait "$group" || failed=1
  group=''
  return "$failed"
}

skipped=0
skip() { skipped=$((skipped + 1)) && say "skip  $*"; }

# ask METHOD PORT PATH [BODY] prints what is answered, and fails unless with 200.
ask() {
  (
    exec 9<>"/dev/tcp/127.0.0.1/$2"
    printf '%s %s HTTP/1.0\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s' "$1" "$3" "${#4}" "$4" >&9
    read -r _ status _ <&9
    while read -r line <&9 && [[ $line != $'\r' ]]; do :; done
    cat <&9
    [[ $status == 20? ]]
  ) 2>/dev/null
}

# await SECONDS WHAT COMMAND... tries until the command succeeds.
await() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || fail "waited in vain until $what"
    sleep 0.2
  done
}

ready() { grep -q '"ready":true' <<<"$(ask GET 8480 /readyz '')"; }
metric() { ask GET 8480 /metrics '' | awk -v m="^$1[{]" '$0 ~ m {n += $NF} END {print n + 0}'; }
at_least() { (($(metric "$1") >= $2)); }

# up sees that the service works: it answers, reads the sandbox and judges.
up() {
  await 30 'the service is ready' ready
  [[ $(ask GET 8480 /healthz '') == ok ]] || fail '/healthz does not say ok'
  await 20 'the sandbox is read' at_least triage_source_up 1
  await 20 'the comment is a case' at_least triage_cases 1
}

# private DIR: nothing is readable by others, and nothing in plain words.
private() {
  local open
  [[ -s $1/practice.key ]] || fail "no practice.key in $1"
  open=$(find "$1" -perm /077 -print 2>/dev/null || true) # files come and go
  [[ -z $open ]] || fail "readable by others: $open"
  ! grep -rqaF -e biopsy -e sandbox-page-token "$1" || fail "plain comment or token under $1"
}

# block DOC HEADING prints the first shell block below a heading.
block() {
  awk -v h="## $2" '/^```/ {if (inside) exit; inside = on && $0 == "```sh"; next} inside; !inside && /^#/ {on = $0 == h}' "$1"
}

# config DATA ADDR TOKEN makes a practice's config.toml from the example.
config() {
  sed -e "s|^#dir = .*|dir = \"$1\"|" -e "s|^#addr = .*|addr = \"$2\"|" -e "s|^#url = \"http://.*|url = \"http://localhost:8480\"|" -e "s|^#plain_http = .*|plain_http = true|" -e "s|^token = .*|token_file = \"$3\"|" \
    -e 's|^every = .*|every = "1s"|' "$here/../config.example.toml"
}

# ---- unit -------------------------------------------------------------------

unit() {
  if ! have systemd-analyze; then
    skip 'unit: no systemd-analyze'
    return
  fi
  local dir=$work/unit said score
  mkdir -p "$dir"
  config /var/lib/triage 127.0.0.1:8480 /dev/null >"$dir/config.toml"
  sed -e "s|/usr/local/bin/triage|$work/triage|" -e "s|/etc/triage/config.toml|$dir/config.toml|" \
    "$here/triage.service" >"$dir/triage.service"
  grep -q "ExecStart=$work/triage run --config $dir/config.toml" "$dir/triage.service" || fail 'the unit does not start what is installed'
  said=$(systemd-analyze verify --man=no "$dir/triage.service" 2>&1) || fail "unit: systemd-analyze verify: $said"
  ! grep -F triage.service <<<"$said" || fail 'unit: systemd-analyze verify: see above' # what it ignores
  ok 'unit: systemd-analyze verify finds nothing'
  score=$(systemd-analyze security --offline=true --no-pager "$dir/triage.service" |
    sed -n 's/.*Overall exposure level for .*: \([0-9.]*\) .*/\1/p')
  awk -v s="$score" -v l="$exposure_limit" 'BEGIN {exit !(s != "" && s + 0 <= l)}' || fail "unit: exposure ${score:-unknown}, at most $exposure_limit"
  ok "unit: exposure $score of 10 (at most $exposure_limit; $(systemd-analyze --version | sed -n '1s/ (.*//p'))"
  boot
}

# boot lets a real systemd install and run the unit.
boot() {
  local hierarchy
  hierarchy=$(awk '$3 == "cgroup2" {print $2; exit}' /proc/mounts)
  hierarchy=${hierarchy:+$hierarchy$(sed -n 's/^0:://p' /proc/self/cgroup)/triage-verify-$$}
  if ((EUID != 0)) || [[ -z $hierarchy || ! -x /lib/systemd/systemd ]] ||
    ! unshare --mount --pid --net --cgroup --fork true 2>/dev/null || ! mkdir "$hierarchy" 2>/dev/null; then
    skip 'unit: not run by systemd, which takes root, namespaces and cgroups v2'
    return
  fi
  cgroup=$hierarchy
  local stage=$work/stage
  mkdir -p "$stage/units" "$work/jail"
  cp "$work/triage" "$here/triage.service" "$stage/"
  cp "$here/../docs/operating.md" "$self" "$stage/"
  # shellcheck disable=SC2016 # the service expands it
  config /var/lib/triage 127.0.0.1:8480 '${CREDENTIALS_DIRECTORY}/facebook-token' >"$stage/config.toml"
  say sandbox-page-token >"$stage/token.txt"
  cp /lib/systemd/system/*.target /lib/systemd/system/*.slice /lib/systemd/system/systemd-journald* "$stage/units/" 2>/dev/null || true
  cat >"$stage/units/verify.service" <<UNIT
[Unit]
DefaultDependencies=no
Wants=systemd-journald.service
After=systemd-journald.service
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
WorkingDirectory=/run/verify
ExecStart=/bin/bash /run/verify/$(basename "$self") --booted
StandardOutput=append:/run/verify/log
StandardError=append:/run/verify/log
UNIT
  apart --cgroup bash "$self" --jail "$work" >"$work/jail.log" 2>&1 || true
  cat "$stage/log" 2>/dev/null || cat "$work/jail.log"
  [[ -f $stage/passed ]] || fail 'unit: see above'
}

# jail makes the throw-away machine and becomes its process 1.
jail() {
  local root=$1/jail/root n
  mount --make-rprivate /
  mount -t tmpfs -o mode=755 none "$1/jail"
  mkdir "$1"/jail/{upper,work,root}
  mount -t overlay -o "lowerdir=/,upperdir=$1/jail/upper,workdir=$1/jail/work" none "$root"
  mount -t proc none "$root/proc"
  mount --bind "$root/proc/sys" "$root/proc/sys"
  mount -o remount,bind,ro "$root/proc/sys"
  mount -t sysfs -o ro none "$root/sys"
  mount -t tmpfs -o mode=755 none "$root/sys/fs/cgroup" 2>/dev/null || true
  mount -t cgroup2 none "$root/sys/fs/cgroup"
  mount -t tmpfs -o mode=755 none "$root/etc/systemd/system"
  mount -t tmpfs -o mode=755 none "$root/run"
  mount -t tmpfs -o mode=1777 none "$root/tmp"
  mount -t tmpfs -o mode=755 none "$root/dev"
  for n in null zero full random urandom tty; do
    touch "$root/dev/$n"
    mount --bind "/dev/$n" "$root/dev/$n"
  done
  mkdir "$root/dev/shm" "$root/dev/pts" "$root/run/verify"
  mount -t devpts -o newinstance,ptmxmode=0666 none "$root/dev/pts"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  mount --bind "$1/stage" "$root/run/verify"
  mkdir "$root/run/old"
  cd "$root"
  pivot_root . run/old
  umount --lazy /run/old
  mount --make-rshared / # as systemd does outside of containers
  exec env -i container=verify PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    SYSTEMD_UNIT_PATH=/etc/systemd/system:/run/verify/units \
    /lib/systemd/systemd --system --unit=verify.service --show-status=no
}

# booted runs under that systemd: installs, looks, stops, starts again, kills.
booted() {
  local pid cases began took
  trap '[[ -f passed ]] || { journalctl --sync; journalctl -D /run/log/journal --no-pager --lines=40 --output=cat; }' EXIT
  systemd-run --quiet --unit=sandbox --property=DynamicUser=yes "$PWD/triage" sandbox
  await 10 'the sandbox answers' ask GET 8490 /_sandbox/state ''
  ask POST 8490 /_sandbox/comments "{\"platform\":\"facebook\",\"text\":\"$comment\"}" >/dev/null
  umask 0022
  block operating.md 'With systemd' >install.sh
  grep -q 'systemctl enable --now triage' install.sh || fail 'operating.md does not tell how to install'
  began=$EPOCHREALTIME
  bash -euxo pipefail install.sh
  ok "unit: installed as operating.md says and READY=1 told in $(since "$began") s"
  up
  pid=$(main_pid)
  status "$pid" Uid '[1-9][0-9]+'
  status "$pid" Umask 0077
  status "$pid" NoNewPrivs 1
  status "$pid" Seccomp 2
  status "$pid" CapEff 0+
  status "$pid" CapBnd 0+
  grep -qE '^[0-9]+ [0-9]+ [^ ]+ / / ro,' "/proc/$pid/mountinfo" || fail 'unit: the root is not read-only'
  private /var/lib/private/triage
  cases=$(metric triage_cases)
  ok "unit: ready, token from its encrypted credential, user $(awk '/^Uid:/ {print $2}' "/proc/$pid/status"), read-only root, seccomp, no capability; data private; $cases case"
  ok "unit: $(awk '/^VmHWM:/ {print int($2 / 1024)}' "/proc/$pid/status") MiB of memory at most so far"
  [[ -s /var/lib/triage/first-login ]] || fail 'unit: no first-login'
  /usr/local/bin/triage user add rita --config /etc/triage/config.toml >login || fail 'unit: no command of root reaches the service'
  /usr/local/bin/triage backup "$PWD/b" --config /etc/triage/config.toml >backup.log || fail 'unit: no backup while it runs'
  /usr/local/bin/triage audit verify --config /etc/triage/config.toml >audit.log || fail 'unit: the audit is not whole'
  ok 'unit: commands of root reach it through its socket: user, backup, audit'

  began=$EPOCHREALTIME
  systemctl stop triage
  took=$(since "$began")
  /usr/local/bin/triage user list --config /etc/triage/config.toml | grep -q rita || fail 'unit: no command of root while it is stopped'
  [[ $(systemctl show -P Result triage) == success && $(systemctl show -P ExecMainStatus triage) == 0 ]] || fail 'unit: did not stop well'
  ((${took%.*} < stop_limit)) || fail "unit: SIGTERM took $took s"
  block operating.md Upgrade >upgrade.sh
  grep -q 'systemctl restart triage' upgrade.sh || fail 'operating.md does not tell how to upgrade'
  bash -euxo pipefail upgrade.sh
  up
  same "$cases"
  ok "unit: SIGTERM to exit 0 in $took s; upgraded as operating.md says, same cases"
  systemctl stop triage
  mv /var/lib/private/triage before
  cp -r before /var/lib/private/triage # root's now
  systemctl start triage
  up
  same "$cases"
  private /var/lib/private/triage
  ok 'unit: started on a copy of its data, same cases'
  pid=$(main_pid)
  systemctl kill --signal=KILL triage
  await 20 'it is started again after kill -9' other_pid "$pid"
  up
  same "$cases"
  ok 'unit: kill -9, started again by itself, same cases'
  journalctl --sync
  journalctl -D /run/log/journal --no-pager --output=cat --unit=triage >journal
  grep -q '^page=' journal || fail 'unit: the journal has no page='
  ! grep -qF -e biopsy -e sandbox-page-token -e "$(cut -d' ' -f2 /var/lib/triage/first-login)" journal || fail 'unit: a comment, token or password in the journal'
  ok "unit: journal of $(wc -l <journal) lines without comment, token or password"
  systemctl stop triage
  touch passed
}

main_pid() { systemctl show -P MainPID triage; }
other_pid() { [[ $(systemctl is-active triage) == active && $(main_pid) != "$1" ]]; }
since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f", b - a}'; }

status() { grep -qE "^$2:[[:space:]]+$3([[:space:]]|\$)" "/proc/$1/status" || fail "unit: $(grep "^$2:" "/proc/$1/status"), not $3"; }

# same CASES: a sweep later there are as many cases as before.
same() {
  sleep 2
  (($(metric triage_cases) == $1)) || fail "$(metric triage_cases) cases, before $1"
}

# ---- container --------------------------------------------------------------

builder() { limited buildah "${store[@]}" "$@"; }

install_missing() {
  have buildah && have busybox && ! ldd "$(command -v busybox)" &>/dev/null && return
  ((EUID == 0)) && have apt-get || return
  local install=(apt-get install -qq --no-install-recommends buildah busybox-static)
  limited "${install[@]}" &>"$work/apt.log" || { limited apt-get update -qq && limited "${install[@]}"; } &>>"$work/apt.log"
}

container() {
  if ! install_missing || ((EUID != 0)); then
    skip 'container: takes root, buildah and busybox-static'
    return
  fi
  local began=$SECONDS args=(--isolation chroot --build-arg VERSION=verify -f "$here/Containerfile" -t "$image") mnt list size ctr
  if timeout -k 1 60 buildah "${store[@]}" pull -q "$base" >/dev/null 2>&1; then
    say "      container: built on $base"
  else
    stand_in
    args+=(--pull-never --volume "$(go env GOROOT):/usr/local/go:ro" --volume "$(go env GOMODCACHE):/go/pkg/mod:ro"
      --volume "$(go env GOCACHE):/go/cache")
    say "      container: $base cannot be pulled; built on $(go env GOVERSION) of this machine under that name"
  fi
  builder build "${args[@]}" "$here/.." >"$work/build.log" 2>&1 || { tail -20 "$work/build.log" && fail 'container: the build'; }
  ctr=$(builder from --pull-never "$image")
  mnt=$(builder mount "$ctr")
  [[ $(stat -c %u "$mnt") == 0 ]] || fail 'container: / is not owned by root'
  list=$(cd "$mnt" && find . -mindepth 1 -printf '%p %m %U:%G\n' | sort)
  diff /dev/stdin <(echo "$list") <<LIST || fail 'container: the image holds something else'
./data 700 65532:65532
./etc 755 0:0
./etc/ssl 755 0:0
./etc/ssl/certs 755 0:0
./etc/ssl/certs/ca-certificates.crt 644 0:0
./tmp 700 65532:65532
./triage 755 0:0
LIST
  [[ $(builder inspect --type image -f '{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}}' "$image") == '65532:65532 [/triage]' ]] || fail 'container: user or entry point'
  size=$(du -sk --apparent-size "$mnt" | cut -f1)
  ok "container: built in $((SECONDS - began)) s; $((size / 1024)) MiB: /triage, certificates, /data, /tmp, no shell, user 65532"
  mkdir "$work/box"
  apart bash "$self" --boxed "$work" "$mnt" || fail 'container: see above'
}

# stand_in makes an image by the base's name, with what the build stage needs.
stand_in() {
  local ctr mnt
  ctr=$(builder from scratch)
  mnt=$(builder mount "$ctr")
  mkdir -p "$mnt"/{bin,etc/ssl/certs,tmp,usr/local/go,go/pkg/mod,go/cache}
  cp "$(command -v busybox)" "$mnt/bin/busybox"
  ln -s busybox "$mnt/bin/sh"
  ln -s busybox "$mnt/bin/mkdir"
  cp -L /etc/ssl/certs/ca-certificates.crt "$mnt/etc/ssl/certs/"
  builder config --env PATH=/usr/local/go/bin:/bin --env GOPATH=/go --env GOCACHE=/go/cache \
    --env GOTOOLCHAIN=local --env GOPROXY=off "$ctr"
  builder commit -q --rm "$ctr" "$base" >/dev/null
}

# boxed runs the image much as an engine would: own namespaces, read-only root.
boxed() {
  local root=$1/box/root cases began took pid
  mount --make-rprivate /
  busybox ip link set lo up
  mkdir -p "$root" "$2"/{proc,etc/triage}
  touch "$2/etc/triage/config.toml"
  mkdir -p "$2/run/secrets"
  install -d -m 0700 -o 65532 -g 65532 "$1/box/data" "$1/box/secrets"
  install -m 0400 -o 65532 -g 65532 /dev/stdin "$1/box/secrets/facebook-token" <<<sandbox-page-token
  config /data 0.0.0.0:8480 /run/secrets/facebook-token >"$1/box/config.toml"
  mount --bind "$2" "$root"
  mount -o remount,bind,ro "$root"
  mount -t proc none "$root/proc"
  mount -t tmpfs -o mode=700,uid=65532,gid=65532 none "$root/tmp"
  mount --bind "$1/box/data" "$root/data"
  mount --bind "$1/box/secrets" "$root/run/secrets"
  mount --bind "$1/box/config.toml" "$root/etc/triage/config.toml"
  [[ $(image_run version) == 'triage verify ('* ]] || fail "container: version says $(image_run version)"
  image_run sandbox >"$1/box/sandbox.log" 2>&1 &
  await 10 'the sandbox answers' ask GET 8490 /_sandbox/state ''
  ask POST 8490 /_sandbox/comments "{\"platform\":\"facebook\",\"text\":\"$comment\"}" >/dev/null
  trap 'cat "$work/box/log"' EXIT
  for round in first second; do
    image_run run --config /etc/triage/config.toml >"$1/box/log" 2>&1 &
    pid=$!
    up
    [[ $round == first ]] && cases=$(metric triage_cases)
    same "$cases"
    began=$EPOCHREALTIME
    kill -TERM "$pid"
    wait "$pid" || fail "container: exit $?"
    took=$(since "$began")
    ((${took%.*} < stop_limit)) || fail "container: SIGTERM took $took s"
    private "$1/box/data"
    ok "container: $round run ready as user 65532 on a read-only root; $cases case; SIGTERM to exit 0 in $took s"
  done
  trap - EXIT
}

# image_run runs /triage in the image in place of this process.
image_run() {
  exec env -i PATH="$PATH" HOME=/data TMPDIR=/tmp setpriv --no-new-privs --inh-caps=-all --bounding-set=-all,+sys_chroot,+setuid,+setgid \
    chroot --userspec=65532:65532 "$work/box/root" /triage "$@"
}

# ---- all of it --------------------------------------------------------------

cleanup() {
  set +e
  [[ -n $group ]] && kill -KILL -- "-$group"
  [[ -d $work/images ]] && buildah "${store[@]}" umount --all &>/dev/null
  for ((i = 0; i < 50 && ${#cgroup}; i++)); do
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null && break
    sleep 0.1
  done
  chmod -R u+w "$work" 2>/dev/null
  rm -rf --one-file-system "$work"
}

cgroup='' group=''
case ${1-} in
--jail) jail "$2" ;;
--booted) booted ;;
--boxed)
  work=$2
  boxed "$2" "$3"
  ;;
'')
  work=$(mktemp -d)
  store=(--root "$work/images/root" --runroot "$work/images/run" --storage-driver vfs)
  trap cleanup EXIT
  trap 'exit 130' INT TERM
  have go || fail 'no go'
  (cd "$here/.." && CGO_ENABLED=0 limited go build -trimpath -ldflags '-s -w' -o "$work/triage" ./cmd/triage)
  ! ldd "$work/triage" &>/dev/null || fail 'binary: not static'
  ok "binary: static, $(($(stat -c %s "$work/triage") / 1048576)) MiB, $("$work/triage" version)"
  unit
  container
  say "done in $SECONDS s, $skipped skipped"
  [[ ${CI-} != true ]] || ((skipped == 0))
  ;;
*)
  say "usage: $0" >&2
  exit 2
  ;;
esac
