# The programs that documents speak of, as far as their commands use them:  load stand_ins
# shellcheck shell=bash

# script NAME: a program in PATH, from standard input.
script() {
    { echo '#!/bin/sh' && cat; } >"$T/bin/$1"
    chmod +x "$T/bin/$1"
}

stand_ins() {
    script rclone <<'END'
[ -z "$STORE_DOWN" ] || exit 1
path=$T/store/${2#store:}
case $1 in
rcat) mkdir -p "${path%/*}" && cat >"$path" ;;
cat) [ -f "$path" ] || exit 3; exec cat "$path" ;;
*) exit 99 ;;
esac
END
    # "compressed" is LZ4! in front
    script lz4 <<'END'
unpack() { [ "$(dd bs=1 count=4 2>/dev/null)" = LZ4! ] && cat; }
case $1 in
-dc) unpack ;;
-d) unpack <"$2" >"$3" ;;
*) exit 99 ;;
esac
END
    # its version is none that is installed here, so that the programs below are taken
    script pg_basebackup <<'END'
case $* in
'-D - -Ft -X fetch') compress= ;;
'-D - -Ft -X fetch -z') compress=-z ;;
*) exit 99 ;;
esac
[ ! -e "$T/backup-breaks" ] || { head -c 3000 "$T/plain"; exit 1; }
cd "$T/data" && echo 0 >PG_VERSION && cp "$T/plain" base && echo {} >backup_manifest &&
    tar -c $compress PG_VERSION base backup_manifest
END
    # PostgreSQL's user
    script id <<'END'
case $* in
-u) echo 70 ;;
-un) echo postgres ;;
*) exit 99 ;;
esac
END
    server_stand_ins
    script pg_ctl <<'END'
[ "$1 $3 $5" = '-D -l start' ] && [ -f "$2/pg_hba.conf" ] && echo started >"$4"
END
    script pg_verifybackup <<'END'
for data; do :; done
[ -f "$data/backup_manifest" ] && cmp "$data/base" "$T/plain"
END
    script ssh <<'END'
[ "$1" = vault ] || exit 99
shift
cd "$T/vault" && exec sh -c "$*"
END
    script kubectl <<'END'
case $* in
'get secret backup-key -o jsonpath={.data.sodium}') exec base64 "$T/work/walg.key" ;;
'create secret generic backup-openpgp --from-file=key=team.sec.asc --from-file=keyPassphrase=team.pass')
    cp team.sec.asc "$T/secret.key" && cp team.pass "$T/secret.passphrase" ;;
'get secret backup-openpgp -o jsonpath={.data.key}') exec base64 -w 0 "$T/secret.key" ;;
'get secret backup-openpgp -o jsonpath={.data.keyPassphrase}') exec base64 -w 0 "$T/secret.passphrase" ;;
*) exit 99 ;;
esac
END
    script install <<'END'
if [ "$1 $2 $#" = '-m 0644 4' ]; then
    cp "$3" "$4" && exec chmod 0644 "$4"
fi
[ "$1" = -d ] && [ "$2" = -m ] || exit 99
mode=$3
for folder; do :; done
mkdir -p -m "$mode" "$folder"
END
    script chown <<'END'
[ "$1" = postgres: ] && [ -e "$2" ]
END
    script psql <<'END'
case $1 in
-c) [ $# = 2 ] ;;
*) for sql; do :; done
    case $sql in
    'select pg_is_in_recovery()') cmp -s "$T/recovered" "$T/segment" && echo f ;;
    *) echo 395 ;;
    esac ;;
esac
END
    script apt-get <<'END'
echo "$*" >"$T/apt-get"
END
}

# A server that recovers a segment and waits to be stopped, and what looks at its files after.
# shellcheck disable=SC2016 # the stand-ins' own
server_stand_ins() {
    script postgres <<'END'
case " $* " in *' -c archive_mode=off '*) ;; *) exit 99 ;; esac
for setting; do
    case $setting in restore_command=*) command=${setting#*=} ;; esac
done
case $command in 'exec '*) ;; *) exit 99 ;; esac
sh -c "$(printf '%s\n' "$command" | sed "s,%f,$SEGMENT,g; s,%p,$T/recovered,g")" || exit
cmp "$T/recovered" "$T/segment" || exit
exec perl -e '$SIG{INT} = sub { unlink "$ENV{T}/ready"; exit 0 }; open my $ready, ">", "$ENV{T}/ready";
    sleep 1 while 1'
END
    script pg_isready <<'END'
[ -e "$T/ready" ] || exit 2
END
    script pg_controldata <<'END'
echo 'Data page checksum version:           1'
END
    script pg_checksums <<'END'
[ "$1 $2" = '--check -D' ] && cmp "$3/base" "$T/plain"
END
    script pg_archivecleanup <<'END'
remove=rm
[ "$1" != -n ] || { remove=echo && shift; }
for file in "$1"/????????????????????????; do
    [ ! "${file##*/}" \< "$(echo "$2" | cut -c 1-24)" ] || $remove "$file"
done
END
}
