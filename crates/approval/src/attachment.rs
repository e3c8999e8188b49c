//! Attachments (附件): what an event says of a file that was handed in with it. The file itself lies beside the record;
//! its digest is part of the event, so that the chain covers it.

/// A file of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its number.
    pub id: String,
    /// Its name, made safe.
    pub name: String,
    /// What it is, by its first bytes.
    pub media_type: String,
    /// Its length in bytes.
    pub size: i64,
    /// The SM3 digest of its bytes, in hexadecimal.
    pub sm3: String,
}

/// The longest name that is kept, in characters: longer ones say nothing more and break tables.
const NAME_CHARS_MAX: usize = 100;

/// A name that no system takes for a path, a command or a tag: the last part of a path, without control characters and
/// without what file systems and pages give a meaning.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe = |c: char| match c {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '&' | '\'' | '`' | '$' | '%' => '_',
        // Marks that turn the direction of writing make `exe.pdf` out of `fdp.exe`.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '_',
        c if c.is_control() => '_',
        c => c,
    };
    let name: String = last.chars().map(safe).collect();
    let name = name
        .trim()
        .trim_start_matches('.')
        .trim_end_matches(['.', ' ']);
    let length = name.chars().count();
    if length <= NAME_CHARS_MAX {
        return if name.is_empty() { "附件" } else { name }.to_owned();
    }
    // The ending says what it is: what is too long is cut before it.
    let ending = match name.rsplit_once('.') {
        Some((_, ending)) if ending.chars().count() <= 8 => format!(".{ending}"),
        _ => String::new(),
    };
    let room = NAME_CHARS_MAX.saturating_sub(ending.chars().count());
    let start: String = name.chars().take(room).collect();
    format!("{start}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_safe() {
        let long = "长".repeat(120);
        for (name, safe) in [
            ("回复.pdf", "回复.pdf".to_owned()),
            ("../../etc/passwd", "passwd".to_owned()),
            ("C:\\档案\\回复 1.docx", "回复 1.docx".to_owned()),
            (".htaccess", "htaccess".to_owned()),
            ("<img src=x>.png", "_img src=x_.png".to_owned()),
            ("a\r\nSet-Cookie: x.txt", "a__Set-Cookie_ x.txt".to_owned()),
            ("fdp\u{202e}exe.pdf", "fdp_exe.pdf".to_owned()),
            ("dir/", "附件".to_owned()),
            (" . ", "附件".to_owned()),
            ("", "附件".to_owned()),
            (&format!("{long}.ofd"), format!("{}.ofd", "长".repeat(96))),
            (
                &format!("{long}.docx.sig2"),
                format!("{}.sig2", "长".repeat(95)),
            ),
            // What is so long is no ending: it is cut like the rest.
            (
                &format!("{long}.第十二号文件附件"),
                format!("{}.第十二号文件附件", "长".repeat(91)),
            ),
            (&format!("{long}.第十二号文件之附件"), "长".repeat(100)),
            (&long, "长".repeat(100)),
        ] {
            assert_eq!(safe_name(name), safe, "{name}");
        }
    }
}
