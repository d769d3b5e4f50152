/** The containers that are not empty and pristine, so that a reset costs what was touched. */
export class TouchedContainers {
  readonly #items: Container[] = [];
  #count = 0;

  add(container: Container): void {
    this.#items[this.#count++] = container;
  }

  /** The list keeps its memory: emptying an array would give it back. */
  reset(): void {
    for (let index = 0; index < this.#count; index++) this.#items[index].reset();
    this.#count = 0;
  }
}

/**
 * A growing container in typed arrays. Before it takes an element, the caller compares `length` with `limit` and calls `extend`
 * when they are equal: a container that was not touched since the last reset has the limit 0 whatever its capacity, so the check
 * that every push needs anyway is also what notices the first touch.
 */
export abstract class Container {
  length = 0;
  limit = 0;
  capacity = 0;
  readonly #touched: TouchedContainers;

  constructor(touched: TouchedContainers) {
    this.#touched = touched;
  }

  extend(): void {
    if (this.limit === 0) {
      this.#touched.add(this);
      if (this.capacity === 0) this.resize(INITIAL_CAPACITY);
    } else {
      this.resize(this.capacity * 2);
    }
    this.limit = this.limitOf(this.capacity);
  }

  /** Empties the container; its memory stays. */
  clear(): void {
    this.length = 0;
  }

  reset(): void {
    this.clear();
    this.limit = 0;
  }

  /** A copy of the elements; undefined when there are none. */
  snapshot(): Int32Array | undefined {
    return this.length === 0 ? undefined : this.elementsCopy();
  }

  /** Takes over the elements of a copy; the container is empty before. */
  restore(image: Int32Array): void {
    this.takeElements(image);
  }

  /** How many elements fit a capacity before it must grow. */
  protected limitOf(capacity: number): number {
    return capacity;
  }

  protected abstract resize(capacity: number): void;
  protected abstract elementsCopy(): Int32Array;
  protected abstract takeElements(image: Int32Array): void;
}

const INITIAL_CAPACITY = 16;

/** The same numbers in a larger array. */
export function enlarged(column: Int32Array, size: number): Int32Array {
  const larger = new Int32Array(size);
  larger.set(column);
  return larger;
}

export const NO_ELEMENTS = new Int32Array(0);
