export const id = 837;
export const ids = [837];
export const modules = {

/***/ 84837:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  foundry: () => (/* binding */ foundry)
});

// EXTERNAL MODULE: ./node_modules/@anthropic-ai/foundry-sdk/index.mjs + 11 modules
var foundry_sdk = __webpack_require__(69651);
// EXTERNAL MODULE: ./src/model/connection.ts
var connection = __webpack_require__(67289);
// EXTERNAL MODULE: ./src/model/model.ts
var model = __webpack_require__(49860);
;// CONCATENATED MODULE: ./src/model/entra.ts

/** What the token is for. Source: README of @anthropic-ai/foundry-sdk. */
const SCOPE = 'https://ai.azure.com/.default';
/** A token is fetched anew when it has no more than this to live. */
const SPARE_MS = 120_000;
/**
 * Exchanges the job's identity token for one of Microsoft Entra, and keeps it while it lives. No key exists anywhere.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, "federated credential"
 */
function entraToken(application, fetch) {
    let kept;
    return async () => {
        if (kept === undefined || Date.now() > kept.until - SPARE_MS)
            kept = await exchange(application, fetch);
        return kept.token;
    };
}
async function exchange({ tenantId, clientId, authority, identityToken }, fetch) {
    const { protocol, hostname } = new URL(authority);
    if (protocol !== 'https:' && hostname !== '127.0.0.1')
        throw new model/* ModelError */.m('bad_request', 'AZURE_AUTHORITY_HOST must be an https address: an identity token is sent there.');
    const response = await fetch(`${authority.replace(/\/+$/, '')}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({
            client_id: clientId,
            scope: SCOPE,
            grant_type: 'client_credentials',
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            client_assertion: await identityToken(),
        }),
    });
    const answer = (await response.json().catch(() => ({})));
    if (!response.ok || typeof answer.access_token !== 'string') {
        // Its description repeats claims of the identity token; the code says enough.
        const code = [answer.error, ...(Array.isArray(answer.error_codes) ? answer.error_codes : [])]
            .filter((part) => typeof part === 'string' || typeof part === 'number')
            .join(' ');
        throw new model/* ModelError */.m('key_refused', `Microsoft Entra gave no token for the application AZURE_CLIENT_ID (${response.status} ${code.slice(0, 80)}). Check its federated credential: issuer https://token.actions.githubusercontent.com, the subject of this job, audience api://AzureADTokenExchange.`);
    }
    return { token: answer.access_token, until: Date.now() + Number(answer.expires_in ?? 0) * 1000 };
}

// EXTERNAL MODULE: ./src/model/failure.ts
var failure = __webpack_require__(42891);
// EXTERNAL MODULE: ./src/model/messages.ts + 1 modules
var messages = __webpack_require__(41383);
;// CONCATENATED MODULE: ./src/model/foundry.ts





const SERVICE = {
    ...failure/* ANTHROPIC_SERVICE */.NT,
    name: 'Microsoft Foundry',
    checkKey: 'Check that the input anthropic-api-key holds a key of that Foundry resource, or that AZURE_CLIENT_ID names an application that may use it.',
    anotherKey: 'key of a resource that has it deployed',
    checkAddress: 'Check the input foundry-resource, and anthropic-base-url when it is given.',
    unreachable: 'Check the input foundry-resource, and that the runner may reach that server.',
    outages: '; https://azure.status.microsoft tells of outages',
};
/** Claude on Microsoft Foundry; the model's name is the deployment's. There is no Models API there. */
function foundry({ baseUrl, credentials, ...options }) {
    const key = 'apiKey' in credentials ? credentials.apiKey : '';
    return (0,messages/* overMessages */.F)(options, (common) => new foundry_sdk/* AnthropicFoundry */.qA({
        ...common,
        // The other way to name the server; null, since the package would look it up in the environment.
        resource: null,
        baseURL: baseUrl,
        ...('apiKey' in credentials ? { apiKey: credentials.apiKey } : { azureADTokenProvider: entraToken(credentials, common.fetch) }),
    }), (model) => ({ apiKey: key, host: (0,connection/* hostOf */.w4)(baseUrl), model, answered: undefined, service: { ...SERVICE, noKey: SERVICE.checkKey } }));
}


/***/ })

};
