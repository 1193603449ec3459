import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import pluginVue from 'eslint-plugin-vue'
import globals from 'globals'
import tseslint from 'typescript-eslint'
import { rule as walls } from './scripts/walls.mjs'

const typescript = ['**/*.ts']
const modules = ['**/*.{js,mjs,ts,vue}']
const withVue = ['{sidebar,miniprogram,sandbox/desk,sandbox/inspector}/**/*.{ts,vue}']

export default defineConfig(
  { ignores: ['dist/', '.cache/', '.data/', 'test-results/', 'playwright-report/'] },
  // No rule is switched off in place: a rule that does not fit is changed here, for all.
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  tseslint.configs.strict,
  // Where there is no Vue its seventy rules find nothing, and take a sixth of the linter's time.
  { files: withVue, extends: [pluginVue.configs['flat/recommended']] },
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    files: modules,
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      // The compiler knows the globals of each folder (tsconfig `lib` and `types`).
      'no-undef': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      // Names of strangers are cleaned of control characters by naming them.
      'no-control-regex': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // A schema and its type share one name, as a class does.
      '@typescript-eslint/no-redeclare': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
    },
  },
  {
    // A promise that nobody waits for is an error that nobody sees.
    files: typescript,
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['**/*.vue'],
    rules: {
      // Prettier lays templates out.
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
      'vue/require-default-prop': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-bare-strings-in-template': 'error',
      'vue/multi-word-component-names': ['error', { ignores: ['App', 'index'] }],
    },
  },
  {
    // The mini program runs on a fork of Vue 3.4, where a destructured prop silently stops being
    // reactive.
    files: ['miniprogram/**/*.vue'],
    rules: {
      'vue/no-setup-props-reactivity-loss': 'error',
      'vue/define-props-destructuring': ['error', { destructure: 'never' }],
      // A page is `pages/<domain>/<name>.vue`: its path is an address.
      'vue/multi-word-component-names': 'off',
    },
  },
  // What these print is for a person at a terminal, or at the console of a browser.
  {
    files: [
      'scripts/**',
      'bench/**',
      'server/main.ts',
      'server/seed/make/**',
      'sandbox/runtime/browser/log.ts',
    ],
    rules: { 'no-console': 'off' },
  },
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: globals.node } },
  {
    files: modules,
    plugins: { chatside: { rules: { walls } } },
    rules: { 'chatside/walls': 'error' },
  },
)
