/**
 * The hosts of `network: registries`: where package managers read from. Left out on purpose: hosts whose main use is to take in what
 * others send (`github.com`, `upload.pypi.org`, `www.nuget.org`, `crates.io`), since with an account of the attacker's they would be a way
 * out for the code. A project that needs one names it in `allowed-hosts`. `registry.npmjs.org` and `rubygems.org` take uploads on the
 * host they are read from, and TLS hides which is which: `network: none` is the setting for code that must not leave.
 */
export const REGISTRIES: readonly string[] = [
  // npm, Yarn, JSR, and what node-gyp builds against
  'registry.npmjs.org',
  'registry.yarnpkg.com',
  'npm.jsr.io',
  'jsr.io',
  'nodejs.org',
  // PyPI
  'pypi.org',
  'files.pythonhosted.org',
  // Cargo and rustup
  'index.crates.io',
  'static.crates.io',
  'static.rust-lang.org',
  // Go modules and toolchains
  'proxy.golang.org',
  'sum.golang.org',
  // Maven Central, Google's Maven repository, Gradle
  'repo.maven.apache.org',
  'repo1.maven.org',
  'maven.google.com',
  'dl.google.com',
  'plugins.gradle.org',
  'plugins-artifacts.gradle.org',
  'services.gradle.org',
  'downloads.gradle.org',
  // RubyGems
  'rubygems.org',
  'index.rubygems.org',
  // Packagist (the packages themselves mostly come from GitHub)
  'packagist.org',
  'repo.packagist.org',
  // NuGet
  'api.nuget.org',
  'globalcdn.nuget.org',
  // Hex, pub, Hackage, CPAN, CRAN, Conda
  'repo.hex.pm',
  'builds.hex.pm',
  'pub.dev',
  'hackage.haskell.org',
  'cpan.metacpan.org',
  'www.cpan.org',
  'cran.r-project.org',
  'cloud.r-project.org',
  'conda.anaconda.org',
  'repo.anaconda.com',
  // Debian and Ubuntu
  'deb.debian.org',
  'security.debian.org',
  'archive.ubuntu.com',
  'azure.archive.ubuntu.com',
  'security.ubuntu.com',
  'ports.ubuntu.com',
];
