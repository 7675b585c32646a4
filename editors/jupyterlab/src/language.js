// Colours for CodeMirror, by the rules of the other highlighters (compiler/archlang/highlighting/pygments_lexer.py).

const WORD = /^[\p{L}\p{N}_]+/u;
const NAME = /^[A-Za-z_][A-Za-z_0-9]*$/;
const NUMBER = /^(?:0[xX]\w*|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d\w*|\w*))/;
const STRING = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/;

// What stands behind a word, to the end of the line.
const NOT_A_NAME = /^\s*(?:->|=|\.|\(|\[|,|:|as(?!\w))/;
const DECLARES = /^\s+[A-Za-z_]\w*\s*(?:[{(=]|for(?!\w)|from(?!\w))/;
const BEGINS_PHASE = /^\s*(?:[A-Za-z_]|\{)/;
const ASSIGNED = /^\s*=(?!=)/;
const NAMED = /^\s+(?!for(?!\w))[A-Za-z_]/;
const BEGINS_STRING = /^\s*["']/;
const CALLED = /^\s*\(/;

// What stands before a word that is a value.
const VALUE = /(?:=|=\s|\[|,\s)$/;

const PYTHON = new Set(["layer", "loss", "metric"]);
const NAMING = new Set(["let", "shared", "learned"]);
const CLOSES = { "}": "{", ")": "(", "]": "[" };

/** A `StreamParser` as CodeMirror takes them, from lists of words by their kinds (compiler/archlang/highlighting/codemirror.py). */
export function makeLanguage(words) {
  const sets = Object.fromEntries(Object.entries(words).map(([kind, list]) => [kind, new Set(list)]));
  return { ...LANGUAGE, token: (stream, state) => token(sets, stream, state) };
}

const LANGUAGE = {
  name: "arch",
  startState: () => ({ open: [], begins: true, line: "", next: "" }),
  copyState: (state) => ({ ...state, open: [...state.open] }),
  indent(state, after, context) {
    const closes = /^[}\])]/.test(after) ? 1 : 0;
    return context.unit * Math.max(0, state.open.length - closes);
  },
  languageData: {
    commentTokens: { line: "#" },
    closeBrackets: { brackets: ["(", "[", "{", '"', "'"] },
    indentOnInput: /^\s*[}\])]$/,
  },
};

function token(sets, stream, state) {
  if (stream.sol()) {
    Object.assign(state, { begins: true, line: "", next: "" });
  }
  if (stream.eatSpace()) return null;
  const { begins, next } = state;
  const first = begins && stream.string.slice(0, stream.pos).trim() === "";
  state.begins = false;
  state.next = "";
  if (stream.match(/^#.*/)) return "comment";
  if (stream.match(STRING)) {
    if (state.line === "import") state.next = "import";
    return "string";
  }
  if (stream.match(/^["'].*/)) return "invalid";
  if (stream.match(NUMBER)) return "number";
  if (stream.match(WORD)) return wordAt(sets, stream, state, begins, first, next);
  if (stream.match(/^(?:->|\*\*|\/\/|==|!=|<=|>=|[-+*/%<>=])/)) return "operator";
  return punctuation(stream, state);
}

function punctuation(stream, state) {
  const character = stream.next();
  if ("{([".includes(character)) {
    state.open.push(character);
    state.begins = character === "{";
    return "bracket";
  }
  if (character in CLOSES) {
    if (state.open.at(-1) === CLOSES[character]) state.open.pop();
    return "bracket";
  }
  if (character === ".") state.next = "member";
  return "punctuation";
}

/** The kind of the word that the stream has just gone over. */
function wordAt(sets, stream, state, begins, first, next) {
  const word = stream.current();
  const behind = stream.string.slice(stream.pos);
  const before = stream.string.slice(0, stream.start);
  const inside = state.open.at(-1);
  if (!NAME.test(word)) return null;
  if (next === "member") return "variableName.function";
  if (next === "type" || next === "variable") return next === "type" ? "className.definition" : "variableName.definition";
  if (state.line === "import") {
    if (next === "import" && word === "import") return "moduleKeyword";
    return "className";
  }
  if (inside === undefined && first) {
    if (word === "from" && BEGINS_STRING.test(behind)) {
      state.line = "import";
      return "moduleKeyword";
    }
    if (PYTHON.has(word) && !NOT_A_NAME.test(behind)) {
      state.line = "python";
      state.next = "type";
      return "definitionKeyword";
    }
  }
  if (state.line === "python" && inside === undefined && word === "from") return "moduleKeyword";
  if (begins && declares(sets, word, behind, inside)) {
    if (NAMED.test(behind)) state.next = "type";
    return "definitionKeyword";
  }
  if (inside === "{" && begins && !sets.keywords.has(word) && ASSIGNED.test(behind)) return "propertyName";
  if (inside === "(" && ASSIGNED.test(behind)) return "propertyName";
  if (NAMING.has(word) && /^\s+[A-Za-z_]/.test(behind)) {
    state.next = "variable";
    return "keyword";
  }
  if (sets.operators.has(word)) return "operatorKeyword";
  if (sets.constants.has(word)) return "atom";
  if (sets.keywords.has(word)) return "keyword";
  if (sets.types.has(word)) return "variableName.standard";
  if (sets.sources.has(word) && CALLED.test(behind)) return "variableName.standard";
  if (sets.values.has(word) && VALUE.test(before) && !/^\s*[(=]/.test(behind)) return "atom";
  if (sets.classes.has(word)) return "className";
  if (CALLED.test(behind)) return "variableName.function";
  return "variableName";
}

function declares(sets, word, behind, inside) {
  if (inside === undefined) return sets.declarations.has(word) && !NOT_A_NAME.test(behind);
  if (inside !== "{") return false;
  if (word === "phase") return BEGINS_PHASE.test(behind) && !NOT_A_NAME.test(behind);
  return sets.declarations.has(word) && DECLARES.test(behind);
}
