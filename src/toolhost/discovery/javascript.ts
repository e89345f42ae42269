import type { FoundCommand } from '../wire.ts';
import { allOf, unattendable } from './commands.ts';
import type { Found } from './commands.ts';
import { isRecord, looseJson, stringsOf } from './project.ts';
import type { Project } from './project.ts';

type Manager = { run(script: string): string; exec: string; install: string; locked: boolean };

/** package.json scripts, run by the package manager that the lock file names. */
export function javascript(project: Project): Found {
  if (!project.has('package.json')) return {};
  const manifest = looseJson(project.text('package.json'));
  const scripts = stringsOf(manifest.scripts);
  const dependencies = {
    ...stringsOf(manifest.dependencies),
    ...stringsOf(manifest.devDependencies),
    ...stringsOf(manifest.optionalDependencies),
  };
  const manager = managerOf(project, typeof manifest.packageManager === 'string' ? manifest.packageManager : '');
  const test = testOf(project, scripts, dependencies, manager);
  const check = checkOf(project, scripts, dependencies, manager);
  const needed =
    Object.keys(dependencies).length > 0 ||
    manifest.workspaces !== undefined ||
    project.has('pnpm-workspace.yaml') ||
    isRecord(manifest.peerDependencies);
  const setup: FoundCommand = { command: manager.install, source: 'package.json', confidence: manager.locked ? 'high' : 'medium' };
  return { ...(test && { test }), ...(needed && { setup }), ...(check && { check }) };
}

function managerOf(project: Project, named: string): Manager {
  const has = (path: string): boolean => project.has(path) || project.root.has(path);
  const text = (path: string): string => project.text(path) || project.root.text(path);
  if (has('pnpm-lock.yaml') || named.startsWith('pnpm@'))
    return manager('pnpm', 'pnpm exec', 'pnpm install --frozen-lockfile', has('pnpm-lock.yaml'));
  if (has('yarn.lock') || named.startsWith('yarn@')) {
    const modern = /^yarn@(?:[2-9]|\d\d)/.test(named) || has('.yarnrc.yml') || /^__metadata:/m.test(text('yarn.lock'));
    return manager(
      'yarn',
      modern ? 'yarn exec' : 'npx',
      modern ? 'yarn install --immutable' : 'yarn install --frozen-lockfile',
      has('yarn.lock'),
    );
  }
  if (has('bun.lock') || has('bun.lockb') || named.startsWith('bun@')) {
    return manager('bun run', 'bunx', 'bun install --frozen-lockfile', has('bun.lock') || has('bun.lockb'));
  }
  const locked = has('package-lock.json') || has('npm-shrinkwrap.json');
  // Without a lock file npm would write one, and it would end up in the change.
  return manager('npm run', 'npx', locked ? 'npm ci' : 'npm install --no-package-lock', locked);
}

function manager(prefix: string, exec: string, install: string, locked: boolean): Manager {
  return { run: (script) => (prefix === 'npm run' && script === 'test' ? 'npm test' : `${prefix} ${script}`), exec, install, locked };
}

function testOf(project: Project, scripts: Record<string, string>, dependencies: Record<string, string>, by: Manager): FoundCommand | null {
  for (const name of ['test', 'test:ci', 'test:unit', 'unit', 'test:run', 'tests', 'test:node', 'test:all']) {
    const script = scripts[name];
    if (script === undefined || script.trim() === '' || /no tests? specified|^\s*(?:exit|echo|true)\b(?!.*&&)/i.test(script)) continue;
    const command = unattended(by.run(name), script);
    if (command) return { command, source: `package.json scripts.${name}`, confidence: name === 'test' ? 'high' : 'medium' };
  }
  const source = 'package.json devDependencies';
  if (dependencies.vitest !== undefined) return { command: `${by.exec} vitest run`, source, confidence: 'medium' };
  if (dependencies.jest !== undefined) return { command: `${by.exec} jest`, source, confidence: 'medium' };
  if (dependencies.mocha !== undefined) return { command: `${by.exec} mocha`, source, confidence: 'medium' };
  if (dependencies.ava !== undefined) return { command: `${by.exec} ava`, source, confidence: 'medium' };
  const tests = project.files.filter((path) => /(?:^|\/)(?:[^/]+[._-])?test\.[cm]?[jt]s$/.test(path) && !path.includes('node_modules/'));
  if (tests.length === 0) return null;
  if (by.exec === 'bunx') return { command: 'bun test', source: tests[0] ?? '', confidence: 'low' };
  const native = tests.find((path) => /['"]node:test['"]/.test(project.text(path)));
  return native === undefined ? null : { command: 'node --test', source: native, confidence: 'low' };
}

/** The command in a form that ends by itself, or `null` when the script watches or opens a browser for a person. */
function unattended(command: string, script: string): string | null {
  if (/\breact-scripts test\b/.test(script) && !/--watchAll=false|\bCI=/.test(script)) return `CI=true ${command}`;
  if (/\b(?:ng test|karma start)\b/.test(script) && !/--watch[= ]false|--no-watch|single-run/i.test(script)) {
    const flags = /karma/.test(script) ? '--single-run --browsers ChromeHeadless' : '--watch=false --browsers=ChromeHeadless';
    return `${command}${command.startsWith('npm') ? ' --' : ''} ${flags}`;
  }
  if (/\bvitest\s+(?:watch|dev)\b|\bvue-cli-service test:unit --watch/.test(script) || /\bbrowser-sync\b/.test(script)) return null;
  return unattendable(` ${script} `) ? null : command;
}

function checkOf(
  project: Project,
  scripts: Record<string, string>,
  dependencies: Record<string, string>,
  by: Manager,
): FoundCommand | null {
  const names = ['lint', 'typecheck', 'type-check', 'check-types', 'check:types', 'types', 'tsc', 'lint:types', 'test:types'];
  const fits = (name: string): boolean => {
    const script = scripts[name];
    return script !== undefined && !/\s--(?:fix|write|apply)\b|no lint/.test(script) && !unattendable(` ${script} `);
  };
  const chosen = names.filter(fits);
  // `check` is a type check in Svelte, a formatter run elsewhere: taken only when nothing clearer is there.
  if (chosen.length === 0 && fits('check')) chosen.push('check');
  if (chosen.length > 0) {
    return {
      command: allOf(chosen.map((name) => by.run(name))),
      source: chosen.map((name) => `package.json scripts.${name}`).join(', '),
      confidence: 'high',
    };
  }
  const commands: string[] = [];
  if (dependencies.eslint !== undefined && project.files.some((path) => /^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.\w+)?)$/.test(path)))
    commands.push(`${by.exec} eslint .`);
  if (dependencies.typescript !== undefined && project.has('tsconfig.json')) commands.push(`${by.exec} tsc --noEmit`);
  return commands.length === 0 ? null : { command: allOf(commands), source: 'package.json devDependencies', confidence: 'medium' };
}

/** False for a command that names a package.json script which is not there, waits for a person, or rewrites files. */
export function scriptFits(project: Project, command: string): boolean {
  if (!project.has('package.json')) return true;
  const scripts = stringsOf(looseJson(project.text('package.json')).scripts);
  return [
    ...command.matchAll(
      /(?:^|&&\s*|;\s*)(?:[A-Z_]+=\S+\s+)*(?:npm run|npm (?=test\b)|pnpm (?:run )?|yarn (?:run )?|bun run )\s*([\w:.-]+)/g,
    ),
  ].every((match) => {
    const name = match[1] ?? '';
    const script = scripts[name];
    if (script === undefined)
      return /^(?:install|i|exec|dlx|ci|add|workspaces?|recursive|nx|turbo|lerna|vitest|jest|mocha|ava|eslint|tsc|biome|prettier)$|^-/.test(
        name,
      );
    return !unattendable(` ${script} `) && !/\s--(?:fix|write)\b/.test(script);
  });
}
