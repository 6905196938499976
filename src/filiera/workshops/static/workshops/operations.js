// Changes of a text as operations, the same as operations.py: a positive number keeps so many characters,
// a negative one removes them, a string is inserted. Characters are code points, never UTF-16 units.

export class OperationDoesNotFit extends Error {}

const isText = (component) => typeof component === "string";
const points = (text) => [...text];
export const lengthOf = (text) => points(text).length;

class Builder {
  constructor() { this.components = []; }

  keep(count) {
    if (count <= 0) return;
    const last = this.components.at(-1);
    if (!isText(last) && last > 0) this.components[this.components.length - 1] += count;
    else this.components.push(count);
  }

  remove(count) {
    if (count <= 0) return;
    const last = this.components.at(-1);
    if (!isText(last) && last < 0) this.components[this.components.length - 1] -= count;
    else this.components.push(-count);
  }

  // Insertions stand before removals, so that one change has one form.
  insert(text) {
    if (!text) return;
    let place = this.components.length;
    const last = this.components.at(-1);
    if (!isText(last) && last < 0) place -= 1;
    if (place && isText(this.components[place - 1])) this.components[place - 1] += text;
    else this.components.splice(place, 0, text);
  }
}

class Reader {
  constructor(operation) { this.left = [...operation].reverse(); }

  peek() { return this.left.at(-1); }

  take(count) {
    const component = this.left.pop();
    if (isText(component)) {
      const all = points(component);
      const rest = all.slice(count).join("");
      if (rest) this.left.push(rest);
      return all.slice(0, count).join("");
    }
    const size = Math.min(count, Math.abs(component));
    const sign = Math.sign(component);
    if (Math.abs(component) > size) this.left.push(sign * (Math.abs(component) - size));
    return sign * size;
  }
}

const sizeOf = (component) => (isText(component) ? lengthOf(component) : Math.abs(component));

export function lengthBefore(operation) {
  return operation.reduce((sum, each) => sum + (isText(each) ? 0 : Math.abs(each)), 0);
}

export function lengthAfter(operation) {
  return operation.reduce((sum, each) => sum + (isText(each) || each > 0 ? sizeOf(each) : 0), 0);
}

export const changesNothing = (operation) => operation.every((each) => !isText(each) && each > 0);

export function apply(text, operation) {
  const all = points(text);
  if (lengthBefore(operation) !== all.length) throw new OperationDoesNotFit();
  const parts = [];
  let place = 0;
  for (const component of operation) {
    if (isText(component)) {
      parts.push(component);
    } else {
      if (component > 0) parts.push(all.slice(place, place + component).join(""));
      place += Math.abs(component);
    }
  }
  return parts.join("");
}

export function compose(first, second) {
  if (lengthAfter(first) !== lengthBefore(second)) throw new OperationDoesNotFit();
  const builder = new Builder();
  const one = new Reader(first);
  const two = new Reader(second);
  for (;;) {
    const a = one.peek();
    const b = two.peek();
    if (a !== undefined && !isText(a) && a < 0) {
      builder.remove(-a);
      one.take(-a);
    } else if (b !== undefined && isText(b)) {
      builder.insert(b);
      two.take(lengthOf(b));
    } else if (a === undefined || b === undefined) {
      return builder.components;
    } else {
      const size = Math.min(sizeOf(a), sizeOf(b));
      const kept = one.take(size);
      const done = two.take(size);
      if (isText(kept)) {
        if (done > 0) builder.insert(kept);
      } else if (done > 0) {
        builder.keep(size);
      } else {
        builder.remove(size);
      }
    }
  }
}

// Both operations as they are after the other; what both insert at one place stands in this order.
export function transform(first, second) {
  if (lengthBefore(first) !== lengthBefore(second)) throw new OperationDoesNotFit();
  const newFirst = new Builder();
  const newSecond = new Builder();
  const one = new Reader(first);
  const two = new Reader(second);
  for (;;) {
    const a = one.peek();
    const b = two.peek();
    if (a !== undefined && isText(a)) {
      const size = lengthOf(a);
      newFirst.insert(a);
      newSecond.keep(size);
      one.take(size);
    } else if (b !== undefined && isText(b)) {
      const size = lengthOf(b);
      newFirst.keep(size);
      newSecond.insert(b);
      two.take(size);
    } else if (a === undefined || b === undefined) {
      return [newFirst.components, newSecond.components];
    } else {
      const size = Math.min(Math.abs(a), Math.abs(b));
      one.take(size);
      two.take(size);
      if (a > 0 && b > 0) {
        newFirst.keep(size);
        newSecond.keep(size);
      } else if (a < 0 && b > 0) {
        newFirst.remove(size);
      } else if (b < 0 && a > 0) {
        newSecond.remove(size);
      }
    }
  }
}

// What somebody typed lies between what stands before and after it.
export function difference(before, after) {
  const old = points(before);
  const now = points(after);
  const most = Math.min(old.length, now.length);
  let start = 0;
  while (start < most && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  const builder = new Builder();
  builder.keep(start);
  builder.insert(now.slice(start, now.length - end).join(""));
  builder.remove(old.length - start - end);
  builder.keep(end);
  return builder.components;
}

// Both as they are after each other; whose insertions stand first at one place follows the names of the pages.
export function meet(other, own, otherFirst) {
  if (otherFirst) return transform(other, own);
  const [newOwn, newOther] = transform(own, other);
  return [newOther, newOwn];
}

// Where a place in the text is after the operation; what is inserted right there stands after it.
export function movedPlace(place, operation) {
  let read = 0;
  let moved = place;
  for (const component of operation) {
    if (isText(component)) {
      if (read < place) moved += lengthOf(component);
    } else if (component > 0) {
      read += component;
    } else {
      moved -= Math.max(0, Math.min(place - read, -component));
      read -= component;
    }
    if (read > place) break;
  }
  return moved;
}
