//! What must be in order before anything is sold or given.

use db::Read;
use kit::t;
use outreach::MailSettings;
use people::registration::RegistrationSettings;

use crate::error::FlowError;

/// Without mail nobody learns how to watch: selling waits for it, unless it was left out on purpose.
pub(super) async fn can_write_letters(mut read: impl Read) -> Result<(), FlowError> {
    let (mail, _) = settings::load::<MailSettings>(&mut read).await?;
    let (registration, _) = settings::load::<RegistrationSettings>(&mut read).await?;
    if mail.is_set() || registration.skip_confirmation {
        return Ok(());
    }
    Err(FlowError::Refused(t!(
        "Nothing can be bought yet: this house cannot send mail, so you would not learn how to watch. Please tell the operator, or come back later."
    )))
}
