//! `outage …`: an inspector declares a period in which recording was impossible, and takes away the cards it caused.

use approval::command::Act;
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use engine::answer::instant_text;
use engine::outage::{Declaration, OutageSettled, TouchedCard, card_name};
use engine::{Engine, EngineError};
use serde_json::{Value, json};
use store::codec::instant;
use store::outage::OutageRow;

use crate::app::App;
use crate::cli;
use crate::commands::act_by;
use crate::failure::Failure;
use crate::output;

/// Outages that are read at once.
const PAGE: i64 = 100;

/// What is done about an outage.
#[derive(Debug, Subcommand)]
pub(crate) enum Outage {
    /// 登记故障时段 / Declares one that is over
    Declare {
        /// 开始 / From this instant
        #[arg(long, value_name = "INSTANT", value_parser = cli::instant)]
        from: DateTime<Utc>,
        /// 结束 / To this one, not included
        #[arg(long, value_name = "INSTANT", value_parser = cli::instant)]
        to: DateTime<Utc>,
        /// 所涉单位,可多次;默认全部 / The units affected; all by default
        #[arg(long, value_name = "CODE", num_args = 1..)]
        unit: Vec<String>,
        /// 原因 / What happened
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// 文号 / The paper that says so
        #[arg(long, value_name = "NO")]
        paper: Option<String>,
        #[command(flatten)]
        who: Who,
    },
    /// 列出 / Lists them, the latest first
    List,
    /// 列出受故障影响的牌 / Lists the cards that it touches
    Review {
        /// 故障编号 / The outage's number
        outage: String,
    },
    /// 撤销受影响的牌,除非保留 / Revokes all of these but those kept
    Settle {
        /// 故障编号 / The outage's number
        outage: String,
        /// 保留的牌,写作 编号:序号,可多次 / Cards that stay
        #[arg(long, value_name = "SUBJECT:SEQ", num_args = 1.., value_parser = card)]
        keep: Vec<(String, i64)>,
        /// 理由 / The reason
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        who: Who,
    },
}

/// Who acts.
#[derive(Debug, Args)]
pub(crate) struct Who {
    /// 监察人员代码 / The inspector
    #[arg(long, value_name = "PERSON")]
    by: Option<String>,
    /// AB岗代谁办理 / For whom a stand-in acts
    #[arg(long = "for", value_name = "PERSON")]
    stands_for: Option<String>,
}

impl Who {
    fn act(self) -> Act {
        act_by(self.by, self.stands_for)
    }
}

fn card(text: &str) -> Result<(String, i64), String> {
    card_name(text).ok_or_else(|| {
        "写作 编号:序号,如 410800-HBJ-20110926-0001:7 / write SUBJECT:SEQ".to_owned()
    })
}

/// Runs one of them.
pub(crate) async fn run(app: &App, command: Outage) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let ended = answer(&engine, command).await;
    let ended = match ended {
        Ok(answer) => engine.remember_trial_time().await.map(|()| answer),
        Err(error) => Err(error),
    };
    engine.close().await;
    for line in ended? {
        output::json(&line)?;
    }
    Ok(())
}

async fn answer(engine: &Engine, command: Outage) -> Result<Vec<Value>, EngineError> {
    let at = Shown::of(engine).await?;
    Ok(match command {
        Outage::Declare {
            from,
            to,
            unit,
            reason,
            paper,
            who,
        } => {
            let declaration = Declaration {
                from,
                to,
                units: unit,
                reason,
                paper,
            };
            let row = engine.declare_outage(declaration, who.act()).await?;
            vec![at.outage(&row)]
        }
        Outage::List => {
            let mut lines = Vec::new();
            let mut after = (i64::MAX, String::new());
            loop {
                let page = engine.outages((after.0, &after.1), PAGE).await?;
                let Some(last) = page.last() else { break };
                after = (last.from_us, last.outage.clone());
                lines.extend(page.iter().map(|row| at.outage(row)));
            }
            lines
        }
        Outage::Review { outage } => {
            let review = engine.review_outage(&outage).await?;
            let mut answer = at.outage(&review.outage);
            answer["cards"] = review.cards.iter().map(|card| at.card(card)).collect();
            vec![answer]
        }
        Outage::Settle {
            outage,
            keep,
            reason,
            who,
        } => {
            let settled = engine.settle_outage(&outage, &keep, &reason, who.act());
            vec![settled_json(&outage, &settled.await?)]
        }
    })
}

fn settled_json(outage: &str, settled: &OutageSettled) -> Value {
    let cards = |cards: &[(String, i64)]| -> Value {
        let cards = cards.iter();
        cards
            .map(|(subject, seq)| json!({"subject": subject, "seq": seq}))
            .collect()
    };
    json!({
        "outage": outage,
        "revoked": cards(&settled.revoked),
        "kept": cards(&settled.kept),
    })
}

/// Instants as the office shows them.
struct Shown(std::sync::Arc<approval::Books>);

impl Shown {
    async fn of(engine: &Engine) -> Result<Self, EngineError> {
        Ok(Self(engine.books(engine.division()).await?))
    }

    fn at(&self, us: i64) -> String {
        instant_text(&self.0.calendar, instant(us))
    }

    fn outage(&self, row: &OutageRow) -> Value {
        json!({
            "outage": row.outage,
            "from": self.at(row.from_us),
            "to": self.at(row.to_us),
            "units": row.units.split_whitespace().collect::<Vec<_>>(),
            "reason": row.reason,
            "paper": row.paper,
            "declared_by": row.declared_by,
            "declared_at": self.at(row.declared_at_us),
            "settled_by": row.settled_by,
            "settled_at": row.settled_at_us.map(|us| self.at(us)),
        })
    }

    fn card(&self, card: &TouchedCard) -> Value {
        json!({
            "subject": card.subject,
            "seq": card.seq,
            "unit": card.unit,
            "level": card.level.as_str(),
            "clock": card.clock.to_string(),
            "limit_at": instant_text(&self.0.calendar, card.limit_at),
            "recorded_at": instant_text(&self.0.calendar, card.recorded_at),
            "why": card.touch.as_str(),
            "kept": card.kept,
        })
    }
}
