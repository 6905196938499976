// Changes that have not reached the server yet, in the browser's own database: they outlive a page that is closed.

const NAME = "filiera-unsent";
const STORE = "changes";

let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function run(mode, work) {
  const transaction = (await database()).transaction(STORE, mode);
  const request = work(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
  });
}

export const keepUnsent = (record) => run("readwrite", (store) => store.put(record));
export const forgetUnsent = (key) => run("readwrite", (store) => store.delete(key));
export const allUnsent = () => run("readonly", (store) => store.getAll());
