//! Every capture is listed here with the reader it is for, and read by it.
//!
//! The modules' own tests look at the values; the table sees to it that a
//! capture cannot lie in its folder without a reader.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::record;
use super::refusal::{self, Refusal};
use super::{level, netboot, rmc, vterm};

/// The reader of a capture, and what it must make of it.
enum Kind {
    /// Records, `attr=value`: so many.
    Records(usize),
    /// Values without a header, between these delimiters: rows, columns.
    Values(char, usize, usize),
    /// Values under a header, between these delimiters: rows.
    Headed(char, usize),
    /// A refusal, with this code.
    Refusal(Option<&'static str>),
    /// An answer of nothing.
    Nothing,
    /// A version, its major number.
    Version(u32),
    /// The machine of an HMC, its model.
    Vpd(&'static str),
    /// A table of adapters: so many.
    Adapters(usize),
    /// The end of a network boot.
    Booted,
    /// The failure of a network boot.
    NotBooted,
    /// Partitions as RMC knows them: so many.
    Partitions(usize),
    /// The short form of those.
    Addresses(usize),
    /// The beginning of a terminal.
    Opening(vterm::Opening),
    /// The end of a terminal.
    End(vterm::End),
    /// The closing of a terminal.
    Closing,
}

use Kind::{
    Adapters, Addresses, Booted, Closing, End, Headed, NotBooted, Nothing, Opening, Partitions,
    Records, Values, Version, Vpd,
};

const CAPTURES: &[(&str, Kind)] = &[
    ("dlpar-aix", Partitions(4)),
    ("dlpar-inactive-and-bare-os", Partitions(3)),
    ("dlpar-vios", Partitions(1)),
    ("empty-english", Nothing),
    ("empty-polish", Nothing),
    ("error-dlpar-several-lines", Kind::Refusal(Some("HSCL2929"))),
    ("error-invalid-attribute", Kind::Refusal(None)),
    ("error-invalid-attribute-polish", Kind::Refusal(None)),
    ("error-invalid-parameter", Kind::Refusal(None)),
    ("error-lpar-already-active", Kind::Refusal(Some("HSCL05EA"))),
    ("error-lpm-no-encryption", Kind::Refusal(Some("HSCLB505"))),
    (
        "error-lpm-no-memory-expansion",
        Kind::Refusal(Some("HSCLB504")),
    ),
    ("error-lpm-no-rmc", Kind::Refusal(Some("HSCLA246"))),
    ("error-lpm-no-vios", Kind::Refusal(Some("HSCLA319"))),
    ("error-missing-parameter-m", Kind::Refusal(None)),
    ("error-netboot-bootp-exit-0", NotBooted),
    ("error-netboot-location", NotBooted),
    ("error-netboot-mac", NotBooted),
    ("error-netboot-no-adapters", NotBooted),
    ("error-no-authority", Kind::Refusal(Some("HSCL350B"))),
    (
        "error-no-keys-between-hmcs",
        Kind::Refusal(Some("HSCL3653")),
    ),
    ("error-no-memory-pools", Kind::Refusal(Some("HSCLA4A0"))),
    ("error-not-operating", Kind::Refusal(Some("HSCL0238"))),
    ("error-npiv-polish", Kind::Refusal(Some("HSCLA4C0"))),
    ("error-unknown-lpar", Kind::Refusal(Some("HSCL8012"))),
    ("error-usage", Kind::Refusal(None)),
    ("error-v10-no-frames", Kind::Refusal(None)),
    ("eth-power6-quoted-single-vlan", Records(4)),
    ("eth-power7-stray-blanks", Records(1)),
    ("eth-v7-power5", Records(8)),
    ("fc-v11-quoted-wwpns", Records(2)),
    ("io-slot-v10", Records(1)),
    ("io-slot-v7-unowned-and-empty", Records(10)),
    ("list-compat-modes", Values(',', 1, 1)),
    ("list-eth-v10", Values(',', 2, 5)),
    ("list-header-v10", Headed(',', 1)),
    (
        "list-lpar-all-attributes-names-with-spaces",
        Values(',', 2, 26),
    ),
    ("list-lpar-header-v7", Headed(',', 0)),
    ("list-name-serial-state", Values(',', 1, 3)),
    ("list-quoted-element", Values(',', 1, 3)),
    ("list-refcodes", Headed(',', 1)),
    ("list-rmc-columns", Values(',', 5, 7)),
    ("list-rsct-row", Values(',', 1, 8)),
    ("list-slot-description", Values(',', 1, 3)),
    ("list-space-delimited-header", Headed(' ', 1)),
    ("list-space-quoted-state", Values(' ', 1, 2)),
    ("list-sriov-adapter", Headed(',', 1)),
    ("list-sriov-logport", Headed(',', 1)),
    ("list-sriov-physport", Headed(',', 2)),
    ("list-vnic", Headed(',', 1)),
    ("list-vnic-backing", Headed(',', 1)),
    ("lpar-v7-never-activated", Records(1)),
    ("lpar-v7-polish", Records(4)),
    ("lpar-v7-power7", Records(1)),
    ("lpar-v8-power8", Records(1)),
    ("lshmc-n-v7", Records(1)),
    ("lshmc-n-v8", Records(1)),
    ("lshmc-r-v7", Records(1)),
    ("lshmc-r-v8", Records(1)),
    ("lshmc-version-v10-fixes", Version(10)),
    ("lshmc-version-v11", Version(11)),
    ("lshmc-version-v7", Version(7)),
    ("lshmc-version-v8", Version(8)),
    ("lshmc-vpd-v7-hardware", Vpd("7310-CR4")),
    ("lshmc-vpd-v8-virtual", Vpd("V507-f39")),
    ("lshmcfs", Records(1)),
    ("lshmcldap-unset-v7", Records(1)),
    ("lshmcusr-v7", Records(3)),
    ("lsled-system", Records(1)),
    ("mem-lpar-v7", Records(4)),
    ("mem-sys-v7", Records(1)),
    ("mkvterm-busy", Opening(vterm::Opening::Busy)),
    ("mkvterm-input-ended", End(vterm::End::InputEnded)),
    (
        "mkvterm-open",
        Opening(vterm::Opening::Open { console: 47 }),
    ),
    ("mkvterm-other-console", Opening(vterm::Opening::Elsewhere)),
    ("mkvterm-thrown-out", End(vterm::End::ThrownOut)),
    ("netboot-old-four-words", Adapters(1)),
    ("netboot-ping-successful", Adapters(1)),
    ("netboot-ping-unsuccessful", Adapters(1)),
    ("netboot-power7-no-ping-column", Adapters(3)),
    ("netboot-success-power7", Booted),
    ("netboot-success-v10", Adapters(5)),
    ("partitions-i", Addresses(10)),
    ("partitions-ix", Addresses(10)),
    ("proc-lpar-dedicated", Records(1)),
    ("proc-lpar-uncapped-off", Records(1)),
    ("proc-lpar-v7", Records(4)),
    ("proc-sys-v7", Records(1)),
    ("prof-name-with-space", Records(1)),
    ("prof-one-quoted-element", Records(1)),
    ("prof-power7-nested-quotes", Records(1)),
    ("prof-power7-vswitch", Records(1)),
    ("prof-power8-four-vfc", Records(1)),
    ("prof-sriov-field", Records(1)),
    ("prof-v10-power9", Records(2)),
    ("prof-v5-vios-dotted-names", Records(1)),
    ("prof-v7-power5", Records(6)),
    ("prof-vios-server-vfc-lhea", Records(1)),
    ("rmvterm", Closing),
    ("scsi-v7", Records(4)),
    ("serial-v7", Records(8)),
    ("svcevents-v7-polish", Records(1)),
    ("svcevents-v8", Records(1)),
    ("sys-no-connection-named-by-address", Values(',', 1, 4)),
    ("sys-v10-power9", Records(1)),
    ("sys-v5-power5", Records(1)),
    ("sys-v7-power5-operating", Records(1)),
    ("sys-v7-power5-power-off", Records(1)),
    ("sysconn-ebmc", Records(2)),
    ("sysconn-states-v5-to-v8", Records(14)),
    ("virtual-slot-v7", Records(4)),
];

fn folder() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/fixtures/hmc"
    ))
}

/// Returns the text of a capture.
pub(super) fn read(name: &str) -> String {
    let path = folder().join(name).with_extension("txt");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn check(name: &str, text: &str, kind: &Kind) -> bool {
    let records = || record::records(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    match kind {
        Records(rows) => {
            refusal::in_answer(text).is_none()
                && !refusal::is_nothing(text, None)
                && records().len() == *rows
        }
        Values(delimiter, rows, columns) => {
            !refusal::is_nothing(text, Some(*columns))
                && record::lists(text, *delimiter, *columns).is_ok_and(|read| read.len() == *rows)
        }
        Headed(delimiter, rows) => {
            record::headed(text, *delimiter).is_ok_and(|read| read.len() == *rows)
        }
        Kind::Refusal(code) => {
            let refusal = Refusal::new(1, text, "");
            let found = refusal::in_answer(text).is_some();
            refusal.code.as_deref() == *code
                && found == code.is_some()
                && record::records(text).is_err()
        }
        Nothing => refusal::is_nothing(text, None) && refusal::is_nothing(text, Some(2)),
        Version(version) => {
            level::Level::from_version(text).is_some_and(|level| level.version == *version)
        }
        Vpd(model) => level::Vpd::read(&records()[0]).is_some_and(|vpd| vpd.model == *model),
        Adapters(rows) => {
            refusal::in_answer(text).is_none()
                && netboot::adapters(text).is_ok_and(|read| read.len() == *rows)
        }
        Booted => refusal::in_answer(text).is_none() && netboot::booted(text).is_ok(),
        NotBooted => refusal::in_answer(text).is_some() && netboot::failure(text).is_some(),
        Partitions(rows) => rmc::partitions(text).is_ok_and(|read| read.len() == *rows),
        Addresses(rows) => rmc::addresses(text).is_ok_and(|read| read.len() == *rows),
        Opening(state) => vterm::opening(text.as_bytes()) == *state,
        End(end) => vterm::end(text.as_bytes()) == Some(*end),
        Closing => vterm::close_sent(text.as_bytes()),
    }
}

#[test]
fn every_capture_has_its_reader() {
    let listed: BTreeSet<String> = CAPTURES.iter().map(|(name, _)| (*name).into()).collect();
    assert_eq!(listed.len(), CAPTURES.len(), "a capture is listed twice");
    let files = fs::read_dir(folder()).unwrap();
    let there: BTreeSet<String> = files
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".txt").map(str::to_owned))
        .collect();
    assert_eq!(there, listed);
    for (name, kind) in CAPTURES {
        assert!(check(name, &read(name), kind), "{name}");
    }
}

proptest! {
    #[test]
    fn nothing_that_is_sent_panics(text in "(?s).{0,200}") {
        read_as_all(&text);
    }

    /// A capture that broke off, with noise behind.
    #[test]
    fn no_broken_capture_panics(which in 0..CAPTURES.len(), part in 0.0..1.0, noise in "(?s).{0,8}") {
        let mut said = read(CAPTURES[which].0).into_bytes();
        said.truncate((said.len() as f64 * part) as usize);
        said.extend(noise.bytes());
        read_as_all(&String::from_utf8_lossy(&said));
    }
}

fn read_as_all(text: &str) {
    let _ = netboot::adapters(text);
    let _ = netboot::booted(text);
    let _ = netboot::failure(text);
    let _ = rmc::partitions(text);
    let _ = rmc::addresses(text);
    let _ = vterm::close_sent(text.as_bytes());
    let _ = vterm::end(text.as_bytes());
    if let vterm::Opening::Open { console } = vterm::opening(text.as_bytes()) {
        assert!(console <= text.len());
    }
}
