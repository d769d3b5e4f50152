import { Container, enlarged } from './container.ts';

/**
 * Appended records, a column for every component of every field. Generated classes declare the columns as properties and name them
 * here; generated code reads and writes them directly after it compared the index with `length`.
 */
export abstract class RecordColumns extends Container {
  protected abstract columnNames(): readonly string[];

  protected override resize(capacity: number): void {
    for (const name of this.columnNames()) this.#columns[name] = enlarged(this.#column(name), capacity);
    this.capacity = capacity;
  }

  protected override elementsCopy(): Int32Array {
    const names = this.columnNames();
    const copy = new Int32Array(this.length * names.length + 1);
    copy[0] = this.length;
    names.forEach((name, index) => copy.set(this.#column(name).subarray(0, this.length), 1 + index * this.length));
    return copy;
  }

  protected override takeElements(image: Int32Array): void {
    const length = image[0];
    while (this.limit < length) this.extend();
    this.columnNames().forEach((name, index) => {
      this.#column(name).set(image.subarray(1 + index * length, 1 + (index + 1) * length));
    });
    this.length = length;
  }

  get #columns(): Record<string, Int32Array> {
    return this as unknown as Record<string, Int32Array>;
  }

  #column(name: string): Int32Array {
    return this.#columns[name];
  }
}
