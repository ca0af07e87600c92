//! What can happen to a board beside its election: disks that are full, processes that are killed, strangers who flood it. What its operator
//! sees and does then is `docs/operations.md`.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test, as the test itself does")]

mod scene;

mod disk;

mod backup;

mod hostile;
mod stranger;

mod killed;
mod processes;
