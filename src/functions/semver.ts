import { parseConstraint, parseVersion } from '../go/semver.ts';
import { type FuncTable, fn } from './func.ts';

/** sprig: semver.go */
export const semver: FuncTable = {
  semver: fn(['string'], '*semver.Version', (_env, text) => parseVersion(text)),
  semverCompare: fn(['string', 'string'], 'bool', (_env, constraint, version) => {
    return parseConstraint(constraint).check(parseVersion(version));
  }),
};
