import type { MachineSettings } from '../vocabulary/machine.ts';
import type { AddressPolicy } from './address-policy.ts';
import { FreshAddresses } from './fresh-addresses.ts';

const INITIAL_CLASSES = 64;

/**
 * `lifo`, the default: the block that was freed last among those of equal size and alignment comes back first, as in the
 * thread caches of malloc. Blocks are kept in one linked list for each size and alignment, never split and never merged, so they
 * number at most the live blocks there ever were at once in each such class.
 */
export class LifoAddresses implements AddressPolicy {
  low = 0;
  high = 0;
  readonly reusesAtOnce = true;
  readonly #fresh: FreshAddresses;

  /** The classes: an open-addressing table keyed by size and alignment; alignment 0 marks an empty place. */
  #classSize = new Int32Array(INITIAL_CLASSES);
  #classAlignment = new Int32Array(INITIAL_CLASSES);
  #classHead = new Int32Array(INITIAL_CLASSES);
  #classCount = 0;
  /** The place that was looked for last; most programs allocate one size again and again. */
  #lastClass = 0;

  /** The free blocks: linked lists through `next`, unused nodes among them. */
  #nodeLow = new Int32Array(16);
  #nodeHigh = new Int32Array(16);
  #nodeNext = new Int32Array(16);
  #nodeCount = 0;
  #unusedNode = -1;

  constructor(hostBits: MachineSettings['hostBits'], placement: MachineSettings['placement']) {
    this.#fresh = new FreshAddresses(hostBits, placement);
  }

  take(size: number, alignment: number): boolean {
    const place = this.#find(size, alignment);
    const node = this.#classAlignment[place] === 0 ? -1 : this.#classHead[place];
    if (node < 0) return this.#takeFresh(size, alignment);
    this.low = this.#nodeLow[node];
    this.high = this.#nodeHigh[node];
    this.#classHead[place] = this.#nodeNext[node];
    this.#nodeNext[node] = this.#unusedNode;
    this.#unusedNode = node;
    return true;
  }

  give(low: number, high: number, size: number, alignment: number): void {
    let place = this.#find(size, alignment);
    if (this.#classAlignment[place] === 0) place = this.#addClass(size, alignment);
    const node = this.#node();
    this.#nodeLow[node] = low;
    this.#nodeHigh[node] = high;
    this.#nodeNext[node] = this.#classHead[place];
    this.#classHead[place] = node;
  }

  reset(): void {
    this.#fresh.reset();
    if (this.#classCount > 0) this.#classAlignment.fill(0);
    this.#classCount = 0;
    this.#nodeCount = 0;
    this.#unusedNode = -1;
  }

  save(): () => void {
    const restoreFresh = this.#fresh.save();
    const [sizes, alignments, heads] = [this.#classSize, this.#classAlignment, this.#classHead].map(copy);
    const [lows, highs, nexts] = [this.#nodeLow, this.#nodeHigh, this.#nodeNext].map(copy);
    const [classes, nodes, unused] = [this.#classCount, this.#nodeCount, this.#unusedNode];
    return () => {
      restoreFresh();
      [this.#classSize, this.#classAlignment, this.#classHead] = [copy(sizes), copy(alignments), copy(heads)];
      [this.#nodeLow, this.#nodeHigh, this.#nodeNext] = [copy(lows), copy(highs), copy(nexts)];
      [this.#classCount, this.#nodeCount, this.#unusedNode] = [classes, nodes, unused];
      this.#lastClass = 0;
    };
  }

  #takeFresh(size: number, alignment: number): boolean {
    if (!this.#fresh.take(size, alignment, 0)) return false;
    this.low = this.#fresh.low;
    this.high = this.#fresh.high;
    return true;
  }

  /** The place of a class, or the empty place where it would be. */
  #find(size: number, alignment: number): number {
    if (this.#classSize[this.#lastClass] === size && this.#classAlignment[this.#lastClass] === alignment) {
      return this.#lastClass;
    }
    const mask = this.#classSize.length - 1;
    const hash = Math.imul(size ^ Math.imul(alignment, 0x85ebca6b), 0x9e3779b1);
    let place = (hash ^ (hash >>> 15)) & mask;
    while (this.#classAlignment[place] !== 0) {
      if (this.#classSize[place] === size && this.#classAlignment[place] === alignment) break;
      place = (place + 1) & mask;
    }
    this.#lastClass = place;
    return place;
  }

  #addClass(size: number, alignment: number): number {
    if ((this.#classCount + 1) * 2 > this.#classSize.length) this.#growClasses();
    const place = this.#find(size, alignment);
    this.#classSize[place] = size;
    this.#classAlignment[place] = alignment;
    this.#classHead[place] = -1;
    this.#classCount++;
    return place;
  }

  #growClasses(): void {
    const sizes = this.#classSize;
    const alignments = this.#classAlignment;
    const heads = this.#classHead;
    this.#classSize = new Int32Array(sizes.length * 2);
    this.#classAlignment = new Int32Array(sizes.length * 2);
    this.#classHead = new Int32Array(sizes.length * 2);
    for (let old = 0; old < sizes.length; old++) {
      if (alignments[old] === 0) continue;
      const place = this.#find(sizes[old], alignments[old]);
      this.#classSize[place] = sizes[old];
      this.#classAlignment[place] = alignments[old];
      this.#classHead[place] = heads[old];
    }
  }

  #node(): number {
    const node = this.#unusedNode;
    if (node >= 0) {
      this.#unusedNode = this.#nodeNext[node];
      return node;
    }
    if (this.#nodeCount === this.#nodeLow.length) {
      this.#nodeLow = doubled(this.#nodeLow);
      this.#nodeHigh = doubled(this.#nodeHigh);
      this.#nodeNext = doubled(this.#nodeNext);
    }
    return this.#nodeCount++;
  }
}

function doubled(column: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(column.length * 2);
  grown.set(column);
  return grown;
}

function copy(column: Int32Array): Int32Array<ArrayBuffer> {
  return new Int32Array(column);
}
