/** Thrown to leave a render that needs something which is still on its way; it starts again once that is there. */
export class Suspension {
  readonly pending: Promise<unknown>;

  constructor(pending: Promise<unknown>) {
    this.pending = pending;
  }
}
