#!/usr/bin/env bash
# Writes the record of sqlite.dump and postgres.dump with the first version's own binary, into an empty database.
#   make.sh BINARY URL OFFICE
set -euo pipefail
binary=$1 url=$2 office=$3
work=$(mktemp -d)
cd "$work"

run() { "$binary" --quiet --database "$url" "$@"; }
# The number of the case in an answer.
received() { run case receive --now "$1" --item "$2" --applicant "$3" --by C1 | sed 's/.*"case":"\([^"]*\)".*/\1/'; }

run migrate --trial --now 2018-10-15T10:00:00+08:00
run reference load "$office"

# Stopped and resumed, extended, sent back, granted, delivered.
granted=$(received 2018-10-15T10:00:00+08:00 GSJ-001 张三)
run case accept "$granted" --by C1
run case stop "$granted" --procedure hearing --notice 听字1号 --term 5wd --by H1 --now 2018-10-16T09:00:00+08:00
run case resume "$granted" --by H1 --now 2018-10-18T15:00:00+08:00
run case extend "$granted" --working-days 3 --approver 孙局长 --reason 情况复杂 --notice 延字1号 --by H1
run case complete "$granted" --stage handling --by H1 --now 2018-10-19T10:00:00+08:00
run case complete "$granted" --stage review --by R1
run case send-back "$granted" --to handling --reason 材料矛盾 --by P1 --now 2018-10-22T10:00:00+08:00
run case complete "$granted" --stage handling --by H1
run case complete "$granted" --stage review --by R1 --now 2018-10-23T10:00:00+08:00
run case complete "$granted" --stage approval --outcome granted --document 准字1号 --by P1
run case complete "$granted" --stage completion --by C1
run case deliver "$granted" --by C1 --now 2018-10-24T10:00:00+08:00

# Corrected, deemed accepted, late and with cards; a stage recorded late, and annulled.
late=$(received 2018-10-24T11:00:00+08:00 GSJ-002 李四)
run case correct "$late" --missing 营业执照 --missing 章程 --by C1
run case supply "$late" --by C1 --now 2018-10-26T09:00:00+08:00
run sweep --now 2018-11-12T09:00:00+08:00
run case complete "$late" --stage handling --at 2018-11-09T10:00:00+08:00 --late-reason 系统停运 --by H1
seq=$(run case show "$late" | sed 's/^{"case":"[^"]*","seq":\([0-9]*\).*/\1/')
run case annul "$late" --seq "$seq" --reason 录入有误 --by H1
run sweep --now 2018-11-26T09:00:00+08:00

# Refused at the window, withdrawn, and one that stays open.
refused=$(received 2018-11-26T10:00:00+08:00 GSJ-001 王五)
run case refuse "$refused" --reason 不属本机关职权 --by C1
withdrawn=$(received 2018-11-26T11:00:00+08:00 GSJ-001 赵六)
run case accept "$withdrawn" --by C1
run case withdraw "$withdrawn" --reason 申请人撤回 --by C1
open=$(received 2018-11-26T14:00:00+08:00 GSJ-001 孙七)
run case accept "$open" --by C1
run order issue --unit GSJ --text 请说明原因 --term 3wd --case "$late" --by I1
SHIXIAN_MAIL__URL="file:$work/mails" run outbox send
run verify
