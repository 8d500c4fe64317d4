//! `rishi events export`: the log, or a stretch of it, as JSON lines.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::Path;

use rishi_bus::cloudevents::CloudEvent;
use rishi_bus::{Envelope, Position};

use super::events_tail::unreadable;
use super::files;
use super::progress::Progress;
use crate::cli::{EventsExport, ExportFormat};
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// How many events are read at a time.
const PAGE: usize = 512;

/// The file has its name only once it is whole and on the disk.
pub(super) async fn run(config: &Config, export: EventsExport) -> Result<(), Failure> {
    if export.file.as_os_str() == "-" {
        let base = Base::open_existing(config).await?;
        let done = write(&base, &export, &mut |lines: &str| output::write(lines), None).await;
        base.close().await;
        return done.map(|_| ());
    }
    if export.file.exists() {
        let path = export.file.display();
        return Err(Failure::Refused(format!("{path} exists already; name a new file")));
    }
    let base = Base::open_existing(config).await?;
    let done = to_file(&base, &export).await;
    base.close().await;
    let count = done?;
    output::line(format_args!("exported {count} events to {}", export.file.display()))
}

async fn to_file(base: &Base, export: &EventsExport) -> Result<u64, Failure> {
    let partial = files::beside(&export.file, "partial");
    let done = whole_file(base, export, &partial).await;
    if done.is_err() {
        files::remove(&partial);
    }
    done
}

async fn whole_file(base: &Base, export: &EventsExport, partial: &Path) -> Result<u64, Failure> {
    let path = export.file.display();
    let failed = |source| Failure::broken(format!("cannot write the export {path}"), source);
    files::create_private(partial).map_err(failed)?;
    let file = OpenOptions::new().write(true).open(partial).map_err(failed)?;
    let mut file: BufWriter<File> = BufWriter::new(file);
    let mut line = |lines: &str| file.write_all(lines.as_bytes()).map_err(failed);
    let count = write(base, export, &mut line, Some(Progress::new("exporting"))).await?;
    file.flush().map_err(failed)?;
    files::put_in_place(partial, &export.file).map_err(failed)?;
    Ok(count)
}

/// Writes what is wanted, page by page; how many events that was.
async fn write(
    base: &Base,
    export: &EventsExport,
    line: &mut (dyn FnMut(&str) -> Result<(), Failure> + Send),
    mut progress: Option<Progress>,
) -> Result<u64, Failure> {
    let head = base.store.refresh_head().await.map_err(unreadable)?;
    let anchor = base.app.desk.anchor().await.map_err(unreadable)?.position;
    let last = export.to.unwrap_or(head).min(head);
    let first: Position = export.from.map_or(0, |from| from - 1).max(anchor);
    let (mut after, mut count) = (first, 0);
    while after < last {
        let page = base.store.read(after, PAGE).await.map_err(unreadable)?;
        let Some(end) = page.last() else { break };
        after = end.position;
        for event in page.iter().take_while(|event| event.position <= last) {
            line(&text(event, export.format)?)?;
            count += 1;
        }
        if let Some(progress) = &mut progress {
            progress.at(after.saturating_sub(first), last - first);
        }
    }
    Ok(count)
}

fn text(event: &Envelope, format: ExportFormat) -> Result<String, Failure> {
    let text = match format {
        ExportFormat::Json => serde_json::to_string(event),
        ExportFormat::CloudEvents => serde_json::to_string(&CloudEvent::of(event, None)),
    };
    let text = text.map_err(|error| Failure::broken("cannot write an event as JSON", error))?;
    Ok(text + "\n")
}
