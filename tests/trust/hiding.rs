//! The board withholds what it has. It signs nothing false: what a program can say is that it does not get what it needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::finding::{Finding, Proof, assert_table};
use crate::front::{Answer, Conduct, Request, honest};
use crate::scene::{Scene, refused, run};

/// Behaves, but answers these requests so.
fn except(base: &str, is_meant: impl Fn(&Request) -> bool + Send + Sync + 'static, answer: Answer) -> Conduct {
    let honest = honest(base);
    Arc::new(move |request| if is_meant(request) { answer.clone() } else { honest(request) })
}

#[test]
fn what_is_withheld_is_missed_by_whoever_needs_it() {
    let scene = Scene::open();
    let base = scene.election.server.base();
    let way = scene.front();
    let voter = scene.voter(0, &way);
    voter.vote("pear").unwrap();

    // Her ballot is looked up in the record, and not where the server says.
    way.behave(except(&base, |request| request.path.contains("/ballots/"), Answer::problem(404, "tracker_unknown")));
    let told = run(&voter, &["track"]).done().unwrap();
    assert!(told.contains("The server does not say whether"), "{told}");
    way.behave(except(&base, |request| request.path.contains("/entries/"), Answer::problem(404, "entry_unknown")));
    let told = refused(run(&voter, &["track"]));
    assert!(told.contains("entry_unknown"), "{told}");
    way.behave(except(&base, |request| request.path.contains("/voters/"), Answer::problem(404, "voter_unknown")));
    let unknown = refused(run(&voter, &["track"]));
    assert!(unknown.contains("voter_unknown"), "{unknown}");

    // Without its tiles nothing is believed.
    way.behave(except(&base, |request| request.path.contains("/tile/"), Answer::problem(404, "not_found")));
    let told = refused(scene.mirror(&way));
    assert!(told.contains("has no tile/entries/000"), "{told}");
    refused(scene.follow(&way));
    let follower = scene.evidence(&scene.follower());

    // A ballot is taken by nobody.
    way.behave(except(&base, Request::is_post, Answer::problem(503, "busy")));
    let told = refused(run(&voter, &["vote", "--choose", "question=plum", "--yes", "--patience", "0"]));
    assert!(told.contains("busy"), "{told}");
    let counted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&counted);
    let pass = honest(&base);
    way.behave(Arc::new(move |request| {
        count.fetch_add(usize::from(request.is_post()), Ordering::Relaxed);
        pass(request)
    }));
    let told = run(&voter, &["vote", "--choose", "question=plum", "--yes"]).done().unwrap();
    assert!(told.contains("2 of 2"), "{told}");
    assert_eq!(counted.load(Ordering::Relaxed), 1);

    let say = |lie, who, when, said: &str| Finding { lie, who, when, said: said.to_owned(), proof: Proof::None };
    assert_table(
        "What is withheld",
        &[
            say(
                "does not say what became of a ballot",
                "the voter",
                "when she looks for it",
                "whether it was replaced is unknown; that it is there, the record shows",
            ),
            say(
                "denies a ballot that it has",
                "the voter",
                "when she looks for it",
                "`entry_unknown`; her receipt stands",
            ),
            say("denies a voter", "the voter", "when she looks for her ballot", "`voter_unknown`"),
            say(
                "does not give the tiles",
                "whoever reads the record",
                "at once",
                "that they are missing; nothing is believed without them",
            ),
            Finding {
                lie: "does not give the tiles",
                who: "whoever follows the board",
                when: "when that lasts",
                said: format!("{}; that this is no proof of a lie", follower.0),
                proof: follower.1,
            },
            say(
                "takes no ballot",
                "the voter",
                "at once",
                "that nothing was cast; the same ballot is sent when she tries again",
            ),
        ],
    );
}
