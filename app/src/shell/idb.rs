//! IndexedDB, as much of it as the store uses: a few calls over `idb.js`.
//!
//! The crates for it are made for more than that and are a twelfth of what a first visit may
//! download. They also wait for every record that is put; here what fails is told by the
//! transaction, which is what is waited for.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/shell/idb.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = open)]
    async fn open(name: &str, version: u32, stores: &Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    fn begin(database: &JsValue, stores: &Array, mode: &str) -> Result<Begun, JsValue>;
    #[wasm_bindgen(catch)]
    async fn ask(
        source: &Source,
        method: &str,
        first: &JsValue,
        second: &JsValue,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    fn order(
        source: &Source,
        method: &str,
        first: &JsValue,
        second: &JsValue,
    ) -> Result<(), JsValue>;
}

#[wasm_bindgen]
extern "C" {
    type Begun;
    #[wasm_bindgen(method, getter)]
    fn transaction(this: &Begun) -> Open;
    #[wasm_bindgen(method, getter)]
    fn done(this: &Begun) -> js_sys::Promise;

    type Open;
    #[wasm_bindgen(method, catch, js_name = objectStore)]
    fn object_store(this: &Open, name: &str) -> Result<Source, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn commit(this: &Open) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn abort(this: &Open) -> Result<(), JsValue>;

    /// An object store or an index.
    pub(super) type Source;
    #[wasm_bindgen(method, catch, js_name = index)]
    fn js_index(this: &Source, name: &str) -> Result<Source, JsValue>;

    /// A range of keys.
    #[wasm_bindgen(js_name = IDBKeyRange)]
    pub(super) type KeyRange;
    /// One key alone.
    #[wasm_bindgen(catch, static_method_of = KeyRange, js_class = "IDBKeyRange")]
    pub(super) fn only(key: &JsValue) -> Result<KeyRange, JsValue>;
    /// From a key on; without the key itself where `open`.
    #[wasm_bindgen(catch, static_method_of = KeyRange, js_class = "IDBKeyRange", js_name = lowerBound)]
    pub(super) fn lower_bound(key: &JsValue, open: Option<bool>) -> Result<KeyRange, JsValue>;
    /// From one key to another; without these where `open`.
    #[wasm_bindgen(catch, static_method_of = KeyRange, js_class = "IDBKeyRange")]
    pub(super) fn bound(
        lower: &JsValue,
        upper: &JsValue,
        lower_open: Option<bool>,
        upper_open: Option<bool>,
    ) -> Result<KeyRange, JsValue>;
}

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TransactionMode {
    /// Read.
    ReadOnly,
    /// Read and write.
    ReadWrite,
}

/// An object store as it is to be, with its indexes: name and key path.
pub(super) struct ObjectStore {
    /// Its name.
    pub(super) name: &'static str,
    /// Where a record's key is; without, keys are counted up.
    pub(super) key_path: Option<&'static str>,
    /// Names of its indexes, each with the paths it goes by: one, or several together.
    pub(super) indexes: &'static [(&'static str, &'static [&'static str])],
}

impl ObjectStore {
    fn described(&self) -> Result<JsValue, JsValue> {
        let options = Object::new();
        match self.key_path {
            Some(path) => Reflect::set(&options, &"keyPath".into(), &path.into())?,
            None => Reflect::set(&options, &"autoIncrement".into(), &true.into())?,
        };
        let indexes: Array = self.indexes.iter().map(|(name, paths)| index(name, paths)).collect();
        Ok(Array::of3(&self.name.into(), &options, &indexes).into())
    }
}

fn index(name: &str, paths: &[&str]) -> JsValue {
    let path = match paths {
        [one] => JsValue::from(*one),
        several => names(several).into(),
    };
    Array::of2(&name.into(), &path).into()
}

fn names(names: &[&str]) -> Array {
    names.iter().map(|name| JsValue::from(*name)).collect()
}

/// An open database.
pub(super) struct Database(JsValue);

impl Database {
    /// Opens it; makes or upgrades it where needed.
    pub(super) async fn open(
        name: &str,
        version: u32,
        stores: &[ObjectStore],
    ) -> Result<Self, JsValue> {
        let described = Array::new();
        for store in stores {
            described.push(&store.described()?);
        }
        Ok(Self(open(name, version, &described).await?))
    }

    /// Begins a transaction over stores.
    pub(super) fn transaction(
        &self,
        stores: &[&str],
        mode: TransactionMode,
    ) -> Result<Transaction, JsValue> {
        let mode = match mode {
            TransactionMode::ReadOnly => "readonly",
            TransactionMode::ReadWrite => "readwrite",
        };
        begin(&self.0, &names(stores), mode).map(Transaction)
    }
}

/// A transaction under way. It is over by itself once nothing is asked of it.
pub(super) struct Transaction(Begun);

impl Transaction {
    /// One of its stores.
    pub(super) fn store(&self, name: &str) -> Result<Source, JsValue> {
        self.0.transaction().object_store(name)
    }

    /// Waits until everything is stored; the error says what the browser said.
    pub(super) async fn commit(self) -> Result<(), JsValue> {
        // It fails only where it is over already, and then it is known how it ended.
        let _ = self.0.transaction().commit();
        wasm_bindgen_futures::JsFuture::from(self.0.done()).await.map(drop)
    }

    /// Takes everything back.
    pub(super) async fn abort(self) -> Result<(), JsValue> {
        self.0.transaction().abort()?;
        let _ = wasm_bindgen_futures::JsFuture::from(self.0.done()).await;
        Ok(())
    }
}

impl Source {
    /// An index of this store.
    pub(super) fn index(&self, name: &str) -> Result<Self, JsValue> {
        self.js_index(name)
    }

    /// The record of a key.
    pub(super) async fn get(&self, key: JsValue) -> Result<Option<JsValue>, JsValue> {
        let found = ask(self, "get", &key, &JsValue::UNDEFINED).await?;
        Ok((!found.is_undefined()).then_some(found))
    }

    /// All records of a range, at most `limit`.
    pub(super) async fn get_all(
        &self,
        range: Option<KeyRange>,
        limit: Option<u32>,
    ) -> Result<Vec<JsValue>, JsValue> {
        self.all("getAll", range, limit).await
    }

    /// All primary keys of a range, at most `limit`.
    pub(super) async fn get_all_keys(
        &self,
        range: Option<KeyRange>,
        limit: Option<u32>,
    ) -> Result<Vec<JsValue>, JsValue> {
        self.all("getAllKeys", range, limit).await
    }

    async fn all(
        &self,
        method: &str,
        range: Option<KeyRange>,
        limit: Option<u32>,
    ) -> Result<Vec<JsValue>, JsValue> {
        let limit = limit.map_or(JsValue::UNDEFINED, JsValue::from);
        let found = ask(self, method, &given(range), &limit).await?;
        Ok(Array::from(&found).to_vec())
    }

    /// How many records are in a range.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count is a whole number; no browser keeps four milliards of records"
    )]
    pub(super) async fn count(&self, range: Option<KeyRange>) -> Result<u32, JsValue> {
        let count = ask(self, "count", &given(range), &JsValue::UNDEFINED).await?;
        Ok(count.as_f64().unwrap_or_default() as u32)
    }

    /// Puts a record; whether it is stored, the transaction tells.
    pub(super) async fn put(&self, record: &JsValue, key: Option<&JsValue>) -> Result<(), JsValue> {
        order(self, "put", record, key.unwrap_or(&JsValue::UNDEFINED))
    }

    /// Deletes the record of a key; whether it is gone, the transaction tells.
    pub(super) async fn delete(&self, key: JsValue) -> Result<(), JsValue> {
        order(self, "delete", &key, &JsValue::UNDEFINED)
    }
}

fn given(range: Option<KeyRange>) -> JsValue {
    range.map_or(JsValue::UNDEFINED, JsValue::from)
}
