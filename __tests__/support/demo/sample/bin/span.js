#!/usr/bin/env node
import { format } from '../src/format.js';
import { parse } from '../src/parse.js';

const durations = process.argv.slice(2);
if (durations.length === 0) {
  console.error('usage: span DURATION...   e.g. span 45m 50m');
  process.exit(2);
}
try {
  console.log(format(durations.map(parse).reduce((sum, ms) => sum + ms, 0)));
} catch (error) {
  console.error(`span: ${error.message}`);
  process.exit(1);
}
