//! Two servers for one board, which are killed in turn while ballots arrive through both. Tests specs/board.md#office.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tabella_client::remote::Remote;
use tabella_town::plan::Plan;
use tabella_town::postgres::Cluster;
use tabella_town::server::Server;

use crate::killed::{vote, wait_for_receipt};
use crate::scene::{PLENTIFUL, Receipt, Scene};

const KILLS: usize = 6;
const VOTERS: usize = 4;

/// What a server does for the board; `None` while it can do nothing.
fn role(server: &Server) -> Option<String> {
    let (status, body) = server.get("/_ready").ok()?;
    let answer: serde_json::Value = serde_json::from_slice(&body).ok()?;
    answer["elections"][0]["role"].as_str().filter(|_| status == 200).map(str::to_owned)
}

fn wait_for_role(server: &Server, wanted: &str) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while role(server).as_deref() != Some(wanted) {
        assert!(Instant::now() < deadline, "it is {:?} and not the {wanted}", role(server));
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn every_receipt_is_in_the_record_exactly_once_though_one_server_after_the_other_is_killed() {
    let cluster = Cluster::start().unwrap();
    let database = cluster.address_with_password(&cluster.new_database().unwrap());
    let mut scene = Scene::open(Plan::orchard(VOTERS, 1, 1).stored_in(database));
    let boards = scene.election.server.folder().to_owned();
    let mut first = scene.server(&boards, &PLENTIFUL);
    let mut second = first.colleague().unwrap();
    first.start().unwrap();
    second.start().unwrap();
    wait_for_role(&first, "sequencer");
    wait_for_role(&second, "front");

    let remotes = [&first, &second].map(|server| {
        let address = format!("{}/orchard", server.base());
        Remote::new(address.parse().unwrap(), Duration::from_secs(120))
    });
    let (counts, stop) = ([AtomicUsize::new(0), AtomicUsize::new(0)], AtomicBool::new(false));
    let receipts: Vec<Receipt> = std::thread::scope(|scope| {
        let voters: Vec<_> = (0..scene.voters())
            .map(|number| {
                let through = number % 2;
                let (voter, remote, count, stop) = (scene.voter(number), &remotes[through], &counts[through], &stop);
                scope.spawn(move || vote(voter, remote, count, stop))
            })
            .collect();
        for kill in 0..KILLS {
            let (dying, staying) = if kill % 2 == 0 { (&mut first, &second) } else { (&mut second, &first) };
            counts.iter().for_each(wait_for_receipt);
            dying.kill().unwrap();
            wait_for_role(staying, "sequencer");
            // Whoever votes through the other one does not wait for the dead one.
            wait_for_receipt(&counts[(kill + 1) % 2]);
            dying.start().unwrap();
            assert_eq!(role(dying).as_deref(), Some("front"));
        }
        stop.store(true, Ordering::Relaxed);
        voters.into_iter().flat_map(|voter| voter.join().unwrap()).collect()
    });
    assert_eq!(role(&first).as_deref(), Some("sequencer"));

    // The rest of the election goes through the front, and the sequencer is the other one.
    first.stop().unwrap();
    wait_for_role(&second, "sequencer");
    scene.end(&boards, &receipts);
    second.stop().unwrap();
}
