import hooks from 'eslint-plugin-react-hooks'
import a11y from 'eslint-plugin-jsx-a11y'
import ts from 'typescript-eslint'

// Arrows go one way: pages -> forms -> components -> ui, time, api. What is further in knows nothing of what is
// further out.
const inward = (folder, ...outer) => ({
  files: [`src/${folder}/**`],
  rules: { 'no-restricted-imports': ['error', { patterns: outer.map((name) => ({ group: [`**/${name}/**`], message: `${folder} does not know of ${name}.` })) }] },
})

export default ts.config(
  { ignores: ['dist', 'src/api/schema.d.ts'] },
  ...ts.configs.recommended,
  a11y.flatConfigs.recommended,
  hooks.configs.flat.recommended,
  // What scrolls sideways must be reachable by keyboard (axe, scrollable-region-focusable).
  { rules: { 'jsx-a11y/no-autofocus': 'off', 'jsx-a11y/no-noninteractive-tabindex': 'off', '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }] } },
  inward('forms', 'pages'),
  inward('components', 'pages'),
  inward('ui', 'pages', 'forms', 'components'),
  inward('time', 'pages', 'forms', 'components', 'ui'),
  inward('api', 'pages', 'forms', 'components', 'ui'),
)
