import type { CaseRunner } from '../../fuzz/fast-check/case-runner.ts';
import type { Harness } from '../../fuzz/harness.ts';
import type { Client } from '../../model/machine/client.ts';
import { Lowering } from '../../model/scenario/lowering.ts';
import type { Operation } from '../../model/scenario/scenario.ts';
import type { Answer } from './client-model.ts';
import { requireClaims } from './property.ts';

/** The driver behind a model-based run: one table, empty at first, and the operations that ran on it. */
export class ClientSession {
  readonly #runner: CaseRunner;
  readonly #harness: Harness;
  readonly #lowering: Lowering;
  #client: Client;
  #forges = false;
  readonly #operations: Operation[] = [];

  /** Takes the runner's driver: a session is over when the next one begins. */
  constructor(runner: CaseRunner) {
    this.#runner = runner;
    this.#harness = runner.harness(runner.base);
    this.#client = this.#restarted();
    this.#lowering = new Lowering(
      this.#harness.shape.extras.map(({ name }) => name),
      'commands',
    );
  }

  /** Objects that live now. */
  get live(): number {
    return this.#client.world.objects.live;
  }

  /**
   * Runs one operation; undefined when a verdict ended the run, which breaks no claim. `refusal` says why it was left out.
   * @throws BrokenClaimError
   */
  perform(operation: Operation): (Answer & { readonly refusal: string | undefined }) | undefined {
    const { op } = operation;
    if (op === 'forge' || op === 'corrupt') this.#rememberIssued();
    const { world } = this.#client;
    const { creates, heldCount } = world;
    this.#step(operation);
    const { refusal } = this.#client;
    if (refusal === undefined) this.#operations.push(operation);
    if (this.#isOver()) return undefined;
    return { refusal, created: op === 'alloc' && world.creates > creates, held: world.heldCount > heldCount };
  }

  /** @throws BrokenClaimError when something is left that should not be */
  end(): void {
    if (this.#client.world.violations.length > 0) return;
    this.#client.finish();
    this.#isOver();
  }

  #restarted(): Client {
    const client = this.#harness.restart(this.#forges);
    client.stopAtFirst = true;
    return client;
  }

  #step(operation: Operation): void {
    this.#client.step(this.#lowering.program([{ ...operation, line: 0, column: 0 }]), 0);
  }

  /** Forged bits are judged by every reference that was issued; remembering those is slow, and begins when it is needed. */
  #rememberIssued(): void {
    if (this.#forges) return;
    this.#forges = true;
    this.#client = this.#restarted();
    for (const operation of this.#operations) this.#step(operation);
  }

  /** Whether there is a verdict; the case as a whole is judged as every other one. */
  #isOver(): boolean {
    if (this.#client.world.violations.length === 0) return false;
    requireClaims(this.#runner, { ...this.#runner.base, operations: this.#operations });
    return true;
  }
}
