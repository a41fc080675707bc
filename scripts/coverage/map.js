/**
 * What tap measures in every test: the sources. A bundled file of dist/ is counted for the sources in it, also where it
 * holds parts of a dependency.
 */
export default () => 'src/**/*.ts';
