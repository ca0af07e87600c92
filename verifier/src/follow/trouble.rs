//! What keeps a follower from going on. Implements specs/follow.md#alarms.

use crate::alarm::Alarm;

/// Why there is no next verified head.
#[derive(Debug)]
pub enum Trouble {
    /// The board gives no answer, or not yet; it may come again.
    Away(String),
    /// The board shows a checkpoint and not what belongs to it. It is asked again, but not for ever.
    Withheld(Alarm),
    /// The board shows something that nobody has signed, or an old state. It is asked once more: somebody on the way may
    /// have given an answer in its place.
    Doubtful(Alarm),
    /// The board did what no honest one does.
    Caught(Alarm),
    /// This machine cannot go on.
    Failed(anyhow::Error),
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}
