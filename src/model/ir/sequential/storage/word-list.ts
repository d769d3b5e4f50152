import { Container, NO_ELEMENTS } from './container.ts';

/**
 * A stack or a queue of words in a ring: element n of `elements` takes `stride` int32s. `pop…` answers where the element that it
 * removed still stands until the next push, or -1; `push` answers where the caller writes the new one.
 */
export class WordList extends Container {
  elements: Int32Array = NO_ELEMENTS;
  readonly stride: number;
  #head = 0;

  constructor(touched: ConstructorParameters<typeof Container>[0], stride: number) {
    super(touched);
    this.stride = stride;
  }

  push(): number {
    if (this.length === this.limit) this.extend();
    const slot = (this.#head + this.length) & (this.capacity - 1);
    this.length++;
    return slot * this.stride;
  }

  popNewest(): number {
    if (this.length === 0) return -1;
    this.length--;
    return ((this.#head + this.length) & (this.capacity - 1)) * this.stride;
  }

  popOldest(): number {
    if (this.length === 0) return -1;
    const slot = this.#head;
    this.length--;
    this.#head = (slot + 1) & (this.capacity - 1);
    return slot * this.stride;
  }

  override clear(): void {
    this.length = 0;
    this.#head = 0;
  }

  protected override resize(capacity: number): void {
    const larger = new Int32Array(capacity * this.stride);
    larger.set(this.#inOrder());
    this.elements = larger;
    this.#head = 0;
    this.capacity = capacity;
  }

  protected override elementsCopy(): Int32Array {
    return this.#inOrder();
  }

  protected override takeElements(image: Int32Array): void {
    const length = image.length / this.stride;
    while (this.limit < length) this.extend();
    this.elements.set(image);
    this.#head = 0;
    this.length = length;
  }

  /** A copy of the elements, the oldest first. */
  #inOrder(): Int32Array {
    const copy = new Int32Array(this.length * this.stride);
    const head = this.#head * this.stride;
    const first = this.elements.subarray(head, head + copy.length);
    copy.set(first);
    copy.set(this.elements.subarray(0, copy.length - first.length), first.length);
    return copy;
  }
}
