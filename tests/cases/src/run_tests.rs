//! Cases of our own, against commands that are scripts.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;
use crate::case;

/// A tree whose `lsdef`, `chdef` and `chtab` are shell scripts.
fn tree() -> tempfile::TempDir {
    let tree = tempfile::tempdir().unwrap();
    let bin = tree.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let lsdef = "case $* in
        *casecn1*) echo '    os=rhels8.6';;
        *) echo 'Error: no such node' >&2; exit 1;;
        esac";
    for (name, script) in [
        ("lsdef", lsdef),
        ("chdef", "cat >> \"${XCATCFG#SQLite:}/rows\""),
        ("chtab", "true"),
        ("gettab", "echo 3001"),
        ("tabdump", "cat \"${XCATCFG#SQLite:}/rows\""),
    ] {
        let file = bin.join(name);
        fs::write(&file, format!("#!/bin/bash\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    tree
}

/// How the cases of a text went, shortly.
fn played(text: &str) -> Vec<String> {
    let tree = tree();
    let mut worlds = Worlds::new(tree.path()).unwrap();
    case::parse(text, Path::new("own"))
        .iter()
        .map(|case| match run(case, &mut worlds).unwrap() {
            Verdict::Pass => "pass".to_owned(),
            Verdict::Skip(needs) => format!("needs {needs}"),
            Verdict::Fail(f) => format!("{}: {} ({})", f.line, f.check, f.ran.code),
        })
        .collect()
}

#[test]
fn checks_of_codes_and_outputs_decide() {
    let text = "\
start:good
cmd:lsdef n1
check:rc!=0
check:output==Error: no such node
cmd:lsdef $$CN -i os
check:rc==0
check:output=~os=__GETNODEATTR($$CN, os)__$
check:output!~sles
cmd:echo __INC(3)__-__GETTABLEVALUE(key,xcatdport,value,site)__
check:output==4-3001
end
start:bad
cmd:lsdef casecn1
check:rc==0
check:output!~rhels
cmd:lsdef casecn1
check:rc==7
end
";
    assert_eq!(played(text), ["pass", "13: output!~rhels (0)"]);
}

#[test]
fn every_case_has_a_world_of_its_own() {
    let text = "\
start:writes
cmd:echo lost | chdef -z; echo x > file; mkdir /tmp/xcat-cases-own
check:rc==0
cmd:tabdump nodelist; ls /tmp file
check:output=~(?s)casecn1.*lost.*file.*xcat-cases-own
end
start:finds_nothing_of_it
cmd:tabdump nodelist
check:output=~casecn1
check:output!~lost
cmd:ls
check:output=~^$
cmd:ls /tmp
check:output==
check:output!~xcat-cases-own
end
";
    assert_eq!(played(text), ["pass", "pass"]);
    assert!(!Path::new("/tmp/xcat-cases-own").exists());
}

#[test]
fn what_needs_more_than_the_database_is_skipped_as_a_whole() {
    let text = "\
start:reaches_out
cmd:echo x > must-not-be-made
cmd:xdsh $$CN date
end
start:aix
os:AIX
cmd:lsdef
end
start:linux_too
os:AIX,Linux
arch:ppc64,ppc64le
hcp:hmc
cmd:lsdef casecn1
end
start:variable
cmd:ping $$VIP
end
start:check
cmd:lsdef
cmdcheck:true
end
start:perl
cmd:lsdef casecn1
check:output=~(?!x)os
end
start:writes_elsewhere
cmd:rm -rf /install
end
";
    let want = [
        "needs xdsh",
        "needs os AIX",
        "pass",
        "needs $$VIP",
        "needs a check such as cmdcheck:true",
        "needs Perl's pattern (?!x)os",
        "needs to write /install",
    ];
    assert_eq!(played(text), want);
}

#[test]
fn a_tree_without_commands_is_refused() {
    let empty = tempfile::tempdir().unwrap();
    let refused = Worlds::new(empty.path()).map(|_| ()).unwrap_err();
    assert!(refused.contains("chdef"), "{refused}");
}
