#!/usr/bin/env bats
# azcopy, gcloud and gsutil: the recipes of contrib/postgresql/README.md with a stand-in for the
# programs, which Debian hasn't. What it can show is that their documented statuses are read right.
load stores
load faults

setup() {
    stores_need zstd
    stores_begin cloud
}

teardown() {
    stores_leave
}

AZURE=https://account.blob.core.windows.net/bucket/wal

@test "azcopy: archived, lost, and back to a point in time" {
    there_and_back 'Azure with azcopy'
}

@test "gcloud: archived, lost, and back to a point in time" {
    there_and_back 'Google Cloud with gcloud'
}

@test "gsutil: the same with that word for gcloud" {
    sed 's/ gcloud / gsutil /g' "$STORES_README" >README.md
    STORES_README=$T/README.md
    there_and_back 'Google Cloud with gcloud'
}

@test "azcopy: what is missing is told from what is broken" {
    missing_is_told_from_broken "azcopy $AZURE"
}

@test "azcopy: a file is archived once" {
    archived_once "azcopy $AZURE"
}

@test "gcloud: what is missing is told from what is broken" {
    missing_is_told_from_broken "gcloud gs://bucket/wal"
}

@test "gcloud: a file is archived once" {
    archived_once "gcloud gs://bucket/wal"
}

@test "gsutil: what is missing is told from what is broken" {
    missing_is_told_from_broken "gsutil gs://bucket/wal"
}

@test "gsutil: a file is archived once" {
    archived_once "gsutil gs://bucket/wal"
}

@test "azcopy: newer ones list without INFO" {
    CLUSTER_VARIABLES+=(AZCOPY_LIST_PREFIX=)
    missing_is_told_from_broken "azcopy $AZURE"
}
