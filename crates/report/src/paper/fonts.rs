//! The fonts of papers: found where systems put them, or where the configuration says.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use skrifa::{FontRef, MetadataProvider};
use usvg::fontdb;

use super::Face;

/// Folders in which distributions put Noto's Chinese fonts: Debian and Ubuntu, Arch, Fedora, openEuler, by hand.
const FOLDERS: [&str; 6] = [
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/share/fonts/google-noto-cjk",
    "/usr/share/fonts/google-noto-sans-cjk-fonts",
    "/usr/share/fonts/google-noto-serif-cjk-fonts",
    "/usr/local/share/fonts",
];

/// Other fonts that have the characters, if Noto isn't there.
const OTHERS: [&str; 3] = [
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
];

/// File names in the order in which they are liked.
const TEXT: [&str; 3] = [
    "NotoSerifCJK-Regular.ttc",
    "NotoSerifCJKsc-Regular.otf",
    "NotoSansCJK-Regular.ttc",
];
const TABLE: [&str; 3] = [
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSerifCJK-Regular.ttc",
];
const HEAD: [&str; 3] = [
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJKsc-Bold.otf",
    "NotoSerifCJK-Bold.ttc",
];

/// A character that every font for these papers has: of 办结.
const PROBE: char = '结';

/// Where the fonts lie; what isn't named is looked for in the usual places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FontPaths {
    /// For sentences.
    pub text: Option<PathBuf>,
    /// For tables and pictures.
    pub table: Option<PathBuf>,
    /// For titles and headings.
    pub head: Option<PathBuf>,
}

/// Why there are no fonts.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// None in the usual places.
    #[error(
        "没有找到中文字体,无法生成 PDF。请安装 fonts-noto-cjk(Debian:apt-get install fonts-noto-cjk),\
         或在配置 [report] 的 font_text、font_table、font_head 中指明字体文件 / \
         no Chinese font was found: install fonts-noto-cjk, or name font files in font_text, font_table and font_head of [report]"
    )]
    Missing,
    /// A file that was named can't be read.
    #[error(
        "无法读取配置 [report] 指明的字体文件 {path} / cannot read the font file that [report] names"
    )]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file is no font.
    #[error("{path} 不是 TrueType 或 OpenType 字体 / it is no TrueType or OpenType font")]
    NoFont {
        /// The file.
        path: PathBuf,
    },
    /// A font without Chinese characters.
    #[error(
        "字体 {path} 没有中文字符,请安装 fonts-noto-cjk 或改用别的字体 / this font has no Chinese characters"
    )]
    NotChinese {
        /// The file.
        path: PathBuf,
    },
}

/// A face of a font's file.
#[derive(Clone)]
pub(super) struct Loaded {
    pub(super) data: Arc<Vec<u8>>,
    pub(super) index: u32,
    pub(super) font: krilla::text::Font,
}

impl Loaded {
    pub(super) fn font_ref(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(&self.data, self.index).ok()
    }
}

/// The fonts of papers. Cheap to clone; each file is read once.
#[derive(Clone)]
pub struct Fonts {
    text: Loaded,
    table: Loaded,
    head: Loaded,
    /// The same for the pictures.
    pub(super) pictures: Arc<fontdb::Database>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").finish_non_exhaustive()
    }
}

impl Fonts {
    /// Reads the fonts.
    ///
    /// # Errors
    /// [`FontError`], which says what to install or to correct.
    pub fn load(paths: &FontPaths) -> Result<Self, FontError> {
        let text = place(paths.text.as_deref(), &TEXT)?;
        let table = place(paths.table.as_deref(), &TABLE)?;
        let head = place(paths.head.as_deref(), &HEAD)?;
        let mut database = fontdb::Database::new();
        let mut read: Vec<(PathBuf, Loaded)> = Vec::new();
        let mut load = |path: PathBuf| -> Result<Loaded, FontError> {
            if let Some((_, loaded)) = read.iter().find(|(known, _)| *known == path) {
                return Ok(loaded.clone());
            }
            let loaded = load(&path, &mut database)?;
            read.push((path, loaded.clone()));
            Ok(loaded)
        };
        // The last file that is read gives its family to words without one; tables and pictures look alike.
        let (text, head, table) = (load(text)?, load(head)?, load(table)?);
        Ok(Self {
            text,
            table,
            head,
            pictures: Arc::new(database),
        })
    }

    pub(super) fn face(&self, face: Face) -> &Loaded {
        match face {
            Face::Text => &self.text,
            Face::Table => &self.table,
            Face::Head => &self.head,
        }
    }
}

/// The file that was named, or the first of the usual ones.
fn place(named: Option<&Path>, names: &[&str]) -> Result<PathBuf, FontError> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let usual = names.iter().flat_map(|name| {
        FOLDERS
            .iter()
            .map(move |folder| Path::new(folder).join(name))
    });
    let others = OTHERS.iter().map(PathBuf::from);
    usual
        .chain(others)
        .find(|path| path.is_file())
        .ok_or(FontError::Missing)
}

/// Reads one file. Of a collection the face for simplified Chinese is taken, not one of fixed width.
fn load(path: &Path, database: &mut fontdb::Database) -> Result<Loaded, FontError> {
    let data = fs::read(path).map_err(|source| FontError::Read {
        path: path.to_owned(),
        source,
    })?;
    let data = Arc::new(data);
    let no_font = || FontError::NoFont {
        path: path.to_owned(),
    };
    let faces = database.load_font_source(fontdb::Source::Binary(Arc::clone(&data) as _));
    let faces: Vec<&fontdb::FaceInfo> = faces.iter().filter_map(|id| database.face(*id)).collect();
    let is_simplified = |face: &&&fontdb::FaceInfo| {
        let mut names = face.families.iter().map(|(name, _)| name);
        names.any(|name| name.ends_with(" SC") && !name.contains("Mono"))
    };
    let chosen = faces.iter().find(is_simplified).or(faces.first());
    let (index, family) = chosen
        .map(|face| {
            (
                face.index,
                face.families.first().map(|(name, _)| name.clone()),
            )
        })
        .ok_or_else(no_font)?;
    if let Some(family) = family {
        database.set_sans_serif_family(family);
    }
    let font = krilla::text::Font::new(Arc::clone(&data).into(), index).ok_or_else(no_font)?;
    let loaded = Loaded { data, index, font };
    let has_chinese = loaded
        .font_ref()
        .is_some_and(|font| font.charmap().map(PROBE).is_some());
    if has_chinese {
        Ok(loaded)
    } else {
        Err(FontError::NotChinese {
            path: path.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &Path) -> String {
        let paths = FontPaths {
            text: Some(text.to_owned()),
            ..FontPaths::default()
        };
        Fonts::load(&paths).expect_err("no fonts").to_string()
    }

    #[test]
    fn what_is_wrong_with_a_font_is_said() {
        let folder = std::env::temp_dir();
        let missing = refused(&folder.join("no-such-font.ttc"));
        assert!(missing.contains("no-such-font.ttc"), "{missing}");
        let plain = folder.join(format!("no-font-{}.ttf", std::process::id()));
        fs::write(&plain, "not a font").expect("a file");
        let wrong = refused(&plain);
        fs::remove_file(&plain).expect("removed");
        assert!(wrong.contains("不是 TrueType"), "{wrong}");
        assert!(FontError::Missing.to_string().contains("fonts-noto-cjk"));
    }
}
