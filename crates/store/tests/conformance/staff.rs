//! Staff profiles and who finds them.

use jiff::civil::date;
use rishi_app::Store as _;
use rishi_app::bookings::{AssignmentBrief, PersonBrief};
use rishi_app::commit::{Change, CommitError, Expected};
use rishi_app::events::subject;
use rishi_app::staffing::{PeopleQuery, StaffFilter, StaffingQueries as _, Worked};
use rishi_domain::assignment::{Assignment, AssignmentStatus, Presence};
use rishi_domain::booking::{Booking, SkillLevel};
use rishi_domain::id::UserId;
use rishi_domain::money::Money;
use rishi_domain::permission::{Capability, Role};
use rishi_domain::staffing::person::Reliability;
use rishi_domain::staffing::{Certification, Skill, StaffProfile, StaffStatus};
use rishi_domain::time::TimeRange;
use rishi_domain::user::{User, UserStatus};

use crate::things::{self, hour, put};
use crate::world::{ALL, Fixture, Member, World};

fn profiled(profile: &StaffProfile) -> Change {
    Change::StaffProfile(Box::new(profile.clone()))
}

/// Somebody of the operator's with a profile, who works for the client.
async fn staffed<F: Fixture>(world: &World<F>) -> (Member, StaffProfile) {
    let member = world.member(&world.house, Role::BrandAgent, &[world.client.id]).await;
    let profile = things::profile(member.user.id, &world.house);
    world.put([profiled(&profile)]).await;
    (member, profile)
}

pub(crate) fn everyone() -> StaffFilter {
    StaffFilter {
        organization: None,
        skill: None,
        level: None,
        certified_on: None,
        status: None,
        search: None,
        free: None,
        without: Vec::new(),
        paging: ALL,
    }
}

async fn found<F: Fixture>(world: &World<F>, filter: StaffFilter) -> Vec<UserId> {
    let listed = world.store.staff(&world.all(), &filter).await.unwrap();
    assert_eq!(listed.total, listed.items.len() as u64);
    listed.items.iter().map(|record| record.profile.user_id).collect()
}

pub(crate) async fn a_profile_is_read_back_whole_with_whom_it_works_for<F: Fixture>() {
    let world = World::<F>::new().await;
    let (member, profile) = staffed(&world).await;
    let record = world.store.staff_member(&world.all(), member.user.id).await.unwrap().unwrap();
    assert_eq!(record.profile, profile);
    assert_eq!(record.display_name, member.user.display_name);
    let mut organizations = [world.client.id, world.house.id];
    organizations.sort_unstable();
    assert_eq!(record.organizations, organizations);
    let bare = StaffProfile {
        home: None,
        phone: None,
        default_hourly_rate: None,
        skills: Vec::new(),
        version: 2,
        ..profile
    };
    world.put([profiled(&bare)]).await;
    let record = world.store.staff_member(&world.all(), member.user.id).await.unwrap().unwrap();
    assert_eq!(record.profile, bare);
    assert!(
        found(&world, StaffFilter { skill: Some("sales".into()), ..everyone() }).await.is_empty()
    );
}

pub(crate) async fn a_profile_of_another_version_is_not_replaced<F: Fixture>() {
    let world = World::<F>::new().await;
    let (member, profile) = staffed(&world).await;
    let late = StaffProfile { version: 3, ..profile.clone() };
    let refused = world.commit(world.told(vec![profiled(&late)])).await.unwrap_err();
    assert!(matches!(refused, CommitError::VersionConflict { actual: Some(1), .. }), "{refused}");
    // Others rest on it too.
    let mut commit = world.told(vec![put(&world.booking(0, 1))]);
    commit.expected.push(Expected { subject: subject::staff(member.user.id), version: 2 });
    let refused = world.commit(commit).await.unwrap_err();
    assert!(matches!(refused, CommitError::VersionConflict { actual: Some(1), .. }), "{refused}");
}

pub(crate) async fn i9_only_who_may_use_a_person_sees_the_profile<F: Fixture>() {
    let world = World::<F>::new().await;
    let (member, _) = staffed(&world).await;
    let client = world.member(&world.client, Role::ClientManager, &[]).await;
    let stranger = world.member(&world.stranger, Role::ClientManager, &[]).await;
    let colleague = world.member(&world.house, Role::BrandAgent, &[world.client.id]).await;
    let manager = world.member(&world.house, Role::InternalFieldManager, &[world.client.id]).await;
    for (who, sees) in [
        (&member, true),
        (&client, true),
        (&manager, true),
        (&stranger, false),
        (&colleague, false),
    ] {
        let scope = who.sees(Capability::ReadStaffProfiles);
        let one = world.store.staff_member(&scope, member.user.id).await.unwrap();
        assert_eq!(one.is_some(), sees);
        let listed = world.store.staff(&scope, &everyone()).await.unwrap();
        assert_eq!((listed.total, listed.items.len()), (u64::from(sees), usize::from(sees)));
    }
}

pub(crate) async fn each_filter_chooses_the_people_it_names<F: Fixture>() {
    let world = World::<F>::new().await;
    let (member, profile) = staffed(&world).await;
    let other = world.member(&world.stranger, Role::BrandAgent, &[]).await;
    let plain = StaffProfile {
        skills: vec![Skill {
            name: "Sales".to_owned(),
            level: SkillLevel::Beginner,
            certification: None,
        }],
        status: StaffStatus::Inactive,
        organization_id: world.stranger.id,
        ..things::profile(other.user.id, &world.stranger)
    };
    world.put([profiled(&plain)]).await;
    let (one, two) = (member.user.id, other.user.id);
    let certified = |day| StaffFilter { certified_on: Some(day), ..everyone() };
    let skill = |name: &str| StaffFilter { skill: Some(name.to_owned()), ..everyone() };
    let cases = [
        (everyone(), vec![one, two]),
        (skill("SALES"), vec![one, two]),
        (StaffFilter { level: Some(SkillLevel::Intermediate), ..skill("sales") }, vec![one]),
        (skill("forklift"), vec![one]),
        (certified(date(2026, 1, 1)), vec![one]),
        (certified(date(2025, 12, 31)), vec![]),
        (certified(date(2030, 12, 31)), vec![one]),
        (certified(date(2031, 1, 1)), vec![]),
        (StaffFilter { certified_on: Some(date(2027, 1, 1)), ..skill("sales") }, vec![]),
        (StaffFilter { status: Some(StaffStatus::Inactive), ..everyone() }, vec![two]),
        (StaffFilter { organization: Some(world.client.id), ..everyone() }, vec![one]),
        (StaffFilter { organization: Some(world.stranger.id), ..everyone() }, vec![two]),
        (StaffFilter { search: Some(member.user.display_name.clone()), ..everyone() }, vec![one]),
    ];
    for (filter, wanted) in cases {
        let (mut found, mut wanted) = (found(&world, filter.clone()).await, wanted);
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{filter:?}");
    }
    // A certificate that nobody has seen proves nothing.
    let unseen = |skill: &Skill| Skill {
        certification: skill
            .certification
            .clone()
            .map(|paper| Certification { verified_by: None, ..paper }),
        ..skill.clone()
    };
    let skills = profile.skills.iter().map(unseen).collect();
    world.put([profiled(&StaffProfile { skills, version: 2, ..profile })]).await;
    assert_eq!(found(&world, certified(date(2027, 1, 1))).await, []);
}

pub(crate) async fn who_is_assigned_is_not_free_and_back_to_back_is<F: Fixture>() {
    let world = World::<F>::new().await;
    let (member, _) = staffed(&world).await;
    let booking = world.booking(10, 20);
    let assignment = things::assignment(world.id(), &booking, member.user.id);
    world.put([put(&booking), Change::Assignment(Box::new(assignment))]).await;
    for (from, to, free) in [
        (0, 10, true),
        (20, 30, true),
        (0, 11, false),
        (19, 30, false),
        (12, 13, false),
        (0, 30, false),
    ] {
        let range = TimeRange::new(hour(from), hour(to));
        let wanted = if free { vec![member.user.id] } else { vec![] };
        let found = found(&world, StaffFilter { free: range, ..everyone() }).await;
        assert_eq!(found, wanted, "{from}–{to}");
    }
}

pub(crate) async fn an_assignment_is_read_back_whole<F: Fixture>() {
    let world = World::<F>::new().await;
    let (member, _) = staffed(&world).await;
    let (booking, other) = (world.booking(10, 20), world.booking(30, 40));
    let first = things::assignment(world.id(), &booking, member.user.id);
    world.put([put(&booking), put(&other), Change::Assignment(Box::new(first.clone()))]).await;
    let read = async |of: &Booking| world.store.assignment(of.id, first.id).await.unwrap();
    assert_eq!(read(&booking).await, Some(first.clone()));
    assert_eq!(read(&other).await, None, "it is another booking's");
    let presence = Presence {
        recorded_at: hour(11),
        latitude: Some(39.7),
        longitude: Some(-104.9),
        accuracy_meters: None,
        distance_meters: Some(12.5),
        within_geofence: Some(false),
    };
    let come = Assignment {
        status: AssignmentStatus::Completed,
        hourly_rate: Some(Money::from_minor(0)),
        checked_in_at: Some(hour(10)),
        checked_out_at: Some(hour(19)),
        check_in: Some(presence.clone()),
        check_out: Some(presence),
        version: 2,
        ..first.clone()
    };
    world.put([Change::Assignment(Box::new(come.clone()))]).await;
    assert_eq!(read(&booking).await, Some(come.clone()));
    let shown = world.store.booking(&world.all(), booking.id).await.unwrap().unwrap().staff;
    let staff = PersonBrief { id: member.user.id, display_name: member.user.display_name.clone() };
    assert_eq!(shown, [AssignmentBrief::new(&come, staff)]);
}

pub(crate) async fn people_come_with_their_shifts_around_a_time_and_how_they_went<F: Fixture>() {
    use AssignmentStatus::{Assigned, CheckedIn, Completed, Confirmed, Declined, NoShow, Released};
    let world = World::<F>::new().await;
    let (member, profile) = staffed(&world).await;
    let outsider = world.member(&world.stranger, Role::BrandAgent, &[]).await;
    world.put([profiled(&things::profile(outsider.user.id, &world.stranger))]).await;
    // Statuses by their place in time: a shift an hour each, ten hours apart.
    let history = [
        Completed, Completed, NoShow, Declined, Completed, CheckedIn, Confirmed, Assigned, Released,
    ];
    let mut bookings = Vec::new();
    for (at, status) in (0_i64..).zip(history) {
        let booking = world.booking(at * 10, at * 10 + 1);
        let assigned = things::assignment(world.id(), &booking, member.user.id);
        let assigned = Assignment { status, ..assigned };
        world.put([put(&booking), Change::Assignment(Box::new(assigned))]).await;
        bookings.push(booking);
    }
    let query = |from: i64, to: i64, people| PeopleQuery {
        organization: world.client.id,
        people,
        around: TimeRange::new(hour(from), hour(to)).unwrap(),
    };
    let all = Some(vec![member.user.id, outsider.user.id, world.author.id]);
    let found = world.store.people(&world.all(), &query(31, 71, all)).await.unwrap();
    assert_eq!(found.len(), 2, "who has no profile is nobody to be assigned");
    let (one, two) = (&found[0], &found[1]);
    let (one, two) = if one.id == member.user.id { (one, two) } else { (two, one) };
    assert_eq!((one.profile.as_ref(), one.serves, two.serves), (Some(&profile), true, false));
    let shifts: Vec<_> = one.shifts.iter().map(|shift| (shift.booking_id, shift.live)).collect();
    // From the one that begins at 40 on; what touches the range is outside.
    let expected =
        [(4, false), (5, true), (6, true), (7, true)].map(|(at, live)| (bookings[at].id, live));
    assert_eq!(shifts, expected);
    assert_eq!(one.shifts[0].range, bookings[4].range());
    assert_eq!(one.reliability, Reliability { completed: 2, no_shows: 1 });
    assert_eq!(two.shifts, []);
    // Everybody whom somebody may see, and nobody else.
    let client = world.member(&world.client, Role::ClientManager, &[]).await;
    let scope = client.sees(Capability::ReadStaffProfiles);
    let seen = world.store.people(&scope, &query(0, 1, None)).await.unwrap();
    assert_eq!(seen.iter().map(|person| person.id).collect::<Vec<_>>(), [member.user.id]);
    // Who may not sign in does not work.
    let gone = User { status: UserStatus::Disabled, version: 2, ..member.user.clone() };
    world.put([Change::User(Box::new(gone))]).await;
    let seen = world.store.people(&scope, &query(0, 1, None)).await.unwrap();
    assert!(!seen[0].serves);
}

pub(crate) async fn what_people_work_is_summed_within_a_time_and_for_an_organization<F: Fixture>() {
    let world = World::<F>::new().await;
    let (member, profile) = staffed(&world).await;
    let theirs = Booking { organization_id: world.house.id, ..world.booking(30, 40) };
    let history = [
        (world.booking(0, 10), AssignmentStatus::Completed),
        (world.booking(10, 20), AssignmentStatus::Confirmed),
        (world.booking(20, 30), AssignmentStatus::NoShow),
        (theirs, AssignmentStatus::Assigned),
    ];
    for (booking, status) in history {
        let row = things::assignment(world.id(), &booking, member.user.id);
        let done = status == AssignmentStatus::Completed;
        let (checked_in_at, checked_out_at) = (done.then(|| hour(1)), done.then(|| hour(4)));
        let row = Assignment { status, checked_in_at, checked_out_at, ..row };
        world.put([put(&booking), Change::Assignment(Box::new(row))]).await;
    }
    let range = |from: i64, to: i64| TimeRange::new(hour(from), hour(to)).unwrap();
    let worked = async |range| world.store.worked(world.client.id, range).await.unwrap();
    let hours = |count: i64| count * 3_600_000_000;
    let all = Worked {
        staff_id: member.user.id,
        display_name: member.user.display_name.clone(),
        max_hours_per_week: profile.max_hours_per_week,
        assignments: 2,
        assigned: hours(20),
        worked: hours(3),
    };
    assert_eq!(worked(range(0, 50)).await, std::slice::from_ref(&all));
    let part = Worked { assigned: hours(7), ..all };
    assert_eq!(worked(range(5, 12)).await, [part]);
    assert_eq!(worked(range(20, 50)).await, []);
    assert_eq!(world.store.worked(world.stranger.id, range(0, 50)).await.unwrap(), []);
}
