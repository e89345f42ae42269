/** Where the forwarder listens inside the sandbox. Nothing else is there: the network namespace is new. */
export const PROXY_PORT = 3128;

/** Variables that make the common clients use the proxy, in the form each wants. The last two lines are for the forwarder. */
export function proxyEnvironment(proxySocket: string, localPorts: Iterable<number>): Record<string, string> {
  const proxy = `http://127.0.0.1:${PROXY_PORT}`;
  const direct = 'localhost,127.0.0.1,::1';
  const java = ['http', 'https'].map((scheme) => `-D${scheme}.proxyHost=127.0.0.1 -D${scheme}.proxyPort=${PROXY_PORT}`).join(' ');
  return {
    // curl, wget, pip, git, go, bundler, composer, dotnet, rustup
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    ALL_PROXY: proxy,
    NO_PROXY: direct,
    http_proxy: proxy,
    https_proxy: proxy,
    all_proxy: proxy,
    no_proxy: direct,
    // npm, pnpm, Yarn
    npm_config_proxy: proxy,
    npm_config_https_proxy: proxy,
    npm_config_noproxy: direct,
    YARN_HTTP_PROXY: proxy,
    YARN_HTTPS_PROXY: proxy,
    // fetch and http of Node.js 24
    NODE_USE_ENV_PROXY: '1',
    // Corepack and others that read it from global-agent
    GLOBAL_AGENT_HTTP_PROXY: proxy,
    CARGO_HTTP_PROXY: proxy,
    PIP_PROXY: proxy,
    // Java programs read no *_PROXY; JAVA_TOOL_OPTIONS would print a line into the output of every JVM, tests included
    // (and localhost is left out of it by default)
    MAVEN_OPTS: java,
    GRADLE_OPTS: java,
    SBT_OPTS: java,
    ALCHEMIST_PROXY_SOCKET: proxySocket,
    ALCHEMIST_PROXY_FORWARDS: [...localPorts].join(','),
  };
}
