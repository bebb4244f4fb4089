//! What a plan gives on media servers: the section `media` of a plan version. Billing keeps it unread.

use std::collections::BTreeMap;

use kit::id::{GroupId, Id, ServerId};
use kit::stored::stored_words;
use kit::{FieldError, FormErrors, Text, t};
use serde::{Deserialize, Serialize};

use crate::error::MediaError;

/// The section's name in a plan version.
pub const SECTION: &str = "media";

/// What a plan gives on media servers. Fields are only added, each with a default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Entitlements {
    /// Library groups; none means that the plan opens nothing here.
    pub groups: Vec<GroupId>,
    /// The servers it opens, or opens first. Empty: any.
    pub servers: Vec<ServerId>,
    pub targets: Targets,
    pub spread: Spread,
    /// Streams at once over all servers. `None`: no limit.
    pub streams: Option<u32>,
    pub video_transcoding: bool,
    pub four_k_transcoding: bool,
    pub downloads: bool,
    /// `None`: no limit.
    pub downloads_per_week: Option<u32>,
    /// Devices that are signed in, over all servers that count them. `None`: no limit.
    pub devices: Option<u32>,
}

stored_words! {
    /// Whether a member gets one of the plan's servers or all of them.
    #[derive(Default)]
    pub enum Spread {
        #[default]
        One = "one",
        All = "all",
    }
}

stored_words! {
    /// What a plan means by the servers that it names.
    #[derive(Default)]
    pub enum Targets {
        /// These and no others.
        #[default]
        Only = "only",
        /// These if one of them will do, else any.
        First = "first",
    }
}

/// What is wrong with a plan that opens nothing.
pub fn no_groups() -> Text {
    t!("Choose at least one library group: a plan without one opens nothing.")
}

impl Entitlements {
    /// Reads the section. A plan without one gives nothing on media servers.
    pub fn parse(section: Option<&str>) -> Result<Self, MediaError> {
        match section.map(str::trim) {
            None | Some("") => Ok(Self::default()),
            Some(text) => serde_json::from_str(text)
                .map_err(|error| MediaError::Entitlements(error.to_string())),
        }
    }

    pub fn print(&self) -> String {
        serde_json::to_string(self).expect("entitlements have string keys and print as JSON")
    }

    /// Whether the plan opens anything on media servers.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The same libraries without any limit: for permanent members.
    #[must_use]
    pub fn without_limits(mut self) -> Self {
        self.streams = None;
        self.video_transcoding = true;
        self.four_k_transcoding = true;
        self.downloads = true;
        self.downloads_per_week = None;
        self.devices = None;
        self
    }

    /// Reads the office form's pairs; fields named [`FIELDS`] count, repeated ones add up.
    pub fn from_form(pairs: &[(String, String)]) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let mut form: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in pairs.iter().filter(|(_, value)| !value.trim().is_empty()) {
            form.entry(name).or_default().push(value.trim());
        }
        let first = |name: &str| form.get(name).and_then(|values| values.first()).copied();
        let read = Self {
            groups: ids(&form, "media_groups", &mut errors),
            servers: ids(&form, "media_servers", &mut errors),
            targets: first("media_targets")
                .and_then(Targets::parse)
                .unwrap_or_default(),
            spread: first("media_spread")
                .and_then(Spread::parse)
                .unwrap_or_default(),
            streams: number(first("media_streams"), "media_streams", &mut errors),
            video_transcoding: first("media_video_transcoding").is_some(),
            four_k_transcoding: first("media_four_k_transcoding").is_some(),
            downloads: first("media_downloads").is_some(),
            downloads_per_week: number(
                first("media_downloads_per_week"),
                "media_downloads_per_week",
                &mut errors,
            ),
            devices: number(first("media_devices"), "media_devices", &mut errors),
        };
        if read.groups.is_empty() && errors.of("media_groups").is_none() {
            errors.add("media_groups", no_groups());
        }
        if errors.is_empty() {
            Ok(read)
        } else {
            Err(errors)
        }
    }

    /// What it gives, in short sentences for plan pages. Group names are the caller's to add.
    pub fn summary(&self) -> Vec<Text> {
        let mut lines = vec![match self.streams {
            Some(streams) => Text::counted(
                i64::from(streams),
                "One stream at a time",
                "{n} streams at a time",
            ),
            None => t!("As many streams as you like"),
        }];
        if self.video_transcoding {
            lines.push(t!("Video is converted for devices that need it"));
        }
        if self.downloads {
            lines.push(match self.downloads_per_week {
                Some(most) => Text::counted(
                    i64::from(most),
                    "One download a week",
                    "{n} downloads a week",
                ),
                None => t!("Downloads to watch on the way"),
            });
        }
        if let Some(devices) = self.devices {
            lines.push(Text::counted(
                i64::from(devices),
                "One device signed in",
                "{n} devices signed in",
            ));
        }
        lines
    }
}

fn ids<T: Id>(form: &BTreeMap<&str, Vec<&str>>, name: &str, errors: &mut FormErrors) -> Vec<T> {
    let typed = form.get(name).map(Vec::as_slice).unwrap_or_default();
    let parsed: Vec<T> = typed.iter().filter_map(|text| T::parse(text)).collect();
    if parsed.len() != typed.len() {
        errors.add(name, FieldError::UnknownId.text());
    }
    parsed
}

fn number(text: Option<&str>, name: &str, errors: &mut FormErrors) -> Option<u32> {
    let text = text?;
    let number = text
        .parse::<u32>()
        .ok()
        .filter(|number| (1..=1000).contains(number));
    if number.is_none() {
        errors.add(
            name,
            t!("Please enter a whole number from 1 to 1000, or leave it empty for no limit."),
        );
    }
    number
}

/// How the office draws a field of the section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Tick boxes over the library groups, without Private.
    Groups,
    /// Tick boxes over the servers.
    Servers,
    /// One of [`Targets::ALL`].
    Targets,
    /// One of [`Spread::ALL`].
    Spread,
    /// A whole number, or empty.
    Number,
    /// A tick box.
    Switch,
}

/// A field of the section on the plan's form.
#[derive(Debug)]
pub struct PlanField {
    pub name: &'static str,
    pub label: Text,
    pub help: Text,
    pub kind: FieldKind,
}

/// The section's form, in order.
pub const FIELDS: &[PlanField] = &[
    PlanField {
        name: "media_groups",
        label: Text::new("Library groups"),
        help: Text::new("What members of this plan may watch. Private libraries are never shared."),
        kind: FieldKind::Groups,
    },
    PlanField {
        name: "media_servers",
        label: Text::new("Servers"),
        help: Text::new("Choose none to use any server that has these libraries."),
        kind: FieldKind::Servers,
    },
    PlanField {
        name: "media_targets",
        label: Text::new("If none of these servers has room"),
        help: Text::new(
            "Counts where one server is given. A plan that opens all of its servers means just these.",
        ),
        kind: FieldKind::Targets,
    },
    PlanField {
        name: "media_spread",
        label: Text::new("Members get"),
        help: Text::new("One of these servers, or all of them."),
        kind: FieldKind::Spread,
    },
    PlanField {
        name: "media_streams",
        label: Text::new("Streams at once"),
        help: Text::new("Empty: no limit."),
        kind: FieldKind::Number,
    },
    PlanField {
        name: "media_video_transcoding",
        label: Text::new("Video transcoding"),
        help: Text::new("The server converts video for devices that cannot play it as it is."),
        kind: FieldKind::Switch,
    },
    PlanField {
        name: "media_four_k_transcoding",
        label: Text::new("4K transcoding"),
        help: Text::new("Counts only where the server allows it as well."),
        kind: FieldKind::Switch,
    },
    PlanField {
        name: "media_downloads",
        label: Text::new("Downloads"),
        help: Text::new("Members may take files with them."),
        kind: FieldKind::Switch,
    },
    PlanField {
        name: "media_downloads_per_week",
        label: Text::new("Downloads a week"),
        help: Text::new("Empty: no limit."),
        kind: FieldKind::Number,
    },
    PlanField {
        name: "media_devices",
        label: Text::new("Devices"),
        help: Text::new(
            "How many may be signed in, on servers that count devices (Emby and Jellyfin). Empty: no limit.",
        ),
        kind: FieldKind::Number,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_plan_without_the_section_opens_nothing() {
        assert!(Entitlements::parse(None).unwrap().is_empty());
        assert!(Entitlements::parse(Some("{}")).unwrap().is_empty());
        assert!(Entitlements::parse(Some("[")).is_err());
    }

    #[test]
    fn what_is_printed_is_read_back() {
        let form = pairs(&[
            ("media_groups", "grp_standard"),
            ("media_groups", "grp_x"),
            ("media_servers", "srv_a"),
            ("media_targets", "first"),
            ("media_spread", "all"),
            ("media_streams", "2"),
            ("media_downloads", "on"),
            ("media_downloads_per_week", ""),
        ]);
        let read = Entitlements::from_form(&form).unwrap();
        assert_eq!(read.groups.len(), 2);
        assert_eq!(read.spread, Spread::All);
        assert_eq!(Entitlements::parse(Some(&read.print())).unwrap(), read);
    }

    #[test]
    fn a_hostile_form_is_refused_field_by_field() {
        let form = pairs(&[("media_groups", "srv_x"), ("media_streams", "-1")]);
        let errors = Entitlements::from_form(&form).unwrap_err();
        assert!(errors.of("media_groups").is_some());
        assert!(errors.of("media_streams").is_some());
    }

    #[test]
    fn a_permanent_member_has_no_limits() {
        let plan = Entitlements {
            streams: Some(1),
            ..Entitlements::default()
        }
        .without_limits();
        assert!(plan.streams.is_none() && plan.downloads && plan.video_transcoding);
    }
}
