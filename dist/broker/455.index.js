export const id = 455;
export const ids = [455];
export const modules = {

/***/ 4455:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   vertex: () => (/* binding */ vertex)
/* harmony export */ });
/* harmony import */ var _anthropic_ai_vertex_sdk__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(82033);
/* harmony import */ var _connection_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(67289);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(42891);
/* harmony import */ var _messages_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(41383);




const SERVICE = {
    ..._failure_js__WEBPACK_IMPORTED_MODULE_2__/* .ANTHROPIC_SERVICE */ .NT,
    name: 'Vertex AI',
    checkKey: 'Check the step google-github-actions/auth: its workload identity provider and service account.',
    anotherKey: 'service account to that step, one with the role Vertex AI User (roles/aiplatform.user)',
    checkAddress: 'Check the inputs provider-region and provider-project, and anthropic-base-url when it is given.',
    unreachable: 'Check the step google-github-actions/auth and the input provider-region, and that the runner may reach that server.',
    outages: '; https://status.cloud.google.com tells of outages',
};
/**
 * Claude on Vertex AI. The package takes Google's Application Default Credentials: the file that `google-github-actions/auth` names in
 * `GOOGLE_APPLICATION_CREDENTIALS`, which with a workload identity provider holds no key but the way to exchange the job's identity token.
 */
function vertex({ region, project, baseUrl, ...options }) {
    return (0,_messages_js__WEBPACK_IMPORTED_MODULE_3__/* .overMessages */ .F)(options, (common) => new _anthropic_ai_vertex_sdk__WEBPACK_IMPORTED_MODULE_0__/* .AnthropicVertex */ .dc({ ...common, region, projectId: project, baseURL: baseUrl ?? null }), (model) => ({
        apiKey: '',
        host: (0,_connection_js__WEBPACK_IMPORTED_MODULE_1__/* .hostOf */ .w4)(baseUrl ?? (region === 'global' ? 'https://aiplatform.googleapis.com' : `https://${region}-aiplatform.googleapis.com`)),
        model,
        answered: undefined,
        service: { ...SERVICE, noKey: SERVICE.checkKey },
    }));
}


/***/ })

};
