import { relative } from 'node:path';

/**
 * The author's place in a source file. The stack is captured raw; V8 formats (and source-maps) it only when somebody reads
 * `text`, so that recording thousands of sites costs little.
 */
export class Site {
  readonly #holder: { stack?: string } = {};

  /** @param below the public function whose caller is the author. */
  constructor(below: (...parameters: never[]) => unknown) {
    const limit = Error.stackTraceLimit;
    // Two frames, because the nearer one can be native: a symbolic value inside String(…) or a template.
    Error.stackTraceLimit = 2;
    Error.captureStackTrace(this.#holder, below);
    Error.stackTraceLimit = limit;
  }

  /** The site itself, or the author's place below a public function that is running now. */
  static of(origin: Site | ((...parameters: never[]) => unknown)): Site {
    return origin instanceof Site ? origin : new Site(origin);
  }

  /** `file:line`, the file relative to the working directory; `unknown` where the engine keeps no stack. */
  get text(): string {
    const frame = /\(?([^()\s]+):(\d+):\d+\)?\s*$/m.exec(this.#holder.stack ?? '');
    if (frame === null) return 'unknown';
    const path = frame[1].replace(/^file:\/\//, '');
    return `${relative(process.cwd(), path).replaceAll('\\', '/')}:${frame[2]}`;
  }
}

/** A mistake in a definition, found while it is built. The message says what to write instead, and where. */
export class BuildError extends Error {
  readonly site: Site;

  constructor(message: string, site: Site) {
    super(`${message} (at ${site.text})`);
    this.name = 'BuildError';
    this.site = site;
  }
}
