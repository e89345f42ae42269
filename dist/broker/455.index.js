export const id = 455;
export const ids = [455];
export const modules = {

/***/ 4455:
/***/ ((__unused_webpack_module, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   vertex: () => (/* binding */ vertex)
/* harmony export */ });
/* harmony import */ var _anthropic_ai_vertex_sdk__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(82033);
/* harmony import */ var google_auth_library__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(492);
/* harmony import */ var google_auth_library__WEBPACK_IMPORTED_MODULE_1___default = /*#__PURE__*/__webpack_require__.n(google_auth_library__WEBPACK_IMPORTED_MODULE_1__);
/* harmony import */ var _connection_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(67289);
/* harmony import */ var _failure_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(42891);
/* harmony import */ var _messages_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(41383);





const SERVICE = {
    ..._failure_js__WEBPACK_IMPORTED_MODULE_3__/* .ANTHROPIC_SERVICE */ .NT,
    name: 'Vertex AI',
    checkKey: 'Check the step google-github-actions/auth: its workload identity provider and service account.',
    anotherKey: 'service account to that step, one with the role Vertex AI User (roles/aiplatform.user)',
    checkAddress: 'Check the inputs provider-region and provider-project, and anthropic-base-url when it is given.',
    unreachable: 'Check the step google-github-actions/auth and the input provider-region, and that the runner may reach that server.',
    outages: '; https://status.cloud.google.com tells of outages',
};
/**
 * Claude on Vertex AI. With a workload identity provider the credentials file holds no key but the way to exchange the job's identity token, which Google's
 * library goes.
 */
function vertex({ region, project, credentialsFile, baseUrl, ...options }) {
    // Given both, the library asks nobody else: neither the machine's metadata server nor Google for the project's name.
    const googleAuth = new google_auth_library__WEBPACK_IMPORTED_MODULE_1__.GoogleAuth({
        scopes: 'https://www.googleapis.com/auth/cloud-platform',
        projectId: project,
        keyFilename: credentialsFile,
    });
    return (0,_messages_js__WEBPACK_IMPORTED_MODULE_4__/* .overMessages */ .F)(options, (common) => new _anthropic_ai_vertex_sdk__WEBPACK_IMPORTED_MODULE_0__/* .AnthropicVertex */ .dc({ ...common, region, projectId: project, baseURL: baseUrl ?? null, googleAuth }), (model) => ({
        apiKey: '',
        host: (0,_connection_js__WEBPACK_IMPORTED_MODULE_2__/* .hostOf */ .w4)(baseUrl ?? (region === 'global' ? 'https://aiplatform.googleapis.com' : `https://${region}-aiplatform.googleapis.com`)),
        model,
        answered: undefined,
        service: { ...SERVICE, noKey: SERVICE.checkKey },
    }));
}


/***/ })

};
