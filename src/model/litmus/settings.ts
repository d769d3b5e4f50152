import { DEFAULT_MACHINE, withMachineSetting } from '../vocabulary/machine.ts';
import type { MachineSettings } from '../vocabulary/machine.ts';
import type { LitmusProgram } from './syntax.ts';

/** The machine that a program asks for. */
export function settingsOf(program: LitmusProgram): MachineSettings {
  let settings = DEFAULT_MACHINE;
  for (const item of program.items) {
    if (item.kind !== 'machine') continue;
    for (const { name, value } of item.settings) {
      const next = withMachineSetting(settings, name, value);
      if (!('expected' in next)) settings = next;
    }
  }
  return settings;
}
