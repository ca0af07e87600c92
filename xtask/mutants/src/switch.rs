//! Written to the end of each crate that has mutants: which mutant is on, and which ones are met.

#[doc(hidden)]
pub mod mutant_switch {
    use std::fs::File;
    use std::io::Write;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Mutex, OnceLock};

    struct Switch {
        on: Option<u32>,
        met: Option<(Mutex<File>, Vec<AtomicBool>)>,
    }

    static SWITCH: OnceLock<Switch> = OnceLock::new();

    fn read() -> Switch {
        let on = std::env::var("TABELLA_MUTANT").ok().and_then(|number| number.parse().ok());
        let file = std::env::var_os("TABELLA_MUTANTS_MET")
            .and_then(|path| File::options().create(true).append(true).open(path).ok());
        let met = file.map(|file| (Mutex::new(file), (0..20_000).map(|_| AtomicBool::new(false)).collect()));
        Switch { on, met }
    }

    pub fn is(number: u32) -> bool {
        let switch = SWITCH.get_or_init(read);
        if let Some((file, met)) = &switch.met
            && !met[number as usize].load(Ordering::Relaxed)
            && !met[number as usize].swap(true, Ordering::Relaxed)
        {
            let _ = writeln!(file.lock().unwrap(), "{number}");
        }
        switch.on == Some(number)
    }
}
