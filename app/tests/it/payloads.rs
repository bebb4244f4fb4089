//! A sample of every payload that was ever released: each must be read for ever.
//!
//! `tests/payloads/NAME.jsonl` has one line a sample, oldest first. Lines are added, never changed: rows like
//! them are in the tables of those who run the house.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot read has failed, and may block"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use app::backup::events::{BackupChecked, BackupFailed, BackupMade};
use billing::events::{
    DeletionDue, ExpiringSoon, GatewayChanged, PlanChanged, PriceChanged, StatusChanged,
    TermChanged,
};
use billing::money_events::{
    AgreementChanged, AttemptEnded, DisputeClosed, DisputeOpened, PaymentFailed, PaymentSettled,
    PaymentUnplaced, PaymentVoided, ProofUploaded, RefundFailed, RefundOrdered, RefundSettled,
};
use chronicle::Event;
use flows::events::{FailedJobMoved, FailedJobsRetried, SettingsChanged};
use media::events::{
    AccountChangeAsked, AccountChangeDropped, AccountReplaced, ConnectAsked, ConnectEnded,
    CredentialsChosen, CredentialsNeeded, DeviceApproved, DeviceSignedOut, ForeignUsersSeen,
    GroupChanged, IdentityLinked, LibrariesChanged, LibrariesGrouped, LookAsked, MediaPasswordSet,
    MemberMoved, MoveChanged, MoveEnded, OwnerRemoved, OwnerSignedIn, OwnerSignedOut, ScanAsked,
    ServerAdded, ServerBack, ServerChanged, ServerRemoved, ServerUnreachable, ShareChanged,
    ShareClosed, ShareCorrected, ShareFailed, ShareInPlace, ShareInvited, ShareLeft, ShareRemoved,
    ShareRestored, ShareWithdrawn, StreamsStopped, SubtitleGiven, SyncAsked, UserLinked,
};
use media::viewing::events::{FourKNotStopped, FourKStopped, StreamEnded};
use outreach::events::{LetterRepeated, TextChanged};
use people::events::{
    AccountChanged, AccountCreated, AccountEntered, AccountErased, AccountRegistered,
    ApiKeyCreated, ApiKeyRevoked, ConfirmationAsked, EmailChangeAsked, EmailConfirmed,
    IdentityAdded, InvitationMade, InvitationUsed, InvitationWithdrawn, MemberChanged,
    MemberCreated, MemberLinked, MemberUnlinked, MembersJoined, PasskeyAdded, PasskeyRemoved,
    PasswordChanged, PasswordResetAsked, RecoveryCodeUsed, RegistrationRepeated, RoleChanged,
    SecondFactorAdded, SecondFactorRemoved, SessionRevoked, SignInRefused, SignedIn,
};
use serde_json::Value;

use crate::walls::event_names_of_the_source;

/// Reads a sample as today's code does, and writes it as today's code would.
type Reading = fn(&str) -> Result<Value, String>;

fn read<E: Event>(sample: &str) -> Result<Value, String> {
    let event: E = serde_json::from_str(sample).map_err(|error| error.to_string())?;
    if event.sentence().in_english().trim().is_empty() || event.subjects().is_empty() {
        return Err("it says nothing, or of nobody".to_owned());
    }
    Ok(serde_json::to_value(&event).unwrap())
}

macro_rules! readings {
    ($($event:ident),+ $(,)?) => { vec![$(($event::NAME, read::<$event> as Reading)),+] };
}

/// The house's own: backups, settings, jobs, letters.
fn of_house() -> Vec<(&'static str, Reading)> {
    readings![
        BackupChecked,
        BackupFailed,
        BackupMade,
        FailedJobMoved,
        FailedJobsRetried,
        SettingsChanged,
        LetterRepeated,
        TextChanged
    ]
}

fn of_billing() -> Vec<(&'static str, Reading)> {
    readings![
        DeletionDue,
        ExpiringSoon,
        GatewayChanged,
        PlanChanged,
        PriceChanged,
        StatusChanged,
        TermChanged,
        AgreementChanged,
        AttemptEnded,
        DisputeClosed,
        DisputeOpened,
        PaymentFailed,
        PaymentSettled,
        PaymentUnplaced,
        PaymentVoided,
        ProofUploaded,
        RefundFailed,
        RefundOrdered,
        RefundSettled
    ]
}

fn of_media() -> Vec<(&'static str, Reading)> {
    readings![
        AccountChangeAsked,
        AccountChangeDropped,
        AccountReplaced,
        ConnectAsked,
        ConnectEnded,
        CredentialsChosen,
        CredentialsNeeded,
        DeviceApproved,
        DeviceSignedOut,
        ForeignUsersSeen,
        GroupChanged,
        IdentityLinked,
        LibrariesChanged,
        LibrariesGrouped,
        LookAsked,
        MediaPasswordSet,
        MemberMoved,
        MoveChanged,
        MoveEnded,
        OwnerRemoved,
        OwnerSignedIn,
        OwnerSignedOut,
        FourKNotStopped,
        FourKStopped,
        ScanAsked,
        ServerAdded,
        ServerBack,
        ServerChanged,
        ServerRemoved,
        ServerUnreachable,
        ShareChanged,
        ShareClosed,
        ShareCorrected,
        ShareFailed,
        ShareInPlace,
        ShareInvited,
        ShareLeft,
        ShareRemoved,
        ShareRestored,
        ShareWithdrawn,
        StreamEnded,
        StreamsStopped,
        SubtitleGiven,
        SyncAsked,
        UserLinked
    ]
}

fn of_people() -> Vec<(&'static str, Reading)> {
    readings![
        AccountChanged,
        AccountCreated,
        AccountEntered,
        AccountErased,
        AccountRegistered,
        ApiKeyCreated,
        ApiKeyRevoked,
        ConfirmationAsked,
        EmailChangeAsked,
        EmailConfirmed,
        IdentityAdded,
        InvitationMade,
        InvitationUsed,
        InvitationWithdrawn,
        MemberChanged,
        MemberCreated,
        MemberLinked,
        MemberUnlinked,
        MembersJoined,
        PasskeyAdded,
        PasskeyRemoved,
        PasswordChanged,
        PasswordResetAsked,
        RecoveryCodeUsed,
        RegistrationRepeated,
        RoleChanged,
        SecondFactorAdded,
        SecondFactorRemoved,
        SessionRevoked,
        SignInRefused,
        SignedIn
    ]
}

fn readings() -> BTreeMap<&'static str, Reading> {
    let all = [of_house(), of_billing(), of_media(), of_people()];
    all.into_iter().flatten().collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/payloads")
}

/// All samples, by the name of their event.
fn samples() -> BTreeMap<String, Vec<String>> {
    let files = std::fs::read_dir(folder()).unwrap();
    let read = files.map(|file| {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        (name, text.lines().map(str::to_owned).collect())
    });
    read.collect()
}

/// Whether all that the sample says is still said; more may be.
fn is_kept(sample: &Value, now: &Value) -> bool {
    match (sample, now) {
        (Value::Object(sample), Value::Object(now)) => sample
            .iter()
            .all(|(name, value)| now.get(name).is_some_and(|now| is_kept(value, now))),
        (sample, now) => sample == now,
    }
}

#[test]
fn every_payload_that_was_ever_released_is_read_and_keeps_its_meaning() {
    let readings = readings();
    for (name, lines) in samples() {
        let reading = readings.get(name.as_str());
        let reading =
            reading.unwrap_or_else(|| panic!("{name}: rows of it cannot be read any more"));
        for line in lines {
            let now = reading(&line).unwrap_or_else(|error| panic!("{name}: {error}\n{line}"));
            let sample = serde_json::from_str(&line).unwrap();
            assert!(is_kept(&sample, &now), "{name} loses something of\n{line}");
        }
    }
}

#[test]
fn every_event_has_a_sample_of_its_payload_as_it_is_written_today() {
    let (readings, samples) = (readings(), samples());
    for name in event_names_of_the_source() {
        let reading = readings.get(name.as_str());
        let reading = reading.unwrap_or_else(|| panic!("{name} is not among this test's readings"));
        let lines = samples.get(&name).map_or(&[][..], Vec::as_slice);
        let newest = lines
            .last()
            .unwrap_or_else(|| panic!("tests/payloads/{name}.jsonl is missing"));
        let written = reading(newest).unwrap();
        let sample: Value = serde_json::from_str(newest).unwrap();
        assert_eq!(
            sample, written,
            "{name} has new fields: add a line to tests/payloads/{name}.jsonl that has them"
        );
    }
}
