/** Started by `artifact.test.ts` as a process of its own: `@actions/artifact` reads its surroundings from the environment. */
import { uploadArtifact } from '../../src/story/artifact.ts';

const options = JSON.parse(process.argv[2]!) as {
  folder: string;
  name: string;
  fallbackNames: string[];
  retentionDays?: number;
  runUrl?: string;
};
const warnings: string[] = [];
const uploaded = await uploadArtifact({
  folder: options.folder,
  name: options.name,
  fallbackNames: options.fallbackNames,
  retentionDays: options.retentionDays,
  runUrl: options.runUrl,
  serviceKnown: Boolean(process.env['ACTIONS_RUNTIME_TOKEN'] && process.env['ACTIONS_RESULTS_URL']),
  onWarning: (text) => warnings.push(text),
});
process.stdout.write(`\n=== ${JSON.stringify({ uploaded, warnings })}\n`);
