//! The restricted shell, on exec channels, on a terminal and fed by a pipe.

use std::io::{Read as _, Write as _};

use simsite::{Event, Via};

use crate::client::Place;

/// Lines that a shell of this machine and the simulated one must read the same way.
const LINES: &[&str] = &[
    r#"echo 'a  b' "c d" d\ e"#,
    r#"echo "\"$(echo 'x  y')\"" $(echo 'x  y')"#,
    r"echo 'it'\''s' `echo b`",
    r#"echo "a\\b\c\$d\`e" a\\b\c\$d\"e"#,
    r#"echo '$(echo no) `echo no` $HOME \'"#,
    r#"echo "$(echo "nested "quotes"")" $(echo ')' "(" \))"#,
    r#"echo `echo \`echo deep\``"#,
    "false && echo no || echo yes; echo $?",
    "true || echo no && echo yes",
    "false; echo Rc=$?",
    "echo 9117-MMA*10F6F3D no?match [a-b]x",
    "echo one two | cut -d ' ' -f 2",
    "echo one two three | cut -d' ' -f2-",
    "printf_is_unknown 2>&1 | grep -c found",
    "echo a; echo b;",
    "echo $EMPTY end '' | wc -l",
    "echo \"$EMPTY\" x${EMPTY}y",
    "X=1; echo \"<$X>\"",
    "echo a#b # comment",
    "echo 'a\nb' | head -1",
    "echo \"tab\there\" | grep -v x",
    "echo a,b \\\"c\\\" '$(touch x)'",
    "echo ä ß '→'",
    "echo -n x",
    r#"echo $'a\tb\'c\x41\101' $"x y" \$'z'"#,
    "echo [a]x {b} c}",
    "echo a && }",
    "echo a\\\nb",
    "\necho first\n\necho second\n",
];

#[test]
fn lines_are_read_as_a_real_shell_reads_them() {
    let place = Place::default_site();
    for line in LINES {
        let mut bash = std::process::Command::new("bash");
        bash.arg("-c")
            .arg(line)
            .current_dir(place.dir())
            .env("LC_ALL", "C");
        let real = String::from_utf8(bash.output().unwrap().stdout).unwrap();
        let answer = place.run("hmc01", line);
        assert_eq!(answer.out, real, "{line}");
    }
}

#[test]
fn hmc_commands_take_part_in_pipelines() {
    let place = Place::default_site();
    let line = "lssyscfg -r sys -F name | grep -q 1001234 && echo there; uname -n";
    assert_eq!(place.run("hmc01", line).out, "there\nhmc01\n");
}

#[test]
fn restrictions_and_unknown_commands_are_on_stderr() {
    let place = Place::default_site();
    let cases = [
        ("foo", "bash: foo: command not found\n", 127),
        (
            "echo x > file",
            "bash: file: restricted: cannot redirect output\n",
            1,
        ),
        (
            "/bin/ls",
            "bash: /bin/ls: restricted: cannot specify `/' in command names\n",
            1,
        ),
        ("cd /tmp", "bash: cd: restricted\n", 1),
        ("PATH=/tmp", "bash: PATH: readonly variable\n", 1),
    ];
    for (line, err, status) in cases {
        let answer = place.run("hmc01", line);
        assert_eq!(
            (answer.out.as_str(), answer.err.as_str(), answer.status),
            ("", err, status),
            "{line}"
        );
    }
    let answer = place.run("hmc01", "foo 2>&1");
    assert_eq!(
        (answer.out.as_str(), answer.err.as_str()),
        ("bash: foo: command not found\n", "")
    );
}

#[test]
fn unquoted_names_are_evaluated_and_noted() {
    let place = Place::new(simsite::Config::default_site().with_awkward_lpar());
    let quoted =
        r#"chsysstate -r lpar -m 9117-MMA*10F6F3D -o on -n '"a,b ""c"" $(touch x)"' -f nope"#;
    let answer = place.run("hmc01", quoted);
    assert!(answer.out.starts_with("HSCL800F "), "{}", answer.out);
    assert!(place.site.injections().is_empty());
    place.run("hmc01", r#"echo "a,b \"c\" $(touch x)""#);
    assert_eq!(place.site.injections(), ["touch x"]);
}

#[test]
fn a_terminal_has_prompt_echo_and_line_ends() {
    let place = Place::default_site();
    let input = "lssyscfg -r sys -F name; echo Rc=$?\nnonsense\necho 'two\nlines'\nexit\n";
    let answer = place.feed(&["-tt", "-o", "BatchMode=yes", "hmc01"], input);
    let (greeting, rest) = answer.out.split_once("\r\n").unwrap();
    assert!(greeting.starts_with("Last login: ") && greeting.ends_with(" from 127.0.0.1"));
    assert_eq!(
        rest,
        "hscroot@hmc01:~> lssyscfg -r sys -F name; echo Rc=$?\r\n\
         Server-9117-MMA-SN10F6F3D\r\nServer-9117-MMA-SN1001234\r\nRc=0\r\n\
         hscroot@hmc01:~> nonsense\r\nbash: nonsense: command not found\r\n\
         hscroot@hmc01:~> echo 'two\r\n> lines'\r\ntwo\r\nlines\r\n\
         hscroot@hmc01:~> exit\r\nlogout\r\n"
    );
    let lines: Vec<_> = place
        .site
        .log()
        .into_iter()
        .filter_map(|event| match event {
            Event::Command {
                line,
                via: Via::Shell,
                ..
            } => Some(line),
            _ => None,
        })
        .collect();
    assert_eq!(lines[0], "lssyscfg -r sys -F name; echo Rc=$?");
}

#[test]
fn an_exec_on_a_terminal_has_line_ends_too() {
    let place = Place::default_site();
    let answer = place.feed(&["-tt", "-o", "BatchMode=yes", "hmc01", "foo; echo a"], "");
    assert_eq!(answer.out, "bash: foo: command not found\r\na\r\n");
}

#[test]
fn a_pipe_feeds_a_shell_without_prompt_or_echo() {
    let place = Place::default_site();
    let answer = place.feed(&["-T", "-o", "BatchMode=yes", "hmc01"], "echo a\nfalse\n");
    assert_eq!((answer.out.as_str(), answer.status), ("a\n", 1));
}

/// A client on a terminal of its own that has turned echo off, as the real xCAT does.
struct Dialogue {
    child: crate::client::Ended,
    seen: String,
}

impl Dialogue {
    fn start(place: &Place) -> Self {
        let config = place.site.ssh_config();
        let line = format!(
            "stty sane -echo; exec ssh -F '{}' -o PreferredAuthentications=keyboard-interactive hscroot@hmc01",
            config.display()
        );
        let mut command = std::process::Command::new("script");
        command.args(["-q", "-c", &line, "/dev/null"]);
        let pipe = std::process::Stdio::piped;
        let child = command
            .stdin(pipe())
            .stdout(pipe())
            .stderr(std::process::Stdio::null())
            .spawn();
        Self {
            child: crate::client::Ended(child.unwrap()),
            seen: String::new(),
        }
    }

    /// Reads up to a text and returns what came since the last one.
    fn expect(&mut self, text: &str) -> String {
        let stdout = self.child.0.stdout.as_mut().unwrap();
        let mut buffer = [0; 4096];
        while !self.seen.ends_with(text) {
            let read = stdout.read(&mut buffer).unwrap();
            assert!(read > 0, "ended without {text}: {}", self.seen);
            self.seen
                .push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
        std::mem::take(&mut self.seen)
    }

    fn send(&mut self, text: &str) {
        let stdin = self.child.0.stdin.as_mut().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
        stdin.flush().unwrap();
    }
}

#[test]
fn a_client_without_echo_sees_answers_and_prompts_alone() {
    let place = Place::default_site();
    let mut dialogue = Dialogue::start(&place);
    dialogue.expect("assword: ");
    dialogue.send("abc123\r");
    dialogue.expect("hscroot@hmc01:~> ");
    dialogue.send("lssyscfg -r sys -F name; echo Rc=$?\r");
    assert_eq!(
        dialogue.expect("~> "),
        "Server-9117-MMA-SN10F6F3D\r\nServer-9117-MMA-SN1001234\r\nRc=0\r\nhscroot@hmc01:~> "
    );
    dialogue.send(
        "chsysstate -r lpar -m 9117-MMA*10F6F3D -o on -b norm --id 4 -f normal; echo Rc=$?\r",
    );
    assert_eq!(dialogue.expect("~> "), "Rc=0\r\nhscroot@hmc01:~> ");
    dialogue.send("lssyscfg -r frame -e nope; echo Rc=$?\r");
    let answer = dialogue.expect("~> ");
    assert!(
        answer.starts_with("HSCL") && answer.ends_with(".\r\nRc=1\r\nhscroot@hmc01:~> "),
        "{answer}"
    );
    dialogue.send("exit\r");
    let mut rest = String::new();
    dialogue
        .child
        .0
        .stdout
        .as_mut()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert!(rest.starts_with("logout\r\n"), "{rest}");
}
