//! The shell: the clock, commands, sweeps, jobs, import, replay.
