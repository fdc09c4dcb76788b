// Asks the language service of the official Cucumber extension what it thinks of features.
// Arguments: the folder of its packages, the stub, the settings, then features.  Prints one JSON object.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, stub, settings, ...features] = process.argv.slice(2);
const room = join(modules, "@cucumber", "language-service", "dist");
const load = (path) => import(pathToFileURL(join(room, "esm", "src", path)).href);
const { ExpressionBuilder, getGherkinDiagnostics, getGherkinCompletionItems, buildSuggestions, jsSearchIndex } = await load("index.js");
const { WasmParserAdapter } = await load("tree-sitter-wasm/WasmParserAdapter.js");

const parser = new WasmParserAdapter(room);
await parser.init();
const read = (path) => readFileSync(path, "utf-8");
const parameterTypes = JSON.parse(read(settings))["cucumber.parameterTypes"];
const source = { languageName: "python", uri: pathToFileURL(stub).href, content: read(stub) };
const built = new ExpressionBuilder(parser).build([source], parameterTypes);
const expressions = built.expressionLinks.map((link) => link.expression);

const texts = features.flatMap((path) => read(path).split("\n").map((line) => line.trim().replace(/^(Given|When|Then|And|But) /, "")));
const index = jsSearchIndex(buildSuggestions(built.registry, texts, expressions));
const asked = "Feature: a\n\n  Scenario: b\n    Given has a quota of";
const items = getGherkinCompletionItems(asked, { line: 3, character: 24 }, index);
console.log(
  JSON.stringify({
    errors: built.errors.map((error) => error.message),
    expressions: expressions.map((expression) => expression.source),
    diagnostics: Object.fromEntries(
      features.map((path) => [path, getGherkinDiagnostics(read(path), expressions).map((d) => `${d.range.start.line + 1}: ${d.message}`)]),
    ),
    completion: items.map((item) => item.label),
  }),
);
