// Refuses what could make a result depend on the machine, the JavaScript engine, the clock or the locale, in all of
// src/ below the command line; tests are free. node scripts/check-determinism.mjs [ROOT]
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { resolve } from "node:path";
import ts from "typescript";

const IS_FREE = /^cli\/|\.(test|suite)\.ts$/;
/** Charts load their library when they are needed, after the run. */
const MAY_WAIT = /^report\//;

/** Exact by specification, or (sqrt) measured to agree on every engine. */
const EXACT_MATH = new Set(
  "abs ceil clz32 floor fround imul max min round sign sqrt trunc E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2".split(
    " ",
  ),
);

const CLOCK = "virtual time comes from the simulator";
const CHANCE = "chance comes from src/random/";
const BANNED_GLOBALS = new Map([
  ["Date", CLOCK],
  ["performance", CLOCK],
  ["setTimeout", CLOCK],
  ["setInterval", CLOCK],
  ["setImmediate", CLOCK],
  ["queueMicrotask", CLOCK],
  ["crypto", CHANCE],
  ["process", "only the command line knows the process"],
  ["console", "only the command line writes"],
  ["globalThis", "name what is needed"],
  ["Intl", "no locale reaches a result"],
  ["WeakRef", "garbage collection reaches no result"],
  ["FinalizationRegistry", "garbage collection reaches no result"],
]);

/** The names that a file may import from Node's own modules or from the generator of random numbers. */
const GRANTED = {
  "telemetry/digest.ts": { "node:crypto": ["createHash"] },
  "config/descriptor-set.ts": { "node:fs": ["readFileSync"] },
  "config/checks/bootstrap-parts.ts": { "node:net": ["isIP"] },
  "config/checks/endpoints.ts": { "node:net": ["isIP"] },
  "config/checks/listeners.ts": { "node:net": ["isIP"] },
  "random/alea-stream.ts": { seedrandom: ["default"] },
  "report/golden/packed-fates.ts": { "node:zlib": ["brotliCompressSync", "brotliDecompressSync"] },
};
const GUARDED = new Set([...builtinModules, "seedrandom"]);

function problemOfImport(node, file) {
  const module = node.moduleSpecifier.text;
  if (!GUARDED.has(module.replace(/^node:/, "").split("/")[0])) return undefined;
  const clause = node.importClause;
  const bindings = clause?.namedBindings;
  const named =
    bindings && ts.isNamedImports(bindings)
      ? bindings.elements.map((e) => (e.propertyName ?? e.name).text)
      : ["*"];
  const names = [...(clause?.name ? ["default"] : []), ...(bindings || !clause ? named : [])];
  const granted = GRANTED[file]?.[module] ?? [];
  const extra = names.filter((name) => !granted.includes(name));
  return extra.length === 0
    ? undefined
    : `import of ${extra.join(", ")} from ${module} is not granted to this file`;
}

/** Names that the file declares itself, which therefore do not mean the globals. */
function declaredNames(source) {
  const names = new Set();
  const visit = (node) => {
    if (node.name && ts.isIdentifier(node.name) && isDeclaration(node)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

function isDeclaration(node) {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportSpecifier(node) ||
    ts.isImportClause(node)
  );
}

/** An identifier that stands for itself: not the `b` of `a.b` or of `{ b: 1 }`. */
function isReference({ parent }, node) {
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent))
    return (parent.expression ?? parent.left) === node;
  return parent.name !== node && parent.propertyName !== node
    ? true
    : ts.isShorthandPropertyAssignment(parent);
}

function problemOfIdentifier(node, declared) {
  const { text, parent } = node;
  if (declared.has(text) || !isReference(node, node)) return undefined;
  if (text === "Math") {
    const member = ts.isPropertyAccessExpression(parent) ? parent.name.text : undefined;
    if (member === "random") return `Math.random: ${CHANCE}`;
    if (member === undefined) return "Math must be followed by the name of a member";
    return EXACT_MATH.has(member) ? undefined : `Math.${member} differs between engines: use @stdlib's`;
  }
  const reason = BANNED_GLOBALS.get(text);
  return reason && `${text}: ${reason}`;
}

function problemOfOperator({ left, operatorToken, right }) {
  const { AsteriskAsteriskToken, AsteriskAsteriskEqualsToken } = ts.SyntaxKind;
  if (operatorToken.kind !== AsteriskAsteriskToken && operatorToken.kind !== AsteriskAsteriskEqualsToken)
    return undefined;
  // Exact everywhere: a square, a constant power of two, whole numbers of any size.
  const isExact = right.getText() === "2" || (left.getText() === "2" && /^\d+$/.test(right.getText()));
  const isBigInt = ts.isBigIntLiteral(left) || ts.isBigIntLiteral(right);
  return isExact || isBigInt
    ? undefined
    : "** differs between engines: only x ** 2 and 2 ** 32 and the like are exact";
}

function isAsynchronous(node) {
  return (
    node.kind === ts.SyntaxKind.AsyncKeyword ||
    ts.isAwaitExpression(node) ||
    (ts.isForOfStatement(node) && node.awaitModifier !== undefined) ||
    (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) ||
    (ts.isIdentifier(node) && node.text === "Promise" && isReference(node, node))
  );
}

function problemOf(node, file, declared) {
  if (!MAY_WAIT.test(file) && isAsynchronous(node)) return "a run never waits: no asynchronous code here";
  if (ts.isImportDeclaration(node)) return problemOfImport(node, file);
  if (ts.isForInStatement(node)) return "for-in: iterate over Object.keys, a Map or an array";
  if (ts.isBinaryExpression(node)) return problemOfOperator(node);
  if (!ts.isIdentifier(node)) return undefined;
  if (/^toLocale|^localeCompare$/.test(node.text)) return `${node.text}: no locale reaches a result`;
  return problemOfIdentifier(node, declared);
}

function problemsOf(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const declared = declaredNames(source);
  const problems = [];
  const visit = (node) => {
    const problem = problemOf(node, file, declared);
    if (problem !== undefined) {
      const { line, character } = source.getLineAndCharacterOfPosition(node.getStart());
      problems.push(`src/${file}:${line + 1}:${character + 1}: ${problem}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return problems;
}

const src = resolve(process.argv[2] ?? ".", "src");
const files = readdirSync(src, { recursive: true })
  .filter((file) => file.endsWith(".ts") && !IS_FREE.test(file))
  .sort();
const problems = files.flatMap((file) => problemsOf(file, readFileSync(`${src}/${file}`, "utf8")));
for (const problem of problems) console.error(problem);
console.log(`${files.length} files, ${problems.length} sources of difference between runs`);
process.exitCode = files.length === 0 || problems.length > 0 ? 1 : 0;
