/**
 * The tree-sitter grammar of archlang's `.arch` files, for editors.
 *
 * It follows grammar/arch.lark, the compiler's grammar, form by form: what is written on one line there is a rule
 * here, and wherever the compiler's grammar is wider than the language so is this one. src/scanner.c does what the
 * compiler does between its lexer and its parser: newlines end statements outside of `( )` and `[ ]` only. Tests
 * compare the trees of both (tests/tree_sitter).
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

// The words that can be no name. The scanner knows them too, in this order.
const RESERVED = [
  "and", "as", "else", "for", "frozen", "head", "if", "in", "input", "learned", "let", "not", "or", "output",
  "repeat", "require", "shared", "True", "False", "None",
];

// The words that are keywords only where a declaration may begin, and names elsewhere.
const CONTEXTUAL = ["task", "model", "block", "layer", "loss", "metric", "train", "from", "phase"];

const PREC = {
  conditional: 1, or: 2, and: 3, not: 4, compare: 5, sum: 6, product: 7, sign: 8, power: 9, postfix: 10,
};

/** One or more, parted by commas; the last comma may stay. */
function listed(rule) {
  return seq(rule, repeat(seq(",", rule)), optional(","));
}

module.exports = grammar({
  name: "arch",

  word: $ => $.identifier,

  // In the order of `enum Symbol` in src/scanner.c.
  externals: $ => [
    $._newline, // ends a statement
    $._declaration_break, // the same where a declaration is next: within brackets it shows that one is not closed
    $._line_break, // does not
    $._may_break, // never lexed: says where a line may end within a statement
    $._reserved_word, // never in a rule: a keyword where none may stand
    $._double_text,
    $._single_text,
    $._recovery, // never in a rule: valid in error recovery only
    "(", "[", "{", ")", "]", "}",
    ...RESERVED,
  ],

  extras: $ => [/[ \t\f]/, $.comment, $._line_break],

  rules: {
    source_file: $ => seq(optional($._may_break), optional(lines($._entry, choice($._newline, $._declaration_break), $))),

    _entry: $ => choice(
      $.import, $.python, $.task, $.block, $.model, $.variant, $.train, $._statement,
    ),

    // ---------------------------------------------------------------------------------------------- declarations

    import: $ => seq("from", field("path", $.string), "import", listed(field("name", $.identifier))),

    python: $ => seq(
      field("kind", choice("layer", "loss", "metric")),
      field("name", $.identifier),
      field("parameters", optional($.parameters)),
      "from",
      field("module", $.string),
      optional(seq("->", optional($._may_break), field("result", $._type))),
    ),

    task: $ => seq("task", field("name", $.identifier), field("body", $.body)),

    block: $ => seq(
      "block",
      field("name", $.identifier),
      field("parameters", optional($.parameters)),
      field("contract", optional($.contract)),
      field("body", $.body),
    ),

    contract: $ => seq(
      ":", field("takes", $._contract_type), "->", optional($._may_break), field("gives", $._contract_type),
    ),
    _contract_type: $ => choice($._name, $.tensor_type, $.dims_type),

    model: $ => seq(
      "model",
      field("name", $.identifier),
      field("parameters", optional($.parameters)),
      optional(seq("for", field("task", $.identifier))),
      field("body", $.body),
    ),

    variant: $ => seq(
      "model", field("name", $.identifier), "=", field("base", choice($.call, $._name)),
    ),

    train: $ => seq("train", field("model", optional($.identifier)), field("body", $.body)),

    parameters: $ => seq("(", optional(listed($.parameter)), ")"),
    parameter: $ => seq(
      field("name", $.identifier),
      optional(choice(
        seq("=", field("default", $._flow)),
        seq(":", field("type", $.identifier)),
      )),
    ),

    // ------------------------------------------------------------------------------------------------ statements

    body: $ => seq("{", optional($._may_break), optional(lines($._statement, $._newline, $)), "}"),

    _statement: $ => choice(
      $.flow_statement, $.let, $.shared, $.learned, $.repeat, $.for, $.if, $.require, $.input_declaration,
      $.output_declaration, $.assignment, $.phase,
    ),

    flow_statement: $ => seq(
      field("value", $._flow),
      optional(seq("as", field("target", $.as_target), repeat(seq(",", field("target", $.as_target))))),
    ),
    as_target: $ => seq(field("name", $.identifier), optional(seq("[", "]"))),

    let: $ => seq("let", field("name", $.identifier), "=", field("value", $._flow)),
    shared: $ => seq("shared", field("name", $.identifier), "=", field("value", $._flow)),
    learned: $ => seq(
      "learned",
      field("name", $.identifier),
      ":",
      field("type", $._type),
      optional(seq("=", field("initializer", $._flow))),
    ),
    repeat: $ => seq("repeat", field("count", $._flow), field("body", $.body)),
    for: $ => seq(
      "for", field("target", $._targets), "in", field("iterable", $._flow), field("body", $.body),
    ),
    if: $ => seq(
      "if",
      field("condition", $._flow),
      field("then", $.body),
      optional(seq("else", field("otherwise", choice($.if, $.body)))),
    ),
    require: $ => seq("require", field("condition", $._flow)),
    input_declaration: $ => seq("input", field("name", $.identifier), ":", field("type", $._type)),
    output_declaration: $ => seq(
      "output", field("name", $.identifier), optional(seq(":", field("type", $._type))),
    ),
    assignment: $ => seq(field("name", $._name), "=", field("value", $._flow)),
    phase: $ => seq("phase", field("name", $.identifier), field("body", $.body)),

    _targets: $ => choice($._target, $.target_list),
    target_list: $ => choice(
      seq($._target, repeat1(seq(",", $._target)), optional(",")),
      seq($._target, ","),
    ),
    _target: $ => choice($.identifier, $.tuple_target),
    tuple_target: $ => seq("(", listed($._target), ")"),

    // A word, a tensor type or a call: `same`, `float32[28, 28, 1]`, `classification(10)`.
    _type: $ => choice($._name, $.tensor_type, $.call),
    tensor_type: $ => seq(field("dtype", $._name), "[", optional($._items), "]"),
    dims_type: $ => seq("[", optional($._items), "]"),

    // ------------------------------------------------------------------------------------- expressions and steps

    _flow: $ => choice($._choice, $.flow),
    flow: $ => seq($._choice, repeat1(seq("->", optional($._may_break), $._choice))),

    _choice: $ => choice($._test, $.conditional),
    conditional: $ => prec.right(PREC.conditional, seq(
      field("then", $._test), "if", field("condition", $._test), "else", field("otherwise", $._choice),
    )),

    _test: $ => choice(
      $._sum,
      $.comparison,
      alias($._not, $.unary),
      alias($._logic, $.binary),
    ),
    _not: $ => prec(PREC.not, seq(field("operator", "not"), field("operand", $._test))),
    _logic: $ => choice(
      prec.left(PREC.or, seq(field("left", $._test), field("operator", "or"), field("right", $._test))),
      prec.left(PREC.and, seq(field("left", $._test), field("operator", "and"), field("right", $._test))),
    ),
    comparison: $ => prec.left(PREC.compare, seq($._sum, repeat1(seq($.comparator, $._sum)))),
    comparator: _ => choice("<", ">", "<=", ">=", "==", "!=", "in", seq("not", "in")),

    _sum: $ => choice($._postfix, $.unary, $.binary),
    unary: $ => prec(PREC.sign, seq(field("operator", choice("+", "-")), field("operand", $._sum))),
    binary: $ => choice(
      prec.left(PREC.sum, seq(
        field("left", $._sum), field("operator", choice("+", "-")), field("right", $._sum),
      )),
      prec.left(PREC.product, seq(
        field("left", $._sum), field("operator", choice("*", "/", "//", "%")), field("right", $._sum),
      )),
      prec.right(PREC.power, seq(
        field("left", $._sum), field("operator", "**"), field("right", $._sum),
      )),
    ),

    _postfix: $ => choice(
      $._name, $.input, $.number, $.string, $.true, $.false, $.none, $.dotted_name, $.call, $.list,
      $.list_comprehension, $.parenthesized, $.tuple, $.group, $.frozen, $.head, $.subscript,
    ),
    subscript: $ => prec(PREC.postfix, seq(
      field("value", $._postfix), "[", listed(field("index", choice($._flow, $.slice))), "]",
    )),
    slice: $ => seq(
      field("lower", optional($._flow)),
      ":",
      field("upper", optional($._flow)),
      optional(seq(":", field("step", optional($._flow)))),
    ),

    input: _ => "input", // what flows into a block
    head: $ => prec.right(seq("head", field("output", optional($.identifier)))),
    frozen: $ => prec.right(seq("frozen", field("step", $._postfix))),
    group: $ => $.body,
    parenthesized: $ => seq("(", $._flow, ")"),
    tuple: $ => seq("(", optional(seq($._flow, ",", optional($._items))), ")"),
    list: $ => seq("[", optional($._items), "]"),
    list_comprehension: $ => seq("[", field("element", $._flow), repeat1($.for_clause), "]"),
    for_clause: $ => seq(
      "for",
      field("target", $._targets),
      "in",
      field("iterable", $._test),
      repeat(seq("if", field("condition", $._test))),
    ),
    _items: $ => listed($._flow),

    dotted_name: $ => seq($._name, repeat1(seq(".", $._any_name))),
    call: $ => seq(
      field("function", choice($._name, $.dotted_name)), field("arguments", $.arguments),
    ),
    arguments: $ => seq("(", optional(listed(choice($._flow, $.keyword_argument))), ")"),
    keyword_argument: $ => seq(field("name", $._any_name), "=", field("value", $._flow)),

    // --------------------------------------------------------------------------------------------------- words

    _name: $ => choice($.identifier, alias(choice(...CONTEXTUAL), $.identifier)),
    _any_name: $ => choice($._name, alias(choice(...RESERVED), $.identifier)),
    identifier: _ => /[A-Za-z_][A-Za-z_0-9]*/,

    true: _ => "True",
    false: _ => "False",
    none: _ => "None",

    // As wide as the compiler reads numbers, so that `064` and `3x` are one token.
    number: _ => token(choice(
      /0[xX][A-Za-z_0-9]*/,
      seq(
        choice(/[0-9][0-9_]*\.?[0-9_]*/, /\.[0-9][0-9_]*/),
        choice(/[eE][+-]?[0-9][A-Za-z_0-9]*/, /[A-Za-z_0-9]*/),
      ),
    )),

    string: $ => choice(
      seq('"', repeat(choice(alias($._double_text, $.string_content), $.escape_sequence)), token.immediate('"')),
      seq("'", repeat(choice(alias($._single_text, $.string_content), $.escape_sequence)), token.immediate("'")),
    ),
    _double_text: _ => token.immediate(prec(1, /[^"\\\r\n]+/)),
    _single_text: _ => token.immediate(prec(1, /[^'\\\r\n]+/)),
    escape_sequence: _ => token.immediate(/\\[^\r\n]/),

    comment: _ => token(/#[^\r\n]*/),
  },
});

/** Entries or statements, each on its line. */
function lines(rule, end, $) {
  return seq(rule, repeat(seq(end, optional($._may_break), rule)));
}
