//! A stanza file: it is read or refused, and what was read, written, reads the
//! same again. Any value survives being written.

#![no_main]

use libfuzzer_sys::fuzz_target;
use xcat::stanza::{Reader, Stanza, Writer};

fn read(bytes: &[u8]) -> Result<Vec<Stanza>, String> {
    Reader::new(bytes, "stdin")
        .collect::<Result<_, _>>()
        .map_err(|e| e.to_string())
}

/// The stanzas as text; `None` if the format cannot carry a name in them.
fn written(stanzas: &[Stanza]) -> Option<Vec<u8>> {
    let mut writer = Writer::new(Vec::new()).ok()?;
    for stanza in stanzas {
        let attributes = stanza.attributes.iter();
        let attributes = attributes.map(|(name, value)| (name.as_str(), value.as_str()));
        let kind = stanza.kind.as_deref()?;
        writer.stanza(&stanza.name, kind, attributes).ok()?;
    }
    writer.finish().ok()
}

fn same_again(mut stanzas: Vec<Stanza>) {
    let Some(text) = written(&stanzas) else {
        return;
    };
    let again = read(&text);
    let mut again = again.unwrap_or_else(|e| panic!("{e}\n{}", String::from_utf8_lossy(&text)));
    for stanza in stanzas.iter_mut().chain(&mut again) {
        stanza.line = 0;
    }
    assert_eq!(again, stanzas, "{}", String::from_utf8_lossy(&text));
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(stanzas) = read(bytes) {
        same_again(stanzas);
    }
    if let Ok(value) = std::str::from_utf8(bytes) {
        same_again(vec![Stanza {
            name: "n1".into(),
            kind: Some("node".into()),
            attributes: vec![("usercomment".into(), value.into())],
            line: 0,
        }]);
    }
});
