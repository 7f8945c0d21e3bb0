//! The HMC command line, typed: records, commands, answers.
