//! Which languages there are, and which one a visitor reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use kit::Catalogue;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../assets/languages"]
#[include = "*.json"]
struct Files;

/// The languages of this house: those built in, and those that the operator added or changed.
#[derive(Debug, Clone)]
pub struct Catalogues {
    by_code: BTreeMap<String, Arc<Catalogue>>,
}

impl Default for Catalogues {
    fn default() -> Self {
        Self::built_in()
    }
}

impl Catalogues {
    /// English and the languages that come with the house.
    pub fn built_in() -> Self {
        let mut all = Self {
            by_code: BTreeMap::new(),
        };
        all.by_code
            .insert("en".to_owned(), Arc::new(Catalogue::english()));
        for file in Files::iter() {
            let content = Files::get(&file)
                .map(|file| file.data.into_owned())
                .unwrap_or_default();
            let code = file.trim_end_matches(".json");
            if let Err(error) = all.add(code, &String::from_utf8_lossy(&content)) {
                tracing::error!("The language file {file} cannot be read: {error}");
            }
        }
        all
    }

    /// Adds a language, or replaces it.
    pub fn add(&mut self, code: &str, json: &str) -> Result<(), String> {
        let catalogue = Catalogue::parse(code, json)?;
        self.by_code.insert(code.to_owned(), Arc::new(catalogue));
        Ok(())
    }

    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.by_code.keys().map(String::as_str)
    }

    /// The language of this code, or of its first part (`de-AT` → `de`).
    pub fn find(&self, code: &str) -> Option<&Arc<Catalogue>> {
        let code = code.trim().to_lowercase();
        self.by_code
            .get(&code)
            .or_else(|| self.by_code.get(code.split(['-', '_']).next()?))
    }

    /// The first of the wishes that there is; English if there is none.
    pub fn choose<'a>(&self, wishes: impl IntoIterator<Item = &'a str>) -> Arc<Catalogue> {
        wishes
            .into_iter()
            .find_map(|wish| self.find(wish))
            .cloned()
            .unwrap_or_else(|| Arc::new(Catalogue::english()))
    }

    /// The languages by their own names, for the choice at the foot of a page.
    pub fn names(&self) -> Vec<ui::Language> {
        let own_name = |code: &str| match code {
            "en" => "English".to_owned(),
            "de" => "Deutsch".to_owned(),
            "fr" => "Français".to_owned(),
            "es" => "Español".to_owned(),
            "nl" => "Nederlands".to_owned(),
            other => other.to_owned(),
        };
        self.codes()
            .map(|code| ui::Language {
                code: code.to_owned(),
                name: own_name(code),
            })
            .collect()
    }
}

/// The wishes of an `Accept-Language` header, best first. Weights are taken as the order, which is how
/// browsers write them.
pub fn accepted(header: &str) -> impl Iterator<Item = &str> {
    header
        .split(',')
        .filter_map(|part| part.split(';').next())
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
}
