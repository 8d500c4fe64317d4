//! What people declare of their time.

use jiff::Timestamp;
use rishi_app::availability::{AvailabilityFilter, AvailabilityQueries};
use rishi_app::commit::{AvailabilityRow, Change, CommitError};
use rishi_app::events::subject;
use rishi_app::scope::Scope;
use rishi_app::store::Paging;
use rishi_domain::availability::{Approval, AvailabilityBlock, BlockKind, BlockStatus};
use rishi_domain::id::{AvailabilityBlockId, UserId};
use rishi_domain::permission::{Capability, Role};
use rishi_domain::time::TimeRange;

use crate::things::at;
use crate::world::{ALL, Fixture, Member, World};

/// An hour from 09:00 in Denver on 1 May 2030, 15:00 in UTC.
fn block<F: Fixture>(world: &World<F>, of: &Member) -> AvailabilityBlock {
    AvailabilityBlock {
        id: world.id(),
        user_id: of.user.id,
        organization_id: world.client.id,
        kind: BlockKind::Preference,
        status: BlockStatus::Tentative,
        title: Some("Perhaps".to_owned()),
        local_start: "2030-05-01T09:00:00".parse().unwrap(),
        local_end: "2030-05-01T10:00:00".parse().unwrap(),
        timezone: "America/Denver".to_owned(),
        recurrence: None,
        exdates: Vec::new(),
        approval: None,
        decided_by: None,
        deleted_at: None,
        created_at: world.client.created_at,
        updated_at: world.client.updated_at,
        version: 1,
    }
}

fn put(block: &AvailabilityBlock) -> Change {
    let extent = block.span().unwrap().extent();
    Change::Availability(Box::new(AvailabilityRow { block: block.clone(), extent }))
}

fn recurring(block: AvailabilityBlock, rule: &str) -> AvailabilityBlock {
    AvailabilityBlock { recurrence: Some(rule.to_owned()), ..block }
}

async fn agent<F: Fixture>(world: &World<F>) -> Member {
    world.member(&world.house, Role::BrandAgent, &[world.client.id]).await
}

async fn listed<F: Fixture>(
    world: &World<F>,
    scope: &Scope,
    filter: AvailabilityFilter,
) -> Vec<AvailabilityBlockId> {
    let found = world.store.availability_blocks(scope, &filter, ALL).await.unwrap();
    assert_eq!(found.total, found.items.len() as u64);
    found.items.iter().map(|block| block.id).collect()
}

pub(crate) async fn a_block_is_read_back_whole_and_replaced_by_its_next_version<F: Fixture>() {
    let world = World::<F>::new().await;
    let agent = agent(&world).await;
    let exdates = ["2030-05-06T09:00:00", "2030-05-08T09:00:00"].map(|one| one.parse().unwrap());
    let rule = "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=9";
    let first = AvailabilityBlock {
        kind: BlockKind::Leave,
        approval: Some(Approval::Pending),
        exdates: exdates.into(),
        ..recurring(block(&world, &agent), rule)
    };
    world.put([put(&first)]).await;
    let read = async || world.store.availability_block(&world.all(), first.id).await.unwrap();
    assert_eq!(read().await.as_ref(), Some(&first));
    let second = AvailabilityBlock {
        approval: Some(Approval::Approved),
        decided_by: Some(world.author.id),
        exdates: Vec::new(),
        recurrence: None,
        title: None,
        version: 2,
        ..first.clone()
    };
    world.put([put(&second)]).await;
    assert_eq!(read().await.as_ref(), Some(&second));
    let stale = world.commit(world.told(vec![put(&second)])).await.unwrap_err();
    let subject = subject::availability(first.id);
    assert!(
        matches!(&stale, CommitError::VersionConflict { subject: of, actual: Some(2), .. } if *of == subject),
        "{stale:?}"
    );
}

pub(crate) async fn a_block_that_was_taken_back_is_in_no_answer<F: Fixture>() {
    let world = World::<F>::new().await;
    let agent = agent(&world).await;
    let kept = block(&world, &agent);
    let gone = AvailabilityBlock { id: world.id(), ..kept.clone() };
    world.put([put(&kept), put(&gone)]).await;
    let deleted_at = Some(kept.created_at);
    world.put([put(&AvailabilityBlock { deleted_at, version: 2, ..gone.clone() })]).await;
    assert_eq!(world.store.availability_block(&world.all(), gone.id).await.unwrap(), None);
    assert_eq!(listed(&world, &world.all(), AvailabilityFilter::default()).await, [kept.id]);
    let day = TimeRange::new(at("2030-05-01T00:00:00Z"), at("2030-05-02T00:00:00Z")).unwrap();
    let declared = world.store.declared(&[agent.user.id], &day).await.unwrap();
    assert_eq!(declared, [kept]);
}

pub(crate) async fn blocks_are_found_by_when_they_may_happen<F: Fixture>() {
    let world = World::<F>::new().await;
    let (agent, other) = (agent(&world).await, agent(&world).await);
    let once = block(&world, &agent);
    let endless = recurring(AvailabilityBlock { id: world.id(), ..once.clone() }, "FREQ=DAILY");
    let thrice =
        recurring(AvailabilityBlock { id: world.id(), ..once.clone() }, "FREQ=YEARLY;COUNT=3");
    let theirs = AvailabilityBlock { id: world.id(), user_id: other.user.id, ..once.clone() };
    world.put([put(&once), put(&endless), put(&thrice), put(&theirs)]).await;
    let declared = async |people: &[UserId], from: &str, to: &str| {
        let range = TimeRange::new(at(from), at(to)).unwrap();
        let found = world.store.declared(people, &range).await.unwrap();
        let mut ids: Vec<_> = found.iter().map(|block| block.id).collect();
        ids.sort_unstable();
        ids
    };
    let own = [agent.user.id];
    let at_noon = declared(&own, "2030-05-01T15:30:00Z", "2030-05-01T15:31:00Z").await;
    assert_eq!(at_noon, [once.id, endless.id, thrice.id]);
    assert_eq!(declared(&own, "2030-04-30T00:00:00Z", "2030-05-01T15:00:00Z").await, []);
    let next = declared(&own, "2032-05-01T15:30:00Z", "2032-05-01T15:31:00Z").await;
    assert_eq!(next, [endless.id, thrice.id]);
    assert_eq!(declared(&own, "2040-01-01T00:00:00Z", "2040-01-02T00:00:00Z").await, [endless.id]);
    let both = [agent.user.id, other.user.id];
    let all = declared(&both, "2030-05-01T15:30:00Z", "2030-05-01T15:31:00Z").await;
    assert_eq!(all, [once.id, endless.id, thrice.id, theirs.id]);
    assert_eq!(declared(&[], "2030-05-01T15:30:00Z", "2030-05-01T15:31:00Z").await, []);
}

pub(crate) async fn each_filter_chooses_the_blocks_it_names<F: Fixture>() {
    let world = World::<F>::new().await;
    let (agent, other) = (agent(&world).await, agent(&world).await);
    let preference = block(&world, &agent);
    let leave = |approval, day: &str| AvailabilityBlock {
        id: world.id(),
        kind: BlockKind::Leave,
        status: BlockStatus::Unavailable,
        approval: Some(approval),
        local_start: format!("{day}T00:00:00").parse().unwrap(),
        local_end: format!("{day}T12:00:00").parse().unwrap(),
        ..preference.clone()
    };
    let (pending, approved) =
        (leave(Approval::Pending, "2030-04-01"), leave(Approval::Approved, "2030-06-01"));
    let theirs = AvailabilityBlock { id: world.id(), user_id: other.user.id, ..preference.clone() };
    world.put([put(&preference), put(&pending), put(&approved), put(&theirs)]).await;
    let all = || AvailabilityFilter::default();
    let instant = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let cases = [
        (all(), vec![pending.id, preference.id, theirs.id, approved.id]),
        (AvailabilityFilter { person: Some(other.user.id), ..all() }, vec![theirs.id]),
        (
            AvailabilityFilter { kind: Some(BlockKind::Leave), ..all() },
            vec![pending.id, approved.id],
        ),
        (AvailabilityFilter { approval: Some(Approval::Pending), ..all() }, vec![pending.id]),
        (AvailabilityFilter { from: instant("2030-05-20T00:00:00Z"), ..all() }, vec![approved.id]),
        (AvailabilityFilter { to: instant("2030-04-20T00:00:00Z"), ..all() }, vec![pending.id]),
    ];
    for (filter, expected) in cases {
        assert_eq!(listed(&world, &world.all(), filter.clone()).await, expected, "{filter:?}");
    }
    let page = Paging { limit: 2, offset: 1 };
    let page = world.store.availability_blocks(&world.all(), &all(), page).await.unwrap();
    let ids: Vec<_> = page.items.iter().map(|block| block.id).collect();
    assert_eq!((ids, page.total), (vec![preference.id, theirs.id], 4));
}

pub(crate) async fn i9_only_oneself_and_those_who_rule_on_leave_see_a_block<F: Fixture>() {
    let world = World::<F>::new().await;
    let agent = agent(&world).await;
    let of_stranger = world.member(&world.stranger, Role::BrandAgent, &[]).await;
    let (ours, theirs) = (block(&world, &agent), block(&world, &of_stranger));
    world.put([put(&ours), put(&theirs)]).await;
    let (client, stranger) = (world.client.id, world.stranger.id);
    let coordinator = Role::FieldCoordinator;
    let cases = [
        (world.member(&world.house, Role::InternalAdmin, &[]).await, vec![ours.id, theirs.id]),
        (world.member(&world.house, coordinator, &[client]).await, vec![ours.id]),
        (world.member(&world.house, coordinator, &[stranger]).await, vec![theirs.id]),
        (world.member(&world.house, coordinator, &[]).await, vec![]),
        (world.member(&world.client, Role::ClientManager, &[]).await, vec![]),
        (world.member(&world.stranger, Role::ClientManager, &[]).await, vec![]),
        (world.member(&world.house, Role::BrandAgent, &[client]).await, vec![]),
        (agent, vec![ours.id]),
        (of_stranger, vec![theirs.id]),
    ];
    for (member, expected) in cases {
        let scope = member.sees(Capability::ApproveLeave);
        assert_eq!(listed(&world, &scope, AvailabilityFilter::default()).await, expected);
        for block in [&ours, &theirs] {
            let one = world.store.availability_block(&scope, block.id).await.unwrap();
            assert_eq!(one.is_some(), expected.contains(&block.id));
        }
    }
}
