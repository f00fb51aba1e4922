import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const WORDS = "Words for people belong into src/app/i18n, in both languages.";

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.d.ts", "eslint.config.js"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  a11y.flatConfigs.strict,
  hooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "max-lines": ["error", { max: 250 }],
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "JSXText[value=/\\p{L}{2,}/u]", message: WORDS },
        {
          selector: "JSXAttribute[name.name=/^(aria-label|alt|label|placeholder|title)$/] > Literal",
          message: WORDS,
        },
      ],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-promises": [
        "error",
        { checksVoidReturn: { attributes: false } },
      ],
    },
  },
  { files: ["src/app/i18n/*.ts"], rules: { "max-lines": "off" } },
  { files: ["tests/**"], rules: { "no-restricted-syntax": "off" } },
);
