//! Lists of voters: every bad line is named, and nothing is dropped.

use tabella::authority::election_file::Draft;
use tabella::registrar::voter_list::{self, ListedVoter};
use tabella_board::key::LogKey;
use tabella_board::origin::Origin;

use crate::scene::{authority_key, election_file};

fn read(list: &[u8]) -> Result<Vec<ListedVoter>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("election.toml");
    let log = LogKey::from_seed(Origin::parse("vote.example.org/e").unwrap(), &[3; 32]);
    std::fs::write(&path, election_file(&log.verifier().to_string())).unwrap();
    let election = Draft::read(&path, &authority_key()).unwrap().election;
    let path = folder.path().join("voters.csv");
    std::fs::write(&path, list).unwrap();
    let place = format!("{}/", folder.path().display());
    voter_list::read(&path, &election).map_err(|faults| faults.to_string().replace(&place, ""))
}

fn voter(id: &str, weight: u64, style: u64) -> ListedVoter {
    ListedVoter { id: id.to_owned(), weight, style }
}

#[test]
fn a_list_is_read_in_any_order_of_its_columns() {
    let expected = vec![voter("1, Ada", 1, 0), voter("Łucja", 12, 1)];
    assert_eq!(read("id,weight,style\n\"1, Ada\",1,all\nŁucja,12,guests\n".as_bytes()).unwrap(), expected);
    assert_eq!(
        read("\u{feff}style,id,weight\r\nall,\"1, Ada\",1\r\n guests , Łucja , 12".as_bytes()).unwrap(),
        expected
    );
    assert_eq!(read("id;weight;style\n1, Ada;1;all\nŁucja;12;guests\n".as_bytes()).unwrap(), expected);
}

#[test]
fn all_mistakes_are_told_together() {
    let list = b"id,weight,style\n1,1,all\n2,0,all\n3,1,alle\n1,1,guests\n,1,all\n4,1\n5,x,all\n\xff,1,all\n\"6\n6\",1,all\n7,1,all\n";
    let told = read(list).unwrap_err();
    assert_eq!(
        told,
        "\
voters.csv has 8 mistakes; nothing was done:
  line 3: the weight “0” is no whole number from 1 on
  line 4: there is no style “alle”; the styles are “all”, “guests”
  line 5: the id “1” stands on line 2 already
  line 6: the id is empty
  line 7: 3 columns are needed, and there are 2
  line 8: the weight “x” is no whole number from 1 on
  line 9: the line is not UTF-8 text
  line 10: the id has more than 200 bytes, or a control character"
    );
}

#[test]
fn what_is_no_list_is_refused() {
    for (list, told) in [
        ("", "line 1: the header must name the columns id, weight and style, and no others; it is “”"),
        ("1,1,all\n", "it is “1,1,all”"),
        ("id,weight\n1,1\n", "it is “id,weight”"),
        ("id,weight,style,name\n1,1,all,Ada\n", "it is “id,weight,style,name”"),
        ("id,id,style\n1,1,all\n", "it is “id,id,style”"),
        ("id,weight,style\n", "it names no voter"),
        ("id,weight,style\n1,1099511627776,all\n2,1,all\n", "all weights together are 1099511627777"),
    ] {
        let found = read(list.as_bytes()).unwrap_err();
        assert!(found.contains(told), "{list}: {found}");
    }
}
