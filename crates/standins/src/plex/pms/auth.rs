//! Who is calling a media server: its owner, or somebody whom it is shared with, by the token for this server.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::super::Pms;
use super::super::account::AccountId;
use super::super::answer::Refused;
use super::super::asked::Asked;
use super::super::library::Section;
use super::super::server::Server;
use super::super::share::{Share, ShareId};
use super::super::world::World;

/// Anybody whose token counts here.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    pub account: AccountId,
    /// `None`: the owner, who sees all.
    share: Option<ShareId>,
}

/// The owner.
#[derive(Debug, Clone, Copy)]
pub struct Owner(pub AccountId);

impl Viewer {
    pub fn sees(&self, world: &World, section: &Section) -> bool {
        let Some(share) = self.share else { return true };
        world
            .share(share)
            .is_some_and(|share| share.opens(section.id))
    }

    /// The sections that are open to this viewer.
    pub fn sections<'a>(
        &'a self,
        world: &'a World,
        server: &'a Server,
    ) -> impl Iterator<Item = &'a Section> {
        server
            .sections
            .iter()
            .filter(|section| self.sees(world, section))
    }
}

impl FromRequestParts<Pms> for Viewer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, pms: &Pms) -> Result<Self, Refused> {
        let asked = Asked::of(parts);
        let token = asked.plex("Token").ok_or(Refused::Server(401))?;
        let now = pms.now();
        let mut world = pms.world();
        let server = world.server_at(pms.slot).ok_or(Refused::Server(503))?;
        let (owner, machine) = (server.owner, server.machine.clone());
        if let Some(known) = world.tokens.get(token) {
            let is_over = known.expires.is_some_and(|end| end <= now);
            if known.account == owner && !is_over {
                return Ok(Self {
                    account: owner,
                    share: None,
                });
            }
            // The account's own token opens no shared server: `resources` has another for each.
            return Err(Refused::Server(401));
        }
        let its = |share: &&mut Share| {
            share.access_token == token && share.machine == machine && share.is_accepted()
        };
        let share = world
            .shares
            .iter_mut()
            .find(its)
            .ok_or(Refused::Server(401))?;
        share.last_seen = Some(now);
        Ok(Self {
            account: share.invitee.account().ok_or(Refused::Server(401))?,
            share: Some(share.id),
        })
    }
}

impl FromRequestParts<Pms> for Owner {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, pms: &Pms) -> Result<Self, Refused> {
        let viewer = Viewer::from_request_parts(parts, pms).await?;
        match viewer.share {
            None => Ok(Self(viewer.account)),
            Some(_) => Err(Refused::Server(403)),
        }
    }
}
