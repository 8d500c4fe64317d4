//! `rishi token create`: makes an API token and shows it this once.

use rishi_app::error::Error as Refusal;
use rishi_app::tokens::NewToken;
use serde_json::json;

use crate::cli::TokenCreate;
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// Standard output holds the token alone, so that `TOKEN=$(rishi token create …)` works.
pub(super) async fn run(config: &Config, create: TokenCreate) -> Result<(), Failure> {
    let base = Base::open_existing(config).await?;
    let made = base.app.add_token(NewToken {
        email: create.user.clone(),
        organization: create.organization,
        name: create.name,
        days: create.expires_in_days,
    });
    let made = made.await;
    base.close().await;
    let (id, secret) = made.map_err(|error| match error {
        Refusal::NotFound("user") => Failure::Refused(format!(
            "there is no user with the e-mail address {}; add one with `rishi user create`",
            create.user
        )),
        other => Failure::refusal(other),
    })?;
    if create.output.json {
        output::json(&json!({ "id": id, "token": secret.reveal() }))?;
    } else {
        output::line(secret.reveal())?;
        output::remark(format_args!(
            "token {id} for {} expires in {} days; it is not shown again",
            create.user, create.expires_in_days
        ));
    }
    Ok(())
}
