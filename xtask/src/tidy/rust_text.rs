//! Splits Rust source into code and prose, so that a check reads only what it is about.

/// The same text twice: each copy has spaces in place of the other's characters, so that lines and columns agree.
#[derive(Debug)]
pub(super) struct RustText {
    /// Without comments and the contents of literals.
    pub(super) code: String,
    /// Comments and the contents of literals only.
    pub(super) prose: String,
}

/// What the characters at the current position belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Code,
    LineComment,
    BlockComment(usize),
    Text,
    RawText(usize),
}

impl RustText {
    pub(super) fn parse(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let mut parsed = Self {
            code: String::with_capacity(text.len()),
            prose: String::with_capacity(text.len()),
        };
        let (mut state, mut at) = (State::Code, 0);
        while at < letters.len() {
            let rest = letters.get(at..).unwrap_or_default();
            let (next, length) =
                state.advance(rest, at.checked_sub(1).and_then(|before| letters.get(before)));
            let is_code =
                state == State::Code && !matches!(next, State::LineComment | State::BlockComment(_));
            rest.iter()
                .take(length)
                .for_each(|letter| parsed.push(*letter, is_code));
            (state, at) = (next, at + length);
        }
        parsed
    }

    fn push(&mut self, letter: char, is_code: bool) {
        let blank = if letter == '\n' { '\n' } else { ' ' };
        self.code.push(if is_code { letter } else { blank });
        self.prose.push(if is_code { blank } else { letter });
    }
}

impl State {
    /// The state after the next characters, and how many of them were read.
    fn advance(self, rest: &[char], before: Option<&char>) -> (Self, usize) {
        match (self, rest) {
            (Self::Code, ['/', '/', ..]) => (Self::LineComment, 2),
            (Self::Code, ['/', '*', ..]) => (Self::BlockComment(1), 2),
            (Self::Code, ['"', ..]) => (Self::Text, 1),
            (Self::Code, ['r', '"' | '#', ..])
                if !before.is_some_and(|letter| is_name(*letter) && *letter != 'b') =>
            {
                let hashes = rest.iter().skip(1).take_while(|letter| **letter == '#').count();
                match rest.get(hashes + 1) {
                    Some('"') => (Self::RawText(hashes), hashes + 2),
                    _ => (Self::Code, 1),
                }
            }
            (Self::Code, ['\'', '\\', _, ..]) => (
                Self::Code,
                3 + rest.iter().skip(3).take_while(|letter| **letter != '\'').count(),
            ),
            (Self::Code, ['\'', _, '\'', ..]) => (Self::Code, 3),
            (Self::BlockComment(depth), ['/', '*', ..]) => (Self::BlockComment(depth + 1), 2),
            (Self::BlockComment(1), ['*', '/', ..]) => (Self::Code, 2),
            (Self::BlockComment(depth), ['*', '/', ..]) => (Self::BlockComment(depth - 1), 2),
            (Self::Text, ['\\', _, ..]) => (self, 2),
            (Self::LineComment, ['\n', ..]) | (Self::Text, ['"', ..]) => (Self::Code, 1),
            (Self::RawText(hashes), ['"', after @ ..])
                if after.iter().take_while(|letter| **letter == '#').count() >= hashes =>
            {
                (Self::Code, hashes + 1)
            }
            _ => (self, 1),
        }
    }
}

/// Whether a character may be part of an identifier.
pub(super) fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::RustText;

    #[test]
    fn comments_and_literals_are_separated_from_code() {
        let text = "use a::b; // one 'two\nlet c = \"three \\\" four\"; /* five /* six */ */ let d = '\"'; fn e<'f>() { r#\"seven\"#; }\n";
        let parsed = RustText::parse(text);
        for word in ["one", "two", "three", "four", "five", "six", "seven"] {
            assert!(!parsed.code.contains(word), "{word} in {}", parsed.code);
            assert!(parsed.prose.contains(word), "{word} in {}", parsed.prose);
        }
        for word in ["use a::b;", "let c =", "let d =", "fn e<'f>() {", "}\n"] {
            assert!(parsed.code.contains(word), "{word} in {}", parsed.code);
        }
        assert_eq!(parsed.code.lines().count(), text.lines().count());
    }
}
