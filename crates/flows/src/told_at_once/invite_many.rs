//! Inviting many people at once: what was brought is read line by line, and a job makes one invitation after the
//! other. An address that is invited or has a membership already gets nothing twice.

use std::collections::BTreeSet;

use async_trait::async_trait;
use billing::plan::Plan;
use billing::subscription;
use db::{Read, Tx};
use jobs::{Job, JobError, Lane};
use kit::id::{BatchId, PlanId, ServerId};
use kit::{Actor, Email, Length, Subject, Text, t};
use people::batch::{self, Line, NewLine};
use people::invitation;
use people::member::{self, PlatformEmails};
use serde::{Deserialize, Serialize};

use crate::error::FlowError;
use crate::told_at_once::invite::{self, Given, Invite};
use crate::told_at_once::new_member::Until;
use crate::tools::Tools;

/// One list has so many lines at most.
pub const MOST: usize = 1000;
/// Lines that are read at a time.
const CHUNK: i64 = 25;

/// What everybody on a list gets, unless their line says otherwise.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListTerms {
    pub plan: PlanId,
    /// `None`: for good.
    pub days: Option<u32>,
    /// Empty: the plan decides.
    pub servers: Vec<ServerId>,
}

/// A line as it was understood.
#[derive(Debug, Clone)]
pub struct ReadLine {
    pub number: i64,
    /// As it was typed, for showing what is wrong with it.
    pub typed: String,
    pub line: Result<NewLine, Text>,
}

/// Reads a list: an address a line, or cells parted by comma, semicolon or tab in any order: name, address, plan,
/// days. Pure.
pub fn parse(text: &str, plans: &[Plan]) -> Vec<ReadLine> {
    let mut seen = BTreeSet::new();
    let lines = text.lines().enumerate();
    lines
        .filter(|(at, line)| !(line.trim().is_empty() || *at == 0 && is_heading(line)))
        .take(MOST)
        .map(|(at, typed)| {
            let number = i64::try_from(at + 1).unwrap_or(i64::MAX);
            let line = read_line(number, typed, plans).and_then(|line| {
                if seen.insert(line.email.key()) {
                    Ok(line)
                } else {
                    Err(t!("This address stands further up already."))
                }
            });
            ReadLine {
                number,
                typed: typed.trim().to_owned(),
                line,
            }
        })
        .collect()
}

fn is_heading(line: &str) -> bool {
    !line.contains('@') && line.to_lowercase().contains("mail")
}

fn read_line(number: i64, typed: &str, plans: &[Plan]) -> Result<NewLine, Text> {
    let cells = cells(typed);
    let address = cells.iter().find(|cell| cell.contains('@'));
    let Some(address) = address else {
        return Err(t!("There is no e-mail address in this line."));
    };
    let (beside, address) = named_address(address);
    let email = Email::parse(&address).map_err(|error| error.text())?;
    let mut line = NewLine {
        number,
        name: beside,
        email,
        plan: None,
        days: None,
    };
    for cell in cells
        .iter()
        .filter(|cell| !cell.contains('@') && !cell.is_empty())
    {
        take(&mut line, cell, plans)?;
    }
    if line.name.is_empty() {
        line.name = line
            .email
            .as_str()
            .split('@')
            .next()
            .unwrap_or_default()
            .to_owned();
    }
    if line.name.chars().count() > 120 {
        return Err(t!(
            "The name is too long. Please use at most 120 characters."
        ));
    }
    Ok(line)
}

/// A cell that is neither address nor empty: a number of days, a plan, or else the name.
fn take(line: &mut NewLine, cell: &str, plans: &[Plan]) -> Result<(), Text> {
    if cell.chars().all(|letter| letter.is_ascii_digit()) {
        let days = cell.parse().ok().filter(|days| (1..=3650).contains(days));
        line.days = Some(days.ok_or_else(|| {
            t!(
                "{days} is no number of days. Please use 1 to 3,650.",
                days = cell
            )
        })?);
        return Ok(());
    }
    let is_plan =
        |plan: &&Plan| plan.version.name.eq_ignore_ascii_case(cell) || plan.id.as_str() == cell;
    match plans.iter().find(is_plan) {
        Some(plan) => line.plan = Some(plan.id.clone()),
        None if line.name.is_empty() => cell.clone_into(&mut line.name),
        None => {
            return Err(t!(
                "There is no plan called {plan}. Write it as on the page of plans.",
                plan = cell
            ));
        }
    }
    Ok(())
}

/// `Mara Okafor <mara@example.org>`, or only the address.
fn named_address(cell: &str) -> (String, String) {
    match cell.split_once('<') {
        Some((name, rest)) => (
            name.trim().trim_matches('"').to_owned(),
            rest.trim_end_matches('>').trim().to_owned(),
        ),
        None => (String::new(), cell.to_owned()),
    }
}

/// The cells of a line; quotes hold a cell together.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' | ';' | '\t' if !is_quoted => cells.push(String::new()),
            other => cells.last_mut().expect("there is always one").push(other),
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Why an address gets no invitation now. `None`: it gets one.
pub async fn why_not(mut read: impl Read, email: &Email) -> Result<Option<Text>, FlowError> {
    if invitation::find_open(&mut read, email).await?.is_some() {
        return Ok(Some(t!("Is invited already.")));
    }
    let mut known = member::list_by_email(&mut read, email).await?;
    if let Some(account) = people::account::find_by_email(&mut read, email).await? {
        known.extend(member::find_by_account(&mut read, &account.id).await?);
    }
    for member in known {
        let living = subscription::living_of(&mut read, &Subject::of(&member.id)).await?;
        if living.is_some_and(|living| living.status.has_access()) {
            return Ok(Some(t!("Has a membership already.")));
        }
    }
    Ok(None)
}

/// Keeps a list and has it worked off.
pub async fn begin(
    tx: &mut Tx<'_>,
    actor: &Actor,
    terms: &ListTerms,
    lines: &[NewLine],
) -> Result<BatchId, FlowError> {
    let terms = serde_json::to_string(terms).expect("terms print as JSON");
    let id = batch::create(tx, actor, &terms, lines).await?;
    let job = InviteList { batch: id.clone() };
    jobs::add_once(tx, &job, id.as_str()).await?;
    Ok(id)
}

/// Makes the invitations of a list. Safe to run twice: each line is done in one transaction with its note.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InviteList {
    batch: BatchId,
}

#[async_trait]
impl Job for InviteList {
    const NAME: &'static str = "flows.invite_list";
    const LANE: Lane = Lane::Bulk;
    type Needs = Tools;

    async fn run(&self, tools: &Tools) -> Result<(), JobError> {
        Ok(self.work(tools).await?)
    }
}

impl InviteList {
    async fn work(&self, tools: &Tools) -> Result<(), FlowError> {
        let Some(found) = batch::find(&tools.db, &self.batch).await? else {
            return Ok(());
        };
        let Ok(terms) = serde_json::from_str::<ListTerms>(&found.terms) else {
            return Ok(());
        };
        loop {
            let lines = batch::waiting(&tools.db, &self.batch, CHUNK).await?;
            if lines.is_empty() {
                let mut tx = tools.db.begin(Actor::flow(Self::NAME)).await?;
                batch::end(&mut tx, &self.batch).await?;
                return Ok(tx.save().await?);
            }
            for line in &lines {
                one(tools, line, &terms).await?;
            }
        }
    }
}

/// A line that cannot be done says why; the others go on.
async fn one(tools: &Tools, line: &Line, terms: &ListTerms) -> Result<(), FlowError> {
    let reason = match try_one(tools, line, terms).await {
        Ok(None) => return Ok(()),
        Ok(Some(reason)) => reason,
        Err(error) => error.text().ok_or(error)?,
    };
    let mut tx = tools.db.begin(Actor::flow(InviteList::NAME)).await?;
    batch::note(&mut tx, line, Err(&reason)).await?;
    Ok(tx.save().await?)
}

async fn try_one(tools: &Tools, line: &Line, terms: &ListTerms) -> Result<Option<Text>, FlowError> {
    let mut tx = tools.db.begin(Actor::flow(InviteList::NAME)).await?;
    if let Some(reason) = why_not(&mut tx, &line.email).await? {
        return Ok(Some(reason));
    }
    let days = line.days.and_then(|days| u32::try_from(days).ok());
    let until = match days.or(terms.days) {
        Some(days) => Until::For(Length::days(days)),
        None => Until::Permanent,
    };
    let invite = Invite {
        name: line.name.clone(),
        email: line.email.clone(),
        platforms: PlatformEmails::default(),
        plan: line.plan_id.clone().unwrap_or_else(|| terms.plan.clone()),
        servers: terms.servers.clone(),
        given: Given::Gift(until),
        batch: Some(line.batch_id.clone()),
    };
    let made = invite::create(&mut tx, &invite).await?;
    batch::note(&mut tx, line, Ok(&made.id)).await?;
    tx.save().await?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_however_its_cells_stand() {
        let text = "name,e-mail\nMara Okafor,mara@example.org,30\njonas@example.org\n\
                    \"Weber, Ida\" <ida@example.org>\nno address\nx;MARA@example.org\na@b.example,0";
        let read = parse(text, &[]);
        let names: Vec<_> = read
            .iter()
            .map(|one| one.line.as_ref().map(|line| line.name.as_str()).ok())
            .collect();
        let expected = [
            Some("Mara Okafor"),
            Some("jonas"),
            Some("Weber, Ida"),
            None,
            None,
            None,
        ];
        assert_eq!(names, expected);
        assert_eq!(read[0].line.as_ref().unwrap().days, Some(30));
        assert_eq!(read[0].number, 2, "as in the file");
    }
}
