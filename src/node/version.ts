declare global {
  /** Put there by the build. */
  var PINTLE_VERSION: string | undefined;
}

/** The version of this program, without a `v`. */
export const VERSION: string = globalThis.PINTLE_VERSION ?? '0.0.0-dev';
