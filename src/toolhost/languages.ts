const BY_EXTENSION: Record<string, string> = Object.fromEntries(
  Object.entries({
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
  }).flatMap(([language, extensions]) => extensions.split(' ').map((extension) => [extension, language])),
);

/** Share of files by language, told by extension; largest first, at most 12. */
export function languagesOf(files: readonly string[]): { language: string; files: number }[] {
  const counts = new Map<string, number>();
  for (const file of files) {
    const dot = file.lastIndexOf('.');
    const language = dot > file.lastIndexOf('/') ? BY_EXTENSION[file.slice(dot + 1).toLowerCase()] : undefined;
    if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  return [...counts]
    .map(([language, count]) => ({ language, files: count }))
    .sort((a, b) => b.files - a.files || a.language.localeCompare(b.language))
    .slice(0, 12);
}
