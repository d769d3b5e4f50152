/**
 * Hands out identifiers for author-chosen names. Whatever an author writes, what comes out is a plain identifier that is no
 * reserved word and that no other name of the same scope has.
 */
export class Identifiers {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** The name made safe; with a number after it when it is taken. */
  unique(name: string): string {
    const safe = safeIdentifier(name);
    let candidate = safe;
    for (let number = 2; this.#isTaken(candidate); number++) candidate = `${safe}${number}`;
    this.#taken.add(candidate);
    return candidate;
  }

  /** A base whose compounds (`base_low`, `base_high`, ...) are all free; they are taken from now on. */
  uniqueCompound(name: string, suffixes: readonly string[]): string {
    const safe = safeIdentifier(name);
    let base = safe;
    for (let number = 2; suffixes.some((suffix) => this.#isTaken(base + suffix)); number++) base = `${safe}${number}`;
    for (const suffix of suffixes) this.#taken.add(base + suffix);
    return base;
  }

  /** A scope inside this one, which knows every name handed out so far. */
  inner(): Identifiers {
    return new Identifiers(this.#taken);
  }

  #isTaken(name: string): boolean {
    return RESERVED_WORDS.has(name) || this.#taken.has(name);
  }
}

/** Longer names make no line of generated code easier to read. */
const LONGEST = 40;

function safeIdentifier(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/g, '_').slice(0, LONGEST);
  return /^[A-Za-z_]/.test(plain) ? plain : `_${plain}`;
}

/** Words that strict code may not bind, and global names that generated code uses. */
const RESERVED_WORDS = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally ' +
    'for function if implements import in instanceof interface let new null package private protected public return static super ' +
    'switch this throw true try typeof undefined var void while with yield async of get set NaN Infinity ' +
    'Math Int32Array Uint8Array constructor prototype __proto__'
  ).split(' '),
);
