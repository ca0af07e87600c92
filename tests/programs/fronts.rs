//! Two servers for one board, which are killed in turn while ballots arrive through both. Tests specs/board.md#office.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tabella_client::remote::Remote;
use tabella_town::plan::Plan;
use tabella_town::postgres::Cluster;
use tabella_town::server::Server;

use crate::plans::open;
use crate::server_killed::{Receipt, assert_numbered_once, poll, vote, wait_for_receipt};

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
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start().unwrap();
    let database = cluster.address_with_password(&cluster.new_database().unwrap());
    let (mut election, codes) = open(folder.path(), Plan::orchard(VOTERS, 1, 1).stored_in(database));
    election.server.stop().unwrap();
    let plentiful = ["--votes-per-hour", "1000000", "--posts-per-minute", "1000000"];
    let board = election.server.folder().to_owned();
    let mut first = election.server.at_same_address(&board).unwrap().with(&plentiful);
    let mut second = first.colleague().unwrap();
    first.start().unwrap();
    second.start().unwrap();
    wait_for_role(&first, "sequencer");
    wait_for_role(&second, "front");

    let record = board.join("orchard/record");
    let poll = poll(&record);
    let remotes = [&first, &second].map(|server| {
        let address = format!("{}/orchard", server.base());
        Remote::new(address.parse().unwrap(), Duration::from_secs(120))
    });
    let (counts, stop) = ([AtomicUsize::new(0), AtomicUsize::new(0)], AtomicBool::new(false));
    let receipts: Vec<Receipt> = std::thread::scope(|scope| {
        let voters: Vec<_> = codes
            .iter()
            .zip(1..)
            .map(|(code, number)| {
                let through = usize::from(number) % 2;
                let (remote, count) = (&remotes[through], &counts[through]);
                let (poll, stop) = (&poll, &stop);
                scope.spawn(move || vote(poll, remote, code, number, count, stop))
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

    // The rest of the election goes through the front.
    first.stop().unwrap();
    wait_for_role(&second, "sequencer");
    election.server.start().unwrap();
    assert_eq!(role(&election.server).as_deref(), Some("front"));
    election.close().unwrap();
    election.decrypt(&[0]).unwrap();
    election.publish().unwrap();
    assert_eq!(election.verify().unwrap().status, Some(0));
    assert_numbered_once(&record, &receipts);
    election.server.stop().unwrap();
    second.stop().unwrap();
}
