import { parseReport } from './report-request.ts';
import type { Run } from './command.ts';
import { REDUCTIONS } from '../explore/exploration.ts';
import { FUZZ_ENGINES } from '../fuzz/target.ts';
import { CONTRACTS } from '../model/machine/claims.ts';
import {
  parseAssignment,
  parseDuration,
  parseFailOn,
  parseOperations,
  parseReduction,
  parseSeed,
  parseShard,
  repeated,
  wholeNumber,
} from './option-values.ts';

/** One option of a verb, as commander takes it. */
export interface OptionForm {
  readonly flags: string;
  readonly help: string;
  readonly parse?: (text: string, previous: never) => unknown;
  readonly choices?: readonly string[];
  readonly default?: unknown;
  /** Whether the verb does nothing without it. */
  readonly required?: boolean;
}

/** One verb of the command: how it is written, what it does, where its code is. The code is loaded when it runs. */
export interface Verb {
  readonly name: string;
  readonly operands: string;
  /** One line. */
  readonly summary: string;
  /** Paragraphs below the usage line. */
  readonly details: string;
  readonly examples: readonly string[];
  readonly options: readonly OptionForm[];
  readonly load: () => Promise<{ readonly run: Run }>;
}

/** What every verb takes. */
export const COMMON_OPTIONS: readonly OptionForm[] = [
  { flags: '--json', help: 'one JSON object on stdout (the same as --format json)' },
  {
    flags: '--format <kind>',
    help: 'text, json, or github (text, then annotations of what failed)',
    choices: ['text', 'json', 'github'],
  },
  { flags: '-q, --quiet', help: 'tell only what went wrong' },
  { flags: '--no-color', help: 'no colours (NO_COLOR and FORCE_COLOR count too)' },
];

const CONFIG: OptionForm = {
  flags: '--config <file>',
  help: 'the configuration (default: provsim.config.ts, .mjs or .json in the working directory)',
};

const SET: OptionForm = {
  flags: '--set <[id.]name=value>',
  help: 'a parameter of a representation; may be repeated',
  parse: parseAssignment,
};

const REPORT: OptionForm = {
  flags: '--report <kind=file>',
  help: 'also write a report: sarif, junit or markdown, such as sarif=provsim.sarif; may be repeated',
  parse: parseReport,
};

const MUTANT: OptionForm = { flags: '--mutant <id>', help: 'run a mutant, such as drop-guard:resolve/same-generation' };

const MACHINE: OptionForm = {
  flags: '--machine <name=value>',
  help: 'a setting of the machine, such as provenance=strict; may be repeated',
  parse: parseAssignment,
};

/** The verbs in the order in which they are listed. */
export const VERBS: readonly Verb[] = [
  {
    name: 'fuzz',
    operands: '[id...]',
    summary: 'search for sequences that break what a representation claims',
    details:
      'Replays the corpus, then searches the given representations, or all of them. A claim that breaks fails the run; what ' +
      'no claim excludes is a known hazard and does not. Every finding is minimal, seen twice, and written below ' +
      '.provsim/findings before it is told. The same seed and --runs give the same result, whatever --jobs is.',
    examples: [
      'provsim fuzz --time 60s',
      'provsim fuzz handle-table --set generationBits=8 --runs 100000 --seed 7',
      'provsim fuzz molt-handle-table-v1 --fail-on known-hazard',
    ],
    options: [
      {
        flags: '--time <duration>',
        help: 'budget of the whole command: 60s, 2m, 500ms (30s unless given)',
        parse: parseDuration,
      },
      {
        flags: '--runs <n>',
        help: 'executions for each representation, instead of a time',
        parse: wholeNumber(1, Number.MAX_SAFE_INTEGER),
      },
      { flags: '--seed <n>', help: 'a 32-bit integer; always 1 unless given here or configured', parse: parseSeed },
      {
        flags: '--engine <name>',
        help: "what makes the programs: provsim's own generator, fast-check's arbitraries, or jsfuzz's mutator on bytes",
        choices: FUZZ_ENGINES,
        default: 'native',
      },
      {
        flags: '--client <contract>',
        help: 'what clients may do at most (all of it unless given)',
        choices: CONTRACTS,
      },
      {
        flags: '--jobs <n>',
        help: 'threads (default: number of cores); changes nothing but the time',
        parse: wholeNumber(1, 256),
      },
      { flags: '--shard <i/n>', help: 'part i of n of a search on several machines', parse: parseShard },
      { flags: '--corpus <dir>', help: 'the cases to replay first (default: corpus, where it exists)' },
      SET,
      MACHINE,
      MUTANT,
      {
        flags: '--fail-on <code>',
        help: 'a verdict code, or known-hazard for all: fails the run without breaking a claim; may be repeated',
        parse: parseFailOn,
      },
      {
        flags: '--confirm',
        help: 'run what was lifted to a wide field however long it takes; without it only where seconds suffice',
      },
      { flags: '--coverage', help: 'list the points that the search did not reach' },
      { flags: '--stop-on-finding', help: 'end at the first finding that fails the run' },
      {
        flags: '--baseline <file>',
        help: 'what an earlier --json printed: findings that stand in it are listed as known and fail nothing',
      },
      REPORT,
      CONFIG,
    ],
    load: () => import('./commands/fuzz.ts'),
  },
  {
    name: 'repro',
    operands: '<file|dir...>',
    summary: 'replay failing cases and explain them',
    details:
      'Runs every scenario (*.scenario) given or found below a directory, compares the verdict with what the case ' +
      'expects, and explains it. Exits with 1 when a verdict is not the expected one.',
    examples: ['provsim repro corpus', 'provsim repro .provsim/findings/handle-table/*.scenario --json'],
    options: [
      { flags: '--trace', help: 'show every statement with what it did (with threads, as --timeline)' },
      {
        flags: '--timeline',
        help: 'draw the steps of all threads, a column for each, with the state that they change',
      },
      { flags: '--minimize', help: 'write the smallest case with the same verdict below .provsim/minimized' },
      {
        flags: '--many-seeds <n>',
        help: 'run with the seeds 0 to n-1; a verdict is expected from one of them, clean from all',
        parse: wholeNumber(1, 1_000_000),
      },
      REPORT,
      CONFIG,
    ],
    load: () => import('./commands/repro.ts'),
  },
  {
    name: 'compare',
    operands: '[id...]',
    summary: 'alternatives side by side: what each detects, and at what cost',
    details:
      'Runs the same probes and the same search on each representation (all of them without operands) and counts what a ' +
      'lookup costs and a slot takes. An operand may fix parameters, ID:name=value,name=value, so that alternatives of one ' +
      'representation stand side by side. Exits with 1 when a claim is broken. docs/compare.md explains every figure.',
    examples: [
      'provsim compare',
      'provsim compare handle-table handle-table:onWrap=retire,generationBits=8',
      'provsim compare molt-handle-table-v1 --trace program.mtrace.gz',
    ],
    options: [
      {
        flags: '--trace <file>',
        help: 'replay the allocations of a program (glibc mtrace, valgrind --trace-malloc=yes; plain or gzip); may be repeated',
        parse: repeated,
      },
      {
        flags: '--runs <n>',
        help: 'executions of the search for each representation',
        parse: wholeNumber(1, 1_000_000_000),
        default: 8192,
      },
      { flags: '--seed <n>', help: 'seed of the search (0 unless given)', parse: parseSeed, default: 0 },
      SET,
      MACHINE,
      CONFIG,
    ],
    load: () => import('./commands/compare.ts'),
  },
  {
    name: 'verify',
    operands: '<id...>',
    summary: 'explore every behaviour of clients and threads within small bounds',
    details:
      'Explores all that the most general clients of a contract, and of each stricter one, can do within the bounds: every order ' +
      'of steps, and under rc11 every message that a load may read. Says exactly what was explored, what never occurred, and the ' +
      'chance that a state was left out. Representations run at the small widths that they name for it, unless --set says ' +
      'otherwise. A broken claim is printed step by step and fails the run; known hazards are listed. docs/verify.md says more.',
    examples: [
      'provsim verify handle-table --set onWrap=retire',
      'provsim verify epoch-slab --threads 3 --operations 2 --client valid',
      'provsim verify lock-free-slab --client valid --model rc11 --operations 2 --require complete',
    ],
    options: [
      { flags: '--threads <n>', help: 'threads', parse: wholeNumber(1, 8), default: 2 },
      {
        flags: '--objects <n>',
        help: 'objects whose memory is not given back, at one time',
        parse: wholeNumber(1, 16),
        default: 2,
      },
      {
        flags: '--references <n>',
        help: 'references that all threads together keep at one time',
        parse: wholeNumber(1, 16),
        default: 3,
      },
      {
        flags: '--pointers <n>',
        help: 'pointers that one thread holds at one time',
        parse: wholeNumber(1, 4),
        default: 1,
      },
      {
        flags: '--slots <n>',
        help: 'most elements of a container of the representation',
        parse: wholeNumber(1, 64),
        default: 2,
      },
      { flags: '--addresses <n>', help: 'addresses of objects (objects + 1 unless given)', parse: wholeNumber(1, 32) },
      {
        flags: '--operations <n|unbounded>',
        help: 'operations that each thread begins',
        parse: parseOperations,
        default: 'unbounded',
      },
      {
        flags: '--client <contract>',
        help: 'what clients may do at most; stricter contracts are explored before it',
        choices: CONTRACTS,
        default: 'any',
      },
      { flags: '--model <name>', help: 'the memory model (sc unless given)', choices: ['sc', 'rc11'] },
      {
        flags: '--messages <n>',
        help: 'under rc11: most messages of one location that somebody may still read',
        parse: wholeNumber(2, 15),
        default: 6,
      },
      { flags: '--exact', help: 'compare whole states instead of fingerprints: nothing is left out by chance' },
      {
        flags: '--jobs <n>',
        help: 'threads that explore (default: number of cores; one with --exact); changes nothing but the time',
        parse: wholeNumber(1, 256),
      },
      { flags: '--twice', help: 'explore again with other fingerprints; both have to see the same' },
      {
        flags: '--require <what>',
        help: 'fail unless everything within the bounds was explored (complete), for any number of operations (closed)',
        choices: ['complete', 'closed'],
      },
      {
        flags: '--no-reduction <name>',
        help: `explore without a reduction (${REDUCTIONS.join(', ')}); may be repeated`,
        parse: parseReduction,
      },
      {
        flags: '--memory <mebibytes>',
        help: 'most memory that states may take',
        parse: wholeNumber(16, 1_048_576),
        default: 2048,
      },
      { flags: '--time <duration>', help: 'end the command after so long: 60s, 2m', parse: parseDuration },
      SET,
      MACHINE,
      MUTANT,
      CONFIG,
    ],
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'replay',
    operands: '<log>',
    summary: 'replay a log of a real table against the model of it',
    details:
      'Calls the operations of an operation log (*.jsonl) in their order and compares every answer. Exits with 1 at the ' +
      'first one that differs.',
    examples: ['provsim replay table.jsonl --representation molt-handle-table-v1'],
    options: [
      { flags: '--representation <id>', help: 'the representation that the log was recorded from', required: true },
      SET,
      MUTANT,
      CONFIG,
    ],
    load: () => import('./commands/replay.ts'),
  },
  {
    name: 'litmus',
    operands: '<file|dir...>',
    summary: 'run programs for the abstract machine itself',
    details: 'Runs every litmus program (*.litmus) and judges what it expects.',
    examples: ['provsim litmus test/litmus', 'provsim litmus uaf.litmus --seed 7'],
    options: [
      { flags: '--seed <n>', help: 'seed of the first execution (0 unless given)', parse: parseSeed, default: 0 },
      REPORT,
    ],
    load: () => import('./commands/litmus.ts'),
  },
  {
    name: 'corpus',
    operands: '<action path...>',
    summary: 'list, merge or minimize the cases of a corpus',
    details:
      'corpus list [PATH…] replays cases and lists what they expect and give. corpus merge DIR… INTO brings cases into a ' +
      'folder, the shortest of each signature; sources stay. corpus minimize PATH… makes cases smaller in their files, with ' +
      'the same verdict. Exits with 1 when a case gives another verdict than the expected one; such a case is left alone.',
    examples: [
      'provsim corpus list',
      'provsim corpus merge .provsim/findings corpus',
      'provsim corpus minimize corpus/handle-table',
    ],
    options: [CONFIG],
    load: () => import('./commands/corpus.ts'),
  },
  {
    name: 'fmt',
    operands: '<file|dir...>',
    summary: 'print scenarios and litmus programs in their canonical form',
    details: 'Rewrites *.scenario and *.litmus files in place, each through a temporary file.',
    examples: ['provsim fmt corpus', 'provsim fmt --check corpus'],
    options: [{ flags: '--check', help: 'write nothing; exit with 1 when a file is not canonical' }, CONFIG],
    load: () => import('./commands/fmt.ts'),
  },
  {
    name: 'list',
    operands: '',
    summary: 'representations, verdict codes, client contracts and machine settings',
    details: 'Lists what there is: the catalogue and the configured representations, and the words that options take.',
    examples: ['provsim list', 'provsim list --json'],
    options: [CONFIG],
    load: () => import('./commands/list.ts'),
  },
  {
    name: 'explain',
    operands: '<code|id>',
    summary: 'what a verdict code, a claim, a contract or a representation means',
    details: 'Prints the page of a verdict code, or what a representation is, takes and claims.',
    examples: ['provsim explain aba', 'provsim explain handle-table --set generationBits=8'],
    options: [SET, CONFIG],
    load: () => import('./commands/explain.ts'),
  },
  {
    name: 'init',
    operands: '[dir]',
    summary: 'a starter project: a table of your own, a case, a test, a workflow',
    details:
      'Writes a small project into an empty folder (the working directory unless given): a representation with a comment on ' +
      'every line that matters, its configuration, a corpus case, a vitest test and a GitHub workflow. Overwrites nothing.',
    examples: ['provsim init', 'provsim init my-tables'],
    options: [],
    load: () => import('./commands/init.ts'),
  },
];
