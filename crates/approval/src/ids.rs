//! Typed codes: a unit's code can't be handed over where an item's is wanted.

use std::fmt;

macro_rules! code {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Wraps a code as it is written in the reference tables.
            pub fn new(code: impl Into<String>) -> Self {
                Self(code.into())
            }

            /// The code as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(code: &str) -> Self {
                Self(code.to_owned())
            }
        }
    };
}

code!(
    /// An administrative division by its GB/T 2260 code: `410800` is Jiaozuo.
    DivisionCode
);
code!(
    /// A unit (单位) of a division.
    UnitCode
);
code!(
    /// An item (事项) that can be applied for.
    ItemCode
);
code!(
    /// A person (人员) who acts, is told, or both.
    PersonCode
);
code!(
    /// A subject's number: a case number (办件编号) or the number of a supervision order (督办单).
    SubjectId
);
