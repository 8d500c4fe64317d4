//! `rishi user link`: gives a person a one-time link to choose a password, as the operator.

use rishi_app::error::Error as Refusal;
use serde_json::json;

use crate::cli::UserLink;
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// Works beside a running server. Standard output holds the link alone.
pub(super) async fn run(config: &Config, wanted: UserLink) -> Result<(), Failure> {
    let base = Base::open_existing(config).await?;
    let made = base.app.sign_in_link(&wanted.user).await;
    base.close().await;
    let link = made.map_err(|error| match error {
        Refusal::NotFound("user") => Failure::Refused(format!(
            "there is no user with the e-mail address {}; add one with `rishi user create`",
            wanted.user
        )),
        other => Failure::refusal(other),
    })?;
    let address = link.address(&config.base_url(config.http_addr)).unwrap_or_default();
    if wanted.output.json {
        output::json(&json!({ "link": address, "expiresAt": link.expires_at }))?;
    } else {
        output::line(address)?;
        output::remark(format_args!(
            "works once, until {}; it is not shown again",
            link.expires_at
        ));
    }
    Ok(())
}
