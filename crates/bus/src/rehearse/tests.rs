use async_trait::async_trait;

use super::*;
use crate::{
    Effect, EffectOutcome, HandlerError, NewEvent, Policy, SubscriptionSpec,
    testing::{Harness, MemoryCommit, MemoryLedger},
};

type Decide = fn(&Envelope) -> Result<Option<MemoryCommit>, HandlerError>;

struct Function(Decide);

#[async_trait]
impl Policy<MemoryCommit> for Function {
    async fn decide(&self, event: &Envelope) -> Result<Option<MemoryCommit>, HandlerError> {
        (self.0)(event)
    }
}

struct NeverRun;

#[async_trait]
impl Effect for NeverRun {
    async fn run(&self, _: &Envelope, _: &str) -> EffectOutcome {
        panic!("an effect was run")
    }
}

fn policy(name: &'static str, decide: Decide) -> Subscription<MemoryCommit> {
    Subscription::policy(SubscriptionSpec::new(name).on_type("KETTLE_BOILED"), Function(decide))
}

/// Four events that are wanted, and one that is not, at position 2.
async fn world() -> Harness {
    let harness = Harness::start([]).await;
    let types = ["KETTLE_BOILED", "TEA_BREWED", "KETTLE_BOILED", "KETTLE_BOILED", "KETTLE_BOILED"];
    harness.publish(types.map(|event_type| harness.event(event_type, 1)));
    harness
}

fn brew(event: &Envelope) -> Result<Option<MemoryCommit>, HandlerError> {
    let brewed = NewEvent { event_type: "TEA_BREWED".into(), ..again(event) };
    let expected = Some((event.subject.clone(), 5));
    match event.position {
        1 => Ok(None),
        3 => Err(HandlerError::failed("out of tea")),
        _ => Ok(Some(MemoryCommit {
            events: vec![brewed],
            expected,
            ..MemoryCommit::labelled("tea")
        })),
    }
}

fn again(event: &Envelope) -> NewEvent {
    NewEvent::new(
        event.id,
        Arc::clone(&event.event_type),
        "kitchen",
        event.subject.clone(),
        event.timestamp,
        event.data.clone(),
    )
}

#[tokio::test(start_paused = true)]
async fn a_rehearsal_tells_what_would_be_done_and_does_nothing() {
    let harness = world().await;
    let ledger = &*harness.ledger;
    let told = rehearse(ledger, &policy("tea", brew), 0, 10).await.unwrap();
    assert_eq!(told.iter().map(|one| one.position).collect::<Vec<_>>(), [1, 3, 4, 5]);
    assert_eq!(told[0].decision, Decision::Nothing);
    assert_eq!(told[1].decision, Decision::Failed { error: "out of tea".to_owned() });
    assert!(matches!(&told[2].decision, Decision::Commit { commit } if commit.contains("tea")));
    // The commit before it would have moved the subject on.
    let Decision::Refused { error, .. } = &told[3].decision else { panic!("{:?}", told[3]) };
    assert!(error.contains("is not at version 5"), "{error}");
    assert_eq!((ledger.log().len(), ledger.applied().len()), (5, 0));
    assert_eq!(ledger.cursor("tea"), None);
}

#[tokio::test(start_paused = true)]
async fn a_rehearsal_begins_and_ends_where_it_is_told() {
    let harness = world().await;
    let told = rehearse(&*harness.ledger, &policy("tea", brew), 1, 2).await.unwrap();
    assert_eq!(told.iter().map(|one| one.position).collect::<Vec<_>>(), [3, 4]);
    harness.publish((0..1500).map(|_| harness.event("KETTLE_BOILED", 2)));
    let nothing = policy("tea", |_| Ok(None));
    let told = rehearse(&*harness.ledger, &nothing, 5, 9999).await.unwrap();
    let positions: Vec<_> = told.iter().map(|one| one.position).collect();
    assert_eq!(positions, (6..=1505).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn an_effect_is_not_run_in_a_rehearsal() {
    let harness = world().await;
    let mail = Subscription::effect(SubscriptionSpec::new("mail").on_any(), NeverRun);
    let told = rehearse(&*harness.ledger, &mail, 0, 1).await.unwrap();
    let key = format!("mail:{}", harness.ledger.log()[0].id);
    assert_eq!(told[0].decision, Decision::Effect { key });
}

#[tokio::test(start_paused = true)]
async fn a_comparison_names_the_events_about_which_two_versions_differ() {
    let harness = world().await;
    let same = policy("tea@v2", brew);
    assert_eq!(compare(&*harness.ledger, &policy("tea", brew), &same, 0, 9).await.unwrap(), []);
    let other = policy("tea@v2", |event| match event.position {
        4 => Ok(Some(MemoryCommit::labelled("coffee"))),
        _ => brew(event),
    });
    let found = compare(&*harness.ledger, &policy("tea", brew), &other, 0, 9).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].position, 4);
    assert!(found[0].left.contains("tea") && found[0].right.contains("coffee"), "{found:?}");
}

#[tokio::test(start_paused = true)]
async fn what_only_one_version_wants_is_a_difference_and_sameness_can_be_told() {
    let harness = world().await;
    let wide = Subscription::policy(
        SubscriptionSpec::new("tea@v2").on_any(),
        Function(|_| Ok(Some(MemoryCommit::labelled("wide")))),
    );
    let narrow = policy("tea", |_| Ok(Some(MemoryCommit::labelled("narrow"))));
    let same = |_: &MemoryCommit, _: &MemoryCommit| true;
    let found = compare_by(&*harness.ledger, &narrow, &wide, 0, 9, same).await.unwrap();
    assert_eq!(found.iter().map(|one| one.position).collect::<Vec<_>>(), [2]);
    assert_eq!(found[0].left, "nothing");
}

#[test]
fn a_rehearsal_can_be_left_to_another_thread() {
    fn is_send(_: impl Send) {}
    let (ledger, tea) = (MemoryLedger::default(), policy("tea", brew));
    is_send(rehearse(&ledger, &tea, 0, 1));
    is_send(compare(&ledger, &tea, &tea, 0, 1));
}
