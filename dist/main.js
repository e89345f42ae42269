import { join } from 'node:path';
import { main } from './broker/index.js';

await main({ toolhost: join(import.meta.dirname, 'toolhost', 'index.js') });
