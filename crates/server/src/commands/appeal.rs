//! `appeal …`: a unit appeals against a card, an inspector answers.

use std::path::PathBuf;

use approval::appeal::AppealDecision;
use approval::command::Command;
use clap::Subcommand;

use crate::app::App;
use crate::cli::ActOptions;
use crate::commands::{act, answer_subject, case, uploads};
use crate::failure::Failure;

/// What is done to an appeal.
#[derive(Debug, Subcommand)]
pub(crate) enum Appeal {
    /// 对黄牌、红牌提出申诉 / Appeals against a card
    File {
        /// 办件或督办单编号 / The number of the case or the order that bears the card
        subject: String,
        /// 牌的记录序号 / The card's sequence number
        #[arg(long, value_name = "N")]
        seq: i64,
        /// 申诉理由 / Why the unit objects
        #[arg(long, value_name = "TEXT")]
        text: String,
        /// 附件,可多次 / Files that go with it
        #[arg(long, value_name = "FILE", num_args = 1..)]
        attach: Vec<PathBuf>,
        #[command(flatten)]
        act: ActOptions,
    },
    /// 答复申诉:撤销、打回或上报 / Answers an appeal: revoke, reject or refer
    Decide {
        /// 申诉编号 / The appeal's number
        appeal: String,
        /// revoke(撤销)、reject(打回)、refer(上报)
        #[arg(long, value_name = "WORD", value_parser = decision)]
        decision: AppealDecision,
        /// 理由 / The reason
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        act: ActOptions,
    },
    /// 查看,不作改动 / Shows it
    Show {
        /// 申诉编号 / The appeal's number
        appeal: String,
    },
}

/// Reads an answer: the command's word, the record's, or the Chinese one.
fn decision(text: &str) -> Result<AppealDecision, String> {
    let of_command = match text {
        "revoke" => Some(AppealDecision::Revoked),
        "reject" => Some(AppealDecision::Rejected),
        "refer" => Some(AppealDecision::Referred),
        word => AppealDecision::parse(word),
    };
    let found = of_command.or_else(|| {
        let mut all = AppealDecision::ALL.iter().copied();
        all.find(|decision| decision.zh() == text)
    });
    found.ok_or_else(|| "可用的有 / known are: revoke(撤销), reject(打回), refer(上报)".to_owned())
}

/// Runs one of them.
pub(crate) async fn run(app: &App, command: Appeal) -> Result<(), Failure> {
    match command {
        Appeal::Show { appeal } => case::show(app, &appeal).await,
        Appeal::File {
            subject,
            seq,
            text,
            attach,
            act: options,
        } => {
            let files = uploads(&attach)?;
            let engine = app.engine().await?;
            let seen = engine
                .file_appeal(&subject, seq, &text, files, act(options))
                .await;
            answer_subject(engine, seen).await
        }
        Appeal::Decide {
            appeal,
            decision,
            reason,
            act: options,
        } => {
            let engine = app.engine().await?;
            let command = Command::DecideAppeal { decision, reason };
            let seen = engine.act(&appeal, command, act(options)).await;
            answer_subject(engine, seen).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_in_three_ways() {
        for (words, expected) in [
            (["revoke", "revoked", "撤销"], AppealDecision::Revoked),
            (["reject", "rejected", "打回"], AppealDecision::Rejected),
            (["refer", "referred", "上报"], AppealDecision::Referred),
        ] {
            assert_eq!(words.map(decision), [(); 3].map(|()| Ok(expected)));
        }
        assert!(decision("yes").unwrap_err().contains("revoke"));
    }
}
