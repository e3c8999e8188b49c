//! `warning …`: an inspector issues a warning that waits, raises one by hand, or revokes one.

use approval::command::Command;
use clap::Subcommand;

use crate::app::App;
use crate::cli::ActOptions;
use crate::commands::{act, answer_subject};
use crate::failure::Failure;

/// What is done to a warning.
#[derive(Debug, Subcommand)]
pub(crate) enum Warning {
    /// 发出待发的预警或牌 / Issues a warning that waits
    Issue {
        /// 办件或督办单编号 / The subject's number
        subject: String,
        /// 预警的记录序号 / The warning's sequence number
        #[arg(long, value_name = "N")]
        seq: i64,
        #[command(flatten)]
        act: ActOptions,
    },
    /// 按人工发牌规则发牌 / Raises a warning by hand, under a rule of element manual
    Raise {
        /// 办件或督办单编号 / The subject's number
        subject: String,
        /// 规则 / The rule's id
        #[arg(long, value_name = "ID")]
        rule: String,
        /// 事实与证据 / What was found, and how it is known
        #[arg(long, value_name = "TEXT")]
        text: String,
        #[command(flatten)]
        act: ActOptions,
    },
    /// 撤牌 / Revokes a warning
    Revoke {
        /// 办件或督办单编号 / The subject's number
        subject: String,
        /// 预警的记录序号 / The warning's sequence number
        #[arg(long, value_name = "N")]
        seq: i64,
        /// 理由 / The reason
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        act: ActOptions,
    },
}

/// Runs one of them.
pub(crate) async fn run(app: &App, command: Warning) -> Result<(), Failure> {
    let (subject, command, options) = match command {
        Warning::Issue { subject, seq, act } => {
            (subject, Command::IssueWarning { warning: seq }, act)
        }
        Warning::Raise {
            subject,
            rule,
            text: evidence,
            act,
        } => (subject, Command::RaiseWarning { rule, evidence }, act),
        Warning::Revoke {
            subject,
            seq,
            reason,
            act,
        } => {
            let command = Command::RevokeWarning {
                warning: seq,
                reason,
            };
            (subject, command, act)
        }
    };
    let engine = app.engine().await?;
    let seen = engine.act(&subject, command, act(options)).await;
    answer_subject(engine, seen).await
}
