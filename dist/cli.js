#!/usr/bin/env node
import { join } from 'node:path';
import { cli } from './broker/index.js';

await cli(join(import.meta.dirname, '..'));
