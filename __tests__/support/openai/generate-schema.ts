// Writes schema.json (JSON schema of chat completions on the wire) from the types of the package openai. Run it after an update of it:
//   node __tests__/support/openai/generate-schema.ts
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

const here = dirname(fileURLToPath(import.meta.url));

/** The schema's text as committed: one definition a line, so that a diff names what changed. */
export function schemaText(): string {
  const schema = createGenerator({
    path: join(here, 'wire.ts'),
    tsconfig: join(here, '../../../tsconfig.json'),
    type: 'ChatWire',
    jsDoc: 'none',
    skipTypeCheck: true,
    encodeRefs: true,
  }).createSchema('ChatWire');
  const definitions = Object.entries(schema.definitions ?? {}).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n"$schema": ${JSON.stringify(schema.$schema)},\n"$ref": ${JSON.stringify(schema.$ref)},\n"definitions": {\n${definitions.join(',\n')}\n}\n}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(here, 'schema.json'), schemaText());
