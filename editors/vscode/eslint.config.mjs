import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import typescript from "typescript-eslint";

export default defineConfig({
  files: ["src/**/*.ts"],
  extends: [eslint.configs.recommended, typescript.configs.strictTypeChecked],
  languageOptions: { parserOptions: { projectService: true } },
  rules: {
    "@typescript-eslint/no-confusing-void-expression": "off",
    // Many of VS Code's classes are met as plain objects by its own types.
    "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
  },
});
