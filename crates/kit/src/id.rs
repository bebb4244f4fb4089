//! Ids of all things: opaque strings with a prefix, sortable by the time they were made.
//!
//! The body is 26 letters of Crockford's base 32: 48 bits of milliseconds, 80 bits of chance.

use crate::world::World;

const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The 26 letters of a new id.
pub fn fresh_body(world: &World) -> String {
    let mut chance = [0_u8; 10];
    world.chance.fill(&mut chance);
    let time = u128::try_from(world.clock.now().ms().max(0)).unwrap_or(0) & 0xffff_ffff_ffff;
    let bits = chance
        .iter()
        .fold(time, |bits, byte| (bits << 8) | u128::from(*byte));
    (0..26)
        .map(|place| {
            let five = (bits >> (5 * (25 - place))) & 31;
            char::from(LETTERS[usize::try_from(five).unwrap_or(0)])
        })
        .collect()
}

/// What all ids have in common.
pub trait Id: Sized + Clone {
    const PREFIX: &'static str;

    fn fresh(world: &World) -> Self;

    /// `None` if the text cannot be such an id. It says nothing about whether the thing exists.
    fn parse(text: &str) -> Option<Self>;

    fn as_str(&self) -> &str;
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;

            fn fresh(world: &World) -> Self {
                Self(format!(concat!($prefix, "_{}"), fresh_body(world)))
            }

            fn parse(text: &str) -> Option<Self> {
                let body = text.strip_prefix(concat!($prefix, "_"))?;
                let plain = body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
                (plain && (1..=40).contains(&body.len())).then(|| Self(text.to_owned()))
            }

            fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::field::FieldError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text).ok_or(crate::field::FieldError::UnknownId)
            }
        }

        impl crate::stored::Stored for $name {
            const KIND: crate::stored::Kind = crate::stored::Kind::Text;

            fn store(&self) -> crate::stored::Value {
                crate::stored::Value::Text(self.0.clone())
            }

            fn read(value: crate::stored::Value) -> Result<Self, crate::stored::Unreadable> {
                String::read(value).map(Self)
            }
        }
    )+};
}

ids! {
    AccountId = "acc",
    RoleId = "rol",
    SessionId = "ses",
    PasskeyId = "psk",
    ApiKeyId = "key",
    TokenId = "tok",
    MemberId = "mem",
    InvitationId = "inv",
    BatchId = "bat",
    PayerId = "pyr",
    PlanId = "pln",
    PlanVersionId = "plv",
    PriceId = "prc",
    SubscriptionId = "sub",
    GrantId = "grt",
    HoldId = "hld",
    OrderId = "ord",
    OrderLineId = "orl",
    AttemptId = "att",
    PaymentId = "pay",
    RefundId = "ref",
    DisputeId = "dsp",
    ReceiptId = "rcp",
    ProofId = "prf",
    GatewayId = "gtw",
    MessageId = "msg",
    LedgerId = "led",
    EntryId = "ent",
    ServerId = "srv",
    StationId = "sta",
    TrackId = "trk",
    PlaylistId = "lst",
    SlotId = "slt",
    ListenerId = "lis",
    LibraryId = "lib",
    GroupId = "grp",
    ShareId = "shr",
    IdentityId = "idn",
    ServerReadId = "srd",
    AccountChangeId = "acg",
    OwnerAccountId = "own",
    PlatformSignInId = "psi",
    RemoteUserId = "usr",
    PlaceId = "plc",
    MoveId = "mov",
    StreamId = "stm",
    PlayId = "ply",
    DownloadId = "dwn",
    ScanId = "scn",
    DeviceId = "dev",
    SubtitleId = "sbt",
    EventId = "evt",
    JobId = "job",
    LeaseId = "lea",
    TargetId = "tgt",
    WantId = "wnt",
    LetterId = "ltr",
    BackupId = "bkp",
    ChangeSetId = "chs",
    FileId = "fil",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_kind_or_with_hostile_letters_is_refused() {
        assert!(MemberId::parse("mem_01hzy").is_some());
        assert!(MemberId::parse("acc_01hzy").is_none());
        assert!(MemberId::parse("mem_").is_none());
        assert!(MemberId::parse("mem_'; drop table").is_none());
    }
}
