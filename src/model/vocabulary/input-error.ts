/** Where in an input something stands; line and column count from 1. */
export interface InputLocation {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * Bad input of any kind: one line that names the place, what was expected and what was found. The command prints it and exits
 * with 2. It is never used for a fault of provsim itself.
 */
export class InputError extends Error {
  readonly code: string;
  readonly location: InputLocation;
  readonly expected: string | undefined;

  constructor(code: string, message: string, location: InputLocation = {}, expected?: string) {
    super(message);
    this.name = 'InputError';
    this.code = code;
    this.location = location;
    this.expected = expected;
  }

  /** An error of the form `expected …, found …`, which every text format uses. */
  static expected(expected: string, found: string, location: InputLocation): InputError {
    return new InputError('syntax', `expected ${expected}, found ${found}`, location, expected);
  }

  /** `FILE:LINE:COLUMN: message`, with the parts that are known. */
  render(): string {
    const { file, line, column } = this.location;
    const place = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');
    return place === '' ? this.message : `${place}: ${this.message}`;
  }
}
