//! The outbox as the system administrator sees it: the list, trying again, and a mail that shows whether mails go out.

use std::sync::Arc;
use std::time::Duration;

use notify::{Mail, SendErrorKind};
use store::chain::{hex, new_salt};
use store::message::MessageSummary;

use super::Outbox;
use crate::accounts::{Caller, Entry};
use crate::engine::Engine;
use crate::error::EngineError;

/// Bytes of chance in a test mail's Message-ID.
const ID_BYTES: usize = 16;

/// How long somebody waits for a test: a mail server that answers at all answers within this.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a test mail says to readers of HTML.
const TEST_HTML: &str = "<p>这是一封测试邮件，收到即说明发信正常。</p><p>This is a test mail: that it came says that mails go out.</p>";

/// An address of which nobody can tell whose it is: its first letter and the domain.
pub fn masked(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => {
            let first: String = local.chars().take(1).collect();
            format!("{first}***@{domain}")
        }
        None if address.is_empty() => String::new(),
        None => "***".to_owned(),
    }
}

impl Engine {
    /// The newest messages before one of them, in one state or in all.
    ///
    /// # Errors
    /// The database's.
    pub async fn messages(
        &self,
        before: (i64, &str),
        state: Option<&str>,
        limit: i64,
    ) -> Result<Vec<MessageSummary>, EngineError> {
        let mut conn = self.inner.store.read().await?;
        let division = self.division();
        Ok(store::message::newest(&mut conn, division, before, state, limit).await?)
    }
}

impl Outbox {
    /// Queues one message of the division anew, or all that aren't sent, and says so in the audit log of the same
    /// transaction; gives their number.
    ///
    /// # Errors
    /// An unknown Message-ID; the database's.
    pub async fn retry_by(&self, id: Option<&str>, caller: &Caller) -> Result<u64, EngineError> {
        let request = Arc::new((
            self.engine.division().to_owned(),
            id.map(str::to_owned),
            caller.clone(),
        ));
        let outbox = self.clone();
        self.engine
            .inner
            .store
            .write(move |conn| {
                let (request, outbox) = (Arc::clone(&request), outbox.clone());
                Box::pin(async move {
                    let (division, id, caller) = &*request;
                    let queued = outbox.queue_anew(conn, division, id.as_deref()).await?;
                    let Some(queued) = queued else {
                        return Err(EngineError::invalid(
                            "no_message",
                            "没有这封邮件 / no such message",
                        ));
                    };
                    let entry = Entry::done("outbox_retry", id.clone().unwrap_or_default())
                        .with(queued.to_string());
                    crate::accounts::append(conn, &outbox.engine.inner, caller, &entry).await?;
                    Ok(queued)
                })
            })
            .await
    }

    /// Sends one mail to an address that was typed, at once and past the outbox: whoever reads it knows that mails go
    /// out. The log has the address masked.
    ///
    /// # Errors
    /// `mail_test` with what the mail server said; the database's.
    pub async fn send_test(&self, address: &str, caller: &Caller) -> Result<(), EngineError> {
        let address = address.trim();
        let chance = new_salt()?;
        let settings = &self.inner.settings;
        let id = hex(chance.get(..ID_BYTES).unwrap_or(&chance));
        let (name, organ) = (&settings.system_name, &settings.organ_name);
        let mail = Mail {
            message_id: format!("{id}@{}", settings.message_id_domain),
            from: settings.from.clone(),
            to: address.to_owned(),
            subject: format!("{name} 测试邮件 / test mail"),
            text: format!(
                "这是{organ}{name}的测试邮件，收到即说明发信正常。\n\nThis is a test mail: that it came says that mails go out.\n"
            ),
            // Without names, which would have to be escaped.
            html: TEST_HTML.to_owned(),
            date: self.engine.clock().now(),
            enclosures: Vec::new(),
        };
        let target = masked(address);
        // Noted before it goes out: what was sent stands in the log even if this process dies now.
        let entry = Entry::done("mail_test", target.clone());
        self.engine.note(caller, entry).await?;
        let Some((why, told)) = self.unsent(&mail).await else {
            return Ok(());
        };
        let entry = Entry::refused("mail_test", target, why);
        self.engine.note(caller, entry).await?;
        Err(EngineError::invalid("mail_test", told))
    }

    /// Why a mail doesn't go out now, for the log and in plain words; none if it went.
    async fn unsent(&self, mail: &Mail) -> Option<(String, String)> {
        let seconds = PATIENCE.as_secs();
        let sent = tokio::time::timeout(PATIENCE, self.inner.transport.send(mail)).await;
        let Ok(sent) = sent else {
            return Some((
                "no answer".to_owned(),
                format!(
                    "邮件服务器 {seconds} 秒内没有回答，请检查服务器地址、端口和网络；邮件可能仍会到达 / the mail server didn't answer within {seconds} s: look at its address, its port and the network; the mail may still arrive"
                ),
            ));
        };
        let error = sent.err()?;
        let (zh, en) = match error.kind {
            SendErrorKind::Temporary => (
                "测试邮件未能发出。邮件服务器连接不上、不接受登录，或暂时不收信。服务器的原话",
                "the test mail wasn't sent: the mail server can't be reached, refuses the login, or takes no mail for now. It says",
            ),
            SendErrorKind::Permanent => (
                "邮件服务器可以连接，但拒收这封邮件：收件地址不存在，或不允许这一发件人。服务器的原话",
                "the mail server was reached and refused this mail: there is no such address, or it doesn't take mail from this sender. It says",
            ),
        };
        let words = &error.message;
        Some((words.clone(), format!("{zh}：{words} / {en}: {words}")))
    }

    /// Whether mails can go out now, by all short of a mail; the reason if not.
    ///
    /// # Errors
    /// What the mail server, or the folder, said; that it didn't answer.
    pub async fn check(&self) -> Result<(), String> {
        match tokio::time::timeout(PATIENCE, self.inner.transport.check()).await {
            Ok(checked) => checked.map_err(|error| error.message),
            Err(_) => Err(format!(
                "{} 秒内没有回答 / no answer within {} s",
                PATIENCE.as_secs(),
                PATIENCE.as_secs()
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn an_address_is_masked() {
        for (address, wanted) in [
            ("zhang.san@example.gov.cn", "z***@example.gov.cn"),
            ("张三@example.gov.cn", "张***@example.gov.cn"),
            ("@example.gov.cn", "***@example.gov.cn"),
            ("nonsense", "***"),
            ("", ""),
        ] {
            assert_eq!(masked(address), wanted);
        }
    }
}
