//! Who lives in the demo house, and what they did when. All names are invented.

use kit::Span;

/// Somebody, and what they did, in any order.
pub struct Person {
    pub name: &'static str,
    pub email: &'static str,
    /// Their name on the media server.
    pub media: &'static str,
    pub acts: &'static [(When, Act)],
}

/// When something happened.
#[derive(Debug, Clone, Copy)]
pub enum When {
    Days(i64),
    Minutes(i64),
}

/// What somebody did, or had done to them.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    Registers,
    /// Pays at the gateway's page with this card.
    Card(Offer, &'static str),
    /// Transfers the money; staff see it arrive.
    /// The same for a plan that opens servers of several kinds: the kind they watch on.
    CardOn(Kind, &'static str),
    Transfer(Offer),
    /// Says that it was transferred; nobody has looked yet.
    Proof(Offer),
    Trial,
    /// Cancels the renewal.
    StopsRenewal,
    /// Staff suspend the membership.
    Suspended(&'static str),
    /// Staff give days.
    Days(u32, &'static str),
    /// Staff let them in for good.
    Permanent,
    /// A part of the last payment goes back.
    Refunded(i64, &'static str),
    /// The bank takes the last payment back.
    Disputed,
    /// Pays although nothing was ordered.
    PaysTwice,
}

/// The kind of server that somebody chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Plex,
    Emby,
}

impl Kind {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plex => "plex",
            Self::Emby => "emby",
        }
    }
}

/// What is for sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Offer {
    SoloOnce,
    SoloMonthly,
    FamilyMonthly,
    FamilyYear,
    ClassicsOnce,
    AnywhereMonthly,
}

pub const GOOD: &str = "4242424242424242";
const DECLINED: &str = "4000000000000002";
/// Pays once and fails at each renewal.
const RUNS_DRY: &str = "4000000000000341";

use Act::{
    Card, CardOn, Days as Given, Disputed, PaysTwice, Permanent, Proof, Refunded, Registers,
    StopsRenewal, Suspended, Transfer, Trial,
};
use Kind::{Emby, Plex};
use Offer::{ClassicsOnce, FamilyMonthly, FamilyYear, SoloMonthly, SoloOnce};
use When::{Days, Minutes};

/// The member whose sign-in link is printed.
pub const MEMBER: &str = "mara.okafor@lights.example";
/// Somebody who registered and has not bought yet.
pub const CUSTOMER: &str = "noor.haddad@lights.example";

/// When the second server goes out of reach: some paid just after.
pub const BOREALIS_LOST: Span = Span::minutes(95);

pub const CAST: &[Person] = &[
    Person {
        name: "Mara Okafor",
        email: MEMBER,
        media: "mara",
        acts: &[
            (Days(134), Card(FamilyMonthly, GOOD)),
            (Days(12), Given(3, "Aurora was down for an evening.")),
        ],
    },
    Person {
        name: "Tomasz Wieczorek",
        email: "tomasz.w@lights.example",
        media: "tomasz",
        acts: &[(Days(121), Card(SoloMonthly, GOOD))],
    },
    Person {
        name: "Ingrid Solheim",
        email: "ingrid@fjordpost.example",
        media: "ingrid",
        acts: &[(Days(118), Card(FamilyYear, GOOD))],
    },
    Person {
        name: "Keanu Palakiko",
        email: "keanu.p@harbour.example",
        media: "keanu",
        acts: &[
            (Days(109), Card(SoloMonthly, GOOD)),
            (Days(6), StopsRenewal),
        ],
    },
    Person {
        name: "Aylin Demirci",
        email: "aylin@demirci.example",
        media: "aylin",
        acts: &[(Days(97), Transfer(FamilyYear))],
    },
    Person {
        name: "Bram Teunissen",
        email: "bram@teunissen.example",
        media: "bram",
        acts: &[(Days(92), Card(FamilyMonthly, GOOD))],
    },
    Person {
        name: "Lucía Ferreyra",
        email: "lucia.f@rioplata.example",
        media: "lucia",
        acts: &[(Days(88), Trial), (Days(85), Card(SoloMonthly, GOOD))],
    },
    Person {
        name: "Desta Alemu",
        email: "desta.alemu@highland.example",
        media: "desta",
        acts: &[
            (Days(83), Transfer(SoloOnce)),
            (Days(50), Transfer(SoloOnce)),
        ],
    },
    Person {
        name: "Hana Morimoto",
        email: "hana@morimoto.example",
        media: "hana",
        acts: &[
            (Days(77), Card(FamilyMonthly, GOOD)),
            (Days(47), Refunded(600, "Half a month without 4K.")),
        ],
    },
    Person {
        name: "Callum Reidy",
        email: "callum@reidy.example",
        media: "callum",
        acts: &[(Days(66), Card(SoloOnce, GOOD))],
    },
    Person {
        name: "Priya Raghunathan",
        email: "priya.r@monsoon.example",
        media: "priya",
        acts: &[(Days(61), Card(SoloMonthly, GOOD))],
    },
    Person {
        name: "Anouk Lavoie",
        email: "anouk@lavoie.example",
        media: "anouk",
        acts: &[(Days(58), Permanent)],
    },
    Person {
        name: "Viktor Hadžić",
        email: "viktor.h@riverside.example",
        media: "viktor",
        acts: &[
            (Days(52), Card(SoloMonthly, GOOD)),
            (Days(4), Suspended("Shared the password in a forum.")),
        ],
    },
    Person {
        name: "Salome Kvirikashvili",
        email: "salome@kvirik.example",
        media: "salome",
        acts: &[(Days(31), Card(SoloOnce, GOOD))],
    },
    Person {
        name: "Oluwaseun Adeyemi",
        email: "seun@adeyemi.example",
        media: "seun",
        acts: &[(Days(39), Card(SoloOnce, GOOD))],
    },
    Person {
        name: "Maeve Donnelly",
        email: "maeve@donnelly.example",
        media: "maeve",
        acts: &[(Days(27), Card(SoloOnce, GOOD))],
    },
    Person {
        name: "Rasmus Lindqvist",
        email: "rasmus@lindqvist.example",
        media: "rasmus",
        acts: &[(Days(24), Transfer(SoloOnce))],
    },
    Person {
        name: "Zanele Mokoena",
        email: "zanele@mokoena.example",
        media: "zanele",
        acts: &[(Days(36), Card(SoloMonthly, RUNS_DRY))],
    },
    Person {
        name: "Emil Kadlec",
        email: "emil@kadlec.example",
        media: "emil",
        acts: &[
            (Days(30), Card(ClassicsOnce, GOOD)),
            (Days(2), Card(ClassicsOnce, GOOD)),
        ],
    },
    Person {
        name: "Yusuf Benali",
        email: "yusuf@benali.example",
        media: "yusuf",
        acts: &[(Days(27), Card(FamilyMonthly, GOOD)), (Days(5), PaysTwice)],
    },
    Person {
        name: "Elif Aksoy",
        email: "elif@aksoy.example",
        media: "elif",
        acts: &[(Days(44), CardOn(Plex, GOOD))],
    },
    Person {
        name: "Marek Novotný",
        email: "marek@novotny.example",
        media: "marek",
        acts: &[(Days(38), CardOn(Plex, GOOD))],
    },
    Person {
        name: "Beatriz Sousa",
        email: "bea@sousa.example",
        media: "bea",
        acts: &[(Days(33), CardOn(Emby, GOOD))],
    },
    Person {
        name: "Kofi Mensah",
        email: "kofi@mensah.example",
        media: "kofi",
        acts: &[(Days(19), CardOn(Emby, GOOD))],
    },
    Person {
        name: "Sunniva Dahl",
        email: "sunniva@dahl.example",
        media: "sunniva",
        acts: &[(Minutes(410), CardOn(Plex, GOOD))],
    },
    Person {
        name: "Greta Aumann",
        email: "greta@aumann.example",
        media: "greta",
        acts: &[(Days(21), Card(SoloOnce, GOOD)), (Days(3), Disputed)],
    },
    Person {
        name: "Linh Pham",
        email: "linh@pham.example",
        media: "linh",
        acts: &[(Days(16), Card(FamilyMonthly, GOOD))],
    },
    Person {
        name: "Mateus Brandão",
        email: "mateus@brandao.example",
        media: "mateus",
        acts: &[(Days(9), Card(SoloMonthly, GOOD))],
    },
    Person {
        name: "Freya Halloran",
        email: "freya@halloran.example",
        media: "freya",
        acts: &[(Days(1), Trial)],
    },
    Person {
        name: "Ondine Marchetti",
        email: "ondine@marchetti.example",
        media: "ondine",
        acts: &[(Minutes(1900), Trial)],
    },
    Person {
        name: "Jakub Sedlák",
        email: "jakub@sedlak.example",
        media: "jakub",
        acts: &[
            (Minutes(610), Card(SoloMonthly, DECLINED)),
            (Minutes(600), Card(SoloMonthly, GOOD)),
        ],
    },
    Person {
        name: "Wanjiru Mwangi",
        email: "wanjiru@mwangi.example",
        media: "wanjiru",
        acts: &[(Minutes(300), Proof(FamilyYear))],
    },
    Person {
        name: "Sören Blom",
        email: "soren@blom.example",
        media: "soren",
        acts: &[(Minutes(90), Card(ClassicsOnce, GOOD))],
    },
    Person {
        name: "Noor Haddad",
        email: CUSTOMER,
        media: "noor",
        acts: &[(Minutes(45), Registers)],
    },
];

impl Person {
    /// Whether they ever chose this kind of server.
    pub fn watches_on(&self, kind: Kind) -> bool {
        let chose = |act: &Act| matches!(act, CardOn(chosen, _) if *chosen == kind);
        self.acts.iter().any(|(_, act)| chose(act))
    }
}

impl When {
    /// How long before the present. `nth` keeps people from doing everything in the same minute.
    pub fn before_now(self, nth: usize) -> Span {
        let stagger = i64::try_from(nth * 37 % 600).unwrap_or(0);
        match self {
            Self::Minutes(minutes) => Span::minutes(minutes),
            Self::Days(days) => Span::minutes(days * 1440 + stagger),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn everybody_is_somebody_else() {
        let names: BTreeSet<&str> = CAST.iter().map(|person| person.media).collect();
        let addresses: BTreeSet<&str> = CAST.iter().map(|person| person.email).collect();
        assert_eq!(names.len(), CAST.len());
        assert_eq!(addresses.len(), CAST.len());
        assert!(addresses.contains(MEMBER) && addresses.contains(CUSTOMER));
    }
}
