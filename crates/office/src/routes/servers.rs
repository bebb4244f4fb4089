//! The pages of servers: what they are, who is on them, what plays, who moves, what lies there.

use people::role::Permission;
use web::Routes;

use super::may;
use crate::media;

pub fn routes() -> Routes {
    servers().and(viewing()).and(moves()).and(libraries())
}

fn viewing() -> Routes {
    use media::{activity, downloads};
    Routes::new()
        .get(
            "/office/downloads",
            may(Permission::StreamsSee),
            downloads::list,
        )
        .get(
            "/office/activity",
            may(Permission::StreamsSee),
            activity::show,
        )
        .post(
            "/office/streams/{id}/stop",
            may(Permission::StreamsStop),
            activity::end,
        )
}

fn servers() -> Routes {
    use media::{
        devices, owner, owners, remove_server, server, server_add, server_form, server_users,
        servers, shares, trouble,
    };
    let see = may(Permission::ServersSee);
    let change = may(Permission::ServersChange);
    let link = may(Permission::MembersChange);
    Routes::new()
        .get("/office/shares", may(Permission::MembersSee), shares::list)
        .get(
            "/office/shares.csv",
            may(Permission::MembersSee),
            shares::export,
        )
        .post("/office/shares/{id}/again", link, shares::again)
        .get(
            "/office/devices",
            may(Permission::MembersSee),
            devices::list,
        )
        .post("/office/devices/read", change, devices::read)
        .get("/office/servers", see, servers::list)
        .get("/office/servers/new", change, server_add::choose)
        .get("/office/owners", see, owners::list)
        .post("/office/owners/new/{kind}", change, owners::begin)
        .get("/office/owners/sign-in/{id}", change, owners::back)
        .get("/office/owners/{id}", see, owner::show)
        .post("/office/owners/{id}/test", change, owner::test)
        .post("/office/owners/{id}/again", change, owners::again)
        .post("/office/owners/{id}/add", change, owner::add)
        .get("/office/owners/{id}/remove", change, owner::preview)
        .post("/office/owners/{id}/remove", change, owner::remove)
        .get("/office/servers/new/{kind}", change, server_add::form)
        .post("/office/servers/new/{kind}", change, server_add::create)
        .get("/office/servers/{id}", see, server::show)
        .post("/office/servers/{id}/sync", change, server::sync)
        .post("/office/servers/{id}/find", change, trouble::find)
        .get("/office/servers/{id}/edit", change, server_form::edit)
        .post("/office/servers/{id}/edit", change, server_form::save)
        .post(
            "/office/servers/{id}/connection",
            change,
            server_form::reconnect,
        )
        .get(
            "/office/servers/{id}/remove",
            change,
            remove_server::preview,
        )
        .post("/office/servers/{id}/remove", change, remove_server::remove)
        .get("/office/servers/{id}/users", see, server_users::list)
        .post(
            "/office/servers/{id}/users/preview",
            link,
            server_users::preview,
        )
        .post("/office/servers/{id}/users/link", link, server_users::link)
}

fn moves() -> Routes {
    use media::{move_members, moves};
    let see = may(Permission::ServersSee);
    let change = may(Permission::ServersChange);
    Routes::new()
        .get("/office/servers/{id}/move", change, move_members::choose)
        .post("/office/servers/{id}/move", change, move_members::begin)
        .post(
            "/office/servers/{id}/move/preview",
            change,
            move_members::preview,
        )
        .get("/office/moves", see, moves::list)
        .get("/office/moves/{id}", see, moves::show)
        .get("/office/moves/{id}/report.csv", see, moves::report)
        .post("/office/moves/{id}/pause", change, moves::pause)
        .post("/office/moves/{id}/resume", change, moves::resume)
        .post("/office/moves/{id}/retry", change, moves::retry)
        .get("/office/moves/{id}/undo", change, moves::undo_form)
        .post("/office/moves/{id}/undo", change, moves::undo)
}

fn libraries() -> Routes {
    use media::{folders, groups, libraries, subtitles};
    let see = may(Permission::LibrariesSee);
    let change = may(Permission::LibrariesChange);
    Routes::new()
        .get("/office/libraries", see, libraries::list)
        .get("/office/folders", change, folders::show)
        .post("/office/folders", change, folders::scan)
        .get("/office/subtitles/{server}", change, subtitles::list)
        .get("/office/subtitles/{server}/new", change, subtitles::form)
        .post("/office/subtitles/{server}/new", change, subtitles::give)
        .post("/office/libraries/groups", change, groups::create)
        .post(
            "/office/libraries/groups/{id}/rename",
            change,
            groups::rename,
        )
        .post(
            "/office/libraries/groups/{id}/remove",
            change,
            groups::remove,
        )
        .post("/office/libraries/{server}", change, libraries::put)
}
