//! Reaching other machines over ssh: targets, commands, master connections, fan-out.
