//! Files as they were published.

use super::*;

const AMSTERDAM: &[u8] = include_bytes!("../../../tests/data/pabulib/Netherlands_Amsterdam_643.pb");
const GDYNIA: &[u8] = include_bytes!("../../../tests/data/pabulib/Poland_Gdynia_2022_Srodmiescie__small.pb");
const KATOWICE: &[u8] = include_bytes!("../../../tests/data/pabulib/Poland_Katowice_2021_Zawodzie.pb");
const KRAKOW: &[u8] = include_bytes!("../../../tests/data/pabulib/Poland_Krakow_2018_Krowodrza.pb");

#[test]
fn counting_the_votes_gives_the_published_totals() {
    for (file, title, options, voters, rule) in [
        (AMSTERDAM, "Buurtbudget Sloterdijk", 3, 66, choice(1, 1)),
        (GDYNIA, "Local PB in Gdynia, Śródmieście | small", 8, 868, choice(1, 3)),
        (KATOWICE, "District PB in Katowice, Zawodzie", 7, 1_367, Rule::Score { most: 3, min: 1, max: 3 }),
        (KRAKOW, "District PB in Kraków, Krowodrza", 24, 2_113, Rule::Positional { min: 3, weights: vec![3, 2, 1] }),
    ] {
        let file = read_bytes(file).unwrap();
        assert_eq!(file.title, title);
        assert_eq!((file.options.len(), file.votes.len()), (options, voters), "{title}");
        assert_eq!((&file.rule, &file.beyond[..]), (&rule, &[][..]), "{title}");
        crate::votes::tests::assert_consistent(&file);
        let published: Vec<u64> = file.options.iter().map(|option| option.published.unwrap()).collect();
        let voters: Vec<u64> = file.options.iter().map(|option| option.published_voters.unwrap()).collect();
        assert_eq!(file.totals().unwrap(), published, "{title}");
        assert_eq!(file.voters(), voters, "{title}");
    }
}

#[test]
fn a_vote_of_each_file_is_as_it_stands_there() {
    let katowice = read_bytes(KATOWICE).unwrap();
    let index = |id: &str| katowice.options.iter().position(|option| option.id == id).unwrap();
    let mut points = vec![0; 7];
    points[index("L3/03/VIII")] = 2;
    points[index("L3/02/VIII")] = 1;
    assert_eq!(*katowice.votes[0], Vote::Points(points), "1400842274;L3/03/VIII,L3/02/VIII;2,1");

    let krakow = read_bytes(KRAKOW).unwrap();
    let index = |id: &str| krakow.options.iter().position(|option| option.id == id).unwrap();
    let ranks = ["6", "13", "14"].map(|id| BTreeSet::from([index(id)]));
    assert_eq!(*krakow.votes[0], Vote::Ranking(ranks.to_vec()), "11;6,13,14");
}
