//! What follows from what was told: one file per story.

mod attempt_end_gives_the_place_back;
mod deletion_day_deletes_media_users;
mod ending_membership_reminds_member;
mod invited_member_is_told_how;
mod known;
mod member_without_sign_in_chooses_one;
mod money_writes_to_payer;
mod needed_link_is_mailed;
mod paid_member_is_let_in;
mod plan_change_offers_prices;
mod server_trouble_tells_operator;
mod share_news_reach_member;
mod signed_out_owner_tells_operator;
mod status_change_writes_to_member;
mod term_change_sets_access;

use jobs::Registry;

pub use invited_member_is_told_how::RemindOfInvitation;
pub use paid_member_is_let_in::SeeThatMemberIsIn;
pub use plan_change_offers_prices::OfferPrices;

use crate::hearing::{Hear, Hearing, Unreadable};
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
                .with::<Unreadable>(&())
        }
    };
}

flows! {
    attempt_end_gives_the_place_back::AttemptEndGivesThePlaceBack,
    deletion_day_deletes_media_users::DeletionDayDeletesMediaUsers,
    ending_membership_reminds_member::EndingMembershipRemindsMember,
    invited_member_is_told_how::InvitedMemberIsToldHow,
    member_without_sign_in_chooses_one::MemberWithoutSignInChoosesOne,
    money_writes_to_payer::SettledPaymentThanksPayer,
    money_writes_to_payer::FailedPaymentWarnsPayer,
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
