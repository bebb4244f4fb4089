//! Letters by SMTP, with lettre.

use std::time::Duration;

use async_trait::async_trait;
use kit::{Outcome, Refusal, Uncertainty, World, t};
use lettre::message::{Mailbox, MultiPart, header};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use outreach::{Courier, MailEncryption, MailTransport, Written};

const TIME_LIMIT: Duration = Duration::from_secs(20);

/// Hands letters to a mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    world: World,
}

impl Smtp {
    pub fn new(world: World) -> Self {
        Self { world }
    }
}

#[async_trait]
impl Courier for Smtp {
    async fn carry(&self, transport: &MailTransport, letter: &Written) -> Outcome<()> {
        let message = match compose(letter) {
            Ok(message) => message,
            Err(words) => {
                return Outcome::Refused(Refusal::lasting(
                    "not_a_letter",
                    t!("This letter cannot be addressed: {words}", words = words),
                ));
            }
        };
        let connection = match connect(transport) {
            Ok(connection) => connection,
            Err(error) => {
                return Outcome::Refused(Refusal::passing(
                    "tls",
                    t!(
                        "The connection to the mail server cannot be protected: {words}",
                        words = error.to_string()
                    ),
                ));
            }
        };
        if self.world.steps.pass("mail: before").is_err() {
            return stopped();
        }
        let host = &transport.settings.host;
        let carried = match connection.send(message).await {
            Ok(_) => Outcome::Done(()),
            Err(error) => explain(&error, host),
        };
        if self.world.steps.pass("mail: after").is_err() {
            stopped()
        } else {
            carried
        }
    }
}

fn compose(letter: &Written) -> Result<Message, String> {
    let mailbox = |name: &str, email: &str| -> Result<Mailbox, String> {
        let address = email
            .parse()
            .map_err(|error: lettre::address::AddressError| error.to_string())?;
        Ok(Mailbox::new(
            (!name.is_empty()).then(|| name.to_owned()),
            address,
        ))
    };
    let mut message = Message::builder()
        .message_id(Some(format!("<{}>", letter.message_id)))
        .from(mailbox(&letter.from_name, &letter.from_email)?)
        .to(mailbox(&letter.to_name, letter.to_email.as_str())?)
        .subject(letter.title.clone())
        .header(header::ContentType::TEXT_PLAIN);
    if !letter.reply_to.is_empty() {
        message = message.reply_to(mailbox("", &letter.reply_to)?);
    }
    let body = MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone());
    message.multipart(body).map_err(|error| error.to_string())
}

fn connect(
    transport: &MailTransport,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, lettre::transport::smtp::Error> {
    let settings = &transport.settings;
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
        .port(settings.port)
        .timeout(Some(TIME_LIMIT));
    builder = match settings.encryption {
        MailEncryption::Tls => {
            builder.tls(Tls::Wrapper(TlsParameters::new(settings.host.clone())?))
        }
        MailEncryption::StartTls => {
            builder.tls(Tls::Required(TlsParameters::new(settings.host.clone())?))
        }
        MailEncryption::None => builder.tls(Tls::None),
    };
    if !settings.login.is_empty() {
        let password = transport
            .password
            .as_ref()
            .map_or("", |secret| secret.reveal());
        builder = builder.credentials(Credentials::new(
            settings.login.clone(),
            password.to_owned(),
        ));
    }
    Ok(builder.build())
}

fn explain(error: &lettre::transport::smtp::Error, host: &str) -> Outcome<()> {
    let words = error.to_string();
    if error.is_permanent() {
        return Outcome::Refused(Refusal::lasting(
            "mail_refused",
            t!(
                "{host} refuses this letter for good: {words}",
                host = host,
                words = words
            ),
        ));
    }
    if error.is_transient() {
        return Outcome::Refused(Refusal::passing(
            "mail_later",
            t!(
                "{host} refuses this letter for now: {words}",
                host = host,
                words = words
            ),
        ));
    }
    if error.is_timeout() {
        return Outcome::Unknown(Uncertainty::new(t!(
            "{host} did not answer in time.",
            host = host
        )));
    }
    Outcome::Refused(Refusal::passing(
        "unreachable",
        t!(
            "{host} cannot be reached for mail: {words}. Check host, port and encryption.",
            host = host,
            words = words
        ),
    ))
}

fn stopped() -> Outcome<()> {
    Outcome::Unknown(Uncertainty::new(t!(
        "This process was stopped during the call."
    )))
}
