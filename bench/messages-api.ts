/** The Messages API in a thread of its own, so that its checks do not stand in the way of the clock. Answers every turn with one read, the last with `report_blocked`. */
import { parentPort, workerData } from 'node:worker_threads';
import { startMessagesApi, type Turn } from '../__tests__/support/messages-api/server.ts';

const { turns } = workerData as { turns: number };
const read: Turn = { blocks: [{ type: 'tool_use', name: 'read_file', input: { path: 'src/format.js' } }] };
const last: Turn = { blocks: [{ type: 'tool_use', name: 'report_blocked', input: { kind: 'answered', reason: 'The bench is over.' } }] };

// Each read differs, or the run would rightly be told that it goes in circles.
const script = Array.from({ length: turns }, (_, index) => (index === turns - 1 ? last : withLine(read, index + 1)));
const api = await startMessagesApi({ turns: script });
parentPort?.postMessage(api.url);

function withLine(turn: Turn, line: number): Turn {
  return {
    blocks: turn.blocks!.map((block) =>
      block.type === 'tool_use' ? { ...block, input: { path: 'src/format.js', start_line: line % 19 } } : block,
    ),
  };
}
