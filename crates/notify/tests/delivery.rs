//! Deliveries over a real socket and into a real folder.

#![expect(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

use std::time::Duration;

use notify::{Mail, MailSettings, Secret, SendError, SendErrorKind, StartTls, Transport};
use tempfile::TempDir;
use testkit::smtp::{Behaviour, Encryption, SmtpOptions, SmtpServer, Step};

const SUBJECT: &str =
    "【红牌】办件410800-0107-20110926-0001“企业设立登记”已超过法定时限3个工作日，请立即办理";

fn mail() -> Mail {
    Mail {
        message_id: "<w-17@shixian.example.cn>".to_owned(),
        from: "电子监察系统 <jiancha@example.cn>".to_owned(),
        to: "张监察 <zhang.san@example.cn>".to_owned(),
        subject: SUBJECT.to_owned(),
        text: "请立即办理。\n.\n..两点\n".to_owned(),
        html: "<p>请立即办理。</p>".to_owned(),
        date: "2011-10-08T16:00:00Z".parse().unwrap(),
        enclosures: Vec::new(),
    }
}

/// Settings of a test, with the server's authority in a file.
struct Settings {
    settings: MailSettings,
    _folder: TempDir,
}

impl Settings {
    fn new() -> Self {
        Self {
            settings: MailSettings {
                from: "电子监察系统 <jiancha@example.cn>".to_owned(),
                timeout_ms: 5_000,
                hello_name: Some("shixian.example.cn".to_owned()),
                ..MailSettings::default()
            },
            _folder: TempDir::new().unwrap(),
        }
    }

    fn login(mut self, password: &str) -> Self {
        self.settings.username = Some("jiancha".to_owned());
        self.settings.password = Some(Secret::new(password));
        self
    }

    fn trusting(mut self, server: &SmtpServer) -> Self {
        let path = self._folder.path().join("ca.pem");
        std::fs::write(&path, server.ca_pem()).unwrap();
        self.settings.ca_file = Some(path);
        self
    }

    fn transport(&self, url: &str) -> Transport {
        Transport::from_url(url, &self.settings).unwrap()
    }
}

async fn refusal(transport: &Transport) -> SendError {
    let error = transport.send(&mail()).await.expect_err("refused");
    for private in ["zhang", "san@", "张监察"] {
        assert!(!error.message.contains(private), "{error}");
    }
    error
}

#[tokio::test]
async fn a_plain_relay_gets_the_whole_mail() {
    let server = SmtpServer::plain().await;
    let transport = Settings::new().transport(&server.url("smtp"));
    transport.send(&mail()).await.unwrap();

    let received = server.wait_for(1, Duration::from_secs(5)).await;
    let [got] = received.as_slice() else {
        panic!("{received:?}")
    };
    assert_eq!(got.from, "jiancha@example.cn");
    assert_eq!(got.to, ["zhang.san@example.cn"]);
    assert!(!got.encrypted && got.login.is_none());
    assert_eq!(got.subject(), SUBJECT);
    assert_eq!(got.text(), mail().text);
    assert_eq!(got.html(), mail().html);
    assert_eq!(got.message_id(), "w-17@shixian.example.cn");
    let parsed = got.parse();
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!(
        (to.name(), to.address()),
        (Some("张监察"), Some("zhang.san@example.cn"))
    );
    let auto = parsed.header_raw("Auto-Submitted").map(str::trim);
    assert_eq!(auto, Some("auto-generated"));
    assert_eq!(parsed.date().unwrap().to_rfc3339(), "2011-10-08T16:00:00Z");
}

#[tokio::test]
async fn a_second_copy_is_the_same_mail() {
    let server = SmtpServer::plain().await;
    let transport = Settings::new().transport(&server.url("smtp"));
    server.script_times(Behaviour::AcceptSilently, 1);
    assert_eq!(refusal(&transport).await.kind, SendErrorKind::Temporary);
    transport.send(&mail()).await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].data, received[1].data);
}

#[tokio::test]
async fn starttls_with_a_private_authority_and_both_logins() {
    for mechanism in ["PLAIN", "LOGIN"] {
        for scheme in ["smtp", "smtp+starttls"] {
            let options = SmtpOptions::new(Encryption::StartTls)
                .login("jiancha", "正确的密码")
                .mechanism(mechanism);
            let server = SmtpServer::start(options).await;
            let settings = Settings::new().login("正确的密码").trusting(&server);
            let transport = settings.transport(&server.url(scheme));
            transport.check().await.unwrap();
            transport.send(&mail()).await.unwrap();
            let received = server.received();
            assert_eq!(received.len(), 1);
            assert!(received[0].encrypted);
            let login = ("jiancha".to_owned(), mechanism.to_owned());
            assert_eq!(received[0].login, Some(login));
            assert_eq!(received[0].subject(), SUBJECT);
        }
    }
}

#[tokio::test]
async fn smtps() {
    let options = SmtpOptions::new(Encryption::Implicit).login("jiancha", "secret");
    let server = SmtpServer::start(options).await;
    let settings = Settings::new().login("secret").trusting(&server);
    let transport = settings.transport(&server.url("smtps"));
    transport.send(&mail()).await.unwrap();
    assert!(server.received()[0].encrypted);

    let stranger = Settings::new().login("secret");
    let error = refusal(&stranger.transport(&server.url("smtps"))).await;
    assert_eq!(error.kind, SendErrorKind::Temporary);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_wrong_password_hits_everybody_and_is_temporary() {
    let options = SmtpOptions::new(Encryption::StartTls).login("jiancha", "secret");
    let server = SmtpServer::start(options).await;
    let settings = Settings::new().login("guess").trusting(&server);
    let transport = settings.transport(&server.url("smtp"));
    let error = refusal(&transport).await;
    assert_eq!(error.kind, SendErrorKind::Temporary);
    assert!(error.message.contains("AUTH: 535"), "{error}");
    assert!(!error.message.contains("guess"));
    let error = transport.check().await.unwrap_err();
    assert!(error.message.contains("535"), "{error}");

    // No login at all: 530 at MAIL FROM.
    let error = refusal(&Settings::new().transport(&server.url("smtp"))).await;
    assert_eq!(error.kind, SendErrorKind::Temporary);
    assert!(error.message.contains("530"), "{error}");
}

#[tokio::test]
async fn a_certificate_from_elsewhere_is_refused_where_tls_is_asked_for() {
    let server = SmtpServer::start(SmtpOptions::new(Encryption::StartTls)).await;
    let other = SmtpServer::start(SmtpOptions::new(Encryption::StartTls)).await;
    let stranger = Settings::new();
    let wrong = Settings::new().trusting(&other);
    for (settings, scheme) in [
        (&stranger, "smtp+starttls"),
        (&wrong, "smtp+starttls"),
        // A configured authority is held to, also where TLS is only an offer.
        (&wrong, "smtp"),
    ] {
        let error = refusal(&settings.transport(&server.url(scheme))).await;
        assert_eq!(error.kind, SendErrorKind::Temporary);
        assert!(error.message.contains("STARTTLS"), "{error}");
    }
    assert!(server.received().is_empty());

    let options = SmtpOptions {
        certificate_names: vec!["other.example.cn".to_owned()],
        ..SmtpOptions::new(Encryption::StartTls)
    };
    let misnamed = SmtpServer::start(options).await;
    let settings = Settings::new().trusting(&misnamed);
    let error = refusal(&settings.transport(&misnamed.url("smtp+starttls"))).await;
    assert_eq!(error.kind, SendErrorKind::Temporary);
}

#[tokio::test]
async fn tls_on_offer_is_taken_without_a_voucher_and_can_be_declined() {
    let server = SmtpServer::start(SmtpOptions::new(Encryption::StartTls)).await;
    let mut settings = Settings::new();
    let transport = settings.transport(&server.url("smtp"));
    transport.send(&mail()).await.unwrap();
    settings.settings.starttls = Some(StartTls::Never);
    let transport = settings.transport(&server.url("smtp"));
    transport.send(&mail()).await.unwrap();
    let encrypted: Vec<_> = server.received().iter().map(|m| m.encrypted).collect();
    assert_eq!(encrypted, [true, false]);
}

#[tokio::test]
async fn required_tls_is_not_waived() {
    let server = SmtpServer::plain().await;
    let mut settings = Settings::new();
    let error = refusal(&settings.transport(&server.url("smtp+starttls"))).await;
    assert_eq!(error.kind, SendErrorKind::Temporary);
    assert!(error.message.contains("doesn't offer"), "{error}");
    settings.settings.starttls = Some(StartTls::Required);
    refusal(&settings.transport(&server.url("smtp"))).await;
    assert!(server.received().is_empty());
    assert!(!server.commands().contains(&"MAIL".to_owned()));
}

#[tokio::test]
async fn a_silent_server_holds_us_no_longer_than_configured() {
    let server = SmtpServer::plain().await;
    let mut settings = Settings::new();
    settings.settings.timeout_ms = 200;
    let transport = settings.transport(&server.url("smtp"));
    for step in [
        Step::Greeting,
        Step::Hello,
        Step::Mail,
        Step::Data,
        Step::Content,
    ] {
        server.script(Behaviour::Hang(step));
        let sent = tokio::time::timeout(Duration::from_secs(4), refusal(&transport));
        let error = sent.await.expect("our own limit came first");
        assert_eq!(error.kind, SendErrorKind::Temporary);
        assert!(error.message.contains("200 ms"), "{error}");
        server.behave();
    }
    // A mail that was taken counts, whatever happens to the goodbye.
    server.script(Behaviour::Hang(Step::Quit));
    transport.send(&mail()).await.unwrap();
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn answers_tell_whether_to_try_again() {
    use SendErrorKind::{Permanent, Temporary};
    let server = SmtpServer::plain().await;
    let transport = Settings::new().transport(&server.url("smtp"));
    for (step, answer, kind) in [
        (Step::Greeting, "421 4.3.2 shutting down", Temporary),
        // Before the recipient is named, a refusal isn't about this mail.
        (Step::Greeting, "554 5.3.2 not today", Temporary),
        (Step::Mail, "451 4.3.0 try again", Temporary),
        (Step::Mail, "550 5.7.1 sender refused", Temporary),
        (Step::Rcpt, "450 4.2.1 mailbox busy", Temporary),
        (Step::Rcpt, "530 5.7.0 log in first", Temporary),
        (
            Step::Rcpt,
            "550 5.1.1 <zhang.san@example.cn>: Zhang.San unknown",
            Permanent,
        ),
        (Step::Data, "452 4.3.1 disk full", Temporary),
        (Step::Data, "554 5.5.1 no", Permanent),
        (Step::Content, "451 4.7.1 greylisted", Temporary),
        (Step::Content, "552 5.3.4 too big", Permanent),
    ] {
        server.script_times(Behaviour::Answer(step, answer.to_owned()), 1);
        let error = refusal(&transport).await;
        assert_eq!(error.kind, kind, "{answer}: {error}");
        assert!(error.message.contains(&answer[..3]), "{error}");
    }
    assert!(server.received().is_empty());
    transport.send(&mail()).await.unwrap();
}

#[tokio::test]
async fn a_broken_connection_is_temporary() {
    let server = SmtpServer::plain().await;
    let transport = Settings::new().transport(&server.url("smtp"));
    for step in [
        Step::Greeting,
        Step::Mail,
        Step::Rcpt,
        Step::Data,
        Step::Content,
    ] {
        server.script_times(Behaviour::Drop(step), 1);
        assert_eq!(refusal(&transport).await.kind, SendErrorKind::Temporary);
    }
    assert!(server.received().is_empty());
    let url = server.url("smtp");
    drop(server);
    let transport = Settings::new().transport(&url);
    assert_eq!(refusal(&transport).await.kind, SendErrorKind::Temporary);
}

#[tokio::test]
async fn a_mail_of_many_lines_arrives_unchanged() {
    let server = SmtpServer::plain().await;
    let transport = Settings::new().transport(&server.url("smtp"));
    let mut long = mail();
    long.text = "a line that is plain ASCII\n.\n".repeat(2_000);
    long.html = format!("<p>{}</p>", "时限".repeat(50_000));
    transport.send(&long).await.unwrap();
    let received = server.received();
    assert_eq!(received[0].text(), long.text);
    assert_eq!(received[0].html(), long.html);
}

#[tokio::test]
async fn a_folder_holds_one_file_per_message() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("new/mail");
    let settings = MailSettings::default();
    for url in [
        format!("file:{}", dir.display()),
        format!("file://{}", dir.display()),
    ] {
        let transport = Transport::from_url(&url, &settings).unwrap();
        transport.check().await.unwrap();
        transport.send(&mail()).await.unwrap();
        transport.send(&mail()).await.unwrap();
    }
    let files: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files, [dir.join("w-17@shixian.example.cn.eml")]);
    let bytes = std::fs::read(&files[0]).unwrap();
    let parsed = mail_parser::MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(parsed.subject(), Some(SUBJECT));

    std::fs::write(folder.path().join("file"), "").unwrap();
    let blocked = format!("file:{}", folder.path().join("file/mail").display());
    let transport = Transport::from_url(&blocked, &settings).unwrap();
    assert_eq!(refusal(&transport).await.kind, SendErrorKind::Temporary);
    assert!(transport.check().await.is_err());
}

#[tokio::test]
async fn memory_keeps_mails() {
    let (transport, mails) = Transport::memory();
    transport.send(&mail()).await.unwrap();
    assert_eq!(*mails.lock().unwrap(), [mail()]);
}

#[test]
fn urls_that_cannot_work_are_refused() {
    let settings = Settings::new().settings;
    for url in [
        "",
        "mail.example.cn",
        "http://mail.example.cn",
        "file:",
        "file://host/dir",
        "memory:",
        "smtp://user:secret@mail.example.cn",
    ] {
        let error = Transport::from_url(url, &settings).expect_err(url);
        assert!(!error.to_string().contains("secret"));
    }
    let nowhere = MailSettings {
        ca_file: Some("/nowhere/ca.pem".into()),
        ..settings.clone()
    };
    assert!(Transport::from_url("smtps://mail.example.cn", &nowhere).is_err());
    let anonymous = MailSettings {
        from: "nobody".to_owned(),
        ..settings.clone()
    };
    assert!(Transport::from_url("file:mail", &anonymous).is_err());
    assert!(Transport::from_settings(&settings).unwrap().is_none());
}
