import { describe, expect, test } from 'vitest'
import { wideLines, wideLinesOf, widest } from './lib/width.mjs'

const wide = 'word '.repeat(25).trim()
const han = '宽'.repeat(51)
const unbroken = 'x'.repeat(120)

/** Lines that the check must refuse, and lines that it must let pass, in one kind of file. */
interface Plant {
  file: string
  refused?: Record<string, string>
  allowed?: Record<string, string>
}

const plants: Plant[] = [
  {
    file: 'x.ts',
    refused: {
      'a comment': `// ${wide}`,
      'a comment in Chinese, two columns a character': `// ${han}`,
      'a line of a docstring': `/**\n * ${wide}\n */`,
      'a line of a template of several lines': `const a = sql\`\n  ${wide}\``,
      'the first line of such a template': `const a = \`${wide}\n\``,
      'a line of such a template with an expression at its end': `const a = \`\n${wide} \${1}\``,
      'code after a literal': `const a = ['${wide}', ${unbroken}]`,
      'code before a literal': `const ${unbroken} = 'a'`,
    },
    allowed: {
      'a hundred columns': `// ${'x'.repeat(widest - 3)}`,
      'fifty Han characters': '宽'.repeat(widest / 2),
      'a string': `call('${wide}'),`,
      'a string that is split': `const a = '${wide}'.split(`,
      'a string that goes on in the next line': `const a =\n  '${wide}' +\n  'b'`,
      'a regular expression': `const a = /${unbroken}/u`,
      'a template of one line': `const a = \`${wide} \${1}\``,
      'a template of one line whose expression is laid out in several': `const a = \`${wide}\${[\n  1,\n].join()}${wide} \${2} b\`,`,
      'the title of a test': `test('${wide}', async () => {})`,
      'the title of a test that ends at the last column': `it('${'x'.repeat(widest - 6)}', async ({ page }) => {})`,
      'an address in a comment': `// See https://example.com/${unbroken}.`,
    },
  },
  {
    file: 'x.vue',
    refused: {
      'text of a template': `<template>\n  <p>${wide}</p>\n</template>`,
      'a comment in a script': `<script setup lang="ts">\n// ${wide}\n</script>`,
      'a declaration in a style': `<style>\np {\n  ${wide};\n}\n</style>`,
    },
    allowed: {
      'the path of a drawing': `<template>\n  <path d="${wide}" />\n</template>`,
      'an attribute': `<template>\n  <p\n    title="${wide}"\n  >\n</template>`,
      'a string in a script': `<script setup lang="ts">\nconst a = '${wide}'\n</script>`,
    },
  },
  {
    file: 'x.css',
    refused: { 'a comment': `/* ${wide} */`, 'a selector': `${wide} {` },
    allowed: {
      'an address': `  background: url(data:${unbroken});`,
      'a string': `  content: "${wide}";`,
    },
  },
  {
    file: 'x.html',
    refused: { text: `<p>${wide}</p>` },
    allowed: { 'an attribute': `<meta content="${wide}" />` },
  },
  {
    file: 'x.md',
    refused: {
      prose: wide,
      'prose in Chinese': han,
      'prose after a link': `[a](https://example.com) ${wide}`,
      'prose after a block of commands': `\`\`\`sh\nls\n\`\`\`\n${wide}`,
    },
    allowed: {
      'a row of a table': `| a | ${wide} |`,
      'a block of commands': `\`\`\`sh\n${wide}\n\`\`\``,
      'an address': `See <https://example.com/${unbroken}>.`,
      'a link': `See [a](docs/${unbroken}.md).`,
    },
  },
]

describe('a line of more than a hundred columns', () => {
  for (const { file, refused = {}, allowed = {} } of plants) {
    for (const [what, text] of Object.entries(refused))
      test(`${file} may not hold: ${what}`, () => {
        expect(wideLinesOf(file, text)).toHaveLength(1)
      })
    for (const [what, text] of Object.entries(allowed))
      test(`${file} may hold: ${what}`, () => {
        expect(wideLinesOf(file, text)).toEqual([])
      })
  }

  test('is named by its number', () => {
    expect(wideLinesOf('x.ts', `// a\n// ${wide}\n// b\n// ${han}`)).toEqual([2, 4])
  })

  test('stands nowhere in the repository', () => {
    expect(wideLines()).toEqual([])
  })
})
