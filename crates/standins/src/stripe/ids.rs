//! Ids as Stripe writes them: a prefix and random letters. They cannot repeat within a run.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

#[derive(Debug, Default)]
pub struct Ids {
    seed: RandomState,
    made: u64,
}

impl Ids {
    pub fn next(&mut self, prefix: &str) -> String {
        self.with_letters(prefix, 16)
    }

    /// The ids of checkout sessions are long, because who knows one can pay it.
    pub fn long(&mut self, prefix: &str) -> String {
        self.with_letters(prefix, 48)
    }

    fn with_letters(&mut self, prefix: &str, random: usize) -> String {
        self.made += 1;
        // The count makes it unique, the hash unguessable.
        let mut id = format!("{prefix}_1{:0>7}", base62(self.made));
        let mut block = 0_u64;
        while id.len() < prefix.len() + 9 + random {
            let hash = self.seed.hash_one((self.made, block));
            id.push_str(&base62(hash));
            block += 1;
        }
        id.truncate(prefix.len() + 9 + random);
        id
    }
}

fn base62(mut number: u64) -> String {
    let mut letters = Vec::new();
    while number > 0 || letters.is_empty() {
        let at = usize::try_from(number % 62).expect("less than 62");
        letters.push(char::from(LETTERS[at]));
        number /= 62;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_plain(id: &str) -> bool {
        let letters = id.strip_prefix("cus_1").unwrap_or_default();
        !letters.is_empty() && letters.chars().all(|letter| letter.is_ascii_alphanumeric())
    }

    #[test]
    fn ids_have_their_prefix_and_never_repeat() {
        let mut ids = Ids::default();
        let made: std::collections::HashSet<String> = (0..5_000).map(|_| ids.next("cus")).collect();
        assert_eq!(made.len(), 5_000);
        assert!(made.iter().all(|id| is_plain(id) && id.len() == 28));
        assert_eq!(ids.long("cs_test").len(), 64);
    }
}
