//! What the demo house says when it stands.

use std::io::Write;

use serde::Serialize;

use super::cast::GOOD;

/// Where everything is.
#[derive(Debug, Serialize)]
pub struct Links {
    pub site: String,
    pub operator_link: String,
    pub member_link: String,
    pub customer_link: String,
    pub jellyfin: String,
    pub plex: String,
    pub emby: String,
    pub stripe: String,
}

/// Says it on standard output: in words, or as one line of JSON.
pub fn say(links: &Links, json: bool) -> std::io::Result<()> {
    let mut text = if json {
        serde_json::to_string(links)?
    } else {
        words(links)
    };
    text.push('\n');
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn words(links: &Links) -> String {
    let Links {
        site,
        operator_link,
        member_link,
        customer_link,
        jellyfin,
        plex,
        emby,
        stripe,
    } = links;
    format!(
        "
  The demo house stands. It is made anew at each start, and nothing in it is real.

  The site                         {site}

  Each link signs in once:
  Robin, who runs it               {operator_link}
  Mara, a member                   {member_link}
  Noor, who has not bought yet     {customer_link}

  To buy something, choose a plan and pay with the card {GOOD},
  any day to come and any three digits; you are let in at once.

  Stand-ins, to look behind the scenes:
  Jellyfin                         {jellyfin}/_control/state
  Plex                             {plex}/_control/state
  Emby                             {emby}/_control/state
  Stripe                           {stripe}/_control/state

  Ctrl-C ends it."
    )
}
