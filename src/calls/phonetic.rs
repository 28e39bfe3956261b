//! How an ID is read out and read back: group by group, each character as a word.

/// The words of the letters, in their order (ICAO spelling alphabet).
const LETTERS: [&str; 26] = [
    "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima",
    "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "X-ray",
    "Yankee", "Zulu",
];

/// The words of the digits, in their order.
const DIGITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/// The characters of Microsoft's product codes. That license key pack IDs have only these is nowhere written, so others
/// are worth a second look and never refused.
const USUAL: &str = "BCDFGHJKMPQRTVWXY2346789";

/// A character as it is said; other characters stay as they are.
fn word(character: char) -> String {
    let upper = character.to_ascii_uppercase();
    let place = |first: char| usize::try_from(u32::from(upper).wrapping_sub(u32::from(first))).unwrap_or(usize::MAX);
    LETTERS
        .get(place('A'))
        .or_else(|| DIGITS.get(place('0')))
        .map_or_else(|| character.to_string(), |word| (*word).to_owned())
}

/// A group as it is read back: `BC2DF: Bravo Charlie two Delta Foxtrot`.
pub fn spoken(group: &str) -> String {
    group.chars().map(word).collect::<Vec<_>>().join(" ")
}

/// The characters of an ID that Microsoft’s product codes do not have, each once: perhaps heard wrong.
pub fn unusual(id: &str) -> String {
    let mut found: Vec<char> = id.chars().filter(|c| !USUAL.contains(*c)).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(String::from).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_group_by_group() {
        assert_eq!(spoken("BC2DF"), "Bravo Charlie two Delta Foxtrot");
        assert_eq!(spoken("X9Z0A"), "X-ray nine Zulu zero Alfa");
        assert_eq!(spoken("é-"), "é -");
    }

    #[test]
    fn characters_that_are_easily_heard_wrong_are_named_once() {
        assert_eq!(unusual("BCDFG"), "");
        assert_eq!(unusual("O0BO5"), "0 5 O");
    }
}
