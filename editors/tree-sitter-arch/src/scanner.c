// What the compiler does between its lexer and its parser (compiler/archlang/syntax/layout.py).
//
// A newline ends a statement, but not within `( )` or `[ ]` (a `{ }` inside those has statements again), not behind
// `->` or `{`, not before `}`, and not where the next line begins with `->` or `else`. Comments between count as
// nothing. Reserved words are refused wherever no rule asks for them, since no name is spelt like one.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

#include <string.h>

#define RESERVED_WORDS                                                                                  \
  {"and", "as", "else", "for", "frozen", "head", "if", "in", "input", "learned", "let", "not", "or",   \
   "output", "repeat", "require", "shared", "True", "False", "None"}

enum Symbol {
  NEWLINE,
  LINE_BREAK,
  MAY_BREAK,
  RESERVED_WORD,
  DOUBLE_TEXT,
  SINGLE_TEXT,
  RECOVERY,
  LEFT_PARENTHESIS,
  LEFT_SQUARE,
  LEFT_BRACE,
  RIGHT_PARENTHESIS,
  RIGHT_SQUARE,
  RIGHT_BRACE,
  FIRST_RESERVED,
};

enum { RESERVED_COUNT = 20, LONGEST_WORD = 7 };

static const char *const reserved[RESERVED_COUNT] = RESERVED_WORDS;

// The brackets that are open, the innermost last. The compiler reads a hundred levels.
typedef struct {
  unsigned char depth;
  char open[255];
} Scanner;

static bool is_space(int32_t c) { return c == ' ' || c == '\t' || c == '\f'; }
static bool is_newline(int32_t c) { return c == '\n' || c == '\r'; }
static bool begins_word(int32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
static bool is_word(int32_t c) { return begins_word(c) || (c >= '0' && c <= '9'); }

// Drops parentheses and square brackets that are open since the last brace.
static void leave_brackets(Scanner *scanner) {
  while (scanner->depth && scanner->open[scanner->depth - 1] != '{') scanner->depth--;
}

static char innermost(const Scanner *scanner) {
  return scanner->depth ? scanner->open[scanner->depth - 1] : '{';
}

static void close_bracket(Scanner *scanner, char opener) {
  if (opener == '{') {
    leave_brackets(scanner); // a mistake, which ends here
    if (scanner->depth) scanner->depth--;
  } else if (scanner->depth && scanner->open[scanner->depth - 1] == opener) {
    scanner->depth--;
  }
}

// Reads a word of letters; whether it is a reserved one, and which, else -1. The lexer stands behind it.
static int reserved_word(TSLexer *lexer) {
  char word[LONGEST_WORD + 1];
  unsigned length = 0;
  while (is_word(lexer->lookahead)) {
    if (length < LONGEST_WORD) word[length] = (char)lexer->lookahead;
    length++;
    lexer->advance(lexer, false);
  }
  if (length > LONGEST_WORD) return -1;
  word[length] = '\0';
  for (int i = 0; i < RESERVED_COUNT; i++) {
    if (strcmp(word, reserved[i]) == 0) return i;
  }
  return -1;
}

// Reads line breaks; the token ends behind the last one before a comment or a word.
static bool scan_line_break(Scanner *scanner, TSLexer *lexer, const bool *valid) {
  bool behind_comment = false;
  for (;;) {
    int32_t c = lexer->lookahead;
    if (is_newline(c)) {
      lexer->advance(lexer, false);
      if (!behind_comment) lexer->mark_end(lexer);
    } else if (is_space(c)) {
      lexer->advance(lexer, false);
    } else if (c == '#') {
      behind_comment = true;
      while (!lexer->eof(lexer) && !is_newline(lexer->lookahead)) lexer->advance(lexer, false);
    } else {
      break;
    }
  }
  lexer->result_symbol = LINE_BREAK;
  if (innermost(scanner) != '{' || lexer->eof(lexer) || lexer->lookahead == '}') return true;
  if (lexer->lookahead == '-') {
    lexer->advance(lexer, false);
    if (lexer->lookahead == '>') return true;
  } else if (begins_word(lexer->lookahead)) {
    int word = reserved_word(lexer);
    if (word >= 0 && strcmp(reserved[word], "else") == 0) return true;
  }
  // Where no statement can end, this is the error.
  if (valid[RECOVERY] || !valid[MAY_BREAK]) lexer->result_symbol = NEWLINE;
  return true;
}

static bool scan_bracket(Scanner *scanner, TSLexer *lexer, const bool *valid) {
  static const char brackets[] = "([{)]}";
  static const char openers[] = "([{([{";
  const char *found = lexer->lookahead < 128 ? strchr(brackets, (char)lexer->lookahead) : NULL;
  if (!found || !*found) return false;
  int which = (int)(found - brackets);
  if (!valid[LEFT_PARENTHESIS + which]) return false;
  lexer->advance(lexer, false);
  lexer->mark_end(lexer);
  lexer->result_symbol = (TSSymbol)(LEFT_PARENTHESIS + which);
  if (which >= 3) {
    close_bracket(scanner, openers[which]);
  } else if (scanner->depth < sizeof scanner->open) {
    scanner->open[scanner->depth++] = openers[which];
  }
  return true;
}

void *tree_sitter_arch_external_scanner_create(void) { return ts_calloc(1, sizeof(Scanner)); }

void tree_sitter_arch_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_arch_external_scanner_serialize(void *payload, char *buffer) {
  const Scanner *scanner = payload;
  memcpy(buffer, scanner->open, scanner->depth);
  return scanner->depth;
}

void tree_sitter_arch_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  Scanner *scanner = payload;
  scanner->depth = (unsigned char)length;
  if (length) memcpy(scanner->open, buffer, length);
}

bool tree_sitter_arch_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  Scanner *scanner = payload;
  if ((valid[DOUBLE_TEXT] || valid[SINGLE_TEXT]) && !valid[RECOVERY]) {
    if (!is_newline(lexer->lookahead)) return false;
    // A string that the line ends, most likely together with what closes brackets.
    leave_brackets(scanner);
    lexer->advance(lexer, false);
    lexer->mark_end(lexer);
    lexer->result_symbol = NEWLINE;
    return true;
  }
  while (is_space(lexer->lookahead)) lexer->advance(lexer, true);
  if (is_newline(lexer->lookahead)) return scan_line_break(scanner, lexer, valid);
  if (lexer->eof(lexer)) return false;
  if (!begins_word(lexer->lookahead)) return scan_bracket(scanner, lexer, valid);
  if (valid[RECOVERY]) return false;
  int word = reserved_word(lexer);
  if (word < 0 || valid[FIRST_RESERVED + word]) return false;
  lexer->mark_end(lexer);
  lexer->result_symbol = RESERVED_WORD;
  return true;
}
