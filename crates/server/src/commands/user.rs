//! `user …`: the accounts that sign in at the desks. Whoever may run the program on the database may make them; the
//! log says that it was done on the command line.

use std::io::Read;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use engine::accounts::{AccountChange, AccountRole, Caller, NewAccount};
use serde_json::json;

use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// What is done to accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// 新建账号 / Makes an account
    Add {
        /// 账号(登录名) / The name that is typed at the sign-in
        account: String,
        /// desk 业务人员、system 系统管理员、security 安全管理员、audit 审计管理员 / What it is for
        #[arg(long, value_name = "ROLE", default_value = "desk", value_parser = role)]
        role: AccountRole,
        /// 人员代码,业务账号必填 / The person of a desk account
        #[arg(long, value_name = "PERSON")]
        person: Option<String>,
        /// 显示的姓名,默认为人员姓名 / The name that is shown; the person's by default
        #[arg(long, value_name = "NAME", default_value = "")]
        name: String,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// 列出账号,每行一个 JSON / Lists the accounts, one JSON line each
    List,
    /// 重设密码,下次登录须修改 / Sets a new password, to be changed at the next sign-in
    Password {
        /// 账号 / The account
        account: String,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// 启用账号 / Lets an account in
    Open {
        /// 账号 / The account
        account: String,
    },
    /// 停用账号,并结束其会话 / Keeps an account out and ends its sessions
    Close {
        /// 账号 / The account
        account: String,
    },
    /// 解除密码输错后的锁定 / Takes the lock after wrong passwords away
    Unlock {
        /// 账号 / The account
        account: String,
    },
}

/// Where the password comes from: a file, standard input, or the program makes one and prints it once.
#[derive(Debug, Default, Args)]
pub(crate) struct PasswordSource {
    /// 首行为密码的文件,“-”为标准输入;默认由程序生成并显示一次 / A file whose first line is the password, "-" is standard input; by default one is made and printed once
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// Runs one of them.
pub(crate) async fn run(app: &App, command: User) -> Result<(), Failure> {
    let engine = app.engine().await?;
    let done = work(app, &engine, command).await;
    engine.close().await;
    done
}

async fn work(app: &App, engine: &engine::Engine, command: User) -> Result<(), Failure> {
    let caller = Caller {
        account: super::COMMAND_LINE.to_owned(),
        address: String::new(),
    };
    let (account, change) = match command {
        User::Add {
            account,
            role,
            person,
            name,
            password,
        } => {
            let (password, made) = password.take(app)?;
            let new = NewAccount {
                account: account.clone(),
                name,
                role,
                person,
                password: password.clone(),
                must_change: true,
                active: true,
            };
            engine.add_account(new, &caller).await?;
            return told(&account, made.then_some(password));
        }
        User::List => return list(engine).await,
        User::Password { account, password } => {
            let (password, made) = password.take(app)?;
            let change = AccountChange {
                password: Some(password.clone()),
                ..AccountChange::default()
            };
            engine.change_account(&account, change, &caller).await?;
            return told(&account, made.then_some(password));
        }
        User::Open { account } => (account, active(true)),
        User::Close { account } => (account, active(false)),
        User::Unlock { account } => {
            let change = AccountChange {
                unlock: true,
                ..AccountChange::default()
            };
            (account, change)
        }
    };
    engine.change_account(&account, change, &caller).await?;
    told(&account, None)
}

fn active(on: bool) -> AccountChange {
    AccountChange {
        active: Some(on),
        ..AccountChange::default()
    }
}

fn told(account: &str, password: Option<String>) -> Result<(), Failure> {
    output::json(&match password {
        Some(password) => json!({"account": account.to_lowercase(), "password": password}),
        None => json!({"account": account.to_lowercase()}),
    })?;
    Ok(())
}

async fn list(engine: &engine::Engine) -> Result<(), Failure> {
    for row in engine.accounts().await? {
        output::json(&json!({
            "account": row.account,
            "name": row.name,
            "role": row.role,
            "person": row.person,
            "active": row.active,
            "locked": row.locked_until_us.is_some_and(|until| until > engine::Clock::System.now().timestamp_micros()),
            "must_change": row.must_change,
        }))?;
    }
    Ok(())
}

impl PasswordSource {
    /// The password, and whether the program made it.
    fn take(self, app: &App) -> Result<(String, bool), Failure> {
        let Some(path) = self.password_file else {
            return Ok((engine::accounts::make_password()?, true));
        };
        let text = if path.as_os_str() == "-" {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            text
        } else {
            std::fs::read_to_string(&path).map_err(|error| {
                let shown = path.display();
                let words = app.pick(
                    format!("无法读取密码文件 {shown}"),
                    format!("cannot read the password's file {shown}"),
                );
                Failure::CannotRun(anyhow::Error::new(error).context(words))
            })?
        };
        Ok((text.lines().next().unwrap_or_default().to_owned(), false))
    }
}

fn role(text: &str) -> Result<AccountRole, String> {
    AccountRole::parse(text).ok_or_else(|| {
        "可用的有 / known are: desk(业务人员), system(系统管理员), security(安全管理员), audit(审计管理员)"
            .to_owned()
    })
}
