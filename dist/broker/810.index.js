export const id = 810;
export const ids = [810];
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

/***/ 64810:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openai: () => (/* binding */ openai_openai)
});

// EXTERNAL MODULE: ./node_modules/openai/index.mjs + 152 modules
var openai = __webpack_require__(93674);
// EXTERNAL MODULE: ./src/model/connection.ts
var connection = __webpack_require__(67289);
// EXTERNAL MODULE: ./src/model/failure.ts
var failure = __webpack_require__(42891);
// EXTERNAL MODULE: ./src/model/model.ts
var model = __webpack_require__(49860);
// EXTERNAL MODULE: ./src/prompts/reviewer.ts
var reviewer = __webpack_require__(50804);
;// CONCATENATED MODULE: ./src/model/openai-request.ts

/** Key under which the arguments of a call stand that are no JSON object. No tool has such an input, so the loop answers with a fault and runs nothing. */
const MALFORMED = 'arguments_were_no_valid_json_object';
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];
/**
 * The body of `POST /chat/completions` for a request: a pure function, and what was sent before stays the same bytes from turn to turn, which is all
 * that the automatic prompt caches of these servers ask for.
 */
function chatBody(request, dialect) {
    const inWords = request.outputSchema !== undefined && !dialect.schema ? (0,reviewer/* schemaInWords */.er)(request.outputSchema) : '';
    const system = [request.system, inWords].filter((text) => text !== '').join('\n\n');
    return {
        model: request.model,
        stream: true,
        ...(dialect.usage && { stream_options: { include_usage: true } }),
        [dialect.limit]: Math.min(request.maxTokens, dialect.mostOutput),
        ...(request.effort !== undefined && dialect.effort !== 'none' && { reasoning_effort: lower(request.effort, dialect.effort) }),
        ...(request.tools.length > 0 && {
            tools: request.tools.map(({ name, description, input_schema }) => ({
                type: 'function',
                function: { name, description, parameters: input_schema },
            })),
        }),
        ...(request.outputSchema !== undefined &&
            dialect.schema && {
            response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: request.outputSchema } },
        }),
        messages: [...(system === '' ? [] : [{ role: 'system', content: system }]), ...request.messages.flatMap(chatMessages)],
    };
}
function lower(wanted, most) {
    return EFFORTS.indexOf(wanted) > EFFORTS.indexOf(most) ? most : wanted;
}
/** A message with its results first: each is a message of its own here, and must follow the calls it answers. */
function chatMessages({ role, content }) {
    if (typeof content === 'string')
        return role === 'assistant' ? [{ role, content }] : [{ role: 'user', content }];
    if (role === 'assistant')
        return assistantMessage(content);
    const results = content.flatMap((block) => block.type === 'tool_result' ? [{ role: 'tool', tool_call_id: block.tool_use_id, content: resultText(block) }] : []);
    const texts = textOf(content);
    return [...results, ...(texts === '' ? [] : [{ role: 'user', content: texts }])];
}
/**
 * Thinking is left out: chat completions have no field in which a client hands it back, servers that show it in a field of their own refuse or ignore it on
 * the way in, and these models do not sign it, so that a conversation stays valid without.
 */
function assistantMessage(content) {
    const calls = content.flatMap((block) => block.type === 'tool_use'
        ? [{ id: block.id, type: 'function', function: { name: block.name, arguments: JSON.stringify(block.input) } }]
        : []);
    const text = textOf(content);
    if (text === '' && calls.length === 0)
        return [];
    return [{ role: 'assistant', content: text === '' ? null : text, ...(calls.length > 0 && { tool_calls: calls }) }];
}
/** There is no `is_error` here: the first word says it. */
function resultText({ content, is_error }) {
    const text = typeof content === 'string' ? content : textOf(content ?? []);
    return is_error === true ? `Error: ${text}` : text;
}
function textOf(content) {
    return content.flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : [])).join('\n\n');
}
/**
 * The dialect that leaves out what this answer refuses; `undefined` where it refuses something else. `said` is the server's text with its code and the
 * name of the parameter.
 */
function narrowed(dialect, body, said) {
    const most = outputLimit(said);
    const asked = body[dialect.limit] ?? 0;
    if (most !== undefined && most < asked)
        return { ...dialect, mostOutput: most };
    if (/reasoning/i.test(said) && body.reasoning_effort != null)
        return { ...dialect, effort: milder(body.reasoning_effort) };
    if (/response_format|json_schema|structured.output|guided/i.test(said) && body.response_format)
        return { ...dialect, schema: false };
    if (/stream_options|include_usage/i.test(said) && dialect.usage)
        return { ...dialect, usage: false };
    if (dialect.limit === 'max_tokens' && /max_completion_tokens/.test(said))
        return { ...dialect, limit: 'max_completion_tokens' };
    if (dialect.limit === 'max_completion_tokens' && /max_completion_tokens/.test(said))
        return { ...dialect, limit: 'max_tokens' };
    return undefined;
}
/** Without all that not every server knows: for those that refuse without a word of what. `undefined` when nothing is left to leave out. */
function plainest(dialect, body) {
    if (body.reasoning_effort == null && !body.response_format && !body.stream_options)
        return undefined;
    return { ...dialect, effort: 'none', schema: false, usage: false };
}
function milder(effort) {
    return effort === 'max' ? 'xhigh' : effort === 'xhigh' ? 'high' : 'none';
}
/** The most output tokens that are left, as OpenAI, vLLM and their like put it in a refusal. */
function outputLimit(said) {
    const told = /(?:at most|maximum(?: value)?(?: of| is|:)?|less than or equal to|<=) (\d+)(?: completion| output)?(?: tokens)?/i.exec(said);
    if (/max(?:_completion)?_tokens/.test(said) && told?.[1] !== undefined && !/context length/i.test(said))
        return Number(told[1]);
    const room = /maximum context length is (\d+) tokens.*?(\d+) (?:input tokens|tokens from the input|(?:tokens )?in the (?:messages|prompt|input))/is.exec(said);
    const rest = room ? Number(room[1]) - Number(room[2]) : 0;
    // Less is of no use: then the conversation has outgrown the model.
    return rest >= 2_048 ? rest : undefined;
}

;// CONCATENATED MODULE: ./src/model/openai-reply.ts


/** A streamed reply, piece by piece. Any server may stand behind it: what is missing is made up for where it can be, and refused where it matters. */
class ChatReply {
    #id = '';
    #model = '';
    #thinking = '';
    #text = '';
    #refusal = '';
    #finish = null;
    #usage = null;
    #calls = [];
    add(chunk) {
        this.#id ||= chunk.id ?? '';
        this.#model ||= chunk.model ?? '';
        this.#usage = chunk.usage ?? this.#usage;
        const choice = chunk.choices?.[0];
        if (choice === undefined)
            return;
        this.#finish = choice.finish_reason ?? this.#finish;
        const delta = choice.delta ?? {};
        const reasoning = delta.reasoning_content ?? delta.reasoning;
        if (typeof reasoning === 'string')
            this.#thinking += reasoning;
        this.#text += delta.content ?? '';
        this.#refusal += delta.refusal ?? '';
        for (const call of delta.tool_calls ?? [])
            this.#addCall(call);
    }
    /** The whole reply. Throws `BrokenStream` when it has no end. */
    message(request, requestBytes) {
        if (this.#finish === null)
            throw new model/* BrokenStream */.o('The reply ended without a finish reason.');
        if (this.#finish === 'error')
            throw new model/* BrokenStream */.o('The reply ended with an error.');
        const ids = new Set(request.messages.flatMap(({ content }) => typeof content === 'string' ? [] : content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []))));
        const text = this.#text === '' ? this.#refusal : this.#text;
        return {
            id: this.#id,
            type: 'message',
            role: 'assistant',
            model: this.#model || request.model,
            container: null,
            content: [
                // Not signed, and never sent back: it is there for the transcript's readers.
                ...(this.#thinking === '' ? [] : [{ type: 'thinking', thinking: this.#thinking, signature: '' }]),
                ...(text === '' ? [] : [{ type: 'text', text, citations: null }]),
                ...this.#calls.map(({ id, name, text: input }) => ({
                    type: 'tool_use',
                    id: unique(id, ids),
                    name,
                    input: parsedInput(input),
                    caller: { type: 'direct' },
                })),
            ],
            diagnostics: null,
            stop_details: null,
            stop_reason: this.#stopReason(),
            stop_sequence: null,
            usage: usageOf(this.#usage, requestBytes, Buffer.byteLength(this.#thinking + text + this.#calls.map((call) => call.text).join(''))),
        };
    }
    /** Pieces of one call share an index; some servers give every call the index 0, or none, and tell them apart by id alone. */
    #addCall({ index, id, function: piece }) {
        const last = this.#calls.findLast((call) => call.index === (index ?? call.index));
        const another = last === undefined || (id !== undefined && id !== '' && last.id !== '' && id !== last.id);
        const call = another ? { index: index ?? this.#calls.length, id: '', name: '', text: '' } : last;
        if (another)
            this.#calls.push(call);
        call.id ||= id ?? '';
        call.name ||= piece?.name ?? '';
        call.text += piece?.arguments ?? '';
    }
    #stopReason() {
        if (this.#finish === 'length')
            return 'max_tokens';
        if (this.#finish === 'content_filter' || (this.#refusal !== '' && this.#calls.length === 0))
            return 'refusal';
        // Several servers say `stop` after a call.
        return this.#calls.length > 0 ? 'tool_use' : 'end_turn';
    }
}
/** The id as it came, or with a number where the conversation has it already: some servers start at `call_0` with every reply, and some give none. */
function unique(id, taken) {
    const base = id === '' ? 'call' : id;
    let found = id === '' ? 'call_1' : id;
    for (let number = 2; taken.has(found); number++)
        found = `${base}_${number}`;
    taken.add(found);
    return found;
}
/** Arguments arrive as text that a model wrote. What is no JSON object is kept as it came, in a shape that no tool takes. */
function parsedInput(text) {
    if (text.trim() === '')
        return {};
    try {
        const input = JSON.parse(text);
        if (typeof input === 'object' && input !== null && !Array.isArray(input))
            return input;
    }
    catch {
        // Said below.
    }
    return { [MALFORMED]: text };
}
/** Bytes a token has at least, on the average of a long text. */
const BYTES_PER_TOKEN = 2;
/**
 * Here the prompt's tokens include the cached ones; in Anthropic's usage they do not. A server that tells nothing is taken at the dear side of an
 * estimate: a limit must hold there too.
 */
function usageOf(told, requestBytes, replyBytes) {
    const usage = record(told);
    const details = record(usage['prompt_tokens_details']);
    const known = typeof usage['prompt_tokens'] === 'number';
    const prompt = known ? count(usage['prompt_tokens']) : Math.ceil(requestBytes / BYTES_PER_TOKEN);
    const completion = count(usage['completion_tokens']);
    // Some count reasoning in the total alone.
    const output = known ? Math.max(completion, count(usage['total_tokens']) - prompt) : Math.ceil(replyBytes / BYTES_PER_TOKEN);
    const read = Math.min(prompt, count(details['cached_tokens'] ?? usage['prompt_cache_hit_tokens']));
    const written = Math.min(prompt - read, count(details['cache_write_tokens']));
    const thinking = count(record(usage['completion_tokens_details'])['reasoning_tokens']);
    return {
        input_tokens: prompt - read - written,
        cache_read_input_tokens: read,
        cache_creation_input_tokens: written,
        cache_creation: null,
        output_tokens: output,
        output_tokens_details: { thinking_tokens: Math.min(thinking, output) },
        inference_geo: null,
        server_tool_use: null,
        service_tier: null,
        speed: null,
    };
}
function count(value) {
    return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}
function record(value) {
    return typeof value === 'object' && value !== null ? value : {};
}

;// CONCATENATED MODULE: ./src/model/openai.ts





const DEFAULT_BASE_URL = 'https://api.openai.com/v1';
const STALL_MS = 90_000;
const ANSWER_MS = 120_000;
const MAX_RETRIES = 4;
const DESCRIBE_MS = 5_000;
/** Dialects tried for one request: one for each field that may be refused, and the plainest. */
const DIALECTS = 8;
const SERVICE = {
    name: 'The OpenAI-compatible server',
    noKey: 'No key was given: set the input openai-api-key, e.g. to ${{ secrets.OPENAI_API_KEY }}.',
    checkKey: 'Check that the input openai-api-key holds a current key of that server, without quotes or spaces around it.',
    anotherKey: 'key as openai-api-key',
    checkAddress: 'Check the input openai-base-url: it is the address before /chat/completions, often with /v1 at its end.',
    unreachable: 'Check the input openai-base-url, and that the runner may reach that server.',
    outages: '',
};
/**
 * Any server that speaks OpenAI's chat completions: OpenAI, GitHub Models, Ollama, vLLM, gateways. That protocol, not the newer Responses API, because all of
 * them speak it. Requests and replies are translated from and to the Messages API's shapes, which the loop and the transcript are made of. Nothing is
 * read from the environment.
 */
function openai_openai(options) {
    const baseUrl = options.baseUrl ?? DEFAULT_BASE_URL;
    const dialects = new Map();
    const call = (model) => ({
        apiKey: options.apiKey,
        host: (0,connection/* hostOf */.w4)(baseUrl),
        model,
        answered: undefined,
        service: SERVICE,
    });
    const model = async (request, signal) => {
        signal.throwIfAborted();
        const started = performance.now();
        let dialect = dialects.get(request.model) ?? firstDialect(options.baseUrl);
        for (let tried = 1;; tried++) {
            const attempt = await once(request, dialect, signal);
            if (attempt.kind === 'replied') {
                dialects.set(request.model, dialect);
                return { message: attempt.message, durationMs: Math.round(performance.now() - started) };
            }
            const other = tried < DIALECTS ? otherDialect(attempt.error, request, dialect) : undefined;
            if (other === undefined)
                throw (0,failure/* failure */.V2)(attempt.error, { ...call(request.model), answered: attempt.answered });
            dialect = other;
        }
    };
    const once = async (request, dialect, signal) => {
        const watchdog = new connection/* Watchdog */.Io(options.stallMs ?? STALL_MS);
        const sdk = client(options, baseUrl, watchdog);
        const body = chatBody(request, dialect);
        let answered;
        const bounded = AbortSignal.any([signal, watchdog.signal]);
        try {
            const { data: stream, response } = await sdk.chat.completions.create(body, { signal: bounded }).withResponse();
            answered = response.headers.get('content-type') ?? 'no content type';
            const reply = new ChatReply();
            for await (const chunk of stream)
                reply.add(chunk);
            // The SDK ends an aborted stream without a word.
            bounded.throwIfAborted();
            if (!/^text\/event-stream\b/i.test(answered))
                throw new Error('no event stream');
            return { kind: 'replied', message: reply.message(request, Buffer.byteLength(JSON.stringify(body))) };
        }
        catch (error) {
            signal.throwIfAborted();
            return { kind: 'failed', error: watchdog.signal.aborted ? watchdog.signal.reason : error, answered };
        }
        finally {
            watchdog.stop();
        }
    };
    const describe = async (modelId, signal) => {
        signal.throwIfAborted();
        const sdk = client(options, baseUrl, undefined);
        const request = { signal: AbortSignal.any([signal, AbortSignal.timeout(2 * DESCRIBE_MS)]), timeout: DESCRIBE_MS, maxRetries: 1 };
        try {
            // vLLM and others know the list alone.
            const one = await sdk.models.retrieve(modelId, request).catch(async (error) => {
                if (!(error instanceof openai/* default.APIError */.Ay.APIError) || (error.status !== 404 && error.status !== 405))
                    throw error;
                return (await sdk.models.list(request)).data.find(({ id }) => id === modelId);
            });
            return factsOf(modelId, one);
        }
        catch (error) {
            signal.throwIfAborted();
            if (error instanceof openai/* default.APIError */.Ay.APIError && error.status === 401)
                throw (0,failure/* failure */.V2)(error, call(modelId));
            return { id: modelId };
        }
    };
    return { model, describe };
}
/** OpenAI's own API knows the newer name of the limit and deprecates the older; all others know the older. */
function firstDialect(baseUrl) {
    const own = baseUrl === undefined || /(^|\.)openai\.(azure\.)?com$/.test((0,connection/* hostOf */.w4)(baseUrl));
    return { limit: own ? 'max_completion_tokens' : 'max_tokens', effort: 'max', schema: true, usage: true, mostOutput: Infinity };
}
/** Another way to ask where an answer refused this one; `undefined` where another way would not help. */
function otherDialect(error, request, dialect) {
    if (!(error instanceof openai/* default.APIError */.Ay.APIError) || (error.status !== 400 && error.status !== 422))
        return undefined;
    const said = [error.message, error.code, error.param].filter(Boolean).join(' ');
    const body = chatBody(request, dialect);
    return narrowed(dialect, body, said) ?? ((0,failure/* isFinalRefusal */.Rm)(said) ? undefined : plainest(dialect, body));
}
function client(options, baseUrl, watchdog) {
    return new openai/* default */.Ay({
        // The SDK insists on a key; without one the header is taken out again.
        apiKey: options.apiKey || 'none',
        ...(options.apiKey === '' && { defaultHeaders: { authorization: null } }),
        adminAPIKey: null,
        organization: null,
        project: null,
        webhookSecret: null,
        baseURL: baseUrl,
        maxRetries: options.maxRetries ?? MAX_RETRIES,
        timeout: options.answerMs ?? ANSWER_MS,
        logLevel: 'off',
        // A redirect would carry the key to another host.
        fetchOptions: { redirect: 'manual' },
        fetch: async (input, init) => {
            const response = await withErrorObject(await (0,connection/* notWorthWaiting */.dq)(await fetch(input, init)));
            return response.ok && watchdog ? watchdog.watch(response) : response;
        },
    });
}
/** Servers put what is wrong under `error`, as a text there, under `detail`, or beside nothing at all; the SDK reads the first alone. */
async function withErrorObject(response) {
    if (response.ok)
        return response;
    const text = await response.text();
    const { status, statusText, headers } = response;
    return new Response(errorBody(text) ?? text, { status, statusText, headers });
}
function errorBody(text) {
    try {
        const parsed = JSON.parse(text);
        const body = (Array.isArray(parsed) ? parsed[0] : parsed);
        const error = body['error'] ?? (body['message'] === undefined ? (body['detail'] ?? text) : body);
        return JSON.stringify({
            error: typeof error === 'object' && error !== null && !Array.isArray(error)
                ? error
                : { message: typeof error === 'string' ? error : JSON.stringify(error) },
        });
    }
    catch {
        return undefined;
    }
}
/** What a server tells of a model beside its name; each has words of its own for it. */
function factsOf(id, answer) {
    const info = openai_record(answer);
    const input = ['context_length', 'max_model_len', 'context_window', 'max_context_length'].map((name) => info[name]);
    const output = [info['max_completion_tokens'], info['max_output_tokens'], openai_record(info['top_provider'])['max_completion_tokens']];
    return { id, maxInputTokens: input.find(isCount), maxOutputTokens: output.find(isCount) };
}
function isCount(value) {
    return typeof value === 'number' && Number.isInteger(value) && value > 0;
}
function openai_record(value) {
    return typeof value === 'object' && value !== null ? value : {};
}


/***/ })

};
