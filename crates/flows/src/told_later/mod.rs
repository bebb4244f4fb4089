//! What follows from what was told: one file per story.

mod asked_member_gives_other_account;
mod attempt_end_gives_the_place_back;
mod deletion_day_deletes_media_users;
mod ended_move_tells_operator;
mod ending_membership_reminds_member;
mod invited_member_is_told_how;
mod invited_person_is_mailed;
mod known;
mod member_without_sign_in_chooses_one;
mod money_writes_to_payer;
mod move_goes_on;
mod needed_link_is_mailed;
mod paid_member_is_let_in;
mod plan_change_offers_prices;
mod server_trouble_tells_operator;
mod share_news_reach_member;
mod signed_out_owner_tells_operator;
mod status_change_writes_to_member;
mod term_change_sets_access;

use jobs::{Registry, Schedule};
use kit::Span;

pub use invited_member_is_told_how::RemindOfInvitation;
pub use move_goes_on::CarryMoveOn;
pub use paid_member_is_let_in::SeeThatMemberIsIn;
pub use plan_change_offers_prices::OfferPrices;
pub use term_change_sets_access::settle_again;

use move_goes_on::CarryMovesOn;

use crate::hearing::{Hear, Hearing, Unreadable};
use crate::told_at_once::invite_many::InviteList;
use crate::tools::Tools;

macro_rules! flows {
    ($($flow:path),+ $(,)?) => {
        /// Which flows hear which events.
        pub fn hearing() -> Hearing {
            Hearing::new().knowing(known::KNOWN)$(.with::<$flow>())+
        }

        /// Adds the jobs of all flows.
        pub fn registered(registry: Registry, tools: &Tools) -> Registry {
            registry
                $(.with::<Hear<$flow>>(tools))+
                .with::<SeeThatMemberIsIn>(tools)
                .with::<RemindOfInvitation>(tools)
                .with::<OfferPrices>(tools)
                .with::<CarryMoveOn>(tools)
                .with::<CarryMovesOn>(tools)
                .with::<InviteList>(tools)
                .with::<Unreadable>(&())
        }
    };
}

flows! {
    asked_member_gives_other_account::AskedMemberGivesOtherAccount,
    attempt_end_gives_the_place_back::AttemptEndGivesThePlaceBack,
    deletion_day_deletes_media_users::DeletionDayDeletesMediaUsers,
    ended_move_tells_operator::EndedMoveTellsOperator,
    ending_membership_reminds_member::EndingMembershipRemindsMember,
    invited_member_is_told_how::InvitedMemberIsToldHow,
    invited_person_is_mailed::InvitedPersonIsMailed,
    member_without_sign_in_chooses_one::MemberWithoutSignInChoosesOne,
    money_writes_to_payer::SettledPaymentThanksPayer,
    money_writes_to_payer::FailedPaymentWarnsPayer,
    move_goes_on::ChangedMoveGoesOn,
    move_goes_on::LetInMoverLeavesTheSource,
    move_goes_on::RestoredMoverLeavesTheSource,
    move_goes_on::InvitedMoverMakesRoom,
    move_goes_on::AskedMoverMakesRoom,
    move_goes_on::RefusedMoverStays,
    needed_link_is_mailed::RegistrationIsConfirmed,
    needed_link_is_mailed::RepeatedRegistrationTellsOwner,
    needed_link_is_mailed::ConfirmationIsMailedAgain,
    needed_link_is_mailed::PasswordResetIsMailed,
    needed_link_is_mailed::EmailChangeIsConfirmed,
    plan_change_offers_prices::PlanChangeOffersPrices,
    server_trouble_tells_operator::UnreachableServerTellsOperator,
    server_trouble_tells_operator::ReturnedServerTellsOperator,
    signed_out_owner_tells_operator::SignedOutOwnerTellsOperator,
    signed_out_owner_tells_operator::ReturnedOwnerTellsOperator,
    share_news_reach_member::LetInMemberIsWelcomed,
    share_news_reach_member::RestoredMemberIsToldSo,
    share_news_reach_member::FailedShareTellsOperator,
    status_change_writes_to_member::StatusChangeWritesToMember,
    term_change_sets_access::TermChangeSetsAccess,
    term_change_sets_access::StatusChangeSetsAccess,
}

/// What comes by itself.
pub fn schedules() -> Vec<Schedule> {
    vec![Schedule::new(Span::minutes(10), CarryMovesOn)]
}
