//! Organizations and locations.

use rishi_app::Store as _;
use rishi_app::commit::Change;
use rishi_app::store::Paging;
use rishi_domain::id::OrganizationId;
use rishi_domain::location::{Address, Location};
use rishi_domain::organization::{Organization, OrganizationKind};

use crate::world::{ALL, Fixture, World};

async fn locate<F: Fixture>(
    world: &World<F>,
    name: &str,
    city: &str,
    organization_id: Option<OrganizationId>,
) -> Location {
    let address = Address { city: city.to_owned(), ..world.place.address.clone() };
    let (id, name) = (world.id(), name.to_owned());
    let location = Location { id, name, address, organization_id, ..world.place.clone() };
    world.put([Change::Location(Box::new(location.clone()))]).await;
    location
}

fn names(locations: &[Location]) -> Vec<&str> {
    locations.iter().map(|location| location.name.as_str()).collect()
}

pub(crate) async fn the_first_internal_organization_is_the_operators<F: Fixture>() {
    let world = World::<F>::new().await;
    let second = Organization { id: world.id(), name: "A".to_owned(), ..world.house.clone() };
    world.put([Change::Organization(Box::new(second))]).await;
    let found = world.store.internal_organization().await.unwrap();
    assert_eq!(found, Some(world.house.clone()));
    let empty = F::fresh().await;
    let engine = empty.open().await;
    assert_eq!(engine.internal_organization().await.unwrap(), None);
    engine.ping().await.unwrap();
}

pub(crate) async fn organizations_are_listed_by_name<F: Fixture>() {
    let world = World::<F>::new().await;
    for name in ["Zoo", "Ärzte", "aloe", "Aloe"] {
        let row = Organization {
            id: world.id(),
            name: name.to_owned(),
            kind: OrganizationKind::Partner,
            ..world.client.clone()
        };
        world.put([Change::Organization(Box::new(row))]).await;
    }
    let listed = world.store.organizations(&world.all(), ALL).await.unwrap();
    let names: Vec<_> = listed.items.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Aloe", "Client", "House", "Stranger", "Zoo", "aloe", "Ärzte"]);
    let page = Paging { limit: 3, offset: 2 };
    let page = world.store.organizations(&world.all(), page).await.unwrap();
    assert_eq!((page.items.as_slice(), page.total), (&listed.items[2..5], 7));
    let beyond = Paging { limit: 3, offset: u64::MAX };
    let page = world.store.organizations(&world.all(), beyond).await.unwrap();
    assert_eq!((page.items.len(), page.total), (0, 7));
}

pub(crate) async fn locations_are_searched_by_name_and_city<F: Fixture>() {
    let world = World::<F>::new().await;
    let own = Some(world.client.id);
    locate(&world, "Große Halle", "Köln", own).await;
    locate(&world, "Köln West", "Hürth", own).await;
    locate(&world, "100% Hemp", "Boulder", own).await;
    let cases = [
        ("KÖLN", vec!["Große Halle", "Köln West"]),
        ("%", vec!["100% Hemp"]),
        ("_", vec![]),
        ("den", vec!["Main Street"]),
    ];
    for (text, wanted) in cases {
        let found = world.store.locations(&world.all(), None, Some(text), ALL).await.unwrap();
        assert_eq!(names(&found.items), wanted, "{text}");
        assert_eq!(found.total, wanted.len() as u64);
    }
}

pub(crate) async fn a_named_organization_may_use_its_own_locations_and_the_shared<F: Fixture>() {
    let world = World::<F>::new().await;
    locate(&world, "Shared", "Denver", None).await;
    locate(&world, "Theirs", "Denver", Some(world.stranger.id)).await;
    let all = world.all();
    let usable = |organization| world.store.locations(&all, organization, None, ALL);
    assert_eq!(names(&usable(None).await.unwrap().items), ["Main Street", "Shared", "Theirs"]);
    let ours = usable(Some(world.client.id)).await.unwrap();
    assert_eq!(names(&ours.items), ["Main Street", "Shared"]);
    let theirs = usable(Some(world.stranger.id)).await.unwrap();
    assert_eq!(names(&theirs.items), ["Shared", "Theirs"]);
}
