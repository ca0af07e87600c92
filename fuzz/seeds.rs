//! Writes inputs that the targets may begin with into `corpus`, a folder for each target.

use std::path::Path;
use std::{fs, io};

fn main() -> io::Result<()> {
    for (target, inputs) in elections::fuzz::seeds() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.replace(' ', "_"));
        fs::create_dir_all(&folder)?;
        for (number, input) in inputs.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number}")), input)?;
        }
    }
    Ok(())
}
