/** The broker's bundle: one program behind three doors. */
export { cli } from './cli.ts';
export { main } from './main.ts';
export { post } from './post.ts';
