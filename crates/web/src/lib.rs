//! HTTP: health, metrics and what the desks will stand on.
