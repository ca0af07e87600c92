//! What every step of authority and registrar needs on the command line.

use clap::Args;
use tabella_client::confirm::ConfirmArguments;
use tabella_client::desk::DeskArguments;
use tabella_client::passphrase::PassphraseArguments;

/// The role's folder, its passphrase, and whether to ask.
#[derive(Debug, Args)]
pub(crate) struct Folder {
    #[command(flatten)]
    pub(crate) desk: DeskArguments,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArguments,
    #[command(flatten)]
    pub(crate) confirm: ConfirmArguments,
}
