//! Taking bookings out, page by page.
//!
//! The log is told before the first row leaves: who, what, by which filter, how many. So an export that
//! breaks off has left its trail too, and one that cannot leave any does not begin.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rishi_domain::event::{DataExported, Fact};
use rishi_domain::export::{ExportFilter, ExportFormat, ExportKind};
use rishi_domain::id::{ExportId, OrganizationId};
use rishi_domain::organization::Organization;
use rishi_domain::permission::{Capability, Grant, Reach};

use super::cell::guarded;
use super::columns::{Column, Needs, Row, columns, has_row};
use crate::auth::{Caller, Principal};
use crate::bookings::{BookingFilter, BookingRecord, Cursor, Window};
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/exchange";
/// How many bookings are read at once.
const PAGE: u32 = 200;

/// What somebody wants to take out.
#[derive(Debug, Clone)]
pub struct ExportOrder {
    /// What the rows are.
    pub of: ExportKind,
    /// How they are written.
    pub format: ExportFormat,
    /// Which bookings; its window and limit do not matter.
    pub filter: BookingFilter,
}

/// An export that has begun: where it stands, and nothing of what was read.
#[derive(Debug)]
pub struct Export {
    of: ExportKind,
    filter: BookingFilter,
    columns: Vec<&'static Column>,
    organizations: HashMap<OrganizationId, Organization>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Header,
    Rows,
    Over,
}

impl std::fmt::Debug for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl App {
    /// Begins an export: the log is told of it.
    pub async fn begin_export(&self, caller: &Caller, order: ExportOrder) -> Result<Export, Error> {
        let principal = &caller.principal;
        let ExportOrder { of, format, mut filter } = order;
        (filter.window, filter.limit) = (Window::Offset(0), 1);
        let bookings = self.bookings(principal, &filter).await?.total;
        filter.limit = PAGE;
        let shown = |column: &&Column| has_column(principal.grants(), column.needs);
        let columns: Vec<&Column> = columns(of).iter().filter(shown).collect();
        let payload = DataExported {
            user_id: principal.user_id(),
            of,
            format,
            filter: told(&filter),
            bookings,
            money: columns.iter().any(|column| column.needs != Needs::Nothing),
        };
        let home = crate::auth::home(principal);
        let place = Place {
            source: SOURCE,
            subject: subject::export(self.ids.next::<ExportId>()),
            organization: filter.organization.or(home),
        };
        let facts = vec![Fact::with_metadata(&payload, &caller.whence)?];
        let events = self.tell(&place, &Cause::from(caller), self.now(), facts);
        self.run(Commit { events, ..Commit::default() }).await?;
        let organizations = HashMap::new();
        Ok(Export { of, filter, columns, organizations, stage: Stage::Header })
    }

    /// What follows in the file, by what `principal` may see now; nothing at its end.
    pub async fn next_of_export(
        &self,
        principal: &Principal,
        export: &mut Export,
    ) -> Result<Option<String>, Error> {
        match export.stage {
            Stage::Header => {
                export.stage = Stage::Rows;
                let names = export.columns.iter().map(|column| column.name.to_owned());
                written([names.collect()]).map(Some)
            }
            Stage::Over => Ok(None),
            Stage::Rows => self.rows(principal, export).await.map(Some),
        }
    }

    async fn rows(&self, principal: &Principal, export: &mut Export) -> Result<String, Error> {
        let scope = principal.scope(Capability::ReadBookings);
        let page = self.store.bookings_uncounted(&scope, &export.filter).await?;
        match page.last().filter(|_| page.len() == PAGE as usize) {
            Some(last) => {
                let cursor = Cursor::of(&last.booking, export.filter.sort.field);
                export.filter.window = Window::After(cursor);
            }
            None => export.stage = Stage::Over,
        }
        let mut rows = Vec::new();
        for record in &page {
            let id = record.booking.organization_id;
            if let Entry::Vacant(unknown) = export.organizations.entry(id) {
                let found = self.store.organization(&Scope::system(), id).await?;
                unknown.insert(found.ok_or(Error::NotFound("organization"))?);
            }
            let organization = &export.organizations[&id];
            let sight = self.sight(principal, organization, record);
            for row in of(export.of, record) {
                rows.push(cells(&export.columns, &row, principal, &sight)?);
            }
        }
        written(rows)
    }

    /// What of a booking's money somebody sees.
    fn sight(
        &self,
        principal: &Principal,
        organization: &Organization,
        record: &BookingRecord,
    ) -> Sight {
        let facts = Some((&record.booking, record.involves(principal.user_id())));
        let may = |capability| principal.may(capability, organization, facts, self.now());
        Sight { pay: may(Capability::SeePayRates), costs: may(Capability::SeeMoneyInStatistics) }
    }
}

struct Sight {
    pay: bool,
    costs: bool,
}

/// The rows of a booking.
fn of(kind: ExportKind, record: &BookingRecord) -> Vec<Row<'_>> {
    if kind == ExportKind::Bookings {
        return vec![Row { record, assignment: None }];
    }
    let staff = record.staff.iter().filter(|one| has_row(kind, one.status));
    staff.map(|one| Row { record, assignment: Some(one) }).collect()
}

/// The cells of a row, empty where they are not to be seen.
fn cells(
    columns: &[&Column],
    row: &Row,
    principal: &Principal,
    sight: &Sight,
) -> Result<Vec<String>, Error> {
    let own = row.assignment.is_some_and(|one| one.staff.id == principal.user_id());
    let cell = |column: &&Column| {
        let seen = match column.needs {
            Needs::Nothing => true,
            Needs::Pay => sight.pay || own,
            Needs::Costs => sight.costs,
        };
        if seen { (column.cell)(row) } else { Ok(String::new()) }
    };
    let cells = columns.iter().map(cell).collect::<Result<_, _>>();
    cells.map_err(|error| Error::Internal(Box::new(error)))
}

/// Whether somebody may see a column's cells anywhere.
fn has_column(grants: &[Grant], needs: Needs) -> bool {
    let capability = match needs {
        Needs::Nothing => return true,
        Needs::Pay => Capability::SeePayRates,
        Needs::Costs => Capability::SeeMoneyInStatistics,
    };
    grants.iter().any(|grant| grant.reach(capability) != Reach::None)
}

/// Records as CSV.
fn written(records: impl IntoIterator<Item = Vec<String>>) -> Result<String, Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::with_capacity(64 * 1_024));
    for record in records {
        let cells = record.iter().map(|cell| guarded(cell).into_owned());
        writer.write_record(cells).map_err(|error| Error::Internal(Box::new(error)))?;
    }
    let bytes =
        writer.into_inner().map_err(|error| Error::Internal(Box::new(error.into_error())))?;
    String::from_utf8(bytes).map_err(|error| Error::Internal(Box::new(error)))
}

fn told(filter: &BookingFilter) -> ExportFilter {
    ExportFilter {
        organization_id: filter.organization,
        status: filter.statuses.clone(),
        location_id: filter.location,
        from: filter.from,
        to: filter.to,
        assigned_staff: filter.assigned_staff.clone(),
        priority: filter.priority,
        operation_type: filter.operation_type,
        search: filter.search.clone(),
    }
}
