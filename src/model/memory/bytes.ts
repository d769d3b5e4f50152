/** Blocks are a whole number of granules of 32 bytes, whose initialised bits are one int32. */
const GRANULE_SHIFT = 5;
const GRANULE = 1 << GRANULE_SHIFT;
/** Blocks up to this many granules are kept by exact length, longer ones by powers of two. */
const EXACT_CLASSES = 32;
/** All blocks together stay below 1 GiB: positions are int32 and the simulator should end before its host does. */
const GRANULE_LIMIT = 2 ** 30 / GRANULE;

/**
 * The bytes of all live allocations, little-endian, with one initialised bit a byte. Blocks of dead allocations are recycled by
 * length, so the store is as large as its live blocks were at most. A `position` is a byte's index in the store; an offset in an
 * allocation and its position differ by a multiple of the granule.
 */
export class ByteStore {
  bytes = new Uint8Array(64 * GRANULE);
  /** The word that was loaded last. */
  low = 0;
  high = 0;
  /** The same bytes, four at a time. */
  words = new Int32Array(this.bytes.buffer);
  /** Bit i of element g says whether byte 32 g + i is initialised. In a free block, the first element links to the next block. */
  initialized = new Int32Array(64);
  readonly #heads = new Int32Array(EXACT_CLASSES + 32).fill(-1);
  #top = 0;

  /** A block for `size` bytes, all uninitialised, as the position of the first; -1 when the store is full. */
  take(size: number): number {
    const granules = (size + GRANULE - 1) >>> GRANULE_SHIFT;
    if (granules === 0) return 0;
    const sizeClass = classOf(granules);
    let block = this.#heads[sizeClass];
    if (block >= 0) this.#heads[sizeClass] = this.initialized[block];
    else {
      const length = lengthOf(sizeClass);
      if (this.#top + length > GRANULE_LIMIT) return -1;
      if (this.#top + length > this.initialized.length) this.#grow(this.#top + length);
      block = this.#top;
      this.#top += length;
    }
    const position = block << GRANULE_SHIFT;
    this.renew(position, size);
    return position;
  }

  /** Makes a whole block uninitialised. */
  renew(position: number, size: number): void {
    const block = position >> GRANULE_SHIFT;
    if (size <= GRANULE) {
      if (size > 0) this.initialized[block] = 0;
    } else this.initialized.fill(0, block, block + ((size + GRANULE - 1) >>> GRANULE_SHIFT));
  }

  /** Takes back the block that was given out for `size` bytes. */
  give(position: number, size: number): void {
    const granules = (size + GRANULE - 1) >>> GRANULE_SHIFT;
    if (granules === 0) return;
    const sizeClass = classOf(granules);
    this.initialized[position >> GRANULE_SHIFT] = this.#heads[sizeClass];
    this.#heads[sizeClass] = position >> GRANULE_SHIFT;
  }

  /** Whether all of `size` bytes, at least 1, are initialised. */
  isInitialized(position: number, size: number): boolean {
    const shift = position & (GRANULE - 1);
    if (shift + size > GRANULE) return this.#isRangeInitialized(position, size);
    const mask = (-1 >>> (GRANULE - size)) << shift;
    return (this.initialized[position >> GRANULE_SHIFT] & mask) === mask;
  }

  /** Whether none of `size` bytes, at least 1, is initialised. */
  isUninitialized(position: number, size: number): boolean {
    const first = position >> GRANULE_SHIFT;
    const last = (position + size - 1) >> GRANULE_SHIFT;
    for (let granule = first; granule <= last; granule++) {
      if ((this.initialized[granule] & maskOf(granule, first, last, position, size)) !== 0) return false;
    }
    return true;
  }

  /** Sets the initialised bits of `size` bytes, at least 1. */
  initialize(position: number, size: number): void {
    const shift = position & (GRANULE - 1);
    if (shift + size > GRANULE) return this.#initializeRange(position, size);
    this.initialized[position >> GRANULE_SHIFT] |= (-1 >>> (GRANULE - size)) << shift;
  }

  /** Clears the initialised bits of `size` bytes, at least 1. */
  deinitialize(position: number, size: number): void {
    const first = position >> GRANULE_SHIFT;
    const last = (position + size - 1) >> GRANULE_SHIFT;
    for (let granule = first; granule <= last; granule++) {
      this.initialized[granule] &= ~maskOf(granule, first, last, position, size);
    }
  }

  /** Forgets every block. */
  clear(): void {
    this.#heads.fill(-1);
    this.#top = 0;
  }

  /** Reads 1 to 8 bytes as a little-endian word into `low` and `high`. */
  load(position: number, size: number): void {
    if (size === 8 && (position & 3) === 0) {
      this.low = this.words[position >> 2];
      this.high = this.words[(position >> 2) + 1];
      return;
    }
    let low = 0;
    let high = 0;
    for (let index = size - 1; index >= 4; index--) high = (high << 8) | this.bytes[position + index];
    for (let index = Math.min(size, 4) - 1; index >= 0; index--) low = (low << 8) | this.bytes[position + index];
    this.low = low;
    this.high = high;
  }

  /** Writes the low 1 to 8 bytes of a word, without their initialised bits. */
  store(position: number, size: number, low: number, high: number): void {
    if (size === 8 && (position & 3) === 0) {
      this.words[position >> 2] = low;
      this.words[(position >> 2) + 1] = high;
      return;
    }
    for (let index = 0; index < size; index++) {
      this.bytes[position + index] = index < 4 ? low >>> (index * 8) : high >>> ((index - 4) * 8);
    }
  }

  /** Writes a word again and again, the last one cut short, and initialises the bytes. */
  fill(position: number, size: number, low: number, high: number): void {
    let index = 0;
    if ((position & 3) === 0) {
      const { words } = this;
      for (; index + 8 <= size; index += 8) {
        words[(position + index) >> 2] = low;
        words[((position + index) >> 2) + 1] = high;
      }
    }
    for (; index < size; index += 8) this.store(position + index, Math.min(8, size - index), low, high);
    this.initialize(position, size);
  }

  /** Exchanges two ranges of bytes with their initialised bits. */
  swap(first: number, second: number, size: number): void {
    for (let index = 0; index < size; index++) {
      const [left, right] = [first + index, second + index];
      const isLeftInitialized = this.isInitialized(left, 1);
      if (this.isInitialized(right, 1)) this.initialize(left, 1);
      else this.deinitialize(left, 1);
      if (isLeftInitialized) this.initialize(right, 1);
      else this.deinitialize(right, 1);
      [this.bytes[left], this.bytes[right]] = [this.bytes[right], this.bytes[left]];
    }
  }

  /** Copies bytes with their initialised bits; the ranges may overlap. */
  move(source: number, target: number, size: number): void {
    this.bytes.copyWithin(target, source, source + size);
    if (this.isInitialized(source, size)) return this.initialize(target, size);
    if (this.isUninitialized(source, size)) return this.deinitialize(target, size);
    const step = target > source ? -1 : 1;
    for (let index = step > 0 ? 0 : size - 1; index >= 0 && index < size; index += step) {
      if (this.isInitialized(source + index, 1)) this.initialize(target + index, 1);
      else this.deinitialize(target + index, 1);
    }
  }

  /** Remembers all of it; the answer brings it back. */
  save(): () => void {
    const top = this.#top;
    const bytes = this.bytes.slice(0, top * GRANULE);
    const initialized = this.initialized.slice(0, top);
    const heads = this.#heads.slice();
    return () => {
      if (top > this.initialized.length) this.#grow(top);
      this.bytes.set(bytes);
      this.initialized.set(initialized);
      this.#heads.set(heads);
      this.#top = top;
    };
  }

  #isRangeInitialized(position: number, size: number): boolean {
    const first = position >> GRANULE_SHIFT;
    const last = (position + size - 1) >> GRANULE_SHIFT;
    for (let granule = first; granule <= last; granule++) {
      const mask = maskOf(granule, first, last, position, size);
      if ((this.initialized[granule] & mask) !== mask) return false;
    }
    return true;
  }

  #initializeRange(position: number, size: number): void {
    const first = position >> GRANULE_SHIFT;
    const last = (position + size - 1) >> GRANULE_SHIFT;
    for (let granule = first; granule <= last; granule++) {
      this.initialized[granule] |= maskOf(granule, first, last, position, size);
    }
  }

  #grow(granules: number): void {
    const capacity = Math.max(granules, this.initialized.length * 2);
    const bytes = new Uint8Array(capacity * GRANULE);
    bytes.set(this.bytes);
    const initialized = new Int32Array(capacity);
    initialized.set(this.initialized);
    this.bytes = bytes;
    this.words = new Int32Array(bytes.buffer);
    this.initialized = initialized;
  }
}

function classOf(granules: number): number {
  return granules <= EXACT_CLASSES ? granules : EXACT_CLASSES + 32 - Math.clz32(granules - 1);
}

function lengthOf(sizeClass: number): number {
  return sizeClass <= EXACT_CLASSES ? sizeClass : 1 << (sizeClass - EXACT_CLASSES);
}

/** The bits of one granule that a range of bytes covers. */
function maskOf(granule: number, first: number, last: number, position: number, size: number): number {
  let mask = -1;
  if (granule === first) mask &= -1 << (position & (GRANULE - 1));
  if (granule === last) mask &= -1 >>> (GRANULE - 1 - ((position + size - 1) & (GRANULE - 1)));
  return mask;
}
