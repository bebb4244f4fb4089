//! What happened with people. No event carries a secret: a flow that needs a link for a letter issues it.

use chronicle::{Event, Tone};
use kit::id::{AccountId, ApiKeyId, MemberId, PasskeyId, RoleId, SessionId};
use kit::stored::stored_words;
use kit::{Subject, Text, t};
use serde::{Deserialize, Serialize};

/// Declares an event: its fields, stable name, tone, subjects and sentence.
macro_rules! event {
    ($(#[$meta:meta])* $name:ident = $word:literal, $tone:ident {
        $($(#[$inner:meta])* $field:ident : $type:ty),+ $(,)?
    } $this:ident => [$($subject:expr),+ $(,)?], $sentence:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name { $($(#[$inner])* pub $field: $type),+ }

        impl Event for $name {
            const NAME: &'static str = $word;
            const TONE: Tone = Tone::$tone;

            fn subjects(&self) -> Vec<Subject> {
                let $this = self;
                vec![$(Subject::of(&$subject)),+]
            }

            fn sentence(&self) -> Text {
                let $this = self;
                $sentence
            }
        }
    };
}

event! {
    /// A flow sends the letter that asks to confirm the address, unless it is confirmed.
    AccountRegistered = "people.account_registered", Good {
        account: AccountId,
        number: i64,
        name: String,
        confirmed: bool,
    }
    it => [it.account], t!("{name} registered.", name = it.name.clone())
}

event! {
    /// Somebody registered with an address that has an account: a flow tells its owner, and nobody else.
    RegistrationRepeated = "people.registration_repeated", Info {
        account: AccountId,
        name: String,
    }
    it => [it.account],
    t!("Somebody tried to register with the address of {name}, who was told so by letter.", name = it.name.clone())
}

event! {
    /// A flow sends the letter again.
    ConfirmationAsked = "people.confirmation_asked", Info {
        account: AccountId,
        name: String,
    }
    it => [it.account], t!("{name} asked for the letter that confirms the address.", name = it.name.clone())
}

event! {
    AccountCreated = "people.account_created", Info {
        account: AccountId,
        number: i64,
        name: String,
    }
    it => [it.account], t!("A sign-in for {name} was made.", name = it.name.clone())
}

event! {
    EmailConfirmed = "people.email_confirmed", Good {
        account: AccountId,
        name: String,
    }
    it => [it.account], t!("{name} confirmed the e-mail address.", name = it.name.clone())
}

event! {
    /// A flow sends a link to the new address; until it is followed the old one counts.
    EmailChangeAsked = "people.email_change_asked", Info {
        account: AccountId,
        name: String,
        email: kit::Email,
    }
    it => [it.account], t!("{name} asked to change the e-mail address.", name = it.name.clone())
}

event! {
    SignedIn = "people.signed_in", Info {
        account: AccountId,
        session: SessionId,
        name: String,
        address: String,
    }
    it => [it.account], t!("{name} signed in.", name = it.name.clone())
}

/// A sign-in failed. What was typed as name is not kept: people type passwords there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInRefused {
    /// `None`: nobody has the name that was typed.
    pub account: Option<AccountId>,
    pub name: String,
    pub address: String,
}

impl Event for SignInRefused {
    const NAME: &'static str = "people.sign_in_refused";
    const TONE: Tone = Tone::Warn;

    fn subjects(&self) -> Vec<Subject> {
        let unknown = || Subject::named("unknown_sign_in");
        vec![self.account.as_ref().map_or_else(unknown, Subject::of)]
    }

    fn sentence(&self) -> Text {
        let address = self.address.clone();
        if self.account.is_some() {
            t!(
                "A sign-in as {name} was refused. It came from {address}.",
                name = self.name.clone(),
                address = address
            )
        } else {
            t!(
                "A sign-in with a name that nobody has was refused. It came from {address}.",
                address = address
            )
        }
    }
}

event! {
    PasswordChanged = "people.password_changed", Info {
        account: AccountId,
        name: String,
    }
    it => [it.account],
    t!("The password of {name} was changed. Other devices were signed out.", name = it.name.clone())
}

event! {
    /// A flow sends the letter with the link.
    PasswordResetAsked = "people.password_reset_asked", Info {
        account: AccountId,
        name: String,
    }
    it => [it.account], t!("A new password was asked for by {name}.", name = it.name.clone())
}

event! {
    SecondFactorAdded = "people.second_factor_added", Good {
        account: AccountId,
        name: String,
    }
    it => [it.account], t!("{name} protected the sign-in with an authenticator.", name = it.name.clone())
}

event! {
    SecondFactorRemoved = "people.second_factor_removed", Warn {
        account: AccountId,
        name: String,
    }
    it => [it.account], t!("The authenticator of {name} was removed.", name = it.name.clone())
}

event! {
    RecoveryCodeUsed = "people.recovery_code_used", Warn {
        account: AccountId,
        name: String,
        left: i64,
    }
    it => [it.account],
    t!("{name} signed in with a recovery code; {left} are left.", name = it.name.clone(), left = it.left)
}

event! {
    PasskeyAdded = "people.passkey_added", Good {
        account: AccountId,
        passkey: PasskeyId,
        name: String,
        label: String,
    }
    it => [it.account], t!("{name} added the passkey {label}.", name = it.name.clone(), label = it.label.clone())
}

event! {
    PasskeyRemoved = "people.passkey_removed", Warn {
        account: AccountId,
        passkey: PasskeyId,
        name: String,
        label: String,
    }
    it => [it.account],
    t!("The passkey {label} of {name} was removed.", name = it.name.clone(), label = it.label.clone())
}

event! {
    SessionRevoked = "people.session_revoked", Info {
        account: AccountId,
        name: String,
        count: i64,
    }
    it => [it.account],
    Text::counted(it.count, "One device of {name} was signed out.", "{n} devices of {name} were signed out.")
        .with("name", it.name.clone())
}

event! {
    /// Staff entered the site as somebody.
    AccountEntered = "people.account_entered", Warn {
        account: AccountId,
        by: AccountId,
        name: String,
    }
    it => [it.account, it.by], t!("The site was entered as {name}.", name = it.name.clone())
}

event! {
    AccountChanged = "people.account_changed", Info {
        account: AccountId,
        name: String,
        /// Names of the fields that differ.
        fields: Vec<String>,
    }
    it => [it.account],
    t!("The sign-in of {name} was changed: {fields}.", name = it.name.clone(), fields = it.fields.join(", "))
}

event! {
    AccountErased = "people.account_erased", Warn {
        account: AccountId,
        number: i64,
    }
    it => [it.account], t!("The sign-in {number} was deleted.", number = it.number.to_string())
}

stored_words! {
    pub enum RoleChange {
        Created = "created",
        Changed = "changed",
        Removed = "removed",
    }
}

event! {
    RoleChanged = "people.role_changed", Info {
        role: RoleId,
        name: String,
        change: RoleChange,
    }
    it => [it.role], match it.change {
        RoleChange::Created => t!("The role {name} was made.", name = it.name.clone()),
        RoleChange::Changed => t!("The role {name} was changed.", name = it.name.clone()),
        RoleChange::Removed => t!("The role {name} was removed.", name = it.name.clone()),
    }
}

event! {
    ApiKeyCreated = "people.api_key_created", Info {
        key: ApiKeyId,
        account: AccountId,
        name: String,
    }
    it => [it.key, it.account], t!("The API key {name} was made.", name = it.name.clone())
}

event! {
    ApiKeyRevoked = "people.api_key_revoked", Info {
        key: ApiKeyId,
        account: AccountId,
        name: String,
    }
    it => [it.key, it.account], t!("The API key {name} was revoked.", name = it.name.clone())
}

event! {
    MemberCreated = "people.member_created", Info {
        member: MemberId,
        name: String,
    }
    it => [it.member], t!("{name} became a member.", name = it.name.clone())
}

event! {
    MemberChanged = "people.member_changed", Info {
        member: MemberId,
        name: String,
    }
    it => [it.member], t!("The member {name} was changed.", name = it.name.clone())
}

event! {
    MemberLinked = "people.member_linked", Info {
        member: MemberId,
        account: AccountId,
        name: String,
    }
    it => [it.member, it.account], t!("{name} was linked to a sign-in.", name = it.name.clone())
}

event! {
    MemberUnlinked = "people.member_unlinked", Info {
        member: MemberId,
        account: AccountId,
        name: String,
    }
    it => [it.member, it.account], t!("{name} was separated from the sign-in.", name = it.name.clone())
}

event! {
    IdentityAdded = "people.identity_added", Info {
        member: MemberId,
        name: String,
        kind: crate::identity::IdentityKind,
        label: String,
    }
    it => [it.member],
    t!("{name} is known as {label} at {kind}.", name = it.name.clone(), label = it.label.clone(), kind = it.kind.text())
}
