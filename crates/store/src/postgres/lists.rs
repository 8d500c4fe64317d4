//! Lists of bookings, from the database and from memory.

use std::sync::Arc;

use rishi_app::bookings::{BookingFilter, SharedRecord};
use rishi_app::scope::Scope;
use rishi_app::store::Listed;
use rishi_bus::Position;

use super::connection::Db;
use super::error::StoreError;
use super::reach::{EVERYTHING, Reach, SAY};
use super::read::pages::{self, Page};
use super::{Postgres, log};
use crate::records::{About, Found};

impl Postgres {
    /// A stretch of the bookings that match, as one view of the database holds it. Which they are is read there, within
    /// the scope; what they are may be kept. The total is true if it is `counted`.
    pub(super) async fn list(
        &self,
        scope: &Scope,
        filter: &BookingFilter,
        counted: bool,
    ) -> Result<Listed<Arc<SharedRecord>>, StoreError> {
        let reach = Reach::of(scope);
        let which = async |db: &Db<'_>| pages::page(db, scope, filter, counted).await;
        if filter.is_indexed() {
            let page = self.pool.point(&reach, which).await?;
            let found = self.kept(&page).await?;
            if found.missing().is_empty() {
                return Ok(Listed { items: found.with(Vec::new()), total: page.total });
            }
        }
        self.pool.view(&reach, async |db| self.whole(db, which(db).await?).await).await
    }

    /// The list that a page is of, with what is not kept read from the same view.
    async fn whole(
        &self,
        db: &Db<'_>,
        page: Page,
    ) -> Result<Listed<Arc<SharedRecord>>, StoreError> {
        let found = self.kept(&page).await?;
        let missing = found.missing();
        if missing.is_empty() {
            return Ok(Listed { items: found.with(Vec::new()), total: page.total });
        }
        // Whoever may see a booking sees what stands beside it; and what is kept is for all.
        let say = db.prepare(SAY).await?;
        let (said, read) = tokio::join!(db.say_everything(&say), pages::records(db, &missing));
        said?;
        let read = read?;
        self.records.keep(read.iter().filter(|one| page.is_settled(one.booking.id)), page.head);
        Ok(Listed { items: found.with(read), total: page.total })
    }

    /// What of a page is kept and holds in its view.
    async fn kept<'p>(&self, page: &'p Page) -> Result<Found<'p>, StoreError> {
        if let Some(after) = self.records.behind(page.head) {
            let news = self.news(after).await?;
            self.records.heed(page.head, news);
        }
        let settled = |id| page.is_settled(id);
        Ok(self.records.kept(&page.ids, page.head).only(settled))
    }

    /// What the events after a position are about: those that other processes sequenced.
    async fn news(&self, after: Position) -> Result<Vec<(Position, About)>, StoreError> {
        self.pool.point(EVERYTHING, async |db| log::subjects(db, after).await).await
    }
}
