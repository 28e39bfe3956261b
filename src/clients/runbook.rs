//! How the local license of one computer is removed: which steps suit its system, and the script and the .reg file that
//! bear its name. Sources: KB 315262 (what the key is, and what its removal leaves alone), public descriptions of the
//! registry. The session host's own grace period is another matter, and is never touched.

/// The families of systems that need different steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// Windows Vista, Windows Server 2008 and later.
    Later,
    /// Windows 2000, Windows XP and Windows Server 2003.
    Xp,
    /// Windows 95, 98, Me and NT 4.0, whose registry editor reads another kind of file.
    Old,
    /// A thin client, or Windows CE.
    Thin,
    /// A Mac.
    Mac,
    /// Linux.
    Linux,
    /// MS-DOS.
    Dos,
    /// Nobody recorded it, or by a name that says nothing here.
    Unknown,
}

impl Era {
    /// By the family that is recorded.
    pub fn of(family: Option<&str>) -> Era {
        let family = family.unwrap_or_default().to_lowercase();
        let words: Vec<&str> = family.split(|letter: char| !letter.is_alphanumeric()).collect();
        let any = |known: &[&str]| known.iter().any(|one| words.contains(one));
        if any(&["vista"]) {
            Era::Later
        } else if any(&["thin", "ce"]) {
            Era::Thin
        } else if any(&["mac", "macos"]) {
            Era::Mac
        } else if any(&["linux"]) {
            Era::Linux
        } else if any(&["dos"]) {
            Era::Dos
        } else if any(&["95", "98", "me", "nt"]) {
            Era::Old
        } else if any(&["2000", "xp", "2003"]) {
            Era::Xp
        } else if any(&["windows"]) {
            Era::Later
        } else {
            Era::Unknown
        }
    }

    /// Whether the license is in the Windows registry, as far as is known.
    pub fn has_registry(self) -> bool {
        matches!(self, Era::Later | Era::Xp | Era::Old | Era::Unknown)
    }

    /// The steps to read, those of this system first.
    pub fn steps(self) -> Vec<Era> {
        match self {
            Era::Xp => vec![Era::Xp, Era::Later],
            Era::Old => vec![Era::Old, Era::Xp],
            Era::Later | Era::Unknown => vec![Era::Later, Era::Xp],
            Era::Thin | Era::Mac | Era::Linux | Era::Dos => Vec::new(),
        }
    }

    /// The systems that the steps are for.
    pub fn label(self) -> &'static str {
        match self {
            Era::Later => "Windows Vista or later",
            Era::Xp => "Windows 2000, XP or Server 2003",
            Era::Old => "Windows 95, 98, Me or NT 4.0",
            Era::Thin => "Windows CE or thin client",
            Era::Mac => "Mac",
            Era::Linux => "Linux",
            Era::Dos => "MS-DOS",
            Era::Unknown => "System not recorded",
        }
    }
}

/// A computer's name as a script, a .reg file and the name of a file may hold it. Names come from imports and may hold
/// anything; a sign that could end a comment or a text (quotes of any kind, a line's end, `#>`, `$`) never comes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainName {
    /// Letters, digits, `-`, `_` and `.` of ASCII only; others as `_`; 64 at most.
    pub text: String,
    /// Whether the name is exactly this.
    pub is_exact: bool,
}

/// The most letters of a name in a script.
const NAME: usize = 64;

impl PlainName {
    /// Of a client's name.
    pub fn of(name: &str) -> PlainName {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let text: String = name.chars().take(NAME).map(|letter| if plain(letter) { letter } else { '_' }).collect();
        PlainName { is_exact: !text.is_empty() && text == name, text }
    }

    /// The name by which the computer knows itself, without its domain; empty where the name cannot be written here, so
    /// that the script finds no computer to be the one.
    pub fn host(&self) -> &str {
        if self.is_exact { self.text.split('.').next().unwrap_or_default() } else { "" }
    }

    /// A file's name with an ending.
    pub fn file(&self, ending: &str) -> String {
        format!("remove-local-license-{}.{ending}", self.text)
    }
}

const SCRIPT: &str = include_str!("../../templates/clients/remove-local-license.ps1");

/// The PowerShell script that backs the key up and removes the license from the computer of that name. Lines end as
/// Windows wants them.
pub fn script(name: &PlainName, client: i64) -> String {
    let text =
        SCRIPT.replace("@NAME@", &name.text).replace("@CLIENT@", &client.to_string()).replace("@HOST@", name.host());
    // A checkout may give the script either kind of line.
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

/// Keys that a .reg file names. It cannot say "all of them", and the registry editor passes over those that are not
/// there, so it names ten where one or two are usual. `Store` itself stays: people who are no administrators could not
/// make it again.
const KEYS: usize = 10;

/// The .reg file that removes the license. It makes no backup; it says so.
pub fn reg_file(name: &PlainName, client: i64, era: Era) -> String {
    let (head, roots): (&str, &[&str]) = if era == Era::Old {
        ("REGEDIT4", &["SOFTWARE"])
    } else {
        ("Windows Registry Editor Version 5.00", &["SOFTWARE", "SOFTWARE\\WOW6432Node"])
    };
    let mut lines = vec![
        head.to_owned(),
        String::new(),
        format!("; For the computer {} (client {client} in Reseat) alone.", name.text),
        "; Removes its local Terminal Services / Remote Desktop license; HardwareID stays.".to_owned(),
        "; It makes no backup. Export HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\MSLicensing first.".to_owned(),
        "; Keys that are not there are passed over.".to_owned(),
    ];
    for root in roots {
        lines.push(String::new());
        let key = |n| format!("[-HKEY_LOCAL_MACHINE\\{root}\\Microsoft\\MSLicensing\\Store\\LICENSE{n:03}]");
        lines.extend((0..KEYS).map(key));
    }
    lines.push(String::new());
    lines.join("\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_follow_the_system() {
        for (family, era) in [
            ("Windows 2000 Professional or Server", Era::Xp),
            ("Windows XP Home", Era::Xp),
            ("Windows 95, 98 or Me", Era::Old),
            ("Windows NT 4.0", Era::Old),
            ("Windows CE or thin client", Era::Thin),
            ("Mac", Era::Mac),
            ("Linux", Era::Linux),
            ("MS-DOS", Era::Dos),
            ("Windows Vista or later, Professional or higher", Era::Later),
            ("Windows Vista or later, Home", Era::Later),
            ("Windows 11", Era::Later),
            ("OS/2", Era::Unknown),
        ] {
            assert_eq!(Era::of(Some(family)), era, "{family}");
            assert_eq!(era.steps().is_empty(), !era.has_registry(), "{family}");
        }
        assert_eq!(Era::of(None).steps(), [Era::Later, Era::Xp]);
    }

    #[test]
    fn no_name_breaks_out_of_a_comment_a_text_or_a_files_name() {
        for name in [
            "PC\r\nRemove-Item C:\\ -Recurse",
            "PC#> Remove-Item C:\\",
            "PC'; calc; '",
            "PC\u{2019}; calc; \u{2018}",
            "PC\u{201b}x",
            "$(calc)`n\"",
            "a]\r\n[-HKEY_LOCAL_MACHINE\\SOFTWARE]",
            "..\\..\\evil/name\0\u{202e}",
            "PC\u{2028}x\u{85}y",
            "",
            &"x".repeat(300),
        ] {
            let plain = PlainName::of(name);
            assert!(!plain.is_exact && plain.host().is_empty(), "{name:?}");
            assert!(
                plain.text.len() <= 64 && plain.text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
            );
            let (told, usual) = (script(&plain, 7), script(&PlainName::of("PC-0117"), 7));
            assert_eq!(told.lines().count(), usual.lines().count(), "{name:?}");
            assert_eq!(told.matches("#>").count(), 1, "{name:?}");
            assert_eq!(reg_file(&plain, 7, Era::Xp).matches("[-HKEY").count(), 20, "{name:?}");
        }
        let plain = PlainName::of("pc-0188.corp.example");
        assert_eq!(
            (plain.host(), plain.file("reg").as_str()),
            ("pc-0188", "remove-local-license-pc-0188.corp.example.reg")
        );
    }

    #[test]
    fn both_files_name_the_license_alone_and_end_lines_as_windows_does() {
        let name = PlainName::of("PC-0117");
        for text in [script(&name, 7), reg_file(&name, 7, Era::Later), reg_file(&name, 7, Era::Old)] {
            assert!(text.is_ascii() && text.lines().count() > 5);
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
            assert!(text.contains("PC-0117") && !text.contains("GracePeriod"));
        }
        let reg = reg_file(&name, 7, Era::Later);
        assert!(reg.starts_with("Windows Registry Editor Version 5.00\r\n\r\n; For the computer PC-0117"));
        assert!(reg.contains("\r\n[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\MSLicensing\\Store\\LICENSE000]\r\n"));
        assert!(reg.contains(
            "\r\n[-HKEY_LOCAL_MACHINE\\SOFTWARE\\WOW6432Node\\Microsoft\\MSLicensing\\Store\\LICENSE009]\r\n"
        ));
        let keys: Vec<&str> = reg.lines().filter(|line| line.starts_with('[')).collect();
        assert!(keys.len() == 20 && keys.iter().all(|key| key.contains("\\Store\\LICENSE00")));
        let old = reg_file(&name, 7, Era::Old);
        assert!(old.starts_with("REGEDIT4\r\n\r\n;") && !old.contains("WOW6432Node"));
        let script = script(&name, 7);
        assert!(script.contains("$computer = 'PC-0117'\r\n") && script.contains("(client 7 in Reseat)"));
        assert!(["@NAME@", "@HOST@", "@CLIENT@"].iter().all(|gap| !script.contains(gap)));
    }
}
