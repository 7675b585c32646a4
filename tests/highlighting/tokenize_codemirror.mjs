// Reads {"language": path, "words": {kind: [word]}, "files": [path]} and writes, for each file, its tokens as CodeMirror's StreamLanguage
// would find them: [line, start, end, name of a tag].
import { readFileSync } from "node:fs";

/** CodeMirror's StringStream, as far as the language uses it. */
class Stream {
  constructor(string) {
    Object.assign(this, { string, pos: 0, start: 0 });
  }

  sol() {
    return this.pos === 0;
  }

  next() {
    return this.string[this.pos++];
  }

  eatSpace() {
    const begin = this.pos;
    while (/[\s\u00a0]/.test(this.string.charAt(this.pos))) this.pos += 1;
    return this.pos > begin;
  }

  match(pattern) {
    const found = this.string.slice(this.pos).match(pattern);
    if (found?.index !== 0) return null;
    this.pos += found[0].length;
    return found;
  }

  current() {
    return this.string.slice(this.start, this.pos);
  }
}

const request = JSON.parse(readFileSync(0, "utf-8"));
const source = readFileSync(request.language, "utf-8");
const { makeLanguage } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
const language = makeLanguage(request.words);
const answers = request.files.map((file) => {
  const tokens = [];
  let state = language.startState(4);
  readFileSync(file, "utf-8").split(/\r\n|\r|\n/).forEach((line, number) => {
    const stream = new Stream(line);
    while (stream.pos < line.length) {
      stream.start = stream.pos;
      // The editor goes on from copies of earlier states.
      state = language.copyState(state);
      const name = language.token(stream, state);
      if (stream.pos <= stream.start) throw new Error(`${file}:${number + 1}: no progress at ${stream.start}`);
      tokens.push([number, stream.start, stream.pos, name ?? ""]);
    }
  });
  return tokens;
});
process.stdout.write(JSON.stringify(answers));
