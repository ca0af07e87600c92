//! Where the operator has the store of the boards.

use std::env::VarError;
use std::path::Path;

use anyhow::{Result, bail};
use clap::Args;

use crate::storage::{PostgresAddress, PostgresAddressFault, StoreLocation};

/// The environment variable for the address of a database, in which a password may stand.
const VARIABLE: &str = "TABELLA_DATABASE";

/// The file of the store, in the folder of the boards.
const FILE: &str = "board.sqlite";

/// The store that was asked for.
#[derive(Debug, Args)]
pub struct DatabaseArguments {
    /// Keep the logs in this PostgreSQL database, postgres://USER@HOST/NAME, and not in the file board.sqlite in the folder of the
    /// boards. A password comes from PGPASSFILE or PGPASSWORD, or with the whole address from the environment variable
    /// TABELLA_DATABASE; never from here, where everybody on the machine sees it
    #[arg(long, value_name = "ADDRESS")]
    database: Option<String>,
}

impl DatabaseArguments {
    /// The store of the boards in this folder.
    pub fn location(&self, data: &Path) -> Result<StoreLocation> {
        if self.database.as_deref().is_some_and(PostgresAddress::has_password) {
            bail!(
                "a password on the command line can be seen by everybody on this machine: change it, and put the new one into the file \
                 that PGPASSFILE names, or the address into the environment variable {VARIABLE}"
            );
        }
        let from_environment = || match std::env::var(VARIABLE) {
            Err(VarError::NotPresent) => Ok(None),
            Err(VarError::NotUnicode(_)) => Err(PostgresAddressFault::Malformed),
            Ok(address) => Ok(Some(address)),
        };
        let address = self.database.clone().map_or_else(from_environment, |address| Ok(Some(address)))?;
        Ok(match address {
            Some(address) => StoreLocation::Postgres(PostgresAddress::parse(&address)?),
            None => StoreLocation::file_in(data),
        })
    }
}

impl StoreLocation {
    /// The store in the folder of the boards, where it is if nobody asked for another.
    pub fn file_in(data: &Path) -> Self {
        Self::File(data.join(FILE))
    }
}
