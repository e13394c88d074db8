// IndexedDB with promises, for idb.rs: what is shorter here than there.

const brought = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * Opens a database. Stores and indexes that it lacks are made; none is ever taken out. Async, as is
 * `ask`, so that what the browser throws at once is a promise broken too.
 */
export async function open(name, version, stores) {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => {
    const { result: database, transaction } = request;
    for (const [store, options, indexes] of stores) {
      const made = database.objectStoreNames.contains(store)
        ? transaction.objectStore(store)
        : database.createObjectStore(store, options);
      for (const [index, path] of indexes) {
        if (!made.indexNames.contains(index)) made.createIndex(index, path);
      }
    }
  };
  return brought(request).then((database) => {
    // Whoever upgrades it must not have to wait for this tab; the store opens it again.
    database.onversionchange = () => database.close();
    return database;
  });
}

/** Begins a transaction; `done` is fulfilled once it is committed. */
export function begin(database, stores, mode) {
  const transaction = database.transaction(stores, mode);
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () =>
      reject(transaction.error ?? new DOMException('the transaction was taken back', 'AbortError'));
  });
  // Whoever only reads does not wait for it.
  done.catch(() => {});
  return { transaction, done };
}

/** What a store or an index answers to a request. */
export const ask = async (source, method, first, second) =>
  brought(source[method](first, second));

/** Makes a request that nobody waits for: if it fails, so does its transaction. */
export const order = (store, method, first, second) => {
  store[method](first, second);
};
