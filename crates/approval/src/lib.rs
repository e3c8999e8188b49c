//! The workflow core: subjects, stages, events, clocks, rules, warnings.
