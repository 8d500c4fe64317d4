import hooks from 'eslint-plugin-react-hooks'
import a11y from 'eslint-plugin-jsx-a11y'
import i18next from 'eslint-plugin-i18next'
import ts from 'typescript-eslint'

// Arrows go one way: pages -> forms -> components -> ui, time, api. What is further in knows nothing of what is
// further out.
const inward = (folder, ...outer) => ({
  files: [`src/${folder}/**`],
  rules: { 'no-restricted-imports': ['error', { patterns: outer.map((name) => ({ group: [`**/${name}/**`], message: `${folder} does not know of ${name}.` })) }] },
})

// What people read goes through `t`. Between tags that is every word; elsewhere what looks like a sentence or a label,
// for codes and styles are words, too. The rule takes one set of options, hence two names for it.
const NOT_READ = /^(?!\W*\p{Lu}\p{Ll})(?!.*\p{Ll}{2} \p{Ll}{2}).*$/su
const untranslated = {
  files: ['src/**/*.{ts,tsx}'],
  // The file of figures is for programs, and has the same words for all of them.
  ignores: ['src/**/*.test.*', 'src/pages/statistics-file.ts'],
  plugins: { 'between-tags': i18next, elsewhere: i18next },
  rules: {
    'between-tags/no-literal-string': ['error', { mode: 'jsx-text-only', 'jsx-components': { exclude: ['Code', 'Kbd'] }, words: { exclude: [/^\P{L}*$/u, /^(Rishi|CSV|GET .*|↑ N|h|m)$/] } }],
    'elsewhere/no-literal-string': ['error', {
      mode: 'all', 'should-validate-template': true, words: { exclude: [NOT_READ, /^\W*Rishi$/, /^(Idempotency-Key|AltGraph|Enter|Tab|Arrow)$/] },
      'jsx-components': { exclude: ['Code'] },
      'jsx-attributes': { exclude: ['className', 'style'] },
      callees: { exclude: ['t', 'Error', 'warn', 'page', 'replace'] },
      'object-properties': { exclude: ['fontFamily', 'Content-Type', 'If-Match'] },
    }],
    // Which passes over constants.
    'no-restricted-syntax': ['error', { selector: 'VariableDeclarator[id.name=/^[A-Z_]+$/] Literal[value=/^\\W*[A-Z][a-z]|[a-z]{2} [a-z]{2}/]', message: 'A text in a constant stays as it was when the file was loaded: ask `t` in a function.' }],
  },
}
// What languages are called in themselves, and English made from codes.
const ownWords = { files: ['src/language/language.ts', 'src/ui/words.ts'], rules: { 'no-restricted-syntax': 'off' } }

export default ts.config(
  { ignores: ['dist', 'src/api/schema.d.ts'] },
  ...ts.configs.recommended,
  a11y.flatConfigs.recommended,
  hooks.configs.flat.recommended,
  // What scrolls sideways must be reachable by keyboard (axe, scrollable-region-focusable).
  { rules: { 'jsx-a11y/no-autofocus': 'off', 'jsx-a11y/no-noninteractive-tabindex': 'off', '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }] } },
  untranslated,
  ownWords,
  inward('forms', 'pages'),
  inward('components', 'pages'),
  inward('ui', 'pages', 'forms', 'components'),
  inward('time', 'pages', 'forms', 'components', 'ui'),
  inward('api', 'pages', 'forms', 'components', 'ui'),
)
