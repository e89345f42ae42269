import type { FoundCommand } from '../wire.ts';
import type { Found } from './commands.ts';
import { javascript } from './javascript.ts';
import { phpAndRuby, dotnet, elixirAndDeno, goAndRust, jvm, makefile, native } from './languages.ts';
import { projectAt } from './project.ts';
import type { Project } from './project.ts';
import { python } from './python.ts';

/** A reader of one ecosystem's manifests. `{}` when the project has none of them. */
export type Reader = (project: Project) => Found;

/** A manifest one folder down. */
const MANIFEST =
  /^[^/.][^/]*\/(?:package\.json|[Mm]akefile|justfile|pyproject\.toml|setup\.(?:py|cfg)|tox\.ini|pytest\.ini|requirements[\w-]*\.txt|Pipfile|manage\.py|Cargo\.toml|go\.(?:mod|work)|pom\.xml|build\.gradle(?:\.kts)?|build\.sbt|composer\.json|Gemfile|Rakefile|[^/]+\.(?:csproj|fsproj|slnx?|gemspec)|mix\.exs|deno\.jsonc?|Package\.swift|pubspec\.yaml|CMakeLists\.txt)$/;

/** In the order in which they are believed: a mixed repository is driven by its package.json or Makefile more often than by the rest. */
const READERS: readonly Reader[] = [javascript, makefile, python, goAndRust, jvm, phpAndRuby, dotnet, elixirAndDeno, native];

/**
 * What the manifests of the working folder imply. When the folder itself has none and exactly one sub-folder has, that one is used
 * (`cd backend && …`); with several, which one a ticket is about cannot be known, and nothing is guessed.
 */
export function commandsOfManifests(project: Project): Found {
  const here = inFolder(project);
  if (here.test || here.setup) return here;
  const folders = [...new Set(project.files.filter((path) => MANIFEST.test(path)).map((path) => path.split('/')[0] ?? ''))];
  const below = folders
    .filter((folder) => !/^(?:docs?|examples?|website|site|scripts?|tools|vendor|third_party|fixtures|testdata|benchmarks?)$/i.test(folder))
    .map((folder) => ({ folder, found: inFolder(subProject(project, folder)) }))
    .filter((one) => one.found.test);
  const only = below.length === 1 ? below[0] : undefined;
  if (!only) return here;
  const move = (one: FoundCommand): FoundCommand => ({
    command: `cd ${only.folder} && ${one.command}`,
    source: `${only.folder}/${one.source}`,
    confidence: 'low',
  });
  return Object.fromEntries(Object.entries(only.found).map(([kind, one]) => [kind, move(one)]));
}

/** Test and setup belong together, so they come from the reader that knows the test; the check too unless only another one has it. */
function inFolder(project: Project): Found {
  const all = READERS.map((reader) => reader(project));
  const tested = all.find((one) => one.test);
  const setup = tested?.setup ?? (tested ? all.find((one) => one.setup)?.setup : undefined) ?? all.find((one) => one.setup)?.setup;
  const check = tested?.check ?? all.find((one) => one.check)?.check;
  return { ...(tested?.test && { test: tested.test }), ...(setup && { setup }), ...(check && { check }) };
}

function subProject(project: Project, folder: string): Project {
  const read = (path: string): string | null => (project.has(path) ? project.text(path) : null);
  return projectAt(project.files, read, folder);
}
