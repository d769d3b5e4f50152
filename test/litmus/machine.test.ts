import { describe, expect, it } from 'vitest';
import { compileLitmus } from '../../src/model/litmus/code.ts';
import { LitmusMachine } from '../../src/model/litmus/machine.ts';
import { parseLitmus } from '../../src/model/litmus/parser.ts';
import { Step } from '../../src/model/litmus/step.ts';
import type { Variable } from '../../src/model/litmus/syntax.ts';
import { Memory } from '../../src/model/memory/memory.ts';
import { DEFAULT_MACHINE } from '../../src/model/vocabulary/machine.ts';
import { Random } from '../../src/model/vocabulary/random.ts';

const PROGRAM = `l = mutex recursive
s = alloc static 8 align 8
i = 0
repeat 3 {
  scope {
    a = alloc stack 8 align 8 init 0
    lock l
    writeptr s a
    p = readptr s
    fetch add 8 p 5 relaxed
    r = read 8 p
    assert r == 5
    i = i + r
  }
}
h = alloc heap 16
free h
`;

function machineOf(text: string): LitmusMachine {
  const memory = new Memory(DEFAULT_MACHINE, new Random(1), { trackEvents: true });
  return new LitmusMachine(compileLitmus(parseLitmus(text, 'f')), memory);
}

/** Steps to the end; the answers and everything that can be seen of the state after each step. */
function finish(machine: LitmusMachine): readonly string[] {
  const trace: string[] = [];
  for (let answer: number = Step.ran; answer === Step.ran;) {
    answer = machine.step(0);
    const [frame] = machine.frames;
    const { memory } = machine;
    trace.push([answer, frame.pc, ...frame.registers, ...frame.stack, memory.live, memory.lastNumber].join(' '));
  }
  return trace;
}

function variable(name: string): Variable {
  return { kind: 'variable', name, thread: undefined, line: 1, column: 1 };
}

describe('the step machine', () => {
  it('can be saved before any step, and does the same again', () => {
    const whole = finish(machineOf(PROGRAM));
    expect(whole.at(-1)).toMatch(/^-1 /);
    for (let steps = 0; steps < whole.length - 1; steps++) {
      const machine = machineOf(PROGRAM);
      for (let step = 0; step < steps; step++) machine.step(0);
      const restore = machine.save();
      expect(finish(machine)).toEqual(whole.slice(steps));
      restore();
      expect(finish(machine)).toEqual(whole.slice(steps));
      restore();
      machine.step(0);
      restore();
      expect(finish(machine)).toEqual(whole.slice(steps));
    }
  });

  it('starts other threads with the values of the setup, and steps them one at a time', () => {
    const machine = machineOf(
      'x = alloc static 4 align 4\nn = 7\nmain:\n  r = load 4 x relaxed\nthread 2:\n  store 4 x n relaxed\n  m = n + 1\n',
    );
    // The threads that nobody spawns begin after the setup, with a step of main.
    expect([machine.step(0), machine.step(0), machine.step(0)]).toEqual([Step.ran, Step.ran, Step.ran]);
    expect([machine.step(1), machine.step(1), machine.step(1)]).toEqual([Step.ran, Step.ran, Step.ended]);
    expect([machine.step(0), machine.step(0), machine.step(0)]).toEqual([Step.ran, Step.ran, Step.ended]);
    const { locate } = machine.code;
    expect(machine.frames[0].get(locate(variable('r')).slot).bits).toBe(7n);
    expect(locate(variable('m')).thread).toBe(2);
    expect(machine.frames[1].get(locate(variable('m')).slot).bits).toBe(8n);
  });

  it('drops an execution whose assumption fails, and blocks where nothing can go on', () => {
    const dropped = machineOf('assume 0\nassert 0\n');
    expect(dropped.step(0)).toBe(Step.discarded);
    const blocked = machineOf('r = 0\nawait r == 1 {\n  r = r + 0\n}\n');
    expect(Array.from({ length: 4 }, () => blocked.step(0))).toEqual([Step.ran, Step.ran, Step.ran, Step.blocked]);
    // The next turn begins the loop again.
    expect(blocked.step(0)).toBe(Step.ran);
  });
});
