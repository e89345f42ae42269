import { post } from './broker/index.js';

await post();
