//! Numbers, dates and lists by the browser's `Intl`.
//!
//! A formatter costs more to make than to use, so each is kept, as a bound function, until the
//! language changes.

use std::cell::RefCell;

use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use super::{Style, Unit, language};

thread_local! {
    /// Few enough to look through.
    static KEPT: RefCell<Vec<(String, Option<Function>)>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn forget() {
    KEPT.with_borrow_mut(Vec::clear);
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(super) fn number(n: usize) -> String {
    // So few need no separator in any of our languages, and the first formatter costs a page more
    // time than all it draws.
    if n < 1000 {
        return n.to_string();
    }
    say("NumberFormat", "", "format", &[JsValue::from_f64(n as f64)])
        .unwrap_or_else(|| n.to_string())
}

pub(super) fn percent(percent: u8) -> String {
    say("NumberFormat", "style:percent", "format", &[(f64::from(percent) / 100.0).into()])
        .unwrap_or_else(|| format!("{percent} %"))
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
pub(super) fn is_one(n: usize) -> bool {
    say("PluralRules", "", "select", &[JsValue::from_f64(n as f64)])
        .is_some_and(|word| word == "one")
}

#[expect(clippy::cast_precision_loss, reason = "moments stay far below 2^53 ms")]
pub(super) fn moment(style: Style, wall_ms: i64) -> String {
    let options = match style {
        Style::Time => "hour:2-digit,minute:2-digit",
        Style::Weekday => "weekday:short",
        Style::WeekdayTime => "weekday:short,hour:2-digit,minute:2-digit",
        Style::Day => "day:numeric,month:short",
        Style::DayTime => "day:numeric,month:short,hour:2-digit,minute:2-digit",
        Style::Date => "day:numeric,month:short,year:numeric",
        Style::DateTime => "day:numeric,month:short,year:numeric,hour:2-digit,minute:2-digit",
    };
    // The offset of the zone is in the moment already.
    let options = format!("{options},hourCycle:h23,timeZone:UTC");
    say("DateTimeFormat", &options, "format", &[JsValue::from_f64(wall_ms as f64)])
        .unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "stretches stay far below 2^53")]
pub(super) fn unit(n: i64, unit: Unit) -> String {
    // What is short of a day is clear when short; a day is not.
    let display = if unit == Unit::Day { "long" } else { "short" };
    let options = format!("style:unit,unit:{},unitDisplay:{display}", name(unit));
    say("NumberFormat", &options, "format", &[JsValue::from_f64(n as f64)])
        .unwrap_or_else(|| format!("{n} {}", name(unit)))
}

#[expect(clippy::cast_precision_loss, reason = "stretches stay far below 2^53")]
pub(super) fn relative(n: i64, unit: Unit) -> String {
    let arguments = [JsValue::from_f64(n as f64), name(unit).into()];
    say("RelativeTimeFormat", "", "format", &arguments).unwrap_or_else(|| super::unit(n, unit))
}

pub(super) fn bytes(n: f64, unit: &str) -> String {
    let options = format!("style:unit,unit:{unit},unitDisplay:short,maximumFractionDigits:1");
    say("NumberFormat", &options, "format", &[n.into()]).unwrap_or_default()
}

pub(super) fn zone_names() -> Vec<String> {
    let names = || -> Result<Array, JsValue> {
        let intl = Reflect::get(&js_sys::global(), &"Intl".into())?;
        let all: Function = Reflect::get(&intl, &"supportedValuesOf".into())?.dyn_into()?;
        all.call1(&intl, &"timeZone".into())?.dyn_into()
    };
    names().map(|all| all.iter().filter_map(|name| name.as_string()).collect()).unwrap_or_default()
}

/// Old names and offsets are zones too, though [`zone_names`] leaves them out; making a clock of what is
/// none throws.
pub(super) fn is_zone_name(name: &str) -> bool {
    !name.contains(',') && make("DateTimeFormat", &format!("timeZone:{name}"), "format").is_ok()
}

pub(super) fn list(parts: &[String]) -> String {
    let all: Array = parts.iter().map(|part| JsValue::from_str(part)).collect();
    say("ListFormat", "type:unit,style:short", "format", &[all.into()])
        .unwrap_or_else(|| parts.join(", "))
}

const fn name(unit: Unit) -> &'static str {
    match unit {
        Unit::Second => "second",
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
    }
}

/// Has a class of `Intl`, made with options such as `style:percent`, say something.
fn say(class: &str, options: &str, method: &str, arguments: &[JsValue]) -> Option<String> {
    KEPT.with_borrow_mut(|kept| {
        let place = kept
            .iter()
            .position(|(key, _)| key.strip_prefix(class).is_some_and(|rest| rest == options));
        if place.is_none() {
            kept.push((format!("{class}{options}"), make(class, options, method).ok()));
        }
        let (_, function) = kept.get(place.unwrap_or(kept.len() - 1))?;
        let arguments: Array = arguments.iter().collect();
        Reflect::apply(function.as_ref()?, &JsValue::NULL, &arguments).ok()?.as_string()
    })
}

fn make(class: &str, options: &str, method: &str) -> Result<Function, JsValue> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into())?;
    let class: Function = Reflect::get(&intl, &class.into())?.dyn_into()?;
    let given = Object::new();
    for (name, value) in options.split(',').filter_map(|option| option.split_once(':')) {
        Reflect::set(&given, &name.into(), &value.into())?;
    }
    let made = Reflect::construct(&class, &Array::of2(&locale().into(), &given))?;
    let method: Function = Reflect::get(&made, &method.into())?.dyn_into()?;
    Ok(method.bind0(&made))
}

/// The browser's own tag where it is of the language spoken: `en-GB` writes dates as Britons do.
fn locale() -> String {
    let tag = language().tag();
    let own = Reflect::get(&js_sys::global(), &"navigator".into())
        .and_then(|navigator| Reflect::get(&navigator, &"language".into()))
        .ok()
        .and_then(|own| own.as_string());
    own.filter(|own| own.split('-').next() == Some(tag)).unwrap_or_else(|| tag.to_owned())
}
