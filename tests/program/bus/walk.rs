//! The walk of `docs/operations.md` from a dead letter that is seen to one that is redriven, command by command as it
//! stands there.

use serde_json::{Value, json};

use super::pause::subscription;
use crate::support::{World, eventually, workspace};
use crate::webhooks::receiver::{Manner, Receiver};

const NAME: &str = "notification-mail";

/// The commands of the walk: before the server is started again, and after.
fn commands() -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let page = std::fs::read_to_string(workspace().join("docs/operations.md")).unwrap();
    let (_, walk) = page.split_once("\n## A poison event, step by step\n").expect("the walk");
    let (walk, _) = walk.split_once("\n### ").expect("what follows it");
    let (before, after) = walk.split_once("systemctl restart rishi").expect("a restart");
    let all = |text: &str| {
        text.lines().filter_map(|line| line.strip_prefix("$ rishi ")).map(words).collect()
    };
    (all(before), all(after))
}

/// The words of a command; what stands in quotes is one.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

#[tokio::test]
async fn the_walk_of_the_handbook_ends_with_no_dead_letters_by_the_command_line_alone() {
    let service = Receiver::new(Manner::Answer(401, String::new())).await;
    let url = service.url.trim_end_matches("/hook").to_owned();
    let settings = |key| {
        let from = ("RISHI_MAIL_FROM", "Rishi <rishi@example.org>");
        [("RISHI_SENDGRID_API_KEY", key), ("RISHI_SENDGRID_URL", url.as_str()), from]
    };
    let mut world = World::configured(&settings("SG.revoked")).await;
    let bookings = [world.draft().await.id(), world.draft().await.id()];
    eventually("both mails are rejected", async || {
        (subscription(&world.admin, NAME).await["dead"] == 2).then_some(())
    })
    .await;
    // The first is shown and redriven by its name, which is another one on the page.
    let letters = world.home.rishi(&["dead-letters", "list", "--json"]).json();
    let first = letters["deadLetters"][0]["id"].as_str().unwrap().to_owned();
    let run = |world: &World, key, command: &[String]| {
        let prefix = format!("{NAME}:");
        let named =
            |word: &String| if word.starts_with(&prefix) { first.clone() } else { word.clone() };
        let words: Vec<String> = command.iter().map(named).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let said = world.home.rishi_with(&settings(key), &words).ok().stdout;
        println!("$ rishi {}\n{said}", words.join(" "));
        said
    };
    let (before, after) = commands();

    let said: Vec<String> = before.iter().map(|one| run(&world, "SG.revoked", one)).collect();
    let [listed, groups, letters, shown] = &said[..] else { panic!("four looks: {before:?}") };
    let line = listed.lines().find(|line| line.starts_with(NAME)).unwrap();
    assert!(line.contains("at work") && line.ends_with("SendGrid answered 401"), "{listed}");
    let others = listed.lines().skip(1).filter(|line| !line.starts_with(NAME));
    assert!(
        others.clone().count() > 20 && others.clone().all(|line| !line.contains("401")),
        "{listed}"
    );
    assert!(groups.contains("SendGrid answered 401"), "{groups}");
    assert_eq!(letters.lines().count(), 3, "{letters}");
    let shown: Value = serde_json::from_str(shown).unwrap();
    assert_eq!(shown["event"]["type"], "NOTIFICATION_CREATED", "{shown:#}");
    // Everybody else went on: people are told where no mail is needed.
    for booking in &bookings {
        assert_eq!(World::inbox_about(&world.manager, booking).await.len(), 1);
    }

    world.server.stop().await;
    service.becomes(Manner::Answer(202, String::new()));
    let server = world.home.serve_with(&settings("SG.new")).await;
    world.moved_to(server);
    let said: Vec<String> = after.iter().map(|one| run(&world, "SG.new", one)).collect();
    let said: Vec<&str> = said.iter().map(|text| text.trim()).collect();
    assert_eq!(said, ["1 dead letter redriven", "1 dead letter redriven", "no dead letters"]);
    let mails = || {
        let messages = service.messages().into_iter();
        let sent = messages.filter(|one| one.asked == "POST /v3/mail/send");
        sent.filter(|one| one.headers["authorization"] == "Bearer SG.new").count()
    };
    eventually("both have gone out", async || (mails() == 2).then_some(())).await;
    eventually("and are recorded", async || {
        let found = subscription(&world.admin, NAME).await;
        (found["waiting"] == 0 && found["retrying"] == 0).then_some(())
    })
    .await;
    assert_eq!(mails(), 2, "each once");
    let log = world.admin.get("/api/events?type=DEAD_LETTERS_REDRIVEN").await.is(200);
    let told: Vec<&Value> =
        log.list("events").iter().map(|event| &event["data"]["error"]).collect();
    assert_eq!(told, [&Value::Null, &json!("SendGrid answered 401")]);
}
