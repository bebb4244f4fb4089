//! What a client says about itself, and the header line in which it says it.

/// What a client says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    pub name: String,
    pub client: String,
    pub version: String,
}

impl Device {
    /// Nobody signs in without saying what they sign in with.
    pub fn is_described(&self) -> bool {
        ![&self.id, &self.name, &self.client, &self.version]
            .iter()
            .any(|said| said.is_empty())
    }
}

/// The `name="value"` pairs after the scheme, in any order, decoded. `None`: a scheme that is not taken.
pub fn parameters(line: &str, schemes: &[&str]) -> Option<Vec<(String, String)>> {
    let (scheme, rest) = line.trim().split_once(' ')?;
    let is_taken = schemes.iter().any(|one| scheme.eq_ignore_ascii_case(one));
    is_taken.then(|| {
        split_outside_quotes(rest)
            .iter()
            .filter_map(|part| pair(part))
            .collect()
    })
}

/// A comma inside of quotes belongs to the value: `Device="Mara's TV, upstairs"`.
fn split_outside_quotes(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(|sign: char| {
        if sign == '"' {
            is_quoted = !is_quoted;
        }
        sign == ',' && !is_quoted
    })
    .collect()
}

fn pair(part: &str) -> Option<(String, String)> {
    let (name, value) = part.split_once('=')?;
    let value = value.trim();
    let bare = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(value);
    Some((name.trim().to_owned(), decoded(bare)))
}

/// Percent signs and pluses are undone; what is not valid is left as it came.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let byte = match first {
            b'%' => after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()),
            _ => None,
        }
        .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, first) {
            (Some(byte), _) => {
                bytes.push(byte);
                rest = &after[2..];
                continue;
            }
            (None, b'+') => bytes.push(b' '),
            (None, other) => bytes.push(*other),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
