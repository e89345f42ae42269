import type { Price } from '../config.ts';

/** A price, and the one that holds for every token of a request whose prompt (cached tokens counted) is longer than `above` tokens. */
export type ModelPrice = Price & Readonly<{ long_prompt?: Price & Readonly<{ above: number }> }>;
