import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { instantiate } from '../../src/model/machine/instance.ts';
import { CATALOGUE } from '../../src/model/representations/catalogue.ts';
import { parseScenario } from '../../src/model/scenario/parser.ts';
import { printScenario } from '../../src/model/scenario/printer.ts';
import { runScenario } from '../../src/model/scenario/run.ts';
import type { Scenario } from '../../src/model/scenario/scenario.ts';
import { lowerThreads } from '../../src/model/scenario/threaded-lowering.ts';
import { drawn, executeProgram } from '../../src/model/scenario/threaded-run.ts';
import { ProgramRun } from '../../src/model/threads/program-run.ts';
import { ThreadedClient } from '../../src/model/threads/threaded-client.ts';
import { InputError } from '../../src/model/vocabulary/input-error.ts';
import { Random } from '../../src/model/vocabulary/random.ts';
import { renderCases } from '../../src/report/case-text.ts';
import { replayCase, replayWithSeeds } from '../../src/report/case.ts';
import { styleOf } from '../../src/report/style.ts';

const FOLDER = 'test/threads/scenarios';
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.scenario'));
const SEEDS = 20;

function read(name: string): Scenario {
  return parsed(readFileSync(join(FOLDER, name), 'utf8'), name);
}

function parsed(text: string, name: string): Scenario {
  return parseScenario(text, name, (id) => CATALOGUE.get(id), [...CATALOGUE.keys()]);
}

/** One random execution: its verdict, and the scenario with the schedule that it had. */
function randomly(scenario: Scenario, seed: number): { readonly verdict: string; readonly replay: Scenario } {
  const instance = instantiate(scenario.representation, scenario.parameters);
  const lowered = lowerThreads(scenario, instance);
  const client = new ThreadedClient(instance, scenario.machine, lowered.options);
  const run = new ProgramRun(client, lowered.programs, lowered.churnVariable);
  const { verdict, schedule } = executeProgram(run, drawn(new Random(seed)));
  const named = schedule.map((each) => ('thread' in each ? { thread: lowered.threads[each.thread] } : each));
  return { verdict: verdict?.code ?? 'clean', replay: { ...scenario, schedule: named } };
}

describe.each(FILES)('%s', (name) => {
  const scenario = read(name);

  test('gives the verdict that it expects, in the same way every time', () => {
    const [first, second] = [replayCase(scenario, true), replayCase(scenario, true)];
    expect(first.actual).toBe(scenario.expect);
    expect(second).toEqual(first);
  });

  test('is printed and read again as the same scenario', () => {
    const text = printScenario(scenario);
    expect(printScenario(parsed(text, name))).toBe(text);
    expect(runScenario(parsed(text, name)).verdict).toBe(scenario.expect);
  });

  test('replays every random execution from the schedule that it leaves behind', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { verdict, replay } = randomly(scenario, seed);
      expect(runScenario(replay).verdict, `seed ${seed}`).toBe(verdict);
      // What is sound under exclusive clients is sound in every order.
      if (scenario.client === 'exclusive') expect(verdict, `seed ${seed}`).toBe('clean');
    }
  });
});

test('a timeline draws threads as columns, steps as rows, and what they change beside them', async () => {
  const report = replayCase(read('use-after-remote-free.scenario'), true);
  const text = renderCases([report], { style: styleOf(0, 118), quiet: false });
  // Where a statement stands in its file is not the timeline's.
  await expect(`${text.replaceAll(/\.ts:\d+/g, '.ts:LINE')}\n`).toMatchFileSnapshot('golden/timeline.txt');
});

test.each([
  ['schedule 7', 'a thread of this scenario'],
  ['schedule read 1', 'a thread before its choice'],
  ['schedule 1', 'step 1 of the schedule to be possible'],
])('a schedule that cannot be is wrong input: %s', (schedule, expected) => {
  const text = `representation handle-table\nmain:\n  x = alloc list\n  send x to thread 1\nthread 1:\n  use x\n${schedule}\n`;
  expect(() => runScenario(parsed(text, 'f'))).toThrow(InputError);
  expect(() => runScenario(parsed(text, 'f'))).toThrow(expected);
  expect(() => runScenario(parsed(text, 'f'))).toThrow(
    expect.objectContaining({ location: { file: 'f', line: 7, column: 1 } }),
  );
});

test('with many seeds, what an order does not allow is left out of that order', () => {
  const text =
    'representation handle-table\nclient valid\nexpect data-race\nmain:\n  x = alloc list\n  send x to thread 1\n  free x\nthread 1:\n  use x\n';
  expect(() => replayCase(parsed(text, 'f'))).toThrow(InputError);
  const { seeds, actual } = replayWithSeeds(parsed(text, 'f'), 20);
  expect(actual).toBe('data-race');
  expect(seeds?.map(({ verdict }) => verdict)).toContain('clean');
});

test('what the contract does not allow is refused with its place', () => {
  const text =
    'representation handle-table\nclient exclusive\nmain:\n  x = alloc list\n  send x to thread 1\n  free x\nthread 1:\n  use x\n';
  expect(() => runScenario(parsed(text, 'f'))).toThrow('an operation that clients under "exclusive" may do');
});
