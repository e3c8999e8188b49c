//! `outbox …`: what waits to be mailed, and trying again.

use clap::Subcommand;
use engine::Engine;
use engine::outbox::{LEASE_MS, Outbox, OutboxSettings};
use notify::{RetryPolicy, Templates, Transport};
use serde_json::json;

use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// A lease lasts as long as the longest delivery and this much more, in milliseconds.
const LEASE_MARGIN_MS: u64 = 30_000;

/// What is done to the outbox.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 列出邮件,每行一个 JSON / Lists the messages, one JSON line each
    List,
    /// 重新发送一封或全部未发出的邮件 / Queues one message anew, or all that aren't sent
    Retry {
        /// Message-ID
        id: Option<String>,
    },
    /// 汇总并发送一次(不运行 serve 时用) / Composes and sends once, where nothing serves
    Send,
}

/// Runs one of them.
pub(crate) async fn run(app: &App, command: Command) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let (outbox, sends) = open(app, engine.clone())?;
    let done = work(app, &outbox, sends, command).await;
    engine.close().await;
    done
}

async fn work(app: &App, outbox: &Outbox, sends: bool, command: Command) -> Result<(), Failure> {
    match command {
        Command::List => {
            let show = |line| {
                let line = serde_json::to_value(&line).map_err(anyhow::Error::from)?;
                Ok::<(), Failure>(output::json(&line)?)
            };
            outbox.list(show).await?;
        }
        Command::Retry { id } => {
            let queued = outbox.retry(id.as_deref()).await?;
            outbox.engine().remember_trial_time().await?;
            output::json(&json!({"queued": queued}))?;
        }
        Command::Send if !sends => return Err(cannot_send(app, outbox.engine())),
        Command::Send => {
            let composed = outbox.compose_round().await?;
            let sent = outbox.send_round().await?;
            outbox.engine().remember_trial_time().await?;
            output::json(&json!({
                "composed": composed.messages,
                "dropped_items": composed.dropped,
                "sent": sent.sent,
                "retried": sent.retried,
                "failed": sent.failed,
                "given_up": sent.given_up,
            }))?;
            if sent.retried + sent.failed + sent.given_up > 0 {
                return Err(Failure::Found);
            }
        }
    }
    Ok(())
}

/// The outbox as configured, and whether it can send: without a URL messages are composed and kept.
pub(crate) fn open(app: &App, engine: Engine) -> Result<(Outbox, bool), Failure> {
    let mail = app.config.mail.settings();
    let transport = Transport::from_settings(&mail).map_err(anyhow::Error::from)?;
    let templates =
        Templates::load(app.config.mail.templates.as_deref()).map_err(anyhow::Error::from)?;
    let sends = transport.is_some() && engine.standing().shadow_since.is_none();
    // Nothing is ever handed to the one in memory: see `sends`.
    let transport = transport.unwrap_or_else(|| Transport::memory().0);
    let service = &app.config.service;
    let settings = OutboxSettings {
        from: mail.from.clone(),
        organ_name: service.organ_name.clone(),
        system_name: service.system_name.clone(),
        base_url: service.base_url.clone(),
        language: service.language,
        message_id_domain: domain(&mail.from),
        retry: RetryPolicy {
            attempts_max: app.config.outbox.attempts_max,
        },
        lease_ms: LEASE_MS.max(mail.timeout_ms.saturating_add(LEASE_MARGIN_MS)),
        owner: format!(
            "{}-{}",
            std::process::id(),
            engine.clock().now().timestamp_micros()
        ),
    };
    Ok((Outbox::new(engine, transport, templates, settings), sends))
}

/// Why nothing is sent, and what to do.
pub(crate) fn cannot_send(app: &App, engine: &Engine) -> Failure {
    Failure::cannot_run(if engine.standing().shadow_since.is_some() {
        app.pick(
            "影子运行中不发任何邮件;结束请执行 shixian shadow end",
            "it runs in a shadow and mails nothing; `shixian shadow end` ends that",
        )
    } else {
        app.pick(
            "没有配置发信方式,请设 [mail] url 或 SHIXIAN_MAIL__URL",
            "no way to send is configured: set [mail] url or SHIXIAN_MAIL__URL",
        )
    })
}

/// What stands behind the @ of the sender.
fn domain(from: &str) -> String {
    from.rsplit_once('@')
        .map_or(from, |(_, domain)| domain)
        .trim_end_matches('>')
        .to_owned()
}
