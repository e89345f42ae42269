export const id = 383;
export const ids = [383];
export const modules = {

/***/ 67289:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Io: () => (/* binding */ Watchdog),
/* harmony export */   dq: () => (/* binding */ notWorthWaiting),
/* harmony export */   w4: () => (/* binding */ hostOf)
/* harmony export */ });
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(42891);
/* harmony import */ var _model_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(49860);


/** What every provider's connection needs beside its SDK: patience with an end, and no words of a server that hold a key. */
/** A server that asks to wait longer than this is not waited for: the run would spend its time limit asleep. */
const LONGEST_WAIT_S = 120;
/**
 * The SDKs sleep as long as `retry-after` says, up to 24 days, and retry a reached spend limit like any 429. Such answers are marked as final with
 * the header that both SDKs obey.
 */
async function notWorthWaiting(response) {
    const seconds = Number(response.headers.get('retry-after') ?? 0);
    if (response.ok || (response.status !== 429 && !(seconds > LONGEST_WAIT_S)))
        return response;
    const text = await response.text();
    const headers = new Headers(response.headers);
    if (seconds > LONGEST_WAIT_S || (0,_failure_js__WEBPACK_IMPORTED_MODULE_0__/* .isSpendLimit */ .o6)(text))
        headers.set('x-should-retry', 'false');
    return new Response(text, { status: response.status, statusText: response.statusText, headers });
}
/** Gives a stream up that sends nothing. Bytes are watched, not events: the SDK swallows pings, and a model that thinks long only pings. */
class Watchdog {
    #limitMs;
    #controller = new AbortController();
    #timer;
    constructor(limitMs) {
        this.#limitMs = limitMs;
    }
    get signal() {
        return this.#controller.signal;
    }
    watch(response) {
        if (response.body === null)
            return response;
        this.#restart();
        const watched = response.body.pipeThrough(new TransformStream({
            transform: (chunk, controller) => {
                this.#restart();
                controller.enqueue(chunk);
            },
        }));
        return new Response(watched, { status: response.status, statusText: response.statusText, headers: response.headers });
    }
    stop() {
        clearTimeout(this.#timer);
    }
    #restart() {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#controller.abort(new _model_js__WEBPACK_IMPORTED_MODULE_1__/* .BrokenStream */ .o(`The reply stopped: not a byte for ${this.#limitMs / 1000} s.`)), this.#limitMs);
    }
}
/** Host and port alone: a base URL may hold a password. */
function hostOf(baseUrl) {
    return URL.canParse(baseUrl) ? new URL(baseUrl).host : 'the address that was given';
}


/***/ }),

/***/ 1374:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Y: () => (/* binding */ schemaGoesInText),
/* harmony export */   x: () => (/* binding */ factsOf)
/* harmony export */ });
/* harmony import */ var _effort_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(17943);

/**
 * The facts in an answer of the Models API (`GET /v1/models/{id}`). Any server may stand there, so that nothing is taken for granted:
 * what is missing or of another type is unknown, and unknown is not a no.
 */
function factsOf(id, answer) {
    const info = record(answer);
    const capabilities = record(info['capabilities']);
    const effort = record(capabilities['effort']);
    const compaction = record(capabilities['compaction']);
    const thinking = record(record(capabilities['thinking'])['types']);
    return {
        id,
        maxInputTokens: count(info['max_input_tokens']),
        maxOutputTokens: count(info['max_tokens']),
        adaptiveThinking: supported(thinking['adaptive']),
        effort: supported(effort),
        efforts: levels(effort),
        structuredOutputs: supported(capabilities['structured_outputs']),
        summaries: supported(compaction) === false ? false : supported(compaction['summarize']),
    };
}
/**
 * Whether the reviewer's JSON schema must be asked for in text, because the model is known to lack structured output. `requestBody` then
 * leaves `output_config.format` out; the caller writes the schema into the prompt.
 */
function schemaGoesInText(facts) {
    return facts?.structuredOutputs === false;
}
function levels(effort) {
    const told = _effort_js__WEBPACK_IMPORTED_MODULE_0__/* .EFFORTS */ .ig.flatMap((level) => {
        const has = supported(effort[level]);
        return has === undefined ? [] : [[level, has]];
    });
    return told.length === 0 ? undefined : Object.fromEntries(told);
}
function supported(capability) {
    const value = record(capability)['supported'];
    return typeof value === 'boolean' ? value : undefined;
}
function count(value) {
    return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
function record(value) {
    return typeof value === 'object' && value !== null ? value : {};
}


/***/ }),

/***/ 42891:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   NT: () => (/* binding */ ANTHROPIC_SERVICE),
/* harmony export */   Rm: () => (/* binding */ isFinalRefusal),
/* harmony export */   V2: () => (/* binding */ failure),
/* harmony export */   o6: () => (/* binding */ isSpendLimit)
/* harmony export */ });
/* harmony import */ var _model_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(49860);

const ANTHROPIC_SERVICE = {
    name: 'The Messages API',
    noKey: 'No key was given: set the input anthropic-api-key, e.g. to ${{ secrets.ANTHROPIC_API_KEY }}.',
    checkKey: 'Check that the input anthropic-api-key holds a current key, without quotes or spaces around it.',
    anotherKey: 'key as anthropic-api-key',
    checkAddress: 'Check the input anthropic-base-url: it is the address before /v1/messages.',
    unreachable: 'Check the input anthropic-base-url, and that the runner may reach that server.',
    outages: '; https://status.anthropic.com tells of outages',
};
/** Error types that pass with time: Anthropic's `ErrorType`, OpenAI's `server_error`, Bedrock's exceptions inside a stream. */
const PASSING = /overloaded|^api_error$|timeout|rate_?limit|server_?(error|exception)|internal|unavailable|throttling|stream_?error/i;
/** An account without credit is a 400 with this text (anthropic-sdk-typescript#618), a spend limit a 429 with one of the `…_limit_reached` codes. */
const SPEND = /credit balance|billing|spend(ing)?[ _]limit|usage limits?\b|ramp_limit_exceeded|purchase credits/i;
const TOO_LONG = /prompt is too long|input is too long|context[ _](window|length|limit)|exceed(s)? (the )?context/i;
/** Ways in which servers say 404 or 400 for a model that is not theirs. */
const NO_MODEL = /model_not_found|unknown_model|model_not_supported|\bmodel\b.{0,220}(not found|does not exist|not supported|identifier is invalid)/is;
/** Characters of the server's own words in a message. */
const LONGEST_QUOTE = 300;
/** True for an answer that says that money has run out: waiting and asking again is of no use. */
function isSpendLimit(text) {
    return SPEND.test(text);
}
/** True for a refusal that asking in another way would not change: no money, no such model, no room. */
function isFinalRefusal(text) {
    return isSpendLimit(text) || NO_MODEL.test(text) || TOO_LONG.test(text);
}
/**
 * What a failure of the SDK means: `BrokenStream` when the same bytes may be sent again, else a `ModelError` whose message says what happened, why
 * and what to do. Carries no `cause`: the SDK's errors hold the whole answer, which may repeat the key.
 */
function failure(error, call) {
    const ours = ownError(error);
    if (ours)
        return ours;
    const said = quote(error, call);
    if (isSdkError(error) && typeof error.status === 'number')
        return refused(error, error.status, said, call);
    if (call.answered !== undefined)
        return brokeOff(error, said, call.answered, call);
    const { name } = serviceOf(call);
    return new _model_js__WEBPACK_IMPORTED_MODULE_0__/* .ModelError */ .m('unavailable', `${name} at ${call.host} could not be reached (${connectionFault(error, said)}). ${unreachableAdvice(error, call)}`);
}
/** Ours, from a token that could not be had, say: the SDKs wrap what is thrown inside of them. */
function ownError(error) {
    for (let inner = error; inner instanceof Error; inner = inner.cause)
        if (inner instanceof _model_js__WEBPACK_IMPORTED_MODULE_0__/* .BrokenStream */ .o || inner instanceof _model_js__WEBPACK_IMPORTED_MODULE_0__/* .ModelError */ .m)
            return inner;
    return undefined;
}
function brokeOff(error, said, answered, call) {
    const { host } = call;
    if (!/^text\/event-stream\b/i.test(answered))
        return new _model_js__WEBPACK_IMPORTED_MODULE_0__/* .ModelError */ .m('bad_request', strangeServer(call, '(no event stream)'));
    const type = typeOf(error);
    if (type === null || PASSING.test(type))
        return new _model_js__WEBPACK_IMPORTED_MODULE_0__/* .BrokenStream */ .o(`The reply of ${host} broke off (${type ?? 'stream'}: ${said}).`);
    const kind = type === 'billing_error' || isSpendLimit(said)
        ? 'spend_limit'
        : type === 'authentication_error' || type === 'permission_error'
            ? 'key_refused'
            : 'bad_request';
    return new _model_js__WEBPACK_IMPORTED_MODULE_0__/* .ModelError */ .m(kind, `${serviceOf(call).name} ended its reply with an error (${type}: ${said}).`);
}
function refused(error, status, said, call) {
    const id = typeof error.requestID === 'string' && error.requestID !== '' ? `, request ${plain(error.requestID, call).slice(0, 80)}` : '';
    const type = typeOf(error);
    const what = `(${status} ${type ?? 'without an error type'}: ${said}${id})`;
    const codes = [error.errorCode, error.code].filter((code) => typeof code === 'string').join(' ');
    const [kind, text] = meaning(status, type, `${said} ${codes}`, what, call);
    return new _model_js__WEBPACK_IMPORTED_MODULE_0__/* .ModelError */ .m(kind, text);
}
function meaning(status, type, said, what, call) {
    const { model, apiKey } = call;
    const service = serviceOf(call);
    const spent = status === 402 || type === 'billing_error' || ((status === 400 || status === 403 || status === 429) && isSpendLimit(said));
    if (spent)
        return [
            'spend_limit',
            `The account behind the key has no money left for this ${what}. Add credit or raise the spend limit of its workspace, then start the run again.`,
        ];
    if (status === 401)
        return ['key_refused', `${service.name} refused the key ${what}. ${apiKey === '' ? service.noKey : service.checkKey}`];
    if (status === 403)
        return [
            'key_refused',
            `${service.name} knows the key but forbids this ${what}. Check that the key's workspace may use the model "${model}", or give another ${service.anotherKey}.`,
        ];
    if ((status === 404 && (type === 'not_found_error' || NO_MODEL.test(said))) || (status === 400 && NO_MODEL.test(said))) {
        return [
            'unknown_model',
            `${service.name} does not know the model "${model}" ${what}. Check the spelling of the inputs model and review-model, and that the key's workspace may use it.`,
        ];
    }
    if (status === 413 || (status === 400 && TOO_LONG.test(said)))
        return [
            'context_full',
            `The conversation has outgrown what the model "${model}" can read ${what}. Give a smaller task, or split the issue.`,
        ];
    if (status === 429)
        return [
            'rate_limited',
            `${service.name} limits how fast this key may ask, and retrying did not help ${what}. Wait and start the run again, or ask for a higher rate limit.`,
        ];
    if (status >= 500 || status === 408 || status === 409)
        return ['unavailable', `${service.name} is not available; retrying did not help ${what}. Start the run again later${service.outages}.`];
    if (status === 400 || status === 422)
        return [
            'bad_request',
            `${service.name} refused the request ${what}. If the model "${model}" or the server does not support what was asked for, choose another with the input model.`,
        ];
    return ['bad_request', strangeServer(call, what)];
}
function strangeServer(call, what) {
    const { name, checkAddress } = serviceOf(call);
    return `${call.host} does not answer as ${name[0]?.toLowerCase()}${name.slice(1)} does ${what}. ${checkAddress}`;
}
function serviceOf({ service }) {
    return service ?? ANTHROPIC_SERVICE;
}
/** By its shape: each SDK has classes of its own, and naming them here would load all of them. */
function isSdkError(error) {
    return error instanceof Error && 'status' in error && 'headers' in error;
}
function typeOf(error) {
    return isSdkError(error) && typeof error.type === 'string' ? error.type : null;
}
/** The SDKs' `APIConnectionTimeoutError`; a bundler may have put something before the name. */
function isTimeout(error) {
    return isSdkError(error) && error.constructor.name.endsWith('APIConnectionTimeoutError');
}
/** The code of a connection's fault (`ECONNREFUSED`), without the address, which may hold a password. */
function connectionFault(error, said) {
    if (isTimeout(error))
        return 'no answer in time';
    for (let inner = error; typeof inner === 'object' && inner !== null; inner = inner.cause) {
        const { code } = inner;
        if (typeof code === 'string' && /^[A-Z0-9_]+$/.test(code))
            return code;
    }
    return isSdkError(error) ? 'connection error' : said;
}
function unreachableAdvice(error, call) {
    const { unreachable, outages } = serviceOf(call);
    if (isTimeout(error))
        return `Start the run again later${outages}.`;
    return call.host === 'api.anthropic.com' ? 'Check that the runner may reach it, then start the run again.' : unreachable;
}
/** What the server said, on one line, short, without the key. */
function quote(error, call) {
    const text = plain(wordsOf(error), call);
    return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}
function wordsOf(error) {
    if (!(error instanceof Error))
        return String(error);
    if (!isSdkError(error))
        return error.message;
    if (typeof error.apiMessage === 'string')
        return error.apiMessage;
    const body = error.error;
    return typeof body?.message === 'string' ? body.message : error.message;
}
function plain(text, { apiKey }) {
    const hidden = apiKey.length < 4 ? text : text.replaceAll(apiKey, '[key]');
    // Control characters could start a workflow command on a line of their own.
    return hidden.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+|\s+/gu, ' ').trim();
}


/***/ }),

/***/ 41383:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  F: () => (/* binding */ overMessages)
});

// EXTERNAL MODULE: external "node:async_hooks"
var external_node_async_hooks_ = __webpack_require__(16698);
// EXTERNAL MODULE: ./src/model/connection.ts
var connection = __webpack_require__(67289);
// EXTERNAL MODULE: ./src/model/failure.ts
var failure = __webpack_require__(42891);
// EXTERNAL MODULE: ./src/model/model.ts
var model = __webpack_require__(49860);
// EXTERNAL MODULE: ./src/model/effort.ts
var model_effort = __webpack_require__(17943);
// EXTERNAL MODULE: ./src/prompts/reviewer.ts
var reviewer = __webpack_require__(50804);
// EXTERNAL MODULE: ./src/model/facts.ts
var model_facts = __webpack_require__(1374);
// EXTERNAL MODULE: ./src/model/summary.ts
var summary = __webpack_require__(78681);
;// CONCATENATED MODULE: ./src/model/request.ts




const BREAKPOINT = { type: 'ephemeral' };
/**
 * The body of `POST /v1/messages` for a request: a pure function, so that the same request is always the same bytes. What the model is known not to
 * support is left out; what is unknown is asked for. No `null` and no `undefined` is ever sent.
 *
 * Between turns nothing but `cache_control` differs in what was sent before: contents are always blocks, never the string shorthand, since a
 * message must not change its shape when its breakpoint moves on.
 */
function requestBody(request, facts) {
    const effort = (0,model_effort/* effortFor */.eh)(request.effort, facts);
    const output = {
        ...(effort !== undefined && { effort }),
        ...(request.outputSchema !== undefined &&
            !(0,model_facts/* schemaGoesInText */.Y)(facts) && { format: { type: 'json_schema', schema: request.outputSchema } }),
    };
    return {
        model: request.model,
        max_tokens: request.maxTokens,
        ...(facts?.adaptiveThinking !== false && { thinking: { type: 'adaptive', display: 'summarized' } }),
        ...(Object.keys(output).length > 0 && { output_config: output }),
        ...(request.tools.length > 0 && {
            tools: request.tools.map(({ name, description, input_schema }) => ({ name, description, input_schema })),
        }),
        ...(request.system !== '' && { system: [{ type: 'text', text: request.system, cache_control: BREAKPOINT }] }),
        messages: messagesWithBreakpoints(request.messages),
        ...(request.summarise === true && { compaction: { type: 'summarize' } }),
    };
}
/**
 * The same request for a server that refuses `output_config.format`: the schema stands in words at the end of the first message, in every request of the
 * conversation alike, so that what was sent before stays as it was.
 */
function schemaAsText(request) {
    const { outputSchema, messages, ...rest } = request;
    const [first, ...later] = messages;
    if (outputSchema === undefined || first === undefined)
        return request;
    const blocks = typeof first.content === 'string' ? [{ type: 'text', text: first.content }] : first.content;
    const asked = { role: 'user', content: [...blocks, { type: 'text', text: (0,reviewer/* schemaInWords */.er)(outputSchema) }] };
    return { ...rest, messages: [asked, ...later] };
}
/** True where a 400 says that structured output is what the server does not know. */
function refusesFormat(body, status, said) {
    const speaksOfIt = /output_(config|format)|structured.?outputs?|json_schema|response_format/i.test(said) && !/effort/i.test(said);
    return status === 400 && body.output_config?.format != null && speaksOfIt;
}
/** Values of the header `anthropic-beta` that a request needs. */
function betasOf({ summarise, messages }) {
    return summarise === true || (0,summary/* startsWithSummary */.Ql)(messages) ? [summary/* SUMMARY_BETA */.kS] : [];
}
/**
 * The API takes four breakpoints. One stands on the system block (which covers the tools before it); the others on the last block of the first user
 * message (the end of the static prefix), of the last one (the moving end), and of the last but one. That last is where the request before this
 * one ended, so its entry is always found: the API looks for entries only 20 blocks back, and a turn of many calls adds more.
 * Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching
 */
function messagesWithBreakpoints(messages) {
    const users = messages.flatMap(({ role }, index) => (role === 'user' ? [index] : []));
    const marked = new Set([users[0], users.at(-2), users.at(-1)]);
    return messages.map((message, index) => {
        const blocks = typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
        return { ...message, content: marked.has(index) ? withBreakpoint(blocks) : [...blocks] };
    });
}
function withBreakpoint(blocks) {
    return blocks.map((block, index) => (index === blocks.length - 1 ? { ...block, cache_control: BREAKPOINT } : block));
}

;// CONCATENATED MODULE: ./src/model/messages.ts





const STALL_MS = 90_000;
const ANSWER_MS = 120_000;
const MAX_RETRIES = 4;
/**
 * A model behind the Messages API, on whichever cloud: one streamed reply, collected whole. `connect` makes the client of the cloud's package; it is made
 * once, so that tokens it fetches are kept.
 */
function overMessages(options, connect, call, betaStream) {
    // Which request an answer belongs to: the SDK hands its `fetch` no more than the request.
    const watching = new external_node_async_hooks_.AsyncLocalStorage();
    const client = connect({
        maxRetries: options.maxRetries ?? MAX_RETRIES,
        timeout: options.answerMs ?? ANSWER_MS,
        // The SDK would print pieces of answers; what stands in the log is for the door to decide.
        logLevel: 'off',
        openTelemetry: false,
        // A redirect would carry the key to another host.
        fetchOptions: { redirect: 'manual' },
        fetch: async (input, init) => {
            const response = await (0,connection/* notWorthWaiting */.dq)(await fetch(input, init));
            const watchdog = watching.getStore();
            return response.ok && watchdog ? watchdog.watch(response) : response;
        },
    });
    // Models whose server refused structured output: from then on the schema is asked for in words.
    const inWords = new Set();
    const model = async (asked, signal) => {
        signal.throwIfAborted();
        const started = performance.now();
        const request = inWords.has(asked.model) ? schemaAsText(asked) : asked;
        const body = requestBody(request, options.facts?.(request.model));
        const watchdog = new connection/* Watchdog */.Io(options.stallMs ?? STALL_MS);
        let answered;
        try {
            const betas = betasOf(request);
            const either = AbortSignal.any([signal, watchdog.signal]);
            const stream = watching.run(watchdog, () => (betas.length > 0 && betaStream
                ? betaStream(client, body, betas, either)
                : client.messages.stream(body, { signal: either })));
            stream.on('connect', () => (answered = stream.response));
            const inputs = toolInputs(stream);
            const message = whole(await stream.finalMessage(), inputs);
            return { message, durationMs: Math.round(performance.now() - started) };
        }
        catch (error) {
            signal.throwIfAborted();
            if (watchdog.signal.aborted)
                throw watchdog.signal.reason;
            const { status, message } = error;
            if (refusesFormat(body, status, String(message))) {
                inWords.add(asked.model);
                return await model(asked, signal);
            }
            throw (0,failure/* failure */.V2)(error, {
                ...call(request.model),
                answered: answered ? (answered.headers.get('content-type') ?? 'no content type') : undefined,
            });
        }
        finally {
            watchdog.stop();
        }
    };
    return { model, client };
}
/** The text of every tool call's input as it arrives, by index of its block. */
function toolInputs(stream) {
    const texts = new Map();
    stream.on('streamEvent', (event) => {
        if (event.type !== 'content_block_delta' || event.delta.type !== 'input_json_delta')
            return;
        texts.set(event.index, (texts.get(event.index) ?? '') + event.delta.partial_json);
    });
    return texts;
}
/**
 * The message as it came, whole. The SDK reads a cut input of a tool call as a valid but shortened one, and an end without a stop reason as an
 * end; neither may pass as a reply. (Cut by `max_tokens` is another matter: the stop reason says so, and the loop runs no tool then.)
 */
function whole(message, inputs) {
    if (message.stop_reason === null)
        throw new model/* BrokenStream */.o('The reply ended without a stop reason.');
    const cut = [...inputs.values()].some((text) => text !== '' && !isJson(text));
    if (cut && message.stop_reason === 'tool_use')
        throw new model/* BrokenStream */.o('The input of a tool call arrived cut short.');
    // As JSON: the SDK adds `parsed_output`, and inputs that are getters.
    const { parsed_output: _, ...plain } = message;
    return JSON.parse(JSON.stringify(plain));
}
function isJson(text) {
    try {
        JSON.parse(text);
        return true;
    }
    catch {
        return false;
    }
}


/***/ })

};
