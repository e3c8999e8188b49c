//! `report`: the statistics of a period as files, for people and for cron.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use approval::statistics::Period;
use clap::Args;
use engine::EngineError;
use report::period::{Format, ReportFile, files};
use serde_json::json;
use tempfile::NamedTempFile;

use crate::app::App;
use crate::failure::Failure;
use crate::output;

/// What is reported, how, and where to.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// 统计期:2011、2011-H2、2011-Q4、2011-10、2011-W40 或 2011-10-08..2011-10-31 / The period
    #[arg(long, value_name = "P")]
    period: String,
    /// 格式:json、csv、html、xlsx,可多个 / The forms
    #[arg(long, value_name = "FORMAT", value_delimiter = ',', default_value = "json", value_parser = format)]
    format: Vec<Format>,
    /// 文件放入这一文件夹 / The folder that the files go to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// 同时寄给领导和单位负责人(尚不可用) / Mails it, too (not yet)
    #[arg(long)]
    mail: bool,
}

/// Counts, makes all files, and only then lets them appear.
pub(crate) async fn run(app: &App, options: Options) -> Result<(), Failure> {
    if options.mail {
        return Err(Failure::cannot_run(app.pick(
            "报告尚不能自动寄送,请去掉 --mail,用 --out 的文件另行寄送",
            "reports can't be mailed yet: leave --mail out and send the files",
        )));
    }
    let period = Period::parse(&options.period)
        .map_err(|error| EngineError::invalid("bad_period", error.to_string()))?;
    let engine = app.engine().await?;
    let counted = engine.statement(&period).await;
    engine.close().await;
    let statement = counted?;
    let mut made = Vec::new();
    for format in &options.format {
        made.extend(files(&statement, *format).map_err(anyhow::Error::from)?);
    }
    let paths = put(&options.out, &made).with_context(|| {
        let out = options.out.display();
        app.pick(
            format!("报告不能写入 {out},未留下不完整的文件"),
            format!("the report can't be written to {out}; no part of a file is left"),
        )
    })?;
    if !statement.total.has_business() {
        app.say(
            "本期没有办件,报告各项为零",
            "No business in this period: the report shows zeros",
        );
    }
    if statement.is_open {
        app.say(
            "统计期尚未结束,报告注明截至当前时间",
            "The period isn't over: the report says as of when it is",
        );
    }
    // A job of cron mails whatever is printed: when it is to be quiet there is nothing.
    if !app.quiet {
        let names: Vec<String> = paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        output::json(&json!({
            "period": period.to_string(),
            "cut_off": statement.calendar.local(statement.cut_off).to_rfc3339(),
            "as_of": statement.is_open,
            "files": names,
        }))?;
    }
    Ok(())
}

/// Puts files into a folder, each whole or not at all: written beside, flushed to the disk, then renamed. Two runs at
/// once leave the files of one of them.
fn put(folder: &Path, made: &[ReportFile]) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    let mut ready = Vec::new();
    for file in made {
        let mut beside = temporary(folder)?;
        beside.write_all(&file.content)?;
        beside.as_file().sync_all()?;
        ready.push((beside, folder.join(&file.name)));
    }
    let mut paths = Vec::new();
    for (beside, path) in ready {
        beside.persist(&path).map_err(|error| error.error)?;
        paths.push(path);
    }
    Ok(paths)
}

/// A file that goes when it isn't kept. Others may read it as far as the office's own mask lets them.
pub(super) fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".report-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn format(word: &str) -> Result<Format, String> {
    Format::parse(word.trim()).ok_or_else(|| match word.trim() {
        "pdf" => "尚不能生成 pdf,可用 html 打印 / no pdf yet: print the html".to_owned(),
        _ => "可用的有 / known are: json, csv, html, xlsx".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, content: &str) -> ReportFile {
        ReportFile {
            name: name.to_owned(),
            content: content.as_bytes().to_vec(),
        }
    }

    #[test]
    fn files_appear_whole_and_replace_older_ones() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("new/reports");
        put(&out, &[file("2011.json", "old"), file("2011.csv", "a")]).unwrap();
        let paths = put(&out, &[file("2011.json", "new")]).unwrap();
        assert_eq!(paths, [out.join("2011.json")]);
        assert_eq!(fs::read_to_string(out.join("2011.json")).unwrap(), "new");
        let left: Vec<_> = fs::read_dir(&out)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(left.len(), 2, "{left:?}");
    }

    #[test]
    fn nothing_is_left_where_one_file_fails() {
        let folder = tempfile::tempdir().unwrap();
        // A folder bears the second file's name, so that it can't be put there.
        fs::create_dir(folder.path().join("b.csv")).unwrap();
        assert!(put(folder.path(), &[file("b.csv", "2")]).is_err());
        let left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(left, ["b.csv"]);
        // A file is no folder.
        fs::write(folder.path().join("plain"), "").unwrap();
        assert!(put(&folder.path().join("plain"), &[file("c", "")]).is_err());
    }

    #[test]
    fn forms_that_do_not_exist_are_refused() {
        assert!(format("pdf").unwrap_err().contains("尚不能"));
        assert!(format("doc").unwrap_err().contains("xlsx"));
        assert_eq!(format(" json"), Ok(Format::Json));
    }
}
