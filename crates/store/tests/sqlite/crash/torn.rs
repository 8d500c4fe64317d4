//! A process that dies inside a flush leaves part of what it wrote: the write-ahead log ends in the middle
//! of a transaction, at any frame, or within one.

use rishi_bus::testing::Fault;

use super::faulty::{Plan, bury, length, log};
use super::oracle;
use super::story::Beginning;

/// Bytes of the log's header and of a frame: its own header, and a page
/// (<https://www.sqlite.org/fileformat2.html#the_write_ahead_log>).
pub(super) const HEADER: u64 = 32;
pub(super) const FRAME: u64 = 24 + 4_096;

#[tokio::test]
async fn guarantees_1_to_5_hold_when_the_process_dies_inside_any_flush() {
    let beginning = Beginning::new().await;
    let mut cuts = 0;
    for step in 1.. {
        let story = beginning.story();
        let engine = story.open(&story.file).await;
        let life = story.live(&engine, Plan { step, fault: Fault::CrashAfter }).await;
        engine.close().await;
        if !life.died {
            break;
        }
        let whole = length(&story.grave);
        if whole <= life.log_before {
            continue;
        }
        // Every boundary of a frame, and the middle of the frame after it.
        let first = life.log_before.max(HEADER);
        let frames = (first..whole).step_by(usize::try_from(FRAME).unwrap());
        for end in frames.flat_map(|frame| [frame, frame + FRAME / 2]) {
            let case = format!("call {step}, its flush cut off after {end} of {whole} bytes");
            let file = story.grave.with_file_name(format!("torn-{end}.db"));
            bury(&story.grave, &file);
            let torn = std::fs::File::options().write(true).open(log(&file)).unwrap();
            torn.set_len(end).unwrap();
            let engine = story.open(&file).await;
            oracle::look(&story, &engine, &case).await;
            engine.close().await;
            cuts += 1;
        }
    }
    assert!(cuts > 100, "only {cuts} cuts");
}
