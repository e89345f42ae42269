export const id = 325;
export const ids = [325];
export const modules = {

/***/ 80325:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   anthropic: () => (/* binding */ anthropic)
/* harmony export */ });
/* unused harmony export DEFAULT_BASE_URL */
/* harmony import */ var _anthropic_ai_sdk__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(49958);
/* harmony import */ var _anthropic_ai_sdk_lib_credentials_oidc_federation__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(31490);
/* harmony import */ var _connection_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(67289);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(42891);
/* harmony import */ var _facts_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(1374);
/* harmony import */ var _messages_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(41383);
/* harmony import */ var _model_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(49860);
/* harmony import */ var _summary_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(78681);








const DEFAULT_BASE_URL = 'https://api.anthropic.com';
const DESCRIBE_MS = 5_000;
/**
 * Claude over the Messages API. `model` streams one reply and collects it whole; `describe` asks the Models API what a model can do, and throws where that is sure
 * that there is no such model. Nothing is read from the environment: every option that the SDK would otherwise look up there is given. (`ANTHROPIC_CUSTOM_HEADERS`
 * it reads in any case, which is one more reason for the door to delete those variables.)
 */
function anthropic(options) {
    const baseUrl = options.baseUrl ?? DEFAULT_BASE_URL;
    const service = options.federation ? FEDERATED : _failure_js__WEBPACK_IMPORTED_MODULE_1__/* .ANTHROPIC_SERVICE */ .NT;
    const call = (model) => ({ apiKey: options.apiKey, host: (0,_connection_js__WEBPACK_IMPORTED_MODULE_0__/* .hostOf */ .w4)(baseUrl), model, answered: undefined, service });
    const { model, client } = (0,_messages_js__WEBPACK_IMPORTED_MODULE_2__/* .overMessages */ .F)(options, (common) => connect(options, baseUrl, common), call, (sdk, body, betas, signal) => sdk.beta.messages.stream({ ...body, betas }, { signal }));
    const describe = async (modelId, signal) => {
        signal.throwIfAborted();
        try {
            // The outer limit bounds a `retry-after` too.
            const bounded = AbortSignal.any([signal, AbortSignal.timeout(2 * DESCRIBE_MS)]);
            const request = { signal: bounded, timeout: DESCRIBE_MS, maxRetries: 1 };
            // With the header of summaries on demand: without it the answer leaves that capability out.
            return (0,_facts_js__WEBPACK_IMPORTED_MODULE_4__/* .factsOf */ .x)(modelId, await client.beta.models.retrieve(modelId, { betas: [_summary_js__WEBPACK_IMPORTED_MODULE_5__/* .SUMMARY_BETA */ .kS] }, request));
        }
        catch (error) {
            signal.throwIfAborted();
            if (error instanceof _anthropic_ai_sdk__WEBPACK_IMPORTED_MODULE_6__/* .Anthropic */ .N.APIError &&
                (error.status === 401 || isNotKnown(error, modelId, options.baseUrl === undefined)))
                throw (0,_failure_js__WEBPACK_IMPORTED_MODULE_1__/* .failure */ .V2)(error, call(modelId));
            return { id: modelId };
        }
    };
    return { model, describe };
}
/**
 * Whether a 404 means that there is no such model, and not that there is no Models API: gateways and local servers answer 404 to whatever they do not serve, some of
 * them in Anthropic's own form. Elsewhere than at Anthropic the error must be of its type and speak of a model, not of an address.
 */
function isNotKnown(error, model, own) {
    const body = error.error;
    if (error.status !== 404 || error.type !== 'not_found_error' || body?.type !== 'error')
        return false;
    const said = (error.apiMessage ?? '').replaceAll(/(https?:\/)?\/\S+/g, ' ');
    return own || /\bmodel\b/i.test(said) || said.includes(model);
}
const FEDERATED = {
    ..._failure_js__WEBPACK_IMPORTED_MODULE_1__/* .ANTHROPIC_SERVICE */ .NT,
    checkKey: "The access token came from the federation rule: check in the Claude Console that the rule's service account may use this workspace.",
    anotherKey: 'service account to the federation rule',
};
function connect({ apiKey, baseUrl: given, federation }, baseUrl, common) {
    const shared = { ...common, authToken: null, webhookKey: null, baseURL: baseUrl };
    if (federation)
        return new _anthropic_ai_sdk__WEBPACK_IMPORTED_MODULE_6__/* .Anthropic */ .N({ ...shared, apiKey: null, credentials: accessToken(federation, baseUrl, common) });
    return new _anthropic_ai_sdk__WEBPACK_IMPORTED_MODULE_6__/* .Anthropic */ .N({
        ...shared,
        apiKey,
        // Since 1.0 the SDK sends the key as a bearer token; gateways and local servers of before know the `x-api-key` header alone.
        ...(given !== undefined && { defaultHeaders: { 'x-api-key': apiKey } }),
    });
}
/** The exchange of the SDK, with a failure in words: which step went wrong, and where to look. */
function accessToken({ ruleId, organizationId, serviceAccountId, workspaceId, identityToken }, baseURL, { fetch }) {
    const identityTokenProvider = () => identityToken().catch((error) => {
        throw new _model_js__WEBPACK_IMPORTED_MODULE_3__/* .ModelError */ .m('key_refused', `GitHub gave no identity token for this job (${error.message}). The job needs the permission id-token: write.`);
    });
    const exchange = (0,_anthropic_ai_sdk_lib_credentials_oidc_federation__WEBPACK_IMPORTED_MODULE_7__/* .oidcFederationProvider */ .g)({
        federationRuleId: ruleId,
        organizationId,
        serviceAccountId,
        workspaceId,
        identityTokenProvider,
        baseURL,
        fetch,
    });
    return async (...args) => {
        try {
            return await exchange(...args);
        }
        catch (error) {
            if (error instanceof _model_js__WEBPACK_IMPORTED_MODULE_3__/* .ModelError */ .m)
                throw error;
            const status = error.statusCode;
            const refused = typeof status === 'number' && status < 500;
            throw new _model_js__WEBPACK_IMPORTED_MODULE_3__/* .ModelError */ .m(refused ? 'key_refused' : 'unavailable', `The job's identity token could not be exchanged for an access token (${refused ? status : 'the server did not answer'}). ${refused ? 'Check in the Claude Console that the federation rule fits this repository and its trigger (issuer, subject, audience), and the inputs anthropic-organization-id and anthropic-service-account-id.' : 'Start the run again later.'}`);
        }
    };
}


/***/ })

};
