//! The texts an HMC answers with, in English and in Polish as far as captured.
//!
//! Each text says whether it is a capture; the others are assumptions (README).

/// Chooses texts by the locale of the session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Texts {
    /// The session is Polish, the one localisation with captures.
    pub polish: bool,
}

impl Texts {
    /// Nothing to list (capture, both languages); status 0.
    pub fn no_results(self) -> &'static str {
        if self.polish {
            "Nie znaleziono wyników."
        } else {
            "No results were found."
        }
    }

    /// An unknown attribute in `-F` (capture, both languages).
    pub fn invalid_attribute(self, name: &str) -> String {
        if self.polish {
            format!(
                "Wprowadzono niepoprawny atrybut.  Niepoprawnym atrybutem jest {name}.  Popraw wprowadzone dane i ponów komendę."
            )
        } else {
            format!(
                "An invalid attribute was entered.  The invalid attribute is {name}.  Please correct your entry and retry the command."
            )
        }
    }

    /// No NPIV on this hardware (Polish captured, English assumed).
    pub fn no_virtual_fc(self) -> &'static str {
        if self.polish {
            "HSCLA4C0 System zarządzany nie obsługuje wirtualnego kanału światłowodowego."
        } else {
            "HSCLA4C0 The managed system does not support virtual fibre channel."
        }
    }

    /// The OS level that is not known (capture, both languages).
    pub fn unknown_os(self) -> &'static str {
        if self.polish { "Nieznane" } else { "Unknown" }
    }

    /// Description of an empty slot (capture, both languages).
    pub fn empty_slot(self) -> &'static str {
        if self.polish {
            "Puste gniazdo"
        } else {
            "Empty slot"
        }
    }
}

/// A required option is missing or has a bad value (capture).
pub fn missing(options: &str) -> String {
    format!(
        "The command entered is either missing a required parameter or a parameter value is invalid. The parameters that are missing or have an invalid value are {options}. Please check your entry and retry the command."
    )
}

/// An option this level does not know (capture).
pub fn unknown_option(options: &str) -> String {
    format!(
        "An invalid parameter was entered.  The parameters {options} are not valid.  Please check your entry and retry the command."
    )
}

/// No partition of that name (capture).
pub fn no_partition(name: &str) -> String {
    format!(
        "HSCL8012 The partition named {name} was not found.  Please check your entry and retry the command."
    )
}

/// No partition of that id (assumed).
pub fn no_partition_id(id: &str) -> String {
    format!(
        "HSCL8011 The partition with an ID of {id} was not found.  Please check your entry and retry the command."
    )
}

/// No such managed system (code known, text assumed).
pub fn no_system(name: &str) -> String {
    format!(
        "HSCL8018 The managed system {name} was not found.  Please check your entry and retry the command."
    )
}

/// No such frame (assumed).
pub fn no_frame(name: &str) -> String {
    format!(
        "HSCL8019 The managed frame {name} was not found.  Please check your entry and retry the command."
    )
}

/// No profile of that name (capture).
pub fn no_profile(name: &str) -> String {
    format!("HSCL800F The partition profile named \"{name}\" was not found.")
}

/// The managed system is not Operating (capture).
pub const NOT_OPERATING: &str =
    "HSCL0238 This operation is only allowed when the managed system is in the Operating state.";

/// The managed system cannot be reached (code known, text assumed).
pub fn no_connection(state: &str) -> String {
    format!(
        "HSCL0237 This operation is not allowed when the managed system is in the {state} state.  After you establish a connection to the managed system and it has entered a valid state, retry the operation."
    )
}

/// Activating an LPAR that is active (capture).
pub const NOT_INACTIVE: &str =
    "HSCL05EA The partition must be in the Not Activated state to perform this operation.";

/// Activating without a profile an LPAR that never had one (code known, text assumed).
pub fn never_activated(name: &str) -> String {
    format!(
        "HSCL3680 The partition {name} cannot be activated with its current configuration because no configuration has been applied to it.  Activate the partition with a profile."
    )
}

/// Shutting down an LPAR that is off (code known, text assumed).
pub const ALREADY_OFF: &str =
    "HSCL1558 The partition cannot be shut down because it is not active.";

/// Shutting down an operating system without RMC (code known, text assumed).
pub const NO_OS_SHUTDOWN: &str = "HSCL0DB4 The operating system of the partition cannot be shut down because the partition has no active RMC connection to the management console.";

/// A power operation the managed system's state forbids (assumed).
pub fn wrong_system_state(state: &str) -> String {
    format!(
        "HSCL0239 This operation is not allowed when the managed system is in the {state} state."
    )
}

/// The user may not do that (code known, text captured).
pub const NO_AUTHORITY: &str = "HSCL350B The user does not have the appropriate authority";

/// Another task holds the managed system (HSCL3205 is a known busy code, text assumed).
pub const BUSY: &str =
    "HSCL3205 The managed system is busy with another operation.  Retry the operation later.";

/// A required attribute of configuration data is missing (assumed).
pub fn missing_attribute(name: &str) -> String {
    format!(
        "The command entered is missing a required attribute.  The attribute that is missing or has no value is {name}.  Please check your entry and retry the command."
    )
}

/// An attribute that the resource does not have or that cannot be set (text captured for `-F`,
/// assumed for configuration data).
pub fn bad_attribute(name: &str) -> String {
    Texts { polish: false }.invalid_attribute(name)
}

/// A value that is not allowed (code known, text assumed).
pub fn bad_value(name: &str, value: &str) -> String {
    format!("HSCL0622 The value {value} is not valid for the attribute {name}.")
}

/// Minimum, desired and maximum are not in order (code known, text assumed).
pub fn not_ordered(names: &[&str; 3]) -> String {
    format!(
        "HSCL0617 The values of {}, {} and {} must not decrease in this order.",
        names[0], names[1], names[2]
    )
}

/// A name that another partition has (code and beginning known).
pub fn name_taken(name: &str) -> String {
    format!("HSCL05DE A partition in the managed system already uses the name {name}.")
}

/// An id that another partition has (assumed).
pub fn id_taken(id: &str) -> String {
    format!("HSCL05DF A partition in the managed system already uses the ID {id}.")
}

/// A profile that is there already (assumed).
pub fn profile_taken(name: &str) -> String {
    format!("HSCL0610 The partition already has a profile named {name}.")
}

/// The default profile cannot be removed (assumed).
pub const DEFAULT_PROFILE: &str = "HSCL0613 The default profile of a partition cannot be removed.";

/// A description that is not ASCII (code known, text assumed).
pub const NOT_ASCII: &str = "HSCLC63B The description must consist of ASCII characters.";

/// Dynamic partitioning without RMC (code known; the text is that of a Chinese capture, in
/// English).
pub fn no_rmc(id: u32) -> String {
    format!(
        "HSCL2957 Either there is currently no RMC connection between the management console and the partition {id} or the partition does not support dynamic partitioning operations."
    )
}

/// A dynamic change that the partition or the system has no room for (assumed).
pub fn no_room(what: &str) -> String {
    format!(
        "HSCL294C The dynamic partitioning operation cannot be done: the new amount of {what} is outside of the limits of the partition or of the managed system."
    )
}

/// A dynamic removal of virtual I/O that failed (text as quoted elsewhere).
pub fn no_virtual_slot(slot: &str) -> String {
    format!("HSCL294D Dynamic remove of virtual I/O resources failed: slot {slot} is not in use.")
}

/// A configuration file that is not on the console (assumed).
pub fn no_file(name: &str) -> String {
    format!("The file {name} was not found.  Please check your entry and retry the command.")
}

/// A slot that cannot be added, removed or moved; the text of a removal is captured up to the
/// operating system's own log, the others are like it (assumed, codes too).
pub fn slot_failed(operation: &str, index: &str, reason: &str) -> String {
    let (code, what) = match operation {
        "a" => ("HSCL2928", "addition"),
        "m" => ("HSCL2930", "move"),
        _ => ("HSCL2929", "removal"),
    };
    format!(
        "{code} The dynamic {what} of I/O resources failed: The I/O slot dynamic partitioning operation failed.  Here are the I/O slot IDs that failed and the reasons for failure:\n\n{index}: {reason}"
    )
}

/// A slot that the system does not have (assumed).
pub fn no_slot(index: &str) -> String {
    format!("HSCL2931 The I/O slot with DRC index {index} was not found.")
}

/// A second connection to an address (assumed).
pub fn connected(ip: &str) -> String {
    format!("HSCL0D01 A connection to {ip} exists already.")
}

/// A connection that is not there (assumed).
pub fn not_connected(ip: &str) -> String {
    format!("HSCL0D02 There is no connection to {ip}.")
}

/// A wrong current password (assumed).
pub const WRONG_PASSWORD: &str =
    "HSCL0D03 The current password is not correct.  Please check your entry and retry the command.";

/// Two new passwords that differ (assumed).
pub const PASSWORDS_DIFFER: &str = "The passwords do not match.";

/// A user that the console does not have (assumed).
pub fn no_user(name: &str) -> String {
    format!("HSCL350A The user {name} was not found.")
}

/// A virtual I/O server command that failed; code and first words are known, the rest is
/// assumed.
pub fn vios_failed(text: &str) -> String {
    format!("HSCL2970 The IOServer command failed for the following reason:\n{text}")
}

/// Shared memory pools where there are none (capture).
pub const NO_MEMORY_SHARING: &str = "HSCLA4A0 The operation failed because the managed system does not support Active Memory Sharing or partition suspend and resume operations.";
