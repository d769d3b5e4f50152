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
 * a place that nothing alive uses is 0. Provenance has places of its own, behind all others and the same in every entry, so that
 * whoever renames allocations knows what stands there without asking for the program counter.
 */
export class FramePlan {
  /** Places used for other things than provenance; place 0 is the program counter's. */
  readonly words: number;
  readonly provenanceWords: number;
  /** The first place of provenance: as many as the largest entry of the program has words. */
  provenanceBase = 0;
  readonly #slots = new Map<Local, readonly FrameSlot[]>();

  constructor(instructions: readonly Instruction[], live: readonly ReadonlySet<Local>[]) {
    const stops = instructions.flatMap((instruction, index) => (isStep(instruction) ? [live[index]] : []));
    const alive = new Set(stops.flatMap((stop) => [...stop]));
    let [words, provenanceWords] = [1, 0];
    for (const local of alive) {
      const others = stops.filter((stop) => stop.has(local)).flatMap((stop) => [...stop]);
      const taken = others.flatMap((other) => this.#slots.get(other) ?? []);
      const slots: FrameSlot[] = [];
      let slot = 1;
      for (const component of componentsOf(local.type) as readonly Component[]) {
        const isProvenance = component === 'provenance';
        let place = isProvenance ? 0 : slot;
        while (taken.some((each) => each.slot === place && (each.component === 'provenance') === isProvenance)) place++;
        slots.push({ local, component, slot: place });
        if (isProvenance) provenanceWords = Math.max(provenanceWords, place + 1);
        else slot = place + 1;
      }
      this.#slots.set(local, slots);
      words = Math.max(words, slot);
    }
    this.words = words;
    this.provenanceWords = provenanceWords;
  }

  /** The places of the locals that are alive at a stop. */
  slots(alive: ReadonlySet<Local>): readonly FrameSlot[] {
    return [...alive]
      .flatMap((local) => this.#slots.get(local) ?? [])
      .map((each) => (each.component === 'provenance' ? { ...each, slot: this.provenanceBase + each.slot } : each));
  }
}
