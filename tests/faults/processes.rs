//! All processes of a board: what can be killed. Tests specs/board.md#office.

use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use tabella_town::postgres::Cluster;
use tabella_town::server::Server;
use tabella_town::witness::Witness;

/// The servers of a board, its witnesses, and its database where the store is in one.
pub struct Processes {
    pub servers: Vec<Server>,
    pub witnesses: Vec<Witness>,
    pub database: Option<Cluster>,
}

/// Those of them that are killed at the same time.
#[derive(Debug)]
pub struct Victims {
    servers: Vec<usize>,
    witness: Option<usize>,
    database: bool,
}

impl Processes {
    /// Some of them, at least one: of the witnesses at most one, for the others must sign.
    pub fn draw(&self, rng: &mut ChaCha20Rng) -> Victims {
        let coin = |rng: &mut ChaCha20Rng| rng.next_u32().is_multiple_of(2);
        loop {
            let servers: Vec<usize> = (0..self.servers.len()).filter(|_| coin(rng)).collect();
            let witness = coin(rng).then(|| rng.next_u32() as usize % self.witnesses.len());
            let database = self.database.is_some() && coin(rng);
            if !servers.is_empty() || witness.is_some() || database {
                return Victims { servers, witness, database };
            }
        }
    }

    /// Kills them; says what each was.
    pub fn kill(&mut self, victims: &Victims) -> Vec<&'static str> {
        let roles = victims.servers.iter().map(|number| match role(&self.servers[*number]).as_deref() {
            Some("sequencer") => "sequencer",
            Some("front") => "front",
            _ => "server that was neither yet",
        });
        let mut killed: Vec<_> = roles.collect();
        for number in &victims.servers {
            self.servers[*number].kill().unwrap();
        }
        if victims.database {
            self.database.as_mut().unwrap().kill().unwrap();
            killed.push("database");
        }
        if let Some(number) = victims.witness {
            self.witnesses[number].kill().unwrap();
            killed.push("witness");
        }
        killed
    }

    /// The servers that must be able to go on without the victims.
    pub fn survivors(&self, victims: &Victims) -> Vec<usize> {
        (0..self.servers.len()).filter(|number| !victims.database && !victims.servers.contains(number)).collect()
    }

    /// Starts the victims again: the database, without which no server starts, and then all others at once.
    pub fn start_again(&mut self, victims: &Victims) {
        if victims.database {
            self.database.as_mut().unwrap().start_again().unwrap();
        }
        std::thread::scope(|scope| {
            for (number, server) in self.servers.iter_mut().enumerate() {
                if victims.servers.contains(&number) {
                    scope.spawn(|| server.start().unwrap());
                }
            }
            if let Some(number) = victims.witness {
                self.witnesses[number].start(&[]).unwrap();
            }
        });
    }
}

/// What a server does for the board; `None` while it can do nothing.
fn role(server: &Server) -> Option<String> {
    let (status, body) = server.get("/_ready").ok()?;
    let answer: serde_json::Value = serde_json::from_slice(&body).ok()?;
    answer["elections"][0]["role"].as_str().filter(|_| status == 200).map(str::to_owned)
}

pub fn wait_for_role(server: &Server, wanted: &str) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while role(server).as_deref() != Some(wanted) {
        assert!(Instant::now() < deadline, "it is {:?} and not the {wanted}", role(server));
        std::thread::sleep(Duration::from_millis(5));
    }
}
