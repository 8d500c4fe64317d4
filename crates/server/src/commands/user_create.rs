//! `rishi user create`: adds a person, as the operator.

use std::io::Read;

use rishi_app::error::Error as Refusal;
use rishi_app::links::IssuedLink;
use rishi_app::users::{Entry, NewMember};
use rishi_domain::id::OrganizationId;
use rishi_domain::user::{CreateUser, User};
use serde_json::json;

use crate::cli::UserCreate;
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// More than the longest password of four-byte characters.
const LONGEST: u64 = 1024;

/// Works beside a running server.
pub(super) async fn run(config: &Config, create: UserCreate) -> Result<(), Failure> {
    let password = if create.password_stdin { Some(password()?) } else { None };
    let base = Base::open(config).await?;
    let added = add(&base, config, &create, password).await;
    base.close().await;
    let (user, link, organization) = added?;
    let link = link.and_then(|link| link.address(&config.base_url(config.http_addr)));
    if create.output.json {
        let mut document =
            json!({ "id": user.id, "email": user.email, "organizationId": organization });
        if let Some(link) = link {
            document["link"] = link.into();
        }
        output::json(&document)?;
    } else {
        output::line(format_args!(
            "added {} ({}) to organization {organization}",
            user.email, user.id
        ))?;
        if let Some(link) = link {
            output::line(link)?;
            output::remark(
                "this link, shown once, lets the person choose a password within 7 days",
            );
        }
        output::remark(format_args!("next: rishi token create --user {}", user.email));
    }
    Ok(())
}

async fn add(
    base: &Base,
    config: &Config,
    create: &UserCreate,
    password: Option<String>,
) -> Result<(User, Option<IssuedLink>, OrganizationId), Failure> {
    let organization = if let Some(named) = create.organization {
        named
    } else {
        let internal = base.app.ensure_internal_organization(&config.organization).await;
        internal.map_err(Failure::refusal)?.id
    };
    let new = NewMember {
        user: CreateUser {
            email: create.email.clone(),
            display_name: create.name.clone(),
            locale: None,
            timezone: None,
        },
        organization,
        role: create.role,
        serves: Vec::new(),
        entry: password.map_or(Entry::Link, Entry::Password),
    };
    let added = base.app.add_user(new).await.map_err(|error| match error {
        Refusal::Duplicate("email") => Failure::Refused(format!(
            "the e-mail address {} is in use already; `rishi token create` makes a token for its owner",
            create.email
        )),
        other => Failure::refusal(other),
    });
    let (user, link) = added?;
    Ok((user, link, organization))
}

/// One line of standard input without its line end.
fn password() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let mut input = std::io::stdin().lock().take(LONGEST);
    std::io::BufRead::read_until(&mut input, b'\n', &mut bytes)
        .map_err(|error| Failure::broken("cannot read the password from standard input", error))?;
    let line = String::from_utf8(bytes)
        .map_err(|_| Failure::Refused("the password on standard input is not UTF-8".to_owned()))?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Failure::Refused(
            "no password came on standard input; pipe it in or leave --password-stdin out"
                .to_owned(),
        ));
    }
    Ok(password.to_owned())
}
