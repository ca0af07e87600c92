//! Where a database is, and who asks.

use std::fmt;
use std::net::IpAddr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// A PostgreSQL database: `postgres://USER@HOST/NAME`, with all that libpq's users expect. What it does not say is taken from
/// `PGHOST`, `PGUSER`, `PGPASSWORD`, `PGPASSFILE` and their like.
///
/// It holds a password: it prints without.
#[derive(Clone)]
pub struct PostgresAddress(Box<PgConnectOptions>);

/// Why a text is no address of a database. Repeats nothing of the text, in which a password may be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresAddressFault {
    /// It is of another form.
    #[error("the address of the database must look like postgres://USER@HOST/NAME")]
    Malformed,
    /// It names no database.
    #[error("the address of the database names none: add it, as in postgres://USER@HOST/NAME")]
    NoName,
}

impl PostgresAddress {
    /// Reads an address. A database on another machine must show a valid certificate, unless `sslmode` says otherwise.
    pub fn parse(text: &str) -> Result<Self, PostgresAddressFault> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(PostgresAddressFault::Malformed);
        }
        let options: PgConnectOptions = text.parse().map_err(|_| PostgresAddressFault::Malformed)?;
        if options.get_database().is_none() {
            return Err(PostgresAddressFault::NoName);
        }
        let address = Self(Box::new(options.application_name("tabella")));
        Ok(match address.0.get_ssl_mode() {
            PgSslMode::Prefer | PgSslMode::Allow if !address.is_local() => {
                Self(Box::new(address.0.ssl_mode(PgSslMode::VerifyFull)))
            }
            _ => address,
        })
    }

    /// Whether a password stands in the text of an address.
    pub fn has_password(text: &str) -> bool {
        let has_user_with_password = text
            .split_once("://")
            .and_then(|(_, rest)| rest.rsplit_once('@'))
            .is_some_and(|(user, _)| user.contains(':'));
        has_user_with_password || text.contains("password=")
    }

    pub(super) fn options(&self) -> &PgConnectOptions {
        &self.0
    }

    /// Whether nothing leaves the machine.
    fn is_local(&self) -> bool {
        let host = self.0.get_host();
        let is_loopback = host.trim_matches(['[', ']']).parse().is_ok_and(|address: IpAddr| address.is_loopback());
        self.0.get_socket().is_some() || host.starts_with('/') || host == "localhost" || is_loopback
    }
}

/// User, host and name.
impl fmt::Display for PostgresAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = &self.0;
        let name = options.get_database().unwrap_or_default();
        write!(formatter, "`{name}` as {} at ", options.get_username())?;
        match options.get_socket() {
            Some(socket) => write!(formatter, "{}", socket.display()),
            None => write!(formatter, "{}:{}", options.get_host(), options.get_port()),
        }
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PostgresAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::{PgSslMode, PostgresAddress, PostgresAddressFault};

    #[test]
    fn a_password_is_not_shown() {
        let address = PostgresAddress::parse("postgres://board:swordfish@db.example.org:5433/votes").unwrap();
        assert_eq!(address.to_string(), "`votes` as board at db.example.org:5433");
        assert!(!format!("{address:?}").contains("swordfish"));
        let wrong = PostgresAddress::parse("postgres://board:swordfish@db.example.org:port/votes").unwrap_err();
        assert!(!format!("{wrong} {wrong:?}").contains("swordfish"));
    }

    #[test]
    fn a_password_is_found() {
        for text in
            ["postgres://u:p@h/n", "postgres://u:a@b@h/n", "postgres://u@h/n?password=p", "postgres://u:p/q@h/n"]
        {
            assert!(PostgresAddress::has_password(text), "{text}");
        }
        for text in ["postgres://u@h/n", "postgres://u@h:5432/n?sslmode=require", "postgres:///n?host=/run/a"] {
            assert!(!PostgresAddress::has_password(text), "{text}");
        }
    }

    #[test]
    fn another_machine_must_show_a_certificate() {
        let mode = |text| PostgresAddress::parse(text).unwrap().0.get_ssl_mode();
        for remote in ["postgres://u@db.example.org/n", "postgres://u@192.0.2.1/n", "postgres://u@h/n?sslmode=prefer"] {
            assert!(matches!(mode(remote), PgSslMode::VerifyFull), "{remote}");
        }
        for local in [
            "postgres://u@127.0.0.1/n",
            "postgres://u@localhost/n",
            "postgres://u@[::1]/n",
            "postgres:///n?host=/run/a",
        ] {
            assert!(matches!(mode(local), PgSslMode::Prefer), "{local}");
        }
        assert!(matches!(mode("postgres://u@db.example.org/n?sslmode=disable"), PgSslMode::Disable));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "board.sqlite", "mysql://u@h/n", "postgres://u@h:port/n"] {
            assert!(matches!(PostgresAddress::parse(text), Err(PostgresAddressFault::Malformed)), "{text}");
        }
        assert!(matches!(PostgresAddress::parse("postgres://u@h"), Err(PostgresAddressFault::NoName)));
    }
}
