//! `token …`: the tokens of the departments' own systems. A token is shown once, when it is made.

use clap::Subcommand;
use engine::accounts::{ApiScope, Caller, NewApiToken};
use serde_json::json;
use store::api_token::ApiTokenRow;
use store::codec::instant;

use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// What is done to tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// 新建令牌,只显示一次 / Makes a token and shows it, once
    Add {
        /// 持有令牌的系统名称,也是其上报办件的来源 / The system that will hold it, and the source of the cases that it reports
        name: String,
        /// 单位代码;不填则须用 --all-units / The unit whose cases it reaches
        #[arg(long, value_name = "CODE", required_unless_present = "all_units")]
        unit: Option<String>,
        /// 可及全部单位 / It reaches all units
        #[arg(long, conflicts_with = "unit")]
        all_units: bool,
        /// 权限:read 查询、cases 办理、events 上报,可多个 / What it may
        #[arg(long, value_name = "SCOPE", value_delimiter = ',', default_value = "read", value_parser = scope)]
        scope: Vec<ApiScope>,
        /// 每分钟请求数上限 / Requests in a minute
        #[arg(long, value_name = "N", default_value_t = 600)]
        rate: u32,
        /// 有效天数 / Days for which it is good
        #[arg(long, value_name = "N", default_value_t = 365)]
        days: u32,
    },
    /// 列出令牌,每行一个 JSON / Lists the tokens, one JSON line each
    List,
    /// 撤销令牌 / Revokes a token
    Revoke {
        /// 令牌编号,见 list / What it is called in the list
        token: String,
    },
}

/// Runs one of them.
pub(crate) async fn run(app: &App, command: Token) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let done = work(&engine, command).await;
    engine.close().await;
    done
}

async fn work(engine: &engine::Engine, command: Token) -> Result<(), Failure> {
    let caller = Caller {
        account: super::COMMAND_LINE.to_owned(),
        address: String::new(),
    };
    match command {
        Token::Add {
            name,
            unit,
            all_units: _,
            scope,
            rate,
            days,
        } => {
            let new = NewApiToken {
                name,
                unit,
                scopes: scope,
                rate_per_minute: rate,
                days,
            };
            let (secret, row) = engine.add_api_token(new, &caller).await?;
            let mut told = told(&row);
            if let Some(object) = told.as_object_mut() {
                object.insert("secret".to_owned(), json!(secret.as_str()));
            }
            output::json(&told)?;
        }
        Token::List => {
            for row in engine.api_tokens().await? {
                output::json(&told(&row))?;
            }
        }
        Token::Revoke { token } => {
            engine.revoke_api_token(&token, &caller).await?;
            output::json(&json!({"token": token, "revoked": true}))?;
        }
    }
    Ok(())
}

fn told(row: &ApiTokenRow) -> serde_json::Value {
    let scopes: Vec<&str> = row.scopes.split(' ').collect();
    json!({
        "token": row.token,
        "name": row.name,
        "unit": row.unit,
        "scopes": scopes,
        "rate_per_minute": row.rate_per_minute,
        "created_by": row.created_by,
        "expires_at": instant(row.expires_at_us).to_rfc3339(),
        "revoked": row.revoked_at_us.is_some(),
    })
}

fn scope(text: &str) -> Result<ApiScope, String> {
    ApiScope::parse(text)
        .ok_or_else(|| "可用的有 / known are: read(查询), cases(办理), events(上报)".to_owned())
}
