import { createRequire as __WEBPACK_EXTERNAL_createRequire } from "module";
/******/ var __webpack_modules__ = ({

/***/ 140:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   X: () => (/* binding */ applyPatch)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _switch_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(658);



/**
 * Brings the working tree to where a patch leads from the tree it is at. Made in an index of its own first, so that a patch that does not fit changes nothing.
 * Throws with Git's own words.
 */
async function applyPatch(workspace, { patch }, signal) {
    const { git, temp, trees } = workspace;
    const env = { GIT_INDEX_FILE: (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(temp, 'apply-index') };
    try {
        await git.run(['read-tree', await trees.hash(signal)], { env, signal });
        await git.run(['apply', '--cached', '--binary', '--whitespace=nowarn', '--allow-empty', '-'], { env, input: patch, signal });
        const tree = (await git.text(['write-tree', '--missing-ok'], { env, signal })).trim();
        return await (0,_switch_js__WEBPACK_IMPORTED_MODULE_2__/* .switchTo */ .S)(workspace, { tree }, signal);
    }
    finally {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)(env.GIT_INDEX_FILE, { force: true });
    }
}


/***/ }),

/***/ 802:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   F: () => (/* binding */ capture)
/* harmony export */ });
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(421);
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_child_process__WEBPACK_IMPORTED_MODULE_0__);

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;
const MAX_STDERR = 16 * 1024;
/** Runs one of the host's own programs (git, a syntax checker) with an explicit environment and collects its output. Throws when it cannot be started or was cancelled. */
function capture(file, args, options) {
    options.signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
        const child = (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.spawn)(file, args, { cwd: options.cwd, env: options.env, stdio: ['pipe', 'pipe', 'pipe'] });
        const pieces = [];
        const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
        let bytes = 0;
        let stderr = '';
        let cut = false;
        let timedOut = false;
        const stop = () => void child.kill('SIGKILL');
        const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => ((timedOut = true), stop()), options.timeoutMs);
        options.signal?.addEventListener('abort', stop, { once: true });
        const settle = () => {
            clearTimeout(timer);
            options.signal?.removeEventListener('abort', stop);
        };
        child.stdout.on('data', (piece) => {
            if (cut)
                return;
            bytes += piece.length;
            const wanted = options.onData === undefined ? bytes <= maxBytes && pieces.push(piece) > 0 : options.onData(piece);
            if (wanted)
                return;
            cut = true;
            stop();
        });
        child.stderr.on('data', (piece) => (stderr = (stderr + piece.toString()).slice(0, MAX_STDERR)));
        // A program that ends before it has read its input is no fault of ours.
        child.stdin.on('error', () => undefined);
        child.stdin.end(options.input ?? '');
        child.on('error', (error) => (settle(), reject(error)));
        child.on('close', (code) => {
            settle();
            if (options.signal?.aborted === true)
                return reject(options.signal.reason);
            resolve({ code, stdout: Buffer.concat(pieces), stderr, cut, timedOut });
        });
    });
}


/***/ }),

/***/ 492:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   AY: () => (/* binding */ diffBetween),
/* harmony export */   DE: () => (/* binding */ blobOf),
/* harmony export */   aL: () => (/* binding */ filteredPaths),
/* harmony export */   iv: () => (/* binding */ changesBetween)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _trees_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(557);



const MAX_CHANGES = 50_000;
/** Base64 of it must fit into one line of the wire. */
const MAX_BLOB = 11 * 1024 * 1024;
const MAX_PATCH = 12 * 1024 * 1024;
/** Refuses anything but a full object id: it goes into an argument of git. */
function objectId(id) {
    if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(id))
        throw new Error(`Not a Git object id: ${id.slice(0, 80)}`);
    return id;
}
/** The raw entries in which two trees differ. */
async function changesBetween(git, from, to, signal) {
    const range = [objectId(from), objectId(to)];
    const [raw, counts] = await Promise.all([
        git.text(['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', ...range], { signal }),
        git.text(['diff-tree', '-r', '--numstat', '-z', '--no-renames', '--no-ext-diff', '--no-textconv', ...range], { signal }),
    ]);
    const changes = entriesOf(raw);
    if (changes.length > MAX_CHANGES)
        throw new Error(`${changes.length} files changed; at most ${MAX_CHANGES} can be published at once`);
    const binary = new Set((0,_trees_js__WEBPACK_IMPORTED_MODULE_2__/* .splitNul */ .K5)(counts).flatMap((entry) => (entry.startsWith('-\t-\t') ? [entry.slice(4)] : [])));
    const paths = changes.map((change) => change.path);
    const [sizes, filtered] = await Promise.all([sizesOf(git, changes, signal), filteredPaths(git, paths, signal)]);
    return changes.map((change, i) => ({
        ...change,
        size: sizes[i] ?? 0,
        filtered: filtered.has(change.path),
        binary: binary.has(change.path),
    }));
}
function entriesOf(raw) {
    const fields = (0,_trees_js__WEBPACK_IMPORTED_MODULE_2__/* .splitNul */ .K5)(raw);
    const changes = [];
    for (let i = 0; i + 1 < fields.length; i += 2) {
        const [oldMode = '', newMode = '', oldId = '', newId = '', status = ''] = fields[i]?.slice(1).split(' ') ?? [];
        const path = fields[i + 1] ?? '';
        changes.push({
            path,
            status: status[0],
            old_mode: oldMode,
            new_mode: newMode,
            old_id: oldId,
            new_id: newId,
            size: 0,
            filtered: false,
            binary: false,
        });
    }
    return changes;
}
async function sizesOf(git, changes, signal) {
    if (changes.length === 0)
        return [];
    const input = changes.map((change) => `${change.new_id}\n`).join('');
    const answer = await git.text(['cat-file', '--batch-check=%(objecttype) %(objectsize)'], { input, signal });
    return answer.split('\n').map((line) => Number(/^blob (\d+)$/.exec(line)?.[1] ?? 0));
}
/** Paths with a `filter=` attribute, and the filter's name. */
async function filteredPaths(git, paths, signal) {
    if (paths.length === 0)
        return new Map();
    const fields = (await git.text(['check-attr', '-z', '--stdin', 'filter'], { input: (0,_trees_js__WEBPACK_IMPORTED_MODULE_2__/* .joinNul */ .MX)(paths), signal })).split('\0');
    const filtered = new Map();
    for (let i = 0; i + 2 < fields.length; i += 3) {
        const value = fields[i + 2] ?? '';
        if (value !== 'unspecified' && value !== 'unset')
            filtered.set(fields[i] ?? '', value);
    }
    return filtered;
}
/** A patch from one tree to another; see `Wire.diff`. */
async function diffBetween(git, params, signal) {
    const maxBytes = Math.min(Math.max(params.max_bytes, 0), MAX_PATCH);
    const range = [objectId(params.from), objectId(params.to)];
    const paths = pathspec(params.path);
    const plain = ['diff-tree', '-r', '--no-color', '--no-ext-diff', '--no-textconv', '--submodule=short'];
    const context = `-U${Math.min(Math.max(params.context ?? 3, 0), 1000)}`;
    if (params.stat === true)
        return patch(git, [...plain, '--stat=160,120', '-M', ...range, ...paths], maxBytes, signal);
    if (params.binary !== true)
        return patch(git, [...plain, '-p', '-M', context, ...range, ...paths], maxBytes, signal);
    const exact = [...plain, '-p', '--binary', '--full-index', '--no-renames', context, ...range];
    const whole = await patch(git, [...exact, ...paths], maxBytes, signal);
    return whole.lossless || whole.truncated ? whole : withBytes(git, exact, range, params.path, maxBytes, signal);
}
function pathspec(path) {
    const clean = (path ?? '').replace(/^(\.\/)+|\/+$/g, '');
    return clean === '' || clean === '.' ? [] : ['--', `:(top,literal)${clean}`];
}
async function patch(git, args, maxBytes, signal) {
    const pieces = [];
    let bytes = 0;
    const onData = (piece) => {
        if (bytes < maxBytes)
            pieces.push(piece.subarray(0, maxBytes - bytes));
        bytes += piece.length;
        return true;
    };
    await git.run(args, { onData, signal });
    const kept = Buffer.concat(pieces);
    const text = kept.toString('utf8');
    const truncated = bytes > maxBytes;
    return { text: truncated ? text.replace(/\uFFFD$/, '') : text, bytes, truncated, lossless: Buffer.from(text).equals(kept) };
}
/**
 * The wire is JSON, so a patch with bytes that are no UTF-8 (a Latin-1 source) would arrive damaged. Those files are shown as binary
 * patches, which are plain ASCII and as exact.
 */
async function withBytes(git, exact, range, path, maxBytes, signal) {
    const paths = (0,_trees_js__WEBPACK_IMPORTED_MODULE_2__/* .splitNul */ .K5)(await git.text(['diff-tree', '-r', '-z', '--name-only', '--no-renames', ...range, ...pathspec(path)], { signal }));
    const bytesOnly = [];
    let text = '';
    for (const each of paths.length > 200 ? [] : paths) {
        const one = await patch(git, [...exact, '--', `:(top,literal)${each}`], maxBytes, signal);
        if (one.lossless)
            text += one.text;
        else
            bytesOnly.push(`:(top,literal)${each}`);
    }
    const specs = paths.length > 200 ? pathspec(path) : ['--', ...bytesOnly];
    const rest = await asBinary(git, () => patch(git, [...exact, ...specs], maxBytes, signal));
    const bytes = Buffer.byteLength(text) + rest.bytes;
    if (bytes > maxBytes)
        return { text: (text + rest.text).slice(0, maxBytes), bytes, truncated: true, lossless: true };
    return { text: text + rest.text, bytes, truncated: false, lossless: true };
}
/** `info/attributes` of the private git directory outranks every `.gitattributes`. */
async function asBinary(git, work) {
    const file = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(git.directory, 'info', 'attributes');
    const before = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.existsSync)(file) ? (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(file) : null;
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.appendFileSync)(file, '\n* -diff\n');
    try {
        return await work();
    }
    finally {
        if (before === null)
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)(file);
        else
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.writeFileSync)(file, before);
    }
}
/** Content of a blob, base64. */
async function blobOf(git, params, signal) {
    const id = objectId(params.id);
    const size = Number(await git.text(['cat-file', '-s', id], { signal }));
    const limit = Math.min(params.max_bytes, MAX_BLOB);
    if (size > limit)
        throw new Error(`Blob ${id} has ${size} bytes; at most ${limit} are read out`);
    return { content: (await git.run(['cat-file', 'blob', id], { signal })).toString('base64') };
}


/***/ }),

/***/ 643:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  D: () => (/* binding */ editing)
});

// EXTERNAL MODULE: ./src/toolhost/text.ts
var toolhost_text = __nccwpck_require__(61);
;// CONCATENATED MODULE: ./src/toolhost/edit/closest.ts
const MAX_WORK = 4_000_000;
const MAX_SHOWN = 14;
/** Slides the wanted lines over the file and takes the place with the most equal lines, then the most alike ones. `null` when nothing is alike. */
function closest(lines, wanted) {
    if (lines.length === 0 || wanted.length === 0 || lines.length * wanted.length > MAX_WORK)
        return null;
    const file = lines.map((line) => line.trim());
    const target = wanted.map((line) => line.trim());
    const weights = target.map((line) => Math.min(line.length, 40));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let best = { at: -1, score: 0 };
    for (let at = 1 - target.length; at < file.length; at++) {
        let score = 0;
        for (let k = 0; k < target.length; k++)
            if (file[at + k] === target[k])
                score += weights[k] ?? 0;
        if (score > best.score)
            best = { at, score };
    }
    if (best.score < total * 0.2)
        best = mostAlikeLine(file, target) ?? best;
    if (best.at === -1 && best.score === 0)
        return null;
    const first = Math.max(best.at, 0);
    const last = Math.min(best.at + target.length, lines.length) - 1;
    const offset = target.findIndex((line, k) => file[best.at + k] !== line);
    const differs = offset === -1 ? null : Math.min(Math.max(best.at + offset, 0), lines.length - 1) + 1;
    const from = last - first + 1 > MAX_SHOWN && differs !== null ? Math.max(first, Math.min(differs - 4, last - MAX_SHOWN + 1)) : first;
    const shown = lines.slice(from, Math.min(last + 1, from + MAX_SHOWN)).map((line, i) => `${from + i + 1}\t${line.slice(0, 300)}`);
    return { first: first + 1, last: last + 1, differs, text: shown.join('\n') };
}
/** By shared pairs of letters of the longest wanted line. */
function mostAlikeLine(file, target) {
    const offset = target.reduce((longest, line, k) => (line.length > (target[longest]?.length ?? 0) ? k : longest), 0);
    const wanted = pairs((target[offset] ?? '').slice(0, 400));
    if (wanted.size < 2)
        return null;
    let best = { at: -1, likeness: 0.5 };
    file.forEach((line, i) => {
        if (line.length > 2000 || line.length < 2)
            return;
        const own = pairs(line.slice(0, 400));
        let common = 0;
        for (const pair of own)
            if (wanted.has(pair))
                common++;
        const likeness = (2 * common) / (own.size + wanted.size);
        if (likeness > best.likeness)
            best = { at: i, likeness };
    });
    return best.at === -1 ? null : { at: best.at - offset, score: best.likeness };
}
function pairs(text) {
    const found = new Set();
    for (let i = 0; i + 1 < text.length; i++)
        found.add(text.slice(i, i + 2));
    return found;
}

;// CONCATENATED MODULE: ./src/toolhost/edit/fold.ts
const TYPOGRAPHIC = new Map([
    ...[...'‘’‚‛′ʼ'].map((character) => [character, "'"]),
    ...[...'“”„‟″«»'].map((character) => [character, '"']),
    ...[...'‐‑‒–—―−'].map((character) => [character, '-']),
    ...[...'\u00a0\u2002\u2003\u2009\u200a\u202f\u3000'].map((character) => [character, ' ']),
    ['…', '...'],
]);
/** Folds line endings and a byte-order mark, and what `folds` names besides. */
function fold(text, folds) {
    const output = [];
    const starts = [];
    const ends = [];
    const emit = (characters, start, end) => {
        for (const character of characters) {
            output.push(character);
            starts.push(start);
            ends.push(end);
        }
    };
    for (let i = text.startsWith('\uFEFF') ? 1 : 0; i < text.length;) {
        const code = text.charCodeAt(i);
        if (code === 13 && text.charCodeAt(i + 1) === 10) {
            emit('\n', i, i + 2);
            i += 2;
            continue;
        }
        const blank = folds.trailing && (code === 32 || code === 9 || (folds.typographic && code === 0xa0)) ? trailingEnd(text, i, folds) : -1;
        if (blank !== -1) {
            i = blank;
            continue;
        }
        const character = text[i] ?? '';
        const plain = folds.typographic && code > 127 ? (TYPOGRAPHIC.get(character) ?? character) : character;
        emit(plain, i, i + 1);
        i++;
    }
    return { text: output.join(''), starts: Int32Array.from(starts), ends: Int32Array.from(ends) };
}
/** End of the run of white space at `from` when a line end follows it, else -1. */
function trailingEnd(text, from, folds) {
    let i = from;
    while (i < text.length && (text[i] === ' ' || text[i] === '\t' || (folds.typographic && text[i] === '\u00a0')))
        i++;
    if (i === text.length || text[i] === '\n' || (text[i] === '\r' && text[i + 1] === '\n'))
        return i;
    return -1;
}
/** Every place where `wanted` begins, overlapping ones too: two of them make a match ambiguous. At most `limit`. */
function occurrences(text, wanted, limit = 10_000) {
    const found = [];
    if (wanted === '')
        return found;
    for (let at = text.indexOf(wanted); at !== -1 && found.length < limit; at = text.indexOf(wanted, at + 1))
        found.push(at);
    return found;
}

;// CONCATENATED MODULE: ./src/toolhost/edit/merge.ts

const MAX_CELLS = 1_000_000;
/**
 * The replacement for `region`, which matched `oldFolded` only after folding: what the edit leaves alone keeps its original bytes
 * (endings, trailing white space, typographic characters), line by line and, in a changed line, at both its ends.
 */
function merge(region, oldFolded, newText, folds, ending) {
    const original = piecesOf(region);
    const oldLines = oldFolded.split('\n');
    const newLines = newText.split('\n').map((line) => line.replace(/\r$/, ''));
    const newFolded = newLines.map((line) => fold(line, folds).text);
    const partner = align(oldLines, newFolded);
    const paired = pairRest(partner, oldLines.length);
    const usual = original.find((piece) => piece.ending !== '')?.ending ?? ending;
    return newLines
        .map((line, j) => {
        const same = original[partner[j] ?? -1];
        const near = original[paired[j] ?? -1];
        const text = same?.text ?? (near === undefined ? line : keepEnds(near.text, line, folds));
        if (j === newLines.length - 1)
            return text;
        return text + ((same ?? near)?.ending || usual);
    })
        .join('');
}
function piecesOf(region) {
    return region.split('\n').map((line, i, all) => {
        if (i === all.length - 1)
            return { text: line, ending: '' };
        return line.endsWith('\r') ? { text: line.slice(0, -1), ending: '\r\n' } : { text: line, ending: '\n' };
    });
}
/** Longest common subsequence: for each new line the old line that it is, or -1. */
function align(oldLines, newLines) {
    const partner = newLines.map(() => -1);
    let head = 0;
    while (head < oldLines.length && head < newLines.length && oldLines[head] === newLines[head])
        partner[head] = head++;
    let tail = 0;
    const room = Math.min(oldLines.length, newLines.length) - head;
    while (tail < room && oldLines.at(-1 - tail) === newLines.at(-1 - tail)) {
        partner[newLines.length - 1 - tail] = oldLines.length - 1 - tail;
        tail++;
    }
    const rows = oldLines.length - head - tail;
    const columns = newLines.length - head - tail;
    if (rows * columns === 0 || rows * columns > MAX_CELLS)
        return partner;
    const table = Array.from({ length: rows + 1 }, () => new Int32Array(columns + 1));
    const cell = (i, j) => table[i]?.[j] ?? 0;
    for (let i = rows - 1; i >= 0; i--)
        for (let j = columns - 1; j >= 0; j--) {
            const row = table[i];
            if (row !== undefined)
                row[j] = oldLines[head + i] === newLines[head + j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
        }
    for (let i = 0, j = 0; i < rows && j < columns;) {
        if (oldLines[head + i] === newLines[head + j])
            partner[head + j++] = head + i++;
        else if (cell(i + 1, j) >= cell(i, j + 1))
            i++;
        else
            j++;
    }
    return partner;
}
/** Between two kept lines, as many changed lines as before: each is the successor of the one in its place. */
function pairRest(partner, oldCount) {
    const paired = partner.map(() => -1);
    let before = -1;
    for (let j = 0; j < partner.length;) {
        if (partner[j] !== -1) {
            before = partner[j++] ?? before;
            continue;
        }
        let end = j;
        while (end < partner.length && partner[end] === -1)
            end++;
        const next = end < partner.length ? (partner[end] ?? oldCount) : oldCount;
        if (next - before - 1 === end - j)
            for (let k = j; k < end; k++)
                paired[k] = before + 1 + (k - j);
        j = end;
    }
    return paired;
}
/** Where a changed line begins and ends as before, its original characters stay. */
function keepEnds(original, line, folds) {
    const was = fold(original, folds);
    const is = fold(line, folds);
    let head = 0;
    while (head < was.text.length && head < is.text.length && was.text[head] === is.text[head])
        head++;
    while (head > 0 && splitsCharacter(was.starts, head))
        head--;
    while (head > 0 && splitsCharacter(is.starts, head))
        head--;
    let tail = 0;
    const room = Math.min(was.text.length, is.text.length) - head;
    while (tail < room && was.text.at(-1 - tail) === is.text.at(-1 - tail))
        tail++;
    while (tail > 0 && (splitsCharacter(was.starts, was.text.length - tail) || splitsCharacter(is.starts, is.text.length - tail)))
        tail--;
    const kept = head === 0 ? '' : original.slice(0, was.ends[head - 1]);
    const middleStart = head === 0 ? 0 : (is.ends[head - 1] ?? 0);
    const middleEnd = tail === 0 ? line.length : (is.starts[is.text.length - tail] ?? line.length);
    const end = tail === 0 ? '' : original.slice(was.starts[was.text.length - tail]);
    return kept + line.slice(middleStart, middleEnd) + end;
}
const splitsCharacter = (starts, at) => at > 0 && at < starts.length && starts[at] === starts[at - 1];

;// CONCATENATED MODULE: ./src/toolhost/edit/splice.ts

/** The ending of the line at an offset; of the line before, in the last line; else the file's usual one. */
function endingAt(text, offset) {
    const after = text.indexOf('\n', offset);
    const at = after !== -1 ? after : offset > 0 ? text.lastIndexOf('\n', offset - 1) : -1;
    if (at === -1)
        return (0,toolhost_text/* mainEnding */.bu)(text);
    return text[at - 1] === '\r' ? '\r\n' : '\n';
}

;// CONCATENATED MODULE: ./src/toolhost/edit/indentation.ts



const FOLDS = { trailing: true, typographic: false };
/** Whole lines that equal the wanted ones but for one uniform indentation shift, which is applied to the replacement too. */
function indentationMatches(text, wanted, replacement) {
    const closed = wanted.endsWith('\n');
    const hay = fold(text, FOLDS);
    const lines = hay.text.split('\n');
    const wantedLines = fold(closed ? wanted.replace(/\r?\n$/, '') : wanted, FOLDS).text.split('\n');
    const first = wantedLines.findIndex((line) => line.trim() !== '');
    if (first === -1)
        return [];
    const anchor = (wantedLines[first] ?? '').trimStart();
    const offsets = offsetsOf(lines);
    const splices = [];
    lines.forEach((line, i) => {
        const top = i - first;
        if (top < 0 || top + wantedLines.length > lines.length || line.trimStart() !== anchor)
            return;
        const shift = shiftBetween(lines.slice(top, top + wantedLines.length), wantedLines);
        const shifted = shift === null ? null : apply(closed ? replacement.replace(/\r?\n$/, '') : replacement, shift);
        if (shifted === null)
            return;
        const start = hay.starts[offsets[top] ?? 0] ?? text.length;
        const lastLine = top + wantedLines.length - 1;
        const last = (offsets[lastLine] ?? 0) + (lines[lastLine]?.length ?? 0) - 1;
        const end = last < (offsets[top] ?? 0) ? start : (hay.ends[last] ?? text.length);
        const region = lines.slice(top, lastLine + 1).join('\n');
        const body = merge(text.slice(start, end), region, shifted, FOLDS, endingAt(text, start));
        splices.push(closed && replacement === ''
            ? withLineEnd(text, start, end)
            : closed && !/\n$/.test(replacement)
                ? { ...withLineEnd(text, start, end), replacement: body }
                : { start, end, replacement: body });
    });
    return splices;
}
/** Deleting whole lines takes the last one's ending along. */
function withLineEnd(text, start, end) {
    const newline = text.indexOf('\n', end);
    return { start, end: newline === -1 ? text.length : newline + 1, replacement: '' };
}
function offsetsOf(lines) {
    let at = 0;
    return lines.map((line) => {
        const start = at;
        at += line.length + 1;
        return start;
    });
}
const indentOf = (line) => /^[ \t]*/.exec(line)?.[0] ?? '';
function shiftBetween(lines, wanted) {
    let shift = null;
    for (const [i, line] of lines.entries()) {
        const other = wanted[i] ?? '';
        if (line.trim() === '' && other.trim() === '')
            continue;
        if (line.trimStart() !== other.trimStart())
            return null;
        const found = between(indentOf(line), indentOf(other));
        if (found === null || (shift !== null && (shift.kind !== found.kind || shift.prefix !== found.prefix)))
            return null;
        shift = found;
    }
    return shift;
}
function between(indent, wanted) {
    if (indent.endsWith(wanted))
        return { kind: 'add', prefix: indent.slice(0, indent.length - wanted.length) };
    if (wanted.endsWith(indent))
        return { kind: 'drop', prefix: wanted.slice(0, wanted.length - indent.length) };
    return null;
}
/** `null` when a line of the replacement has less indentation than would have to go. */
function apply(replacement, shift) {
    const lines = replacement.split('\n');
    if (shift.kind === 'add')
        return lines.map((line) => (line.trim() === '' ? line : shift.prefix + line)).join('\n');
    if (lines.some((line) => line.trim() !== '' && !line.startsWith(shift.prefix)))
        return null;
    return lines.map((line) => (line.trim() === '' ? line : line.slice(shift.prefix.length))).join('\n');
}

;// CONCATENATED MODULE: ./src/toolhost/edit/ladder.ts




/** Folding takes several bytes a character: a longer text is matched exactly or not at all. */
const MAX_FOLDED = 2 * 1024 * 1024;
/** Every way `wanted` is found in `text` at the first step of the ladder that finds it; empty when none does. Splices are in order. */
function climb(text, wanted, replacement) {
    const steps = [
        () => exact(text, wanted, replacement),
        () => folded(text, wanted, replacement, 'line endings', { trailing: false, typographic: false }),
        () => folded(text, wanted, replacement, 'trailing white space', { trailing: true, typographic: false }),
        () => ({ step: 'indentation', splices: indentationMatches(text, wanted, replacement) }),
        () => folded(text, wanted, replacement, 'typographic punctuation', { trailing: true, typographic: true }),
    ];
    for (const attempt of text.length > MAX_FOLDED ? steps.slice(0, 1) : steps) {
        const match = attempt();
        if (match.splices.length > 0)
            return match;
    }
    return null;
}
function exact(text, wanted, replacement) {
    // A match that begins or ends between \r and \n would tear the line ending apart.
    const whole = occurrences(text, wanted).filter((at) => !tears(text, at) && !tears(text, at + wanted.length));
    const splices = whole.map((start) => ({ start, end: start + wanted.length, replacement: withEnding(text, start, wanted, replacement) }));
    return { step: 'exact', splices };
}
const tears = (text, at) => text[at - 1] === '\r' && text[at] === '\n';
/** Models write `\n`. Where the match itself shows no line ending, new lines get the one of the line they stand in. */
function withEnding(text, start, wanted, replacement) {
    if (wanted.includes('\n') || replacement.includes('\r') || !replacement.includes('\n'))
        return replacement;
    return endingAt(text, start) === '\r\n' ? replacement.replaceAll('\n', '\r\n') : replacement;
}
function folded(text, wanted, replacement, step, folds) {
    const needle = fold(wanted, folds).text;
    if (needle.trim() === '')
        return { step, splices: [] };
    const hay = fold(text, folds);
    const splices = occurrences(hay.text, needle)
        .filter((at) => hay.starts[at] !== hay.starts[at - 1] && hay.starts[at + needle.length] !== hay.starts[at + needle.length - 1])
        .map((at) => {
        const start = hay.starts[at] ?? 0;
        const end = hay.ends[at + needle.length - 1] ?? start;
        const plain = replacement.startsWith('\uFEFF') ? replacement.slice(1) : replacement;
        return { start, end, replacement: merge(text.slice(start, end), needle, plain, folds, endingAt(text, start)) };
    });
    return { step, splices };
}

;// CONCATENATED MODULE: ./src/toolhost/edit/prefixes.ts
const PREFIX = /^ *(\d+)(?:\t|: ?|\| ?|→)/;
/** An edit copied together with `read_file`'s line numbers, without them; `null` unless every line of `old_str` has one and they count up. */
function withoutLineNumbers(edit) {
    const plain = strip(edit.old_str, true);
    if (plain === null || plain === '')
        return null;
    return { ...edit, old_str: plain, new_str: strip(edit.new_str, false) ?? edit.new_str };
}
function strip(text, counting) {
    const closed = text.endsWith('\n');
    const lines = (closed ? text.slice(0, -1) : text).split('\n');
    let previous = null;
    const plain = [];
    for (const line of lines) {
        const found = PREFIX.exec(line);
        if (found === null)
            return null;
        const number = Number(found[1]);
        if (counting && previous !== null && number !== previous + 1)
            return null;
        previous = number;
        plain.push(line.slice(found[0].length));
    }
    return plain.join('\n') + (closed ? '\n' : '');
}

;// CONCATENATED MODULE: ./src/toolhost/edit/apply.ts





const MAX_LOOKED_AT = 2 * 1024 * 1024;
/** Applies all edits in order, each on the text that the one before left, or none of them. */
function applyEdits(original, edits) {
    let text = original;
    const result = { text, touched: [], already: [], stripped: false };
    for (const [i, edit] of edits.entries()) {
        const problem = (why) => ({
            problem: edits.length === 1 ? why : `Edit ${i + 1} of ${edits.length}: ${why} No edit of this call was made.`,
        });
        if (edit.old_str === '')
            return problem('old_str is empty. To insert, give the line beside it as old_str and repeat it in new_str; to write a whole file use write_file.');
        // Half of a pair could match half of an emoji and tear it apart.
        if (!edit.old_str.isWellFormed() || !edit.new_str.isWellFormed())
            return problem('old_str or new_str holds half of a surrogate pair. Give whole characters.');
        if (edit.old_str === edit.new_str)
            return problem('old_str and new_str are the same: there is nothing to change.');
        const { match, replaced, stripped } = find(text, edit);
        if (match === 'already') {
            result.already.push(i + 1);
            continue;
        }
        if (match === null)
            return problem(notFound(text, edit));
        const splices = chosen(match, edit.replace_all === true);
        if (splices === null)
            return problem(ambiguous(text, match, replaced));
        text = splice(text, splices, match.step, result);
        result.stripped ||= stripped;
    }
    return { ...result, text };
}
function find(text, edit) {
    if (standsAlready(text, edit))
        return { match: 'already', replaced: edit, stripped: false };
    const match = climb(text, edit.old_str, edit.new_str);
    if (match !== null)
        return { match, replaced: edit, stripped: false };
    const plain = withoutLineNumbers(edit);
    if (plain !== null) {
        if (standsAlready(text, plain))
            return { match: 'already', replaced: plain, stripped: true };
        const second = climb(text, plain.old_str, plain.new_str);
        if (second !== null)
            return { match: second, replaced: plain, stripped: true };
    }
    return { match: isThere(text, plain ?? edit) ? 'already' : null, replaced: edit, stripped: false };
}
/** `new_str` holds `old_str`, and every place where `old_str` is found is already such a `new_str`: applying again would double it. */
function standsAlready(text, { old_str: before, new_str: after }) {
    // A short addition may well be meant once more (two spaces before a line that has two).
    if (after.trim().length < before.length + 16 || text.length > MAX_LOOKED_AT)
        return false;
    const folds = { trailing: false, typographic: false };
    const hay = fold(text, folds).text;
    const [old, wanted] = [fold(before, folds).text, fold(after, folds).text];
    const inside = occurrences(wanted, old, 100);
    if (inside.length === 0)
        return false;
    const done = new Set(occurrences(hay, wanted).flatMap((at) => inside.map((offset) => at + offset)));
    const places = occurrences(hay, old);
    return places.length > 0 && places.every((at) => done.has(at));
}
/** `old_str` is gone and a `new_str` long enough to be no accident is there. */
function isThere(text, { new_str: after }) {
    if (text.length > MAX_LOOKED_AT)
        return text.includes(after) && after.trim().length >= 20;
    const folds = { trailing: true, typographic: false };
    const wanted = fold(after, folds).text;
    return wanted.trim().length >= 20 && fold(text, folds).text.includes(wanted);
}
function chosen(match, all) {
    if (match.splices.length === 1)
        return match.splices;
    if (!all)
        return null;
    let end = -1;
    return match.splices.filter((splice) => (splice.start < end ? false : ((end = splice.end), true)));
}
function splice(text, splices, step, result) {
    const pieces = [];
    let at = 0;
    let line = 1;
    const fresh = [];
    for (const { start, end, replacement } of splices) {
        const kept = text.slice(at, start);
        line += newlines(kept);
        const added = newlines(replacement);
        const delta = added - newlines(text.slice(start, end));
        for (const earlier of result.touched) {
            if (earlier.first <= line)
                continue;
            earlier.first += delta;
            earlier.last += delta;
        }
        fresh.push({ step, first: line, last: line + added });
        line += added;
        pieces.push(kept, replacement);
        at = end;
    }
    result.touched.push(...fresh);
    return pieces.join('') + text.slice(at);
}
function newlines(text) {
    let count = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1))
        count++;
    return count;
}
function ambiguous(text, match, edit) {
    const numbers = match.splices.slice(0, 20).map(({ start }) => newlines(text.slice(0, start)) + 1);
    const more = match.splices.length > 20 ? ', …' : '';
    const how = match.step === 'exact' ? '' : ` (with ${match.step} ignored)`;
    const several = edit.old_str.includes('\n') ? 'further lines' : 'the lines around it';
    return `old_str is found ${match.splices.length} times${how}, at lines ${numbers.join(', ')}${more}. Add ${several} to old_str so that it is found once, or set replace_all to change every one.`;
}
function notFound(text, edit) {
    const near = closest((0,toolhost_text/* linesOf */.Dx)(text), (0,toolhost_text/* linesOf */.Dx)(edit.old_str));
    const gone = edit.new_str === '' ? ' If this deletion was made before, it is already applied.' : '';
    if (near === null)
        return `old_str not found, and no part of the file is like it.${gone} Read the file with read_file and copy the lines to change.`;
    const where = near.first === near.last ? `line ${near.first}` : `lines ${near.first}–${near.last}`;
    const at = near.differs === null ? '' : ` (differs at ${near.differs})`;
    return `old_str not found.${gone} Closest is ${where}${at}:\n${near.text}\nCopy old_str from there, without the line numbers.`;
}

// EXTERNAL MODULE: ./src/toolhost/files.ts
var files = __nccwpck_require__(355);
// EXTERNAL MODULE: ./src/toolhost/paths.ts
var paths = __nccwpck_require__(956);
// EXTERNAL MODULE: ./src/toolhost/read_file.ts
var read_file = __nccwpck_require__(935);
// EXTERNAL MODULE: ./src/toolhost/syntax.ts
var syntax = __nccwpck_require__(753);
;// CONCATENATED MODULE: ./src/toolhost/edit_file.ts






const AROUND = 4;
const MAX_SHOWN_LINES = 120;
/** Makes the edit tool; it remembers its own results, so that the same call on its own result is known as applied. */
function editing(workspace) {
    const results = new Map();
    return async (params, signal) => {
        if (params.edits.length === 0)
            return refuse('edits is empty: give at least one {old_str, new_str}.');
        const file = await (0,files/* readBytes */.io)(workspace, params.path);
        (0,paths/* assertOwn */.p0)(workspace.root, file.path);
        if (file.size > file.bytes.length)
            return refuse(`${file.path} has ${(0,toolhost_text/* sizeText */.lP)(file.size)}, too large for edit_file. Use a stream editor with run_command (sed -i, perl -pi -e).`);
        const decoded = (0,toolhost_text/* decode */.D4)(file.bytes);
        if ('reason' in decoded)
            return refuse(`${file.path} was not edited: it is ${decoded.reason}. edit_file changes only UTF-8, and UTF-16 with a byte-order mark, so that no byte is damaged. Use run_command with a program that handles this encoding (python3 with encoding=, perl -pi -e).`);
        const call = await digest(Buffer.from(JSON.stringify([file.path, params.edits])));
        if (results.get(call) === (await digest(file.bytes)))
            return { text: `Already applied: ${file.path} is as this call left it before. Nothing was changed.`, is_error: false };
        const applied = applyEdits(decoded.text, params.edits);
        if ('problem' in applied)
            return refuse(`${file.path} was not changed. ${applied.problem}`);
        if (applied.text === decoded.text)
            return {
                text: `Already applied: ${file.path} holds ${params.edits.length === 1 ? 'new_str' : 'every new_str'} where it belongs. Nothing was changed.`,
                is_error: false,
            };
        const bytes = (0,toolhost_text/* encode */.lF)(applied.text, decoded.encoding);
        await store(workspace, file, bytes);
        results.set(call, await digest(bytes));
        const error = await (0,syntax/* newSyntaxError */.c)(workspace, file.path, decoded.text, applied.text, signal);
        return {
            text: [headline(file.path, params, applied), around(applied), ...(error === null ? [] : [error])].join('\n'),
            is_error: false,
        };
    };
}
const refuse = (text) => ({ text, is_error: true });
const digest = async (bytes) => {
    const { createHash } = await Promise.resolve(/* import() */).then(__nccwpck_require__.t.bind(__nccwpck_require__, 598, 23));
    return createHash('sha256').update(bytes).digest('hex');
};
async function store(workspace, file, bytes) {
    try {
        workspace.trees.touched((0,files/* writeBytes */.NH)(workspace.root, file.path, bytes));
    }
    catch (error) {
        throw await (0,files/* explained */.to)(workspace, file.path, error);
    }
}
function headline(path, { edits }, applied) {
    const steps = [...new Set(applied.touched.map(({ step }) => step))];
    const how = steps
        .map((step) => (step === 'exact' ? 'exact match' : `matched with ${step} ${step === 'indentation' ? 'shifted' : 'ignored'}`))
        .join(', ');
    const already = applied.already.length === 0 ? '' : ` Already applied before: edit ${applied.already.join(', ')}.`;
    const stripped = applied.stripped ? ' Line numbers in front of the lines were left out.' : '';
    const count = applied.touched.length;
    return `Edited ${path}: ${count} place${count === 1 ? '' : 's'}${edits.length > 1 ? `, ${edits.length} edits` : ''} (${how}).${already}${stripped}`;
}
/** The changed lines with four around them, places that touch joined. */
function around({ text, touched }) {
    const lines = (0,toolhost_text/* linesOf */.Dx)(text);
    const ranges = touched
        .map(({ first, last }) => ({ from: Math.max(first - AROUND, 1), to: Math.min(last + AROUND, lines.length) }))
        .sort((a, b) => a.from - b.from);
    const joined = [];
    for (const range of ranges) {
        const before = joined.at(-1);
        if (before !== undefined && range.from <= before.to + 1)
            before.to = Math.max(before.to, range.to);
        else
            joined.push({ ...range });
    }
    const shown = [];
    for (const { from, to } of joined) {
        if (shown.length > 0)
            shown.push('…');
        for (let number = from; number <= to; number++)
            shown.push((0,read_file/* numbered */.j)(number, (lines[number - 1] ?? '').slice(0, 500)));
    }
    if (shown.length <= MAX_SHOWN_LINES)
        return shown.join('\n');
    return [...shown.slice(0, MAX_SHOWN_LINES), `[${shown.length - MAX_SHOWN_LINES} more changed lines; git_diff shows all]`].join('\n');
}


/***/ }),

/***/ 355:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Av: () => (/* binding */ closestPaths),
/* harmony export */   Ct: () => (/* binding */ MAX_READ),
/* harmony export */   NH: () => (/* binding */ writeBytes),
/* harmony export */   Zm: () => (/* binding */ randomName),
/* harmony export */   io: () => (/* binding */ readBytes),
/* harmony export */   to: () => (/* binding */ explained)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _paths_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(956);



/** Larger files are not read into memory. */
const MAX_READ = 16 * 1024 * 1024;
/** Reads a regular file. Throws a `Refusal` that says what is there instead when there is none. */
async function readBytes(workspace, given) {
    const path = (0,_paths_js__WEBPACK_IMPORTED_MODULE_2__/* .relativePath */ .iZ)(workspace.root, given);
    try {
        const { fd, stat } = (0,_paths_js__WEBPACK_IMPORTED_MODULE_2__/* .openToRead */ .g1)(workspace.root, path);
        try {
            if (stat.isDirectory())
                throw new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(folderText(workspace.root, path));
            if (!stat.isFile())
                throw new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(`${path} is not a regular file (a pipe, socket or device), so it has no content to read.`);
            return { path, bytes: readFully(fd, Math.min(stat.size, MAX_READ)), size: stat.size, mode: stat.mode & 0o7777 };
        }
        finally {
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.closeSync)(fd);
        }
    }
    catch (error) {
        throw await explained(workspace, path, error);
    }
}
function readFully(fd, size) {
    const bytes = Buffer.alloc(size);
    let at = 0;
    while (at < size) {
        const count = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readSync)(fd, bytes, at, size - at, at);
        if (count === 0)
            break;
        at += count;
    }
    return bytes.subarray(0, at);
}
/**
 * Writes a whole file: beside it first, then renamed over it, so that a full disk or a kill leaves the old content. Mode and owner
 * of an existing file are kept; a link inside the workspace is written through. Missing folders are made. Answers the real path of what was written.
 */
function writeBytes(root, path, bytes) {
    const target = throughLink(root, path);
    return (0,_paths_js__WEBPACK_IMPORTED_MODULE_2__/* .inFolderOf */ .t3)(root, target, (folder, name, place) => {
        const before = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.statSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, name), { throwIfNoEntry: false });
        const temporary = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, `.${name.slice(0, 100)}.${randomName(6)}.tmp`);
        const fd = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.openSync)(temporary, node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_WRONLY | node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_CREAT | node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_EXCL | node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_NOFOLLOW, 0o666);
        try {
            for (let at = 0; at < bytes.length;)
                at += (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.writeSync)(fd, bytes, at);
            if (before !== undefined)
                keepOwnerAndMode(fd, before);
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.renameSync)(temporary, (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, name));
            return place === '' ? name : `${place}/${name}`;
        }
        catch (error) {
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)(temporary, { force: true });
            throw error;
        }
        finally {
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.closeSync)(fd);
        }
    });
}
/** Hexadecimal. From the global `crypto`, which is loaded when first used: `node:crypto` takes a tenth of the host's start. */
function randomName(bytes) {
    return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
}
function throughLink(root, path) {
    if ((0,_paths_js__WEBPACK_IMPORTED_MODULE_2__/* .entryAt */ ._f)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, path))?.isSymbolicLink() !== true)
        return path;
    return (0,_paths_js__WEBPACK_IMPORTED_MODULE_2__/* .realPath */ .Ye)(root, path).slice(root.length + 1);
}
function keepOwnerAndMode(fd, before) {
    try {
        if (before.uid !== process.getuid?.() || before.gid !== process.getgid?.())
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.fchownSync)(fd, before.uid, before.gid);
    }
    catch {
        // Another owner's file that we may replace but not give away: its content matters more.
    }
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.fchmodSync)(fd, before.mode & 0o7777);
}
/** Turns a file-system error into words for the model. */
async function explained(workspace, path, error) {
    const code = error.code;
    if (code === 'ENOENT')
        return new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(await missingText(workspace, path));
    if (code === 'ENOTDIR')
        return new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(`${path} does not exist: a part of it is a file, not a folder. Use list_files to see what is there.`);
    if (code === 'ELOOP')
        return new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(`${path} is a link that leads in a circle or was changed meanwhile; it cannot be opened.`);
    if (code === 'EACCES' || code === 'EPERM')
        return new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(`${path} may not be opened: permission denied. Look at it with run_command: ls -l ${path}`);
    if (code === 'EROFS')
        return new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(`${path} is on a read-only file system; only files below the workspace can be written.`);
    if (code === 'ENOSPC')
        return new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(`${path} was not written: the disk is full. Free space with run_command first.`);
    if (code === 'ENAMETOOLONG')
        return new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(`The path is too long for this file system; choose a shorter one.`);
    if (code === 'ENXIO')
        return new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(`${path} is not a regular file (a socket or device).`);
    return error;
}
function folderText(root, path) {
    const entries = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readdirSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, path), { withFileTypes: true })
        .filter((entry) => entry.name !== '.git')
        .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
    const shown = entries.sort().slice(0, 60).join('\n');
    const more = entries.length > 60 ? `\n[${entries.length - 60} more; list_files with path="${path}" shows them]` : '';
    return `${path === '' ? 'The workspace root' : path} is a folder. It holds:\n${shown}${more}`;
}
async function missingText(workspace, path) {
    const near = closestPaths(path, await workspace.trees.files());
    const hint = near.length > 0 ? `Closest names:\n${near.join('\n')}` : 'Use list_files or search to find the file.';
    return `${path} does not exist. ${hint}`;
}
/** Paths that a wrong one may mean: the same file name elsewhere, then names that share most of their letters. */
function closestPaths(path, files) {
    const name = fileName(path).toLowerCase();
    const wanted = pairs(path.toLowerCase());
    const swapped = letters(name);
    const candidates = files.map((file) => {
        const own = fileName(file).toLowerCase();
        const bonus = own === name ? 2 : stem(own) === stem(name) || letters(own) === swapped ? 1 : 0;
        return { file, cheap: bonus, own };
    });
    const scored = candidates
        .filter(({ cheap, own }) => cheap > 0 || (Math.abs(own.length - name.length) <= 4 && own[0] === name[0]))
        .slice(0, 5000)
        .map(({ file, cheap, own }) => ({
        file,
        score: cheap + overlap(pairs(name), pairs(own)) + 0.5 * overlap(wanted, pairs(file.toLowerCase())),
    }))
        .filter(({ score }) => score > 0.6);
    return scored
        .sort((a, b) => b.score - a.score || a.file.localeCompare(b.file))
        .slice(0, 5)
        .map(({ file }) => file);
}
const fileName = (path) => path.slice(path.lastIndexOf('/') + 1);
/** The same for a name with two letters swapped. */
const letters = (name) => [...name].sort().join('');
const stem = (name) => name.replace(/\..*$/, '');
function pairs(text) {
    const found = new Set();
    for (let i = 0; i + 1 < text.length; i++)
        found.add(text.slice(i, i + 2));
    return found;
}
function overlap(a, b) {
    let common = 0;
    for (const pair of a)
        if (b.has(pair))
            common++;
    return a.size + b.size === 0 ? 0 : (2 * common) / (a.size + b.size);
}


/***/ }),

/***/ 142:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  D: () => (/* binding */ startForwarder)
});

// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __nccwpck_require__(30);
;// CONCATENATED MODULE: external "node:events"
const external_node_events_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:events");
;// CONCATENATED MODULE: external "node:stream"
const external_node_stream_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:stream");
;// CONCATENATED MODULE: ./src/toolhost/forwarder.ts



/** Where the egress proxy is asked for inside the sandbox. */
const PROXY_PORT = 3128;
/**
 * The inner end of the egress proxy. The network namespace of the sandbox has nothing but its own loopback; the way out is one Unix socket
 * of the broker's. This listens where clients can be pointed at (`127.0.0.1:3128`) and, for the services of the job, at their usual ports,
 * and pipes to that socket. It decides nothing: who talks to the socket directly meets the same rules in the broker.
 *
 * Reads `ALCHEMIST_PROXY_SOCKET` and `ALCHEMIST_PROXY_FORWARDS` (ports, comma-separated); without the first it does nothing. A port that is
 * taken is left out.
 */
async function startForwarder(environment) {
    const socket = environment['ALCHEMIST_PROXY_SOCKET'];
    if (socket === undefined || socket === '')
        return;
    const ports = (environment['ALCHEMIST_PROXY_FORWARDS'] ?? '')
        .split(',')
        .flatMap((word) => (/^\d{1,5}$/u.test(word) ? [Number(word)] : []));
    await Promise.all([
        listen(PROXY_PORT, (client) => join(client, (0,external_node_net_.connect)(socket))),
        ...ports.map((port) => listen(port, (client) => forwardPort(client, socket, port))),
    ]);
}
async function listen(port, onConnection) {
    const server = (0,external_node_net_.createServer)({ allowHalfOpen: true }, onConnection);
    server.unref(); // the tool host ends with its stdin, whoever is still connected
    server.listen(port, '127.0.0.1');
    try {
        await (0,external_node_events_namespaceObject.once)(server, 'listening');
    }
    catch {
        server.close();
    }
}
function join(client, upstream) {
    (0,external_node_stream_namespaceObject.pipeline)(client, upstream, client, () => undefined);
}
/** Asks the proxy for a tunnel to the port of the job's machine, then joins the two. */
function forwardPort(client, socket, port) {
    const upstream = (0,external_node_net_.connect)(socket);
    const give = () => {
        client.destroy();
        upstream.destroy();
    };
    client.on('error', give);
    upstream.on('error', give);
    upstream.write(`CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    let head = Buffer.alloc(0);
    upstream.on('data', function read(piece) {
        head = Buffer.concat([head, piece]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0)
            return head.length > 65_536 ? give() : undefined;
        upstream.off('data', read);
        upstream.pause();
        if (!head.toString('latin1', 0, 12).endsWith(' 200'))
            return give();
        upstream.unshift(head.subarray(end + 4));
        return join(client, upstream);
    });
}


/***/ }),

/***/ 12:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   Y: () => (/* binding */ pathspecs),
/* harmony export */   j: () => (/* binding */ matcher)
/* harmony export */ });
const MAX_PATTERNS = 200;
/** `*.{ts,tsx}` → `*.ts`, `*.tsx`. */
function expandBraces(pattern) {
    const found = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(pattern);
    if (found === null)
        return [pattern];
    const [, before = '', choices = '', after = ''] = found;
    return choices
        .split(',')
        .flatMap((choice) => expandBraces(before + choice + after))
        .slice(0, MAX_PATTERNS);
}
/** A test for paths. A pattern without `/` means the file name in any folder; `*` and `?` stop at `/`, `**` does not. Wrong brackets are literal. */
function matcher(glob) {
    const patterns = expandBraces(anywhere(glob)).map((pattern) => new RegExp(`^${source(pattern)}$`, 's'));
    return (path) => patterns.some((pattern) => pattern.test(path));
}
/** The same as Git pathspecs, below `folder` (`''` for the root). */
function pathspecs(folder, glob) {
    if (glob === undefined)
        return folder === '' ? [] : [`:(top,literal)${folder}`];
    const prefix = folder === '' ? '' : `${folder.replace(/[*?[\\]/g, '\\$&')}/`;
    return expandBraces(anywhere(glob)).map((pattern) => `:(top,glob)${prefix}${pattern}`);
}
function anywhere(glob) {
    const clean = glob.replace(/^\.?\/+/, '');
    if (clean.endsWith('/'))
        return `${clean}**`;
    return clean.includes('/') ? clean : `**/${clean}`;
}
function source(pattern) {
    let text = '';
    for (let i = 0; i < pattern.length;) {
        const [expression, length] = part(pattern.slice(i));
        text += expression;
        i += length;
    }
    return text;
}
/** The expression for the first part of a pattern, and that part's length. */
function part(rest) {
    const character = rest[0] ?? '';
    const set = /^\[(!|\^)?([^\]/]+)\]/.exec(rest);
    if (rest.startsWith('**/'))
        return ['(?:[^/]+/)*', 3];
    if (rest.startsWith('**'))
        return ['.*', 2];
    if (character === '*')
        return ['[^/]*', 1];
    if (character === '?')
        return ['[^/]', 1];
    if (character === '\\' && rest.length > 1)
        return [escape(rest[1] ?? ''), 2];
    if (set === null)
        return [escape(character), 1];
    const members = (set[2] ?? '').replace(/[\\[\]^]/g, '\\$&');
    return [`[${set[1] === undefined ? '' : '^'}${members}]`, set[0].length];
}
const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');


/***/ }),

/***/ 546:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   C: () => (/* binding */ listFiles),
/* harmony export */   T: () => (/* binding */ oneLine)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _files_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(355);
/* harmony import */ var _glob_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(12);
/* harmony import */ var _paths_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(956);





const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 2000;
/** Tracked, and untracked but not ignored files, sorted; what is cut is said, with the way to see it. */
async function listFiles(workspace, { path: given, glob, limit }, signal) {
    const folder = (0,_paths_js__WEBPACK_IMPORTED_MODULE_3__/* .relativePath */ .iZ)(workspace.root, given ?? '');
    const all = await workspace.trees.files(signal);
    const below = folder === '' ? all : all.filter((file) => file === folder || file.startsWith(`${folder}/`));
    if (below.length === 0)
        return { text: emptyText(workspace, folder, all), is_error: !isFolder(workspace, folder) };
    const matches = glob === undefined ? null : (0,_glob_js__WEBPACK_IMPORTED_MODULE_4__/* .matcher */ .j)(glob);
    const start = folder === '' ? 0 : folder.length + 1;
    const found = matches === null ? [...below] : below.filter((file) => matches(file === folder ? file : file.slice(start)) || matches(file));
    if (found.length === 0)
        return {
            text: `No file ${where(folder)} matches ${glob}. There are ${below.length} files; a pattern without "/" is looked for in every folder, "**" crosses folders.`,
            is_error: false,
        };
    const most = Math.min(Math.max(limit ?? DEFAULT_LIMIT, 1), MAX_LIMIT);
    const shown = found.sort().slice(0, most);
    const cut = found.length > most ? [`[${most} of ${found.length} files; ${advice(found, folder, most)}]`] : [];
    return { text: [...shown.map(oneLine), ...cut].join('\n'), is_error: false };
}
/** A name with a line break or another control character must not look like two. */
const oneLine = (path) => (/[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(path) ? JSON.stringify(path) : path);
const where = (folder) => (folder === '' ? 'in the workspace' : `below ${folder}/`);
function emptyText(workspace, folder, all) {
    if (folder === '')
        return 'The workspace holds no files.';
    if (isFolder(workspace, folder))
        return `${folder}/ holds no files that Git would track (ignored ones are not listed; see them with run_command: ls -A '${folder}').`;
    const folders = [...new Set(all.flatMap((file) => (file.includes('/') ? [file.slice(0, file.lastIndexOf('/'))] : [])))];
    const near = (0,_files_js__WEBPACK_IMPORTED_MODULE_2__/* .closestPaths */ .Av)(folder, folders);
    throw new _paths_js__WEBPACK_IMPORTED_MODULE_3__/* .Refusal */ .P_(`${folder} does not exist.${near.length > 0 ? ` Closest folders:\n${near.join('\n')}` : ' Call list_files without a path to see the whole workspace.'}`);
}
function isFolder(workspace, folder) {
    try {
        return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.statSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(workspace.root, folder)).isDirectory();
    }
    catch {
        return false;
    }
}
function advice(found, folder, most) {
    const start = folder === '' ? 0 : folder.length + 1;
    const counts = new Map();
    for (const file of found) {
        const slash = file.indexOf('/', start);
        if (slash !== -1)
            counts.set(file.slice(0, slash + 1), (counts.get(file.slice(0, slash + 1)) ?? 0) + 1);
    }
    const largest = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 8);
    const folders = largest.length > 1 ? `; by folder: ${largest.map(([name, count]) => `${oneLine(name)} ${count}`).join(', ')}` : '';
    return `narrow with path or glob${most < MAX_LIMIT ? `, or set limit up to ${MAX_LIMIT}` : ''}${folders}`;
}


/***/ }),

/***/ 489:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  M: () => (/* binding */ overview)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __nccwpck_require__(24);
;// CONCATENATED MODULE: ./src/toolhost/discovery/commands.ts
/**
 * Says what a shell line is for, and rewrites it so that it can be run again and again in a workspace: pipes that swallow the exit code and
 * flags that leave report files in the tree are taken off. `null`: neither of the three, or it cannot run unattended.
 */
function classify(line) {
    const command = tidy(line);
    if (command === '' || unattendable(command))
        return null;
    // Variables that a workflow set elsewhere mean nothing here.
    if (/\$\{?(?!HOME\b|PWD\b|TMPDIR\b|PATH\b|CI\b)[A-Za-z_]/.test(command))
        return null;
    const kinds = command.split(/\s*&&\s*|\s*;\s*/).map((part) => kindOf(part));
    const kind = kinds.includes('test') ? 'test' : kinds.includes('check') ? 'check' : kinds.includes('setup') ? 'setup' : null;
    if (kind === null)
        return null;
    // What CI tests in a folder that it has just built is not this workspace.
    if (/\bcd \S*(?:\*|dist|build|tmp)/.test(command))
        return null;
    // A line that does something else beside (`make build && ./deploy test`) is not a plain test command.
    if (kinds.some((one) => one === 'other'))
        return null;
    return {
        command,
        kind,
        whole: !/(?:^|\s)(?:-k|-t|-run|--grep|--filter|--testNamePattern|-pl|--projects|-p|--package)\b|::|\.(?:test|spec)\.\w+\b|\btests?\/\S+\.\w+\b|_(?:test|spec)\.\w+\b/.test(command),
    };
}
/** How plainly a test command names the whole suite: 0 `npm test`, 1 `npm run test:unit`, 2 `npm run test:anything`. */
function plainness(command) {
    if (/\b(?:build|check|verify|install|package)\b/.test(command))
        return 1;
    const variant = /\btests?[:-]([\w:-]+)/.exec(command)?.[1];
    if (variant === undefined)
        return 0;
    return /^(?:ci|unit|run|all|node|vitest|jest)$/.test(variant) ? 1 : 2;
}
/** Several commands in one line. All are run even when one fails, so that an old lint error does not hide a new type error. */
function allOf(commands) {
    const unique = [...new Set(commands)];
    if (unique.length <= 1)
        return unique[0] ?? '';
    return `failed=0; ${unique.map((command) => `${command} || failed=1; `).join('')}exit $failed`;
}
/** Several commands in one line, each only when the former worked. */
function inOrder(commands) {
    return [...new Set(commands)].join(' && ');
}
/** Commands that wait for a person, watch files, need what no sandbox has, or act on the world. */
function unattendable(command) {
    return (/\$\{\{|\$\{?(?:GITHUB|RUNNER|ACTIONS)_|<[\w .-]+>|\bpath\/to\b|\s\.\.\.(?:\s|$)|\s\[[\w\s=.-]+\](?:\s|$)|\bYOUR_/.test(command) ||
        /\s--?(?:watch(?:All)?|ui|inspect(?:-brk)?|debug-brk|open|headed|interactive|pdb)(?:=true)?(?=\s|$)|\b(?:watchexec|nodemon|ptw|entr)\b|:(?:watch|ui|debug|update)\b/.test(command) ||
        /\b(?:docker|podman|docker-compose|sudo|kubectl|helm|terraform|ssh|scp|rsync|heroku|codecov|coveralls|apt-get|systemctl|curl|wget)\b/.test(command) ||
        /(?:^|[;&|]\s*)(?:aws|gcloud|az|gh|git|brew|apt|choco|act|vercel|netlify|twine)\s/.test(command) ||
        /\b(?:publish|deploy|release)\b/.test(command));
}
function tidy(line) {
    return line
        .trim()
        .replace(/^[$%>❯]\s+/, '')
        .replace(/\s+#\s.*$/, '')
        .replace(/\s+\|\|\s*(?:true|:|exit 0)\s*$/, '')
        .replace(/\s+(?:2>&1\s*)?\|\s.*$/, '')
        .replace(/\s+-(?:coverprofile|covermode|coverpkg)[= ]\S+/g, '')
        .replace(/\s+--(?:cov-report|cov-fail-under|cov-config|junit-?xml|cov)[= ](?!-)\S+|\s+--cov(?=\s|$)/g, '')
        .replace(/\s+--(?:logger|results-directory)[= ]\S+/g, '')
        .replace(/\bcoverage run\s+(?:-\S+\s+)*?-m\s+(pytest|unittest)\b/, 'python3 -m $1')
        .replace(/^((?:\.\/)?gradlew?)(?!.*--no-daemon)(?=\s)/, '$1 --no-daemon')
        .replace(/\s+/g, ' ')
        .trim();
}
/** What may stand before the program itself. */
const WRAPPER = /^(?:(?:[A-Za-z_]\w*=(?:'[^']*'|"[^"]*"|\S*)|env|time|xvfb-run(?: -\S+)*|(?:poetry|pdm|pipenv|hatch|rye|uv) run(?: --[\w-]+(?:=\S+)?)*|bundle exec|npx(?: -\S+)*|(?:npm|pnpm|yarn) exec(?: --)?|bunx|mise exec --|python[\d.]*(?: -\S+)* -m)\s+|(?:\.\/)?(?:node_modules\/\.bin|vendor\/bin|bin)\/)+/;
function kindOf(part) {
    const bare = part
        .replace(WRAPPER, '')
        .replace(/^(?:pnpm|yarn)\s+(?=(?:vitest|jest|mocha|ava|eslint|tsc|biome|prettier)\b)/, '')
        .trim();
    if (bare === '' || /^(?:cd|pushd|popd|export|set|source|\.|echo|mkdir|corepack|true)\b/.test(bare))
        return 'neutral';
    if (/\b(?:e2e|end-to-end|integration|acceptance|browser|cypress|playwright|bench(?:mark)?s?|smoke|fuzz|miri|perf|storybook|chromatic|snapshot:update)\b|--no-run\b|--collect-only\b|--list\b|update-?snapshots?|--doc\b|\s--target[= ]|:(?:fix|watch|update|debug|coverage|types?:fix)\b/i.test(bare))
        return 'other';
    if (/\s--(?:fix|write|apply|autocorrect\S*|in-place)(?=\s|$)|^(?:rubocop|standardrb)\b.*\s-[aA]\b|^(?:gofmt|goimports|mocha|tsc)\b.*\s-w\b/.test(bare))
        return 'other';
    for (const [kind, pattern] of PATTERNS)
        if (pattern.test(bare))
            return kind;
    return 'other';
}
/** Checks come before tests: `npm run test:types`, `make lint-tests`. */
const PATTERNS = [
    [
        'check',
        /^(?:npm run|pnpm(?: -\S+)*(?: run)?|yarn(?: run)?|bun run|deno task)(?: -\S+)* \S*(?:lint|type-?check|check-?types|tsc|check:types|types:check|test:types|format:check|check-?format|fmt:check|prettier:check)\S*(?: -\S+)*$/,
    ],
    ['check', /^(?:npm run|pnpm(?: run)?|yarn(?: run)?|bun run|deno task) check$/],
    [
        'check',
        /^(?:eslint|biome (?:ci|check|lint)|oxlint|prettier (?:.* )?(?:--check|-c)\b|tsc(?: .*)?(?:--noEmit|-b|--build|-p|$)|vue-tsc|svelte-check|standard$|xo$|stylelint)/,
    ],
    [
        'check',
        /^(?:ruff (?:check|format --check|\.)|flake8|mypy|pyright|basedpyright|pylint|black .*--check|black --check|isort .*--check|ty check|pre-commit run (?:.*--all|-a))/,
    ],
    [
        'check',
        /^(?:golangci-lint run|go vet|staticcheck|cargo (?:clippy|check|fmt .*--check)|rubocop|standardrb|rake (?:rubocop|lint)|phpstan|psalm|phpcs|php-cs-fixer .*--dry-run|composer (?:run )?(?:lint|stan|phpstan|analyse|cs))/,
    ],
    [
        'check',
        /^(?:mix (?:format --check|credo|dialyzer|compile --warnings)|dotnet format .*--verify|deno (?:lint|check|fmt --check)|dart analyze|flutter analyze|(?:g?make|just|task|mise run)(?: -\S+)* (?:\S*lint\S*|type-?check|vet|fmt-check|check-format|mypy|types))/,
    ],
    ['setup', /^(?:npm (?:ci|i|install|clean-install)|pnpm (?:i|install)|yarn(?: install)?(?= --|$)|bun (?:i|install))(?: --?\S+)*$/],
    [
        'setup',
        /^(?:pip3? install|uv sync|uv pip install|uv venv|poetry install|pdm (?:install|sync)|pipenv (?:install|sync)|hatch env create|rye sync|venv \S+$)/,
    ],
    [
        'setup',
        /^(?:go mod download|go get -t|cargo fetch|bundle install|bundle config|composer install|dotnet restore|mix deps\.get|mix local\.|mix do deps\.get|dart pub get|flutter pub get|swift package resolve|deno install|(?:\.\/)?mvnw? .*dependency:)/,
    ],
    ['setup', /^(?:g?make|just|task)(?: -\S+)* (?:install(?:-\w+)*|setup(?:-\w+)*|deps|bootstrap|dev-?deps|init|env|sync)$/],
    [
        'test',
        /^(?:npm (?:t|tst|test|run test\S*|run unit\S*|run tests)|pnpm(?: -\S+)* (?:run )?(?:t|test\S*)|yarn(?: workspaces? \S+)?(?: run)? test\S*|bun (?:run )?test\S*|lerna run test|turbo (?:run )?test|nx (?:run-many|affected) .*test|nx test)(?:\s|$)/,
    ],
    [
        'test',
        /^(?:jest|vitest(?: run)?|mocha|ava|tap|uvu|tape|c8|nyc|node (?:\S+ )*--test|tsx --test|react-scripts test|ng test|karma start .*--single-run|web-test-runner|wtr|lab)(?:\s|$)/,
    ],
    [
        'test',
        /^(?:pytest|py\.test|tox|nox|unittest|hatch test|trial|stestr run|(?:python[\d.]* )?(?:\.\/)?(?:manage\.py test|setup\.py test|runtests\.py|tests\/runtests\.py)|uv test)(?:\s|$)/,
    ],
    [
        'test',
        /^(?:go test|gotestsum|go tool gotestsum|ginkgo|cargo (?:\+\S+ )?(?:test|nextest run|t)|bazel(?:isk)? test|ctest|swift test|dart test|flutter test|sbt (?:.*)test|lein test|clojure .*test|stack test|cabal (?:v2-)?test|zig build test|bats|meson test|dune (?:run)?test|elm-test|nimble test|crystal spec|busted|prove)(?:\s|$)/,
    ],
    ['test', /^(?:\.\/)?mvnw?(?: \S+)* (?:test|verify|package|install)(?:\s|$)/],
    ['test', /^(?:\.\/)?gradlew?(?: \S+)* \S*(?:[tT]est|check|build)\b/],
    [
        'test',
        /^(?:rspec|rake(?: test\S*| spec\S*|$)|rails (?:test|spec)|phpunit|pest|(?:php )?artisan test|composer (?:run )?(?:test|phpunit|unit)\S*|dotnet test|mix test|deno (?:test|task test\S*))(?:\s|$)/,
    ],
    [
        'test',
        /^(?:\.\/)?(?:g?make|just|task|mise run|earthly)(?: -\S+)* (?:tests?|check|test-?unit|unit-?tests?|test-all|pytest)(?: \w+=\S+)*$/,
    ],
    ['test', /^(?:(?:\.\/|bash |sh )(?:\S*\/)?|(?:scripts?|ci|tools)\/)(?:run[-_]?)?tests?(?:\.sh)?$/],
    ['check', /^(?:(?:\.\/|bash |sh )(?:\S*\/)?|(?:scripts?|ci|tools)\/)(?:lint|check|typecheck)(?:\.sh)?$/],
    ['setup', /^(?:(?:\.\/|bash |sh )(?:\S*\/)?|(?:scripts?|ci|tools)\/)(?:install|setup|bootstrap)(?:[-_]deps)?(?:\.sh)?$/],
];

;// CONCATENATED MODULE: ./src/toolhost/discovery/project.ts
function projectAt(files, read, folder) {
    const clean = folder.replace(/^\.?\/+|^\.$|\/+$/g, '').replace(/^\.\//, '');
    const prefix = clean === '' ? '' : `${clean}/`;
    const inside = files.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
    const known = new Set(inside);
    const project = {
        files: inside,
        has: (path) => known.has(path),
        text: (path) => (known.has(path) ? (read(prefix + path) ?? '') : ''),
        folder: clean,
    };
    const root = clean === '' ? undefined : projectAt(files, read, '.');
    return {
        ...project,
        get root() {
            return root ?? this;
        },
    };
}
/** The part of JSON we need, comments and trailing commas allowed (deno.jsonc, tsconfig.json); an empty object when it cannot be read. */
function looseJson(text) {
    for (const candidate of [
        text,
        text
            .replace(/^\s*\/\/.*$/gm, '')
            .replace(/\/\*[\s\S]*?\*\//g, '')
            .replace(/,(\s*[}\]])/g, '$1'),
    ]) {
        try {
            const value = JSON.parse(candidate);
            if (isRecord(value))
                return value;
        }
        catch {
            // Tried next without comments; a file that is no JSON at all tells us nothing.
        }
    }
    return {};
}
/** The string values of an object member, e.g. `scripts` of a package.json. */
function stringsOf(value) {
    if (!isRecord(value))
        return {};
    return Object.fromEntries(Object.entries(value).filter((entry) => typeof entry[1] === 'string'));
}
function isRecord(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

;// CONCATENATED MODULE: ./src/toolhost/discovery/javascript.ts


/** package.json scripts, run by the package manager that the lock file names. */
function javascript(project) {
    if (!project.has('package.json'))
        return {};
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
    const needed = Object.keys(dependencies).length > 0 ||
        manifest.workspaces !== undefined ||
        project.has('pnpm-workspace.yaml') ||
        isRecord(manifest.peerDependencies);
    const setup = { command: manager.install, source: 'package.json', confidence: manager.locked ? 'high' : 'medium' };
    return { ...(test && { test }), ...(needed && { setup }), ...(check && { check }) };
}
function managerOf(project, named) {
    const has = (path) => project.has(path) || project.root.has(path);
    const text = (path) => project.text(path) || project.root.text(path);
    if (has('pnpm-lock.yaml') || named.startsWith('pnpm@'))
        return manager('pnpm', 'pnpm exec', 'pnpm install --frozen-lockfile', has('pnpm-lock.yaml'));
    if (has('yarn.lock') || named.startsWith('yarn@')) {
        const modern = /^yarn@(?:[2-9]|\d\d)/.test(named) || has('.yarnrc.yml') || /^__metadata:/m.test(text('yarn.lock'));
        return manager('yarn', modern ? 'yarn exec' : 'npx', modern ? 'yarn install --immutable' : 'yarn install --frozen-lockfile', has('yarn.lock'));
    }
    if (has('bun.lock') || has('bun.lockb') || named.startsWith('bun@')) {
        return manager('bun run', 'bunx', 'bun install --frozen-lockfile', has('bun.lock') || has('bun.lockb'));
    }
    const locked = has('package-lock.json') || has('npm-shrinkwrap.json');
    // Without a lock file npm would write one, and it would end up in the change.
    return manager('npm run', 'npx', locked ? 'npm ci' : 'npm install --no-package-lock', locked);
}
function manager(prefix, exec, install, locked) {
    return { run: (script) => (prefix === 'npm run' && script === 'test' ? 'npm test' : `${prefix} ${script}`), exec, install, locked };
}
function testOf(project, scripts, dependencies, by) {
    for (const name of ['test', 'test:ci', 'test:unit', 'unit', 'test:run', 'tests', 'test:node', 'test:all']) {
        const script = scripts[name];
        if (script === undefined || script.trim() === '' || /no tests? specified|^\s*(?:exit|echo|true)\b(?!.*&&)/i.test(script))
            continue;
        const command = unattended(by.run(name), script);
        if (command)
            return { command, source: `package.json scripts.${name}`, confidence: name === 'test' ? 'high' : 'medium' };
    }
    const source = 'package.json devDependencies';
    if (dependencies.vitest !== undefined)
        return { command: `${by.exec} vitest run`, source, confidence: 'medium' };
    if (dependencies.jest !== undefined)
        return { command: `${by.exec} jest`, source, confidence: 'medium' };
    if (dependencies.mocha !== undefined)
        return { command: `${by.exec} mocha`, source, confidence: 'medium' };
    if (dependencies.ava !== undefined)
        return { command: `${by.exec} ava`, source, confidence: 'medium' };
    const tests = project.files.filter((path) => /(?:^|\/)(?:[^/]+[._-])?test\.[cm]?[jt]s$/.test(path) && !path.includes('node_modules/'));
    if (tests.length === 0)
        return null;
    if (by.exec === 'bunx')
        return { command: 'bun test', source: tests[0] ?? '', confidence: 'low' };
    const native = tests.find((path) => /['"]node:test['"]/.test(project.text(path)));
    return native === undefined ? null : { command: 'node --test', source: native, confidence: 'low' };
}
/** The command in a form that ends by itself, or `null` when the script watches or opens a browser for a person. */
function unattended(command, script) {
    if (/\breact-scripts test\b/.test(script) && !/--watchAll=false|\bCI=/.test(script))
        return `CI=true ${command}`;
    if (/\b(?:ng test|karma start)\b/.test(script) && !/--watch[= ]false|--no-watch|single-run/i.test(script)) {
        const flags = /karma/.test(script) ? '--single-run --browsers ChromeHeadless' : '--watch=false --browsers=ChromeHeadless';
        return `${command}${command.startsWith('npm') ? ' --' : ''} ${flags}`;
    }
    if (/\bvitest\s+(?:watch|dev)\b|\bvue-cli-service test:unit --watch/.test(script) || /\bbrowser-sync\b/.test(script))
        return null;
    return unattendable(` ${script} `) ? null : command;
}
function checkOf(project, scripts, dependencies, by) {
    const names = ['lint', 'typecheck', 'type-check', 'check-types', 'check:types', 'types', 'tsc', 'lint:types', 'test:types'];
    const fits = (name) => {
        const script = scripts[name];
        return script !== undefined && !/\s--(?:fix|write|apply)\b|no lint/.test(script) && !unattendable(` ${script} `);
    };
    const chosen = names.filter(fits);
    // `check` is a type check in Svelte, a formatter run elsewhere: taken only when nothing clearer is there.
    if (chosen.length === 0 && fits('check'))
        chosen.push('check');
    if (chosen.length > 0) {
        return {
            command: allOf(chosen.map((name) => by.run(name))),
            source: chosen.map((name) => `package.json scripts.${name}`).join(', '),
            confidence: 'high',
        };
    }
    const commands = [];
    if (dependencies.eslint !== undefined && project.files.some((path) => /^(?:eslint\.config\.[cm]?[jt]s|\.eslintrc(?:\.\w+)?)$/.test(path)))
        commands.push(`${by.exec} eslint .`);
    if (dependencies.typescript !== undefined && project.has('tsconfig.json'))
        commands.push(`${by.exec} tsc --noEmit`);
    return commands.length === 0 ? null : { command: allOf(commands), source: 'package.json devDependencies', confidence: 'medium' };
}
/** False for a command that names a package.json script which is not there, waits for a person, or rewrites files. */
function scriptFits(project, command) {
    if (!project.has('package.json'))
        return true;
    const scripts = stringsOf(looseJson(project.text('package.json')).scripts);
    return [
        ...command.matchAll(/(?:^|&&\s*|;\s*)(?:[A-Z_]+=\S+\s+)*(?:npm run|npm (?=test\b)|pnpm (?:run )?|yarn (?:run )?|bun run )\s*([\w:.-]+)/g),
    ].every((match) => {
        const name = match[1] ?? '';
        const script = scripts[name];
        if (script === undefined)
            return /^(?:install|i|exec|dlx|ci|add|workspaces?|recursive|nx|turbo|lerna|vitest|jest|mocha|ava|eslint|tsc|biome|prettier)$|^-/.test(name);
        return !unattendable(` ${script} `) && !/\s--(?:fix|write)\b/.test(script);
    });
}

;// CONCATENATED MODULE: ./src/toolhost/discovery/instructions.ts


/** Files that tell an agent how to work here; the first that names a command wins. */
const FILES = ['AGENTS.md', 'CLAUDE.md', '.claude/CLAUDE.md', '.github/copilot-instructions.md'];
/** Commands that AGENTS.md or CLAUDE.md of the working folder names: fenced blocks first, else inline code of a line that says what it is. */
function commandsOfInstructions(project) {
    const found = {};
    for (const path of FILES) {
        const text = project.text(path);
        if (text === '')
            continue;
        const source = project.folder === '' ? path : `${project.folder}/${path}`;
        take(found, project, fencedLines(text), source, 'high');
        take(found, project, inlineLines(text), source, 'medium');
    }
    return found;
}
function take(found, project, lines, source, confidence) {
    const commands = lines
        .map((line) => classify(line))
        .filter((one) => one !== null && one.whole && scriptFits(project, one.command));
    const of = (kind) => commands.filter((one) => one.kind === kind).map((one) => one.command);
    const test = of('test').sort((a, b) => plainness(a) - plainness(b))[0];
    if (test !== undefined)
        found.test ??= { command: test, source, confidence };
    // Ten lint commands are a reference, not a routine.
    const checks = of('check').slice(0, 3);
    if (checks.length > 0)
        found.check ??= { command: allOf(checks), source, confidence };
    const setups = of('setup').slice(0, 3);
    if (setups.length > 0)
        found.setup ??= { command: inOrder(setups), source, confidence };
}
const NEGATIVE = /\b(?:never|don't|do not|avoid|instead of|rather than|not recommended|deprecated|only (?:when|if)|single|one test|specific|individual|watch)\b/i;
/** Lines of shell blocks, but for blocks or lines introduced by a warning or as the way to run one test. */
function fencedLines(text) {
    const result = [];
    let open = null;
    let before = '';
    for (const line of text.split(/\r?\n/)) {
        const fence = /^\s*(`{3,}|~{3,})\s*([\w-]*)/.exec(line);
        if (fence && open === null) {
            open = {
                fence: fence[1] ?? '',
                shell: /^(?:|bash|sh|shell|zsh|console|shell-session|terminal|text)$/i.test(fence[2] ?? '') && !NEGATIVE.test(before),
            };
        }
        else if (open !== null && line.trim().startsWith(open.fence)) {
            open = null;
            before = '';
        }
        else if (open === null) {
            if (line.trim() !== '')
                before = line;
        }
        else if (open.shell) {
            const comment = /#\s*(.*)$/.exec(line)?.[1] ?? '';
            const heading = /^\s*#/.test(line);
            if (heading)
                before = comment;
            else if (line.trim() === '')
                before = '';
            else if (!NEGATIVE.test(comment) && !NEGATIVE.test(before))
                result.push(line);
        }
    }
    return result;
}
/** Code spans of prose lines outside fences: "Run the tests with `pnpm test`". */
function inlineLines(text) {
    const prose = text.replace(/^\s*(`{3,}|~{3,})[\s\S]*?^\s*\1\s*$/gm, '');
    return prose
        .split(/\r?\n/)
        .filter((line) => !NEGATIVE.test(line))
        .flatMap((line) => [...line.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? ''));
}

;// CONCATENATED MODULE: ./src/toolhost/discovery/languages.ts


const found = (command, source, confidence = 'high') => ({
    command,
    source,
    confidence,
});
/** Targets of a Makefile (or justfile) whose names say what they are and whose recipes can run unattended. */
function makefile(project) {
    const path = ['Makefile', 'makefile', 'GNUmakefile', 'justfile', 'Justfile'].find((one) => project.has(one));
    if (path === undefined)
        return {};
    const text = project.text(path);
    const tool = /just/i.test(path) ? 'just' : 'make';
    const target = (...names) => {
        for (const name of names) {
            const rule = new RegExp(`^@?${name}(?:\\s+[\\w*="'. -]+)?\\s*:(?!=)([^\\n]*)\\n((?:[ \\t]+[^\\n]*(?:\\n|$)|[ \\t]*\\n)*)`, 'm').exec(`${text}\n`);
            if (!rule || `${rule[1] ?? ''}${rule[2] ?? ''}`.trim() === '' || unattendable(` ${(rule[2] ?? '').replaceAll('\n', ' ')} `))
                continue;
            return found(`${tool} ${name}`, `${path} ${name}`, name === 'check' ? 'low' : 'medium');
        }
        return null;
    };
    const test = target('test', 'tests', 'unit-test', 'unit-tests', 'test-unit', 'unittest', 'check');
    const check = target('lint', 'typecheck', 'vet');
    const setup = target('install-dev', 'dev-install', 'install-deps', 'dev-deps', 'deps', 'setup', 'bootstrap');
    return { ...(test && { test }), ...(setup && { setup }), ...(check && { check }) };
}
function goAndRust(project) {
    if (project.has('Cargo.toml')) {
        const workspace = /^\[workspace\]/m.test(project.text('Cargo.toml')) ? ' --workspace' : '';
        return {
            // Else it stops at the first red target, and the list of failures is not complete.
            test: found(`cargo test${workspace} --no-fail-fast`, 'Cargo.toml'),
            setup: found('cargo fetch', 'Cargo.toml', 'medium'),
            check: found(project.has('clippy.toml') || project.has('.clippy.toml')
                ? `cargo clippy${workspace} --all-targets`
                : `cargo check${workspace} --all-targets`, 'Cargo.toml', 'medium'),
        };
    }
    if (project.has('go.mod') || project.has('go.work')) {
        const source = project.has('go.mod') ? 'go.mod' : 'go.work';
        const linter = project.files.some((path) => /^\.golangci\.(?:ya?ml|toml|json)$/.test(path));
        // `./...` stops at module borders, so a workspace needs each of its modules named.
        const modules = source === 'go.work'
            ? [...project.text('go.work').matchAll(/(?:^|\s)(\.\/[\w./-]+|\.)(?=\s|$)/gm)].map((match) => `${(match[1] ?? '.').replace(/\/$/, '')}/...`)
            : ['./...'];
        return {
            test: found(`go test ${modules.join(' ')}`, source),
            setup: found('go mod download', source),
            check: linter ? found('golangci-lint run', '.golangci.yml', 'medium') : found(`go vet ${modules.join(' ')}`, source, 'medium'),
        };
    }
    return {};
}
function jvm(project) {
    if (project.has('pom.xml')) {
        const tool = project.has('mvnw') ? './mvnw' : 'mvn';
        return { test: found(`${tool} -B test`, 'pom.xml'), setup: found(`${tool} -B -q -DskipTests test-compile`, 'pom.xml', 'medium') };
    }
    const build = ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts'].find((path) => project.has(path));
    if (build !== undefined) {
        // A daemon would outlive the command and be ended with it.
        const tool = `${project.has('gradlew') ? './gradlew' : 'gradle'} --no-daemon`;
        return { test: found(`${tool} test`, build), setup: found(`${tool} testClasses`, build, 'medium') };
    }
    if (project.has('build.sbt'))
        return { test: found('sbt -batch test', 'build.sbt'), setup: found('sbt -batch update', 'build.sbt', 'medium') };
    if (project.has('project.clj'))
        return { test: found('lein test', 'project.clj'), setup: found('lein deps', 'project.clj') };
    return {};
}
function phpAndRuby(project) {
    if (project.has('composer.json'))
        return php(project);
    if (project.has('Gemfile') || project.has('Rakefile') || project.files.some((path) => /^[^/]+\.gemspec$/.test(path)))
        return ruby(project);
    if (project.has('shard.yml'))
        return { test: found('crystal spec', 'shard.yml'), setup: found('shards install', 'shard.yml') };
    return {};
}
function php(project) {
    const manifest = looseJson(project.text('composer.json'));
    const needed = { ...stringsOf(manifest.require), ...stringsOf(manifest['require-dev']) };
    const scripts = manifest.scripts;
    const setup = found('composer install --no-interaction --no-progress', 'composer.json');
    const stan = project.files.some((path) => /^phpstan\.(?:neon|neon\.dist|dist\.neon)$/.test(path));
    const check = stan ? { check: found('vendor/bin/phpstan analyse --no-progress', 'phpstan.neon', 'medium') } : {};
    const configured = project.files.find((path) => /^phpunit(?:\.dist)?\.xml(?:\.dist)?$/.test(path));
    const script = JSON.stringify(scripts?.test ?? '');
    if (scripts?.test !== undefined && !unattendable(` ${script} `))
        return { test: found('composer test', 'composer.json scripts.test'), setup, ...check };
    if (needed['pestphp/pest'] !== undefined)
        return { test: found('vendor/bin/pest', 'composer.json require-dev'), setup, ...check };
    if (configured !== undefined || needed['phpunit/phpunit'] !== undefined)
        return { test: found('vendor/bin/phpunit', configured ?? 'composer.json require-dev'), setup, ...check };
    return { setup, ...check };
}
function ruby(project) {
    const setup = project.has('Gemfile') ? { setup: found('bundle install', 'Gemfile') } : {};
    const prefix = project.has('Gemfile') ? 'bundle exec ' : '';
    const check = project.has('.rubocop.yml') ? { check: found(`${prefix}rubocop`, '.rubocop.yml', 'medium') } : {};
    const specs = project.has('.rspec') || project.files.some((path) => /^spec\/.*_spec\.rb$/.test(path));
    if (specs)
        return { test: found(`${prefix}rspec`, project.has('.rspec') ? '.rspec' : 'spec/'), ...setup, ...check };
    if (project.has('bin/rails') && project.files.some((path) => /^test\/.*_test\.rb$/.test(path)))
        return { test: found('bin/rails test', 'bin/rails'), ...setup, ...check };
    const rake = project.text('Rakefile');
    if (/Rake::TestTask|Minitest::TestTask|task[ (]:test|task default: *:?test/.test(rake))
        return { test: found(`${prefix}rake test`, 'Rakefile'), ...setup, ...check };
    return { ...setup, ...check };
}
function dotnet(project) {
    const solutions = project.files.filter((path) => /^[^/]+\.slnx?$/.test(path));
    const projects = project.files.filter((path) => /\.(?:cs|fs|vb)proj$/.test(path));
    if (projects.length === 0)
        return {};
    const tests = projects.filter((path) => /Microsoft\.NET\.Test\.Sdk|xunit|NUnit|MSTest|TUnit/i.test(project.text(path)));
    // With several solutions, or none and several projects in the folder, the tool asks which.
    const here = solutions.length > 0 ? solutions : projects.filter((path) => !path.includes('/'));
    const target = here.length === 1 ? '' : here.length > 1 ? ` ${here[0] ?? ''}` : tests.length === 1 ? ` ${tests[0] ?? ''}` : null;
    if (target === null)
        return {};
    const setup = found(`dotnet restore${target}`, here[0] ?? tests[0] ?? '');
    return tests.length === 0 ? { setup } : { test: found(`dotnet test${target}`, tests[0] ?? ''), setup };
}
function elixirAndDeno(project) {
    if (project.has('mix.exs')) {
        const check = project.has('.formatter.exs') ? { check: found('mix format --check-formatted', '.formatter.exs', 'medium') } : {};
        return { test: found('mix test', 'mix.exs'), setup: found('mix deps.get', 'mix.exs'), ...check };
    }
    const path = ['deno.json', 'deno.jsonc'].find((one) => project.has(one));
    if (path === undefined)
        return {};
    const tasks = stringsOf(looseJson(project.text(path)).tasks);
    const check = found(tasks.lint === undefined ? 'deno lint' : 'deno task lint', path, 'medium');
    if (tasks.test !== undefined && !unattendable(` ${tasks.test} `))
        return { test: found('deno task test', `${path} tasks.test`), check };
    const tests = project.files.find((one) => /(?:_|\.)test\.[jt]sx?$/.test(one));
    return tests === undefined ? { check } : { test: found('deno test --allow-all', tests, 'medium'), check };
}
function languages_native(project) {
    if (project.has('Package.swift'))
        return { test: found('swift test', 'Package.swift'), setup: found('swift package resolve', 'Package.swift') };
    if (project.has('pubspec.yaml')) {
        const tool = /^\s*flutter:\s*$/m.test(project.text('pubspec.yaml')) ? 'flutter' : 'dart';
        return {
            test: found(`${tool} test`, 'pubspec.yaml'),
            setup: found(`${tool} pub get`, 'pubspec.yaml'),
            check: found(`${tool} analyze`, 'pubspec.yaml', 'medium'),
        };
    }
    if (project.has('stack.yaml'))
        return { test: found('stack test', 'stack.yaml') };
    if (project.has('dune-project'))
        return { test: found('dune test', 'dune-project') };
    if (project.has('CMakeLists.txt') && /enable_testing|include\(CTest\)|add_test/i.test(project.text('CMakeLists.txt'))) {
        // Outside the workspace: a build folder in it would be part of the tree.
        const folder = '"${TMPDIR:-/tmp}/cmake-build"';
        return {
            test: found(`cmake -S . -B ${folder} && cmake --build ${folder} && ctest --test-dir ${folder} --output-on-failure`, 'CMakeLists.txt', 'medium'),
        };
    }
    if (project.has('meson.build'))
        return {
            test: found('meson setup "${TMPDIR:-/tmp}/meson-build" . --reconfigure && meson test -C "${TMPDIR:-/tmp}/meson-build"', 'meson.build', 'low'),
        };
    return {};
}

;// CONCATENATED MODULE: ./src/toolhost/discovery/python.ts

/** pyproject.toml, setup.cfg, tox.ini, pytest.ini, requirements, Pipfile, manage.py, noxfile.py. */
function python(project) {
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
    const mark = marks.find((path) => project.has(path)) ??
        project.files.find((path) => /^requirements[\w./-]*\.txt$|^(?:tests?\/)?(?:conftest|test_\w+)\.py$/.test(path));
    if (mark === undefined)
        return {};
    const installer = installerOf(project);
    const test = python_testOf(project, installer.prefix);
    const check = python_checkOf(project, installer.prefix);
    return { ...(test && { test }), ...(installer.setup && { setup: installer.setup }), ...(check && { check }) };
}
/** Who installs, and what stands before each command so that it runs in that environment. */
function installerOf(project) {
    const toml = project.text('pyproject.toml');
    const found = (command, source) => ({ command, source, confidence: 'high' });
    if (project.has('uv.lock')) {
        const extras = testExtras(toml).map((name) => ` --extra ${name}`);
        return { prefix: 'uv run ', setup: found(`uv sync${extras.join('')}`, 'uv.lock') };
    }
    if (project.has('poetry.lock') || /^\[tool\.poetry\]/m.test(toml))
        return { prefix: 'poetry run ', setup: found('poetry install --no-interaction', 'pyproject.toml') };
    if (project.has('pdm.lock'))
        return { prefix: 'pdm run ', setup: found('pdm install', 'pdm.lock') };
    if (project.has('Pipfile')) {
        return {
            prefix: 'pipenv run ',
            setup: found(project.has('Pipfile.lock') ? 'pipenv sync --dev' : 'pipenv install --dev --skip-lock', 'Pipfile'),
        };
    }
    const steps = [];
    const isPackage = /^\[project\]/m.test(toml) || project.has('setup.py') || (project.has('setup.cfg') && /^\[metadata\]/m.test(project.text('setup.cfg')));
    const extras = testExtras(toml);
    if (isPackage)
        steps.push(`python3 -m pip install -e ${extras.length > 0 ? `'.[${extras.join(',')}]'` : '.'}`);
    const requirements = project.files
        .filter((path) => /^(?:requirements\/)?(?:requirements|base|dev|tests?)?[-_]?(?:requirements|dev|tests?|testing)?\.txt$/.test(path) &&
        /require/.test(path))
        .sort((a, b) => a.length - b.length);
    if (requirements.length > 0)
        steps.push(`python3 -m pip install ${requirements
            .slice(0, 3)
            .map((path) => `-r ${path}`)
            .join(' ')}`);
    const groups = [
        ...(/^\[dependency-groups\]([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(toml)?.[1] ?? '').matchAll(/^(dev|tests?|testing)\s*=/gm),
    ].map((match) => match[1] ?? '');
    if (groups.length > 0 && requirements.length === 0)
        steps.push(`python3 -m pip install ${groups.map((name) => `--group ${name}`).join(' ')}`);
    if (steps.length === 0)
        return { prefix: '', setup: null };
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
function testExtras(toml) {
    const table = /^\[project\.optional-dependencies\]([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(toml)?.[1] ?? '';
    return [...table.matchAll(/^["']?(tests?|testing|dev)["']?\s*=/gm)].map((match) => match[1] ?? '');
}
function python_testOf(project, prefix) {
    const toml = project.text('pyproject.toml');
    const setup = project.text('setup.cfg');
    const tox = project.text('tox.ini');
    const run = (module) => (prefix === '' ? `python3 -m ${module}` : `${prefix}${module}`);
    const found = (command, source, confidence) => ({
        command,
        source,
        confidence,
    });
    if (/^\[tool\.pytest/m.test(toml))
        return found(run('pytest'), 'pyproject.toml tool.pytest', 'high');
    if (project.has('pytest.ini'))
        return found(run('pytest'), 'pytest.ini', 'high');
    if (/^\[tool:pytest\]/m.test(setup))
        return found(run('pytest'), 'setup.cfg tool:pytest', 'high');
    if (/^\[pytest\]/m.test(tox))
        return found(run('pytest'), 'tox.ini pytest', 'high');
    if (project.has('manage.py') && !/pytest/.test(toml + setup))
        return found(`${prefix}${prefix === '' ? 'python3' : 'python'} manage.py test --noinput`, 'manage.py', 'medium');
    const conftest = project.files.find((path) => /(?:^|\/)conftest\.py$/.test(path));
    if (conftest !== undefined)
        return found(run('pytest'), conftest, 'high');
    const requirements = project.files.filter((path) => /^requirements[\w./-]*\.txt$|^Pipfile$|^setup\.py$/.test(path));
    const named = ['pyproject.toml', 'setup.cfg', 'tox.ini', ...requirements].find((path) => /\bpytest\b/.test(project.text(path)));
    if (named !== undefined)
        return found(run('pytest'), named, 'medium');
    if (project.has('noxfile.py'))
        return found(run('nox'), 'noxfile.py', 'low');
    if (project.has('tox.ini'))
        return found(run('tox'), 'tox.ini', 'low');
    const tests = project.files.filter((path) => /(?:^|\/)(?:test_\w+|\w+_test)\.py$/.test(path));
    const first = tests[0];
    if (first === undefined)
        return null;
    if (tests.some((path) => /^\s*(?:import|from) pytest\b|^def test_/m.test(project.text(path))))
        return found(run('pytest'), first, 'medium');
    const folder = first.includes('/') ? (first.split('/')[0] ?? '') : '';
    const inPackage = folder === '' || project.has(`${folder}/__init__.py`);
    return found(`${prefix}${prefix === '' ? 'python3' : 'python'} -m unittest discover${inPackage ? '' : ` -s ${folder}`}`, first, 'medium');
}
function python_checkOf(project, prefix) {
    const toml = project.text('pyproject.toml');
    const setup = project.text('setup.cfg') + project.text('tox.ini');
    const commands = [];
    if (/^\[tool\.ruff/m.test(toml) || project.has('ruff.toml') || project.has('.ruff.toml'))
        commands.push(`${prefix}ruff check .`);
    else if (/^\[flake8\]/m.test(setup) || project.has('.flake8'))
        commands.push(`${prefix}flake8`);
    const mypy = /^\[tool\.mypy\]([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(toml)?.[1] ?? (project.has('mypy.ini') ? project.text('mypy.ini') : undefined);
    if (mypy !== undefined)
        commands.push(`${prefix}mypy${/^(?:files|packages|modules)\s*=/m.test(mypy) ? '' : ' .'}`);
    else if (/^\[tool\.pyright\]/m.test(toml) || project.has('pyrightconfig.json'))
        commands.push(`${prefix}pyright`);
    return commands.length === 0 ? null : { command: allOf(commands), source: 'pyproject.toml', confidence: 'medium' };
}

;// CONCATENATED MODULE: ./src/toolhost/discovery/manifests.ts




/** A manifest one folder down. */
const MANIFEST = /^[^/.][^/]*\/(?:package\.json|[Mm]akefile|justfile|pyproject\.toml|setup\.(?:py|cfg)|tox\.ini|pytest\.ini|requirements[\w-]*\.txt|Pipfile|manage\.py|Cargo\.toml|go\.(?:mod|work)|pom\.xml|build\.gradle(?:\.kts)?|build\.sbt|composer\.json|Gemfile|Rakefile|[^/]+\.(?:csproj|fsproj|slnx?|gemspec)|mix\.exs|deno\.jsonc?|Package\.swift|pubspec\.yaml|CMakeLists\.txt)$/;
/** In the order in which they are believed: a mixed repository is driven by its package.json or Makefile more often than by the rest. */
const READERS = [javascript, makefile, python, goAndRust, jvm, phpAndRuby, dotnet, elixirAndDeno, languages_native];
/**
 * What the manifests of the working folder imply. When the folder itself has none and exactly one sub-folder has, that one is used
 * (`cd backend && …`); with several, which one a ticket is about cannot be known, and nothing is guessed.
 */
function commandsOfManifests(project) {
    const here = inFolder(project);
    if (here.test || here.setup)
        return here;
    const folders = [...new Set(project.files.filter((path) => MANIFEST.test(path)).map((path) => path.split('/')[0] ?? ''))];
    const below = folders
        .filter((folder) => !/^(?:docs?|examples?|website|site|scripts?|tools|vendor|third_party|fixtures|testdata|benchmarks?)$/i.test(folder))
        .map((folder) => ({ folder, found: inFolder(subProject(project, folder)) }))
        .filter((one) => one.found.test);
    const only = below.length === 1 ? below[0] : undefined;
    if (!only)
        return here;
    const move = (one) => ({
        command: `cd ${only.folder} && ${one.command}`,
        source: `${only.folder}/${one.source}`,
        confidence: 'low',
    });
    return Object.fromEntries(Object.entries(only.found).map(([kind, one]) => [kind, move(one)]));
}
/** Test and setup belong together, so they come from the reader that knows the test; the check too unless only another one has it. */
function inFolder(project) {
    const all = READERS.map((reader) => reader(project));
    const tested = all.find((one) => one.test);
    const setup = tested?.setup ?? (tested ? all.find((one) => one.setup)?.setup : undefined) ?? all.find((one) => one.setup)?.setup;
    const check = tested?.check ?? all.find((one) => one.check)?.check;
    return { ...(tested?.test && { test: tested.test }), ...(setup && { setup }), ...(check && { check }) };
}
function subProject(project, folder) {
    const read = (path) => (project.has(path) ? project.text(path) : null);
    return projectAt(project.files, read, folder);
}

;// CONCATENATED MODULE: ./src/toolhost/discovery/yaml-lines.ts
/**
 * Reads the block mappings and sequences of a YAML file line by line into dotted paths (`jobs.test.steps.0.run`). It is no YAML parser: the
 * tool host's bundle stays free of dependencies, and a workflow that it misreads costs only a guess. Anchors, flow collections and
 * multi-line plain scalars are kept as the text of their first line.
 */
function flatten(text) {
    const result = new Map();
    const lines = text.split(/\r?\n/);
    /** The open keys from the outside in, each with the column it starts at; a sequence's item is a numbered key. */
    let stack = [];
    const items = new Map();
    for (let index = 0; index < lines.length; index++) {
        const line = lines[index] ?? '';
        if (/^\s*(?:#|$|---)/.test(line))
            continue;
        let column = line.search(/\S/);
        let rest = line.slice(column);
        while (/^-(?:\s|$)/.test(rest)) {
            // An item may stand in the column of its own key (`steps:` over `- run:`).
            stack = stack.filter((one) => one.column < column || (one.column === column && !/^\d+$/.test(one.key)));
            const parent = stack.map((one) => one.key).join('.');
            const number = items.get(parent) ?? 0;
            items.set(parent, number + 1);
            stack.push({ column: column + 0.5, key: String(number) });
            const inner = rest.slice(1).search(/\S/);
            if (inner === -1)
                rest = '';
            else {
                column += 1 + inner;
                rest = rest.slice(1 + inner);
            }
        }
        const pair = /^("[^"]+"|'[^']+'|[^\s#:][^:#]*?)\s*:(?:\s+(.*))?$/.exec(rest);
        if (!pair) {
            if (rest !== '')
                result.set(stack.map((one) => one.key).join('.'), scalar(rest));
            continue;
        }
        stack = stack.filter((one) => one.column < column);
        stack.push({ column, key: (pair[1] ?? '').replace(/^["']|["']$/g, '') });
        const path = stack.map((one) => one.key).join('.');
        const value = (pair[2] ?? '').trim();
        if (!/^[|>][+-]?\d?(?:\s+#.*)?$/.test(value)) {
            result.set(path, scalar(value));
            continue;
        }
        const block = [];
        while (index + 1 < lines.length && (/^\s*$/.test(lines[index + 1] ?? '') || (lines[index + 1] ?? '').search(/\S/) > column))
            block.push(lines[++index] ?? '');
        const indent = Math.min(...block.filter((one) => one.trim() !== '').map((one) => one.search(/\S/)));
        const content = block.map((one) => one.slice(indent));
        result.set(path, value.startsWith('>') ? content.join(' ').trim() : content.join('\n').trimEnd());
    }
    return result;
}
function scalar(value) {
    const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')/.exec(value);
    if (quoted)
        return quoted[1]?.replace(/\\(.)/g, '$1') ?? (quoted[2] ?? '').replaceAll("''", "'");
    return value.replace(/\s+#.*$/, '').trim();
}

;// CONCATENATED MODULE: ./src/toolhost/discovery/workflows.ts



/**
 * Commands that the repository's own CI runs on pushes and pull requests, from the `run:` steps of its Linux jobs in the working folder.
 * Steps that need expressions, secrets, another shell or another system are left out.
 */
function commandsOfWorkflows(project) {
    const paths = project.root.files.filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)).sort();
    const lines = paths.flatMap((path) => linesOf(path, project.root.text(path), project));
    // A part of the tests, or those of a special job, say less than the manifest does.
    const tests = best(lines.filter((line) => line.kind === 'test' && line.score >= 8));
    const found = {};
    if (tests)
        found.test = { command: tests.command, source: tests.file, confidence: tests.score >= 10 ? 'high' : 'medium' };
    const setups = tests
        ? lines.filter((line) => line.kind === 'setup' && line.file === tests.file && line.job === tests.job && line.step <= tests.step)
        : [];
    // Upgrading the installer alone is no setup.
    const useful = setups.filter((line) => !/install (?:-U|--upgrade) pip(?: setuptools| wheel| build)*$/.test(line.command));
    if (useful[0])
        found.setup = { command: inOrder(useful.map((line) => line.command)), source: useful[0].file, confidence: 'high' };
    const checks = lines.filter((line) => line.kind === 'check' && line.score >= 8).slice(0, 4);
    if (checks[0])
        found.check = { command: allOf(checks.map((line) => line.command)), source: checks[0].file, confidence: 'high' };
    return found;
}
function best(lines) {
    const top = Math.max(...lines.map((line) => line.score));
    return lines.find((line) => line.score === top);
}
function linesOf(path, text, project) {
    const entries = flatten(text);
    const value = (key) => entries.get(key) ?? '';
    const name = `${path.split('/').at(-1) ?? ''} ${value('name')}`;
    if (/release|publish|deploy|nightly|stale|codeql|docs|bench|fuzz|label|backport|dependabot|autofix|format/i.test(name))
        return [];
    const keys = [...entries.keys()];
    if (!keys.some((key) => /^"?on"?\.(?:push|pull_request)|^"?on"?$/.test(key)) || !/push|pull_request|merge_group/.test(text))
        return [];
    const result = [];
    for (const key of keys) {
        const match = /^jobs\.([^.]+)\.steps\.(\d+)\.run$/.exec(key);
        if (!match)
            continue;
        const [, job = '', step = '0'] = match;
        const score = scoreOf(entries, job, `jobs.${job}.steps.${step}`, name, project.folder);
        if (score === null)
            continue;
        const prefix = environmentOf(entries, `jobs.${job}.steps.${step}.env`);
        if (prefix === null)
            continue;
        for (const line of shellLines(value(key))) {
            const one = classify(line);
            if (one === null || !scriptFits(project, one.command))
                continue;
            // Where Maven and Gradle stand side by side, the second is usually the guest.
            const partial = (one.whole ? 0 : -8) - (/gradle/.test(one.command) && project.has('pom.xml') ? 1 : 0);
            const command = one.kind === 'test' ? prefix + one.command : one.command;
            result.push({ file: path, job, step: Number(step), command, kind: one.kind, score: score + partial - plainness(one.command) });
        }
    }
    return result;
}
/** How well a step fits, from 10; `null` when it cannot be run here. */
function scoreOf(entries, job, step, workflow, folder) {
    const value = (key) => entries.get(key) ?? '';
    const system = value(`jobs.${job}.runs-on`);
    if (/windows|macos/i.test(system))
        return null;
    if (/pwsh|powershell|cmd/.test(value(`${step}.shell`) + value(`jobs.${job}.defaults.run.shell`)))
        return null;
    const where = value(`${step}.working-directory`) || value(`jobs.${job}.defaults.run.working-directory`) || value('defaults.run.working-directory');
    if (where.replace(/^\.\/?|\/$/g, '') !== folder)
        return null;
    const conditions = `${value(`${step}.if`)} ${value(`jobs.${job}.if`)}`;
    if (/failure\(\)|cancelled\(\)(?<!!cancelled\(\))|windows|macos|schedule|workflow_dispatch|\btag|== ?'release'/i.test(conditions))
        return null;
    let score = 10;
    if (/\S/.test(value(`${step}.if`)) && !/ubuntu|linux|always\(\)|!cancelled\(\)/i.test(value(`${step}.if`)))
        score -= 3;
    if (/\btests?\b|\bci\b/i.test(workflow))
        score += 2;
    if (/\btests?\b/i.test(`${job} ${value(`jobs.${job}.name`)}`))
        score += 1;
    if (/e2e|integration|bench|example|docs|canary|nightly|compat|minimal|msrv|wasm/i.test(`${job} ${value(`jobs.${job}.name`)} ${value(`${step}.name`)}`))
        score -= 5;
    if ([...entries.keys()].some((key) => key.startsWith(`jobs.${job}.services.`)))
        score -= 3;
    return score;
}
/** A step's plain variables as a prefix (`CI=true `); `null` when it needs a secret or an expression that we cannot know. */
function environmentOf(entries, key) {
    let prefix = '';
    for (const [path, value] of entries) {
        if (!path.startsWith(`${key}.`))
            continue;
        if (value.includes('secrets.'))
            return null;
        // Other expressions are tokens or versions of the matrix; most commands do without them.
        if (/^[\w./:,@+-]+$/.test(value))
            prefix += `${path.slice(key.length + 1)}=${value} `;
    }
    return prefix;
}
/** The logical lines of a script; none of one with control flow, whose lines mean nothing alone. */
function shellLines(script) {
    const lines = script
        .replace(/\\\n\s*/g, ' ')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '' && !line.startsWith('#'));
    if (lines.some((line) => /^(?:if|for|while|until|case|function)\b|<<|^\w+\(\)/.test(line)))
        return [];
    // A `cd` holds for the lines after it.
    const moved = lines.findIndex((line) => /^cd\s/.test(line));
    return moved === -1 ? lines : [...lines.slice(0, moved), lines.slice(moved).join(' && ')];
}

;// CONCATENATED MODULE: ./src/toolhost/discovery.ts




/**
 * Finds how a repository is set up, tested and checked. What people wrote down for agents comes first (AGENTS.md, CLAUDE.md), then what
 * the repository's own CI runs, then what its manifests imply. It is a guess with a stated source: the base run shows whether it works.
 *
 * @param files paths of the repository, relative to its root, with `/`
 * @param read content of one of them; `null` when it cannot be read as text
 * @param workingDirectory folder that the commands are run in, relative to the root
 */
function discover(files, read, workingDirectory = '.') {
    const project = projectAt(files, read, workingDirectory);
    const sources = [commandsOfInstructions(project), commandsOfWorkflows(project), commandsOfManifests(project)];
    const first = (kind) => sources.find((source) => source[kind])?.[kind] ?? null;
    return { test: first('test'), setup: withoutLockFile(project, first('setup')), check: first('check') };
}
/** npm would write a lock file where there is none, and it would end up in the change. */
function withoutLockFile(project, setup) {
    if (setup === null || project.has('package-lock.json') || project.root.has('package-lock.json') || project.has('npm-shrinkwrap.json'))
        return setup;
    return {
        ...setup,
        command: setup.command.replace(/\bnpm (?:i|install)(?= --|\s*(?:$|&&|;))(?!.*--no-package-lock)/g, '$& --no-package-lock'),
    };
}

;// CONCATENATED MODULE: ./src/toolhost/languages.ts
const BY_EXTENSION = Object.fromEntries(Object.entries({
    TypeScript: 'ts tsx mts cts',
    JavaScript: 'js jsx mjs cjs',
    Python: 'py pyi',
    Go: 'go',
    Rust: 'rs',
    Java: 'java',
    Kotlin: 'kt kts',
    Scala: 'scala sc',
    Groovy: 'groovy gradle',
    'C#': 'cs',
    'F#': 'fs fsx',
    C: 'c h',
    'C++': 'cc cpp cxx hh hpp hxx',
    'Objective-C': 'm mm',
    Swift: 'swift',
    Ruby: 'rb rake gemspec',
    PHP: 'php',
    Perl: 'pl pm t',
    Lua: 'lua',
    Elixir: 'ex exs',
    Erlang: 'erl hrl',
    Haskell: 'hs',
    OCaml: 'ml mli',
    Clojure: 'clj cljs cljc',
    Dart: 'dart',
    R: 'r rmd',
    Julia: 'jl',
    Zig: 'zig',
    Nix: 'nix',
    Shell: 'sh bash zsh',
    PowerShell: 'ps1 psm1',
    SQL: 'sql',
    HTML: 'html htm',
    CSS: 'css scss sass less',
    Vue: 'vue',
    Svelte: 'svelte',
    Astro: 'astro',
    Terraform: 'tf',
    'Protocol Buffers': 'proto',
    Markdown: 'md mdx',
    YAML: 'yml yaml',
    JSON: 'json jsonc',
    TOML: 'toml',
    XML: 'xml',
}).flatMap(([language, extensions]) => extensions.split(' ').map((extension) => [extension, language])));
/** Share of files by language, told by extension; largest first, at most 12. */
function languagesOf(files) {
    const counts = new Map();
    for (const file of files) {
        const dot = file.lastIndexOf('.');
        const language = dot > file.lastIndexOf('/') ? BY_EXTENSION[file.slice(dot + 1).toLowerCase()] : undefined;
        if (language !== undefined)
            counts.set(language, (counts.get(language) ?? 0) + 1);
    }
    return [...counts]
        .map(([language, count]) => ({ language, files: count }))
        .sort((a, b) => b.files - a.files || a.language.localeCompare(b.language))
        .slice(0, 12);
}

// EXTERNAL MODULE: ./src/toolhost/list_files.ts
var list_files = __nccwpck_require__(546);
// EXTERNAL MODULE: ./src/toolhost/paths.ts
var paths = __nccwpck_require__(956);
;// CONCATENATED MODULE: ./src/toolhost/rank.ts
const MAX_WORDS = 16;
const MAX_RANKED = 20;
const TIME_MS = 2500;
/** Files that the words of a ticket lead to, best first: paths that are named, file names that fit, then files that hold rare words. */
async function rank(git, files, words, signal) {
    const scores = new Map();
    const add = (path, score, why) => {
        const entry = scores.get(path) ?? { score: 0, why: [] };
        entry.score += score;
        if (entry.why.length < 4)
            entry.why.push(why);
        scores.set(path, entry);
    };
    const wanted = [...new Set(words.map(clean))].filter((word) => word.length >= 3);
    byPath(files, wanted, add);
    await byContent(git, wanted, add, signal);
    return [...scores]
        .sort((a, b) => b[1].score - a[1].score || a[0].length - b[0].length || a[0].localeCompare(b[0]))
        .slice(0, MAX_RANKED)
        .map(([path, { why }]) => ({ path, why: why.join('; ') }));
}
/** Without quotes, brackets and the `:12:5` of a stack trace. */
const clean = (word) => word
    .replace(/^[`'"(<[\s]+|[`'")>\],.;\s]+$/g, '')
    .replace(/(:\d+){1,2}$/, '')
    .replace(/\(\)$/, '');
function byPath(files, words, add) {
    const named = words.filter((word) => /[./]/.test(word)).map((word) => ({ word, path: word.replace(/^(\.{0,2}\/)+/, '').toLowerCase() }));
    const plain = new Map(words.filter((word) => !word.includes('/')).map((word) => [flat(word), word]));
    for (const file of files) {
        const lower = file.toLowerCase();
        for (const { word, path } of named) {
            if (lower === path || lower.endsWith(`/${path}`))
                add(file, path.includes('/') ? 100 : 50, `named: ${word}`);
            // A stack trace gives absolute paths of another machine.
            else if (path.includes('/') && path.endsWith(`/${lower}`) && lower.includes('/'))
                add(file, 90, `named: ${word}`);
        }
        const stem = flat(file.slice(file.lastIndexOf('/') + 1).replace(/\..*$/, ''));
        const word = plain.get(stem);
        if (word !== undefined && stem.length >= 3)
            add(file, 25, `file name: ${word}`);
    }
}
/** `parse_date`, `parseDate` and `parse-date` are the same. */
const flat = (word) => word.toLowerCase().replace(/[^a-z0-9]/g, '');
/** A word in three files tells more than one in three hundred; the search as a whole is bounded in time. */
async function byContent(git, words, add, signal) {
    const until = Date.now() + TIME_MS;
    const worth = words.filter((word) => word.length >= 4 && /^[\p{L}_$][\p{L}\p{N}_$.:-]*$/u.test(word));
    const telling = [...worth].sort((a, b) => telltale(b) - telltale(a)).slice(0, MAX_WORDS);
    for (const word of telling) {
        const left = until - Date.now();
        if (left < 50)
            return;
        const answer = await git.try(['grep', '-I', '-c', '-z', '-F', '-w', '-e', word], { signal, timeoutMs: left, maxBytes: 1024 * 1024 });
        if (answer.code !== 0 || answer.cut)
            continue;
        const hits = answer.stdout
            .toString('utf8')
            .split('\n')
            .flatMap((line) => (line.includes('\0') ? [line.split('\0')] : []));
        if (hits.length > 300)
            continue;
        for (const [path = '', count] of hits)
            add(path, 12 / (1 + Math.log2(hits.length)) + Math.min(Number(count), 5) * 0.5, `holds ${word}`);
    }
}
/** Identifiers before plain words: mixed case, underscores, length. */
const telltale = (word) => (/[a-z][A-Z]|_|\d|[.:$]/.test(word) ? 20 : 0) + Math.min(word.length, 20);

// EXTERNAL MODULE: ./src/toolhost/workspace.ts
var toolhost_workspace = __nccwpck_require__(113);
;// CONCATENATED MODULE: ./src/toolhost/overview.ts







const MAX_INSTRUCTIONS = 32 * 1024;
const MAX_TREE_LINES = 400;
const MAX_CONFIGURATION = 512 * 1024;
/** What the model is told of the workspace before its first call. */
async function overview(workspace, { commit, words }, signal) {
    const { git, root, workingDirectory } = workspace;
    (0,toolhost_workspace/* requireFolder */.O)(workspace);
    const files = await workspace.trees.files(signal);
    const known = await isTreeish(git, commit, signal);
    const [instructions, commits, ranked] = await Promise.all([
        known ? instructionsOf(git, commit, workingDirectory, signal) : [],
        known ? commitsOf(git, commit, signal) : [],
        rank(git, files, words, signal),
    ]);
    const found = discover(files, (path) => readConfiguration(root, path), workingDirectory === '' ? '.' : workingDirectory);
    return { instructions, tree: treeOf(files), files: files.length, languages: languagesOf(files), commits, ranked, ...found };
}
/** A commit, or a bare tree where the workspace was seeded without history. */
async function isTreeish(git, commit, signal) {
    if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit))
        return false;
    return (await git.try(['cat-file', '-e', `${commit}^{tree}`], { signal })).code === 0;
}
/** From the commit, never from the working tree: what a fork or the agent itself wrote there is no instruction. */
async function instructionsOf(git, commit, workingDirectory, signal) {
    const parts = workingDirectory.split('/').filter((part) => part !== '');
    const folders = parts.map((_, i) => `${parts.slice(0, parts.length - i).join('/')}/`).concat('');
    const found = [];
    let room = MAX_INSTRUCTIONS;
    for (const folder of folders) {
        for (const name of ['AGENTS.md', 'CLAUDE.md']) {
            const content = await fileOf(git, commit, folder + name, signal);
            if (content === null)
                continue;
            const kept = Buffer.from(content)
                .subarray(0, room)
                .toString('utf8')
                .replace(/\uFFFD$/, '');
            if (kept !== '')
                found.push({ path: folder + name, text: kept, characters: content.length });
            room -= Buffer.byteLength(kept);
            break;
        }
    }
    return found;
}
/** A link is not followed: `AGENTS.md` may be one that points to `CLAUDE.md`, which then is read by its own name. */
async function fileOf(git, commit, path, signal) {
    const entry = /^100\d{3} blob ([0-9a-f]+)\s+(\d+)\t/.exec(await git.text(['ls-tree', '-l', commit, '--', path], { signal }));
    if (entry?.[1] === undefined || Number(entry[2]) > MAX_CONFIGURATION)
        return null;
    return git.text(['cat-file', 'blob', entry[1]], { signal });
}
async function commitsOf(git, commit, signal) {
    const answer = await git.try(['log', '-10', '--no-show-signature', '--format=%h %cs %s', commit, '--'], { signal });
    return answer.stdout
        .toString('utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.slice(0, 200));
}
function treeOf(files) {
    const counts = new Map();
    const shallow = [];
    for (const file of files) {
        const parts = file.split('/');
        if (parts.length <= 2)
            shallow.push(file);
        for (const depth of [1, 2])
            if (parts.length > depth)
                bump(counts, `${parts.slice(0, depth).join('/')}/`);
    }
    const entries = [...shallow, ...counts.keys()].sort();
    const lines = entries.map((entry) => (counts.has(entry) ? `${(0,list_files/* oneLine */.T)(entry)} (${counts.get(entry)} files)` : (0,list_files/* oneLine */.T)(entry)));
    if (lines.length <= MAX_TREE_LINES)
        return lines.join('\n');
    const top = entries.flatMap((entry, i) => (entry.replace(/\/$/, '').includes('/') ? [] : [lines[i] ?? '']));
    return [...top.slice(0, MAX_TREE_LINES), `[depth 1 only: ${lines.length} entries to depth 2; list_files shows them]`].join('\n');
}
const bump = (counts, key) => void counts.set(key, (counts.get(key) ?? 0) + 1);
function readConfiguration(root, path) {
    try {
        const { fd, stat } = (0,paths/* openToRead */.g1)(root, path);
        try {
            return stat.isFile() && stat.size <= MAX_CONFIGURATION ? (0,external_node_fs_.readFileSync)(fd, 'utf8') : null;
        }
        finally {
            (0,external_node_fs_.closeSync)(fd);
        }
    }
    catch {
        return null;
    }
}


/***/ }),

/***/ 956:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   $t: () => (/* binding */ placeOf),
/* harmony export */   M$: () => (/* binding */ isGitName),
/* harmony export */   P_: () => (/* binding */ Refusal),
/* harmony export */   Ye: () => (/* binding */ realPath),
/* harmony export */   _f: () => (/* binding */ entryAt),
/* harmony export */   g1: () => (/* binding */ openToRead),
/* harmony export */   iZ: () => (/* binding */ relativePath),
/* harmony export */   p0: () => (/* binding */ assertOwn),
/* harmony export */   t3: () => (/* binding */ inFolderOf)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);


/** A refusal in words for the model: what, why, and what to do instead. */
class Refusal extends Error {
    name = 'Refusal';
}
/**
 * The path below the workspace that the model means, with `/`, `''` for the root. Refuses what lies outside and Git's own
 * folder. Only the spelling is looked at here; links are followed and checked when the file is opened.
 */
function relativePath(root, given) {
    if (given.includes('\0'))
        throw new Refusal('The path holds a NUL byte; give a path below the workspace, such as src/main.ts.');
    const slashed = given.replaceAll('\\', node_path__WEBPACK_IMPORTED_MODULE_1__.sep === '\\' ? '/' : '\\');
    const inside = slashed === root || slashed.startsWith(`${root}/`) ? slashed.slice(root.length + 1) : slashed;
    const path = node_path__WEBPACK_IMPORTED_MODULE_1__.posix.normalize(inside === '' ? '.' : inside).replace(/\/+$/, '');
    if (path.startsWith('/') || path === '..' || path.startsWith('../'))
        throw new Refusal(`${given} is outside the workspace; give a path below it, such as src/main.ts.`);
    if (path.split('/').some(isGitName))
        throw new Refusal(`${given} is Git's own data, which is not part of the workspace. Use git_diff to see the change so far.`);
    return path === '.' || path === '' ? '' : path;
}
/** The names that some file system takes for `.git`: case, trailing dots and spaces, NTFS streams and short names, ignorable code points. */
function isGitName(name) {
    const plain = name
        .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
        .replace(/:.*$/s, '')
        .replace(/[. ]+$/, '')
        .toLowerCase();
    return plain === '.git' || plain === 'git~1';
}
/** Refuses a path inside a submodule or another nested repository: what is written there cannot be part of this repository's change. */
function assertOwn(root, path) {
    const parts = path.split('/');
    const modules = submodulesOf(root);
    for (let i = 1; i < parts.length; i++) {
        const folder = parts.slice(0, i).join('/');
        const nested = modules.has(folder) || entryAt((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, folder, '.git')) !== null;
        if (nested)
            throw new Refusal(`${path} is inside ${folder}/, a repository of its own (submodule): its files cannot be part of this change. Change the files of this repository, or report it with report_blocked.`);
    }
}
/** What stands at a path, links not followed; `null` when nothing does, also below a file. */
function entryAt(file) {
    try {
        return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.lstatSync)(file);
    }
    catch {
        return null;
    }
}
function submodulesOf(root) {
    try {
        const text = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, '.gitmodules'), 'utf8').slice(0, 1_000_000);
        return new Set([...text.matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm)].map((found) => found[1] ?? ''));
    }
    catch {
        return new Set();
    }
}
/** Follows links and refuses a target outside the workspace or in `.git`. Answers the real path; throws ENOENT as it comes. */
function realPath(root, path) {
    const real = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.realpathSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, path));
    assertInside(root, real, path);
    return real;
}
/** Where a path leads: as Git names it, and with its links followed. What is not there yet would be made where the rest of it leads. */
function placeOf(root, given) {
    try {
        const path = relativePath(root, given);
        return { path, real: followed(root, path) };
    }
    catch (error) {
        if (error instanceof Refusal)
            return { refused: error.message };
        throw error;
    }
}
function followed(root, path) {
    const parts = path.split('/');
    for (let count = parts.length; count > 0; count--) {
        const there = parts.slice(0, count).join('/');
        if (entryAt((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, there)) === null)
            continue;
        try {
            return [realPath(root, there).slice(root.length + 1), ...parts.slice(count)].filter((part) => part !== '').join('/');
        }
        catch {
            return null;
        }
    }
    return path;
}
function assertInside(root, real, path) {
    const below = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.relative)(root, real).split(node_path__WEBPACK_IMPORTED_MODULE_1__.sep);
    if (below[0] === '..' || (0,node_path__WEBPACK_IMPORTED_MODULE_1__.relative)(root, real).startsWith(node_path__WEBPACK_IMPORTED_MODULE_1__.sep))
        throw new Refusal(`${path} is a link that leads out of the workspace (to ${real}); only files below the workspace can be used.`);
    if (below.some(isGitName))
        throw new Refusal(`${path} leads into Git's own data, which is not part of the workspace.`);
}
/**
 * Opens an existing regular file for reading. The path is resolved first and what was opened is checked again by its descriptor: a
 * link put in between by a running process cannot lead elsewhere. Never blocks on a FIFO.
 */
function openToRead(root, path) {
    const real = realPath(root, path);
    const fd = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.openSync)(real, node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_RDONLY | node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_NONBLOCK | node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_NOFOLLOW);
    try {
        assertInside(root, nameOf(fd, real), path);
        return { fd, stat: (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.fstatSync)(fd), real };
    }
    catch (error) {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.closeSync)(fd);
        throw error;
    }
}
/**
 * Runs `work` with a name for the folder of `path` that stays the same folder whatever is renamed or linked meanwhile (Linux: through its
 * descriptor). Missing folders are made. `name` is the file's name in it, `place` the folder's real path below the root.
 */
function inFolderOf(root, path, work) {
    const parent = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(path);
    makeFolders(root, parent === '.' ? '' : parent);
    const real = realPath(root, parent === '.' ? '' : parent);
    const fd = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.openSync)(real, node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_RDONLY | node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_DIRECTORY | node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.O_NOFOLLOW);
    try {
        assertInside(root, nameOf(fd, real), path);
        return work(process.platform === 'linux' ? `/proc/self/fd/${fd}` : real, (0,node_path__WEBPACK_IMPORTED_MODULE_1__.basename)(path), real.slice(root.length + 1));
    }
    finally {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.closeSync)(fd);
    }
}
/** One folder at a time, so that a link on the way is seen before anything is made behind it. */
function makeFolders(root, parent) {
    const parts = parent.split('/').filter((part) => part !== '');
    parts.forEach((_, i) => {
        const folder = parts.slice(0, i + 1).join('/');
        const found = entryAt((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, folder));
        if (found === null)
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.mkdirSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, folder));
        else if (found.isSymbolicLink())
            realPath(root, folder);
        else if (!found.isDirectory())
            throw new Refusal(`${folder} is a file, so ${parent}/ cannot be a folder. Choose another path, or remove that file with run_command first.`);
    });
}
function nameOf(fd, otherwise) {
    return process.platform === 'linux' ? (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readlinkSync)(`/proc/self/fd/${fd}`) : otherwise;
}


/***/ }),

/***/ 590:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   d: () => (/* binding */ probe)
/* harmony export */ });
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(421);
/* harmony import */ var node_child_process__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_child_process__WEBPACK_IMPORTED_MODULE_0__);

/** Runs the self-test of a sandbox that the broker did not build itself, before anything else runs in it. Answers what it printed. */
function probe({ script, words }, signal) {
    return new Promise((resolve) => {
        (0,node_child_process__WEBPACK_IMPORTED_MODULE_0__.execFile)('bash', ['-c', script, 'probe', ...words], { signal, timeout: 30_000, maxBuffer: 65_536 }, (_error, stdout) => resolve({ output: stdout }));
    });
}


/***/ }),

/***/ 181:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   $3: () => (/* binding */ killFamily),
/* harmony export */   GH: () => (/* binding */ startOf),
/* harmony export */   X9: () => (/* binding */ allProcesses),
/* harmony export */   ay: () => (/* binding */ commandLine),
/* harmony export */   bD: () => (/* binding */ signalFamily),
/* harmony export */   kK: () => (/* binding */ trySignal),
/* harmony export */   lS: () => (/* binding */ membersOf),
/* harmony export */   tl: () => (/* binding */ MARKER)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);

/** Name of the environment variable that marks what a command started, also where it left its session (`setsid`). */
const MARKER = 'ALCHEMIST_CALL';
/** All processes seen here; empty on platforms without `/proc`. */
function allProcesses() {
    let names;
    try {
        names = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readdirSync)('/proc');
    }
    catch {
        return [];
    }
    return names.filter((name) => /^\d+$/.test(name)).flatMap((name) => processOf(Number(name)) ?? []);
}
function processOf(pid) {
    try {
        const text = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(`/proc/${pid}/stat`, 'latin1');
        const end = text.lastIndexOf(')');
        const fields = text.slice(end + 2).split(' ');
        const name = text.slice(text.indexOf('(') + 1, end);
        return { pid, name, state: fields[0] ?? '', parent: Number(fields[1]), group: Number(fields[2]), started: Number(fields[19]) };
    }
    catch {
        return undefined; // It ended meanwhile.
    }
}
/**
 * Living members of a call's family: in its group, marked, below a member, or orphaned in the workspace since the call began. The
 * host itself and what was there before never belong to it.
 */
function membersOf(family) {
    const all = allProcesses().filter(({ pid, started }) => pid !== process.pid && started >= family.since);
    const members = new Map();
    for (const each of all) {
        const known = family.seen.get(each.pid) === each.started || each.group === family.group;
        if (known || isMarked(each.pid, family.mark) || isOrphanIn(each, family.root))
            members.set(each.pid, each);
    }
    for (let grown = true; grown;) {
        grown = false;
        for (const each of all) {
            if (members.has(each.pid) || !members.has(each.parent))
                continue;
            members.set(each.pid, each);
            grown = true;
        }
    }
    for (const each of members.values())
        family.seen.set(each.pid, each.started);
    return [...members.values()].filter(({ state }) => state !== 'Z' && state !== 'X');
}
function isMarked(pid, mark) {
    try {
        return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(`/proc/${pid}/environ`, 'latin1').includes(`${MARKER}=${mark}`);
    }
    catch {
        return false;
    }
}
function isOrphanIn({ pid, parent }, root) {
    // As process 1 of its own namespace the host is the only one who can have started anything.
    if (process.pid === 1)
        return true;
    if (parent !== 1)
        return false;
    try {
        const folder = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readlinkSync)(`/proc/${pid}/cwd`);
        return folder === root || folder.startsWith(`${root}/`);
    }
    catch {
        return false;
    }
}
/** When a process started, in clock ticks since boot; `null` when it is gone or cannot be told. */
const startOf = (pid) => processOf(pid)?.started ?? null;
/** The command line, for naming a survivor. */
function commandLine({ pid, name }) {
    try {
        const text = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readFileSync)(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return `${text === '' ? name : text.slice(0, 120)} (pid ${pid})`;
    }
    catch {
        return `${name} (pid ${pid})`;
    }
}
/** Sends a signal to the group and every member. Never throws. */
function signalFamily(family, signal) {
    trySignal(-family.group, signal);
    const members = membersOf(family);
    for (const { pid } of members)
        trySignal(pid, signal);
    return members;
}
/** Kills all of a family, also one that forks faster than it is killed: each round stops what it sees before it kills it. */
function killFamily(family) {
    trySignal(-family.group, 'SIGKILL');
    for (let round = 0; round < 50; round++) {
        const members = membersOf(family);
        if (members.length === 0)
            return;
        for (const { pid } of members)
            trySignal(pid, 'SIGSTOP');
        for (const { pid } of members)
            trySignal(pid, 'SIGKILL');
    }
}
function trySignal(pid, signal) {
    if (Math.abs(pid) <= 1)
        return; // Zero is our own group, -1 everybody.
    try {
        process.kill(pid, signal);
    }
    catch {
        // Gone already.
    }
}


/***/ }),

/***/ 935:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   T: () => (/* binding */ readFile),
/* harmony export */   j: () => (/* binding */ numbered)
/* harmony export */ });
/* harmony import */ var _files_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(355);
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(61);


const MAX_LINES = 1000;
const MAX_BYTES = 24 * 1024;
const MAX_LINE_CHARACTERS = 2000;
/** Numbered lines of a text file (`12<tab>text`); a binary, huge or missing file is answered with what is there instead. */
async function readFile(workspace, { path: given, start_line: from, end_line: end }) {
    const start = Math.max(1, Math.floor(from ?? 1));
    const file = await (0,_files_js__WEBPACK_IMPORTED_MODULE_0__/* .readBytes */ .io)(workspace, given);
    if (file.size > file.bytes.length)
        return { text: hugeText(file), is_error: true };
    const decoded = (0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .decode */ .D4)(file.bytes);
    const legacy = 'reason' in decoded && decoded.reason.startsWith('text') ? new TextDecoder('windows-1252').decode(file.bytes) : null;
    if ('reason' in decoded && legacy === null)
        return { text: binaryText(file, decoded.reason), is_error: true };
    const lines = (0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .linesOf */ .Dx)('text' in decoded ? decoded.text : (legacy ?? ''));
    const notes = 'text' in decoded
        ? (0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .peculiarities */ .k2)(decoded)
        : [
            `${decoded.reason}; shown as Windows-1252; edit_file refuses it, change it with a byte-safe program (perl -pi -e, python3 with encoding=) by run_command`,
        ];
    if (lines.length === 0)
        return { text: `${file.path} is empty (0 lines).`, is_error: false };
    if (start > lines.length)
        return {
            text: `${file.path} has ${lines.length} lines; start_line=${start} is after its end. Read it with start_line=${Math.max(1, lines.length - 50)}.`,
            is_error: true,
        };
    if (end !== undefined && end < start)
        return {
            text: `end_line=${end} is before start_line=${start}; give a range such as start_line=${end}, end_line=${start}.`,
            is_error: true,
        };
    return { text: page(lines, start, Math.min(end ?? lines.length, lines.length), end !== undefined, notes), is_error: false };
}
function page(lines, start, end, asked, notes) {
    const shown = [];
    let bytes = 0;
    for (let number = start; number <= end && shown.length < MAX_LINES; number++) {
        const text = numbered(number, lines[number - 1] ?? '');
        bytes += Buffer.byteLength(text) + 1;
        if (bytes > MAX_BYTES && shown.length > 0)
            break;
        shown.push(text);
    }
    const last = start + shown.length - 1;
    const cut = last < end ? [`[lines ${start}–${last} of ${lines.length}; continue with start_line=${last + 1}]`] : [];
    const part = cut.length === 0 && (asked || start > 1) && last < lines.length ? [`[lines ${start}–${last} of ${lines.length}]`] : [];
    const peculiar = notes.length > 0 ? [`[${notes.join(', ')}]`] : [];
    return [...shown, ...cut, ...part, ...peculiar].join('\n');
}
/** `12<tab>text`, a very long line cut. */
function numbered(number, line) {
    if (line.length <= MAX_LINE_CHARACTERS)
        return `${number}\t${line}`;
    return `${number}\t${line.slice(0, MAX_LINE_CHARACTERS)} [… ${line.length - MAX_LINE_CHARACTERS} more characters in this line]`;
}
function hugeText(file) {
    const head = file.bytes.subarray(0, 2048);
    const decoded = (0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .decode */ .D4)(head.subarray(0, head.lastIndexOf(10) + 1));
    const beginning = 'reason' in decoded ? `It is ${decoded.reason}.` : `It begins:\n${(0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .linesOf */ .Dx)(decoded.text).slice(0, 20).join('\n')}`;
    return `${file.path} has ${(0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .sizeText */ .lP)(file.size)}, too large to read here. Use search with path="${file.path}", or run_command: sed -n '1,200p' '${file.path}'\n${beginning}`;
}
function binaryText(file, reason) {
    const start = file.bytes.subarray(0, 32).toString('hex').replace(/(..)/g, '$1 ').trim();
    return `${file.path} is ${reason}; ${(0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .sizeText */ .lP)(file.size)}. It cannot be shown as text. First bytes: ${start}. To look into it use run_command (file, strings, xxd, unzip -l).`;
}


/***/ }),

/***/ 94:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  e: () => (/* binding */ run),
  y: () => (/* binding */ running)
});

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __nccwpck_require__(421);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __nccwpck_require__(24);
// EXTERNAL MODULE: external "node:net"
var external_node_net_ = __nccwpck_require__(30);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(760);
;// CONCATENATED MODULE: external "node:util"
const external_node_util_namespaceObject = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:util");
// EXTERNAL MODULE: ./src/toolhost/capture.ts
var capture = __nccwpck_require__(802);
// EXTERNAL MODULE: ./src/toolhost/files.ts
var files = __nccwpck_require__(355);
;// CONCATENATED MODULE: ./src/toolhost/output.ts
/** Cleans a stream of program output: ANSI sequences out, `\r` progress collapsed to its last state, UTF-8 made valid. */
function cleaner() {
    const decoder = new TextDecoder('utf-8');
    let rest = '';
    const clean = (text, last) => {
        rest += text;
        // Only whole lines: a sequence or a `\r\n` may go on in the next piece. A line without end is let through in parts.
        const end = last ? rest.length : rest.length > MAX_PENDING ? rest.length : rest.lastIndexOf('\n') + 1;
        const ready = rest.slice(0, end);
        rest = rest.slice(end);
        return collapse(withoutAnsi(ready));
    };
    return {
        push: (piece) => clean(decoder.decode(piece, { stream: true }), false),
        end: () => clean(decoder.decode(), true),
    };
}
const MAX_PENDING = 256 * 1024;
/** CSI, OSC (ended by BEL or ST), other string sequences, two-character escapes; C0 controls but tab, line feed and carriage return. ECMA-48. */
const ANSI = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|\u001b[PX^_][^\u001b\n]*(?:\u001b\\)?|\u001b[ -/]*[0-~]|[\u0000-\u0007\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f]/g;
function withoutAnsi(text) {
    return text
        .replace(ANSI, '')
        .replace(/[^\n]\u0008/g, '')
        .replaceAll('\u0008', '');
}
/** What a terminal would show at the end of each line, taking each `\r` for a fresh start of it. */
function collapse(text) {
    if (!text.includes('\r'))
        return text;
    return text
        .split('\n')
        .map((line) => {
        const plain = line.replace(/\r+$/, '');
        return plain.slice(plain.lastIndexOf('\r') + 1);
    })
        .join('\n');
}
/** Output up to here is cleaned as it comes; of what follows only the end is, once it is known to be the end. */
const EARLY = 4 * 1024 * 1024;
const LATE = 1024 * 1024;
/** What is shown of a program's output of any length: its first and last bytes, cleaned, in bounded memory and time. */
function excerpt(headBytes, tailBytes) {
    const clean = cleaner();
    const early = headAndTail(headBytes, tailBytes);
    const late = ring(LATE);
    let bytes = 0;
    let lines = 0;
    const push = (piece) => {
        const room = Math.max(0, EARLY - bytes);
        bytes += piece.length;
        lines += newlines(piece);
        if (room > 0)
            early.push(clean.push(piece.subarray(0, room)));
        if (room < piece.length)
            late.push(piece.subarray(room));
    };
    const text = () => {
        if (bytes <= EARLY) {
            early.push(clean.end());
            return early.text();
        }
        const end = cleaner();
        const cleaned = Buffer.from(end.push(late.bytes()) + end.end());
        return joined(early.head(), cleaned.subarray(Math.max(0, cleaned.length - tailBytes)), bytes, lines);
    };
    return { push, bytes: () => bytes, text };
}
function ring(most) {
    const pieces = [];
    let length = 0;
    const push = (piece) => {
        pieces.push(piece);
        length += piece.length;
        while (length - (pieces[0]?.length ?? 0) >= most)
            length -= pieces.shift()?.length ?? 0;
    };
    return { push, bytes: () => Buffer.concat(pieces) };
}
/** Keeps the first and the last bytes of a text of any length, in bounded memory. */
function headAndTail(headBytes, tailBytes) {
    let head = Buffer.alloc(0);
    let tail = Buffer.alloc(0);
    let total = 0;
    let lines = 0;
    const push = (text) => {
        if (text === '')
            return;
        const bytes = Buffer.from(text);
        total += bytes.length;
        lines += newlines(bytes);
        const room = headBytes - head.length;
        if (room > 0)
            head = Buffer.concat([head, bytes.subarray(0, room)]);
        const rest = room > 0 ? bytes.subarray(room) : bytes;
        if (rest.length === 0)
            return;
        tail = rest.length >= 2 * tailBytes ? Buffer.from(rest.subarray(rest.length - tailBytes)) : Buffer.concat([tail, rest]);
        if (tail.length > 2 * tailBytes)
            tail = Buffer.from(tail.subarray(tail.length - tailBytes));
    };
    const text = () => {
        if (total <= headBytes + tailBytes)
            return Buffer.concat([head, tail]).toString('utf8');
        return joined(head, tail.subarray(Math.max(0, tail.length - tailBytes)), total, lines);
    };
    return { push, head: () => head, text };
}
/** Cut at line ends where one is near, never within a character. */
function joined(head, tail, total, lines) {
    const headEnd = head.lastIndexOf(10) + 1;
    const first = headEnd > head.length / 2 ? head.subarray(0, headEnd) : wholeCharacters(head);
    const tailStart = tail.indexOf(10) + 1;
    const last = tailStart > 0 && tailStart < tail.length / 2 ? tail.subarray(tailStart) : fromCharacter(tail);
    const shownLines = newlines(first) + newlines(last);
    const missing = total - first.length - last.length;
    const gap = first.at(-1) === 10 || first.length === 0 ? '' : '\n';
    return `${first.toString('utf8')}${gap}[… ${missing} bytes in ${Math.max(lines - shownLines, 0)} lines left out …]\n${last.toString('utf8')}`;
}
function newlines(bytes) {
    let count = 0;
    for (let i = 0; i < bytes.length; i++)
        if (bytes[i] === 10)
            count++;
    return count;
}
function fromCharacter(bytes) {
    const start = bytes.findIndex((byte) => (byte & 0xc0) !== 0x80);
    return start === -1 ? Buffer.alloc(0) : bytes.subarray(start);
}
function wholeCharacters(bytes) {
    let end = bytes.length;
    while (end > 0 && end > bytes.length - 4 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80)
        end--;
    return end > 0 && (bytes[end - 1] ?? 0) >= 0xc0 ? bytes.subarray(0, end - 1) : bytes;
}

// EXTERNAL MODULE: ./src/toolhost/processes.ts
var processes = __nccwpck_require__(181);
// EXTERNAL MODULE: ./src/toolhost/wire.ts
var wire = __nccwpck_require__(975);
;// CONCATENATED MODULE: ./src/toolhost/run.ts










const GRACE_MS = 5000;
/** A helper of a pipeline may outlive the shell for a moment; what is still there after this is a survivor. */
const LINGER_MS = 200;
const MAX_SECONDS = 3600;
const MAX_PROCESSES = 1500;
const WATCH_MS = 200;
const MAX_ARGUMENT = 100 * 1024;
/** Families of the commands that run now: ended with the host. */
const running = new Set();
/**
 * One fresh `bash -c` in the working directory: no input, own session. At the time-out or the signal: SIGTERM to all it started, five
 * seconds later SIGKILL. Whatever it leaves behind is named and ended. Never throws for a failing command.
 */
async function run(workspace, params, signal, log) {
    const began = Date.now();
    const wrong = await syntaxProblem(workspace, params.command, signal);
    if (wrong !== null)
        return { exit_code: 2, signal: null, timed_out: false, duration_ms: Date.now() - began, output: wrong, bytes: 0, survivors: [] };
    const folder = (0,external_node_path_.join)(workspace.root, workspace.workingDirectory);
    if (!(0,external_node_fs_.existsSync)(folder))
        return {
            exit_code: 127,
            signal: null,
            timed_out: false,
            duration_ms: 0,
            output: `The command was not run: the working directory ${folder} does not exist any more.`,
            bytes: 0,
            survivors: [],
        };
    const output = collect(params.head_bytes, params.tail_bytes, log);
    const pipe = await openPipe(workspace.temp, output.push);
    const started = start(workspace, params.command, pipe.writeEnd);
    pipe.started();
    workspace.trees.anythingChanged();
    const ended = await watch(started, Math.min(Math.max(params.timeout_s, 1), MAX_SECONDS) * 1000, signal);
    const survivors = await endSurvivors(started.family);
    await pipe.end();
    running.delete(started.family);
    (0,external_node_fs_.rmSync)(started.script ?? '', { force: true });
    workspace.trees.anythingChanged();
    const text = output.end();
    const flood = ended.flood ? `\n[ended: it had started over ${MAX_PROCESSES} processes]` : '';
    return {
        exit_code: ended.code,
        signal: ended.signal,
        timed_out: ended.timedOut,
        duration_ms: Date.now() - began,
        output: text + flood,
        bytes: output.bytes(),
        survivors,
    };
}
/** Told before anything runs: half of a script with a syntax error would run otherwise. */
async function syntaxProblem(workspace, command, signal) {
    if (command.includes('\0'))
        return 'The command was not run: it holds a NUL byte.';
    const answer = await (0,capture/* capture */.F)('bash', ['-O', 'extglob', '-n'], {
        cwd: workspace.temp,
        env: childEnvironment(),
        input: command,
        signal,
        timeoutMs: 5000,
    });
    if (answer.code === 0 || answer.code === null)
        return null;
    return `The command was not run: bash finds a syntax error in it.\n${answer.stderr.trim().slice(0, 2000)}`;
}
/** The host's own environment, which the launcher built from an allowlist, and what keeps programs from asking or paging. */
function childEnvironment(extra = {}) {
    const own = Object.entries(process.env).flatMap(([name, value]) => value === undefined || name === 'NODE_OPTIONS' ? [] : [[name, value]]);
    return {
        ...Object.fromEntries(own),
        CI: '1',
        PAGER: 'cat',
        GIT_PAGER: 'cat',
        MANPAGER: 'cat',
        LESS: '-FRX',
        GIT_TERMINAL_PROMPT: '0',
        GIT_EDITOR: 'true',
        EDITOR: 'true',
        VISUAL: 'true',
        DEBIAN_FRONTEND: 'noninteractive',
        NO_COLOR: '1',
        TERM: 'dumb',
        PYTHONUNBUFFERED: '1',
        ...extra,
    };
}
/** No core files; a process cap where the user is not root (root is not bound by it: `watch` counts). */
const PRELUDE = `ulimit -c 0; [ "$(id -u)" = 0 ] || ulimit -u 4096 2>/dev/null; `;
function start(workspace, command, writeEnd) {
    const mark = (0,files/* randomName */.Zm)(12);
    const script = Buffer.byteLength(command) > MAX_ARGUMENT ? (0,external_node_path_.join)(workspace.temp, `command-${mark}.sh`) : null;
    if (script !== null)
        (0,external_node_fs_.writeFileSync)(script, command);
    const args = script === null ? ['-c', `${PRELUDE}exec bash -c "$1"`, 'bash', command] : ['-c', `${PRELUDE}exec bash "$1"`, 'bash', script];
    const child = (0,external_node_child_process_.spawn)('bash', args, {
        cwd: (0,external_node_path_.join)(workspace.root, workspace.workingDirectory),
        env: childEnvironment({ [processes/* MARKER */.tl]: mark }),
        stdio: ['ignore', writeEnd, writeEnd],
        detached: true,
    });
    const pid = child.pid ?? 0;
    const family = { mark, group: pid, seen: new Map(), root: workspace.root, since: (0,processes/* startOf */.GH)(pid) ?? Number.MAX_SAFE_INTEGER };
    running.add(family);
    return { child, family, script };
}
/** Waits for the shell. A cancelled call ends like a timed-out one. */
async function watch({ child, family }, timeoutMs, signal) {
    let timedOut = false;
    let flood = false;
    const timers = [];
    const end = () => {
        (0,processes/* signalFamily */.bD)(family, 'SIGTERM');
        // A stopped process acts on SIGTERM only once it goes on.
        (0,processes/* signalFamily */.bD)(family, 'SIGCONT');
        timers.push(setTimeout(() => (0,processes/* killFamily */.$3)(family), GRACE_MS));
    };
    timers.push(setTimeout(() => ((timedOut = true), end()), timeoutMs));
    const before = (0,processes/* allProcesses */.X9)().length;
    const watcher = setInterval(() => {
        if (flood || (0,processes/* allProcesses */.X9)().length - before < MAX_PROCESSES || (0,processes/* membersOf */.lS)(family).length < MAX_PROCESSES)
            return void ((0,processes/* allProcesses */.X9)().length < 400 && (0,processes/* membersOf */.lS)(family));
        flood = true;
        (0,processes/* killFamily */.$3)(family);
    }, WATCH_MS);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted)
        end();
    const result = await new Promise((resolve) => {
        child.on('error', () => resolve({ code: 127, signal: null }));
        child.on('exit', (code, by) => resolve({ code, signal: by }));
    });
    // The shell may be gone while what it started ignores SIGTERM: the same five seconds hold for the rest.
    const deadline = Date.now() + GRACE_MS;
    while ((timedOut || signal.aborted) && !flood && Date.now() < deadline && (0,processes/* membersOf */.lS)(family).length > 0)
        await pause(50);
    if (timedOut || signal.aborted)
        (0,processes/* killFamily */.$3)(family);
    clearInterval(watcher);
    for (const timer of timers)
        clearTimeout(timer);
    signal.removeEventListener('abort', end);
    return { ...result, timedOut, flood };
}
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function endSurvivors(family) {
    const lingerUntil = Date.now() + LINGER_MS;
    while ((0,processes/* membersOf */.lS)(family).length > 0 && Date.now() < lingerUntil)
        await pause(20);
    const survivors = (0,processes/* membersOf */.lS)(family).map(processes/* commandLine */.ay);
    if (survivors.length === 0) {
        (0,processes/* trySignal */.kK)(-family.group, 'SIGKILL');
        return [];
    }
    (0,processes/* signalFamily */.bD)(family, 'SIGTERM');
    const until = Date.now() + 1000;
    while ((0,processes/* membersOf */.lS)(family).length > 0 && Date.now() < until)
        await pause(20);
    (0,processes/* killFamily */.$3)(family);
    return survivors.slice(0, 20);
}
/**
 * A real pipe for both streams, so that they come in their true order and `> /dev/stderr` works (Node's own pipes are sockets, which
 * cannot be opened by that name).
 */
async function openPipe(temp, push) {
    const path = (0,external_node_path_.join)(temp, `output-${(0,files/* randomName */.Zm)(6)}`);
    await (0,external_node_util_namespaceObject.promisify)(external_node_child_process_.execFile)('mkfifo', ['-m', '600', path]);
    const readEnd = (0,external_node_fs_.openSync)(path, external_node_fs_.constants.O_RDONLY | external_node_fs_.constants.O_NONBLOCK);
    const writeEnd = (0,external_node_fs_.openSync)(path, external_node_fs_.constants.O_WRONLY);
    (0,external_node_fs_.rmSync)(path);
    const socket = new external_node_net_.Socket({ fd: readEnd, readable: true, writable: false });
    socket.on('data', push);
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.on('close', () => resolve()));
    return {
        writeEnd,
        started: () => (0,external_node_fs_.closeSync)(writeEnd),
        end: async () => {
            // Everything that could write is gone; a stranger that holds the pipe is not waited for.
            await Promise.race([closed, pause(1000)]);
            socket.destroy();
        },
    };
}
function collect(headBytes, tailBytes, log) {
    const shown = excerpt(headBytes, tailBytes);
    const decoder = new TextDecoder('utf-8');
    const push = (piece) => {
        shown.push(piece);
        if (shown.bytes() <= wire/* MAX_LOG */.s5)
            log(decoder.decode(piece, { stream: true }));
    };
    return { push, end: () => shown.text(), bytes: () => shown.bytes() };
}


/***/ }),

/***/ 258:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   $: () => (/* binding */ search)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _glob_js__WEBPACK_IMPORTED_MODULE_5__ = __nccwpck_require__(12);
/* harmony import */ var _list_files_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(546);
/* harmony import */ var _files_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(355);
/* harmony import */ var _paths_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(956);
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_6__ = __nccwpck_require__(61);







const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const MAX_LINE_CHARACTERS = 300;
const MAX_BYTES = 32 * 1024;
/** Untracked files beyond this are not searched: Git would read them whole into memory. */
const MAX_FILE = 8 * 1024 * 1024;
/** Up to so many untracked files are named to git, so that it looks into their folders only. */
const MAX_NAMED = 500;
const TIMEOUT_MS = 30_000;
/** Regular-expression search (PCRE where this git has it) over tracked, and untracked but not ignored files. */
async function search(workspace, params, signal) {
    if (params.pattern === '')
        throw new _paths_js__WEBPACK_IMPORTED_MODULE_4__/* .Refusal */ .P_('pattern is empty. To see which files there are use list_files.');
    if (/[\0\n]/.test(params.pattern))
        throw new _paths_js__WEBPACK_IMPORTED_MODULE_4__/* .Refusal */ .P_('pattern holds a line break, and search looks at one line at a time. Search for one of the lines, with context to see the others.');
    const folder = await folderOf(workspace, params.path);
    const { trees } = workspace;
    await trees.refresh(signal);
    const limit = Math.min(Math.max(params.limit ?? DEFAULT_LIMIT, 1), MAX_LIMIT);
    const hits = { lines: [], count: 0, files: new Set(), binary: [], bytes: 0, full: false, group: '' };
    const within = (0,_glob_js__WEBPACK_IMPORTED_MODULE_5__/* .pathspecs */ .Y)(folder, params.glob);
    const unfit = tooLarge(workspace, [...trees.unfit], folder);
    // Git's own index first: with `--untracked` git would walk every folder before the first hit, and leave out files that are tracked though ignored.
    let problem = await grep(workspace, params, { specs: [...within, ...unfit.map(leftOut)], limit, hits }, signal);
    const foreign = problem === null && !hits.full ? foreignIn(trees.foreign, folder, params.glob) : [];
    const large = tooLarge(workspace, foreign, folder);
    if (foreign.length > large.length) {
        const only = new Set(foreign);
        const named = foreign.length <= MAX_NAMED ? foreign.map((path) => `:(top,literal)${path}`) : within;
        problem = await grep(workspace, params, { specs: [...named, ...large.map(leftOut)], limit, hits, only }, signal);
    }
    if (problem !== null)
        return { text: problem, is_error: true };
    const count = hits.count > 0 ? 0 : (await trees.files(signal)).length;
    return { text: report(params, folder, count, hits, [...new Set([...unfit, ...large])]), is_error: false };
}
const leftOut = (path) => `:(top,literal,exclude)${path}`;
/** Files that were untracked at the start, in the folder, that the glob takes. */
function foreignIn(foreign, folder, glob) {
    const fits = glob === undefined ? null : (0,_glob_js__WEBPACK_IMPORTED_MODULE_5__/* .matcher */ .j)(glob);
    const start = folder === '' ? 0 : folder.length + 1;
    return [...foreign].filter((path) => !path.endsWith('/') && inFolder(path, folder) && (fits === null || fits(path.slice(start))));
}
async function folderOf(workspace, given) {
    const folder = (0,_paths_js__WEBPACK_IMPORTED_MODULE_4__/* .relativePath */ .iZ)(workspace.root, given ?? '');
    try {
        (0,_paths_js__WEBPACK_IMPORTED_MODULE_4__/* .realPath */ .Ye)(workspace.root, folder);
    }
    catch (error) {
        throw await (0,_files_js__WEBPACK_IMPORTED_MODULE_3__/* .explained */ .to)(workspace, folder, error);
    }
    return folder;
}
const inFolder = (path, folder) => folder === '' || path === folder || path.startsWith(`${folder}/`);
function tooLarge({ root }, paths, folder) {
    return paths.filter((path) => {
        const found = inFolder(path, folder) ? (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.lstatSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, path), { throwIfNoEntry: false }) : undefined;
        return found !== undefined && found.isFile() && found.size > MAX_FILE;
    });
}
/** Fills `hits` as git finds them and ends git at the limit. Answers what is wrong with the pattern, or `null`. */
async function grep(workspace, params, { specs, limit, hits, only }, signal) {
    const flavours = params.literal === true ? ['-F'] : ['-P', '-E'];
    for (const flavour of flavours) {
        const args = ['grep', '-n', '-z', '--column', '--no-color', '--no-textconv', flavour];
        if (only !== undefined)
            args.push('--untracked');
        if (params.ignore_case === true)
            args.push('-i');
        if ((params.context ?? 0) > 0)
            args.push('-C', String(Math.min(params.context ?? 0, 20)));
        const pattern = flavour === '-E' ? extended(params.pattern) : params.pattern;
        const onData = lineReader((line) => take(hits, line, limit, only));
        const answer = await workspace.git.try([...args, '-e', pattern, '--', ...specs], {
            onData,
            signal,
            timeoutMs: TIMEOUT_MS,
            env: { LC_ALL: 'C.UTF-8' },
        });
        if (answer.timedOut)
            return `The search took over ${TIMEOUT_MS / 1000} s and was ended; narrow it with path or glob, or use a simpler pattern.`;
        if (answer.cut || answer.code === 0 || answer.code === 1)
            return null;
        if (/cannot use Perl-compatible|not compiled with.*PCRE|PCRE.*support/i.test(answer.stderr))
            continue;
        return invalid(params.pattern, answer.stderr);
    }
    return 'This pattern needs Perl-compatible expressions, which the git here lacks; use literal=true or a simpler pattern.';
}
/** What models write, in POSIX extended syntax (a git without PCRE). */
function extended(pattern) {
    const classes = {
        d: '[0-9]',
        D: '[^0-9]',
        s: '[[:space:]]',
        S: '[^[:space:]]',
        w: '[[:alnum:]_]',
        W: '[^[:alnum:]_]',
    };
    return pattern.replace(/\\([dDsSwW])/g, (_, letter) => classes[letter] ?? letter).replaceAll('(?:', '(');
}
function invalid(pattern, stderr) {
    const why = stderr
        .replace(/^fatal: (command line, )?/, '')
        .trim()
        .slice(0, 300);
    const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return `The pattern is not a valid regular expression: ${why}. To search for this very text set literal=true, or escape it: ${escaped}`;
}
/** Splits pieces of output into lines; one without end (a minified file) is kept to its first part. */
function lineReader(take) {
    const most = 1024 * 1024;
    let rest = Buffer.alloc(0);
    let skipping = false;
    return (piece) => {
        let from = 0;
        for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, from)) {
            const line = Buffer.concat([rest, piece.subarray(from, at)]);
            rest = Buffer.alloc(0);
            from = at + 1;
            if (!take((skipping ? line.subarray(0, most) : line).toString('utf8')))
                return false;
            skipping = false;
        }
        if (rest.length < most)
            rest = Buffer.concat([rest, piece.subarray(from)]);
        else
            skipping = true;
        return true;
    };
}
/** One line of git's output: `path NUL line NUL column NUL text`, without the column for context, `--` between groups. */
function take(hits, line, limit, only) {
    if (line === '--')
        return hits.lines.length === 0 || hits.lines.at(-1) === '--' || push(hits, '--', '');
    const parts = line.split('\0');
    if (parts.length < 3) {
        const binary = /^Binary file (.*) matches$/.exec(line)?.[1];
        if (binary !== undefined && only?.has(binary) !== false)
            hits.binary.push(binary);
        return true;
    }
    const [path = '', number = ''] = parts;
    if (only?.has(path) === false)
        return true;
    const column = Number(parts[2]);
    const isMatch = parts.length > 3 && Number.isInteger(column);
    if (isMatch && hits.count >= limit)
        return !(hits.full = true);
    if (isMatch) {
        hits.count++;
        hits.files.add(path);
    }
    const text = (isMatch ? parts.slice(3) : parts.slice(2)).join('\0').replace(/\r$/, '');
    return push(hits, `${(0,_list_files_js__WEBPACK_IMPORTED_MODULE_2__/* .oneLine */ .T)(path)}${isMatch ? ':' : '-'}${number}${isMatch ? ':' : '-'}${excerpt(text, isMatch ? column : 1)}`, path);
}
function push(hits, line, path) {
    hits.bytes += Buffer.byteLength(line) + 1;
    if (hits.bytes > MAX_BYTES)
        return !(hits.full = true);
    hits.lines.push(line);
    hits.group = path;
    return true;
}
/** 300 characters of a long line, with the match among them. `column` counts bytes from 1. */
function excerpt(text, column) {
    if (text.length <= MAX_LINE_CHARACTERS)
        return text;
    const at = Buffer.from(text)
        .subarray(0, column - 1)
        .toString('utf8').length;
    const from = Math.max(0, Math.min(at - 100, text.length - MAX_LINE_CHARACTERS));
    const shown = text.slice(from, from + MAX_LINE_CHARACTERS);
    return `${from > 0 ? '…' : ''}${shown}${from + MAX_LINE_CHARACTERS < text.length ? '…' : ''} [line of ${text.length} characters]`;
}
function report(params, folder, files, hits, huge) {
    while (hits.lines.at(-1) === '--')
        hits.lines.pop();
    const notes = [];
    if (hits.full)
        notes.push(`[first ${hits.count} hits in ${hits.files.size} files; narrow with path or glob, or make the pattern more specific${hits.count < MAX_LIMIT && hits.bytes <= MAX_BYTES ? `, or set limit up to ${MAX_LIMIT}` : ''}]`);
    if (hits.binary.length > 0)
        notes.push(`[binary files that match, not shown: ${hits.binary.slice(0, 5).map(_list_files_js__WEBPACK_IMPORTED_MODULE_2__/* .oneLine */ .T).join(', ')}${hits.binary.length > 5 ? ` and ${hits.binary.length - 5} more` : ''}]`);
    if (huge.length > 0)
        notes.push(`[not searched, over ${(0,_text_js__WEBPACK_IMPORTED_MODULE_6__/* .sizeText */ .lP)(MAX_FILE)}: ${huge.slice(0, 5).map(_list_files_js__WEBPACK_IMPORTED_MODULE_2__/* .oneLine */ .T).join(', ')}; use grep with run_command]`);
    if (hits.count > 0)
        return [...hits.lines, ...notes].join('\n');
    const where = `${folder === '' ? 'the workspace' : folder}${params.glob === undefined ? '' : `, files ${params.glob}`}`;
    const hints = [
        ...(params.ignore_case === true ? [] : ['ignore_case=true']),
        ...(params.literal !== true && /[.*+?^${}()|[\]\\]/.test(params.pattern) ? ['literal=true'] : []),
        ...(params.glob !== undefined || folder !== '' ? ['the whole workspace'] : []),
    ];
    const next = hints.length > 0 ? ` Try ${hints.join(', or ')}, or a part of the pattern.` : ' Try a part of the pattern.';
    return [`No hit for ${params.pattern} in ${where} (${files} files in all; ignored files are not searched).${next}`, ...notes].join('\n');
}


/***/ }),

/***/ 615:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   TF: () => (/* binding */ remove),
/* harmony export */   Tr: () => (/* binding */ checkEntry),
/* harmony export */   cR: () => (/* binding */ seed)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _paths_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(956);
/* harmony import */ var _trees_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(557);




const MODES = new Set(['100644', '100755', '120000', '160000']);
/**
 * Writes entries of a tree into the working tree. They go through the index, as in a checkout: blobs are stored as they are and Git
 * writes the files, so line-ending attributes apply and the hash after is the hash meant. A gitlink's `content` is its commit id.
 */
async function seed(git, root, temp, trees, entries, signal) {
    for (const entry of entries)
        checkEntry(entry);
    await trees.refresh(signal);
    const ids = await store(git, temp, entries, signal);
    const zero = '0'.repeat((await trees.hash(signal)).length);
    const lines = entries.map((entry, i) => entry.content === undefined ? `0 ${zero}\t${entry.path}\0` : `${entry.mode} ${ids[i]}\t${entry.path}\0`);
    for (const entry of entries)
        if (entry.content === undefined)
            remove(root, entry.path);
    trees.indexChanged(); // Also when what follows is cancelled half way.
    await git.run(['update-index', '--replace', '-z', '--index-info'], {
        input: lines.sort((a, b) => Number(b.startsWith('0 ')) - Number(a.startsWith('0 '))).join(''),
        signal,
    });
    const written = entries.filter((entry) => entry.content !== undefined);
    const files = written.filter((entry) => entry.mode !== '160000').map((entry) => entry.path);
    await git.run(['checkout-index', '-f', '-q', '-u', '-z', '--stdin'], { input: (0,_trees_js__WEBPACK_IMPORTED_MODULE_3__/* .joinNul */ .MX)(files), signal });
    for (const entry of written)
        if (entry.mode === '160000')
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.mkdirSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, entry.path), { recursive: true });
    for (const entry of entries)
        trees.touched(entry.path);
    trees.indexChanged();
    return trees.hash(signal);
}
/** Throws for a path or mode that no checkout may write. */
function checkEntry({ path, mode, content }) {
    const parts = path.split('/');
    if (path.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..' || (0,_paths_js__WEBPACK_IMPORTED_MODULE_2__/* .isGitName */ .M$)(part))) {
        throw new Error(`The tree holds a path that cannot be written: ${JSON.stringify(path.slice(0, 200))}`);
    }
    if (content !== undefined && !MODES.has(mode))
        throw new Error(`${path} has the mode ${mode}, which is none of Git's`);
}
async function store(git, temp, entries, signal) {
    const folder = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(temp, 'seed');
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.mkdirSync)(folder, { recursive: true });
    const ids = [];
    const files = [];
    const places = [];
    entries.forEach((entry, i) => {
        if (entry.content === undefined)
            return;
        const bytes = Buffer.from(entry.content, 'base64');
        if (entry.mode === '160000')
            return void (ids[i] = bytes.toString('utf8').trim());
        const file = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, String(i));
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.writeFileSync)(file, bytes);
        files.push(file);
        places.push(i);
    });
    if (files.length > 0) {
        const answer = await git.text(['hash-object', '-w', '--no-filters', '--stdin-paths'], {
            input: files.map((file) => `${file}\n`).join(''),
            signal,
        });
        answer
            .trim()
            .split('\n')
            .forEach((id, i) => (ids[places[i] ?? -1] = id));
    }
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)(folder, { recursive: true, force: true });
    return ids;
}
/** Never through a symbolic link: what lies behind it is not the tree's. */
function remove(root, path) {
    const folders = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(path)
        .split('/')
        .filter((part) => part !== '.');
    const real = folders.every((_, i) => (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.lstatSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, ...folders.slice(0, i + 1)), { throwIfNoEntry: false })?.isDirectory() === true);
    if (!real)
        return;
    const file = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, path);
    const found = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.lstatSync)(file, { throwIfNoEntry: false });
    if (found?.isDirectory() === true)
        return;
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)(file, { force: true });
    for (let i = folders.length; i > 0; i--) {
        try {
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmdirSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, ...folders.slice(0, i)));
        }
        catch {
            return; // not empty
        }
    }
}


/***/ }),

/***/ 950:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   u: () => (/* binding */ sourcesOf)
/* harmony export */ });
/* harmony import */ var _trees_js__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(557);

/** More files than this are not listed: what needs them (finding the source of a test) is a guess anyway. */
const MAX_FILES = 20_000;
/** Files of a tree: all paths when none are given, with their text where it is UTF-8 and not larger than asked for. */
async function sourcesOf(git, { tree, paths = [], max_bytes }, signal) {
    const specs = paths.map((path) => `:(literal)${path}`);
    const listed = (0,_trees_js__WEBPACK_IMPORTED_MODULE_0__/* .splitNul */ .K5)(await git.text(['ls-tree', '-r', '-z', '--full-tree', '-l', tree, '--', ...specs], { signal })).slice(0, MAX_FILES);
    const files = [];
    for (const entry of listed) {
        const [meta = '', path = ''] = entry.split('\t');
        const [mode = '', type, id = '', size] = meta.split(/ +/);
        const text = type === 'blob' && mode.startsWith('100') && Number(size) <= max_bytes ? await textOf(git, id, signal) : null;
        files.push(text === null ? { path } : { path, text });
    }
    return { files };
}
async function textOf(git, id, signal) {
    const bytes = await git.run(['cat-file', 'blob', id], { signal });
    const text = bytes.toString('utf8');
    return Buffer.from(text, 'utf8').equals(bytes) && !text.includes('\0') ? text : null;
}


/***/ }),

/***/ 222:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {


// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  h: () => (/* binding */ start_open),
  n: () => (/* binding */ start)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __nccwpck_require__(24);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __nccwpck_require__(760);
// EXTERNAL MODULE: ./src/toolhost/differences.ts
var differences = __nccwpck_require__(492);
// EXTERNAL MODULE: ./src/toolhost/capture.ts
var capture = __nccwpck_require__(802);
;// CONCATENATED MODULE: ./src/toolhost/git-config.ts


/** The only settings taken over from the checkout: none can run a program or name a file outside. */
const CARRIED_SETTINGS = new Set([
    'core.autocrlf',
    'core.eol',
    'core.filemode',
    'core.symlinks',
    'core.ignorecase',
    'core.precomposeunicode',
    'core.sparsecheckout',
    'core.sparsecheckoutcone',
    'extensions.objectformat',
]);
const REF_STORAGE = 'extensions.refstorage';
const OWN_SETTINGS = [
    ['core.bare', 'false'],
    ['core.hookspath', '/dev/null'],
    ['core.fsmonitor', 'false'],
    ['core.safecrlf', 'false'],
    ['core.logallrefupdates', 'false'],
    ['core.quotepath', 'true'],
    ['index.version', '4'],
    ['index.sparse', 'false'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['protocol.allow', 'never'],
    ['advice.detachedhead', 'false'],
];
/** Reads the checkout's config files as plain files, includes left out: nothing in them takes effect. Throws when one cannot be read. */
async function carriedSettings(files, cwd, env) {
    const settings = new Map();
    let refStorage = 'files';
    for (const file of files.filter((each) => (0,external_node_fs_.existsSync)(each))) {
        for (const [key, value] of simpleSettings((0,external_node_fs_.readFileSync)(file, 'utf8')) ?? (await settingsByGit(file, cwd, env))) {
            if (CARRIED_SETTINGS.has(key) && /^[\w-]{0,20}$/.test(value))
                settings.set(key, value);
            if (key === REF_STORAGE)
                refStorage = value;
        }
    }
    if (refStorage !== 'files')
        throw new Error(`The workspace keeps its references as "${refStorage}"; only "files" is supported`);
    return settings;
}
async function settingsByGit(file, cwd, env) {
    const answer = await (0,capture/* capture */.F)('git', ['config', '--file', file, '--no-includes', '-z', '--list'], { cwd, env });
    if (answer.code !== 0)
        throw new Error(`The workspace's ${file} cannot be read: ${answer.stderr.trim()}`);
    return answer.stdout
        .toString('utf8')
        .split('\0')
        .map((entry) => {
        const [key = '', value = 'true'] = entry.split(/\n(.*)/s);
        return [key, value];
    });
}
/**
 * The settings above as they stand in a config file of the plain kind that git itself writes, so that no git need be started and waited for
 * (5 ms of a start of 30). `null` for whatever is not that plain (git-config(1), "Syntax"): then git is asked.
 */
function simpleSettings(text) {
    const found = [];
    let section = null;
    for (const line of text.split('\n')) {
        if (/^[ \t]*(?:[#;].*)?$/.test(line))
            continue;
        // A value that goes on in the next line, or a byte that git reads in a way of its own.
        if (/[\\\r\0\uFEFF\uFFFD]/.test(line))
            return null;
        const header = /^\[([A-Za-z\d.-]+)( +"[^"]*")?\]$/.exec(line);
        if (header) {
            section = header[2] === undefined ? (header[1] ?? '').toLowerCase() : '';
            continue;
        }
        const setting = /^[ \t]*([A-Za-z][A-Za-z\d-]*)(?:[ \t]*=[ \t]*(.*?)[ \t]*)?$/.exec(line);
        if (setting === null || section === null)
            return null;
        const key = `${section}.${(setting[1] ?? '').toLowerCase()}`;
        if (!CARRIED_SETTINGS.has(key) && key !== REF_STORAGE)
            continue;
        const value = setting[2] ?? 'true';
        if (!/^[\w-]+$/.test(value))
            return null;
        found.push([key, value]);
    }
    return found;
}
/** The private config: our own settings, and what was carried over. */
function configText(carried) {
    const settings = [
        ...OWN_SETTINGS,
        ...carried,
        ['core.repositoryformatversion', carried.has('extensions.objectformat') ? '1' : '0'],
    ];
    return settings.map(([key, value]) => `[${key.split('.')[0]}]\n\t${key.split('.')[1]} = ${value}\n`).join('');
}

;// CONCATENATED MODULE: ./src/toolhost/index-copy.ts

/** Sizes and places in bytes; see gitformat-index(5). */
const HEADER = 12;
const ENTRY_HEAD = 62;
const ENTRY_SIZE = 36;
const HASH = 20;
const EXTENDED = 0x4000;
const LENGTH = 0xfff;
const GITLINK = 0o160000;
const AS_IT_WAS = { tree: null, verify: () => null };
/**
 * Copies a checkout's index, for Git to use as its own. Git compares times in whole seconds (few builds do better), so it would read again every
 * file that was written in the second in which the index was: after a fresh checkout all of a small repository. The fractions that tell such
 * files apart stand in the index all the same. An entry is known to be unchanged when its file is, to the microsecond, as it was entered, and was
 * entered before the index was written; of any other of that second the size is set to zero, which is Git's own mark for "look into it". The
 * files are looked at by `verify`, so that Git can do its part meanwhile. The checksum at the end is left as it was: Git (since 2.13) does not
 * compare it when it reads an index.
 *
 * @param now milliseconds: changes from now on must fall into a later second than what is settled here
 * @param plain whether the index holds hashes of the usual length
 */
function copyIndex(root, from, to, now, plain) {
    const written = (0,external_node_fs_.statSync)(from).mtimeMs;
    const second = Math.floor(written / 1000);
    const bytes = plain && now >= (second + 2) * 1000 ? (0,external_node_fs_.readFileSync)(from) : null;
    const index = bytes === null ? null : readIndex(bytes, second);
    if (bytes === null || index === null) {
        (0,external_node_fs_.copyFileSync)(from, to);
        // Rounded down: an index that looks older makes Git look again at more entries, never at fewer.
        (0,external_node_fs_.utimesSync)(to, second, second);
        return AS_IT_WAS;
    }
    const write = (doubtful) => {
        for (const at of doubtful)
            bytes.writeUInt32BE(0, at + ENTRY_SIZE);
        (0,external_node_fs_.writeFileSync)(to, bytes);
        (0,external_node_fs_.utimesSync)(to, second + 1, second + 1);
    };
    const earlier = index.racy.filter((at) => mtimeAt(bytes, at) < written);
    write(index.racy.filter((at) => mtimeAt(bytes, at) >= written));
    return {
        tree: index.tree,
        verify: () => {
            const doubtful = earlier.filter((at) => !isAsEntered(root, bytes, at));
            return doubtful.length === 0 ? null : () => write(doubtful);
        },
    };
}
/** Times as Node gives those of a file: milliseconds with a fraction, to a quarter of a microsecond. */
const timeAt = (bytes, at) => bytes.readUInt32BE(at) * 1000 + bytes.readUInt32BE(at + 4) / 1_000_000;
const mtimeAt = (bytes, at) => timeAt(bytes, at + 8);
/** Where the entries of files stand that were written in this second or later, and the tree; `null` for an index of a kind that is not read here. */
function readIndex(bytes, second) {
    if (bytes.length < HEADER || bytes.toString('latin1', 0, 4) !== 'DIRC' || ![2, 3].includes(bytes.readUInt32BE(4)))
        return null;
    const racy = [];
    let at = HEADER;
    for (let left = bytes.readUInt32BE(8); left > 0; left--) {
        if (at + ENTRY_HEAD > bytes.length)
            return null;
        const [, end] = nameAt(bytes, at);
        if (end === -1)
            return null;
        if (bytes.readUInt32BE(at + 8) >= second && bytes.readUInt32BE(at + 24) !== GITLINK)
            racy.push(at);
        // Padded with NULs to a multiple of eight.
        at += (end - at + 8) & ~7;
    }
    const tree = treeIn(bytes, at);
    return tree === undefined ? null : { racy, tree };
}
/** Where the path of an entry begins and ends. The flags hold its length, up to the largest that they can. */
function nameAt(bytes, at) {
    const flags = bytes.readUInt16BE(at + 60);
    const start = at + ENTRY_HEAD + ((flags & EXTENDED) === 0 ? 0 : 2);
    const length = flags & LENGTH;
    return [start, length < LENGTH ? start + length : bytes.indexOf(0, start + length)];
}
/**
 * The tree as the extension of that name has it, `null` without it or when it is out of date. `undefined` for an extension in lower case: it
 * changes what the entries mean (a split or a sparse index).
 */
function treeIn(bytes, extensions) {
    let tree = null;
    for (let at = extensions; at + 8 <= bytes.length - HASH; at += 8 + bytes.readUInt32BE(at + 4)) {
        const name = bytes.toString('latin1', at, at + 4);
        if (!/^[A-Z]/.test(name))
            return undefined;
        const head = name === 'TREE' ? /^\0\d+ \d+\n/.exec(bytes.toString('latin1', at + 8, at + 40)) : null;
        if (head)
            tree = bytes.toString('hex', at + 8 + head[0].length, at + 8 + head[0].length + HASH);
    }
    return tree;
}
/** A whole second: a file system, or a git, that does not keep fractions. */
function isAsEntered(root, bytes, at) {
    const mtime = mtimeAt(bytes, at);
    try {
        const found = (0,external_node_fs_.lstatSync)(`${root}/${bytes.toString('utf8', ...nameAt(bytes, at))}`);
        if (mtime % 1000 === 0 || found.mtimeMs !== mtime || found.ctimeMs !== timeAt(bytes, at))
            return false;
        return found.ino % 2 ** 32 === bytes.readUInt32BE(at + 20) && found.size % 2 ** 32 === bytes.readUInt32BE(at + ENTRY_SIZE);
    }
    catch {
        return false; // Gone, or behind a folder that cannot be entered.
    }
}

;// CONCATENATED MODULE: ./src/toolhost/git.ts





/**
 * Opens the checkout at `root` through a new private git directory in `temp`. A workspace without `.git` gets an empty one,
 * so that trees can be hashed there too. Throws when git is missing or the checkout cannot be read.
 */
async function openGit(root, temp) {
    const directory = (0,external_node_path_.join)(temp, 'git');
    (0,external_node_fs_.mkdirSync)((0,external_node_path_.join)(directory, 'objects', 'info'), { recursive: true });
    (0,external_node_fs_.mkdirSync)((0,external_node_path_.join)(directory, 'refs'), { recursive: true });
    (0,external_node_fs_.mkdirSync)((0,external_node_path_.join)(directory, 'info'), { recursive: true });
    (0,external_node_fs_.writeFileSync)((0,external_node_path_.join)(directory, 'HEAD'), 'ref: refs/heads/none\n');
    (0,external_node_fs_.writeFileSync)((0,external_node_path_.join)(directory, 'config'), '');
    const environment = gitEnvironment(root, directory, temp);
    const at = findCheckout(root);
    const files = at === null ? [] : [(0,external_node_path_.join)(at.common, 'config'), (0,external_node_path_.join)(at.own, 'config.worktree')];
    const settings = await carriedSettings(files, directory, environment);
    (0,external_node_fs_.writeFileSync)((0,external_node_path_.join)(directory, 'config'), configText(settings));
    const checkout = at === null ? null : borrow(root, at, directory, settings);
    return { ...runners(root, environment), directory, checkout };
}
function runners(root, environment) {
    const attempt = (args, options = {}) => (0,capture/* capture */.F)('git', args, { ...options, cwd: root, env: { ...environment, ...options.env } }).catch((error) => {
        if (error.code !== 'ENOENT')
            throw error;
        throw new Error('git cannot be started: install it where the tool host runs (or the workspace folder is gone)', { cause: error });
    });
    const run = async (args, options = {}) => {
        const answer = await attempt(args, options);
        const ended = answer.cut || (answer.code !== null && (options.ok ?? [0]).includes(answer.code));
        if (!ended)
            throw new Error(`git ${args.slice(0, 2).join(' ')}: ${answer.stderr.trim().slice(0, 2000) || `exit code ${answer.code ?? 'none'}`}`);
        return answer.stdout;
    };
    return { run, try: attempt, text: async (args, options) => (await run(args, options)).toString('utf8') };
}
/** Built from nothing: a `GIT_*` variable of the surroundings could name another config, index or program. */
function gitEnvironment(root, directory, temp) {
    return {
        PATH: process.env['PATH'] ?? '/usr/bin:/bin',
        // Git reads `~/.config/git/ignore` and `attributes` even without a global config.
        HOME: temp,
        XDG_CONFIG_HOME: temp,
        LC_ALL: 'C',
        GIT_DIR: directory,
        GIT_WORK_TREE: root,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_SYSTEM: '/dev/null',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_ATTR_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        GIT_NO_REPLACE_OBJECTS: '1',
        GIT_NO_LAZY_FETCH: '1',
        GIT_PAGER: 'cat',
        GIT_EDITOR: 'true',
    };
}
/** Follows a `.git` file (worktree, submodule) to the real git directory. */
function findCheckout(root) {
    const entry = (0,external_node_path_.join)(root, '.git');
    if (!(0,external_node_fs_.existsSync)(entry))
        return null;
    let own = entry;
    if ((0,external_node_fs_.statSync)(entry).isFile()) {
        const line = /^gitdir: (.*)$/m.exec((0,external_node_fs_.readFileSync)(entry, 'utf8'));
        if (line?.[1] === undefined)
            throw new Error('The .git file of the workspace names no git directory');
        own = (0,external_node_path_.resolve)(root, line[1].trim());
    }
    if (!(0,external_node_fs_.existsSync)((0,external_node_path_.join)(own, 'HEAD')))
        throw new Error(`The workspace's git directory ${own} cannot be read; mount it into the sandbox, or use an ordinary clone`);
    const commonFile = (0,external_node_path_.join)(own, 'commondir');
    const common = (0,external_node_fs_.existsSync)(commonFile) ? (0,external_node_path_.resolve)(own, (0,external_node_fs_.readFileSync)(commonFile, 'utf8').trim()) : own;
    return { own, common };
}
function borrow(root, at, directory, settings) {
    const objects = (0,external_node_path_.join)(at.common, 'objects');
    (0,external_node_fs_.writeFileSync)((0,external_node_path_.join)(directory, 'objects', 'info', 'alternates'), `${/["\n]|^#/.test(objects) ? JSON.stringify(objects) : objects}\n`);
    for (const name of ['exclude', 'attributes'])
        copyIfThere((0,external_node_path_.join)(at.common, 'info', name), (0,external_node_path_.join)(directory, 'info', name));
    copyIfThere((0,external_node_path_.join)(at.own, 'info', 'sparse-checkout'), (0,external_node_path_.join)(directory, 'info', 'sparse-checkout'));
    copyIfThere((0,external_node_path_.join)(at.common, 'shallow'), (0,external_node_path_.join)(directory, 'shallow'));
    const index = (0,external_node_path_.join)(at.own, 'index');
    const plain = !settings.has('extensions.objectformat');
    const copy = (0,external_node_fs_.existsSync)(index) ? copyIndex(root, index, (0,external_node_path_.join)(directory, 'index'), Date.now(), plain) : null;
    for (const name of (0,external_node_fs_.readdirSync)(at.own))
        if (name.startsWith('sharedindex.'))
            copyIfThere((0,external_node_path_.join)(at.own, name), (0,external_node_path_.join)(directory, name));
    const { head, branch } = readHead(at);
    if (head !== null)
        (0,external_node_fs_.writeFileSync)((0,external_node_path_.join)(directory, 'HEAD'), `${head}\n`);
    const sparse = settings.get('core.sparsecheckout') === 'true';
    return { head, branch, shallow: (0,external_node_fs_.existsSync)((0,external_node_path_.join)(directory, 'shallow')), sparse, index: copy };
}
function copyIfThere(from, to) {
    if ((0,external_node_fs_.existsSync)(from))
        (0,external_node_fs_.copyFileSync)(from, to);
}
/** By hand: asking Git would load the checkout's config. */
function readHead(at) {
    let value = (0,external_node_fs_.readFileSync)((0,external_node_path_.join)(at.own, 'HEAD'), 'utf8').trim();
    const branch = /^ref: refs\/heads\/(.+)$/.exec(value)?.[1] ?? null;
    for (let depth = 0; depth < 5 && value.startsWith('ref: '); depth++) {
        const found = readReference(at, value.slice(5));
        if (found === null)
            return { head: null, branch };
        value = found;
    }
    if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(value))
        throw new Error(`The workspace's HEAD is not a commit: ${value.slice(0, 80)}`);
    return { head: value, branch };
}
function readReference(at, name) {
    for (const folder of [at.own, at.common]) {
        const file = (0,external_node_path_.join)(folder, name);
        if (!(0,external_node_path_.isAbsolute)(name) && !name.split('/').includes('..') && (0,external_node_fs_.existsSync)(file) && (0,external_node_fs_.statSync)(file).isFile())
            return (0,external_node_fs_.readFileSync)(file, 'utf8').trim();
    }
    const packed = (0,external_node_path_.join)(at.common, 'packed-refs');
    if (!(0,external_node_fs_.existsSync)(packed))
        return null;
    const line = (0,external_node_fs_.readFileSync)(packed, 'utf8')
        .split('\n')
        .find((entry) => entry.endsWith(` ${name}`));
    return line?.split(' ')[0] ?? null;
}

// EXTERNAL MODULE: ./src/toolhost/trees.ts
var toolhost_trees = __nccwpck_require__(557);
// EXTERNAL MODULE: ./src/toolhost/wire.ts
var wire = __nccwpck_require__(975);
;// CONCATENATED MODULE: ./src/toolhost/start.ts






const MAX_NAMES = 10_000;
/**
 * Opens the checkout and looks whether it is as committed, which most are. Begun before anybody asks, since it changes nothing and takes about
 * as long as all else of the start.
 */
async function start_open(root, temp, signal) {
    const git = await openGit(root, temp);
    const head = git.checkout?.head ?? null;
    return { git, trees: (0,toolhost_trees/* openTrees */.kS)(git, root), asCommitted: head === null ? null : await asCommitted(git, head, signal) };
}
/** One pass over commit, index and files, which also brings the index's stat data up. */
async function asCommitted(git, head, signal) {
    const index = git.checkout?.index ?? null;
    const asked = Promise.all([start_status(git, signal), index?.tree ? Promise.resolve(index.tree) : treeOf(git, head, signal)]);
    const mark = index?.verify() ?? null; // While Git looks.
    const [first, tree] = await asked;
    mark?.();
    const entries = (0,toolhost_trees/* splitNul */.K5)(mark ? await start_status(git, signal) : first);
    return entries.every((entry) => entry.startsWith('?? ')) ? { tree, untracked: entries.map((entry) => entry.slice(3)) } : null;
}
const start_status = (git, signal) => git.text(['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=dirty'], { signal });
const treeOf = async (git, commit, signal) => (await git.text(['rev-parse', '--verify', `${commit}^{tree}`], { signal })).trim();
/**
 * Fixes what the change is measured from: the index becomes HEAD's, files untracked now are left out, tracked ones that differ are
 * reported and, with `restore`, put back (their difference goes to the log first).
 */
async function start({ git, trees, asCommitted }, root, restore, log) {
    const begun = asCommitted === null ? await bringInLine(git, root, trees, restore, log) : { ...asCommitted, modified: [] };
    if (asCommitted !== null) {
        trees.leaveOut(asCommitted.untracked);
        trees.settled(asCommitted.tree);
    }
    const about = { protocol: wire/* PROTOCOL */.nl, node: process.version, platform: process.platform };
    if (git.checkout === null)
        return { ...about, git: null };
    const { head, branch, shallow, sparse } = git.checkout;
    return {
        ...about,
        git: {
            head,
            head_tree: asCommitted?.tree ?? (head === null ? null : await treeOf(git, head)),
            branch,
            start_tree: begun.tree,
            modified: begun.modified.slice(0, MAX_NAMES),
            untracked: begun.untracked.slice(0, MAX_NAMES),
            shallow,
            sparse,
        },
    };
}
async function bringInLine(git, root, trees, restore, log) {
    const head = git.checkout?.head ?? null;
    // Entries that equal HEAD's keep their stat data, so a file smudged at checkout is still known as unchanged.
    await git.run(head === null ? ['read-tree', '--empty'] : ['read-tree', '--reset', head]);
    await git.run(['update-index', '-q', '--refresh'], { ok: [0, 1] });
    const [found, beside] = await Promise.all([(0,toolhost_trees/* differing */.R1)(git), (0,toolhost_trees/* others */.MG)(git, [])]);
    const smudged = await untouchedThoughFiltered(git, root, found.changed, found.ids);
    await trees.pin(smudged);
    const modified = [...found.changed.filter((path) => !smudged.includes(path)), ...found.removed].sort();
    const putsBack = restore && modified.length > 0;
    if (putsBack)
        await putBack(git, root, found.removed, modified, log);
    const untracked = putsBack ? await (0,toolhost_trees/* others */.MG)(git, []) : beside;
    trees.leaveOut(untracked);
    // What was just looked at need not be looked at again: on 100,000 files that takes half of the start.
    if (modified.length === 0)
        trees.settled();
    else
        trees.anythingChanged();
    return { tree: await trees.hash(), modified, untracked };
}
async function putBack(git, root, removed, modified, log) {
    const patch = await git.try(['diff-files', '-p', '--binary', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty'], {
        maxBytes: 16 * 1024 * 1024,
    });
    log(patch.stdout.toString('utf8'));
    const links = new Set();
    const entries = await git.text(['ls-files', '-s', '-z', '--', ...removed.slice(0, 1000).map((path) => `:(top,literal)${path}`)]);
    for (const entry of removed.length === 0 ? [] : entries.split('\0'))
        if (entry.startsWith('160000 '))
            links.add(entry.split('\t')[1] ?? '');
    for (const path of links)
        if (path !== '')
            (0,external_node_fs_.mkdirSync)((0,external_node_path_.join)(root, path), { recursive: true });
    const files = modified.filter((path) => !links.has(path));
    await git.run(['checkout-index', '-f', '-q', '-z', '--stdin'], { input: (0,toolhost_trees/* joinNul */.MX)(files), ok: [0, 1, 128] });
    await git.run(['update-index', '-q', '--refresh'], { ok: [0, 1] });
}
/**
 * A file with a `filter=` attribute holds what the filter made of the blob. Where the checkout's stat data no longer fit (another
 * mount, a checkout within the same second), Git would compare the two and call the file changed. An LFS file is compared with its
 * pointer; what another filter made cannot be checked without running it, so nothing but a later change counts.
 */
async function untouchedThoughFiltered(git, root, changed, ids) {
    const filtered = await (0,differences/* filteredPaths */.aL)(git, changed);
    const untouched = [];
    for (const [path, filter] of filtered) {
        if (filter !== 'lfs' || (await fitsPointer(git, (0,external_node_path_.join)(root, path), ids.get(path) ?? '')))
            untouched.push(path);
    }
    return untouched;
}
async function fitsPointer(git, file, id) {
    const answer = await git.try(['cat-file', 'blob', id], { maxBytes: 2048 });
    const pointer = answer.stdout.toString('utf8');
    const digest = /^oid sha256:([0-9a-f]{64})$/m.exec(pointer)?.[1];
    const size = /^size (\d+)$/m.exec(pointer)?.[1];
    if (answer.code !== 0 || digest === undefined || size === undefined)
        return false;
    try {
        if ((0,external_node_fs_.statSync)(file).size !== Number(size))
            return false;
        const { createHash } = await Promise.resolve(/* import() */).then(__nccwpck_require__.t.bind(__nccwpck_require__, 598, 23));
        const sum = createHash('sha256');
        for await (const piece of (0,external_node_fs_.createReadStream)(file))
            sum.update(piece);
        return sum.digest('hex') === digest;
    }
    catch {
        return false;
    }
}


/***/ }),

/***/ 658:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   S: () => (/* binding */ switchTo)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _seed_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(615);
/* harmony import */ var _trees_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(557);




/**
 * Brings the working tree to another tree, in place: what is ignored (installed dependencies, caches) stays where it is, so that the same commands run there. Only the
 * files that differ are written or removed. The way back is the same call with the tree that was there before.
 */
async function switchTo(workspace, params, signal) {
    const { git, root, trees } = workspace;
    const current = await trees.hash(signal);
    const target = await targetTree(workspace, params, signal);
    const fields = (0,_trees_js__WEBPACK_IMPORTED_MODULE_3__/* .splitNul */ .K5)(await git.text(['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', current, target], { signal }));
    const lines = [];
    const written = [];
    for (let i = 0; i + 1 < fields.length; i += 2) {
        const [, newMode = '', , newId = '', status] = fields[i]?.split(' ') ?? [];
        const path = fields[i + 1] ?? '';
        (0,_seed_js__WEBPACK_IMPORTED_MODULE_2__/* .checkEntry */ .Tr)({ path, mode: newMode, ...(status === 'D' ? {} : { content: '' }) });
        if (status === 'D') {
            (0,_seed_js__WEBPACK_IMPORTED_MODULE_2__/* .remove */ .TF)(root, path);
            lines.unshift(`0 ${newId}\t${path}\0`);
        }
        else {
            lines.push(`${newMode} ${newId}\t${path}\0`);
            if (newMode === '160000')
                (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.mkdirSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, path), { recursive: true });
            else
                written.push(path);
        }
    }
    if (lines.length > 0)
        await git.run(['update-index', '--replace', '-z', '--index-info'], { input: lines.join(''), signal });
    if (written.length > 0)
        await git.run(['checkout-index', '-f', '-q', '-u', '-z', '--stdin'], { input: (0,_trees_js__WEBPACK_IMPORTED_MODULE_3__/* .joinNul */ .MX)(written), signal });
    trees.indexChanged();
    const tree = await trees.hash(signal);
    if (tree !== target)
        throw new Error(`the files could not be brought to tree ${target}; they are at ${tree}`);
    return { tree };
}
/** The tree to come to: `tree`, with paths as they stand in another one, and contents laid over it. Made in an index of its own. */
async function targetTree({ git, temp }, { tree, take, write = [] }, signal) {
    if (take === undefined && write.length === 0)
        return tree;
    const env = { GIT_INDEX_FILE: (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(temp, 'switch-index') };
    try {
        await git.run(['read-tree', tree], { env, signal });
        const lines = [...(take === undefined ? [] : await taken(git, take, signal))];
        for (const { path, content } of write) {
            const id = (await git.text(['hash-object', '-w', '--stdin'], { input: Buffer.from(content, 'base64'), signal })).trim();
            lines.push(`100644 ${id}\t${path}\0`);
        }
        await git.run(['update-index', '--add', '--replace', '-z', '--index-info'], { env, input: lines.join(''), signal });
        return (await git.text(['write-tree', '--missing-ok'], { env, signal })).trim();
    }
    finally {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)(env.GIT_INDEX_FILE, { force: true });
    }
}
/** Index lines for paths as they stand in a tree; a path that is not there is taken away. */
async function taken(git, { from, paths }, signal) {
    const found = new Map();
    const zero = '0'.repeat(from.length);
    for (const entry of (0,_trees_js__WEBPACK_IMPORTED_MODULE_3__/* .splitNul */ .K5)(await git.text(['ls-tree', '-r', '-z', '--full-tree', from, '--', ...paths.map((path) => `:(literal)${path}`)], { signal }))) {
        const [meta = '', path = ''] = entry.split('\t');
        const [mode = '', , id = ''] = meta.split(' ');
        found.set(path, `${mode} ${id}\t${path}\0`);
    }
    return paths.map((path) => found.get(path) ?? `0 ${zero}\t${path}\0`);
}


/***/ }),

/***/ 753:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   c: () => (/* binding */ newSyntaxError)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _capture_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(802);
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(61);




const MAX_TEXT = 2 * 1024 * 1024;
const TIMEOUT_MS = 5000;
/** Looks for a syntax error that the edit brought in. One that was there before is not the edit's, and the edit stays either way. */
async function newSyntaxError(workspace, path, before, after, signal) {
    const checker = checkerFor(path, after);
    if (checker === null || after.length > MAX_TEXT)
        return null;
    try {
        const error = await checker(after, workspace, signal);
        if (error === null || (before !== null && (await checker(before, workspace, signal)) !== null))
            return null;
        return `Syntax error since this change (the change stays; correct it): ${inWordsOf(path, error)}`;
    }
    catch (error) {
        signal.throwIfAborted();
        void error; // A checker that cannot be run says nothing about the file.
        return null;
    }
}
/** Checkers name our copy, or their standard input. */
function inWordsOf(path, error) {
    return error
        .replace(/\S*\/check-\w+\/checked\.\w+|<standard input>/g, path)
        .replace(/^bash: (-c: )?/gm, '')
        .trim()
        .slice(0, 1000);
}
function checkerFor(path, text) {
    // These may hold comments.
    if (/(^|\/)([tj]sconfig[^/]*|devcontainer|\.eslintrc|\.swcrc|\.babelrc)(\.json)?$|(^|\/)\.vscode\//.test(path))
        return null;
    const byExtension = CHECKERS[(0,node_path__WEBPACK_IMPORTED_MODULE_1__.extname)(path).toLowerCase()];
    if (byExtension !== undefined)
        return byExtension;
    const program = /^#!\s*\S*?(?:\/env\s+(?:-S\s+)?)?(?:\/)?(\w+)[\d.]*(?:\s|$)/.exec((0,_text_js__WEBPACK_IMPORTED_MODULE_3__/* .linesOf */ .Dx)(text.slice(0, 200))[0] ?? '')?.[1] ?? '';
    if (/^(ba)?sh$/.test(program))
        return shell;
    return program.startsWith('python') ? python(PARSE) : program === 'node' ? javascript : null;
}
const json = async (text) => {
    try {
        JSON.parse(text.replace(/^\uFEFF/, ''));
        return null;
    }
    catch (error) {
        return `JSON: ${error.message}`;
    }
};
/** As a script first, inside this process and never run; what that refuses may still be a module. */
const javascript = async (text, workspace, signal) => {
    const { Script } = await Promise.resolve(/* import() */).then(__nccwpck_require__.t.bind(__nccwpck_require__, 714, 23));
    try {
        new Script(`(function (exports, require, module, __filename, __dirname) {${text.replace(/^#!.*/, '')}\n})`);
        return null;
    }
    catch {
        if (/<\/?[A-Za-z][^<>]*>|@flow/.test(text))
            return null; // JSX or Flow, which Node does not read.
        return withFile(workspace, 'checked.mjs', text, async (file) => {
            const answer = await run(workspace, process.execPath, ['--check', file], signal);
            return answer === null ? null : answer.replace(/\n\s+at [\s\S]*$/, '').replace(/\nNode\.js v[\s\S]*$/, '');
        });
    }
};
/** Node's own type stripper, where this Node has one; syntax that it merely does not support is no error. */
const typescript = async (text) => {
    const nodeModule = await Promise.resolve(/* import() */).then(__nccwpck_require__.t.bind(__nccwpck_require__, 995, 23));
    const strip = nodeModule.stripTypeScriptTypes;
    if (strip === undefined)
        return null;
    try {
        strip(text);
        return null;
    }
    catch (error) {
        return error.code === 'ERR_INVALID_TYPESCRIPT_SYNTAX' ? error.message : null;
    }
};
const shell = (text, workspace, signal) => run(workspace, 'bash', ['-O', 'extglob', '-n'], signal, text);
const go = (text, workspace, signal) => run(workspace, 'gofmt', ['-e', '-l'], signal, text);
/** `-I`: nothing of the workspace is imported; parsing writes no `.pyc`. */
const python = (program) => (text, workspace, signal) => run(workspace, 'python3', ['-I', '-S', '-c', program], signal, text);
const REPORT = 'except SyntaxError as e:\n print(f"{type(e).__name__}: {e.msg} (line {e.lineno})", file=sys.stderr); sys.exit(1)\n';
const PARSE = `import ast, sys, warnings\nwarnings.simplefilter("ignore")\ntry:\n ast.parse(sys.stdin.buffer.read())\n${REPORT}`;
const TOML = 'import sys\ntry:\n import tomllib\nexcept ImportError: sys.exit(0)\ntry:\n tomllib.loads(sys.stdin.buffer.read().decode())\nexcept Exception as e:\n print("TOML:", e, file=sys.stderr); sys.exit(1)\n';
const YAML = 'import sys\ntry:\n import yaml\nexcept ImportError: sys.exit(0)\ntry:\n for _ in yaml.parse(sys.stdin.buffer.read(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)): pass\nexcept yaml.YAMLError as e:\n print("YAML:", e, file=sys.stderr); sys.exit(1)\n';
const yaml = (text, workspace, signal) => run(workspace, 'python3', ['-I', '-c', YAML], signal, text);
const CHECKERS = {
    '.json': json,
    '.js': javascript,
    '.mjs': javascript,
    '.cjs': javascript,
    '.ts': typescript,
    '.mts': typescript,
    '.cts': typescript,
    '.py': python(PARSE),
    '.pyi': python(PARSE),
    '.sh': shell,
    '.bash': shell,
    '.go': go,
    '.toml': python(TOML),
    '.yml': yaml,
    '.yaml': yaml,
};
/** Exit code 0: nothing wrong. A missing program: nothing known. Otherwise what it wrote. */
async function run(workspace, program, args, signal, input = '') {
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: workspace.temp, LC_ALL: 'C.UTF-8' };
    try {
        const answer = await (0,_capture_js__WEBPACK_IMPORTED_MODULE_2__/* .capture */ .F)(program, args, { cwd: workspace.temp, env, input, signal, timeoutMs: TIMEOUT_MS, maxBytes: 64 * 1024 });
        return answer.code === 0 || answer.code === null || answer.stderr.trim() === '' ? null : answer.stderr;
    }
    catch (error) {
        if (error.code === 'ENOENT')
            return null;
        throw error;
    }
}
async function withFile(workspace, name, text, work) {
    const folder = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.mkdtempSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(workspace.temp, 'check-'));
    try {
        const file = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, name);
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.writeFileSync)(file, text);
        return await work(file);
    }
    finally {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)(folder, { recursive: true, force: true });
    }
}


/***/ }),

/***/ 61:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   D4: () => (/* binding */ decode),
/* harmony export */   Dx: () => (/* binding */ linesOf),
/* harmony export */   bu: () => (/* binding */ mainEnding),
/* harmony export */   k2: () => (/* binding */ peculiarities),
/* harmony export */   lF: () => (/* binding */ encode),
/* harmony export */   lP: () => (/* binding */ sizeText)
/* harmony export */ });
/** Decodes UTF-8, and UTF-16 with a byte-order mark (which stays in the text). Anything else is answered with a guess at what it is. */
function decode(bytes) {
    const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
    if (encoding === 'utf-8' && bytes.includes(0))
        return { reason: guess(bytes) };
    try {
        const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
        return encode(text, encoding).equals(bytes) ? { text, encoding } : { reason: guess(bytes) };
    }
    catch {
        return { reason: guess(bytes) };
    }
}
function encode(text, encoding) {
    if (encoding === 'utf-8')
        return Buffer.from(text, 'utf8');
    const bytes = Buffer.from(text, 'utf16le');
    return encoding === 'utf-16le' ? bytes : bytes.swap16();
}
function guess(bytes) {
    const head = bytes.subarray(0, 8192);
    const kind = SIGNATURES.find(([start]) => head.subarray(0, start.length / 2).equals(Buffer.from(start, 'hex')))?.[1];
    if (kind !== undefined)
        return `binary (${kind})`;
    const zeros = head.filter((byte) => byte === 0).length;
    if (zeros > head.length / 4 && zeros < (head.length * 3) / 4)
        return 'probably UTF-16 without a byte-order mark, or binary';
    if (zeros > 0)
        return 'binary';
    const control = head.filter((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27).length;
    if (control > head.length / 10)
        return 'binary';
    return `text that is not UTF-8, probably ${legacyEncoding(head)} (first such byte: ${firstBad(bytes)})`;
}
function legacyEncoding(head) {
    const high = head.filter((byte) => byte >= 0x80);
    if (high.some((byte) => byte < 0xa0))
        return high.length > head.length / 4 ? 'Shift_JIS or another multi-byte encoding' : 'Windows-1252';
    return high.length > head.length / 4 ? 'EUC or another multi-byte encoding' : 'ISO-8859-1 (Latin-1)';
}
function firstBad(bytes) {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const offset = Buffer.byteLength(text.slice(0, Math.max(text.indexOf('\uFFFD'), 0)));
    const line = bytes.subarray(0, offset).filter((byte) => byte === 10).length + 1;
    return `0x${(bytes[offset] ?? 0).toString(16)} in line ${line}`;
}
const SIGNATURES = [
    ['89504e47', 'PNG image'],
    ['ffd8ff', 'JPEG image'],
    ['47494638', 'GIF image'],
    ['52494646', 'RIFF: WebP, WAV or AVI'],
    ['25504446', 'PDF'],
    ['504b0304', 'ZIP archive: also jar, docx, xlsx, whl'],
    ['1f8b', 'gzip'],
    ['425a68', 'bzip2'],
    ['fd377a585a00', 'xz'],
    ['28b52ffd', 'zstd'],
    ['7f454c46', 'ELF program'],
    ['cafebabe', 'Java class or Mach-O program'],
    ['cffaedfe', 'Mach-O program'],
    ['4d5a', 'Windows program'],
    ['53514c69746520', 'SQLite database'],
    ['0061736d', 'WebAssembly'],
    ['774f4646', 'WOFF font'],
    ['774f4632', 'WOFF2 font'],
    ['00010000', 'TrueType font'],
];
/** The line ending that most lines have; `\n` where there is none. */
function mainEnding(text) {
    const { crlf, lf } = countEndings(text);
    return crlf > lf ? '\r\n' : '\n';
}
function countEndings(text) {
    let crlf = 0;
    let lf = 0;
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1))
        text[i - 1] === '\r' ? crlf++ : lf++;
    return { crlf, lf };
}
/** What is unusual about a text file, in words; empty for UTF-8 with `\n` and a final newline. */
function peculiarities(decoded) {
    const { text, encoding } = decoded;
    const { crlf, lf } = countEndings(text);
    return [
        ...(encoding === 'utf-8' ? [] : [encoding.toUpperCase()]),
        ...(text.startsWith('\uFEFF') ? ['byte-order mark'] : []),
        ...(crlf > 0 && lf > 0 ? [`mixed line endings (${crlf} CRLF, ${lf} LF)`] : crlf > 0 ? ['CRLF line endings'] : []),
        ...(text !== '' && !text.endsWith('\n') ? ['no newline at the end'] : []),
    ];
}
/** Lines without their endings; a final newline opens no further line. */
function linesOf(text) {
    const lines = text
        .replace(/^\uFEFF/, '')
        .split('\n')
        .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
    if (lines.at(-1) === '')
        lines.pop();
    return lines;
}
/** Bytes as `1.5 MB`. */
function sizeText(bytes) {
    if (bytes < 1024)
        return `${bytes} bytes`;
    const units = ['KB', 'MB', 'GB', 'TB'];
    const power = Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length);
    return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}


/***/ }),

/***/ 174:
/***/ ((module, __unused_webpack___webpack_exports__, __nccwpck_require__) => {

__nccwpck_require__.a(module, async (__webpack_handle_async_dependencies__, __webpack_async_result__) => { try {
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_os__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(161);
/* harmony import */ var node_os__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_os__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_2___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_2__);
/* harmony import */ var _apply_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(140);
/* harmony import */ var _differences_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(492);
/* harmony import */ var _edit_file_js__WEBPACK_IMPORTED_MODULE_5__ = __nccwpck_require__(643);
/* harmony import */ var _forwarder_js__WEBPACK_IMPORTED_MODULE_6__ = __nccwpck_require__(142);
/* harmony import */ var _list_files_js__WEBPACK_IMPORTED_MODULE_7__ = __nccwpck_require__(546);
/* harmony import */ var _overview_js__WEBPACK_IMPORTED_MODULE_8__ = __nccwpck_require__(489);
/* harmony import */ var _paths_js__WEBPACK_IMPORTED_MODULE_9__ = __nccwpck_require__(956);
/* harmony import */ var _probe_js__WEBPACK_IMPORTED_MODULE_10__ = __nccwpck_require__(590);
/* harmony import */ var _processes_js__WEBPACK_IMPORTED_MODULE_11__ = __nccwpck_require__(181);
/* harmony import */ var _read_file_js__WEBPACK_IMPORTED_MODULE_12__ = __nccwpck_require__(935);
/* harmony import */ var _run_js__WEBPACK_IMPORTED_MODULE_13__ = __nccwpck_require__(94);
/* harmony import */ var _search_js__WEBPACK_IMPORTED_MODULE_14__ = __nccwpck_require__(258);
/* harmony import */ var _seed_js__WEBPACK_IMPORTED_MODULE_15__ = __nccwpck_require__(615);
/* harmony import */ var _sources_js__WEBPACK_IMPORTED_MODULE_16__ = __nccwpck_require__(950);
/* harmony import */ var _start_js__WEBPACK_IMPORTED_MODULE_17__ = __nccwpck_require__(222);
/* harmony import */ var _switch_js__WEBPACK_IMPORTED_MODULE_18__ = __nccwpck_require__(658);
/* harmony import */ var _wire_js__WEBPACK_IMPORTED_MODULE_21__ = __nccwpck_require__(975);
/* harmony import */ var _workspace_js__WEBPACK_IMPORTED_MODULE_19__ = __nccwpck_require__(113);
/* harmony import */ var _write_file_js__WEBPACK_IMPORTED_MODULE_20__ = __nccwpck_require__(420);






















const root = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.realpathSync)(process.cwd());
const temp = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.mkdtempSync)((0,node_path__WEBPACK_IMPORTED_MODULE_2__.join)((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.realpathSync)((0,node_os__WEBPACK_IMPORTED_MODULE_1__.tmpdir)()), 'toolhost-'));
/** The number of no call. The opening is ended with the host like a call. */
const OPENING = -1;
const active = new Map();
let service = null;
/** Begun at once: what `hello` asks is known when it comes. */
let opened = openWorkspace();
let queue = Promise.resolve();
// Nothing but the protocol may reach stdout.
console.log = console.info = console.debug = console.error;
process.on('uncaughtException', (error) => console.error('tool host:', error));
process.on('unhandledRejection', (error) => console.error('tool host:', error));
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'])
    process.on(name, shutDown);
process.stdout.on('error', shutDown);
await (0,_forwarder_js__WEBPACK_IMPORTED_MODULE_6__/* .startForwarder */ .D)(process.env);
readLines();
function readLines() {
    let pieces = [];
    let length = 0;
    process.stdin.on('data', (data) => {
        let from = 0;
        for (let at = data.indexOf(10); at !== -1; at = data.indexOf(10, from)) {
            receive(Buffer.concat([...pieces, data.subarray(from, at)]).toString('utf8'));
            pieces = [];
            length = 0;
            from = at + 1;
        }
        pieces.push(data.subarray(from));
        length += data.length - from;
        if (length > _wire_js__WEBPACK_IMPORTED_MODULE_21__/* .MAX_LINE */ .MV) {
            console.error(`tool host: a line of over ${_wire_js__WEBPACK_IMPORTED_MODULE_21__/* .MAX_LINE */ .MV} bytes came in`);
            shutDown();
        }
    });
    process.stdin.on('end', shutDown);
    process.stdin.on('error', shutDown);
}
function receive(line) {
    if (line.trim() === '')
        return;
    let message;
    try {
        message = JSON.parse(line);
    }
    catch {
        return console.error('tool host: a line that is no JSON came in');
    }
    if (typeof message !== 'object' || message === null)
        return;
    if ('cancel' in message)
        return active.get(Number(message.cancel))?.abort(new Error('The call was cancelled'));
    if (!('id' in message) || typeof message.id !== 'number' || !('method' in message))
        return;
    const call = message;
    const controller = new AbortController();
    active.set(call.id, controller);
    queue = queue.then(() => answer(call, controller.signal));
}
async function answer(call, signal) {
    let logged = 0;
    const log = (piece) => {
        logged += Buffer.byteLength(piece);
        if (piece !== '' && logged <= _wire_js__WEBPACK_IMPORTED_MODULE_21__/* .MAX_LOG */ .s5)
            for (let at = 0; at < piece.length; at += LOG_PIECE)
                send({ id: call.id, log: piece.slice(at, at + LOG_PIECE) });
    };
    try {
        signal.throwIfAborted();
        send({ id: call.id, result: await serve(call, signal, log) });
    }
    catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const text = error instanceof _paths_js__WEBPACK_IMPORTED_MODULE_9__/* .Refusal */ .P_ ? message : `${call.method} failed: ${message}`;
        if (TEXT_METHODS.has(call.method) && service !== null && !signal.aborted)
            send({ id: call.id, result: { text, is_error: true } });
        else
            send({ id: call.id, error: message });
    }
    finally {
        active.delete(call.id);
    }
}
const LOG_PIECE = 1024 * 1024;
/** Methods that answer with text for the model, also when they fail. */
const TEXT_METHODS = new Set(['read_file', 'list_files', 'search', 'edit_file', 'write_file']);
async function serve(call, signal, log) {
    if (call.method === 'hello')
        return hello(call.params, log);
    if (call.method === 'probe')
        return selfTest(call.params, signal);
    if (service === null)
        throw new Error('The first call must be hello');
    if (!Object.hasOwn(service, call.method))
        throw new Error(`The tool host has no method ${call.method}`);
    const method = service[call.method];
    return method(call.params, signal, log);
}
function send(message) {
    const line = `${JSON.stringify(message)}\n`;
    if (Buffer.byteLength(line) <= _wire_js__WEBPACK_IMPORTED_MODULE_21__/* .MAX_LINE */ .MV)
        return void process.stdout.write(line);
    process.stdout.write(`${JSON.stringify({ id: message.id, error: `The answer is over ${_wire_js__WEBPACK_IMPORTED_MODULE_21__/* .MAX_LINE */ .MV} bytes; ask for less` })}\n`);
}
async function hello({ protocol, working_directory: working, restore }, log) {
    if (protocol !== _wire_js__WEBPACK_IMPORTED_MODULE_21__/* .PROTOCOL */ .nl)
        throw new Error(`This tool host speaks protocol ${_wire_js__WEBPACK_IMPORTED_MODULE_21__/* .PROTOCOL */ .nl}, the broker ${protocol}: use bundles of the same version`);
    if (service !== null)
        throw new Error('hello was called before');
    const workingDirectory = (0,_paths_js__WEBPACK_IMPORTED_MODULE_9__/* .relativePath */ .iZ)(root, working);
    const workspace = await opened;
    // Without a checkout the files are still to come: then the overview looks.
    if (workspace.git.checkout?.head != null)
        (0,_workspace_js__WEBPACK_IMPORTED_MODULE_19__/* .requireFolder */ .O)({ root, workingDirectory });
    const facts = await (0,_start_js__WEBPACK_IMPORTED_MODULE_17__/* .start */ .n)(workspace, root, restore, log);
    service = services({ root, workingDirectory, temp, git: workspace.git, trees: workspace.trees });
    return facts;
}
function openWorkspace() {
    const controller = new AbortController();
    active.set(OPENING, controller);
    const opening = (0,_start_js__WEBPACK_IMPORTED_MODULE_17__/* .open */ .h)(root, temp, controller.signal).finally(() => active.delete(OPENING));
    opening.catch(() => undefined); // `hello` tells it.
    return opening;
}
/** Before `hello`, the workspace is looked at once more afterwards: the script is told not to touch it, and nothing here trusts that. */
async function selfTest(params, signal) {
    const result = await (0,_probe_js__WEBPACK_IMPORTED_MODULE_10__/* .probe */ .d)(params, signal);
    if (service === null)
        opened = opened.catch(() => undefined).then(openWorkspace);
    return result;
}
function services(workspace) {
    const { git, trees } = workspace;
    return {
        hello: async () => Promise.reject(new Error('hello was called before')),
        probe: _probe_js__WEBPACK_IMPORTED_MODULE_10__/* .probe */ .d,
        overview: (params, signal) => (0,_overview_js__WEBPACK_IMPORTED_MODULE_8__/* .overview */ .M)(workspace, params, signal),
        read_file: (params) => (0,_read_file_js__WEBPACK_IMPORTED_MODULE_12__/* .readFile */ .T)(workspace, params),
        list_files: (params, signal) => (0,_list_files_js__WEBPACK_IMPORTED_MODULE_7__/* .listFiles */ .C)(workspace, params, signal),
        search: (params, signal) => (0,_search_js__WEBPACK_IMPORTED_MODULE_14__/* .search */ .$)(workspace, params, signal),
        place: async ({ path }) => Promise.resolve((0,_paths_js__WEBPACK_IMPORTED_MODULE_9__/* .placeOf */ .$t)(root, path)),
        edit_file: (0,_edit_file_js__WEBPACK_IMPORTED_MODULE_5__/* .editing */ .D)(workspace),
        write_file: (params, signal) => (0,_write_file_js__WEBPACK_IMPORTED_MODULE_20__/* .writeFile */ ._)(workspace, params, signal),
        run: (params, signal, log) => (0,_run_js__WEBPACK_IMPORTED_MODULE_13__/* .run */ .e)(workspace, params, signal, log),
        tree: async ({ leave_out_new: leaveOutNew }, signal) => {
            const byProducts = leaveOutNew === true ? await trees.leaveOutNew(signal) : [];
            const tree = await trees.hash(signal);
            return { tree, left_out: [...byProducts, ...trees.unfit].slice(0, 1000) };
        },
        switch_to: (params, signal) => (0,_switch_js__WEBPACK_IMPORTED_MODULE_18__/* .switchTo */ .S)(workspace, params, signal),
        sources: (params, signal) => (0,_sources_js__WEBPACK_IMPORTED_MODULE_16__/* .sourcesOf */ .u)(git, params, signal),
        apply: (params, signal) => (0,_apply_js__WEBPACK_IMPORTED_MODULE_3__/* .applyPatch */ .X)(workspace, params, signal),
        changes: async ({ from, to }, signal) => ({ changes: await (0,_differences_js__WEBPACK_IMPORTED_MODULE_4__/* .changesBetween */ .iv)(git, from, to, signal) }),
        diff: (params, signal) => (0,_differences_js__WEBPACK_IMPORTED_MODULE_4__/* .diffBetween */ .AY)(git, params, signal),
        blob: (params, signal) => (0,_differences_js__WEBPACK_IMPORTED_MODULE_4__/* .blobOf */ .DE)(git, params, signal),
        seed: async ({ entries }, signal) => ({ tree: await (0,_seed_js__WEBPACK_IMPORTED_MODULE_15__/* .seed */ .cR)(git, root, temp, trees, entries, signal) }),
    };
}
function shutDown() {
    for (const family of _run_js__WEBPACK_IMPORTED_MODULE_13__/* .running */ .y)
        (0,_processes_js__WEBPACK_IMPORTED_MODULE_11__/* .killFamily */ .$3)(family);
    for (const controller of active.values())
        controller.abort(new Error('The tool host is ending'));
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)(temp, { recursive: true, force: true, maxRetries: 3 });
    process.exit(0);
}

__webpack_async_result__();
} catch(e) { __webpack_async_result__(e); } }, 1);

/***/ }),

/***/ 557:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   K5: () => (/* binding */ splitNul),
/* harmony export */   MG: () => (/* binding */ others),
/* harmony export */   MX: () => (/* binding */ joinNul),
/* harmony export */   R1: () => (/* binding */ differing),
/* harmony export */   kS: () => (/* binding */ openTrees)
/* harmony export */ });
/* unused harmony export MAX_FILE */
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);


/** GitHub refuses blobs over 100 MiB: such a file never becomes part of a tree. */
const MAX_FILE = 100 * 1024 * 1024;
function openTrees(git, root) {
    const state = {
        git,
        root,
        foreign: new Set(),
        unfit: new Set(),
        pinned: new Map(),
        byHand: new Set(),
        newcomers: new Set(),
        stale: 'everything',
        tree: null,
        files: null,
    };
    return {
        foreign: state.foreign,
        unfit: state.unfit,
        refresh: (signal) => refresh(state, signal),
        hash: (signal) => hash(state, signal),
        leaveOutNew: (signal) => leaveOutNew(state, signal),
        files: (signal) => files(state, signal),
        pin: (paths) => pin(state, paths),
        anythingChanged: () => void (state.stale = 'everything'),
        settled: (tree) => {
            state.stale = new Set();
            if (tree !== undefined)
                state.tree = tree;
        },
        indexChanged: () => {
            state.stale = 'everything';
            state.tree = null;
            state.files = null;
        },
        touched: (path) => {
            state.foreign.delete(path);
            state.byHand.add(path);
            // Rules about other files: look at everything again.
            if (/(^|\/)\.git(ignore|attributes|modules)$/.test(path))
                state.stale = 'everything';
            if (state.stale !== 'everything')
                state.stale.add(path);
        },
        leaveOut: (paths) => {
            for (const path of paths)
                state.foreign.add(path);
            state.files = null;
        },
    };
}
async function hash(state, signal) {
    await refresh(state, signal);
    // Blobs that a partial clone lacks are unchanged ones: they need not be here.
    state.newcomers.clear();
    state.tree ??= (await state.git.text(['write-tree', '--missing-ok'], { signal })).trim();
    return state.tree;
}
async function leaveOutNew(state, signal) {
    await refresh(state, signal);
    const names = [...state.newcomers].filter((path) => !state.byHand.has(path));
    state.newcomers.clear();
    for (const path of names)
        state.foreign.add(path);
    await apply(state, { changed: [], removed: names.map((path) => path.replace(/\/$/, '')) }, signal);
    return names;
}
async function refresh(state, signal) {
    const { stale } = state;
    if (stale !== 'everything' && stale.size === 0)
        return;
    // Left by a git that was cancelled; nobody else uses this index.
    (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(state.git.directory, 'index.lock'), { force: true });
    const difference = stale === 'everything' ? await scan(state, signal) : await look(state, [...stale], signal);
    await apply(state, difference, signal);
    state.stale = new Set();
}
/** The whole working tree against the index: one pass over the known files, one over the folders. */
async function scan(state, signal) {
    await unpin(state, signal);
    const [known, unknown] = await Promise.all([differing(state.git, signal), others(state.git, [], signal)]);
    const fresh = unknown.filter((path) => !state.foreign.has(path));
    for (const path of fresh)
        state.newcomers.add(path);
    const changed = [...known.changed, ...fresh];
    state.files = null;
    return { changed, removed: known.removed };
}
/** A few paths only, so that one edit among 100,000 files stays cheap. */
async function look(state, paths, signal) {
    await unpin(state, signal);
    const specs = paths.map((path) => `:(top,literal)${path}`);
    const answer = await state.git.text(['ls-files', '-z', '-c', '-o', '--exclude-standard', '--', ...specs], { signal });
    const eligible = new Set(splitNul(answer));
    const removed = paths.filter((path) => eligible.has(path) && !exists((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(state.root, path)));
    return { changed: paths.filter((path) => eligible.has(path) && !removed.includes(path)), removed };
}
async function apply(state, { changed, removed }, signal) {
    const fitting = changed.filter((path) => fits(state, path));
    if (removed.length > 0)
        await state.git.run(['update-index', '-z', '--force-remove', '--stdin'], { input: joinNul(removed), signal });
    if (fitting.length > 0)
        await add(state, fitting, signal);
    if (removed.length + fitting.length === 0)
        return;
    state.tree = null;
    const known = state.files;
    if (known === null || (removed.length === 0 && fitting.every((path) => known.includes(path))))
        return;
    const gone = new Set(removed);
    state.files = [...new Set([...known.filter((path) => !gone.has(path)), ...fitting])];
}
function fits(state, path) {
    const size = sizeOf((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(state.root, path));
    if (size <= MAX_FILE)
        return (void state.unfit.delete(path), true);
    state.unfit.add(path);
    return false;
}
/**
 * One unreadable file must not keep the others out: a batch that fails is tried again in halves. A failure that is not the file's own
 * (a full disk) is thrown: a hash that silently misses files would be false evidence.
 */
async function add(state, paths, signal) {
    const clean = paths.map((path) => path.replace(/\/$/, ''));
    const answer = await state.git.try(['update-index', '-z', '--add', '--remove', '--replace', '--stdin'], {
        input: joinNul(clean),
        signal,
    });
    if (answer.code === 0)
        return;
    if (paths.length > 1) {
        const middle = paths.length >> 1;
        await add(state, paths.slice(0, middle), signal);
        return add(state, paths.slice(middle), signal);
    }
    const [path = ''] = clean;
    if (!/Invalid path/i.test(answer.stderr) && isReadable((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(state.root, path)))
        throw new Error(`The tree cannot be hashed: ${answer.stderr.trim().slice(0, 1000)}`);
    state.unfit.add(path);
}
/** True for a regular file or link that could be read: then it was not the file that made git fail. */
function isReadable(path) {
    try {
        const found = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.lstatSync)(path);
        if (found.isFile())
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.accessSync)(path, node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.R_OK);
        return found.isFile() || found.isSymbolicLink();
    }
    catch {
        return false;
    }
}
async function files(state, signal) {
    await refresh(state, signal);
    state.files ??= splitNul(await state.git.text(['ls-files', '-z', '-c'], { signal }));
    if (state.foreign.size === 0)
        return state.files;
    return [...state.files, ...[...state.foreign].filter((path) => !path.endsWith('/') && exists((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(state.root, path)))];
}
async function pin(state, paths) {
    if (paths.length === 0)
        return;
    await state.git.run(['update-index', '-z', '--assume-unchanged', '--stdin'], { input: joinNul(paths) });
    for (const path of paths)
        state.pinned.set(path, signature((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(state.root, path)));
}
async function unpin(state, signal) {
    const moved = [...state.pinned].filter(([path, before]) => signature((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(state.root, path)) !== before).map(([path]) => path);
    if (moved.length === 0)
        return;
    await state.git.run(['update-index', '-z', '--no-assume-unchanged', '--stdin'], { input: joinNul(moved), signal });
    for (const path of moved)
        state.pinned.delete(path);
}
/**
 * Tracked files that differ from the index. `--ignore-submodules=dirty`: Git would otherwise run `git status` in each
 * submodule, under that submodule's own config. Moved gitlinks are left as they are.
 */
async function differing(git, signal) {
    const answer = await git.text(['diff-files', '--raw', '-z', '--no-abbrev', '--no-renames', '--ignore-submodules=dirty'], { signal });
    const fields = splitNul(answer);
    const difference = { changed: [], removed: [], ids: new Map() };
    for (let i = 0; i + 1 < fields.length; i += 2) {
        const [oldMode = '', newMode, id = '', , status] = fields[i]?.split(' ') ?? [];
        const path = fields[i + 1] ?? '';
        if (oldMode === ':160000' && newMode === '160000')
            continue;
        difference.ids.set(path, id);
        (status === 'D' ? difference.removed : difference.changed).push(path);
    }
    return difference;
}
/** Untracked, not ignored files; a nested repository is one entry that ends in `/`. */
async function others(git, specs, signal) {
    return splitNul(await git.text(['ls-files', '-z', '-o', '--exclude-standard', '--', ...specs], { signal }));
}
const splitNul = (text) => text.split('\0').filter((part) => part !== '');
const joinNul = (paths) => paths.map((path) => `${path}\0`).join('');
function exists(path) {
    return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.lstatSync)(path, { throwIfNoEntry: false }) !== undefined;
}
function sizeOf(path) {
    try {
        const found = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.lstatSync)(path);
        return found.isFile() ? found.size : 0;
    }
    catch {
        return 0;
    }
}
function signature(path) {
    try {
        const found = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.lstatSync)(path, { bigint: true });
        return [found.mode, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
    }
    catch {
        return 'absent';
    }
}


/***/ }),

/***/ 975:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   MV: () => (/* binding */ MAX_LINE),
/* harmony export */   nl: () => (/* binding */ PROTOCOL),
/* harmony export */   s5: () => (/* binding */ MAX_LOG)
/* harmony export */ });
/**
 * The wire between the broker and the tool host: one JSON object a line, in both directions, no line longer than `MAX_LINE`
 * bytes. This file is the only one that both programs share. The broker treats every answer as hostile input.
 *
 *   broker → host   {"id": 1, "method": "read_file", "params": {…}}      a call
 *                   {"cancel": 1}                                         stop call 1; it still answers
 *   host → broker   {"id": 1, "log": "…"}                                 a piece of the full output of call 1 (any number)
 *                   {"id": 1, "result": {…}}  or  {"id": 1, "error": "…"} the answer
 *
 * The host ends when its stdin ends.
 */
const PROTOCOL = 1;
/** The longest line either side accepts, in bytes. Larger content is refused or cut by its producer. */
const MAX_LINE = 16 * 1024 * 1024;
/** The most that one call may add to its log, in bytes. */
const MAX_LOG = 64 * 1024 * 1024;


/***/ }),

/***/ 113:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   O: () => (/* binding */ requireFolder)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(24);
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_fs__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_1__);


/** Throws where the folder of the commands is none, in words for whoever wrote the input. */
function requireFolder({ root, workingDirectory }) {
    if ((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.statSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(root, workingDirectory), { throwIfNoEntry: false })?.isDirectory() === true)
        return;
    throw new Error(`The input working-directory is ${workingDirectory}, and the repository has no such folder. Write one that it has, relative to its root (working-directory: packages/app), or leave the line out for the whole repository.`);
}


/***/ }),

/***/ 420:
/***/ ((__unused_webpack_module, __webpack_exports__, __nccwpck_require__) => {

/* harmony export */ __nccwpck_require__.d(__webpack_exports__, {
/* harmony export */   _: () => (/* binding */ writeFile)
/* harmony export */ });
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0__ = __nccwpck_require__(760);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0___default = /*#__PURE__*/__nccwpck_require__.n(node_path__WEBPACK_IMPORTED_MODULE_0__);
/* harmony import */ var _files_js__WEBPACK_IMPORTED_MODULE_1__ = __nccwpck_require__(355);
/* harmony import */ var _paths_js__WEBPACK_IMPORTED_MODULE_2__ = __nccwpck_require__(956);
/* harmony import */ var _syntax_js__WEBPACK_IMPORTED_MODULE_3__ = __nccwpck_require__(753);
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_4__ = __nccwpck_require__(61);





/** Writes a new file, or a whole file when `overwrite` is true: the content exactly as given. */
async function writeFile(workspace, { path: given, content, overwrite = false }, signal) {
    const path = (0,_paths_js__WEBPACK_IMPORTED_MODULE_2__/* .relativePath */ .iZ)(workspace.root, given);
    if (path === '' || given.endsWith('/'))
        throw new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(`${given} names a folder; give the path of a file. Folders are made as needed.`);
    (0,_paths_js__WEBPACK_IMPORTED_MODULE_2__/* .assertOwn */ .p0)(workspace.root, path);
    if (!content.isWellFormed())
        throw new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_('content holds half of a surrogate pair, which no file can hold as text. Write the whole character.');
    const bytes = Buffer.from(content, 'utf8');
    if (bytes.length > _files_js__WEBPACK_IMPORTED_MODULE_1__/* .MAX_READ */ .Ct)
        throw new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(`content has ${(0,_text_js__WEBPACK_IMPORTED_MODULE_4__/* .sizeText */ .lP)(bytes.length)}; at most ${(0,_text_js__WEBPACK_IMPORTED_MODULE_4__/* .sizeText */ .lP)(_files_js__WEBPACK_IMPORTED_MODULE_1__/* .MAX_READ */ .Ct)} can be written. Generate the file with run_command.`);
    const before = await existing(workspace, path);
    if (before !== null && !overwrite)
        return { text: occupied(path, before), is_error: true };
    if (before?.equals(bytes) === true)
        return { text: `${path} holds exactly this content already. Nothing was changed.`, is_error: false };
    try {
        workspace.trees.touched((0,_files_js__WEBPACK_IMPORTED_MODULE_1__/* .writeBytes */ .NH)(workspace.root, path, bytes));
    }
    catch (error) {
        throw await (0,_files_js__WEBPACK_IMPORTED_MODULE_1__/* .explained */ .to)(workspace, path, error);
    }
    const decoded = before === null ? null : (0,_text_js__WEBPACK_IMPORTED_MODULE_4__/* .decode */ .D4)(before);
    const error = await (0,_syntax_js__WEBPACK_IMPORTED_MODULE_3__/* .newSyntaxError */ .c)(workspace, path, decoded !== null && 'text' in decoded ? decoded.text : null, content, signal);
    const said = `${before === null ? 'Created' : 'Overwrote'} ${path} (${(0,_text_js__WEBPACK_IMPORTED_MODULE_4__/* .linesOf */ .Dx)(content).length} lines, ${(0,_text_js__WEBPACK_IMPORTED_MODULE_4__/* .sizeText */ .lP)(bytes.length)}).`;
    return { text: error === null ? said : `${said}\n${error}`, is_error: false };
}
async function existing(workspace, path) {
    const found = (0,_paths_js__WEBPACK_IMPORTED_MODULE_2__/* .entryAt */ ._f)((0,node_path__WEBPACK_IMPORTED_MODULE_0__.join)(workspace.root, path));
    if (found === null)
        return null;
    if (found.isDirectory())
        throw new _paths_js__WEBPACK_IMPORTED_MODULE_2__/* .Refusal */ .P_(`${path} is a folder, so no file can be written there. Choose a file name below it.`);
    return (await (0,_files_js__WEBPACK_IMPORTED_MODULE_1__/* .readBytes */ .io)(workspace, path)).bytes;
}
function occupied(path, before) {
    const decoded = (0,_text_js__WEBPACK_IMPORTED_MODULE_4__/* .decode */ .D4)(before);
    const what = 'text' in decoded ? `${(0,_text_js__WEBPACK_IMPORTED_MODULE_4__/* .linesOf */ .Dx)(decoded.text).length} lines` : decoded.reason;
    return `${path} exists already (${what}) and was not changed. Use edit_file to change a part of it, or call write_file again with overwrite=true to replace the whole file.`;
}


/***/ }),

/***/ 421:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:child_process");

/***/ }),

/***/ 598:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:crypto");

/***/ }),

/***/ 24:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:fs");

/***/ }),

/***/ 995:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:module");

/***/ }),

/***/ 30:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:net");

/***/ }),

/***/ 161:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:os");

/***/ }),

/***/ 760:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:path");

/***/ }),

/***/ 714:
/***/ ((module) => {

module.exports = __WEBPACK_EXTERNAL_createRequire(import.meta.url)("node:vm");

/***/ })

/******/ });
/************************************************************************/
/******/ // The module cache
/******/ var __webpack_module_cache__ = {};
/******/ 
/******/ // The require function
/******/ function __nccwpck_require__(moduleId) {
/******/ 	// Check if module is in cache
/******/ 	var cachedModule = __webpack_module_cache__[moduleId];
/******/ 	if (cachedModule !== undefined) {
/******/ 		return cachedModule.exports;
/******/ 	}
/******/ 	// Create a new module (and put it into the cache)
/******/ 	var module = __webpack_module_cache__[moduleId] = {
/******/ 		// no module.id needed
/******/ 		// no module.loaded needed
/******/ 		exports: {}
/******/ 	};
/******/ 
/******/ 	// Execute the module function
/******/ 	var threw = true;
/******/ 	try {
/******/ 		__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 		threw = false;
/******/ 	} finally {
/******/ 		if(threw) delete __webpack_module_cache__[moduleId];
/******/ 	}
/******/ 
/******/ 	// Return the exports of the module
/******/ 	return module.exports;
/******/ }
/******/ 
/************************************************************************/
/******/ /* webpack/runtime/asset-relocator-loader */
/******/ if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = decodeURIComponent(new URL('.', import.meta.url).pathname).slice(import.meta.url.match(/^file:\/\/\/\w:/) ? 1 : 0, -1) + "/";
/******/ 
/******/ /* webpack/runtime/async module */
/******/ (() => {
/******/ 	var webpackQueues = typeof Symbol === "function" ? Symbol("webpack queues") : "__webpack_queues__";
/******/ 	var webpackExports = typeof Symbol === "function" ? Symbol("webpack exports") : "__webpack_exports__";
/******/ 	var webpackError = typeof Symbol === "function" ? Symbol("webpack error") : "__webpack_error__";
/******/ 	var resolveQueue = (queue) => {
/******/ 		if(queue && queue.d < 1) {
/******/ 			queue.d = 1;
/******/ 			queue.forEach((fn) => (fn.r--));
/******/ 			queue.forEach((fn) => (fn.r-- ? fn.r++ : fn()));
/******/ 		}
/******/ 	}
/******/ 	var wrapDeps = (deps) => (deps.map((dep) => {
/******/ 		if(dep !== null && typeof dep === "object") {
/******/ 			if(dep[webpackQueues]) return dep;
/******/ 			if(dep.then) {
/******/ 				var queue = [];
/******/ 				queue.d = 0;
/******/ 				dep.then((r) => {
/******/ 					obj[webpackExports] = r;
/******/ 					resolveQueue(queue);
/******/ 				}, (e) => {
/******/ 					obj[webpackError] = e;
/******/ 					resolveQueue(queue);
/******/ 				});
/******/ 				var obj = {};
/******/ 				obj[webpackQueues] = (fn) => (fn(queue));
/******/ 				return obj;
/******/ 			}
/******/ 		}
/******/ 		var ret = {};
/******/ 		ret[webpackQueues] = x => {};
/******/ 		ret[webpackExports] = dep;
/******/ 		return ret;
/******/ 	}));
/******/ 	__nccwpck_require__.a = (module, body, hasAwait) => {
/******/ 		var queue;
/******/ 		hasAwait && ((queue = []).d = -1);
/******/ 		var depQueues = new Set();
/******/ 		var exports = module.exports;
/******/ 		var currentDeps;
/******/ 		var outerResolve;
/******/ 		var reject;
/******/ 		var promise = new Promise((resolve, rej) => {
/******/ 			reject = rej;
/******/ 			outerResolve = resolve;
/******/ 		});
/******/ 		promise[webpackExports] = exports;
/******/ 		promise[webpackQueues] = (fn) => (queue && fn(queue), depQueues.forEach(fn), promise["catch"](x => {}));
/******/ 		module.exports = promise;
/******/ 		body((deps) => {
/******/ 			currentDeps = wrapDeps(deps);
/******/ 			var fn;
/******/ 			var getResult = () => (currentDeps.map((d) => {
/******/ 				if(d[webpackError]) throw d[webpackError];
/******/ 				return d[webpackExports];
/******/ 			}))
/******/ 			var promise = new Promise((resolve) => {
/******/ 				fn = () => (resolve(getResult));
/******/ 				fn.r = 0;
/******/ 				var fnQueue = (q) => (q !== queue && !depQueues.has(q) && (depQueues.add(q), q && !q.d && (fn.r++, q.push(fn))));
/******/ 				currentDeps.map((dep) => (dep[webpackQueues](fnQueue)));
/******/ 			});
/******/ 			return fn.r ? promise : getResult();
/******/ 		}, (err) => ((err ? reject(promise[webpackError] = err) : outerResolve(exports)), resolveQueue(queue)));
/******/ 		queue && queue.d < 0 && (queue.d = 0);
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/compat get default export */
/******/ (() => {
/******/ 	// getDefaultExport function for compatibility with non-harmony modules
/******/ 	__nccwpck_require__.n = (module) => {
/******/ 		var getter = module && module.__esModule ?
/******/ 			() => (module['default']) :
/******/ 			() => (module);
/******/ 		__nccwpck_require__.d(getter, { a: getter });
/******/ 		return getter;
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/create fake namespace object */
/******/ (() => {
/******/ 	var getProto = Object.getPrototypeOf ? (obj) => (Object.getPrototypeOf(obj)) : (obj) => (obj.__proto__);
/******/ 	var leafPrototypes;
/******/ 	// create a fake namespace object
/******/ 	// mode & 1: value is a module id, require it
/******/ 	// mode & 2: merge all properties of value into the ns
/******/ 	// mode & 4: return value when already ns object
/******/ 	// mode & 16: return value when it's Promise-like
/******/ 	// mode & 8|1: behave like require
/******/ 	__nccwpck_require__.t = function(value, mode) {
/******/ 		if(mode & 1) value = this(value);
/******/ 		if(mode & 8) return value;
/******/ 		if(typeof value === 'object' && value) {
/******/ 			if((mode & 4) && value.__esModule) return value;
/******/ 			if((mode & 16) && typeof value.then === 'function') return value;
/******/ 		}
/******/ 		var ns = Object.create(null);
/******/ 		__nccwpck_require__.r(ns);
/******/ 		var def = {};
/******/ 		leafPrototypes = leafPrototypes || [null, getProto({}), getProto([]), getProto(getProto)];
/******/ 		for(var current = mode & 2 && value; typeof current == 'object' && !~leafPrototypes.indexOf(current); current = getProto(current)) {
/******/ 			Object.getOwnPropertyNames(current).forEach((key) => (def[key] = () => (value[key])));
/******/ 		}
/******/ 		def['default'] = () => (value);
/******/ 		__nccwpck_require__.d(ns, def);
/******/ 		return ns;
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/define property getters */
/******/ (() => {
/******/ 	// define getter functions for harmony exports
/******/ 	__nccwpck_require__.d = (exports, definition) => {
/******/ 		for(var key in definition) {
/******/ 			if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 				Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 			}
/******/ 		}
/******/ 	};
/******/ })();
/******/ 
/******/ /* webpack/runtime/hasOwnProperty shorthand */
/******/ (() => {
/******/ 	__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ })();
/******/ 
/******/ /* webpack/runtime/make namespace object */
/******/ (() => {
/******/ 	// define __esModule on exports
/******/ 	__nccwpck_require__.r = (exports) => {
/******/ 		if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 			Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 		}
/******/ 		Object.defineProperty(exports, '__esModule', { value: true });
/******/ 	};
/******/ })();
/******/ 
/************************************************************************/
/******/ 
/******/ // startup
/******/ // Load entry module and return exports
/******/ // This entry module used 'module' so it can't be inlined
/******/ var __webpack_exports__ = __nccwpck_require__(174);
/******/ __webpack_exports__ = await __webpack_exports__;
/******/ 
