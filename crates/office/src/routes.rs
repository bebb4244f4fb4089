//! Every page of the office: path, permission, handler.

mod servers;

use people::role::Permission;
use web::{Access, Routes};

use crate::{billing, house, overview, people as persons, search, settings};

const fn may(permission: Permission) -> Access {
    Access::Permission(permission)
}

pub fn routes() -> Routes {
    first_page()
        .and(members())
        .and(member_acts())
        .and(invitations())
        .and(sign_ins())
        .and(roles())
        .and(payments())
        .and(payments_by_hand())
        .and(plans())
        .and(gateways())
        .and(servers::routes())
        .and(what_happened())
        .and(letters())
        .and(house_settings())
        .and(api_keys())
}

fn first_page() -> Routes {
    let kept = (
        overview::IncomeDays::default(),
        overview::Outside::default(),
    );
    Routes::new()
        // Any staff: each piece asks for its own permission.
        .get("/office", Access::SignedIn, move |staff, site| {
            overview::show(staff, site, kept.clone())
        })
        .get("/office/search", Access::SignedIn, search::show)
        .post(
            "/office/wants/{id}/close",
            may(Permission::MembersChange),
            overview::acts::close,
        )
}

fn members() -> Routes {
    use persons::{member, member_new, members};
    let see = may(Permission::MembersSee);
    let change = may(Permission::MembersChange);
    Routes::new()
        .get("/office/members", see, members::list)
        .get("/office/members.csv", see, members::export)
        .get("/office/members/new", change, member_new::new)
        .post("/office/members/new", change, member_new::create)
        .get("/office/members/{id}", see, member::show)
        .get(
            "/office/members/{id}/join",
            change,
            persons::member_join::show,
        )
        .post(
            "/office/members/{id}/join",
            change,
            persons::member_join::join,
        )
        .get("/office/members/{id}/edit", change, member_new::edit)
        .post("/office/members/{id}/edit", change, member_new::save)
        .get("/office/members/{id}/give", change, member_new::give_form)
        .post("/office/members/{id}/give", change, member_new::give)
        .get(
            "/office/members/{id}/plan",
            change,
            persons::member_plan::plan_form,
        )
}

fn invitations() -> Routes {
    use persons::{invitations, invite, invite_many};
    let see = may(Permission::MembersSee);
    let change = may(Permission::MembersChange);
    Routes::new()
        .get("/office/invitations", see, invitations::list)
        .get("/office/invitations.csv", see, invitations::export)
        .get("/office/invitations/new", change, invite::form)
        .post("/office/invitations/new", change, invite::create)
        .get("/office/invitations/many", change, invite_many::form)
        .post("/office/invitations/many", change, invite_many::create)
        .get("/office/invitations/many/{batch}", see, invite_many::show)
        .get("/office/invitations/{id}", see, invitations::show)
        .post("/office/invitations/{id}/again", change, invitations::again)
        .post(
            "/office/invitations/{id}/take-back",
            change,
            invitations::withdraw,
        )
        .post(
            "/office/invitations/{id}/servers/{server}/again",
            change,
            invitations::try_again,
        )
}

fn member_acts() -> Routes {
    use persons::{
        member_access as access, member_acts as acts, member_plan as plan, other_account as other,
    };
    let change = may(Permission::MembersChange);
    Routes::new()
        .post("/office/members/{id}/plan", change, plan::change_plan)
        .post("/office/members/{id}/grants", change, acts::grant)
        .post(
            "/office/members/{id}/grants/{grant}/revoke",
            change,
            acts::revoke,
        )
        .post("/office/members/{id}/holds", change, acts::suspend_now)
        .post("/office/members/{id}/holds/{hold}/lift", change, acts::lift)
        .post(
            "/office/members/{id}/permanent",
            change,
            acts::make_permanent,
        )
        .post("/office/members/{id}/cancel", change, acts::cancel_now)
        .post(
            "/office/members/{id}/undo-cancel",
            change,
            acts::undo_cancel,
        )
        .post("/office/members/{id}/welcome", change, access::welcome)
        .post("/office/members/other-account", change, other::preview)
        .post("/office/members/other-account/ask", change, other::ask_all)
        .post("/office/members/{id}/other-account", change, other::ask_one)
        .post(
            "/office/members/{id}/other-account/drop",
            change,
            other::drop_one,
        )
        .post(
            "/office/members/{id}/shares/{share}/try-now",
            change,
            access::try_now,
        )
        .post(
            "/office/members/{id}/shares/{share}/password",
            change,
            access::set_password,
        )
        .post(
            "/office/members/{id}/shares/{share}/password-link",
            change,
            access::password_link,
        )
}

fn plans() -> Routes {
    use billing::{plan, plan_form, plan_move, plans, prices};
    let see = may(Permission::PlansSee);
    let change = may(Permission::PlansChange);
    Routes::new()
        .get("/office/plans", see, plans::list)
        .get("/office/plans/new", change, plan_form::new)
        .post("/office/plans/new", change, plan_form::create)
        .get("/office/plans/{id}", see, plan::show)
        .get("/office/plans/{id}/edit", change, plan_form::edit)
        .post("/office/plans/{id}/edit", change, plan_form::save)
        .post("/office/plans/{id}/offer", change, plan::offer)
        .post("/office/plans/{id}/hide", change, plan::hide)
        .post("/office/plans/{id}/default", change, plan::make_default)
        .post("/office/plans/{id}/delete", change, plan::delete_now)
        .get("/office/plans/{id}/move", change, plan_move::show)
        .post("/office/plans/{id}/move", change, plan_move::save)
        .get("/office/plans/{id}/prices/new", change, prices::new)
        .post("/office/plans/{id}/prices/new", change, prices::create)
        .get(
            "/office/plans/{id}/prices/{price}/replace",
            change,
            prices::replace_form,
        )
        .post(
            "/office/plans/{id}/prices/{price}/replace",
            change,
            prices::replace,
        )
        .post(
            "/office/plans/{id}/prices/{price}/archive",
            change,
            prices::archive,
        )
}

fn what_happened() -> Routes {
    use house::{audit, closed, events, jobs};
    let run = may(Permission::JobsChange);
    Routes::new()
        .get("/office/events", may(Permission::EventsSee), events::list)
        .get(closed::CLOSED, may(Permission::EventsSee), closed::list)
        .get(
            "/office/events/{id}",
            may(Permission::EventsSee),
            events::show,
        )
        .get("/office/audit", may(Permission::AuditSee), audit::list)
        .get("/office/jobs", may(Permission::JobsSee), jobs::failed)
        .get(
            "/office/jobs/waiting",
            may(Permission::JobsSee),
            jobs::waiting,
        )
        .get("/office/jobs/runs", may(Permission::JobsSee), jobs::runs)
        .post("/office/jobs/retry-all", run, jobs::retry_all)
        .post("/office/jobs/{id}/retry", run, jobs::retry)
        .post("/office/jobs/{id}/discard", run, jobs::discard)
}

fn sign_ins() -> Routes {
    use persons::{account, accounts};
    let see = may(Permission::AccountsSee);
    let change = may(Permission::AccountsChange);
    Routes::new()
        .get("/office/accounts", see, accounts::list)
        .get("/office/accounts.csv", see, accounts::export)
        .get("/office/accounts/{id}", see, account::show)
        .post("/office/accounts/{id}/standing", change, account::change)
        .post(
            "/office/accounts/{id}/sessions/end-all",
            change,
            account::end_all,
        )
        .post(
            "/office/accounts/{id}/sessions/{session}/end",
            change,
            account::end_session,
        )
        .post("/office/accounts/{id}/reset", change, account::reset)
        .post(
            "/office/accounts/{id}/enter",
            may(Permission::AccountsEnter),
            account::enter,
        )
}

fn roles() -> Routes {
    use persons::roles;
    let see = may(Permission::RolesSee);
    let change = may(Permission::RolesChange);
    Routes::new()
        .get("/office/roles", see, roles::list)
        .get("/office/roles/new", change, roles::new)
        .post("/office/roles/new", change, roles::create)
        .get("/office/roles/{id}", see, roles::show)
        .post("/office/roles/{id}", change, roles::save)
        .post("/office/roles/{id}/remove", change, roles::remove)
}

fn payments() -> Routes {
    use billing::{payment, payments, refund, subscription, unmatched};
    let see = may(Permission::PaymentsSee);
    let change = may(Permission::PaymentsChange);
    let refunds = may(Permission::RefundsMake);
    Routes::new()
        .get("/office/payments", see, payments::list)
        .get("/office/payments.csv", see, payments::export)
        .get("/office/payments/{id}", see, payment::show)
        .post("/office/payments/{id}/void", change, payment::void_now)
        .post("/office/payments/{id}/assign", change, unmatched::assign)
        .get("/office/payments/{id}/refund", refunds, refund::form)
        .post("/office/payments/{id}/refund", refunds, refund::make)
        .get(
            "/office/subscriptions/{id}",
            may(Permission::MembersSee),
            subscription::show,
        )
}

fn payments_by_hand() -> Routes {
    use billing::{manual_payment, proofs};
    let see = may(Permission::PaymentsSee);
    let change = may(Permission::PaymentsChange);
    Routes::new()
        .get("/office/payments/new", change, manual_payment::form)
        .post("/office/payments/new", change, manual_payment::enter)
        .get("/office/payments/awaiting", see, proofs::list)
        .get("/office/payments/attempts/{id}", see, proofs::show)
        .get(
            "/office/payments/attempts/{id}/proofs/{proof}",
            see,
            proofs::picture,
        )
        .post(
            "/office/payments/attempts/{id}/approve",
            change,
            proofs::approve,
        )
        .post(
            "/office/payments/attempts/{id}/reject",
            change,
            proofs::reject,
        )
}

fn gateways() -> Routes {
    use billing::{gateway, gateway_form, gateways};
    let see = may(Permission::SettingsSee);
    let change = may(Permission::SettingsChange);
    Routes::new()
        .get("/office/gateways", see, gateways::list)
        .get("/office/gateways/new/{driver}", change, gateway_form::new)
        .post(
            "/office/gateways/new/{driver}",
            change,
            gateway_form::create,
        )
        .get("/office/gateways/{id}", see, gateway::show)
        .get("/office/gateways/{id}/edit", change, gateway_form::edit)
        .post("/office/gateways/{id}/edit", change, gateway_form::save)
        .post("/office/gateways/{id}/test", change, gateway::test)
        .post("/office/gateways/{id}/set-up", change, gateway::set_up)
}

fn letters() -> Routes {
    use house::{letter_texts as texts, letters};
    let see = may(Permission::LettersSee);
    let send = may(Permission::LettersSend);
    Routes::new()
        .get("/office/letters", see, letters::list)
        .post("/office/letters/{id}/again", send, letters::again)
        .get("/office/letters/texts", see, texts::list)
        .get("/office/letters/texts/{kind}", see, texts::edit)
        .post("/office/letters/texts/{kind}", send, texts::save)
        .post("/office/letters/texts/{kind}/reset", send, texts::reset)
}

fn house_settings() -> Routes {
    use settings::{access, activity, index, library_counts, mail, people, self_help, site, terms};
    let see = may(Permission::SettingsSee);
    let change = may(Permission::SettingsChange);
    Routes::new()
        .get("/office/settings", see, index::show)
        .get("/office/settings/site", see, site::show)
        .post("/office/settings/site", change, site::save)
        .get("/office/settings/seller", see, site::seller)
        .post("/office/settings/seller", change, site::save_seller)
        .get("/office/settings/looks", see, site::looks)
        .post("/office/settings/looks", change, site::save_looks)
        .get("/office/settings/mail", see, mail::show)
        .post("/office/settings/mail", change, mail::save)
        .get("/office/settings/registration", see, people::show)
        .post("/office/settings/registration", change, people::save)
        .get("/office/settings/access", see, access::show)
        .post("/office/settings/access", change, access::save)
        .get("/office/settings/terms", see, terms::show)
        .post("/office/settings/terms", change, terms::save)
        .get("/office/settings/self-help", see, self_help::show)
        .post("/office/settings/self-help", change, self_help::save)
        .get("/office/settings/activity", see, activity::show)
        .post("/office/settings/activity", change, activity::save)
        .get("/office/settings/library-counts", see, library_counts::show)
        .post(
            "/office/settings/library-counts",
            change,
            library_counts::save,
        )
}

fn api_keys() -> Routes {
    use settings::api_keys;
    let change = may(Permission::ApiKeysChange);
    Routes::new()
        .get(
            "/office/api-keys",
            may(Permission::ApiKeysSee),
            api_keys::list,
        )
        .get("/office/api-keys/new", change, api_keys::new)
        .post("/office/api-keys/new", change, api_keys::create)
        .post("/office/api-keys/{id}/revoke", change, api_keys::revoke)
}
