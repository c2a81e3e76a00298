//! Every driver keeps the same promises: a letter arrives whole, in its language, and what does not arrive is said.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::db::JobsDb;
use crate::jobs::look;
use crate::testing::TestServer;

use super::{Encryption, FileMail, Letter, Mail, MailError, Mailer, Sender, SmtpMail, SmtpSettings};

fn from() -> Sender {
    Sender { name: "ВелорияCRM".to_owned(), address: "crm@example.ru".to_owned() }
}

fn letter() -> Letter {
    Letter {
        to: "anna@example.ru".to_owned(),
        subject: "Новый пароль".to_owned(),
        text: "Здравствуйте!\n\n.Код: vlr_one_AbC\nДо встречи".to_owned(),
    }
}

/// A mail server of a few lines. It takes every letter for `anna@`, says "later" to `busy@` and "never" to `gone@`.
async fn sink() -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (letters, taken) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, letters.clone()));
        }
    });
    (address, taken)
}

async fn serve(stream: TcpStream, letters: mpsc::UnboundedSender<String>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut say = async |line: &str| write.write_all(format!("{line}\r\n").as_bytes()).await.is_ok();
    say("220 sink").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let reply = match line.split([' ', ':']).next().unwrap_or_default() {
            "RCPT" if line.contains("gone@") => "550 no anna@secret here",
            "RCPT" if line.contains("busy@") => "450 later",
            "DATA" => {
                say("354 go on").await;
                let mut text = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    text += &(line + "\n");
                }
                let _ = letters.send(text);
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        say(reply).await;
    }
}

fn by_smtp(address: SocketAddr) -> SmtpMail {
    let settings = SmtpSettings {
        host: address.ip().to_string(),
        port: Some(address.port()),
        encryption: Encryption::None,
        username: None,
        password: None,
    };
    SmtpMail::new(&settings, from()).unwrap()
}

fn in_folder(folder: &Path) -> String {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let path = files.next().unwrap();
    assert!(files.next().is_none() && path.extension().is_some_and(|end| end == "eml"));
    fs::read_to_string(path).unwrap()
}

/// What every driver promises of a letter that it has taken.
fn is_our_letter(mail: &str) {
    assert!(mail.contains("To: anna@example.ru"), "{mail}");
    assert!(mail.contains("<crm@example.ru>"), "{mail}");
    assert!(mail.contains("Subject: =?utf-8?b?"), "a subject in Russian is encoded: {mail}");
    assert!(mail.contains("Content-Type: text/plain; charset=utf-8"), "{mail}");
}

#[tokio::test]
async fn each_driver_delivers_a_letter_whole() {
    let (address, mut taken) = sink().await;
    let folder = tempfile::tempdir().unwrap();
    let drivers: [Box<dyn Mail>; 2] =
        [Box::new(by_smtp(address)), Box::new(FileMail::new(folder.path().join("mail"), from()))];
    for driver in &drivers {
        driver.deliver(&letter()).await.unwrap();
    }
    let sent = timeout(Duration::from_secs(10), taken.recv()).await.unwrap().unwrap();
    is_our_letter(&sent);
    is_our_letter(&in_folder(&folder.path().join("mail")));
}

#[tokio::test]
async fn each_driver_refuses_what_is_no_address_and_adds_no_line_to_the_head() {
    let (address, mut taken) = sink().await;
    let folder = tempfile::tempdir().unwrap();
    let drivers: [Box<dyn Mail>; 2] =
        [Box::new(by_smtp(address)), Box::new(FileMail::new(folder.path().join("mail"), from()))];
    for driver in &drivers {
        for to in ["nobody", "a@b\r\nBcc: all@example.ru", ""] {
            let error = driver.deliver(&Letter { to: to.to_owned(), ..letter() }).await.unwrap_err();
            assert!(matches!(error, MailError::Unwritable(_)) && !error.is_passing(), "{to}: {error}");
        }
        let subject = "Привет\r\nBcc: all@example.ru".to_owned();
        driver.deliver(&Letter { subject, ..letter() }).await.unwrap();
    }
    let sent = timeout(Duration::from_secs(10), taken.recv()).await.unwrap().unwrap();
    for mail in [sent, in_folder(&folder.path().join("mail"))] {
        assert!(!mail.lines().any(|line| line.starts_with("Bcc:")), "{mail}");
    }
}

#[tokio::test]
async fn a_mail_server_that_says_no_or_later_is_told_apart_and_not_quoted() {
    let (address, _taken) = sink().await;
    let mail = by_smtp(address);
    let to = |to: &str| Letter { to: to.to_owned(), ..letter() };
    let refused = mail.deliver(&to("gone@example.ru")).await.unwrap_err();
    assert!(matches!(refused, MailError::Refused(_)) && !refused.is_passing(), "{refused}");
    assert!(!refused.to_string().contains("secret"), "{refused}");
    let later = mail.deliver(&to("busy@example.ru")).await.unwrap_err();
    assert!(later.is_passing(), "{later}");
    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
    let away = by_smtp(nobody).deliver(&letter()).await.unwrap_err();
    assert!(away.is_passing(), "{away}");
}

#[tokio::test]
async fn a_letter_refused_for_good_is_given_up_at_once_and_one_for_later_waits() {
    let (address, _taken) = sink().await;
    let server = TestServer::start_with_mail(Mailer::new(by_smtp(address))).await;
    let jobs = JobsDb::connect(&server.database().url(), 2).await.unwrap();
    let _working = server.work().await;
    for name in ["gone", "busy"] {
        let person = server.register(name).await;
        let body = serde_json::json!({ "email": person.email });
        assert_eq!(server.anonymous().post("/auth/password/forgot", body).await.status, 202);
    }
    let troubled = loop {
        let troubled = look::troubled(&jobs, None).await.unwrap();
        if troubled.len() == 2 {
            break troubled;
        }
        sleep(Duration::from_millis(20)).await;
    };
    let mut ends: Vec<_> =
        troubled.iter().map(|job| (job.is_dead, job.attempts, job.error.as_str())).collect();
    ends.sort_unstable();
    let no = |what: &str, code| format!("the mail server {what} the letter: {code}");
    assert_eq!(ends, [(false, 1, &*no("did not take", 450)), (true, 1, &*no("refused", 550))]);
}

#[tokio::test]
async fn without_mail_each_letter_is_an_honest_error() {
    let error = Mailer::none().deliver(&letter()).await.unwrap_err();
    assert!(matches!(error, MailError::NotConfigured) && !error.is_passing());
    assert_eq!(format!("{:?}", letter()), "Letter", "a letter shows nothing of itself");
}
