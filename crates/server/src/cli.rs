//! The command line.

use std::path::PathBuf;

use calendar::Term;
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Parser, Subcommand};
use notify::Language;

use crate::commands::{
    appeal, case, demo, export, import, migrate, order, outage, outbox, report, restore, revise,
    score, serve, shadow, stats, token, user, warning,
};

/// 时限:行政审批电子监察 / Supervises administrative approvals electronically
#[derive(Debug, Parser)]
#[command(
    name = "shixian",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "数据输出到标准输出,每条命令一个 JSON 对象;提示输出到标准错误。退出码:0 完成,1 被拒绝或发现问题,2 无法运行。\n\
    Data go to stdout, one JSON object per command; messages to stderr. Exit status: 0 done, 1 refused or something found wrong, 2 could not run."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Globals {
    /// 数据库:sqlite:路径 或 postgres://… / The database
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// 配置文件;默认 config/shixian.toml 或 /etc/shixian/shixian.toml / The configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// 行政区划代码 / The division's code
    #[arg(long, global = true, value_name = "CODE")]
    pub(crate) division: Option<String>,
    /// 试运行库的当前时间,如 2011-09-26T10:00:00+08:00 / The instant of a trial's clock
    #[arg(long, global = true, value_name = "INSTANT", value_parser = instant)]
    pub(crate) now: Option<DateTime<Utc>>,
    /// 提示的语言:zh 或 en / The language of messages
    #[arg(long, global = true, value_name = "LANG", value_parser = language)]
    pub(crate) lang: Option<Language>,
    /// 不输出提示 / No messages for people
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 建立或更新数据表,装入日历和规则 / Makes or updates the tables, installs calendar and rules
    Migrate(migrate::Options),
    /// 单位、事项、人员 / Units, items, people
    #[command(subcommand)]
    Reference(Reference),
    /// 回答时限计算问题,每行一个 JSON / Answers questions to the clock, one JSON line each
    Clock {
        /// 日历文件、文件夹或内置名称 / A calendar file, folder or built-in name
        #[arg(long, value_name = "FILE")]
        calendar: Option<String>,
    },
    /// 办件 / Cases
    #[command(subcommand)]
    Case(case::Case),
    /// 督办单 / Supervision orders
    #[command(subcommand)]
    Order(order::Order),
    /// 申诉 / Appeals against cards
    #[command(subcommand)]
    Appeal(appeal::Appeal),
    /// 预警和黄、红牌 / Warnings and cards
    #[command(subcommand)]
    Warning(warning::Warning),
    /// 故障登记 / Outages, in which recording was impossible
    #[command(subcommand)]
    Outage(outage::Outage),
    /// 考核评分:得分、录入、申诉 / Scores: points and ranks, entries, objections
    #[command(subcommand)]
    Score(score::Score),
    /// 处理到期的时限,发预警和牌 / Takes the alarms that are due
    Sweep {
        /// 只处理到这一时刻,不得晚于当前时间 / Takes alarms up to this instant only
        #[arg(long, value_name = "INSTANT", value_parser = instant)]
        as_of: Option<DateTime<Utc>>,
    },
    /// 日历 / Calendars
    #[command(subcommand)]
    Calendar(revise::Revise),
    /// 监察规则 / Rules
    #[command(subcommand)]
    Rules(revise::Revise),
    /// 提供网页,处理到期时限,发送邮件 / Serves pages, takes alarms, sends mail
    Serve(serve::Options),
    /// 影子运行:与原系统并行,只记录、不发信 / Beside another system: everything is raised, nothing is mailed
    #[command(subcommand)]
    Shadow(shadow::Shadow),
    /// 检查安装是否正确 / Finds what is wrong with an installation
    Check {
        /// 输出 JSON / As JSON
        #[arg(long)]
        json: bool,
    },
    /// 逐日说明时限如何计算 / Explains the count of the dates, day by day
    Explain {
        /// 办件、督办单或申诉编号 / The subject's number
        subject: String,
        /// 输出 JSON / As JSON
        #[arg(long)]
        json: bool,
    },
    /// 导入其他系统的办理日志 / Imports another system's log
    Import(import::Options),
    /// 待发和已发的邮件 / Messages that wait or were sent
    #[command(subcommand)]
    Outbox(outbox::Command),
    /// 工作页面的登录账号 / The accounts that sign in at the desks
    #[command(subcommand)]
    User(user::User),
    /// 其他系统调用接口的令牌 / The tokens with which other systems call the interface
    #[command(subcommand)]
    Token(token::Token),
    /// 校验全部记录是否被改动 / Verifies that nobody bent the record
    Verify {
        /// 再与另存的锚核对 / Compares it with anchors that were kept elsewhere, too
        #[arg(long, value_name = "FILE")]
        against: Option<PathBuf>,
    },
    /// 输出一行“锚”,另存他处,供日后核对 / One line about the whole record, to be kept elsewhere
    Anchor,
    /// 把数据库备份到一个文件(SQLite),服务可照常运行 / Writes a checked copy of a SQLite database, while it is served
    Backup {
        /// 备份文件,不得已存在 / The copy; it may not be there yet
        file: PathBuf,
    },
    /// 从备份恢复数据库 / Makes a copy the database
    Restore(restore::Options),
    /// 统计一段时间,生成报告文件 / Counts a period and writes its report
    Report(report::Options),
    /// 统计数据:重新统计 / The facts that the figures rest on
    #[command(subcommand)]
    Stats(stats::Command),
    /// 导出一段时间的统计数据和办理日志,供其他软件分析 / Writes a period's facts and events for other software
    Export(export::Options),
    /// 重放情景“焦作 2011”和差错情形,并提供服务 / Replays the scenario Jiaozuo 2011 and a run with lapses, and serves it
    Demo(demo::Options),
}

/// What is done to the reference tables.
#[derive(Debug, Subcommand)]
pub(crate) enum Reference {
    /// 从文件夹载入 units.csv、items.csv、people.csv / Loads units.csv, items.csv, people.csv from a folder
    Load {
        /// 文件夹 / The folder
        dir: PathBuf,
    },
}

/// Who says what, when: common to all acts.
#[derive(Debug, Default, Args)]
pub(crate) struct ActOptions {
    /// 办理人员代码 / Who does it
    #[arg(long, value_name = "PERSON")]
    pub(crate) by: Option<String>,
    /// AB岗代谁办理 / For whom a stand-in acts
    #[arg(long = "for", value_name = "PERSON")]
    pub(crate) stands_for: Option<String>,
    /// 发生时间,默认为当前时间 / When it happened; the clock's instant by default
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub(crate) at: Option<DateTime<Utc>>,
    /// 补录原因 / Why it is recorded late
    #[arg(long, value_name = "TEXT")]
    pub(crate) late_reason: Option<String>,
}

/// Reads an instant with its offset, to the microsecond.
pub(crate) fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let read = DateTime::parse_from_rfc3339(text.trim()).map_err(|_| {
        "时间须带时区,如 2011-09-26T10:00:00+08:00 / write an instant with its offset".to_owned()
    })?;
    Ok(store::codec::instant(read.timestamp_micros()))
}

/// Reads a day.
pub(crate) fn day(text: &str) -> Result<NaiveDate, String> {
    text.trim()
        .parse()
        .map_err(|_| "日期须写作 2011-09-26 / write a day as 2011-09-26".to_owned())
}

/// Reads a term such as `15wd`.
pub(crate) fn term(text: &str) -> Result<Term, String> {
    approval::term_text::parse(text).map_err(|error| format!("{} / {error}", error.message_zh()))
}

fn language(code: &str) -> Result<Language, String> {
    code.parse()
        .map_err(|_| "语言为 zh 或 en / zh or en".to_owned())
}

/// Reads one of a list of words, in English or Chinese.
macro_rules! word_reader {
    ($name:ident, $type:ty) => {
        /// Reads one of the words of the record, or its Chinese form.
        pub(crate) fn $name(text: &str) -> Result<$type, String> {
            let found = <$type>::parse(text)
                .or_else(|| <$type>::ALL.iter().copied().find(|word| word.zh() == text));
            found.ok_or_else(|| {
                let known: Vec<String> = <$type>::ALL
                    .iter()
                    .map(|word| format!("{}({})", word.as_str(), word.zh()))
                    .collect();
                format!("可用的有 / known are: {}", known.join(", "))
            })
        }
    };
}

word_reader!(stage, approval::stage::Stage);
word_reader!(outcome, approval::stage::Outcome);
word_reader!(procedure, approval::stage::Procedure);

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn words_are_read_in_both_languages() {
        assert_eq!(stage("review"), stage("审核"));
        assert!(stage("reviews").unwrap_err().contains("审核"));
        assert_eq!(outcome("refused"), outcome("不予许可"));
        assert_eq!(procedure("hearing"), procedure("听证"));
        assert!(instant("2011-09-26T10:00:00").is_err());
        assert_eq!(
            instant("2011-09-26T10:00:00+08:00"),
            instant("2011-09-26T02:00:00.0000001Z")
        );
    }
}
