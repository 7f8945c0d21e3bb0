//! `lshmc`: the console itself.

use super::Scene;
use super::args::{Args, Takes};
use super::messages;
use super::record::csv_split;
use super::reply::Reply;

const OPTIONS: &[(&str, Takes)] = &[
    ("-V", Takes::Nothing),
    ("-v", Takes::Nothing),
    ("-n", Takes::Nothing),
    ("-r", Takes::Nothing),
    ("-F", Takes::Words),
    ("--header", Takes::Nothing),
];

const SERVICES_V7: &str = "ssh=enable,sshprotocol=,remotewebui=enable,xntp=disable,xntpserver=127.127.1.0,syslogserver=,syslogtcpserver=,syslogtlsserver=,netboot=disable,altdiskboot=disable,ldap=disable,kerberos=disable,kerberos_default_realm=,kerberos_realm_kdc=,kerberos_clockskew=,kerberos_ticket_lifetime=,kpasswd_admin=,trace=,kerberos_keyfile_present=,legacyhmccomm=disable,sol=disabled";
const SERVICES_V8: &str = "ssh=enable,sshprotocol=2,remotewebui=enable,xntp=disable,xntpserver=,syslogserver=,syslogtcpserver=,syslogtlsserver=,altdiskboot=disable,ldap=disable,kerberos=disable,kerberos_default_realm=,kerberos_realm_kdc=,kerberos_clockskew=,kerberos_ticket_lifetime=,kpasswd_admin=,trace=,kerberos_keyfile_present=,kerberos_allow_weak_crypto=,legacyhmccomm=disable,security=legacy,sol=disabled";

/// Runs the command.
pub fn run(scene: &mut Scene, words: &[String]) -> Result<Reply, Reply> {
    let args = Args::options(words, OPTIONS)?;
    let flags = ["-V", "-v", "-n", "-r"];
    let given: Vec<&str> = flags.into_iter().filter(|flag| args.has(flag)).collect();
    let version = &scene.console.spec.version;
    let record = match given.as_slice() {
        ["-V"] => version_text(version),
        ["-v"] => vpd(scene),
        ["-n"] => network(scene),
        ["-r"] if version.starts_with("V7") => SERVICES_V7.to_owned(),
        ["-r"] => SERVICES_V8.to_owned(),
        _ => return Err(Reply::refused(messages::missing("-V, -v, -n or -r"))),
    };
    selected(scene, &args, &record)
}

/// Prints the record, or the attributes of `-F` from it.
fn selected(scene: &Scene, args: &Args, record: &str) -> Result<Reply, Reply> {
    let listing = args.listing()?;
    let Some(names) = &listing.fields else {
        return Ok(Reply::said(record));
    };
    let fields: Vec<String> = csv_split(record.trim_end());
    let pairs: Vec<(&str, &str)> = fields.iter().filter_map(|f| f.split_once('=')).collect();
    let all: Vec<String> = pairs.iter().map(|(name, _)| (*name).to_owned()).collect();
    let names = if names.is_empty() { &all } else { names };
    let mut values = Vec::new();
    for name in names {
        let Some((_, value)) = pairs.iter().find(|(known, _)| known == name) else {
            return Err(Reply::refused(scene.texts().invalid_attribute(name)));
        };
        values.push(super::record::csv_field(value, listing.delimiter, false));
    }
    let delimiter = listing.delimiter.to_string();
    let head = if listing.header {
        names.join(&delimiter) + "\n"
    } else {
        String::new()
    };
    Ok(Reply::said(head + &values.join(&delimiter)))
}

fn version_text(version: &str) -> String {
    let (number, release, pack, build, fixes) = match version {
        "V7R3.5.0" => ("7", "3.5.0", "0", "20100319.1", ""),
        "V7R7.9.0" => ("7", "7.9.0", "3", "20151216.1", ""),
        "V8R8.2.0" => ("8", "8.2.0", "0", "20141006.3", ""),
        _ => (
            "10",
            "3",
            "1060",
            "2408210051",
            "MF71689 - HMC V10R3 M1060\nMF71697 - iFix for HMC V10R3 M1060\nMF71699 - iFix for HMC V10R3 M1060\nMF71703 - iFix for HMC V10R3 M1060\n",
        ),
    };
    format!(
        "\"version= Version: {number}\n Release: {release}\n Service Pack: {pack}\nHMC Build level {build}\n{fixes}\",\"base_version={version}\n\"\n"
    )
}

fn vpd(scene: &Scene) -> String {
    let spec = &scene.console.spec;
    if let Some(vpd) = &spec.vpd {
        return vpd.clone();
    }
    let level = match spec.version.as_str() {
        "V10R3" => "V10R3.1060.0",
        version => version,
    };
    let date = crate::clock::format("%a %b %d %T UTC %Y");
    format!(
        "\"vpd=*FC ????????\n*VC 20.0\n*N2 {date}\n*FC ????????\n*DS Hardware Management Console\n*TM {}\n*SE {}\n*MN IBM\n*PN Unknown\n*SZ 4152315904\n*OS Embedded Operating Systems\n*NA {}\n*FC ????????\n*DS Platform Firmware\n*RM {level}.0\n\"\n",
        spec.type_model, spec.serial, scene.console.address
    )
}

fn network(scene: &Scene) -> String {
    let spec = &scene.console.spec;
    if let Some(network) = &spec.network {
        return network.clone();
    }
    let (name, ip) = (&spec.name, &scene.console.address);
    format!(
        "hostname={name},domain=,ipaddr={ip},networkmask=255.0.0.0,gateway=,nameserver=,domainsuffix=,slipipaddr=10.253.0.1,slipnetmask=255.255.0.0,ipaddrlpar={ip},networkmasklpar=255.0.0.0,clients=,ipv6addrlpar=,slpipaddrs={ip},ipv4addr_eth0={ip},ipv4netmask_eth0=255.0.0.0,ipv4dhcp_eth0=off,ipv6addr_eth0=,ipv6auto_eth0=off,ipv6privacy_eth0=off,ipv6dhcp_eth0=off,lparcomm_eth0=off,jumboframe_eth0=off,speed_eth0=auto,duplex_eth0=auto,tso_eth0=off\n"
    )
}
