//! Form bodies with bracket paths, as Stripe's clients write them: `a[b][0][c]=1&d[]=2`.

use serde_json::{Map, Value};

use super::answer::Refusal;

/// Deeper than anything that Stripe takes, shallow enough for the stack.
const DEEPEST: usize = 10;

/// Reads pairs into a tree: objects, arrays (`[]` or numbered), and texts; nothing is typed yet.
pub fn parse(body: &[u8]) -> Result<Value, Refusal> {
    let mut root = Map::new();
    for (name, text) in url::form_urlencoded::parse(body) {
        let path = segments(&name).ok_or_else(|| {
            Refusal::invalid(format!(
                "Invalid request: the parameter name {name:?} is malformed."
            ))
        })?;
        put(&mut root, &path, text.into_owned());
    }
    Ok(with_arrays(Value::Object(root)))
}

/// `a[b][]` is `a`, `b`, and an empty segment. `None` if brackets do not match.
pub fn segments(name: &str) -> Option<Vec<&str>> {
    let (head, mut rest) = match name.find('[') {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let mut path = vec![head];
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[')?;
        let end = inner.find(']')?;
        path.push(&inner[..end]);
        rest = &inner[end + 1..];
    }
    (!head.is_empty() && path.len() <= DEEPEST).then_some(path)
}

fn put(map: &mut Map<String, Value>, path: &[&str], text: String) {
    let (head, rest) = path.split_first().expect("a path has at least its head");
    let key = if head.is_empty() {
        map.len().to_string()
    } else {
        (*head).to_owned()
    };
    if rest.is_empty() {
        map.insert(key, Value::String(text));
        return;
    }
    let inner = map.entry(key).or_insert_with(|| Value::Object(Map::new()));
    if !inner.is_object() {
        *inner = Value::Object(Map::new());
    }
    put(
        inner.as_object_mut().expect("made an object above"),
        rest,
        text,
    );
}

/// Objects whose keys are all numbers were arrays.
fn with_arrays(value: Value) -> Value {
    let Value::Object(map) = value else {
        return value;
    };
    let mut numbered: Vec<(usize, Value)> = Vec::new();
    for (key, inner) in &map {
        match key.parse() {
            Ok(number) => numbered.push((number, inner.clone())),
            Err(_) => {
                return map
                    .into_iter()
                    .map(|(key, inner)| (key, with_arrays(inner)))
                    .collect();
            }
        }
    }
    if numbered.is_empty() {
        return Value::Object(map);
    }
    numbered.sort_by_key(|(number, _)| *number);
    numbered
        .into_iter()
        .map(|(_, inner)| with_arrays(inner))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn brackets_become_objects_and_arrays_in_order() {
        let body = b"a[b][1][c]=two&a[b][0][c]=one&d[]=x&d[]=y+z&e=%26&m[10]=k&m[9]=j&g=";
        assert_eq!(
            parse(body).unwrap(),
            json!({"a": {"b": [{"c": "one"}, {"c": "two"}]}, "d": ["x", "y z"], "e": "&",
                   "m": ["j", "k"], "g": ""})
        );
    }

    #[test]
    fn malformed_names_are_refused() {
        for body in [
            "a[b=1",
            "[a]=1",
            "a]b[=1",
            "a[1][1][1][1][1][1][1][1][1][1]=1",
        ] {
            assert!(parse(body.as_bytes()).is_err(), "{body} passed");
        }
    }
}
