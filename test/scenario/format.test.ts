import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { printScenario, printStatement } from '../../src/model/scenario/printer.ts';
import type { Operation, Scenario } from '../../src/model/scenario/scenario.ts';
import { scenarioSchemaDoc } from '../../src/model/scenario/schema-doc.ts';
import type { MachineSettings } from '../../src/model/vocabulary/machine.ts';
import { scenarios } from './random-scenario.ts';
import { IDS, lookup } from './workshop.ts';

const parse = (text: string): Scenario => parseScenario(text, 'f', lookup, IDS);

const EXAMPLES = new URL('examples/', import.meta.url);
const examples = readdirSync(EXAMPLES).map((file) => [file, readFileSync(new URL(file, EXAMPLES), 'utf8')] as const);

function machineOf(settings: string): MachineSettings {
  return parse(`representation handle-table\nmachine ${settings}\nstall`).machine;
}

/** A scenario as data alone: places do not count, and the order of keys does not either. */
function dataOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dataOf);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(
    ([key]) => !['line', 'column', 'scheduleLines', 'representation'].includes(key),
  );
  return Object.fromEntries(entries.map(([key, each]) => [key, dataOf(each)]));
}

describe('canonical form', () => {
  it('has a full header, two spaces a level, and comments where they were', () => {
    const text = `# top
representation one-slot-2 poisons=true
expect   aba # of course
note  keeps # and {  two  spaces
machine placement=low hostBits=57
# the other
thread 1:
    use a#now
main:  # main first
    a = alloc list 32
    free a
    # while it runs
    during run-finalizer:  # locks held
        x = forge 255

        swap x a
    send a to thread 1
schedule 0 0 0 1  # three
schedule read 1
# end
`;
    expect(printScenario(parse(text))).toBe(`# top
representation one-slot-2 generationBits=4 onWrap=wrap poisons=true
machine addresses=lifo hostBits=57 placement=low provenance=permissive alignment=real model=sc
client any
expect aba  # of course
note keeps # and {  two  spaces
main:  # main first
  a = alloc list
  free a
  # while it runs
  during run-finalizer:  # locks held
    x = forge 0xff

    swap x a
  send a to thread 1
# the other
thread 1:
  use a  # now
# three
schedule 0*3 1 read 1
# end
`);
  });

  it('prints main alone without a block, and loses no comment of its line', () => {
    const scenario = parse(
      'representation handle-table\n# above\nmain:  # beside\n  # inside\n  a = alloc list 48  # end\n',
    );
    expect(printScenario(scenario).split('\n').slice(4)).toEqual([
      '# above',
      '# beside',
      '# inside',
      'a = alloc list 48  # end',
      '',
    ]);
  });

  it('breaks long schedules and takes them back', () => {
    const scenario = parse(`representation handle-table\na = alloc list\nschedule ${'0 1 '.repeat(200)}`);
    const lines = printScenario(scenario)
      .split('\n')
      .filter((line) => line.startsWith('schedule'));
    expect(lines.length).toBeGreaterThan(4);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(parse(printScenario(scenario)).schedule).toEqual(scenario.schedule);
    expect(scenario.schedule).toHaveLength(400);
  });

  it.each(examples)('example %s is stable', (_file, text) => {
    const printed = printScenario(parse(text));
    expect(printScenario(parse(printed))).toBe(printed);
    expect(dataOf(parse(printed))).toEqual(dataOf(parse(text)));
  });

  it('gives back every scenario that it prints', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const printed = printScenario(scenario);
        const parsed = parse(printed);
        expect(dataOf(parsed)).toEqual(dataOf(scenario));
        expect(printScenario(parsed)).toBe(printed);
      }),
      { numRuns: 400 },
    );
  });
});

describe('reading', () => {
  it('fills in defaults', () => {
    const {
      parameters,
      machine,
      client,
      expect: expected,
      threads,
    } = parse('representation handle-table\na = alloc list');
    expect(parameters).toEqual({ indexBits: 28, generationBits: 16, step: 1, onWrap: 'wrap', freeList: 'lifo' });
    expect([machine.addresses, machine.placement, client, expected]).toEqual(['lifo', 'low', 'any', 'clean']);
    expect(threads).toEqual([
      { thread: 0, statements: [{ op: 'alloc', target: 'a', kind: 'list', size: 32, line: 2, column: 1 }] },
    ]);
  });

  it('takes machine settings in any order: a placement that is set overrules that of a wide host', () => {
    expect(machineOf('hostBits=57').placement).toBe('high');
    expect(machineOf('hostBits=57 placement=low').placement).toBe('low');
    expect(machineOf('placement=low hostBits=57').placement).toBe('low');
  });

  it('accepts carriage returns before line feeds, a byte order mark and tabs', () => {
    const text = '\uFEFFformat 1\r\nrepresentation handle-table\r\nmain:\r\n\ta = alloc list\r\n';
    expect(parse(text).threads[0].statements).toHaveLength(1);
  });

  it('knows a reference that came round through other threads', () => {
    const text = `representation handle-table
thread 3:
  use a
thread 2:
  send a to thread 3
thread 1:
  a = alloc list
  send a to thread 2
`;
    expect(parse(text).threads.map(({ thread }) => thread)).toEqual([3, 2, 1]);
  });

  it('lets a name hold a pointer again after drop, and a reference be overwritten', () => {
    const text =
      'representation handle-table\na = alloc list\na = alloc dict\nhold p = a\ndrop p\nhold p = a\ntouch p\n';
    expect(parse(text).threads[0].statements).toHaveLength(6);
  });

  it('knows what a callback set', () => {
    const text =
      'representation one-slot-2\na = alloc list\nfree a\nduring run-finalizer:\n  b = alloc list\nuse b\npeek p 1';
    expect(() => parse(text)).toThrow("expected a pointer that 'hold' keeps, found 'p'");
    expect(parse(text.replace('peek p 1', 'hold p = b\npeek p 0x10')).threads[0].statements.at(-1)).toMatchObject({
      op: 'extra',
      extra: 'peek',
      arguments: [{ pointer: 'p' }, { number: 16n }],
    });
  });
});

describe('one statement', () => {
  const statements: readonly (readonly [string, Operation])[] = [
    ['hold p = x', { op: 'hold', pointer: 'p', name: 'x' }],
    ['y = corrupt x 63', { op: 'corrupt', target: 'y', name: 'x', bit: 63 }],
    ['churn 1099511627776 dict', { op: 'churn', times: 2 ** 40, kind: 'dict' }],
    ['send x to thread 2', { op: 'send', name: 'x', thread: 2 }],
    ['x = alloc buffer', { op: 'alloc', target: 'x', kind: 'buffer', size: 32 }],
    ['swap x 3', { op: 'extra', extra: 'swap', arguments: [{ reference: 'x' }, { number: 3n }] }],
  ];
  it.each(statements)('is printed as %s', (text, statement) => {
    expect(printStatement(statement)).toBe(text);
  });
});

describe('documentation', () => {
  it('shows the table of statements as the parser reads it', () => {
    const page = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');
    expect(page).toContain(scenarioSchemaDoc());
  });
});
