//! Finding ballots and voters. Tests specs/server.md#ballot and #voter.

use serde_json::{Value, json};
use tabella_board::entry::Entry;
use tabella_election::Kind;
use tabella_election::message::{Keys, Open, Roll, Signed};
use tabella_election::text::Tracker;
use tabella_record::opening::OpeningView;

use crate::host::Host;
use crate::play::{Play, entry};

fn post(play: &Play, kind: Kind, payload: &[u8]) -> Value {
    play.post(kind, payload).good()["index"].clone()
}

fn found(play: &Play, tracker: Tracker) -> Value {
    play.web.get(&play.path(&format!("ballots/{tracker}"))).good()
}

#[test]
fn a_ballot_knows_what_became_of_it() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", 2);
    let (challenge, challenged) = play.challenge(0, 1);
    let (first, replaced) = play.ballot(0, 0, None, 2);
    let (second, latest) = play.ballot(0, 1, Some(replaced), 3);
    let challenge = post(&play, Kind::Challenge, &challenge);
    let first = post(&play, Kind::Ballot, &first);

    let voter = play.fingerprint(0).to_string();
    let alone = json!({ "tracker": replaced.to_string(), "index": first, "kind": "ballot", "credential": voter,
        "standing": "latest", "ballot": 1, "of": 1, "replaced_by": null });
    assert_eq!(found(&play, replaced), alone);
    let second = post(&play, Kind::Ballot, &second);
    let superseded = json!({ "tracker": replaced.to_string(), "index": first, "kind": "ballot", "credential": voter,
        "standing": "superseded", "ballot": 1, "of": 2, "replaced_by": latest.to_string() });
    assert_eq!(found(&play, replaced), superseded);
    let replacing = found(&play, latest);
    assert_eq!(
        (&replacing["standing"], &replacing["ballot"], &replacing["of"]),
        (&json!("latest"), &json!(2), &json!(2))
    );
    let opened = found(&play, challenged);
    assert_eq!(
        (&opened["standing"], &opened["kind"], &opened["ballot"]),
        (&json!("challenged"), &json!("challenge"), &json!(0))
    );

    let seen = server.web.get(&play.path(&format!("voters/{voter}"))).good();
    let ballots = json!([{ "tracker": replaced.to_string(), "index": first }, { "tracker": latest.to_string(), "index": second }]);
    assert_eq!((&seen["ballots"], &seen["weight"], &seen["style"]), (&ballots, &json!(1), &json!(0)));
    assert_eq!(seen["challenges"], json!([{ "tracker": challenged.to_string(), "index": challenge }]));
    let other = server.web.get(&play.path(&format!("voters/{}", play.fingerprint(1)))).good();
    assert_eq!((&other["ballots"], &other["challenges"]), (&json!([]), &json!([])));
}

#[test]
fn the_opening_is_what_the_entries_say() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let mut play = Play::open(&host, &server.web, "e", 2);
    let opening = server.web.get(&play.path("opening")).good();
    let view: OpeningView = serde_json::from_value(opening.clone()).unwrap();
    let payload = |index: &Value| Entry::parse(&entry(&host.record("e"), index.as_u64().unwrap())).unwrap().payload;
    let board = play.read();
    let claim = view.claim(board.election().id()).unwrap();
    let open = Signed::<Open>::decode(&payload(&opening["open"])).unwrap();
    let confirmations: Vec<Signed<Keys>> = opening["keys"]["qualified"]
        .as_array()
        .unwrap()
        .iter()
        .map(|qualified| Signed::decode(&payload(&qualified["entry"])).unwrap())
        .collect();
    let keys = claim.judge(board.election(), &open, &confirmations).unwrap();
    assert_eq!(keys, board.poll().unwrap().keys().slot_keys());
    let chunk = Signed::<Roll>::decode(&payload(&opening["roll"]["chunks"][0]["entry"])).unwrap();
    for voter in board.roll().voters() {
        assert_eq!(view.chunk_of(&voter.credential), opening["roll"]["chunks"][0]["entry"].as_u64());
        assert_eq!(claim.voter(board.election(), &chunk, &voter.credential).unwrap().as_ref(), Some(voter));
    }
}

#[test]
fn what_people_type_is_understood() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", 1);
    let (ballot, tracker) = play.ballot(0, 0, None, 1);
    post(&play, Kind::Ballot, &ballot);
    let typed = tracker.to_string().to_lowercase().replace('-', "%20");
    assert_eq!(server.web.get(&format!("/e/ballots/{typed}")).good(), found(&play, tracker));
}

#[test]
fn lookups_outlive_the_process() {
    let host = Host::new(&["e"]);
    let server = host.start();
    let play = Play::open(&host, &server.web, "e", 1);
    let (ballot, tracker) = play.ballot(0, 0, None, 1);
    post(&play, Kind::Ballot, &ballot);
    let (before, status) = (found(&play, tracker), play.status());
    server.stop().unwrap();
    let server = host.start();
    let play = play.moved_to(&server.web);
    assert_eq!(found(&play, tracker), before);
    assert_eq!(play.status(), status);
    let voter = server.web.get(&play.path(&format!("voters/{}", play.fingerprint(0)))).good();
    assert_eq!(voter["ballots"][0]["tracker"], tracker.to_string());
}
