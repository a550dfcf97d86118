#!/usr/bin/env node
'use strict';
const path = require('node:path');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Error: pintle needs Node 20.19 or later, this is ${process.versions.node}`);
  process.exit(1);
}
require('./compile-cache.js').keepCompiled(path.join(__dirname, '..', 'dist', 'cli'));
require('../dist/cli/main.cjs').runProcess();
