//! `case …`: what is done to a case.

use approval::command::Command;
use approval::event::Document;
use approval::ids::UnitCode;
use approval::stage::{Outcome, Procedure, Stage};
use calendar::Term;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use engine::Application;
use engine::answer::subject_json;

use crate::app::App;
use crate::cli::{self, ActOptions};
use crate::commands::{act, answer_subject};
use crate::failure::Failure;
use crate::output;

/// What is done to a case.
#[derive(Debug, Subcommand)]
pub(crate) enum Case {
    /// 收件,编号 / Receives an application and gives it a number
    Receive {
        /// 事项代码 / The item's code
        #[arg(long, value_name = "CODE")]
        item: String,
        /// 申请人 / The applicant's name
        #[arg(long, value_name = "NAME")]
        applicant: String,
        /// 身份证号或统一社会信用代码 / ID number or credit code
        #[arg(long, value_name = "NUMBER")]
        id: Option<String>,
        /// 尚缺的材料,可多次 / What is missing
        #[arg(long, value_name = "TEXT", num_args = 1..)]
        missing: Vec<String>,
        #[command(flatten)]
        act: ActOptions,
    },
    /// 受理 / Accepts
    Accept(Plain),
    /// 一次性告知补正 / Tells, once, all that is missing
    Correct {
        #[command(flatten)]
        plain: Plain,
        /// 尚缺的材料,可多次 / What is missing
        #[arg(long, value_name = "TEXT", num_args = 1.., required = true)]
        missing: Vec<String>,
    },
    /// 补正材料已收 / What was missing has come
    Supply(Plain),
    /// 不予受理 / Refuses acceptance
    Refuse(Reasoned),
    /// 不受理(无需许可) / No permit is needed
    NotNeeded(Reasoned),
    /// 完成一个环节 / Completes a stage
    Complete {
        #[command(flatten)]
        plain: Plain,
        /// 环节:handling、review、approval、completion / The stage
        #[arg(long, value_name = "STAGE", value_parser = cli::stage)]
        stage: Stage,
        /// 结果 / The decision or outcome
        #[arg(long, value_name = "WORD", value_parser = cli::outcome)]
        outcome: Option<Outcome>,
        /// 理由 / The reason
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// 文号 / The paper's number
        #[arg(long, value_name = "NO")]
        document: Option<String>,
        /// 文件日期 / The date on the paper
        #[arg(long, value_name = "DATE", value_parser = cli::day, requires = "document")]
        document_date: Option<NaiveDate>,
    },
    /// 退回到更早的环节 / Sends back to an earlier stage
    SendBack {
        #[command(flatten)]
        reasoned: Reasoned,
        /// 环节 / The stage
        #[arg(long, value_name = "STAGE", value_parser = cli::stage)]
        to: Stage,
    },
    /// 特别程序开始,时限停计 / Starts a special procedure: time stops
    Stop {
        #[command(flatten)]
        plain: Plain,
        /// 程序,如 hearing(听证)、test(检测) / The procedure
        #[arg(long, value_name = "WORD", value_parser = cli::procedure)]
        procedure: Procedure,
        /// 书面告知文号 / The written notice
        #[arg(long, value_name = "NO")]
        notice: Option<String>,
        /// 所需时限,如 15wd、15d、1m / How long it may take
        #[arg(long, value_name = "TERM", value_parser = cli::term)]
        term: Option<Term>,
        /// 依据 / The law that allows it
        #[arg(long, value_name = "TEXT")]
        basis: Option<String>,
        /// 批准人 / Who approved it
        #[arg(long, value_name = "NAME")]
        approver: Option<String>,
    },
    /// 中止(另有法律依据的停计) / Suspends where a law allows it
    Suspend {
        #[command(flatten)]
        plain: Plain,
        /// 依据 / The law that allows it
        #[arg(long, value_name = "TEXT")]
        basis: String,
        /// 批准人 / Who approved it
        #[arg(long, value_name = "NAME")]
        approver: String,
        /// 书面告知文号 / The written notice
        #[arg(long, value_name = "NO")]
        notice: Option<String>,
        /// 所需时限 / How long it may take
        #[arg(long, value_name = "TERM", value_parser = cli::term)]
        term: Option<Term>,
    },
    /// 特别程序或中止结束,时限续计 / Time goes on
    Resume {
        #[command(flatten)]
        plain: Plain,
        /// 第几次,有多个进行中时必填 / Which one; needed when several are open
        #[arg(long, value_name = "N")]
        stop: Option<u32>,
    },
    /// 延期 / Extends the limit
    Extend {
        #[command(flatten)]
        reasoned: Reasoned,
        /// 工作日数 / Working days
        #[arg(long, value_name = "N")]
        working_days: u32,
        /// 批准人 / Who approved it
        #[arg(long, value_name = "NAME")]
        approver: String,
        /// 告知申请人的文号 / The notice to the applicant
        #[arg(long, value_name = "NO")]
        notice: Option<String>,
    },
    /// 征求协办单位意见 / Asks a partner unit's opinion
    AskPartner {
        #[command(flatten)]
        plain: Plain,
        /// 单位代码 / The unit's code
        #[arg(long, value_name = "CODE")]
        unit: String,
        /// 时限,默认按规则 / Its limit; the rules' by default
        #[arg(long, value_name = "TERM", value_parser = cli::term)]
        term: Option<Term>,
    },
    /// 登记协办单位意见 / Records a partner's opinion
    AnswerPartner {
        #[command(flatten)]
        plain: Plain,
        /// 第几号征求 / Which request
        #[arg(long, value_name = "N")]
        partner: u32,
        /// 意见 / The opinion
        #[arg(long, value_name = "TEXT")]
        opinion: String,
    },
    /// 申请人撤回 / The applicant withdraws
    Withdraw(Closing),
    /// 终止、退件、作废、删除 / Ends it without a decision
    End {
        #[command(flatten)]
        closing: Closing,
        /// ended 终止、returned 退件、void 作废、deleted 删除
        #[arg(long, value_name = "WORD", value_parser = cli::outcome, default_value = "ended")]
        outcome: Outcome,
    },
    /// 送达 / The decision is delivered
    Deliver(Closing),
    /// 作废一条记录 / Annuls one event
    Annul {
        #[command(flatten)]
        reasoned: Reasoned,
        /// 记录序号 / The event's sequence number
        #[arg(long, value_name = "N")]
        seq: i64,
    },
    /// 查看,不作改动 / Shows it
    Show {
        /// 办件编号 / The case's number
        case: String,
    },
}

/// A case and who acts.
#[derive(Debug, Args)]
pub(crate) struct Plain {
    /// 办件编号 / The case's number
    case: String,
    #[command(flatten)]
    act: ActOptions,
}

/// The same with a reason.
#[derive(Debug, Args)]
pub(crate) struct Reasoned {
    #[command(flatten)]
    plain: Plain,
    /// 理由 / The reason
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// The same with a reason and a basis that may be there.
#[derive(Debug, Args)]
pub(crate) struct Closing {
    #[command(flatten)]
    plain: Plain,
    /// 理由 / The reason
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// 依据 / The law or paper it rests on
    #[arg(long, value_name = "TEXT")]
    basis: Option<String>,
}

/// Runs one of them.
pub(crate) async fn run(app: &App, command: Case) -> Result<(), Failure> {
    match command {
        Case::Receive {
            item,
            applicant,
            id,
            missing,
            act: options,
        } => {
            let application = Application {
                item,
                applicant,
                id_number: id,
                missing,
                ..Application::default()
            };
            let engine = app.engine().await?;
            let seen = engine.receive(application, act(options)).await;
            answer_subject(engine, seen).await
        }
        Case::Show { case } => show(app, &case).await,
        command => {
            if let Case::Deliver(closing) = &command
                && (closing.reason.is_some() || closing.basis.is_some())
            {
                app.say(
                    "送达不需要理由和依据,未予登记",
                    "a delivery has neither reason nor basis, they aren't recorded",
                );
            }
            let engine = app.engine().await?;
            let Some((plain, command)) = step(command) else {
                return Ok(());
            };
            let seen = engine.act(&plain.case, command, act(plain.act)).await;
            answer_subject(engine, seen).await
        }
    }
}

/// Shows a case or an order.
pub(crate) async fn show(app: &App, subject: &str) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let seen = engine.look(subject).await;
    engine.close().await;
    output::json(&subject_json(&seen?))?;
    Ok(())
}

/// The core's command for what was asked of an existing case.
fn step(command: Case) -> Option<(Plain, Command)> {
    Some(match command {
        Case::Receive { .. } | Case::Show { .. } => return None,
        Case::Accept(plain) => (plain, Command::Accept),
        Case::Correct { plain, missing } => (plain, Command::Correct { missing }),
        Case::Supply(plain) => (plain, Command::Supply),
        Case::Refuse(Reasoned { plain, reason }) => (plain, Command::RefuseAcceptance { reason }),
        Case::NotNeeded(Reasoned { plain, reason }) => (plain, Command::NotNeeded { reason }),
        Case::Complete {
            plain,
            stage,
            outcome,
            reason,
            document,
            document_date: date,
        } => {
            let document = document.map(|number| Document { number, date });
            let command = Command::Complete {
                stage,
                outcome,
                reason,
                document,
            };
            (plain, command)
        }
        Case::SendBack {
            reasoned: Reasoned { plain, reason },
            to,
        } => (plain, Command::SendBack { to, reason }),
        Case::Stop {
            plain,
            procedure,
            notice,
            term,
            basis,
            approver,
        } => {
            let command = Command::Stop {
                procedure,
                notice,
                term,
                basis,
                approver,
            };
            (plain, command)
        }
        Case::Suspend {
            plain,
            basis,
            approver,
            notice,
            term,
        } => {
            let command = Command::Stop {
                procedure: Procedure::Suspension,
                notice,
                term,
                basis: Some(basis),
                approver: Some(approver),
            };
            (plain, command)
        }
        Case::Resume { plain, stop } => (plain, Command::Resume { stop }),
        Case::Extend {
            reasoned: Reasoned { plain, reason },
            working_days,
            approver,
            notice,
        } => {
            let command = Command::Extend {
                working_days,
                approver,
                reason,
                notice,
            };
            (plain, command)
        }
        Case::AskPartner { plain, unit, term } => {
            let unit = UnitCode::new(unit);
            (plain, Command::AskPartner { unit, term })
        }
        Case::AnswerPartner {
            plain,
            partner,
            opinion,
        } => (plain, Command::AnswerPartner { partner, opinion }),
        Case::Withdraw(closing) => closing.close(Outcome::Withdrawn),
        Case::End { closing, outcome } => closing.close(outcome),
        Case::Deliver(closing) => (closing.plain, Command::Deliver),
        Case::Annul {
            reasoned: Reasoned { plain, reason },
            seq,
        } => (plain, Command::Annul { seq, reason }),
    })
}

impl Closing {
    fn close(self, outcome: Outcome) -> (Plain, Command) {
        let command = Command::Close {
            outcome,
            reason: self.reason.unwrap_or_default(),
            basis: self.basis,
        };
        (self.plain, command)
    }
}
