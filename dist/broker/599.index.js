export const id = 599;
export const ids = [599];
export const modules = {

/***/ 89599:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   bedrock: () => (/* binding */ bedrock)
/* harmony export */ });
/* harmony import */ var _anthropic_ai_bedrock_sdk_client__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(12436);
/* harmony import */ var _connection_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(67289);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(42891);
/* harmony import */ var _messages_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(41383);
/* harmony import */ var _model_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(49860);





const SERVICE = {
    ..._failure_js__WEBPACK_IMPORTED_MODULE_2__/* .ANTHROPIC_SERVICE */ .NT,
    name: 'Amazon Bedrock',
    checkKey: 'Check the credentials of the step aws-actions/configure-aws-credentials; they live for an hour unless role-duration-seconds says otherwise.',
    anotherKey: 'role to that step, one that allows bedrock:InvokeModelWithResponseStream',
    checkAddress: 'Check the input provider-region, and anthropic-base-url when it is given.',
    unreachable: 'Check the input provider-region, and that the runner may reach that server.',
    outages: '; https://health.aws.amazon.com tells of outages',
};
/** Claude on Amazon Bedrock. There is no Models API there: what a model can do is unknown, which is not a no. */
function bedrock({ region, credentials, baseUrl, ...options }) {
    const host = (0,_connection_js__WEBPACK_IMPORTED_MODULE_1__/* .hostOf */ .w4)(baseUrl ?? `https://bedrock-runtime.${region}.amazonaws.com`);
    const secret = 'bearerToken' in credentials ? credentials.bearerToken : credentials.secretAccessKey;
    return (0,_messages_js__WEBPACK_IMPORTED_MODULE_3__/* .overMessages */ .F)(options, (common) => connect(credentials, { ...common, awsRegion: region, ...(baseUrl !== undefined && { baseURL: baseUrl }) }), (model) => ({ apiKey: secret, host, model, answered: undefined, service: SERVICE }));
}
function connect(credentials, options) {
    // Never asked with the credentials at hand: the chain behind it would look for others on the machine.
    const providerChainResolver = () => Promise.reject(new _model_js__WEBPACK_IMPORTED_MODULE_4__/* .ModelError */ .m('key_refused', 'No AWS credentials were given.'));
    if ('bearerToken' in credentials)
        return new _anthropic_ai_bedrock_sdk_client__WEBPACK_IMPORTED_MODULE_0__/* .AnthropicBedrock */ .l({
            ...options,
            providerChainResolver,
            apiKey: credentials.bearerToken,
            awsAccessKey: null,
            awsSecretKey: null,
            awsSessionToken: null,
        });
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    // No key: else the package would look one up in the environment and not sign.
    return new _anthropic_ai_bedrock_sdk_client__WEBPACK_IMPORTED_MODULE_0__/* .AnthropicBedrock */ .l({
        ...options,
        providerChainResolver,
        apiKey: null,
        awsAccessKey: accessKeyId,
        awsSecretKey: secretAccessKey,
        awsSessionToken: sessionToken ?? null,
    });
}


/***/ })

};
