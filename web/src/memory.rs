//! The latest checkpoint that the page has seen, which every other must continue, and what is under it. Implements
//! specs/server.md#distrust for voters.
//!
//! Where the policy asks for witnesses, only what they have cosigned is acted on. What the log alone has signed, as in the receipt of
//! a ballot that was just handed in, is remembered beside it: what is published later must hold that too.

use tabella_board::checkpoint::SignedCheckpoint;
use tabella_board::entry::Entry;
use tabella_board::hash::Hash;
use tabella_board::key::LogVerifier;
use tabella_board::policy::Policy;
use tabella_board::receipt::{Receipt, ReceiptFault, Standing};
use tabella_board::tile::AuthenticatedTiles;
use tabella_board::tree::{ConsistencyProof, Node, NodeReader, TreeHead};

use crate::fault::Fault;
use crate::files::{Files, unread};

/// What is remembered of one board.
#[derive(Debug)]
pub struct Memory {
    log_key: LogVerifier,
    seen: Option<SignedCheckpoint>,
    /// The largest checkpoint that only the log has signed, until what is published covers it.
    received: Option<SignedCheckpoint>,
    /// What a published checkpoint must meet; `None` until the manifest is known.
    policy: Option<Policy>,
}

impl Memory {
    /// A board with this key, of which this was seen before, if anything was.
    pub fn new(log_key: LogVerifier, seen: Option<&str>, received: Option<&str>) -> Result<Self, Fault> {
        let read = |text: Option<&str>| -> Result<Option<SignedCheckpoint>, Fault> {
            let Some(text) = text else { return Ok(None) };
            let checkpoint = SignedCheckpoint::parse(text.as_bytes())?;
            // Another key than that which signed what was seen before.
            checkpoint.verify(&log_key).map_err(|fault| Fault::new("log_key_mismatch", fault))?;
            Ok(Some(checkpoint))
        };
        let (seen, received) = (read(seen)?, read(received)?);
        Ok(Self { log_key, seen, received, policy: None })
    }

    /// The head of the latest published checkpoint.
    pub fn head(&self) -> TreeHead {
        head(self.seen.as_ref())
    }

    /// The latest published checkpoint, for the page to keep.
    pub fn seen(&self) -> Option<&str> {
        text(self.seen.as_ref())
    }

    /// What only the log has signed, for the page to keep.
    pub fn received(&self) -> Option<&str> {
        text(self.received.as_ref())
    }

    /// The manifest is known, which was read under the latest checkpoint: it and all that the board publishes must meet its policy.
    pub fn judge_by(&mut self, policy: &Policy) -> Result<(), Fault> {
        self.seen.as_ref().map_or(Ok(()), |seen| require_quorum(policy, seen))?;
        self.policy = Some(policy.clone());
        Ok(())
    }

    /// Remembers a published checkpoint if the log signed it, it meets the policy, and it continues what was seen before.
    pub fn accept(&mut self, checkpoint: &[u8], files: &Files) -> Result<TreeHead, Fault> {
        let shown = SignedCheckpoint::parse(checkpoint)?;
        let shown_head = shown.verify(&self.log_key)?.head;
        if let Some(policy) = &self.policy {
            require_quorum(policy, &shown)?;
        }
        continues(self.head(), shown_head, files)?;
        let received = head(self.received.as_ref());
        if received.size <= shown_head.size {
            continues(received, shown_head, files)?;
            self.received = None;
        }
        self.seen = Some(shown);
        Ok(shown_head)
    }

    /// Remembers a checkpoint that only the log has signed, if it is of the same log as all that was seen before.
    fn accept_received(&mut self, checkpoint: &SignedCheckpoint, files: &Files) -> Result<(), Fault> {
        let shown = checkpoint.verify(&self.log_key)?.head;
        let received = head(self.received.as_ref());
        continues(self.head(), shown, files)?;
        // Answers may overtake each other.
        if shown.size < received.size {
            return continues(shown, received, files);
        }
        continues(received, shown, files)?;
        self.received = Some(SignedCheckpoint::parse(checkpoint.as_bytes())?);
        Ok(())
    }

    /// Verifies what the board gave for an entry, and remembers its checkpoint.
    pub fn accept_entry(
        &mut self,
        entry: &[u8],
        receipt: &Receipt,
        policy: &Policy,
        files: &Files,
    ) -> Result<(Standing, Entry), Fault> {
        let standing = receipt.verify(entry, policy)?;
        let parsed = Entry::parse(entry).map_err(ReceiptFault::Entry)?;
        match standing {
            Standing::Recorded(_) => self.accept(receipt.checkpoint.as_bytes(), files).map(drop)?,
            Standing::Received => self.accept_received(&receipt.checkpoint, files)?,
        }
        Ok((standing, parsed))
    }

    /// Holds a receipt of earlier days against the latest published checkpoint: the entry must still be there, or, if it was only
    /// received and is not published yet, the receipt must be of the same log. Gives whether the entry is published.
    pub fn hold(&mut self, entry: &[u8], receipt: &Receipt, policy: &Policy, files: &Files) -> Result<bool, Fault> {
        let standing = receipt.verify(entry, policy)?;
        let (head, kept) = (self.head(), receipt.checkpoint.unverified().head);
        if standing == Standing::Received && kept.size > head.size {
            self.accept_received(&receipt.checkpoint, files)?;
            return Ok(receipt.index < head.size);
        }
        continues(kept, head, files)?;
        let node = Node { level: 0, index: receipt.index };
        match AuthenticatedTiles::new(files, head).read(&[node]) {
            Ok(found) if found.first() == Some(&Hash::of_entry(entry)) => Ok(true),
            Ok(_) => Err(Fault::new("fork", "the board has another entry in the place of the receipt's")),
            Err(fault) => Err(unread(fault)),
        }
    }
}

fn head(checkpoint: Option<&SignedCheckpoint>) -> TreeHead {
    checkpoint.map_or_else(TreeHead::empty, |checkpoint| checkpoint.unverified().head)
}

fn text(checkpoint: Option<&SignedCheckpoint>) -> Option<&str> {
    std::str::from_utf8(checkpoint?.as_bytes()).ok()
}

fn require_quorum(policy: &Policy, checkpoint: &SignedCheckpoint) -> Result<(), Fault> {
    policy.require_quorum(checkpoint).map(drop).map_err(|fault| Fault::new("checkpoint_quorum", fault))
}

/// Whether the log with the head `shown` begins with all entries of the one with the head `seen`.
pub fn continues(seen: TreeHead, shown: TreeHead, files: &Files) -> Result<(), Fault> {
    if shown.size < seen.size {
        return Err(Fault::new("rollback", format!("{} entries were seen, and {} are shown", seen.size, shown.size)));
    }
    let fork = || Fault::new("fork", "the board does not begin with the entries that it showed before");
    if shown.size == seen.size {
        return if shown == seen { Ok(()) } else { Err(fork()) };
    }
    match ConsistencyProof::prove(&AuthenticatedTiles::new(files, shown), seen.size, shown.size) {
        Ok(proof) => proof.verify(seen, shown).map_err(|_| fork()),
        Err(fault) => Err(unread(fault)),
    }
}
