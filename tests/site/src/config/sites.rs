//! Ready-made sites: the default one, two consoles on one hardware, and a large one.

use std::collections::BTreeMap;

use super::{CecConfig, Config, HmcConfig, LparConfig};

impl Config {
    /// Two HMCs, four managed systems, 24 LPARs and VIOSs: `sites/default.toml`.
    #[expect(
        clippy::expect_used,
        reason = "the file is part of the program and tested"
    )]
    pub fn default_site() -> Self {
        Self::from_toml(include_str!("../../sites/default.toml"))
            .expect("the default site is valid")
    }

    /// An installation with two consoles: `hmc02` is a second one like `hmc01` and manages
    /// the same two systems.
    pub fn dual_console() -> Self {
        let mut site = Self::default_site();
        if let [first, second] = site.hmc.as_mut_slice() {
            second.version = first.version.clone();
            second.systems = first.systems.clone();
            second.frames = first.frames.clone();
        }
        let kept = site.hmc[0].systems.clone();
        site.cec.retain(|cec| kept.contains(&cec.name));
        site
    }

    /// A site for tests of scale: `hmcs` consoles at V10, each with four managed systems
    /// that share `lpars` partitions, `lpar-<hmc>-<n>`, one in four of them down.
    pub fn scaled(hmcs: usize, lpars: usize) -> Self {
        Self::sized(hmcs, 4, lpars)
    }

    /// As [`scaled`](Self::scaled), with another count of systems a console.
    pub fn sized(hmcs: usize, systems: usize, lpars: usize) -> Self {
        let mut site = Self::default();
        for h in 1..=hmcs {
            let mut names = Vec::new();
            for c in 1..=systems {
                let name = format!("sys{h:02}{c}");
                let lpar = (1..=lpars).filter(|n| n % systems == c % systems);
                let lpar = lpar.map(|n| scaled_lpar(h, n)).collect();
                site.cec.push(scaled_cec(&name, h, c, lpar));
                names.push(name);
            }
            site.hmc.push(HmcConfig {
                name: format!("hmc{h:02}"),
                address: None,
                version: "V10R3".into(),
                type_model: "7063-CR2".into(),
                serial: format!("78{h:05}"),
                systems: names,
                frames: Vec::new(),
                auth: None,
                network: None,
                vpd: None,
                event: Vec::new(),
            });
        }
        site
    }

    /// An installation of 10 consoles, 50 managed systems and 500 partitions that takes the
    /// time a real one takes: 1.2 s a login, 0.2 s a command.
    pub fn installation() -> Self {
        Self::sized(10, 5, 50).with_latency()
    }

    /// Makes logins and commands take the time that they take on real consoles.
    pub fn with_latency(mut self) -> Self {
        self.timing.login_ms = 1200;
        self.timing.command_ms = 200;
        self
    }

    /// Adds two chassis with Power nodes: `sites/chassis.toml`.
    #[expect(
        clippy::expect_used,
        reason = "the file is part of the program and tested"
    )]
    pub fn with_chassis(mut self) -> Self {
        let chassis = Self::from_toml(include_str!("../../sites/chassis.toml"));
        let chassis = chassis.expect("the chassis are valid").chassis;
        self.chassis.extend(chassis);
        self
    }

    /// Adds the LPAR whose name a careless client would hand to a shell, with id 66, to the
    /// first managed system.
    pub fn with_awkward_lpar(mut self) -> Self {
        if let Some(cec) = self.cec.first_mut() {
            cec.lpar.push(LparConfig::named("a,b \"c\" $(touch x)", 66));
        }
        self
    }
}

fn scaled_cec(name: &str, hmc: usize, cec: usize, lpar: Vec<LparConfig>) -> CecConfig {
    CecConfig {
        name: name.to_owned(),
        type_model: "9009-42A".into(),
        serial: format!("78{hmc:03}{cec:02}"),
        ip: format!("10.{hmc}.0.{cec}"),
        level: "v10-power9".into(),
        state: "Operating".to_owned(),
        connection_error: None,
        attrs: BTreeMap::new(),
        resources: BTreeMap::new(),
        lic: BTreeMap::new(),
        password: None,
        led: None,
        temperature: None,
        refcode: String::new(),
        hea: Vec::new(),
        sriov: Vec::new(),
        sriov_port: Vec::new(),
        slot: Vec::new(),
        lpar,
    }
}

fn scaled_lpar(hmc: usize, n: usize) -> LparConfig {
    let id = u32::try_from(n).unwrap_or(u32::MAX);
    let mut lpar = LparConfig::named(&format!("lpar-{hmc:02}-{n:03}"), id);
    if !n.is_multiple_of(4) {
        lpar.state = "Running".into();
        lpar.os = "AIX 7.3 7300-02-01-2346".into();
        lpar.rmc_ip = format!("10.{hmc}.{}.{}", 1 + n / 250, 1 + n % 250);
    }
    lpar
}
