//! The rules of the format, one by one, and the way there and back.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Vec<Stanza>, String> {
    Reader::new(text.as_bytes(), "stdin")
        .collect::<Result<_, _>>()
        .map_err(|e| e.to_string())
}

/// `name(kind):attribute=value,…` for each stanza.
fn brief(text: &str) -> String {
    let stanza = |s: Stanza| {
        let attributes: Vec<String> = s
            .attributes
            .iter()
            .map(|(a, v)| format!("{a}={v}"))
            .collect();
        format!(
            "{}({}):{}",
            s.name,
            s.kind.unwrap_or_default(),
            attributes.join(",")
        )
    };
    read(text)
        .unwrap()
        .into_iter()
        .map(stanza)
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn lines() {
    for (text, want) in [
        ("", ""),
        (
            "# c\n<xCAT data object stanza file>\nq4:\n objtype=node\n",
            "q4(node):",
        ),
        (
            "a:\nobjtype=node\n\n\tmtm=\n  # no\n ip = 10.0.0.6 \nos=\"A B\"\r\n",
            "a(node):mtm=,ip=10.0.0.6,os=A B",
        ),
        ("a :\n x=1\n  b:  \n x=2", "a():x=1 b():x=2"),
        ("fd59::/64:\n net=fd59::\n", "fd59::/64():net=fd59::"),
        ("a:\n note=it ends so:\n", "a():note=it ends so:"),
        ("a:\n note=it is \"quoted\"\n", "a():note=it is \"quoted\""),
        ("a:\n note=\" in \"\n", "a():note=in"),
        (
            "a:\n x=1=2 # 3\n nicips.eth0=1\n",
            "a():x=1=2 # 3,nicips.eth0=1",
        ),
        ("a:\n x=1\n b=2\n x=3\n", "a():x=3,b=2"),
        ("bad name:\n x=1\nq7,q8:\n", "bad name():x=1 q7,q8():"),
        ("a:\n x=$' b\\n\\'\\\\'\n", "a():x= b\n'\\"),
        ("a:\n x=$'a'b'\n y=$PATH\n", "a():x=$'a'b',y=$PATH"),
    ] {
        assert_eq!(brief(text), want, "{text:?}");
    }
}

#[test]
fn defaults_add_up_and_end() {
    let text = "default-node:\n mgt=hmc\n os=AIX\na:\n objtype=node\n os=Linux\nnet:\n objtype=network\n\
                default-node:\n mgt=\n arch=ppc64\nb:\n x=1\n objtype=node\n";
    assert_eq!(
        brief(text),
        "a(node):os=Linux,mgt=hmc net(network): b(node):x=1,os=AIX,arch=ppc64"
    );
}

#[test]
fn a_type_may_be_assumed() {
    let text = "default-node:\n mgt=hmc\na:\nb:\n objtype=group\n";
    let read: Vec<Stanza> = Reader::new(text.as_bytes(), "stdin")
        .assuming("node")
        .map(Result::unwrap)
        .collect();
    assert_eq!(read[0].kind.as_deref(), Some("node"));
    assert_eq!(read[0].attributes, [("mgt".to_owned(), "hmc".to_owned())]);
    assert_eq!((read[1].kind.as_deref(), read[1].line), (Some("group"), 4));
}

#[test]
fn text_is_passed_over_and_told() {
    let input = "here is a file\na:\n x=1\nwith some words\n y=2\n";
    let mut reader = Reader::new(input.as_bytes(), "stdin");
    let read: Vec<Stanza> = reader.by_ref().map(Result::unwrap).collect();
    assert_eq!((read.len(), read[0].attributes.len()), (1, 2));
    let told: Vec<String> = reader.passed_over().iter().map(Error::to_string).collect();
    assert_eq!(told.len(), 2);
    assert!(
        told[1].starts_with("stdin, line 4: \"with some words\" is neither"),
        "{told:?}"
    );
}

#[test]
fn mistakes_name_their_line() {
    for (text, want) in [
        (
            "groups all\n",
            "stdin, line 1: \"groups all\" is neither a header (\"name:\") nor an attribute",
        ),
        (
            "\n x=1\n",
            "stdin, line 2: the attribute \"x\" stands before the first header",
        ),
        ("a:\n x=1\n\n b\n", "stdin, line 4: \"b\" is neither"),
        ("a:\n =1\n", "stdin, line 2: no attribute name"),
        (":\n", "stdin, line 1: no name"),
        (
            "default-node:\n objtype=group\n",
            "stdin, line 2: the default stanza is for node",
        ),
    ] {
        let said = read(text).unwrap_err();
        assert!(said.starts_with(want), "{text:?}: {said}");
    }
    let bytes: &[u8] = b"a:\n x=\xff\n";
    let mut reader = Reader::new(bytes, "f");
    assert_eq!(
        reader.next().unwrap().unwrap_err().to_string(),
        "f, line 2: the line is no UTF-8 text"
    );
    assert!(reader.next().is_none());
}

#[test]
fn sizes_are_bounded() {
    let endless = std::io::BufReader::new(std::io::repeat(b'x'));
    let error = Reader::new(endless, "stdin").next().unwrap().unwrap_err();
    assert!(matches!(
        (error.line, error.problem),
        (1, Problem::LongLine)
    ));
    let line = format!(" a={}\n", "x".repeat(1 << 20));
    let said = read(&format!("big:\n{}", line.repeat(17))).unwrap_err();
    assert_eq!(
        said,
        format!("stdin, line 17: the stanza \"big\" holds more than {MAX_STANZA} bytes")
    );
}

fn written(stanzas: &[Stanza]) -> String {
    let mut writer = Writer::new(Vec::new()).unwrap();
    for s in stanzas {
        let attributes = s.attributes.iter().map(|(a, v)| (a.as_str(), v.as_str()));
        writer
            .stanza(&s.name, s.kind.as_deref().unwrap(), attributes)
            .unwrap();
    }
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

#[test]
fn lsdef_prints_so() {
    let text = "# <xCAT data object stanza file>\n\nlpar01:\n    objtype=node\n    arch=ppc64\n    groups=lpar,all\n\n\
                lpar02:\n    objtype=node\n    usercomment=it is \"quoted\", o'clock #1 = \\n:\n";
    assert_eq!(written(&read(text).unwrap()), text);
}

#[test]
fn rscan_prints_so() {
    let mut writer = Writer::scan(Vec::new());
    writer
        .stanza("cec1", "node", [("nodetype", "ppc"), ("pprofile", "")])
        .unwrap();
    writer.stanza("lpar1", "node", [("id", "2")]).unwrap();
    let text = String::from_utf8(writer.finish().unwrap()).unwrap();
    assert_eq!(
        text,
        "cec1:\n\tobjtype=node\n\tnodetype=ppc\n\tpprofile=\nlpar1:\n\tobjtype=node\n\tid=2\n"
    );
    assert_eq!(
        brief(&text),
        "cec1(node):nodetype=ppc,pprofile= lpar1(node):id=2"
    );
}

#[test]
fn what_no_line_carries_is_refused() {
    let mut writer = Writer::scan(Vec::new());
    for (name, attribute) in [
        ("a=b", "x"),
        ("", "x"),
        ("a", ""),
        ("a", "#x"),
        ("a", " x"),
        ("a", "x=y"),
        ("a", "x\ny"),
    ] {
        assert!(
            writer.stanza(name, "node", [(attribute, "1")]).is_err(),
            "{name:?} {attribute:?}"
        );
    }
}

#[test]
fn a_megabyte_comes_back() {
    for unit in ["x", "\n", "'", "ü\\"] {
        let value = unit.repeat((1 << 20) / unit.len());
        let stanza = one("big", vec![("a".to_owned(), value)]);
        assert!(
            read(&written(std::slice::from_ref(&stanza))).unwrap()[0].attributes
                == stanza.attributes
        );
    }
}

fn one(name: &str, attributes: Vec<(String, String)>) -> Stanza {
    Stanza {
        name: name.to_owned(),
        kind: Some("node".to_owned()),
        attributes,
        line: 3,
    }
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,12}", "[ \"'$\\\\\n\r\t#=:,a]{0,8}", any::<String>()]
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        name in "[^=\n]{1,8}|default-[a-z]{1,3}|[ \"'$#:a\n]{1,6}",
        values in prop::collection::vec(value(), 0..6),
    ) {
        let attributes = values.into_iter().enumerate().map(|(n, v)| (format!("a{n}"), v)).collect();
        let stanza = one(&name, attributes);
        prop_assert_eq!(read(&written(std::slice::from_ref(&stanza))), Ok(vec![stanza]));
    }

    #[test]
    fn anything_may_be_piped_in(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[a:=\n #\"'$-]{0,60}") {
        let _ = Reader::new(bytes.as_slice(), "x").count();
        let _ = Reader::new(text.as_bytes(), "x").count();
    }
}

/// Looking through the others for each would take hours.
#[test]
fn very_many_defaults_are_read_at_once() {
    let lines: String = (0..300_000).map(|n| format!("a{n}=1\n")).collect();
    let text = format!("default-node:\n{lines}{lines}a1=\nn1:\nobjtype=node\na0=2\n");
    let stanzas: Vec<_> = Reader::new(text.as_bytes(), "stdin")
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(stanzas[0].attributes.len(), 299_999);
    assert_eq!(stanzas[0].attributes[0], ("a0".into(), "2".into()));
}
