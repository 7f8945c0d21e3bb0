//! What an administrator does through an HMC: scan, power.
