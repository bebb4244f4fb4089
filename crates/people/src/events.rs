//! What happened with people. No event carries a secret: a flow that needs a link for a letter issues it.

use chronicle::events;
use kit::id::{AccountId, ApiKeyId, InvitationId, MemberId, PasskeyId, RoleId, SessionId};
use kit::stored::stored_words;
use kit::{Subject, Text, t};

events! {
    /// A flow sends the letter that asks to confirm the address, unless it is confirmed.
    AccountRegistered = "people.account_registered", Good {
        account: AccountId,
        number: i64,
        name: String,
        confirmed: bool,
    }
    about(it) [it.account]
    says t!("{name} registered.", name = it.name.clone());

    /// Somebody registered with an address that has an account: a flow tells its owner, and nobody else.
    RegistrationRepeated = "people.registration_repeated", Info {
        account: AccountId,
        name: String,
    }
    about(it) [it.account]
    says t!("Somebody tried to register with the address of {name}, who was told so by letter.", name = it.name.clone());

    /// A flow sends the letter again.
    ConfirmationAsked = "people.confirmation_asked", Info {
        account: AccountId,
        name: String,
    }
    about(it) [it.account]
    says t!("{name} asked for the letter that confirms the address.", name = it.name.clone());

    AccountCreated = "people.account_created", Info {
        account: AccountId,
        number: i64,
        name: String,
    }
    about(it) [it.account]
    says t!("A sign-in for {name} was made.", name = it.name.clone());

    EmailConfirmed = "people.email_confirmed", Good {
        account: AccountId,
        name: String,
    }
    about(it) [it.account]
    says t!("{name} confirmed the e-mail address.", name = it.name.clone());

    /// A flow sends a link to the new address; until it is followed the old one counts.
    EmailChangeAsked = "people.email_change_asked", Info {
        account: AccountId,
        name: String,
        email: kit::Email,
    }
    about(it) [it.account]
    says t!("{name} asked to change the e-mail address.", name = it.name.clone());

    SignedIn = "people.signed_in", Info {
        account: AccountId,
        session: SessionId,
        name: String,
        address: String,
    }
    about(it) [it.account]
    says t!("{name} signed in.", name = it.name.clone());

    /// A sign-in failed. What was typed as name is not kept: people type passwords there.
    SignInRefused = "people.sign_in_refused", Warn {
        /// `None`: nobody has the name that was typed.
        account: Option<AccountId>,
        name: String,
        address: String,
    }
    about(it) [it.account.clone().map_or_else(unknown_sign_in, |id| Subject::of(&id))]
    says {
        let address = it.address.clone();
        if it.account.is_some() {
            t!(
                "A sign-in as {name} was refused. It came from {address}.",
                name = it.name.clone(),
                address = address
            )
        } else {
            t!(
                "A sign-in with a name that nobody has was refused. It came from {address}.",
                address = address
            )
        }
    };

    PasswordChanged = "people.password_changed", Info {
        account: AccountId,
        name: String,
    }
    about(it) [it.account]
    says t!("The password of {name} was changed. Other devices were signed out.", name = it.name.clone());

    /// A flow sends the letter with the link.
    PasswordResetAsked = "people.password_reset_asked", Info {
        account: AccountId,
        name: String,
    }
    about(it) [it.account]
    says t!("A new password was asked for by {name}.", name = it.name.clone());

    SecondFactorAdded = "people.second_factor_added", Good {
        account: AccountId,
        name: String,
    }
    about(it) [it.account]
    says t!("{name} protected the sign-in with an authenticator.", name = it.name.clone());

    SecondFactorRemoved = "people.second_factor_removed", Warn {
        account: AccountId,
        name: String,
    }
    about(it) [it.account]
    says t!("The authenticator of {name} was removed.", name = it.name.clone());

    RecoveryCodeUsed = "people.recovery_code_used", Warn {
        account: AccountId,
        name: String,
        left: i64,
    }
    about(it) [it.account]
    says t!("{name} signed in with a recovery code; {left} are left.", name = it.name.clone(), left = it.left);

    PasskeyAdded = "people.passkey_added", Good {
        account: AccountId,
        passkey: PasskeyId,
        name: String,
        label: String,
    }
    about(it) [it.account]
    says t!("{name} added the passkey {label}.", name = it.name.clone(), label = it.label.clone());

    PasskeyRemoved = "people.passkey_removed", Warn {
        account: AccountId,
        passkey: PasskeyId,
        name: String,
        label: String,
    }
    about(it) [it.account]
    says t!("The passkey {label} of {name} was removed.", name = it.name.clone(), label = it.label.clone());

    SessionRevoked = "people.session_revoked", Info {
        account: AccountId,
        name: String,
        count: i64,
    }
    about(it) [it.account]
    says Text::counted(it.count, "One device of {name} was signed out.", "{n} devices of {name} were signed out.")
        .with("name", it.name.clone());

    /// Staff entered the site as somebody.
    AccountEntered = "people.account_entered", Warn {
        account: AccountId,
        by: AccountId,
        name: String,
    }
    about(it) [it.account, it.by]
    says t!("The site was entered as {name}.", name = it.name.clone());

    AccountChanged = "people.account_changed", Info {
        account: AccountId,
        name: String,
        /// Names of the fields that differ.
        fields: Vec<String>,
    }
    about(it) [it.account]
    says t!("The sign-in of {name} was changed: {fields}.", name = it.name.clone(), fields = it.fields.join(", "));

    AccountErased = "people.account_erased", Warn {
        account: AccountId,
        number: i64,
    }
    about(it) [it.account]
    says t!("The sign-in {number} was deleted.", number = it.number.to_string());
}

/// What a sign-in is about whose name nobody has.
fn unknown_sign_in() -> Subject {
    Subject::named("unknown_sign_in")
}

stored_words! {
    pub enum RoleChange {
        Created = "created",
        Changed = "changed",
        Removed = "removed",
    }
}

events! {
    RoleChanged = "people.role_changed", Info {
        role: RoleId,
        name: String,
        change: RoleChange,
    }
    about(it) [it.role]
    says match it.change {
        RoleChange::Created => t!("The role {name} was made.", name = it.name.clone()),
        RoleChange::Changed => t!("The role {name} was changed.", name = it.name.clone()),
        RoleChange::Removed => t!("The role {name} was removed.", name = it.name.clone()),
    };

    ApiKeyCreated = "people.api_key_created", Info {
        key: ApiKeyId,
        account: AccountId,
        name: String,
    }
    about(it) [it.key, it.account]
    says t!("The API key {name} was made.", name = it.name.clone());

    ApiKeyRevoked = "people.api_key_revoked", Info {
        key: ApiKeyId,
        account: AccountId,
        name: String,
    }
    about(it) [it.key, it.account]
    says t!("The API key {name} was revoked.", name = it.name.clone());

    MemberCreated = "people.member_created", Info {
        member: MemberId,
        name: String,
    }
    about(it) [it.member]
    says t!("{name} became a member.", name = it.name.clone());

    MemberChanged = "people.member_changed", Info {
        member: MemberId,
        name: String,
    }
    about(it) [it.member]
    says t!("The member {name} was changed.", name = it.name.clone());

    MemberLinked = "people.member_linked", Info {
        member: MemberId,
        account: AccountId,
        name: String,
    }
    about(it) [it.member, it.account]
    says t!("{name} was linked to a sign-in.", name = it.name.clone());

    MemberUnlinked = "people.member_unlinked", Info {
        member: MemberId,
        account: AccountId,
        name: String,
    }
    about(it) [it.member, it.account]
    says t!("{name} was separated from the sign-in.", name = it.name.clone());

    MembersJoined = "people.members_joined", Warn {
        member: MemberId,
        from: MemberId,
        name: String,
        from_name: String,
    }
    about(it) [it.member, it.from]
    says t!("{from} was joined with {name}: both were one person.", from = it.from_name.clone(), name = it.name.clone());

    /// A flow posts the letter with the link.
    InvitationMade = "people.invitation_made", Info {
        invitation: InvitationId,
        member: MemberId,
        name: String,
    }
    about(it) [it.member, it.invitation]
    says t!("{name} was invited.", name = it.name.clone());

    InvitationUsed = "people.invitation_used", Good {
        invitation: InvitationId,
        member: MemberId,
        account: AccountId,
        name: String,
    }
    about(it) [it.member, it.invitation, it.account]
    says t!("{name} accepted the invitation.", name = it.name.clone());

    InvitationWithdrawn = "people.invitation_withdrawn", Warn {
        invitation: InvitationId,
        member: MemberId,
        name: String,
    }
    about(it) [it.member, it.invitation]
    says t!("The invitation of {name} was taken back.", name = it.name.clone());

    IdentityAdded = "people.identity_added", Info {
        member: MemberId,
        name: String,
        kind: crate::identity::IdentityKind,
        label: String,
    }
    about(it) [it.member]
    says t!("{name} is known as {label} at {kind}.", name = it.name.clone(), label = it.label.clone(), kind = it.kind.text());
}
