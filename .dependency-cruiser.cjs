/** The layers of docs/architecture.md: imports run downward only. */
const doors = '^src/(main|post|cli|broker)(\\.ts$|/)';
/** The story of a run and its parts; the same on a person's checkout; the inputs. What all share (config, version) is on the ground. */
const story = ['^src/(?!(config|version)\\.ts$)[^/]+\\.ts$', '^src/(story|local|inputs)/'];
const middle = '^src/(agent|review|publish)(\\.ts$|/)';
const workshop = '^src/(tools|evidence|sandbox)(\\.ts$|/)';
const ground = '^src/(ticket|transcript|model|config|version|prompts)(\\.ts$|/)';
const adapters = '^src/(model/(provider|anthropic|openai|bedrock|vertex|foundry)|forge/github|story/artifact)(\\.ts$|/)';

/** Forbids `from` to import any of `to`, types included. */
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from: { path: from }, to: { path: to } });

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two modules that need each other are one, or need a third. (Types may point both ways.)',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    never(
      'doors-are-entered-from-outside',
      'Nothing imports a door but the broker bundle.',
      '^src/(?!(main|post|cli|broker)(\\.ts$|/))',
      doors,
    ),
    never('story-above-agent', 'agent, review and publish know nothing of the story.', middle, story),
    never('workshop-looks-down', 'tools, evidence and sandbox know nothing of who uses them.', workshop, [...story, middle]),
    never('ground-looks-down', 'ticket, transcript and the model types are the ground.', ground, [...story, middle, workshop]),
    {
      name: 'reports-read-transcripts-only',
      comment: 'Every report is a pure function of a transcript.',
      severity: 'error',
      from: { path: '^src/reports' },
      to: { path: '^src/', pathNot: '^src/(reports|transcript)(\\.ts$|/)', dependencyTypesNot: ['type-only'] },
    },
    never(
      'transcript-knows-no-report',
      'What is told depends on what happened, not the other way round.',
      '^src/transcript',
      '^src/reports',
    ),
    {
      name: 'toolhost-stands-alone',
      comment: 'The sandboxed program shares the wire types with the broker, and nothing else.',
      severity: 'error',
      from: { path: '^src/toolhost' },
      to: { path: '^src/', pathNot: '^src/toolhost' },
    },
    {
      name: 'broker-knows-only-the-wire',
      comment: 'Code of the tool host never runs in the process that holds the keys.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/toolhost' },
      to: { path: '^src/toolhost', pathNot: '^src/toolhost/wire\\.ts$' },
    },
    {
      name: 'adapters-are-named-in-the-doors',
      comment: 'Who talks to the outside is chosen in one place.',
      severity: 'error',
      from: { path: '^src/', pathNot: [doors, '^src/story/finish\\.ts$', adapters] },
      to: { path: adapters, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'github-only-in-the-forge',
      comment: 'Octokit is an adapter’s business.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/forge' },
      to: { path: 'node_modules/(@actions/github|@octokit)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'sdk-only-in-model',
      comment: 'Elsewhere only its types.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/model' },
      to: { path: 'node_modules/@anthropic-ai/', dependencyTypesNot: ['type-only'] },
    },
    never('no-tests-in-the-product', 'The far sides stay out of the bundle.', '^src/', '^(__tests__|bench|scripts)/'),
    {
      name: 'no-dev-dependencies-in-the-product',
      comment: 'What is bundled is a dependency.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'A misspelt import.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^mdast$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|build|__tests__/support/demo/sample)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
