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

const ALL: Stretch = Stretch { after: 0, through: Position::MAX, limit: usize::MAX };

fn in_full(commit: &MemoryCommit) -> String {
    format!("{commit:?}")
}

#[tokio::test(start_paused = true)]
async fn a_comparison_names_the_events_about_which_two_versions_differ() {
    let harness = world().await;
    let (ledger, tea) = (&*harness.ledger, policy("tea", brew));
    let found = compare(ledger, &tea, &policy("tea@v2", brew), ALL, in_full).await.unwrap();
    assert_eq!(found, Comparison { compared: 4, through: 5, differences: Vec::new() });
    let other = policy("tea@v2", |event| match event.position {
        4 => Ok(Some(MemoryCommit::labelled("coffee"))),
        _ => brew(event),
    });
    let found = compare(ledger, &tea, &other, ALL, in_full).await.unwrap().differences;
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
    let same = |_: &MemoryCommit| "a commit".to_owned();
    let found = compare(&*harness.ledger, &narrow, &wide, ALL, same).await.unwrap().differences;
    assert_eq!(found.iter().map(|one| one.position).collect::<Vec<_>>(), [2]);
    assert_eq!((found[0].left.as_str(), found[0].right.as_str()), ("nothing", "a commit"));
}

#[tokio::test(start_paused = true)]
async fn a_comparison_goes_on_where_the_one_before_it_ended() {
    let harness = world().await;
    harness.publish((0..1500).map(|_| harness.event("KETTLE_BOILED", 2)));
    let (left, right) = (
        policy("tea", |_| Ok(Some(MemoryCommit::labelled("left")))),
        policy("tea@v2", |_| Ok(Some(MemoryCommit::labelled("right")))),
    );
    let mut differences = Vec::new();
    let (mut after, mut stretches) = (0, 0);
    loop {
        let stretch = Stretch { after, through: 1_400, limit: 300 };
        let found = compare(&*harness.ledger, &left, &right, stretch, in_full).await.unwrap();
        differences.extend(found.differences.into_iter().map(|one| one.position));
        stretches += 1;
        after = found.through;
        if found.compared < 300 {
            break;
        }
    }
    let wanted: Vec<_> = (1..=1_400).filter(|position| *position != 2).collect();
    assert_eq!((differences, after, stretches), (wanted, 1_400, 5));
}

#[test]
fn a_rehearsal_can_be_left_to_another_thread() {
    fn is_send(_: impl Send) {}
    let (ledger, tea) = (MemoryLedger::default(), policy("tea", brew));
    is_send(rehearse(&ledger, &tea, 0, 1));
    is_send(compare(&ledger, &tea, &tea, ALL, in_full));
}
