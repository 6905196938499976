// What has not reached the server yet, in the browser's own database: it outlives a page that is closed.

const STORE = "changes";

export function unsentIn(name) {
  let opened = null;

  function database() {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name, 1);
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

  return {
    keep: (record) => run("readwrite", (store) => store.put(record)),
    forget: (key) => run("readwrite", (store) => store.delete(key)),
    all: () => run("readonly", (store) => store.getAll()),
  };
}

const changes = unsentIn("filiera-unsent");

export const keepUnsent = changes.keep;
export const forgetUnsent = changes.forget;
export const allUnsent = changes.all;
