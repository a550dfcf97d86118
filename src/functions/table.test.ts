import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fn } from './func.ts';
import { Suspension } from './suspension.ts';
import { FunctionTable } from './table.ts';

/** sprig's text functions. Charts may not read the environment, and the render stage has its own of two more. */
const NAMES = `
  abbrev abbrevboth add add1 add1f addf adler32sum ago all any append atoi b32dec b32enc b64dec b64enc base bcrypt
  biggest buildCustomCert camelcase cat ceil chunk clean coalesce compact concat contains date dateInZone dateModify
  date_in_zone date_modify decryptAES deepCopy deepEqual default derivePassword dict dig dir div divf duration
  durationRound empty encryptAES ext first float64 floor fromJson genCA genCAWithKey genPrivateKey genSelfSignedCert
  genSelfSignedCertWithKey genSignedCert genSignedCertWithKey get has hasKey hasPrefix hasSuffix hello htmlDate
  htmlDateInZone htpasswd indent initial initials int int64 isAbs join kebabcase keys kindIs kindOf last list lower
  max maxf merge mergeOverwrite min minf mod mul mulf mustAppend mustChunk mustCompact mustDateModify mustDeepCopy
  mustFirst mustFromJson mustHas mustInitial mustLast mustMerge mustMergeOverwrite mustPrepend mustPush
  mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit mustRest
  mustReverse mustSlice mustToDate mustToJson mustToPrettyJson mustToRawJson mustUniq mustWithout must_date_modify
  nindent nospace now omit osBase osClean osDir osExt osIsAbs pick pluck plural prepend push quote randAlpha
  randAlphaNum randAscii randBytes randInt randNumeric regexFind regexFindAll regexMatch regexQuoteMeta
  regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace rest reverse round semver semverCompare seq set
  sha1sum sha256sum sha512sum shuffle slice snakecase sortAlpha split splitList splitn squote sub subf substr swapcase
  ternary title toDate toDecimal toJson toPrettyJson toRawJson toString toStrings trim trimAll trimPrefix trimSuffix
  trimall trunc tuple typeIs typeIsLike typeOf uniq unixEpoch unset until untilStep untitle upper urlJoin urlParse
  uuidv4 values without wrap wrapWith
`;

test('the table has sprig’s functions and no other', () => {
  const want = NAMES.trim().split(/\s+/);
  const have = new FunctionTable().names().filter((name) => !/Toml$/.test(name));
  assert.deepEqual(have.sort(), want.sort());
});

test('no name is in two families', () => {
  const table = new FunctionTable();
  const names = table.names();
  assert.equal(new Set(names).size, names.length);
  for (const name of ['env', 'expandenv', 'getHostByName', 'fail']) assert.ok(!table.has(name), name);
});

test('late families hold the functions that the table says', async () => {
  const table = new FunctionTable();
  const names = table.names();
  for (const name of names) assert.ok(table.has(name), name);
  await table.pending();
  assert.deepEqual(table.names().sort(), names.sort());
  assert.equal(table.pending(), undefined);
  for (const name of names) assert.ok(table.get(name), name);
});

test('a family is loaded when one of its functions is named', async () => {
  const table = new FunctionTable();
  assert.equal(table.pending(), undefined, 'nothing is wanted yet');
  assert.ok(table.has('upper'));
  assert.equal(table.get('nothing'), undefined);
  assert.equal(table.pending(), undefined, 'what is at hand is not waited for');
  assert.throws(() => table.get('regexMatch'), Suspension);
  await table.pending();
  assert.ok(table.get('regexMatch'));
  assert.throws(() => table.get('toToml'), Suspension, 'each family by itself');
});

test('others stand over a family that is late', () => {
  const own = fn([], 'string', () => 'mine');
  assert.equal(new FunctionTable([['now', own]]).get('now'), own);
});
