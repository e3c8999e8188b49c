//! `/items` and `/units`: the codes that requests are made of.

use approval::item::Item;
use axum::Json;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::Always;
use super::caller::Reader;
use super::problem::Problem;
use super::words::Term;

/// What can be applied for, in the version that is in force.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ItemAnswer {
    #[schema(example = "GSJ-001")]
    code: String,
    version: i64,
    name: String,
    unit: String,
    /// `immediate`, `committed`, `joint` or `forwarded`.
    #[schema(example = "committed")]
    kind: String,
    /// The promised limit; none where each case states its own.
    #[schema(required)]
    promised: Option<Term>,
    /// The statutory limit.
    #[schema(required)]
    statutory: Option<Term>,
}

/// The items.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct ItemsAnswer {
    items: Vec<ItemAnswer>,
}

/// Items in force that the token's unit handles, or all
#[utoipa::path(
    get,
    path = "/items",
    tag = "reference",
    responses((status = 200, description = "The items", body = ItemsAnswer), Always)
)]
pub(crate) async fn items(Reader(asker): Reader) -> Result<Json<ItemsAnswer>, Problem> {
    let codes = asker.books.items.keys();
    let in_force = codes.filter_map(|code| asker.books.item_in_force(code, asker.now).ok());
    let own = in_force.filter(|item| asker.who.reaches(&item.unit));
    Ok(Json(ItemsAnswer {
        items: own.map(|item| answer(item)).collect(),
    }))
}

fn answer(item: &Item) -> ItemAnswer {
    let term = |term: calendar::Term| Term {
        amount: term.amount(),
        unit: term.unit().into(),
    };
    ItemAnswer {
        code: item.code.as_str().to_owned(),
        version: item.version,
        name: item.name.clone(),
        unit: item.unit.as_str().to_owned(),
        kind: item.kind.as_str().to_owned(),
        promised: item.promised.map(term),
        statutory: item.statutory.map(term),
    }
}

/// A unit.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct UnitAnswer {
    #[schema(example = "GSJ")]
    code: String,
    name: String,
    kind: String,
    /// The hall in which it has its windows.
    #[schema(required)]
    hall: Option<String>,
    /// Its windows there, as papers name them.
    #[schema(required, example = "3、4号")]
    windows: Option<String>,
}

/// The units.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct UnitsAnswer {
    units: Vec<UnitAnswer>,
}

/// All units: an opinion may be asked of any
#[utoipa::path(
    get,
    path = "/units",
    tag = "reference",
    responses((status = 200, description = "The units", body = UnitsAnswer), Always)
)]
pub(crate) async fn units(Reader(asker): Reader) -> Result<Json<UnitsAnswer>, Problem> {
    let units = asker.books.directory.units();
    let units = units.map(|unit| UnitAnswer {
        code: unit.code.as_str().to_owned(),
        name: unit.name.clone(),
        kind: unit.kind.clone(),
        hall: unit.hall.clone(),
        windows: unit.windows.clone(),
    });
    Ok(Json(UnitsAnswer {
        units: units.collect(),
    }))
}
