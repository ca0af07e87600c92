//! Those who have seen the board before it lies: a voter, two observers and the trustee, each on a way of her own.

use tabella_town::election::Voter;

use crate::finding::Finding;
use crate::front::{Front, honest};
use crate::scene::{Scene, folder, refused, run};

pub struct People {
    voter: Voter,
    ways: [Front; 4],
}

impl People {
    /// The voter of number 0 has voted, and all have looked at the board since.
    pub fn who_have_seen(scene: &Scene, voter: Voter, way: Front) -> Self {
        let ways = [way, scene.front(), scene.front(), scene.front()];
        voter.track().unwrap();
        scene.mirror(&ways[1]).done().unwrap();
        scene.follow(&ways[2]).done().unwrap();
        scene.trustee(&ways[3]).done_or_waiting().unwrap();
        Self { voter, ways }
    }

    /// From now on they are shown the board of the server at this address. What do they notice?
    pub fn notice(self, scene: &Scene, lie: &'static str, base: &str, follower_notices: &'static str) -> Vec<Finding> {
        self.ways.iter().for_each(|way| way.behave(honest(base)));
        refused(run(&self.voter, &["track"]));
        refused(scene.mirror(&self.ways[1]));
        refused(scene.follow(&self.ways[2]));
        refused(scene.trustee(&self.ways[3]));
        let notice = |who, when, (said, proof)| Finding { lie, who, when, said, proof };
        vec![
            notice("the voter", "when she comes back", scene.evidence(&scene.home(&self.voter))),
            notice("an observer", "at the next look", scene.evidence(&scene.observer())),
            notice("whoever follows the board", follower_notices, scene.evidence(&scene.follower())),
            notice("the trustee", "before it decrypts", scene.evidence(folder(&scene.election.trustees[0]))),
        ]
    }
}
