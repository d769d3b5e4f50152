import { TouchedContainers, type Container } from './container.ts';
import { Table } from './table.ts';

interface Image {
  readonly tables: readonly (readonly Int32Array[])[];
  readonly containers: readonly (Int32Array | undefined)[];
}

/** All state of one engine. Generated code makes its tables and containers here and keeps references to them. */
export class Storage {
  readonly #tables: Table[] = [];
  readonly #containers: Container[] = [];
  readonly #touched = new TouchedContainers();

  table(size: number, initial: readonly number[]): Table {
    const table = new Table(size, initial);
    this.#tables.push(table);
    return table;
  }

  container<C extends Container>(make: (touched: TouchedContainers) => C): C {
    const container = make(this.#touched);
    this.#containers.push(container);
    return container;
  }

  containers<C extends Container>(count: number, make: (touched: TouchedContainers) => C): readonly C[] {
    return Array.from({ length: count }, () => this.container(make));
  }

  reset(): void {
    for (const table of this.#tables) table.reset();
    this.#touched.reset();
  }

  snapshot(): Image {
    return {
      tables: this.#tables.map((table) => table.snapshot()),
      containers: this.#containers.map((container) => container.snapshot()),
    };
  }

  /** @throws RangeError when the image is that of another program. */
  restore(image: Image): void {
    if (image.tables.length !== this.#tables.length || image.containers.length !== this.#containers.length)
      throw new RangeError('the image belongs to another program');
    this.reset();
    this.#tables.forEach((table, index) => table.restore(image.tables[index] ?? []));
    this.#containers.forEach((container, index) => {
      const elements = image.containers[index];
      if (elements !== undefined) container.restore(elements);
    });
  }
}
