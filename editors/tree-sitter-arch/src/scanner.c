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
  DECLARATION_BREAK,
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
  bool decided; // what the line breaks around this comment mean, so that many comments in a row are not read again for each
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

// Reads a word; one that is longer than all the words of the language becomes an empty one.
static void read_word(TSLexer *lexer, char word[LONGEST_WORD + 1]) {
  unsigned length = 0;
  while (is_word(lexer->lookahead)) {
    if (length < LONGEST_WORD) word[length] = (char)lexer->lookahead;
    length++;
    lexer->advance(lexer, false);
  }
  word[length > LONGEST_WORD ? 0 : length] = '\0';
}

// The number of a word among some, or -1.
static int find(const char *word, const char *const words[], int count) {
  for (int i = 0; i < count; i++) {
    if (strcmp(word, words[i]) == 0) return i;
  }
  return -1;
}

// Whether a word begins a declaration, by what stands behind it, where no statement could go on like that.
static bool begins_declaration(TSLexer *lexer, const char *word) {
  static const char *const named[] = {"task", "model", "block", "layer", "loss", "metric", "train"};
  while (is_space(lexer->lookahead)) lexer->advance(lexer, false);
  int32_t c = lexer->lookahead;
  if (strcmp(word, "from") == 0) return c == '"' || c == '\'';
  if (strcmp(word, "train") == 0 && c == '{') return true;
  return c >= 'A' && c <= 'Z' && find(word, named, sizeof named / sizeof *named) >= 0;
}

// Reads line breaks; the token ends behind the last one before a comment or a word.
static bool scan_line_break(Scanner *scanner, TSLexer *lexer, const bool *valid) {
  bool behind_comment = false;
  bool indented = false;
  bool decided = scanner->decided;
  scanner->decided = false;
  lexer->result_symbol = LINE_BREAK;
  for (;;) {
    int32_t c = lexer->lookahead;
    if (is_newline(c)) {
      lexer->advance(lexer, false);
      if (!behind_comment) lexer->mark_end(lexer);
      indented = false;
    } else if (is_space(c)) {
      indented = true;
      lexer->advance(lexer, false);
    } else if (c == '#') {
      scanner->decided = true;
      if (decided) return true;
      behind_comment = true;
      while (!lexer->eof(lexer) && !is_newline(lexer->lookahead)) lexer->advance(lexer, false);
    } else {
      break;
    }
  }
  if (lexer->eof(lexer) || lexer->lookahead == '}') return true;
  bool within = innermost(scanner) != '{';
  if (lexer->lookahead == '-') {
    lexer->advance(lexer, false);
    if (lexer->lookahead == '>') return true;
  } else if (begins_word(lexer->lookahead)) {
    char word[LONGEST_WORD + 1];
    read_word(lexer, word);
    if (strcmp(word, "else") == 0) return true;
    if (!indented && begins_declaration(lexer, word)) {
      if (scanner->depth || valid[RECOVERY] || !valid[MAY_BREAK]) lexer->result_symbol = DECLARATION_BREAK;
      scanner->depth = 0;
      return true;
    }
  }
  // Where no statement can end, this is the error.
  if (!within && (valid[RECOVERY] || !valid[MAY_BREAK])) lexer->result_symbol = NEWLINE;
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
  if (!scanner->decided) return scanner->depth;
  buffer[scanner->depth] = '#';
  return scanner->depth + 1u;
}

void tree_sitter_arch_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  Scanner *scanner = payload;
  scanner->decided = length && buffer[length - 1] == '#';
  scanner->depth = (unsigned char)(length - scanner->decided);
  if (scanner->depth) memcpy(scanner->open, buffer, scanner->depth);
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
  char text[LONGEST_WORD + 1];
  read_word(lexer, text);
  int word = find(text, reserved, RESERVED_COUNT);
  if (word < 0 || valid[FIRST_RESERVED + word]) return false;
  lexer->mark_end(lexer);
  lexer->result_symbol = RESERVED_WORD;
  return true;
}
