use clap::CommandFactory;

use super::*;
use uuid::Uuid;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split_whitespace())
}

fn refused(line: &str) -> i32 {
    parse(line).unwrap_err().exit_code()
}

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_of_the_contract_is_understood() {
    let id = "0190f3c2-0000-7000-8000-000000000001";
    for line in [
        "rishi serve --demo",
        "rishi migrate --json",
        "rishi migrate --grant-to rishi_serves",
        "rishi migrate --from sqlite:/tmp/a.db --to postgres://a@b/c --json",
        "rishi migrate --from sqlite:/tmp/a.db",
        "rishi user create --email a@b.example --name A --role super_admin --json",
        &format!(
            "rishi user create --email a@b.example --name A --role client_user --organization {id} --password-stdin"
        ),
        "rishi token create --user a@b.example --name ci --expires-in-days 7 --json",
        "rishi events tail --follow --from 1 --limit 5 --type BOOKING_* --type TOKEN_CREATED --json",
        "rishi events show 7 --json",
        &format!("rishi events show {id}"),
        "rishi events replay --subscription notify --from 1 --dry-run --limit 5 --json",
        "rishi events replay --subscription notify --since 2026-07-01T12:00:00Z",
        &format!("rishi events verify --against 7:{} --json", "0a".repeat(32)),
        "rishi events checkpoint --json",
        "rishi events export --format cloudevents --from 1 --to 9 /tmp/log.jsonl",
        "rishi events retain --through 9 --yes --json",
        "rishi events retain --before 2026-07-01T12:00:00Z --yes",
        "rishi subscriptions list --over 10 --json",
        "rishi subscriptions pause notify --json",
        "rishi subscriptions resume notify",
        "rishi subscriptions compare notify notify@v2 --from 1 --to 9 --json",
        "rishi subscriptions swap notify notify@v2",
        "rishi subscriptions forget notify@v2",
        "rishi dead-letters list --subscription notify --error disk --limit 5 --json",
        "rishi dead-letters list --groups",
        "rishi dead-letters show notify:7 --json",
        "rishi dead-letters redrive notify:7",
        "rishi dead-letters redrive --subscription notify --error disk",
        "rishi dead-letters redrive --all --json",
        "rishi dead-letters discard notify:7 --reason trial --json",
        "rishi backup /tmp/a.db",
        "rishi restore /tmp/a.db --force",
        "rishi config check --json",
        "rishi bench --seconds 1 --clients 8 --json",
        "rishi openapi",
        "rishi completions bash",
    ] {
        assert!(parse(line).is_ok(), "{line}: {}", parse(line).unwrap_err());
    }
}

#[test]
fn wrong_usage_exits_with_2_and_help_with_0() {
    assert_eq!(refused("rishi"), 2);
    assert_eq!(refused("rishi fly"), 2);
    assert_eq!(refused("rishi user create --email a@b.example --name A --role boss"), 2);
    assert_eq!(refused("rishi token create --user a@b.example --expires-in-days 0"), 2);
    assert_eq!(refused("rishi token create --user a@b.example --organization 7"), 2);
    assert_eq!(refused("rishi events show 0"), 2);
    assert_eq!(refused("rishi events replay --subscription notify"), 2);
    assert_eq!(refused("rishi events retain --yes"), 2);
    assert_eq!(refused("rishi dead-letters redrive"), 2);
    assert_eq!(refused("rishi dead-letters redrive --all --error disk"), 2);
    assert_eq!(refused("rishi dead-letters discard notify:7"), 2);
    assert_eq!(refused("rishi bench --clients 0"), 2);
    assert_eq!(refused("rishi events tail --type booking"), 2);
    assert_eq!(refused("rishi --help"), 0);
    assert_eq!(refused("rishi --version"), 0);
}

#[test]
fn a_wrong_role_is_answered_with_the_roles_there_are() {
    let error = parse("rishi user create --email a@b.example --name A --role boss")
        .unwrap_err()
        .to_string();
    assert!(error.contains("client_manager"), "{error}");
}

#[test]
fn a_token_lives_90_days_unless_told_otherwise() {
    let cli = parse("rishi token create --user a@b.example").unwrap();
    let Command::Token(TokenCommand::Create(create)) = cli.command else {
        panic!("another command")
    };
    assert_eq!(create.expires_in_days, 90);
}

#[test]
fn an_event_is_named_by_position_or_id() {
    assert_eq!("12".parse(), Ok(EventName::Position(12)));
    let id = Uuid::from_u128(7);
    assert_eq!(id.to_string().parse(), Ok(EventName::Id(id)));
}

#[test]
fn a_flag_may_stand_before_or_after_the_command_and_is_configuration() {
    for line in [
        "rishi --log debug serve --http-addr 127.0.0.1:0",
        "rishi serve --http-addr 127.0.0.1:0 --log debug",
    ] {
        let flags = parse(line).unwrap().flags();
        let expected =
            [(Key::HttpAddr, "--http-addr", "127.0.0.1:0"), (Key::Log, "--log", "debug")];
        assert_eq!(flags, expected.map(|(key, flag, value)| (key, flag, value.to_owned())));
    }
}
