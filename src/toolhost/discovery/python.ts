import type { FoundCommand } from '../wire.ts';
import { allOf, inOrder } from './commands.ts';
import type { Found } from './commands.ts';
import type { Project } from './project.ts';

/** pyproject.toml, setup.cfg, tox.ini, pytest.ini, requirements, Pipfile, manage.py, noxfile.py. */
export function python(project: Project): Found {
  const marks = [
    'pyproject.toml',
    'setup.py',
    'setup.cfg',
    'tox.ini',
    'pytest.ini',
    'requirements.txt',
    'Pipfile',
    'manage.py',
    'noxfile.py',
  ];
  const mark =
    marks.find((path) => project.has(path)) ??
    project.files.find((path) => /^requirements[\w./-]*\.txt$|^(?:tests?\/)?(?:conftest|test_\w+)\.py$/.test(path));
  if (mark === undefined) return {};
  const installer = installerOf(project);
  const test = testOf(project, installer.prefix);
  const check = checkOf(project, installer.prefix);
  return { ...(test && { test }), ...(installer.setup && { setup: installer.setup }), ...(check && { check }) };
}

/** Who installs, and what stands before each command so that it runs in that environment. */
function installerOf(project: Project): { prefix: string; setup: FoundCommand | null } {
  const toml = project.text('pyproject.toml');
  const found = (command: string, source: string): FoundCommand => ({ command, source, confidence: 'high' });
  if (project.has('uv.lock')) {
    const extras = testExtras(toml).map((name) => ` --extra ${name}`);
    return { prefix: 'uv run ', setup: found(`uv sync${extras.join('')}`, 'uv.lock') };
  }
  if (project.has('poetry.lock') || /^\[tool\.poetry\]/m.test(toml))
    return { prefix: 'poetry run ', setup: found('poetry install --no-interaction', 'pyproject.toml') };
  if (project.has('pdm.lock')) return { prefix: 'pdm run ', setup: found('pdm install', 'pdm.lock') };
  if (project.has('Pipfile')) {
    return {
      prefix: 'pipenv run ',
      setup: found(project.has('Pipfile.lock') ? 'pipenv sync --dev' : 'pipenv install --dev --skip-lock', 'Pipfile'),
    };
  }
  const steps: string[] = [];
  const isPackage =
    /^\[project\]/m.test(toml) || project.has('setup.py') || (project.has('setup.cfg') && /^\[metadata\]/m.test(project.text('setup.cfg')));
  const extras = testExtras(toml);
  if (isPackage) steps.push(`python3 -m pip install -e ${extras.length > 0 ? `'.[${extras.join(',')}]'` : '.'}`);
  const requirements = project.files
    .filter(
      (path) =>
        /^(?:requirements\/)?(?:requirements|base|dev|tests?)?[-_]?(?:requirements|dev|tests?|testing)?\.txt$/.test(path) &&
        /require/.test(path),
    )
    .sort((a, b) => a.length - b.length);
  if (requirements.length > 0)
    steps.push(
      `python3 -m pip install ${requirements
        .slice(0, 3)
        .map((path) => `-r ${path}`)
        .join(' ')}`,
    );
  const groups = [
    ...(/^\[dependency-groups\]([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(toml)?.[1] ?? '').matchAll(/^(dev|tests?|testing)\s*=/gm),
  ].map((match) => match[1] ?? '');
  if (groups.length > 0 && requirements.length === 0)
    steps.push(`python3 -m pip install ${groups.map((name) => `--group ${name}`).join(' ')}`);
  if (steps.length === 0) return { prefix: '', setup: null };
  return {
    prefix: '',
    setup: {
      command: inOrder(steps),
      source: [isPackage ? 'pyproject.toml' : '', ...requirements.slice(0, 3)].filter(Boolean).join(', '),
      confidence: 'medium',
    },
  };
}

/** Optional dependencies that hold the test tools, by the names people give them. */
function testExtras(toml: string): string[] {
  const table = /^\[project\.optional-dependencies\]([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(toml)?.[1] ?? '';
  return [...table.matchAll(/^["']?(tests?|testing|dev)["']?\s*=/gm)].map((match) => match[1] ?? '');
}

function testOf(project: Project, prefix: string): FoundCommand | null {
  const toml = project.text('pyproject.toml');
  const setup = project.text('setup.cfg');
  const tox = project.text('tox.ini');
  const run = (module: string): string => (prefix === '' ? `python3 -m ${module}` : `${prefix}${module}`);
  const found = (command: string, source: string, confidence: FoundCommand['confidence']): FoundCommand => ({
    command,
    source,
    confidence,
  });
  if (/^\[tool\.pytest/m.test(toml)) return found(run('pytest'), 'pyproject.toml tool.pytest', 'high');
  if (project.has('pytest.ini')) return found(run('pytest'), 'pytest.ini', 'high');
  if (/^\[tool:pytest\]/m.test(setup)) return found(run('pytest'), 'setup.cfg tool:pytest', 'high');
  if (/^\[pytest\]/m.test(tox)) return found(run('pytest'), 'tox.ini pytest', 'high');
  if (project.has('manage.py') && !/pytest/.test(toml + setup))
    return found(`${prefix}${prefix === '' ? 'python3' : 'python'} manage.py test --noinput`, 'manage.py', 'medium');
  const conftest = project.files.find((path) => /(?:^|\/)conftest\.py$/.test(path));
  if (conftest !== undefined) return found(run('pytest'), conftest, 'high');
  const requirements = project.files.filter((path) => /^requirements[\w./-]*\.txt$|^Pipfile$|^setup\.py$/.test(path));
  const named = ['pyproject.toml', 'setup.cfg', 'tox.ini', ...requirements].find((path) => /\bpytest\b/.test(project.text(path)));
  if (named !== undefined) return found(run('pytest'), named, 'medium');
  if (project.has('noxfile.py')) return found(run('nox'), 'noxfile.py', 'low');
  if (project.has('tox.ini')) return found(run('tox'), 'tox.ini', 'low');
  const tests = project.files.filter((path) => /(?:^|\/)(?:test_\w+|\w+_test)\.py$/.test(path));
  const first = tests[0];
  if (first === undefined) return null;
  if (tests.some((path) => /^\s*(?:import|from) pytest\b|^def test_/m.test(project.text(path))))
    return found(run('pytest'), first, 'medium');
  const folder = first.includes('/') ? (first.split('/')[0] ?? '') : '';
  const inPackage = folder === '' || project.has(`${folder}/__init__.py`);
  return found(`${prefix}${prefix === '' ? 'python3' : 'python'} -m unittest discover${inPackage ? '' : ` -s ${folder}`}`, first, 'medium');
}

function checkOf(project: Project, prefix: string): FoundCommand | null {
  const toml = project.text('pyproject.toml');
  const setup = project.text('setup.cfg') + project.text('tox.ini');
  const commands: string[] = [];
  if (/^\[tool\.ruff/m.test(toml) || project.has('ruff.toml') || project.has('.ruff.toml')) commands.push(`${prefix}ruff check .`);
  else if (/^\[flake8\]/m.test(setup) || project.has('.flake8')) commands.push(`${prefix}flake8`);
  const mypy =
    /^\[tool\.mypy\]([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(toml)?.[1] ?? (project.has('mypy.ini') ? project.text('mypy.ini') : undefined);
  if (mypy !== undefined) commands.push(`${prefix}mypy${/^(?:files|packages|modules)\s*=/m.test(mypy) ? '' : ' .'}`);
  else if (/^\[tool\.pyright\]/m.test(toml) || project.has('pyrightconfig.json')) commands.push(`${prefix}pyright`);
  return commands.length === 0 ? null : { command: allOf(commands), source: 'pyproject.toml', confidence: 'medium' };
}
