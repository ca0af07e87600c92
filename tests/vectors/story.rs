//! One election from its manifest to its end, with voters and trustees of glass before a board of production code.

use std::collections::BTreeMap;
use std::iter::zip;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tabella_crypto::group::{Point, Scalar, encode_point};
use tabella_crypto::qualified::ElectionKeys;
use tabella_election::message::{
    Ballot, Challenge, Close, ContestResult, Final, Open, Prefix, Roll, Share, TallyResult, Voter, encode,
};
use tabella_election::text::Tracker;
use tabella_election::{ElectionId, EncodedPoint, EncodedScalar, Hash, Kind, Signature};

use crate::answer::Answer;
use crate::file::{hex, points};
use crate::glass::ballot::{Draft, Masks, Opening, Proof, Style, Vote};
use crate::glass::coordinates::coordinates;
use crate::glass::decryption::{Decryption, decrypt};
use crate::manifest::{Plan, authority_key, registrar_key, trustee_key};
use crate::play::{Ceremony, Script};
use crate::question::{Question, contests_json, shape};
use crate::scene::Scene;
use crate::source::Source;
use crate::tally::{CountedGroup, counted_groups, statement};

/// An answer to each question of a style.
pub type Answers = Vec<Answer>;

/// What differs between the stories.
pub struct Plot {
    pub script: Script,
    /// As (style, weight), in the order in which the story names them.
    pub voters: Vec<(u64, u64)>,
    /// A voter who checks a ballot, before the close, and never casts it.
    pub checked: (usize, Answers),
}

/// The election up to its opening, which all that happens afterwards shares.
pub struct Opened {
    pub plan: Plan,
    pub keys_hash: [u8; 32],
    pub secret_shares: BTreeMap<u64, Vec<Scalar>>,
    pub keys: std::sync::Arc<ElectionKeys>,
    pub scene: Scene,
    pub voters: Vec<StoryVoter>,
    checked: (usize, Answers),
}

#[derive(Clone, Copy)]
pub struct StoryVoter {
    pub kappa: Scalar,
    pub style: u64,
    pub weight: u64,
}

/// An accepted ballot with everything about it.
#[derive(Clone)]
pub struct Cast {
    pub voter: StoryVoter,
    pub vote: Vote,
    pub slots: Vec<i64>,
    pub r: Point,
    pub ciphertexts: Vec<Point>,
    pub credential: [u8; 32],
    pub tracker: [u8; 20],
    pub leaf_hash: Hash,
}

/// What happened after the opening.
pub struct Told {
    pub opened: &'static Opened,
    pub ballots: Vec<Cast>,
    pub close: Hash,
    pub groups: Vec<CountedGroup>,
    /// After `close`, without shares.
    pub closed: Scene,
    pub decryptions: Vec<Decryption>,
    pub totals: Vec<Option<u64>>,
    pub finished: Scene,
}

impl StoryVoter {
    pub fn credential(&self) -> [u8; 32] {
        encode_point(&Point::mul_base(&self.kappa))
    }
}

impl Opened {
    pub fn new(plot: Plot) -> Self {
        let Plot { script, voters, checked } = plot;
        let Ceremony { mut scene, secret_shares, .. } = script.play();
        let keys = scene.board.ceremony().keys().unwrap().clone();
        let mut source = Source::new(&format!("voters of {}", script.name));
        let voter = |(style, weight)| StoryVoter { kappa: source.scalar(), style, weight };
        let voters: Vec<StoryVoter> = voters.into_iter().map(voter).collect();
        register(&mut scene, &voters);
        let roll = scene.board.roll().hash(&ElectionId(scene.election()));
        let body =
            Open { election: ElectionId(scene.election()), anchor: scene.log.anchor(), keys: Hash(keys.hash()), roll };
        scene.sign(body, &authority_key());
        Self { plan: script.plan, keys_hash: keys.hash(), secret_shares, keys, scene, voters, checked }
    }

    /// The `setup` of the files.
    pub fn setup(&self) -> Value {
        json!({
            "election": hex(self.scene.election()), "contests": contests_json(&self.plan.contests), "styles": self.plan.styles,
            "keys": points(self.keys.slot_keys()),
        })
    }

    pub fn questions(&self, style: u64) -> Vec<Question> {
        self.plan.styles[style as usize].iter().map(|contest| self.plan.contests[*contest as usize].clone()).collect()
    }

    pub fn style(&self, index: u64) -> Style {
        let election = self.scene.board.election();
        let slots = election.style_slots(election.style(index).unwrap());
        Style {
            election: self.scene.election(),
            index,
            shape: shape(&self.questions(index)),
            keys: slots.map(|slot| self.keys.slot_keys()[slot - 1]).collect(),
        }
    }

    pub fn coordinates(&self, style: u64, answers: &Answers) -> Vec<u64> {
        let questions = self.questions(style);
        assert_eq!(questions.len(), answers.len());
        zip(&questions, answers).flat_map(|(question, answer)| coordinates(question, *answer)).collect()
    }

    /// The prefix of a payload.
    pub fn prefix(&self, style: u64, vote: &Vote, draft: &Draft) -> Prefix {
        let election = self.scene.board.election();
        let mut rest = draft.ciphertexts.iter();
        let mut take = |contest: &u64| {
            let count = election.contest_slots(*contest).len();
            let bytes: Vec<u8> = rest.by_ref().take(count).flat_map(encode_point).collect();
            (*contest, bytes.into())
        };
        Prefix {
            credential: EncodedPoint(draft.credential),
            link: vote.link.map(Tracker),
            r: EncodedPoint(encode_point(&draft.r)),
            contests: self.plan.styles[style as usize].iter().map(&mut take).collect(),
            b: EncodedPoint(encode_point(&draft.b)),
        }
    }

    pub fn ballot(&self, style: u64, vote: &Vote, draft: &Draft, proof: &Proof) -> Ballot {
        Ballot { prefix: self.prefix(style, vote, draft), proof: proof.bytes.clone().into() }
    }

    pub fn challenge(&self, style: u64, vote: &Vote, draft: &Draft, opening: &Opening) -> Challenge {
        Challenge {
            prefix: self.prefix(style, vote, draft),
            opening: vote.coordinates.clone(),
            r_opened: EncodedScalar(vote.r.to_bytes()),
            signature: Signature(opening.signature),
        }
    }

    /// Casts ballots, closes, decrypts with the shares of some trustees, publishes, ends.
    pub fn tell(&'static self, label: &str, votes: &[(usize, Answers)], sharers: &[u64]) -> Told {
        let mut source = Source::new(label);
        let mut scene = self.scene.clone();
        let mut ballots: Vec<Cast> = Vec::new();
        for (voter, answers) in votes {
            let voter = self.voters[*voter];
            let head = ballots.iter().rev().find(|cast| cast.credential == voter.credential());
            let cast = self.cast(&mut scene, &mut source, voter, answers, head.map(|cast| cast.tracker));
            ballots.push(cast);
        }
        self.check_one(&mut scene, &mut source);

        let body = Close {
            election: ElectionId(scene.election()),
            anchor: scene.log.anchor(),
            ballots: ballots.len() as u64,
            last: scene.last(),
        };
        let close = scene.sign(body, &authority_key());
        let closed = scene.clone();
        let groups = counted_groups(self, &ballots);
        let counted = closed.board.tally().unwrap().counted().hash;
        let decryptions = self.share(&mut scene, &mut source, &groups, counted, sharers);

        let totals = totals(self, &groups, &ballots);
        let body = TallyResult {
            election: ElectionId(scene.election()),
            anchor: scene.log.anchor(),
            counted,
            contests: results(self, &totals),
        };
        let result = scene.sign(body, &authority_key());
        let body = Final { election: ElectionId(scene.election()), anchor: scene.log.anchor(), result };
        scene.sign(body, &authority_key());
        Told { opened: self, ballots, close, groups, closed, decryptions, totals, finished: scene }
    }

    fn cast(
        &self,
        scene: &mut Scene,
        source: &mut Source,
        voter: StoryVoter,
        answers: &Answers,
        link: Option<[u8; 20]>,
    ) -> Cast {
        let style = self.style(voter.style);
        let vote = Vote::draw(source, voter.kappa, link, self.coordinates(voter.style, answers));
        let draft = style.draft(&vote);
        let masks = Masks::draw(source, &style.shape);
        let ballot = self.ballot(voter.style, &vote, &draft, &style.prove(&vote, &draft, &masks));
        let leaf_hash = scene.submit(Kind::Ballot, &encode(&ballot));
        let head = scene.board.voting().unwrap().head(&EncodedPoint(draft.credential)).unwrap();
        assert_eq!(head.tracker.0, draft.tracker());
        Cast {
            voter,
            tracker: draft.tracker(),
            slots: draft.slots,
            r: draft.r,
            ciphertexts: draft.ciphertexts,
            credential: draft.credential,
            vote,
            leaf_hash,
        }
    }

    fn check_one(&self, scene: &mut Scene, source: &mut Source) {
        let (voter, answers) = (self.voters[self.checked.0], &self.checked.1);
        let style = self.style(voter.style);
        let vote = Vote::draw(source, voter.kappa, None, self.coordinates(voter.style, answers));
        let draft = style.draft(&vote);
        let opening = style.challenge(&vote, &draft, &source.scalar());
        scene.submit(Kind::Challenge, &encode(&self.challenge(voter.style, &vote, &draft, &opening)));
    }

    fn share(
        &self,
        scene: &mut Scene,
        source: &mut Source,
        groups: &[CountedGroup],
        counted: Hash,
        sharers: &[u64],
    ) -> Vec<Decryption> {
        let statement = statement(self, groups, counted.0);
        let anchor = scene.log.anchor();
        let mut decryptions = Vec::new();
        for trustee in sharers {
            let shares = &self.secret_shares[trustee];
            let slots = statement.groups.iter().flat_map(|group| &group.slots);
            let secrets: Vec<Scalar> = slots.map(|slot| shares[slot - 1]).collect();
            let decryption = decrypt(&statement, *trustee, &secrets, &source.scalars(statement.groups.len()));
            scene.sign(self.share_body(counted, &decryption, anchor.clone()), &trustee_key(*trustee));
            decryptions.push(decryption);
        }
        decryptions
    }

    /// `anchor` is the checkpoint right after `close`.
    pub fn share_body(&self, counted: Hash, decryption: &Decryption, anchor: String) -> Share {
        Share {
            election: ElectionId(self.scene.election()),
            keys: Hash(self.keys_hash),
            counted,
            trustee: decryption.trustee,
            decryption: decryption.points.clone().into(),
            proof: decryption.proof.clone().into(),
            anchor,
        }
    }
}

impl Told {
    /// After the shares of these trustees, in the order in which they were sent.
    pub fn shared(&self, trustees: &[u64]) -> Scene {
        let mut scene = self.closed.clone();
        let counted = scene.board.tally().unwrap().counted().hash;
        for decryption in self.decryptions.iter().filter(|decryption| trustees.contains(&decryption.trustee)) {
            let body = self.opened.share_body(counted, decryption, self.closed.log.anchor());
            scene.sign(body, &trustee_key(decryption.trustee));
        }
        scene
    }
}

/// A first revision without voters, then all of them in two chunks.
fn register(scene: &mut Scene, voters: &[StoryVoter]) {
    let election = ElectionId(scene.election());
    let mut listed: Vec<Voter> = voters
        .iter()
        .map(|voter| Voter { credential: EncodedPoint(voter.credential()), weight: voter.weight, style: voter.style })
        .collect();
    listed.sort_by_key(|voter| voter.credential);
    let (first, second) = listed.split_at(5);
    let mut previous = Hash([0; 32]);
    for (revision, chunk, chunks, voters) in [(1, 1, 1, &[][..]), (2, 1, 2, first), (2, 2, 2, second)] {
        let body = Roll { election, revision, chunk, chunks, voters: voters.to_vec(), previous };
        previous = if chunk < chunks { body_hash(&body) } else { Hash([0; 32]) };
        scene.sign(body, &registrar_key());
    }
}

/// What the next chunk of the roll names as the one before.
pub fn body_hash(chunk: &Roll) -> Hash {
    Hash(Sha256::digest(encode(chunk)).into())
}

/// The totals of all slots, known from the votes; nothing where they are withheld.
fn totals(opened: &Opened, groups: &[CountedGroup], ballots: &[Cast]) -> Vec<Option<u64>> {
    let mut totals = vec![None; opened.keys.slot_keys().len()];
    let heads = crate::tally::heads(ballots);
    for group in groups.iter().filter(|group| group.state != "withheld") {
        for slot in &group.slots {
            let of_ballot =
                |cast: &&Cast| cast.voter.weight * crate::tally::slot_value(opened, cast, *slot).unwrap_or(0);
            totals[slot - 1] = Some(heads.iter().map(of_ballot).sum());
        }
    }
    totals
}

/// The totals by contest.
pub fn results(opened: &Opened, totals: &[Option<u64>]) -> Vec<ContestResult> {
    let mut rest = totals.iter().copied();
    let mut result = |question: &Question| {
        // All of them are taken, whatever is withheld.
        let own: Vec<Option<u64>> = rest.by_ref().take(question.slots()).collect();
        own.into_iter().collect::<Option<Vec<u64>>>().map_or(ContestResult::Withheld, ContestResult::Totals)
    };
    opened.plan.contests.iter().map(&mut result).collect()
}
