/** Preloaded into a program, it sets the clock that the program sees. Reads SKEW, in milliseconds. */
const SKEW = Number(process.env['SKEW']);
const { now } = Date;

Date.now = () => now() + SKEW;
globalThis.Date = new Proxy(Date, {
  construct: (target, args) => (args.length === 0 ? new target(target.now()) : Reflect.construct(target, args)),
});
