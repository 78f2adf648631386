#!/usr/bin/env bats
# contrib/kubernetes: what its jobs run, as their pods would run it, and what they are made of.
# shellcheck shell=bash
load ../helper

KUBERNETES=$ROOT/contrib/kubernetes
SHARE=$KUBERNETES/share

# make_store [NUMBER]: a store of NUMBER segments (3), a base backup and what WAL-G doesn't encrypt, in
# folders.
make_store() {
    make_key old
    mkdir -p store/wal_005 store/base new
    for i in $(seq 1 "${1:-3}"); do
        echo "plain $i" | "$WALSEAL" encrypt -k old -o "store/wal_005/$i.lz4"
    done
    random_file 100000 big
    "$WALSEAL" encrypt -k old -o store/base/part_001.tar.lz4 big
    echo '{}' >store/base/sentinel.json
    export WALSEAL
}

# as_pods COUNT ARGUMENT...: each share once, three at a time, as the Job's pods would. A line with
# each one's status.
as_pods() {
    local count=$1
    shift
    # shellcheck disable=SC2016 # the inner shell's
    seq 0 $((count - 1)) | xargs -P 3 -I '{}' env JOB_COMPLETION_INDEX='{}' JOB_COMPLETIONS="$count" sh -c '
        status=0
        "$@" >out.$JOB_COMPLETION_INDEX 2>err.$JOB_COMPLETION_INDEX || status=$?
        echo $status' - "$SHARE" "$@" | sort -n >statuses
}

verify_as_pods() {
    as_pods 8 verify -k old -l 'cd store && find . -type f | sed "s,^\./,,"' -u 'cat store/%f'
}

# rekey_with COMMAND...: into the folder new.
rekey_with() {
    # shellcheck disable=SC2016 # the inner shell's
    "$@" rekey -k old -k newkey -n newkey -l 'cd store && find . -type f | sed "s,^\./,,"' \
        -u 'cat store/%f' -L 'cd new && find . -type f ! -name "*.part" | sed "s,^\./,,"' -U 'cat new/%f' \
        -P 'f=new/%f; mkdir -p "${f%%/*}" && cat >"$f"' -M 'mv new/%f.part new/%f'
}

sum_of() {
    cat out.* | sed "s/.*: \([0-9]*\) objects.*, \([0-9]*\) failed, \([0-9]*\).*/\\$1/" |
        awk '{ sum += $1 } END { print sum }'
}

@test "eight pods verify each object once, and all of them" {
    make_store 22
    verify_as_pods
    [ "$(uniq -c statuses | tr -s ' ')" = ' 8 0' ]
    [ "$(sum_of 1) $(sum_of 2) $(sum_of 3)" = '23 0 1' ]
    # no share is the whole, nor is one empty
    [ "$(grep -c ': 0 objects' out.* | grep -c ':1$')" = 0 ]
}

@test "keys of a Secret under a passphrase each: every -p is tried" {
    local walg=$VECTORS/openpgp/walg key
    export WALSEAL
    mkdir store keys
    for key in rsapass p256pass; do
        cp "$walg/$key.sec.asc" keys && cp "$walg/$key.pass" "it's $key"
        echo plain | "$WALSEAL" encrypt -k "$walg/$key.pub.asc" -o store/$key
    done
    run_status setsid -w "$SHARE" verify -k keys -p "it's rsapass" -p "it's p256pass" -l 'ls store' -u 'cat store/%f'
    assert_status 0
    grep -q ': 2 objects verified, 0 failed' stdout
    run_status setsid -w "$SHARE" verify -k keys -p "it's rsapass" -l 'ls store' -u 'cat store/%f'
    assert_status 202
    assert_stderr_has "share: p256pass: 202: "
}

@test "a damaged object is one pod's failure, and named" {
    make_store 22
    flip_bit store/base/part_001.tar.lz4 50000
    verify_as_pods
    [ "$(uniq -c statuses | tr -s ' ')" = $' 7 0\n 1 205' ]
    grep -h 'share: base/part_001.tar.lz4: 205: .*damaged' err.*
    [ "$(sum_of 1) $(sum_of 2)" = '22 1' ]
}

@test "the worst of several failures is the status" {
    make_store
    make_key other
    "$WALSEAL" encrypt -k other -o store/wal_005/other.lz4 big
    flip_bit store/base/part_001.tar.lz4 50000
    run_status "$SHARE" verify -k old -l 'cd store && find * -type f' -u 'cat store/%f'
    assert_status 205
    run_status "$SHARE" verify -k old -l 'cd store && find * -type f' -u 'cat nowhere/%f'
    assert_status 203
}

@test "a listing that fails, or is empty, is no archive without faults" {
    make_store
    run_status "$SHARE" verify -k old -l 'ls store/wal_005; exit 1' -u 'cat store/wal_005/%f'
    assert_status 203
    run_status "$SHARE" verify -k old -l true -u 'cat store/%f'
    assert_status 203
}

@test "what another program ends with is no status of share's" {
    local status_of_its_own
    make_store
    mkdir bin
    for status_of_its_own in 1 2 125; do
        printf '#!/bin/sh\nexit %s\n' $status_of_its_own >bin/awk && chmod +x bin/awk
        PATH=$T/bin:$PATH run_status "$SHARE" verify -k old -l 'ls store/base' -u 'cat store/base/%f'
        assert_status 203 || flunk "$status_of_its_own" || return 1
    done
}

@test "ended or killed in the middle of an object it takes walseal and its fetch along" {
    local signal
    make_store
    for signal in 'TERM 143' 'KILL 137'; do
        if [ "$signal" = 'KILL 137' ] && ! setpriv --pdeathsig TERM true 2>/dev/null; then
            skip "this setpriv has no --pdeathsig: SIGKILL isn't tried"
        fi
        rm -f fetch.id
        "$SHARE" verify -k old -l 'echo a; echo b' -u 'echo $$ >fetch.id; exec sleep 600' 2>said 3>&- &
        wait_until 20 test -s fetch.id
        status=0
        kill "-${signal% *}" $!
        wait $! || status=$?
        [ "$status" = "${signal#* }" ] || flunk "status $status"
        wait_until 20 gone "$(cat fetch.id)" || flunk "$signal: the fetch goes on"
    done
}

gone() {
    ! kill -0 "$1" 2>/dev/null
}

@test "a name that a shell would read differently is a failure, and isn't run" {
    make_store
    cp big "store/;touch pwned"
    run_status "$SHARE" verify -k old -l 'ls store/wal_005; echo ";touch pwned"' -u 'cat store/wal_005/%f'
    assert_status 203
    assert_stderr_has "can't go into a command"
    assert_absent pwned
}

@test "eight pods rekey an archive into another place, whole" {
    make_store 11
    make_key newkey
    rekey_with as_pods 8
    [ "$(uniq -c statuses | tr -s ' ')" = ' 8 0' ]
    assert_same <(cd store && find . -type f | sort) <(cd new && find . -type f | sort)
    run_status "$WALSEAL" verify -q -k newkey new/wal_005 new/base/part_001.tar.lz4
    assert_status 0
    assert_same store/base/sentinel.json new/base/sentinel.json
    for i in 1 10 11; do
        [ "$("$WALSEAL" decrypt -k newkey new/wal_005/$i.lz4)" = "plain $i" ]
    done
}

@test "an object by the name that another one has until it is whole is refused" {
    make_store
    make_key newkey
    cp store/wal_005/1.lz4 store/wal_005/2.lz4.part
    rekey_with as_pods 3
    run_status cat statuses
    [ "$(grep -c 203 stdout)" -eq 1 ]
    cmp <("$WALSEAL" decrypt -k newkey new/wal_005/2.lz4) <(echo "plain 2")
    assert_absent new/wal_005/2.lz4.part
    cp store/wal_005/1.lz4 store/wal_005/alone.part
    rm store/wal_005/2.lz4.part
    rekey_with as_pods 3
    [ -e new/wal_005/alone.part ]
}

has_more_than() {
    [ "$(find new -name '*.lz4' | wc -l)" -gt "$1" ]
}

@test "a rekeying that was killed goes on, and does nothing twice" {
    make_store 8
    make_key newkey
    for stop in 1 3 5; do
        rekey_with exec setsid "$SHARE" &
        wait_until 20 has_more_than $stop
        # its process group
        kill -9 -- -$!
        wait $! || true
    done
    finished=$(find new -name '*.lz4' | wc -l)
    find new -name '*.lz4' -exec sha256sum '{}' + | sort >before
    rekey_with as_pods 3
    [ "$(uniq -c statuses | tr -s ' ')" = ' 3 0' ]
    [ "$(sum_of 3)" -ge "$finished" ]
    assert_same before <(find new -name '*.lz4' -exec sha256sum '{}' + | sort | grep -F -f before)
    run_status "$WALSEAL" verify -q -k newkey new/wal_005 new/base/part_001.tar.lz4
    assert_status 0
}

@test "an upload that stored a part gets no name" {
    make_store
    make_key newkey
    run_status "$SHARE" rekey -k old -k newkey -n newkey -l 'echo base/part_001.tar.lz4' -u 'cat store/%f' \
        -L 'ls new' -U 'cat new/x' -P 'head -c 41069 >new/x; cat >/dev/null' -M 'touch new/named'
    assert_status 206
    assert_absent new/named
}

@test "an archive of which nothing would be verified or rekeyed is no success; a share of one may be" {
    make_store
    make_key newkey
    run_status "$SHARE" verify -k old -x '' -l 'cd store && find * -type f' -u 'cat store/%f'
    assert_status 206
    assert_stderr_has 'share: base/sentinel.json: 206: '
    grep -q ': 4 objects verified, 1 failed, 0 not encrypted$' stdout

    run_status "$SHARE" verify -k old -l 'echo base/sentinel.json' -u 'cat store/%f'
    assert_status 203
    assert_stderr_has "share: nothing but *.json: echo base/sentinel.json"
    run_status "$SHARE" rekey -k old -k newkey -n newkey -x 4 -l 'cd store/wal_005 && ls' \
        -u 'cat store/wal_005/%f' -L 'ls new' -U 'cat new/%f' -P 'cat >new/%f' -M 'touch moved'
    assert_status 203
    assert_absent moved

    as_pods 8 verify -k old -l 'echo base/sentinel.json; echo wal_005/1.lz4' -u 'cat store/%f'
    [ "$(uniq -c statuses | tr -s ' ')" = ' 8 0' ]
    [ "$(sum_of 1) $(sum_of 2) $(sum_of 3)" = '1 0 1' ]
}

@test "a name that leads out of the archive is refused: nothing is written outside, nor read" {
    make_store
    make_key newkey
    mkdir -p deep/new
    local name
    # as wal_005/1.lz4 by its place, or copied as .json; outside.lz4 is what would be whole
    cp store/wal_005/1.lz4 outside.lz4 && cp store/base/sentinel.json outside.json
    for name in /outside.lz4 ../outside.lz4 wal_005/../../outside.lz4 ../outside.json wal_005/.. \
        .. ./wal_005/1.lz4 wal_005/./1.lz4 wal_005//1.lz4 wal_005/1.lz4/ //outside.lz4 ''; do
        run_status "$SHARE" rekey -k old -k newkey -n newkey -l "echo '$name'" \
            -u "touch fetched; cat 'store/%f'" -L 'ls deep/new' -U 'cat deep/new/%f' \
            -P 'touch put; cat >deep/new/%f' -M 'touch moved; mv deep/new/%f.part deep/new/%f'
        assert_status 203
        assert_stderr_has "share: $name: 203: such a name may lead out of the archive"
        assert_absent fetched && assert_absent put && assert_absent moved || return 1
        run_status "$SHARE" verify -k old -x '.none' -l "echo '$name'" -u "touch fetched; cat 'store/%f'"
        assert_status 203
        assert_absent fetched
    done
    # dots are no components
    cp store/wal_005/1.lz4 store/..1.lz4
    run_status "$SHARE" verify -k old -l 'echo ..1.lz4' -u "cat 'store/%f'"
    assert_status 0
}

# shellcheck disable=SC2016 # the inner shell's
@test "commands that read their standard input, as ssh does, take no object off the list" {
    make_store
    make_key newkey
    run_status "$SHARE" verify -k old -l 'cat; cd store && find * -type f' -u 'cat; cat store/%f'
    assert_status 0
    grep -q ': 4 objects verified, 0 failed, 1 not encrypted$' stdout
    run_status "$SHARE" rekey -k old -k newkey -n newkey -l 'cat; cd store && find * -type f' \
        -u 'cat; cat store/%f' -L 'cat; ls new' -U 'cat; cat new/%f' \
        -P 'f=new/%f; mkdir -p "${f%%/*}" && cat >"$f"; cat' -M 'cat; mv new/%f.part new/%f'
    assert_status 0
    grep -q ': 5 objects rekeyed, 0 failed, 0 done before$' stdout
    assert_same <(cd store && find . -type f | sort) <(cd new && find . -type f | sort)
}

# shellcheck disable=SC2016 # the inner shell's
@test "a share whose list ended before its time is no whole one" {
    make_store
    mkdir tmp
    run_status env TMPDIR="$T/tmp" "$SHARE" verify -k old -l 'cd store && find * -type f' \
        -u 'for f in "$TMPDIR"/*/mine; do : >"$f"; done; cat store/%f'
    assert_status 203
    assert_stderr_has "share: 4 of 5 objects weren't reached"
}

# --- the YAML

# jobs PYTHON: runs it for each document, as the dict `job`, with its pod `pod` and name `file`.
jobs() {
    /usr/bin/python3 - "$KUBERNETES"/*.yaml <<END
import sys, yaml
for file in sys.argv[1:]:
    for job in yaml.safe_load_all(open(file)):
        spec = job["spec"]
        pod = spec.get("jobTemplate", {}).get("spec", spec)["template"]["spec"]
        container = pod["containers"][0]
        ${1//$'\n'/$'\n'        }
END
}

lacks_yaml() {
    ! /usr/bin/python3 -c 'import yaml' 2>/dev/null
}

@test "the jobs are what Kubernetes' schemas allow" {
    modules=
    for place in "$BUILD" "$ROOT/build"; do
        [ ! -d "$place/interop/node_modules/kubernetes-models" ] || modules=$place/interop/node_modules
    done
    [ -n "$modules" ] || skip "npm's kubernetes-models isn't installed: make check-interop"
    run_status node "$ROOT/tests/contrib/kubernetes_schema.mjs" "$modules" "$KUBERNETES"/*.yaml
    assert_status 0
    assert_no_output
    sed 's/backoffLimit:/backofLimit:/' "$KUBERNETES/restore-job.yaml" >typo.yaml
    run_status node "$ROOT/tests/contrib/kubernetes_schema.mjs" "$modules" typo.yaml
    assert_status 1
    sed 's/readOnly: true/readOnly: "yes"/' "$KUBERNETES/restore-job.yaml" >type.yaml
    run_status node "$ROOT/tests/contrib/kubernetes_schema.mjs" "$modules" type.yaml
    assert_status 1
}

@test "no pod is root, writes its root file system, or may become more" {
    ! lacks_yaml || skip "python3-yaml isn't installed"
    run_status jobs 'security = pod["securityContext"]
assert security["runAsNonRoot"] and security["runAsUser"] > 0, file
assert security["seccompProfile"]["type"] == "RuntimeDefault", file
assert pod["automountServiceAccountToken"] is False, file
for each in pod["containers"]:
    assert each["securityContext"] == {"readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}, file
    for mount in each["volumeMounts"]:
        assert mount.get("readOnly") or mount["name"] in ("tmp", "restore"), file
    mounted = {mount["name"] for mount in each["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}, file
    assert not any("WALG_PGP_KEY" == e["name"] or "LIBSODIUM" in e["name"] for e in each["env"]), file
indexed = spec.get("completionMode") == "Indexed"
counts = [e["value"] for e in container["env"] if e["name"] == "JOB_COMPLETIONS"]
assert counts == ([str(spec["completions"])] if indexed else []), file
print(file)'
    assert_status 0
    [ "$(wc -l <"$T/stdout")" = "$(find "$KUBERNETES" -name '*.yaml' | wc -l)" ]
}

@test "the image's user is the pods'" {
    ! lacks_yaml || skip "python3-yaml isn't installed"
    user=$(sed -n 's/^USER //p' "$KUBERNETES/Containerfile")
    run_status jobs 'print("%s:%s" % (pod["securityContext"]["runAsUser"], pod["securityContext"]["runAsGroup"]))'
    [ "$(sort -u "$T/stdout")" = "$user" ]
}

@test "the image has every library that README.md builds with" {
    local package packages
    packages=$(grep -ow '[a-z0-9]*-dev' "$ROOT/README.md" | sort -u)
    [ "$(wc -l <<<"$packages")" -ge 5 ]
    for package in $packages; do
        grep -qw -- "$package" "$KUBERNETES/Containerfile" || flunk "$package"
    done
}

# as_job FILE COUNT: runs its command as its pods would, with $T/key as the Secret, and rclone's store: as
# the folder $T/store.
as_job() {
    jobs "if file.endswith('/$1'):
    import shlex
    print(shlex.join(container['command']))" |
        sed "s, /key, $T/key,g; s, /new, $T/newkeys,g" >job
    mkdir -p bin
    cat >bin/rclone <<'END'
#!/bin/sh
for path; do :; done
path=$T/store/${path#store:}
case "$1 $2" in
'lsf -R') [ ! -d "$path" ] || (cd "$path" && find . -type f | sed 's,^\./,,') ;;
'lsf '*) ls -p "$path" ;;
'cat '*) [ -e "$path" ] || exit 3; cat "$path" ;;
'rcat '*) mkdir -p "${path%/*}" && cat >"$path" ;;
'moveto '*) mv "$T/store/${2#store:}" "$path" ;;
esac
END
    chmod +x bin/rclone
    ln -sf "$SHARE" bin/share
    for ((i = 0; i < $2; i++)); do
        PATH=$T/bin:$PATH JOB_COMPLETION_INDEX=$i JOB_COMPLETIONS=$2 sh job || return
    done
}

@test "the verify job's and the rekey job's commands do their work, with a Secret of every keyTransform" {
    ! lacks_yaml || skip "python3-yaml isn't installed"
    for reading in hex base64 none; do
        rm -rf store key newkeys
        mkdir -p store/bucket/backups/wal_005 key newkeys
        make_key key/key $reading
        make_key newkeys/key
        for i in $(seq 1 5); do
            echo "plain $i" | "$WALSEAL" encrypt -k key/key -t $reading \
                -o store/bucket/backups/wal_005/"$i.lz4"
        done
        run_status as_job verify-job.yaml 3
        assert_status 0
        [ "$(sed 's/.*: \([0-9]*\) objects.*/\1/' "$T/stdout" | awk '{ n += $1 } END { print n }')" = 5 ]
        run_status as_job rekey-job.yaml 3
        assert_status 0
        [ "$(find store/bucket/rekeyed -type f | wc -l)" = 5 ]
        [ "$("$WALSEAL" decrypt -k newkeys/key store/bucket/rekeyed/wal_005/4.lz4)" = 'plain 4' ]
    done
}
