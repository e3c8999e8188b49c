//! `order …`: supervision orders.

use std::path::PathBuf;

use approval::command::Command;
use calendar::Term;
use clap::{Args, Subcommand};

use crate::app::App;
use crate::cli::{self, ActOptions};
use crate::commands::{act, answer_subject, case, uploads};
use crate::failure::Failure;

/// What is done to a supervision order.
#[derive(Debug, Subcommand)]
pub(crate) enum Order {
    /// 下发督办单 / Issues an order
    Issue {
        /// 单位代码 / The unit that must answer
        #[arg(long, value_name = "CODE")]
        unit: String,
        /// 督办要求 / What it must do
        #[arg(long, value_name = "TEXT")]
        text: String,
        /// 时限,如 3wd / Within which term
        #[arg(long, value_name = "TERM", value_parser = cli::term)]
        term: Term,
        /// 所涉办件编号 / The case it is about
        #[arg(long, value_name = "CASE")]
        case: Option<String>,
        #[command(flatten)]
        act: ActOptions,
    },
    /// 单位回复 / The unit's reply
    Reply {
        #[command(flatten)]
        plain: Plain,
        /// 回复内容 / The reply
        #[arg(long, value_name = "TEXT")]
        text: String,
        /// 附件,可多次 / Files that go with it
        #[arg(long, value_name = "FILE", num_args = 1..)]
        attach: Vec<PathBuf>,
    },
    /// 销号 / Closes it
    Close {
        #[command(flatten)]
        plain: Plain,
        /// 备注 / A remark
        #[arg(long, value_name = "TEXT")]
        remark: Option<String>,
    },
    /// 退回重办 / Sends it back
    SendBack {
        #[command(flatten)]
        plain: Plain,
        /// 理由 / The reason
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// 新的时限 / A new term
        #[arg(long, value_name = "TERM", value_parser = cli::term)]
        term: Option<Term>,
    },
    /// 查看,不作改动 / Shows it
    Show {
        /// 督办单编号 / The order's number
        order: String,
    },
}

/// An order and who acts.
#[derive(Debug, Args)]
pub(crate) struct Plain {
    /// 督办单编号 / The order's number
    order: String,
    #[command(flatten)]
    act: ActOptions,
}

/// Runs one of them.
pub(crate) async fn run(app: &App, command: Order) -> Result<(), Failure> {
    let (plain, command) = match command {
        Order::Show { order } => return case::show(app, &order).await,
        Order::Issue {
            unit,
            text,
            term,
            case,
            act: options,
        } => {
            let engine = app.engine().await?;
            let seen = engine
                .issue_order(&unit, &text, term, case.as_deref(), act(options))
                .await;
            return answer_subject(engine, seen).await;
        }
        Order::Reply {
            plain,
            text,
            attach,
        } => {
            let files = uploads(&attach)?;
            let engine = app.engine().await?;
            let seen = engine
                .reply_order((&plain.order, i64::MAX), &text, files, act(plain.act))
                .await;
            return answer_subject(engine, seen).await;
        }
        Order::Close { plain, remark } => (plain, Command::CloseOrder { remark }),
        Order::SendBack {
            plain,
            reason,
            term,
        } => (plain, Command::SendBackOrder { reason, term }),
    };
    let engine = app.engine().await?;
    let seen = engine.act(&plain.order, command, act(plain.act)).await;
    answer_subject(engine, seen).await
}
