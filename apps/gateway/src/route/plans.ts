import type { Plan } from '#config/registry.js';

/** For so long calls wait for a plan, from when it was first missed (milliseconds). */
export const PATIENCE_MS = 2_000;

/**
 * The plans of the config in force. A subscription may be on one that is not among them yet: the database tells of its change at once,
 * while the config that brings the plan is still on its way to this process. So calls wait for it a moment.
 */
export class Plans {
  #known: ReadonlyMap<string, Plan> = new Map();
  /** Plans that were missed since the config last changed. */
  readonly #missed = new Map<string, { readonly arrival: Promise<boolean>; readonly settle: (came: boolean) => void }>();

  /** Another config is in force. */
  follow(plans: ReadonlyMap<string, Plan>): void {
    this.#known = plans;
    const missed = [...this.#missed];
    this.#missed.clear();
    for (const [id, { settle }] of missed) settle(plans.has(id));
  }

  get(id: string): Plan | undefined {
    return this.#known.get(id);
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  /** @returns whether a plan that is not known comes within the patience; one that was missed for longer is not waited for anew */
  arrivalOf(id: string): Promise<boolean> {
    const known = this.#missed.get(id);
    if (known !== undefined) return known.arrival;
    let settle: (came: boolean) => void = () => undefined;
    const arrival = new Promise<boolean>((done) => {
      const timer = setTimeout(done, PATIENCE_MS, false).unref();
      settle = (came) => {
        clearTimeout(timer);
        done(came);
      };
    });
    this.#missed.set(id, { arrival, settle });
    return arrival;
  }
}
