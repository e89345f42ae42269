import { z } from 'zod';
import type { Answer } from '../toolhost/wire.ts';
import type { ToolResult } from './tool.ts';

/** Fields that several tools share, so that they read the same everywhere. */
export const path = z.string().min(1).describe('Relative to the workspace root, with /');
export const line = z.int().min(1).describe('From 1');

export function answered(answer: Answer): ToolResult {
  return { text: answer.text, isError: answer.is_error };
}
