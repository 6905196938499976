// One text in one page: what was typed, what is on its way to the server, what waits behind it.
// Knows nothing of the document or the network: `send` and `pull` are given, and `kept` stores what is unsent.

import { apply, changesNothing, compose, difference, meet, OperationDoesNotFit } from "./operations.js";

const RETRY_MS = [500, 1_000, 2_000, 3_000];
const GATHER_MS = 150;

const retryMs = (failures) => RETRY_MS[Math.min(failures, RETRY_MS.length) - 1];

export class Refused extends Error {}

export class TextSession {
  // `text` is null for what an earlier page left unsent: then only the changes are known.
  constructor({ client, text, revision, sent = null, waiting = null, number = 0, send, pull, kept, changed, stated }) {
    Object.assign(this, { client, text, revision, sent, waiting, number, send, pull, kept, changed, stated });
    this.failures = 0;
    this.missed = 0;
    this.isSending = false;
    this.isPulling = false;
    this.isBehind = false;
    this.isHeld = false;
    this.held = [];
    this.isRefused = false;
    this.timer = 0;
  }

  get isSaved() { return !this.sent && !this.waiting; }

  // Somebody typed: the field holds this text now.
  type(after) {
    const operation = difference(this.text, after);
    if (this.isRefused || changesNothing(operation)) return;
    this.text = after;
    this.waiting = this.waiting ? compose(this.waiting, operation) : operation;
    this.keep();
    this.flushLater(GATHER_MS);
  }

  // While a word is being composed nothing is put into the field.
  hold() { this.isHeld = true; }

  release() {
    this.isHeld = false;
    this.receive(this.held.splice(0));
  }

  flushLater(delay) {
    if (!this.timer) this.timer = setTimeout(() => { this.timer = 0; this.flush(); }, delay);
  }

  async flush() {
    if (this.isSending || this.isRefused) return;
    if (!this.sent) {
      if (!this.waiting) return;
      this.number += 1;
      [this.sent, this.waiting] = [this.waiting, null];
      this.keep();
    }
    this.isSending = true;
    this.state();
    try {
      const message = { client: this.client, number: this.number, revision: this.revision, operation: this.sent };
      const operations = await this.send(message);
      this.failures = 0;
      this.isSending = false;
      this.receive(operations);
    } catch (error) {
      this.isSending = false;
      if (error instanceof Refused || error instanceof OperationDoesNotFit) {
        this.refuse(error);
        return;
      }
      this.failures += 1;
      this.state();
      this.flushLater(retryMs(this.failures));
    }
  }

  // The server tells of a newer revision, or the page was away. Asked until it is answered: nobody may
  // tell of this revision a second time.
  async catchUp() {
    this.isBehind = true;
    if (this.isPulling || this.isRefused) return;
    this.isPulling = true;
    try {
      // Asked again where somebody told of more while the answer was on its way.
      while (this.isBehind) {
        this.isBehind = false;
        this.receive(await this.pull(this.revision));
        this.missed = 0;
      }
    } catch (error) {
      // Who may no longer read is told so when they write.
      if (error instanceof Refused) return;
      if (error instanceof OperationDoesNotFit) {
        this.refuse(error);
        return;
      }
      this.missed += 1;
      setTimeout(() => this.catchUp(), retryMs(this.missed));
    } finally {
      this.isPulling = false;
    }
  }

  // What is shown is not what the server has, or may not be changed: nothing more is sent from here.
  refuse(error) {
    this.isRefused = true;
    this.state(error.message, error.cause);
  }

  receive(operations) {
    if (this.isHeld) {
      this.held.push(...operations);
      return;
    }
    const known = operations.filter((each) => each.revision > this.revision);
    known.sort((one, other) => one.revision - other.revision);
    for (const each of known) {
      if (each.revision !== this.revision + 1) continue;
      this.revision = each.revision;
      if (this.sent && each.client === this.client && each.number === this.number) this.sent = null;
      else this.takeForeign(each.operation, each.client <= this.client);
    }
    this.keep();
    this.state();
    if (!this.isSending && (this.sent || this.waiting)) this.flushLater(this.sent ? RETRY_MS[0] : 0);
  }

  takeForeign(operation, isFirst) {
    let foreign = operation;
    if (this.sent) [foreign, this.sent] = meet(foreign, this.sent, isFirst);
    if (this.waiting) [foreign, this.waiting] = meet(foreign, this.waiting, isFirst);
    if (this.text === null) return;
    this.text = apply(this.text, foreign);
    this.changed?.(this.text, foreign);
  }

  keep() {
    const { client, number, revision, sent, waiting } = this;
    this.kept?.(this.isSaved ? null : { client, number, revision, sent, waiting });
  }

  state(refusal = "", status = 0) {
    let told = "saved";
    if (this.isRefused) told = "refused";
    else if (this.failures) told = "offline";
    else if (!this.isSaved) told = "saving";
    this.stated?.(told, refusal, status);
  }
}
