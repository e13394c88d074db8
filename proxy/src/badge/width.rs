//! How wide a text is, by a small table.

/// In tenths of a pixel at 11 pixels, for letters as Verdana and DejaVu Sans have them. The picture
/// stretches its text to the width told here, so that an error shows as a little air at most.
pub(super) fn width(text: &str) -> u32 {
    text.chars().map(of).sum()
}

fn of(character: char) -> u32 {
    match character {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'I' => 34,
        'f' | 't' | 'r' | ' ' | '·' | '(' | ')' | '[' | ']' | '-' | '/' => 44,
        'c' | 's' | 'z' | 'k' | 'v' | 'x' | 'y' => 59,
        'a' | 'b' | 'd' | 'e' | 'g' | 'h' | 'n' | 'o' | 'p' | 'q' | 'u' | '_' => 69,
        '0'..='9' | 'J' | 'L' | 'F' | 'E' | 'T' => 70,
        'm' | 'M' | 'W' | '%' => 108,
        'w' => 90,
        'A'..='Z' => 79,
        ascii if ascii.is_ascii() => 90,
        // Ideographs and the like are as wide as they are high.
        _ => 110,
    }
}

#[cfg(test)]
mod tests {
    use super::width;

    #[test]
    fn wide_letters_are_wider() {
        assert!(width("mmm") > width("aaa") && width("aaa") > width("iii"));
        assert_eq!(width(""), 0);
        assert_eq!(width("likely 19:40 82 %"), width("likely 19:4") + width("0 82 %"));
    }
}
