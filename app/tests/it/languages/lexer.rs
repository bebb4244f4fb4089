//! The words of a source file, as far as finding its sentences needs them: names, strings and marks, without
//! comments and without modules of tests.

/// One word of a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    Name(String),
    /// A string, as the program sees it.
    Said(String),
    Mark(char),
}

/// All words of a file.
pub fn words(source: &str) -> Vec<Word> {
    let chars: Vec<char> = source.chars().collect();
    let mut lexer = Lexer { chars, at: 0 };
    let mut words = Vec::new();
    while let Some(word) = lexer.next_word() {
        words.push(word);
    }
    without_tests(&words)
}

/// The place behind the bracket that closes the one at `open`.
pub fn behind_group(words: &[Word], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, word) in words.iter().enumerate().skip(open) {
        match word {
            Word::Mark('(' | '[' | '{') => depth += 1,
            Word::Mark(')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    words.len()
}

/// Whether these words come at this place.
pub fn comes(words: &[Word], at: usize, wanted: &str) -> bool {
    let wanted = words_of_pattern(wanted);
    words.get(at..at + wanted.len()) == Some(&wanted[..])
}

fn words_of_pattern(pattern: &str) -> Vec<Word> {
    let chars = pattern.chars().collect();
    let mut lexer = Lexer { chars, at: 0 };
    std::iter::from_fn(|| lexer.next_word()).collect()
}

fn without_tests(words: &[Word]) -> Vec<Word> {
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < words.len() {
        if words[at] == Word::Mark('#') && comes(words, at, "#[cfg(test)]") {
            let open = (at + 7..words.len())
                .find(|at| matches!(words[*at], Word::Mark('{' | ';')))
                .unwrap_or(words.len() - 1);
            at = behind_group(words, open);
        } else {
            kept.push(words[at].clone());
            at += 1;
        }
    }
    kept
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn next_word(&mut self) -> Option<Word> {
        self.skip_blanks();
        let first = self.peek(0)?;
        match first {
            '"' => Some(Word::Said(self.said())),
            'r' | 'b' if self.is_prefixed() => Some(Word::Said(self.prefixed())),
            '\'' => Some(self.quoted()),
            c if c.is_alphanumeric() || c == '_' => {
                let from = self.at;
                self.while_is(|c| c.is_alphanumeric() || c == '_');
                Some(Word::Name(self.chars[from..self.at].iter().collect()))
            }
            c => {
                self.at += 1;
                Some(Word::Mark(c))
            }
        }
    }

    fn while_is(&mut self, fits: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&fits) {
            self.at += 1;
        }
    }

    fn skip_blanks(&mut self) {
        loop {
            self.while_is(char::is_whitespace);
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('/')) => self.while_is(|c| c != '\n'),
                (Some('/'), Some('*')) => self.behind("*/"),
                _ => return,
            }
        }
    }

    fn behind(&mut self, end: &str) {
        let end: Vec<char> = end.chars().collect();
        while self.at < self.chars.len() && !self.chars[self.at..].starts_with(&end) {
            self.at += 1;
        }
        self.at = (self.at + end.len()).min(self.chars.len());
    }

    /// `r"…"`, `r#"…"#`, `b"…"`, `br"…"`.
    fn is_prefixed(&self) -> bool {
        let mut ahead = 1;
        while matches!(self.peek(ahead), Some('r' | '#')) {
            ahead += 1;
        }
        self.peek(ahead) == Some('"') && (ahead < 3 || self.peek(ahead - 1) == Some('#'))
    }

    fn prefixed(&mut self) -> String {
        let is_raw = self.peek(0) == Some('r') || self.peek(1) == Some('r');
        self.while_is(|c| c == 'r' || c == 'b');
        if !is_raw {
            return self.said();
        }
        let hashes = self.at;
        self.while_is(|c| c == '#');
        let end = format!("\"{}", "#".repeat(self.at - hashes));
        self.at += 1;
        let from = self.at;
        self.behind(&end);
        self.chars[from..self.at - end.len()].iter().collect()
    }

    fn said(&mut self) -> String {
        self.at += 1;
        let mut said = String::new();
        while let Some(c) = self.peek(0) {
            self.at += 1;
            match c {
                '"' => break,
                '\\' => said.extend(self.escaped()),
                c => said.push(c),
            }
        }
        said
    }

    fn escaped(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        match c {
            'n' => Some('\n'),
            't' => Some('\t'),
            '0' => Some('\0'),
            '\n' => {
                self.while_is(char::is_whitespace);
                None
            }
            'u' => {
                let from = self.at + 1;
                self.behind("}");
                let digits: String = self.chars[from..self.at - 1].iter().collect();
                u32::from_str_radix(&digits, 16)
                    .ok()
                    .and_then(char::from_u32)
            }
            other => Some(other),
        }
    }

    /// A character, or a lifetime.
    fn quoted(&mut self) -> Word {
        self.at += 1;
        if self.peek(0) == Some('\\') {
            self.at += 2;
            self.behind("'");
        } else if self.peek(1) == Some('\'') {
            self.at += 2;
        }
        Word::Mark('\'')
    }
}

#[test]
fn strings_are_read_as_the_program_sees_them() {
    let source = "fn a<'x>() { b('\\'', \"one \\\n    two\", r#\"a \"b\"\"#); } // \"no\"";
    let said: Vec<Word> = words(source)
        .into_iter()
        .filter(|word| matches!(word, Word::Said(_)))
        .collect();
    let wanted = ["one two", "a \"b\""].map(|said| Word::Said(said.to_owned()));
    assert_eq!(said, wanted);
}
