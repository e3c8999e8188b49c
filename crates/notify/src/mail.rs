//! A finished mail and its form on the wire.

use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::{
    Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

use crate::{SendError, SendErrorKind};

/// The parts of a subject beyond this are cut: mail programs show far less.
const SUBJECT_CHARS_MAX: usize = 200;

/// One mail to one recipient, with everything fixed before the first try to send it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The Message-ID, with or without its angle brackets; each copy of the mail carries the same.
    pub message_id: String,
    /// The sender, `name <address>` or an address alone.
    pub from: String,
    /// The recipient, `name <address>` or an address alone.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// The date in the header: when the mail was composed.
    pub date: DateTime<Utc>,
    /// The files that go with it.
    pub enclosures: Vec<Enclosure>,
}

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// Its name.
    pub name: String,
    /// What it is: `application/pdf`.
    pub media_type: String,
    /// Its bytes.
    pub data: Arc<[u8]>,
}

impl Mail {
    /// The mail as MIME: text and HTML as alternatives in UTF-8, the subject encoded. The same mail always gives
    /// the same bytes.
    pub(crate) fn message(&self) -> Result<Message, SendError> {
        let from: Mailbox = one_line(&self.from).parse().map_err(|error| SendError {
            // The sender is configuration: it is wrong for every mail, and can be put right.
            kind: SendErrorKind::Temporary,
            message: format!("the sender's address is not valid: {error}"),
        })?;
        let to: Mailbox = one_line(&self.to).parse().map_err(|error| SendError {
            kind: SendErrorKind::Permanent,
            message: format!("the recipient's address is not valid: {error}"),
        })?;
        let id = bare_id(&self.message_id)?;
        let bodies = MultiPart::alternative()
            .boundary(format!("=_{:016x}", fingerprint(id)))
            .singlepart(SinglePart::plain(self.text.clone()))
            .singlepart(SinglePart::html(self.html.clone()));
        let content = self.with_enclosures(id, bodies)?;
        Message::builder()
            .from(from)
            .to(to)
            .subject(
                one_line(&self.subject)
                    .chars()
                    .take(SUBJECT_CHARS_MAX)
                    .collect::<String>(),
            )
            .date(SystemTime::from(self.date))
            .message_id(Some(format!("<{id}>")))
            // RFC 3834: neither an absence notice nor a list answers to this.
            .raw_header(fixed_header("Auto-Submitted", "auto-generated"))
            .raw_header(fixed_header("X-Auto-Response-Suppress", "All"))
            .multipart(content)
            .map_err(|error| SendError {
                kind: SendErrorKind::Permanent,
                message: format!("the mail can't be built: {error}"),
            })
    }

    /// The bodies alone, or with the files behind them.
    fn with_enclosures(&self, id: &str, bodies: MultiPart) -> Result<MultiPart, SendError> {
        if self.enclosures.is_empty() {
            return Ok(bodies);
        }
        // Another boundary than the one inside.
        let boundary = format!("=_{:016x}", fingerprint(&format!("{id}/files")));
        let mut mixed = MultiPart::mixed().boundary(boundary).multipart(bodies);
        for file in &self.enclosures {
            let kind = ContentType::parse(&file.media_type).map_err(|error| SendError {
                kind: SendErrorKind::Permanent,
                message: format!("the media type of an attachment is not valid: {error}"),
            })?;
            let name = one_line(&file.name);
            mixed = mixed.singlepart(Attachment::new(name).body(file.data.to_vec(), kind));
        }
        Ok(mixed)
    }

    /// How many bytes go with it as files.
    pub fn enclosed_bytes(&self) -> usize {
        self.enclosures.iter().map(|file| file.data.len()).sum()
    }
}

fn fixed_header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// The identifier between the angle brackets.
pub(crate) fn bare_id(message_id: &str) -> Result<&str, SendError> {
    let id = message_id.trim();
    let id = id
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap_or(id);
    let proper = id
        .chars()
        .all(|c| c.is_ascii_graphic() && c != '<' && c != '>');
    if id.is_empty() || !proper || !id.contains('@') {
        return Err(SendError {
            kind: SendErrorKind::Permanent,
            message: "the Message-ID is not of the form id@host".to_owned(),
        });
    }
    Ok(id)
}

/// A text without line breaks and other control characters, so that no header can be smuggled in.
pub(crate) fn one_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// FNV-1a: the same value on every run and machine, where it only has to tell names apart.
pub(crate) fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::{MessageParser, MimeHeaders};

    fn mail() -> Mail {
        Mail {
            message_id: "<w-17@shixian.example.cn>".to_owned(),
            from: "电子监察系统 <jiancha@example.cn>".to_owned(),
            to: "张监察 <zhang@example.cn>".to_owned(),
            subject: "【红牌】办件410800-2011-000123“关于建设项目环境影响评价的审批”已超过法定时限3个工作日，请立即办理".to_owned(),
            text: "请办理。\n第二行\n.\n".to_owned(),
            html: "<p>请办理。</p>".to_owned(),
            date: "2011-10-08T16:00:00Z".parse().unwrap(),
            enclosures: Vec::new(),
        }
    }

    #[test]
    fn mime_carries_all_parts() {
        let bytes = mail().message().unwrap().formatted();
        assert!(bytes.is_ascii(), "any old relay can carry it");
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.subject(), Some(mail().subject.as_str()));
        assert_eq!(parsed.message_id(), Some("w-17@shixian.example.cn"));
        assert_eq!(
            parsed.header_raw("Auto-Submitted").map(str::trim),
            Some("auto-generated")
        );
        assert_eq!(parsed.date().unwrap().to_rfc3339(), "2011-10-08T16:00:00Z");
        assert_eq!(
            parsed.body_text(0).unwrap().replace("\r\n", "\n"),
            mail().text
        );
        assert_eq!(parsed.body_html(0).unwrap(), mail().html);
        let to = parsed.to().unwrap().first().unwrap();
        assert_eq!(
            (to.name(), to.address()),
            (Some("张监察"), Some("zhang@example.cn"))
        );
        let kind = parsed.content_type().unwrap();
        assert_eq!(
            (kind.ctype(), kind.subtype()),
            ("multipart", Some("alternative"))
        );
    }

    #[test]
    fn files_go_with_it_and_come_out_whole() {
        let mut mail = mail();
        let data: Vec<u8> = (0..=255).cycle().take(5000).collect();
        mail.enclosures = vec![Enclosure {
            name: "2011年10月通报.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            data: data.clone().into(),
        }];
        let bytes = mail.message().unwrap().formatted();
        assert!(bytes.is_ascii(), "any old relay can carry it");
        assert_eq!(bytes, mail.message().unwrap().formatted());
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.message_id(), Some("w-17@shixian.example.cn"));
        assert_eq!(
            parsed.body_text(0).unwrap().replace("\r\n", "\n"),
            mail.text
        );
        let files: Vec<_> = parsed.attachments().collect();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].attachment_name(), Some("2011年10月通报.pdf"));
        assert_eq!(files[0].contents(), data);
    }

    #[test]
    fn a_second_copy_is_the_same_to_the_byte() {
        assert_eq!(
            mail().message().unwrap().formatted(),
            mail().message().unwrap().formatted()
        );
    }

    #[test]
    fn no_header_can_be_smuggled_in() {
        let mut sly = mail();
        sly.subject = "one\r\nBcc: all@example.cn".to_owned();
        sly.to = "Zhang\r\nBcc: all@example.cn\r\n <zhang@example.cn>".to_owned();
        if let Ok(message) = sly.message() {
            let bytes = message.formatted();
            let parsed = MessageParser::default().parse(&bytes).unwrap();
            assert!(parsed.bcc().is_none());
            assert_eq!(message.envelope().to().len(), 1);
        }
        sly.to = mail().to;
        let message = sly.message().unwrap();
        assert!(
            MessageParser::default()
                .parse(&message.formatted())
                .unwrap()
                .bcc()
                .is_none()
        );
        sly.message_id = "a@b\r\nBcc: all@example.cn".to_owned();
        assert!(sly.message().is_err());
    }

    #[test]
    fn wrong_addresses_are_told_apart() {
        let mut wrong = mail();
        wrong.to = "nobody".to_owned();
        assert_eq!(wrong.message().unwrap_err().kind, SendErrorKind::Permanent);
        let mut wrong = mail();
        wrong.from = "nobody".to_owned();
        assert_eq!(wrong.message().unwrap_err().kind, SendErrorKind::Temporary);
    }
}
