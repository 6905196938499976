// What a station keeps in the browser: its list until the link ends, its scans until the server has them.

const NAME = "filiera-station";

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export class Store {
  static async open(token) {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("lists", { keyPath: "token" });
      opening.result.createObjectStore("scans", { keyPath: "id" });
    };
    const store = new Store();
    store.database = await settled(opening);
    store.token = token;
    return store;
  }

  rows(name, mode = "readonly") { return this.database.transaction(name, mode).objectStore(name); }

  async list() { return (await settled(this.rows("lists").get(this.token)))?.list ?? null; }

  keepList(list) { return settled(this.rows("lists", "readwrite").put({ token: this.token, list, until: list.until })); }

  forgetList() { return settled(this.rows("lists", "readwrite").delete(this.token)); }

  // Lists of other stations that were opened here before and are over.
  async forgetEnded(now) {
    const lists = await settled(this.rows("lists").getAll());
    const ended = lists.filter((kept) => kept.until <= now);
    await Promise.all(ended.map((kept) => settled(this.rows("lists", "readwrite").delete(kept.token))));
  }

  keepScan(scan) { return settled(this.rows("scans", "readwrite").put({ ...scan, token: this.token })); }

  dropScan(id) { return settled(this.rows("scans", "readwrite").delete(id)); }

  // In the order in which they were made.
  async waiting() {
    const scans = await settled(this.rows("scans").getAll());
    return scans.filter((scan) => scan.token === this.token).sort((left, right) => left.at - right.at);
  }
}

// Where a browser keeps nothing (a private window), the page works as long as it stays open.
export class Memory {
  constructor() { this.kept = null; this.scans = new Map(); }
  async list() { return this.kept; }
  async keepList(list) { this.kept = list; }
  async forgetList() { this.kept = null; }
  async forgetEnded() {}
  async keepScan(scan) { this.scans.set(scan.id, scan); }
  async dropScan(id) { this.scans.delete(id); }
  async waiting() { return [...this.scans.values()].sort((left, right) => left.at - right.at); }
}

export async function openStore(token) {
  try { return await Store.open(token); } catch { return new Memory(); }
}
