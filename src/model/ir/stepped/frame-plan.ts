import type { Local } from '../expression.ts';
import type { Component } from '../javascript/demands.ts';
import { componentsOf } from '../type.ts';
import { isStep, type Instruction } from './flow.ts';

/** One component of a local that outlives a step, and its place in the frame of its thread. */
export interface FrameSlot {
  readonly local: Local;
  readonly component: Component;
  readonly slot: number;
}

/**
 * Where the locals of an entry stand between steps. Two that are alive at the same stop have places apart; others may share one, and
 * a place that nothing alive uses is 0.
 */
export class FramePlan {
  /** Places used; place 0 is the program counter's. */
  readonly words: number;
  readonly #slots = new Map<Local, readonly FrameSlot[]>();

  constructor(instructions: readonly Instruction[], live: readonly ReadonlySet<Local>[]) {
    const stops = instructions.flatMap((instruction, index) => (isStep(instruction) ? [live[index]] : []));
    const alive = new Set(stops.flatMap((stop) => [...stop]));
    let words = 1;
    for (const local of alive) {
      const taken = new Set<number>();
      for (const stop of stops)
        if (stop.has(local))
          for (const other of stop) for (const { slot } of this.#slots.get(other) ?? []) taken.add(slot);
      const slots: FrameSlot[] = [];
      let slot = 1;
      for (const component of componentsOf(local.type) as readonly Component[]) {
        while (taken.has(slot)) slot++;
        slots.push({ local, component, slot: slot++ });
      }
      this.#slots.set(local, slots);
      words = Math.max(words, slot);
    }
    this.words = words;
  }

  /** The places of the locals that are alive at a stop. */
  slots(alive: ReadonlySet<Local>): readonly FrameSlot[] {
    return [...alive].flatMap((local) => this.#slots.get(local) ?? []);
  }

  /** Places of pointers' provenance. */
  get provenances(): readonly number[] {
    const places = [...this.#slots.values()].flat().filter(({ component }) => component === 'provenance');
    return [...new Set(places.map(({ slot }) => slot))];
  }
}
