//! Line icons, drawn on 24 × 24 for this house. They are decoration: a word always stands beside them.

use maud::{Markup, PreEscaped, html};

/// Name and outline. The stroke, its width and colour are the style sheet's.
pub const ICONS: &[(&str, &str)] = &[
    ("arrow", "M5 12h14M13 6l6 6-6 6"),
    ("back", "M19 12H5M11 6l-6 6 6 6"),
    ("audit", "M6 3h9l3 3v15H6zM9 10h6M9 14h6M9 18h3"),
    ("bell", "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4"),
    (
        "book",
        "M5 4h10a4 4 0 0 1 4 4v12H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11",
    ),
    ("calendar", "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4"),
    ("card", "M3 6h18v12H3zM3 10h18M6 15h4"),
    ("chart", "M4 4v16h16M8 16v-4M12 16V8M16 16v-6"),
    ("check", "m5 12.5 4.5 4.5L19 7.5"),
    ("chevron", "m9 6 6 6-6 6"),
    (
        "clock",
        "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.5l3 1.8",
    ),
    ("copy", "M9 9h11v11H9zM5 15H4V4h11v1"),
    ("cross", "M6 6l12 12M18 6 6 18"),
    (
        "customers",
        "M4 20v-2a4 4 0 0 1 4-4h4M10 10a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM15 15h6v5h-6zM17 15v-1.5h2V15",
    ),
    ("discount", "M12 3h8v8l-9 9-8-8zM16 7.5h.01"),
    ("dots", "M5 12h.01M12 12h.01M19 12h.01"),
    ("download", "M12 4v11M7 11l5 5 5-5M5 20h14"),
    ("edit", "M4 20h4L19 9l-4-4L4 16zM13 7l4 4"),
    ("events", "M4 6h.01M8 6h12M4 12h.01M8 12h12M4 18h.01M8 18h8"),
    ("external", "M10 5H5v14h14v-5M13 5h6v6M19 5l-8 8"),
    (
        "eye",
        "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
    ),
    (
        "film",
        "M4 5h16v14H4zM8 5v14M16 5v14M4 9.5h4M4 14.5h4M16 9.5h4M16 14.5h4",
    ),
    ("filter", "M4 6h16M7 12h10M10 18h4"),
    (
        "gift",
        "M4 9h16v4H4zM6 13v7h12v-7M12 9v11M12 9S7 9 7 6.5 10.5 4 12 9c1.5-5 5-5 5-2.5S12 9 12 9z",
    ),
    (
        "globe",
        "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c3 2.5 3 14.5 0 17M12 3.5c-3 2.5-3 14.5 0 17",
    ),
    (
        "heart",
        "M12 20S4 15 4 9.3A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.3C20 15 12 20 12 20z",
    ),
    ("history", "M4 12a8 8 0 1 0 2.5-5.8M4 4v4h4M12 8v4.5l3 1.8"),
    ("household", "M4 11 12 4l8 7v9h-5v-6H9v6H4z"),
    (
        "info",
        "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8h.01",
    ),
    ("invitation", "M3 6h18v13H3zM3 7l9 7 9-7M16 3h5"),
    (
        "jobs",
        "M12 3v4M12 17v4M3 12h4M17 12h4M5.6 5.6l2.9 2.9M15.5 15.5l2.9 2.9M5.6 18.4l2.9-2.9M15.5 8.5l2.9-2.9",
    ),
    (
        "key",
        "M8 10.5a4.5 4.5 0 1 0 0 6 4.5 4.5 0 0 0 0-6zM9.3 13.5H21v3M17 13.5v2.5",
    ),
    ("libraries", "M5 4v16M9 4v16M13 4.5l5.5 15M13 20V4"),
    (
        "link",
        "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1.5 1.5M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1.5-1.5",
    ),
    (
        "location",
        "M12 21s-6.5-6-6.5-11a6.5 6.5 0 0 1 13 0c0 5-6.5 11-6.5 11zM12 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
    ),
    ("lock", "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3"),
    ("mail", "M3 5.5h18v13H3zM3 6.5l9 7 9-7"),
    (
        "members",
        "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20v-1.5A4.5 4.5 0 0 1 7 14h4a4.5 4.5 0 0 1 4.5 4.5V20M16 4.3a3.5 3.5 0 0 1 0 6.5M18 14.3a4.5 4.5 0 0 1 3.5 4.2V20",
    ),
    (
        "member",
        "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5V19a5 5 0 0 1 5-5h5a5 5 0 0 1 5 5v1.5",
    ),
    ("menu", "M4 7h16M4 12h16M4 17h16"),
    ("messages", "M4 5h16v11H10l-5 4v-4H4zM8 9h8M8 12.5h5"),
    ("minus", "M5 12h14"),
    ("moon", "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"),
    (
        "music",
        "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
    ),
    ("now-playing", "M3 5h18v12H3zM8 21h8M10.5 8.5v5l4-2.5z"),
    (
        "overview",
        "M4 4h7v9H4zM13 11h7v9h-7zM13 4h7v4h-7zM4 16h7v4H4z",
    ),
    (
        "passkey",
        "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20v-1.5A4.5 4.5 0 0 1 7 14h4M17.5 9.5a3 3 0 0 0-1.5 5.6V21l1.5-1.2L19 21v-2l-1-1 1-1v-1.9a3 3 0 0 0-1.5-5.6z",
    ),
    ("pause", "M8 5v14M16 5v14"),
    (
        "payments",
        "M3 6h18v12H3zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM6 12h.01M18 12h.01",
    ),
    ("phone", "M7 3h10v18H7zM11 18h2"),
    ("photo", "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01"),
    ("plans", "M12 3l9 5-9 5-9-5zM3 12l9 5 9-5M3 16l9 5 9-5"),
    ("play", "M7 4.5v15l12-7.5z"),
    ("plus", "M12 5v14M5 12h14"),
    (
        "receipt",
        "M6 3h12v18l-2-1.5-2 1.5-2-1.5-2 1.5-2-1.5L6 21zM9 8h6M9 12h6",
    ),
    (
        "refresh",
        "M20 11a8 8 0 0 0-14-4.5L4 9M4 4v5h5M4 13a8 8 0 0 0 14 4.5l2-2.5M20 20v-5h-5",
    ),
    (
        "rules",
        "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4",
    ),
    (
        "search",
        "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5",
    ),
    (
        "servers",
        "M4 4h16v7H4zM4 13h16v7H4zM8 7.5h.01M8 16.5h.01M12 7.5h4M12 16.5h4",
    ),
    (
        "settings",
        "M4 7h9M19 7h1M4 17h1M11 17h9M16 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM8 14.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
    ),
    (
        "share",
        "M7 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM17 3.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM17 15.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM9.2 10.8l5.6-3.5M9.2 13.2l5.6 3.5",
    ),
    ("sign-out", "M10 4H5v16h5M10 12h10M16 8l4 4-4 4"),
    ("sign-ins", "M14 4h5v16h-5M4 12h10M10 8l4 4-4 4"),
    (
        "staff",
        "M12 3l2.6 5.5 6 .8-4.4 4.2 1.1 6-5.3-2.9-5.3 2.9 1.1-6L3.4 9.3l6-.8z",
    ),
    (
        "stations",
        "M12 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM8.5 8.5a5 5 0 0 0 0 7M15.5 8.5a5 5 0 0 1 0 7M5.7 5.7a9 9 0 0 0 0 12.6M18.3 5.7a9 9 0 0 1 0 12.6",
    ),
    ("stop", "M6 6h12v12H6z"),
    (
        "sun",
        "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
    ),
    (
        "theme",
        "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 4v16M12 8h4M12 12h7.5M12 16h4",
    ),
    (
        "tools",
        "M14.5 4.5a4.5 4.5 0 0 0-5 6L3.5 16.5l4 4 6-6a4.5 4.5 0 0 0 6-5l-3 2.5-3-1-.8-3z",
    ),
    (
        "trash",
        "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
    ),
    ("undo", "M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10H9"),
    (
        "unmatched",
        "M4 12h5M15 12h5M12 4v3M12 17v3M7 7l2 2M17 17l-2-2M12 12h.01",
    ),
    ("upload", "M12 16V5M7 9l5-5 5 5M5 20h14"),
    ("warning", "M12 4 2.5 20h19zM12 10v4.5M12 17.3h.01"),
];

/// The icon of that name; a plain dot if there is none, so that a wrong name shows in the gallery
/// and never breaks a page.
pub fn icon(name: &str) -> Markup {
    let known = ICONS.iter().find(|(known, _)| *known == name);
    let outline = known.map_or("M12 12h.01", |(_, outline)| outline);
    html! {
        svg.icon viewBox="0 0 24 24" aria-hidden="true" { path d=(PreEscaped(outline)) {} }
    }
}

/// A tile with the first letter of an outside system, in one of six steady colours.
pub fn brand(title: &str) -> Markup {
    let letter: String = title.chars().take(1).flat_map(char::to_uppercase).collect();
    html! { span.brand-tile data-hue=(hue_of(title)) aria-hidden="true" { (letter) } }
}

/// One of six colours, always the same for the same name.
pub(crate) fn hue_of(name: &str) -> u32 {
    let sum = name.bytes().fold(7_u32, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    sum % 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_outlines_stay_inside_an_attribute() {
        for (place, (name, outline)) in ICONS.iter().enumerate() {
            assert!(
                !ICONS[..place].iter().any(|(other, _)| other == name),
                "{name} twice"
            );
            assert!(
                !outline.contains(['"', '<', '&']),
                "{name} breaks its attribute"
            );
        }
    }
}
