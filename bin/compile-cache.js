'use strict';
/**
 * V8's code for our files, kept on disk for the next run. Unlike what `module.enableCompileCache` keeps, it has the
 * functions that a run has called and no others: with none of them each run compiles them anew, and with all of them
 * each run reads what it never calls. V8 itself checks that code is of the same V8 and flags; that it is of the same
 * text is compared here: to the byte, or, where a file's name has a digest of its text, by its size and time as well.
 */
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

/** How many runs there are to one that looks whether more was called than is kept. */
const RUNS = 30;
/** How much more it has to be. */
const MORE = 1.1;
/** Names that a bundler gave, with a digest. */
const DIGEST = /-[\w-]{8}\.cjs$/;

/** Keeps what is compiled of the files in a folder. What goes wrong costs time, no more. */
exports.keepCompiled = (sources) => {
  const folder = codeFolder();
  if (folder === undefined) return;
  const scripts = [];
  const compile = Module.prototype._compile;
  Module.prototype._compile = function (content, filename, ...rest) {
    if (path.dirname(filename) !== sources) return compile.call(this, content, filename, ...rest);
    const kept = path.join(folder, path.basename(filename));
    const identity = identityOf(filename, content);
    const cachedData = read(kept, identity);
    // What imports modules of other packages later cannot be compiled in this way.
    if (cachedData === undefined && /\bimport\(/.test(content)) return compile.call(this, content, filename, ...rest);
    const script = new vm.Script(Module.wrap(content), { filename, cachedData });
    scripts.push({ script, kept, identity, size: script.cachedDataRejected === false ? cachedData.length : 0 });
    const run = script.runInThisContext();
    return run.call(this.exports, this.exports, Module.createRequire(filename), this, filename, sources);
  };
  process.once('exit', () => {
    const looks = Math.random() * RUNS < 1;
    for (const { script, kept, identity, size } of scripts) {
      if (size > 0 && !looks) continue;
      const data = script.createCachedData();
      if (data.length > size * MORE) keep(kept, identity, data);
    }
  });
};

/** Where code is kept: where Node would keep it, if somebody says so, else with all that is cached. */
function codeFolder() {
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = process.env;
  if (NODE_DISABLE_COMPILE_CACHE) return undefined;
  const folder = NODE_COMPILE_CACHE ? path.resolve(NODE_COMPILE_CACHE, 'pintle') : path.join(cacheFolder(), 'code');
  // Without a home, folders are relative: what lies in the folder of a user is none of ours.
  return path.isAbsolute(folder) ? path.join(folder, `${process.version}-${process.arch}`) : undefined;
}

/** The same as src/node/environment.ts helmFolders gives, which is among what is to be compiled. */
function cacheFolder() {
  const { HELM_CACHE_HOME, XDG_CACHE_HOME, HOME = '', TEMP = '' } = process.env;
  const folders = { win32: TEMP, darwin: path.join(HOME, 'Library/Caches') };
  const system = folders[process.platform] ?? path.join(HOME, '.cache');
  return HELM_CACHE_HOME || path.join(XDG_CACHE_HOME || system, 'helm');
}

/** What the text of a file is told by. */
function identityOf(filename, content) {
  if (!DIGEST.test(filename)) return Buffer.from(content);
  const { size, mtimeMs } = fs.statSync(filename);
  return Buffer.from(`${size} ${mtimeMs}`);
}

/** The code that is kept of a text: behind the length of what tells it, and that. */
function read(file, identity) {
  let bytes;
  try {
    bytes = fs.readFileSync(file);
  } catch {
    return undefined;
  }
  const end = 4 + identity.length;
  const isSame =
    bytes.length > end && bytes.readUInt32LE(0) === identity.length && identity.equals(bytes.subarray(4, end));
  return isSame ? bytes.subarray(end) : undefined;
}

function keep(file, identity, data) {
  const temporary = `${file}.${process.pid}.tmp`;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(identity.length);
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const isOther = path.basename(file) === 'main.cjs' && !starts(file, [length, identity]);
    fs.writeFileSync(temporary, Buffer.concat([length, identity, data]), { mode: 0o600, flag: 'wx' });
    fs.renameSync(temporary, file);
    if (isOther) forgetOthers(file);
  } catch {
    try {
      fs.rmSync(temporary, { force: true });
    } catch {
      // There is no such folder.
    }
  }
}

/** Whether a file is there that starts so. */
function starts(file, parts) {
  const start = Buffer.concat(parts);
  try {
    return fs.readFileSync(file).subarray(0, start.length).equals(start);
  } catch {
    return false;
  }
}

/** The first file of another program than was there before: of that, nothing is needed. */
function forgetOthers(file) {
  for (const name of fs.readdirSync(path.dirname(file))) {
    if (name !== path.basename(file)) fs.rmSync(path.join(path.dirname(file), name), { force: true });
  }
}
