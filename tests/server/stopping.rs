//! A server that is told to stop while ballots come in.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use data_encoding::BASE64;
use ureq::Agent;

use crate::host::Host;
use crate::play::{Play, entry};

/// Enough that some are still on their way when the server is told to stop.
const VOTERS: usize = 60;

#[test]
fn every_accepted_ballot_is_in_the_record() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", VOTERS as u64);
    let ballots: Vec<Vec<u8>> = (0..VOTERS).map(|voter| play.ballot(voter, 0, None, 1).0).collect();
    let uri = format!("http://{}/e/entries/ballot", server.web.address);
    let config = Agent::config_builder().http_status_as_error(false).proxy(None);
    let agent: Agent = config.build().into();
    let (told, accepted) = mpsc::channel();
    let next = AtomicUsize::new(0);

    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (told, agent, ballots, next, uri) = (told.clone(), &agent, &ballots, &next, &uri);
            scope.spawn(move || {
                while let Some(ballot) = ballots.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let answer = agent.post(uri).header("content-type", "application/cbor").send(ballot.as_slice());
                    // Who comes too late finds nobody.
                    let Ok(mut answer) = answer else { return };
                    assert_eq!(answer.status(), 201);
                    let receipt: serde_json::Value =
                        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
                    told.send(receipt).unwrap();
                }
            });
        }
        drop(told);
        let mut receipts: Vec<serde_json::Value> = accepted.iter().take(5).collect();
        assert_eq!(receipts.len(), 5);
        server.stop().unwrap();
        receipts.extend(accepted.iter());
        for receipt in receipts {
            let bytes = BASE64.decode(receipt["entry"].as_str().unwrap().as_bytes()).unwrap();
            assert_eq!(entry(&host.record("e"), receipt["index"].as_u64().unwrap()), bytes);
        }
    });
    // Nothing that was begun hinders the next start.
    host.start().stop().unwrap();
}
