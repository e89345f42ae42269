import { codeBlock, codeSpan, oneLine, safeMarkdown } from '../../src/story/outbound.ts';
import type { SafeText } from '../../src/reports/markdown.ts';

const PLACE = { serverUrl: 'https://github.com', owner: 'acme', repo: 'sums', number: 7 };

/** Words made safe the way the door makes them safe for the repository acme/sums and its issue 7. */
export const safeText: SafeText = {
  markdown: (text, limit) => safeMarkdown(text, { ...PLACE, limit }),
  span: codeSpan,
  block: codeBlock,
  line: oneLine,
};
